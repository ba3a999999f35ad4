"""One training by several processes, on the command line."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from recurra.cli.main import app
from recurra.cli.processes import is_first
from recurra.training.checkpoints import file

GOOD, BAD = ["good", "great", "lovely"], ["bad", "poor", "awful"]


@pytest.fixture
def texts(tmp_path):
    chance, lines = random.Random(0), ["text,label"]
    for number in range(80):
        words = chance.choices(["film", "plot", "scene"], k=chance.randint(2, 9))
        words += chance.choices(BAD if number % 2 else GOOD, k=2)
        lines.append(f"{' '.join(words)},{'no' if number % 2 else 'yes'}")
    path = tmp_path / "texts.csv"
    path.write_text("\n".join(lines))
    return path


def _command(texts, *more, module=("-m", "recurra")):
    small = ["--units", "6", "--embedding", "6", "--networks", "1", "--batch-size", "8"]
    return [sys.executable, *module, "fit", "sentiment", texts.name, *small, *more]


ALONE = {"OMP_NUM_THREADS": "1", "TORCH_CPP_LOG_LEVEL": "ERROR"}


def _run(texts, *more, **options):
    return subprocess.run(
        _command(texts, *more, **options),
        cwd=texts.parent,
        env={**os.environ, **ALONE},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _started(texts, *more):
    return subprocess.Popen(
        _command(texts, *more),
        cwd=texts.parent,
        env={**os.environ, **ALONE},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _helpers(program):
    """The processes that it has started, of the same command."""
    children = Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()
    return [int(one) for one in children]


def _training(program, folder, *, epochs=0):
    """Waits until a checkpoint shows that training is on its way, so many epochs at least."""
    end = time.monotonic() + 90
    while max(map(_epoch, folder.glob("*.checkpoint/*state*")), default=-1) < epochs:
        assert time.monotonic() < end
        assert program.poll() is None
        time.sleep(0.05)


def _epoch(path):
    try:
        return file.read(path)["training"]["position"]["epoch"]
    except (file.DamagedError, RuntimeError):  # Gone by now.
        return -1


def _gone(processes):
    end = time.monotonic() + 30
    while any(Path(f"/proc/{one}/stat").exists() for one in processes):
        assert time.monotonic() < end
        time.sleep(0.05)


TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "recurra")


@pytest.mark.parametrize(
    "how", ["option", pytest.param("torchrun", marks=pytest.mark.every_machine)]
)
def test_two_processes_make_one_model_and_say_everything_once(texts, how):
    by_option = how == "option"
    ran = _run(
        texts,
        *("--epochs", "2", "--out", "m.safetensors"),
        *(["--processes", "2"] if by_option else []),
        module=("-m", "recurra") if by_option else TORCHRUN,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("Model: m.safetensors") == 1
    assert ran.stdout.count("80 texts of 2 classes") == 1
    assert "Warning" not in ran.stderr
    names = {path.name for path in texts.parent.iterdir()}
    assert names == {
        "texts.csv",
        *(f"m.{kind}" for kind in ["safetensors", "html", "png", "json", "csv"]),
    }
    assert json.loads((texts.parent / "m.json").read_text())


def test_a_process_that_is_killed_ends_all_with_a_sentence_and_resume_goes_on(texts):
    given = ("--epochs", "400", "--out", "m.safetensors", "--processes", "2")
    program = _started(texts, *given, "--checkpoint-every", "0.05s")
    _training(program, texts.parent)
    (helper,) = _helpers(program)
    os.kill(helper, signal.SIGKILL)
    _, said = program.communicate(timeout=60)
    assert program.returncode == 1
    assert "Error: process 2 of 2 ended (signal 9)" in said
    assert "Traceback" not in said
    assert not (texts.parent / "m.safetensors").exists()
    _gone([helper])

    program = _started(texts, *given, "--resume", "--checkpoint-every", "0.05s")
    _training(program, texts.parent)
    helpers = _helpers(program)
    program.kill()
    program.communicate(timeout=60)
    _gone(helpers)


def test_ctrl_c_ends_all_and_keeps_the_best(texts, ctrl_c):
    del ctrl_c
    given = ("--epochs", "4000", "--out", "m.safetensors", "--processes", "2")
    program = _started(texts, *given, "--checkpoint-every", "0.05s")
    _training(program, texts.parent, epochs=1)
    helpers = _helpers(program)
    program.send_signal(signal.SIGINT)
    told, said = program.communicate(timeout=60)
    assert program.returncode == 130, said
    assert "Model: m.safetensors" in told
    assert "goes on from here with --resume" in said
    assert (texts.parent / "m.safetensors").exists()
    _gone(helpers)


def test_what_is_wrong_is_said_once_before_anything_runs(texts):
    ran = _run(texts, "--processes", "2", "--out", "m.txt")
    assert ran.returncode == 2
    assert ran.stderr.count("Error") == 1
    assert "ends in .safetensors" in ran.stderr


def test_standard_input_cannot_be_read_by_several(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["recurra", "fit", "sentiment", "-", "--processes", "2"])
    found = CliRunner().invoke(app, ["fit", "sentiment", "-", "--processes", "2"])
    assert found.exit_code == 2
    assert "a file, which each process reads" in found.output


@pytest.mark.parametrize("command", [["forecast"], ["fit", "sentiment"], ["fit", "speech"]])
def test_every_training_has_the_option_in_its_help(command):
    found = CliRunner().invoke(app, [*command, "--help"], terminal_width=200)
    assert "--processes" in found.output
    # What the command had before stays what it was.
    assert "DATA" in found.output.splitlines()[0]
    assert CliRunner().invoke(app, [*command, "x", "--processes", "0"]).exit_code == 2


@pytest.mark.parametrize("clash", ["auto", "workers", "ray"])
def test_what_processes_would_not_do_alike_is_refused(clash):
    value = {"auto": "10m", "workers": "2", "ray": "local"}[clash]
    given = ["forecast", "x.csv", "--processes", "2", f"--{clash}", value]
    found = CliRunner().invoke(app, given)
    assert found.exit_code == 2
    assert f"--{clash} with several processes" in found.output


def test_a_process_alone_writes():
    assert is_first()
