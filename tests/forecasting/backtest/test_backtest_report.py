"""Pictures are drawn for all kinds of backtests, and the page is safe and whole."""

import struct
from base64 import b64encode

import numpy as np
import polars as pl
import pytest

from recurra.forecasting.backtest import backtest
from recurra.forecasting.backtest.pictures import draw_errors, draw_windows
from recurra.forecasting.backtest.report import render


def size(png):
    assert png.startswith(b"\x89PNG")
    return struct.unpack(">II", png[16:24])


@pytest.fixture(scope="module")
def several(repeating, months):
    random = np.random.default_rng(0)
    frame = pl.concat(
        months(10 + random.normal(size=60), name) for name in ("a", "<b>$x^$</b>", "c", "d", "e")
    )
    return backtest(repeating(), frame, n_windows=3, horizon=6, season=12, level=[80, 95])


@pytest.fixture(scope="module")
def html(several):
    return page(several)


def test_pictures_of_several_series_which_are_the_same_each_time(several, html):
    errors, windows = draw_errors(several), draw_windows(several)
    assert min(size(errors)) > 800
    width, height = size(windows)
    assert width > 1000
    assert height > 1400  # Four of the five.
    for picture in (errors, windows):
        assert b64encode(picture).decode() in html


@pytest.mark.parametrize(
    ("values", "horizon", "windows"),
    [(np.ones(30), 2, 2), (np.arange(30.0), 1, 3), (np.r_[np.ones(20), np.arange(10.0)], 4, 1)],
    ids=["constant", "one step", "one window"],
)
def test_pictures_where_there_is_little_to_draw(last_season, months, values, horizon, windows):
    done = backtest(last_season(), months(values), n_windows=windows, horizon=horizon, season=1)
    size(draw_errors(done))
    size(draw_windows(done))


def page(done):
    return render(
        done, title="<sold>", forecaster="Forecaster(cell='gru')", command="recurra backtest x.csv",
        version="1.2.3",
    )  # fmt: skip


def test_the_page_holds_the_figures_and_needs_no_network(several, html):
    assert several.verdict.split(":", 1)[0] in html.replace("&#39;", "'")
    for text in ("MASE", "OWA", "Naive2", "seasonal naive", "80 %", "CRPS", "by the frequency"):
        assert (text in html) == (text != "by the frequency")
    assert html.count("data:image/png;base64,") == 2
    assert "http://" not in html
    assert "https://" not in html


def test_names_of_series_are_no_code(html):
    assert "<b>$x" not in html
    assert "&lt;b&gt;$x^$&lt;/b&gt;" in html
    assert "&lt;sold&gt;" in html


def test_without_a_season_it_says_which_rules_are_the_same(last_season, months):
    done = backtest(last_season(), months(np.arange(30.0)), n_windows=2, horizon=2, season=1)
    assert "seasonal naive and Naive2" in page(done)
