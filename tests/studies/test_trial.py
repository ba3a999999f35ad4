"""A trial: the same seed gives the same bits, whatever stops it and wherever it runs."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import torch
from made_studies import declared

from recurra import executors
from recurra.studies import (
    Budget,
    Contender,
    Driver,
    Interval,
    Outcome,
    Plan,
    Results,
    Settings,
    Storage,
    Trial,
    trial,
)
from recurra.studies.trial import loss_and_figure, run
from recurra.training import StepTrainer

LSTM = Contender("LSTM", "lstm")
ADAM = {"hidden_size": 4, "learning_rate": 0.05, "batch_size": 2}
OPTIMIZERS = [
    {"optimizer": "sgd", "one_minus_momentum": 0.3, "weight_decay": 0.01},
    {"optimizer": "adamw", "weight_decay": 0.1},
    {"optimizer": "rmsprop", "layers": 2, "dropout": 0.2},
    {"optimizer": "adam", "input_noise": 0.3, "dropout": 0.2},
]


def tiny(settings: dict[str, Any] | None = None, **others: Any) -> Trial:
    told = {"task": "tiny", "contender": LSTM, "budget": Budget(epochs=6), "seed": 3}
    return Trial(settings={**ADAM, **(settings or {})}, **{**told, **others})


def timeless(found: Outcome) -> Outcome:
    return dataclasses.replace(found, seconds=0.0)


@pytest.mark.parametrize("settings", OPTIMIZERS, ids=lambda one: one["optimizer"])
def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone(task, settings) -> None:
    task(lengths=(3, 5, 2, 4, 4, 6))
    torch.manual_seed(11)
    before, threads = torch.random.get_rng_state(), torch.get_num_threads()
    first = run(tiny(settings))
    assert torch.equal(before, torch.random.get_rng_state())
    assert torch.get_num_threads() == threads
    torch.manual_seed(12)
    assert timeless(run(tiny(settings))) == timeless(first)
    assert timeless(run(tiny(settings, seed=4))) != timeless(first)
    assert first.passes == 6
    assert first.value == min(*first.curve, first.untrained)


@pytest.mark.parametrize("settings", OPTIMIZERS, ids=lambda one: one["optimizer"])
def test_one_that_died_midway_goes_on_to_the_same_bits(
    task, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task(lengths=(3, 5, 2, 4, 4, 6))
    kept = tiny(settings, checkpoint=tmp_path / "trial", before=[[5.0] * 6] * 5)
    whole = timeless(run(dataclasses.replace(kept, checkpoint=None)))
    monkeypatch.setattr(trial, "EVERY", 1e-9)
    steps = iter(range(100))
    step = StepTrainer._step

    def dies(self: Any, number: int) -> Any:
        if next(steps) == 7:
            raise MemoryError
        return step(self, number)

    with monkeypatch.context() as patched:
        patched.setattr(StepTrainer, "_step", dies)
        with pytest.raises(MemoryError):
            run(kept)
    assert list((tmp_path / "trial").iterdir())
    assert timeless(run(kept)) == whole
    assert not (tmp_path / "trial").exists(), "what has ended leaves nothing behind"


def test_the_weights_of_the_best_pass_are_judged(task, monkeypatch: pytest.MonkeyPatch) -> None:
    made = task(lengths=(4,) * 6)
    seen: list[tuple[float, float]] = []

    def spied(network, material, part):
        found = loss_and_figure(network, material, part)
        seen.append((found[0], loss_and_figure(network, material, made.test)[1]))
        return found

    monkeypatch.setattr(trial, "loss_and_figure", spied)
    found = run(tiny({"learning_rate": 1.0}, budget=Budget(epochs=3)))
    assert found.curve.index(min(found.curve)) < found.passes - 1, "a last pass that is the best"
    losses = dict(seen[:-1])
    assert found.test == losses[found.value]


@pytest.mark.parametrize("answer", ["class", "keys", "symbols", "number"])
def test_the_sum_is_the_mean_times_the_answers_of_a_batch(task, answer) -> None:
    made = task(answer, unasked=answer == "symbols")
    found = {}
    for loss in ("sum", "mean"):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            found[loss] = trial._Run(tiny({"loss": loss}))._loss(torch.tensor([0, 1]))
    steps = 3 + 5
    answers = {"class": 2, "number": 2, "keys": steps, "symbols": steps - 2}[answer]
    assert len(made.train) == 4
    torch.testing.assert_close(found["sum"], answers * found["mean"])


def test_equal_parameters_are_as_many_units_as_they_allow(task) -> None:
    task(inputs=2)
    found = run(tiny({"hidden_size": None}, budget=Budget(epochs=1, parameters=100)))
    # Of the LSTM 4 (2 H + H H + H), 2 biases or one: 3 units 72, 4 units 112.
    assert (found.hidden_size, found.parameters) == (3, 72)


def test_a_trial_ends_by_patience(task) -> None:
    task()
    found = run(tiny({"learning_rate": 1e-12}, budget=Budget(epochs=50, patience=2)))
    assert found.ended == "patience"
    assert found.passes < 50


def test_a_trial_ends_when_its_minutes_are_over(task) -> None:
    task()
    found = run(tiny(budget=Budget(epochs=50, minutes=1e-6)))
    assert (found.ended, found.passes) == ("minutes", 1)


def test_a_trial_that_is_worse_than_most_is_given_up(task) -> None:
    task()
    found = run(tiny(before=[[1e-3] * 9] * 5, budget=Budget(epochs=9)))
    assert (found.ended, found.passes) == ("pruned", 4)
    assert run(tiny(before=[[1e-3] * 9] * 4, budget=Budget(epochs=9))).ended == "all passes"


def test_a_trial_that_comes_to_no_number_is_as_good_as_untrained(
    task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task("number", outputs=1)
    written: list[int] = []
    end = StepTrainer._step

    def spied(self: Any, number: int) -> Any:
        written.append(len(list(tmp_path.glob("trial/*"))))
        return end(self, number)

    monkeypatch.setattr(StepTrainer, "_step", spied)
    monkeypatch.setattr(trial, "EVERY", 1e-9)
    wild = {"optimizer": "sgd", "learning_rate": 1e30, "clip_norm": 0.0}
    found = run(tiny(wild, checkpoint=tmp_path / "trial"))
    assert max(written) > 0, "it had kept itself"
    assert found.ended == "no number"
    assert found.value == found.untrained == found.validation
    assert found.passes < 6
    assert not (tmp_path / "trial").exists()


def test_ctrl_c_is_passed_on(task, monkeypatch: pytest.MonkeyPatch) -> None:
    task()

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(StepTrainer, "_step", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(tiny())


def test_two_workers_come_to_the_trials_of_one(chorales: Path, tmp_path: Path) -> None:
    rates = {"learning_rate": Interval(1e-3, 1e-1, log=True)}
    cell = (Contender("RNN", "elman"),)
    study = declared(space=rates, trials=2, seeds=1, contenders=cell, budget=Budget(epochs=1))

    def outcomes(folder: str, workers: int) -> dict[Any, list[Any]]:
        with Storage(tmp_path / folder) as storage:
            plan = Plan(study, storage, chorales, tmp_path / folder / "running")
            if workers == 1:
                Driver(plan).run()
            else:
                with executors.opened(workers=workers) as executor:
                    Driver(plan, executor=executor, workers=workers).run()
            cells = Results.of(study, storage).cells
        return {
            key: [(k.number, k.settings, timeless(k.outcome)) for k in (*one.trials, *one.again)]
            for key, one in cells.items()
        }

    one, two = outcomes("one", 1), outcomes("two", 2)
    assert sum(map(len, one.values())) == study.wanted
    assert one == two


def test_every_optimizer_is_tried_here() -> None:
    assert {one["optimizer"] for one in OPTIMIZERS} == {"adam", "adamw", "rmsprop", "sgd"}
    for one in OPTIMIZERS:
        Settings(**one)
