"""From clean pictures, or pairs of pictures, to what makes others better."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from recurra import atomic
from recurra.applications.enhance import stored
from recurra.applications.enhance.checks import Given, checked
from recurra.applications.enhance.images import as_image, channels_of, light, middle
from recurra.applications.enhance.learning import CHANCE, LOOKS, learn
from recurra.applications.enhance.material import WHITE, Material
from recurra.applications.enhance.network import Network
from recurra.applications.enhance.rules import FEWEST, MOST_HELD, SHARE, Plan, Wishes, plan
from recurra.applications.enhance.scores import Row, Scores
from recurra.applications.enhance.tiles import enhanced
from recurra.applications.kept import kept_run
from recurra.errors import DataError, OptionError
from recurra.estimator import Estimator
from recurra.training import Callback, Checkpoint, History

JUDGED = 256
"""Points each way of the middle of a picture that is held out, at most: more take their time."""

SHOWN = 2


@dataclass(frozen=True)
class Sample:
    """A picture that was held out: as given, as it is made, as it should be; (C, H, W) each."""

    given: Tensor
    enhanced: Tensor
    clean: Tensor


class Enhancer(Estimator):
    """Makes pictures better, point by point, having seen how others should have been.

    It learns from clean pictures, to which noise is added, or from pairs: a picture as it was
    given, and as it should have been. Sweeps of recurrent layers over columns and rows see the
    whole picture from each of its points. Pictures may have any sizes, grey or in colour.

    Args:
        noise: The deviation of the noise that is added, above 0, where white is 255; without effect
            on pairs.
        cell: The name of a cell.
        units: H, in each direction of a sweep; None for 48.
        layers: Of sweeps, one on another; None for 2.
        steps: Of the optimizer; None for 6,000.
        batch_size: Crops a step; None for 16.
        learning_rate: Its peak, above 0; None for 0.003.
        seed: Of all chance. The same seed gives the same model on the same machine.

    Attributes:
        channels_: 1 if it learned from grey pictures alone, else 3.
        pairs_: Whether it learned from pairs.
        plan_: The settings that were used.
        network_: What was learned.
        history_: Losses and learning rate between two looks at what is held out; 1 is as wrong as
            what is given.
        held_out_: How it did on the pictures that were held out. None if there were too few
            pictures, and in a loaded model.
        samples_: Some of those; empty in a loaded model.
        notes_: What was chosen, repaired or left out, a sentence each.
    """

    channels_: int
    pairs_: bool
    plan_: Plan
    network_: Network
    history_: History
    held_out_: Scores | None
    samples_: list[Sample]
    notes_: tuple[str, ...]

    def __init__(
        self,
        *,
        noise: float = 25.0,
        cell: str = "gru",
        units: int | None = None,
        layers: int | None = None,
        steps: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        seed: int = 0,
    ) -> None:
        self.noise = noise
        self.cell = cell
        self.units = units
        self.layers = layers
        self.steps = steps
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.seed = seed

    def fit(
        self,
        clean: Sequence[ArrayLike],
        given: Sequence[ArrayLike] | None = None,
        *,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
    ) -> Self:
        """Learns from pictures.

        Ctrl-C ends the training early with the best weights so far.

        Args:
            clean: N pictures as they should be, each (H, W), (H, W, 1) or (H, W, 3): bytes, or
                fractions of white. Smaller ones than are cut out to be learned from are left out,
                and counted in the notes.
            given: The same pictures as they were given, each of the size of its clean one; None to
                add noise.
            watch: Callbacks, such as ``recurra.Progress()``.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and ends in the same bits
                as if it never had been. Empty once the fit is done.

        Raises:
            DataError: If pictures do not pair up, or none is left.
            OptionError: If an option is out of range.
            KeyboardInterrupt: If nothing was learned yet.
            CheckpointError: If the checkpoint is of other pictures, options or another version.
            OutputError: If it cannot be written.
        """
        wishes, found = self._wishes(), checked(clean, given)
        self.plan_ = plan(found.sides, wishes)
        found = found.at_least(self.plan_.crop)
        self.channels_, self.pairs_ = channels_of(found.all), given is not None
        train, held = self._parted(found)
        self.notes_ = (*found.notes, *self._said(found, held), *self.plan_.notes)
        with kept_run(checkpoint, self.get_params(), *found.digests()) as run:
            self._learn(train, held, watch, run)
        self._judge(held)
        return self

    def predict(
        self, pictures: Iterable[ArrayLike], *, ways: bool = False
    ) -> list[NDArray[np.float32]]:
        """Pictures made better, each of its own size.

        Args:
            pictures: (H, W), (H, W, 1) or (H, W, 3) each: bytes, or fractions of white. A network
                that learned from grey ones does each colour alone; one that learned from colours
                gives grey for grey.
            ways: Whether to take the mean of the answers to the picture turned and mirrored in all
                eight ways: a little better, in eight times the time.

        Returns:
            Of the same shapes, fractions of white from 0 to 1.

        Raises:
            DataError: If one is no picture.
        """
        return [self._answer(np.asarray(one), ways) for one in pictures]

    def evaluate(
        self,
        clean: Iterable[ArrayLike],
        given: Iterable[ArrayLike] | None = None,
        *,
        names: Iterable[str] | None = None,
        ways: bool = False,
    ) -> Scores:
        """How near it comes to clean pictures, beside what was given and a median filter.

        Args:
            clean: Pictures as they should be, at least 16 points each way.
            given: As they were given; None to add the noise that it learned with, always the same.
            names: What they are called; None for numbers.
            ways: As for :meth:`predict`.

        Raises:
            DataError: If pictures do not pair up, or there is none.
            OptionError: If it learned from pairs and there is nothing given.
        """
        if given is None and self.pairs_:
            raise OptionError(
                "clean pictures alone, for a model that learned from pairs",
                "the pictures as they were given, beside the clean ones",
                "name the clean ones with --clean FOLDER, or have folders noisy and clean",
            )
        chance = torch.Generator().manual_seed(CHANCE)
        called = map(str, count(1)) if names is None else names
        rows = [
            Row.of(name, read, enhanced(self.network_, read, ways=ways), truth)
            for name, (read, truth) in zip(called, self._pairs(clean, given, chance), strict=False)
        ]
        if not rows:
            raise DataError("no picture to judge by", "at least one")
        return Scores(rows)

    def save(self, path: str | Path) -> None:
        """Writes the model as one file; see :meth:`load`.

        Raises:
            OutputError: If it cannot be written there.
        """
        atomic.write(Path(path), stored.pack(self))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Reads a model that :meth:`save` wrote; nothing in the file is run.

        Raises:
            ModelFileError: If it is none, or damaged.
        """
        return stored.load(cls, Path(path))

    def _wishes(self) -> Wishes:
        if not 0 < self.noise <= WHITE:
            raise OptionError(
                f"noise={self.noise!r}", "a deviation above 0, where white is 255", "noise=25"
            )
        own = ("cell", "units", "layers", "steps", "batch_size", "learning_rate")
        return Wishes(**{name: getattr(self, name) for name in own})

    def _parted(self, found: Given) -> tuple[Material, Material | None]:
        """What is learned from, and what is held out; of large pictures the middle is judged."""
        material = Material(found.clean, found.given, self.noise, self.channels_)
        if len(material) < FEWEST:
            return material, None
        chance = torch.Generator().manual_seed(self.seed)
        order = torch.randperm(len(material), generator=chance).tolist()
        wanted = min(MOST_HELD, max(1, len(material) // SHARE))
        held, learned = sorted(order[:wanted]), sorted(order[wanted:])
        return material.some(learned), _middles(material.some(held))

    def _learn(
        self,
        train: Material,
        held: Material | None,
        watch: Sequence[Callback],
        run: Checkpoint | None,
    ) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            self.network_ = Network(self.channels_, self.plan_, train.levels())
            self.history_ = learn(
                self.plan_,
                self.network_,
                train,
                held,
                seed=self.seed,
                callbacks=watch,
                checkpoint=run,
            )
        if self.history_.interrupted:
            looks = len(self.history_.epoch)
            if not looks:
                raise KeyboardInterrupt
            steps = -(-self.plan_.steps // min(LOOKS, self.plan_.steps)) * looks
            self.notes_ += (f"interrupted after {steps:,} of {self.plan_.steps:,} steps",)

    def _judge(self, held: Material | None) -> None:
        self.held_out_, self.samples_ = None, []
        if held is None:
            return
        chance = torch.Generator().manual_seed(CHANCE)
        rows = []
        for place in range(len(held)):
            given, clean = held.whole(place, chance)
            found = enhanced(self.network_, given, ways=False)
            rows.append(Row.of(str(place + 1), given, found, clean))
            if place < SHOWN:
                self.samples_.append(Sample(given, found.clamp(0, 1), clean))
        self.held_out_ = Scores(rows)

    def _said(self, found: Given, held: Material | None) -> list[str]:
        kinds = "grey" if self.channels_ == 1 else "in colour"
        grey = sum(len(one) == 1 for one in found.clean) if self.channels_ == 3 else 0
        what = "pairs of pictures" if self.pairs_ else "clean pictures"
        added = [] if self.pairs_ else [f"noise of a deviation of {self.noise:g} of 255 is added"]
        apart = len(found.clean) - (0 if held is None else len(held))
        judged = (
            f"{apart:,} {what} are too few to hold any out: nothing says how good it is"
            if held is None
            else f"{apart:,} {what} are learned from, {len(held)} are held out to judge by"
        )
        mixed = [f"{grey:,} of them are grey: taken for colours that are equal"] if grey else []
        return [f"{judged}; they are {kinds}", *mixed, *added]

    def _answer(self, picture: NDArray[np.generic], ways: bool) -> NDArray[np.float32]:
        found = enhanced(self.network_, light(as_image(picture)), ways=ways).clamp(0, 1)
        made: NDArray[np.float32] = found.permute(1, 2, 0).reshape(picture.shape).numpy()
        return made

    def _pairs(
        self,
        clean: Iterable[ArrayLike],
        given: Iterable[ArrayLike] | None,
        chance: torch.Generator,
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Given and clean, one by one, so that not all of them are in memory."""
        if given is None:
            for one in clean:
                yield Material([as_image(one)], None, self.noise, 1).alike(chance)
            return
        for one, other in zip(clean, given, strict=True):
            pair = checked([one], [other])
            yield Material(pair.clean, pair.given, self.noise, 1).alike(chance)


def _middles(held: Material) -> Material:
    given = None if held.given is None else [middle(one, JUDGED) for one in held.given]
    return Material([middle(one, JUDGED) for one in held.clean], given, held.noise, held.channels)
