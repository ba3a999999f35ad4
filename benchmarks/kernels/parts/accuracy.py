"""How far outputs and gradients are from the truth, beside how far the reference is in float32."""

from __future__ import annotations

from collections.abc import Iterator

from comparison import distances
from figures import Row
from layer import cell_subject
from pair import subject
from settings import Settings
from shapes import Shape
from subject import Subject
from truth import Results, reference, results, truth

import recurra
from recurra import cells


def rows(settings: Settings) -> list[Row]:
    """A row for each layer and shape."""
    return [
        _row(name, shape, one)
        for shape in settings.every_cell
        for name, one in _subjects(shape, settings)
    ]


def _subjects(shape: Shape, settings: Settings) -> Iterator[tuple[str, Subject]]:
    for name in ("LSTM", "GRU", "RNN"):
        if not settings.cells:
            yield name, subject(getattr(recurra, name)(shape.I, shape.H), shape)
    for name in settings.chosen(cells.names()):
        yield name, cell_subject(name, shape)


def _row(name: str, shape: Shape, one: Subject) -> Row:
    wanted = truth(one)
    row: Row = {
        "layer": name,
        "shape": list(shape),
        "recurra": _errors(results(one), wanted),
        "reference": _errors(reference(one), wanted),
    }
    said = ", ".join(f"{who} {row[who]['gradients']:.1e}" for who in ("recurra", "reference"))
    print(f"{name} {shape}, gradients: {said}", flush=True)
    return row


def _errors(found: Results, wanted: Results) -> dict[str, float]:
    """The largest error of each kind, each tensor's relative to its largest number."""
    each = {name: float(f"{one:.3g}") for name, one in distances(found, wanted).items()}
    return {"output": each.pop("the output"), "gradients": max(each.values())}
