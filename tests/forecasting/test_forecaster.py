import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch

from recurra import Callback, EarlyStopping, Forecaster, ModelCheckpoint, ReduceLROnPlateau
from recurra.errors import CellError, DataError, OptionError, TrainingError
from recurra.forecasting.stepwise.examples import Bounds, examples


def weights(forecaster: Forecaster) -> torch.Tensor:
    return torch.cat([weight.flatten() for weight in forecaster.network_.parameters()]).detach()


# The seed


def test_the_same_seed_gives_the_same_bits_and_another_others(fitted, small, frame, wave):
    again = small().fit(frame(a=wave()))
    other = small(seed=1).fit(frame(a=wave()))
    assert torch.equal(weights(again), weights(fitted))
    assert again.predict(level=[80]).equals(fitted.predict(level=[80]))
    assert not torch.equal(weights(other), weights(fitted))
    assert not other.predict().equals(fitted.predict())


def test_a_second_fit_starts_afresh(fitted, small, frame, wave):
    forecaster = small().fit(frame(b=wave(50, 3))).fit(frame(a=wave()))
    assert torch.equal(weights(forecaster), weights(fitted))


def test_torch_global_random_state_is_neither_used_nor_moved(fitted, small, frame, wave):
    torch.manual_seed(12345)
    before = torch.get_rng_state()
    forecaster = small().fit(frame(a=wave()))
    forecaster.predict(level=[80])
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(weights(forecaster), weights(fitted))


# Frames in and out

MONTHS = [f"{year}-{month:02d}" for year in range(2015, 2020) for month in range(1, 13)]
STARTS = [dt.datetime(int(text[:4]), int(text[5:]), 1) for text in MONTHS]
KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_of_the_same_kind_comes_back(kind, small, wave):
    table = KINDS[kind]({"unique_id": ["a"] * 60, "ds": MONTHS, "y": wave()})
    forecast = small().fit(table).predict()
    assert type(forecast) is type(table)
    columns = pl.from_pandas(forecast) if kind == "pandas" else pl.DataFrame(forecast)
    assert columns.columns == ["unique_id", "ds", "recurra"]
    assert columns["unique_id"].to_list() == ["a"] * 4
    assert columns["ds"].to_list() == ["2020-01", "2020-02", "2020-03", "2020-04"]
    assert columns["recurra"].dtype == pl.Float64
    assert columns["recurra"].is_finite().all()


def test_all_kinds_give_the_same_forecast(small, wave):
    tables = [make({"ds": MONTHS, "y": wave()}) for make in KINDS.values()]
    pandas, polars, arrow = (small().fit(table).predict() for table in tables)
    assert pandas["recurra"].tolist() == polars["recurra"].to_list() == arrow["recurra"].to_pylist()


@pytest.mark.parametrize("kind", KINDS)
def test_datetimes_come_back_as_datetimes(kind, small, wave):
    forecast = small().fit(KINDS[kind]({"ds": STARTS, "y": wave()})).predict()
    times = list(forecast["ds"].to_pylist() if kind == "pyarrow" else forecast["ds"])
    assert times == [dt.datetime(2020, month, 1) for month in (1, 2, 3, 4)]


def test_dates_come_back_as_dates_and_steps_as_steps(small, wave):
    days = pl.date_range(dt.date(2020, 1, 1), dt.date(2020, 2, 29), eager=True)
    forecast = small().fit(pl.DataFrame({"ds": days, "y": wave()})).predict()
    assert forecast["ds"].to_list() == [dt.date(2020, 3, day) for day in (1, 2, 3, 4)]
    forecast = small().fit(pl.DataFrame({"t": np.arange(100, 220, 2), "y": wave()})).predict()
    assert forecast["ds"].to_list() == [220, 222, 224, 226]


def test_columns_of_other_names_are_named_or_found(small, wave):
    table = pl.DataFrame({"shop": ["x"] * 60, "Month": MONTHS, "sold": wave(), "tax": wave(60, 1)})
    forecaster = small().fit(table, id="shop", time="Month", target="sold")
    columns = forecaster.clock_.columns
    assert (columns.id, columns.time, columns.target) == ("shop", ("Month",), "sold")
    assert forecaster.predict()["unique_id"].to_list() == ["x"] * 4


def test_the_order_of_rows_does_not_matter(fitted, small, frame, wave):
    forecaster = small().fit(frame(a=wave()).sample(fraction=1, shuffle=True, seed=1))
    assert forecaster.predict().equals(fitted.predict())


# Several series


def test_every_series_is_forecast_on_from_its_own_end(fitted_to_two):
    forecast = fitted_to_two.predict()
    assert forecast["unique_id"].to_list() == ["a"] * 4 + ["b"] * 4
    assert forecast["ds"].to_list() == [60, 61, 62, 63, 47, 48, 49, 50]
    levels = forecast.group_by("unique_id", maintain_order=True).mean()["recurra"]
    assert 30 < levels[0] < 70
    assert 30_000 < levels[1] < 70_000
    assert fitted_to_two.forecast_of("b", 4).tolist() == forecast["recurra"].to_list()[4:]


def test_a_series_that_is_not_there_has_no_forecast(fitted):
    with pytest.raises(OptionError, match="'z'"):
        fitted.forecast_of("z", 4)


def test_series_too_short_to_learn_from_are_left_out_and_that_is_said(small, frame, wave):
    forecaster = small().fit(frame(a=wave(), b=wave(25, 1), c=wave(26, 2)))
    assert forecaster.predict()["unique_id"].unique(maintain_order=True).to_list() == ["a", "c"]
    assert "1 series shorter than 26 points were left out" in forecaster.notes_


def test_a_history_too_short_for_all_is_refused(small, frame, wave):
    with pytest.raises(DataError, match="25 points for a horizon of 4"):
        small().fit(frame(a=wave(25)))


@pytest.mark.parametrize("value", [0.0, 0.1, -7e9])
def test_a_constant_series_is_forecast_exactly_as_constant(small, frame, wave, value):
    forecaster = small().fit(frame(a=wave(), b=np.full(60, value)))
    forecast = forecaster.predict(level=[80]).filter(pl.col("unique_id") == "b")
    for column in ("recurra", "recurra-lo-80", "recurra-hi-80"):
        assert forecast[column].to_list() == [value] * 4


def test_nothing_but_constant_series_need_no_training(small, frame):
    forecaster = small().fit(frame(a=np.full(60, 5.0)))
    assert forecaster.predict(7)["recurra"].to_list() == [5.0] * 7
    assert forecaster.history_.stopped == "nothing to learn"
    assert "without error" in forecaster.verdict_


def test_a_series_that_stood_still_in_training_goes_on_from_where_it_is(small, frame, wave):
    late = np.where(np.arange(60) < 55, 0.0, 80.0)
    forecaster = small().fit(frame(a=wave(), late=late))
    assert forecaster.forecast_of("late", 4).tolist() == [80.0] * 4
    assert [note for note in forecaster.notes_ if "stood still in training" in note]


def test_a_straight_line_is_drawn_on(small, frame):
    forecast = small().fit(frame(a=0.1 * np.arange(60))).predict()
    assert forecast["recurra"].to_numpy() == pytest.approx([6.0, 6.1, 6.2, 6.3], abs=1e-4)


# Horizon and levels


def test_the_horizon_can_be_longer_or_shorter_and_starts_alike(fitted):
    ten = fitted.predict(10)
    assert ten["ds"].to_list() == list(range(60, 70))
    assert fitted.predict(2).equals(ten.head(2))
    assert fitted.predict().equals(fitted.predict(np.int64(4)))


@pytest.mark.parametrize("horizon", [0, -1, 2.5, 3.0, "3", True, 61])
def test_a_horizon_that_is_none_is_refused(fitted, horizon):
    with pytest.raises(OptionError, match="a whole number of steps from 1 to 60"):
        fitted.predict(horizon)


def test_levels_give_intervals_about_the_forecast_wider_for_higher_ones(fitted_to_two):
    forecast = fitted_to_two.predict(level=[80, 95])
    bounds = ["recurra-lo-80", "recurra-hi-80", "recurra-lo-95", "recurra-hi-95"]
    assert forecast.columns == ["unique_id", "ds", "recurra", *bounds]
    lo80, hi80, lo95, hi95 = (forecast[name].to_numpy() for name in bounds)
    middle = forecast["recurra"].to_numpy()
    assert (lo95 <= lo80).all()
    assert (lo80 < middle).all()
    assert (middle < hi80).all()
    assert (hi80 <= hi95).all()
    assert ((hi95 - lo95).sum()) > (hi80 - lo80).sum()
    assert middle - lo80 == pytest.approx(hi80 - middle)
    # In the unit of each series: the second is some thousand times the first.
    assert (hi80 - lo80)[4:].min() > 100 * (hi80 - lo80)[:4].max()


def test_fractions_of_a_percent_stand_in_the_column_names(fitted):
    assert fitted.predict(level=[97.5]).columns[3:] == ["recurra-lo-97.5", "recurra-hi-97.5"]


@pytest.mark.parametrize("level", [80, 80.0, "80", [0], [100], ["80"]])
def test_levels_that_are_no_list_of_percents_are_refused(fitted, level):
    with pytest.raises(OptionError, match="percent"):
        fitted.predict(level=level)


def test_intervals_beyond_the_steps_that_were_judged_are_refused(fitted):
    with pytest.raises(OptionError, match="intervals for 5 steps ahead"):
        fitted.predict(5, level=[80])


def test_intervals_hold_the_truth_about_as_often_as_they_say_on_stationary_noise(small, frame):
    noise = np.random.default_rng(0).normal(0, 1, 4000)
    sizes = {"epochs": 1, "cell": "elman", "validation": 600, "test": 1200}
    forecaster = small(**sizes).fit(frame(a=noise))
    forecast = forecaster.predict(level=[80, 95])
    errors = np.abs(noise[-1200:] - forecaster.evaluation_.forecasts["a"].multi_step).reshape(-1, 4)
    for level, slack in ((80, 0.04), (95, 0.02)):
        width = (forecast[f"recurra-hi-{level}"] - forecast["recurra"]).to_numpy()
        assert np.mean(errors <= width) == pytest.approx(level / 100, abs=slack)


# Strategies


def test_one_step_forecasts_one_step_and_is_judged_on_one_step(small, frame, wave):
    forecaster = small(strategy="one-step", horizon=None).fit(frame(a=wave()))
    assert forecaster.plan_.horizon == 1
    assert forecaster.predict()["ds"].to_list() == [60]
    judged = forecaster.evaluation_
    assert judged.multi_step.mae == pytest.approx(judged.one_step.mae)
    assert "each forecast from those before it" in forecaster.verdict_
    with pytest.raises(OptionError, match="from 1 to 1, since the strategy is one-step"):
        forecaster.predict(2)


def test_the_verdict_of_a_recursive_forecaster_is_on_its_horizon(fitted):
    assert "the last 8 points, forecast 4 steps at a time" in fitted.verdict_


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"strategy": "backwards"}, OptionError, "'recursive' or 'one-step'"),
        ({"strategy": "recursive", "steps": 9}, OptionError, "'sequence-to-sequence'"),
        ({"strategy": "direct", "epochs": 9}, OptionError, "steps=900"),
        ({"strategy": "direct", "ensemble": 0}, OptionError, "ensemble=0"),
        ({"strategy": "one-step", "horizon": 4}, OptionError, "horizon 4 with strategy"),
        ({"horizon": 0}, OptionError, "horizon=0"),
        ({"lookback": "6"}, OptionError, "lookback='6'"),
        ({"epochs": 0}, OptionError, "epochs=0"),
        ({"epochs": 2.5}, OptionError, "epochs=2.5"),
        ({"batch_size": -5}, OptionError, "batch_size=-5"),
        ({"learning_rate": -1.0}, OptionError, "learning_rate"),
        ({"optimizer": "adamm"}, OptionError, "adamm"),
        ({"cell": "lsmt"}, CellError, "did you mean 'lstm'"),
        ({"hidden_size": ()}, OptionError, "hidden_size"),
        ({"seed": -1}, OptionError, "seed=-1"),
        ({"seed": None}, OptionError, "seed=None"),
        ({"callbacks": None}, OptionError, "callbacks=None"),
        ({"callbacks": "none"}, OptionError, "callbacks='none'"),
        ({"callbacks": [EarlyStopping]}, OptionError, "callbacks="),
    ],
)
def test_bad_options_are_refused_before_the_table_is_read(small, options, error, words):
    with pytest.raises(error) as caught:
        small(**options).fit("no table at all")
    assert words in str(caught.value)


def test_something_that_is_no_table_is_refused(small):
    with pytest.raises(DataError, match="a frame of pandas, polars or pyarrow"):
        small().fit("no table at all")


def test_numbers_of_numpy_serve_as_options(fitted, small, frame, wave):
    names = ("lookback", "horizon", "validation", "test", "epochs", "seed")
    options = {**fitted.get_params(), "hidden_size": np.int64(8)}
    options |= {name: np.int64(options[name]) for name in names}
    assert Forecaster(**options).fit(frame(a=wave())).predict().equals(fitted.predict())


def test_a_learning_rate_that_blows_up_is_an_error_and_leaves_nothing_fitted(small, frame, wave):
    forecaster = small().fit(frame(a=wave()))
    with pytest.raises(TrainingError):
        forecaster.set_params(learning_rate=1e30, optimizer="sgd").fit(frame(a=wave()))
    with pytest.raises(OptionError, match="not fitted"):
        forecaster.predict()


@pytest.mark.parametrize(
    "use",
    [
        lambda forecaster: forecaster.predict(),
        lambda forecaster: forecaster.forecast_of("a", 1),
        lambda forecaster: forecaster.update(pl.DataFrame({"y": [1.0, 2, 3]})),
        lambda forecaster: forecaster.save("never-written.safetensors"),
    ],
    ids=["predict", "forecast_of", "update", "save"],
)
def test_nothing_can_be_asked_of_a_forecaster_that_was_not_fitted(use):
    with pytest.raises(OptionError, match=r"not fitted\nTry: call fit"):
        use(Forecaster())


# Newer histories


def test_update_goes_on_from_the_newer_end_as_the_network_would_by_hand(small, frame, wave):
    forecaster = small().fit(frame(a=wave()))
    network, (tail,) = forecaster.network_, forecaster.tails_
    longer = np.concatenate([wave(), wave(9, seed=5)])
    known = [(y - tail.scale.mean) / tail.scale.deviation for y in longer]
    lag, (drift, spread) = forecaster.model_.known.sight.lag, forecaster.model_.known.rows[0][2:]
    for _ in range(4):
        window = torch.tensor(known[-6:], dtype=torch.float32).reshape(1, 6, 1)
        answer = network(window).item()
        known.append(known[-lag] + drift + spread * answer)
    before = weights(forecaster).clone()
    forecast = forecaster.update(frame(a=longer)).predict()
    expected = tail.scale.mean + tail.scale.deviation * np.array(known[-4:])
    assert forecast["recurra"].to_numpy() == pytest.approx(expected, rel=1e-5)
    assert forecast["ds"].to_list() == [69, 70, 71, 72]
    assert torch.equal(weights(forecaster), before)


def test_update_with_the_same_table_changes_nothing(fitted, small, frame, wave):
    forecaster = small().fit(frame(a=wave())).update(frame(a=wave()))
    assert forecaster.predict(level=[80]).equals(fitted.predict(level=[80]))


def test_update_needs_no_more_than_the_lookback(fitted, small, frame, wave):
    forecaster = small().fit(frame(a=wave())).update(frame(a=wave()).tail(6))
    assert forecaster.predict()["recurra"].to_numpy() == pytest.approx(
        fitted.predict()["recurra"].to_numpy()
    )


def test_update_takes_series_that_are_new_in_their_own_units(small, frame, wave):
    forecaster = small().fit(frame(a=wave()))
    forecast = forecaster.update(frame(z=1e6 * wave())).predict(level=[80])
    assert forecast["unique_id"].to_list() == ["z"] * 4
    assert 3e7 < forecast["recurra"].mean() < 7e7
    assert (forecast["recurra-hi-80"] - forecast["recurra"]).min() > 1e5


def test_changes_of_a_new_series_are_counted_from_as_far_back_as_those_learned(small, frame):
    season = np.tile([0.0, 9, 4, 7, 1, 3], 10)
    noise = np.random.default_rng(0).normal(0, 0.1, 60)
    forecaster = small().fit(frame(a=season + noise))
    assert forecaster.model_.known.sight.lag == 6
    forecaster.update(frame(z=5 * season[:12]))
    assert forecaster.model_.known.sight.lag == 6
    assert forecaster.predict()["recurra"].to_numpy() == pytest.approx([0, 45, 20, 35], abs=1e-4)


@pytest.mark.parametrize("short", [("a", 5, 6), ("z", 6, 10), ("z", 9, 10)])
def test_update_with_too_short_a_history_is_refused(small, frame, wave, short):
    name, count, least = short
    forecaster = small().fit(frame(a=wave()))
    with pytest.raises(DataError, match=f"{count} points of the series '{name}'") as caught:
        forecaster.update(frame(**{name: wave(count)}))
    assert caught.value.expected.startswith(f"at least {least}")
    assert forecaster.predict()["ds"].to_list() == [60, 61, 62, 63]


def test_update_with_another_frequency_or_other_columns_is_refused(small, frame, wave):
    forecaster = small().fit(frame(a=wave()))
    with pytest.raises(DataError, match="the model learned from"):
        forecaster.update(frame(a=wave()).gather_every(2))
    with pytest.raises(DataError, match="no column 'y'"):
        forecaster.update(frame(a=wave()).rename({"y": "x"}))


def test_update_gives_frames_of_the_newer_kind(small, frame, wave):
    forecaster = small().fit(frame(a=wave()))
    assert isinstance(forecaster.update(frame(a=wave()).to_pandas()).predict(), pd.DataFrame)


# Callbacks


def fit_with(small: Any, table: Any, *callbacks: Callback, **options: Any) -> Forecaster:
    settings = {"epochs": 9, "learning_rate": 0.002, "cell": "elman", **options}
    return small(**settings, callbacks=callbacks).fit(table)


@pytest.fixture(scope="module")
def bare(small, frame, wave):
    """Nine epochs, of which the best is neither the first nor the last."""
    return fit_with(small, frame(a=wave()))


@torch.no_grad()
def validation_loss(forecaster: Forecaster) -> float:
    windows = examples(forecaster.prepared_, forecaster.model_.known, Bounds(1, 10**9, 10**9))
    inputs, targets = windows.validation[torch.arange(len(windows.validation))]
    return float(((forecaster.network_(inputs) - targets) ** 2).mean())


def test_without_callbacks_all_epochs_run_and_the_last_weights_stay(bare):
    losses = bare.history_.history["val_loss"]
    assert len(losses) == 9
    assert validation_loss(bare) == pytest.approx(losses[-1], rel=1e-4)
    # What the tests below build on: the last epoch is not the best.
    assert losses[-1] > 1.05 * min(losses)


def test_early_stopping_ends_the_training_and_is_said(bare, small, frame, wave):
    losses = bare.history_.history["val_loss"]
    worse = [losses[n] >= min(losses[:n]) for n in range(1, 9)]
    last = 1 + worse.index(True)
    assert last < 8
    stopped = fit_with(small, frame(a=wave()), EarlyStopping(patience=1))
    assert stopped.history_.history["val_loss"] == losses[: last + 1]
    assert stopped.history_.stopped == f"early stopping at epoch {last + 1}"


def test_the_checkpoint_brings_the_weights_of_the_best_epoch_back(bare, small, frame, wave):
    losses = bare.history_.history["val_loss"]
    best = int(np.argmin(losses))
    kept = fit_with(small, frame(a=wave()), ModelCheckpoint(save_best_only=True))
    assert kept.history_.history == bare.history_.history
    assert validation_loss(kept) == pytest.approx(losses[best], rel=1e-4)
    # The same bits as a training that ended there.
    only = fit_with(small, frame(a=wave()), epochs=best + 1)
    assert torch.equal(weights(kept), weights(only))
    assert not torch.equal(weights(kept), weights(bare))


def test_the_learning_rate_is_cut_on_a_plateau(bare, small, frame, wave):
    cut = fit_with(small, frame(a=wave()), ReduceLROnPlateau(factor=0.1, patience=1, min_delta=0))
    losses, rates = cut.history_.history["val_loss"], cut.history_.history["learning_rate"]
    assert bare.history_.history["learning_rate"] == [0.002] * 9
    first = next(n for n in range(1, 9) if losses[n] >= min(losses[:n]))
    assert rates[: first + 2] == pytest.approx([0.002] * (first + 1) + [0.0002])
    assert losses[: first + 1] == bare.history_.history["val_loss"][: first + 1]
    assert losses[first + 1] != bare.history_.history["val_loss"][first + 1]


class InterruptAt(Callback):
    """Ctrl-C in the middle of an epoch."""

    def __init__(self, epoch: int) -> None:
        self.epoch, self.now = epoch, 0

    def on_epoch_begin(self, trainer, epoch):
        self.now = epoch

    def on_train_batch_end(self, trainer, step):
        if (self.now, step) == (self.epoch, 20):
            raise KeyboardInterrupt


def test_ctrl_c_in_the_third_epoch_keeps_the_best_weights_and_forecasts(
    small, frame, wave, tmp_path
):
    keep = ModelCheckpoint(save_best_only=True)
    broken = fit_with(small, frame(a=wave()), keep, InterruptAt(2))
    whole = fit_with(small, frame(a=wave()), ModelCheckpoint(save_best_only=True), epochs=2)
    assert broken.history_.interrupted
    assert broken.history_.epoch == [0, 1]
    assert torch.equal(weights(broken), weights(whole))
    assert broken.predict().equals(whole.predict())
    assert broken.evaluation_ is None
    assert "interrupted" in broken.verdict_
    broken.save(tmp_path / "model")
    assert Forecaster.load(tmp_path / "model").history_.interrupted


def test_ctrl_c_before_the_first_epoch_ended_leaves_nothing(small, frame, wave):
    forecaster = small(callbacks=[InterruptAt(0)])
    with pytest.raises(KeyboardInterrupt):
        forecaster.fit(frame(a=wave()))
    with pytest.raises(OptionError, match="not fitted"):
        forecaster.predict()


# What is said


def test_what_was_inferred_is_kept_as_sentences_and_as_plain_data(fitted):
    assert fitted.inferred_["notes"] == list(fitted.notes_)
    assert fitted.inferred_["horizon"] == 4
    assert fitted.inferred_["season"] == fitted.season_
    assert "an epoch goes over the 38 training windows 42 times" in fitted.notes_
    assert [note for note in fitted.notes_ if note.startswith("the network forecasts each value")]


@pytest.mark.parametrize("cell", ["elman", "gru"])
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
def test_every_cell_and_optimizer_learns(small, frame, wave, cell, optimizer):
    rate = 0.1 if optimizer == "sgd" else 0.01
    options = {"cell": cell, "optimizer": optimizer, "learning_rate": rate}
    losses = small(**options).fit(frame(a=wave())).history_.history["loss"]
    assert losses[-1] < 0.95 * losses[0]
