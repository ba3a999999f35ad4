"""What ``lengths=`` costs where all rows are whole, and gains where they are not."""

from __future__ import annotations

import torch
from comparison import check
from figures import Row, figures
from layer import cell_subject
from settings import Settings
from shapes import Shape
from subject import MODES, Subject
from timing import clocked, interleaved


def rows(settings: Settings) -> list[Row]:
    """A row for each shape, mode and number of threads."""
    found = []
    for shape in settings.every_cell:
        subjects = _subjects(shape)
        share = float(subjects["random"].extras["lengths"].double().mean()) / shape.T
        for threads in settings.threads:
            torch.set_num_threads(threads)
            for mode in MODES:
                steps = {name: clocked(one.step(mode)) for name, one in subjects.items()}
                times = interleaved(steps, settings.rounds)
                row: Row = {"shape": list(shape), "threads": threads, "mode": mode}
                row |= {name: figures(one) for name, one in times.items()}
                row["steps that are there"] = round(share, 3)
                found.append(row)
                said = ", ".join(f"{name} {one.median:.2f}" for name, one in times.items())
                print(f"lengths {shape} {mode}, {threads} threads: {said} ms", flush=True)
    return found


def _subjects(shape: Shape) -> dict[str, Subject]:
    """An LSTM without lengths, with all of them T, and with those drawn from 1 to T."""
    whole = torch.full((shape.B,), shape.T)
    drawn = torch.randint(1, shape.T + 1, (shape.B,), generator=torch.Generator().manual_seed(3))
    subjects = {
        "none": cell_subject("lstm", shape),
        "whole": cell_subject("lstm", shape, lengths=whole),
        "random": cell_subject("lstm", shape, lengths=drawn),
    }
    outputs = {name: one.output().detach() for name, one in subjects.items()}
    there = torch.arange(shape.T)[:, None] < drawn
    check(f"lengths {shape}", {"whole": outputs["whole"]}, {"whole": outputs["none"]})
    wanted = outputs["none"] * there[:, :, None]
    check(f"lengths {shape}", {"random": outputs["random"]}, {"random": wanted})
    return subjects
