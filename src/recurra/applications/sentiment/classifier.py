"""From texts and their classes to a classifier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra import atomic
from recurra.applications.folds import folds, splits
from recurra.applications.inside import look_inside
from recurra.applications.kept import kept_run
from recurra.applications.members import learn_in_turn
from recurra.applications.scoring import Scores
from recurra.applications.sentiment import stored
from recurra.applications.sentiment.batch import batch
from recurra.applications.sentiment.carrying import Carried, carried, words_read
from recurra.applications.sentiment.checks import Given, checked, repeated_texts
from recurra.applications.sentiment.inside import view
from recurra.applications.sentiment.learning import Examples, answers, learn
from recurra.applications.sentiment.network import Network
from recurra.applications.sentiment.rules import FEWEST, FOLDS, Plan, Wishes, plan
from recurra.applications.words import Lexicon, Vocabulary, stand_alone, tokens
from recurra.errors import DataError
from recurra.estimator import Estimator
from recurra.explain import Explanation
from recurra.explain.member import member
from recurra.training import Callback, Checkpoint, History

Pairs = tuple[Sequence[str], Sequence[str]]


class SentimentClassifier(Estimator):
    """Says which class a text is of: whether a review praises, say. Any number of classes.

    Several networks read the text both ways, from words or, where a script has no spaces, from its
    letters, and are averaged. Each holds out a different tenth of the texts, keeps its best weights
    by it, and is judged on it.

    Args:
        cell: The name of a cell.
        units: H, of the layer in each direction, at least 1; None for 100.
        embedding: The numbers in a token's vector, at least 1; None for 100.
        networks: How many are averaged, at least 1; None for 5, 3 or 1 by the number of texts.
        epochs: Passes over the texts, at most; None for what makes about 900 steps, 4 to 30.
        batch_size: Texts a step, at most; None for 32, or 64 from 50,000 texts on.
        learning_rate: Its peak, above 0; None for 0.002.
        longest: The most tokens read of a text, half from its beginning and half from its end;
            None for 256.
        seed: Of all chance. The same seed gives the same model on the same machine.

    Attributes:
        classes_: The classes, sorted.
        plan_: The settings that were used.
        lexicon_: The tokens that have numbers.
        networks_: What was learned.
        histories_: Losses and learning rate of each network.
        held_out_: How each network did on its part that was held out, counted together; on the
            validation texts, all networks together, where they were given. None if there were too
            few texts, and in a loaded model.
        notes_: What was chosen, repaired or left out, a sentence each.
    """

    classes_: tuple[str, ...]
    plan_: Plan
    lexicon_: Lexicon
    networks_: list[Network]
    histories_: list[History]
    held_out_: Scores | None
    notes_: tuple[str, ...]

    def __init__(
        self,
        *,
        cell: str = "lstm",
        units: int | None = None,
        embedding: int | None = None,
        networks: int | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        longest: int | None = None,
        seed: int = 0,
    ) -> None:
        self.cell = cell
        self.units = units
        self.embedding = embedding
        self.networks = networks
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.longest = longest
        self.seed = seed

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[str],
        *,
        validation: Pairs | None = None,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
    ) -> Self:
        """Learns from texts and their classes.

        Ctrl-C ends the training early with what was learned so far.

        Args:
            texts: N of them. Those without a single token are left out, and counted in the notes.
            labels: The class of each.
            validation: Texts and classes that choose the best weights; None to hold out a tenth of
                the texts, another one for each network.
            watch: Callbacks, such as ``recurra.Progress()``; they see all networks as one training.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and ends in the same bits
                as if it never had been. Empty once the fit is done.

        Raises:
            DataError: If texts and labels do not pair up, or there are not two classes.
            OptionError: If an option is out of range.
            KeyboardInterrupt: If nothing was learned yet.
            CheckpointError: If the checkpoint is of other texts, options or another version.
            OutputError: If it cannot be written.
        """
        wishes = {name: value for name, value in self.get_params().items() if name != "seed"}
        given = checked(texts, labels, "texts")
        self.plan_ = plan(len(given.texts), _by_letters(given.tokens), Wishes(**wishes))
        self.classes_ = tuple(sorted(set(given.labels)))
        self.lexicon_ = self._lexicon(given.tokens)
        self.notes_ = (*given.notes, *self._said(given.tokens, given.labels), *self.plan_.notes)
        train = self._examples(given.tokens, given.labels)
        beside = None if validation is None else checked(*validation, "validation texts")
        data = [text for one in (given, beside) if one for text in (one.texts, one.labels)]
        with kept_run(checkpoint, self.get_params(), *data) as run:
            if beside is None:
                self._fit_in_folds(train, given.tokens, watch, run)
            else:
                self._fit_beside(train, beside, watch, run)
        return self

    def predict(self, texts: Sequence[str]) -> list[str]:
        """The likeliest class of each text."""
        return [self.classes_[place] for place in self.predict_proba(texts).argmax(1)]

    def predict_proba(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The probability of each class, (N, C), in the order of ``classes_``.

        A text without a token gets an answer too, which is made of nothing.
        """
        return self._chances([[token.text for token in tokens(one)] for one in texts])

    def carried(self, texts: Sequence[str]) -> list[Carried]:
        """Which words carried the answer to each text, by leaving out one after the other."""
        return [carried(text, self.classes_, self.plan_.longest, self._chances) for text in texts]

    def explain(self, text: str, *, network: int = 1) -> Explanation:
        """What a network remembers of a text, and why it gives it its class.

        ``save("page.html")`` of the result writes a page that shows every gate and state at every
        word; as text it is a few sentences. What is explained is the probability that the network
        gives to the class that the classifier finds likeliest.

        Args:
            text: The text.
            network: Which of the networks that answer together, from 1.

        Raises:
            DataError: If there is no word in the text.
            OptionError: If there is no such network.
        """
        shown, notes = member(self.networks_, network)
        (label,) = self.predict([text])
        words = words_read(text, self.plan_.longest)
        if not words:
            raise DataError("a text without a word", "a text", "write some words")
        read = self.lexicon_.read([[one.text for one in words]])
        as_read = batch(read, self.lexicon_, torch.arange(1), len(words))
        which = self.classes_.index(label), label
        found = view(shown, as_read, words, text=text, label=which)
        return look_inside(shown, replace(found, notes=(*notes, *self.said_of([text]))))

    def evaluate(self, texts: Sequence[str], labels: Sequence[str]) -> Scores:
        """How well it does on texts whose classes are known. All are counted, empty ones too.

        A class that the model does not know counts as wrong.

        Raises:
            DataError: If texts and labels do not pair up, or there is none.
        """
        if len(texts) != len(labels) or not texts:
            raise DataError(
                f"{len(texts)} texts and {len(labels)} labels",
                "a label for each text, at least one",
            )
        return Scores.of(list(map(str, labels)), self.predict(texts), self.classes_)

    def said_of(self, texts: Sequence[str], labels: Sequence[str] = ()) -> list[str]:
        """What is to be known before texts are answered or judged, a sentence each.

        Args:
            texts: The texts.
            labels: Their classes, where they are known.
        """
        counts = [len(tokens(one)) for one in texts]
        empty, longer = counts.count(0), sum(n > self.plan_.longest for n in counts)
        strange = sum(str(label) not in self.classes_ for label in labels)
        return [
            *([f"{empty:,} empty texts get an answer made of nothing"] if empty else []),
            *([_cut(longer, self.plan_.longest)] if longer else []),
            *(
                [f"{strange:,} texts are of classes that the model does not know: counted as wrong"]
                if strange
                else []
            ),
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

    def _lexicon(self, texts: Sequence[Sequence[str]]) -> Lexicon:
        every = (token for text in texts for token in text)
        return Lexicon(Vocabulary.of(every, least=self.plan_.least), self.plan_.sizes.buckets)

    def _examples(self, texts: Sequence[Sequence[str]], labels: Sequence[str]) -> Examples:
        places = {name: place for place, name in enumerate(self.classes_)}
        classes = torch.tensor([places[label] for label in labels])
        return Examples(self.lexicon_.read(texts), classes, torch.arange(len(texts)))

    def _said(self, texts: Sequence[Sequence[str]], labels: Sequence[str]) -> list[str]:
        counts = Counter(labels)
        if len(counts) < 2:
            raise DataError(
                f"all {len(labels):,} texts are of the class {labels[0]!r}",
                "at least two classes",
                "name the column of classes, or add texts of another class",
            )
        shown = ", ".join(f"{name!r} {count:,}" for name, count in counts.most_common(10))
        more = f" and {len(counts) - 10:,} more" if len(counts) > 10 else ""
        longer = sum(len(text) > self.plan_.longest for text in texts)
        return [
            f"{len(texts):,} texts of {len(counts):,} classes: {shown}{more}",
            *(
                f"the class {name!r} has one text: it is learned from, but never held out"
                for name, count in sorted(counts.items())
                if count == 1
            ),
            *repeated_texts(texts, labels),
            *([_cut(longer, self.plan_.longest)] if longer else []),
        ]

    def _fit_in_folds(
        self,
        train: Examples,
        texts: Sequence[Sequence[str]],
        watch: Sequence[Callback],
        run: Checkpoint | None,
    ) -> None:
        classes = train.classes.tolist()
        parts = folds([tuple(one) for one in texts], classes, FOLDS, self.seed)
        if len(texts) < FEWEST:
            parts = torch.full_like(parts, -1)
            self.notes_ += (
                f"{len(texts)} texts are too few to hold any out: nothing says how good it is",
            )
        parted = splits(parts, self.plan_.networks, FOLDS)
        self._learn(train, train, parted, watch, run)
        held = [(net, out) for net, (_, out) in zip(self.networks_, parted, strict=False)]
        self.held_out_ = self._judged_apart(train, held[:FOLDS])

    def _fit_beside(
        self, train: Examples, given: Given, watch: Sequence[Callback], run: Checkpoint | None
    ) -> None:
        strange = sorted(set(given.labels) - set(self.classes_))
        if strange:
            raise DataError(
                f"validation texts of the class {strange[0]!r}",
                f"classes of the training texts: {', '.join(map(repr, self.classes_[:10]))}",
            )
        beside = self._examples(given.tokens, given.labels)
        self.notes_ += (
            *given.notes,
            f"the best weights are chosen by {len(given.texts):,} validation texts, so their "
            "figures flatter",
        )
        split = (train.places, beside.places)
        self._learn(train, beside, [split] * self.plan_.networks, watch, run)
        answered = [self.classes_[place] for place in self._answers(beside).argmax(1).tolist()]
        self.held_out_ = Scores.of(given.labels, answered, self.classes_)

    def _learn(
        self,
        train: Examples,
        judged: Examples,
        parted: Sequence[tuple[Tensor, Tensor]],
        watch: Sequence[Callback],
        run: Checkpoint | None,
    ) -> None:
        def one(member: int, shown: Callback) -> tuple[Network, History]:
            learned, out = parted[member]
            return learn(
                self.lexicon_,
                self.plan_,
                len(self.classes_),
                Examples(train.read, train.classes, learned),
                Examples(judged.read, judged.classes, out) if len(out) else None,
                seed=self.seed + member,
                callbacks=[shown],
                checkpoint=run,
            )

        found = learn_in_turn(len(parted), one, watch)
        self.networks_, self.histories_ = found.networks, found.histories
        self.notes_ += found.notes

    def _judged_apart(
        self, train: Examples, held: Sequence[tuple[Network, Tensor]]
    ) -> Scores | None:
        """Each network on the part that it did not learn from, counted together."""
        truth, answered = [], []
        for network, out in held:
            if not len(out):
                continue
            found = answers([network], self.lexicon_, train.read, out, self.plan_.longest)
            truth += [self.classes_[place] for place in train.classes[out].tolist()]
            answered += [self.classes_[place] for place in found.argmax(1).tolist()]
        return Scores.of(truth, answered, self.classes_) if truth else None

    def _chances(self, texts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """The classes' probabilities of texts that were cut into tokens, (N, C)."""
        if not texts:
            return np.zeros((0, len(self.classes_)), dtype=np.float32)
        given = Examples(self.lexicon_.read(texts), torch.empty(0), torch.arange(len(texts)))
        return self._answers(given).numpy()

    def _answers(self, given: Examples) -> Tensor:
        return answers(self.networks_, self.lexicon_, given.read, given.places, self.plan_.longest)


def _by_letters(texts: Sequence[Sequence[str]]) -> bool:
    """Whether most tokens are letters of a script without spaces."""
    counted = Counter(token for text in texts for token in text)
    alone = sum(count for token, count in counted.items() if stand_alone(token))
    return 2 * alone > counted.total()


def _cut(longer: int, longest: int) -> str:
    return (
        f"{longer:,} text{' is' if longer == 1 else 's are'} longer than {longest} tokens: the "
        "first half of so many and the last are read"
    )
