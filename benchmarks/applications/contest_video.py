"""``action`` on videos beside torch.nn.GRU: frames of noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import torch
from contest import OURS, PlainTraining, parameters
from torch import Tensor, nn
from torch.nn import functional

from recurra.applications.action.videos import VideoClassifier
from recurra.applications.action.videos.clips import Clips, Frames
from recurra.applications.action.videos.reading import FRAMES, SIDE
from recurra.applications.series_learning.learning import SMOOTHING
from recurra.training import Callback

CLASSES, VIDEOS, ASKED, PASSES = 6, 96, 32, 3


class Video:
    """The job, with the network of its defaults, and its peer."""

    tokens = "frames"

    def __init__(self) -> None:
        chance = np.random.default_rng(0)
        shape = (VIDEOS + ASKED, FRAMES, SIDE, SIDE, 3)
        clips = list(chance.integers(0, 256, shape, dtype=np.uint8))
        self._clips, self._asked = clips[:VIDEOS], clips[VIDEOS:]
        self._labels = [n % CLASSES for n in range(VIDEOS)]
        self._job = VideoClassifier(epochs=PASSES)
        self.peers: dict[str, PlainTraining] = {}

    def fit(self, watch: Sequence[Callback]) -> None:
        """A few passes, twice: once to be judged, once from all."""
        self._job.fit(self._clips, self._labels, watch=[_Begins(self), *watch])

    def begin(self) -> None:
        """Makes the peer, once the job has its plan."""
        plan = self._job.plan_
        self._shown = Clips(SIDE, 16)
        self._plain = Plain(plan.sizes.units)
        series = [torch.from_numpy(one.reshape(FRAMES, -1)) for one in self._clips]
        batches, classes = _batches(plan.batch_size), torch.tensor(self._labels)

        def loss() -> tuple[Tensor, int]:
            some = next(batches)
            read = [self._shown.shown(self._shown.varied(series[n])) for n in some.tolist()]
            scores = self._plain(torch.stack(read))
            found = functional.cross_entropy(scores, classes[some], label_smoothing=SMOOTHING)
            return found, len(some) * self._shown.frames

        self.peers["torch.nn"] = PlainTraining(self._plain, loss)

    @property
    def title(self) -> str:
        """The job, and how large the network is."""
        ours = parameters(self._job.members_[0].network)
        return (
            f"action on videos, both ways {self._job.plan_.sizes.units} GRU units over what "
            f"convolutions see, {ours:,} parameters (torch.nn {parameters(self._plain):,})"
        )

    def predictions(self) -> Mapping[str, Mapping[str, Callable[[], int]]]:
        """Videos answered, from their decoded frames on."""
        count = ASKED * self._shown.frames

        def ours() -> int:
            self._job.predict_proba(self._asked)
            return count

        @torch.no_grad()
        def theirs() -> int:
            series = [torch.from_numpy(one.reshape(FRAMES, -1)) for one in self._asked]
            self._plain.eval()(torch.stack([self._shown.shown(one) for one in series])).softmax(-1)
            return count

        return {"predict": {OURS: ours, "torch.nn": theirs}}


class _Begins(Callback):
    def __init__(self, contest: Video) -> None:
        self.contest = contest

    def on_train_begin(self, trainer) -> None:  # type: ignore[no-untyped-def]
        """Makes the peer."""
        self.contest.begin()


class Plain(nn.Module):
    """The same network, its recurrent layer that of torch.nn.

    Args:
        units: H.
    """

    def __init__(self, units: int) -> None:
        super().__init__()
        self.frames = Frames(SIDE)
        width = self.frames.whole.out_features
        self.layer = nn.GRU(width, units, bidirectional=True, batch_first=True)
        self.head, self.dropout = nn.Linear(4 * units, CLASSES), nn.Dropout(0.3)

    def forward(self, shown: Tensor) -> Tensor:
        """The classes' scores, (B, C)."""
        output = self.layer(self.frames(shown))[0]
        features = torch.cat([output.amax(1), output.mean(1)], -1)
        return self.head(self.dropout(features))  # type: ignore[no-any-return]


def _batches(size: int) -> Iterator[Tensor]:
    while True:
        yield from torch.split(torch.randperm(VIDEOS), size)
