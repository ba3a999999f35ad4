"""What is explained of a forecaster is the forecast that it makes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from recurra import Forecaster
from recurra.errors import OptionError


def table(points=160):
    t = np.arange(points)
    days = np.arange(np.datetime64("2024-01-01"), np.datetime64("2024-01-01") + points)
    noise = np.random.default_rng(0).normal(size=(2, points)) * 0.1
    return pl.concat(
        pl.DataFrame({"unique_id": [name] * points, "ds": days, "y": 9 + np.sin(t) + noise[n]})
        for n, name in enumerate(("a", "b"))
    )


@pytest.fixture(scope="module")
def stepwise():
    return Forecaster(strategy="recursive", hidden_size=4, lookback=10, horizon=3, epochs=1).fit(
        table()
    )


@pytest.fixture(scope="module")
def segments():
    return Forecaster(steps=5, ensemble=1, hidden_size=4, lookback=12, horizon=6).fit(table())


@pytest.mark.parametrize("name", ["a", "b"])
def test_the_answer_is_the_forecast(stepwise, segments, name):
    for model, ahead in ((stepwise, 1), (segments, 1), (segments, 5)):
        forecast = model.predict().filter(pl.col("unique_id") == name)["recurra"]
        found = model.explain(id=name, ahead=ahead)
        assert found.title == name
        assert found.seen[0].answer == pytest.approx(forecast[ahead - 1], rel=1e-5)
        assert abs(found.seen[0].gradients.missing) < 1e-3
        assert np.nanmax(np.abs(found.forecasts[0][-len(forecast) :] - forecast)) < 1e-9


def test_times_and_values_are_those_of_the_table(segments):
    found, given = segments.explain(id="b"), table().filter(pl.col("unique_id") == "b")
    past = len(found.seen[0].gradients.parts)
    wanted = given["ds"].cast(pl.String).to_list()[-past:]
    assert [label[:10] for label in found.words.labels[:past]] == wanted
    np.testing.assert_allclose(found.values[:past], given["y"][-past:])
    encoder, decoder = found.seen[0].layers
    assert encoder.first == 0
    assert encoder.each * len(encoder.trace.output) == past
    assert decoder.first == past


def test_a_newer_history_is_explained_and_not_kept(stepwise):
    newer = table(170)
    found = stepwise.explain(newer)
    assert found.words.labels[-3].startswith("2024-06-19")
    assert stepwise.tails_[0].length == 160
    assert "2024-06-19" in found.sentences[0]


def test_more_of_the_past_is_shown_step_by_step(stepwise, segments):
    found = stepwise.explain(table(), steps=100)
    assert len(found.seen[0].layers[0].trace.output) == 100
    with pytest.raises(OptionError, match="from 10"):
        stepwise.explain(table(), steps=9)
    with pytest.raises(OptionError, match="more with df="):
        stepwise.explain(steps=100)
    with pytest.raises(OptionError, match="what the model reads"):
        segments.explain(table(), steps=100)


def test_what_cannot_be_explained_is_refused(stepwise, segments):
    with pytest.raises(OptionError, match="one of a, b"):
        stepwise.explain(id="c")
    with pytest.raises(OptionError, match="1, the next value"):
        stepwise.explain(ahead=2)
    with pytest.raises(OptionError, match="the horizon that was learned"):
        segments.explain(ahead=7)
    with pytest.raises(OptionError, match="ahead=0"):
        segments.explain(ahead=0)
    with pytest.raises(OptionError, match="not fitted"):
        Forecaster().explain()


def test_models_of_groups_are_explained_by_their_group():
    df = table().with_columns(kind=pl.col("unique_id"))
    model = Forecaster(by="kind", steps=5, ensemble=1, hidden_size=4, lookback=12, horizon=6)
    model.fit(df)
    found = model.explain(id="b")
    assert found.seen[0].answer == pytest.approx(
        model.predict().filter(pl.col("unique_id") == "b")["recurra"][0], rel=1e-5
    )


SETTINGS = [
    {"strategy": "direct"},
    {"seasonality": "smoothed"},
    {"seasonality": "decomposed"},
    {"dilation": [1, 2]},
    {"head": "quantiles"},
    {"head": "normal"},
    {"calendar": True},
    {"cell": "elman"},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_every_kind_of_segment_model_is_explained(settings):
    options = {"steps": 5, "ensemble": 1, "hidden_size": 4, "lookback": 12, "horizon": 6}
    if "dilation" in settings:
        del options["hidden_size"]
    model = Forecaster(**{**options, **settings}).fit(table())
    found = model.explain(id="a", ahead=2)
    forecast = model.predict().filter(pl.col("unique_id") == "a")["recurra"]
    assert found.seen[0].answer == pytest.approx(forecast[1], rel=1e-4)
    assert found.html().count("<script>") == 1
    steps = len(found.words.labels)
    for layer in found.seen[0].layers:
        assert layer.first + layer.each * len(layer.trace.output) <= steps + layer.each
