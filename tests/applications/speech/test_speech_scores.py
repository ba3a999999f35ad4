"""Word and character error rates, counted by hand."""

from __future__ import annotations

import pytest

from recurra.applications.speech import Scores
from recurra.applications.speech.scores import NOTHING


def test_rates_are_what_is_wrong_for_each_that_was_said() -> None:
    # Taken for another: two -> too. Missed: three. Added: now.
    found = Scores.of(["one two three", "four"], ["one too", "four now"])
    assert (found.substitutions, found.deletions, found.insertions) == (1, 1, 1)
    assert found.wer == pytest.approx(3 / 4)
    # w -> o, " three" missed, " now" added, of 17 characters.
    assert found.cer == pytest.approx((1 + 6 + 4) / 17)
    assert (found.recordings, found.words, found.exact) == (2, 4, 0.0)
    assert found.pairs == {
        ("one", "one"): 1,
        ("two", "too"): 1,
        ("three", NOTHING): 1,
        ("four", "four"): 1,
        (NOTHING, "now"): 1,
    }
    assert {"said": "two", "heard": "too", "times": 1} in found.to_json()["mistakes"]
    assert not any(one["said"] == one["heard"] for one in found.to_json()["mistakes"])


def test_words_that_are_few_and_recur_are_held_against_each_other() -> None:
    found = Scores.of(["no", "yes", "no", "yes no"], ["no", "no", "na", "yes"]).confusion
    assert found is not None
    assert found.classes == ("no", "yes", NOTHING, "(other)")
    assert found.confusion.tolist() == [[1, 0, 1, 1], [1, 1, 0, 0], [0] * 4, [0] * 4]
    assert Scores.of(["a b c d"], ["a b c d"]).confusion is None
    assert Scores.of(["a", "a"], ["a", "a"]).confusion is None


def test_nothing_heard_is_all_missed() -> None:
    found = Scores.of(["a b"], [""])
    assert (found.wer, found.cer, found.deletions) == (1.0, 1.0, 2)
