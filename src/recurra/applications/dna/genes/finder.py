"""From sequences whose genes are known to what finds genes in others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from recurra import atomic
from recurra.applications.dna.genes import stored
from recurra.applications.dna.genes.annotated import STRAND_OF, STRANDS, Annotated, split
from recurra.applications.dna.genes.answering import chances, cores
from recurra.applications.dna.genes.checks import checked
from recurra.applications.dna.genes.code import starts_of, stops
from recurra.applications.dna.genes.frames import Frame, best_least, chosen, frames, strands
from recurra.applications.dna.genes.learning import learn
from recurra.applications.dna.genes.network import Network
from recurra.applications.dna.genes.rules import FEWEST, HELD_OUT, Plan, Wishes, plan
from recurra.applications.dna.genes.scores import GeneScores, right, scores
from recurra.applications.dna.genes.track import Track
from recurra.applications.kept import kept_run
from recurra.applications.members import learn_in_turn
from recurra.estimator import Estimator
from recurra.training import Callback, Checkpoint, History

BLOCK = 2_000_000
"""Bases whose probabilities are held at once."""

BESIDE = 30_000
"""Bases read on both sides of a block, so that no gene is cut by its ends."""


class GeneFinder(Estimator):
    """Finds the genes in a genome without introns: a bacterium's, say. Each to each.

    A network reads three bases at each step, both ways, and says of each base whether it is coding
    on the strand that is written, on the other one, or on neither, and at which place of its codon.
    It reads both strands, and the mean of both counts. Genes are the open reading frames for which
    most of their bases speak.

    Args:
        cell: The name of a cell.
        units: H, of each layer in each direction, at least 1; None for 96.
        layers: How many there are, at least 1; None for 2.
        networks: How many are averaged, at least 1; None for 1.
        epochs: How often each base is seen, at most; None for what shows 60 million, 4 to 60.
        batch_size: Chunks a step; None for 4 or 16 by the number of bases.
        learning_rate: Its peak, above 0; None for 0.003.
        table: The number of the genetic code, as the NCBI counts them: 11 is that of bacteria.
        seed: Of all chance. The same seed gives the same model on the same machine.

    Attributes:
        plan_: The settings that were used.
        networks_: What was learned.
        histories_: Losses and learning rate of each network.
        starts_: The codons that genes begin with, and the share of each.
        least_: The least score of a gene, chosen on the part that was held out.
        held_out_: How it does on the last tenth of the bases, which chose the weights and the least
            score. None if there were too few bases, and in a loaded model.
        track_: A stretch of what was held out, with what is there and what was found.
        notes_: What was chosen, repaired or left out, a sentence each.
    """

    plan_: Plan
    networks_: list[Network]
    histories_: list[History]
    starts_: dict[str, float]
    least_: float
    held_out_: GeneScores | None
    track_: Track | None
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
        table: int = 11,
        seed: int = 0,
    ) -> None:
        self.cell = cell
        self.units = units
        self.layers = layers
        self.networks = networks
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.table = table
        self.seed = seed

    def fit(
        self,
        records: Sequence[Annotated],
        *,
        watch: Sequence[Callback] = (),
        checkpoint: Checkpoint | str | Path | None = None,
    ) -> Self:
        """Learns from sequences and their genes. The last tenth of all bases is held out.

        Ctrl-C ends the training early with what was learned so far.

        Args:
            records: Of :func:`~recurra.applications.dna.read_genome`, say.
            watch: Callbacks, such as ``recurra.Progress()``; they see all networks as one training.
            checkpoint: A folder in which the fit is kept while it goes on, or a ``Checkpoint`` of
                one. The same call goes on from there if it was stopped, and ends in the same bits
                as if it never had been. Empty once the fit is done.

        Raises:
            DataError: If there is no gene, or genes do not fit the sequences.
            OptionError: If an option is out of range, or biopython is not installed.
            KeyboardInterrupt: If nothing was learned yet.
            CheckpointError: If the checkpoint is of other sequences, options or another version.
            OutputError: If it cannot be written.
        """
        stops(self.table)
        wishes = {k: v for k, v in self.get_params().items() if k not in {"seed", "table"}}
        asked = Wishes(**wishes)
        said = checked(records, self.table)
        size = sum(len(one.bases) for one in records)
        train, out = split(records, 1 - HELD_OUT) if size >= FEWEST else (list(records), [])
        self.plan_ = plan(sum(len(one.bases) for one in train), asked)
        self.starts_ = starts_of(train)
        shown = ", ".join(f"{codon} {share:.1%}" for codon, share in self.starts_.items())
        few = f"{size:,} bases are too few to hold any out: nothing says how good it is"
        self.notes_ = (
            *said,
            f"genes begin with {shown}, and end with {', '.join(stops(self.table))}",
            *self.plan_.notes,
            *([] if out else [few]),
        )
        data = ["".join(map(_text, (one.bases, one.kinds))) for one in records]
        with kept_run(checkpoint, self.get_params(), data) as run:
            self._learn(train, out, watch, run)
        self._judge(out)
        return self

    def find(self, bases: Tensor) -> list[Frame]:
        """The genes of a sequence, from left to right.

        A sequence of any length is read in stretches that overlap, each base on both strands.

        Args:
            bases: uint8 (L,), of :func:`~recurra.applications.dna.read_fasta`, say.
        """
        candidates = [one for _, some in self._read(bases) for one in some]
        return sorted(chosen(candidates, len(bases), self.least_))

    def predict(self, sequences: Mapping[str, Tensor]) -> dict[str, list[Frame]]:
        """The genes of each sequence, by its name."""
        return {name: self.find(bases) for name, bases in sequences.items()}

    def evaluate(self, records: Sequence[Annotated]) -> GeneScores:
        """How well it does on sequences whose genes are known.

        Raises:
            DataError: If there is no gene, or genes do not fit the sequences.
        """
        checked(records, self.table)
        likeliest, candidates = self._answers(records)
        return self._scores(records, likeliest, candidates)

    def track(self, record: Annotated) -> Track:
        """A stretch of a sequence whose genes are known, with what is found there."""
        place = Track.busiest(record)
        part = record.part(place.start, place.stop)
        margin = record.bases[max(0, place.start - 3000) : place.stop + 3000]
        before = place.start - max(0, place.start - 3000)
        probable = chances(self.networks_, margin)[before : before + len(part.bases)]
        size = len(part.bases)
        found = chosen(frames(part.bases, probable, self.starts_, self.table), size, self.least_)
        return Track.of(record.name, place.start, part, found, probable)

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

    def _read(self, bases: Tensor) -> Iterator[tuple[Tensor, list[Frame]]]:
        """Block by block: the likeliest strand of each base, and frames whose middle is there."""
        for block in cores(len(bases), BLOCK, BESIDE):
            probable = chances(self.networks_, bases[block.start : block.end])
            own = frames(bases[block.start : block.end], probable, self.starts_, self.table)
            moved = [
                one._replace(start=one.start + block.start, end=one.end + block.start)
                for one in own
            ]
            inside = [
                one for one in moved if block.kept <= (one.start + one.end) // 2 < block.until
            ]
            kept = probable[block.kept - block.start : block.until - block.start]
            yield _likeliest(kept), inside

    def _answers(self, records: Sequence[Annotated]) -> tuple[list[Tensor], list[list[Frame]]]:
        likeliest, candidates = [], []
        for record in records:
            read = list(self._read(record.bases))
            likeliest.append(torch.cat([one for one, _ in read]))
            candidates.append([frame for _, some in read for frame in some])
        return likeliest, candidates

    def _scores(
        self,
        records: Sequence[Annotated],
        likeliest: Sequence[Tensor],
        candidates: Sequence[Sequence[Frame]],
    ) -> GeneScores:
        lengths = [len(record.bases) for record in records]
        pairs = list(zip(candidates, lengths, strict=True))
        found = [chosen(some, length, self.least_) for some, length in pairs]
        painted = [strands(one, length) for one, length in zip(found, lengths, strict=True)]
        return scores(records, likeliest, painted, found)

    def _learn(
        self,
        train: Sequence[Annotated],
        out: Sequence[Annotated],
        watch: Sequence[Callback],
        run: Checkpoint | None,
    ) -> None:
        def one(member: int, shown: Callback) -> tuple[Network, History]:
            return learn(
                self.plan_,
                train,
                out,
                seed=self.seed + member,
                callbacks=[shown],
                checkpoint=run,
            )

        found = learn_in_turn(self.plan_.networks, one, watch)
        self.networks_, self.histories_ = found.networks, found.histories
        self.notes_ += found.notes

    def _judge(self, out: Sequence[Annotated]) -> None:
        """Chooses the least score of a gene on what was held out, and says how good it is there."""
        self.least_, self.held_out_, self.track_ = 0.0, None, None
        if not out:
            return
        likeliest, candidates = self._answers(out)
        taken = [chosen(c, len(r.bases), 0.0) for c, r in zip(candidates, out, strict=True)]
        hits = [hit for r, some in zip(out, taken, strict=True) for hit, _ in right(r, some)]
        every = [frame for some in taken for frame in some]
        self.least_ = best_least(every, hits, sum(len(record.genes) for record in out))
        self.notes_ += (
            f"a gene is a frame with a score of at least {self.least_:.1f}, which finds the genes "
            f"of the part that was held out best",
        )
        self.held_out_ = self._scores(out, likeliest, candidates)
        self.track_ = self.track(max(out, key=lambda record: len(record.bases)))


def _likeliest(probable: Tensor) -> Tensor:
    """The likeliest strand of each base: (L, 7) to uint8 (L,)."""
    three = torch.zeros(len(probable), len(STRANDS)).index_add_(1, STRAND_OF, probable)
    return three.argmax(1).to(torch.uint8)


def _text(numbers: Tensor) -> str:
    return numbers.numpy().tobytes().decode("latin-1")
