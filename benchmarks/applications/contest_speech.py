"""``speech`` beside torch.nn.LSTM: made-up words, joined to strings in every second step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import torch
from contest import OURS, PlainTraining, parameters
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from recurra.applications.speech import Sound, SpeechRecogniser
from recurra.applications.speech.alphabet import SPACE
from recurra.applications.speech.demo import RATE, spoken, word
from recurra.applications.speech.learning import PADDING, TOGETHER, Joining, batch
from recurra.applications.speech.material import gather
from recurra.applications.speech.rules import Sizes
from recurra.applications.speech.spectrum import BANDS, HOP, powers, with_edges
from recurra.applications.speech.variation import Spoken
from recurra.structures import ctc
from recurra.training import Callback, LengthBuckets

WORDS, ASKED = 600, 200


class Speech:
    """The job, with the network of its defaults, and its peer.

    The peer has the same recordings at each step, varied by itself. One over the rate of predict is
    the real-time factor.
    """

    tokens = "seconds of sound"

    def __init__(self) -> None:
        chance = np.random.default_rng(0)
        self._train, self._asked = _words(chance, WORDS), _words(chance, ASKED)
        self._beside = _words(chance, 20)
        self._job = SpeechRecogniser(epochs=1)
        self.peers: dict[str, PlainTraining] = {}

    def fit(self, watch: Sequence[Callback]) -> None:
        """One pass."""
        self._job.fit(*self._train, validation=self._beside, watch=[_Begins(self), *watch])

    def begin(self) -> None:
        """Makes the peer, once the job has its letters."""
        job = self._job
        learned = gather(*self._train, "recordings", job.rate_)
        own = learned.spoken(job.alphabet_, job.plan_.sizes.stack)
        self._plain = Plain(job.plan_.sizes, len(job.alphabet_))
        self.peers["torch.nn, packed"] = PlainTraining(self._plain, self._loss(own))

    @property
    def title(self) -> str:
        """The job, and how large the network is."""
        sizes, ours = self._job.plan_.sizes, parameters(self._job.network_)
        return (
            f"speech, {sizes.layers} layers of {sizes.units} LSTM units each way, {ours:,} "
            f"parameters (torch.nn {parameters(self._plain):,}); one over the rate of predict is "
            "the real-time factor"
        )

    def predictions(self) -> Mapping[str, Mapping[str, Callable[[], int]]]:
        """Recordings written down letter by letter, from their samples on."""
        sounds, _ = self._asked
        seconds = round(sum(one.seconds for one in sounds))

        def ours() -> int:
            self._job.predict(sounds)
            return seconds

        def theirs() -> int:
            self._plain.written(sounds, self._job)
            return seconds

        return {"predict": {OURS: ours, "torch.nn, packed": theirs}}

    def _loss(self, own: Sequence[Spoken]) -> Callable[[], tuple[Tensor, int]]:
        job = self._job
        batches = _batches(own, job.plan_.batch_size)
        joining = Joining(job.plan_.joins, job.alphabet_.numbers(SPACE))

        def loss() -> tuple[Tensor, int]:
            some = [own[place] for place in next(batches).tolist()]
            seconds = HOP * sum(len(one.power) for one in some)
            return self._plain.loss(*batch(some, job.scale_, joining)), max(1, round(seconds))

        return loss


class _Begins(Callback):
    def __init__(self, contest: Speech) -> None:
        self.contest = contest

    def on_train_begin(self, trainer) -> None:  # type: ignore[no-untyped-def]
        """Makes the peer."""
        self.contest.begin()


class Plain(nn.Module):
    """The same network of torch.nn's modules; padding is kept from the layer."""

    def __init__(self, sizes: Sizes, letters: int) -> None:
        super().__init__()
        self.stack = sizes.stack
        self.layer = nn.LSTM(
            BANDS * sizes.stack,
            sizes.units,
            sizes.layers,
            bidirectional=True,
            batch_first=True,
            dropout=sizes.dropout,
        )
        self.head, self.dropout = nn.Linear(2 * sizes.units, letters), nn.Dropout(sizes.dropout)

    def forward(self, seen: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Log-probabilities (B, S, V), and the steps of each."""
        lengths = torch.tensor([-(-len(one) // self.stack) for one in seen])
        whole = [
            functional.pad(one, (0, 0, 0, int(steps) * self.stack - len(one))).view(int(steps), -1)
            for one, steps in zip(seen, lengths, strict=True)
        ]
        packed = pack_padded_sequence(
            pad_sequence(whole, batch_first=True), lengths, batch_first=True, enforce_sorted=False
        )
        output, _ = pad_packed_sequence(self.layer(packed)[0], batch_first=True)
        return self.head(self.dropout(output)).log_softmax(-1), lengths

    def loss(self, seen: Sequence[Tensor], texts: Sequence[Tensor]) -> Tensor:
        """The mean loss of a letter."""
        log_probs, lengths = self(seen)
        counts = torch.tensor([len(one) for one in texts])
        every = functional.ctc_loss(
            log_probs.transpose(0, 1),
            pad_sequence(list(texts), batch_first=True),
            lengths,
            counts,
            reduction="sum",
        )
        return every / counts.sum()

    @torch.no_grad()
    def written(self, sounds: Sequence[Sound], job: SpeechRecogniser) -> list[str]:
        """The texts of recordings, those of like lengths together."""
        self.eval()
        heard = [job.scale_.shown(with_edges(powers(one.samples, RATE))) for one in sounds]
        order = torch.tensor([len(one) for one in heard]).argsort(stable=True)
        found = [""] * len(heard)
        for some in torch.split(order, TOGETHER):
            rows = ctc.greedy(*self([heard[place] for place in some.tolist()])).sequences()
            for place, row in zip(some.tolist(), rows, strict=True):
                found[place] = job.alphabet_.text(row)
        return found


def _batches(own: Sequence[Spoken], size: int) -> Iterator[Tensor]:
    buckets = LengthBuckets([len(one.power) for one in own], size, padding=PADDING, seed=0)
    while True:
        yield from buckets


def _words(chance: np.random.Generator, count: int) -> tuple[list[Sound], list[str]]:
    texts = [word(chance) for _ in range(count)]
    return [Sound(spoken(text, chance), RATE) for text in texts], texts
