"""From sentences whose entities are tagged to what finds them in others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from recurra import atomic
from recurra.applications.folds import splits
from recurra.applications.inside import look_inside
from recurra.applications.kept import kept_run
from recurra.applications.members import learn_in_turn
from recurra.applications.ner import stored
from recurra.applications.ner.checks import Given, checked, kinds_of, named
from recurra.applications.ner.chunks import Chunk
from recurra.applications.ner.cutter import Cutter
from recurra.applications.ner.entities import Annotated, Entity
from recurra.applications.ner.inside import chances, one_of, view, word_of
from recurra.applications.ner.judging import Judged, judged
from recurra.applications.ner.learning import Examples, answers, learn
from recurra.applications.ner.marked import Marked
from recurra.applications.ner.material import by_letters, parts, said, shortened, texts
from recurra.applications.ner.network import Network, batch
from recurra.applications.ner.notation import Notation
from recurra.applications.ner.reading import Glossary
from recurra.applications.ner.rules import FEWEST, FOLDS, Plan, Wishes, plan
from recurra.applications.ner.scores import Scores
from recurra.errors import DataError
from recurra.estimator import Estimator
from recurra.explain import Explanation
from recurra.explain.member import member
from recurra.training import Callback, Checkpoint, History

Tagged = tuple[Sequence[Sequence[str]], Sequence[Sequence[str]]]


class EntityTagger(Estimator):
    """Finds entities in texts: names of people and places, of diseases, or whatever was tagged.

    Several networks read a sentence both ways, from words or, where a script has no spaces, from
    its letters; a conditional random field over all their scores chooses the tags together. Each
    holds out a different tenth of the sentences, keeps its best weights by it, and is judged on it.

    Args:
        cell: The name of a cell.
        units: H, of the layer in each direction, at least 1; None for 128.
        embedding: The numbers in a token's vector, at least 1; None for 100.
        networks: How many answer together, at least 1; None for 5, 3 or 1 by the number of
            sentences.
        epochs: Passes over the sentences, at most; None for what makes about 1,200 steps, 4 to 50.
        batch_size: Sentences a step, at most; None for 8 to 64, by the number of sentences.
        learning_rate: Its peak, above 0; None for 0.002, or 0.003 for letters of scripts without
            spaces.
        seed: Of all chance. The same seed gives the same model on the same machine.

    Attributes:
        kinds_: The kinds of entities, sorted.
        notation_: How the tags were written, and are written by :meth:`tag`.
        cutter_: How text is cut into tokens like those of the sentences.
        plan_: The settings that were used.
        glossary_: The words and shapes that have numbers.
        networks_: What was learned.
        histories_: Losses, 1 - F1 and learning rate of each network.
        held_out_: How each network did on its part that was held out, counted together; on the
            validation sentences, all networks together, where they were given. None if there were
            too few sentences, and in a loaded model.
        marked_: Some sentences of what was held out, with what is there and what was found.
        notes_: What was chosen, repaired or left out, a sentence each.
    """

    kinds_: tuple[str, ...]
    notation_: Notation
    cutter_: Cutter
    plan_: Plan
    glossary_: Glossary
    networks_: list[Network]
    histories_: list[History]
    held_out_: Scores | None
    marked_: list[Marked]
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
        seed: int = 0,
    ) -> None:
        self.cell = cell
        self.units = units
        self.embedding = embedding
        self.networks = networks
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.seed = seed

    def fit(
        self,
        sentences: Sequence[Sequence[str]],
        tags: Sequence[Sequence[str]],
        *,
        validation: Tagged | None = None,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
    ) -> Self:
        """Learns from sentences and their tags, in IOB1, IOB2, BIOES, BMES or BILOU.

        Ctrl-C ends the training early with what was learned so far.

        Args:
            sentences: The tokens of each, N of them. Empty ones are left out, and counted in the
                notes; tags that break their scheme are repaired, and counted too.
            tags: The tag of each token.
            validation: Sentences and tags that choose the best weights; None to hold out a tenth
                of the sentences, another one for each network.
            watch: Callbacks, such as ``recurra.Progress()``; they see all networks as one training.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and ends in the same bits
                as if it never had been. Empty once the fit is done.

        Raises:
            DataError: If sentences and tags do not pair up, are in no scheme, or hold no entity.
            OptionError: If an option is out of range.
            KeyboardInterrupt: If nothing was learned yet.
            CheckpointError: If the checkpoint is of other sentences, options or another version.
            OutputError: If it cannot be written.
        """
        wishes = {name: value for name, value in self.get_params().items() if name != "seed"}
        given = checked(sentences, tags, "sentences")
        counted = kinds_of(given)
        self.kinds_, self.notation_ = tuple(sorted(counted)), given.notation
        short, longer = shortened(given)
        self.plan_ = plan(len(short.sentences), by_letters(given.sentences), Wishes(**wishes))
        self.cutter_ = Cutter.of(given.sentences)
        self.glossary_ = Glossary.of(given.sentences, self.plan_.sizes, self.plan_.least)
        described = said(given, counted, longer, len(short.sentences))
        self.notes_ = (*given.notes, *described, *self.plan_.notes)
        beside = None if validation is None else checked(*validation, "validation sentences")
        data = [text for one in (given, beside) if one for text in texts(one)]
        with kept_run(checkpoint, self.get_params(), *data) as run:
            if beside is None:
                self._fit_in_folds(short, watch, run)
            else:
                self._fit_beside(short, beside, watch, run)
        return self

    def predict(self, texts: Sequence[str]) -> list[list[Entity]]:
        """The entities of each text, from left to right."""
        return [one.entities for one in self.annotate(texts)]

    def annotate(self, texts: Sequence[str]) -> list[Annotated]:
        """Texts with their sentences and tokens, as they were read, and the entities of each.

        A text is cut at line ends and behind marks that ended sentences in what was learned from,
        and into tokens as those were.

        Raises:
            DataError: If it is a single text instead of a list.
        """
        if isinstance(texts, str):
            raise DataError("a text", "a list of texts", "write [text]")
        cuts = [self.cutter_.sentences(text) for text in texts]
        found = iter(self._answers([[w.text for w in words] for one in cuts for words in one]))
        return [
            Annotated(text, tuple(map(tuple, one)), tuple(tuple(next(found)) for _ in one))
            for text, one in zip(texts, cuts, strict=True)
        ]

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """The tags of sentences that come as tokens, written as those of the training were."""
        return [
            self.notation_.tags(chunks, len(tokens))
            for tokens, chunks in zip(sentences, self.chunk(sentences), strict=True)
        ]

    def chunk(self, sentences: Sequence[Sequence[str]]) -> list[list[Chunk]]:
        """The entities of sentences that come as tokens."""
        return self._answers(sentences)

    def explain(
        self, text: str, *, row: int = 1, at: int | None = None, network: int = 1
    ) -> Explanation:
        """What a network remembers of a sentence, and why a word of it is of its kind.

        ``save("page.html")`` of the result writes a page that shows every gate and state at every
        word; as text it is a few sentences. What is explained is the probability that the network
        gives to the kind that it finds likeliest for the word, all tags of the sentence considered.

        Args:
            text: A text, cut as by :meth:`annotate`.
            row: Which sentence of it, from 1.
            at: Which word of the sentence, from 1; None for the first of an entity, or the one
                that looks most like one.
            network: Which of the networks that answer together, from 1.

        Raises:
            DataError: If there is no word in the text.
            OptionError: If there is no such sentence, word or network.
        """
        shown, notes = member(self.networks_, network)
        cut = [[word.text for word in words] for words in self.cutter_.sentences(text)]
        tokens, said = one_of(cut, row)
        given = self.glossary_.read([tokens])
        sides = batch(given, self.glossary_, [*given.read.texts])
        place = word_of(tokens, at, self.chunk([tokens])[0], lambda: chances(shown, sides))
        found = view(shown, sides, tokens, self.kinds_, place)
        return look_inside(shown, replace(found, notes=(*notes, *said)))

    def evaluate(self, sentences: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]) -> Scores:
        """How well it does on sentences whose tags are known, in whatever scheme.

        Entities of a kind that the model does not know count as missed.

        Raises:
            DataError: If sentences and tags do not pair up, are in no scheme, or there is none.
        """
        return self.judge(sentences, tags).scores

    def judge(self, sentences: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]) -> Judged:
        """The same, with some of the sentences, and what is to be known of them.

        Raises:
            DataError: As for :meth:`evaluate`.
        """
        given = checked(sentences, tags, "sentences")
        strange = Counter(
            one.kind for chunks in given.chunks for one in chunks if one.kind not in self.kinds_
        )
        unknown = [
            f"{count:,} of the kind {named(kind)}, which the model does not know: counted as missed"
            for kind, count in sorted(strange.items())
        ]
        return judged(given, self._answers(given.sentences), unknown)

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

    def _examples(self, given: Given) -> Examples:
        read = self.glossary_.read(given.sentences)
        return Examples(read, given.chunks, torch.arange(len(given.sentences)))

    def _fit_in_folds(
        self, given: Given, watch: Sequence[Callback], run: Checkpoint | None
    ) -> None:
        dealt = parts(given, self.seed)
        if len(given.sentences) < FEWEST:
            dealt = torch.full_like(dealt, -1)
            self.notes_ += (
                f"{len(given.sentences)} sentences are too few to hold any out: nothing says how "
                "good it is",
            )
        train = self._examples(given)
        parted = splits(dealt, self.plan_.networks, FOLDS)
        self._learn(train, train, parted, watch, run)
        places: list[int] = []
        found: list[list[Chunk]] = []
        for network, (_, out) in list(zip(self.networks_, parted, strict=False))[:FOLDS]:
            places += out.tolist()
            found += answers([network], self.glossary_, self.kinds_, train.given, out)
        self._judge(given, places, found)

    def _fit_beside(
        self, given: Given, beside: Given, watch: Sequence[Callback], run: Checkpoint | None
    ) -> None:
        strange = sorted({one.kind for chunks in beside.chunks for one in chunks} - {*self.kinds_})
        if strange:
            raise DataError(
                f"validation sentences with entities of the kind {named(strange[0])}",
                f"kinds of the training sentences: {', '.join(map(repr, self.kinds_[:10]))}",
            )
        self.notes_ += (
            *beside.notes,
            f"the best weights are chosen by {len(beside.sentences):,} validation sentences, so "
            "their figures flatter",
        )
        train, judged = self._examples(given), self._examples(beside)
        parted = [(train.places, judged.places)] * self.plan_.networks
        self._learn(train, judged, parted, watch, run)
        places = judged.places.tolist()
        self._judge(beside, places, self._answers(beside.sentences))

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
                self.glossary_,
                self.plan_,
                self.kinds_,
                train.at(learned),
                judged.at(out) if len(out) else None,
                seed=self.seed + member,
                callbacks=[shown],
                checkpoint=run,
            )

        found = learn_in_turn(len(parted), one, watch)
        self.networks_, self.histories_ = found.networks, found.histories
        self.notes_ += found.notes

    def _judge(self, given: Given, places: list[int], found: list[list[Chunk]]) -> None:
        """Holds what was found in some sentences against what is there."""
        self.held_out_, self.marked_ = None, []
        if places:
            sentences = [given.sentences[place] for place in places]
            truth = [given.chunks[place] for place in places]
            there = judged(Given(sentences, truth, given.notation, ()), found)
            self.held_out_, self.marked_ = there.scores, there.marked

    def _answers(self, sentences: Sequence[Sequence[str]]) -> list[list[Chunk]]:
        given = self.glossary_.read(sentences)
        places = torch.arange(len(sentences))
        return answers(self.networks_, self.glossary_, self.kinds_, given, places)
