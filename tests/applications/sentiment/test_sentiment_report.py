"""The report of a classifier: a page that needs nothing else, and a picture."""

from __future__ import annotations

import json
from html import unescape

from recurra.applications.sentiment import SentimentClassifier, report

HOSTILE = '<script>alert(1)</script> the tea was "lovely" & $x$'


def test_the_page_says_how_good_it_is_and_marks_words(classifier: SentimentClassifier) -> None:
    texts = ["the tea was lovely", HOSTILE, "word " * 400]
    page = report.page(classifier, texts, ["bad", "good", "bad"], name=HOSTILE, command="recurra")
    assert report.verdict(classifier.held_out_) in unescape(page)
    assert '<mark class="for" style="--w: 1.00">lovely</mark>' in page
    assert "truly bad" in page
    assert "<script" not in page
    assert "prefers-color-scheme: dark" in page
    for outside in ("http://", "https://", "<link", "@import"):
        assert outside not in page


def test_the_picture_is_one_and_the_same(classifier: SentimentClassifier) -> None:
    picture = report.draw(classifier)
    assert picture.startswith(b"\x89PNG")
    assert report.draw(classifier) == picture


def test_the_figures_are_json(classifier: SentimentClassifier) -> None:
    found = json.loads(json.dumps(report.figures(classifier), allow_nan=False))
    assert found["held_out"]["accuracy"] == classifier.held_out_.accuracy
    assert found["networks"] == 2
