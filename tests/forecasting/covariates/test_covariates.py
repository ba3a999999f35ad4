"""Columns come along on the grid, learned from training time only."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import DataError, OptionError
from recurra.forecasting.covariates import Covariates, Encoding, Roles, stored
from recurra.forecasting.covariates.ahead import look_ahead

LENGTHS = {"a": 30, "b": 22, "c": 40}


@pytest.fixture(scope="module")
def covariates(shops, learn) -> Covariates:
    return learn(shops(LENGTHS, ahead=3), calendar=["day of week"], holidays="DE")


def restored(covariates: Covariates, name: str, series: int) -> np.ndarray:
    """A numeric column of one series in its own unit, NaN where it is masked."""
    encoding, roles = covariates.encoding, covariates.encoding.roles
    past = name in roles.past
    block, layout, names = (
        (covariates.past, covariates.past_layout, roles.past)
        if past
        else (covariates.future, covariates.future_layout, roles.future)
    )
    place = encoding.numeric(names).index(name)
    start, length = layout.starts[series], layout.lengths[series]
    values = block.values[start : start + length, place]
    scale = encoding.scales[name]
    units = values * scale.deviation + scale.mean
    return np.where(block.seen[start : start + length, place], units, np.nan)


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_any_rows_stand_where_pandas_puts_them(shops, learn, data):
    frame = shops({"a": 30, "b": 22}, ahead=3)
    dropped = data.draw(st.sets(st.integers(1, 26), max_size=8))
    empty = data.draw(st.sets(st.integers(0, 56), max_size=9))
    rows = data.draw(st.permutations([row for row in range(len(frame)) if row not in dropped]))
    holes = pl.int_range(pl.len()).is_in([*empty])
    spoilt = frame.with_columns(
        price=pl.when(~holes).then("price"), temperature=pl.when(~holes).then("temperature")
    )
    covariates = learn(spoilt[rows])
    table = spoilt[rows].to_pandas().set_index("day")
    for series, name in enumerate(covariates.ids):
        own = table[table["shop"] == name].sort_index()
        days = pd.date_range("2024-01-01", own.index[-1], freq="D")
        expected = own.reindex(days)
        np.testing.assert_allclose(restored(covariates, "price", series), expected["price"], 1e-5)
        history = expected["temperature"].to_numpy()[: covariates.lengths[series]]
        np.testing.assert_allclose(
            restored(covariates, "temperature", series), history, rtol=1e-4, atol=1e-4
        )


def test_rows_of_one_time_are_averaged_and_the_first_category_counts(shops, learn):
    frame = shops({"a": 30})
    other = frame[4].with_columns(
        temperature=pl.col("temperature") + 2, weather=pl.lit("hail"), price=pl.lit(None, float)
    )
    twice = learn(pl.concat([frame, other]))
    plain = learn(frame)
    difference = restored(twice, "temperature", 0) - restored(plain, "temperature", 0)
    np.testing.assert_allclose(difference, np.eye(30)[4], atol=1e-4)
    price = [restored(each, "price", 0)[:30] for each in (twice, plain)]
    np.testing.assert_allclose(*price, rtol=1e-5)
    assert any("weather has several categories at 1 time" in note for note in twice.notes)


def test_series_begin_at_their_first_target(shops, learn):
    frame = shops({"a": 30, "b": 22})
    late = frame.with_columns(sold=pl.when(pl.int_range(pl.len()) >= 4).then("sold"))
    covariates = learn(late)
    assert covariates.lengths.tolist() == [26, 22]
    expected = frame.filter(pl.col("shop") == "a")["price"].to_numpy()[4:]
    np.testing.assert_allclose(restored(covariates, "price", 0)[:26], expected, rtol=1e-5)


def test_what_comes_after_training_changes_nothing_that_was_learned(shops, learn):
    frame = shops(LENGTHS)
    later = pl.int_range(pl.len()).over("shop") >= pl.len().over("shop") - 5
    changed = frame.with_columns(
        temperature=pl.when(later).then(1e6).otherwise("temperature"),
        price=pl.when(later).then(None).otherwise("price"),
        weather=pl.when(later).then(pl.lit("hail")).otherwise("weather"),
    )
    plain, other = learn(frame), learn(changed)
    assert other.encoding.to_json() == plain.encoding.to_json()
    for series, length in enumerate(plain.lengths):
        for name in ("temperature", "price"):
            one, two = (restored(each, name, series)[: length - 5] for each in (plain, other))
            np.testing.assert_array_equal(one, two)
    hail = [note for note in other.notes if "hail" in note]
    assert len(hail) == 1
    assert "in row 26 (line 27" in hail[0]
    assert (other.past.codes == 0).sum() == 15


def test_a_value_at_one_step_shows_in_no_window_that_ends_before(shops, learn):
    frame = shops({"a": 40})
    changed = frame.with_columns(
        temperature=pl.when(pl.int_range(pl.len()) == 20).then(99).otherwise("temperature")
    )
    windows = [learn(each, held_out=25).windows(6, 3) for each in (frame, changed)]
    first = torch.arange(30)
    one, other = (each[torch.zeros(30, dtype=torch.long), first] for each in windows)
    differs = (one.past != other.past).flatten(1).any(1)
    assert differs.tolist() == [14 < step <= 20 for step in range(30)]
    assert torch.equal(one.future, other.future)


def test_gaps_are_masked_with_the_mean_in_their_place_and_said(shops, learn):
    frame = shops({"a": 30})
    holes = pl.int_range(pl.len()).is_in([3, 29])
    covariates = learn(frame.with_columns(
        temperature=pl.when(~holes).then("temperature"),
        weather=pl.when(~holes).then("weather")))  # fmt: skip
    assert covariates.past.seen[:, 0].tolist() == [row not in {3, 29} for row in range(30)]
    assert covariates.past.values[[3, 29], 0].tolist() == [0, 0]
    assert covariates.past.codes[[3, 29], 0].tolist() == [4, 4]
    assert covariates.encoding.sizes.with_gaps == {"temperature"}
    mean = covariates.encoding.scales["temperature"].mean
    said = f"temperature is missing at 2 of 30 points: masked, with the training mean {mean:.6g}"
    assert any(note.startswith(said) for note in covariates.notes)
    assert any("weather is missing at 2 of 30 points: a category" in n for n in covariates.notes)


def test_infinite_values_are_missing_and_a_constant_column_is_told(shops, learn):
    frame = shops({"a": 30}).with_columns(
        temperature=pl.when(pl.int_range(pl.len()) == 2).then(np.inf).otherwise("temperature"),
        price=pl.lit(2.5),
    )
    covariates = learn(frame)
    assert not covariates.past.seen[2, 0]
    assert (covariates.future.values == 0).all()
    assert any("1 infinite value taken as missing" in note for note in covariates.notes)
    assert any("size, price are constant" in note for note in covariates.notes)


def test_rows_without_a_target_behind_the_last_are_told(covariates):
    said = "rows behind the last sold: known-future values for up to 3 steps"
    assert said in covariates.notes


def test_sizes_tell_a_network_what_it_reads(covariates):
    sizes = covariates.encoding.sizes
    assert sizes.past == ("temperature",)
    assert sizes.past_codes == {"weather": 4}
    calendar = ("day of week (sine)", "day of week (cosine)")
    flags = ("holiday", "day before a holiday", "day after a holiday")
    assert sizes.future == ("price", *calendar, *flags)
    assert sizes.future_codes == {"promotion": 3}
    assert sizes.static == ("size",)
    assert sizes.static_codes == {"kind": 3}


def test_an_encoding_in_plain_json_reads_the_same(shops, read, roles, covariates):
    text = json.dumps(covariates.encoding.to_json())
    encoding = Encoding.from_json(json.loads(text))
    again = Covariates.read(read(shops(LENGTHS, ahead=3), roles), encoding, 3)
    for role in ("past", "future", "static"):
        for name, array in vars(getattr(again, role)).items():
            np.testing.assert_array_equal(array, getattr(getattr(covariates, role), name))
    np.testing.assert_array_equal(again.of_time, covariates.of_time)


def test_one_series_is_read_alike_alone_and_among_others(shops, read, roles, covariates):
    frame = shops(LENGTHS, ahead=3).filter(pl.col("shop") == "b")
    alone = Covariates.read(read(frame, roles), covariates.encoding, 3)
    for mine, other in zip(vars(alone.known(0, 0, 25)).values(),
                           vars(covariates.known(1, 0, 25)).values(), strict=True):  # fmt: skip
        np.testing.assert_array_equal(mine, other)


def test_stretches_are_views(covariates):
    known = covariates.known(1, 3, 9)
    assert np.shares_memory(known.values, covariates.future.values)
    assert np.shares_memory(known.codes, covariates.future.codes)
    assert np.shares_memory(known.of_time, covariates.of_time)
    assert known.values.shape == (6, 1)


@pytest.mark.parametrize(("first", "last"), [(-1, 3), (3, 3), (0, 26)])
def test_stretches_beyond_a_series_are_refused(covariates, assert_helpful, first, last):
    with pytest.raises(OptionError, match="a stretch within its 25 steps"):
        covariates.known(1, first, last)


def test_the_last_steps_are_the_end_of_the_whole(covariates):
    tail = covariates.last(6)
    assert tail.lengths.tolist() == [6, 6, 6]
    for series, length in enumerate(covariates.lengths):
        whole = covariates.known(series, int(length) - 6, int(length) + 3)
        for mine, other in zip(vars(tail.known(series, 0, 9)).values(), vars(whole).values(),
                               strict=True):  # fmt: skip
            np.testing.assert_array_equal(mine, other)
        np.testing.assert_array_equal(
            restored(tail, "temperature", series),
            restored(covariates, "temperature", series)[-6:],
        )


def test_some_series_are_taken_with_all_that_is_theirs(covariates):
    some = covariates.take(np.array([2, 0]))
    assert some.ids == ("c", "a")
    assert some.left_out == {"b"}
    for mine, other in ((0, 2), (1, 0)):
        length = int(covariates.lengths[other]) + 3
        for one, two in zip(vars(some.known(mine, 0, length)).values(),
                            vars(covariates.known(other, 0, length)).values(),
                            strict=True):  # fmt: skip
            np.testing.assert_array_equal(one, two)
        np.testing.assert_array_equal(some.static.values[mine], covariates.static.values[other])


def test_arrays_of_a_file_forecast_alike(covariates):
    tail = covariates.last(6)
    again = stored.restored(covariates.encoding, tail.ids, stored.tensors(tail))
    one, other = (look_ahead(each, 6, 3).windows(6, 3) for each in (covariates, again))
    rows = torch.arange(3), torch.zeros(3, dtype=torch.long)
    for mine, theirs in zip(one[rows], other[rows], strict=True):
        assert torch.equal(mine, theirs)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"price": ["cheap"] * 29 + ["1"]}, "categories"),
        ({"temperature": [None] * 30}, "'temperature' is empty in all 30 rows"),
        ({"temperature": ["1"] * 29 + ["warm"]}, "'warm' in row 30"),
        ({"temperature": [pd.Timestamp("2024-01-01")] * 30}, "holds times"),
    ],
)
def test_columns_that_cannot_be_read_are_refused(shops, learn, assert_helpful, change, said):
    frame = shops({"a": 30}).with_columns(pl.Series(name, cells) for name, cells in change.items())
    if said == "categories":
        assert "price" in learn(frame).encoding.vocabularies
        return
    with pytest.raises(DataError) as error:
        learn(frame)
    assert_helpful(error.value, said)


def test_a_panel_read_without_the_columns_is_refused(shops, read, roles):
    panel = read(shops({"a": 30}), Roles())
    with pytest.raises(OptionError, match="which the panel was read without"):
        Encoding.learn(panel, roles, np.array([20]))


@pytest.mark.parametrize("trained", [[31], [-1], [20, 20]])
def test_training_points_must_lie_within_the_series(shops, read, roles, trained):
    with pytest.raises(OptionError, match="training points"):
        Encoding.learn(read(shops({"a": 30}), roles), roles, np.array(trained))


def test_no_covariates_are_covariates_too(shops, learn):
    covariates = learn(shops(LENGTHS), roles=Roles())
    batch = covariates.windows(5, 3)[torch.tensor([0, 2]), torch.tensor([1, 7])]
    assert [tuple(each.shape) for each in batch] == [(2, 5, 0)] * 3 + [(2, 8, 0)] * 3 + [(2, 0)] * 3


def test_sorted_and_pandas_frames_give_the_same(shops, learn):
    frame = shops(LENGTHS, ahead=3)
    one, other = learn(frame), learn(frame.to_pandas().sample(frac=1, random_state=1))
    order = [other.ids.index(name) for name in one.ids]
    again = other.take(np.array(order))
    for role in ("past", "future", "static"):
        for name, array in vars(getattr(again, role)).items():
            np.testing.assert_allclose(array, getattr(getattr(one, role), name), atol=1e-6)
