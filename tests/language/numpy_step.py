"""A cell's graph run and differentiated through time in NumPy, apart from everything in Recurra."""

import numpy as np

from recurra.language import differentiate
from recurra.language.expression import Constant, Leaf, Linear, Vector

FUNCTIONS = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "negative": np.negative,
    "sigmoid": lambda a: 0.5 * (1 + np.tanh(a / 2)),
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0.0),
    "exp": np.exp,
    "sign": np.sign,
}


def evaluate(node, leaves, parameters, known=None):
    """The value of a node; ``leaves`` by role and name, rows of the batch first."""
    known = {} if known is None else known
    if node not in known:
        below = [evaluate(operand, leaves, parameters, known) for operand in node.operands]
        match node:
            case Leaf(name, role):
                known[node] = leaves[role, name]
            case Constant(value):
                known[node] = np.float64(value)
            case Vector(parameter):
                known[node] = parameters[parameter]
            case Linear(parameter):
                matrix = parameters[parameter]
                matrix = matrix if node.transposed else matrix.T
                operand = below[0] if below[0].ndim else np.full(len(matrix), below[0])
                known[node] = operand @ matrix
            case _:
                known[node] = FUNCTIONS[node.primitive](*below)
    return known[node]


def forward(graph, parameters, x, state):
    """The output of every step, and the states before the first step and after every step."""
    states = [state]
    for row in x:
        leaves = _leaves(graph, row, states[-1])
        states.append(tuple(evaluate(update, leaves, parameters) for update in graph.updates))
    return np.stack([after[0] for after in states[1:]]), states


def backward(graph, parameters, x, states, incoming):
    """The gradients of x, of the first state and of each parameter, by the derived equations.

    ``incoming`` are those of the output and of each state after the last step.
    """
    of_output, *incoming = incoming
    derivative = differentiate(graph)
    of_x = np.zeros_like(x)
    of_parameters = {name: np.zeros_like(value) for name, value in parameters.items()}
    for t in reversed(range(len(x))):
        incoming[0] = incoming[0] + of_output[t]
        leaves = _leaves(graph, x[t], states[t])
        leaves |= {("gradient", n): g for n, g in zip(graph.states, incoming, strict=True)}
        known = {}

        def rows(node, like, leaves=leaves, known=known):
            return np.broadcast_to(evaluate(node, leaves, parameters, known), like.shape)

        of_x[t] = rows(derivative.x, x[t])
        for name, node in derivative.vectors.items():
            of_parameters[name] += rows(node, incoming[0]).sum(0)
        for name, products in derivative.matrices.items():
            for product in products:
                right = evaluate(product.right, leaves, parameters, known)
                of_parameters[name] += rows(product.left, incoming[0]).T @ right
        incoming = [rows(node, incoming[0]) for node in derivative.states.values()]
    return of_x, incoming, of_parameters


def _leaves(graph, x, state):
    return {("input", "x"): x} | {
        ("state", name): value for name, value in zip(graph.states, state, strict=True)
    }
