"""From sentences and their translations to a translator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import torch

from recurra import atomic
from recurra.applications.kept import kept_run
from recurra.applications.scoring import sacrebleu
from recurra.applications.translate import stored
from recurra.applications.translate.batches import Numbered
from recurra.applications.translate.checks import Given, checked
from recurra.applications.translate.holding_out import hold_out
from recurra.applications.translate.languages import SHARED as ENOUGH_IN_COMMON
from recurra.applications.translate.languages import Languages, in_common
from recurra.applications.translate.learning import learn
from recurra.applications.translate.network import Network
from recurra.applications.translate.pieces import cut, joined
from recurra.applications.translate.rules import LONGEST, Plan, Wishes, plan
from recurra.applications.translate.scores import Scores
from recurra.applications.translate.seen import Seen
from recurra.applications.translate.writing import Translation, write
from recurra.applications.words import END, START, even
from recurra.applications.written import Written
from recurra.errors import DataError
from recurra.estimator import Estimator
from recurra.options import whole
from recurra.training import Callback, Checkpoint, History

BEAM = 5

USUAL = 0.99
"""The share of training pairs whose translation is no longer, for its source, than any may be."""


class Translator(Estimator):
    """Translates sentences into another language, having read pairs of sentences.

    A layer reads the subwords of a sentence both ways; another writes its translation, and looks
    back at what was read at each step. Some pairs are held out; the best weights by them are kept,
    and the translator is judged on them.

    Args:
        vocabulary_size: The most subwords of a vocabulary, at least 256; None for 512 to 16,000 by
            the amount of text.
        shared: Whether both languages have one vocabulary; None if they have at least half of their
            letters in common.
        cell: The name of a cell.
        units: H of the layer that writes; None for 64 to 256 by the amount of text.
        epochs: Passes over the pairs, at most; None for what reads 3 million symbols, 20 at most.
        batch_size: Symbols of a batch on either side; None for 200 to 1,000 by the amount of text.
        learning_rate: Its peak, above 0; None for 0.002.
        longest: The most subwords of a sentence, on either side; None for 100. Longer pairs are not
            learned from, and longer sentences are translated in pieces.
        seed: Of all chance. The same seed gives the same model on the same machine.

    Attributes:
        languages_: The subwords.
        plan_: The settings that were used.
        network_: What was learned.
        ratio_: How many subwords a translation may have for each of its source, beside 10.
        history_: Losses and learning rate of each pass.
        held_out_: How it did on the pairs that were held out. None if there were too few pairs, and
            in a loaded model.
        samples_: Those pairs; empty in a loaded model.
        notes_: What was chosen, repaired or left out, a sentence each.
    """

    languages_: Languages
    plan_: Plan
    network_: Network
    ratio_: float
    history_: History
    held_out_: Scores | None
    samples_: Given
    notes_: tuple[str, ...]

    def __init__(
        self,
        *,
        vocabulary_size: int | None = None,
        shared: bool | None = None,
        cell: str = "lstm",
        units: int | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        longest: int | None = None,
        seed: int = 0,
    ) -> None:
        self.vocabulary_size = vocabulary_size
        self.shared = shared
        self.cell = cell
        self.units = units
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.longest = longest
        self.seed = seed

    def fit(
        self,
        sources: Sequence[str],
        targets: Sequence[str],
        *,
        validation: tuple[Sequence[str], Sequence[str]] | None = None,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
    ) -> Self:
        """Learns from sentences and their translations.

        Ctrl-C ends the training early with the best weights so far.

        Args:
            sources: N sentences. Pairs of which one side is blank are left out, and counted in the
                notes.
            targets: The translation of each.
            validation: Sentences and translations that choose the best weights; None to hold out a
                tenth of the pairs, at most 1,000.
            watch: Callbacks, such as ``recurra.Progress()``.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and ends in the same bits
                as if it never had been. Empty once the fit is done.

        Raises:
            DataError: If sentences do not pair up, or none is left.
            OptionError: If an option is out of range, or a library is missing.
            KeyboardInterrupt: If nothing was learned yet.
            CheckpointError: If the checkpoint is of other texts, options or another version.
            OutputError: If it cannot be written.
        """
        # What is missing is known before the long part.
        sacrebleu()
        wishes = self._wishes()
        given = checked(sources, targets, "pairs")
        beside = None if validation is None else checked(*validation, "validation pairs")
        train, held = self._parted(given, beside)
        self.languages_ = self._languages(train)
        learned, judged = self._numbered(train, wishes), self._numbered(held, wishes)
        self.plan_ = plan(sum(map(len, learned.targets)), wishes)
        self.ratio_ = _ratio(learned)
        self.notes_ = (*given.notes, *self._said(train, held, len(learned.sources)))
        self.notes_ += () if beside is None else beside.notes
        texts = [side for one in (given, beside) if one for side in (one.sources, one.targets)]
        with kept_run(checkpoint, self.get_params(), *texts) as run:
            self._learn(learned, judged if judged.sources else None, watch, run)
        self.held_out_ = self.evaluate(held.sources, held.targets) if len(held) else None
        self.samples_ = held
        return self

    def predict(self, sentences: Sequence[str], *, beam: int = BEAM) -> list[str]:
        """The translation of each sentence, on one line; of a blank one, nothing.

        Args:
            sentences: A long one is translated in pieces, each of at most ``longest`` subwords.
            beam: How many hypotheses are extended, at least 1; 1 takes the likeliest symbol at
                each step.

        Raises:
            DataError: If they are no list of texts.
            OptionError: If ``beam`` is out of range.
        """
        return [one.text for one in self.translate(sentences, beam=beam)]

    def translate(self, sentences: Sequence[str], *, beam: int = BEAM) -> list[Translation]:
        """The same with scores, and in how many pieces each was translated."""
        whole("beam", beam, 1)
        pieces = [self._pieces(one) for one in _texts(sentences)]
        flat = [piece for one in pieces for piece in one]
        written = iter(write(self.network_, flat, beam=beam, ratio=self.ratio_))
        return [
            self._translation(sentence, [next(written) for _ in one])
            for sentence, one in zip(sentences, pieces, strict=True)
        ]

    def evaluate(
        self, sources: Sequence[str], targets: Sequence[str], *, beam: int = BEAM
    ) -> Scores:
        """How near its translations are to given ones. Pairs with a blank side are left out.

        Raises:
            DataError: If sentences do not pair up, or none is left.
            OptionError: If ``beam`` is out of range, or sacrebleu is missing.
        """
        given = checked(sources, targets, "pairs")
        return Scores.of(self.predict(given.sources, beam=beam), given.targets)

    @torch.no_grad()
    def look(self, sentence: str, translation: str | None = None) -> Seen:
        """How much each piece of a translation looks at each piece of its sentence.

        Args:
            sentence: Of a long one the first piece is taken.
            translation: Any; None for what :meth:`predict` writes.

        Raises:
            DataError: If the sentence is blank.
        """
        pieces = self._pieces(sentence)
        if not pieces:
            raise DataError("a blank sentence", "a sentence with text in it")
        read = pieces[0]
        if translation is None:
            (found,) = write(self.network_, [read], beam=BEAM, ratio=self.ratio_)
            numbers = found.numbers
        else:
            numbers = self.languages_.written(translation)
        inputs = torch.tensor([[START, *numbers[:-1]]])
        weights = self.network_.structure.looks(torch.tensor([read]), inputs)[0]
        return Seen(
            tuple(self.languages_.pieces(read, of_source=True)),
            tuple(self.languages_.pieces(numbers, of_source=False)),
            weights.numpy(),
        )

    def said_of(self, found: Sequence[Translation]) -> list[str]:
        """What is to be known of translations, a sentence each."""
        blank = sum(not one.pieces for one in found)
        long = sum(one.pieces > 1 for one in found)
        cut_off = sum(not one.ended for one in found)
        said = [
            (blank, "blank: the translation is blank too"),
            (long, f"longer than {self.plan_.longest} subwords: translated in pieces"),
            (cut_off, "cut off at the greatest length that a translation may have"),
        ]
        return [f"{count:,} of {len(found):,} {what}" for count, what in said if count]

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
        if self.vocabulary_size is not None:
            whole("vocabulary_size", self.vocabulary_size, 1)
        own = ("cell", "units", "epochs", "batch_size", "learning_rate", "longest")
        return Wishes(**{name: getattr(self, name) for name in own})

    def _parted(self, given: Given, beside: Given | None) -> tuple[Given, Given]:
        """What is learned from, and what is held out."""
        if beside is not None:
            return given, beside
        learned, held = hold_out(given.sources, given.targets, self.seed)
        return given.some(learned), given.some(held)

    def _languages(self, train: Given) -> Languages:
        common = in_common(train.sources, train.targets)
        shared = common >= ENOUGH_IN_COMMON if self.shared is None else self.shared
        return Languages.of(
            train.sources, train.targets, size=self.vocabulary_size, shared=bool(shared)
        )

    def _numbered(self, pairs: Given, wishes: Wishes) -> Numbered:
        """Pairs as numbers, those left out that are too long on either side."""
        every = Numbered(
            [torch.tensor(self.languages_.read(one)) for one in pairs.sources],
            [torch.tensor(self.languages_.written(one)) for one in pairs.targets],
        )
        # The end mark is no subword.
        return every.short((wishes.longest or LONGEST) + 1)

    def _learn(
        self,
        train: Numbered,
        judged: Numbered | None,
        watch: Sequence[Callback],
        run: Checkpoint | None,
    ) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            self.network_ = Network(
                self.plan_, self.languages_.sizes, shared=self.languages_.shared
            )
            self.history_ = learn(
                self.plan_,
                self.network_,
                train,
                judged,
                seed=self.seed,
                callbacks=watch,
                checkpoint=run,
            )
        if self.history_.interrupted:
            passes = len(self.history_.epoch)
            if not passes:
                raise KeyboardInterrupt
            self.notes_ += (f"interrupted after pass {passes} of {self.plan_.passes:.0f}",)

    def _said(self, train: Given, held: Given, kept: int) -> list[str]:
        own, longest = self.languages_, self.plan_.longest
        sizes = [f"{size:,}" for size in own.sizes]
        among = len(set(zip(held.sources, held.targets, strict=True)) & _pairs(train))
        left = len(train) - kept
        notes = [
            f"{len(train):,} pairs are learned from, {len(held):,} are held out to judge by"
            if len(held)
            else f"{len(train):,} pairs are too few to hold any out: nothing says how good it is",
            f"{sizes[0]} symbols, shared by both languages"
            if own.shared
            else f"{sizes[0]} symbols of the source and {sizes[1]} of the target",
        ]
        notes += [f"{among:,} of the pairs held out stand among the others too"] if among else []
        notes += [f"{left:,} pairs are longer than {longest} subwords: left out"] if left else []
        return [*notes, *self.plan_.notes]

    def _pieces(self, sentence: str) -> list[list[int]]:
        """A sentence as it is read, each piece with its end mark; a blank one has no piece."""
        numbers = self.languages_.read(sentence)[:-1] if even(sentence) else []
        return [
            [*one, END] for one in cut(numbers, self.plan_.longest, self.languages_.source_text)
        ]

    def _translation(self, source: str, written: Sequence[Written]) -> Translation:
        symbols = sum(len(one.numbers) for one in written)
        return Translation(
            source,
            joined([self.languages_.text(one.numbers) for one in written]),
            sum(one.log_probability for one in written) / max(1, symbols),
            len(written),
            all(one.ended for one in written),
        )


def _ratio(pairs: Numbered) -> float:
    """How many symbols nearly all translations have, at most, for each of their source."""
    if not pairs.sources:
        raise DataError(
            "only pairs of more subwords than are read of a sentence",
            "pairs of single sentences",
            "cut the texts into sentences, or give a larger longest",
        )
    return float(np.quantile([len(t) / len(s) for s, t in zip(*pairs, strict=True)], USUAL))


def _pairs(given: Given) -> set[tuple[str, str]]:
    return set(zip(given.sources, given.targets, strict=True))


def _texts(sentences: Sequence[str]) -> Sequence[str]:
    strange = next((one for one in sentences if not isinstance(one, str)), "")
    if isinstance(sentences, str) or strange != "":
        raise DataError(
            repr(sentences if isinstance(sentences, str) else strange)[:60],
            "a list of texts",
            'predict(["..."])',
        )
    return sentences
