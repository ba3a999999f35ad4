"""From recordings and what is said in them to what writes down others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from recurra import atomic
from recurra.applications.kept import kept_run
from recurra.applications.speech import stored
from recurra.applications.speech.alphabet import SPACE, Alphabet
from recurra.applications.speech.hearing import Source, opened, power_of
from recurra.applications.speech.learning import Joining, answers, learn
from recurra.applications.speech.material import Material, gather, parted, with_room
from recurra.applications.speech.network import Network
from recurra.applications.speech.rules import FEWEST, Plan, Wishes, plan
from recurra.applications.speech.scores import Scores
from recurra.applications.speech.seen import Seen
from recurra.applications.speech.sound import library
from recurra.applications.speech.spectrum import HOP, Scale, powers
from recurra.applications.speech.streaming import SpeechStream
from recurra.applications.speech.transcript import Transcript, transcript
from recurra.applications.speech.words import Words
from recurra.errors import DataError
from recurra.estimator import Estimator
from recurra.options import whole
from recurra.training import Callback, Checkpoint, History


@dataclass(frozen=True)
class Sample:
    """A recording that was held out.

    Attributes:
        power: In bands of frequency, (T, 40).
        said: What is spoken.
        heard: What was heard.
    """

    power: Tensor
    said: str
    heard: str


@dataclass(frozen=True)
class Judged:
    """How well a recogniser does on some recordings.

    Attributes:
        scores: The figures.
        notes: What is to be known of them.
    """

    scores: Scores
    notes: tuple[str, ...]


class SpeechRecogniser(Estimator):
    """Writes down what is said in recordings, having heard others with their texts.

    A network reads the power of sound in bands of frequency both ways and says at each step which
    letter is spoken, or none (connectionist temporal classification): nothing needs to say when.
    It writes letter by letter, in small letters without marks, or in words of a lexicon alone.

    Args:
        cell: The name of a cell.
        units: H, of each layer in each direction, at least 1; None for 96.
        layers: One above the other, at least 1; None for 2.
        joins: The share of steps in which recordings are joined to strings, from 0 to 1; None for a
            half where most texts are single words, else 0.
        rate: Samples a second at which recordings are heard, at least 4,000; None for 16,000, or
            8,000 where a tenth of them have fewer than 16,000.
        epochs: Passes over the recordings, at most; None for what makes about 8,000 steps, 10 to
            300.
        batch_size: Recordings a step, at most; None for 1 to 32 by their number.
        learning_rate: Its peak, above 0; None for 0.004.
        seed: Of all chance. The same seed gives the same model on the same machine.

    Attributes:
        alphabet_: The letters.
        words_: The words of the texts that were learned from, sorted.
        rate_: Samples a second at which recordings are heard.
        scale_: The usual level of each band.
        plan_: The settings that were used.
        network_: What was learned.
        history_: Losses and learning rate of each pass.
        held_out_: How it did, letter by letter, on the recordings that were held out. None if there
            were too few, and in a loaded model.
        samples_: Some of those; empty in a loaded model.
        notes_: What was chosen, repaired or left out, a sentence each.
    """

    alphabet_: Alphabet
    words_: list[str]
    rate_: int
    scale_: Scale
    plan_: Plan
    network_: Network
    history_: History
    held_out_: Scores | None
    samples_: list[Sample]
    notes_: tuple[str, ...]

    def __init__(
        self,
        *,
        cell: str = "lstm",
        units: int | None = None,
        layers: int | None = None,
        joins: float | None = None,
        rate: int | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        seed: int = 0,
    ) -> None:
        self.cell = cell
        self.units = units
        self.layers = layers
        self.joins = joins
        self.rate = rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.seed = seed

    def fit(
        self,
        recordings: Sequence[Source],
        texts: Sequence[str],
        *,
        validation: tuple[Sequence[Source], Sequence[str]] | None = None,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
    ) -> Self:
        """Learns from recordings and what is said in them.

        Ctrl-C ends the training early with the best weights so far.

        Args:
            recordings: N sounds, or paths of WAV or FLAC files. Those that cannot be read, are
                silent, or too short for their texts are left out, and counted in the notes.
            texts: What is said in each. Blank ones are left out, and counted.
            validation: Recordings and texts that choose the best weights; None to hold out a tenth
                of the recordings, at most 1,000.
            watch: Callbacks, such as ``recurra.Progress()``.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and ends in the same bits
                as if it never had been. Empty once the fit is done.

        Raises:
            DataError: If recordings and texts do not pair up, or none is left.
            OptionError: If an option is out of range, or a library is missing.
            KeyboardInterrupt: If nothing was learned yet.
            CheckpointError: If the checkpoint is of other recordings, options or another version.
            OutputError: If it cannot be written.
        """
        wishes = self._wishes()
        # What is missing is known before the long part.
        library("jiwer")
        given = gather(recordings, texts, "recordings", self.rate)
        self.rate_ = given.rate
        self.plan_ = plan(given.amount, wishes)
        given = with_room(given, self.plan_.sizes.stack)
        beside = None
        if validation is not None:
            beside = gather(*validation, "validation recordings", self.rate_)
        train, held = parted(given, self.seed) if beside is None else (given, beside)
        self.alphabet_ = Alphabet.of(given.texts, joined=self.plan_.joins > 0)
        self.words_ = sorted({word for text in given.texts for word in text.split()})
        self.scale_ = Scale.of(train.powers)
        self.notes_ = (*given.notes, *self._said(train, held), *(beside.notes if beside else ()))
        every = [part for one in (given, beside) if one for part in (one.texts, one.digests())]
        with kept_run(checkpoint, self.get_params(), *every) as run:
            self._learn(train, held, watch, run)
        self._judge_held_out(held)
        return self

    def predict(
        self, recordings: Sequence[Source], *, lexicon: Iterable[str] | None = None
    ) -> list[str]:
        """What is said in each recording; in a silent one, nothing.

        Args:
            recordings: Sounds, or paths.
            lexicon: The words that alone may be written; ``words_`` are those of the training. None
                for any letters.

        Raises:
            DataError: If one cannot be read, or no word can be written in the known letters.
            OptionError: If a library is missing.
        """
        return [one.text for one in self.transcribe(recordings, lexicon=lexicon)]

    def transcribe(
        self, recordings: Sequence[Source], *, lexicon: Iterable[str] | None = None
    ) -> list[Transcript]:
        """The same with the time of each word, where no lexicon is given."""
        if isinstance(recordings, str | Path):
            raise DataError(f"{recordings}", "a list of recordings", "write [recording]")
        heard = []
        for one in recordings:
            sound = opened(one)
            heard.append(None if sound.silent else powers(sound.at(self.rate_).samples, self.rate_))
        found = iter(self._transcripts([one for one in heard if one is not None], lexicon))
        return [Transcript("") if one is None else next(found) for one in heard]

    def evaluate(
        self,
        recordings: Sequence[Source],
        texts: Sequence[str],
        *,
        lexicon: Iterable[str] | None = None,
    ) -> Scores:
        """How near what it hears comes to what is said.

        Capitals and marks of the texts do not count. What cannot be read or is silent is left out.

        Raises:
            DataError: If recordings and texts do not pair up, or none is left.
            OptionError: If a library is missing.
        """
        return self.judge(recordings, texts, lexicon=lexicon).scores

    def judge(
        self,
        recordings: Sequence[Source],
        texts: Sequence[str],
        *,
        lexicon: Iterable[str] | None = None,
    ) -> Judged:
        """The same, with what is to be known of the recordings.

        Raises:
            DataError: As for :meth:`evaluate`.
        """
        library("jiwer")
        given = gather(recordings, texts, "recordings", self.rate_)
        found = [one.text for one in self._transcripts(given.powers, lexicon)]
        return Judged(Scores.of(given.texts, found), (*given.notes, *self._strange(given.texts)))

    def stream(self, rate: int) -> SpeechStream:
        """Writes down sound while it comes in; see :class:`SpeechStream`.

        Args:
            rate: Samples a second, at least 1,000.

        Raises:
            OptionError: If the rate is out of range, or soxr is missing.
        """
        return SpeechStream(self.network_, self.scale_, self.alphabet_, self.rate_, rate)

    def log_probs(self, heard: Sequence[Tensor]) -> list[Tensor]:
        """The log-probabilities of the blank and of ``alphabet_``'s letters, (S_i, V) each.

        Args:
            heard: The power of recordings in bands of frequency, (T_i, 40) each.
        """
        return answers(self.network_, self.scale_, heard)

    def look(self, recording: Source, name: str) -> Seen:
        """A recording as it is seen, with how likely each letter is at each moment.

        Args:
            recording: A sound, or a path.
            name: What it is called.

        Raises:
            DataError: If it cannot be read.
        """
        power = power_of(recording, self.rate_)
        (found,) = self.log_probs([power])
        text = transcript(found, self.alphabet_, self.seconds_a_step).text
        heading = f"{name}: {text!r}"
        return Seen(power, found, self.alphabet_, self.seconds_a_step, heading)

    @property
    def seconds_a_step(self) -> float:
        """Of the recording that the network reads at a step."""
        return HOP * self.plan_.sizes.stack

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
        if self.rate is not None:
            whole("rate", self.rate, 4000)
        own = ("cell", "units", "layers", "joins", "epochs", "batch_size", "learning_rate")
        return Wishes(**{name: getattr(self, name) for name in own})

    def _learn(
        self,
        train: Material,
        held: Material,
        watch: Sequence[Callback],
        run: Checkpoint | None,
    ) -> None:
        alphabet, sizes = self.alphabet_, self.plan_.sizes
        judged = with_room(held, sizes.stack) if len(held) else held
        known = [n for n, text in enumerate(judged.texts) if not alphabet.strange([text])]
        joining = Joining(self.plan_.joins, alphabet.numbers(SPACE if self.plan_.joins else ""))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            self.network_ = Network(sizes, len(alphabet))
            self.history_ = learn(
                self.network_,
                self.scale_,
                self.plan_,
                train.spoken(alphabet, sizes.stack),
                judged.some(known).spoken(alphabet, sizes.stack),
                joining=joining,
                seed=self.seed,
                callbacks=watch,
                checkpoint=run,
            )
        if self.history_.interrupted:
            passes = len(self.history_.epoch)
            if not passes:
                raise KeyboardInterrupt
            self.notes_ += (f"interrupted after pass {passes} of {self.plan_.epochs}",)

    def _judge_held_out(self, held: Material) -> None:
        self.held_out_, self.samples_ = None, []
        if len(held):
            found = [one.text for one in self._transcripts(held.powers, None)]
            self.held_out_ = Scores.of(held.texts, found)
            every = zip(held.powers, held.texts, found, strict=True)
            # What went wrong is worth seeing first.
            chosen = sorted(every, key=lambda one: one[1] == one[2])[:6]
            self.samples_ = [Sample(*one) for one in chosen]

    def _transcripts(
        self, heard: Sequence[Tensor], lexicon: Iterable[str] | None
    ) -> list[Transcript]:
        words = None if lexicon is None else Words(self.alphabet_, lexicon)
        return [
            transcript(one, self.alphabet_, self.seconds_a_step)
            if words is None
            else Transcript(words.read(one))
            for one in self.log_probs(heard)
        ]

    def _said(self, train: Material, held: Material) -> list[str]:
        seconds = HOP * sum(len(one) for some in (train, held) for one in some.powers)
        letters = self.alphabet_.letters
        return [
            f"{len(train) + len(held):,} recordings of {seconds / 60:.1f} minutes, "
            f"{len(self.words_):,} different words, {len(letters):,} letters"
            + (f": {letters!r}" if len(letters) <= 60 else ""),
            f"{len(train):,} are learned from, {len(held):,} are held out to judge by"
            if len(held)
            else f"fewer than {FEWEST} recordings are too few to hold any out: nothing says how "
            "good it is",
            *self.plan_.notes,
            *self._strange(held.texts),
        ]

    def _strange(self, texts: Sequence[str]) -> list[str]:
        letters = self.alphabet_.strange(texts)
        if not letters:
            return []
        count = sum(bool(self.alphabet_.strange([text])) for text in texts)
        return [
            f"{count:,} of {len(texts):,} texts to judge by have letters that were not learned "
            f"({''.join(sorted(letters))[:20]!r}): they cannot be written"
        ]
