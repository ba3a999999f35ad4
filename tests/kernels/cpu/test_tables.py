"""Tables completed with addresses, read back from memory."""

import ctypes
from types import SimpleNamespace

import numpy as np
import pytest

from recurra.kernels.cpu import copying, script, tables, threads
from recurra.kernels.cpu.library import library
from recurra.kernels.cpu.memory import Place
from recurra.kernels.cpu.tables import Tables

ADDRESSES = {"copy": 1111, "add": 2222}
MEMORY = [0, 0, 70_000, 90_000]
"""The addresses of no memory, the tables, and two pieces."""


class Ran:
    """What a script holds: the jobs of each phase, each its address and its table's entries."""

    def __init__(self, address, sizes):
        self.header = tuple(_entries(address, len(script.HEADER)))
        self.phases = []
        place = address + 8 * len(script.HEADER)
        for _ in range(self.header[-1]):
            mode, count = _entries(place, 2)
            jobs = _entries(place + 16, 2 * count)
            pairs = zip(jobs[::2], jobs[1::2], strict=True)
            self.phases.append((mode, [(job, _entries(at, sizes[job])) for job, at in pairs]))
            place += 16 + 16 * count


def _entries(address, count):
    return [*(ctypes.c_int64 * count).from_address(address)]


def _ran(made, sizes, memory):
    """What a script that is completed holds."""
    table = np.zeros(len(made.homes), np.int64)
    made.fill(memory, table)
    return Ran(table.ctypes.data + made.script, sizes)


def _tables():
    return Tables(SimpleNamespace(addresses=ADDRESSES, launch=None))


def test_numbers_stay_places_become_addresses_and_what_is_not_said_is_0():
    made = _tables()
    made.phase()
    values = {"number": 5, "first": Place(2, 8), "second": Place(3), "negative": -1}
    made.job("copy", ["first", "number", "unsaid", "negative", "second"], values)
    found = _ran(made.finished(1), {1111: 5}, MEMORY)
    assert found.phases == [(script.TOGETHER, [(1111, [70_008, 5, 0, -1, 90_000])])]


def test_jobs_keep_their_order_and_phases_without_any_are_left_out():
    made = _tables()
    for mode, names in [
        (script.TOGETHER, ["copy", "add"]),
        (script.TOGETHER, []),
        (script.DEALT, ["add"]),
        (script.DEALT, []),
    ]:
        made.phase(mode)
        for name in names:
            made.job(name, ["a"], {"a": len(made.homes)})
    found = _ran(made.finished(1), {1111: 1, 2222: 1}, MEMORY)
    assert found.phases == [
        (script.TOGETHER, [(1111, [0]), (2222, [1])]),
        (script.DEALT, [(2222, [2])]),
    ]


def test_a_job_of_other_code_is_found_by_its_address():
    made = _tables()
    made.phase()
    made.add(3333, {"b": 1, "a": 0}, {"a": 7, "b": Place(2)})
    found = _ran(made.finished(1), {3333: 2}, MEMORY)
    assert found.phases == [(script.TOGETHER, [(3333, [7, 70_000])])]


def test_the_script_begins_with_what_the_pool_gives():
    made = _tables()
    made.phase()
    made.job("add", ["a"], {})
    assert _ran(made.finished(3), {2222: 1}, MEMORY).header == threads.header(1)


def test_the_same_tables_run_again_where_memory_lies_elsewhere():
    made = _tables()
    made.phase()
    made.job("add", ["a"], {"a": Place(3, 16)})
    finished = made.finished(1)
    for start in (500, 600):
        found = _ran(finished, {2222: 1}, [0, 0, 0, start])
        assert found.phases[0][1] == [(2222, [start + 16])]


@pytest.mark.parametrize("number", [1, 2])
def test_run_completes_the_tables_and_does_the_jobs_on_as_many_threads(number):
    # Doubled in two phases: what the second reads, all threads must have written.
    made, values = Tables(library("float32")), np.arange(1000, dtype=np.float32)
    middle, end = np.zeros((2, 1000), np.float32)
    for source, target in ((0, 1), (1, 2)):
        made.phase()
        places = [Place(2 + source), Place(2 + source), Place(2 + target)]
        names = dict(zip(copying.ADD_TABLE, [*places, 1000], strict=True))
        made.job(copying.ADD, copying.ADD_TABLE, names)
    finished = made.finished(number)
    finished.run([0, 0, *(array.ctypes.data for array in (values, middle, end)), 7])
    assert (end == 4 * values).all()
    # The same tables, where memory lies elsewhere.
    other = np.zeros(1000, np.float32)
    finished.run([0, 0, *(array.ctypes.data for array in (values, other, middle))])
    assert (other == 2 * values).all()
    assert (middle == end).all()


def test_tables_too_large_for_a_small_stack_are_completed_elsewhere(monkeypatch):
    monkeypatch.setattr(tables, "_ON_STACK", 10)
    test_run_completes_the_tables_and_does_the_jobs_on_as_many_threads(2)
