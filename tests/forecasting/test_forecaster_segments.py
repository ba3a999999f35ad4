"""A forecaster that learns segment by segment, from many series, short ones among them."""

import numpy as np
import polars as pl
import pytest

from recurra import Forecaster
from recurra.errors import DataError, OptionError
from recurra.forecasting.segments import ensemble
from recurra.forecasting.segments.learning import learn
from recurra.forecasting.segments.model import SegmentModel
from recurra.training import Callback


def panel(lengths, season=7, seed=0, noise=0.05) -> pl.DataFrame:
    generator = np.random.default_rng(seed)
    shape = 1 + 0.5 * np.sin(np.arange(season) * 2 * np.pi / season)
    parts = []
    for number, length in enumerate(lengths):
        level = 10.0 ** generator.uniform(0, 4)
        values = level * shape[np.arange(length) % season]
        values = values * np.exp(generator.normal(0, noise, length))
        start = np.datetime64("2024-01-01") + np.arange(length)
        parts.append(pl.DataFrame({"unique_id": f"s{number:02d}", "ds": start, "y": values}))
    return pl.concat(parts)


def small(**options) -> Forecaster:
    usual = {"hidden_size": 12, "steps": 60, "ensemble": 2, "horizon": 7}
    return Forecaster(**{**usual, **options})


@pytest.fixture(scope="module")
def fitted() -> Forecaster:
    return small().fit(panel([120] * 11 + [9, 5]))


def test_many_series_are_learned_segment_by_segment(fitted) -> None:
    assert isinstance(fitted.model_, SegmentModel)
    assert len(fitted.model_.modules()) == 2
    assert Forecaster(epochs=1, hidden_size=4).fit(panel([60] * 11)).model_.form == "stepwise"


class InterruptAgain(Callback):
    """Ctrl-C in the second training, on all of the time, when its first network is half trained."""

    def __init__(self, networks: int) -> None:
        self.networks, self.begun = networks, 0

    def on_train_begin(self, trainer):
        self.begun += 1

    def on_epoch_end(self, trainer, epoch, logs):
        if self.begun > self.networks and epoch == 1:
            raise KeyboardInterrupt


def test_an_interrupt_of_the_second_training_leaves_what_was_judged() -> None:
    table = panel([60] * 3)
    watch = InterruptAgain(networks=2)
    broken, whole = small().fit(table, watch=[watch]), small(refit=False).fit(table)
    assert watch.begun == 3
    assert broken.verdict_ == whole.verdict_
    assert not broken.history_.interrupted
    assert broken.model_ is broken.judged_
    assert broken.predict().equals(whole.predict())
    assert "was interrupted: the networks that were judged forecast" in broken.notes_[-1]


def test_an_interrupt_between_two_networks_keeps_those_that_are_learned(monkeypatch) -> None:
    def learned_or_stopped(*given, number, **options):
        if number == 1:
            raise KeyboardInterrupt
        return learn(*given, number=number, **options)

    monkeypatch.setattr(ensemble, "learn", learned_or_stopped)
    broken = small().fit(panel([60] * 3))
    assert broken.history_.interrupted
    assert len(broken.model_.modules()) == 1
    assert broken.evaluation_ is None
    assert broken.predict()["recurra"].is_finite().all()


def test_series_too_short_to_be_judged_are_forecast_all_the_same(fitted) -> None:
    predicted = fitted.predict()
    ids = predicted["unique_id"].unique(maintain_order=True).to_list()
    assert ids == [f"s{number:02d}" for number in range(13)]
    assert predicted["recurra"].is_finite().all()
    assert "2 series shorter than" in " ".join(fitted.notes_)
    assert "are forecast, but not judged" in " ".join(fitted.notes_)
    # Of the size of their own last values, though the others' are a thousand times theirs.
    table = panel([120] * 11 + [9, 5])
    for name in ("s11", "s12"):
        own = table.filter(pl.col("unique_id") == name)["y"]
        found = predicted.filter(pl.col("unique_id") == name)["recurra"]
        assert 0.3 * own.min() < found.min()
        assert found.max() < 3 * own.max()


def test_a_season_in_noise_is_forecast_about_as_well_as_can_be(fitted) -> None:
    scores = fitted.evaluation_.multi_step
    # Two noises in the seasonal naive forecast, one in the best there is: a ratio of 0.71.
    assert scores.mae < 0.85 * fitted.evaluation_.seasonal_naive.mae


def test_the_same_seed_gives_the_same_bits_and_another_does_not(fitted) -> None:
    again = small().fit(panel([120] * 11 + [9, 5]))
    assert again.predict().equals(fitted.predict())
    other = small(seed=5).fit(panel([120] * 11 + [9, 5]))
    assert not other.predict().equals(fitted.predict())


def test_a_file_forecasts_as_the_model_it_came_from(fitted, tmp_path) -> None:
    fitted.save(tmp_path / "model.safetensors")
    loaded = Forecaster.load(tmp_path / "model.safetensors")
    assert loaded.predict(level=[80]).equals(fitted.predict(level=[80]))
    assert loaded.get_params()["steps"] == 60


def test_beyond_the_horizon_forecasts_are_fed_back(fitted) -> None:
    near, far = fitted.predict(), fitted.predict(horizon=20)
    rows = pl.int_range(pl.len()).over("unique_id")
    assert far.filter(rows < 7).equals(near)
    assert far["recurra"].is_finite().all()


def test_a_newer_history_moves_the_forecast_and_nothing_is_learned(fitted, tmp_path) -> None:
    fitted.save(tmp_path / "model.safetensors")
    loaded = Forecaster.load(tmp_path / "model.safetensors")
    before = [weight.clone() for net in loaded.model_.modules() for weight in net.parameters()]
    loaded.update(panel([127] * 11 + [16, 12]))
    assert loaded.predict()["ds"].min() > fitted.predict()["ds"].min()
    after = [weight for net in loaded.model_.modules() for weight in net.parameters()]
    assert all(one.equal(two) for one, two in zip(before, after, strict=True))


def test_it_goes_by_the_time_before_the_parts_that_are_held_out() -> None:
    table = panel([120] * 11)
    changed = table.with_columns(
        y=pl.when(pl.int_range(pl.len()).over("unique_id") >= 113)
        .then(pl.col("y") * 3)
        .otherwise("y")
    )
    first, second = small(test=7, validation=7).fit(table), small(test=7, validation=7).fit(changed)
    for one, two in zip(first.judged_.modules(), second.judged_.modules(), strict=True):
        for name, weight in one.state_dict().items():
            assert weight.equal(two.state_dict()[name]), name
    assert not first.predict().equals(second.predict())


@pytest.mark.parametrize("strategy", ["sequence-to-sequence", "direct"])
@pytest.mark.parametrize("values", ["negative", "constant", "gaps", "zeros"])
def test_awkward_series_give_finite_forecasts(strategy, values) -> None:
    table = panel([60] * 3)
    row = pl.int_range(pl.len()).over("unique_id")
    changes = {
        "negative": pl.col("y") - pl.col("y").mean().over("unique_id"),
        "constant": pl.when(pl.col("unique_id") == "s00").then(5.0).otherwise("y"),
        "gaps": pl.when(row % 5 == 2).then(None).otherwise("y"),
        "zeros": pl.when(row % 3 == 0).then(0.0).otherwise("y"),
    }
    forecaster = small(strategy=strategy, steps=12).fit(table.with_columns(y=changes[values]))
    assert forecaster.predict(level=[80])["recurra"].is_finite().all()


def test_too_short_a_history_says_what_would_do() -> None:
    with pytest.raises(DataError, match="a history of 5 points"):
        small(strategy="direct").fit(panel([5] * 3))


def test_rolling_origins_come_back_as_a_frame() -> None:
    found = small(steps=12).cross_validation(panel([80] * 10), n_windows=2)
    assert found.columns == ["unique_id", "ds", "cutoff", "y", "recurra"]
    assert len(found) == 10 * 2 * 7


@pytest.mark.parametrize("cut", [1, 3, 5])
def test_a_newer_history_that_begins_elsewhere_keeps_the_season_in_its_place(cut, tmp_path) -> None:
    table = panel([120] * 3, noise=0.01)
    forecaster = small(strategy="sequence-to-sequence").fit(table)
    assert forecaster.model_.settings.divided
    row = pl.int_range(pl.len()).over("unique_id")
    whole = forecaster.update(table).predict()["recurra"]
    forecaster.update(table.filter(row >= cut))
    assert forecaster.predict()["recurra"].to_list() == pytest.approx(whole.to_list(), rel=1e-6)
    forecaster.save(tmp_path / "model.safetensors")
    loaded = Forecaster.load(tmp_path / "model.safetensors")
    assert loaded.predict()["recurra"].to_list() == pytest.approx(whole.to_list(), rel=1e-6)
    again = loaded.update(table.filter(row >= cut + 1)).predict()["recurra"]
    assert again.to_list() == pytest.approx(whole.to_list(), rel=1e-6)


def test_smoothed_seasons_are_kept_in_a_file_and_go_on_for_new_series(tmp_path) -> None:
    table = panel([120] * 11, noise=0.01)
    forecaster = small(seasonality="smoothed").fit(table)
    assert forecaster.model_.settings.smoothed
    assert "a forecast starts from a smoothed level" in " ".join(forecaster.notes_)
    before = forecaster.predict()
    forecaster.save(tmp_path / "model.safetensors")
    loaded = Forecaster.load(tmp_path / "model.safetensors")
    assert loaded.get_params()["seasonality"] == "smoothed"
    assert loaded.predict().equals(before)
    new = panel([60], noise=0.01, seed=3).with_columns(unique_id=pl.lit("new"))
    both = loaded.update(pl.concat([table, new])).predict()
    old = both.filter(pl.col("unique_id") != "new")
    assert old["recurra"].to_list() == pytest.approx(before["recurra"].to_list(), rel=1e-5)
    truth = panel([67], noise=0.0, seed=3)["y"].to_numpy()[60:]
    found = both.filter(pl.col("unique_id") == "new")["recurra"].to_numpy()
    assert np.abs(found / truth - 1).max() < 0.15


@pytest.mark.parametrize("seasonality", ["learned", "decomposed", "smoothed"])
def test_a_season_is_forecast_whatever_becomes_of_it(seasonality) -> None:
    forecaster = small(seasonality=seasonality, steps=100).fit(panel([120] * 11))
    ratio = forecaster.evaluation_.multi_step.mae / forecaster.evaluation_.seasonal_naive.mae
    assert ratio < 1


def test_what_cannot_be_done_with_a_season_is_refused() -> None:
    with pytest.raises(OptionError, match="'learned' or 'decomposed' or 'smoothed'"):
        small(seasonality="x11").fit(panel([60] * 3))
    table = panel([60] * 3).with_columns(y=pl.col("y") - pl.col("y").mean())
    with pytest.raises(OptionError, match="'decomposed' with values of 0 and below"):
        small(seasonality="decomposed").fit(table)
    with pytest.raises(OptionError, match="learns step by step"):
        Forecaster(seasonality="smoothed", strategy="recursive").fit(table)
    smoothed = small(seasonality="smoothed", steps=12).fit(table)
    assert smoothed.predict()["recurra"].is_finite().all()


def test_members_of_an_ensemble_see_windows_in_units_by_turns(tmp_path) -> None:
    fitted = small(steps=12).fit(panel([120] * 40))
    frames = [type(network.frame).__name__ for network in fitted.model_.modules()]
    assert frames == ["LogOfLevel", "ByVolatility"]
    assert "in logarithms; every other network sees it from its last value" in str(fitted.notes_)
    fitted.save(tmp_path / "model.safetensors")
    loaded = Forecaster.load(tmp_path / "model.safetensors")
    assert [type(one.frame).__name__ for one in loaded.model_.modules()] == frames
    # A file of before, in which all saw windows in the same units.
    settings = loaded.model_.settings.to_json()
    old = {name: one for name, one in settings.items() if name not in {"smoothed", "dilation"}}
    before = type(loaded.model_.settings).from_json({**old, "frame": "volatility"})
    assert {before.units(number) for number in range(3)} == {"volatility"}


@pytest.mark.parametrize("strategy", ["sequence-to-sequence", "direct"])
def test_layers_can_be_dilated(strategy, tmp_path) -> None:
    table = panel([120] * 3)
    forecaster = Forecaster(
        dilation=[1, 2, 4], strategy=strategy, horizon=7, steps=60, ensemble=1
    ).fit(table)
    (network,) = forecaster.model_.modules()
    assert network.encoder.dilation == network.decoder.dilation == (1, 2, 4)
    assert network.encoder.num_layers == 3
    forecaster.save(tmp_path / "model.safetensors")
    loaded = Forecaster.load(tmp_path / "model.safetensors")
    assert loaded.predict().equals(forecaster.predict())
    assert forecaster.evaluation_.multi_step.mae < forecaster.evaluation_.seasonal_naive.mae
    with pytest.raises(OptionError, match=r"dilation=\(1, 2\) for 1 layers"):
        small(dilation=(1, 2)).fit(table)
