"""Which kernel runs a cell, and why."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import torch
from torch.autograd import forward_ad

from recurra.errors import OptionError
from recurra.kernels import reference
from recurra.kernels.cpu import cost
from recurra.kernels.cpu import kernel as cpu
from recurra.kernels.cpu.functions import FUNCTIONS
from recurra.kernels.gpu import able
from recurra.kernels.gpu import kernel as gpu
from recurra.kernels.network import Given, Network, Outcome
from recurra.kernels.task import Result, Task
from recurra.kernels.tracing import is_traced
from recurra.language import Schedule
from recurra.language.expression import Pointwise, topological

Name = Literal["auto", "cpu", "gpu", "reference"]

_DTYPES = (torch.float32, torch.float64)
"""The types of number that are compiled."""

COMPILED = cpu.NAME
"""The name of the kernel that runs whole networks."""

_wanted: ContextVar[Name] = ContextVar("kernel", default="auto")
_said: set[str] = set()
# torch before 2.7 has one word for both, and uses it of torch.export alone where layers run.
_is_exporting = getattr(torch.compiler, "is_exporting", torch.compiler.is_compiling)


@dataclass(frozen=True)
class Choice:
    """A kernel and why it was chosen.

    Attributes:
        kernel: ``"cpu"``, compiled machine code; ``"gpu"``, compiled for an NVIDIA GPU; or
            ``"reference"``, a loop in torch's operations.
        reason: Why, in words.
        slower: Whether a faster kernel could not be used.
    """

    kernel: str
    reason: str
    slower: bool = False


@contextmanager
def use_kernel(name: Name) -> Iterator[None]:
    """Within it, cells are run by the kernel of that name.

    Args:
        name: ``"auto"``, the fastest that can; ``"cpu"`` or ``"gpu"``, code compiled for it, an
            error where it cannot; ``"reference"``, the plain loop.

    Raises:
        OptionError: If there is no such kernel.
    """
    if name not in get_args(Name):
        raise OptionError(f"the kernel {name!r}", "'auto', 'cpu', 'gpu' or 'reference'")
    token = _wanted.set(name)
    try:
        yield
    finally:
        _wanted.reset(token)


def run(task: Task) -> Result:
    """Runs a cell with the kernel that is chosen for it; a slower one than could be is said once.

    Raises:
        OptionError: If the kernel that was asked for cannot run it.
    """
    like = task.state[0]
    choice = choose(task.schedule, like.device, like.dtype)
    if choice.slower and choice.reason not in _said:
        _said.add(choice.reason)
        warnings.warn(f"the slower reference kernel runs: {choice.reason}", stacklevel=2)
    return _RUN[choice.kernel](task)


_RUN = {cpu.NAME: cpu.run, gpu.NAME: gpu.run, reference.NAME: reference.run}


def run_network(network: Network, given: Given) -> Outcome:
    """Runs a network whose layers are all compiled."""
    return cpu.run_network(network, given)


def are_compiled(schedules: Sequence[Schedule], device: torch.device, dtype: torch.dtype) -> bool:
    """Whether compiled code runs several cells; the same question as :func:`choose`, quicker.

    Raises:
        OptionError: If the kernel that was asked for cannot run one of them.
    """
    wanted, passing = _wanted.get(), _passing()
    if wanted == "auto" and passing:
        return False
    for schedule in schedules:
        if wanted in {"gpu", "reference"} or _obstacle(schedule, device, dtype):
            return choose(schedule, device, dtype).kernel == COMPILED
    return not passing


def choose(schedule: Schedule, device: torch.device, dtype: torch.dtype) -> Choice:
    """The kernel for a cell.

    Args:
        schedule: Its step.
        device: Where its numbers lie.
        dtype: Their type.

    Raises:
        OptionError: If the kernel that was asked for cannot run it.
    """
    wanted = _wanted.get()
    if wanted == "reference":
        return Choice(reference.NAME, "it was asked for")
    name = wanted if wanted != "auto" else _for(device)
    obstacle = (able.obstacle if name == gpu.NAME else _obstacle)(schedule, device, dtype)
    if wanted != "auto" and obstacle is not None:
        raise OptionError(f"use_kernel({wanted!r}), but {obstacle}", "use_kernel('auto')")
    if obstacle is not None:
        return Choice(reference.NAME, obstacle, slower=True)
    if passing := _passing():
        return Choice(reference.NAME, passing)
    if name == cpu.NAME:
        return Choice(cpu.NAME, f"compiled for this processor: {cpu.machinery()}")
    if is_traced():
        return Choice(reference.NAME, "torch is recording what is done")
    return Choice(gpu.NAME, f"compiled for this GPU: {able.machinery(device)}")


def _for(device: torch.device) -> str:
    """The compiled kernel for a device."""
    return gpu.NAME if device.type == "cuda" else cpu.NAME


def costs(schedule: Schedule) -> list[str]:
    """What a step of a cell takes when it is compiled, and what each option adds, a line each."""
    if missing := _missing(schedule):
        return [f"the function {missing[0]} is not compiled, so nothing is known of its cost"]
    return cost.said(schedule)


def _obstacle(schedule: Schedule, device: torch.device, dtype: torch.dtype) -> str | None:
    """What the compiled kernel cannot do."""
    if device.type != "cpu":
        return f"nothing is compiled for {device.type}"
    if dtype not in _DTYPES:
        return f"numbers of type {dtype} are not compiled"
    if missing := _missing(schedule):
        return f"the function {missing[0]} is not compiled"
    return None


@cache
def _missing(schedule: Schedule) -> list[str]:
    """The functions of a cell that are not compiled."""
    used = {n.primitive for n in topological(schedule.results) if isinstance(n, Pointwise)}
    return sorted(used - {*FUNCTIONS})


def _passing() -> str | None:
    """What torch is doing to the call that compiled code cannot follow."""
    if _is_exporting():
        return "torch is exporting the model"
    if torch._C._is_tracing():
        return "torch.jit is tracing the model"
    if torch._C._functorch.peek_interpreter_stack() is not None:
        return "torch.func is transforming the call"
    if forward_ad._current_level >= 0:
        return "derivatives are taken forwards"
    return None
