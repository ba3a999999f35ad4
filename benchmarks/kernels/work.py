"""What a layer has to do at least: its products, and the numbers that it reads and writes."""

from __future__ import annotations

from dataclasses import dataclass

from shapes import Shape
from torch import nn

from recurra import Recurrent
from recurra.language import trace
from recurra.language.widths import resolve

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
TRAINING = 3
"""Backwards there are two products for each one forwards: to the vector and to the matrix."""


def drop_in_flops(name: str, shape: Shape, mode: str) -> float:
    """2 T B G H (I + H) for G gates, three times that in training."""
    forwards = 2.0 * shape.T * shape.B * GATES[name] * shape.H * (shape.I + shape.H)
    return forwards * (TRAINING if mode == "training" else 1)


def flops(module: nn.Module, shape: Shape, mode: str) -> float:
    """2 T B for each number in a matrix of the parameters, three times that in training.

    Blocks of zeros count as if they were there.
    """
    numbers = sum(w.numel() for w in module.parameters() if w.dim() == 2)
    return 2.0 * shape.T * shape.B * numbers * (TRAINING if mode == "training" else 1)


def copied(layer: Recurrent, shape: Shape, mode: str) -> float:
    """The bytes that are copied, each read once and written once.

    In float32: the input, every state and every gate that the cell names, of each row and step,
    once forwards and in training twice more backwards, as values and as gradients.
    """
    graph, sizes = trace(layer.cell), {"H": shape.H, "I": shape.I}
    widths = [leaf.width for leaf in graph.states.values()]
    widths += [gate.width for gate in graph.gates.values()]
    numbers = shape.I + sum(resolve(width, sizes) for width in widths)
    return 4.0 * shape.T * shape.B * numbers * (3 if mode == "training" else 1)


@dataclass(frozen=True)
class Budget:
    """The milliseconds that a layer may take.

    Attributes:
        products: Its products, at the rate of our LSTM's.
        bytes: What it copies, at the rate at which torch copies a tensor.
    """

    products: float
    bytes: float

    @property
    def whole(self) -> float:
        """Both, one after the other."""
        return self.products + self.bytes


def budget(layer: Recurrent, shape: Shape, mode: str, *, lstm: float, copying: float) -> Budget:
    """What a layer may take.

    Args:
        layer: The layer.
        shape: Its sizes and its batch's.
        mode: ``"training"`` or ``"inference"``.
        lstm: The milliseconds of our LSTM, of the same sizes in the same mode.
        copying: Bytes that torch copies in a second.
    """
    rate = drop_in_flops("LSTM", shape, mode) / lstm
    seconds = copied(layer, shape, mode) / copying
    return Budget(flops(layer, shape, mode) / rate, seconds * 1000)
