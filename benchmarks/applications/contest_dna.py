"""``dna`` beside torch.nn: a made-up genome, the kind of each of its bases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import torch
from contest import OURS, PlainTraining, parameters
from torch import Tensor, nn
from torch.nn import functional

from recurra.applications.dna.alphabet import ANY, SHARES, reverse_complement
from recurra.applications.dna.genes.annotated import KINDS, SWAPPED, UNKNOWN, Annotated
from recurra.applications.dna.genes.answering import CORE, MARGIN, chances, cores
from recurra.applications.dna.genes.learning import chunks, draws, learn
from recurra.applications.dna.genes.network import STEP, WORDS, words
from recurra.applications.dna.genes.rules import Plan, Wishes, plan
from recurra.training import Callback

BASES, ASKED, STEPS = 1_000_000, 12 * CORE, 16


class Dna:
    """One network of the job, with its defaults for a million bases, and its peer."""

    tokens = "bases"

    def __init__(self) -> None:
        chance = torch.Generator().manual_seed(0)
        bases = torch.randint(1, 5, (BASES,), dtype=torch.uint8, generator=chance)
        kinds = torch.randint(KINDS, (BASES,), dtype=torch.uint8, generator=chance)
        self._genome, self._asked = Annotated("made-up", bases, kinds, ()), bases[:ASKED]
        self._plan = replace(plan(BASES, Wishes()), epochs=1, steps=STEPS)
        self._plain = Plain(self._plan)
        training = PlainTraining(self._plain, self._loss())
        self.peers: dict[str, PlainTraining] = {"torch.nn": training}

    def fit(self, watch: Sequence[Callback]) -> None:
        """Some steps."""
        self._network, _ = learn(self._plan, [self._genome], [], seed=0, callbacks=watch)

    @property
    def title(self) -> str:
        """The job, and how large the network is."""
        sizes = self._plan.sizes
        return (
            f"dna, {sizes.layers} layers of {sizes.units} {sizes.cell.upper()} units each way, "
            f"{parameters(self._network):,} parameters (torch.nn {parameters(self._plain):,})"
        )

    def predictions(self) -> Mapping[str, Mapping[str, Callable[[], int]]]:
        """The kinds of bases, both strands read."""

        def ours() -> int:
            chances([self._network], self._asked)
            return ASKED

        def theirs() -> int:
            self._plain.chances(self._asked)
            return ASKED

        return {"predict": {OURS: ours, "torch.nn": theirs}}

    def _loss(self) -> Callable[[], tuple[Tensor, int]]:
        batches = draws([self._genome], self._plan, 0)

        def loss() -> tuple[Tensor, int]:
            numbers, kinds, lengths = chunks([self._genome], next(batches), self._plan.chunk)
            found = self._plain(numbers).flatten(0, 1)
            wanted = kinds.flatten().long()
            return functional.nll_loss(found, wanted, ignore_index=UNKNOWN), int(lengths.sum())

        return loss


class Plain(nn.Module):
    """The same network of torch.nn's modules."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        sizes = plan.sizes
        self.hidden = sizes.hidden
        self.table = nn.Embedding(WORDS + 1, sizes.embedding)
        layer = {"gru": nn.GRU, "lstm": nn.LSTM}[sizes.cell]
        self.layer = layer(
            STEP * (sizes.embedding + 4),
            sizes.units,
            sizes.layers,
            bidirectional=True,
            batch_first=True,
            dropout=sizes.dropout,
        )
        self.dropout, self.head = (
            nn.Dropout(sizes.dropout),
            nn.Linear(2 * sizes.units, STEP * KINDS),
        )

    def forward(self, numbers: Tensor) -> Tensor:
        """The log-probabilities of kinds, (B, L, 7), L in whole steps."""
        if self.training:
            unseen = (torch.rand(numbers.shape) < self.hidden) & (numbers > 0)
            numbers = torch.where(unseen, ANY, numbers)
        each = torch.cat([self.table(words(numbers)), SHARES[numbers.long()]], -1)
        output, _ = self.layer(each.view(len(numbers), numbers.shape[1] // STEP, -1))
        scores = self.head(self.dropout(output)).view(len(numbers), -1, KINDS)
        return functional.log_softmax(scores, -1)

    @torch.no_grad()
    def chances(self, bases: Tensor) -> Tensor:
        """The probability of each kind of base, (L, 7), window by window, both strands."""
        self.eval()
        found, by_length = torch.zeros(len(bases), KINDS), defaultdict(list)
        for one in cores(len(bases), CORE, MARGIN):
            by_length[one.end - one.start].append(one)
        for same in by_length.values():
            rows = torch.stack([bases[one.start : one.end] for one in same])
            other = self(reverse_complement(rows)).exp().flip(1)[..., SWAPPED]
            for row, one in zip((self(rows).exp() + other) / 2, same, strict=True):
                found[one.kept : one.until] = row[one.kept - one.start : one.until - one.start]
        return found
