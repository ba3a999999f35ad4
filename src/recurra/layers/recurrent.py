"""The layer that runs any cell over sequences."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.cells import find, names
from recurra.errors import CellError, OptionError, ShapeError
from recurra.kernels import reference
from recurra.language import Cell, Graph, schedule, trace
from recurra.language.expression import Width
from recurra.layers.initialise import initialise
from recurra.layers.state import State, pack, unpack


class Recurrent(nn.Module):
    """A stack of recurrent layers, of any cell.

    It takes and gives what torch.nn.LSTM does, for every cell.

    Args:
        cell: A cell, or the name of one: ``"elman"``, ``"lstm"``, ``"gru"``.
        input_size: I, the numbers in each step of the input, at least 1.
        hidden_size: H, the units of each layer, at least 1; or one number a layer, as (50, 100).
        num_layers: How many layers lie on each other; as many as there are sizes if several are
            given.
        bidirectional: Whether each layer reads the sequence in both directions. The next layer
            sees both, side by side.
        batch_first: Whether input and output are (B, T, ...) instead of (T, B, ...).
        dropout: The share of each layer's outputs set to zero in training, from 0 up to but not 1,
            on all layers but the last.
        bias: Whether the cell's biases are there.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        CellError: If no cell has that name, or its equations cannot be read.
        OptionError: If a size or option is out of range.
    """

    def __init__(
        self,
        cell: Cell | str,
        input_size: int,
        hidden_size: int | Sequence[int],
        num_layers: int = 1,
        *,
        bidirectional: bool = False,
        batch_first: bool = False,
        dropout: float = 0.0,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.cell = _cell(cell)
        self.input_size = _positive("input_size", input_size)
        self.hidden_sizes = _sizes(hidden_size, num_layers)
        self.bidirectional = bidirectional
        self.batch_first = batch_first
        self.dropout = _share(dropout)
        self.bias = bias
        sizes = zip(self.layer_input_sizes, self.hidden_sizes, strict=True)
        self.layers = nn.ModuleList(
            self._layer({"I": inputs, "H": units}, device, dtype) for inputs, units in sizes
        )
        self.reset_parameters()

    def _layer(
        self,
        widths: dict[Width, int],
        device: torch.device | str | None,
        dtype: torch.dtype | None,
    ) -> nn.Module:
        """A layer's parameters: a child a direction, with the cell's own names."""
        layer = nn.Module()
        for direction in self.directions:
            weights = nn.Module()
            for name, shape in self.graph.parameters.items():
                size = [widths[width] for width in (shape.rows, shape.columns) if width]
                tensor = torch.empty(size, device=device, dtype=dtype)
                weights.register_parameter(name, nn.Parameter(tensor))
            layer.add_module(direction, weights)
        return layer

    @property
    def graph(self) -> Graph:
        """The cell's equations, as a graph."""
        return trace(self.cell, bias=self.bias)

    @property
    def directions(self) -> tuple[str, ...]:
        """The directions in which each layer reads."""
        return ("forwards", "backwards") if self.bidirectional else ("forwards",)

    @property
    def num_layers(self) -> int:
        """How many layers lie on each other."""
        return len(self.hidden_sizes)

    @property
    def output_size(self) -> int:
        """The numbers in each step of the output: H of the last layer, times two for two ways."""
        return self.hidden_sizes[-1] * len(self.directions)

    @property
    def layer_input_sizes(self) -> tuple[int, ...]:
        """The numbers in each step of each layer's input."""
        below = (units * len(self.directions) for units in self.hidden_sizes[:-1])
        return (self.input_size, *below)

    def reset_parameters(self) -> None:
        """Draws all parameters anew, as the cell declares, from torch's random state."""
        for layer in self.layers:
            for weights in layer.children():
                initialise(self.cell, self.graph, dict(weights.named_parameters()))

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Runs the stack over a batch of sequences.

        Args:
            x: (T, B, I), or (B, T, I) if ``batch_first``, or (T, I) for a single sequence; T and B
                at least 1.
            state: What it starts from, as it was returned; zero if None.

        Returns:
            The last layer's output at every step, (T, B, output_size) or as ``x`` was given, and
            the state of every layer and direction after its last step: for each of the cell's
            states a tensor (layers x directions, B, H), as torch.nn.LSTM gives it, or where the
            layers differ in width a tuple of (B, H). A cell with one state gives it bare.

        Raises:
            ShapeError: If a tensor does not fit, in its shape or type.
        """
        sequence = self._time_first(x)
        widths = [units for units in self.hidden_sizes for _ in self.directions]
        states = unpack(state, self.cell.states, widths, sequence, single=x.dim() == 2)
        after: list[tuple[Tensor, ...]] = []
        for number, layer in enumerate(self.layers):
            outputs = []
            for direction, weights in layer.named_children():
                output, final = self._run(direction, weights, sequence, states[len(after)])
                outputs.append(output)
                after.append(final)
            sequence = torch.cat(outputs, dim=-1) if len(outputs) > 1 else outputs[0]
            if number + 1 < self.num_layers:
                sequence = functional.dropout(sequence, self.dropout, self.training)
        if x.dim() == 2:
            sequence = sequence.squeeze(1)
            after = [tuple(part.squeeze(0) for part in parts) for parts in after]
        elif self.batch_first:
            sequence = sequence.transpose(0, 1)
        return sequence, pack(after)

    def _run(
        self, direction: str, weights: nn.Module, x: Tensor, state: tuple[Tensor, ...]
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """One layer in one direction."""
        parameters = dict(weights.named_parameters())
        plan = schedule(self.graph)
        if direction == "forwards":
            return reference.run(plan, parameters, x, state)
        output, final = reference.run(plan, parameters, x.flip(0), state)
        return output.flip(0), final

    def _time_first(self, x: Tensor) -> Tensor:
        """The input as (T, B, I)."""
        order = "(B, T, I)" if self.batch_first else "(T, B, I)"
        if x.dim() not in {2, 3} or x.shape[-1] != self.input_size or 0 in x.shape:
            raise ShapeError(
                f"an input of shape {tuple(x.shape)}",
                f"{order}, or (T, I) for a single sequence, with I = {self.input_size} and at "
                "least one step and row",
                "a series of plain numbers becomes (T, 1) by x.unsqueeze(-1)",
            )
        own = next(self.parameters()).dtype
        if x.dtype != own and not torch.is_autocast_enabled(x.device.type):
            raise ShapeError(
                f"an input of type {x.dtype}",
                f"{own}, as the parameters of the layer",
                f"x.to({own}), or make the layer with dtype={x.dtype}",
            )
        if x.dim() == 2:
            return x.unsqueeze(1)
        return x.transpose(0, 1) if self.batch_first else x

    def extra_repr(self) -> str:
        """What it was made of."""
        options = [self.cell.name, str(self.input_size), str(self.hidden_sizes)]
        options += [name for name in ("bidirectional", "batch_first") if getattr(self, name)]
        return ", ".join(options)


def _cell(cell: object) -> Cell:
    if isinstance(cell, str):
        return find(cell)()
    if not isinstance(cell, Cell):
        raise CellError(
            f"cell={cell!r}",
            f"a cell, or the name of one: {', '.join(names())}",
            f"write {cell.__name__}()" if isinstance(cell, type) else 'write cell="lstm"',
        )
    return cell


def _positive(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise OptionError(f"{name}={value!r}", "a whole number of at least 1")
    return int(value)


def _sizes(hidden_size: int | Sequence[int], num_layers: int) -> tuple[int, ...]:
    _positive("num_layers", num_layers)
    if not isinstance(hidden_size, Sequence):
        return (_positive("hidden_size", hidden_size),) * num_layers
    sizes = tuple(_positive("hidden_size", size) for size in hidden_size)
    if not sizes or num_layers not in {1, len(sizes)}:
        raise OptionError(
            f"hidden_size={tuple(hidden_size)} with num_layers={num_layers}",
            "one size a layer",
            "leave num_layers out: it is the number of sizes",
        )
    return sizes


def _share(dropout: object) -> float:
    if not isinstance(dropout, int | float) or not 0 <= dropout < 1:
        raise OptionError(f"dropout={dropout!r}", "a share from 0 up to but not 1")
    return float(dropout)
