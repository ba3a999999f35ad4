"""One sequence a row, each symbol chosen once and for all."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from recurra.errors import DataError
from recurra.options import whole
from recurra.structures.decoding import options
from recurra.structures.decoding.decoded import Decoded
from recurra.structures.decoding.stepwise import S, Stepwise, advance, check_start

Choice = Callable[[Tensor, int], Tensor]
"""Log-probabilities (B, V) and the number of the step, to the symbols chosen (B,)."""


def rollout(
    model: Stepwise[S],
    start: Tensor,
    state: S,
    choose: Choice,
    *,
    end: int | None,
    max_length: int,
) -> Decoded:
    """Chooses a symbol, reads it, chooses the next, until each row has ended.

    Args:
        model: Says what may follow.
        start: What each row reads first, (B,) int64.
        state: What it starts from.
        choose: Chooses.
        end: The end mark; None if there is none.
        max_length: The most symbols a row gets, end mark included.

    Raises:
        DataError: If in a row no symbol is possible.
        OptionError, ShapeError: If something given does not fit.
    """
    check_start(start)
    end, max_length = options.mark(end), whole("max_length", max_length, 0)
    lengths, scores = torch.zeros_like(start), torch.zeros(start.shape, device=start.device)
    done = torch.zeros_like(start, dtype=torch.bool)
    symbols, chosen = start, [start[:, None][:, :0]]
    for number in range(max_length if len(start) else 0):
        log_probs, state = advance(model, symbols, state, end)
        _check_possible(log_probs, done, number)
        symbols = choose(log_probs, number)
        gained = log_probs.gather(1, symbols.unsqueeze(1)).squeeze(1)
        scores = scores.to(gained.dtype) + gained.masked_fill(done, 0.0)
        lengths = lengths + ~done
        if end is not None:
            symbols = symbols.masked_fill(done, end)
            done = done | (symbols == end)
        chosen.append(symbols.unsqueeze(1))
        if bool(done.all()):
            break
    return Decoded(torch.cat(chosen, dim=1), lengths, scores)


def _check_possible(log_probs: Tensor, done: Tensor, number: int) -> None:
    stuck = (log_probs.amax(dim=1) == -torch.inf) & ~done
    if bool(stuck.any()):
        raise DataError(
            f"a probability of 0 for every symbol, in row {int(stuck.nonzero()[0])} after "
            f"{number} symbols",
            "at least one symbol that is possible",
            "let the end mark be possible where nothing else is",
        )
