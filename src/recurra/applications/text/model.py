"""From texts to what writes on from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal, Self

import torch
from torch import Tensor

from recurra import atomic
from recurra.applications.inside import look_inside
from recurra.applications.kept import kept_run
from recurra.applications.text import stored
from recurra.applications.text.inside import LONGEST, likeliest, view
from recurra.applications.text.learning import learn, surprises
from recurra.applications.text.network import Reader, Writer
from recurra.applications.text.rules import Plan, Wishes, held_out, plan
from recurra.applications.text.scores import Surprise
from recurra.applications.words import UNKNOWN, Characters, Subwords
from recurra.errors import DataError, OptionError
from recurra.estimator import Estimator
from recurra.explain import Explanation
from recurra.options import whole
from recurra.structures import sample
from recurra.training import Callback, Checkpoint, History

Alphabet = Characters | Subwords


class LanguageModel(Estimator):
    """Writes on from what it was given, and says how surprising a text is.

    Layers read the text forwards, symbol by symbol, and the state is carried on throughout. The end
    of the text is held out; the best weights by it are kept.

    Args:
        symbols: ``"characters"``, or ``"subwords"``, which are learned from the text.
        vocabulary_size: How many subwords, at least 256; None for one a 200 characters, from 512 to
            8,000.
        cell: The name of a cell.
        units: H, of each layer, at least 1; None for 64 to 384, by the length of the text.
        layers: How many, at least 1; None for 2.
        epochs: Passes over the text, at most; None for as many as read 10 million symbols, fewer
            where that would take long, 40 at most.
        learning_rate: Its peak, above 0; None for 0.003.
        seed: Of all chance. The same seed gives the same model on the same machine.

    Attributes:
        alphabet_: The symbols.
        plan_: The settings that were used.
        reader_: What was learned.
        history_: Losses and learning rate of each judgement.
        frequency_: The logarithm of each symbol's frequency, (V,), each counted once more.
        held_out_: How surprising the end of the text was. None in a loaded model.
        held_out_text_: That end; empty in a loaded model.
        notes_: What was chosen or left out, a sentence each.
    """

    alphabet_: Alphabet
    plan_: Plan
    reader_: Reader
    history_: History
    frequency_: Tensor
    held_out_: Surprise | None
    held_out_text_: str
    notes_: tuple[str, ...]

    def __init__(
        self,
        *,
        symbols: Literal["characters", "subwords"] = "characters",
        vocabulary_size: int | None = None,
        cell: str = "lstm",
        units: int | None = None,
        layers: int | None = None,
        epochs: int | None = None,
        learning_rate: float | None = None,
        seed: int = 0,
    ) -> None:
        self.symbols = symbols
        self.vocabulary_size = vocabulary_size
        self.cell = cell
        self.units = units
        self.layers = layers
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.seed = seed

    def fit(
        self,
        texts: Sequence[str],
        *,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
    ) -> Self:
        """Learns from texts, each read from its beginning.

        Ctrl-C ends the training early with the best weights so far.

        Args:
            texts: At least one. Empty ones are left out, and counted in the notes.
            watch: Callbacks, such as ``recurra.Progress()``.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and ends in the same bits
                as if it never had been. Empty once the fit is done.

        Raises:
            DataError: If there is too little text.
            OptionError: If an option is out of range, or a library for it is missing.
            KeyboardInterrupt: If nothing was learned yet.
            CheckpointError: If the checkpoint is of other texts, options or another version.
            OutputError: If it cannot be written.
        """
        wishes = Wishes(self.cell, self.units, self.layers, self.epochs, self.learning_rate)
        kept = [text for text in _texts(texts) if text]
        learned, end = _split(kept, held_out(sum(map(len, kept))))
        self.alphabet_ = self._alphabet(learned)
        streams, judged = self._streams(learned), self._streams(end)
        read, ahead = sum(map(len, streams)), sum(map(len, judged))
        self.plan_ = plan(read, ahead, len(self.alphabet_), wishes)
        counts = torch.bincount(torch.cat(streams), minlength=len(self.alphabet_)) + 1
        self.frequency_ = (counts / counts.sum()).log()
        self.notes_ = tuple(self._said(len(texts) - len(kept), streams, judged))
        with kept_run(checkpoint, self.get_params(), kept) as run:
            self.reader_, self.history_ = learn(
                self.plan_,
                len(self.alphabet_),
                streams,
                judged,
                start=self._start,
                seed=self.seed,
                callbacks=watch,
                checkpoint=run,
            )
        if self.history_.interrupted:
            if not self.history_.epoch:
                raise KeyboardInterrupt
            self.notes_ += (f"interrupted after {len(self.history_.epoch)} of {self.plan_.looks}",)
        self.held_out_, self.held_out_text_ = self.evaluate(end), "".join(end)
        return self

    def predict(
        self,
        prompts: Sequence[str],
        *,
        length: int = 500,
        temperature: float = 0.8,
        top_p: float | None = None,
        samples: int = 1,
        seed: int = 0,
    ) -> list[str]:
        """Writes on from each prompt.

        Args:
            prompts: What stands before; may be empty. Characters that the model does not know are
                read as unknown.
            length: How many symbols are written, at least 0.
            temperature: Above 0; below 1 the likely becomes likelier.
            top_p: Only the fewest likeliest symbols can be drawn whose probabilities sum to at
                least this; all if None.
            samples: How many texts for each prompt, at least 1.
            seed: Of the draws. What is written for a prompt does not depend on the others.

        Returns:
            What was written, without the prompts: all samples of the first, then of the next.

        Raises:
            OptionError: If an option is out of range.
        """
        whole("samples", samples, 1)
        if not prompts:
            return []
        read, lengths = self._prompts([one for one in _texts(prompts) for _ in range(samples)])
        structure, last = self.reader_.structure, lengths - 1
        never = UNKNOWN if isinstance(self.alphabet_, Characters) else None
        with torch.no_grad():
            begun = structure.start(read[:, : int(last.max())], last)
            found = sample(
                Writer(structure, len(read), begun, never),
                read.gather(1, last.unsqueeze(1)).squeeze(1),
                None,
                end=None,
                max_length=length,
                temperature=temperature,
                top_p=top_p,
                generator=torch.Generator().manual_seed(seed),
                rows=torch.arange(samples).repeat(len(prompts)),
            )
        return [self.alphabet_.decode(row) for row in found.sequences()]

    def evaluate(self, texts: Sequence[str]) -> Surprise:
        """How surprising texts are, each read from its beginning.

        Raises:
            DataError: If there is not a character.
        """
        kept = [one for one in _texts(texts) if one]
        if not kept:
            raise DataError("an empty text", "at least one character")
        streams = self._streams(kept)
        unknown = 0
        if isinstance(self.alphabet_, Characters):
            unknown = sum(int((one == UNKNOWN).sum()) for one in streams)
        return Surprise(
            float(surprises(self.reader_, streams, self._start).double().sum()),
            sum(map(len, kept)),
            sum(map(len, streams)),
            unknown,
            float(-self.frequency_[torch.cat(streams)].double().sum()),
        )

    def surprises(self, text: str) -> list[tuple[str, float]]:
        """The symbols of a text and how surprising each is, in nats."""
        numbers = self._streams([text])
        found = surprises(self.reader_, numbers, self._start).tolist() if text else []
        if isinstance(self.alphabet_, Characters):
            return list(zip(text, found, strict=True))
        pieces = [self.alphabet_.decode([number]) for number in numbers[0].tolist()]
        return list(zip(pieces, found, strict=True))

    def explain(self, text: str, *, at: int | None = None) -> Explanation:
        """What the network remembers of a text, and why it finds a symbol likely to come next.

        ``save("page.html")`` of the result writes a page that shows every gate and state at every
        symbol; as text it is a few sentences.

        Args:
            text: The text; of a long one the last 1,000 symbols are read.
            at: The number of a symbol of the text, from 1, whose probability is explained, from
                those before it; None for the likeliest to come behind the text.

        Raises:
            DataError: If the text is empty.
            OptionError: If there is no such symbol.
        """
        if not text:
            raise DataError("an empty text", "at least one character")
        (read,) = self._streams([text])
        if at is not None and whole("at", at, 1) > len(read):
            raise OptionError(f"at={at}", f"the number of a symbol, from 1 to {len(read)}")
        before = read if at is None else read[: at - 1]
        numbers = torch.cat([read.new_tensor([self._start]), before])[-LONGEST:]
        number = likeliest(self.reader_, numbers) if at is None else int(read[at - 1])
        symbols = [self.alphabet_.decode([one]) for one in numbers.tolist()]
        following = number, self.alphabet_.decode([number])
        found = view(self.reader_, numbers, symbols, following, self.frequency_)
        left = 1 + len(before) - len(numbers)
        said = (f"of {1 + len(before):,} symbols the last {LONGEST:,} are read",) if left else ()
        return look_inside(self.reader_, replace(found, notes=said))

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
            OptionError: If a library for its subwords is missing.
        """
        return stored.load(cls, Path(path))

    @property
    def _start(self) -> int:
        """What stands before a text: the end of a line."""
        return self.alphabet_.encode("\n")[0]

    def _alphabet(self, texts: Sequence[str]) -> Alphabet:
        if self.symbols == "characters":
            return Characters.of(texts)
        if self.symbols != "subwords":
            raise OptionError(f"symbols={self.symbols!r}", '"characters" or "subwords"')
        size = self.vocabulary_size or min(8000, max(512, sum(map(len, texts)) // 200))
        return Subwords.of(texts, whole("vocabulary_size", size, 1))

    def _streams(self, texts: Sequence[str]) -> list[Tensor]:
        return [torch.tensor(self.alphabet_.encode(text), dtype=torch.int64) for text in texts]

    def _prompts(self, prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Prompts behind a line's end, padded, and their lengths."""
        read = [torch.tensor([self._start, *self.alphabet_.encode(one)]) for one in prompts]
        lengths = torch.tensor([len(one) for one in read])
        return torch.nn.utils.rnn.pad_sequence(read, batch_first=True), lengths

    def _said(self, empty: int, streams: Sequence[Tensor], judged: Sequence[Tensor]) -> list[str]:
        symbols = sum(map(len, streams)) + sum(map(len, judged))
        kinds = "characters" if isinstance(self.alphabet_, Characters) else "subwords"
        notes = [f"{symbols:,} symbols, of {len(self.alphabet_):,} {kinds}"]
        if kinds == "characters":
            rare = sum(int((one == UNKNOWN).sum()) for one in streams)
            notes += [f"{rare:,} characters occur once: read as unknown"] if rare else []
        notes += [f"{empty:,} empty texts are left out"] if empty else []
        return [*notes, *self.plan_.notes(symbols)]


def _texts(texts: Sequence[str]) -> Sequence[str]:
    if isinstance(texts, str):
        raise DataError("a text", "a list of texts", "write [text]")
    return texts


def _split(texts: Sequence[str], held_out: int) -> tuple[list[str], list[str]]:
    """All but the last so many characters, and those."""
    learned = list(texts)
    judged: list[str] = []
    while held_out > 0:
        last = learned.pop()
        judged.insert(0, last[-held_out:])
        if len(last) > held_out:
            learned.append(last[:-held_out])
        held_out -= len(judged[0])
    return learned, judged
