"""From pieces of music to what writes on from their like."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from recurra import atomic
from recurra.applications.kept import kept_run
from recurra.applications.music import stored
from recurra.applications.music.holding_out import parted
from recurra.applications.music.learning import learn, nats
from recurra.applications.music.network import Composer, written
from recurra.applications.music.roll import KEYS, Grid, checked
from recurra.applications.music.rules import Plan, Wishes, plan
from recurra.applications.music.scores import Counts, Likelihood
from recurra.applications.music.voices import DRAWS, Voices
from recurra.errors import DataError, OptionError
from recurra.estimator import Estimator
from recurra.options import whole
from recurra.training import Callback, Checkpoint, History


class MusicModel(Estimator):
    """Writes music on from a start, and says how likely a piece is.

    A piece is a piano roll: which of 88 keys sound at each step. A layer reads it forwards; at each
    step it tells of each key how likely it sounds at the next.

    Args:
        cell: The name of a cell; None for ``"gru"`` up to 50,000 steps of music and ``"lstm"``
            beyond.
        units: H, of each layer, at least 1; None for 256, or 128 if there is little music.
        layers: How many, at least 1; None for 1.
        epochs: Passes over the music, at most; None for as many as read 7 million steps, 300 at
            most.
        batch_size: Pieces a step, at most, at least 1; None for about 960 steps of music.
        learning_rate: Its peak, above 0; None for 0.006 or 0.01, by the amount of music.
        seed: Of all chance. The same seed gives the same model on the same machine.

    Attributes:
        grid_: What a step is.
        plan_: The settings that were used.
        composer_: What was learned.
        history_: Losses and learning rate of each judgement.
        counts_: What counting alone knows of keys.
        voices_: How many keys sound after how many.
        held_out_: How likely the pieces were that were held out. None in a loaded model.
        chosen_on_held_out_: Whether the best weights were chosen by these pieces, for want of
            others.
        held_out_pieces_: These pieces, uint8 (T, 88) each; empty in a loaded model.
        notes_: What was chosen or left out, a sentence each.
    """

    grid_: Grid
    plan_: Plan
    composer_: Composer
    history_: History
    counts_: Counts
    voices_: Voices
    held_out_: Likelihood | None
    chosen_on_held_out_: bool
    held_out_pieces_: list[Tensor]
    notes_: tuple[str, ...]

    def __init__(
        self,
        *,
        cell: str | None = None,
        units: int | None = None,
        layers: int | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        seed: int = 0,
    ) -> None:
        self.cell = cell
        self.units = units
        self.layers = layers
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.seed = seed

    def fit(
        self,
        pieces: Sequence[object],
        *,
        validation: Sequence[object] = (),
        test: Sequence[object] = (),
        grid: Grid | None = None,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
    ) -> Self:
        """Learns from pieces.

        Parts that are not given are held out of ``pieces``: see
        :func:`recurra.applications.music.holding_out.parted`. Ctrl-C ends the training early with
        the best weights so far.

        Args:
            pieces: To learn from, (T, 88) of 0 and 1 each. Those of a single step are left out, and
                counted in the notes.
            validation: To choose the best weights by.
            test: To be judged by once, at the end.
            grid: What a step is; two a quarter if None. It matters only for MIDI files.
            watch: Callbacks, such as ``recurra.Progress()``.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and ends in the same bits
                as if it never had been. Empty once the fit is done.

        Raises:
            DataError: If there is too little music, or it is no piano roll.
            OptionError: If an option is out of range.
            KeyboardInterrupt: If nothing was learned yet.
            CheckpointError: If the checkpoint is of other pieces, options or another version.
            OutputError: If it cannot be written.
        """
        wishes = Wishes(
            self.cell, self.units, self.layers, self.epochs, self.batch_size, self.learning_rate
        )
        given = {"pieces": pieces, "validation": validation, "test": test}
        found = {name: checked(some, name) for name, some in given.items()}
        kept = {name: [one for one in some if len(one) > 1] for name, some in found.items()}
        parts = parted(kept["pieces"], kept["validation"], kept["test"], self.seed)
        short = sum(map(len, found.values())) - sum(map(len, kept.values()))
        steps = sum(map(len, parts.learned))
        self.grid_ = grid or Grid()
        self.plan_ = plan(len(parts.learned), steps, wishes)
        self.counts_ = Counts.of(parts.learned)
        self.voices_ = Voices.of(parts.learned)
        left = [f"{short:,} pieces of a single step are left out"] if short else []
        self.notes_ = (*left, *parts.notes, *self.plan_.notes)
        with kept_run(checkpoint, self.get_params(), *map(_digests, kept.values())) as run:
            self.composer_, self.history_ = learn(
                self.plan_,
                parts.learned,
                parts.chosen_by,
                seed=self.seed,
                callbacks=watch,
                checkpoint=run,
            )
        if self.history_.interrupted:
            if not self.history_.epoch:
                raise KeyboardInterrupt
            self.notes_ += (f"interrupted after {len(self.history_.epoch)} of {self.plan_.looks}",)
        self.chosen_on_held_out_ = not parts.judged
        self.held_out_pieces_ = parts.judged or parts.chosen_by
        self.held_out_ = self.evaluate(self.held_out_pieces_)
        return self

    def predict(
        self,
        start: object | None = None,
        *,
        steps: int = 128,
        temperature: float = 1.0,
        samples: int = 1,
        seed: int = 0,
    ) -> list[Tensor]:
        """Writes on from a start.

        Each step is drawn given all steps before: how many keys sound, then which.

        Args:
            start: What sounded before, (T, 88); None to begin a piece.
            steps: How many are written, at least 0.
            temperature: Above 0; below 1 the likely becomes likelier.
            samples: How many times, at least 1.
            seed: Of the draws.

        Returns:
            What was written, without the start: uint8 (steps, 88), ``samples`` of them.

        Raises:
            OptionError: If an option is out of range.
            DataError: If the start is no piano roll.
        """
        whole("steps", steps, 0)
        whole("samples", samples, 1)
        if not 0 < temperature < math.inf:
            raise OptionError(f"temperature={temperature!r}", "a finite number above 0")
        begun = torch.zeros(0, KEYS) if start is None else checked([start], "start")[0]
        generator = torch.Generator().manual_seed(seed)
        # One sample after the other, so that the first is the same however many there are.
        chance = [torch.rand(steps, DRAWS, generator=generator) for _ in range(samples)]
        return list(written(self.composer_, self.voices_, begun, torch.stack(chance), temperature))

    def evaluate(self, pieces: Sequence[object]) -> Likelihood:
        """How likely pieces are, each read from its beginning.

        Args:
            pieces: (T, 88) each; those of a single step are not counted.

        Raises:
            DataError: If none has two steps.
        """
        kept = [one for one in checked(pieces) if len(one) > 1]
        if not kept:
            raise DataError("no piece of at least two steps", "at least one")
        found = nats(self.composer_, kept)
        counted = [self.counts_.nats(piece) for piece in kept]
        by_frequency, by_step = (sum(some) for some in zip(*counted, strict=True))
        return Likelihood(found.total, found.steps, len(kept), by_frequency, by_step)

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


def _digests(pieces: Sequence[Tensor]) -> list[str]:
    """Of all pieces, by which a checkpoint of another run is told apart."""
    return [hashlib.blake2b(one.numpy().tobytes(), digest_size=16).hexdigest() for one in pieces]
