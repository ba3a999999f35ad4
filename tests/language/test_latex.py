from operator import neg as negative

import pytest

from recurra.cells.elman import Elman
from recurra.cells.gru import GRU
from recurra.cells.lstm import LSTM
from recurra.language import Cell, equations, exp, gate, relu, sigmoid, sign, tanh, trace


def _equations(step, states=("h",)):
    return equations(trace(type("Written", (Cell,), {"states": states, "step": step})()))


def test_elman():
    assert equations(trace(Elman())) == [r"h_t = \tanh(W x_t + U h_{t-1} + b)"]


def test_lstm():
    assert equations(trace(LSTM())) == [
        r"i_t = \sigma(W_{i} x_t + U_{i} h_{t-1} + b_{i})",
        r"f_t = \sigma(W_{f} x_t + U_{f} h_{t-1} + b_{f})",
        r"g_t = \tanh(W_{g} x_t + U_{g} h_{t-1} + b_{g})",
        r"o_t = \sigma(W_{o} x_t + U_{o} h_{t-1} + b_{o})",
        r"c_t = f_t \odot c_{t-1} + i_t \odot g_t",
        r"h_t = o_t \odot \tanh(c_t)",
    ]


def test_gru():
    assert equations(trace(GRU())) == [
        r"r_t = \sigma(W_{r} x_t + U_{r} h_{t-1} + b_{r})",
        r"z_t = \sigma(W_{z} x_t + U_{z} h_{t-1} + b_{z})",
        r"n_t = \tanh(W_{n} x_t + b_{n} + r_t \odot (U_{n} h_{t-1} + b_{Un}))",
        r"h_t = z_t \odot h_{t-1} + (1 - z_t) \odot n_t",
    ]


@pytest.mark.parametrize(
    ("step", "typeset"),
    [
        (lambda a, b, c: a - (b - c), "{a} - ({b} - {c})"),
        (lambda a, b, c: a - b - c, "{a} - {b} - {c}"),
        (lambda a, b, c: a - (b + c), "{a} - ({b} + {c})"),
        (lambda a, b, c: a + b - c, "{a} + {b} - {c}"),
        (lambda a, b, c: a / (b / c), r"{a} \oslash ({b} \oslash {c})"),
        (lambda a, b, c: a / b / c, r"{a} \oslash {b} \oslash {c}"),
        (lambda a, b, c: a / (b * c), r"{a} \oslash ({b} \odot {c})"),
        (lambda a, b, c: (a + b) * c, r"({a} + {b}) \odot {c}"),
        (lambda a, b, c: a * (b - c), r"{a} \odot ({b} - {c})"),
        (lambda a, b, c: a * b - c / a, r"{a} \odot {b} - {c} \oslash {a}"),
        (lambda a, b, c: a - (-b) + c, "{a} - (-{b}) + {c}"),
        (lambda a, b, c: a + (-b) * c, r"{a} + (-{b} \odot {c})"),
        (lambda a, b, c: a * (-b) + c, r"{a} \odot (-{b}) + {c}"),
        (lambda a, b, c: -(a + b) + c, "-({a} + {b}) + {c}"),
        (lambda a, b, c: negative(negative(a)) + b + c, "-(-{a}) + {b} + {c}"),
        (lambda a, b, c: a * -2 + b + c, r"{a} \odot (-2) + {b} + {c}"),
        (
            lambda a, b, c: exp(a) * relu(b) + sign(c),
            r"\exp({a}) \odot \mathrm{{relu}}({b}) + \mathrm{{sign}}({c})",
        ),
    ],
)
def test_brackets_stand_where_they_are_needed_and_nowhere_else(step, typeset):
    (line,) = _equations(lambda self, p, x, h: step(p.W @ x, p.U @ h, p.v))
    assert line == "h_t = " + typeset.format(a="W x_t", b="U h_{t-1}", c="v")


def test_the_vector_of_a_product_is_bracketed_unless_it_is_a_single_letter():
    (line,) = _equations(lambda self, p, x, h: p.U @ (p.v * h) + p.V @ tanh(p.W @ x))
    assert line == r"h_t = U (v \odot h_{t-1}) + V (\tanh(W x_t))"


def test_a_gate_without_a_subscript_goes_by_its_name():
    lines = _equations(lambda self, p, x, h: gate("update", sigmoid(p.W @ x)) * h)
    assert lines == [
        r"\mathrm{update}_t = \sigma(W x_t)",
        r"h_t = \mathrm{update}_t \odot h_{t-1}",
    ]


def test_a_subscript_that_is_taken_is_not_used_twice():
    def step(self, p, x, h):
        return gate("first", sigmoid(p.W_a @ x)) * gate("second", tanh(p.W_a @ x))

    assert _equations(step) == [
        r"a_t = \sigma(W_{a} x_t)",
        r"\mathrm{second}_t = \tanh(W_{a} x_t)",
        r"h_t = a_t \odot \mathrm{second}_t",
    ]


def test_a_gate_that_is_the_new_state_goes_by_the_states_name():
    assert _equations(lambda self, p, x, h: gate("new", tanh(p.W @ x))) == [r"h_t = \tanh(W x_t)"]


def test_two_states_with_one_value_have_an_equation_each():
    def step(self, p, x, h, c):
        new = tanh(p.W @ x)
        return new, new

    assert _equations(step, ("h", "c")) == [r"h_t = \tanh(W x_t)", "c_t = h_t"]


def test_a_state_that_is_another_before_the_step_has_an_equation():
    lines = _equations(lambda self, p, x, h, c: (tanh(p.W @ x + p.U @ h), h), ("h", "c"))
    assert lines == [r"h_t = \tanh(W x_t + U h_{t-1})", "c_t = h_{t-1}"]
