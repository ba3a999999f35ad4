"""A leakage audit by experiment: another future must change no forecast and nothing learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from recurra.forecasting.backtest.experiments import Bench, Make
from recurra.forecasting.backtest.findings import Audit, conclude
from recurra.forecasting.backtest.model import check_model
from recurra.forecasting.backtest.planning import plan


def audit(
    forecaster_factory: Make,
    df: Any,
    *,
    horizon: int | None = None,
    n_windows: int = 2,
    step_size: int | None = None,
    level: Sequence[float] | None = None,
    covariates: Mapping[str, Sequence[str]] | None = None,
    id: str | None = None,  # noqa: A002 - the word of the field
    time: str | None = None,
    target: str | None = None,
    seed: int = 0,
) -> Audit:
    """Looks for leaks by giving a forecaster, and all that prepares its data, another future.

    The experiments, each of which must leave every bit of the forecasts, and of what was learned,
    as it was:

    - after each origin, every value, every covariate that is not known ahead, and every other
      series becomes another;
    - there is nothing after the first origin;
    - the rows after the first origin are handed over with an empty target, and their covariates,
      those not known ahead, become others;
    - the values of the part that a forecaster itself keeps to be judged by (``plan_.test``, if it
      says so) become others: what it learned, scalers and weights, must not know them.

    Besides, no covariate may tell the target's future, as one shifted the wrong way does. Where the
    first experiment finds a leak, it is made again with one thing changed at a time to name it.

    Args:
        forecaster_factory: Makes an unfitted forecaster, given the frame: whatever is prepared
            with that frame (a scaler, chosen features) belongs into it and is audited as well.
        df: A long frame, a row a series and time.
        horizon: K; see :func:`~recurra.forecasting.backtest.running.backtest`.
        n_windows: W, origins after which the future is changed, each a fit.
        step_size: Steps between them; None for the horizon.
        level: Percents, to compare intervals as well.
        covariates: Names of columns by their role, as for
            :func:`~recurra.forecasting.backtest.running.backtest`. Those under "future" and
            "static" keep their values; all other columns become others.
        id: The column that names the series. None: found.
        time: The column of times. None: found.
        target: The column to forecast. None: found.
        seed: Of the other future.

    Raises:
        DataError: If the table cannot be used.
        OptionError: If an option is out of range.
    """
    model = forecaster_factory(df)
    check_model(model)
    settings: dict[str, Any] = {
        "horizon": horizon,
        "n_windows": n_windows,
        "step_size": step_size,
        "level": level,
    }
    settings |= {"covariates": covariates}
    columns = {"id": id, "time": time, "target": target}
    course, _, _ = plan(model, df, columns, refit=False, **settings)
    bench = Bench(forecaster_factory, course, seed)
    repeated = bench.repeated()
    if repeated.leaks:
        return conclude((repeated,), repeatable=False)
    findings = [repeated, *bench.changed(), bench.removed()]
    if bench.covariates:
        findings += [bench.in_view(), bench.foretelling()]
    return conclude((*findings, bench.held_out()), repeatable=True)
