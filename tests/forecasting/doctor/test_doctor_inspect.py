"""The whole: what a look says, as text, JSON and a page, and of bad input."""

import json
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from recurra.errors import DataError, OptionError
from recurra.forecasting.doctor import Inspection, Severity, inspect


class Page(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def messy(hours, daily_wave) -> Inspection:
    """Two series with a gap, an outlier, a step, a leak, and one that is constant."""
    values = daily_wave.copy()
    values[300] += 30
    values[450:] += 15
    table = hours(values).with_columns(x=pl.Series(np.r_[values[1:], np.nan]))
    parts = [
        table.filter(~pl.int_range(pl.len()).is_between(100, 120)).with_columns(
            unique_id=pl.lit("a")
        ),
        hours(np.full(720, 3.0)).with_columns(x=pl.lit(1.0), unique_id=pl.lit("b")),
    ]
    return inspect(pl.concat(parts), target="y")


def test_a_clean_series_is_ok_all_through(hours, daily_wave) -> None:
    found = inspect(hours(daily_wave))
    assert found.worst is Severity.OK
    assert found.recommendation == "Forecast 24 ahead; season 24."
    assert found.series == 1
    assert found.rows == 720
    assert (found.first, found.last) == ("2024-01-01 00:00:00", "2024-01-30 23:00:00")


def test_everything_wrong_is_found_the_gravest_first(messy) -> None:
    graver = [one.severity for one in messy.findings]
    assert graver == sorted(graver, reverse=True)
    checks = {one.check for one in messy.findings if one.severity >= Severity.NOTE}
    assert {"leaks", "gaps", "outliers", "level shifts", "standstill"} <= checks
    assert messy.worst is Severity.ERROR
    assert messy.recommendation.startswith("First see to 1 error (leaks). Forecast 24 ahead")
    assert all(one.do for one in messy.findings if one.severity >= Severity.WARNING)


def test_the_text_fits_two_screens_of_100_columns(messy) -> None:
    lines = str(messy).splitlines()
    assert max(map(len, lines)) <= 100
    assert len(lines) <= 2 * 40
    assert "\x1b" not in str(messy)
    assert lines[0].startswith("y: 2 series, 1,419 rows, hourly, 2024-01-01 00:00:00 to ")


def test_json_holds_all_findings_and_nothing_that_json_cannot_say(messy) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    data = json.loads(messy.to_json(), parse_constant=refuse)
    assert len(data["findings"]) == len(messy.findings)
    assert data["counts"] == messy.counts()
    assert data["seasons"] == [24]
    leak = next(one for one in data["findings"] if one["severity"] == "error")
    assert leak["figures"]["column"] == "x"
    assert leak["figures"]["copy"] == 1
    assert set(leak) == {"check", "severity", "said", "do", "places", "figures"}


def test_the_page_needs_no_other_file_and_no_network(messy) -> None:
    html = messy.to_html()
    for tag, attributes in Page(html).tags:
        assert tag not in {"script", "link", "iframe", "object", "embed", "base", "img"}
        assert not {"src", "href", "srcset", "action", "data"} & set(attributes)
    for words in ("http:", "https:", "url(", "@import"):
        assert words not in html
    assert "prefers-color-scheme: dark" in html


def test_the_page_says_all_and_draws_the_series(messy) -> None:
    page = Page(messy.to_html())
    for finding in messy.findings:
        assert finding.said in page.text
        assert finding.do in page.text
    tags = [tag for tag, _ in page.tags]
    assert tags.count("circle") >= 1
    assert tags.count("rect") >= 3
    assert any(attributes.get("class") == "shift" for _, attributes in page.tags)
    for _, attributes in page.tags:
        for name in ("x", "y", "cx", "cy", "width", "height", "d"):
            assert "nan" not in (attributes.get(name) or "")


def test_names_from_the_data_never_become_part_of_the_page(hours, daily_wave) -> None:
    name = "<script>alert('$1')</script>"
    table = hours(daily_wave).rename({"y": name})
    html = inspect(table).to_html()
    assert "<script" not in html
    assert Page(html).text.count(name) >= 2
    assert name in str(inspect(table)).replace("\n", "")


def test_markup_and_chinese_in_names_are_printed_as_they_are(hours, daily_wave) -> None:
    table = hours(daily_wave).rename({"y": "[red]销量[/red]"})
    assert "[red]销量[/red]: 1 series" in str(inspect(table))


def test_every_kind_of_frame_gives_the_same(hours, daily_wave) -> None:
    frame = hours(daily_wave)
    expected = inspect(frame).to_json()
    assert inspect(pd.DataFrame(frame.to_dict(as_series=False))).to_json() == expected
    assert inspect(pa.table(frame.to_dict(as_series=False))).to_json() == expected


def test_the_table_is_left_as_it_was(hours, daily_wave) -> None:
    frame = hours(daily_wave)
    before = frame.clone()
    inspect(frame)
    assert frame.equals(before)


def test_the_order_of_rows_changes_nothing_but_a_note(hours, daily_wave) -> None:
    frame = hours(daily_wave)
    plain, mixed = inspect(frame), inspect(frame.sample(fraction=1.0, shuffle=True, seed=0))
    notes = [one.said for one in mixed.findings if one.check == "reading"]
    assert len(notes) == 1
    assert "sorted" in notes[0]
    assert [one for one in mixed.findings if one.check != "reading"] == list(plain.findings)


@pytest.mark.parametrize("horizon", [0, -3, 2.5, "12", True])
def test_an_absurd_horizon_is_refused(horizon: Any, hours, daily_wave) -> None:
    with pytest.raises(OptionError, match="horizon="):
        inspect(hours(daily_wave), horizon=horizon)


@pytest.mark.parametrize(
    ("frame", "options", "said"),
    [
        ([1, 2, 3], {}, "list"),
        (pl.DataFrame({"ds": [], "y": []}), {}, "no rows"),
        (pl.DataFrame({"ds": [1, 2, 3], "y": [None, None, None]}), {"target": "y"}, "no finite"),
        (pl.DataFrame({"ds": [1, 2], "y": [np.inf, -np.inf]}), {}, "no finite"),
        (pl.DataFrame({"ds": [1, 2], "y": [1.0, 2.0]}), {"target": "z"}, "no column 'z'"),
        (pl.DataFrame({"ds": [1, 2], "a": [1.0, 3], "b": [1.0, 4]}), {}, "Several columns"),
        (pl.DataFrame({"ds": ["soon", "later"], "y": [1.0, 2.0]}), {}, "'soon'"),
        (pl.DataFrame({"ds": [1, 2, 3], "y": ["1", "2", "x"]}), {"target": "y"}, "'x'"),
    ],
)
def test_what_is_no_table_of_series_is_refused_as_by_forecast(
    frame: Any, options: dict[str, str], said: str, assert_helpful
) -> None:
    with pytest.raises(DataError) as caught:
        inspect(frame, **options)
    assert_helpful(caught.value, said)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 8, 11, 13])
def test_a_very_short_series_is_looked_at_too(count: int, hours) -> None:
    found = inspect(hours(np.arange(count) ** 2 * 1.0))
    assert found.rows == count
    assert found.to_html()
    assert str(found)
    if count < 4:
        assert found.recommendation.startswith(("Too short", "First see to"))


def test_a_series_too_short_for_its_horizon_is_an_error(hours, only) -> None:
    found = inspect(hours(np.random.default_rng(0).normal(size=30)), horizon=40)
    assert only(found, "history").severity is Severity.ERROR
    assert found.recommendation.startswith("Too short to forecast")


def test_a_series_that_is_just_long_enough_is_a_warning(hours, findings) -> None:
    found = inspect(hours(np.random.default_rng(0).normal(size=60)), horizon=24)
    said = " ".join(one.said for one in findings(found, "history"))
    assert "24 steps ahead need about 144 points, four horizons to learn from" in said
    assert "40% of the typical history" in said


def test_how_many_points_a_horizon_needs_is_said(hours, daily_wave) -> None:
    found = inspect(hours(daily_wave), horizon=48)
    (history,) = [one for one in found.findings if one.check == "history"]
    assert history.figures["needed"] == 3 * 24 + 2 * 48
    assert "48 steps ahead need about 168 points" in history.said


def test_short_series_of_a_panel_are_counted(hours, daily_wave, only) -> None:
    parts = [
        hours(daily_wave[:count]).with_columns(unique_id=pl.lit(name))
        for name, count in {"a": 720, "b": 700, "c": 650, "tiny": 30}.items()
    ]
    found = inspect(pl.concat(parts))
    finding = only(found, "history")
    assert [place.series for place in finding.places] == ["tiny"]
    assert "1 series is too short" in found.recommendation


def test_infinite_values_are_a_warning(hours, daily_wave, only) -> None:
    values = daily_wave.copy()
    values[[5, 9]] = [np.inf, -np.inf]
    found = inspect(hours(values))
    infinite = [one for one in found.findings if "infinite" in one.figures]
    assert infinite[0].figures["infinite"] == 2
    assert infinite[0].severity is Severity.WARNING


def test_a_random_walk_is_told_what_to_expect(hours) -> None:
    values = np.random.default_rng(5).normal(size=600).cumsum()
    found = inspect(hours(values))
    assert "expect little more than the last value repeated" in found.recommendation


def test_a_large_panel_is_sampled_and_that_is_said(only) -> None:
    random = np.random.default_rng(0)
    table = pl.DataFrame(
        {
            "unique_id": np.repeat([f"s{n}" for n in range(250)], 20),
            "ds": np.tile(np.arange(20), 250),
            "y": random.normal(size=5000),
        }
    )
    assert "at 200 of 250 series" in only(inspect(table), "sample").said
