"""BLEU and chrF against their definitions."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from recurra.applications.translate import Scores
from recurra.applications.translate import scores as module
from recurra.errors import OptionError

FOUND = ["the cat sat on the mat today", "a small red dog runs over the green hill"]
TRUTH = ["the cat sat on a mat", "the small red dog runs over a green hill now and then"]


def bleu(found: list[str], truth: list[str]) -> float:
    """Papineni et al. 2002, with four n-grams."""
    shares = []
    for n in range(1, 5):
        right = total = 0
        for one, other in zip(found, truth, strict=True):
            ours, theirs = (grams(text.split(), n) for text in (one, other))
            right += (ours & theirs).total()
            total += ours.total()
        shares.append(right / total)
    lengths = [sum(len(text.split()) for text in side) for side in (found, truth)]
    brevity = min(1.0, math.exp(1 - lengths[1] / lengths[0]))
    return 100 * brevity * math.exp(sum(map(math.log, shares)) / 4)


def grams(tokens: list[str] | str, n: int) -> Counter:
    return Counter(tuple(tokens[place : place + n]) for place in range(len(tokens) - n + 1))


def chrf(found: list[str], truth: list[str]) -> float:
    """Popović 2015, with six n-grams of characters and recall counted twice."""
    precision = recall = 0.0
    for n in range(1, 7):
        right = ours = theirs = 0
        for one, other in zip(found, truth, strict=True):
            a, b = (grams(text.replace(" ", ""), n) for text in (one, other))
            right, ours, theirs = right + (a & b).total(), ours + a.total(), theirs + b.total()
        precision, recall = precision + right / ours / 6, recall + right / theirs / 6
    return 100 * 5 * precision * recall / (4 * precision + recall)


def test_bleu_and_chrf_are_as_they_were_defined() -> None:
    scores = Scores.of(FOUND, TRUTH)
    assert scores.bleu == pytest.approx(bleu(FOUND, TRUTH), abs=1e-9)
    assert scores.chrf == pytest.approx(chrf(FOUND, TRUTH), abs=1e-9)
    assert 0 < scores.bleu < scores.chrf < 100
    assert scores.to_json()["sentences"] == 2


def test_what_is_the_same_gets_all_and_nothing_gets_none() -> None:
    assert Scores.of(TRUTH, TRUTH).bleu == pytest.approx(100)
    assert Scores.of(TRUTH, TRUTH).chrf == pytest.approx(100)
    assert Scores.of(["", ""], TRUTH).bleu == 0


@pytest.mark.parametrize(
    ("references", "rule"),
    [
        (["a dog runs"], "13a"),
        (["我们明天再来。", "OK，好的"], "zh"),
        (["私は猫が好きです"], "char"),
        (["ฉันรักแมว"], "char"),
        (["..."], "13a"),
    ],
)
def test_scripts_without_spaces_are_cut_into_characters(references: list[str], rule: str) -> None:
    scores = Scores.of(references, references)
    assert f"tok:{rule}|" in scores.bleu_signature


def test_without_sacrebleu_the_way_to_get_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sacrebleu", None)
    with pytest.raises(OptionError, match=r"recurra\[translate\]"):
        module.sacrebleu()
