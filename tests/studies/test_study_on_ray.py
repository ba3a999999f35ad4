"""A study on a Ray cluster comes to what it comes to here, whatever machine is lost."""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from made_studies import declared
from typer.testing import CliRunner

from recurra.cli.main import app
from recurra.executors import RayExecutor
from recurra.studies import Budget, Contender, Driver, Interval, Plan, Results, Storage

ray = pytest.importorskip("ray", reason="the extra ray is not installed")
cluster_utils = pytest.importorskip("ray.cluster_utils", reason="Ray's cluster on one machine")
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::ResourceWarning"),
    pytest.mark.every_machine,
]

STUDY = declared(
    space={"learning_rate": Interval(1e-3, 1e-1, log=True)},
    contenders=(Contender("RNN", "elman"),),
    trials=6,
    seeds=2,
    budget=Budget(epochs=2),
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head that only looks after a machine of one processor; the test adds another."""
    # As on any cluster, its machines must be able to import what they do.
    former = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join([*filter(None, sys.path), former])
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    made = cluster_utils.Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}
    )
    yield made
    ray.shutdown()
    made.shutdown()
    os.environ["PYTHONPATH"] = former


def _until(there: Callable[[], bool]) -> None:
    """The cluster takes its time to miss a machine."""
    end = time.monotonic() + 60
    while not there():
        assert time.monotonic() < end
        time.sleep(0.1)


def table(storage: Storage) -> list[Any]:
    """Every trial but for the time it took."""
    cell = Results.of(STUDY, storage).cells["jsb", "RNN"]
    return [
        (one.number, one.settings, dataclasses.replace(one.outcome, seconds=0.0))
        for one in (*cell.trials, *cell.again)
        if one.outcome is not None
    ]


def test_a_machine_that_dies_in_the_midst_changes_nothing(
    cluster: Any, chorales: Path, tmp_path: Path
) -> None:
    with Storage(tmp_path / "here") as storage:
        Driver(Plan(STUDY, storage, chorales, None)).run()
        expected = table(storage)
    assert len(expected) == STUDY.wanted
    other = cluster.add_node(num_cpus=1)
    told: list[Any] = []

    def tell(progress: Any) -> None:
        told.append(progress)
        if len(told) == 2:
            cluster.remove_node(other, allow_graceful=False)

    with Storage(tmp_path / "there") as storage, RayExecutor(cluster.address) as executor:
        assert executor.width == 2
        plan = Plan(STUDY, storage, chorales, None)
        assert Driver(plan, executor=executor, workers=executor.width, tell=tell).run() == "all"
        assert table(storage) == expected
        _until(lambda: executor.width == 1)


def test_the_command_runs_on_it(cluster: Any, chorales: Path, tmp_path: Path) -> None:
    file, out = tmp_path / "which.toml", tmp_path / "out"
    file.write_text(
        'tasks = ["jsb"]\ncells = ["elman"]\ntrials = 1\nseeds = 1\n'
        "[fixed]\nhidden_size = 3\n[budget]\nepochs = 1\n"
    )
    # Where a program is part of a cluster already, that is taken.
    ray.init(cluster.address, logging_level="ERROR", log_to_driver=False)
    arguments = ["study", file, "--data", chorales, "--out", out, "--ray", "local", "--quiet"]
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == 0, result.output
    assert (out / "report.html").exists()
    assert "elman is best with" in result.stdout
