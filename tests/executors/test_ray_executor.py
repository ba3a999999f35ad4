import os
import sys
import time
from pathlib import Path

import pytest
from executor_pieces import die_until, double, linger, refuse, whoami

from recurra import executors
from recurra.errors import DataError, OptionError, WorkerError
from recurra.executors import RayExecutor

ray = pytest.importorskip("ray", reason="the extra ray is not installed")
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::ResourceWarning")


@pytest.fixture(scope="module")
def cluster():
    # As on any cluster, its machines must be able to import what they do.
    former = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join([*filter(None, sys.path), former])
    with executors.opened(ray="local") as executor:
        yield executor
    os.environ["PYTHONPATH"] = former
    assert not ray.is_initialized()


# Before the cluster is there, which would be taken instead.
def test_an_address_where_nothing_is_is_told():
    assert not ray.is_initialized()
    with pytest.raises(WorkerError, match="ray start --head"):
        RayExecutor("127.0.0.1:1")


def test_pieces_are_tasks_of_one_thread_in_other_processes(cluster):
    assert isinstance(cluster, RayExecutor)
    assert list(cluster.map(double, range(20))) == [2 * number for number in range(20)]
    process, threads = cluster.submit(whoami).result()
    assert process != os.getpid()
    assert threads == 1


def test_its_width_is_the_tasks_that_its_processors_do_at_once(cluster):
    processors = int(ray.cluster_resources()["CPU"])
    assert cluster.width == processors >= 1
    wider = RayExecutor(threads=2)
    assert wider.width == max(1, processors // 2)
    wider.shutdown()


def test_an_error_of_a_piece_is_its_own_and_says_where_it_arose(cluster):
    with pytest.raises(DataError, match="given 3") as raised:
        cluster.submit(refuse, 3).result()
    assert "in refuse" in raised.value.__notes__[0]


def test_a_piece_whose_process_is_killed_is_done_again_then_told_in_words(cluster, tmp_path):
    (again := tmp_path / "again").mkdir()
    (never := tmp_path / "never").mkdir()
    saved, lost = cluster.submit(die_until, again, 1), cluster.submit(die_until, never, 99)
    assert saved.result() == 2
    with pytest.raises(WorkerError, match="could not finish"):
        lost.result()
    assert len(list(never.iterdir())) == 3


def test_what_is_cancelled_is_taken_back(cluster, tmp_path):
    future = cluster.submit(linger, tmp_path)
    end = time.monotonic() + 30
    while not any(tmp_path.iterdir()):
        assert time.monotonic() < end
        time.sleep(0.02)
    process = int(next(tmp_path.iterdir()).name)
    assert future.cancel()
    while Path(f"/proc/{process}").exists() and _is_linger(process):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_usage_is_not_reported_and_there_is_no_page(cluster):
    del cluster
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
    assert ray._private.worker.global_worker.node.address_info["webui_url"] in {"", None}


def test_a_closed_executor_takes_no_work(cluster):
    other = RayExecutor()
    other.shutdown()
    with pytest.raises(RuntimeError, match="closed"):
        other.submit(double, 1)
    assert cluster.submit(double, 1).result() == 2


def test_ray_that_is_not_installed_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(OptionError, match=r"recurra\[ray\]"):
        RayExecutor()


def _is_linger(process):
    return b"_piece" in Path(f"/proc/{process}/cmdline").read_bytes()
