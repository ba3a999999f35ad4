"""Steps with the marks of rows' ends and starts, evaluated number by number in torch."""

from pkgutil import resolve_name

import pytest
import torch

from recurra import cells
from recurra.kernels.cpu.whole import FRESH, RUNNING, whole
from recurra.language import schedule, trace
from recurra.language.expression import (
    Constant,
    Leaf,
    Linear,
    Pointwise,
    Size,
    Spread,
    Total,
    Vector,
    topological,
)
from recurra.language.primitives import PRIMITIVES

ROWS, UNITS = 4, 3
RUNS = torch.tensor([1.0, 0.0, 1.0, 0.0], dtype=torch.float64).unsqueeze(1)
STARTS = torch.tensor([0.0, 0.0, 1.0, 1.0], dtype=torch.float64).unsqueeze(1)


def _draw(name, *shape):
    """Numbers that are the same for the same name."""
    generator = torch.Generator().manual_seed(sum(map(ord, name)))
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def _values(results, **leaves):
    """The value of each result; all widths are one number of units."""
    known = {}
    for node in topological(results):
        known[node] = _value(node, [known[operand] for operand in node.operands], leaves)
    return [known[result].expand(ROWS, UNITS) for result in results]


def _value(node, below, leaves):
    match node:
        case Leaf(name):
            return leaves[name] if name in leaves else _draw(name, ROWS, UNITS)
        case Constant(value):
            return torch.tensor(value, dtype=torch.float64)
        case Size():
            return torch.tensor(float(UNITS), dtype=torch.float64)
        case Vector(parameter):
            return _draw(parameter, UNITS)
        case Linear(parameter):
            return below[0] @ _draw(parameter, UNITS, UNITS).T
        case Total():
            return below[0].sum(-1, keepdim=True)
        case Spread():
            return below[0].expand(ROWS, UNITS)
        case Pointwise(primitive):
            return resolve_name(PRIMITIVES[primitive].python)(*below)
    raise AssertionError(node)


def _schedule(name, **ways):
    return schedule(trace(cells.find(name)(), **ways))


def _states(order, scale=1.0):
    return {name: _draw(name, ROWS, UNITS) * scale for name in order.states}


def _marked(order, *, lengths=False, reset=False):
    """The states after a step and its output, with marks."""
    graph = whole(order, lengths=lengths, reset=reset)
    marks = ({RUNNING: RUNS} if lengths else {}) | ({FRESH: STARTS} if reset else {})
    assert graph.inputs.keys() == {*order.inputs, *marks}
    return _values([*graph.updates, graph.output], **marks)


NAMES = ["elman", "lstm", "gru", "gru_reset_before", "qrnn", "cfn"]
names = pytest.mark.parametrize("name", NAMES)


@names
def test_without_marks_it_is_the_cells_step(name):
    order = _schedule(name)
    for mine, theirs in zip(_marked(order), _values(order.results), strict=True):
        assert torch.equal(mine, theirs)


@names
def test_rows_that_have_ended_keep_their_states_and_give_0(name):
    order = _schedule(name)
    *updates, output = _marked(order, lengths=True)
    *plain, shown = _values(order.results)
    runs = RUNS.bool()
    for new, stepped, old in zip(updates, plain, _states(order).values(), strict=True):
        assert torch.equal(new, torch.where(runs, stepped, old))
    assert torch.equal(output, torch.where(runs, shown, 0.0))


@names
def test_rows_that_start_afresh_start_from_0(name):
    order = _schedule(name)
    plain, zero = _values(order.results), _values(order.results, **_states(order, 0.0))
    for mine, carried, fresh in zip(_marked(order, reset=True), plain, zero, strict=True):
        assert torch.equal(mine, torch.where(STARTS.bool(), fresh, carried))


@names
def test_a_row_that_has_ended_does_not_start_afresh(name):
    order = _schedule(name)
    *updates, output = _marked(order, lengths=True, reset=True)
    ended = ~RUNS.bool().squeeze(1)
    for new, old in zip(updates, _states(order).values(), strict=True):
        assert torch.equal(new[ended], old[ended])
    assert not output[ended].any()


def _widths(results):
    found = {}
    for node in topological(results):
        if isinstance(node, Leaf) and node.role == "input":
            found.setdefault(node.name, set()).add(node.width)
    return found


@pytest.mark.parametrize("name", ["sru", "mut1", "mut2"])
def test_a_cell_that_takes_its_input_as_wide_as_its_states_has_one_word_for_both(name):
    order = _schedule(name, square=True)
    assert _widths(order.results)["x"] == {"I", "H"}
    graph = whole(order, lengths=False, reset=False)
    results = [*graph.updates, graph.output]
    assert {node.width for node in topological(results)} <= {"H", 1}
    assert _widths(results)["x"] == {"H"}
    for mine, theirs in zip(_values(results), _values(order.results), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("name", ["sru", "lstm"])
def test_a_cell_that_does_not_keeps_both_words(name):
    graph = whole(_schedule(name), lengths=True, reset=True)
    assert _widths([*graph.updates, graph.output])["x"] == {"I"}


def test_the_input_is_one_leaf_where_there_is_one_word_for_it():
    graph = whole(_schedule("sru", square=True), lengths=True, reset=True)
    leaves = {n for n in topological([*graph.updates, graph.output]) if isinstance(n, Leaf)}
    assert sorted(leaf.name for leaf in leaves) == sorted({leaf.name for leaf in leaves})
    assert {*graph.inputs.values()} <= leaves
