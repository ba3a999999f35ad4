"""What is asked of a language model about a text: why it finds a symbol likely to come next."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from recurra.applications.inside import View, heading
from recurra.applications.text.network import Reader
from recurra.explain.wording import Words
from recurra.training.mode import in_mode

LONGEST = 1000
"""Symbols that are read, at most."""

LINE_END = "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}"
"""What stands for the end of a line."""


def likeliest(reader: Reader, numbers: Tensor) -> int:
    """The symbol that is likeliest to come behind others, (T,)."""
    with in_mode(reader, training=False), torch.no_grad():
        scores, _ = reader(numbers.unsqueeze(0), None)
    return int(scores[0, -1].argmax())


def view(
    reader: Reader,
    numbers: Tensor,
    symbols: Sequence[str],
    following: tuple[int, str],
    frequency: Tensor,
) -> View:
    """The probability that a symbol comes next.

    Args:
        reader: The network.
        numbers: Of the symbols that are read, (T,).
        symbols: The same as text.
        following: The number of the symbol that is asked about, and its text.
        frequency: The logarithm of each symbol's, (V,).
    """
    number, name = following
    assert reader.structure.embedding is not None
    with torch.no_grad():
        x = reader.structure.embedding(numbers)
        every: Tensor = reader.structure.embedding(torch.arange(len(frequency)))
        mean = frequency.exp() @ every

    def ask(one: nn.Module, batch: Tensor) -> Tensor:
        assert isinstance(one, Reader)
        output, _ = one.structure.recurrent(batch)
        chances: Tensor = one.structure.head.scores(output[:, -1]).softmax(-1)
        return chances[:, number]

    words = Words(
        f'the probability that "{shown(name)}" comes next',
        [shown(one) for one in symbols],
        "with every symbol like the average one",
        "symbols",
        '"{}"',
        between="",
    )
    return View(heading("".join(symbols)), words, x, mean.expand_as(x), ask)


def shown(symbol: str) -> str:
    """A symbol as it can be seen."""
    return symbol.replace("\n", LINE_END)
