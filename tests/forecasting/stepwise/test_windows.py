from dataclasses import replace

import numpy as np
import pytest
import torch

from recurra.forecasting.stepwise.examples import Bounds, examples

ALL = Bounds(least=1, most=10**9, most_validation=10**9)


@pytest.fixture
def two(fitted_to_two):
    prepared, known = fitted_to_two.prepared_, fitted_to_two.model_.known
    return prepared, known, examples(prepared, known, ALL)


def naive(one, known, first, end):
    """Inputs and targets of one series, sliced as one would by hand."""
    values = one.scaled.double().numpy()
    lag, (drift, spread) = known.sight.lag, known.rows[one.number][2:]
    places = range(max(first, 6), end)
    answers = [(values[t] - values[t - lag] - drift) / spread for t in places]
    return np.array([values[t - 6 : t] for t in places]), np.array(answers)


@pytest.mark.parametrize("part", ["train", "validation"])
def test_windows_of_two_series_are_those_of_each_and_never_cross(two, part):
    prepared, known, windows = two
    start = [0 if part == "train" else one.split.train for one in prepared]
    end = [first + getattr(one.split, part) for first, one in zip(start, prepared, strict=True)]
    expected = [naive(one, known, *part) for one, *part in zip(prepared, start, end, strict=True)]
    windows = getattr(windows, part)
    inputs, targets = windows[torch.arange(len(windows))]
    assert inputs.shape == (len(windows), 6, 1)
    assert targets.shape == (len(windows), 1)
    assert np.array_equal(
        inputs[:, :, 0].double().numpy(), np.concatenate([x for x, _ in expected])
    )
    assert targets[:, 0].double().numpy() == pytest.approx(
        np.concatenate([y for _, y in expected]), abs=1e-4
    )


def test_any_order_of_indices_gives_the_same_examples(two):
    windows = two[2].train
    inputs, targets = windows[torch.arange(len(windows))]
    index = torch.tensor([5, 0, 5, 31])
    assert torch.equal(windows[index][0], inputs[index])
    assert torch.equal(windows[index][1], targets[index])


def test_they_say_how_many_bytes_an_example_takes(two):
    windows = two[2].train
    inputs, targets = windows[torch.arange(3)]
    assert 3 * windows.bytes_each == inputs.numel() * 4 + targets.numel() * 4


def test_train_and_validation_are_views_of_one_array_no_longer_than_the_series(two):
    prepared, _, windows = two
    assert windows.train.values.data_ptr() == windows.validation.values.data_ptr()
    assert windows.train.values.numel() == sum(len(one.series.values) for one in prepared)
    assert windows.train.values.untyped_storage().nbytes() == 4 * windows.train.values.numel()


def test_a_change_of_the_array_is_seen_by_every_window_that_holds_it(two):
    windows = two[2].train
    before = windows[torch.arange(len(windows))][0].clone()
    windows.values[10] += 1
    after = windows[torch.arange(len(windows))][0]
    assert (after != before).any(dim=1).sum() == 6


def test_several_passes_go_over_all_windows_that_often(two):
    once = two[2].train
    thrice = replace(once, passes=3)
    assert len(thrice) == 3 * len(once)
    inputs = thrice[torch.arange(len(thrice))][0]
    assert torch.equal(inputs, once[torch.arange(len(once))][0].repeat(3, 1, 1))
