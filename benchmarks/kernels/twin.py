"""The layer of torchrecurrent that stands for a cell, with the same weights in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
import torchrecurrent
from comparison import check
from shapes import Shape
from subject import Subject
from torch import Tensor, nn
from truth import Results, doubled, results

from recurra import Recurrent
from recurra.language import SameAsTorchrecurrent, trace


@dataclass(frozen=True)
class Variant:
    """A layer of torchrecurrent that goes by a cell's name but has other equations.

    Attributes:
        module: The class in torchrecurrent.
        differs: In what.
        options: What it is made with.
    """

    module: str
    differs: str
    options: Mapping[str, Any] = field(default_factory=dict)


PEEPHOLE = SameAsTorchrecurrent(
    "PeepholeLSTM",
    packed={
        "weight_ih": ("W_i", "W_f", "W_g", "W_o"),
        "weight_hh": ("U_i", "U_f", "U_g", "U_o"),
        "weight_ph": ("p_i", "p_f", "p_o"),
        "bias_ih": ("b_i", "b_f", "b_g", "b_o"),
        "bias_hh": ("", "", "", ""),
    },
)
"""The cell names ONNX's operator as its stranger; torchrecurrent's layer is another."""

VARIANTS = {
    "lem": Variant("LEM", "the output sees the old second state", {"dt": 1.0}),
    "lstm_original": Variant("OriginalLSTM", "tanh for both of the paper's functions"),
    "multiplicative_lstm": Variant("MultiplicativeLSTM", "the usual LSTM's candidate and output"),
}
"""As much work as the cell has, within a little, so that times can be compared."""


def kind(name: str, layer: nn.Module) -> SameAsTorchrecurrent | Variant | None:
    """What torchrecurrent has for a cell; nothing for most."""
    assert isinstance(layer, Recurrent)
    if name == "lstm_peephole":
        return PEEPHOLE
    if name in VARIANTS:
        return VARIANTS[name]
    declared = layer.cell.check
    return declared if isinstance(declared, SameAsTorchrecurrent) else None


SAME = 1e-9
"""How far the two may be apart in float64."""


def twin(name: str, shape: Shape, mine: Subject, wanted: Results) -> tuple[Subject, str] | None:
    """That layer with the same batch, and in what it differs; None if there is none.

    Args:
        name: The cell's name.
        shape: The sizes.
        mine: Ours.
        wanted: What ours computes in float64. The program ends where the two should compute the
            same and do not: outputs and gradients to the input, since weights are laid out
            otherwise.
    """
    found = kind(name, mine.module)
    if found is None:
        return None
    module = getattr(torchrecurrent, found.module)(shape.I, shape.H, **found.options)
    theirs = Subject(module, mine.x.detach().clone(), _states(module, mine), mine.cotangent)
    if isinstance(found, Variant):
        return theirs, found.differs
    assert isinstance(mine.module, Recurrent)
    with torch.no_grad():
        _fill(dict(module.cells[0].named_parameters()), mine.module, found)
    seen, both = results(doubled(theirs)), ("the output", "x")
    what = f"{name} {shape} beside torchrecurrent"
    check(what, {n: seen[n] for n in both}, {n: wanted[n] for n in both}, SAME)
    return theirs, ""


def _states(module: nn.Module, mine: Subject) -> tuple[Tensor, ...]:
    """Their states: two where they carry two, as JANET does its only one."""
    double = module.cells[0].uses_double_state()  # type: ignore[index, union-attr]
    ends = (mine.states[0], mine.states[-1]) if double else mine.states[:1]
    return tuple(one.detach().clone() for one in ends)


def _fill(theirs: Mapping[str, Tensor], layer: Recurrent, found: SameAsTorchrecurrent) -> None:
    weights = layer.weights(0, "forwards")
    # A matrix that gives way to the input itself where the widths agree is an identity there.
    identity = torch.eye(layer.hidden_sizes[0])
    every = {name: weights.get(name, identity) for name in trace(layer.cell).parameters}
    for packed, names in found.packed.items():
        whole = theirs[packed]
        parts = whole.chunk(len(names)) if whole.dim() else [whole]
        for part, name in zip(parts, names, strict=True):
            part.copy_(every[name].view_as(part) if name else torch.zeros_like(part))
