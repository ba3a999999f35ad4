"""Running text cut into the tokens and sentences of what was learned from."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple, Self

from torch import Tensor

from recurra.applications.words import Vocabulary, stand_alone

_RUN = re.compile(r"\S+")
_TWICE = 2
_WORDS = ("aa", "a0", "0a", "00")
"""Pairs of digits and letters of scripts with spaces."""


class Word(NamedTuple):
    """A token of a text.

    Attributes:
        text: As it stands there.
        start: Where it begins in the text, in characters.
        end: Where it ends; its last character is the one before.
    """

    text: str
    start: int
    end: int


class Cutter:
    """Cuts texts as the tokens that it has seen were cut.

    Columns do not tell where tokens touched in the text that they are of. So two neighbouring
    characters stay together if they stand in one token more often than at the seam of two; digits
    and letters of scripts with spaces unless they are seen at seams alone. Characters count as what
    they are alike: letters, letters of scripts without spaces, digits; marks by themselves.

    Args:
        together: Pairs of neighbours that stay together.
        known: Tokens with a mark at an end and more than that, as "Mr.", which stay whole.
        enders: Marks that end a sentence where a space follows, or that are not ASCII.
    """

    def __init__(
        self, together: Iterable[str], known: Iterable[str] = (), enders: Iterable[str] = ()
    ) -> None:
        self.together, self.known = frozenset(together), frozenset(known)
        self.enders = frozenset(enders)

    @classmethod
    def of(cls, sentences: Sequence[Sequence[str]]) -> Self:
        """Sees how sentences were cut, each a list of tokens."""
        within, between = Counter[str](), Counter[str]()
        for tokens in sentences:
            kinds = ["".join(map(_kind, token)) for token in tokens]
            within.update(one[at : at + 2] for one in kinds for at in range(len(one) - 1))
            between.update(a[-1] + b[0] for a, b in pairwise(kinds))
        held = {pair for pair, count in within.items() if count > between[pair]}
        held |= {pair for pair in _WORDS if within[pair] or not between[pair]}
        return cls(held, _known(sentences), _enders(sentences))

    def words(self, text: str) -> list[Word]:
        """The tokens of a text."""
        return [word for run in _RUN.finditer(text) for word in self._cut(run[0], run.start())]

    def sentences(self, text: str) -> list[list[Word]]:
        """The tokens of each sentence of a text: of its lines, cut behind marks that end one."""
        found: list[list[Word]] = [[]]
        for word in self.words(text):
            if found[-1] and "\n" in text[found[-1][-1].end : word.start]:
                found.append([])
            found[-1].append(word)
            if self._ends(word, text):
                found.append([])
        return [sentence for sentence in found if sentence]

    def to_tensors(self) -> dict[str, Tensor]:
        """All that was seen, as bytes by name."""
        parts = {"together": self.together, "known": self.known, "enders": self.enders}
        return {
            f"cutter.{name}": Vocabulary(sorted(one)).to_tensor() for name, one in parts.items()
        }

    @classmethod
    def from_tensors(cls, arrays: dict[str, Tensor]) -> Self:
        """Reads what :meth:`to_tensors` made.

        Raises:
            ModelFileError: If it is damaged.
        """
        names = ("together", "known", "enders")
        return cls(*(Vocabulary.from_tensor(arrays[f"cutter.{n}"]).symbols for n in names))

    def _cut(self, run: str, start: int) -> list[Word]:
        """The tokens of what stands between spaces."""
        if run in self.known:
            return [Word(run, start, start + len(run))]
        kinds = [_kind(one) for one in run]
        seams = [at for at in range(1, len(run)) if kinds[at - 1] + kinds[at] not in self.together]
        bounds = zip([0, *seams], [*seams, len(run)], strict=True)
        return [Word(run[a:b], start + a, start + b) for a, b in bounds]

    def _ends(self, word: Word, text: str) -> bool:
        if word.text not in self.enders:
            return False
        return not word.text.isascii() or text[word.end : word.end + 1].strip() == ""


def _kind(one: str) -> str:
    """What a character is alike."""
    if stand_alone(one):
        return "字"
    if one.isdigit():
        return "0"
    # Vowel signs and accents that are characters of their own are parts of a word too.
    return "a" if one == "_" or unicodedata.category(one)[0] in "LMN" else one


def _known(sentences: Iterable[Sequence[str]]) -> set[str]:
    counted = Counter(
        token
        for tokens in sentences
        for token in tokens
        if len(token) > 1 and not (token[0].isalnum() and token[-1].isalnum())
    )
    return {
        token
        for token, count in counted.items()
        if count >= _TWICE and any(map(str.isalnum, token))
    }


def _enders(sentences: Iterable[Sequence[str]]) -> set[str]:
    """Marks that stand at the end of sentences more often than within."""
    last, within = Counter[str](), Counter[str]()
    for tokens in sentences:
        last.update(tokens[-1:])
        within.update(tokens[:-1])
    return {
        mark
        for mark, count in last.items()
        if len(mark) == 1 and not mark.isalnum() and count > max(1, within[mark])
    }
