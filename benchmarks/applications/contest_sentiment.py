"""``sentiment`` beside torch.nn.LSTM: made-up sentences, five to fifty words long."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from contest import OURS, PlainTraining, parameters
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from recurra.applications.sentiment import SentimentClassifier
from recurra.applications.sentiment.batch import Batch, batch
from recurra.applications.sentiment.learning import PADDING, SMOOTHING, TOGETHER
from recurra.applications.sentiment.rules import Plan
from recurra.applications.words import Lexicon, Read, tokens
from recurra.training import Callback, LengthBuckets

TEXTS, ASKED, WORDS = 4000, 600, 12_000


class Sentiment:
    """The job, with the network of its defaults, and its peers."""

    tokens = "words"

    def __init__(self) -> None:
        chance = random.Random(0)
        texts, self._asked = _texts(chance, TEXTS), _texts(chance, ASKED)
        labels = [chance.choice(("good", "bad")) for _ in texts]
        self._data = texts, labels
        self._job = SentimentClassifier(networks=1, epochs=1)
        # All of the texts are learned from; a few others are for judging.
        self._validation = texts[:20], labels[:10] + ["good", "bad"] * 5
        self.peers: dict[str, PlainTraining] = {}
        self._plain: dict[str, Plain] = {}

    def fit(self, watch: Sequence[Callback]) -> None:
        """One pass."""
        self._job.fit(*self._data, validation=self._validation, watch=[_Begins(self), *watch])

    def begin(self) -> None:
        """Makes the peers, once the job has read the texts."""
        plan, lexicon = self._job.plan_, self._job.lexicon_
        places = {name: place for place, name in enumerate(self._job.classes_)}
        classes = torch.tensor([places[label] for label in self._data[1]])
        read = lexicon.read(_words(self._data[0]))
        for name, packed in (("torch.nn, packed", True), ("torch.nn, padded", False)):
            plain = self._plain[name] = Plain(lexicon, plan, packed=packed)
            self.peers[name] = PlainTraining(plain, _loss(plain, lexicon, read, classes, plan))

    @property
    def title(self) -> str:
        """The job, and how large the network is."""
        ours, theirs = self._job.networks_[0], next(iter(self._plain.values()))
        return (
            f"sentiment, both ways {self._job.plan_.sizes.units} LSTM units, "
            f"{parameters(ours):,} parameters (torch.nn {parameters(theirs):,})"
        )

    def predictions(self) -> Mapping[str, Mapping[str, Callable[[], int]]]:
        """Texts answered, from their letters on."""
        count = sum(map(len, _words(self._asked)))

        def ours() -> int:
            self._job.predict_proba(self._asked)
            return count

        def theirs(plain: Plain) -> Callable[[], int]:
            def answer() -> int:
                _answered(plain, self._job.lexicon_, self._asked, self._job.plan_)
                return count

            return answer

        return {
            "predict": {
                OURS: ours,
                **{name: theirs(plain) for name, plain in self._plain.items()},
            }
        }


class _Begins(Callback):
    def __init__(self, contest: Sentiment) -> None:
        self.contest = contest

    def on_train_begin(self, trainer) -> None:  # type: ignore[no-untyped-def]
        """Makes the peers."""
        self.contest.begin()


class Plain(nn.Module):
    """The same network of torch.nn's modules.

    Args:
        lexicon: What its tables are for.
        plan: How large it is.
        packed: Whether padding is kept from the layer, by a packed sequence; otherwise the backward
            direction reads it first, which changes the answer, but is faster.
    """

    def __init__(self, lexicon: Lexicon, plan: Plan, *, packed: bool) -> None:
        super().__init__()
        sizes, self.packed = plan.sizes, packed
        self.words = nn.Embedding(len(lexicon.vocabulary), sizes.embedding)
        self.grams = nn.EmbeddingBag(lexicon.buckets, sizes.embedding, mode="mean")
        self.layer = nn.LSTM(2 * sizes.embedding, sizes.units, bidirectional=True, batch_first=True)
        width = 2 * sizes.units
        self.project, self.weigh = nn.Linear(width, width), nn.Linear(width, 1, bias=False)
        self.head, self.dropout = nn.Linear(2 * width, 2), nn.Dropout(sizes.dropout)
        self.word_dropout = sizes.word_dropout

    def forward(self, given: Batch) -> Tensor:
        """The classes' scores, (B, 2)."""
        words = given.words
        if self.training:
            words = words.masked_fill(torch.rand(words.shape) < self.word_dropout, 0)
        pieces = functional.embedding(given.kinds, self.grams(given.grams, given.begins))
        output = self._read(self.dropout(torch.cat([self.words(words), pieces], -1)), given.lengths)
        live = (torch.arange(output.shape[1]) < given.lengths.unsqueeze(1)).unsqueeze(2)
        scores = self.weigh(torch.tanh(self.project(output))).masked_fill(~live, -torch.inf)
        mean = (scores.softmax(1) * output).sum(1)
        most = output.masked_fill(~live, -torch.inf).amax(1)
        found: Tensor = self.head(self.dropout(torch.cat([most, mean], -1)))
        return found

    def _read(self, x: Tensor, lengths: Tensor) -> Tensor:
        if not self.packed:
            return self.layer(x)[0]  # type: ignore[no-any-return]
        read = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return pad_packed_sequence(self.layer(read)[0], batch_first=True)[0]


def _loss(
    plain: Plain, lexicon: Lexicon, read: Read, classes: Tensor, plan: Plan
) -> Callable[[], tuple[Tensor, int]]:
    batches = _batches(read, plan)

    def loss() -> tuple[Tensor, int]:
        places = next(batches)
        given = batch(read, lexicon, places, plan.longest)
        found = functional.cross_entropy(plain(given), classes[places], label_smoothing=SMOOTHING)
        return found, int(given.lengths.sum())

    return loss


def _batches(read: Read, plan: Plan) -> Iterator[Tensor]:
    """The job's own, in the same order."""
    while True:
        yield from LengthBuckets(read.lengths, plan.batch_size, padding=PADDING, seed=0)


def _answered(plain: Plain, lexicon: Lexicon, texts: Sequence[str], plan: Plan) -> Tensor:
    """The classes' probabilities, texts of like lengths together."""
    read = lexicon.read(_words(texts))
    order = torch.tensor(read.lengths).argsort(stable=True)
    plain.eval()
    with torch.no_grad():
        parts = [
            plain(batch(read, lexicon, some, plan.longest)).softmax(-1)
            for some in torch.split(order, TOGETHER)
        ]
    return torch.cat(parts)[order.argsort()]


def _words(texts: Sequence[str]) -> list[list[str]]:
    return [[token.text for token in tokens(text)] for text in texts]


def _texts(chance: random.Random, count: int) -> list[str]:
    """Texts of made-up words, as frequent as words are (Zipf)."""
    letters = "etaoinshrdlu"
    known = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(WORDS)]
    weights = [1 / (place + 1) for place in range(WORDS)]
    lengths = [chance.randint(5, 50) for _ in range(count)]
    return [" ".join(chance.choices(known, weights, k=length)) for length in lengths]
