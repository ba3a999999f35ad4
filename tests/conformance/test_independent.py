"""Independent checks tell a wrong equation from a right one."""

from dataclasses import dataclass

import pytest

from recurra import cells
from recurra.conformance import CHECKS, examine
from recurra.language import (
    Cell,
    SameAsCell,
    SameAsONNX,
    SameAsTorch,
    WorkedExample,
    sigmoid,
    tanh,
)

INDEPENDENT = CHECKS[0]
RIGHT = SameAsTorch("RNN", weight_ih=("W",), weight_hh=("U",), bias_ih=("b",), bias_hh=("",))


def plain(declared=None, squash=tanh):
    """A plain network that declares a check."""

    @dataclass(frozen=True)
    class Plain(Cell):
        power: int = 1

        states = ("h",)
        check = declared

        def step(self, p, x, h):
            return squash(p.W @ x + p.U @ h + p.b)

    return Plain


def example(**changes):
    """h = tanh(0.5 x - 0.25 h + 0.125): tanh(0.625) and tanh(-0.875 - 0.25 h)."""
    parts = {
        "parameters": {"W": [[0.5]], "U": [[-0.25]], "b": [0.125]},
        "x": [[1.0], [-2.0]],
        "output": [[0.554599722349], [-0.767267446355]],
    }
    return WorkedExample(**{**parts, **changes})


def outcome(cell):
    return examine(cell, INDEPENDENT)


@pytest.mark.parametrize(
    "check",
    [
        RIGHT,
        example(),
        # From 2 instead of 0, so that the first step is tanh(0.125).
        example(state={"h": [2.0]}, output=[[0.124353001772], [-0.719249436786]]),
        SameAsCell("elman"),
        SameAsCell("elman", parameters={"b": "b", "W": "W", "U": "U"}, states={"h": "h"}),
    ],
    ids=["torch", "example", "state", "cell", "names"],
)
def test_a_right_check_holds(check):
    found = outcome(plain(check)())
    assert found.outcome == "holds", found.detail


@pytest.mark.parametrize(
    "check", [RIGHT, example(), SameAsCell("elman")], ids=["torch", "example", "cell"]
)
def test_another_function_is_found(check):
    assert outcome(plain(check, sigmoid)()).outcome == "fails"


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (example(output=[[0.554599722349], [-0.767267446]]), "the output is -0.767267446"),
        (example(output=[[0.554599722349]]), "the output has the shape (2, 1)"),
        (example(parameters={"W": [[0.5]], "V": [[1.0]]}), "gives V"),
        (example(parameters={"W": [[0.5, 1.0]]}), "the example's W has the shape (1, 2)"),
        (example(state={"c": [2.0]}), "starts from c"),
        # One step from zero says nothing of the recurrent weights.
        (example(x=[[1.0]], output=[[0.554599722349]]), "gives the same with another U"),
        (SameAsCell("elman", held={"W_x": 0.0}), "holds W_x"),
        (SameAsCell("lstm"), "what W_i of lstm is"),
        (SameAsCell("elman", held={"U": 1.0}, parameters={"U": 0.5}), "the output is"),
        (SameAsTorch("RNN", ("W",), ("U",), ("",), ("",)), "the output is"),
    ],
    ids=[
        "digits", "steps", "unknown", "shape", "state", "reach", "held", "left out", "number",
        "bias",
    ],
)  # fmt: skip
def test_a_wrong_check_fails_in_words(check, words):
    found = outcome(plain(check)())
    assert found.outcome == "fails"
    assert words in found.detail


def test_holding_and_fixing_parameters_reduces_a_cell_to_another():
    @dataclass(frozen=True)
    class Leaky(Cell):
        states = ("s",)
        check = SameAsCell(
            "elman",
            parameters={"W": "A", "U": "B", "b": 0.0},
            held={"keep": 0.0},
            states={"h": "s"},
        )

        def step(self, p, x, s):
            return p.keep * s + tanh(p.A @ x + p.B @ s)

    assert outcome(Leaky()).outcome == "holds"


def test_an_example_with_options_is_of_the_cell_with_them():
    @dataclass(frozen=True)
    class Scaled(Cell):
        scale: float = 1.0

        states = ("h",)
        check = example(options={"scale": 2.0}, output=[[1.109199444699], [-1.637029080877]])

        def step(self, p, x, h):
            return self.scale * tanh(p.W @ x + p.U @ h + p.b)

    for cell in (Scaled(), Scaled(2.0), Scaled(7.0)):
        found = outcome(cell)
        assert found.outcome == "holds", found.detail


def test_a_check_of_the_usual_options_says_nothing_of_others():
    found = outcome(plain(RIGHT)(power=2))
    assert (found.outcome, found.detail) == (
        "does not apply",
        "it is about power=1, not power=2",
    )


def test_a_stranger_of_another_library_is_left_to_the_tests():
    found = outcome(plain(SameAsONNX("RNN", ("W",), ("U",), ("b", "")))())
    assert found.outcome == "does not apply"
    assert "the operator RNN of ONNX" in found.detail


def test_a_users_cell_without_a_check_gets_a_hint_and_one_of_the_package_fails(monkeypatch):
    found = outcome(plain()())
    assert found.outcome == "does not apply"
    assert "WorkedExample" in found.detail
    monkeypatch.setattr(cells.LSTM, "check", None)
    assert outcome(cells.LSTM()).outcome == "fails"
