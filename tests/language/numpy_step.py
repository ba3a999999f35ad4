"""A cell's graph run and differentiated through time in NumPy, apart from everything in Recurra."""

import numpy as np
from numpy_matrices import pull_back, value

from recurra.language import differentiate
from recurra.language.expression import (
    Constant,
    Leaf,
    Linear,
    PerUnit,
    Pointwise,
    Random,
    Size,
    Spread,
    Total,
    Vector,
    topological,
)

FUNCTIONS = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "remainder": np.mod,
    "negative": np.negative,
    "sigmoid": lambda a: 0.5 * (1 + np.tanh(a / 2)),
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0.0),
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "sign": np.sign,
    "absolute": np.abs,
    "softplus": lambda a: np.maximum(a, 0.0) + np.log1p(np.exp(-np.abs(a))),
    "log_sigmoid": lambda a: np.minimum(a, 0.0) - np.log1p(np.exp(-np.abs(a))),
    "maximum": np.maximum,
    "minimum": np.minimum,
    "greater": lambda a, b: np.where(a > b, 1.0, 0.0),
    "equal": lambda a, b: np.where(a == b, 1.0, 0.0),
    "where": lambda c, a, b: np.where(c != 0, a, b),
}


def size(width, sizes):
    """The number that a width stands for."""
    name, _, parts = str(width).partition("/")
    return (int(name) if name.isdigit() else sizes[name]) // int(parts or 1)


def evaluate(node, leaves, parameters=None, sizes=None, known=None):
    """The value of a node.

    ``leaves`` by role and name, rows of the batch first; random numbers have the role "random".
    ``parameters`` hold the matrices derived from others too.
    """
    known = {} if known is None else known
    for each in topological([node]):
        if each not in known:
            below = [known[operand] for operand in each.operands]
            known[each] = (
                _value(each, below, parameters, sizes)
                if below
                else _start(each, leaves, parameters, sizes)
            )
    return known[node]


def _start(node, leaves, parameters, sizes):
    """The value of a node without operands."""
    match node:
        case Random(name):
            return leaves["random", name]
        case Leaf(name, role):
            return leaves[role, name]
        case Constant(number):
            return np.float64(number)
        case Size(of):
            return np.float64(size(of, sizes))
        case PerUnit(values, over):
            return np.repeat(values, size(over, sizes) // len(values))
        case Vector(parameter):
            return parameters[parameter]
    raise AssertionError(node)


def _value(node, below, parameters, sizes):
    """The value of a node whose operands' values are known."""
    match node:
        case Linear(parameter):
            matrix = parameters[parameter]
            return below[0] @ (matrix if node.transposed else matrix.T)
        case Total():
            return np.atleast_1d(below[0]).sum(-1, keepdims=True)
        case Spread(_, to):
            number = np.atleast_1d(below[0])
            return np.broadcast_to(number, (*number.shape[:-1], size(to, sizes)))
        case Pointwise(primitive):
            return FUNCTIONS[primitive](*below)
    raise AssertionError(node)


def _shape(matrix, graph, sizes):
    """The numbers of rows and columns of a matrix of the graph."""
    nodes = topological(graph.results)
    node = next(n for n in nodes if isinstance(n, Linear) and n.parameter == matrix)
    return size(node.width, sizes), size(node.operand.width, sizes)


def with_derived(problem):
    """The parameters, and the matrices derived from them by their formulas."""
    made = {
        name: value(matrix, _shape(name, problem.graph, problem.sizes), problem.parameters)
        for name, matrix in problem.graph.derived.items()
    }
    return problem.parameters | made


def forward(problem):
    """The output of every step, and the states before the first step and after every step."""
    graph, parameters = problem.graph, with_derived(problem)
    states, outputs = [problem.state], []
    for t in range(problem.steps):
        leaves, known = _leaves(problem, t, states[-1]), {}
        after = [evaluate(node, leaves, parameters, problem.sizes, known) for node in graph.results]
        after = [
            np.broadcast_to(found, (problem.rows, size(node.width, problem.sizes)))
            for node, found in zip(graph.results, after, strict=True)
        ]
        states.append(tuple(after[:-1]))
        outputs.append(after[-1])
    return np.stack(outputs), states


def backward(problem, states):
    """The gradients of each input, of the first state and of each parameter, by the derivative."""
    graph, parameters, incoming = problem.graph, with_derived(problem), list(problem.of_state)
    derivative = differentiate(graph)
    inputs = {name: np.zeros_like(values) for name, values in problem.inputs.items()}
    gradients = {name: np.zeros_like(values) for name, values in parameters.items()}
    for t in reversed(range(problem.steps)):
        leaves, known = _leaves(problem, t, states[t]), {}
        if derivative.output is None:
            incoming[0] = incoming[0] + problem.of_output[t]
        leaves |= {("gradient", "output"): problem.of_output[t]}
        leaves |= {("gradient", n): g for n, g in zip(graph.states, incoming, strict=True)}

        def rows(node, width, leaves=leaves, known=known):
            found = evaluate(node, leaves, parameters, problem.sizes, known)
            return np.broadcast_to(found, (problem.rows, width))

        for name, node in derivative.inputs.items():
            inputs[name][t] = rows(node, inputs[name].shape[-1])
        for name, node in derivative.vectors.items():
            gradients[name] += rows(node, len(gradients[name])).sum(0)
        for name, products in derivative.matrices.items():
            height, width = gradients[name].shape
            for product in products:
                gradients[name] += rows(product.left, height).T @ rows(product.right, width)
        before = zip(derivative.states.values(), states[0], strict=True)
        incoming = [rows(node, part.shape[-1]) for node, part in before]
    for name, matrix in graph.derived.items():
        pull_back(matrix, gradients.pop(name), gradients)
    return inputs, incoming, gradients


def _leaves(problem, t, state):
    """The values of all leaves of a step."""
    leaves = {("input", name): values[t] for name, values in problem.inputs.items()}
    leaves |= {("random", name): values[t] for name, values in problem.randoms.items()}
    return leaves | {
        ("state", name): value for name, value in zip(problem.graph.states, state, strict=True)
    }
