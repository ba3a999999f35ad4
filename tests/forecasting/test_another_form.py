"""A forecaster carries models of other kinds than its own: here one that repeats a mean."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from recurra import Forecaster, Recurrent
from recurra.cells import GRU
from recurra.errors import DataError
from recurra.forecasting import forms
from recurra.forecasting.histories import Histories
from recurra.forecasting.model import Learned
from recurra.forecasting.panel import Series
from recurra.forecasting.pictures import draw_forecast
from recurra.forecasting.plan import make_plan
from recurra.forecasting.results import Seconds, metrics
from recurra.forecasting.together import together
from recurra.training import History

REACH, LEAST = 20, 5


@dataclass
class Mean:
    """The mean of what was seen of the last 20 values, from 5 of them on."""

    factor: float
    names: list[str] = field(default_factory=list)
    network: nn.Module = field(default_factory=lambda: Recurrent("gru", 1, 2))
    form = "mean"
    reach, least, cell, summary, head = REACH, LEAST, GRU(), "a mean", "point"

    @property
    def ids(self) -> list[str]:
        return self.names

    def forecast(self, histories: Histories, horizon: int) -> np.ndarray:
        assert histories.reach == REACH
        assert (histories.series < len(self.names)).all()
        sums = (histories.values * histories.seen).sum(1) / histories.seen.sum(1)
        return np.repeat(self.factor * sums[:, None], horizon, axis=1)

    def forecast_each(self, each: Iterable[Histories], horizon: int) -> Iterator[np.ndarray]:
        return together(self.forecast, each, horizon)

    def number_of(self, series: Series) -> int:
        if len(series.values) < LEAST:
            raise DataError(f"{len(series.values)} points", f"at least {LEAST}", "give more")
        if series.id not in self.names:
            self.names.append(series.id)
        return self.names.index(series.id)

    def copy(self) -> "Mean":
        return Mean(self.factor, [*self.names], self.network)

    def modules(self) -> list[nn.Module]:
        return [self.network]

    def describe(self) -> dict[str, Any]:
        return {"names": self.names}

    def arrays(self) -> dict[str, torch.Tensor]:
        return {"factor": torch.tensor(self.factor)}


class MeanForm:
    def __init__(self, options: Any) -> None:
        self.hidden_size = options["hidden_size"]

    def check(self) -> None:
        pass

    def plan(self, lengths, natural, season, wishes):
        return make_plan(lengths, natural, season, wishes)

    def least(self, plan) -> int:
        return LEAST + plan.validation + plan.test

    forecasts_short = False

    def again(self, prepared, learned, watch=(), *, checkpoint=None, executor=None) -> Learned:
        return learned

    def learn(
        self, prepared, plan, season, tell, watch=(), *, checkpoint=None, executor=None
    ) -> Learned:
        model = Mean(1.0, [one.series.id for one in prepared])
        tell(model, ["means are taken"])
        return Learned(
            model, History([0], {"loss": [1.0], "val_loss": [2.0]}, "done"), ("done so",)
        )


def read(description, arrays, cell):
    model = Mean(arrays["factor"].item(), description["names"])
    return model, {"cell": "gru", "hidden_size": (2,)}


@pytest.fixture
def mean(monkeypatch, small):
    monkeypatch.setitem(forms.FORMS, "mean", MeanForm)
    monkeypatch.setitem(forms.READERS, "mean", read)
    return lambda **options: small(strategy="mean", **options)


def test_it_is_fitted_judged_and_forecasts_by_its_own_model(mean, frame, wave):
    # The second series is shorter than what the model reads, and than a stepwise model needs.
    forecaster = mean().fit(frame(a=wave(), b=wave(22, 1)))
    a, b = wave(), wave(22, 1)
    assert forecaster.forecast_of("a", 4) == pytest.approx([a[-20:].mean()] * 4)
    assert forecaster.predict()["recurra"][-1] == pytest.approx(b[-20:].mean())
    made = forecaster.evaluation_.forecasts
    assert made["b"].one_step[0] == pytest.approx(b[:14].mean())
    assert made["b"].multi_step[4:] == pytest.approx([b[:18].mean()] * 4)
    assert forecaster.calibration_.errors.shape == (4, 16)
    errors = np.abs(b[6] - b[:6].mean()) / b[:6].std()
    assert forecaster.calibration_.errors[0, 8] == pytest.approx(errors, rel=1e-5)
    assert forecaster.notes_[-2:] == ("means are taken", "done so")
    assert forecaster.inferred_["notes"][-1] == "done so"


def test_it_is_updated_and_a_failed_update_leaves_no_trace(mean, frame, wave):
    forecaster = mean().fit(frame(a=wave()))
    before = forecaster.predict(level=[80])
    with pytest.raises(DataError, match="4 points"):
        forecaster.update(frame(q=wave(9, 4), r=wave(4)))
    assert [*forecaster.model_.ids] == ["a"]
    assert forecaster.predict(level=[80]).equals(before)
    forecaster.update(frame(a=wave(70), q=wave(9, 4)))
    assert [*forecaster.model_.ids] == ["a", "q"]
    assert forecaster.forecast_of("a", 1) == pytest.approx(wave(70)[-20:].mean())
    assert forecaster.forecast_of("q", 1) == pytest.approx(wave(9, 4).mean())


def test_it_is_kept_in_a_file_and_read_by_its_own_reader(mean, frame, wave, tmp_path):
    forecaster = mean().fit(frame(a=wave(), b=wave(22, 1)))
    forecaster.save(tmp_path / "model")
    loaded = Forecaster.load(tmp_path / "model")
    assert isinstance(loaded.model_, Mean)
    assert loaded.strategy == "mean"
    assert loaded.predict(level=[80]).equals(forecaster.predict(level=[80]))
    assert loaded.tails_[1].seen.sum() == 20
    loaded.update(frame(b=wave(12, 1)))
    assert loaded.forecast_of("b", 1) == pytest.approx(wave(12, 1).mean())


def test_it_is_drawn_and_its_figures_are_told(mean, frame, wave):
    forecaster = mean().fit(frame(a=wave()))
    assert draw_forecast(forecaster).startswith(b"\x89PNG")
    figures = metrics(forecaster, Seconds(1.0, 1.0))
    assert figures["parameters"] == sum(p.numel() for p in Recurrent("gru", 1, 2).parameters())
    assert figures["kernel"]


def test_it_has_no_network_of_its_own_and_says_where_its_networks_are(mean, frame, wave):
    forecaster = mean().fit(frame(a=wave()))
    assert not hasattr(forecaster, "network_")
    with pytest.raises(AttributeError, match=r"model_\.modules\(\)"):
        _ = forecaster.network_
