"""What a backtest asks of a forecaster, and nothing else."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from recurra.errors import OptionError
from recurra.forecasting.panel import Panel

OWN = "recurra"
"""The column of a forecaster's own forecasts."""


class Model(Protocol):
    """A forecaster: learns from a table, takes a newer one, forecasts on from its end."""

    def fit(self, df: Any, *, id: str, time: str, target: str) -> Any:  # noqa: A002
        """Learns from a long frame, a row a series and time.

        Where covariates were named, their roles are keywords as well.
        """

    def update(self, df: Any) -> Any:
        """Takes a newer history to forecast on from, without learning."""

    def predict(self, horizon: int | None = None, level: Sequence[float] | None = None) -> Any:
        """A frame ``unique_id, ds, recurra``, K rows a series; intervals beside it.

        Where covariates are known ahead, ``future=`` is a frame of those.
        """

    def get_params(self) -> Mapping[str, Any]:
        """The constructor's arguments."""


class Foreteller(Model, Protocol):
    """A forecaster that needs no table to forecast from several origins at once."""

    def forecast_from(
        self,
        panel: Panel,
        known: NDArray[np.int64],
        horizon: int | None = None,
        level: Sequence[float] | None = None,
    ) -> Mapping[str, NDArray[np.float64]] | None:
        """What update and predict would forecast; None where they must be asked.

        By the names of predict's columns, (S, W, K), from origins of which ``known``, (S, W), tells
        how many points of each series lie before them.
        """


def foreteller(model: Model) -> Foreteller | None:
    """The same, if it can; where update or predict are overridden, these are to be asked."""
    kind = type(model)
    origin = next((one for one in kind.__mro__ if "forecast_from" in vars(one)), None)
    if origin is None:
        return None
    own = all(getattr(kind, name) is getattr(origin, name) for name in ("update", "predict"))
    return cast(Foreteller, model) if own else None


ROLES = ("static", "past", "future", "categorical")
"""Parameters of a forecaster that name covariates, if it has them."""


def roles_of(model: Model) -> dict[str, tuple[str, ...]]:
    """The covariates that a forecaster was made to read, by their role."""
    parameters = model.get_params()
    return {role: tuple(parameters[role]) for role in ROLES if parameters.get(role)}


def anew(
    model: Model, horizon: int, covariates: Mapping[str, Sequence[str]] | None = None
) -> Model:
    """An unfitted forecaster with the same parameters, made for this horizon.

    Args:
        model: A forecaster.
        horizon: K.
        covariates: Names of columns by their role, set if it has such parameters.
    """
    parameters = dict(model.get_params())
    roles = covariates or {}
    parameters |= {role: tuple(roles[role]) for role in roles if role in parameters}
    if "horizon" in parameters:
        parameters["horizon"] = horizon
    made: Model = type(model)(**parameters)
    return made


def fixed_horizon(model: Model) -> int | None:
    """The horizon that a forecaster was made with, if it has one."""
    parameters = model.get_params()
    if parameters.get("strategy") == "one-step":
        return 1
    wished = parameters.get("horizon")
    return None if wished is None else int(wished)


def takes_checkpoint(model: Model) -> bool:
    """Whether its fit can be kept, and go on."""
    return "checkpoint" in inspect.signature(model.fit).parameters


def fitted(model: Model, frame: Any, columns: Mapping[str, Any]) -> Model:
    """Fits it; the columns are keywords, but for covariates that it was made to read.

    Raises:
        KeyboardInterrupt: If the user cut the fit short: weights of half a training are no fair
            forecaster.
    """
    made = model.get_params()
    model.fit(frame, **{name: one for name, one in columns.items() if name not in made})
    if bool(getattr(getattr(model, "history_", None), "interrupted", False)):
        raise KeyboardInterrupt
    return model


def check_model(model: object) -> None:
    """Raises an OptionError if it lacks what a backtest asks of a forecaster."""
    lacking = [
        name
        for name in ("fit", "update", "predict", "get_params")
        if not callable(getattr(model, name, None))
    ]
    if lacking or isinstance(model, type):
        raise OptionError(
            f"{model!r} as a forecaster"
            + (f", which has no {', '.join(lacking)}" if lacking else ", which is a class"),
            "an object with fit, update, predict and get_params",
            "give a Forecaster(...)",
        )
