"""The network: subwords read both ways, and a layer that looks back at them while it writes."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from recurra.applications.translate.batches import Batch
from recurra.applications.translate.loss import smoothed_loss
from recurra.applications.translate.rules import Plan
from recurra.layers import Recurrent
from recurra.structures import AttentiveDecoder, GeneralAttention, ManyToMany
from recurra.structures.heads import TiedCategorical


class Network(nn.Module):
    """Many to many with attention (Luong, Pham & Manning 2015, arXiv:1508.04025).

    The output matrix is the embedding of the target (Press & Wolf 2017, arXiv:1608.05859), which is
    that of the source too where the languages share their vocabulary.

    Args:
        plan: How large it is.
        sizes: How many symbols there are of the source and of the target, marks included.
        shared: Whether they are the same.
    """

    def __init__(self, plan: Plan, sizes: tuple[int, int], *, shared: bool) -> None:
        super().__init__()
        target = _embedding(sizes[1], plan.units)
        source = target if shared else _embedding(sizes[0], plan.units)
        encoder = Recurrent(
            plan.cell, plan.units, plan.reading_units, bidirectional=True, batch_first=True
        )
        recurrent = Recurrent(plan.cell, plan.units, plan.units, batch_first=True)
        attention = GeneralAttention(recurrent.output_size, encoder.output_size)
        self.dropout = nn.Dropout(plan.dropout)
        self.structure = ManyToMany(
            encoder,
            AttentiveDecoder(recurrent, attention, encoder.output_size, plan.units),
            TiedCategorical(plan.units, target),
            source_embedding=_Hidden(source, plan),
            target_embedding=_Hidden(target, plan),
        )

    def loss(self, batch: Batch, smoothing: float) -> Tensor:
        """The mean cross-entropy of a symbol of the targets, in nats, with smoothed labels."""
        state = self.structure.start(batch.source, batch.source_lengths)
        assert self.structure.target_embedding is not None
        read = self.structure.target_embedding(batch.inputs)
        features, _, _ = self.structure.decoder(read, state)
        live = torch.arange(batch.targets.shape[1]) < batch.lengths.unsqueeze(1)
        head = self.structure.head
        assert isinstance(head, TiedCategorical)
        return smoothed_loss(
            self.dropout(features[live]),
            head.embedding.weight,
            head.bias,
            batch.targets[live],
            smoothing,
        )


class _Hidden(nn.Module):
    """Symbols to vectors; in training some numbers are hidden, and all of some symbols."""

    def __init__(self, embedding: nn.Embedding, plan: Plan) -> None:
        super().__init__()
        self.embedding = embedding
        self.dropout, self.word_dropout = nn.Dropout(plan.dropout), plan.word_dropout

    def forward(self, symbols: Tensor) -> Tensor:
        """Symbols (...) to vectors (..., E)."""
        vectors: Tensor = self.dropout(self.embedding(symbols))
        if not self.training or not self.word_dropout:
            return vectors
        kept = torch.rand(symbols.shape, device=vectors.device) >= self.word_dropout
        return vectors * kept.unsqueeze(-1)


def _embedding(symbols: int, width: int) -> nn.Embedding:
    """Vectors of length about 1, so that what is compared with them begins with small scores."""
    made = nn.Embedding(symbols, width)
    nn.init.normal_(made.weight, std=width**-0.5)
    return made
