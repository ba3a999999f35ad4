"""From where forecasts are made: rolling origins, counted back from the end of a series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import OptionError
from recurra.forecasting.plan import check_counts, is_whole


@dataclass(frozen=True)
class Origins:
    """Rolling origins (Tashman 2000), all in steps of the series.

    Attributes:
        horizon: K, how far each forecast reaches.
        windows: W, from how many origins.
        step: From one origin to the next; below K the forecasts overlap.
    """

    horizon: int
    windows: int
    step: int

    @classmethod
    def of(cls, horizon: int, n_windows: int, step_size: int | None) -> Self:
        """Checks what the user set.

        Args:
            horizon: K.
            n_windows: W.
            step_size: None for the horizon, so that every point is forecast once.

        Raises:
            OptionError: If one is no whole number of at least 1.
        """
        check_counts(horizon=horizon, n_windows=n_windows, step_size=step_size)
        return cls(int(horizon), int(n_windows), int(step_size or horizon))

    @property
    def span(self) -> int:
        """How many points at the end of a series lie after the first origin."""
        return self.horizon + self.step * (self.windows - 1)

    @property
    def overlap(self) -> int:
        """How many origins in a row have forecasts that share points; 1 where none do."""
        return min(-(-self.horizon // self.step), self.windows)

    def known(self, length: int) -> NDArray[np.int64]:
        """How many points of a series of that length are known at each origin, (W,)."""
        return length - self.span + self.step * np.arange(self.windows)


def fits_every(refit: bool | int, windows: int) -> int:
    """After how many windows a model is fitted anew.

    Args:
        refit: True for each window, False or 0 for the first only, n for every n windows.
        windows: W.

    Raises:
        OptionError: If it is neither a truth value nor a whole number of at least 0.
    """
    if refit is True:
        return 1
    if refit is not False and not is_whole(refit, least=0):
        raise OptionError(
            f"refit={refit!r}",
            "True (each window), False (the first only), or a whole number (every so many)",
        )
    return int(refit) or windows
