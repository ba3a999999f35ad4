"""``ner`` beside torch.nn.LSTM: made-up sentences of words, five to fifty long."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

import torch
from contest import OURS, PlainTraining, parameters
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from recurra.applications.ner import EntityTagger
from recurra.applications.ner.learning import PADDING, TOGETHER
from recurra.applications.ner.network import Sides, batch, tags_of
from recurra.applications.ner.notation import LEARNED
from recurra.applications.ner.reading import Glossary, Sentences
from recurra.applications.ner.rules import Plan
from recurra.training import Callback, LengthBuckets, padded

SENTENCES, ASKED, WORDS = 2500, 600, 12_000
KINDS = ("LOC", "ORG", "PER")


class Ner:
    """The job, with the network of its defaults, and its peer."""

    tokens = "words"

    def __init__(self) -> None:
        chance = random.Random(0)
        sentences = _sentences(chance, SENTENCES + ASKED + 20)
        tags = [_tags(chance, len(one)) for one in sentences]
        self._train = sentences[:SENTENCES], tags[:SENTENCES]
        self._asked = sentences[SENTENCES:-20]
        # All of the sentences are learned from; a few others are for judging.
        self._beside = sentences[-20:], tags[-20:]
        self._job = EntityTagger(networks=1, epochs=1)
        self.peers: dict[str, PlainTraining] = {}

    def fit(self, watch: Sequence[Callback]) -> None:
        """One pass."""
        self._job.fit(*self._train, validation=self._beside, watch=[_Begins(self), *watch])

    def begin(self) -> None:
        """Makes the peer, once the job has read the sentences."""
        job = self._job
        self._plain = Plain(job.glossary_, job.plan_, len(tags_of(job.kinds_)))
        numbers = {tag: number for number, tag in enumerate(tags_of(job.kinds_))}
        notation = job.notation_
        tags = [
            torch.tensor([numbers[tag] for tag in LEARNED.tags(notation.chunks(one)[0], len(one))])
            for one in self._train[1]
        ]
        read = job.glossary_.read(self._train[0])
        self.peers["torch.nn"] = PlainTraining(
            self._plain, _loss(self._plain, job.glossary_, read, tags, job.plan_)
        )

    @property
    def title(self) -> str:
        """The job, and how large the network is."""
        return (
            f"ner, both ways {self._job.plan_.sizes.units} LSTM units and a random field, "
            f"{parameters(self._job.networks_[0]):,} parameters "
            f"(torch.nn {parameters(self._plain):,})"
        )

    def predictions(self) -> Mapping[str, Mapping[str, Callable[[], int]]]:
        """Sentences tagged, from their tokens on."""
        count = sum(map(len, self._asked))

        def ours() -> int:
            self._job.chunk(self._asked)
            return count

        def theirs() -> int:
            _answered(self._plain, self._job.glossary_, self._asked)
            return count

        return {"predict": {OURS: ours, "torch.nn": theirs}}


class _Begins(Callback):
    def __init__(self, contest: Ner) -> None:
        self.contest = contest

    def on_train_begin(self, trainer) -> None:  # type: ignore[no-untyped-def]
        """Makes the peer."""
        self.contest.begin()


class Plain(nn.Module):
    """The same network of torch.nn's modules, its random field a loop over the steps."""

    def __init__(self, glossary: Glossary, plan: Plan, tags: int) -> None:
        super().__init__()
        sizes = plan.sizes
        self.word_dropout = sizes.word_dropout
        self.words = nn.Embedding(len(glossary.lexicon.vocabulary), sizes.embedding)
        self.grams = nn.EmbeddingBag(glossary.lexicon.buckets, sizes.pieces, mode="mean")
        self.shapes: nn.Embedding | None = None
        width = sizes.embedding + sizes.pieces
        if sizes.shape:
            self.shapes = nn.Embedding(len(glossary.shapes), sizes.shape)
            width += sizes.shape
        self.layer = nn.LSTM(width, sizes.units, bidirectional=True, batch_first=True)
        self.head = nn.Linear(2 * sizes.units, tags)
        self.dropout = nn.Dropout(sizes.dropout)
        self.transitions = nn.Parameter(torch.zeros(tags, tags))
        self.first, self.last = nn.Parameter(torch.zeros(tags)), nn.Parameter(torch.zeros(tags))

    def forward(self, sides: Sides) -> Tensor:
        """The scores of tags, (B, T, N)."""
        given = sides.tokens
        words = given.words
        if self.training:
            words = words.masked_fill(torch.rand(words.shape) < self.word_dropout, 0)
        pieces = functional.embedding(given.kinds, self.grams(given.grams, given.begins))
        parts = [self.words(words), pieces]
        if self.shapes is not None:
            parts.append(self.shapes(sides.shapes))
        read = pack_padded_sequence(
            self.dropout(torch.cat(parts, -1)),
            given.lengths,
            batch_first=True,
            enforce_sorted=False,
        )
        output, _ = pad_packed_sequence(self.layer(read)[0], batch_first=True)
        found: Tensor = self.head(self.dropout(output))
        return found

    def loss(self, sides: Sides, tags: Tensor) -> Tensor:
        """The mean negative log-likelihood of tags, (B, T)."""
        emissions, lengths = self(sides), sides.tokens.lengths
        live = torch.arange(tags.shape[1]) < lengths.unsqueeze(1)
        score = (emissions.gather(2, tags.unsqueeze(2)).squeeze(2) * live).sum(1)
        score = score + (self.transitions[tags[:, :-1], tags[:, 1:]] * live[:, 1:]).sum(1)
        ends = tags.gather(1, (lengths - 1).unsqueeze(1)).squeeze(1)
        score = score + self.first[tags[:, 0]] + self.last[ends]
        alpha = self.first + emissions[:, 0]
        for t in range(1, tags.shape[1]):
            moved = torch.logsumexp(alpha.unsqueeze(2) + self.transitions, 1) + emissions[:, t]
            alpha = torch.where(live[:, t].unsqueeze(1), moved, alpha)
        return (torch.logsumexp(alpha + self.last, 1) - score).mean()

    def tagged(self, sides: Sides) -> list[list[int]]:
        """The likeliest tags of each sentence (Viterbi)."""
        emissions, lengths = self(sides), sides.tokens.lengths
        best, back = self.first + emissions[:, 0], []
        for t in range(1, emissions.shape[1]):
            moved, came = (best.unsqueeze(2) + self.transitions).max(1)
            live = (t < lengths).unsqueeze(1)
            best = torch.where(live, moved + emissions[:, t], best)
            back.append(torch.where(live, came, torch.arange(came.shape[1])))
        tags = [(best + self.last).argmax(1)]
        for came in reversed(back):
            tags.append(came.gather(1, tags[-1].unsqueeze(1)).squeeze(1))
        rows = torch.stack(tags[::-1], 1).tolist()
        return [row[:length] for row, length in zip(rows, lengths.tolist(), strict=True)]


def _loss(
    plain: Plain, glossary: Glossary, given: Sentences, tags: list[Tensor], plan: Plan
) -> Callable[[], tuple[Tensor, int]]:
    batches = _passes(given, plan)

    def loss() -> tuple[Tensor, int]:
        chosen = next(batches).tolist()
        sides = batch(given, glossary, [given.read.texts[place] for place in chosen])
        own, _ = padded([tags[place] for place in chosen], torch.arange(len(chosen)))
        return plain.loss(sides, own), int(sides.tokens.lengths.sum())

    return loss


def _passes(given: Sentences, plan: Plan) -> Iterator[Tensor]:
    """The job's own batches, in the same order."""
    lengths = [len(text) for text in given.read.texts]
    buckets = LengthBuckets(lengths, plan.batch_size, padding=PADDING, seed=0)
    while True:
        yield from buckets


@torch.no_grad()
def _answered(plain: Plain, glossary: Glossary, sentences: list[list[str]]) -> list[list[int]]:
    """The tags of each sentence, those of like lengths together."""
    given = glossary.read(sentences)
    lengths = [len(text) for text in given.read.texts]
    found: list[list[int]] = [[] for _ in lengths]
    plain.eval()
    for some in LengthBuckets(lengths, TOGETHER, padding=PADDING):
        chosen = some.tolist()
        sides = batch(given, glossary, [given.read.texts[place] for place in chosen])
        for place, row in zip(chosen, plain.tagged(sides), strict=True):
            found[place] = row
    return found


def _tags(chance: random.Random, length: int) -> list[str]:
    """Entities of one to three words here and there, in IOB2."""
    found: list[str] = []
    while len(found) < length:
        kind = chance.choice(KINDS)
        found += ["O"] * chance.randint(1, 8)
        found += [f"B-{kind}", *[f"I-{kind}"] * chance.randint(0, 2)]
    return found[:length]


def _sentences(chance: random.Random, count: int) -> list[list[str]]:
    """Sentences of made-up words, as frequent as words are (Zipf)."""
    letters = "etaoinshrdlu"
    known = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(WORDS)]
    weights = [1 / (place + 1) for place in range(WORDS)]
    return [chance.choices(known, weights, k=chance.randint(5, 50)) for _ in range(count)]
