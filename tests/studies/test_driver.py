"""Which trials are run, in which order, and when no more is begun."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from types import SimpleNamespace

import pytest
from made_studies import declared, outcome

from recurra.studies import Contender, Driver, Interval, Plan, Results, Storage, Study, driver

SPACE = {"learning_rate": Interval(0.001, 1.0, log=True)}
STUDY = declared(space=SPACE, trials=3, seeds=2)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    with Storage(tmp_path) as made:
        yield made


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list:
    """The trials that were run, each of which comes to its learning rate at once."""
    found: list = []

    def run(trial):
        found.append(trial)
        return outcome(trial.settings["learning_rate"])

    monkeypatch.setattr(driver, "run", run)
    return found


def plan(storage: Storage, study: Study = STUDY) -> Plan:
    return Plan(study, storage, None, None)


def test_every_cell_meets_the_same_draws_and_the_best_is_learned_again(storage, ran) -> None:
    told: list = []
    assert Driver(plan(storage), tell=told.append).run() == "all"
    draws, seeds = ran[:6], ran[6:]
    assert [one.contender.name for one in ran] == ["RNN", "GRU"] * 5
    assert [one.settings for one in draws[::2]] == [one.settings for one in draws[1::2]]
    assert len({one.settings["learning_rate"] for one in draws}) == 3
    least = min(one.settings["learning_rate"] for one in draws)
    assert {one.settings["learning_rate"] for one in seeds} == {least}
    # A seed for each number, the same for every cell, and none twice.
    assert [one.seed for one in ran[::2]] == [one.seed for one in ran[1::2]]
    assert len({one.seed for one in ran}) == 5
    assert [(one.ended, one.all) for one in told] == [(number + 1, 10) for number in range(10)]
    assert told[1].seconds_left is None
    assert told[-1].seconds_left == 0


def test_what_has_ended_is_not_run_again(storage, ran) -> None:
    Driver(plan(storage)).run()
    ran.clear()
    assert Driver(plan(storage)).run() == "all"
    assert ran == []


def test_a_trial_that_was_at_work_is_run_again_under_its_number(storage, ran) -> None:
    begun = next(plan(storage).draws())
    assert plan(storage).remaining == 10
    Driver(plan(storage)).run()
    assert ran[0] == begun.trial
    assert len(ran) == 10
    assert len(storage.trials("jsb/RNN")) == 3


def test_more_trials_go_on_and_a_better_one_is_learned_again(storage, ran) -> None:
    Driver(plan(storage)).run()
    before = min(one.settings["learning_rate"] for one in ran)
    ran.clear()
    more = plan(storage, STUDY.changed(trials=12))
    assert Driver(more).run() == "all"
    rates = [one.settings["learning_rate"] for one in ran]
    assert len(ran) == 2 * (12 - 3) + 2 * 2
    assert min(rates) < before, "the draws hold a better one"
    assert set(rates[-4:]) == {min(rates)}
    assert more.remaining == 0


def test_with_fewer_trials_the_first_ones_count_for_all_and_it_comes_to_its_end(
    storage, ran
) -> None:
    Driver(plan(storage, STUDY.changed(trials=12))).run()
    fewer = plan(storage, STUDY.changed(trials=3))
    least = min(one.outcome.value for one in storage.trials("jsb/RNN")[:3])
    assert least > min(one.outcome.value for one in storage.trials("jsb/RNN"))
    assert fewer.remaining == 4, "the best of three, learned twice by each cell"
    Driver(fewer).run()
    assert fewer.remaining == 0
    found = Results.of(fewer.study, storage)
    assert found.ended == fewer.study.wanted
    assert [one.outcome.value for one in found.cells["jsb", "RNN"].again] == [least] * 2


def test_a_trial_at_work_beyond_those_that_count_is_left(storage, ran) -> None:
    draws = plan(storage).draws()
    begun = [next(draws) for _ in range(3)]
    for job in begun[:2]:
        storage.end(job.study, job.number, outcome(1.0))
    assert list(plan(storage, STUDY.changed(trials=1)).begun()) == []
    assert list(plan(storage).begun()) == begun[2:]


def test_a_cell_may_be_called_seeds(storage, ran) -> None:
    study = STUDY.changed(contenders=(Contender("seeds", "gru"),), pruner="median")
    Driver(plan(storage, study)).run()
    assert [one.before is None for one in ran] == [False] * 3 + [True] * 2
    assert len({one.seed for one in ran}) == 5


def test_after_its_time_no_trial_is_begun(storage, ran, monkeypatch) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr(driver, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    one = Driver(plan(storage), seconds=6)
    assert one.run() == "time"
    assert 1 < len(ran) < 6
    assert one.open == 10 - len(ran)


def test_ctrl_c_leaves_the_trial_to_be_gone_on_with(storage, ran, monkeypatch) -> None:
    def interrupted(trial):
        if len(ran) == 3:
            raise KeyboardInterrupt
        ran.append(trial)
        return outcome(1.0)

    monkeypatch.setattr(driver, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Driver(plan(storage)).run()
    (begun,) = plan(storage).begun()
    assert (begun.study, begun.number) == ("jsb/GRU", 1)
    assert plan(storage).remaining == 7


def test_each_trial_has_a_place_of_its_own_where_it_keeps_itself(storage, tmp_path, ran) -> None:
    Driver(dataclasses.replace(plan(storage), folder=tmp_path / "running")).run()
    assert len({one.checkpoint for one in ran}) == 10
    assert {one.checkpoint.parent for one in ran} == {tmp_path / "running"}


def test_with_a_pruner_a_trial_knows_those_that_had_ended(storage, ran) -> None:
    Driver(plan(storage, STUDY.changed(pruner="median"))).run()
    assert [len(one.before) for one in ran if one.before is not None] == [0, 0, 1, 1, 2, 2]
    assert [one.before for one in ran[6:]] == [None] * 4


def median(storage: Storage) -> Plan:
    return plan(storage, STUDY.changed(pruner="median", contenders=(Contender("RNN", "elman"),)))


def test_a_trial_goes_on_with_the_curves_that_it_knew_when_it_began(storage) -> None:
    draws = median(storage).draws()
    for value in (3.0, None, 2.0):
        job = next(draws)
        if value is None:
            stopped = job
        else:
            storage.end(job.study, job.number, outcome(value))
    assert stopped.trial.before == [outcome(3.0).curve]
    assert list(median(storage).begun()) == [stopped]
    assert storage.trials("jsb/RNN")[1].known == (0,)


def test_one_that_a_journal_does_not_say_it_of_knows_all_that_have_ended(storage) -> None:
    done = storage.begin("jsb/RNN", {"learning_rate": 0.1}, SPACE)
    storage.begin("jsb/RNN", {"learning_rate": 0.2}, SPACE)
    storage.end("jsb/RNN", done, outcome(3.0))
    (begun,) = median(storage).begun()
    assert begun.trial.before == [outcome(3.0).curve]


def test_without_a_pruner_nothing_of_others_is_kept(storage, ran) -> None:
    Driver(plan(storage)).run()
    assert {one.known for one in storage.trials("jsb/RNN")} == {None}


def test_workers_are_kept_at_work(storage, monkeypatch) -> None:
    most: list[int] = []

    class Later(Executor):
        """Ends what it was given when it is full."""

        def __init__(self) -> None:
            self.open: list[tuple[Future, object]] = []

        def submit(self, fn: Callable, /, *args, **kwargs) -> Future:
            future: Future = Future()
            self.open.append((future, args[0]))
            most.append(sum(not one.done() for one, _ in self.open))
            if most[-1] == 3 or len(self.open) in {6, 10}:
                for one, trial in self.open:
                    if not one.done():
                        one.set_result(outcome(trial.settings["learning_rate"]))
            return future

    assert Driver(plan(storage), executor=Later(), workers=3).run() == "all"
    assert max(most) == 3
