"""Scores, pieces, shapes, rules and batches."""

from __future__ import annotations

from functools import partial

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from recurra.applications.ner.chunks import Chunk
from recurra.applications.ner.marked import MISSED, RIGHT, WRONG, Marked, marked
from recurra.applications.ner.network import batch
from recurra.applications.ner.notation import NOTATIONS
from recurra.applications.ner.pairs import Pairs
from recurra.applications.ner.pieces import clipped, cut, windows
from recurra.applications.ner.reading import Glossary, shape, word
from recurra.applications.ner.rules import Sizes, Wishes, plan
from recurra.applications.ner.scores import Scores
from recurra.applications.words import grams

SIZES = Sizes(8, 8, 4, 8, 0.3, buckets=97)
TAGS = st.sampled_from(["O", "B-X", "I-X", "B-Y", "I-Y"])
PAIRS = st.integers(1, 8).flatmap(
    lambda n: st.tuples(*[st.lists(TAGS, min_size=n, max_size=n)] * 2)
)


@settings(deadline=None, max_examples=40)
@given(st.lists(PAIRS, min_size=1, max_size=6))
def test_scores_are_those_of_seqeval(pairs: list[tuple[list[str], list[str]]]) -> None:
    metrics = pytest.importorskip("seqeval.metrics.sequence_labeling")
    truth, answers = [one for one, _ in pairs], [other for _, other in pairs]
    read = [[NOTATIONS["IOB2"].chunks(tags)[0] for tags in part] for part in (truth, answers)]
    found = Scores.of(*read, [len(one) for one in truth])
    assert found.tokens == sum(map(len, truth))
    # It divides by nothing where there is no entity at all.
    assume(found.kinds)
    rate = partial(metrics.precision_recall_fscore_support, zero_division=0)
    precision, recall, f1, _ = rate(truth, answers, average="micro")
    overall = found.overall
    assert (overall.precision, overall.recall) == pytest.approx((precision, recall))
    assert overall.f1 == pytest.approx(f1)
    *_, by_kind, support = rate(truth, answers, average=None)
    assert [one.f1 for one in found.kinds.values()] == pytest.approx(list(by_kind))
    assert [one.true for one in found.kinds.values()] == list(support)


def test_scores_by_hand() -> None:
    truth = [[Chunk("A", 0, 2), Chunk("B", 3, 4)], [Chunk("A", 0, 1)]]
    # One right, one in other bounds, one of another kind, one of a kind that is not there.
    answers = [[Chunk("A", 0, 1), Chunk("B", 3, 4)], [Chunk("B", 0, 1), Chunk("C", 1, 2)]]
    found = Scores.of(truth, answers, [5, 2])
    assert found.overall == (3, 4, 1)
    assert found.overall.f1 == pytest.approx(2 * 1 / 7)
    assert found.kinds == {"A": (2, 1, 0), "B": (1, 2, 1), "C": (0, 1, 0)}
    told = found.to_json()
    assert told["kinds"]["B"] == {
        "precision": 0.5,
        "recall": 1.0,
        "f1": pytest.approx(2 / 3),
        "true": 1,
        "found": 2,
        "right": 1,
    }
    assert Scores.of([[]], [[]], [3]).overall.f1 == 0


@given(st.integers(1, 400), st.integers(5, 60), st.integers(0, 2))
def test_windows_answer_each_token_once_and_see_around_it(
    length: int, most: int, margin: int
) -> None:
    found = windows(length, most, margin)
    answered = [place for one in found for place in range(one.kept, one.until)]
    assert answered == list(range(length))
    for one in found:
        assert 0 <= one.start <= one.kept < one.until <= one.end <= length
        assert one.end - one.start <= most
        assert one.start == 0 or one.kept - one.start >= margin
        assert one.end == length or one.end - one.until >= margin


@given(st.data(), st.integers(2, 12))
def test_a_long_sentence_is_cut_in_no_entity_that_leaves_room(
    data: st.DataObject, most: int
) -> None:
    place, chunks = 0, []
    for gap, size in data.draw(
        st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)), max_size=6)
    ):
        chunks.append(Chunk("A", place + gap, place + gap + size))
        place = chunks[-1].end
    tokens = data.draw(st.lists(st.sampled_from("ab."), min_size=place, max_size=place + 9))
    bounds = cut(tokens, chunks, most)
    assert [end for _, end in bounds[:-1]] == [start for start, _ in bounds[1:]]
    assert (bounds[0][0], bounds[-1][1]) == (0, len(tokens))
    assert all(end - start <= most for start, end in bounds)
    kept = [one for start, end in bounds for one in clipped(chunks, start, end)]
    assert sum(one.end - one.start for one in kept) == sum(one.end - one.start for one in chunks)
    if all(one.end - one.start <= most - most // 2 for one in chunks):
        assert len(kept) == len(chunks)


def test_a_long_sentence_is_cut_behind_a_mark_where_there_is_one() -> None:
    assert cut(list("aaa.aaaaaaaaa"), [], 8) == [(0, 8), (8, 13)]
    assert cut(list("aaaaa.aaaaaaa"), [], 8) == [(0, 6), (6, 13)]
    assert cut(list("aaaaaaaaaaaaa"), [Chunk("A", 5, 9)], 8) == [(0, 5), (5, 13)]


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ("Paris", "Xxx"),
        ("BRCA12", "XX00"),
        ("1990", "00"),
        ("don't", "xx'x"),
        ("王", "c"),
        ("U.S.A.", "X.X.X."),
        ("iPhone7", "xXxx0"),
    ],
)
def test_a_shape_says_how_a_token_is_written(token: str, told: str) -> None:
    assert shape(token) == told


def test_words_are_alike_whatever_their_case_and_digits() -> None:
    assert word("Type-19") == word("type-42") == "type-00"
    glossary = Glossary.of([["Rome", "rome", "in", "1990"]], SIZES, 1)
    read = glossary.read([["ROME", "2001", "never"]])
    assert (read.read.words > 0).tolist() == [True, True, False]
    sides = batch(read, glossary, [read.read.texts[0], read.read.texts[0][1:2]])
    assert sides.tokens.words.tolist() == [[*read.read.words.tolist()], [read.read.words[1], 0, 0]]
    # Pieces are of tokens as they are written, shapes too.
    ends = [*sides.tokens.begins.tolist()[1:], len(sides.tokens.grams)]
    kind = int(sides.tokens.kinds[0, 0])
    pieces = sides.tokens.grams[sides.tokens.begins[kind] : ends[kind]].tolist()
    assert pieces == grams("ROME", 97)
    assert sides.shapes[0].tolist() == read.shapes.tolist()


def test_pairs_that_occur_often_have_numbers_and_ends_are_neighbours() -> None:
    read = Glossary.of([["a"]], SIZES, 1).lexicon.read([["a", "b", "a", "b"], ["a", "b"], []])
    pairs = Pairs.of(read, 2)
    # The beginning and a, a and b, b and the end.
    assert len(pairs) == 4
    a, b = read.stamps.tolist()
    found = pairs.numbers(torch.tensor([[0, a, b, 0, 0], [0, b, a, b, 0]]))
    assert found[0, 3] == 0 == found[1, 0] == found[1, 1]
    assert sorted(found[0, :3].tolist()) == [1, 2, 3]
    assert found[1, 2:].tolist() == found[0, 1:3].tolist()
    assert Pairs.none().numbers(torch.tensor([[0, a, 0]])).tolist() == [[0, 0]]


def test_the_rules_go_by_size_and_script() -> None:
    small, large = plan(500, False, Wishes()), plan(100_000, False, Wishes())
    assert (small.networks, large.networks) == (5, 1)
    assert small.epochs > large.epochs == 4
    letters = plan(500, True, Wishes(embedding=8))
    assert (letters.sizes.pairs, letters.sizes.pieces) == (8, 0)
    assert (small.sizes.pairs, small.sizes.pieces) == (0, 100)
    asked = Wishes(units=7, networks=2, epochs=3, batch_size=5, learning_rate=0.1)
    found = plan(500, False, asked)
    assert (found.sizes.units, found.networks, found.epochs) == (7, 2, 3)
    assert (found.batch_size, found.learning_rate) == (5, 0.1)
    assert "3 passes" in " ".join(found.notes)


def test_sentences_are_marked_with_what_is_right_wrong_and_missed() -> None:
    one = Marked(
        ("Ana", "left", "New", "York", "王", "明"),
        frozenset({Chunk("PER", 0, 1), Chunk("LOC", 2, 4)}),
        frozenset({Chunk("PER", 0, 1), Chunk("LOC", 3, 4), Chunk("PER", 4, 6)}),
    )
    parts = [(text.strip(), weight) for text, weight in one.parts() if text.strip()]
    # The space between words is not marked.
    assert not any(text.startswith(" ") for text, weight in one.parts() if weight)
    assert parts == [
        ("Ana⟨PER⟩", RIGHT),
        ("left", 0.0),
        ("New York⟨not found: LOC⟩", MISSED),
        ("York⟨LOC⟩", WRONG),
        ("王明⟨PER⟩", WRONG),
    ]
    assert one.wrong == 3
    shown = marked([["a"]] * 40, [[Chunk("A", 0, 1)]] * 40, [[]] * 20 + [[Chunk("A", 0, 1)]] * 20)
    assert [one.wrong for one in shown] == [0] * 6 + [1] * 6


def test_a_batch_of_nothing_can_be_read() -> None:
    glossary = Glossary.of([["a"]], SIZES, 1)
    given = glossary.read([[]])
    assert batch(given, glossary, [torch.zeros(0, dtype=torch.int64)]).shapes.shape == (1, 1)
