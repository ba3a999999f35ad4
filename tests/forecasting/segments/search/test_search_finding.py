"""The course of a search, with trials that are played: budgets, giving up, interrupts."""

import math
from dataclasses import replace

import numpy as np
import pytest

from recurra.errors import TrainingError
from recurra.forecasting.segments.search.budget import Budget
from recurra.forecasting.segments.search.finding import Task, _Course
from recurra.forecasting.segments.search.gain import Gain
from recurra.forecasting.segments.search.space import Space
from recurra.forecasting.segments.search.timetable import JUDGING, Timetable
from recurra.forecasting.segments.search.trial import Result
from recurra.forecasting.segments.search.watching import SearchWatch

LOOKS, STRETCHES = 12, 10


class Played:
    """Trials whose losses are given, and that take their time by a clock of their own."""

    def __init__(self, loss, seconds=lambda candidate: 1.0) -> None:
        self.loss, self.seconds = loss, seconds
        self.now, self.seen, self.at = 0.0, [], lambda number, look: None

    def run(self, candidate, guard) -> Result:
        self.seen.append(candidate)
        whole = self.seconds(candidate)
        for look in range(LOOKS):
            self.at(len(self.seen), look)
            self.now += whole / LOOKS
            share = (look + 1) / LOOKS
            guard.look(look, self.loss(candidate) + 1 - share)
            guard.step(share, whole)
        return Result(self.loss(candidate), whole, np.full((STRETCHES, 1), self.loss(candidate)))

    def gain(self, default, found) -> Gain:
        return Gain.of(default.errors, found.errors, np.arange(STRETCHES))


class Told(SearchWatch):
    def __init__(self) -> None:
        self.begun, self.steps, self.ended = 0, [], []

    def on_search_begin(self) -> None:
        self.begun += 1

    def on_search_step(self, standing) -> None:
        self.steps.append(standing)

    def on_search_end(self, standing, *, interrupted: bool) -> None:
        self.ended.append((standing, interrupted))


@pytest.fixture
def search(start):
    """search(bench, budget): the outcome."""

    def make(bench, budget, given=frozenset(), watch=()):
        first, facts = start()
        task = Task(first, facts, frozenset(given), Budget.parse(budget), 0)
        space = Space.of(first, facts, task.given)
        ensemble = first.settings.ensemble
        table = Timetable.begin(task.budget, ensemble, clock=lambda: bench.now)
        course = _Course(task, space, bench, table, watch=watch, keep=lambda make: make())
        return course.run(points=21)

    return make


def narrow(candidate) -> float:
    """Better the smaller the learning rate and with an LSTM."""
    return 10 * candidate.settings.learning_rate + (0.0 if candidate.cell == "lstm" else 0.3)


def test_the_first_trial_is_what_the_rules_chose_and_the_best_is_never_worse(search, start) -> None:
    bench = Played(narrow)
    found = search(bench, "25 trials")
    assert bench.seen[0] == start()[0]
    assert found.trials == len(bench.seen) == 25
    assert found.default == narrow(bench.seen[0])
    assert found.best == narrow(found.candidate) == min(map(narrow, [*bench.seen]))
    assert found.best < found.default
    assert found.changes


def test_where_nothing_is_better_the_rules_choice_stays(search, start) -> None:
    first = start()[0]
    found = search(Played(lambda one: 0.5 if one == first else 0.6), "12 trials")
    assert (found.candidate, found.changes, found.chosen) == (first, [], "what the rules chose")
    assert found.best == found.default == 0.5
    assert "nothing did better" in " ".join(found.notes)


def test_what_is_better_by_chance_is_not_taken(search, start) -> None:
    first = start()[0]

    class Unsteady(Played):
        """The others are better on the mean, by what one stretch alone says."""

        def run(self, candidate, guard) -> Result:
            result = super().run(candidate, guard)
            if candidate != first:
                result.errors[1:] = 0.61
                result.errors[0] = -0.5
            return result

    found = search(Unsteady(lambda one: 0.6 if one == first else 0.5), "12 trials")
    assert (found.candidate, found.changes, found.best) == (first, [], 0.6)
    assert "chance may explain that: over 10 stretches" in " ".join(found.notes)
    assert "what the rules chose stays" in " ".join(found.notes)


def test_no_candidate_is_trained_twice(search) -> None:
    bench = Played(narrow)
    search(bench, "40 trials", given={"lookback", "segment", "frame", "lag"})
    assert all(one not in bench.seen[:place] for place, one in enumerate(bench.seen))


def test_it_ends_when_there_is_nothing_new_to_try(search) -> None:
    every = {"frame", "lookback", "lag", "segment", "decoder", "hidden_size", "layers", "cell"}
    every |= {"learning_rate", "steps", "batch_size", "linear"}
    bench = Played(narrow)
    found = search(bench, "500 trials", given=every)
    assert found.trials == len(bench.seen) == 4  # shares of dropout
    assert "nothing new to try" in " ".join(found.notes)


def test_a_time_leaves_room_for_the_networks_that_are_kept(search, start) -> None:
    bench = Played(narrow, lambda one: 2.0 * one.settings.steps / start()[0].settings.steps)
    found = search(bench, 60)
    kept = bench.seconds(found.candidate)
    assert bench.now + kept * (2 * found.candidate.settings.ensemble + JUDGING) <= 60 + 1
    assert found.trials > 10
    assert "cannot be repeated bit for bit" in " ".join(found.notes)


def test_what_would_not_be_done_in_time_is_given_up(search, start) -> None:
    first = start()[0]
    bench = Played(lambda one: 0.9 if one == first else 0.1, lambda one: 1.0 if one == first else 9)
    found = search(bench, 30)
    assert found.candidate == first
    assert found.pruned == found.trials - 1 > 5


def test_without_room_for_a_search_the_rules_choice_stays_and_that_is_said(search, start) -> None:
    bench = Played(narrow, lambda one: 100.0)
    found = search(bench, 300)
    assert (found.candidate, found.best) == (start()[0], None)
    assert bench.now < 10
    assert "what the rules chose needs about 650 s by itself" in " ".join(found.notes)
    assert found.told["search chose"] == "what the rules chose"


def test_what_is_hopeless_is_pruned(search) -> None:
    found = search(Played(lambda one: 100 * abs(one.settings.learning_rate - 2e-3)), "30 trials")
    assert 0 < found.pruned < found.trials == 30


def test_a_candidate_whose_training_fails_is_given_up(search, start) -> None:
    first = start()[0]

    def loss(one) -> float:
        if one.settings.learning_rate > first.settings.learning_rate:
            raise TrainingError("loss is inf")
        return 0.5 if one == first else 0.4

    found = search(Played(loss), "15 trials")
    assert found.best == 0.4
    assert found.candidate.settings.learning_rate <= first.settings.learning_rate


def test_if_what_the_rules_chose_fails_so_does_the_fit(search) -> None:
    def loss(one) -> float:
        raise TrainingError("loss is inf")

    with pytest.raises(TrainingError):
        search(Played(loss), "5 trials")


def test_if_it_cannot_be_judged_nothing_is_searched_for(search) -> None:
    found = search(Played(lambda one: math.inf), "5 trials")
    assert "cannot be judged" in " ".join(found.notes)
    assert found.trials == 1


@pytest.mark.parametrize("budget", ["30 trials", 1000])
def test_an_interrupt_keeps_the_best_so_far(search, budget) -> None:
    def at(number, look) -> None:
        if (number, look) == (9, 3):
            raise KeyboardInterrupt

    bench, told = Played(narrow), Told()
    bench.at = at
    found = search(bench, budget, watch=[told])
    finished = bench.seen[:8]
    assert found.best == narrow(found.candidate) <= min(map(narrow, finished)) + 1e-12
    assert found.candidate in finished
    assert "the search ended early: it was interrupted" in " ".join(found.notes)
    assert [interrupted for _, interrupted in told.ended] == [True]


def test_an_interrupt_of_the_first_trial_ends_the_fit(search) -> None:
    def at(number, look) -> None:
        raise KeyboardInterrupt

    bench, told = Played(narrow), Told()
    bench.at = at
    with pytest.raises(KeyboardInterrupt):
        search(bench, "5 trials", watch=[told])
    assert not told.ended


def test_those_who_look_on_are_told(search) -> None:
    told = Told()
    search(Played(narrow), "6 trials", watch=[told])
    assert (told.begun, len(told.ended)) == (1, 1)
    first, last = told.steps[0], told.steps[-1]
    assert (first.trial, first.share, first.trials) == (1, 1 / LOOKS, 6)
    assert (first.left, first.best, first.default) == (None, None, None)
    assert (last.trial, last.left) == (6, None)
    assert last.best <= last.default


def test_of_a_time_those_who_look_on_are_told_what_is_left(search) -> None:
    told = Told()
    search(Played(narrow), 60, watch=[told])
    left = [one.left for one in told.steps]
    assert left[0] is None
    known = [one for one in left if one is not None]
    assert known == sorted(known, reverse=True)
    assert max(known) < 60
    assert min(known) >= 0


def test_the_same_count_and_seed_try_the_same(search) -> None:
    first, second = Played(narrow), Played(narrow)
    one, two = search(first, "20 trials"), search(second, "20 trials")
    assert first.seen == second.seen
    assert replace(one, seconds=0) == replace(two, seconds=0)
