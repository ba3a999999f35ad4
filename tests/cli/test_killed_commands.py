"""Commands that are stopped or killed go on with ``--resume`` and write the same files."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import random
import re
import signal
import struct
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from child_processes import alive, children
from recurra import executors
from recurra.cli import main
from recurra.training.checkpoints import file

PROCESSES = multiprocessing.get_context("forkserver")
"""Each is forked from one that has read the libraries and done nothing else."""
# Python 3.11 looks for these in what is installed alone, whatever sys.path is.
PROCESSES.set_forkserver_preload(
    [name for name in sys.modules if name.startswith(("torch", "polars", "matplotlib", "recurra."))]
)

OFTEN = ("--checkpoint-every", "0.000001s")
TEXT = "".join(f"the tea was {('good', 'bad')[n % 2]} {n}\t{n % 2}\n" for n in range(40))
SALES = "day,sold\n" + "".join(
    f"2024-{1 + n // 28:02}-{1 + n % 28:02},{10 + n % 7 + n / 9:.3f}\n" for n in range(84)
)

COMMANDS = {
    "forecast": (
        "forecast sales.csv --layers 6 --steps 25 --ensemble 2 --horizon 4 --out out",
        ("model.safetensors", "forecast.csv"),
    ),
    "workers": (
        "forecast sales.csv --layers 6 --steps 60 --ensemble 3 --horizon 4 --workers 2 --out out",
        ("model.safetensors", "forecast.csv"),
    ),
    "sentiment": (
        "fit sentiment data.tsv --units 3 --embedding 4 --networks 2 --epochs 6 "
        "--out out/m.safetensors",
        ("m.safetensors", "m.csv"),
    ),
    "text": (
        "fit text data.tsv --units 3 --layers 1 --epochs 8 --out out/m.safetensors",
        ("m.safetensors", "m.csv"),
    ),
    "backtest": (
        "backtest sales.csv --layers 6 --steps 15 --ensemble 1 --horizon 4 --windows 3 --refit "
        "--baselines naive --out out",
        ("forecasts.csv", "scores.csv"),
    ),
}
RESUMES_BY_ITSELF = ("backtest",)

LONG = "forecast sales.csv --layers 6 --steps 100 --ensemble 2 --horizon 4"

ASIDE = re.compile(r"\.training-.*\.\d+\.part|\..*\.npz\.\d+\.part|\..*\.json\.\d+\.part")
RESULTS_ASIDE = re.compile(r"\.recurra-\d+-\w+")


def runs(folder: str, arguments: list[str]) -> None:
    """What a process does."""
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(os.open("said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    sys.argv = ["recurra", *arguments]
    main.run()


def runs_in_a_terminal(folder: str, arguments: list[str]) -> None:
    """As if by itself: Ctrl-C there reaches it and all that it has started, and nobody else."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    runs(folder, arguments)


def runs_in_threads(folder: str, arguments: list[str]) -> None:
    """The workers are threads, which are there at once."""
    executors.opened = lambda **given: ThreadPoolExecutor(given["workers"])
    runs(folder, arguments)


def started(folder: Path, name: str, *more: str) -> multiprocessing.process.BaseProcess:
    (folder / "data.tsv").write_text(TEXT)
    (folder / "sales.csv").write_text(SALES)
    arguments = [*COMMANDS[name][0].split(), *OFTEN, *more]
    process = PROCESSES.Process(target=runs, args=(str(folder), arguments))
    process.start()
    return process


def results(folder: Path, name: str) -> dict[str, object]:
    return {one: content(folder / "out" / one) for one in COMMANDS[name][1]}


def content(path: Path) -> object:
    """All of a file, but in a model's the seconds that it took; the order in its header is any."""
    found = path.read_bytes()
    if path.suffix != ".safetensors":
        return found
    (length,) = struct.unpack("<Q", found[:8])
    header = json.loads(re.sub(rb'("seconds\\+": )[0-9.e-]+', rb"\g<1>0", found[8 : 8 + length]))
    header["__metadata__"].pop("checksum")
    return header, found[8 + length :]


def kill(process: multiprocessing.process.BaseProcess) -> None:
    """Until those that it has started, which write as well, have ended too."""
    assert process.pid is not None
    others: list[int] = []
    # Halted, it starts no more.
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGSTOP)
        others = children(process.pid)
    process.kill()
    process.join()
    until(lambda: not any(map(alive, others)))


def until(there: Callable[[], object]) -> None:
    """Waits, but not for ever."""
    end = time.monotonic() + 60
    while not there():
        assert time.monotonic() < end
        time.sleep(0.005)


def check_left(folder: Path) -> int:
    """That each file is whole, or lies aside under its own name; how many checkpoints there are."""
    whole = 0
    for path in (folder / "out").rglob("*"):
        parts = path.relative_to(folder).parts
        if path.is_dir() or any(RESULTS_ASIDE.fullmatch(part) for part in parts):
            continue
        if path.name.startswith("."):
            assert ASIDE.fullmatch(path.name), path.name
        elif path.name.startswith("training-"):
            file.read(path)
            whole += 1
    return whole


@pytest.mark.parametrize(
    ("name", "count"),
    [("text", 2), *(pytest.param(name, 10, marks=pytest.mark.every_moment) for name in COMMANDS)],
)
def test_sigkill_at_random_moments_of_a_command(name: str, count: int, tmp_path: Path) -> None:
    folders = tmp_path / "whole", tmp_path / "own"
    for folder in folders:
        folder.mkdir()
    # The first of all waits until the libraries are read.
    started(folders[0], name, "--help").join()
    begun, process = time.perf_counter(), started(folders[0], name)
    process.join()
    lasts, whole = time.perf_counter() - begun, results(folders[0], name)
    resume = () if name in RESUMES_BY_ITSELF else ("--resume",)
    drawn, kept, ended = random.Random(name), [], 0
    for _ in range(count):
        process = started(folders[1], name, *resume)
        process.join(drawn.uniform(0.2, 0.8) * lasts)
        kill(process)
        if process.exitcode == 0:
            ended += 1
            assert results(folders[1], name) == whole
        kept.append(check_left(folders[1]))
    sys.stdout.write(f"{name}: {count - ended} killed, with {kept} checkpoints left\n")
    process = started(folders[1], name, *resume)
    process.join()
    assert process.exitcode == 0
    assert results(folders[1], name) == whole
    assert any(kept), "it was killed while there were checkpoints"
    names = [path.name for path in (folders[1] / "out").rglob("*")]
    assert not [one for one in names if one.startswith((".", "training-", "part-", "fit-"))]


def test_ctrl_c_in_a_terminal_ends_all_workers_and_the_run_goes_on_with_others(
    tmp_path: Path,
) -> None:
    alone = [*LONG.split(), "--out", "out"]
    whole, own = tmp_path / "whole", tmp_path / "own"
    for folder in (whole, own):
        folder.mkdir()
        (folder / "sales.csv").write_text(SALES)
    process = PROCESSES.Process(
        target=runs_in_a_terminal, args=(str(own), [*alone, "--workers", "2", *OFTEN])
    )
    process.start()
    assert process.pid is not None
    until(lambda: list(own.glob("out/checkpoint/part-*/training-*")))
    workers = children(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    process.join()
    said = (own / "said").read_text()
    assert process.exitcode == 130, said
    assert "The same command goes on from here with --resume." in said
    assert "Traceback" not in said
    assert len(workers) >= 2
    until(lambda: not any(map(alive, workers)))
    for folder, more in ((own, ["--workers", "1", "--resume"]), (whole, [])):
        process = PROCESSES.Process(target=runs_in_threads, args=(str(folder), [*alone, *more]))
        process.start()
        process.join()
        assert process.exitcode == 0
    assert "of 2 parts for other processes had begun." in (own / "said").read_text()
    assert results(own, "workers") == results(whole, "workers")
    assert not (own / "out" / "checkpoint").exists()
