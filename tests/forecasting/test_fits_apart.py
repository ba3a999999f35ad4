"""Independent fits made by other processes come to what one process makes of them."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import pytest
import torch
from polars.testing import assert_frame_equal

from recurra.cells import GRU, Zoneout
from recurra.executors import LocalExecutor
from recurra.forecasting import Forecaster
from recurra.forecasting.backtest import backtest
from recurra.forecasting.backtest.learned import learned


@pytest.fixture(scope="module")
def executor():
    with LocalExecutor(2) as processes:
        yield processes


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    former = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(former)


@pytest.fixture(scope="module")
def frame():
    chance, times = np.random.default_rng(0), np.arange(60)
    parts = [
        pl.DataFrame(
            {
                "unique_id": [f"s{number}"] * 60,
                "ds": times,
                "y": 3 + np.sin(times / 3 + number) + 0.1 * chance.standard_normal(60),
                "region": ["north" if number % 2 else "south"] * 60,
            }
        )
        for number in range(3)
    ]
    return pl.concat(parts)


def _forecaster(**more):
    wanted = {"horizon": 3, "steps": 6, "ensemble": 2, "hidden_size": 4, "seed": 3, **more}
    return Forecaster(**wanted)


GROUPED = {"by": "region"}
STEPWISE = {"by": "region", "strategy": "recursive", "steps": None, "ensemble": None, "epochs": 2}


DRAWING = {"cell": Zoneout(GRU(), 0.3), "refit": False}


@pytest.mark.parametrize(
    "more", [{}, GROUPED, STEPWISE, DRAWING], ids=["ensemble", "groups", "stepwise", "drawing"]
)
def test_networks_and_groups_are_the_same_bit_for_bit(executor, frame, more):
    here = _forecaster(**more).fit(frame)
    there = _forecaster(**more).fit(frame, executor=executor)
    assert learned(there) == learned(here)
    assert there.notes_ == here.notes_
    assert there.history_.history == here.history_.history
    assert_frame_equal(there.predict(level=[80]), here.predict(level=[80]))


@pytest.mark.parametrize("refit", [True, 2, False])
def test_a_backtest_has_the_same_figures(executor, frame, refit, tmp_path):
    told, course = [], {"n_windows": 3, "refit": refit, "baselines": ["naive"], "level": [80]}
    here = backtest(_forecaster(), frame, **course)
    there = backtest(
        _forecaster(),
        frame,
        folder=tmp_path,
        executor=executor,
        watch=lambda *done: told.append(done),
        **course,
    )
    assert there.to_json() == here.to_json()
    assert_frame_equal(there.frame(), here.frame())
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert len(list(tmp_path.glob("window-*.npz"))) == 3


def test_finished_windows_are_not_made_again(frame, tmp_path):
    course = {"n_windows": 3, "refit": True, "baselines": ["naive"], "folder": tmp_path}
    with ThreadPoolExecutor(1) as threads:
        first = backtest(_forecaster(), frame, executor=threads, **course)
        (tmp_path / "window-0002.npz").unlink()
        asked = []
        submit = threads.submit
        threads.submit = lambda fn, *given: asked.append(fn.args[-1]) or submit(fn, *given)
        again = backtest(_forecaster(), frame, executor=threads, **course)
    assert asked == [[1]]
    assert_frame_equal(again.frame(), first.frame())
