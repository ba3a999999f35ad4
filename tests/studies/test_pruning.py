"""The median rule, on curves worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from recurra.studies.pruning import UNPRUNED, WARMUP, MedianRule

# At the passes 0 to 5 the medians are 5.0, 4.0, 3.0, 2.0, 1.0 and 0.5.
BEFORE = [[m + off for m in (5.0, 4.0, 3.0, 2.0, 1.0, 0.5)] for off in (-0.4, -0.2, 0, 0.2, 0.4)]


def ended_at(curve, before=BEFORE) -> int | None:
    rule, trainer = MedianRule(before), SimpleNamespace(stop_training=False)
    for epoch, value in enumerate(curve):
        rule.on_epoch_end(trainer, epoch, {"val_loss": value})
        assert rule.acted == trainer.stop_training
        if rule.acted:
            return epoch
    return None


def test_worse_than_the_median_ends_after_the_first_passes() -> None:
    assert (UNPRUNED, WARMUP) == (5, 3)
    assert ended_at([9.0, 9.0, 9.0, 9.0, 9.0]) == 3
    assert ended_at([4.9, 3.9, 2.9, 2.1]) == 3
    assert ended_at([4.9, 3.9, 2.9, 1.9, 1.1]) == 4


def test_as_good_as_the_median_goes_on() -> None:
    assert ended_at([9.0, 9.0, 9.0, 2.0, 1.0, 0.5]) is None


def test_its_best_so_far_counts_and_not_its_last() -> None:
    assert ended_at([0.9, 9.0, 9.0, 9.0, 9.0]) is None
    assert ended_at([0.9, 9.0, 9.0, 9.0, 9.0, 9.0]) == 5


def test_with_too_few_before_none_ends() -> None:
    assert ended_at([9.0] * 6, BEFORE[:4]) is None
    assert ended_at([9.0] * 6, [*BEFORE[:4], []]) is None


def test_where_most_had_ended_before_a_pass_none_ends_there() -> None:
    short = [curve[:3] for curve in BEFORE]
    assert ended_at([9.0] * 6, short) is None


@pytest.mark.parametrize("stopped", [1, 2, 3])
def test_it_goes_on_from_what_it_saw(stopped) -> None:
    curve, trainer = [0.9, 9.0, 9.0, 9.0, 9.0, 9.0], SimpleNamespace(stop_training=False)
    first, second = MedianRule(BEFORE), MedianRule(BEFORE)
    for epoch in range(stopped):
        first.on_epoch_end(trainer, epoch, {"val_loss": curve[epoch]})
    second.load_state_dict(first.state_dict())
    for epoch in range(stopped, 6):
        assert not second.acted
        second.on_epoch_end(trainer, epoch, {"val_loss": curve[epoch]})
    assert second.acted
