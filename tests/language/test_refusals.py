"""What the language does not have is refused in words, naming the cell and the line."""

import math
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from written import refusal, written

from recurra import cells
from recurra.errors import CellError
from recurra.language import Cell, equal, gate, sigmoid, tanh, trace, where

HERE = Path(__file__)


def taken_apart(self, p, x, h):
    for unit in h:
        x = x + unit
    return p.W @ x


def written_to(self, p, x, h):
    h[0] = 0
    return p.W @ x + h


OPERATIONS = {
    "power": lambda self, p, x, h: p.W @ x + h**2,
    "power of a number": lambda self, p, x, h: p.W @ x + 2**h,
    "whole quotient": lambda self, p, x, h: p.W @ x + h // 2,
    "shift": lambda self, p, x, h: p.W @ x + (h << 1),
    "inverse": lambda self, p, x, h: p.W @ x + ~h,
    "and of bits": lambda self, p, x, h: p.W @ x + ((h > 0) & (h < 1)),
    "math": lambda self, p, x, h: p.W @ x + math.tanh(h),
    "floor": lambda self, p, x, h: p.W @ x + math.floor(h),
    "round": lambda self, p, x, h: p.W @ x + round(h),
    "float": lambda self, p, x, h: p.W @ x + float(h),
    "int": lambda self, p, x, h: p.W @ x + int(h),
    "length": lambda self, p, x, h: p.W @ x + h / len(h),
    "index": lambda self, p, x, h: p.W @ x + h[0],
    "slice": lambda self, p, x, h: p.W @ x + h[:2],
    "iteration": lambda self, p, x, h: p.W @ x + list(h)[0],  # noqa: RUF015 - as users write
    "loop": taken_apart,
    "written to": written_to,
    "sum": lambda self, p, x, h: p.W @ x + sum(h),
    "attribute": lambda self, p, x, h: p.W @ x + h.mean(),
    "method of a parameter": lambda self, p, x, h: p.W.mm(x) + h,
    "call of a parameter": lambda self, p, x, h: p.W(x) + h,
    "parameter by index": lambda self, p, x, h: p["W"] @ x + h,
    "numpy": lambda self, p, x, h: p.W @ x + np.tanh(h),
    "numpy of two": lambda self, p, x, h: p.W @ x + np.maximum(h, 0),
    "numpy array": lambda self, p, x, h: p.W @ x + np.ones(3) * h,
    "numpy array behind": lambda self, p, x, h: p.W @ x + h * np.ones(3),
    "numpy float32": lambda self, p, x, h: p.W @ x + np.float32(2) * h,
    "torch": lambda self, p, x, h: p.W @ x + torch.tanh(h),
    "torch tensor": lambda self, p, x, h: p.W @ x + torch.ones(3) * h,
    "torch tensor behind": lambda self, p, x, h: p.W @ x + h * torch.ones(3),
    "torch product": lambda self, p, x, h: torch.matmul(p.W, x) + h,
    "text": lambda self, p, x, h: p.W @ x + "h",
    "none": lambda self, p, x, h: p.W @ x + None,
    "list": lambda self, p, x, h: p.W @ x + [1.0] * h,
    "complex": lambda self, p, x, h: p.W @ x + 1j * h,
    "zero": lambda self, p, x, h: p.W @ x + 1 / 0,
    "unknown name": lambda self, p, x, h: p.W @ x + hidden,  # noqa: F821 - a slip of the pen
}


@pytest.mark.parametrize("step", OPERATIONS.values(), ids=OPERATIONS)
def test_an_operation_that_is_not_understood_is_refused_with_its_line(step):
    error = refusal(step)
    place, _, reason = error.given.partition("\n")
    assert re.match(r"cell written, line \d+: .*\S", place)
    assert reason
    assert error.do


def branch(self, p, x, h):
    new = tanh(p.W @ x)
    if new:
        return new
    return h


def loop(self, p, x, h):
    while h > 0:
        h = h - 1
    return p.W @ x + h


def assertion(self, p, x, h):
    assert h > 0
    return p.W @ x + h


CONDITIONS = {
    "if": branch,
    "while": loop,
    "assert": assertion,
    "comparison": lambda self, p, x, h: p.W @ x if h == 0 else h,
    "chain": lambda self, p, x, h: p.W @ x * (0 < h < 1),
    "and": lambda self, p, x, h: p.W @ x * (h > 0 and h < 1),
    "or": lambda self, p, x, h: p.W @ x * (h < 0 or h > 1),
    "not": lambda self, p, x, h: p.W @ x * (not h),
    "unequal": lambda self, p, x, h: p.W @ x * (h != 0),
    "max": lambda self, p, x, h: p.W @ x + max(h, 0),
    "min": lambda self, p, x, h: p.W @ x + min(h, p.v),
    "sorted": lambda self, p, x, h: tuple(sorted([p.W @ x, h])),
    "bool": lambda self, p, x, h: p.W @ x + bool(h),
}


@pytest.mark.parametrize("step", CONDITIONS.values(), ids=CONDITIONS)
def test_a_value_as_a_condition_is_refused(step):
    error = refusal(step)
    assert "used as a condition" in error.given
    assert "where(condition, a, b)" in error.do


@pytest.mark.parametrize(
    "step",
    [
        lambda self, p, x, h: where(h == p.W @ x, h, p.v),
        lambda self, p, x, h: p.W @ x + (h == h) * h,  # noqa: PLR0124 - as users write
        lambda self, p, x, h: p.W @ x + (p.v == h) * h,
    ],
)
def test_two_values_compared_by_the_sign_of_equality_are_refused(step):
    error = refusal(step)
    assert "a bool in the equations" in error.given
    assert "equal(a, b)" in error.do


def test_two_values_are_compared_by_name():
    step = trace(written(lambda self, p, x, h: p.W @ x + equal(h, p.v))).updates[0]
    assert step.arguments[1].primitive == "equal"


WIDTHS = {
    "input and state": (lambda self, p, x, h: tanh(p.W @ x) + x * h, "H and I"),
    "in a function": (lambda self, p, x, h: tanh(p.W @ x) + where(h > 0, x, 0), "H and I"),
    "narrow": (lambda self, p, x, h: tanh(p.W @ x) + p.N @ h, "3 and H"),
    "declared vector": (lambda self, p, x, h: tanh(p.W @ x) + p.N * h, "3 and H"),
    "missing": (
        lambda self, p, x, h, *, missing: tanh(p.W @ x) + missing * h,
        "H and I",
    ),
}


@pytest.mark.parametrize(("step", "named"), WIDTHS.values(), ids=WIDTHS)
def test_vectors_of_different_widths_are_not_combined(step, named):
    error = refusal(step, widths={"N": 3})
    assert f"unit by unit: {named}" in error.given
    assert "p.W @ x" in error.do


@pytest.mark.parametrize(
    "step",
    [
        lambda self, p, x, h: tanh(p.W @ x) + p.W * h,
        lambda self, p, x, h: tanh(p.W @ x) + p.W @ h,
        lambda self, p, x, h: tanh(p.V @ (p.W * x)) + p.W * h,
        lambda self, p, x, h: tanh(p.W.block_diagonal(2) @ x) + p.W @ h,
    ],
    ids=["matrix and vector", "two matrices", "two vectors", "blocks"],
)
def test_a_parameter_with_two_shapes_is_refused(step):
    error = refusal(step)
    assert "parameter W is used with two shapes" in error.given
    assert "a name of its own" in error.do


def test_a_step_without_parameters_is_refused():
    assert "no parameter" in refusal(lambda self, p, x, h: tanh(h)).given


def forgotten(self, p, x, h):
    tanh(p.W @ x)


RETURNED = {
    "one for two": (lambda self, p, x, h, c: tanh(p.W @ x), ("h", "c"), "returned 1 value"),
    "two for one": (lambda self, p, x, h: (tanh(p.W @ x), h), ("h",), "returned 2 values"),
    "none": (lambda self, p, x, h: (), ("h",), "returned 0 values"),
    "a list": (lambda self, p, x, h: [tanh(p.W @ x)], ("h",), "a list"),
    "a dictionary": (lambda self, p, x, h: {"h": tanh(p.W @ x)}, ("h",), "a dict"),
    "nothing": (forgotten, ("h",), "NoneType"),
    "a matrix": (lambda self, p, x, h: p.W.T, ("h",), "a Transposed"),
}


@pytest.mark.parametrize(("step", "states", "said"), RETURNED.values(), ids=RETURNED)
def test_what_is_returned_must_be_the_states(step, states, said):
    assert said in refusal(step, states).given


def test_an_output_that_is_not_returned_is_missed():
    error = refusal(lambda self, p, x, h: tanh(p.W @ x), output="y")
    assert error.expected == "2: y, h"
    assert "the output before them" in error.do


@pytest.mark.parametrize(
    "step",
    [
        lambda self, p, x, h: x,
        lambda self, p, x, h: tanh(x),
        lambda self, p, x, h: 0.0,
        lambda self, p, x, h: tanh(p.b),
        lambda self, p, x, h: p.v,
        lambda self, p, x, h: p.N @ h,
    ],
    ids=["input", "function of it", "number", "function of a parameter", "parameter", "narrow"],
)
def test_a_state_of_another_width_or_without_life_is_refused(step):
    error = refusal(step, widths={"N": 3})
    assert "returned as 'h' a value of width" in error.given
    assert 'widths = {"h": ...}' in error.do


def test_a_declared_width_is_kept_to():
    assert (
        "'s' a value of width H"
        in refusal(lambda self, p, x, s: tanh(p.W @ x), ("s",), widths={"s": "H/2"}).given
    )
    assert (
        "'y' a value of width H"
        in refusal(lambda self, p, x, h: (h, p.W @ x), output="y", widths={"y": 3}).given
    )


def test_a_step_that_takes_other_states_than_it_declares_is_refused():
    assert "'c'" in refusal(lambda self, p, x, h, c: (tanh(p.W @ x), c)).given
    assert (
        "takes 4 positional arguments"
        in refusal(lambda self, p, x, h: tanh(p.W @ x), ("h", "c")).given
    )


def test_a_state_of_the_layer_below_that_there_is_not_is_refused():
    def step(self, p, x, h, *, below):
        return tanh(p.W @ x) + below.c

    assert "below.c" in refusal(step, options={"lowest": False}).given
    assert "below.c" in refusal(step).given


def test_a_step_that_asks_for_something_unknown_is_refused():
    def step(self, p, x, h, *, dt, time):
        return tanh(p.W @ x) + dt

    error = refusal(step)
    assert "asks for 'time'" in error.given
    assert "t, dt, missing, below" in error.expected


def _refused(cell):
    """The error for a cell that is refused before its step is read."""
    with pytest.raises(CellError) as caught:
        trace(cell)
    assert cell.name in caught.value.given
    assert caught.value.expected
    return caught.value


def plain(self, p, x, *states):
    return tuple(tanh(p.W @ x) for _ in states)


@pytest.mark.parametrize("name", ["t", "x", "x_1", "x_20", "output"])
def test_a_state_with_a_name_that_the_layer_uses_is_refused(name):
    assert f"a state called {name}" in _refused(written(plain, ("h", name))).given


@pytest.mark.parametrize("states", [(), "h", "hidden", ["h"], ("h", "h"), None])
def test_states_that_are_no_names_are_refused(states):
    error = _refused(written(plain, states))
    assert f"states = {states!r}" in error.given
    assert 'states = ("h",)' in error.do


def test_a_cell_that_does_not_say_its_states_is_refused():
    class Stateless(Cell):
        def step(self, p, x):
            return p.W @ x

    assert "without states" in _refused(Stateless()).given


def test_an_output_that_is_a_state_is_refused():
    error = _refused(written(plain, ("c", "h"), output="h"))
    assert "put h first among the states" in error.do


def test_a_cell_without_a_step_is_refused():
    class Stepless(Cell):
        states = ("h",)

    assert "without a step" in _refused(Stepless()).given


@pytest.mark.parametrize("width", ["h", "H/0", 0, -3, 2.5, True, "hidden", None])
def test_a_width_that_is_none_is_refused(width):
    assert f"{width!r} as the width of W" in _refused(written(plain, widths={"W": width})).given


@dataclass(frozen=True)
class Listing(Cell):
    periods: list = field(default_factory=list)

    states = ("h",)
    step = plain


def test_a_cell_that_can_be_changed_is_refused():
    error = _refused(Listing())
    assert "unhashable type: 'list'" in error.given
    assert "tuples for lists" in error.do


def _line(text):
    """The number of the line of this file that holds the text."""
    lines = HERE.read_text(encoding="utf-8").splitlines()
    (number,) = [k for k, line in enumerate(lines, 1) if line.strip() == text]
    return number


@dataclass(frozen=True)
class Faulty(Cell):
    states = ("h",)

    def step(self, p, x, h):
        n = gate("candidate", tanh(p.W @ x + p.U @ h))
        return n + h**3


@pytest.mark.parametrize(
    "wrapped",
    [
        cells.Zoneout(Faulty(), 0.1),
        cells.RecurrentDropout(Faulty(), 0.1),
        cells.VariationalDropout(Faulty(), 0.1),
        cells.LayerNorm(Faulty()),
        cells.Projected(Faulty(), 2),
        cells.Zoneout(cells.RecurrentDropout(cells.LayerNorm(Faulty())), 0.1),
    ],
    ids=lambda cell: type(cell).__name__,
)
@pytest.mark.parametrize("training", [True, False])
def test_a_fault_within_a_regulariser_is_named_by_its_own_line(wrapped, training):
    with pytest.raises(CellError) as caught:
        trace(wrapped, training=training)
    text = "return n + h**3"
    assert f"cell {wrapped.name}, line {_line(text)}: {text}\n" in caught.value.given


def test_the_line_is_the_cells_own_when_a_helper_elsewhere_fails():
    error = refusal(lambda self, p, x, h: tanh(p.W @ x) + tanh(x - h))
    assert "tanh(x - h)" in error.given


def helped(self, p, x, h):
    return tanh(p.W @ x) + cubed(h)


def cubed(h):
    return h**3


def test_the_line_is_the_innermost_of_the_cells_own_file():
    assert f"line {_line('return h**3')}: return h**3" in refusal(helped).given


def test_an_inherited_step_is_located_in_the_file_that_wrote_it():
    @dataclass(frozen=True)
    class Wider(cells.LSTM):
        states = ("h",)

    with pytest.raises(CellError, match=r"(?s)cell \w+, line \d+.*missing 1 required"):
        trace(Wider())


def test_a_cell_typed_at_a_prompt_is_refused_in_the_same_words():
    typed = """class Typed(Cell):
    states = ('h',)
    def step(self, p, x, h):
        return h**2"""
    prompt = {"Cell": Cell, "__name__": "__main__"}
    exec(typed, prompt)
    with pytest.raises(CellError, match="line 4"):
        trace(prompt["Typed"]())


def test_a_refused_cell_is_refused_again():
    cell = written(lambda self, p, x, h: sigmoid(h) ** 2)
    messages = []
    for _ in range(2):
        with pytest.raises(CellError) as caught:
            trace(cell)
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_the_whole_message_fits_a_screen_and_says_what_to_do():
    message = str(refusal(lambda self, p, x, h: tanh(p.W @ x) + x * h))
    assert message.count("\n") < 8
    assert "Expected:" in message
    assert "Try:" in message
