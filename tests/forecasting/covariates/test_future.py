"""A frame of known-future values lands on the next steps, or is refused in words."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest

from recurra.errors import DataError, OptionError
from recurra.forecasting.covariates import Covariates, Roles
from recurra.forecasting.covariates.ahead import look_ahead
from recurra.forecasting.panel import Panel

LENGTHS = {"a": 30, "b": 22}
K, L = 4, 6


@pytest.fixture(scope="module")
def whole(shops):
    return shops(LENGTHS, ahead=K)


@pytest.fixture(scope="module")
def fitted(whole, learn):
    return learn(whole.filter(pl.col("sold").is_not_null()), horizon=K)


@pytest.fixture(scope="module")
def future(whole):
    return whole.filter(pl.col("sold").is_null()).select("shop", "day", "price", "promotion")


def ahead_of(covariates: Covariates) -> list[np.ndarray]:
    return [
        array
        for number in range(len(covariates.ids))
        for array in vars(covariates.known(number, 0, L + K)).values()
    ]


def same(one: Covariates, other: Covariates) -> bool:
    pairs = zip(ahead_of(one), ahead_of(other), strict=True)
    return all(np.array_equal(mine, theirs) for mine, theirs in pairs)


def test_a_frame_rows_of_the_table_and_shuffled_pandas_give_the_same(whole, fitted, future, learn):
    framed = look_ahead(fitted, L, K, future)
    assert framed.notes == ()
    in_table = look_ahead(learn(whole, horizon=K), L, K)
    assert same(framed, in_table)
    shuffled = future.to_pandas().sample(frac=1, random_state=0)
    assert same(look_ahead(fitted, L, K, shuffled), framed)


def test_values_stand_at_their_steps_in_standard_units(fitted, future):
    framed = look_ahead(fitted, L, K, future)
    scale = fitted.encoding.scales["price"]
    for number, name in enumerate(framed.ids):
        prices = future.filter(pl.col("shop") == name)["price"].to_numpy()
        known = framed.known(number, L, L + K)
        np.testing.assert_allclose(
            known.values[:, 0] * scale.deviation + scale.mean, prices, rtol=1e-5
        )
        assert known.seen.all()


def test_a_frame_counts_more_than_rows_of_the_table(whole, future, learn):
    fitted = learn(whole, horizon=K)
    dearer = future.with_columns(pl.col("price") + 7)
    framed, plain = look_ahead(fitted, L, K, dearer), look_ahead(fitted, L, K)
    apart = framed.known(0, L, L + K).values - plain.known(0, L, L + K).values
    np.testing.assert_allclose(apart, 7 / fitted.encoding.scales["price"].deviation, rtol=1e-5)
    assert same(look_ahead(fitted, L, K), plain), "the fitted arrays were written to"


def test_rows_beside_the_next_steps_are_not_used_and_that_is_said(whole, fitted, future):
    framed = look_ahead(fitted, L, 2, whole.select(future.columns))
    assert framed.notes == ("56 rows of future= outside the next 2 steps: not used",)


def test_a_horizon_beyond_that_of_the_fit_takes_as_many_rows(fitted, shops):
    longer = shops(LENGTHS, ahead=9).filter(pl.col("sold").is_null())
    covariates = look_ahead(fitted, L, 9, longer)
    assert covariates.known(1, L, L + 9).seen.all()


def test_rows_of_the_table_reach_as_far_as_they_go(learn, shops):
    fitted = learn(shops(LENGTHS, ahead=9), horizon=K)
    assert look_ahead(fitted, L, 9).known(1, L, L + 9).seen.all()


def test_a_gap_before_the_last_step_is_masked_and_said(fitted, future):
    holes = future.with_columns(
        price=pl.when(pl.int_range(pl.len()) == 1).then(None).otherwise(pl.col("price"))
    )
    covariates = look_ahead(fitted, L, K, holes)
    assert covariates.known(0, L, L + K).seen[:, 0].tolist() == [True, False, True, True]
    assert covariates.known(0, L + 1, L + 2).values.tolist() == [[0.0]]
    assert any("price is missing at 1 of 8 points: masked" in note for note in covariates.notes)


def test_an_unseen_category_is_code_0_and_said_with_its_row(learn, shops):
    frame, roles = shops({"a": 30}, ahead=2), Roles(future=["weather"])
    known = frame.filter(pl.col("sold").is_not_null())
    fitted = learn(known, horizon=2, roles=roles)
    rows = frame.filter(pl.col("sold").is_null()).with_columns(weather=pl.Series(["fog", "rain"]))
    covariates = look_ahead(fitted, L, 2, rows)
    rain = 1 + fitted.encoding.vocabularies["weather"].categories.index("rain")
    assert covariates.known(0, L, L + 2).codes.tolist() == [[0], [rain]]
    assert any("weather is 'fog' in row 1" in note for note in covariates.notes)


NOT_FITTED = "which was not fitted"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rows: rows.head(6), ["'price' ends early", "'b' has 2, until 2024-01-24 00:00",
                                     "values from 2024-01-23 00:00:00 to 2024-01-26", "2 steps"]),
        (lambda rows: rows.head(4), ["'price' ends early", "the series 'b' has none"]),
        (lambda rows: rows.filter(pl.int_range(pl.len()) % 4 < 3), ["2 series have fewer"]),
        (lambda rows: rows.with_columns(promotion=pl.when(pl.int_range(pl.len()) < 7).then(
            pl.col("promotion"))), ["'promotion' ends early", "'b' has 3"]),
        (lambda rows: rows.drop("price"), ["no column 'price'", "add it"]),
        (lambda rows: rows.rename({"price": "Price"}), ["'price'", "rename 'Price'"]),
        (lambda rows: rows.drop("shop"), ["no column 'shop'"]),
        (lambda rows: rows.rename({"day": "ds"}), ["no column 'day'"]),
        (lambda rows: pl.concat([rows, rows[5]]), ["two rows of the series 'b' at 2024-01-24",
                                                   "row 6", "row 9"]),
        (lambda rows: rows.with_columns(shop=pl.col("shop") + "1"), ["'a1' (and 1 more)",
                                                                     NOT_FITTED, "mean 'a'"]),
        (lambda rows: rows.with_columns(shop=pl.lit(None, pl.String)), ["no series in row 1"]),
        (lambda rows: rows.with_columns(day=pl.lit(None, pl.Datetime)), ["holds no time"]),
        (lambda rows: rows.with_columns(day=pl.when(pl.int_range(pl.len()) != 2).then(
            pl.col("day"))), ["no time in row 3"]),
        (lambda rows: rows.with_columns(day=pl.int_range(pl.len())), ["whole numbers in day"]),
        (lambda rows: rows.with_columns(price=pl.lit("cheap")), ["'price' holds 'cheap' in row 1"]),
        (lambda rows: rows.with_columns(pl.col("day").dt.replace_time_zone("Europe/Berlin")),
         ["the time zone Europe/Berlin", "no time zone"]),
        (lambda rows: rows.head(0), ["no rows"]),
        (lambda _: [1, 2], ["a list"]),
    ],
    ids=["early", "one series", "both", "a column", "absent", "misspelt", "no id", "no time",
         "twice", "unknown", "no name", "no times", "a time", "steps", "text", "zone", "empty",
         "no frame"],
)  # fmt: skip
def test_what_is_wrong_is_said(fitted, future, assert_helpful, spoil, said):
    with pytest.raises(DataError) as error:
        look_ahead(fitted, L, K, spoil(future))
    assert_helpful(error.value, *said)


def test_without_a_frame_the_end_is_early_too(fitted, assert_helpful):
    with pytest.raises(DataError) as error:
        look_ahead(fitted, L, K)
    assert_helpful(error.value, "'price' ends early", "2 series have fewer", "'a' has none")


def test_a_frame_for_a_model_without_known_columns_is_refused(learn, shops, future, assert_helpful):
    fitted = learn(shops(LENGTHS), roles=Roles(past=["temperature"]))
    with pytest.raises(OptionError) as error:
        look_ahead(fitted, L, K, future)
    assert_helpful(error.value, "no known-future columns")


def test_rows_of_a_series_that_was_left_out_do_no_harm(whole, learn, future, fitted):
    known = whole.filter(pl.col("sold").is_not_null())
    short = known.head(2).with_columns(shop=pl.lit("c"))
    covariates = learn(pl.concat([known, short]), horizon=K)
    assert covariates.ids == ("a", "b")
    more = pl.concat([future, future.head(K).with_columns(shop=pl.lit("c"))])
    assert same(look_ahead(covariates, L, K, more), look_ahead(fitted, L, K, future))


# How times are written ----------------------------------------------------------------------


def by_times(times: list, values: list, ahead: list) -> Covariates:
    frame = pl.DataFrame({"ds": times, "y": np.arange(len(times)) % 3 + 0.5, "x": values})
    roles = Roles(future=["x"])
    panel = Panel.from_frame(frame, id="", time="ds", target="y", further=roles.names)
    covariates = Covariates.learn(panel, roles, np.array([len(times) - 3]), 2)
    found = look_ahead(covariates, 3, 2, pl.DataFrame({"ds": ahead, "x": [100.0, 200.0]}))
    scale = covariates.encoding.scales["x"]
    scaled = found.known(0, 3, 5).values[:, 0] * scale.deviation + scale.mean
    np.testing.assert_allclose(scaled, [100, 200], rtol=1e-5)
    return found


def test_two_rows_are_read_with_day_and_month_as_they_were_in_many():
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=day) for day in range(31)]
    written = [day.strftime("%d/%m/%Y") for day in days]
    by_times(written, [*range(31)], ["01/02/2024", "02/02/2024"])
    unpadded = [f"{day.day}/{day.month}/{day.year}" for day in days]
    by_times(unpadded, [*range(31)], ["1/2/2024", "02/02/2024"])
    by_times(written, [*range(31)], [dt.date(2024, 2, 1), dt.date(2024, 2, 2)])


def test_text_in_another_format_is_refused(assert_helpful):
    days = [f"{day:02}/01/2024" for day in range(1, 32)]
    with pytest.raises(DataError) as error:
        by_times(days, [*range(31)], ["2024-02-01", "2024-02-02"])
    assert_helpful(error.value, "'2024-02-01' in row 1", "31/01/2024")


def hours(zone: str, count: int) -> pd.DatetimeIndex:
    return pd.date_range("2024-03-30 00:00", periods=count, freq="h", tz="UTC").tz_convert(zone)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "Asia/Tokyo"])
def test_two_hours_in_the_zone_of_the_table_are_the_next_two(zone):
    column = hours(zone, 50)
    by_times(column[:48].to_series(), [*range(48)], column[48:].to_series().to_list())


@pytest.mark.parametrize("offset", ["Z", "+01:00", "+0530", "-03"])
def test_text_with_an_offset_is_read_as_in_the_table(offset):
    text = [f"2024-03-30T{hour:02}:00:00{offset}" for hour in range(24)]
    by_times(text[:22], [*range(22)], text[22:])


def test_offsets_that_change_are_brought_to_utc():
    text = [time.isoformat() for time in hours("Europe/Berlin", 50)]
    assert {cell[-6:] for cell in text} == {"+01:00", "+02:00"}
    by_times(text[:48], [*range(48)], text[48:])


@pytest.mark.parametrize(
    ("fitted", "given", "said"),
    [
        ("Europe/Berlin", "UTC", "the time zone UTC"),
        ("Europe/Berlin", None, "no time zone"),
        ("UTC", "Europe/Berlin", "the time zone Europe/Berlin"),
        (None, "UTC", "the time zone UTC"),
    ],
)
def test_another_time_zone_is_refused(assert_helpful, fitted, given, said):
    column = hours("UTC", 50)

    def brought(zone):
        return column.tz_localize(None) if zone is None else column.tz_convert(zone)

    with pytest.raises(DataError) as error:
        by_times(brought(fitted)[:48].to_series(), [*range(48)], brought(given)[48:].to_list())
    assert_helpful(error.value, said)


def test_times_without_a_zone_are_taken_for_those_of_the_clock_and_that_is_said():
    text = [f"2024-03-30T{hour:02}:00:00+01:00" for hour in range(22)]
    found = by_times(text, [*range(22)], ["2024-03-30T22:00:00", "2024-03-30T23:00:00"])
    assert any("no time zone: read as those in +01:00" in note for note in found.notes)


def test_rows_in_order_and_times_in_parts_go_on_from_the_end():
    frame = pl.DataFrame({"y": [1.0, 2, 4, 3, 5, 6], "x": [*range(6)]})
    panel = Panel.from_frame(frame, id="", time="", target="y", further=["x"])
    fitted = Covariates.learn(panel, Roles(future=["x"]), np.array([4]), 2)
    found = look_ahead(fitted, 3, 2, pl.DataFrame({"x": [7, 8]}))
    scale = fitted.encoding.scales["x"]
    values = found.known(0, 0, 5).values[:, 0] * scale.deviation + scale.mean
    np.testing.assert_allclose(values, [3, 4, 5, 7, 8], rtol=1e-5)
    parts = {"year": [2024] * 8, "month": [1] * 6 + [2] * 2, "day": [26, 27, 28, 29, 30, 31, 1, 2]}
    dated = pl.DataFrame({**parts, "x": [*range(6), 7, 8]})
    panel = Panel.from_frame(dated.head(6).with_columns(y=frame["y"]), target="y", further=["x"])
    fitted = Covariates.learn(panel, Roles(future=["x"]), np.array([4]), 2)
    found = look_ahead(fitted, 3, 2, dated.tail(2))
    np.testing.assert_allclose(
        found.known(0, 0, 5).values[:, 0] * scale.deviation + scale.mean, values, rtol=1e-5
    )


def test_rows_beside_the_grid_are_moved_and_that_is_said():
    times = [dt.datetime(2024, 1, 1, hour) for hour in range(20)]
    late = [dt.datetime(2024, 1, 1, 20, 4), dt.datetime(2024, 1, 1, 21)]
    found = by_times(times, [*range(20)], late)
    assert any("1 row of future= beside the grid" in note for note in found.notes)
