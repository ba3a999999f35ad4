"""The layers of torch.nn, run by Recurra: the same arguments, parameters and results."""

from __future__ import annotations

from typing import Any, TypeAlias

import torch
from torch import Tensor, nn

from recurra.cells import find
from recurra.errors import OptionError
from recurra.language import SameAsTorch
from recurra.layers.recurrent import Recurrent
from recurra.layers.whole_stack import Source

Place: TypeAlias = "torch.device | str | None"


class TorchForm(Recurrent):
    """A recurrent layer with the parameters of torch.nn's, both its biases included.

    They are called as torch calls them (``weight_ih_l0``, ``bias_hh_l1_reverse``), lie as torch
    lays them and are drawn as torch draws them, so that state_dicts, optimizers, initialisation
    loops and seeds carry over.
    """

    def _make_parameters(self, device: Place, dtype: torch.dtype | None) -> None:
        for number in range(self.num_layers):
            for direction in self.directions:
                for name, size in self._packed_sizes(number).items():
                    tensor = nn.Parameter(torch.empty(size, device=device, dtype=dtype))
                    self.register_parameter(name + _suffix(number, direction), tensor)

    def _packed_sizes(self, number: int) -> dict[str, tuple[int, ...]]:
        """The shape of each of torch's parameters of a layer, in torch's order."""
        sizes = self.sizes(number)
        rows = sizes["H"] * len(self._stacking.weight_ih)
        seen = self.proj_size or sizes["H"]
        found: dict[str, tuple[int, ...]] = {
            "weight_ih": (rows, sizes["I"]),
            "weight_hh": (rows, seen),
        }
        if self.bias:
            found |= {"bias_ih": (rows,), "bias_hh": (rows,)}
        return found | ({"weight_hr": (self.proj_size, sizes["H"])} if self.proj_size else {})

    @property
    def _stacking(self) -> SameAsTorch:
        """How torch stacks the cell's parameters."""
        check = self.cell.check
        assert isinstance(check, SameAsTorch)
        return check

    def weights(self, number: int, direction: str) -> dict[str, Tensor]:
        """The parameters of a layer in a direction, by the cell's own names."""
        suffix = _suffix(number, direction)
        found: dict[str, Tensor] = {}
        for packed in self._packed_sizes(number):
            whole: Tensor = getattr(self, packed + suffix)
            if packed == "weight_hr":
                found["P"] = whole
            elif packed != "bias_hh":
                found |= _unstacked(whole, getattr(self._stacking, packed))
        return found | (self._second_biases(found, suffix) if self.bias else {})

    def sources(self, number: int, direction: str) -> dict[str, tuple[Source, ...]]:
        """Where a layer's parameters lie, by the cell's own names: each the sum of several."""
        suffix, stacking = _suffix(number, direction), self._stacking
        rows = self.sizes(number)["H"]
        found: dict[str, tuple[Source, ...]] = {}
        for packed in self._packed_sizes(number):
            if packed == "weight_hr":
                found["P"] = ((self, packed + suffix, 0),)
            elif packed != "bias_hh":
                for place, name in enumerate(getattr(stacking, packed)):
                    found[name] = ((self, packed + suffix, place * rows),)
        if self.bias:
            pairs = zip(stacking.bias_ih, stacking.bias_hh, strict=True)
            for place, (first, own) in enumerate(pairs):
                second = (self, "bias_hh" + suffix, place * rows)
                found[own or first] = (second,) if own else (*found[first], second)
        return found

    def _second_biases(self, found: dict[str, Tensor], suffix: str) -> dict[str, Tensor]:
        """The second bias of torch, added to the first where the cell has one for both."""
        stacking = self._stacking
        parts = getattr(self, "bias_hh" + suffix).chunk(len(stacking.bias_hh))
        pairs = zip(stacking.bias_ih, stacking.bias_hh, parts, strict=True)
        return {own or first: part if own else found[first] + part for first, own, part in pairs}

    def reset_parameters(self) -> None:
        """Draws all parameters anew, as torch does."""
        for weight in self.parameters():
            bound = self.hidden_size**-0.5
            nn.init.uniform_(weight, -bound, bound)

    @property
    def hidden_size(self) -> int:
        """H."""
        return self.hidden_sizes[0]

    @property
    def all_weights(self) -> list[list[nn.Parameter]]:
        """The parameters of each layer and direction."""
        return [
            [self.get_parameter(name + _suffix(number, way)) for name in self._packed_sizes(number)]
            for number in range(self.num_layers)
            for way in self.directions
        ]

    def flatten_parameters(self) -> None:
        """Nothing to do; here since programs for torch call it."""


class RNN(TorchForm):
    """torch.nn.RNN: the plain recurrent network.

    Args:
        input_size: I, the numbers in each step of the input.
        hidden_size: H, the units of each layer.
        num_layers: How many layers lie on each other.
        nonlinearity: ``"tanh"`` or ``"relu"``.
        bias: Whether there are biases.
        batch_first: Whether input and output are (B, T, ...) instead of (T, B, ...).
        dropout: The share of each layer's outputs but the last's set to zero in training.
        bidirectional: Whether each layer reads in both directions.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        OptionError: If an argument is out of range.
    """

    def __init__(  # noqa: PLR0917 - torch's own order
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Place = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        if nonlinearity not in {"tanh", "relu"}:
            raise OptionError(f"nonlinearity={nonlinearity!r}", "'tanh' or 'relu'")
        self.nonlinearity = nonlinearity
        elman: Any = find("elman")
        super().__init__(
            elman(nonlinearity),
            input_size,
            hidden_size,
            num_layers,
            bias=bias,
            batch_first=batch_first,
            dropout=dropout,
            bidirectional=bidirectional,
            device=device,
            dtype=dtype,
        )


class LSTM(TorchForm):
    """torch.nn.LSTM: long short-term memory.

    Args:
        input_size: I, the numbers in each step of the input.
        hidden_size: H, the units of each layer.
        num_layers: How many layers lie on each other.
        bias: Whether there are biases.
        batch_first: Whether input and output are (B, T, ...) instead of (T, B, ...).
        dropout: The share of each layer's outputs but the last's set to zero in training.
        bidirectional: Whether each layer reads in both directions.
        proj_size: The numbers to which the hidden state is projected; 0 for none.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        OptionError: If an argument is out of range.
    """

    def __init__(  # noqa: PLR0917 - torch's own order
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Place = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(
            "lstm",
            input_size,
            hidden_size,
            num_layers,
            bias=bias,
            batch_first=batch_first,
            dropout=dropout,
            bidirectional=bidirectional,
            proj_size=proj_size,
            device=device,
            dtype=dtype,
        )


class GRU(TorchForm):
    """torch.nn.GRU: gated recurrent units, reset after the product.

    Args:
        input_size: I, the numbers in each step of the input.
        hidden_size: H, the units of each layer.
        num_layers: How many layers lie on each other.
        bias: Whether there are biases.
        batch_first: Whether input and output are (B, T, ...) instead of (T, B, ...).
        dropout: The share of each layer's outputs but the last's set to zero in training.
        bidirectional: Whether each layer reads in both directions.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        OptionError: If an argument is out of range.
    """

    def __init__(  # noqa: PLR0917 - torch's own order
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Place = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(
            "gru",
            input_size,
            hidden_size,
            num_layers,
            bias=bias,
            batch_first=batch_first,
            dropout=dropout,
            bidirectional=bidirectional,
            device=device,
            dtype=dtype,
        )


def _suffix(number: int, direction: str) -> str:
    return f"_l{number}" + ("_reverse" if direction == "backwards" else "")


def _unstacked(whole: Tensor, names: tuple[str, ...]) -> dict[str, Tensor]:
    return dict(zip(names, whole.chunk(len(names)), strict=True))
