"""What is explained of a text is what the model finds likely to come next."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from explained import refused, says_the_same
from recurra.applications.text.demo import verses
from recurra.applications.text.inside import LONGEST
from recurra.errors import DataError, OptionError


def test_the_probability_of_a_symbol_is_that_by_which_the_text_is_judged(model) -> None:
    text = verses(2, seed=3)[:40]
    told = model.surprises(text)
    for at in (1, 2, 17, 40):
        found = model.explain(text, at=at)
        (seen,) = found.seen
        symbol, surprise = told[at - 1]
        assert found.words.answer.startswith(f'the probability that "{symbol}"'.replace("\n", "↵"))
        assert seen.answer == pytest.approx(math.exp(-surprise), rel=1e-3)
        # The line's end that stands before every text is read too.
        assert found.words.labels == ["↵", *text[: at - 1].replace("\n", "↵")]
        assert abs(seen.gradients.missing) < 1e-2


def test_without_a_place_the_likeliest_symbol_is_explained(model) -> None:
    text = verses(1, seed=4)[:25]
    (seen,) = model.explain(text).seen
    every = [model.explain(text + one, at=26).seen[0].answer for one in "aeiou ,\n"]
    assert seen.answer >= max(every) - 1e-6


def test_the_last_symbols_weigh_most(model) -> None:
    text = verses(3, seed=5)[:60]
    weight = np.abs(model.explain(text).seen[0].gradients.by_step)
    assert weight[-15:].sum() > weight[:-15].sum()


def test_of_a_long_text_the_end_is_read(model) -> None:
    text = (verses(60, seed=6) * 3)[: LONGEST + 50]
    found = model.explain(text)
    assert len(found.words.labels) == LONGEST
    assert found.notes == (f"of {len(text) + 1:,} symbols the last {LONGEST:,} are read",)


def test_what_is_not_there_is_refused(model) -> None:
    with pytest.raises(DataError, match="empty text"):
        model.explain("")
    for wrong in (0, 4, True):
        with pytest.raises(OptionError, match="at="):
            model.explain("abc", at=wrong)


def test_a_fresh_process_says_the_same(model, tmp_path: Path, monkeypatch) -> None:
    model.save(tmp_path / "model.safetensors")
    text = verses(1, seed=7)[:30]
    says_the_same(model.explain(text), tmp_path, "model.safetensors", "--text", text)
    (tmp_path / "none").mkdir()
    monkeypatch.chdir(tmp_path / "none")
    refused("--network 2", "../model.safetensors", "--text", text, "--network", 2)
    refused("neither a text nor DATA", "../model.safetensors")
