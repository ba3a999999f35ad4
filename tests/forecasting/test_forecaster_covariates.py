"""A forecaster reads what stands beside its series, and never what could not be known."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from recurra import Forecaster
from recurra.errors import DataError, OptionError
from recurra.forecasting.backtest import audit, cross_validation

K = 4
START = dt.date(2023, 1, 1)
QUICK: dict[str, Any] = {
    "horizon": K,
    "lookback": 8,
    "steps": 150,
    "batch_size": 32,
    "hidden_size": 12,
    "ensemble": 1,
}


def panel(make: Callable[..., dict[str, Any]], days: int, series: int = 2, ahead: int = 0):
    """Series of days; ``make(random, count, number)`` gives the columns, ``ahead`` have no y."""
    random, parts = np.random.default_rng(0), []
    for number in range(series):
        count = days + ahead
        columns = make(random, count, number)
        day = [START + dt.timedelta(days=step) for step in range(count)]
        parts.append(pl.DataFrame({"id": [f"s{number}"] * count, "day": day, **columns}))
    table = pl.concat(parts)
    last = START + dt.timedelta(days=days)
    known = pl.when(pl.col("day") < last)
    later = {name: known.then(pl.col(name)) for name in ("y", "warm") if name in table.columns}
    return table.with_columns(**later)


def promoted(random, count, number):
    """A promotion adds 8; everything else is noise, or tells nothing."""
    promotion = random.random(count) < 0.3
    return {
        "y": 40 + 8 * promotion + random.normal(0, 0.5, count),
        "promotion": np.where(promotion, "yes", "no"),
        "price": random.uniform(1, 3, count),
        "warm": random.normal(0, 1, count),
        "kind": ["city" if number % 2 else "village"] * count,
    }


def fit(table, **options) -> Forecaster:
    return Forecaster(**{**QUICK, **options}).fit(table, id="id", time="day", target="y")


def error(forecaster: Forecaster) -> float:
    return forecaster.evaluation_.multi_step.mae


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return panel(promoted, 120, ahead=2 * K)


@pytest.fixture(scope="module")
def shop(table) -> Forecaster:
    """Fitted with a covariate of each kind; not to be changed but by update and back."""
    return fit(
        table, static=["kind"], past=["warm"], future=["promotion", "price"], calendar=["weekend"]
    )


# What is known is used --------------------------------------------------------------------------


def test_a_known_future_column_that_determines_the_target_is_used(table):
    without, within = fit(table, strategy="direct"), fit(table, future=["promotion"])
    assert error(within) < 0.4 * error(without)
    forecast = within.predict()["recurra"].to_numpy()
    first = pl.col("day") >= START + dt.timedelta(days=120)
    ahead = table.filter(first & (pl.col("day") < START + dt.timedelta(days=120 + K)))
    promotion = (ahead["promotion"] == "yes").to_numpy()
    assert 0 < promotion.sum() < len(promotion)
    assert forecast[promotion].min() > 45 > forecast[~promotion].max()


def test_a_past_column_that_leads_the_target_by_a_step_is_used():
    def led(random, count, number):
        lead = random.normal(0, 1, count + 1)
        return {"y": 20 + 3 * lead[:-1] + random.normal(0, 0.3, count), "lead": lead[1:]}

    rows, one = panel(led, 120), {"horizon": 1, "strategy": "sequence-to-sequence"}
    assert error(fit(rows, **one, past=["lead"])) < 0.35 * error(fit(rows, **one))


def test_a_static_category_tells_where_short_series_go():
    def drifting(random, count, number):
        drift = 5 if number % 2 else -5
        kind = "rising" if number % 2 else "falling"
        return {"y": 300 + np.cumsum(random.normal(drift, 5, count)), "kind": [kind] * count}

    rows = panel(drifting, 24, series=30)
    assert error(fit(rows, lookback=2, static=["kind"])) < 0.8 * error(fit(rows, lookback=2))


def test_a_static_category_tells_what_a_known_event_does():
    def torn(random, count, number):
        event, sign = random.random(count) < 0.3, 1 if number % 2 else -1
        y = 100 + 20 * sign * event + random.normal(0, 1, count)
        return {"y": y, "event": event, "kind": ["up" if number % 2 else "down"] * count}

    rows = panel(torn, 40, series=12)
    both = fit(rows, future=["event"], static=["kind"])
    assert error(both) < 0.4 * error(fit(rows, future=["event"]))


def test_numbers_that_are_names_are_read_as_names():
    def numbered(random, count, number):
        code = random.integers(0, 3, count)
        return {"y": 40 + np.array([0, 9, 0])[code] + random.normal(0, 0.5, count), "code": code}

    rows = panel(numbered, 120)
    named = fit(rows, future=["code"], categorical=["code"])
    assert error(named) < 0.4 * fit(rows, future=["code"]).evaluation_.naive.mae
    assert any("code (3 categories)" in note for note in named.notes_)


def test_holidays_and_the_weekend_are_known():
    library = pytest.importorskip("holidays")
    known = library.country_holidays("DE", years=range(2022, 2027))

    def lived(random, count, number):
        days = [START + dt.timedelta(days=step) for step in range(count)]
        closed = np.array([day in known for day in days])
        weekend = np.array([day.weekday() > 4 for day in days])
        return {"y": 50 - 20 * closed - 5 * weekend + random.normal(0, 0.5, count)}

    rows, options = panel(lived, 760, series=1), {"lookback": 3, "test": 200, "steps": 300}
    plain = fit(rows, **options, strategy="sequence-to-sequence")
    read = fit(rows, **options, calendar=True, holidays="DE")
    assert error(read) < 0.5 * error(plain)
    # Monday, New Year's Eve, New Year, Thursday.
    before = rows.filter(pl.col("day") < dt.date(2024, 12, 30))
    forecast = read.update(before).predict()["recurra"].to_list()
    assert forecast == pytest.approx([50, 50, 30, 50], abs=3)


def test_what_was_read_is_told_as_plain_data(shop):
    told = {
        "static": ["kind"],
        "past": ["warm"],
        "future": ["promotion", "price"],
        "calendar": ["weekend"],
    }
    assert told.items() <= shop.inferred_.items()
    assert not {"categorical", "holidays"} & {*shop.inferred_}
    for note in ("static: kind (2 categories)", "past: warm (numbers)", "calendar: weekend"):
        assert note in shop.notes_


# Nothing else is ---------------------------------------------------------------------------------


def weights(model) -> list[torch.Tensor]:
    return [weight for network in model.modules() for weight in network.state_dict().values()]


def test_past_columns_are_never_read_at_or_after_the_origin(table, shop):
    """Changed from the test part on they change no weight, and no forecast from its first day."""
    first = 120 - shop.plan_.test
    late = pl.col("day") >= START + dt.timedelta(days=first)
    changed = table.with_columns(
        warm=pl.when(late).then(9 - 3 * pl.col("warm")).otherwise(pl.col("warm"))
    )
    other = fit(changed, **{name: getattr(shop, name) for name in
                            ("static", "past", "future", "calendar")})  # fmt: skip
    pairs = zip(weights(shop.judged_), weights(other.judged_), strict=True)
    assert all(torch.equal(mine, its) for mine, its in pairs)

    def forecasts(forecaster, origin):
        rows = forecaster.prepared_[0].histories(np.array([origin]), forecaster.judged_.reach)
        return forecaster.judged_.forecast(rows, K)

    assert (forecasts(shop, first) == forecasts(other, first)).all()
    assert (forecasts(shop, first + 1) != forecasts(other, first + 1)).any()


def test_known_values_beyond_the_horizon_change_nothing(table, shop):
    beyond = pl.col("day") >= START + dt.timedelta(days=120 + K)
    price = pl.when(beyond).then(-7.0).otherwise(pl.col("price"))
    ahead = table.with_columns(price=price).filter(pl.col("y").is_null())
    assert shop.predict(future=ahead)["recurra"].equals(shop.predict()["recurra"])


def test_no_leak_is_found_by_an_audit():
    rows = panel(promoted, 60)

    def make(_):
        options = {"static": ["kind"], "past": ["warm"], "future": ["promotion"]}
        return Forecaster(**{**QUICK, "steps": 10}, **options, calendar=True)

    found = audit(make, rows, n_windows=2, id="id", time="day", target="y")
    assert found.passed, found.verdict
    assert "warm" in " ".join(one.experiment for one in found.findings)


# Tables and files -----------------------------------------------------------------------------


def test_a_frame_of_what_is_known_is_as_good_as_rows_of_the_table(table, shop):
    cut, ahead = table.filter(pl.col("y").is_not_null()), table.filter(pl.col("y").is_null())
    inside = shop.predict(level=[80])
    try:
        shop.update(cut)
        outside = shop.predict(level=[80], future=ahead.select("promotion", "id", "price", "day"))
        assert outside.equals(inside)
        with pytest.raises(DataError, match="ends early"):
            shop.predict()
    finally:
        shop.update(table)
    assert shop.predict(level=[80]).equals(inside)


def test_fewer_steps_need_fewer_known_values_and_more_need_more(table, shop, assert_helpful):
    few = table.filter(pl.col("y").is_null()).filter(pl.col("day") < START + dt.timedelta(days=122))
    cut = table.filter(pl.col("y").is_not_null())
    far = shop.predict(2 * K)["recurra"].to_numpy().reshape(2, -1)
    assert (far[:, :K].reshape(-1) == shop.predict()["recurra"].to_numpy()).all()
    promotion = (table.filter(pl.col("y").is_null())["promotion"] == "yes").to_numpy()
    assert (far.reshape(-1)[promotion] > 44).all()
    with pytest.raises(DataError) as caught:
        shop.predict(2 * K + 1)
    assert_helpful(caught.value, "of the next 9 steps", "forecast 8 steps")
    loaded = shop.update(cut)
    try:
        assert len(loaded.predict(2, future=few)) == 4
        with pytest.raises(DataError, match="has 2, until 2023-05-02"):
            loaded.predict(3, future=few)
    finally:
        shop.update(table)


def test_a_series_forecast_alone_is_forecast_alike(shop):
    whole = shop.predict()["recurra"].to_numpy().reshape(2, -1)
    np.testing.assert_allclose(shop.forecast_of("s1", K), whole[1], rtol=1e-6)


def test_it_is_kept_in_a_file_bit_by_bit(table, shop, tmp_path):
    shop.save(tmp_path / "model")
    loaded = Forecaster.load(tmp_path / "model")
    assert loaded.predict(2 * K, level=None).equals(shop.predict(2 * K))
    assert loaded.predict(level=[80]).equals(shop.predict(level=[80]))
    assert [*loaded.future] == [*shop.future]
    assert (loaded.calendar, loaded.holidays) == (("weekend",), None)
    shorter = table.filter(pl.col("day") < START + dt.timedelta(days=110))
    ahead = table.filter(pl.col("day") >= START + dt.timedelta(days=110))
    assert (
        loaded.update(shorter)
        .predict(future=ahead)
        .equals(shop.update(shorter).predict(future=ahead))
    )
    shop.update(table)


def test_a_model_without_covariates_says_so(tmp_path, small, frame, wave):
    forecaster = small().fit(frame(a=wave()))
    assert forecaster.covariates_ is None
    forecaster.save(tmp_path / "model")
    assert Forecaster.load(tmp_path / "model").covariates_ is None
    with pytest.raises(OptionError, match="no known-future columns"):
        forecaster.predict(future=frame(a=wave()))


def test_update_takes_new_rows_new_series_and_categories_that_were_not_seen(table, shop):
    island = table.filter(id="s0").with_columns(id=pl.lit("s9"), kind=pl.lit("island"))
    try:
        shop.update(pl.concat([table, island]))
        forecast = shop.predict()
        assert forecast["unique_id"].unique(maintain_order=True).to_list() == ["s0", "s1", "s9"]
        assert np.isfinite(forecast["recurra"].to_numpy()).all()
        assert any("kind is 'island'" in note and "unseen" in note for note in shop.notes_)
        strange = table.filter(pl.col("y").is_null()).with_columns(promotion=pl.lit("maybe"))
        shop.update(table).predict(future=strange)
        shop.predict(future=strange)
        told = [note for note in shop.notes_ if "promotion is 'maybe'" in note]
        assert len(told) == 1
    finally:
        shop.update(table)


def test_gaps_in_what_is_known_are_told_and_an_end_that_is_missing_is_an_error(table, shop):
    ahead = table.filter(pl.col("y").is_null())
    second = pl.col("day") == START + dt.timedelta(days=121)
    holes = ahead.with_columns(price=pl.when(second).then(None).otherwise(pl.col("price")))
    cut = table.filter(pl.col("y").is_not_null())
    try:
        shop.update(cut)
        assert np.isfinite(shop.predict(future=holes)["recurra"].to_numpy()).all()
        assert any(note.startswith("price is missing at 2 of") for note in shop.notes_)
        with pytest.raises(DataError, match="no column 'price'"):
            shop.predict(future=ahead.drop("price"))
    finally:
        shop.update(table)


def test_a_table_without_a_column_is_refused_and_leaves_no_trace(table, shop):
    before = shop.predict()
    with pytest.raises(DataError, match="warm"):
        shop.update(table.drop("warm"))
    with pytest.raises(DataError, match="'kind' changes within"):
        shop.update(table.with_columns(kind=pl.col("price").cast(pl.String)))
    assert shop.predict().equals(before)


def test_times_of_another_zone_are_refused(table, shop, assert_helpful):
    zoned = table.with_columns(pl.col("day").cast(pl.Datetime("us", "Europe/Berlin")))
    with pytest.raises(DataError) as caught:
        shop.update(zoned)
    assert_helpful(caught.value, "Europe/Berlin", "no time zone")


def test_any_kind_of_frame_will_do(table):
    pytest.importorskip("pandas")
    quick = {"steps": 5, "future": ["promotion"], "static": ["kind"]}
    one, other = fit(table, **quick), fit(table.to_pandas(), **quick)
    ahead = table.filter(pl.col("y").is_null()).to_pandas()
    np.testing.assert_array_equal(
        other.predict(future=ahead)["recurra"].to_numpy(), one.predict()["recurra"].to_numpy()
    )


# Options -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("strategy", ["recursive", "one-step"])
def test_step_by_step_none_are_read_and_one_is_told_before_the_table_is_read(
    strategy, assert_helpful
):
    forecaster = Forecaster(strategy=strategy, future=["promotion"])
    with pytest.raises(OptionError) as caught:
        forecaster.fit("no table")
    assert_helpful(caught.value, strategy, "sequence-to-sequence", "direct")


@pytest.mark.parametrize("options", [{"calendar": True}, {"holidays": "DE"}, {"past": ["warm"]}])
def test_with_covariates_a_few_series_are_forecast_by_segments(table, options):
    assert fit(table, **{**QUICK, "steps": None} | options | {"steps": 2}).model_.form == "segments"


def test_epochs_are_of_the_other_form_and_so_refused(table):
    with pytest.raises(OptionError, match="epochs"):
        Forecaster(epochs=3, calendar=True).fit(table)


def test_series_too_short_to_be_judged_are_forecast_with_their_covariates(table):
    unknown = pl.when(pl.int_range(pl.len()) < 5).then("y")
    brief = table.filter(id="s0").head(5 + K).with_columns(id=pl.lit("a short one"), y=unknown)
    rows = pl.concat([brief, table])
    forecaster = fit(rows, steps=3, future=["promotion"], static=["kind"])
    assert forecaster.covariates_.ids == ("a short one", "s0", "s1")
    assert [one.series.id for one in forecaster.prepared_] == ["s0", "s1"]
    predicted = forecaster.predict()
    assert predicted["unique_id"].unique(maintain_order=True).to_list()[0] == "a short one"
    assert predicted["recurra"].is_finite().all()


def test_series_shorter_than_the_lookback_are_read(table):
    cut = table.filter((pl.col("id") == "s0") | (pl.col("day") < START + dt.timedelta(days=30)))
    forecaster = fit(cut, steps=3, lookback=40, future=["promotion"], past=["warm"])
    promotion = table.filter(id="s1").filter(pl.col("day") >= START + dt.timedelta(days=30))
    ahead = pl.concat([promotion, table.filter(id="s0")])
    assert np.isfinite(forecaster.predict(future=ahead)["recurra"].to_numpy()).all()


def test_an_interrupted_fit_still_forecasts(table):
    from recurra.training import Callback  # noqa: PLC0415

    class Impatient(Callback):
        def on_epoch_end(self, trainer, epoch, logs):
            if epoch:
                raise KeyboardInterrupt

    forecaster = fit(table, future=["promotion"], callbacks=[Impatient()])
    assert forecaster.evaluation_ is None
    assert len(forecaster.predict()) == 2 * K


def test_a_backtest_hands_over_what_is_known_ahead_and_the_roles_named_either_way(table):
    rows = table.filter(pl.col("y").is_not_null())
    roles = {"future": ["promotion"], "static": ["kind"]}
    options = {"n_windows": 2, "id": "id", "time": "day", "target": "y"}
    quick = {**QUICK, "steps": 20}
    made = cross_validation(Forecaster(**quick, **roles), rows, **options)
    named = cross_validation(
        Forecaster(**quick, strategy="sequence-to-sequence"), rows, **options, covariates=roles
    )
    assert made.equals(named)
    plain = cross_validation(Forecaster(**quick, strategy="sequence-to-sequence"), rows, **options)
    assert not made.equals(plain)
