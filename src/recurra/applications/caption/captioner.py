"""From pictures and their captions to what writes others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from recurra import atomic
from recurra.applications.caption import stored
from recurra.applications.caption.checks import Given, checked, hold_out
from recurra.applications.caption.learning import Numbered, learn
from recurra.applications.caption.network import Network
from recurra.applications.caption.rules import SIDE, Plan, Wishes, plan
from recurra.applications.caption.scores import Scores
from recurra.applications.caption.seen import Seen
from recurra.applications.kept import kept_run
from recurra.applications.pictures import squares
from recurra.applications.scoring import sacrebleu
from recurra.applications.words import START, Sentences, vocabulary_size
from recurra.applications.written import Written, written
from recurra.estimator import Estimator
from recurra.options import whole
from recurra.training import Callback, Checkpoint, History

BEAM = 5
ROWS = 300
"""Hypotheses that are extended at once, of all pictures of a batch together."""

ROOM = 10
"""Symbols that a caption may have beyond the longest that was learned from."""


@dataclass(frozen=True)
class Caption:
    """What was written of a picture.

    Attributes:
        text: On one line.
        score: The mean log-probability of its symbols in nats, at most 0: the higher the surer.
        ended: Whether it came to its end, rather than to the most that it may have.
    """

    text: str
    score: float
    ended: bool


class Captioner(Estimator):
    """Says in a sentence what is in a picture, having seen others with their captions.

    Convolutions and sweeps find what stands at each place of a picture; a recurrent layer writes
    the caption, subword by subword, and looks at the places while it does. Some pictures are held
    out; the best weights by them are kept, and the captions of them are judged.

    Args:
        cell: The name of a cell.
        units: H of the layer that writes; None for 128.
        epochs: Passes over the captions; None for what shows 72,000 pictures, 4 to 40.
        batch_size: Captions a step; None for 16 below 1,000 pictures, else 32.
        learning_rate: Its peak, above 0; None for 0.002.
        side: The points of a side of the squares that pictures become, a multiple of 8; None for
            64.
        seed: Of all chance. The same seed gives the same model on the same machine.

    Attributes:
        sentences_: The subwords.
        plan_: The settings that were used.
        network_: What was learned.
        longest_: The most symbols of a caption that was learned from.
        history_: Losses and learning rate between two looks at what is held out.
        held_out_: How it did on the pictures that were held out. None if there were too few
            pictures, and in a loaded model.
        samples_: Those pictures and their captions; None in a loaded model.
        notes_: What was chosen, repaired or left out, a sentence each.
    """

    sentences_: Sentences
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
        seed: int = 0,
    ) -> None:
        self.cell = cell
        self.units = units
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.side = side
        self.seed = seed

    def fit(
        self,
        pictures: Sequence[ArrayLike],
        captions: Sequence[str | Sequence[str]],
        *,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
    ) -> Self:
        """Learns from pictures and their captions.

        Ctrl-C ends the training early with the best weights so far.

        Args:
            pictures: N of them, bytes (uint8), each (H, W) or (H, W, 1) for grey, (H, W, 3) for
                colours, of any sizes: they are made small, whole.
            captions: One of each, or several. Pictures without any are left out, and counted in the
                notes.
            watch: Callbacks, such as ``recurra.Progress()``.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and ends in the same bits
                as if it never had been. Empty once the fit is done.

        Raises:
            DataError: If pictures and captions do not pair up, or none is left.
            OptionError: If an option is out of range, or a library is missing.
            KeyboardInterrupt: If nothing was learned yet.
            CheckpointError: If the checkpoint is of other data, options or another version.
            OutputError: If it cannot be written.
        """
        # What is missing is known before the long part.
        sacrebleu()
        wishes = self._wishes()
        given = checked(pictures, captions, self.side or SIDE)
        train, held = hold_out(given, self.seed)
        self.sentences_ = Sentences.of(train.lines, vocabulary_size(train.lines))
        self.plan_ = plan(len(train.lines), wishes)
        learned = self._numbered(train)
        self.longest_ = max(map(len, learned.captions))
        self.notes_ = (*given.notes, *self._said(train, held), *self.plan_.notes)
        content = given.digests, given.lines, map(str, map(len, given.captions))
        with kept_run(checkpoint, self.get_params(), *content) as run:
            self._learn(learned, self._numbered(held) if len(held) else None, watch, run)
        self.samples_, self.held_out_ = held, None
        if len(held):
            self.held_out_ = self._judged(held, BEAM)
        return self

    def predict(self, pictures: Sequence[ArrayLike], *, beam: int = BEAM) -> list[str]:
        """The caption of each picture, on one line.

        Args:
            pictures: As for :meth:`fit`.
            beam: How many hypotheses are extended, at least 1; 1 takes the likeliest symbol at
                each step.

        Raises:
            DataError: If one is no picture.
            OptionError: If ``beam`` is out of range.
        """
        return [one.text for one in self.caption(pictures, beam=beam)]

    def caption(self, pictures: Sequence[ArrayLike], *, beam: int = BEAM) -> list[Caption]:
        """The same with scores."""
        whole("beam", beam, 1)
        if not len(pictures):
            return []
        return [self._caption(one) for one in self._write(self._squares(pictures), beam)]

    def evaluate(
        self,
        pictures: Sequence[ArrayLike],
        captions: Sequence[str | Sequence[str]],
        *,
        beam: int = BEAM,
    ) -> Scores:
        """How near its captions are to given ones. Pictures without any are left out.

        Raises:
            DataError: If they do not pair up, or none is left.
            OptionError: If ``beam`` is out of range, or sacrebleu is missing.
        """
        return self._judged(checked(pictures, captions, self.plan_.side), whole("beam", beam, 1))

    @torch.no_grad()
    def look(self, picture: ArrayLike, caption: str | None = None) -> Seen:
        """How much each piece of a caption looks at each place of a picture.

        Args:
            picture: As for :meth:`fit`.
            caption: Any; None for what :meth:`predict` writes.

        Raises:
            DataError: If it is no picture.
        """
        seen = self._squares([picture])
        if caption is None:
            numbers = self._write(seen, BEAM)[0].numbers
        else:
            numbers = self.sentences_.numbers(caption)
        weights = self.network_.looks(seen, torch.tensor([[START, *numbers[:-1]]]))[0]
        places = self.plan_.places
        return Seen(
            seen[0].permute(1, 2, 0).numpy(),
            tuple(self.sentences_.pieces(numbers)),
            weights.reshape(-1, places, places).numpy(),
        )

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
            OptionError: If tokenizers is missing.
        """
        return stored.load(cls, Path(path))

    def _wishes(self) -> Wishes:
        own: dict[str, Any] = self.get_params()
        own.pop("seed")
        return Wishes(**own)

    def _squares(self, pictures: Sequence[ArrayLike]) -> Tensor:
        return squares(pictures, self.plan_.side)

    def _numbered(self, given: Given) -> Numbered:
        owners = [place for place, some in enumerate(given.captions) for _ in some]
        captions = [torch.tensor(self.sentences_.numbers(one)) for one in given.lines]
        return Numbered(given.pictures, captions, torch.tensor(owners))

    def _learn(
        self,
        train: Numbered,
        held: Numbered | None,
        watch: Sequence[Callback],
        run: Checkpoint | None,
    ) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            self.network_ = Network(self.plan_, len(self.sentences_))
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

    def _judged(self, given: Given, beam: int) -> Scores:
        found = [self._caption(one).text for one in self._write(given.pictures, beam)]
        return Scores.of(found, given.captions)

    @torch.no_grad()
    def _write(self, pictures: Tensor, beam: int) -> list[Written]:
        """What is written of squares (N, 3, S, S)."""
        found: list[Written] = []
        for some in torch.split(pictures, max(1, ROWS // beam)):
            state = self.network_.start(some)
            most = self.longest_ + ROOM
            found += written(self.network_, state, len(some), beam, most)
        return found

    def _caption(self, one: Written) -> Caption:
        score = one.log_probability / max(1, len(one.numbers))
        return Caption(self.sentences_.text(one.numbers), score, one.ended)

    def _said(self, train: Given, held: Given) -> list[str]:
        count = f"{len(train):,} pictures"
        said = (
            f"{count} are learned from, {len(held):,} are held out to judge by"
            if len(held)
            else f"{count} are too few to hold any out: nothing says how good it is"
        )
        several = [f"some have several captions, {len(train.lines):,} in all"]
        more = several if len(train.lines) > len(train) else []
        return [said, *more, f"{len(self.sentences_):,} symbols"]


def unended(found: Sequence[Caption]) -> list[str]:
    """A sentence on captions that were cut off, if there are any."""
    count = sum(not one.ended for one in found)
    said = f"{count:,} of {len(found):,} captions were cut off at the greatest length"
    return [said] if count else []
