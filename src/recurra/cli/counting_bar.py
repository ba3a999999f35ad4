"""A bar on standard error that counts the pieces of a long work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass
class CountingBar:
    """What is at work, how much is done, how long the rest will take.

    Attributes:
        done: Pieces.
        told: What stands before the bar.
    """

    bars: Any
    task: Any
    told: str
    done: int = 0

    def count(self, told: str, done: int, total: int) -> None:
        """Shows that so many pieces are done."""
        self.told, self.done = told, done
        self.bars.update(self.task, description=told, completed=done, total=total)
        self.bars.refresh()

    def tell(self, told: str) -> None:
        """Shows what is at work."""
        if told != self.told:
            self.told = told
            self.bars.update(self.task, description=told)
            self.bars.refresh()


@contextmanager
def counting_bar(told: str) -> Iterator[CountingBar]:
    """The bar, as long as it is needed.

    Args:
        told: What stands before it while nothing is known.
    """
    import rich.progress as bars
    from rich.console import Console

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.TimeRemainingColumn(),
        bars.TextColumn("left"),
    )
    with bars.Progress(*columns, console=Console(stderr=True), auto_refresh=False) as shown:
        yield CountingBar(shown, shown.add_task(told, total=None), told)
