"""``caption`` of strokes beside torch.nn.LSTM: made-up pictures of a line and a ring."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import torch
from contest import OURS, PlainTraining, parameters
from PIL import Image, ImageDraw
from torch import Tensor, nn

from recurra.applications.caption.strokes import Drawer, Drawing
from recurra.applications.caption.strokes.checks import checked
from recurra.applications.caption.strokes.frame import framed
from recurra.applications.caption.strokes.glimpses import covered, glimpses
from recurra.applications.caption.strokes.hand import BIAS
from recurra.applications.caption.strokes.head import PenSteps, drawn_chance
from recurra.applications.caption.strokes.network import Network
from recurra.applications.caption.strokes.notation import Stroke
from recurra.applications.caption.strokes.rules import Plan
from recurra.applications.caption.strokes.sequences import Sequences, blurred, steps
from recurra.applications.pictures import Pixels
from recurra.structures.lengths import live_steps
from recurra.training import Callback, LengthBuckets

LEARNED, ASKED, PASSES = 300, 40, 2
SIDE = 105


class Strokes:
    """The job, with the network of its defaults, and its peer."""

    tokens = "points of the pen"

    def __init__(self) -> None:
        chance = np.random.default_rng(0)
        made = [_made(chance) for _ in range(LEARNED + ASKED)]
        self._data = [one[0] for one in made[:LEARNED]], [one[1] for one in made[:LEARNED]]
        self._asked = made[LEARNED:]
        self._job = Drawer(epochs=PASSES)
        self.peers: dict[str, PlainTraining] = {}

    def fit(self, watch: Sequence[Callback]) -> None:
        """A few passes."""
        self._job.fit(*self._data, watch=[_Begins(self), *watch])

    def begin(self) -> None:
        """Makes the peer, once the job knows how far a pen goes."""
        self._plain = Plain(self._job.plan_, self._job.network_.scale)
        given = checked(*self._data, self._job.plan_.side).sequences
        loss = _loss(self._plain, given, self._job.plan_.batch_size)
        self.peers["torch.nn"] = PlainTraining(self._plain, loss)

    @property
    def title(self) -> str:
        """The job, and how large the network is."""
        ours = parameters(self._job.network_)
        return (
            f"caption of strokes, {self._job.plan_.units} LSTM units that see what lies around the "
            f"pen, {ours:,} parameters (torch.nn {parameters(self._plain):,})"
        )

    def predictions(self) -> Mapping[str, Mapping[str, Callable[[], int]]]:
        """Pictures drawn once each, one point at a time."""
        pictures, side = [picture for picture, _ in self._asked], self._job.plan_.side
        lengths = [_points(one) for one in self._job.predict(pictures, beam=1)]

        def ours() -> int:
            self._job.predict(pictures, beam=1)
            return sum(lengths)

        def theirs() -> int:
            # As many steps as the job's longest drawing.
            ink = torch.stack([framed(picture, side)[0] for picture in pictures])
            self._plain.eval().draw(ink, max(lengths))
            return sum(lengths)

        return {"predict, a drawing each": {OURS: ours, "torch.nn": theirs}}


class _Begins(Callback):
    def __init__(self, contest: Strokes) -> None:
        self.contest = contest

    def on_train_begin(self, trainer) -> None:  # type: ignore[no-untyped-def]
        """Makes the peer."""
        self.contest.begin()


class Plain(nn.Module):
    """The same network, its recurrent layer that of torch.nn.

    Args:
        plan: How large it is.
        scale: Points of the square in a unit of the pen's offsets.
    """

    def __init__(self, plan: Plan, scale: float) -> None:
        super().__init__()
        like = Network(plan, scale)
        self.side, self.scale = plan.side, scale
        self.encoder, self.glimpse, self.head = like.encoder, like.glimpse, like.head
        width = PenSteps.size + 2 + plan.code + plan.glimpse
        self.first = nn.Linear(plan.code, width)
        self.writer = nn.LSTM(width, plan.units, batch_first=True)

    def forward(self, pictures: Tensor, targets: Tensor) -> Tensor:
        """The nats of each step, (B, T)."""
        before = torch.cat([torch.zeros_like(targets[:, :1]), targets[:, :-1]], 1)
        place = before[..., :2].cumsum(1)
        touches = (torch.arange(before.shape[1]) > 0).expand(len(before), -1)
        code, state = self.begin(pictures)
        done = covered(place * self.scale, touches, self.side)
        output = self.writer(self.read(before, place, pictures, done, code), state)[0]
        return self.head.nll(output, targets)

    def begin(self, pictures: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """The whole picture in a few numbers, and the state after they were read."""
        code = self.encoder(pictures.unsqueeze(1))
        return code, self.writer(self.first(code).unsqueeze(1))[1]

    def read(
        self, before: Tensor, place: Tensor, pictures: Tensor, done: Tensor, code: Tensor
    ) -> Tensor:
        """What the writer reads at each step."""
        shape = place.shape[:2]
        left = pictures.unsqueeze(1) * (1 - done.reshape(*shape, self.side, self.side))
        seen = glimpses(left.flatten(0, 1), (place * self.scale).flatten(0, 1))
        around = self.glimpse(seen).unflatten(0, shape)
        return torch.cat([before, place, around, code.unsqueeze(1).expand(*shape, -1)], -1)

    @torch.no_grad()
    def draw(self, pictures: Tensor, most: int) -> Tensor:
        """What the pen does in so many steps: (B, T, 4)."""
        code, state = self.begin(pictures)
        now, place = torch.zeros(len(pictures), 1, PenSteps.size), torch.zeros(len(pictures), 1, 2)
        done, found = None, []
        for step in range(most):
            touches = torch.full((len(pictures), 1), step > 0)
            done = covered(place * self.scale, touches, self.side, done)[:, 0]
            read = self.read(now, place, pictures, done.unsqueeze(1), code)
            output, state = self.writer(read, state)
            now = self.head.step(self.head(output), drawn_chance(output.shape[:2], None), BIAS)
            place = place + now[..., :2]
            found.append(now)
        return torch.cat(found, 1)


def _loss(plain: Plain, given: Sequences, size: int) -> Callable[[], tuple[Tensor, int]]:
    batches = _batches(LengthBuckets(given.lengths, size, padding=0.15))

    def loss() -> tuple[Tensor, int]:
        batch = given[next(batches)]
        targets = steps(blurred(batch), plain.scale)
        live = live_steps(batch.lengths, targets)
        found = torch.where(live, plain(batch.pictures, targets), 0).sum() / live.sum()
        return found, int(batch.lengths.sum())

    return loss


def _batches(buckets: LengthBuckets) -> Iterator[Tensor]:
    while True:
        yield from buckets


def _points(drawing: Drawing) -> int:
    return sum(map(len, drawing.strokes))


def _made(chance: np.random.Generator) -> tuple[Pixels, list[Stroke]]:
    """A picture of a line and a ring, and the two strokes."""
    line, middle = chance.uniform(10, SIDE - 10, (2, 2)), chance.uniform(35, SIDE - 35, 2)
    turns = np.linspace(0, 2 * np.pi, 40)
    ring = middle + chance.uniform(12, 24) * np.stack([np.sin(turns), np.cos(turns)], 1)
    image = Image.new("L", (SIDE, SIDE), 255)
    for stroke in (line, ring):
        ImageDraw.Draw(image).line([tuple(point) for point in stroke], fill=0, width=3)
    return np.asarray(image), [line.astype(np.float32), ring.astype(np.float32)]
