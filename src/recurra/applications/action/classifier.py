"""From recordings of movement and their classes to a classifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra import atomic
from recurra.applications.action import files
from recurra.applications.action.preparation import Motion
from recurra.applications.action.skeleton import Skeleton
from recurra.applications.inside import look_inside
from recurra.applications.kept import kept_run
from recurra.applications.scoring import Scores
from recurra.applications.series import as_values, checked, counts, missing
from recurra.applications.series_learning import (
    Fit,
    Member,
    Plan,
    Task,
    Wishes,
    contents,
    judged,
    learn_together,
    plan,
    probabilities,
    strangers,
    view,
)
from recurra.estimator import Estimator
from recurra.explain import Explanation
from recurra.explain.member import member
from recurra.options import whole
from recurra.training import Callback, Checkpoint

THINGS = "recordings"
NETWORKS = 5
"""How many networks are averaged: recordings are few, and people differ."""


class ActionClassifier(Estimator):
    """Says which action a recording of movement shows.

    A recording is a skeleton, three coordinates of each joint in each frame, or any sensors.
    Skeletons are centred on the hip and made of one size, so that it matters neither where a person
    stands nor how tall they are. Recordings are stretched to the same number of frames; the
    networks see places and speeds. In training time is bent, ends are cut off, and skeletons are
    turned a little.

    Args:
        cell: The name of a cell.
        units: H, of the layers in each direction, at least 1; None for 64.
        layers: One above the other, at least 1; None for 1.
        networks: How many are averaged, at least 1; None for 5, or 1 from 20,000 recordings on.
        epochs: Passes over the recordings; None for what makes about 1,200 steps, 20 to 120.
        batch_size: Recordings a step, at most; None for 16, 32 or 64 by their number.
        learning_rate: Its peak, above 0; None for 0.003.
        frames: To how many recordings are stretched, at least 2; None for their median length,
            from 24 to 128.
        seed: Of all chance. The same seed gives the same model on the same machine.

    Attributes:
        classes_: The classes, sorted.
        plan_: The settings that were used.
        members_: The networks, each with what prepares series for it and its history.
        held_out_: How networks that learned from a part did on the rest, counted together. None if
            there were too few series, and in a loaded model.
        notes_: What was chosen, repaired or left out, a sentence each.
    """

    classes_: tuple[str, ...]
    plan_: Plan
    members_: list[Member]
    held_out_: Scores | None
    notes_: tuple[str, ...]

    def __init__(
        self,
        *,
        cell: str = "gru",
        units: int | None = None,
        layers: int | None = None,
        networks: int | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        frames: int | None = None,
        seed: int = 0,
    ) -> None:
        self.cell = cell
        self.units = units
        self.layers = layers
        self.networks = networks
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.frames = frames
        self.seed = seed

    def fit(
        self,
        series: Sequence[ArrayLike],
        labels: Sequence[object],
        *,
        channels: Sequence[str] = (),
        groups: Sequence[object] | None = None,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
    ) -> Self:
        """Learns from recordings and their classes.

        Ctrl-C ends the training early with what was learned so far.

        Args:
            series: N of them, each (T, C), or (T,) for one channel; NaN where a value is missing.
                Those without any value are left out, and counted in the notes.
            labels: The class of each.
            channels: What the channels are called. Of ``JOINT_x``, ``JOINT_y``, ``JOINT_z`` for
                joint after joint a skeleton is made; a joint called hip, pelvis or root is its
                middle, and its distance from one called neck or the like the body's length.
            groups: Whose each is, such as a person: what is held out are whole groups then, so
                that the figures are of groups that are new.
            watch: Callbacks, such as ``recurra.Progress()``; they see all networks as one training.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and ends in the same bits
                as if it never had been. Empty once the fit is done.

        Raises:
            DataError: If series and classes do not pair up, channels differ, or there are not two
                classes.
            OptionError: If an option is out of range.
            KeyboardInterrupt: If nothing was learned yet.
            CheckpointError: If the checkpoint is of other series, options or another version.
            OutputError: If it cannot be written.
        """
        options = self.get_params()
        if self.frames is not None:
            whole("frames", self.frames, 2)
        wishes = {k: v for k, v in options.items() if k not in {"seed", "frames"}}
        given = checked(series, labels, groups)
        skeleton = Skeleton.of(channels)
        self.plan_ = plan(len(given.series), Wishes(**wishes), few=NETWORKS)
        self.classes_ = tuple(sorted(set(given.labels)))
        task = Task(given.series, given.labels, given.groups, self.classes_, THINGS)
        with kept_run(checkpoint, options, channels, *contents(task)) as run:
            learned = learn_together(
                task,
                self.plan_,
                lambda some: Motion.of(some, skeleton, self.frames),
                seed=self.seed,
                watch=watch,
                checkpoint=run,
            )
        self.members_, self.held_out_ = learned.members, learned.held_out
        said = counts(given.labels, given.groups, THINGS)
        seen = Motion.of(given.series, skeleton, self.frames).told
        self.notes_ = (*said, *given.notes, *seen, *self.plan_.notes, *learned.notes)
        return self

    def predict(self, series: Sequence[ArrayLike]) -> list[str]:
        """The likeliest class of each series."""
        return [self.classes_[place] for place in self.predict_proba(series).argmax(1)]

    def predict_proba(self, series: Sequence[ArrayLike]) -> NDArray[np.float32]:
        """The probability of each class, (N, C), in the order of ``classes_``.

        Raises:
            DataError: If a series has other channels than those that were learned from, or no step.
        """
        values = as_values(series, self.channels)
        return probabilities(self.members_, values, len(self.classes_))

    def explain(self, series: ArrayLike, *, network: int = 1, title: str = "") -> Explanation:
        """What a network remembers of a recording, and why it gives it its class.

        ``save("page.html")`` of the result writes a page that shows every gate and state at every
        step; as text it is a few sentences. What is explained is the probability that the network
        gives to the class that the classifier finds likeliest.

        Args:
            series: (T, C), or (T,) for one channel.
            network: Which of the networks that answer together, from 1.
            title: What it is called.

        Raises:
            DataError: If it has other channels than those that were learned from, or no step.
            OptionError: If there is no such network.
        """
        shown, notes = member(self.members_, network)
        (values,) = as_values([series], self.channels)
        (label,) = self.predict([values])
        found = view(shown, values, (self.classes_.index(label), label), title or "a recording")
        told = (*notes, *found.notes, *self.said_of([values]))
        return look_inside(shown.network, replace(found, notes=told))

    def evaluate(self, series: Sequence[ArrayLike], labels: Sequence[object]) -> Scores:
        """How well it does on series whose classes are known.

        A class that the model does not know counts as wrong.

        Raises:
            DataError: If series and classes do not pair up, or there is none.
        """
        return judged(self.predict, series, labels, self.classes_, THINGS)

    @property
    def channels(self) -> int:
        """C, of the series that it learned from."""
        return self.members_[0].preparation.channels

    def said_of(self, series: Sequence[ArrayLike], labels: Sequence[object] = ()) -> list[str]:
        """What is to be known before series are answered or judged, a sentence each."""
        values = as_values(series, self.channels)
        return [*missing(values), *strangers(labels, self.classes_, THINGS)]

    def fitted(self) -> Fit:
        """What a report is about."""
        return Fit(
            files.KIND, self.members_, self.plan_, self.classes_, self.held_out_, self.notes_
        )

    def save(self, path: str | Path) -> None:
        """Writes the model as one file; see :meth:`load`.

        Raises:
            OutputError: If it cannot be written there.
        """
        atomic.write(Path(path), self.packed())

    def packed(self) -> bytes:
        """The content of its file."""
        more = {"classes": self.classes_, "notes": self.notes_}
        return files.pack(self, files.SERIES, more, self.plan_, self.members_)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Reads a model that :meth:`save` wrote; nothing in the file is run.

        Raises:
            ModelFileError: If it is none, or damaged.
        """
        with files.opened(Path(path), files.SERIES) as found:
            loaded = cls(**found.description["settings"])
            loaded.classes_, loaded.plan_ = found.classes, found.plan
            loaded.members_, loaded.notes_ = found.members(Motion.from_json), found.notes
            loaded.held_out_ = None
        return loaded
