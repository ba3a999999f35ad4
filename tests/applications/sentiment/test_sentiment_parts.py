"""Folds, scores, batches and rules."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from recurra.applications.folds import folds
from recurra.applications.sentiment import Scores
from recurra.applications.sentiment.batch import batch, shortened
from recurra.applications.sentiment.rules import Wishes, plan
from recurra.applications.words import Lexicon, Vocabulary, grams, stamp


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 2)), min_size=1, max_size=60),
    st.integers(1, 10),
)
def test_texts_that_are_the_same_lie_in_one_part_and_a_lone_one_in_none(
    rows: list[tuple[int, int]], count: int
) -> None:
    texts, classes = [row[0] for row in rows], [row[1] for row in rows]
    parts = folds(texts, classes, count, seed=3).tolist()
    assert all(-1 <= one < count for one in parts)
    for text in set(texts):
        assert len({part for one, part in zip(texts, parts, strict=True) if one == text}) == 1
    first = {text: classes[texts.index(text)] for text in set(texts)}
    alone = {one for one, n in Counter(first.values()).items() if n == 1}
    for text, part in zip(texts, parts, strict=True):
        assert (part == -1) == (first[text] in alone)


def test_each_part_has_its_share_of_each_class() -> None:
    classes = [0] * 70 + [1] * 30
    parts = folds(range(100), classes, 10, seed=0)
    for part in range(10):
        here = (parts == part).nonzero().flatten().tolist()
        assert Counter(classes[place] for place in here) == {0: 7, 1: 3}


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("ab")), min_size=1, max_size=40))
def test_scores_are_those_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    truth, answers = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    found = Scores.of(truth, answers, ["a", "b"])
    assert found.accuracy == pytest.approx(accuracy_score(truth, answers))
    assert found.macro_f1 == pytest.approx(
        f1_score(truth, answers, average="macro", zero_division=0)
    )
    names = list(found.classes)
    assert np.array_equal(found.confusion, confusion_matrix(truth, answers, labels=names))
    assert found.majority[1] == pytest.approx(max(Counter(truth).values()) / len(truth))


def test_a_batch_holds_each_tokens_number_pieces_and_pairs() -> None:
    lexicon = Lexicon(Vocabulary(["tea", "hot"]), 997)
    read = lexicon.read([["hot", "tea", "now"], [], ["tea"]])
    found = batch(read, lexicon, torch.tensor([2, 0, 1]), 10)
    assert found.words.tolist() == [[1, 0, 0], [2, 1, 0], [0, 0, 0]]
    assert found.lengths.tolist() == [1, 3, 0]
    ends = [*found.begins.tolist()[1:], len(found.grams)]
    for row, column, token in ((0, 0, "tea"), (1, 0, "hot"), (1, 1, "tea"), (1, 2, "now")):
        kind = int(found.kinds[row, column])
        pieces = found.grams[found.begins[kind] : ends[kind]].tolist()
        assert pieces == grams(token, 997)
    pair = lexicon.pairs(torch.tensor([stamp("hot"), stamp("tea")]))[0]
    assert found.after[1, 0] == found.before[1, 1] == pair


def test_texts_without_a_token_make_a_batch_too() -> None:
    lexicon = Lexicon(Vocabulary([]), 997)
    found = batch(lexicon.read([[], []]), lexicon, torch.tensor([0, 1]), 10)
    assert found.words.shape == (2, 1)
    assert found.lengths.tolist() == [0, 0]


@given(st.integers(0, 30), st.integers(1, 12))
def test_a_long_text_keeps_its_two_ends(length: int, most: int) -> None:
    found = shortened(torch.arange(length), most).tolist()
    assert len(found) == min(length, most)
    if length > most:
        assert found == [*range(most - most // 2), *range(length - most // 2, length)]


def test_the_rules_follow_the_number_of_texts_and_wishes_come_first() -> None:
    assert plan(7000, False, Wishes()).epochs == 4
    assert plan(100, False, Wishes()).epochs == 30
    assert [plan(n, False, Wishes()).networks for n in (100, 30_000, 200_000)] == [5, 3, 1]
    assert plan(100, False, Wishes()).least == 1 < plan(1000, False, Wishes()).least
    assert plan(100, True, Wishes()).sizes.pairs > plan(100, False, Wishes()).sizes.pairs == 0
    chosen = plan(100, False, Wishes(units=7, networks=2, epochs=3, longest=9))
    assert (chosen.sizes.units, chosen.networks, chosen.epochs, chosen.longest) == (7, 2, 3, 9)
