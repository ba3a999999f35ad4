"""Nothing of the future is learned from or chosen by."""

import numpy as np
import pytest
import torch

from recurra import Forecaster
from recurra.forecasting.stepwise import rollout
from recurra.forecasting.stepwise.changes import Changes


def learned(forecaster: Forecaster) -> tuple:
    """All that a fit settles before it looks at the test part."""
    weights = [weight.tolist() for weight in forecaster.network_.state_dict().values()]
    parts = [(one.split, one.scale) for one in forecaster.prepared_]
    known = forecaster.model_.known
    parts.append((known.sight, known.ids, known.rows))
    return forecaster.plan_, forecaster.season_, forecaster.history_.history, parts, weights


def changed(values: np.ndarray, first: int, end: int) -> np.ndarray:
    return np.concatenate([values[:first], -3 * values[first:end] ** 2, values[end:]])


@pytest.mark.parametrize(
    "wishes",
    [
        {},
        {"horizon": None, "lookback": None, "validation": None, "test": None},
        {"horizon": None, "lookback": None, "validation": 6, "test": 40},
        {"horizon": 40, "lookback": None, "validation": 6, "test": None},
    ],
    ids=["wished", "inferred", "long test", "long horizon"],
)
def test_test_values_change_nothing_that_is_learned_or_chosen(small, frame, wave, wishes):
    values = wave(100)
    forecaster = small(**wishes).fit(frame(a=values))
    test = forecaster.plan_.test
    other = small(**wishes).fit(frame(a=changed(values, 100 - test, 100)))
    assert learned(other) == learned(forecaster)
    assert other.evaluation_.one_step != forecaster.evaluation_.one_step


def test_test_values_of_one_series_change_nothing_for_another(small, frame, wave):
    a, b = wave(), wave(50, seed=1)
    forecaster = small().fit(frame(a=a, b=b))
    other = small().fit(frame(a=a, b=changed(b, 42, 50)))
    assert learned(other) == learned(forecaster)


def test_validation_values_change_what_is_chosen_but_no_scale(small, frame, wave):
    values = wave()
    forecaster = small().fit(frame(a=values))
    other = small().fit(frame(a=changed(values, 44, 52)))
    assert other.history_.history["val_loss"] != forecaster.history_.history["val_loss"]
    assert other.history_.history["loss"] == forecaster.history_.history["loss"]
    assert other.prepared_[0].scale == forecaster.prepared_[0].scale


def each(changes: Changes, count: int) -> Changes:
    """The changes of one series for so many windows."""
    return changes[torch.zeros(count, dtype=torch.long)]


@pytest.mark.parametrize("place", [6, 20, 59])
def test_a_value_changes_no_one_step_prediction_up_to_it(fitted, place):
    (one,) = fitted.prepared_
    changes, later = fitted.model_.known.changes([0]), one.scaled.clone()
    later[place] += 1
    before, after = (
        rollout.one_step(fitted.network_, values.unfold(0, 6, 1), each(changes, len(values) - 5))
        for values in (one.scaled, later)
    )
    # Prediction k is that of the value at k + 6; the last is that of the value after the end.
    assert torch.equal(before[: place - 5], after[: place - 5])
    assert not torch.isclose(before[place - 5], after[place - 5])
