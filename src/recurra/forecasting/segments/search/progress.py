"""How far a search is, what it has found, and how long it still takes."""

from __future__ import annotations

import time

import rich.progress as bars
from rich.console import Console

from recurra.forecasting.segments.search.watching import SearchWatch, Standing
from recurra.training.callbacks.progress import SECONDS_BETWEEN_DRAWINGS


class SearchProgress(SearchWatch):
    """Shows the trial at work, the best error so far, and the time or trials left, on stderr.

    Drawn at most ten times a second and by no thread of its own. Where stderr is no terminal only
    the last state is printed.

    Args:
        console: Where to draw; None for stderr.
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console

    def on_search_begin(self) -> None:
        """Draws an empty bar."""
        self._bars = bars.Progress(
            bars.TextColumn("{task.description}"),
            bars.BarColumn(),
            bars.TextColumn("{task.fields[state]}"),
            console=self.console or Console(stderr=True),
            auto_refresh=False,
        )
        self._task = self._bars.add_task("search", total=1.0, state="")
        self._begun = self._drawn = time.monotonic()
        self._bars.start()

    def on_search_step(self, standing: Standing) -> None:
        """Moves the bar on, if it has stood for long enough."""
        if time.monotonic() - self._drawn >= SECONDS_BETWEEN_DRAWINGS:
            self._draw(standing, self._share(standing))

    def on_search_end(self, standing: Standing, *, interrupted: bool) -> None:
        """Leaves the last state standing and gives the terminal back."""
        self._draw(standing, 1.0)
        self._bars.stop()
        if interrupted:
            self._bars.console.print(
                "Interrupted: the best so far is trained now; once more ends that as well."
            )

    def _share(self, standing: Standing) -> float:
        """Of the whole search: by trials, or by time from when one knows what a trial takes."""
        if standing.trials is not None:
            return (standing.trial - 1 + standing.share) / standing.trials
        if standing.left is None:
            return 0.0
        spent = time.monotonic() - self._begun
        return spent / (spent + standing.left)

    def _draw(self, standing: Standing, share: float) -> None:
        count = "" if standing.trials is None else f" of {standing.trials}"
        told = f"search, trial {standing.trial}{count}"
        self._bars.update(self._task, description=told, completed=share, state=_state(standing))
        self._bars.refresh()
        self._drawn = time.monotonic()


def _state(standing: Standing) -> str:
    parts = []
    if standing.best is not None:
        parts.append(f"error {standing.best:.3f}, {standing.default:.3f} by the rules")
    if standing.left is not None:
        minutes, seconds = divmod(round(standing.left), 60)
        parts.append(f"{minutes}:{seconds:02d} left")
    return ", ".join(parts)
