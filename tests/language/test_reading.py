from threading import Barrier, Thread

import pytest
from written import refusal, written

from recurra.cells import LSTM
from recurra.errors import CellError
from recurra.language import either, gate, match, previous, sigmoid, tanh, trace
from recurra.language.expression import Leaf, Linear, topological
from recurra.language.parameter import Parameter, Parameters
from recurra.language.reading import Reading, each_gate, each_product, under_way

h, x = Leaf("h", "state"), Leaf("x", "input", "I")


@pytest.mark.parametrize(
    "part",
    [
        under_way,
        lambda: gate("any", tanh(h)),
        lambda: Parameter("W") @ h,
        lambda: Parameter("W").T @ h,
        lambda: previous(x),
        lambda: match(Parameter("W"), x),
        lambda: either(0.5, h, 0.0, key="any"),
        lambda: LSTM().step(Parameters({}, bias=True), x, h, h),
        lambda: each_gate(lambda name, value: value).__enter__(),
        lambda: each_product(lambda value: value).__enter__(),
    ],
    ids=range(10),
)
def test_the_parts_of_a_step_are_refused_outside_of_one(part):
    with pytest.raises(CellError, match="outside a step") as caught:
        part()
    assert "recurra.language.trace(cell)" in caught.value.do


def test_a_reading_ends_with_its_step():
    reading = Reading(x, training=False, square=False)
    with reading.begun():
        assert under_way() is reading
    with pytest.raises(CellError):
        under_way()


def test_a_reading_ends_where_its_step_fails():
    refusal(lambda self, p, x, h: gate("new", tanh(p.W @ x)) + h**2)
    with pytest.raises(CellError):
        under_way()
    sound = trace(written(lambda self, p, x, h: gate("new", tanh(p.W @ x)) + h))
    assert list(sound.gates) == ["new"]


def test_a_step_may_read_another_cell():
    other = written(lambda self, p, x, h: gate("other", tanh(p.W @ x)) + h)

    def step(self, p, x, h):
        inner = gate("first", tanh(p.W @ x))
        count = len(trace(other).gates)
        return gate("second", sigmoid(p.V @ x)) * inner + count * h

    assert list(trace(written(step)).gates) == ["first", "second"]
    assert list(trace(other).gates) == ["other"]


def test_cells_may_be_read_in_several_threads_at_once():
    together = Barrier(2, timeout=10)
    found = {}

    def reader(name):
        def step(self, p, x, h):
            together.wait()
            first = gate(f"first {name}", tanh(p.W @ x))
            together.wait()
            second = gate(f"second {name}", tanh(p.U @ h))
            together.wait()
            return first + second

        found[name] = list(trace(written(step)).gates)

    threads = [Thread(target=reader, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {name: [f"first {name}", f"second {name}"] for name in "ab"}


def test_a_rule_meets_every_gate_with_the_outermost_last():
    def step(self, p, x, h):
        with each_gate(lambda name, value: 2 * value), each_gate(lambda name, value: value + 1):
            first = gate("first", tanh(p.W @ x))
        return first + gate("second", tanh(p.U @ h))

    gates = trace(written(step)).gates
    two, inner = gates["first"].arguments
    assert (gates["first"].primitive, two.value) == ("multiply", 2)
    assert (inner.primitive, inner.arguments[1].value) == ("add", 1)
    assert gates["second"].primitive == "tanh"


def test_a_rule_meets_every_vector_that_a_matrix_multiplies():
    def step(self, p, x, h):
        with each_product(lambda vector: vector * 3):
            inside = p.W @ x + p.U.T @ h
        return tanh(inside + p.V @ h)

    (update,) = trace(written(step)).updates
    found = {
        node.parameter: node.operand for node in topological([update]) if isinstance(node, Linear)
    }
    assert [found[name].primitive for name in ("W", "U^T")] == ["multiply"] * 2
    assert found["V"].name == "h"
