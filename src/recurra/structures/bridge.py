"""From what an encoder knows at its end to where a decoder starts."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor, nn

from recurra.errors import OptionError
from recurra.layers import Recurrent
from recurra.layers.state import State
from recurra.structures.first_step import FirstStep
from recurra.structures.lengths import Lengths
from recurra.structures.pooling import LastStep


class Bridge(Protocol):
    """Gives a decoder its start state."""

    def __call__(
        self, decoder: Recurrent, output: Tensor, lengths: Lengths | None, state: State
    ) -> State:
        """The start state.

        Args:
            decoder: The layer that will start from it.
            output: The encoder's output at every step, (B, S, D).
            lengths: The length of each row, (B,); S if None.
            state: The encoder's state after each row's last step.
        """
        ...


class FromLastStep(nn.Module):
    """The decoder reads first, from zero, what the encoder put out when it had read all.

    It serves any two layers: see :class:`~recurra.structures.first_step.FirstStep`.

    Args:
        encoder: The layer that reads.
        decoder: The layer that will start.
    """

    def __init__(self, encoder: Recurrent, decoder: Recurrent) -> None:
        super().__init__()
        like = next(decoder.parameters())
        self.last = LastStep(encoder)
        self.first = FirstStep(
            encoder.output_size, decoder.input_size, device=like.device, dtype=like.dtype
        )

    def forward(
        self, decoder: Recurrent, output: Tensor, lengths: Lengths | None, state: State
    ) -> State:
        """The decoder's state after it has read the encoder's last output."""
        found: State = self.first(decoder, self.last(output, lengths))
        return found


class SameState(nn.Module):
    """The decoder goes on from the encoder's state.

    Sutskever, Vinyals & Le 2014 (arXiv:1409.3215), section 2.

    Args:
        encoder: The layer that reads.
        decoder: The layer that will start: with the same cell and layers.

    Raises:
        OptionError: If their states are not alike.
    """

    def __init__(self, encoder: Recurrent, decoder: Recurrent) -> None:
        super().__init__()
        theirs, own = _carries(encoder), _carries(decoder)
        if theirs != own:
            raise OptionError(
                f"a decoder that starts from the state of its encoder, with {own} after {theirs}",
                "the same cell, sizes, layers and one direction in both",
                "leave bridge out: FromLastStep serves any two layers",
            )

    def forward(
        self, decoder: Recurrent, output: Tensor, lengths: Lengths | None, state: State
    ) -> State:
        """The encoder's state."""
        return state


def _carries(layer: Recurrent) -> dict[str, object]:
    """All on which the form and meaning of a layer's state depend."""
    return {
        "cell": layer.cell,
        "directions": len(layer.directions),
        "hidden_size": layer.hidden_sizes,
        "proj_size": layer.proj_size,
        "dilation": layer.dilation,
    }
