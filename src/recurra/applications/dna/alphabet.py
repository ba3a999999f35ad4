"""Letters of DNA: each stands for a set of bases, which is its number.

The letters are those of the IUPAC: Cornish-Bowden 1985 (Nucleic Acids Research 13, 3021-3030). The
number of a letter has a bit for each base it may be, so that A, C, G and T are 1, 2, 4 and 8 and N,
which may be any of them, is 15. A 0 is no base: what is behind the end of a sequence.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from recurra.errors import DataError

BASES = "ACGT"
LETTERS = "-ACMGRSVTWYHKDBN"
"""The letter of each number."""

ANY = 15

_NUMBERS = np.zeros(256, dtype=np.uint8)
for _number, _letter in enumerate(LETTERS[1:], start=1):
    _NUMBERS[[ord(_letter), ord(_letter.lower())]] = _number
# In RNA, U stands where DNA has T.
_NUMBERS[[ord("U"), ord("u")]] = 8

_BITS = np.array([[number >> place & 1 for place in range(4)] for number in range(16)])

SHARES = torch.from_numpy(_BITS / np.maximum(_BITS.sum(1, keepdims=True), 1)).float()
"""The probability of A, C, G and T for each number, (16, 4); 0 for what is no base."""

COMPLEMENTS = torch.from_numpy((_BITS[:, ::-1] << np.arange(4)).sum(1).astype(np.uint8))
"""The number of the letter opposite, (16,): A faces T, and C faces G."""

SINGLE = torch.tensor([4, 0, 1, 4, 2, 4, 4, 4, 3, 4, 4, 4, 4, 4, 4, 4])
"""The place of the only base that a letter may be, from 0 to 3; 4 if it may be several, (16,)."""


def to_numbers(sequence: str, what: str) -> Tensor:
    """The numbers of letters, uint8 (T,); lower case is read as upper case, U as T.

    Args:
        sequence: The letters.
        what: Whose they are, for the words of an error: ``"row 3"``, say.

    Raises:
        DataError: If a letter is of no base, with its place.
    """
    # What is no Latin letter becomes a question mark, which is no base either.
    numbers = _NUMBERS[np.frombuffer(sequence.encode("latin-1", "replace"), dtype=np.uint8)]
    if not numbers.all():
        place = int((numbers == 0).argmax())
        raise DataError(
            f"{what} has the letter {sequence[place]!r} at place {place + 1:,}, and "
            f"{int((numbers == 0).sum()):,} such in all",
            "A, C, G, T (or U), or the letters of the IUPAC for several: R Y S W K M B D H V N",
            "take gaps and marks out; an unknown base is an N",
        )
    return torch.from_numpy(numbers)


def to_letters(numbers: Tensor) -> str:
    """The letters of numbers, (T,)."""
    every = np.frombuffer(LETTERS.encode(), dtype=np.uint8)
    return bytes(every[numbers.numpy()]).decode()


def is_dna(text: str) -> bool:
    """Whether there is at least one letter, and all of them are of bases."""
    raw = np.frombuffer(text.encode("latin-1", "replace"), dtype=np.uint8)
    return bool(len(raw)) and bool(_NUMBERS[raw].all())


def reverse_complement(numbers: Tensor) -> Tensor:
    """The other strand, read in its own direction: (..., T) to (..., T)."""
    return COMPLEMENTS[numbers.flip(-1).long()]


def mutated(numbers: Tensor, share: float) -> Tensor:
    """The same with some of the bases exchanged for any base, each as likely.

    Args:
        numbers: uint8 (B, T); what is no base stays so.
        share: Of the bases.
    """
    chosen = (torch.rand(numbers.shape) < share) & (numbers > 0)
    drawn = (1 << torch.randint(4, numbers.shape)).to(numbers.dtype)
    return torch.where(chosen, drawn, numbers)
