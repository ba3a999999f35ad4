"""What is asked of a network about one word of a sentence: why it is of its kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from recurra.applications.inside import View, heading
from recurra.applications.ner.chunks import Chunk
from recurra.applications.ner.network import Network, Sides, tags_of
from recurra.applications.ner.notation import OUTSIDE
from recurra.applications.ner.rules import LONGEST
from recurra.errors import DataError, OptionError
from recurra.explain.wording import Words
from recurra.options import whole
from recurra.training.mode import in_mode


def chances(network: Network, sides: Sides) -> Tensor:
    """How probable each tag is of each word of a sentence, (T, N)."""
    with in_mode(network, training=False), torch.no_grad():
        found: Tensor = network.crf.marginals(network(sides), sides.tokens.lengths)[0]
    return found


def one_of(sentences: Sequence[Sequence[str]], row: int) -> tuple[list[str], tuple[str, ...]]:
    """A sentence of a text, and what is said of the choice: of a long one the first words.

    Args:
        sentences: The words of each.
        row: Which, from 1.

    Raises:
        DataError: If there is none.
        OptionError: If there is no such sentence.
    """
    if not sentences:
        raise DataError("a text without a word", "a text", "write some words")
    count = len(sentences)
    if whole("row", row, 1) > count:
        raise OptionError(f"row={row}", f"the number of a sentence, from 1 to {count}")
    tokens = sentences[row - 1]
    said = (
        *([f"of the {count} sentences of the text, number {row} is shown"] if count > 1 else []),
        *([f"of its {len(tokens)} words the first {LONGEST}"] if len(tokens) > LONGEST else []),
    )
    return [*tokens[:LONGEST]], said


def word_of(
    tokens: Sequence[str], at: int | None, chunks: Sequence[Chunk], likely: Callable[[], Tensor]
) -> int:
    """The place of the word that is asked about.

    Args:
        tokens: The sentence.
        at: Which word, from 1; None to choose.
        chunks: The entities that were found.
        likely: Gives how probable each tag is of each word, that of no entity first.

    Raises:
        OptionError: If there is no such word.
    """
    if at is None:
        return chunks[0].start if chunks else int(likely()[:, 0].argmin())
    if whole("at", at, 1) > len(tokens):
        raise OptionError(f"at={at}", f"the number of a word, from 1 to {len(tokens)}")
    return at - 1


def view(
    network: Network, sides: Sides, tokens: Sequence[str], kinds: tuple[str, ...], place: int
) -> View:
    """The probability that a word is of the kind that the network finds likeliest there.

    Args:
        network: The network.
        sides: The sentence as it reads it, B = 1.
        tokens: Its words.
        kinds: The kinds of entities.
        place: Which word, from 0.
    """
    tags = tags_of(kinds)
    by_kind = [[n for n, tag in enumerate(tags) if _kind(tag) == kind] for kind in ("", *kinds)]
    own = chances(network, sides)[place]
    best = max(range(len(by_kind)), key=lambda n: float(own[by_kind[n]].sum()))
    with in_mode(network, training=False), torch.no_grad():
        (x,) = network.vectors(sides)

    def ask(one: nn.Module, batch: Tensor) -> Tensor:
        assert isinstance(one, Network)
        lengths = sides.tokens.lengths.expand(len(batch))
        found = one.crf.marginals(one.emissions(batch, lengths), lengths)
        return found[:, place, by_kind[best]].sum(1)

    what = f"is {kinds[best - 1] or 'an entity'}" if best else "is in no entity"
    words = Words(
        f'the probability that "{tokens[place]}" {what}',
        [*tokens],
        "with no word said",
        "words",
        '"{}"',
        " ",
    )
    return View(heading(" ".join(tokens)), words, x, torch.zeros_like(x), ask)


def _kind(tag: str) -> str:
    return "" if tag == OUTSIDE else tag.partition("-")[2]
