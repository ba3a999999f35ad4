"""How a network learns what each base is, from chunks of either strand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from recurra.applications.dna.alphabet import reverse_complement
from recurra.applications.dna.genes.annotated import SWAPPED, UNKNOWN, Annotated
from recurra.applications.dna.genes.answering import cores
from recurra.applications.dna.genes.network import Network
from recurra.applications.dna.genes.rules import Plan
from recurra.training import AdamW, Callback, Checkpoint, EarlyStopping, History, StepTrainer
from recurra.training.mode import in_mode

WEIGHT_DECAY = 0.01
JUDGED = 16
"""Chunks judged at once."""

_SWAPPED = torch.arange(256, dtype=torch.uint8)
_SWAPPED[:7] = SWAPPED.to(torch.uint8)


def learn(
    plan: Plan,
    train: Sequence[Annotated],
    held_out: Sequence[Annotated],
    *,
    seed: int,
    callbacks: Sequence[Callback] = (),
    checkpoint: Checkpoint | None = None,
) -> tuple[Network, History]:
    """Trains a network.

    Args:
        plan: How.
        train: To learn from.
        held_out: To keep the best weights by; none to keep the last.
        seed: Of the initial weights, of what is hidden and of the chunks.
        callbacks: Such as one that shows progress.
        checkpoint: Where the training is kept, and goes on from.

    Returns:
        The network, and its history; losses are cross-entropies of the seven kinds, in nats a base.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network(plan.sizes)
        stopping = [EarlyStopping(patience=plan.patience)] if held_out else []
        trainer: StepTrainer[Tensor] = StepTrainer(
            network,
            lambda drawn: _loss(network, *chunks(train, drawn, plan.chunk)),
            AdamW(network.parameters(), lr=plan.learning_rate, weight_decay=WEIGHT_DECAY),
            plan.epochs * plan.steps,
            looks=plan.epochs,
            warmup=max(1, plan.epochs * plan.steps // 20),
            judge=(lambda: loss(network, held_out, plan.chunk)) if held_out else None,
            callbacks=[*callbacks, *stopping],
            weight=lambda drawn: (chunks(train, drawn, plan.chunk)[1] != UNKNOWN).sum(),
        )
        history = trainer.fit(draws(train, plan, seed), checkpoint=checkpoint)
    network.eval()
    return network, history


def loss(network: Network, records: Sequence[Annotated], chunk: int) -> float:
    """The mean cross-entropy of a base, in nats; of pseudogenes nothing is asked."""
    parts = [
        record.part(core.start, core.end)
        for record in records
        for core in cores(len(record.bases), chunk, 0)
    ]
    known = [one for one in parts if (one.kinds != UNKNOWN).any()]
    total, count = 0.0, 0
    with in_mode(network, training=False), torch.no_grad():
        for first in range(0, len(known), JUDGED):
            some = known[first : first + JUDGED]
            asked = sum(int((one.kinds != UNKNOWN).sum()) for one in some)
            batch = _padded([one.bases for one in some], [one.kinds for one in some])
            total += asked * float(_loss(network, *batch))
            count += asked
    return total / max(1, count)


def _loss(network: Network, numbers: Tensor, kinds: Tensor, lengths: Tensor) -> Tensor:
    found = network(numbers, lengths)
    return functional.nll_loss(found.flatten(0, 1), kinds.flatten().long(), ignore_index=UNKNOWN)


def draws(train: Sequence[Annotated], plan: Plan, seed: int) -> Iterator[Tensor]:
    """Batches without end: a sequence, a first base and a strand for each chunk, int64 (B, 3).

    A sequence is drawn in proportion to its length.
    """
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.tensor([len(record.bases) for record in train])
    while True:
        which = torch.multinomial(
            lengths.double(), plan.batch_size, replacement=True, generator=generator
        )
        free = (lengths[which] - plan.chunk).clamp(min=0) + 1
        first = (torch.rand(len(which), generator=generator, dtype=torch.float64) * free).long()
        strand = torch.randint(2, (len(which),), generator=generator)
        yield torch.stack([which, first, strand], dim=1)


def chunks(train: Sequence[Annotated], drawn: Tensor, chunk: int) -> tuple[Tensor, Tensor, Tensor]:
    """Numbers and kinds, uint8 (B, L), and lengths of chunks that were drawn."""
    numbers, kinds = [], []
    for which, first, strand in drawn.tolist():
        bases = train[which].bases[first : first + chunk]
        own = train[which].kinds[first : first + chunk]
        numbers.append(reverse_complement(bases) if strand else bases)
        kinds.append(_SWAPPED[own.flip(0).long()] if strand else own)
    return _padded(numbers, kinds)


def _padded(numbers: Sequence[Tensor], kinds: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    return (
        pad_sequence(list(numbers), batch_first=True),
        pad_sequence(list(kinds), batch_first=True, padding_value=UNKNOWN),
        torch.tensor([len(one) for one in numbers]),
    )
