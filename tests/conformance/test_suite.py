"""The suite finds what is wrong, and lets pass what is right."""

from dataclasses import dataclass
from pathlib import Path

import faults
import pytest
import torch
from safetensors.torch import load_file

from recurra.conformance import CHECKS, Check, NotApplicable, examine, run, saving
from recurra.errors import ConformanceError
from recurra.kernels.choose import use_kernel
from recurra.language import Cell, tanh
from recurra.language.primitives import PRIMITIVES
from recurra.layers import Recurrent, passage, sequences
from recurra.layers.arguments import Form


def check_called(name):
    (found,) = [check for check in CHECKS if check.name == name]
    return found


@pytest.fixture
def plain(monkeypatch):
    """Makes the plain cell with a function of tests/conformance/faults.py."""

    def make(function="honest", **parts):
        monkeypatch.setitem(PRIMITIVES, function, faults.primitive(function, **parts))
        return faults.Plain(function)

    # A function that the compiled kernel does not have.
    with use_kernel("reference"):
        yield make


def test_a_right_cell_keeps_to_everything(plain):
    findings = run(plain())
    assert [finding.check for finding in findings] == [check.name for check in CHECKS]
    outcomes = {finding.check: finding.outcome for finding in findings}
    assert outcomes.pop("its independent check agrees") == "does not apply"
    assert set(outcomes.values()) == {"holds"}


def test_a_cell_of_chance_and_time_keeps_to_everything():
    assert {f.outcome for f in run(faults.Chancy())} == {"holds", "does not apply"}


@pytest.mark.parametrize(
    ("function", "check"),
    [
        ("mixing", "rows of a batch do not touch each other"),
        ("mixing", "padding changes nothing"),
        ("crooked", "its gradients are the slopes of its values"),
        ("spiky", "its gradients are the slopes of its values"),
        ("bent", "its second derivatives are the slopes of its gradients"),
        ("remembering", "one step at a time equals the whole"),
        ("remembering", "a split sequence equals the whole"),
        ("remembering", "a stepper equals the whole"),
        ("contrary", "every structure learns with it"),
        ("remembering", "every structure writes with it as it reads"),
        ("remembering", "saved weights give the same bits again"),
        ("coarse", "float32 agrees with float64"),
        ("asking", "vmap over the batch equals a loop"),
        ("asking", "gradients of each row equal a loop"),
    ],
)
def test_a_faulty_function_is_found(plain, function, check):
    assert examine(plain(function), check_called(check)).outcome == "fails"


@pytest.mark.parametrize(
    ("parts", "check"),
    [
        ({"derivative": lambda g, y, a: (0.5 * g,)}, "its derived derivative is torch's"),
        ({"latex": "f({0}{{"}, "its equations can be typeset"),
        ({"latex": "f{{}}", "text": "f {0}"}, "its equations can be typeset"),
    ],
    ids=["derivative", "braces", "nothing"],
)
def test_a_faulty_row_of_the_table_is_found(plain, parts, check):
    assert examine(plain(**parts), check_called(check)).outcome == "fails"


@pytest.mark.parametrize(
    ("cell", "check"),
    [
        (faults.Idle(), "every parameter takes part"),
        (faults.Moody(), "training and evaluation have the same parameters"),
        (faults.Biased(), "without bias equals biases of zero"),
    ],
    ids=["idle", "moody", "biased"],
)
def test_a_faulty_cell_is_found(cell, check):
    assert examine(cell, check_called(check)).outcome == "fails"


_state, _given_back = Recurrent._state, Form.given_back


def _swapped(self, outputs, *, top):
    return outputs if len(outputs) == 1 else [torch.cat(outputs[::-1], dim=-1)]


def _doubled(self, passed, form, states):
    found = _state(self, passed, form, states)
    return 2 * found if states == "all" else found


def _shuffled(self, output, lengths):
    return _given_back(self, output if self.packed is None else output.flip(1), lengths)


def _damaged(path):
    return {name: 2 * value for name, value in load_file(path).items()}


@pytest.mark.parametrize(
    ("place", "fault", "check"),
    [
        ((sequences, "following"), lambda values, lengths: values, "a reset equals two sequences"),
        ((sequences, "mirror"), lambda values, lengths: values.flip(0), "padding changes nothing"),
        ((passage, "mirror"), lambda values, lengths: values, "reversed equals flipped"),
        ((Recurrent, "_joined"), _swapped, "bidirectional equals two directions"),
        ((Recurrent, "_state"), _doubled, "the states of all steps end in the last"),
        ((Form, "given_back"), _shuffled, "a packed sequence equals a padded one"),
        ((saving, "load_file"), _damaged, "saved weights give the same bits again"),
        ((saving, "load_file"), _damaged, "saved weights fit equations in another order"),
    ],
)
def test_a_faulty_layer_is_found(monkeypatch, plain, place, fault, check):
    monkeypatch.setattr(*place, fault)
    assert examine(plain(), check_called(check)).outcome == "fails"


def test_every_check_has_been_seen_to_fail():
    """The tests above, and those of independent checks, name every check."""
    text = Path(__file__).read_text(encoding="utf-8")
    unseen = [check.name for check in CHECKS[1:] if f'"{check.name}"' not in text]
    assert not unseen


def test_what_a_check_raises_becomes_a_finding(plain):
    def raising(error):
        def check(cell):
            raise error

        return check

    found = [
        examine(plain(), Check("it is", raising(error)))
        for error in (
            NotApplicable("it has no bias"),
            ConformanceError("the output is 2", "3, to the bit"),
            ZeroDivisionError("division by zero"),
        )
    ]
    assert [(one.outcome, one.detail) for one in found] == [
        ("does not apply", "it has no bias"),
        ("fails", "the output is 2; expected: 3, to the bit"),
        ("fails", "ZeroDivisionError: division by zero"),
    ]


def test_torchs_random_state_is_left_as_it_was_and_findings_do_not_depend_on_it(plain):
    torch.manual_seed(3)
    first = run(plain())
    after = torch.rand(3)
    torch.manual_seed(3)
    assert torch.equal(torch.rand(3), after)
    torch.manual_seed(4)
    assert run(plain()) == first


def test_a_cell_that_cannot_be_read_fails_with_its_line():
    failed = [finding for finding in run(Unreadable()) if finding.outcome == "fails"]
    assert [finding.check for finding in failed] == [check.name for check in CHECKS[1:]]
    for finding in failed:
        assert "cell Unreadable, line" in finding.detail
        assert "return tanh(p.W @ x) + x" in finding.detail


@dataclass(frozen=True)
class Unreadable(Cell):
    states = ("h",)

    def step(self, p, x, h):
        return tanh(p.W @ x) + x
