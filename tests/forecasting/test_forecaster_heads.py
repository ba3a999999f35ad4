"""A forecaster whose networks give distributions: what they know, and what it makes of them."""

import numpy as np
import polars as pl
import pytest
import torch

from recurra import Forecaster
from recurra.errors import DataError, OptionError
from recurra.forecasting.calibration import HeadCalibration, spread
from recurra.forecasting.forms import WITH_HEADS
from recurra.forecasting.segments.heads import HEADS, POINT
from recurra.forecasting.uncertainty.held_out import truth_of

CALM, RESTLESS = 0.2, 2.0
RUN = 40
"""Steps that a series stays calm or restless."""


def regimes(series: int = 24, length: int = 640) -> tuple[pl.DataFrame, np.ndarray]:
    """Noise about 0 whose spread changes every 40 steps, and that spread, (S, N)."""
    generator = np.random.default_rng(0)
    shifts = generator.integers(0, 2 * RUN, series)[:, None]
    restless = (np.arange(length) + shifts) // RUN % 2 == 1
    deviation = np.where(restless, RESTLESS, CALM)
    y = deviation * generator.normal(size=(series, length))
    names = np.repeat([f"s{number:02d}" for number in range(series)], length)
    times = np.tile(np.arange(length), series)
    return pl.DataFrame({"unique_id": names, "ds": times, "y": y.ravel()}), deviation


def small(**options) -> Forecaster:
    usual = {"hidden_size": 16, "steps": 250, "ensemble": 1, "horizon": 4, "lookback": 16}
    usual["learning_rate"] = 1e-2
    return Forecaster(**{**usual, "strategy": "sequence-to-sequence", **options})


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return regimes()[0]


@pytest.fixture(scope="module")
def fitted(table) -> Forecaster:
    return small(head="quantiles", test=160, validation=160, ensemble=2).fit(table)


def held(forecaster: Forecaster, deviation: np.ndarray, level: float) -> tuple[np.ndarray, ...]:
    """Coverage and mean width of the interval in calm and in restless parts of the test part."""
    inside, width, calm = [], [], []
    for number, one in enumerate(forecaster.prepared_):
        start = one.split.train + one.split.validation
        places = np.arange(start, len(one.series.values) - 4)
        rows = one.histories(places, forecaster.judged_.reach)
        said = spread(
            forecaster.calibration_,
            forecaster.judged_,
            rows,
            forecaster.judged_.forecast(rows, 4),
            np.full(len(places), one.scale.deviation),
        )
        low, high = said.ends(level)
        truth = truth_of(one, places, 4, until_test=False)
        ahead = deviation[number][places[:, None] + np.arange(4)]
        # Windows that lie whole in one regime, and long enough for it to show.
        before = deviation[number][places[:, None] - np.arange(1, 13)]
        kept = (ahead == ahead[:, :1]).all(1) & (before == ahead[:, :1]).all(1)
        inside.append(((low <= truth) & (truth <= high))[kept])
        width.append((high - low)[kept])
        calm.append(ahead[kept] == CALM)
    inside, width, calm = map(np.concatenate, (inside, width, calm))
    assert len(inside) > 1000
    return (
        np.array([100 * inside[calm].mean(), 100 * inside[~calm].mean()]),
        np.array([width[calm].mean(), width[~calm].mean()]),
    )


def test_a_head_follows_the_spread_where_errors_alone_do_not(fitted, table) -> None:
    deviation = regimes()[1]
    coverage, width = held(fitted, deviation, 80)
    assert width[1] > 4 * width[0]
    # Not 80 each: one cannot know that a calm series will stay so.
    assert coverage == pytest.approx([80, 80], abs=14)
    # The same width for all: too wide for the calm, too narrow for the restless.
    plain = small(test=160, validation=160).fit(table)
    coverage, width = held(plain, deviation, 80)
    assert width[1] == pytest.approx(width[0], rel=0.02)
    assert coverage[0] > 98
    assert coverage[1] < 64


def test_coverage_on_the_test_part_is_near_what_was_said(fitted) -> None:
    held_out = fitted.evaluation_.reliability
    assert held_out.truths == 24 * 160
    for level, share in held_out.coverage.items():
        assert share == pytest.approx(level, abs=3), level
    assert sum(held_out.pit) == pytest.approx(100)
    assert held_out.pit == pytest.approx([10] * 10, abs=3)
    widths = [*held_out.width.values()]
    assert widths == sorted(widths)


def test_columns_are_named_as_nixtla_names_them(fitted) -> None:
    asked = {"level": [80, 95], "quantiles": [0.1, 0.5, 0.9], "samples": 2}
    predicted = fitted.predict(**asked)
    assert predicted.columns == [
        *("unique_id", "ds", "recurra"),
        *("recurra-lo-80", "recurra-hi-80", "recurra-lo-95", "recurra-hi-95"),
        *("recurra-ql0.1", "recurra-ql0.5", "recurra-ql0.9"),
        *("recurra-sample-0", "recurra-sample-1"),
    ]
    assert (predicted["recurra-ql0.1"] == predicted["recurra-lo-80"]).all()
    assert (predicted["recurra-ql0.9"] == predicted["recurra-hi-80"]).all()
    np.testing.assert_allclose(
        predicted["recurra-ql0.5"], predicted["recurra"], rtol=1e-5, atol=1e-6
    )
    for inner, outer in (("80", "95"),):
        assert (predicted[f"recurra-lo-{outer}"] <= predicted[f"recurra-lo-{inner}"]).all()
        assert (predicted[f"recurra-hi-{inner}"] <= predicted[f"recurra-hi-{outer}"]).all()


def test_without_a_head_there_are_quantiles_and_paths_as_well(table) -> None:
    some = table.filter(pl.col("unique_id") < "s03")
    forecaster = small(steps=20).fit(some)
    predicted = forecaster.predict(level=[80], quantiles=[0.1, 0.5, 0.9], samples=400)
    assert (predicted["recurra-ql0.1"] == predicted["recurra-lo-80"]).all()
    assert (predicted["recurra-ql0.5"] == predicted["recurra"]).all()
    paths = predicted.select(pl.selectors.starts_with("recurra-sample-")).to_numpy()
    low, high = (predicted[f"recurra-{end}-80"].to_numpy()[:, None] for end in ("lo", "hi"))
    assert ((low <= paths) & (paths <= high)).mean() == pytest.approx(0.8, abs=0.03)
    assert forecaster.evaluation_.reliability is None


def test_paths_of_a_random_walk_wander() -> None:
    generator = np.random.default_rng(0)
    y = 1000 + generator.normal(size=(4, 300)).cumsum(axis=1)
    names = np.repeat([*"abcd"], 300)
    table = pl.DataFrame({"unique_id": names, "ds": np.tile(np.arange(300), 4), "y": y.ravel()})
    forecaster = small(head="normal", steps=60).fit(table)
    paths = forecaster.predict(samples=300).filter(pl.col("unique_id") == "a")
    steps = paths.select(pl.selectors.starts_with("recurra-sample-")).to_numpy()
    assert np.corrcoef(steps)[0, 1] == pytest.approx(np.sqrt(1 / 2), abs=0.2)
    assert np.corrcoef(steps)[2, 3] == pytest.approx(np.sqrt(3 / 4), abs=0.2)
    assert forecaster.predict(samples=300).equals(forecaster.predict(samples=300))


@pytest.mark.parametrize("head", HEADS)
def test_a_file_says_the_same_and_holds_the_head(head, table, tmp_path) -> None:
    some = table.filter(pl.col("unique_id") < "s03").with_columns(
        y=(pl.col("y") * 10).abs().round() if HEADS[head].counts else pl.col("y")
    )
    forecaster = small(head=head, steps=12, ensemble=2).fit(some)
    asked = {"level": [80], "quantiles": [0.25], "samples": 3}
    predicted = forecaster.predict(**asked)
    assert all(predicted[name].is_finite().all() for name in predicted.columns[2:])
    assert f"head {head!r}" in " ".join(forecaster.notes_)
    forecaster.save(tmp_path / "model.safetensors")
    loaded = Forecaster.load(tmp_path / "model.safetensors")
    assert loaded.head == head
    assert loaded.predict(**asked).equals(predicted)
    assert isinstance(loaded.calibration_, HeadCalibration)
    newer = loaded.update(some.with_columns(pl.col("ds") + 1)).predict(**asked)
    assert newer["ds"].min() == predicted["ds"].min() + 1


def test_counts_come_as_counts() -> None:
    generator = np.random.default_rng(0)
    y = generator.poisson(1 + np.arange(3)[:, None], size=(3, 200))
    names = np.repeat([*"abc"], 200)
    table = pl.DataFrame({"unique_id": names, "ds": np.tile(np.arange(200), 3), "y": y.ravel()})
    forecaster = small(head="negative-binomial", steps=60, ensemble=2).fit(table)
    predicted = forecaster.predict(level=[80], quantiles=[0.9], samples=20)
    numbers = predicted.drop("unique_id", "ds").to_numpy()
    assert (numbers == np.rint(numbers)).all()
    assert (numbers >= 0).all()
    assert forecaster.evaluation_.reliability.coverage[80] > 70


@pytest.mark.parametrize("wrong", [-1.0, 2.5])
def test_counts_that_are_none_are_refused(wrong, table) -> None:
    counted = table.filter(pl.col("unique_id") < "s02").with_columns(y=pl.lit(3.0))
    changed = counted.with_columns(
        y=pl.when(pl.col("ds") == 5).then(wrong).otherwise(pl.col("ds") % 4)
    )
    with pytest.raises(DataError, match=f"{wrong:g} in the series 's00', with head"):
        small(head="negative-binomial").fit(changed)


def test_the_point_head_is_what_there_was(table) -> None:
    some = table.filter(pl.col("unique_id") < "s03")
    one, other = small(steps=12).fit(some), small(steps=12, head=POINT).fit(some)
    assert one.predict(level=[80]).equals(other.predict(level=[80]))


def test_a_head_is_had_segment_by_segment(table) -> None:
    some = table.filter(pl.col("unique_id") < "s03")
    chosen = Forecaster(head="laplace", steps=5, hidden_size=4, horizon=4).fit(some)
    assert chosen.model_.form == "segments"
    for strategy in ("recursive", "one-step"):
        with pytest.raises(OptionError, match="whose networks give the forecast alone") as caught:
            Forecaster(head="laplace", strategy=strategy).fit(some)
        assert all(name in str(caught.value) for name in WITH_HEADS)


@pytest.mark.parametrize("head", ["gauss", "", 3, ["normal"]])
def test_a_head_that_there_is_not(head, table) -> None:
    with pytest.raises(OptionError, match="head"):
        Forecaster(head=head).fit(table)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"quantiles": [0.0]}, "above 0 and below 1"),
        ({"quantiles": [1]}, "above 0 and below 1"),
        ({"quantiles": [80]}, "write 0.1 for 10 percent"),
        ({"quantiles": [True]}, "above 0 and below 1"),
        ({"quantiles": ["0.1"]}, "above 0 and below 1"),
        ({"quantiles": 0.1}, "a list of shares"),
        ({"quantiles": [0.0001]}, "as far as held-out windows tell"),
        ({"level": [0.8]}, "percent, at least 1"),
        ({"level": [99.99]}, "as far as held-out windows tell"),
        ({"samples": 0}, "at least 1"),
        ({"samples": 2.5}, "at least 1"),
        ({"samples": 2, "horizon": 5}, "intervals for 5 steps ahead"),
    ],
)
def test_what_cannot_be_given_is_said(fitted, asked, said) -> None:
    with pytest.raises(OptionError, match=said):
        fitted.predict(**asked)


def test_an_ensemble_has_the_mean_of_the_quantiles(fitted) -> None:
    (one, *_), model = fitted.prepared_, fitted.judged_
    rows, at = one.histories(np.array([500]), model.reach), np.array([0.1, 0.5, 0.9])
    alone = []
    for network in model.networks:
        batch = model.batch(rows)
        with torch.inference_mode():
            alone.append(network.told(batch).quantiles(torch.from_numpy(at)).double().numpy()[0])
    mean = np.mean(alone, axis=0)
    found = model.quantiles(rows, 4, at)[0]
    expected = [
        model.constants.restored(rows.series, mean[None, :, q], rows.ends)[0] for q in range(3)
    ]
    np.testing.assert_allclose(found, np.stack(expected, 1), rtol=1e-6, atol=1e-9)


def test_nothing_after_the_validation_part_moves_the_quantiles(table) -> None:
    some = table.filter(pl.col("unique_id") < "s03")
    changed = some.with_columns(y=pl.when(pl.col("ds") >= 600).then(50.0).otherwise("y"))
    one, other = (
        small(head="normal", steps=12, test=40, validation=80).fit(frame)
        for frame in (some, changed)
    )
    assert np.array_equal(one.calibration_.shifts.outwards, other.calibration_.shifts.outwards)
    assert np.array_equal(one.calibration_.ranks.ranks, other.calibration_.ranks.ranks)


def test_without_a_truth_to_calibrate_by_there_is_a_forecast_and_nothing_more(table) -> None:
    some = table.filter(pl.col("unique_id") < "s03").with_columns(
        y=pl.when(pl.col("ds").is_between(560, 599)).then(None).otherwise("y")
    )
    forecaster = small(head="normal", steps=12, test=40, validation=40).fit(some)
    assert forecaster.predict()["recurra"].is_finite().all()
    assert forecaster.evaluation_.reliability is None
    with pytest.raises(OptionError, match="without a scored validation part"):
        forecaster.predict(level=[80])


def test_each_group_has_its_own_distributions(table, tmp_path) -> None:
    some = table.filter(pl.col("unique_id") < "s04").with_columns(
        kind=pl.when(pl.col("unique_id") < "s02").then(pl.lit("one")).otherwise(pl.lit("other"))
    )
    forecaster = small(head="laplace", steps=12, by="kind").fit(some, target="y")
    asked = {"level": [80], "samples": 2}
    predicted = forecaster.predict(**asked)
    assert (predicted["recurra-lo-80"] < predicted["recurra-hi-80"]).all()
    one, other = forecaster.model_.models
    rows = forecaster.prepared_[0].histories(np.array([500]), forecaster.model_.reach)
    found = forecaster.model_.quantiles(rows, 4, np.array([0.1, 0.9]))
    assert np.array_equal(found, one.quantiles(rows, 4, np.array([0.1, 0.9])))
    assert not np.array_equal(found, other.quantiles(rows, 4, np.array([0.1, 0.9])))
    forecaster.save(tmp_path / "model.safetensors")
    assert Forecaster.load(tmp_path / "model.safetensors").predict(**asked).equals(predicted)


def test_rolling_origins_and_streams_have_the_intervals_of_the_head(table) -> None:
    some = table.filter(pl.col("unique_id") < "s03")
    known = some.filter(pl.col("ds") < 632)
    forecaster = small(head="normal", steps=12).fit(known)
    rolled = small(head="normal", steps=12).cross_validation(some, n_windows=2, level=[80])
    by_window = rolled.filter(pl.col("ds") >= 636).sort("unique_id", "ds")
    newer = some.filter(pl.col("ds") < 636)
    expected = small(head="normal", steps=12).fit(known).update(newer).predict(level=[80])
    ends = ["recurra-lo-80", "recurra-hi-80"]
    assert by_window.select(ends).equals(expected.select(ends))
    stream = forecaster.stream(level=[80])
    rows = newer.filter(pl.col("ds") >= 632).sort("ds").to_dicts()
    last = {one.unique_id: one for one in stream.extend(rows)}
    for name in ("s00", "s01", "s02"):
        wanted = expected.filter(pl.col("unique_id") == name)
        for end in ends:
            assert last[name].intervals[end] == pytest.approx(wanted[end].to_list(), rel=1e-5)
