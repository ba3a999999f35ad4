"""What ``recurra forecast`` says while it works and when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from recurra.forecasting.model import recurrent_layers
from recurra.forecasting.segments.search.progress import SearchProgress
from recurra.forecasting.segments.search.watching import SearchWatch
from recurra.training import Callback, Progress, Trainer

if TYPE_CHECKING:
    from recurra.forecasting import Forecaster

_ROWS = {
    "one_step": "Recurra, one step ahead",
    "naive_one_step": "naive, one step ahead",
    "seasonal_naive_one_step": "seasonal naive, one step ahead",
    "multi_step": "Recurra, {reach} at a time",
    "naive": "naive, {reach} at a time",
    "seasonal_naive": "seasonal naive, {reach} at a time",
}


class Narrator:
    """Says things once, on standard output; progress goes to standard error.

    Args:
        say: Whether to say anything on standard output.
        show_progress: Whether to show progress.
    """

    def __init__(self, *, say: bool, show_progress: bool) -> None:
        self._console = Console(quiet=not say, highlight=False, soft_wrap=True)
        self._show_progress = show_progress
        self._noted = 0

    def watch(self, forecaster: Forecaster) -> list[Callback]:
        """What was inferred before training, and progress."""
        before = _BeforeTraining(self, forecaster)
        shown = [SearchProgress(), Progress()] if self._show_progress else []
        return [before, *shown]

    def notes(self, forecaster: Forecaster) -> None:
        """What was inferred, repaired or left out, and was not said yet."""
        notes = forecaster.notes_[self._noted :]
        self._noted += len(notes)
        for note in notes:
            self._console.print(f"- {note}", markup=False)

    def kernels(self, forecaster: Forecaster) -> None:
        """Which kernel ran the network, why, and what its options cost."""
        for layers in recurrent_layers(forecaster.model_):
            self._console.print(layers.kernel_report(), markup=False)

    def interrupted(self, forecaster: Forecaster, path: Path) -> None:
        """That the work was cut short, and what is kept of it."""
        history = forecaster.history_
        losses = history.history.get("val_loss") or history.history["loss"]
        best = min(range(len(losses)), key=losses.__getitem__)
        when = f"in epoch {len(losses) + 1}" if history.interrupted else "after training"
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"Interrupted {when}. The best model so far, of epoch {best + 1} (validation loss "
            f"{losses[best]:.4g}), is kept: {path}",
            markup=False,
        )

    def results(self, forecaster: Forecaster, figures: Mapping[str, Any], folder: Path) -> None:
        """The figures, the verdict, and where the rest lies."""
        table = Table(title="Errors on the test part", title_justify="left")
        for name in ("forecast", "MASE", "MAE", "RMSE", "sMAPE %"):
            table.add_column(name, justify="left" if name == "forecast" else "right")
        for kind, name in _ROWS.items():
            if forecaster.season_ > 1 or "seasonal" not in kind:
                scores = figures["test"][kind]
                row = [_figure(scores[key]) for key in ("mase", "mae", "rmse", "smape")]
                table.add_row(name.format(reach=forecaster.plan_.reach), *row)
        self._console.print(table)
        stopped = forecaster.history_.stopped
        self._console.print(
            f"{figures['parameters']:,} parameters, {figures['epochs']} epochs in "
            f"{figures['seconds']['fit']:.1f} s ({stopped}), kernel {figures['kernel']}"
        )
        self._console.print(figures["verdict"], markup=False, style="bold")
        self._console.print(f"Report: {folder / 'report.html'}", markup=False)


class _BeforeTraining(SearchWatch):
    """Says what was inferred before the long parts begin."""

    def __init__(self, narrator: Narrator, forecaster: Forecaster) -> None:
        self._narrator = narrator
        self._forecaster = forecaster

    def on_search_begin(self) -> None:
        self._narrator.notes(self._forecaster)

    def on_train_begin(self, trainer: Trainer) -> None:
        self._narrator.notes(self._forecaster)


def _figure(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.4g}"
