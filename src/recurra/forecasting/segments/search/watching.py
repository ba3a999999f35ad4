"""What may look on while settings are searched for."""

from __future__ import annotations

from dataclasses import dataclass

from recurra.training import Callback


@dataclass(frozen=True)
class Standing:
    """How far a search is.

    Attributes:
        trial: The number of the trial at work, from 1.
        share: How much of it is done, 0 to 1.
        trials: How many there will be; None if a time decides.
        left: Seconds that the search has left, at least 0; None if a number of trials decides, or
            before the first has shown what one takes.
        best: The lowest error so far, a share of the seasonal naive forecast's; None at first.
        default: That of what the rules chose; None at first.
    """

    trial: int
    share: float
    trials: int | None
    left: float | None
    best: float | None
    default: float | None


class SearchWatch(Callback):
    """A callback that looks on while settings are searched for; all does nothing by itself.

    Trials are no trainings to look at one by one: the hooks of a training are called for the
    networks that are kept, not for those that are tried.
    """

    def on_search_begin(self) -> None:
        """Before the first trial."""

    def on_search_step(self, standing: Standing) -> None:
        """Now and then during a trial, after each step of it at most."""

    def on_search_end(self, standing: Standing, *, interrupted: bool) -> None:
        """When the search has ended; not where it failed.

        Args:
            standing: The last one.
            interrupted: Whether the user ended it: the best so far is trained now.
        """
