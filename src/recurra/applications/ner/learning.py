"""How a network learns, and how several answer together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.applications.ner.chunks import Chunk
from recurra.applications.ner.network import Network, Sides, batch, field, tags_of
from recurra.applications.ner.notation import LEARNED
from recurra.applications.ner.pieces import windows
from recurra.applications.ner.reading import Glossary, Sentences
from recurra.applications.ner.rules import LONGEST, Plan
from recurra.applications.ner.scores import Scores
from recurra.structures import CRF
from recurra.training import (
    AdamW,
    Callback,
    Checkpoint,
    EarlyStopping,
    History,
    LengthBuckets,
    StepTrainer,
    padded,
    passes,
)
from recurra.training.mode import in_mode

WEIGHT_DECAY = 0.05
PADDING = 0.2
MARGIN = 50
"""Tokens of a window's ends that are read but not answered."""

TOGETHER = 64
"""Sentences answered at once."""


@dataclass(frozen=True)
class Examples:
    """Sentences and their entities.

    Attributes:
        given: The sentences, N of them.
        chunks: The entities of each.
        places: Which of them, int64 (M,).
    """

    given: Sentences
    chunks: Sequence[Sequence[Chunk]]
    places: Tensor

    def at(self, places: Tensor) -> Examples:
        """Others of the same sentences."""
        return Examples(self.given, self.chunks, places)


def learn(
    glossary: Glossary,
    plan: Plan,
    kinds: tuple[str, ...],
    train: Examples,
    held_out: Examples | None,
    *,
    seed: int,
    callbacks: Sequence[Callback] = (),
    checkpoint: Checkpoint | None = None,
) -> tuple[Network, History]:
    """Trains a network.

    Args:
        glossary: What read the sentences.
        plan: How.
        kinds: The kinds of entities.
        train: To learn from; no sentence longer than ``LONGEST``.
        held_out: To keep the weights of the highest F1 by; None to keep the last.
        seed: Of the initial weights, of what is hidden and of the order.
        callbacks: Such as one that shows progress.
        checkpoint: Where the training is kept, and goes on from.

    Returns:
        The network, and its history, in which ``val_loss`` is 1 - F1.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network(glossary, plan.sizes, kinds)
        texts = train.given.read.texts
        tags = _numbered(train, kinds)
        lengths = [len(texts[place]) for place in train.places.tolist()]
        buckets = LengthBuckets(lengths, plan.batch_size, padding=PADDING, seed=seed)

        def loss(places: Tensor) -> Tensor:
            chosen = places.tolist()
            sides = batch(train.given, glossary, [texts[place] for place in chosen])
            return network.loss(sides, padded([tags[place] for place in chosen], _all(places))[0])

        def judge() -> float:
            assert held_out is not None
            return 1 - scores([network], glossary, kinds, held_out).overall.f1

        stopping = [EarlyStopping(patience=plan.patience)] if held_out is not None else []
        trainer: StepTrainer[Tensor] = StepTrainer(
            network,
            loss,
            AdamW(network.parameters(), lr=plan.learning_rate, weight_decay=WEIGHT_DECAY),
            plan.epochs * len(buckets),
            looks=plan.epochs,
            warmup=max(1, len(buckets) // 2),
            judge=None if held_out is None else judge,
            callbacks=[*callbacks, *stopping],
        )
        history = trainer.fit(
            (train.places[some] for some in passes(buckets)), checkpoint=checkpoint
        )
    network.eval()
    return network, history


def scores(
    networks: Sequence[Network], glossary: Glossary, kinds: tuple[str, ...], examples: Examples
) -> Scores:
    """How well networks do on sentences whose entities are known."""
    chosen = examples.places.tolist()
    return Scores.of(
        [examples.chunks[place] for place in chosen],
        answers(networks, glossary, kinds, examples.given, examples.places),
        [len(examples.given.read.texts[place]) for place in chosen],
    )


def answers(
    networks: Sequence[Network],
    glossary: Glossary,
    kinds: tuple[str, ...],
    given: Sentences,
    places: Tensor,
) -> list[list[Chunk]]:
    """The entities of some sentences.

    Networks answer together: the potentials of their random fields are averaged, so that the tags
    are chosen from the (normalised) geometric mean of what they hold likely.

    Args:
        networks: At least one.
        glossary: What read the sentences.
        kinds: The kinds of entities.
        given: The sentences.
        places: Which of them, (M,).
    """
    texts = [given.read.texts[place] for place in places.tolist()]
    emissions = _emissions(networks, glossary, given, texts)
    found: list[list[Chunk]] = [[] for _ in texts]
    names, together = tags_of(kinds), _mean(networks, kinds)
    for some in _alike([len(text) for text in texts]):
        scored, lengths = padded(emissions, some)
        for place, row in zip(
            some.tolist(), together.decode(scored, lengths).sequences(), strict=True
        ):
            found[place] = LEARNED.chunks([names[number] for number in row])[0]
    return found


def _emissions(
    networks: Sequence[Network], glossary: Glossary, given: Sentences, texts: Sequence[Tensor]
) -> list[Tensor]:
    """The mean emissions of each sentence, (T_i, N), long ones read window by window."""
    parts = [
        (place, window)
        for place, text in enumerate(texts)
        for window in windows(len(text), LONGEST, MARGIN)
    ]
    size = networks[0].crf.num_tags
    found = [torch.zeros(len(text), size) for text in texts]
    for some in _alike([window.end - window.start for _, window in parts]):
        chosen = [parts[place] for place in some.tolist()]
        cut = [texts[place][window.start : window.end] for place, window in chosen]
        sides = batch(given, glossary, cut)
        scored = torch.stack([_scored(network, sides) for network in networks]).mean(0)
        for row, (place, (start, _, kept, until)) in zip(scored, chosen, strict=True):
            found[place][kept:until] = row[kept - start : until - start]
    return found


def _scored(network: Network, sides: Sides) -> Tensor:
    with in_mode(network, training=False), torch.no_grad():
        found: Tensor = network(sides)
    return found


def _mean(networks: Sequence[Network], kinds: tuple[str, ...]) -> CRF:
    """The mean of several random fields."""
    together = field(kinds)
    with torch.no_grad():
        for name, weight in together.named_parameters():
            weight.copy_(torch.stack([net.crf.get_parameter(name) for net in networks]).mean(0))
    return together


def _alike(lengths: Sequence[int]) -> Iterator[Tensor]:
    """Those of like lengths together, so that little is padded."""
    return iter(LengthBuckets(lengths, TOGETHER, padding=PADDING) if lengths else ())


def _numbered(examples: Examples, kinds: tuple[str, ...]) -> list[Tensor]:
    """The numbers of the tags of each sentence."""
    numbers = {tag: number for number, tag in enumerate(tags_of(kinds))}
    lengths = [len(text) for text in examples.given.read.texts]
    return [
        torch.tensor([numbers[tag] for tag in LEARNED.tags(chunks, length)], dtype=torch.int64)
        for chunks, length in zip(examples.chunks, lengths, strict=True)
    ]


def _all(index: Tensor) -> Tensor:
    return torch.arange(len(index))
