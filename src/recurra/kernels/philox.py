"""Random numbers that are a function of where they are used, and of nothing before them.

Each number is computed from a seed and a counter that says which number it is. So any kernel, in
any order, on any part of the batch or sequence, and once more in the backward pass, finds the same.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor

_WORD = 0xFFFFFFFF
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
ALL_STEPS = _WORD
"""The step of a number that serves a whole sequence."""


Seed: TypeAlias = Any
"""A whole number from 0 to 2**64 - 1; while torch traces a call, a tensor of these 64 bits."""


@dataclass(frozen=True)
class Stream:
    """Where in the model and batch random numbers are drawn.

    Attributes:
        seed: The call's.
        place: Which layer and direction, from 0.
        rows: The number of each row of the batch, (B,).
        steps: The number of each row's own step, (T, B).
    """

    seed: Seed
    place: int
    rows: Tensor
    steps: Tensor


def as_tensor(seed: int) -> Tensor:
    """A seed as a tensor of the same 64 bits."""
    return torch.full((), seed - 2**64 if seed >= 2**63 else seed, dtype=torch.int64, device="cpu")


def uniform(stream: Stream, key: str, width: int, *, per: str, dtype: torch.dtype) -> Tensor:
    """Numbers from 0 up to but not 1, in steps of 2**-24 or of what their type can tell apart.

    Args:
        stream: Where they are drawn.
        key: What for.
        width: How many for each row and step.
        per: ``"step"``, or ``"sequence"`` for the same at all steps.
        dtype: Their type; the numbers are the same in float32 and float64, and cut off after 11
            bits in float16 and 8 in bfloat16.

    Returns:
        (T, B, width).
    """
    blocks = torch.arange(-(-width // 4), device=stream.rows.device)
    steps = stream.steps if per == "step" else torch.full_like(stream.steps[:1], ALL_STEPS)
    use = (zlib.crc32(key.encode()) + WEYL[0] * stream.place) & _WORD
    counter = (blocks, steps.unsqueeze(-1), stream.rows.unsqueeze(-1), blocks.new_tensor(use))
    words = philox(counter, (stream.seed & _WORD, stream.seed >> 32 & _WORD))
    drawn = torch.stack(words, dim=-1).flatten(-2)[..., :width]
    bits = min(24, 1 - round(math.log2(torch.finfo(dtype).eps)))
    return ((drawn >> 32 - bits).to(dtype) * 2.0**-bits).expand(*stream.steps.shape, width)


def philox(counter: tuple[Tensor, ...], key: tuple[Seed, Seed]) -> tuple[Tensor, ...]:
    """Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", 3.3).

    Args:
        counter: Four words from 0 to 2**32 - 1, as whole numbers of 64 bits, of shapes that fit
            each other.
        key: Two such words, as numbers or tensors.

    Returns:
        Four such words.
    """
    a, b, c, d = counter
    first, second = key
    for _ in range(ROUNDS):
        # Products of two words wrap around at 64 bits, which leaves both their halves right.
        low, high = a * MULTIPLIERS[0], c * MULTIPLIERS[1]
        a = (high >> 32 & _WORD) ^ b ^ first
        c = (low >> 32 & _WORD) ^ d ^ second
        b, d = high & _WORD, low & _WORD
        first, second = first + WEYL[0] & _WORD, second + WEYL[1] & _WORD
    return a, b, c, d
