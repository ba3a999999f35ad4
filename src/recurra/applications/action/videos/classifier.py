"""From videos and their classes to a classifier."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from recurra import atomic
from recurra.applications.action import files
from recurra.applications.action.videos.clips import Clips
from recurra.applications.action.videos.rules import plan
from recurra.applications.kept import kept_run
from recurra.applications.scoring import Scores
from recurra.applications.series import counts
from recurra.applications.series_learning import (
    Fit,
    Member,
    Plan,
    Task,
    Wishes,
    contents,
    judged,
    learn_together,
    probabilities,
    strangers,
)
from recurra.errors import DataError
from recurra.estimator import Estimator
from recurra.options import whole
from recurra.training import Callback, Checkpoint

THINGS = "videos"
FRAMES = 16


class VideoClassifier(Estimator):
    """Says which action a video shows.

    Convolutions see each frame, and how it differs from the one before; a recurrent layer reads
    what they find, both ways. In training a video is read in part, moved a little, made lighter or
    darker; never mirrored, for a wave to the left may be another action than one to the right.

    Args:
        cell: The name of a cell.
        units: H, of the layers in each direction, at least 1; None for 64.
        layers: One above the other, at least 1; None for 1.
        networks: How many are averaged, at least 1; None for 1.
        epochs: Passes over the videos; None for what makes about 600 steps, 10 to 60.
        batch_size: Videos a step, at most; None for 16.
        learning_rate: Its peak, above 0; None for 0.003.
        frames: How many a network reads of each video, at least 2; None for 16.
        seed: Of all chance. The same seed gives the same model on the same machine.

    Attributes:
        classes_: The classes, sorted.
        side_: S, the points of a side of the frames.
        plan_: The settings that were used.
        members_: The networks, each with what shows it videos and its history.
        held_out_: How a network that learned from a part did on the rest. None if there were too
            few videos, and in a loaded model.
        notes_: What was chosen, repaired or left out, a sentence each.
    """

    classes_: tuple[str, ...]
    side_: int
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
        clips: Sequence[ArrayLike],
        labels: Sequence[object],
        *,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
    ) -> Self:
        """Learns from videos and their classes.

        Ctrl-C ends the training early with what was learned so far.

        Args:
            clips: Frames of each of N videos, as :func:`read_videos` gives them: bytes
                (T, S, S, 3), T of any number, S the same for all.
            labels: The class of each.
            watch: Callbacks, such as ``recurra.Progress()``; they see all networks as one training.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and ends in the same bits
                as if it never had been. Empty once the fit is done.

        Raises:
            DataError: If videos and classes do not pair up, one is no frames, or there are not two
                classes.
            OptionError: If an option is out of range.
            KeyboardInterrupt: If nothing was learned yet.
            CheckpointError: If the checkpoint is of other videos, options or another version.
            OutputError: If it cannot be written.
        """
        options = self.get_params()
        frames = FRAMES if self.frames is None else whole("frames", self.frames, 2)
        wishes = Wishes(**{k: v for k, v in options.items() if k not in {"seed", "frames"}})
        series, self.side_ = _flat(clips, None)
        named = _classes(labels, len(series))
        self.plan_ = plan(len(series), wishes)
        self.classes_ = tuple(sorted(set(named)))
        task = Task(series, named, [], self.classes_, THINGS)
        shown = Clips(self.side_, frames)
        with kept_run(checkpoint, options, *contents(task)) as run:
            learned = learn_together(
                task, self.plan_, lambda _: shown, seed=self.seed, watch=watch, checkpoint=run
            )
        self.members_, self.held_out_ = learned.members, learned.held_out
        said = f"{frames} frames of each are read, of {self.side_} x {self.side_} points"
        self.notes_ = (*counts(named, [], THINGS), said, *self.plan_.notes, *learned.notes)
        return self

    def predict(self, clips: Sequence[ArrayLike]) -> list[str]:
        """The likeliest class of each video."""
        return [self.classes_[place] for place in self.predict_proba(clips).argmax(1)]

    def predict_proba(self, clips: Sequence[ArrayLike]) -> NDArray[np.float32]:
        """The probability of each class, (N, C), in the order of ``classes_``.

        Raises:
            DataError: If one is no frames, or of another size than those that were learned from.
        """
        series, _ = _flat(clips, self.side_)
        return probabilities(self.members_, series, len(self.classes_))

    def evaluate(self, clips: Sequence[ArrayLike], labels: Sequence[object]) -> Scores:
        """How well it does on videos whose classes are known.

        A class that the model does not know counts as wrong.

        Raises:
            DataError: If videos and classes do not pair up, or there is none.
        """
        return judged(self.predict, clips, labels, self.classes_, THINGS)

    def said_of(self, labels: Sequence[object]) -> list[str]:
        """What is to be known before videos are judged, a sentence each."""
        return strangers(labels, self.classes_, THINGS)

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
        more = {"side": self.side_, "classes": self.classes_, "notes": self.notes_}
        return files.pack(self, files.VIDEOS, more, self.plan_, self.members_)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Reads a model that :meth:`save` wrote; nothing in the file is run.

        Raises:
            ModelFileError: If it is none, or damaged.
        """
        with files.opened(Path(path), files.VIDEOS) as found:
            loaded = cls(**found.description["settings"])
            loaded.classes_, loaded.plan_ = found.classes, found.plan
            loaded.side_, loaded.held_out_ = int(found.description["side"]), None
            loaded.members_, loaded.notes_ = found.members(Clips.from_json), found.notes
        return loaded


def _flat(clips: Sequence[ArrayLike], side: int | None) -> tuple[list[NDArray[Any]], int]:
    """Frames as rows of bytes, (T, S S 3) each, and S.

    Raises:
        DataError: If one is no frames, or they differ in size.
    """
    found: list[NDArray[Any]] = []
    for number, one in enumerate(clips, 1):
        frames = np.asarray(one)
        expected = side or (frames.shape[1] if frames.ndim == 4 else 0)
        if (
            frames.dtype != np.uint8
            or not len(frames)
            or frames.shape[1:] != (expected, expected, 3)
        ):
            size = f"S = {expected}, as {'the model has' if found or side else 'all have'}"
            raise DataError(
                f"video {number:,} is {frames.dtype} of shape {frames.shape}",
                f"frames: bytes (uint8) of shape (T, S, S, 3), T at least 1, {size}",
                "read them with read_videos",
            )
        side = expected
        found.append(np.ascontiguousarray(frames.reshape(len(frames), -1)))
    return found, side or 0


def _classes(labels: Sequence[object], videos: int) -> list[str]:
    """Labels as text.

    Raises:
        DataError: If there are not as many as videos, or not two classes.
    """
    named = [str(one) for one in labels]
    if len(named) != videos or not videos:
        raise DataError(f"{videos:,} videos and {len(named):,} classes", "a class for each")
    if len(set(named)) < 2:
        raise DataError(
            f"all {videos:,} videos are of the class {named[0]!r}",
            "at least two classes",
            "have a folder for each class, with its videos",
        )
    return named
