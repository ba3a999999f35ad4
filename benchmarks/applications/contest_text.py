"""``text`` beside torch.nn.LSTM: made-up characters, the network for a million of them."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from contest import OURS, PlainTraining, parameters
from torch import Tensor, nn
from torch.nn import functional

from recurra.applications.text import LanguageModel
from recurra.applications.text.rules import Plan
from recurra.training import Callback, StreamChunks
from recurra.training.streams import Chunk

CHARACTERS, UNITS = 100_000, 384
LENGTH, SIDE_BY_SIDE = 100, 32
"""Symbols that are written, and texts at once."""


class Text:
    """The job, with the network of its defaults for a million characters, and its peer."""

    tokens = "characters"

    def __init__(self) -> None:
        chance = random.Random(0)
        letters = string.ascii_letters + " \n.,'"
        weights = [1 / (place + 1) for place in range(len(letters))]
        self._text = "".join(chance.choices(letters, weights, k=CHARACTERS))
        self._job = LanguageModel(units=UNITS, epochs=1)
        self.peers: dict[str, PlainTraining] = {}

    def fit(self, watch: Sequence[Callback]) -> None:
        """One pass."""
        self._job.fit([self._text], watch=[_Begins(self), *watch])

    def begin(self) -> None:
        """Makes the peer, once the job knows its symbols."""
        plan, alphabet = self._job.plan_, self._job.alphabet_
        tape = torch.tensor(alphabet.encode("\n" + self._text))[: -plan.held_out]
        self._plain = Plain(plan, len(alphabet))
        chunks = StreamChunks(tape[:-1], tape[1:], rows=plan.rows, steps=plan.steps)
        training = PlainTraining(self._plain, _loss(self._plain, _passes(chunks)))
        self.peers["torch.nn"] = training

    @property
    def title(self) -> str:
        """The job, and how large the network is."""
        ours = parameters(self._job.reader_)
        return (
            f"text, {self._job.plan_.layers} layers of {UNITS} LSTM units, {ours:,} parameters "
            f"(torch.nn {parameters(self._plain):,})"
        )

    def predictions(self) -> Mapping[str, Mapping[str, Callable[[], int]]]:
        """Text written on, and text judged."""
        start = self._job.alphabet_.encode("\n")[0]
        held = self._job.held_out_text_
        numbers = torch.tensor(self._job.alphabet_.encode("\n" + held))

        def ours(rows: int) -> Callable[[], int]:
            def write() -> int:
                self._job.predict([""], length=LENGTH, samples=rows)
                return rows * LENGTH

            return write

        def theirs(rows: int) -> Callable[[], int]:
            def write() -> int:
                self._plain.written(start, rows, LENGTH)
                return rows * LENGTH

            return write

        def judged() -> int:
            self._job.evaluate([held])
            return len(held)

        def judged_plainly() -> int:
            self._plain.surprise(numbers)
            return len(held)

        found = {
            f"predict, {rows} text{'s' if rows > 1 else ''} at once": {
                OURS: ours(rows),
                "torch.nn": theirs(rows),
            }
            for rows in (1, SIDE_BY_SIDE)
        }
        return {**found, "evaluate": {OURS: judged, "torch.nn": judged_plainly}}


class _Begins(Callback):
    def __init__(self, contest: Text) -> None:
        self.contest = contest

    def on_train_begin(self, trainer) -> None:  # type: ignore[no-untyped-def]
        """Makes the peer."""
        self.contest.begin()


class Plain(nn.Module):
    """The same network of torch.nn's modules."""

    def __init__(self, plan: Plan, symbols: int) -> None:
        super().__init__()
        self.vectors = nn.Embedding(symbols, plan.embedding)
        self.layers = nn.LSTM(
            plan.embedding, plan.units, plan.layers, dropout=plan.dropout, batch_first=True
        )
        self.head = nn.Linear(plan.units, symbols)
        self.input_dropout, self.dropout = nn.Dropout(plan.input_dropout), nn.Dropout(plan.dropout)

    def forward(self, x: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Scores of what follows each symbol, (B, T, V), and the state then."""
        output, after = self.layers(self.input_dropout(self.vectors(x)), state)
        return self.head(self.dropout(output)), after

    @torch.no_grad()
    def written(self, start: int, rows: int, length: int) -> list[Tensor]:
        """Symbols drawn at a temperature of 0.8, side by side."""
        self.eval()
        state, symbols, found = None, torch.full((rows, 1), start), []
        for _ in range(length):
            scores, state = self(symbols, state)
            symbols = (scores[:, -1] / 0.8).softmax(-1).multinomial(1)
            found.append(symbols)
        return found

    @torch.no_grad()
    def surprise(self, numbers: Tensor) -> float:
        """The nats of a text behind its first symbol, read a thousand symbols at a time."""
        self.eval()
        state, total = None, 0.0
        for x, y in zip(numbers[:-1].split(1000), numbers[1:].split(1000), strict=True):
            scores, state = self(x.unsqueeze(0), state)
            total += float(functional.cross_entropy(scores[0], y, reduction="sum"))
        return total


def _passes(chunks: StreamChunks) -> Iterator[Chunk]:
    while True:
        yield from chunks


def _loss(plain: Plain, chunks: Iterator[Chunk]) -> Callable[[], tuple[Tensor, int]]:
    carried: list[Any] = [None]

    def loss() -> tuple[Tensor, int]:
        x, y, _, lengths = next(chunks)
        scores, state = plain(x, carried[0])
        carried[0] = tuple(one.detach() for one in state)
        return functional.cross_entropy(scores.flatten(0, 1), y.flatten()), int(lengths.sum())

    return loss
