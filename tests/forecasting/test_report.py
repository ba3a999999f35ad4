import base64
from html.parser import HTMLParser

import numpy as np
import polars as pl
import pytest

from recurra.forecasting.report import render
from recurra.forecasting.results import Seconds, metrics

PICTURE = b"\x89PNG stands for a picture"


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


def page(forecaster, title="sales.csv", command="recurra forecast sales.csv") -> str:
    return render(
        forecaster,
        metrics(forecaster, Seconds(1.5, 0.1)),
        title=title,
        predicted=forecaster.predict(),
        picture=PICTURE,
        command=command,
        version="0.1.0",
    )


@pytest.fixture(scope="module")
def html(fitted_to_two):
    return page(fitted_to_two)


def test_it_needs_no_other_file_and_no_network(html):
    for tag, attributes in Page(html).tags:
        assert tag not in {"script", "link", "iframe", "object", "embed", "base"}
        for name in ("src", "href", "srcset", "action", "data"):
            assert attributes.get(name, "data:").startswith("data:")
    for words in ("http:", "https:", "url(", "@import"):
        assert words not in html


def test_both_pictures_are_inside(html):
    pictures = [attributes for tag, attributes in Page(html).tags if tag == "img"]
    assert len(pictures) == 2
    assert all(one["src"].startswith("data:image/png;base64,iVBOR") for one in pictures)
    assert base64.b64decode(pictures[0]["src"].partition(",")[2]) == PICTURE
    assert all(one["alt"] for one in pictures)


def test_the_verdict_the_errors_and_all_notes_are_on_it(html, fitted_to_two):
    text = Page(html).text
    assert fitted_to_two.verdict_ in text
    for note in fitted_to_two.notes_:
        assert note in text
    judged = fitted_to_two.evaluation_
    for scores in (judged.multi_step, judged.naive, judged.one_step):
        assert f"{scores.mae:.4g}" in text
    assert "lstm, units 8 → 1, 329 parameters" in text
    assert "recurra forecast sales.csv" in text


def test_names_from_the_data_never_become_part_of_the_page(small, wave):
    name = "<script>alert(1)</script>"
    table = pl.DataFrame({"ds": np.arange(60), name: wave()})
    forecaster = small(epochs=1).fit(table)
    html = page(forecaster, title=name, command=f"recurra forecast x.csv --target '{name}'")
    assert "<script" not in html
    assert "script" not in {tag for tag, _ in Page(html).tags}
    assert Page(html).text.count(name) >= 3


def test_series_that_are_not_drawn_are_counted(small, frame, wave):
    names = {name: wave(60, seed) for seed, name in enumerate("abcdef")}
    text = Page(page(small(epochs=1, cell="elman").fit(frame(**names)))).text
    assert "2 more series are in forecast.csv" in text


def test_a_model_that_had_nothing_to_learn_has_a_page_too(small, frame):
    html = page(small().fit(frame(a=np.full(60, 2.0))))
    assert len([tag for tag, _ in Page(html).tags if tag == "img"]) == 1
    assert "not defined" in Page(html).text


def test_without_a_season_no_seasonal_rule_is_shown(small, frame):
    noise = np.random.default_rng(0).normal(size=80)
    forecaster = small(epochs=1, horizon=1).fit(frame(a=noise))
    text = Page(page(forecaster)).text
    assert forecaster.season_ == 1
    assert "last season repeated" not in text
    assert "Recurra, 1 step at a time" in text
