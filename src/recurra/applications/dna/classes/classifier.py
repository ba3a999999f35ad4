"""From sequences and their classes to a classifier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra import atomic
from recurra.applications.dna.classes import stored
from recurra.applications.dna.classes.checks import Given, checked, numbers_of, said
from recurra.applications.dna.classes.inside import view
from recurra.applications.dna.classes.learning import Examples, answers, learn
from recurra.applications.dna.classes.network import Network
from recurra.applications.dna.classes.rules import FEWEST, FOLDS, LONGEST, Plan, Wishes, plan
from recurra.applications.folds import folds, splits
from recurra.applications.inside import look_inside
from recurra.applications.kept import kept_run
from recurra.applications.members import learn_in_turn
from recurra.applications.scoring import Scores
from recurra.errors import DataError
from recurra.estimator import Estimator
from recurra.explain import Explanation
from recurra.explain.member import member
from recurra.training import Callback, Checkpoint, History

THINGS = "sequences"


class SequenceClassifier(Estimator):
    """Says which class a sequence of DNA is of: whether its middle is a splice junction, say.

    Several networks read the sequence both ways, a few bases at each step, and are averaged. Where
    all sequences have one length they answer from what they know in the middle, beside all
    together. Each holds out a different tenth of the sequences, keeps its best weights by it, and
    is judged on it.

    Args:
        cell: The name of a cell.
        units: H, of the layer in each direction, at least 1; None for 32.
        networks: How many are averaged, at least 1; None for 5, 3 or 1 by the number of sequences.
        epochs: Passes over the sequences, at most; None for what makes about 1,500 steps, 4 to 60.
        batch_size: Sequences a step, at most; None for 16, 32 or 64 by the number of sequences.
        learning_rate: Its peak, above 0; None for 0.003.
        seed: Of all chance. The same seed gives the same model on the same machine.

    Attributes:
        classes_: The classes, sorted.
        plan_: The settings that were used.
        networks_: What was learned.
        histories_: Losses and learning rate of each network.
        held_out_: How each network did on its part that was held out, counted together. None if
            there were too few sequences, and in a loaded model.
        notes_: What was chosen, repaired or left out, a sentence each.
    """

    classes_: tuple[str, ...]
    plan_: Plan
    networks_: list[Network]
    histories_: list[History]
    held_out_: Scores | None
    notes_: tuple[str, ...]

    def __init__(
        self,
        *,
        cell: str = "lstm",
        units: int | None = None,
        networks: int | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        seed: int = 0,
    ) -> None:
        self.cell = cell
        self.units = units
        self.networks = networks
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.seed = seed

    def fit(
        self,
        sequences: Sequence[str],
        labels: Sequence[str],
        *,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
    ) -> Self:
        """Learns from sequences and their classes.

        Ctrl-C ends the training early with what was learned so far.

        Args:
            sequences: N of them, in the letters of the IUPAC. Empty ones are left out, and counted
                in the notes.
            labels: The class of each.
            watch: Callbacks, such as ``recurra.Progress()``; they see all networks as one training.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and ends in the same bits
                as if it never had been. Empty once the fit is done.

        Raises:
            DataError: If sequences and labels do not pair up, a letter is of no base, or there are
                not two classes.
            OptionError: If an option is out of range.
            KeyboardInterrupt: If nothing was learned yet.
            CheckpointError: If the checkpoint is of other sequences, options or another version.
            OutputError: If it cannot be written.
        """
        wishes = {name: value for name, value in self.get_params().items() if name != "seed"}
        asked = Wishes(**wishes)
        given = checked(sequences, labels, THINGS)
        self.plan_ = plan([len(one) for one in given.sequences], asked)
        self.notes_ = (*given.notes, *said(given), *self._cut(given.sequences), *self.plan_.notes)
        self.classes_ = tuple(sorted(set(given.labels)))
        with kept_run(checkpoint, self.get_params(), given.letters, given.labels) as run:
            self._fit(given, watch, run)
        return self

    def predict(self, sequences: Sequence[str]) -> list[str]:
        """The likeliest class of each sequence."""
        return [self.classes_[place] for place in self.predict_proba(sequences).argmax(1)]

    def predict_proba(self, sequences: Sequence[str]) -> NDArray[np.float32]:
        """The probability of each class, (N, C), in the order of ``classes_``.

        A sequence without a base gets an answer too, which is made of nothing.

        Raises:
            DataError: If a letter is of no base.
        """
        return answers(self.networks_, self._examples(numbers_of(sequences, THINGS))).numpy()

    def explain(self, sequence: str, *, network: int = 1) -> Explanation:
        """What a network remembers of a sequence, and why it gives it its class.

        ``save("page.html")`` of the result writes a page that shows every gate and state at every
        base; as text it is a few sentences. What is explained is the probability that the network
        gives to the class that the classifier finds likeliest.

        Args:
            sequence: In the letters of the IUPAC.
            network: Which of the networks that answer together, from 1.

        Raises:
            DataError: If a letter is of no base, or there is none.
            OptionError: If there is no such network.
        """
        shown, notes = member(self.networks_, network)
        if not sequence:
            raise DataError("a sequence without a base", "a sequence of bases")
        (label,) = self.predict([sequence])
        (read,) = self._examples(numbers_of([sequence], THINGS)).sequences
        found = view(shown, read, (self.classes_.index(label), label))
        return look_inside(shown, replace(found, notes=(*notes, *self.said_of([sequence]))))

    def evaluate(self, sequences: Sequence[str], labels: Sequence[str]) -> Scores:
        """How well it does on sequences whose classes are known. All are counted, empty ones too.

        A class that the model does not know counts as wrong.

        Raises:
            DataError: If sequences and labels do not pair up, there is none, or a letter is of no
                base.
        """
        if len(sequences) != len(labels) or not sequences:
            raise DataError(
                f"{len(sequences)} sequences and {len(labels)} labels",
                "a label for each sequence, at least one",
            )
        truth = list(map(str, labels))
        return Scores.of(truth, self.predict(sequences), self.classes_, THINGS)

    def said_of(self, sequences: Sequence[str], labels: Sequence[str] = ()) -> list[str]:
        """What is to be known before sequences are answered or judged, a sentence each.

        Args:
            sequences: The sequences.
            labels: Their classes, where they are known.
        """
        empty = sum(not one for one in sequences)
        length = self.plan_.length
        other = sum(len(one) != length for one in sequences if one) if length else 0
        strange = sum(str(label) not in self.classes_ for label in labels)
        counted = (
            (empty, "are empty, and get an answer made of nothing"),
            (other, f"are not {length:,} bases long, as all were that the model learned from"),
            (strange, "are of classes that the model does not know: counted as wrong"),
        )
        return [
            *(f"{count:,} of the sequences {what}" for count, what in counted if count),
            *self._cut(numbers_of(sequences, THINGS)),
        ]

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

    def _cut(self, sequences: Sequence[Tensor]) -> list[str]:
        longer = sum(len(one) > LONGEST for one in sequences)
        said = f"{longer:,} of the sequences are longer than {LONGEST:,} bases: of those the middle"
        return [f"{said} {LONGEST:,} are read"] if longer else []

    def _examples(self, sequences: Sequence[Tensor], labels: Sequence[str] = ()) -> Examples:
        places = {name: place for place, name in enumerate(self.classes_)}
        classes = torch.tensor([places[label] for label in labels], dtype=torch.int64)
        read = [_middle(one, LONGEST) for one in sequences]
        return Examples(read, classes, torch.arange(len(read)))

    def _fit(self, given: Given, watch: Sequence[Callback], run: Checkpoint | None) -> None:
        train = self._examples(given.sequences, given.labels)
        parts = folds(given.letters, train.classes.tolist(), FOLDS, self.seed)
        if len(train.places) < FEWEST:
            parts = torch.full_like(parts, -1)
            self.notes_ += (
                f"{len(parts)} sequences are too few to hold any out: nothing says how good it is",
            )
        parted = splits(parts, self.plan_.networks, FOLDS)
        self._learn(train, parted, watch, run)
        self.held_out_ = self._judged_apart(train, parted[:FOLDS])

    def _learn(
        self,
        train: Examples,
        parted: Sequence[tuple[Tensor, Tensor]],
        watch: Sequence[Callback],
        run: Checkpoint | None,
    ) -> None:
        def one(member: int, shown: Callback) -> tuple[Network, History]:
            learned, out = parted[member]
            return learn(
                self.plan_,
                len(self.classes_),
                train.at(learned),
                train.at(out) if len(out) else None,
                seed=self.seed + member,
                callbacks=[shown],
                checkpoint=run,
            )

        found = learn_in_turn(len(parted), one, watch)
        self.networks_, self.histories_ = found.networks, found.histories
        self.notes_ += found.notes

    def _judged_apart(
        self, train: Examples, parted: Sequence[tuple[Tensor, Tensor]]
    ) -> Scores | None:
        """Each network on the part that it did not learn from, counted together."""
        truth, answered = [], []
        for network, (_, out) in zip(self.networks_, parted, strict=False):
            found = answers([network], train.at(out)).argmax(1)
            truth += [self.classes_[place] for place in train.classes[out].tolist()]
            answered += [self.classes_[place] for place in found.tolist()]
        return Scores.of(truth, answered, self.classes_, THINGS) if truth else None


def _middle(sequence: Tensor, most: int) -> Tensor:
    # Of nothing, one step without a base is read.
    start = max(0, len(sequence) - most) // 2
    return sequence[start : start + most] if len(sequence) else sequence.new_zeros(1)
