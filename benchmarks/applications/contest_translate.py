"""``translate`` beside torch.nn.LSTM: made-up sentences, five to thirty words long."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from contest import OURS, PlainTraining, parameters
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from recurra.applications.translate import Translator
from recurra.applications.translate.batches import Batch, Numbered
from recurra.applications.translate.languages import Languages
from recurra.applications.translate.learning import SMOOTHING, batched
from recurra.applications.translate.rules import Plan
from recurra.applications.translate.writing import write
from recurra.applications.words import START
from recurra.applications.written import Written
from recurra.training import Callback

PAIRS, ASKED, WORDS = 2500, 200, 12_000
UNITS, SUBWORDS, SYMBOLS = 256, 4000, 1000
"""The defaults for Multi30k."""

State = tuple[Tensor, Tensor]


class Translate:
    """The job, with the network of its defaults for half a million symbols, and its peer."""

    tokens = "symbols"

    def __init__(self) -> None:
        chance = random.Random(0)
        sentences = _sentences(chance, PAIRS + ASKED + 20)
        self._train, self._asked = sentences[:PAIRS], sentences[PAIRS:-20]
        self._beside = sentences[-20:]
        self._job = Translator(
            units=UNITS, vocabulary_size=SUBWORDS, batch_size=SYMBOLS, shared=True, epochs=1
        )
        self.peers: dict[str, PlainTraining] = {}

    def fit(self, watch: Sequence[Callback]) -> None:
        """One pass: each sentence to itself read backwards."""
        validation = (self._beside, _backwards(self._beside))
        self._job.fit(
            self._train,
            _backwards(self._train),
            validation=validation,
            watch=[_Begins(self), *watch],
        )

    def begin(self) -> None:
        """Makes the peer, once the job has its subwords."""
        own, plan = self._job.languages_, self._job.plan_
        pairs = _numbered(own, self._train, _backwards(self._train)).short(plan.longest + 1)
        self._plain = Plain(plan, own.sizes[0])
        self.peers["torch.nn"] = PlainTraining(self._plain, _loss(self._plain, pairs, plan))

    @property
    def title(self) -> str:
        """The job, and how large the network is."""
        plan, ours = self._job.plan_, parameters(self._job.network_)
        return (
            f"translate, {plan.reading_units} LSTM units each way and {plan.units} that write, "
            f"{self._job.languages_.sizes[0]:,} symbols, {ours:,} parameters "
            f"(torch.nn {parameters(self._plain):,})"
        )

    def predictions(self) -> Mapping[str, Mapping[str, Callable[[], int]]]:
        """Sentences translated without a beam; the peer writes as many symbols for each."""
        read = [self._job.languages_.read(one) for one in self._asked]
        lengths = [len(one.numbers) for one in self._written(read)]
        by_length: dict[int, list[int]] = defaultdict(list)
        for place, one in enumerate(read):
            by_length[len(one)].append(place)
        groups = [
            (torch.tensor([read[n] for n in places]), max(lengths[n] for n in places))
            for places in by_length.values()
        ]

        def ours() -> int:
            self._written(read)
            return sum(lengths)

        def theirs() -> int:
            for source, steps in groups:
                self._plain.written(source, steps)
            return sum(lengths)

        return {"predict, a beam of 1": {OURS: ours, "torch.nn": theirs}}

    def _written(self, read: list[list[int]]) -> list[Written]:
        job = self._job
        return write(job.network_, read, beam=1, ratio=job.ratio_)


class _Begins(Callback):
    def __init__(self, contest: Translate) -> None:
        self.contest = contest

    def on_train_begin(self, trainer) -> None:  # type: ignore[no-untyped-def]
        """Makes the peer."""
        self.contest.begin()


class Plain(nn.Module):
    """The same network of torch.nn's modules; padding is kept from the layer that reads."""

    def __init__(self, plan: Plan, symbols: int) -> None:
        super().__init__()
        width, reading = plan.units, plan.reading_units
        self.vectors = nn.Embedding(symbols, width)
        nn.init.normal_(self.vectors.weight, std=width**-0.5)
        self.reader = nn.LSTM(width, reading, bidirectional=True, batch_first=True)
        self.writer = nn.LSTM(width, width, batch_first=True)
        self.first = nn.Linear(2 * reading, width)
        self.keys = nn.Linear(2 * reading, width, bias=False)
        self.joined = nn.Linear(2 * reading + width, width, bias=False)
        self.bias = nn.Parameter(torch.zeros(symbols))
        self.dropout, self.word_dropout = nn.Dropout(plan.dropout), plan.word_dropout

    def loss(self, batch: Batch) -> Tensor:
        """The mean cross-entropy of a symbol of the targets, with smoothed labels."""
        values, state = self.start(batch.source, batch.source_lengths)
        there = torch.arange(batch.source.shape[1]) < batch.source_lengths.unsqueeze(1)
        output, _ = self.writer(self._seen(batch.inputs), state)
        features = self._looked(output, values, there)
        live = torch.arange(batch.targets.shape[1]) < batch.lengths.unsqueeze(1)
        scores = functional.linear(self.dropout(features[live]), self.vectors.weight, self.bias)
        return functional.cross_entropy(scores, batch.targets[live], label_smoothing=SMOOTHING)

    def start(self, source: Tensor, lengths: Tensor) -> tuple[Tensor, State]:
        """What was read, (B, S, D), and where writing begins."""
        seen = pack_padded_sequence(
            self._seen(source), lengths, batch_first=True, enforce_sorted=False
        )
        output, (last, _) = self.reader(seen)
        values, _ = pad_packed_sequence(output, batch_first=True)
        begun = self.first(torch.cat([last[0], last[1]], -1)).unsqueeze(1)
        return values, self.writer(begun)[1]

    @torch.no_grad()
    def written(self, source: Tensor, steps: int) -> Tensor:
        """The likeliest symbol at every step, sources of one length side by side."""
        self.eval()
        values, state = self.start(source, torch.full((len(source),), source.shape[1]))
        symbols, found = torch.full((len(source), 1), START), []
        for _ in range(steps):
            output, state = self.writer(self.vectors(symbols), state)
            features = self._looked(output, values, None)
            scores = functional.linear(features, self.vectors.weight, self.bias)
            symbols = scores.log_softmax(-1).argmax(-1)
            found.append(symbols)
        return torch.cat(found, 1)

    def _seen(self, symbols: Tensor) -> Tensor:
        vectors: Tensor = self.dropout(self.vectors(symbols))
        if not self.training:
            return vectors
        return vectors * (torch.rand(symbols.shape) >= self.word_dropout).unsqueeze(-1)

    def _looked(self, output: Tensor, values: Tensor, there: Tensor | None) -> Tensor:
        scores = output @ self.keys(values).mT
        if there is not None:
            scores = scores.masked_fill(~there.unsqueeze(1), -torch.inf)
        return torch.tanh(self.joined(torch.cat([scores.softmax(-1) @ values, output], -1)))


def _loss(plain: Plain, pairs: Numbered, plan: Plan) -> Callable[[], tuple[Tensor, int]]:
    batches = _passes(pairs, plan)

    def loss() -> tuple[Tensor, int]:
        batch = pairs.batch(next(batches))
        return plain.loss(batch), int(batch.lengths.sum())

    return loss


def _passes(pairs: Numbered, plan: Plan) -> Iterator[Tensor]:
    """The job's own batches, in the same order."""
    batches = batched(pairs, plan.batch_size, 0)
    while True:
        yield from batches


def _numbered(own: Languages, sources: list[str], targets: list[str]) -> Numbered:
    return Numbered(
        [torch.tensor(own.read(one)) for one in sources],
        [torch.tensor(own.written(one)) for one in targets],
    )


def _backwards(sentences: list[str]) -> list[str]:
    return [" ".join(reversed(one.split())) for one in sentences]


def _sentences(chance: random.Random, count: int) -> list[str]:
    """Sentences of made-up words, as frequent as words are (Zipf)."""
    letters = "etaoinshrdlu"
    known = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(WORDS)]
    weights = [1 / (place + 1) for place in range(WORDS)]
    lengths = [chance.randint(5, 30) for _ in range(count)]
    return [" ".join(chance.choices(known, weights, k=length)) for length in lengths]
