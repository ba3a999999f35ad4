"""A backtest by a Ray cluster of two nodes, one of which is killed in the middle."""

import os
import sys
import time

import numpy as np
import polars as pl
import pytest
import torch
from polars.testing import assert_frame_equal

from recurra import executors
from recurra.forecasting import Forecaster
from recurra.forecasting.backtest import backtest

ray = pytest.importorskip("ray", reason="the extra ray is not installed")
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::ResourceWarning"),
    pytest.mark.every_machine,
]


@pytest.fixture
def cluster(monkeypatch):
    from ray.cluster_utils import Cluster  # noqa: PLC0415

    # As on any cluster, its machines must be able to import what they do.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    made = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 1, "include_dashboard": False},
    )
    made.second = made.add_node(num_cpus=1)
    ray.init(address=made.address, logging_level="ERROR", log_to_driver=False)
    yield made
    ray.shutdown()
    made.shutdown()


def test_the_figures_are_the_same_when_a_node_is_killed_in_the_middle(cluster):
    times = np.arange(60)
    frame = pl.DataFrame({"ds": times, "y": 3 + np.sin(times / 3)})
    made = Forecaster(horizon=3, steps=30, ensemble=1, hidden_size=4, seed=3)
    course = {"n_windows": 4, "refit": True, "baselines": ["naive"], "level": [80]}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    alone = backtest(made, frame, **course)
    torch.set_num_threads(threads)

    free = []

    def kill(done, total):
        if done == 1:
            there = ray._private.state.available_resources_per_node()
            free.append(there[cluster.second.node_id].get("CPU", 0))
            cluster.remove_node(cluster.second, allow_graceful=False)

    with executors.opened(ray="auto") as executor:
        shared = backtest(made, frame, executor=executor, watch=kill, **course)
    assert free == [0], "the node that was killed had work"
    _until(lambda: sum(node["Alive"] for node in ray.nodes()) == 1)
    assert shared.to_json() == alone.to_json()
    assert_frame_equal(shared.frame(), alone.frame())
    # Whose cluster it was before, it still is.
    assert ray.is_initialized()


def _until(there):
    end = time.monotonic() + 30
    while not there():
        assert time.monotonic() < end
        time.sleep(0.1)
