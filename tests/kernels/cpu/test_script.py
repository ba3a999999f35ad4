"""Scripts run by Python's threads, with functions of Python for the pool's and for jobs."""

import ctypes
import threading
from itertools import accumulate

import numpy as np
import pytest

from recurra.kernels.cpu import script
from recurra.kernels.cpu.library import library

JOB = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
ASKED = ctypes.CFUNCTYPE(ctypes.c_int32)
MEETING = ctypes.CFUNCTYPE(None)


class Team:
    """Threads that run a script, and what they were told to do: who, which job, which part."""

    def __init__(self, size):
        self.size = size
        self.told = []
        self.here = threading.local()
        self.barrier = threading.Barrier(size)
        self.functions = [ASKED(lambda: self.here.number), ASKED(lambda: size)]
        self.functions.append(MEETING(self._meet))
        self.job = JOB(self._note)

    def _meet(self):
        self.barrier.wait(timeout=30)

    def _note(self, table, part, parts):
        number = getattr(self.here, "number", None)
        self.told.append((number, table, part, parts))

    def run(self, phases, *, pool=True):
        """Runs phases, each a mode and how many jobs; jobs' tables are numbers from 1 on."""
        addresses = [ctypes.cast(f, ctypes.c_void_p).value for f in self.functions]
        job = ctypes.cast(self.job, ctypes.c_void_p).value
        entries = [*(addresses if pool else [0, 0, 0]), len(phases)]
        firsts = accumulate((count for _, count in phases), initial=1)
        for first, (mode, count) in zip(firsts, phases, strict=False):
            entries += [mode, count]
            entries += [number for n in range(count) for number in (job, first + n)]
        table = np.array(entries, np.int64)
        if pool:
            self._start(table)
        else:
            self._launch(table)
        return self.told

    @staticmethod
    def _launch(table):
        """Runs it as it is on the calling thread."""
        nothing = np.zeros(len(table), np.int64)
        arrays = (nothing.ctypes.data, table.ctypes.data)
        told = np.array([len(table), *arrays, 0, 1, 0], np.int64)
        library("float32").launch(told.ctypes.data, bytes(16), None)

    def _start(self, table):
        run = library("float32").code.function(script.TEAM, [ctypes.c_void_p])

        def work(number):
            self.here.number = number
            run(table.ctypes.data)

        members = [threading.Thread(target=work, args=(n,)) for n in range(self.size)]
        for member in members:
            member.start()
        for member in members:
            member.join(timeout=60)
            assert not member.is_alive()


SIZES = (1, 2, 3, 5)


@pytest.mark.parametrize("size", SIZES)
def test_together_each_thread_does_its_part_of_each_job_in_order(size):
    told = Team(size).run([(script.TOGETHER, 3)])
    for thread in range(size):
        mine = [entry for entry in told if entry[0] == thread]
        assert mine == [(thread, table, thread, size) for table in (1, 2, 3)]
    assert len(told) == 3 * size


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("jobs", [1, 2, 3, 4])
def test_dealt_out_each_part_of_each_job_is_done_once_by_somebody(size, jobs):
    told = Team(size).run([(script.DEALT, jobs)])
    parts = -(-size // jobs)
    wanted = {(table, part, parts) for table in range(1, jobs + 1) for part in range(parts)}
    assert {entry[1:] for entry in told} == wanted
    assert len(told) == len(wanted)


def test_dealt_out_two_jobs_go_to_two_threads():
    told = Team(2).run([(script.DEALT, 2)])
    assert sorted(told) == [(0, 1, 0, 1), (1, 2, 0, 1)]


@pytest.mark.parametrize("size", SIZES)
def test_a_phase_begins_when_the_one_before_it_has_ended(size):
    phases = [(script.TOGETHER, 2), (script.DEALT, 2), (script.TOGETHER, 1), (script.DEALT, 3)]
    phase_of = [None, 0, 0, 1, 1, 2, 3, 3, 3]
    told = Team(size).run(phases)
    order = [phase_of[table] for _, table, _, _ in told]
    assert order == sorted(order)
    assert {*order} == {0, 1, 2, 3}


def test_alone_everything_is_done_in_one_part_and_nobody_is_waited_for():
    told = Team(1).run([(script.TOGETHER, 2), (script.DEALT, 2)], pool=False)
    assert told == [(None, table, 0, 1) for table in (1, 2, 3, 4)]


def test_no_phases_are_no_work():
    assert Team(2).run([]) == []
