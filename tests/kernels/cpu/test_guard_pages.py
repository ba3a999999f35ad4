"""Compiled code touches nothing but its own arrays: beside each lies a page that ends the process.

All of them are read and written in memory that held no numbers, and what is computed is what is
computed anywhere else.
"""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from recurra import cells

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="pages are guarded by Linux's mmap and mprotect"
)

PROGRAM = Path(__file__).with_name("guarded_run.py")
WRAPPED = ["layer_norm", "zoneout"]
NAMES = ["lstm", "gru", "gru_reset_before", "lstm_peephole", "qrnn", "mingru", *WRAPPED]
ROOMY = {"clockwork"}
"""Cells that cannot be as small as the smallest here."""


def _run(*arguments):
    return subprocess.run(
        [sys.executable, str(PROGRAM), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def _case(done):
    """What a process was about when it ended, and what it complained of."""
    return f"{done.returncode}: {done.stdout.splitlines()[-1:]}\n{done.stderr}"


@pytest.mark.parametrize("place", ["ends", "starts"])
def test_nothing_is_touched_beyond_any_array(place):
    done = _run(place, *NAMES)
    assert done.returncode == 0, _case(done)


@pytest.mark.every_cell
@pytest.mark.parametrize("place", ["ends", "starts"])
@pytest.mark.parametrize("name", sorted({*cells.names()} - {*NAMES} - ROOMY))
def test_nothing_is_touched_beyond_any_array_of_every_cell(name, place):
    done = _run(place, name)
    assert done.returncode == 0, _case(done)


FAULTS = {
    "places that end too late": """
take = guarded_memory.GuardedRoom.take
guarded_memory.GuardedRoom.take = lambda room, *shape: take(room, *shape).moved(room.size)
""",
    "too few zeros": """
guarded_memory.frame.Frame.widest = 1
""",
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_access_beyond_an_array_would_be_seen(fault):
    program = f"import guarded_memory, guarded_run{fault}guarded_run.main('ends', 'lstm')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROGRAM.parent,
        capture_output=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == -signal.SIGSEGV, done.stderr
