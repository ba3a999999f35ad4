"""What decoders ask of a model: the next symbol's log-probabilities, one step at a time."""

from __future__ import annotations

from typing import Protocol, TypeVar, runtime_checkable

import torch
from torch import Tensor

from recurra.errors import DataError, OptionError, ShapeError

S = TypeVar("S")
"""Whatever a model carries from step to step, for all rows of a batch."""

_ABOVE_CERTAIN = 1e-3
"""What rounding may leave above log 1, also in half precision."""


class Stepwise(Protocol[S]):
    """What gives the next symbol's log-probabilities, one step at a time.

    A model in training mode drops units as it does in training: ``model.eval()`` comes first.
    """

    def step(self, symbols: Tensor, state: S) -> tuple[Tensor, S]:
        """Reads a symbol in each row and says what may follow.

        Args:
            symbols: (B,) int64, from 0 to V - 1, or a mark to start from.
            state: Of B rows.

        Returns:
            The log-probabilities of the next symbol, (B, V), and the state after the step.
        """
        ...

    def select(self, state: S, rows: Tensor) -> S:
        """The state of other rows, any of them any number of times.

        Args:
            state: Of B rows.
            rows: (N,) int64, from 0 to B - 1.

        Returns:
            A state of N rows.
        """
        ...


@runtime_checkable
class Attentive(Stepwise[S], Protocol[S]):
    """A stepwise model that also says where it looked, for the coverage penalty."""

    def attention(self, state: S) -> tuple[Tensor, Tensor]:
        """Where the step looked that led to a state.

        Args:
            state: As :meth:`step` returned it, or rows of that.

        Returns:
            The weights of the source's steps, (B, T), each row's sum 1; and which of the steps are
            there, (B, T) booleans, False for padding.
        """
        ...


def advance(model: Stepwise[S], symbols: Tensor, state: S, end: int | None) -> tuple[Tensor, S]:
    """A step of the model, checked.

    Args:
        model: Takes the step.
        symbols: (B,).
        state: Of B rows.
        end: The end mark, which must be one of the V symbols.

    Returns:
        Log-probabilities (B, V), in float32 or better, and the state after the step.

    Raises:
        ShapeError: If what the model gives has another shape.
        DataError: If it gives NaN, or numbers that cannot be log-probabilities.
        OptionError: If the end mark is no symbol.
    """
    log_probs, after = model.step(symbols, state)
    if (
        log_probs.dim() != 2
        or log_probs.shape[0] != symbols.shape[0]
        or log_probs.shape[1] < 1
        or not log_probs.is_floating_point()
    ):
        raise ShapeError(
            f"a step that gives numbers of shape {tuple(log_probs.shape)} and type "
            f"{log_probs.dtype}",
            f"log-probabilities (B, V) with B = {symbols.shape[0]}",
        )
    if end is not None and end >= log_probs.shape[1]:
        raise OptionError(
            f"end={end} for a model of {log_probs.shape[1]} symbols",
            f"a symbol from 0 to {log_probs.shape[1] - 1}, or None",
        )
    check_log_probs(log_probs)
    # Sums over many steps want more than half precision.
    return log_probs.to(torch.promote_types(log_probs.dtype, torch.float32)), after


def check_log_probs(log_probs: Tensor) -> None:
    """Refuses numbers that cannot be log-probabilities: NaN, or more than 0.

    Raises:
        DataError: If there is one.
    """
    if not log_probs.numel():
        return
    highest = float(log_probs.detach().max())
    # A comparison with NaN is false.
    if not highest <= _ABOVE_CERTAIN:
        raise DataError(
            f"log-probabilities of which the highest is {highest}",
            "numbers of at most 0",
            "log_softmax(scores, dim=-1) makes log-probabilities of scores",
        )


def check_start(symbols: Tensor) -> None:
    """Refuses symbols to start from that are not one for each row.

    Raises:
        ShapeError: If they are no (B,) of int64.
    """
    if symbols.dim() != 1 or symbols.dtype != torch.int64:
        raise ShapeError(
            f"start symbols of shape {tuple(symbols.shape)} and type {symbols.dtype}",
            "(B,) of torch.int64",
            "torch.full((B,), start)",
        )
