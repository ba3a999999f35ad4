import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import CancelledError, Executor
from functools import partial
from pathlib import Path
from pickle import PicklingError

import pytest
from executor_pieces import (
    die_until,
    double,
    give_missing,
    leave,
    linger,
    raise_awkward,
    refuse,
    unpicklable,
    whoami,
)

from child_processes import alive
from recurra import executors
from recurra.errors import DataError, OptionError, WorkerError
from recurra.executors import LocalExecutor
from recurra.executors.results import results, submitted
from recurra.executors.worker import Worker


@pytest.fixture(scope="module")
def two():
    with LocalExecutor(2) as executor:
        yield executor


def test_pieces_are_done_in_the_order_asked_for_by_other_processes_of_one_thread(two):
    assert list(two.map(double, range(20))) == [2 * number for number in range(20)]
    found = set(two.map(whoami, range(4)))
    assert 1 <= len(found) <= 2
    assert all(process != os.getpid() and threads == 1 for process, threads in found)


def test_an_error_of_a_piece_is_its_own_and_says_where_it_arose(two):
    with pytest.raises(DataError, match="given 3") as raised:
        two.submit(refuse, 3).result()
    assert "in refuse" in raised.value.__notes__[0]
    assert two.submit(double, 3).result() == 6


@pytest.mark.parametrize("piece", [raise_awkward, unpicklable])
def test_what_cannot_travel_back_is_told_in_words(two, piece):
    with pytest.raises(Exception, match=r"both|pickle|lambda"):
        two.submit(piece).result()
    assert two.submit(double, 3).result() == 6


def test_a_result_that_cannot_be_unpacked_here_is_no_end_of_its_process():
    with LocalExecutor(1) as executor:
        with pytest.raises(FileNotFoundError, match="nonexistent"):
            executor.submit(give_missing).result(30)
        assert executor.submit(double, 3).result() == 6


def test_what_cannot_travel_there_is_refused_at_once(two):
    with pytest.raises((PicklingError, AttributeError), match="lambda"):
        two.submit(lambda: 1)


def test_a_piece_whose_process_is_killed_is_done_again_and_others_lose_nothing(two, tmp_path):
    others = [two.submit(double, number) for number in range(10)]
    killed = two.submit(die_until, tmp_path, 2)
    more = [two.submit(double, number) for number in range(10)]
    assert killed.result() == 3
    assert [one.result() for one in others + more] == 2 * [2 * number for number in range(10)]


def test_a_piece_that_kills_every_process_ends_in_words(two, tmp_path):
    with pytest.raises(WorkerError, match=r"3 times .*signal SIGKILL"):
        two.submit(die_until, tmp_path, 99).result()
    assert len(list(tmp_path.iterdir())) == 3
    with pytest.raises(WorkerError, match="exit code 3"):
        two.submit(leave).result()
    assert two.submit(double, 3).result() == 6


@pytest.mark.parametrize("times", [1, 2])
def test_a_process_that_is_killed_before_it_took_work_is_replaced_as_any_other(times, monkeypatch):
    class Doomed(Worker):
        left = times

        def __init__(self, threads):
            super().__init__(threads)
            if Doomed.left:
                Doomed.left -= 1
                self.kill()

    monkeypatch.setattr("recurra.executors.local.Worker", Doomed)
    with LocalExecutor(1, retries=1) as executor:
        future = executor.submit(double, 3)
        if times == 1:
            assert future.result() == 6
            return
        with pytest.raises(WorkerError, match=r"2 times .*signal SIGKILL\)") as raised:
            future.result()
    assert "__main__" not in str(raised.value)


def test_ctrl_c_while_a_worker_starts_is_for_the_process_above_alone(ctrl_c, capfd):
    del ctrl_c
    worker = Worker(1)
    os.kill(worker._process.pid, signal.SIGINT)
    assert worker.do(pickle.dumps((double, (2,), {}))) == 4
    blocked = worker.do(pickle.dumps((signal.pthread_sigmask, (signal.SIG_BLOCK, ()), {})))
    worker.end()
    assert not blocked, "what it starts itself can be stopped"
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert not capfd.readouterr().err


def test_an_error_in_the_block_ends_what_runs_and_what_waits(tmp_path):
    started = time.monotonic()
    executor = LocalExecutor(1)

    def interrupted():
        with executor:
            futures = [executor.submit(linger, tmp_path) for _ in range(2)]
            found.extend([*futures, _seen(tmp_path)])
            raise KeyboardInterrupt

    found = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    running, waiting, process = found
    assert time.monotonic() - started < 50
    assert not alive(process)
    assert waiting.cancelled()
    with pytest.raises(CancelledError):
        running.result()
    with pytest.raises(RuntimeError, match="closed"):
        executor.submit(double, 1)


PROGRAM = """
import os
import sys
from recurra.executors import LocalExecutor
from executor_pieces import linger

if __name__ == "__main__":
    executor = LocalExecutor(1)
    future = executor.submit(linger, sys.argv[1])
    {then}
"""


@pytest.mark.parametrize(
    ("then", "signal_sent"),
    [
        ("future.result()", signal.SIGINT),
        ("future.result()", signal.SIGTERM),
        ("future.result()", signal.SIGKILL),
        ("while not os.listdir(sys.argv[1]): pass", None),
    ],
)
def test_no_process_outlives_the_program(tmp_path, ctrl_c, then, signal_sent):
    del ctrl_c
    script, seen = tmp_path / "program.py", tmp_path / "seen"
    script.write_text(PROGRAM.format(then=then))
    seen.mkdir()
    paths = os.pathsep.join([*sys.path, str(Path(__file__).parent)])
    program = subprocess.Popen(
        [sys.executable, script, seen], env={**os.environ, "PYTHONPATH": paths}, stderr=-3
    )
    process = _seen(seen)
    if signal_sent:
        program.send_signal(signal_sent)
    program.wait(30)
    _until(lambda: not alive(process))


def test_a_piece_that_is_cancelled_ends_at_once_and_others_lose_nothing(tmp_path):
    with LocalExecutor(1, retries=0) as executor:
        doomed, waiting = executor.submit(linger, tmp_path), executor.submit(linger, tmp_path)
        process = _seen(tmp_path)
        after = executor.submit(double, 4)
        assert waiting.cancel()
        assert doomed.cancel()
        assert after.result(60) == 8
        assert not alive(process)
        assert len(list(tmp_path.iterdir())) == 1, "what waited never began"
        assert not after.cancel()


def test_of_many_results_the_others_are_cancelled_as_soon_as_one_fails(two, tmp_path):
    assert results(two, [partial(double, number) for number in range(3)]) == [0, 2, 4]
    asked = Asked(two)
    with pytest.raises(DataError, match="given 3"):
        results(asked, [partial(linger, tmp_path), partial(refuse, 3)])
    assert [future.cancelled() for future in asked.futures] == [True, False]
    assert results(two, []) == []


def test_ctrl_c_while_pieces_are_handed_out_cancels_those_before(two, tmp_path):
    asked = Asked(two, most=1)
    with pytest.raises(KeyboardInterrupt):
        results(asked, [partial(linger, tmp_path), partial(double, 1)])
    assert [future.cancelled() for future in asked.futures] == [True]


def test_ctrl_c_while_results_are_taken_cancels_the_others(two, tmp_path):
    def interrupted():
        with submitted(two, [partial(linger, tmp_path)]) as futures:
            found.extend(futures)
            raise KeyboardInterrupt

    found = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert found[0].cancelled()


def test_a_script_without_a_guard_is_told_so(tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(
        textwrap.dedent("""
            from recurra.executors import LocalExecutor
            from executor_pieces import double

            print(LocalExecutor(1).submit(double, 1).result())
        """)
    )
    paths = os.pathsep.join([*sys.path, str(Path(__file__).parent)])
    ran = subprocess.run(
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 1
    assert 'under: if __name__ == "__main__":' in ran.stderr.splitlines()[-1]


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"retries": -1}, {"threads": 0}])
def test_numbers_out_of_range_are_refused(wrong):
    with pytest.raises(OptionError, match=next(iter(wrong))):
        LocalExecutor(**{"workers": 1, **wrong})


def test_opened_takes_processes_unless_told_of_a_cluster():
    with executors.opened(workers=3, threads=2) as executor:
        assert isinstance(executor, LocalExecutor)
        assert executor.submit(whoami).result()[1] == 2
    with pytest.raises(OptionError, match="one of them"):
        executors.opened(workers=3, ray="local")


class Asked(Executor):
    """Hands pieces on and remembers them; Ctrl-C comes after so many."""

    def __init__(self, executor, most=None):
        self.executor, self.most, self.futures = executor, most, []

    def submit(self, fn, /, *given, **named):
        if len(self.futures) == self.most:
            raise KeyboardInterrupt
        self.futures.append(self.executor.submit(fn, *given, **named))
        return self.futures[-1]


def _seen(folder):
    _until(lambda: any(folder.iterdir()))
    return int(next(folder.iterdir()).name)


def _until(there, seconds=30):
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end
        time.sleep(0.02)
