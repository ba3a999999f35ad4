"""``music`` beside torch.nn.GRU: made-up pieces, the network of the defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from contest import OURS, PlainTraining, parameters
from torch import Tensor, nn
from torch.nn import functional

from recurra.applications.music import MusicModel
from recurra.applications.music.demo import pieces
from recurra.applications.music.roll import KEYS
from recurra.training import Callback, LengthBuckets, padded

PIECES, UNITS, EPOCHS = 229, 256, 4
LENGTH = 64
"""Steps that are written."""


class Music:
    """The job, with the network of its defaults for the chorales, and its peer."""

    tokens = "steps"

    def __init__(self) -> None:
        self._pieces, self._held = pieces(PIECES, seed=0), pieces(32, seed=1)
        self._job = MusicModel(cell="gru", units=UNITS, epochs=EPOCHS, batch_size=16)
        self._plain = Plain()
        training = PlainTraining(self._plain, self._loss())
        self.peers: dict[str, PlainTraining] = {"torch.nn": training}

    def fit(self, watch: Sequence[Callback]) -> None:
        """A few passes."""
        self._job.fit(self._pieces, validation=self._held, watch=watch)

    @property
    def title(self) -> str:
        """The job, and how large the network is."""
        ours = parameters(self._job.composer_)
        return (
            f"music, {UNITS} GRU units, {ours:,} parameters (torch.nn {parameters(self._plain):,})"
        )

    def predictions(self) -> Mapping[str, Mapping[str, Callable[[], int]]]:
        """Music written, and music judged."""
        steps = sum(map(len, self._held))

        def write() -> int:
            self._job.predict(steps=LENGTH)
            return LENGTH

        def write_plainly() -> int:
            self._plain.written(LENGTH)
            return LENGTH

        def judge() -> int:
            self._job.evaluate(self._held)
            return steps

        def judge_plainly() -> int:
            self._plain.judged(self._held)
            return steps

        return {
            "predict": {OURS: write, "torch.nn, keys each by itself": write_plainly},
            "evaluate": {OURS: judge, "torch.nn": judge_plainly},
        }

    def _loss(self) -> Callable[[], tuple[Tensor, int]]:
        buckets = LengthBuckets([len(one) for one in self._pieces], 16, seed=0)
        batches = (some for _ in range(EPOCHS) for some in buckets)

        def loss() -> tuple[Tensor, int]:
            rolls, lengths = padded(self._pieces, next(batches))
            return self._plain.loss(rolls.float(), lengths), int(lengths.sum())

        return loss


class Plain(nn.Module):
    """The same network of torch.nn's modules, without dropout of the state."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.GRU(KEYS, UNITS, batch_first=True)
        self.dropout, self.head = nn.Dropout(0.5), nn.Linear(UNITS, KEYS)

    def forward(self, rolls: Tensor) -> Tensor:
        """The log-odds of each key at each step, (B, T, 88), each by the steps before."""
        before = torch.cat([torch.zeros_like(rolls[:, :1]), rolls[:, :-1]], 1)
        odds: Tensor = self.head(self.dropout(self.layer(before)[0]))
        return odds

    def loss(self, rolls: Tensor, lengths: Tensor) -> Tensor:
        """The mean nats of a step."""
        live = torch.arange(rolls.shape[1]) < lengths.unsqueeze(1)
        odds, sounded = self(rolls)[live], rolls[live]
        nats = functional.binary_cross_entropy_with_logits(odds, sounded, reduction="sum")
        return nats / live.sum()

    @torch.no_grad()
    def written(self, length: int) -> list[Tensor]:
        """Steps of which each key is drawn by itself."""
        self.eval()
        state, now, found = None, torch.zeros(1, 1, KEYS), []
        for _ in range(length):
            output, state = self.layer(now, state)
            now = torch.bernoulli(self.head(output).sigmoid())
            found.append(now)
        return found

    @torch.no_grad()
    def judged(self, pieces: Sequence[Tensor]) -> float:
        """The nats of pieces, and what counting would make of them is left out."""
        self.eval()
        total = 0.0
        for some in LengthBuckets([len(one) for one in pieces], 16):
            rolls, lengths = padded(pieces, some)
            total += float(self.loss(rolls.float(), lengths)) * int(lengths.sum())
        return total
