"""What a fit shows."""

from __future__ import annotations

import json

import pytest
from made_pairs import TINY, columns

from recurra.applications.translate import Seen, Translator, report
from recurra.applications.translate.seen import draw


def test_the_page_shows_figures_translations_and_where_it_looked(translator: Translator) -> None:
    page = report.page(translator, name="<b>", command="recurra fit translate x")
    assert report.verdict(translator.held_out_) in page
    assert "nrefs:1" in page
    assert "&lt;b&gt;" in page
    shown = translator.samples_
    for text in (shown.sources[0], shown.targets[0], translator.predict(shown.sources[:1])[0]):
        assert text in page
    for outside in ("http://", "https://", "<b>"):
        assert outside not in page
    assert report.draw(translator).startswith(b"\x89PNG")
    figures = json.loads(json.dumps(report.figures(translator), allow_nan=False))
    assert figures["held_out"]["bleu"] == translator.held_out_.bleu


def test_without_pairs_held_out_there_is_a_page_too() -> None:
    found = Translator(**TINY).fit(*columns(6))
    assert "Nothing was held out" in report.page(found, name="a", command="b")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("sentence", ["$x^2$ costs 5$", "猫和狗", "dog " * 90])
def test_whatever_was_read_can_be_drawn(poor: Translator, sentence: str) -> None:
    seen = poor.look(sentence)
    assert isinstance(seen, Seen)
    assert draw(seen).startswith(b"\x89PNG")
    assert draw(seen) == draw(seen)
