"""From pictures and the strokes that drew them to what draws others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self
from zlib import crc32

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from recurra import atomic
from recurra.applications.caption.strokes import stored
from recurra.applications.caption.strokes.checks import Given, Strokes, checked, hold_out
from recurra.applications.caption.strokes.drawing import Drawing
from recurra.applications.caption.strokes.frame import Frame, framed
from recurra.applications.caption.strokes.hand import draw
from recurra.applications.caption.strokes.learning import blind, learn
from recurra.applications.caption.strokes.network import Network
from recurra.applications.caption.strokes.notation import path_of
from recurra.applications.caption.strokes.rules import SIDE, Plan, Wishes, plan
from recurra.applications.caption.strokes.scores import Scores
from recurra.applications.caption.strokes.sequences import Sequences, spread
from recurra.applications.kept import kept_run
from recurra.estimator import Estimator
from recurra.options import whole
from recurra.training import Callback, Checkpoint, History

BEAM = 5

ROOM = 20
"""Steps that a drawing may have beyond the longest that was learned from."""


class Drawer(Estimator):
    """Draws what is in a picture with a pen, having seen how people drew others.

    Convolutions see the whole picture, and the pen sees what lies around it and is not drawn yet; a
    recurrent layer moves it from point to point. Some drawings are held out; the best weights by
    them are kept, and drawings of their pictures are judged.

    Args:
        cell: The name of a cell.
        units: H of the layer that draws; None for 256.
        epochs: Passes over the drawings; None for what shows 24,000 of them, 4 to 40.
        batch_size: Drawings a step, at most; None for 10.
        learning_rate: Its peak, above 0; None for 0.006.
        side: The points of a side of the squares that pictures become, at least 8; None for 35.
        blind: Whether to see white paper in place of every picture: what strokes tell of
            themselves, to hold a drawer against.
        seed: Of all chance. The same seed gives the same model on the same machine.

    Attributes:
        plan_: The settings that were used.
        network_: What was learned.
        longest_: The most steps of a drawing that was learned from.
        history_: Losses and learning rate between two looks at what is held out.
        held_out_: How it did on the drawings that were held out. None if there were too few, and in
            a loaded model.
        samples_: Those drawings; None in a loaded model.
        notes_: What was chosen, a sentence each.
    """

    plan_: Plan
    network_: Network
    longest_: int
    history_: History
    held_out_: Scores | None
    samples_: Given | None
    notes_: tuple[str, ...]

    def __init__(
        self,
        *,
        cell: str = "lstm",
        units: int | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        side: int | None = None,
        blind: bool = False,
        seed: int = 0,
    ) -> None:
        self.cell = cell
        self.units = units
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.side = side
        self.blind = blind
        self.seed = seed

    def fit(
        self,
        pictures: Sequence[ArrayLike],
        drawings: Sequence[Strokes],
        *,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
    ) -> Self:
        """Learns from pictures and the strokes that drew them.

        Ctrl-C ends the training early with the best weights so far.

        Args:
            pictures: N of them, bytes (uint8), each (H, W) or (H, W, 1) for grey, (H, W, 3) for
                colours, of any sizes: they are made small, whole.
            drawings: One of each: the path of an SVG file in straight lines, or a list of strokes,
                (P, 2) each; in points of the picture from its upper left corner, y down. A picture
                that several people drew comes several times.
            watch: Callbacks, such as ``recurra.Progress()``.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and ends in the same bits
                as if it never had been. Empty once the fit is done.

        Raises:
            DataError: If pictures and drawings do not pair up, or one cannot be read.
            OptionError: If an option is out of range.
            KeyboardInterrupt: If nothing was learned yet.
            CheckpointError: If the checkpoint is of other data, options or another version.
            OutputError: If it cannot be written.
        """
        wishes = self._wishes()
        given = checked(pictures, drawings, self.side or SIDE)
        train, held = hold_out(given, self.seed)
        self.plan_ = plan(len(train), wishes)
        learned = self._sequences(train)
        self.longest_ = int(learned.lengths.max())
        self.notes_ = (*self._said(train, held), *self.plan_.notes)
        content = given.digests, map(repr, given.frames), map(path_of, given.strokes)
        with kept_run(checkpoint, self.get_params(), *content) as run:
            self._learn(learned, self._sequences(held) if len(held) else None, watch, run)
        self.samples_, self.held_out_ = held, None
        if len(held):
            self.held_out_ = self._judged(held, BEAM)
        return self

    def predict(
        self, pictures: Sequence[ArrayLike], *, beam: int = BEAM, seed: int = 0
    ) -> list[Drawing]:
        """A drawing of each picture.

        Args:
            pictures: As for :meth:`fit`.
            beam: How many drawings are made of each, at least 1; the nearest to its ink is kept.
            seed: Of the hand's chance: another one draws another time.

        Raises:
            DataError: If one is no picture.
            OptionError: If ``beam`` is out of range.
        """
        whole("beam", beam, 1)
        seen = [framed(one, self.plan_.side) for one in pictures]
        return self._draw([ink for ink, _ in seen], [frame for _, frame in seen], beam, seed)

    def evaluate(
        self, pictures: Sequence[ArrayLike], drawings: Sequence[Strokes], *, beam: int = BEAM
    ) -> Scores:
        """How likely it finds given drawings, and how near its own are.

        Raises:
            DataError: If they do not pair up, or one cannot be read.
            OptionError: If ``beam`` is out of range.
        """
        return self._judged(checked(pictures, drawings, self.plan_.side), whole("beam", beam, 1))

    def redraw(self, given: Given) -> list[Drawing]:
        """What it draws of pictures that are in squares of its side already."""
        return self._draw(list(given.ink), given.frames, BEAM, 0)

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
        own: dict[str, Any] = self.get_params()
        del own["seed"], own["blind"]
        return Wishes(**own)

    def _sequences(self, given: Given) -> Sequences:
        return blind(given.sequences) if self.blind else given.sequences

    def _learn(
        self,
        train: Sequences,
        held: Sequences | None,
        watch: Sequence[Callback],
        run: Checkpoint | None,
    ) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            self.network_ = Network(self.plan_, spread(train))
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
            self.notes_ += (f"interrupted after {looks} looks at what is held out",)

    def _draw(
        self, ink: Sequence[Tensor], frames: Sequence[Frame], beam: int, seed: int
    ) -> list[Drawing]:
        if not ink:
            return []
        pictures = torch.stack(list(ink))
        return draw(
            self.network_,
            torch.zeros_like(pictures) if self.blind else pictures,
            frames,
            beam=beam,
            most=self.longest_ + ROOM,
            # Pictures that shared their chance would share its whims.
            seeds=[seed + crc32(one.numpy().tobytes()) for one in ink],
        )

    def _judged(self, given: Given, beam: int) -> Scores:
        drawn = self._draw(list(given.ink), given.frames, beam, 0)
        return Scores.of(self.network_, self._sequences(given), drawn, given.strokes)

    def _said(self, train: Given, held: Given) -> list[str]:
        count = f"{len(train):,} drawings"
        said = (
            f"{count} are learned from, {len(held):,} are held out to judge by"
            if len(held)
            else f"{count} are too few to hold any out: nothing says how good it is"
        )
        unseen = ["white paper is seen in place of every picture"] if self.blind else []
        return [said, *unseen]


def unended(found: Sequence[Drawing]) -> list[str]:
    """A sentence on drawings that were cut off, if there are any."""
    count = sum(not one.ended for one in found)
    said = f"{count:,} of {len(found):,} drawings were cut off at the greatest length"
    return [said] if count else []
