"""A cell beside what it may take, and beside torchrecurrent where that has it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from copying import copying
from figures import Row, figures, with_share
from layer import cell_subject
from settings import Settings
from shapes import Shape
from subject import MODES, Subject
from timing import clocked, interleaved
from truth import checked, truth
from twin import kind, twin
from work import budget, flops

from recurra import Cell, Recurrent


def rows(name: str, cell: Cell | str, settings: Settings) -> list[Row]:
    """A row for each shape, mode and number of threads."""
    found = []
    for shape in settings.beside_torchrecurrent:
        mine = cell_subject(cell, shape)
        if shape not in settings.every_cell and kind(name, mine.module) is None:
            continue
        contest = _contest(name, shape, mine)
        for threads in settings.threads:
            torch.set_num_threads(threads)
            found += [contest.row(mode, settings.rounds) for mode in MODES]
    return found


@dataclass(frozen=True)
class _Contest:
    """A cell, our LSTM, and torchrecurrent's layer with what differs in it."""

    name: str
    shape: Shape
    mine: Subject
    lstm: Subject
    other: tuple[Subject, str] | None

    def row(self, mode: str, rounds: int) -> Row:
        """The times in a mode."""
        contestants = {
            "recurra": clocked(self.mine.step(mode)),
            "lstm": clocked(self.lstm.step(mode)),
        }
        if self.other is not None:
            contestants["torchrecurrent"] = clocked(self.other[0].step(mode))
        times = interleaved(contestants, rounds)
        threads, layer = torch.get_num_threads(), self.mine.module
        assert isinstance(layer, Recurrent)
        lstm, work = times["lstm"].median, flops(layer, self.shape, mode)
        may = budget(layer, self.shape, mode, lstm=lstm, copying=copying(threads))
        row: Row = {"cell": self.name, "shape": list(self.shape)}
        row |= {"threads": threads, "mode": mode}
        row |= {"recurra": with_share(times["recurra"], work, threads)}
        row |= {"lstm": figures(times["lstm"])}
        row["budget"] = {"products": round(may.products, 5), "bytes": round(may.bytes, 5)}
        row["of budget"] = round(times["recurra"].median / may.whole, 3)
        if self.other is not None:
            differs = self.other[1]
            row["torchrecurrent"] = figures(times["torchrecurrent"]) | {"differs": differs}
        print(_said(row), flush=True)
        return row


def _contest(name: str, shape: Shape, mine: Subject) -> _Contest:
    """All of them, which were found to compute what they should."""
    wanted = truth(mine)
    checked(f"{name} {shape}", mine, wanted)
    other = twin(name, shape, mine, wanted)
    return _Contest(name, shape, mine, cell_subject("lstm", shape), other)


def _said(row: Row) -> str:
    beside = row.get("torchrecurrent")
    ratio = beside["median"] / row["recurra"]["median"] if beside else None
    return (
        f"{row['cell']} {tuple(row['shape'])} {row['mode']}, {row['threads']} threads: "
        f"{row['recurra']['median']:.2f} ms, {row['of budget']:.2f} of its budget"
        + (f", torchrecurrent / ours {ratio:.1f}" if ratio else "")
    )
