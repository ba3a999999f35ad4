"""Windows out of the array that holds all series are those cut from each series by hand."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.forecasting.segments.arrays import Arrays


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=5), st.integers(1, 6), st.integers(1, 5))
def test_a_window_holds_its_own_series_and_nothing_else(lengths, lookback, horizon) -> None:
    generator = np.random.default_rng(sum(lengths))
    series = [generator.normal(size=n) for n in lengths]
    seen = [generator.random(n) > 0.3 for n in lengths]
    arrays = Arrays.of(series, seen, lookback, horizon)
    for row, (values, here) in enumerate(zip(series, seen, strict=True)):
        origins = torch.arange(len(values) + 1)
        rows = torch.full_like(origins, row)
        found = arrays.windows(arrays.values, rows, origins)
        masks = arrays.windows(arrays.seen, rows, origins)
        for origin in range(len(values) + 1):
            for column, place in enumerate(range(origin - lookback, origin + horizon)):
                there = 0 <= place < len(values) and bool(here[place])
                assert masks[origin, column] == there
                wanted = np.float32(values[place]) if there else 0
                assert found[origin, column] == wanted
