"""Tag schemes: how tags of single steps say where chunks begin and end.

A tag is a prefix and a chunk's type, as ``B-PER``, or a prefix alone where chunks have no type.
``O`` stands outside all chunks and has no type.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from recurra.errors import OptionError
from recurra.structures.decoding.constraints import TagConstraints


@dataclass(frozen=True, slots=True)
class Scheme:
    """A tag scheme, as what may follow what.

    Attributes:
        name: What it is called.
        starts: The prefixes with which a sequence may start.
        ends: Those with which it may end.
        within: Pairs of prefixes that may follow each other where the type is the same.
        anyhow: Pairs that may whatever the types are.
    """

    name: str
    starts: str
    ends: str
    within: frozenset[str]
    anyhow: frozenset[str]

    @property
    def prefixes(self) -> str:
        """All prefixes."""
        return "".join(sorted(set("".join(self.within | self.anyhow))))

    def constraints(self, tags: Sequence[str]) -> TagConstraints:
        """Which sequences of tags are legal.

        Warns of tags that stand in no legal sequence, as ``I-PER`` in IOB2 without ``B-PER``.

        Args:
            tags: The tags in the order of their numbers; not all that the scheme knows need be
                there.

        Raises:
            OptionError: If there is none, one stands there twice, or one is not of the scheme.
        """
        parts = [self._parts(tag) for tag in _distinct(tags)]
        found = TagConstraints(
            tuple(tags),
            torch.tensor([prefix in self.starts for prefix, _ in parts]),
            torch.tensor([prefix in self.ends for prefix, _ in parts]),
            torch.tensor([[self._follows(one, other) for other in parts] for one in parts]),
        )
        if unusable := found.unusable():
            warnings.warn(
                f"by {self.name} these tags stand in no legal sequence, for want of others: "
                + ", ".join(unusable),
                stacklevel=2,
            )
        return found

    def _follows(self, one: tuple[str, str], other: tuple[str, str]) -> bool:
        pair = one[0] + other[0]
        return pair in self.anyhow or (pair in self.within and one[1] == other[1])

    def _parts(self, tag: str) -> tuple[str, str]:
        """Prefix and type."""
        prefix, dash, kind = tag.partition("-")
        known = len(prefix) == 1 and prefix in self.prefixes
        if not known or (prefix == "O" and dash) or (dash and not kind):
            like = ", ".join(p if p == "O" else f"{p}-TYPE" for p in self.prefixes)
            raise OptionError(
                f"the tag {tag!r}",
                f"one of {self.name}: {like}, or a prefix alone where chunks have no type",
                "write the tags so, or choose another scheme",
            )
        return prefix, kind


def _distinct(tags: Sequence[str]) -> Sequence[str]:
    if isinstance(tags, str) or not tags or not all(isinstance(tag, str) for tag in tags):
        raise OptionError(f"tags={tags!r}", "a list of at least one tag", 'tags=["O", "B-PER"]')
    twice = sorted({tag for tag in tags if list(tags).count(tag) > 1})
    if twice:
        raise OptionError(f"tags in which {', '.join(twice)} stand more than once", "each once")
    return tags


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text.split())


IOB1 = Scheme(
    "IOB1",
    starts="IO",
    ends="BIO",
    within=_pairs("BB IB"),
    anyhow=_pairs("BI BO II IO OI OO"),
)
"""Ramshaw & Marcus 1995: I in a chunk, B only at the first step of one right behind its like."""

IOB2 = Scheme(
    "IOB2",
    starts="BO",
    ends="BIO",
    within=_pairs("BI II"),
    anyhow=_pairs("BB BO IB IO OB OO"),
)
"""Ratnaparkhi 1998; Tjong Kim Sang & Veenstra 1999: B at every chunk's first step, I at others."""

BIOES = Scheme(
    "BIOES",
    starts="BOS",
    ends="EOS",
    within=_pairs("BI BE II IE"),
    anyhow=_pairs("EB EO ES OB OO OS SB SO SS"),
)
"""B at a chunk's first step, E at its last, I between, S for a chunk of one step."""

BMES = Scheme(
    "BMES",
    starts="BOS",
    ends="EOS",
    within=_pairs("BM BE MM ME"),
    anyhow=_pairs("EB EO ES OB OO OS SB SO SS"),
)
"""BIOES with M for I; in word segmentation the prefixes stand alone and O is left out."""
