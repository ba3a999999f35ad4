"""``series-class`` beside torch.nn.GRU: made-up series of 12 channels, 20 to 120 steps long."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from contest import OURS, PlainTraining, parameters
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from recurra.applications.series_class.preparation import Signal
from recurra.applications.series_learning.learning import (
    PADDING,
    SMOOTHING,
    TOGETHER,
    Examples,
    answers,
    learn,
)
from recurra.applications.series_learning.rules import Plan, Wishes, plan
from recurra.training import Callback, LengthBuckets, padded, passes

SERIES, ASKED, CHANNELS, CLASSES, EPOCHS = 400, 400, 12, 9, 4


class SeriesClass:
    """One network of the job, with its defaults, and its peer."""

    tokens = "steps"

    def __init__(self) -> None:
        chance = np.random.default_rng(0)
        every = [
            chance.normal(size=(chance.integers(20, 121), CHANNELS)) for _ in range(SERIES + ASKED)
        ]
        self._signal = Signal.of(every[:SERIES], 1000)
        prepared = [self._signal.prepared(one) for one in every]
        classes = torch.from_numpy(chance.integers(0, CLASSES, SERIES))
        self._examples, self._asked = Examples(prepared[:SERIES], classes), prepared[SERIES:]
        self._plan = plan(SERIES, Wishes(epochs=EPOCHS))
        self._plain = Plain(self._plan)
        training = PlainTraining(self._plain, self._loss())
        self.peers: dict[str, PlainTraining] = {"torch.nn": training}

    def fit(self, watch: Sequence[Callback]) -> None:
        """A few passes of one network."""
        everything = torch.arange(SERIES)
        self._network, _ = learn(
            self._signal,
            self._plan,
            CLASSES,
            self._examples,
            everything,
            seed=0,
            callbacks=watch,
        )

    @property
    def title(self) -> str:
        """The job, and how large the network is."""
        return (
            f"series-class, both ways {self._plan.sizes.units} GRU units, "
            f"{parameters(self._network):,} parameters (torch.nn {parameters(self._plain):,})"
        )

    def predictions(self) -> Mapping[str, Mapping[str, Callable[[], int]]]:
        """Series answered by one network."""
        steps = sum(map(len, self._asked))

        def ours() -> int:
            answers([self._network], self._signal, self._asked)
            return steps

        def theirs() -> int:
            self._plain.answered(self._asked)
            return steps

        return {"predict": {OURS: ours, "torch.nn": theirs}}

    def _loss(self) -> Callable[[], tuple[Tensor, int]]:
        lengths = [len(one) for one in self._examples.series]
        buckets = LengthBuckets(lengths, self._plan.batch_size, padding=PADDING, seed=0)
        batches = passes(buckets)

        def loss() -> tuple[Tensor, int]:
            some = next(batches)
            read = [self._signal.varied(self._examples.series[n]) for n in some.tolist()]
            series, counts = padded(read, torch.arange(len(read)))
            found = functional.cross_entropy(
                self._plain(series, counts),
                self._examples.classes[some],
                label_smoothing=SMOOTHING,
            )
            return found, int(counts.sum())

        return loss


class Plain(nn.Module):
    """The same network of torch.nn's modules; padding is kept from the layer."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        units = plan.sizes.units
        self.layer = nn.GRU(CHANNELS, units, bidirectional=True, batch_first=True)
        self.dropout, self.head = nn.Dropout(plan.sizes.dropout), nn.Linear(4 * units, CLASSES)

    def forward(self, series: Tensor, lengths: Tensor) -> Tensor:
        """The classes' scores, (B, C)."""
        read = pack_padded_sequence(series, lengths, batch_first=True, enforce_sorted=False)
        output, _ = pad_packed_sequence(self.layer(read)[0], batch_first=True)
        live = (torch.arange(output.shape[1]) < lengths.unsqueeze(1)).unsqueeze(2)
        largest = output.masked_fill(~live, -torch.inf).amax(1)
        mean = (output * live).sum(1) / lengths.unsqueeze(1)
        found: Tensor = self.head(self.dropout(torch.cat([largest, mean], -1)))
        return found

    @torch.no_grad()
    def answered(self, series: Sequence[Tensor]) -> Tensor:
        """The classes' probabilities, series of like lengths together."""
        self.eval()
        order = torch.tensor([len(one) for one in series]).argsort(stable=True)
        parts = [self(*padded(series, some)).softmax(-1) for some in torch.split(order, TOGETHER)]
        return torch.cat(parts)[order.argsort()]
