"""What trials say of a cell."""

from __future__ import annotations

import math
import statistics
from pathlib import Path

import pytest
from made_studies import declared, outcome

from recurra.studies import Interval, Results, Storage
from recurra.studies.analysis.results import Cell, unit
from recurra.studies.storage import Kept

SPACE = {"learning_rate": Interval(0.001, 1.0)}


def cell(values, again=()) -> Cell:
    """A cell whose trials have these losses, and tests of ten more; learned again, these tests."""
    trials = [Kept(n, {}, outcome(one, test=one + 10)) for n, one in enumerate(values)]
    seeds = [Kept(n, {}, outcome(one)) for n, one in enumerate(again)]
    return Cell("jsb", "GRU", trials, seeds, by_again=bool(again))


def test_the_best_is_chosen_on_held_out_data_the_first_of_several() -> None:
    assert cell([3.0, 1.0, 2.0, 1.0]).best.number == 1


def test_the_tenth_that_is_best_stands_for_a_cell_rounded_up() -> None:
    assert cell([float(n) for n in range(60)]).figures == [10.0, 11, 12, 13, 14, 15]
    assert cell([float(n) for n in range(25)]).figures == [10.0, 11, 12]
    assert cell([5.0]).figures == [15.0]


def test_what_was_learned_again_stands_in_its_place() -> None:
    found = cell([1.0, 2.0], again=[4.0, 5.0, 9.0])
    assert found.figures == [4.0, 5.0, 9.0]
    assert found.mean == 6.0
    assert found.spread == pytest.approx(statistics.stdev([4, 5, 9]))
    assert (found.seconds, found.flops) == (5.0, 5e6)


def test_without_trials_there_are_no_figures() -> None:
    found = cell([])
    assert found.best is None
    assert found.figures == []
    assert math.isnan(found.mean)
    assert math.isnan(found.spread)
    assert math.isnan(cell([1.0, 2.0]).spread)


def test_only_what_has_ended_and_was_asked_for_counts(tmp_path: Path) -> None:
    study = declared(space=SPACE, trials=2, seeds=1)
    with Storage(tmp_path) as storage:
        for number in range(3):
            rate = 0.1 + 0.1 * number
            place = storage.begin("jsb/GRU", {"learning_rate": rate}, SPACE)
            storage.end("jsb/GRU", place, outcome(2.0 - number))
        storage.begin("jsb/RNN", {"learning_rate": 0.5}, SPACE)
        found = Results.of(study, storage)
        more = Results.of(study.changed(trials=3), storage)
    assert [one.name for one in found.on("jsb")] == ["RNN", "GRU"]
    assert found.cells["jsb", "RNN"].best is None
    assert found.cells["jsb", "GRU"].best.outcome.value == 1.0
    assert more.cells["jsb", "GRU"].best.outcome.value == 0.0
    assert (found.ended, more.ended) == (2, 3)


def test_settings_learned_again_that_are_no_longer_the_best_do_not_count(tmp_path: Path) -> None:
    study = declared(space=SPACE, trials=2, seeds=3)
    with Storage(tmp_path) as storage:
        for rate, loss in ((0.1, 2.0), (0.2, 1.0)):
            settings = {"learning_rate": rate}
            storage.end("jsb/GRU", storage.begin("jsb/GRU", settings, SPACE), outcome(loss))
            again = storage.begin("jsb/GRU/seeds", settings, SPACE)
            storage.end("jsb/GRU/seeds", again, outcome(loss + 5))
        found = Results.of(study, storage).cells["jsb", "GRU"]
    assert [one.outcome.test for one in found.again] == [6.0]


def test_all_cells_of_a_task_are_compared_in_the_same_way(tmp_path: Path) -> None:
    study = declared(space=SPACE, trials=1, seeds=3)
    with Storage(tmp_path) as storage:
        for name, times in (("GRU", 3), ("RNN", 2)):
            settings = {"learning_rate": 0.1}
            places = [(f"jsb/{name}", 1.0), *[(f"jsb/{name}/seeds", 6.0)] * times]
            for place, loss in places:
                storage.end(place, storage.begin(place, settings, SPACE), outcome(loss))
        before = Results.of(study, storage)
        storage.end(place, storage.begin(place, settings, SPACE), outcome(6.0))
        after = Results.of(study, storage)
    assert not before.by_again("jsb")
    assert [one.figures for one in before.on("jsb")] == [[1.0], [1.0]]
    assert after.by_again("jsb")
    assert [one.figures for one in after.on("jsb")] == [[6.0] * 3, [6.0] * 3]


def test_units() -> None:
    assert unit("jsb") == "nats a step"
    assert unit("pen-digits") == "% wrong"
    assert unit("adding-50") == "mean squared error"
