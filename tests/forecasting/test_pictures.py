import io

import matplotlib.image
import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure

from recurra.forecasting import pictures
from recurra.forecasting.pictures import draw_forecast, draw_learning
from recurra.training import History

PNG = b"\x89PNG\r\n\x1a\n"


def pixels(png: bytes) -> np.ndarray:
    assert png.startswith(PNG)
    return matplotlib.image.imread(io.BytesIO(png))


def test_two_rows_are_drawn_a_series(fitted, fitted_to_two):
    one, two = pixels(draw_forecast(fitted)), pixels(draw_forecast(fitted_to_two))
    assert one.shape[1] == two.shape[1] >= 1000
    assert two.shape[0] == 2 * one.shape[0]
    # Something is on them: more colours than a blank page and its axes have.
    assert len(np.unique((one[:, :, :3] * 255).astype(int).reshape(-1, 3), axis=0)) > 20


def test_the_same_fit_gives_the_same_bytes(fitted, small, frame, wave):
    again, other = small().fit(frame(a=wave())), small(seed=1).fit(frame(a=wave()))
    assert draw_forecast(again) == draw_forecast(fitted) != draw_forecast(other)
    assert draw_learning(again.history_) == draw_learning(fitted.history_)


def test_of_many_series_only_the_first_are_drawn(fitted, fitted_to_two, monkeypatch):
    assert pictures.MOST_SERIES == 4
    monkeypatch.setattr(pictures, "MOST_SERIES", 1)
    few = pixels(draw_forecast(fitted_to_two))
    assert few.shape == pixels(draw_forecast(fitted)).shape


MONTHS = [f"{year}-{month:02d}" for year in range(2015, 2020) for month in range(1, 13)]


@pytest.mark.parametrize("times", [MONTHS, range(1000, 1060)], ids=["months", "whole numbers"])
@pytest.mark.parametrize("constant", [True, False])
def test_times_of_all_kinds_and_constant_series_can_be_drawn(small, wave, times, constant):
    values = np.full(60, 3.0) if constant else wave()
    forecaster = small(epochs=1).fit(pl.DataFrame({"ds": [*times], "y": values}))
    assert pixels(draw_forecast(forecaster)).size


def test_dollar_signs_in_a_name_are_no_formula(small, frame, wave):
    forecaster = small(epochs=1).fit(frame(**{r"price $\oops{ $": wave()}))
    assert pixels(draw_forecast(forecaster)).size


def test_a_loss_of_zero_and_a_single_epoch_can_be_drawn():
    for epochs in (1, 3):
        losses = {"loss": [0.0] * epochs, "val_loss": [0.0] * epochs}
        rates = {"learning_rate": [0.1, 0.1, 0.01][:epochs]}
        assert pixels(draw_learning(History([*range(epochs)], losses | rates))).size


def test_a_learning_rate_is_cut_only_where_it_did_not_fall_all_along():
    def dotted(rates):
        epochs = [*range(len(rates))]
        axes = Figure().subplots()
        losses = {"loss": [1.0] * len(rates), "learning_rate": rates}
        pictures._draw_losses(axes, History(epochs, losses))
        return [line.get_xdata()[0] for line in axes.lines if line.get_linestyle() == ":"]

    assert dotted([0.1, 0.1, 0.1, 0.01, 0.01, 0.01, 0.001]) == [3.5, 6.5]
    assert dotted([0.1, 0.09, 0.07, 0.04, 0.01]) == []


def test_a_name_in_chinese_is_drawn_without_a_warning(small, frame, wave):
    forecaster = small().fit(frame(销量=wave()))
    assert pixels(draw_forecast(forecaster)).shape[1] >= 1000
