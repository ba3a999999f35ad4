"""A table of series: each value foretold from those before it, as ``--strategy one-step`` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from recurra.errors import DataError
from recurra.forecasting.files import read_table
from recurra.forecasting.panel import Panel
from recurra.forecasting.plan import Wishes
from recurra.forecasting.preparation import judged_by_test
from recurra.forecasting.settling import Settled, settle
from recurra.forecasting.stepwise.examples import Bounds, examples
from recurra.forecasting.stepwise.form import StepForm, change_note
from recurra.forecasting.stepwise.windows import Windows
from recurra.studies.material import Material, Plain, Sequences
from recurra.studies.tasks.yours import evenly

LEARNED, HELD_OUT = 4000, 1000
"""Windows of each part, at most; of more those at even distances."""

FEWEST_LEARNED, FEWEST_HELD_OUT = 30, 10
"""Windows of each part, at least."""

SHARE = 0.15
"""The share of a typical series that is held out to choose by, and as much again to judge by."""


def read(
    path: Path,
    time: str | None = None,
    target: str | None = None,
    id: str | None = None,  # noqa: A002 - the word of the field
) -> Material:
    """Windows on series, and the change that follows each; all series share one network.

    Read, repaired, split in time and scaled as :class:`~recurra.forecasting.Forecaster` does it:
    the last part of each series is judged by, the one before it chosen by, and scales are those of
    the part before both.

    Args:
        path: A CSV, TSV, text or Parquet file.
        time: The column of times; None to find it.
        target: The column that is foretold; None to find it.
        id: The column that names the series; None to find it.

    Raises:
        DataError: If it cannot be read, nothing varies, or it is too short.
    """
    panel = Panel.from_frame(read_table(path), id=id, time=time, target=target)
    held = max(1, round(SHARE * float(np.median([len(one.values) for one in panel.series]))))
    form = _form()
    settled = settle(panel, Wishes(horizon=1, validation=held, test=held), form)
    train, validation, test = _windows(settled, form, path)
    plain = _plain(validation, test)
    sight = train.changes.sight
    note = [
        *panel.notes,
        *settled.notes[:-1],
        change_note(sight),
        f"one step ahead is foretold from the {sight.lookback:,} before",
        f"of each series the last {held:,} points are held out to judge by, {held:,} before them "
        f"to choose by: {_count(train, LEARNED):,}, {_count(validation, HELD_OUT):,} and "
        f"{_count(test, HELD_OUT):,} windows to learn from, to choose by and to judge by",
        "errors are counted in standard deviations of the changes",
    ]
    return Material(
        "forecast",
        "Forecast",
        "number",
        sight.channels,
        1,
        _sequences(train, LEARNED),
        _sequences(validation, HELD_OUT),
        _sequences(test, HELD_OUT),
        "mse",
        note="; ".join(note),
        plain=plain,
        amount=len(train),
    )


def _form() -> StepForm:
    """As it is if nothing is chosen."""
    options: dict[str, Any] = dict.fromkeys(StepForm.__dataclass_fields__)
    return StepForm.of({**options, "seed": 0, "callbacks": "default"})


def _windows(settled: Settled, form: StepForm, path: Path) -> tuple[Windows, Windows, Windows]:
    known = form.known(settled.prepared, settled.plan, settled.season)
    all_of_them = Bounds(1, 2**62, 2**62)
    made = examples(settled.prepared, known, all_of_them)
    later = examples([judged_by_test(one) for one in settled.prepared], known, all_of_them)
    if made is None or later is None:
        raise DataError(
            f"{path} has no series that varies where it is learned from, and is known later.",
            "series whose values change",
            "name the column with --target",
        )
    found = (made.train, made.validation, later.validation)
    least = (FEWEST_LEARNED, FEWEST_HELD_OUT, FEWEST_HELD_OUT)
    if any(len(part) < few for part, few in zip(found, least, strict=True)):
        raise DataError(
            f"{path} gives {', '.join(f'{len(part):,}' for part in found)} windows to learn from, "
            "to choose by and to judge by",
            f"at least {', '.join(map(str, least))}",
            "give a longer history",
        )
    return found


def _count(windows: Windows, most: int) -> int:
    return min(most, len(windows))


def _some(windows: Windows, most: int) -> tuple[Tensor, Tensor]:
    """Inputs (W, L, I) and targets (W, 1) of those at even distances."""
    return windows[evenly.places(len(windows), most)]


def _sequences(windows: Windows, most: int) -> Sequences:
    x, y = _some(windows, most)
    return Sequences(list(x), list(y))


def _plain(validation: Windows, test: Windows) -> Plain:
    """Of the answers that need no network the one that did best on what is chosen by."""
    before, after = _answers(validation), _answers(test)
    best = min(before, key=lambda name: float(before[name].mean()))
    return Plain(best, after[best], float(after[best].mean()))


def _answers(windows: Windows) -> dict[str, Tensor]:
    """The squared errors, (W,) each, of a change of nothing, the last value and the mean."""
    x, y = _some(windows, HELD_OUT)
    changes = windows.changes[windows.series[evenly.places(len(windows), HELD_OUT)]]
    sight = changes.sight
    beyond = sight.lag > sight.lookback
    base = x[:, -1, 1] if beyond else x[:, -sight.lag, 0]
    said: Sequence[tuple[str, Tensor]] = (
        (f"the value {sight.lag:,} steps before", torch.zeros(len(x))),
        ("the last value", changes.targets(base, x[:, -1, 0])),
        ("the mean of the past", changes.targets(base, torch.zeros(len(x)))),
    )
    # With a lag of one the first is the last value too, and the drift.
    kept = said if sight.lag > 1 else (("the last value and the drift", said[0][1]), *said[1:])
    return {name: (answer - y[:, 0]).double().square() for name, answer in kept}
