"""What regularisers around an LSTM cost in training."""

from __future__ import annotations

import torch
from figures import Row, figures
from layer import cell_subject
from settings import Settings
from timing import clocked, interleaved
from truth import checked, truth

from recurra import Cell
from recurra.cells import LayerNorm, RecurrentDropout, VariationalDropout, Zoneout, find

SEED = 7
"""With it the reference draws the same chances, so that results can be compared."""


def regularised() -> dict[str, Cell]:
    """The LSTM in each of them, with the rates that they have by themselves."""
    kinds = (Zoneout, RecurrentDropout, VariationalDropout, LayerNorm)
    return {kind.__name__: kind(find("lstm")()) for kind in kinds}


def rows(settings: Settings) -> list[Row]:
    """A row for each regulariser, shape and number of threads."""
    found = []
    for shape in settings.every_cell:
        for name, cell in regularised().items():
            seeded = cell_subject(cell, shape, seed=SEED)
            checked(f"{name} {shape}", seeded, truth(seeded))
        subjects = {"plain": cell_subject("lstm", shape)}
        subjects |= {name: cell_subject(cell, shape) for name, cell in regularised().items()}
        for threads in settings.threads:
            torch.set_num_threads(threads)
            steps = {name: clocked(one.training()) for name, one in subjects.items()}
            times = interleaved(steps, settings.rounds)
            plain = times.pop("plain")
            for name, one in times.items():
                row: Row = {"regulariser": name, "shape": list(shape), "threads": threads}
                row |= {"recurra": figures(one), "plain": figures(plain)}
                row["percent"] = round(100 * (one.median / plain.median - 1), 1)
                found.append(row)
                print(f"{name} {shape}, {threads} threads: {row['percent']:+.0f}%", flush=True)
    return found
