"""Numbers for a cell's graph, and its values and gradients by the reference and torch."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy_step import size

from recurra.kernels import reference
from recurra.kernels.derived import with_derived
from recurra.kernels.philox import Stream, uniform
from recurra.kernels.task import Task
from recurra.language import Graph, schedule

T, B = 3, 2
MARKS = ("t", "missing")


@dataclass(frozen=True)
class Problem:
    """A graph, all that goes into it, and the gradients that come in from outside."""

    graph: Graph
    sizes: dict
    parameters: dict
    inputs: dict
    randoms: dict
    state: tuple
    of_output: np.ndarray
    of_state: tuple

    @property
    def steps(self):
        return len(self.of_output)

    @property
    def rows(self):
        return self.of_output.shape[1]

    @property
    def marks(self):
        """The inputs that count or mark: there is nothing between their values."""
        return {name: self.inputs[name] for name in MARKS if name in self.inputs}

    def moved(self, direction, step):
        """The same problem with all that can be differentiated moved along a direction."""
        return replace(
            self,
            parameters=_moved(self.parameters, direction.parameters, step),
            inputs=_moved(self.inputs, direction.inputs, step) | self.marks,
            state=tuple(s + step * d for s, d in zip(self.state, direction.state, strict=True)),
        )


def _moved(values, directions, step):
    return {name: value + step * directions[name] for name, value in values.items()}


STREAM = Stream(
    seed=20260704,
    place=1,
    rows=torch.arange(B),
    steps=torch.arange(T).unsqueeze(1).expand(T, B),
)


def problem(graph, seed, *, units=4, inputs=2):
    """A problem with random numbers, for layers of a few units."""
    draw = np.random.default_rng(seed)
    sizes = {"H": units, "I": inputs}

    def drawn(*shape):
        return draw.normal(size=shape) / 2

    return Problem(
        graph=graph,
        sizes=sizes,
        parameters={name: drawn(*s.resolved(sizes)) for name, s in graph.parameters.items()},
        inputs={n: _input(n, leaf, sizes, drawn) for n, leaf in graph.inputs.items()},
        randoms={name: _random(leaf, sizes) for name, leaf in graph.randoms.items()},
        state=tuple(drawn(B, size(leaf.width, sizes)) for leaf in graph.states.values()),
        of_output=drawn(T, B, size(graph.output.width, sizes)),
        of_state=tuple(drawn(B, size(leaf.width, sizes)) for leaf in graph.states.values()),
    )


def _input(name, leaf, sizes, drawn):
    """The numbers of the steps, marks of 0 and 1, spans of time, or any numbers."""
    if name == "t":
        return np.broadcast_to(np.arange(1.0, T + 1)[:, None, None], (T, B, 1)).copy()
    values = drawn(T, B, size(leaf.width, sizes))
    return {"missing": np.sign(np.maximum(values, 0)), "dt": np.abs(values)}.get(name, values)


def _random(leaf, sizes):
    """The numbers that the reference will draw."""
    width = size(leaf.width, sizes)
    return uniform(STREAM, leaf.name, width, per=leaf.per, dtype=torch.float64).numpy()


def by_torch(problem):
    """Output, last states, and gradients of inputs, state and parameters, by the reference."""
    graph = problem.graph
    parameters, inputs = _tensors(problem.parameters), _tensors(problem.inputs)
    state = tuple(torch.tensor(part, requires_grad=True) for part in problem.state)
    # A cell need not use its input; how many steps there are is known from some.
    steps = inputs or {"x": torch.zeros(problem.steps, problem.rows, problem.sizes["I"])}
    task = Task(
        schedule=schedule(graph),
        parameters=with_derived(parameters, graph.derived),
        sizes=problem.sizes,
        inputs=steps,
        state=state,
        stream=STREAM if graph.randoms else None,
    )
    result = reference.run(task)
    values = (result.output, *result.last)
    incoming = (problem.of_output, *problem.of_state)
    loss = sum((v * torch.tensor(g)).sum() for v, g in zip(values, incoming, strict=True))
    wanted = (*inputs.values(), *state, *parameters.values())
    found = torch.autograd.grad(loss, wanted, materialize_grads=True, allow_unused=True)
    return [part.detach().numpy() for part in (*values, *found)]


def _tensors(values):
    return {name: torch.tensor(value, requires_grad=True) for name, value in values.items()}
