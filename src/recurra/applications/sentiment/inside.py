"""What a network remembers of a text, and which words carry its answer."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from recurra.applications.inside import View, heading
from recurra.applications.sentiment.network import Network
from recurra.applications.words import Batch, Token
from recurra.explain.wording import Words
from recurra.training.mode import in_mode


def view(
    network: Network, read: Batch, words: Sequence[Token], *, text: str, label: tuple[int, str]
) -> View:
    """What is asked of a network about one text.

    Args:
        network: The network.
        read: The text as it reads it, B = 1.
        words: Its tokens, as many as are read.
        text: The text.
        label: The number and the name of the class whose probability is explained.
    """
    number, name = label
    with in_mode(network, training=False), torch.no_grad():
        (x,) = network.vectors(read)

    def ask(one: nn.Module, x: Tensor) -> Tensor:
        assert isinstance(one, Network)
        chances: Tensor = one.answers(x, read.lengths.expand(len(x))).exp()
        return chances[:, number]

    labels = [text[token.start : token.end] for token in words]
    said = Words(f"the probability of {name}", labels, "with no word said", "words", '"{}"', " ")
    return View(heading(text), said, x, torch.zeros_like(x), ask)
