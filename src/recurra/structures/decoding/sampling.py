"""Sampling: each symbol drawn by its probability."""

from __future__ import annotations

import zlib

import torch
from torch import Tensor

from recurra.errors import OptionError, ShapeError
from recurra.kernels.philox import philox
from recurra.options import whole
from recurra.structures.decoding import options
from recurra.structures.decoding.decoded import Decoded
from recurra.structures.decoding.rollout import rollout
from recurra.structures.decoding.stepwise import S, Stepwise, check_start

_WORD = 0xFFFFFFFF
_USE = zlib.crc32(b"sample")
_BLOCK = 64
"""Steps for which chance is drawn at once: a step's alone would take as long."""


@torch.no_grad()
def sample(
    model: Stepwise[S],
    start: Tensor,
    state: S,
    *,
    end: int | None,
    max_length: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    generator: torch.Generator | None = None,
    rows: Tensor | None = None,
) -> Decoded:
    """Draws each symbol by its probability.

    Temperature comes first, then ``top_k``, then ``top_p`` on what is left. Chance is a function of
    the generator's state, a row's number and the step, so a row's draws do not depend on the others
    in its batch. A call takes one number from the generator, however many it draws.

    Args:
        model: Says what may follow; in evaluation mode, if it has dropout.
        start: What each row reads first, (B,) int64.
        state: What the model starts from, for B rows.
        end: The end mark, which ends a row and counts as its last symbol; None if there is none.
        max_length: The most symbols a row gets, end mark included; at least 0.
        temperature: By what log-probabilities are divided, above 0: below 1 the likely becomes
            likelier.
        top_k: How many of the likeliest symbols can be drawn, at least 1; all if None or more than
            there are.
        top_p: Nucleus sampling (Holtzman et al. 2020, arXiv:1904.09751, section 3.1): only the
            fewest likeliest symbols can be drawn whose probabilities sum to at least this, above 0
            and at most 1; all if None.
        generator: Where chance comes from; torch's own if None.
        rows: The number of each row, (B,) int64 from 0 to 2**32 - 1, for chance; 0, 1, ... if None.

    Returns:
        The symbols, padded with the end mark; a row's score is its log-probability as the model
        gives it, whatever ``temperature``, ``top_k`` and ``top_p`` are.

    Raises:
        DataError: If the model gives NaN, numbers above 0, or no possible symbol.
        OptionError: If an option is out of range.
        ShapeError: If a tensor does not fit.
    """
    check_start(start)
    temperature, top_p = _temperature(temperature), _share(top_p)
    top_k = None if top_k is None else whole("top_k", top_k, 1)
    numbers = _row_numbers(rows, start)
    chances = _Chances(_seed(generator), numbers)

    def drawn(log_probs: Tensor, number: int) -> Tensor:
        weights = _weights(log_probs.double(), temperature)
        weights = weights if top_k is None else _likeliest(weights, top_k)
        weights = weights if top_p is None else _nucleus(weights, top_p)
        return _drawn(weights, chances.at(number))

    return rollout(model, start, state, drawn, end=end, max_length=max_length)


def _weights(log_probs: Tensor, temperature: float) -> Tensor:
    """Probabilities at a temperature, the likeliest's taken as 1."""
    # What comes first keeps a low temperature from making all of them 0; a row that has ended may
    # have nothing possible.
    top = log_probs.amax(dim=1, keepdim=True).clamp(min=torch.finfo(log_probs.dtype).min)
    return ((log_probs - top) / temperature).exp()


def _likeliest(weights: Tensor, top_k: int) -> Tensor:
    values, places = weights.topk(min(top_k, weights.shape[1]), dim=1)
    return torch.zeros_like(weights).scatter(1, places, values)


def _nucleus(weights: Tensor, top_p: float) -> Tensor:
    values, places = weights.sort(dim=1, descending=True, stable=True)
    total = values.cumsum(dim=1)
    # A symbol is in it if those before it do not reach the share.
    within = (total - values) < top_p * total[:, -1:]
    within[:, 0] = True
    return torch.zeros_like(weights).scatter(1, places, values * within)


def _drawn(weights: Tensor, chance: Tensor) -> Tensor:
    """The symbols in which so great a share of the whole is reached."""
    total = weights.cumsum(dim=1)
    reached = (chance * total[:, -1]).unsqueeze(1)
    # The first sum above it is never one of a symbol without weight; rounding could reach the last.
    last = weights.shape[1] - 1 - (weights.flip(1) > 0).int().argmax(dim=1)
    return torch.searchsorted(total, reached, right=True).squeeze(1).minimum(last)


class _Chances:
    """What decides each row's symbols, drawn for many steps at once.

    Args:
        seed: The call's.
        rows: The number of each row, (B,).
    """

    def __init__(self, seed: int, rows: Tensor) -> None:
        self._seed, self._rows = seed, rows
        self._first, self._drawn = 0, rows.new_zeros(0, len(rows))

    def at(self, number: int) -> Tensor:
        """A number from 0 up to but not 1 for each row at a step, (B,)."""
        if not self._first <= number < self._first + len(self._drawn):
            steps = torch.arange(number, number + _BLOCK, device=self._rows.device)
            self._first, self._drawn = number, _uniform(self._seed, self._rows, steps)
        return self._drawn[number - self._first]


def _uniform(seed: int, rows: Tensor, steps: Tensor) -> Tensor:
    """A number from 0 up to but not 1 for each step and row, (T, B), of 53 bits."""
    counter = (rows.new_tensor(0), steps.unsqueeze(1), rows, rows.new_tensor(_USE))
    first, second, *_ = philox(counter, (seed & _WORD, seed >> 32 & _WORD))
    return ((first >> 5) * 2**26 + (second >> 6)).double() * 2.0**-53


def _seed(generator: torch.Generator | None) -> int:
    device = torch.device("cpu") if generator is None else generator.device
    return int(torch.randint(2**63 - 1, (), generator=generator, device=device))


def _row_numbers(rows: Tensor | None, start: Tensor) -> Tensor:
    if rows is None:
        return torch.arange(len(start), device=start.device)
    if rows.shape != start.shape or rows.dtype != torch.int64:
        raise ShapeError(
            f"rows of shape {tuple(rows.shape)} and type {rows.dtype}",
            f"a number for each of the {len(start)} rows, of torch.int64",
        )
    if len(rows) and not 0 <= int(rows.min()) <= int(rows.max()) <= _WORD:
        raise ShapeError(
            f"rows from {int(rows.min())} to {int(rows.max())}", "numbers from 0 to 2**32 - 1"
        )
    return rows.to(start.device)


def _temperature(temperature: float) -> float:
    found = options.finite("temperature", temperature)
    if found <= 0:
        raise OptionError(
            f"temperature={temperature!r}",
            "a finite number above 0",
            "greedy(...) always takes the likeliest symbol, as a temperature of 0 would",
        )
    return found


def _share(top_p: float | None) -> float | None:
    if top_p is None:
        return None
    found = options.finite("top_p", top_p)
    if not 0 < found <= 1:
        raise OptionError(f"top_p={top_p!r}", "a share above 0 and at most 1, or None")
    # Rounding must not drop what is hardly possible where nothing shall be dropped.
    return found if found < 1 else None
