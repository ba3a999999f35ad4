"""Each forecast is made from what lies before its origin, and lands in the right row."""

import datetime
import warnings

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from recurra.errors import DataError, OptionError
from recurra.forecasting.backtest import cross_validation


def test_a_worked_example(last_season, numbered):
    frame = cross_validation(last_season(), numbered(a=12, b=12), n_windows=2, horizon=3)
    assert frame.columns == ["unique_id", "ds", "cutoff", "y", "recurra"]
    rows = [(6, 5), (7, 5), (8, 5), (9, 8), (10, 8), (11, 8)]
    assert frame.rows() == [
        (name, ds, cutoff, float(ds), float(cutoff)) for name in "ab" for ds, cutoff in rows
    ]


@pytest.mark.parametrize(
    ("refit", "how"),
    [(False, ["fit", "update", "update", "update"]), (True, ["fit"] * 4),
     (2, ["fit", "update", "fit", "update"]), (3, ["fit", "update", "update", "fit"])],
)  # fmt: skip
def test_a_forecaster_never_sees_what_lies_after_the_origin(last_season, numbered, refit, how):
    cross_validation(last_season(), numbered(a=30), 4, 2, refit, horizon=5)
    assert [name for name, _ in last_season.seen] == how
    ends = [int(table["ds"].max()) for _, table in last_season.seen]
    assert ends == [18, 20, 22, 24]
    assert all(len(table) == end + 1 for (_, table), end in zip(last_season.seen, ends))  # noqa: B905


def test_refit_or_not_is_the_same_for_a_rule_that_learns_nothing(last_season, numbered):
    arguments = (last_season(season=3), numbered(a=40, b=40), 5, 2)
    once = cross_validation(*arguments, False, horizon=4)
    assert once.equals(cross_validation(*arguments, True, horizon=4))
    assert once.equals(cross_validation(*arguments, 2, horizon=4))


def test_the_forecaster_given_stays_as_it_was(last_season, numbered):
    forecaster = last_season()
    before = dict(vars(forecaster))
    cross_validation(forecaster, numbered(a=20), 2, horizon=3)
    assert vars(forecaster) == before


def test_the_horizon_is_that_of_the_forecaster_or_what_the_calendar_suggests(
    last_season, numbered, months
):
    def reach(frame, **options):
        made = cross_validation(last_season(**options), frame, n_windows=1)
        return len(made)

    assert reach(numbered(a=40), horizon=7) == 7
    assert reach(numbered(a=400)) == 10
    assert reach(months(np.arange(200.0))) == 12
    assert reach(months(np.arange(40.0))) == 5


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow"])
def test_frames_come_out_in_the_kind_that_went_in(last_season, months, kind):
    frame = months(np.arange(30.0)).with_columns(pl.when(pl.col("y") != 28).then("y").alias("y"))
    given = {"polars": frame, "pandas": frame.to_pandas(), "pyarrow": frame.to_arrow()}[kind]
    made = cross_validation(last_season(), given, 2, horizon=2, level=[80])
    assert type(made) is type(given)
    names = ["unique_id", "ds", "cutoff", "y", "recurra", "recurra-lo-80", "recurra-hi-80"]
    assert nw.from_native(made).columns == names
    table = nw.from_native(made)
    assert table["ds"].to_list()[-1] in {datetime.date(2012, 6, 1), datetime.datetime(2012, 6, 1)}
    truth = np.array([np.nan if y is None else y for y in table["y"].to_list()])
    np.testing.assert_array_equal(truth, [26, 27, np.nan, 29])


def test_times_and_cutoffs_are_written_as_the_user_wrote_them(last_season):
    days = [f"{day:02}.01.2024" for day in range(1, 31)]
    frame = pl.DataFrame({"day": days, "sold": np.arange(30.0)})
    made = cross_validation(last_season(), frame, 1, horizon=2)
    assert made["ds"].to_list() == ["29.01.2024", "30.01.2024"]
    assert made["cutoff"].to_list() == ["28.01.2024"] * 2


def test_intervals_are_asked_for_and_land_beside_their_forecast(last_season, numbered):
    made = cross_validation(last_season(), numbered(a=20), 2, horizon=2, level=[95, 80, 97.5])
    assert made.columns[5:] == [f"recurra-{e}-{p}" for p in (80, 95, 97.5) for e in ("lo", "hi")]
    np.testing.assert_allclose(made["recurra-hi-97.5"] - made["recurra"], 9.75)
    np.testing.assert_allclose(made["recurra"] - made["recurra-lo-80"], 8)


def test_series_of_unequal_ends_have_origins_of_their_own_and_it_is_said(last_season, numbered):
    with pytest.warns(UserWarning, match="end at different times: origins are counted back"):
        made = cross_validation(last_season(), numbered(a=20, b=30), 2, horizon=3)
    cutoffs = made.group_by("unique_id", maintain_order=True).agg(pl.col("cutoff").unique().sort())
    assert cutoffs["cutoff"].to_list() == [[13, 16], [23, 26]]


def test_series_too_short_for_the_first_origin_are_left_out_and_named(last_season, numbered):
    with warnings.catch_warnings(record=True, action="always") as said:
        made = cross_validation(last_season(), numbered(a=8, b=9, c=30), 2, horizon=3)
    assert set(made["unique_id"]) == {"b", "c"}
    assert "1 series (a) left out: of fewer than 9 points" in [str(one.message) for one in said]
    assert all("a" not in table["unique_id"] for _, table in last_season.seen)


def test_series_that_the_forecaster_leaves_out_at_one_origin_are_left_out_of_all(
    last_season, numbered
):
    frame = numbered(a=14, b=40)
    with warnings.catch_warnings(record=True, action="always") as said:
        made = cross_validation(last_season(least=10), frame, 2, refit=True, horizon=3)
    assert set(made["unique_id"]) == {"b"}
    assert any("1 series (a) left out: the forecaster gave no" in str(w.message) for w in said)
    last_season.seen.clear()
    with warnings.catch_warnings(record=True, action="always"):
        cross_validation(last_season(least=10), frame, 2, refit=False, horizon=3)
    # Too short to be learned from, it may be too short to be taken in.
    assert set(last_season.seen[1][1]["unique_id"]) == {"b"}


def test_nothing_is_said_where_there_is_nothing_to_say(last_season, numbered):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cross_validation(last_season(), numbered(a=20, b=20), 2, horizon=3)


def test_no_series_is_long_enough(last_season, numbered, assert_says):
    with pytest.raises(DataError) as error:
        cross_validation(last_season(), numbered(a=20, b=19), 5, horizon=4)
    assert_says(error.value, "20 points for 5 windows of 4 steps, 4 apart", "23 points")


def test_no_series_is_forecast(last_season, numbered, assert_says):
    with pytest.raises(DataError) as error:
        cross_validation(last_season(least=17), numbered(a=20), 1, horizon=4)
    assert_says(error.value, "no forecast of any of 1 series")


@pytest.mark.parametrize(
    ("options", "said"),
    [({"n_windows": 0}, "n_windows"), ({"step_size": -1}, "step_size"), ({"refit": -2}, "refit"),
     ({"level": 80}, "level"), ({"level": [100]}, "level 100"), ({"level": ["80"]}, "level '80'"),
     ({"horizon": 0}, "horizon"), ({"level": "80"}, "level")],
)  # fmt: skip
def test_absurd_options_are_refused(last_season, numbered, options, said):
    with pytest.raises(OptionError, match=said):
        cross_validation(last_season(), numbered(a=60), **{"horizon": 3, **options})


@pytest.mark.parametrize("other", [object(), None, 5])
def test_what_is_no_forecaster_is_refused(numbered, other):
    with pytest.raises(OptionError, match="has no fit"):
        cross_validation(other, numbered(a=60))


def test_a_class_is_no_forecaster(last_season, numbered):
    with pytest.raises(OptionError, match="a class"):
        cross_validation(last_season, numbered(a=60))


@pytest.mark.parametrize(
    ("frame", "said"),
    [(pl.DataFrame(), "no rows"), (pl.DataFrame({"ds": [1, 2], "word": ["a", "b"]}), "numbers"),
     ([1, 2], "list")],
)  # fmt: skip
def test_tables_that_are_none_are_refused(last_season, frame, said):
    with pytest.raises(DataError, match=said):
        cross_validation(last_season(), frame, horizon=1)


def test_a_forecaster_that_answers_other_times_is_found_out(last_season, numbered, assert_says):
    class Late(last_season):
        def predict(self, horizon=None, level=None):
            return super().predict(horizon, level).with_columns(pl.col("ds") + 1)

    with pytest.raises(DataError) as error:
        cross_validation(Late(), numbered(a=20), 1, horizon=2)
    assert_says(error.value, "forecast for 19", "one for 18")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(lambda frame: frame.drop("recurra"), "no column 'recurra'"),
     (lambda frame: frame.drop("recurra-hi-80"), "no column 'recurra-hi-80'"),
     (lambda frame: frame.head(1), "gave 1 rows")],
)  # fmt: skip
def test_a_forecaster_that_answers_too_little_is_found_out(last_season, numbered, spoil, said):
    class Lacking(last_season):
        def predict(self, horizon=None, level=None):
            return spoil(super().predict(horizon, level))

    with pytest.raises(DataError, match=said):
        cross_validation(Lacking(), numbered(a=20), 1, horizon=2, level=[80])


def test_a_fit_that_was_cut_short_ends_the_backtest(last_season, numbered):
    class Interrupted(last_season):
        class history_:  # noqa: N801
            interrupted = True

    with pytest.raises(KeyboardInterrupt):
        cross_validation(Interrupted(), numbered(a=20), 1, horizon=2)


def test_roles_of_covariates_go_to_the_fit_and_the_future_to_the_forecast(last_season, numbered):
    ahead = []

    class Knowing(last_season):
        def predict(self, horizon=None, level=None, future=None):
            assert self.roles == {"past": ["heat"], "future": ["price"]}
            ahead.append(future)
            return super().predict(horizon, level)

    frame = numbered(a=20, b=20).with_columns(heat=pl.col("y"), price=pl.col("y") * 10)
    cross_validation(
        Knowing(), frame, 2, horizon=2, target="y",
        covariates={"past": ["heat"], "future": ["price"]},
    )  # fmt: skip
    assert [table["price"].to_list() for table in ahead] == [
        [160.0, 170.0] * 2,
        [180.0, 190.0] * 2,
    ]
    assert ahead[0].columns == ["unique_id", "ds", "price"]
