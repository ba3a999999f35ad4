"""Windows are stretches of one series, and share its memory."""

import numpy as np
import pytest
import torch
from torch.profiler import profile

from recurra.errors import OptionError, ShapeError

LENGTHS = {"a": 30, "b": 22, "c": 40}
L, K = 6, 3


@pytest.fixture(scope="module")
def covariates(shops, learn):
    return learn(shops(LENGTHS, ahead=K), calendar=["day of week", "weekend"], holidays="DE")


def all_windows(covariates):
    pairs = [
        (series, first)
        for series, length in enumerate(covariates.lengths)
        for first in range(int(length) - L + 1)
    ]
    return tuple(torch.tensor(part) for part in zip(*pairs, strict=True))


def test_every_window_is_the_stretch_of_its_series(covariates):
    series, first = all_windows(covariates)
    batch = covariates.windows(L, K)[series, first]
    for row, (number, step) in enumerate(zip(series.tolist(), first.tolist(), strict=True)):
        known = covariates.known(number, step, step + L + K)
        future = np.concatenate([known.values, known.of_time], axis=1)
        np.testing.assert_array_equal(batch.future[row], future)
        np.testing.assert_array_equal(batch.future_codes[row], known.codes)
        np.testing.assert_array_equal(batch.future_seen[row, :, : known.seen.shape[1]], known.seen)
        assert batch.future_seen[row, :, known.seen.shape[1] :].all()
        start = int(covariates.past_layout.starts[number]) + step
        past = covariates.past[start : start + L]
        np.testing.assert_array_equal(batch.past[row], past.values)
        np.testing.assert_array_equal(batch.past_seen[row], past.seen)
        np.testing.assert_array_equal(batch.past_codes[row], past.codes)
        np.testing.assert_array_equal(batch.static[row], covariates.static.values[number])
        np.testing.assert_array_equal(batch.static_codes[row], covariates.static.codes[number])


def test_shapes_and_types_are_those_that_are_promised(covariates):
    batch = covariates.windows(L, K)[torch.tensor([2, 0]), torch.tensor([4, 24])]
    assert [(tuple(each.shape), each.dtype) for each in batch] == [
        ((2, L, 1), torch.float32),
        ((2, L, 1), torch.bool),
        ((2, L, 1), torch.int64),
        ((2, L + K, 7), torch.float32),
        ((2, L + K, 7), torch.bool),
        ((2, L + K, 1), torch.int64),
        ((2, 1), torch.float32),
        ((2, 1), torch.bool),
        ((2, 1), torch.int64),
    ]
    sizes = covariates.encoding.sizes
    assert batch.future.shape[-1] == len(sizes.future)
    assert batch.past_codes.max() < sizes.past_codes["weather"]


def test_windows_take_no_memory_of_their_own(covariates):
    windows = covariates.windows(L, K)
    assert windows._past[0].data_ptr() == covariates.past.values.ctypes.data
    assert windows._future[0].data_ptr() == covariates.future.values.ctypes.data
    assert windows._of_time.data_ptr() == covariates.of_time.ctypes.data
    assert windows._past[0].shape == (len(covariates.past.values) - L + 1, L, 1)


@pytest.mark.parametrize(("series", "first"), [(0, -1), (0, 25), (1, 17)])
def test_windows_that_would_read_another_series_are_refused(covariates, series, first):
    windows = covariates.windows(L, K)
    with pytest.raises(ShapeError, match=f"step {first} of series {series}"):
        windows[torch.tensor([2, series]), torch.tensor([0, first])]


@pytest.mark.parametrize(("lookback", "horizon"), [(0, 1), (3, 4), (3, -1)])
def test_sizes_beyond_the_room_are_refused(covariates, lookback, horizon):
    with pytest.raises(OptionError, match=f"windows of {lookback} and {horizon}"):
        covariates.windows(lookback, horizon)


def test_a_batch_is_as_quick_for_many_series_as_for_few(shops, learn):
    """No Python object a row: the number of operations does not grow with the series."""
    counts = []
    for lengths in ({"a": 60}, {str(number): 20 for number in range(60)}):
        windows = learn(shops(lengths)).windows(L, K)
        rows = torch.zeros(8, dtype=torch.long), torch.arange(8)
        with profile() as seen:
            windows[rows]
        counts.append(len(seen.events()))
    assert counts[0] == counts[1]
