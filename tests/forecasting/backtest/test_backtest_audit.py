"""The audit catches what was planted, names it, and passes what is clean."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from recurra import Forecaster
from recurra.errors import DataError, OptionError
from recurra.forecasting.backtest import audit
from recurra.forecasting.backtest.disturbing import disturbed
from recurra.forecasting.backtest.foretelling import foretold
from recurra.forecasting.backtest.learned import differing, learned, settled


@pytest.fixture
def panel() -> pl.DataFrame:
    random = np.random.default_rng(0)
    return pl.concat(
        pl.DataFrame({"unique_id": [name] * n, "ds": np.arange(n)}).with_columns(
            y=pl.Series(random.normal(10, 2, n)),
            heat=pl.Series(random.normal(0, 1, n)),
            count=pl.Series(random.integers(0, 9, n)),
            open=pl.Series(random.random(n) < 0.5),
            kind=pl.Series(random.choice(["a", "b", "c"], n)),
        )
        for name, n in (("one", 60), ("two", 60), ("three", 55))
    )


OPTIONS: dict[str, Any] = {"horizon": 4, "target": "y"}


def leaks(found) -> str:
    assert not found.passed
    assert found.verdict.startswith("There is a leak: ")
    return " | ".join(leak for finding in found.findings for leak in finding.leaks)


def test_a_clean_forecaster_passes(last_season, panel):
    found = audit(lambda _: last_season(season=4), panel, level=[80], **OPTIONS)
    assert found.passed
    assert found.verdict.startswith("No leak was found: ")
    made = [finding for finding in found.findings if not finding.skipped]
    assert len(made) == 5
    skipped = " ".join(finding.skipped for finding in found.findings)
    assert "the forecaster takes no such rows" in skipped
    assert "the forecaster names no such part" in skipped
    assert all(finding.compared for finding in made)
    assert found.to_json()["passed"] is True


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow"])
def test_a_clean_forecaster_passes_on_frames_of_all_kinds(last_season, panel, kind):
    given = {"polars": panel, "pandas": panel.to_pandas(), "pyarrow": panel.to_arrow()}[kind]
    assert audit(lambda _: last_season(), given, **OPTIONS).passed


def test_a_scaler_of_the_whole_table_is_caught(last_season, panel):
    def make(frame):
        return last_season(bias=float(frame["y"].mean()))

    assert "values of y after the origin" in leaks(audit(make, panel, **OPTIONS))


def test_a_feature_chosen_by_a_covariates_future_is_caught_and_named(last_season, panel):
    def make(frame):
        return last_season(bias=float(frame["heat"].sum()))

    said = leaks(audit(make, panel, **OPTIONS))
    assert "values of heat after the origin" in said
    assert "values of y after the origin" not in said
    # What is known ahead may be used.
    known = audit(make, panel, covariates={"future": ["heat"]}, **OPTIONS)
    assert "heat" not in leaks(known)
    assert "depend on there being a future" in leaks(known)


def test_the_future_of_another_series_is_caught_and_named(last_season, panel):
    def make(frame):
        other = frame.filter(pl.col("unique_id") == "two")
        return last_season(bias=float(other["y"].drop_nulls()[-1]))

    assert "later values of other series" in leaks(audit(make, panel, **OPTIONS))


def test_something_learned_is_caught_even_if_no_forecast_shows_it(last_season, panel):
    def make(frame):
        class Stained(last_season):
            def fit(self, df, **columns):
                self.scaler_ = {"mean": np.array([frame["y"].mean()])}
                return super().fit(df, **columns)

        return Stained()

    said = leaks(audit(make, panel, **OPTIONS))
    assert "scaler_['mean'] depend on values of y" in said
    assert "forecasts" not in said


def test_a_covariate_of_the_hour_to_be_forecast_is_caught(last_season, panel):
    class Peeking(last_season):
        """Uses the covariate in rows whose target is to be forecast."""

        def fit(self, df, **columns):
            super().fit(df.filter(pl.col("y").is_not_nan() & pl.col("y").is_not_null()), **columns)
            self.bias = float(df["heat"].tail(1)[0])
            return self

    said = leaks(audit(lambda _: Peeking(), panel, **OPTIONS))
    assert said == "forecasts depend on covariates not known ahead"


def test_a_covariate_shifted_the_wrong_way_is_caught(last_season, panel):
    shifted = panel.with_columns(heat=(3 - 2 * pl.col("y").shift(-2)).over("unique_id"))
    said = leaks(audit(lambda _: last_season(), shifted, **OPTIONS))
    assert said == "heat tells y 2 steps ahead"


def test_a_scaler_that_knows_the_part_to_be_judged_by_is_caught(last_season, panel):
    class plan_:  # noqa: N801
        test = 8

    class Early(last_season):
        def fit(self, df, **columns):
            self.plan_ = plan_
            super().fit(df, **columns)
            known = df.filter(pl.int_range(pl.len()).over("unique_id") < 40)
            self.scale_ = float(known["y"].mean())
            return self

    class Late(Early):
        def fit(self, df, **columns):
            super().fit(df, **columns)
            self.scale_ = float(df["y"].mean())
            return self

    assert audit(lambda _: Early(), panel, **OPTIONS).passed
    assert leaks(audit(lambda _: Late(), panel, **OPTIONS)) == (
        "scale_ depend on the part kept to be judged by"
    )


@pytest.mark.parametrize("knows", [False, True])
def test_only_the_model_that_was_judged_must_not_know_that_part(last_season, panel, knows):
    class Anew(last_season):
        """Learns anew from all after it was judged."""

        def fit(self, df, **columns):
            super().fit(df, **columns)
            self.plan_ = SimpleNamespace(test=8)
            early = df.filter(pl.int_range(pl.len()).over("unique_id") < 40)
            self.model_ = {"scale": float(df["y"].mean())}
            self.judged_ = self.model_ if knows else {"scale": float(early["y"].mean())}
            return self

    found = audit(lambda _: Anew(), panel, **OPTIONS)
    assert found.passed != knows


def test_a_forecaster_that_is_never_the_same_cannot_be_told_about(last_season, panel):
    random = np.random.default_rng(0)
    found = audit(lambda _: last_season(bias=random.random()), panel, **OPTIONS)
    assert not found.passed
    assert not found.repeatable
    assert "can tell nothing" in found.verdict


def test_the_real_forecaster_passes():
    wave = 50 + 10 * np.sin(np.arange(120) * np.pi / 6)
    noise = np.random.default_rng(0).normal(size=120)
    frame = pl.DataFrame({"ds": np.arange(120), "y": wave + noise, "heat": noise[::-1]})
    found = audit(
        lambda _: Forecaster(hidden_size=8, epochs=2), frame, level=[80], **OPTIONS
    )  # fmt: skip
    assert found.passed, found.verdict
    held_out = found.findings[-1]
    assert not held_out.skipped
    assert held_out.compared > 10


@pytest.mark.parametrize(
    ("options", "error"),
    [({"n_windows": 0}, OptionError), ({"horizon": 0}, OptionError), ({"target": "no"}, DataError),
     ({"horizon": 50}, DataError)],
)  # fmt: skip
def test_absurd_options_are_refused(last_season, panel, options, error):
    with pytest.raises(error):
        audit(lambda _: last_season(), panel, **(OPTIONS | options))


def test_a_factory_that_makes_no_forecaster_is_refused(panel):
    with pytest.raises(OptionError, match="has no fit"):
        audit(lambda _: None, panel, **OPTIONS)


# Its parts ----------------------------------------------------------------------------------------


def test_another_future_changes_every_cell_there_and_none_before(panel):
    rows = np.arange(len(panel)) % 3 == 0
    names = ["y", "heat", "count", "open", "kind"]
    other = disturbed(panel, names, rows, seed=0)
    assert other.schema == panel.schema
    for name in names:
        same = (other[name] == panel[name]).to_numpy()
        assert not same[rows].any(), name
        assert same[~rows].all(), name
    assert other.equals(disturbed(panel, names, rows, seed=0))
    assert other.select("unique_id", "ds").equals(panel.select("unique_id", "ds"))


def test_what_is_missing_stays_missing_and_the_constant_changes():
    table = pl.DataFrame({"a": [1.0, None, float("nan"), 1.0], "b": [5, None, 5, 5]})
    other = disturbed(table, ["a", "b"], np.ones(4, bool), seed=1)
    assert other["a"].is_null().to_list() == [False, True, False, False]
    assert np.isnan(other["a"][2])
    assert other["a"][0] != 1
    assert other["b"].to_list()[1] is None
    assert 5 not in other["b"].to_list()


@pytest.mark.parametrize("ahead", [1, 3, 7])
@pytest.mark.parametrize("sign", [1, -4])
def test_a_covariate_that_holds_the_future_is_told_from_one_that_holds_the_past(ahead, sign):
    y = np.cumsum(np.random.default_rng(0).normal(size=80))
    future = np.concatenate([y[ahead:], np.full(ahead, np.nan)])
    past = np.concatenate([np.full(ahead, np.nan), y[:-ahead]])
    assert foretold(sign * future + 2, y, 7) == ahead
    assert foretold(sign * past, y, 7) == 0
    assert foretold(sign * y, y, 7) == 0
    assert foretold(np.ones(80), y, 7) == 0
    assert foretold(future, y, ahead - 1) == 0


def test_an_exact_season_is_no_future():
    wave = np.tile([1.0, 5, 2, 9], 20)
    assert foretold(np.roll(wave, -1), wave, 8) == 0


def test_learned_values_are_found_wherever_they_lie(small_fit):
    one, two = learned(small_fit), learned(small_fit)
    assert differing(one, two) == []
    assert any("scale.mean" in path for path in one)
    assert any("state_dict" in path for path in settled(one))
    assert not any("seconds" in path or path.startswith("evaluation_") for path in settled(one))
    next(iter(small_fit.network_.parameters())).data[0] += 1e-3
    changed = differing(one, learned(small_fit))
    assert changed
    assert all("state_dict" in path for path in changed)


@pytest.fixture
def small_fit() -> Forecaster:
    wave = np.sin(np.arange(60.0)) + np.random.default_rng(0).normal(size=60)
    return Forecaster(hidden_size=4, epochs=1, horizon=3).fit(pl.DataFrame({"y": wave}))
