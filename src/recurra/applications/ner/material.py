"""What networks learn from: sentences that are short enough, dealt out, and described."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from torch import Tensor

from recurra.applications.folds import folds
from recurra.applications.ner.checks import Given, named
from recurra.applications.ner.notation import LEARNED
from recurra.applications.ner.pieces import clipped, cut
from recurra.applications.ner.rules import FOLDS, LONGEST
from recurra.applications.words import stand_alone


def texts(given: Given) -> list[list[str]]:
    """All that is learned from, as texts: the tokens of each sentence, and its tags."""
    tags = map(LEARNED.tags, given.chunks, map(len, given.sentences))
    return [*given.sentences, *tags]


def shortened(given: Given) -> tuple[Given, int]:
    """The same with long sentences cut into pieces, and how many were long."""
    sentences, chunks, longer = [], [], 0
    for tokens, own in zip(given.sentences, given.chunks, strict=True):
        bounds = cut(tokens, own, LONGEST)
        longer += len(bounds) > 1
        sentences += [tokens[start:end] for start, end in bounds]
        chunks += [clipped(own, start, end) for start, end in bounds]
    return Given(sentences, chunks, given.notation, given.notes), longer


def parts(given: Given, seed: int) -> Tensor:
    """The part of each sentence, dealt out by the rarest kind in it."""
    counted = Counter(one.kind for chunks in given.chunks for one in chunks)
    order = [kind for kind, _ in counted.most_common()]
    rarest = [max((order.index(one.kind) + 1 for one in own), default=0) for own in given.chunks]
    return folds([tuple(one) for one in given.sentences], rarest, FOLDS, seed)


def said(given: Given, counted: Counter[str], longer: int, pieces: int) -> list[str]:
    """What there is to learn from, a sentence each.

    Args:
        given: All of it.
        counted: How many entities there are of each kind.
        longer: How many sentences were cut.
        pieces: How many there are then.
    """
    tokens = sum(map(len, given.sentences))
    shown = ", ".join(f"{kind or 'entities'} {n:,}" for kind, n in counted.most_common(10))
    more = f" and {len(counted) - 10:,} more kinds" if len(counted) > 10 else ""
    return [
        f"{len(given.sentences):,} sentences of {tokens:,} tokens, {counted.total():,} entities: "
        f"{shown}{more}",
        *(
            f"there is one entity of the kind {named(kind)}: it is learned from, but never held out"
            for kind, count in sorted(counted.items())
            if count == 1
        ),
        *_repeated(given),
        *_cut(longer, pieces),
    ]


def by_letters(sentences: Sequence[Sequence[str]]) -> bool:
    """Whether most tokens are letters of a script without spaces."""
    every = [token for tokens in sentences for token in tokens]
    return 2 * sum(map(stand_alone, every)) > len(every)


def _repeated(given: Given) -> list[str]:
    again = len(given.sentences) - len({tuple(one) for one in given.sentences})
    if not again:
        return []
    repeat = "sentence repeats" if again == 1 else "sentences repeat"
    return [f"{again:,} {repeat} another: such are held out together"]


def _cut(longer: int, pieces: int) -> list[str]:
    if not longer:
        return []
    return [
        f"{longer:,} sentence{' is' if longer == 1 else 's are'} longer than {LONGEST} tokens: cut "
        f"into pieces, behind sentence marks where there are any; {pieces:,} pieces in all"
    ]
