"""``enhance`` beside torch.nn.GRU: pictures of noise, and clean ones as smooth as blurs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from contest import OURS, PlainTraining, parameters
from torch import Tensor, nn
from torch.nn import functional

from recurra.applications.enhance import Enhancer
from recurra.applications.enhance.network import Network, _laid_over
from recurra.training import Callback

PICTURES, SIZE, STEPS = 20, 128, 30


class Enhance:
    """The job, with the network of its defaults, and its peer."""

    tokens = "points"

    def __init__(self) -> None:
        chance = np.random.default_rng(0)
        self._pictures = [
            np.kron(chance.integers(0, 256, (16, 16)), np.ones((8, 8))).astype(np.uint8)
            for _ in range(PICTURES)
        ]
        self._job = Enhancer(steps=STEPS)
        self.peers: dict[str, PlainTraining] = {}

    def fit(self, watch: Sequence[Callback]) -> None:
        """A few steps."""
        self._job.fit(self._pictures, watch=[_Begins(self), *watch])

    def begin(self) -> None:
        """Makes the peer, once the job has its network."""
        self.plain = Plain(self._job.network_)
        plan = self._job.plan_
        given = torch.rand(plan.batch_size, 1, plan.crop, plan.crop)

        def loss() -> tuple[Tensor, int]:
            clean = self._crops(plan.batch_size, plan.crop)
            noisy = clean + 25 / 255 * torch.randn(given.shape)
            return functional.mse_loss(self.plain(noisy), clean), clean.numel()

        self.peers["torch.nn"] = PlainTraining(self.plain, loss)

    @property
    def title(self) -> str:
        """The job, and how large the network is."""
        return (
            f"enhance, two layers of sweeps of {self._job.plan_.units} GRU units each way, "
            f"{parameters(self._job.network_):,} parameters (torch.nn "
            f"{parameters(self.plain):,})"
        )

    def predictions(self) -> Mapping[str, Mapping[str, Callable[[], int]]]:
        """A picture of 256 x 256 points made better."""
        picture = np.kron(self._pictures[0], np.ones((2, 2), np.uint8)) / np.float32(255)

        def ours() -> int:
            self._job.predict([picture])
            return picture.size

        @torch.no_grad()
        def theirs() -> int:
            self.plain.eval()(torch.from_numpy(picture)[None, None])
            return picture.size

        return {"predict": {OURS: ours, "torch.nn": theirs}}

    def _crops(self, count: int, size: int) -> Tensor:
        """Cut out by chance, as the job does."""
        found = []
        for place in torch.randint(PICTURES, (count,)).tolist():
            top, left = torch.randint(SIZE - size + 1, (2,)).tolist()
            found.append(self._pictures[place][top : top + size, left : left + size])
        return torch.from_numpy(np.stack(found)).unsqueeze(1).float() / 255


class _Begins(Callback):
    def __init__(self, contest: Enhance) -> None:
        self.contest = contest

    def on_train_begin(self, trainer) -> None:  # type: ignore[no-untyped-def]
        """Makes the peer."""
        self.contest.begin()


class Plain(nn.Module):
    """The same network of torch.nn's modules.

    Args:
        like: The job's.
    """

    def __init__(self, like: Network) -> None:
        super().__init__()
        self.windows, self.difference = like._windows, like.levels.difference
        self.layers = nn.ModuleList()
        for sweeps in like.sweeps:
            for one in (sweeps.columns.recurrent, sweeps.rows.recurrent):  # type: ignore[union-attr]
                self.layers.append(
                    nn.GRU(
                        one.input_size, one.hidden_sizes[0], bidirectional=True, batch_first=True
                    )
                )
        self.head = nn.Linear(like.head.in_features, like.head.out_features)

    def forward(self, given: Tensor) -> Tensor:
        """(B, 1, H, W) to the same."""
        seen = self.windows(given)
        found = self._swept(0, seen)
        for number in range(2, len(self.layers), 2):
            found = found + self._swept(number, found)
        answers = self.head(torch.cat([found, seen], 1).movedim(1, -1)).movedim(-1, 1)
        return given - self.difference * _laid_over(answers)

    def _swept(self, number: int, images: Tensor) -> Tensor:
        """Down and up the columns, then along the rows."""
        count, _, height, width = images.shape
        columns = images.permute(0, 3, 2, 1).reshape(count * width, height, -1)
        read = self.layers[number](columns)[0].reshape(count, width, height, -1)
        rows = read.permute(0, 2, 1, 3).reshape(count * height, width, -1)
        found = self.layers[number + 1](rows)[0].reshape(count, height, width, -1)
        return found.permute(0, 3, 1, 2)  # type: ignore[no-any-return]
