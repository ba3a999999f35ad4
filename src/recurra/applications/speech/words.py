"""Words that alone may be written: a lexicon as what follows what, for the search of CTC."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from recurra import text_files
from recurra.applications.speech.alphabet import SPACE, Alphabet, plain
from recurra.errors import DataError
from recurra.structures import ctc

BEAM, WIDEST = 32, 2048
"""Prefixes that are kept: at first, and at most."""


class Words:
    """A lexicon: which letters may follow what was written so far.

    It is the language model of :func:`recurra.structures.ctc.prefix_beam`, for which all that the
    lexicon allows is alike.

    Args:
        alphabet: The letters.
        words: At least one that can be written in them; the others are ``strange``.

    Raises:
        DataError: If there is none.
    """

    def __init__(self, alphabet: Alphabet, words: Iterable[str]) -> None:
        every = sorted({part for word in words for part in plain(word).split()})
        self.alphabet = alphabet
        self.words = [one for one in every if not alphabet.strange([one])]
        self.strange = [one for one in every if alphabet.strange([one])]
        if not self.words:
            raise DataError(
                f"a lexicon of {len(every):,} words, none of them in the letters that were learned",
                f"words of the letters {alphabet.letters!r}",
            )
        self._space = alphabet.letters.find(SPACE) + 1
        self._ends = {tuple(alphabet.numbers(one).tolist()) for one in self.words}
        self._after: dict[tuple[int, ...], set[int]] = {}
        for numbers in self._ends:
            for place, number in enumerate(numbers):
                self._after.setdefault(numbers[:place], set()).add(number)
        self._known: dict[tuple[int, ...], Tensor] = {}

    def __call__(self, prefixes: Sequence[tuple[int, ...]]) -> Tensor:
        """0 for what may follow, minus infinity for what may not: (N, V + 1), the end last."""
        return torch.stack([self._row(prefix) for prefix in prefixes])

    def read(self, log_probs: Tensor) -> str:
        """The likeliest text of words of the lexicon, as far as a beam of prefixes finds it.

        Args:
            log_probs: Of letters at each step, (S, V), S at least 1.

        Returns:
            The text; nothing, if it is likeliest that nothing was said.
        """
        width = BEAM
        while width <= WIDEST:
            try:
                found = ctc.prefix_beam(
                    log_probs.unsqueeze(0),
                    beam=width,
                    language_model=self,
                    lm_end=len(self.alphabet),
                )
            except DataError:
                # All that the beam held are beginnings of words: a wider one holds whole ones.
                width *= 4
            else:
                return self.alphabet.text(found.sequences()[0])
        return ""

    def _row(self, prefix: tuple[int, ...]) -> Tensor:
        begin = len(prefix)
        while begin and prefix[begin - 1] != self._space:
            begin -= 1
        word = prefix[begin:]
        key = word if word or not prefix else (self._space,)
        if key not in self._known:
            row = torch.full((len(self.alphabet) + 1,), -torch.inf)
            row[list(self._after.get(word, ()))] = 0.0
            if word in self._ends:
                row[-1] = 0.0
                if self._space:
                    row[self._space] = 0.0
            if not prefix:
                row[-1] = 0.0
            self._known[key] = row
        return self._known[key]


def read_words(path: str | Path) -> list[str]:
    """The words of a file, one or several a line.

    Raises:
        DataError: If it cannot be read, or holds none.
    """
    path = Path(path)
    text_files.check_there(path, "words")
    return text_files.decoded(text_files.content(path), path, "a word a line").split()
