"""The network: what stands where in a picture, and a layer that looks there while it writes."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.applications.caption.rules import Plan
from recurra.layers import Recurrent
from recurra.structures import AttentiveDecoder, GeneralAttention, Sweeps
from recurra.structures.decoder import DecoderState
from recurra.structures.first_step import FirstStep
from recurra.structures.source import Source

GROUPS = 8


@dataclass(frozen=True)
class Batch:
    """Pictures and captions side by side.

    Attributes:
        pictures: uint8 (B, 3, S, S).
        inputs: The start mark and all symbols but the last, int64 (B, T).
        targets: All symbols, the end mark last, int64 (B, T).
        lengths: Of each, (B,).
    """

    pictures: Tensor
    inputs: Tensor
    targets: Tensor
    lengths: Tensor


class Places(nn.Module):
    """What stands at each place of a picture, seen in view of the whole.

    Three convolutions, each of which halves the sides; then sweeps over the places, up and down, to
    and fro (ReNet: Visin et al. 2015, arXiv:1505.00393), so that each has seen all of them.

    Args:
        plan: How large it is.

    Attributes:
        size: D, the numbers of a place.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        maps = plan.maps
        layers: list[nn.Module] = []
        for given, made, window in (
            (3, maps // 4, 5),
            (maps // 4, maps // 2, 3),
            (maps // 2, maps, 3),
        ):
            layers += [
                nn.Conv2d(given, made, window, stride=2, padding=window // 2),
                nn.GroupNorm(GROUPS, made),
                nn.ReLU(),
            ]
        self.convolutions = nn.Sequential(*layers)
        # A convolution sees alike wherever it looks; this tells where that is.
        self.where = nn.Parameter(0.02 * torch.randn(maps, plan.places, plan.places))
        columns, rows = (
            Recurrent(plan.cell, width, plan.sweep_units, bidirectional=True, batch_first=True)
            for width in (maps, 2 * plan.sweep_units)
        )
        self.sweeps = Sweeps(columns, rows)
        self.size = maps + 2 * plan.sweep_units
        # A thing on a plain ground stands out so far that attention would cling to it at once.
        self.evened = nn.LayerNorm(self.size)

    def forward(self, pictures: Tensor) -> Tensor:
        """Bytes (B, 3, S, S) to (B, P², D), row by row."""
        found = self.convolutions(pictures.float() / 127.5 - 1) + self.where
        seen: Tensor = self.evened(torch.cat([found, self.sweeps(found)], 1).movedim(1, -1))
        return seen.flatten(1, 2)


class Scaled(nn.Module):
    """Scores q' W k / √Q, so that attention begins wide.

    Vaswani et al. 2017 (arXiv:1706.03762), eq. 1.

    Args:
        query_size: Q, the numbers in a query.
        value_size: D, the numbers in each of what is attended to.
    """

    def __init__(self, query_size: int, value_size: int) -> None:
        super().__init__()
        self.general = GeneralAttention(query_size, value_size)
        self.root = query_size**0.5

    def keys(self, values: Tensor) -> Tensor:
        """W k / √Q for each, (B, S, Q)."""
        found: Tensor = self.general.keys(values) / self.root
        return found

    def forward(self, queries: Tensor, keys: Tensor) -> Tensor:
        """The scores, (B, T, S)."""
        found: Tensor = self.general(queries, keys)
        return found


class Network(nn.Module):
    """Writes what it sees: Xu et al. 2015, "Show, attend and tell" (arXiv:1502.03044).

    Soft attention over the places, after each step (Luong, Pham & Manning 2015, arXiv:1508.04025),
    so that all steps of a known caption run at once; the layer starts from the mean of all places
    and the largest there is of each number.

    Args:
        plan: How large it is.
        symbols: V, marks included.
    """

    def __init__(self, plan: Plan, symbols: int) -> None:
        super().__init__()
        self.places = Places(plan)
        self.embedding = nn.Embedding(symbols, plan.units)
        recurrent = Recurrent(plan.cell, plan.units, plan.units, batch_first=True)
        self.first = FirstStep(2 * self.places.size, plan.units)
        attention = Scaled(plan.units, self.places.size)
        self.decoder = AttentiveDecoder(recurrent, attention, self.places.size, plan.units)
        self.head = nn.Linear(plan.units, symbols)
        self.dropout = nn.Dropout(plan.dropout)

    def loss(self, batch: Batch, smoothing: float) -> Tensor:
        """The mean cross-entropy of a symbol in nats, with smoothed labels."""
        features, _, _ = self._read(batch.inputs, self.start(batch.pictures))
        live = torch.arange(batch.targets.shape[1]) < batch.lengths.unsqueeze(1)
        scores = self.head(self.dropout(features[live]))
        return functional.cross_entropy(scores, batch.targets[live], label_smoothing=smoothing)

    def start(self, pictures: Tensor) -> DecoderState:
        """Where a caption of each picture (B, 3, S, S) stands before its first symbol."""
        seen = self.places(pictures)
        # A thing that fills few places would be lost in the mean alone.
        whole = torch.cat([seen.mean(1), seen.amax(1)], 1)
        begun = self.first(self.decoder.recurrent, whole)
        return self.decoder.start(Source(seen), begun)

    def step(self, symbols: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """The log-probabilities (B, V) of what follows symbols (B,), and the state after them."""
        features, _, after = self._read(symbols.unsqueeze(1), state)
        return self.head(features.squeeze(1)).log_softmax(-1), after

    def select(self, state: DecoderState, rows: Tensor) -> DecoderState:
        """The state of other rows, int64 (N,): a row may come again, or not at all."""
        return state.select(rows)

    def looks(self, pictures: Tensor, inputs: Tensor) -> Tensor:
        """How much each step of known captions looks at each place, (B, T, P²)."""
        return self._read(inputs, self.start(pictures))[1]

    def _read(self, symbols: Tensor, state: DecoderState) -> tuple[Tensor, Tensor, DecoderState]:
        found: tuple[Tensor, Tensor, DecoderState] = self.decoder(
            self.dropout(self.embedding(symbols)), state
        )
        return found
