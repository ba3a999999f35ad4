"""How the network learns: along the text, the state carried on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.applications.text.network import Reader
from recurra.applications.text.passes import Passes
from recurra.applications.text.rules import Plan
from recurra.training import (
    AdamW,
    Callback,
    Checkpoint,
    EarlyStopping,
    History,
    StepTrainer,
    StreamChunks,
    detached,
    evaluate_truncated,
)
from recurra.training.streams import Chunk

WEIGHT_DECAY = 0.1
WARMUP = 50
JUDGED = 1000
"""Symbols that are read at once where nothing is learned."""


def learn(
    plan: Plan,
    symbols: int,
    streams: Sequence[Tensor],
    held_out: Sequence[Tensor],
    *,
    start: int,
    seed: int,
    callbacks: Sequence[Callback] = (),
    checkpoint: Checkpoint | None = None,
) -> tuple[Reader, History]:
    """Trains a network on streams of symbols.

    Args:
        plan: How.
        symbols: V.
        streams: To learn from, int64 (N_i,).
        held_out: To keep the best weights by.
        start: The symbol that stands before each stream.
        seed: Of the initial weights and of what is hidden.
        callbacks: Such as one that shows progress.
        checkpoint: Where the training is kept, and goes on from.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        reader = Reader(plan, symbols)
        passes = Passes(chunks(streams, start, rows=plan.rows, steps=plan.steps))
        judged = chunks(held_out, start, rows=1, steps=JUDGED)
        trainer: StepTrainer[Chunk] = StepTrainer(
            reader,
            _Carried(reader, passes),
            AdamW(reader.parameters(), lr=plan.learning_rate, weight_decay=WEIGHT_DECAY),
            plan.length,
            looks=plan.looks,
            warmup=WARMUP,
            judge=lambda: evaluate_truncated(reader, judged, functional.cross_entropy),
            callbacks=[*callbacks, EarlyStopping(patience=plan.patience)],
            weight=lambda chunk: chunk.lengths.sum(),
        )
        history = trainer.fit(passes, checkpoint=checkpoint)
    reader.eval()
    return reader, history


def chunks(streams: Sequence[Tensor], start: int, *, rows: int, steps: int) -> StreamChunks:
    """Streams with what follows each symbol, the first of each foretold from the start symbol."""
    begin = torch.tensor([start])
    read = [torch.cat([begin, one[:-1]]) for one in streams]
    return StreamChunks(read, list(streams), rows=rows, steps=steps)


def surprises(reader: nn.Module, streams: Sequence[Tensor], start: int) -> Tensor:
    """The nats of each symbol of streams, one stream after the other, (N,)."""
    found = []
    state: Any = None
    with torch.no_grad():
        for x, y, reset, _ in chunks(streams, start, rows=1, steps=JUDGED):
            scores, state = reader(x, state, reset=reset if bool(reset.any()) else None)
            found.append(functional.cross_entropy(scores[0], y[0], reduction="none"))
    return torch.cat(found)


class _Carried:
    """The loss of chunks that are read in order, the state carried from one to the next."""

    def __init__(self, reader: Reader, passes: Passes) -> None:
        self.reader, self.passes = reader, passes

    def __call__(self, chunk: Chunk) -> Tensor:
        x, y, reset, lengths = chunk
        live = torch.arange(x.shape[1]) < lengths.unsqueeze(1)
        scores, after = self.reader(
            x,
            self.passes.carried,
            lengths=None if bool(live.all()) else lengths,
            # A pass begins with a reset of all rows, so that nothing is carried over from the last.
            reset=reset if bool(reset.any()) else None,
        )
        self.passes.carried = detached(after)
        return functional.cross_entropy(scores[live], y[live])
