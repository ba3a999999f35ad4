"""The covariates of one role as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.forecasting.columns import Table
from recurra.forecasting.covariates.cells import Categories, read_numbers_as
from recurra.forecasting.covariates.encoding import Encoding
from recurra.forecasting.covariates.numeric import NumericScale
from recurra.forecasting.covariates.placing import GridRows, Placed, Whole
from recurra.forecasting.covariates.static import one_each
from recurra.forecasting.covariates.vocabulary import Vocabulary
from recurra.tables.values import place

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Block:
    """Numbers and categories at N places.

    Attributes:
        values: (N, P) float32 in standard units; 0, the training mean, where nothing was observed.
        seen: (N, P), False there.
        codes: (N, U) int32, those of the vocabularies.
        coded: (N, U), False where a cell was empty or had no row.
    """

    values: NDArray[np.float32]
    seen: Bools
    codes: NDArray[np.int32]
    coded: Bools

    @classmethod
    def empty(cls, size: int, encoding: Encoding, names: Sequence[str]) -> Self:
        """Nothing observed at ``size`` places."""
        numeric, coded = encoding.numeric(names), encoding.categorical(names)
        missing = [encoding.vocabularies[name].code_of_missing for name in coded]
        return cls(
            np.zeros((size, len(numeric)), np.float32),
            np.zeros((size, len(numeric)), bool),
            np.tile(np.array(missing, np.int32), (size, 1)),
            np.zeros((size, len(coded)), bool),
        )

    @classmethod
    def read(
        cls,
        table: Table,
        placed: Placed,
        encoding: Encoding,
        names: Sequence[str],
        notes: list[str],
        *,
        counted: Bools | None = None,
    ) -> Self:
        """Columns that change with time, on the grid.

        Args:
            table: The columns, (R,) each.
            placed: Where the rows stand.
            encoding: How they become numbers.
            names: Which columns.
            notes: Takes a sentence for each thing that is missing, unseen or repaired.
            counted: (N,), the places whose gaps are to be told; all if None.

        Raises:
            DataError: If a cell cannot be read.
        """
        block = cls.empty(placed.size, encoding, names)
        reader = _Reader(placed, notes, np.ones(placed.size, bool) if counted is None else counted)
        for number, name in enumerate(encoding.numeric(names)):
            scaled, seen = reader.numbers(table[name], encoding.scales[name])
            block.values[:, number], block.seen[:, number] = scaled, seen
        for number, name in enumerate(encoding.categorical(names)):
            codes, coded = reader.codes(table[name], encoding.vocabularies[name])
            block.codes[:, number], block.coded[:, number] = codes, coded
        return block

    @classmethod
    def static(
        cls,
        table: Table,
        found: GridRows,
        ids: Sequence[str],
        encoding: Encoding,
        notes: list[str],
    ) -> Self:
        """Static columns, one place a series.

        Args:
            table: The columns, (R,) each.
            found: The rows of the series.
            ids: The names of the series.
            encoding: How they become numbers.
            notes: Takes a sentence for each thing that is missing or unseen.

        Raises:
            DataError: If a column changes within a series, or a cell cannot be read.
        """
        names = encoding.roles.static
        block = cls.empty(len(ids), encoding, names)
        for number, name in enumerate(encoding.numeric(names)):
            values = read_numbers_as(table[name], encoding.scales[name].style)
            values = _finite(table[name], values, notes)
            chosen = one_each(table[name], values, found, ids)
            one = np.where(chosen >= 0, values[chosen], np.nan)
            block.values[:, number] = encoding.scales[name].scaled(one)
            block.seen[:, number] = chosen >= 0
            _note_gaps(name, chosen >= 0, _stead(encoding.scales[name]), "series", notes)
        for number, name in enumerate(encoding.categorical(names)):
            vocabulary, cells = encoding.vocabularies[name], Categories.of(table[name])
            chosen = one_each(table[name], cells.codes, found, ids)
            local = np.where(chosen >= 0, cells.codes[chosen], -1)
            block.codes[:, number] = vocabulary.codes(cells)[local]
            block.coded[:, number] = chosen >= 0
            _note_gaps(name, chosen >= 0, _code(vocabulary), "series", notes)
            _note_unseen(table[name], cells, vocabulary, chosen[chosen >= 0], notes)
        return block

    def __getitem__(self, places: Any) -> Block:
        return Block(self.values[places], self.seen[places], self.codes[places], self.coded[places])

    def put(self, places: Whole, other: Block) -> None:
        """Writes what another block has observed at these places of this one."""
        for mine, new, seen in (
            (self.values, other.values, other.seen),
            (self.seen, other.seen, other.seen),
            (self.codes, other.codes, other.coded),
            (self.coded, other.coded, other.coded),
        ):
            mine[places] = np.where(seen, new, mine[places])


@dataclass(frozen=True)
class _Reader:
    """Reads columns onto one grid."""

    placed: Placed
    notes: list[str]
    counted: Bools

    def numbers(self, column: pl.Series, scale: NumericScale) -> tuple[NDArray[np.float32], Bools]:
        values = _finite(column, read_numbers_as(column, scale.style), self.notes)
        on_grid = self.placed.numbers(values)
        seen = np.isfinite(on_grid)
        _note_gaps(column.name, seen[self.counted], _stead(scale), "points", self.notes)
        return scale.scaled(on_grid), seen

    def codes(self, column: pl.Series, vocabulary: Vocabulary) -> tuple[NDArray[np.int32], Bools]:
        found = Categories.of(column)
        local, clashes = self.placed.codes(found.codes)
        if clashes:
            self.notes.append(
                f"{column.name} has several categories at {clashes:,} "
                f"{'time' if clashes == 1 else 'times'}: the first row of each counts"
            )
        _note_gaps(column.name, (local >= 0)[self.counted], _code(vocabulary), "points", self.notes)
        _note_unseen(column, found, vocabulary, self.placed.rows, self.notes)
        return vocabulary.codes(found)[local], local >= 0


def _finite(
    column: pl.Series, values: NDArray[np.float64], notes: list[str]
) -> NDArray[np.float64]:
    infinite = np.isinf(values)
    count = int(infinite.sum())
    if not count:
        return values
    cells = "1 infinite value" if count == 1 else f"{count:,} infinite values"
    notes.append(f"{column.name}: {cells} taken as missing")
    return np.where(infinite, np.nan, values)


def _stead(scale: NumericScale) -> str:
    unlearned = "; no training point lacked one" if not scale.gaps else ""
    return f"masked, with the training mean {scale.mean:.6g} in their place{unlearned}"


def _code(vocabulary: Vocabulary) -> str:
    if vocabulary.missing:
        return "a category of their own"
    return "code 0, unseen, since no training point lacked one"


def _note_gaps(name: str, seen: Bools, stead: str, what: str, notes: list[str]) -> None:
    count = int((~seen).sum())
    if count:
        notes.append(f"{name} is missing at {count:,} of {len(seen):,} {what}: {stead}")


def _note_unseen(
    column: pl.Series, found: Categories, vocabulary: Vocabulary, rows: Whole, notes: list[str]
) -> None:
    """The first category that no training point had, where it first stands, and how many more."""
    known = {*vocabulary.categories}
    new = [number for number, text in enumerate(found.texts) if text not in known]
    if not new:
        return
    rows = rows[np.isin(found.codes[rows], new)]
    if not len(rows):
        return
    row = int(rows.min())
    different = len(np.unique(found.codes[rows]))
    others = f" (and {different - 1:,} more)" if different > 1 else ""
    notes.append(
        f"{column.name} is {found.texts[found.codes[row]]!r} in {place(row)}, a category that no "
        f"training point has{others}: read as unseen, code 0"
    )
