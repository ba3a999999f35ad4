"""Tasks with random numbers for kernels."""

from dataclasses import replace

import numpy as np
import torch

from recurra.kernels.derived import with_derived
from recurra.kernels.philox import Stream
from recurra.kernels.task import Task
from recurra.language import Cell, schedule, sigmoid, tanh, total, trace
from recurra.language.widths import resolve

UNITS, INPUTS = 4, 3
SIZES = {"H": UNITS, "I": INPUTS}


def written(step, states=("h",), **declared):
    """A cell with that step."""
    return type("Written", (Cell,), {"states": states, "step": step, **declared})()


def _scaled_by_a_product(self, p, x, h):
    return tanh(p.W @ x + sigmoid(p.D @ h) * h + total(h) * p.v)


def _beside_a_state_of_one_number(self, p, x, h, s):
    s = sigmoid(p.D @ h + p.E @ x + s)
    return tanh(p.W @ x + s * h + p.U @ (s * h)), s


NARROW = [
    written(_scaled_by_a_product, widths={"D": 1}),
    written(_beside_a_state_of_one_number, states=("h", "s"), widths={"D": 1, "E": 1, "s": 1}),
]
"""Cells with products of a single number, used at once for all units."""


def stream(steps, rows, *, seed=11, place=0, first_row=0, first_step=0):
    """Where rows and steps in their usual order draw their numbers."""
    numbers = torch.arange(first_step, first_step + steps).unsqueeze(1).expand(steps, rows)
    return Stream(seed, place, torch.arange(first_row, first_row + rows), numbers)


def task(cell, steps, rows, *, seed=0, ways=None, **given):
    """A task with numbers drawn at random; ``ways`` are those of tracing, all else is its own."""
    draw = np.random.default_rng(seed)

    def drawn(*shape):
        return torch.tensor(draw.normal(size=shape) / 2)

    graph = trace(cell, **(ways or {}))
    parameters = {name: drawn(*s.resolved(SIZES)) for name, s in graph.parameters.items()}
    inputs = {"x": drawn(steps, rows, INPUTS)} | {
        name: drawn(steps, rows, resolve(leaf.width, SIZES))
        for name, leaf in graph.inputs.items()
        if name != "x"
    }
    if "t" in inputs:
        inputs["t"] = torch.arange(steps, dtype=torch.float64).view(-1, 1, 1).expand(-1, rows, 1)
    return Task(
        schedule=schedule(graph),
        parameters=with_derived(parameters, graph.derived),
        sizes=SIZES,
        inputs=inputs,
        state=tuple(drawn(rows, resolve(s.width, SIZES)) for s in graph.states.values()),
        **{"stream": stream(steps, rows) if graph.randoms else None, **given},
    )


def part(whole, steps=slice(None), rows=slice(None), state=None):
    """Some steps and rows of a task, from another state."""
    drawn = whole.stream
    if drawn is not None:
        drawn = replace(drawn, rows=drawn.rows[rows], steps=drawn.steps[steps, rows])
    return replace(
        whole,
        inputs={name: values[steps, rows] for name, values in whole.inputs.items()},
        state=tuple(s[rows] for s in (whole.state if state is None else state)),
        lengths=None if whole.lengths is None else whole.lengths[rows],
        reset=None if whole.reset is None else whole.reset[steps, rows],
        stream=drawn,
    )


def recorded(whole):
    """The same with gradients wanted of everything, and all that they are wanted of."""
    inputs = {name: values.clone().requires_grad_() for name, values in whole.inputs.items()}
    parameters = {n: v.detach().clone().requires_grad_() for n, v in whole.parameters.items()}
    state = tuple(s.clone().requires_grad_() for s in whole.state)
    marked = replace(whole, inputs=inputs, parameters=parameters, state=state)
    return marked, (*inputs.values(), *parameters.values(), *state)
