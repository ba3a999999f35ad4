"""The options of a command that name covariates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recurra.errors import OptionError
from recurra.forecasting.segments.search.watching import SearchWatch

if TYPE_CHECKING:
    from recurra.forecasting import Forecaster
    from recurra.training import Trainer


def covariate_options(
    static: str | None,
    past: str | None,
    future: str | None,
    categorical: str | None,
    *,
    calendar: bool,
    holidays: str | None,
) -> dict[str, Any]:
    """The options of a forecaster, columns given with commas between.

    Raises:
        OptionError: If a list has an empty name.
    """
    roles = {"static": static, "past": past, "future": future, "categorical": categorical}
    return {
        **{role: _names(role, given) for role, given in roles.items()},
        "calendar": calendar,
        "holidays": holidays,
    }


def _names(role: str, given: str | None) -> tuple[str, ...]:
    if given is None:
        return ()
    names = tuple(name.strip() for name in given.split(","))
    if not all(names):
        raise OptionError(
            f"--{role} {given!r}",
            "names of columns with commas between",
            f"--{role} price,promotion",
        )
    return names


class KnownAhead(SearchWatch):
    """Refuses a table that lacks known-future values before it is learned from, not after."""

    def __init__(self, forecaster: Forecaster) -> None:
        self._forecaster = forecaster

    def on_search_begin(self) -> None:
        """As before a training."""
        self._check()

    def on_train_begin(self, trainer: Trainer) -> None:
        """Raises a DataError if the values end before the forecast does."""
        self._check()

    def _check(self) -> None:
        from recurra.forecasting.covariates import look_ahead

        covariates, plan = self._forecaster.covariates_, self._forecaster.plan_
        if covariates is not None:
            look_ahead(covariates, 1, plan.horizon)
