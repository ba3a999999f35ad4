"""What an answer that reads nothing comes to, of all sequences and of each."""

from __future__ import annotations

import math
from collections import Counter

import pytest
import torch
from made_studies import material

from recurra.studies.material import UNASKED, asked_of, constant, mean_of_each, unread

LENGTHS = (3, 5, 2, 4, 6)


@pytest.mark.parametrize("answer", ["class", "keys", "symbols", "number"])
@pytest.mark.parametrize("unasked", [False, True])
def test_the_whole_is_the_mean_of_the_sequences_by_their_answers(answer, unasked: bool) -> None:
    made = material(answer, lengths=LENGTHS, unasked=unasked)
    counts = asked_of(answer, made.test)
    each = mean_of_each(unread(answer, made.train, made.test), counts)
    assert each.shape == (len(LENGTHS),)
    weighted = float((each * torch.tensor(counts)).sum()) / sum(counts)
    assert weighted == pytest.approx(constant(answer, made.train, made.test), rel=1e-12)


def test_what_is_asked_of_each_is_counted() -> None:
    steps = list(LENGTHS)
    assert asked_of("keys", material("keys", lengths=steps).test) == steps
    assert asked_of("symbols", material("symbols", lengths=steps).test) == steps
    with_gaps = material("symbols", lengths=steps, unasked=True).test
    assert asked_of("symbols", with_gaps) == [n - 1 for n in steps]
    assert asked_of("class", material("class", lengths=steps).test) == [1] * len(steps)


def test_symbols_are_as_likely_as_they_were_with_one_more_of_each() -> None:
    made = material("symbols", lengths=LENGTHS, unasked=True)
    learned = [int(n) for y in made.train.y for n in y if n != UNASKED]
    counts, total = Counter(learned), len(learned) + 3
    expected = [
        -math.log((counts[int(n)] + 1) / total) for y in made.test.y for n in y if n != UNASKED
    ]
    assert unread("symbols", made.train, made.test).tolist() == pytest.approx(expected)


def test_numbers_are_foretold_by_their_mean() -> None:
    made = material("number", lengths=LENGTHS, outputs=2)
    mean = torch.stack(list(made.train.y)).mean(0)
    expected = [[float((v - m) ** 2) for v, m in zip(y, mean, strict=True)] for y in made.test.y]
    found = unread("number", made.train, made.test)
    torch.testing.assert_close(found, torch.tensor(expected).double(), rtol=1e-5, atol=1e-7)
