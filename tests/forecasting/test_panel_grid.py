"""All series at once stand on the grid as a plain loop puts each, and further rows beside them."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.forecasting.panel import Panel

FIRST = np.datetime64("2024-01-01", "us")
HOUR = np.timedelta64(3_600_000_000, "us")

SERIES = st.lists(
    st.lists(
        st.tuples(st.integers(0, 14), st.one_of(st.none(), st.integers(-9, 9)), st.integers(0, 5)),
        min_size=1,
        max_size=25,
    ),
    min_size=1,
    max_size=4,
)


def plain(rows: list[tuple[int, int | None, int]]) -> tuple[int, list[float], list[bool]] | None:
    """The first step, values and which were observed; None if fewer than 3 points are left."""
    at = {step: [value for other, value, _ in rows if other == step and value is not None]
          for step, _, _ in rows}  # fmt: skip
    means = {step: sum(values) / len(values) for step, values in at.items() if values}
    if not means or max(means) - min(means) < 2:
        return None
    first, values = min(means), []
    steps = range(first, max(means) + 1)
    for step in steps:
        values.append(means.get(step, values[-1] if values else 0.0))
    return first, values, [step in means for step in steps]


@settings(max_examples=60, deadline=None)
@given(SERIES)
def test_every_series_is_what_a_plain_loop_makes_of_its_rows(series):
    # One more series pins the frequency down; it has the first times of all.
    pinned = [(step, step % 4, 0) for step in range(15)]
    named = {str(number): rows for number, rows in enumerate([pinned, *series])}
    table = pl.DataFrame(
        [
            (name, (FIRST + step * HOUR).item(), value, further)
            for name, rows in named.items()
            for step, value, further in rows
        ],
        schema={"id": pl.String, "ds": pl.Datetime("us"), "y": pl.Float64, "x": pl.Int64},
        orient="row",
    )
    sparse = any(
        max(step for step, *_ in rows) - min(step for step, *_ in rows) + 1 > max(2 * len(rows), 10)
        for rows in series
    )
    if sparse:
        return
    panel = Panel.from_frame(table, id="id", time="ds", target="y", further=["x"])
    expected = {name: made for name, rows in named.items() if (made := plain(rows))}
    assert [one.id for one in panel.series] == [*expected]
    assert panel.further.left_out == tuple(sorted(named.keys() - expected.keys()))
    for one, (first, values, observed) in zip(panel.series, expected.values(), strict=True):
        assert one.origin == FIRST + first * HOUR
        np.testing.assert_allclose(one.values, values)
        assert one.observed.tolist() == observed
    further = panel.further
    for row, number, step in zip(further.places, further.series, further.steps, strict=True):
        one = panel.series[number]
        assert table["id"][int(row)] == one.id
        assert table["ds"].to_numpy()[row] == one.origin + step * HOUR
    kept = sum(len(named[name]) for name in expected)
    assert len({*further.places.tolist()}) == len(further.places) == kept


def test_series_are_views_of_one_array():
    frame = pl.DataFrame({"id": ["a"] * 5 + ["b"] * 5, "ds": [*range(5)] * 2, "y": [*range(10)]})
    one, other = Panel.from_frame(frame, id="id", time="ds", target="y").series
    assert one.values.base is other.values.base is not None
