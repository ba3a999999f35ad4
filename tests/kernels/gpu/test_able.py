"""Where the kernel for GPUs is taken, and what is said where it is not. No Triton is needed."""

import pytest
import torch
from kernel_tasks import task

from recurra import Recurrent, cells, use_kernel
from recurra.cells import LSTM
from recurra.errors import OptionError
from recurra.kernels.choose import choose
from recurra.kernels.gpu import able, kernel
from recurra.language import schedule, trace

GPU = torch.device("cuda")
STEP = schedule(trace(LSTM()))


@pytest.fixture
def new_gpu(monkeypatch):
    """As on a machine where all is there."""
    monkeypatch.setattr(able, "_without_triton", lambda: None)
    monkeypatch.setattr(able, "_capability", lambda device: (9, 0))
    monkeypatch.setattr(torch.version, "hip", None)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "a GPU")


@pytest.mark.usefixtures("new_gpu")
@pytest.mark.parametrize("name", cells.names())
def test_every_cell_runs_on_a_gpu(name):
    choice = choose(schedule(trace(cells.find(name)())), GPU, torch.float32)
    assert (choice.kernel, choice.slower) == ("gpu", False)
    assert "a GPU" in choice.reason


@pytest.mark.usefixtures("new_gpu")
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_other_numbers_are_left_to_the_reference_and_it_is_said_why(dtype):
    choice = choose(STEP, GPU, dtype)
    assert (choice.kernel, choice.slower) == ("reference", True)
    assert str(dtype) in choice.reason


@pytest.mark.usefixtures("new_gpu")
def test_so_are_older_gpus_those_of_others_and_calls_under_autocast(monkeypatch):
    with torch.autocast("cuda", enabled=False):
        assert choose(STEP, GPU, torch.float32).kernel == "gpu"
    monkeypatch.setattr(torch, "is_autocast_enabled", lambda device: True)
    assert "autocast" in choose(STEP, GPU, torch.float32).reason
    monkeypatch.undo()
    monkeypatch.setattr(able, "_without_triton", lambda: None)
    monkeypatch.setattr(able, "_capability", lambda device: (7, 5))
    assert "7.5" in choose(STEP, GPU, torch.float32).reason
    monkeypatch.setattr(torch.version, "hip", "6.0")
    assert "NVIDIA" in choose(STEP, GPU, torch.float32).reason


def test_without_triton_the_reference_runs_and_how_to_install_it_is_said(monkeypatch):
    able._without_triton.cache_clear()
    monkeypatch.setattr(able, "find_spec", lambda name: None)
    try:
        choice = choose(STEP, GPU, torch.float32)
    finally:
        able._without_triton.cache_clear()
    assert (choice.kernel, choice.slower) == ("reference", True)
    assert "pip install triton" in choice.reason


def test_asked_for_on_a_processor_it_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(able, "_without_triton", lambda: None)
    monkeypatch.setattr(able, "_is_interpreted", lambda: False)
    with use_kernel("gpu"), pytest.raises(OptionError, match="the numbers lie on cpu"):
        Recurrent("lstm", 2, 3)(torch.zeros(4, 1, 2))


@pytest.mark.parametrize(("steps", "rows"), [(1, 3), (4, 0)])
def test_a_single_step_and_a_batch_without_rows_are_the_references(steps, rows, monkeypatch):
    whole = task(LSTM(), steps, rows)
    monkeypatch.setattr(kernel.op, "apply", None)
    assert kernel.run(whole).output.shape == (steps, rows, 4)
