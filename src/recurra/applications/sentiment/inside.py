"""What a network remembers of a text, and which words carry its answer."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from recurra.applications.sentiment.network import Network
from recurra.applications.words import Batch, Token
from recurra.explain import Explanation
from recurra.explain.examining import Asked, examine
from recurra.explain.wording import Words

NAMED = 60
"""Characters of a text that stand for it in a heading."""


def inside(
    network: Network, read: Batch, words: Sequence[Token], *, text: str, label: tuple[int, str]
) -> Explanation:
    """Looks at a network at work on one text.

    Args:
        network: The network.
        read: The text as it reads it, B = 1.
        words: Its tokens, as many as are read.
        text: The text.
        label: The number and the name of the class whose probability is explained.
    """
    number, name = label
    network.eval()
    with torch.no_grad():
        vectors = network.vectors(read)

    def ask(one: nn.Module, x: Tensor) -> Tensor:
        assert isinstance(one, Network)
        chances: Tensor = one.answers(x, read.lengths.expand(len(x))).exp()
        return chances[:, number]

    x = vectors[0]
    asked = Asked(network, x, torch.zeros_like(x), ask)
    seen = examine(asked, network.structure.recurrent.cell.name)
    labels = [text[token.start : token.end] for token in words]
    said = Words(f"the probability of {name}", labels, "with no word said", "words", '"{}"')
    short = text if len(text) <= NAMED else text[: NAMED - 1] + "…"
    return Explanation(short, said, (seen,))
