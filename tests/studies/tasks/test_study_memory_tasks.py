"""The long-memory tasks of studies: drawn once, the answers those of what is read."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch

from recurra import tasks as sources
from recurra.studies import tasks
from recurra.studies.material import Material
from recurra.studies.tasks import memory

NAMES = sorted(memory.TASKS)
SECONDS = (6, 7)
"""The places of X and Y."""


@pytest.mark.parametrize("name", NAMES)
def test_the_parts_share_no_more_than_chance_makes(name: str) -> None:
    made = tasks.material(name)
    parts = [[x.numpy().tobytes() for x in p.x] for p in (made.train, made.validation, made.test)]
    assert [len(part) for part in parts] == [memory.LEARNED, memory.HELD_OUT, memory.HELD_OUT]
    learned = set(parts[0])
    for part in parts[1:]:
        shared = sum(one in learned for one in part)
        # Of 20 bits there are a million, 4,000 of which are learned from.
        assert shared <= (5 if name == "parity-20" else 0)


def test_what_is_asked_of_adding_is_the_sum_of_the_two_that_are_marked() -> None:
    made = tasks.material("adding-50")
    x, y = torch.stack(list(made.test.x)), torch.stack(list(made.test.y))
    assert x.shape[1:] == (50, 2)
    assert (x[..., 1].sum(1) == 2).all()
    torch.testing.assert_close((x[..., 0] * x[..., 1]).sum(1, keepdim=True), y)
    assert (made.answer, made.shown) == ("number", "mse")


def test_what_is_asked_of_copying_is_what_came_first() -> None:
    made = tasks.material("copying-20")
    for x, y in zip(made.test.x, made.test.y, strict=True):
        assert len(x) == len(y) == 40
        assert torch.equal(y[-10:], x[:10].argmax(1))
        assert (y[:-10] == 8).all()
    assert made.answer == "symbols"


def test_what_is_asked_of_parity_is_whether_ones_are_odd() -> None:
    made = tasks.material("parity-20")
    for x, y in zip(made.test.x, made.test.y, strict=True):
        assert int(y) == int(x.sum()) % 2
    assert (made.answer, made.shown) == ("class", "wrong")


def test_what_is_asked_of_temporal_order_are_the_two_in_their_order() -> None:
    made = tasks.material("temporal-order-50")
    assert len(set(made.test.lengths.tolist())) > 1
    for x, y in zip(made.test.x, made.test.y, strict=True):
        # Each row ends with its sign of the end, and nothing behind it is read.
        assert int(x[-1].sum()) == 1
        kinds = x.argmax(1)
        marks = [int(one) for one in kinds if int(one) in SECONDS]
        assert int(y) == 2 * SECONDS.index(marks[0]) + SECONDS.index(marks[1])
        assert len(marks) == 2


@dataclass(frozen=True)
class Square(sources.Adding):
    """As many numbers in an answer as there are steps, and rows that end sooner."""

    has_lengths = True

    def draw(self, batch_size: int, generator: torch.Generator) -> sources.Batch:
        x = torch.rand(batch_size, 4, 2, generator=generator)
        lengths = torch.arange(batch_size) % 3 + 2
        return sources.Batch(x, x[..., 0].clone(), lengths)


def test_an_answer_with_as_many_numbers_as_there_are_steps_is_kept_whole() -> None:
    made: Material = memory.make("square", "Square", Square(4))
    assert {tuple(y.shape) for y in made.test.y} == {(4,)}
    assert set(made.test.lengths.tolist()) == {2, 3, 4}


def test_drawn_again_they_are_the_same() -> None:
    once, twice = (memory.TASKS["parity-20"].make() for _ in range(2))
    for part in ("train", "validation", "test"):
        pairs = zip(getattr(once, part).x, getattr(twice, part).x, strict=True)
        assert all(torch.equal(one, other) for one, other in pairs)
