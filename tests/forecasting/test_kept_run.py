"""A fit that is stopped goes on where it was, whichever network and phase that is in."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch

from recurra import Forecaster
from recurra.errors import CheckpointError
from recurra.forecasting.kept_run import digest
from recurra.forecasting.panel import Panel
from recurra.forecasting.segments.search.watching import SearchWatch, Standing
from recurra.training import Callback, Checkpoint, EarlyStopping

STEPS = 24
"""Of each of the two networks; they learn anew for as many or fewer."""


class Dies(Callback):
    """Ends a fit after so many steps of all its trainings together."""

    def __init__(self, after: int) -> None:
        self.left = after

    def on_train_batch_end(self, trainer, step) -> None:
        self.left -= 1
        if self.left == 0:
            raise MemoryError


def shops(shift: float = 0.0) -> pl.DataFrame:
    day = np.arange(60)
    parts = [
        pl.DataFrame(
            {
                "unique_id": f"shop {number}",
                "ds": np.datetime64("2024-01-01") + day,
                "y": 10.0 + number + 3 * np.sin(day * 2 * np.pi / 7 + number) + shift,
            }
        )
        for number in range(4)
    ]
    return pl.concat(parts)


def by_segments(**options) -> Forecaster:
    usual = {"hidden_size": 6, "steps": STEPS, "ensemble": 2, "horizon": 3, "lookback": 14}
    return Forecaster(**{**usual, "strategy": "sequence-to-sequence", **options})


def by_steps(**options) -> Forecaster:
    usual = {"hidden_size": 4, "epochs": 2, "horizon": 3, "lookback": 8}
    return Forecaster(**{**usual, "strategy": "recursive", **options})


def assert_same(ours: Forecaster, theirs: Forecaster) -> None:
    for one, other in ((ours.model_, theirs.model_), (ours.judged_, theirs.judged_)):
        found, wanted = one.arrays(), other.arrays()
        assert found.keys() == wanted.keys()
        for name, array in found.items():
            assert torch.equal(array, wanted[name]), name
    assert ours.predict(level=[80]).equals(theirs.predict(level=[80]))
    assert ours.history_.history == theirs.history_.history
    assert ours.verdict_ == theirs.verdict_
    assert ours.notes_ == theirs.notes_


@pytest.fixture(scope="module")
def whole() -> dict[Callable, Forecaster]:
    return {make: make().fit(shops()) for make in (by_segments, by_steps)}


@pytest.mark.parametrize(
    ("make", "after"),
    [
        (by_segments, 5),  # the first network
        (by_segments, STEPS + 7),  # the second
        (by_segments, 2 * STEPS + 1),  # the first that learns anew, before it has a state
        (by_segments, 2 * STEPS + 3),
        (by_steps, 60),
    ],
)
def test_a_fit_that_died_goes_on_and_learns_the_same_bit_for_bit(
    whole, tmp_path: Path, make: Callable, after: int
) -> None:
    with pytest.raises(MemoryError):
        make().fit(
            shops(), watch=[Dies(after)], checkpoint=Checkpoint(tmp_path / "run", every=1e-9)
        )
    steps: list[int] = []

    class Counts(Callback):
        def on_train_batch_end(self, trainer, step) -> None:
            steps.append(step)

    every: list[int] = []

    class All(Callback):
        def on_train_batch_end(self, trainer, step) -> None:
            every.append(step)

    make().fit(shops(), watch=[All()])
    resumed = make().fit(shops(), watch=[Counts()], checkpoint=tmp_path / "run")
    assert_same(resumed, whole[make])
    assert len(steps) <= len(every) - after + 2
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("where", ["calibrate", "evaluate"])
def test_ctrl_c_while_it_is_judged_keeps_the_trainings(
    whole, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def ctrl_c(*given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"recurra.forecasting.forecaster.{where}", ctrl_c)
        stopped = by_segments().fit(shops(), checkpoint=tmp_path / "run")
    assert stopped.evaluation_ is None
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert {"training-000.finished.safetensors", "training-001.finished.safetensors"} <= names
    assert_same(by_segments().fit(shops(), checkpoint=tmp_path / "run"), whole[by_segments])


@pytest.mark.parametrize(
    ("options", "shift", "named"),
    [
        ({"seed": 1}, 0.0, "seed is 0"),
        ({"steps": STEPS + 1}, 0.0, f"steps is {STEPS}"),
        ({"cell": "lstm"}, 0.0, "cell is None"),
        ({"callbacks": [EarlyStopping()]}, 0.0, "callbacks is 'default'"),
        ({}, 1e-9, "data is '4 series of 240 points"),
    ],
)
def test_a_checkpoint_of_other_options_or_data_is_refused_and_left_alone(
    tmp_path: Path, options: dict, shift: float, named: str
) -> None:
    with pytest.raises(MemoryError):
        by_segments().fit(
            shops(), watch=[Dies(5)], checkpoint=Checkpoint(tmp_path / "run", every=1e-9)
        )
    before = sorted((tmp_path / "run").iterdir())
    with pytest.raises(CheckpointError, match=named):
        by_segments(**options).fit(shops(shift), checkpoint=tmp_path / "run")
    assert sorted((tmp_path / "run").iterdir()) == before


def test_options_that_mean_the_same_are_the_same(whole, tmp_path: Path) -> None:
    with pytest.raises(MemoryError):
        by_steps(hidden_size=(4,)).fit(
            shops(), watch=[Dies(60)], checkpoint=Checkpoint(tmp_path / "run", every=1e-9)
        )
    resumed = by_steps(hidden_size=[4]).fit(shops().to_pandas(), checkpoint=tmp_path / "run")
    wanted = whole[by_steps].model_.arrays()
    for name, array in resumed.model_.arrays().items():
        assert torch.equal(array, wanted[name])


def test_models_of_groups_are_one_run(tmp_path: Path) -> None:
    frame = shops().with_columns(kind=pl.col("unique_id").str.tail(1).cast(pl.Int64) % 2)

    def grouped() -> Forecaster:
        return by_segments(by="kind", ensemble=1)

    whole = grouped().fit(frame)
    with pytest.raises(MemoryError):
        grouped().fit(
            frame,
            watch=[Dies(STEPS + 5)],
            checkpoint=Checkpoint(tmp_path / "run", every=1e-9),
        )
    assert (tmp_path / "run" / "training-000.finished.safetensors").exists()
    assert_same(grouped().fit(frame, checkpoint=tmp_path / "run"), whole)


def test_a_search_is_made_once_and_what_it_chose_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("optuna")

    def searching() -> Forecaster:
        return Forecaster(steps=8, ensemble=1, hidden_size=4, horizon=3, auto="3 trials")

    class DiesAfterwards(Dies):
        def on_train_batch_end(self, trainer, step) -> None:
            if (tmp_path / "run" / "training-000.finished.safetensors").exists():
                super().on_train_batch_end(trainer, step)

    whole = searching().fit(shops())
    with pytest.raises(MemoryError):
        searching().fit(
            shops(), watch=[DiesAfterwards(4)], checkpoint=Checkpoint(tmp_path / "run", every=1e-9)
        )

    def search(*given: object) -> None:
        raise AssertionError("it is not searched anew")

    monkeypatch.setattr("recurra.forecasting.segments.search.kept.find", search)
    resumed = searching().fit(shops(), checkpoint=tmp_path / "run")
    assert_same(resumed, whole)
    assert resumed.inferred_ == whole.inferred_


class StopsInTrial(SearchWatch):
    """Ends a search in the midst of a trial, and remembers where trials began."""

    def __init__(self, trial: int | None, error: type[BaseException] = MemoryError) -> None:
        self.trial, self.error = trial, error

    def on_search_begin(self) -> None:
        self.seen: list[int] = []

    def on_search_step(self, standing: Standing) -> None:
        if standing.trial not in self.seen:
            self.seen.append(standing.trial)
        if standing.trial == self.trial and standing.share > 0.4:
            raise self.error


def searching() -> Forecaster:
    return Forecaster(steps=12, ensemble=1, horizon=3, auto="13 trials")


def test_a_search_that_died_goes_on_with_its_next_trial_and_chooses_the_same(
    tmp_path: Path,
) -> None:
    pytest.importorskip("optuna")
    whole = searching().fit(shops(), watch=[all_of_it := StopsInTrial(None)])
    assert len(all_of_it.seen) > 9, "some trials were chosen by those before"
    for trial in (2, 7, 11):
        kept = Checkpoint(tmp_path / "run", every=1e-9, verbose=0)
        with pytest.raises(MemoryError):
            searching().fit(shops(), watch=[stops := StopsInTrial(trial)], checkpoint=kept)
        assert stops.seen[-1] == trial
    assert stops.seen == all_of_it.seen[all_of_it.seen.index(7) : all_of_it.seen.index(11) + 1]
    resumed = searching().fit(shops(), watch=[last := StopsInTrial(None)], checkpoint=kept)
    assert last.seen[0] == 11
    assert_same(resumed, whole)
    assert resumed.inferred_ == whole.inferred_
    assert not (tmp_path / "run").exists()


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_in_a_search_ends_the_search_and_no_more_than_that(tmp_path: Path) -> None:
    pytest.importorskip("optuna")

    class CtrlC(StopsInTrial):
        def on_search_step(self, standing: Standing) -> None:
            if standing.trial == self.trial:
                self.trial = None
                signal.raise_signal(signal.SIGINT)

    kept = Checkpoint(tmp_path / "run", verbose=0)
    found = searching().fit(shops(), watch=[CtrlC(3)], checkpoint=kept)
    assert "it was interrupted, and the best so far is trained" in " ".join(found.notes_)
    assert found.evaluation_ is not None
    assert not (tmp_path / "run").exists()


def _changes() -> dict[str, pl.DataFrame]:
    frame = shops().with_columns(price=pl.lit(1.0) + pl.int_range(pl.len()) % 5)
    return {
        "a value": frame.with_columns(
            y=pl.when(pl.int_range(pl.len()) == 7).then(0).otherwise("y")
        ),
        "a time": frame.with_columns(pl.col("ds") + pl.duration(days=1)),
        "a name": frame.with_columns(pl.col("unique_id").str.replace("2", "9")),
        "a gap": frame.filter(pl.int_range(pl.len()) != 30),
        "a covariate": frame.with_columns(
            price=pl.when(pl.int_range(pl.len()) == 7).then(0).otherwise("price")
        ),
    }


@pytest.mark.parametrize("change", ["a value", "a time", "a name", "a gap", "a covariate"])
def test_the_digest_tells_data_apart_by(change: str) -> None:
    def of(frame: pl.DataFrame) -> str:
        return digest(Panel.from_frame(frame, further=["price"], target="y"))

    frame = shops().with_columns(price=pl.lit(1.0) + pl.int_range(pl.len()) % 5)
    assert of(frame) == of(frame.clone())
    assert of(frame) != of(_changes()[change])
