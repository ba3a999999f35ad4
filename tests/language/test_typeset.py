import re
from operator import neg as negative

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy_step import FUNCTIONS, evaluate
from written import written

from recurra import cells
from recurra.language import (
    LATEX,
    TEXT,
    either,
    equations,
    exp,
    gate,
    identity,
    log,
    log_sigmoid,
    match,
    maximum,
    mean,
    minimum,
    previous,
    relu,
    sigmoid,
    sign,
    softplus,
    sqrt,
    tanh,
    total,
    trace,
    units,
    where,
)
from recurra.language.typeset import equations as typeset


def _latex(step, states=("h",), **declared):
    return equations(trace(written(step, states, **declared)))


def _text(step, states=("h",), *, options=None, **declared):
    return equations(trace(written(step, states, **declared), **(options or {})), TEXT)


def test_latex_is_what_is_written_without_a_word():
    graph = trace(cells.GRU())
    assert typeset(graph) == typeset(graph, LATEX) != typeset(graph, TEXT)


def test_elman():
    assert equations(trace(cells.Elman())) == [r"h_t = \tanh(W x_t + U h_{t-1} + b)"]
    assert equations(trace(cells.Elman()), TEXT) == ["hₜ = tanh(W xₜ + U hₜ₋₁ + b)"]


def test_lstm():
    assert equations(trace(cells.LSTM())) == [
        r"i_t = \sigma(W_{i} x_t + U_{i} h_{t-1} + b_{i})",
        r"f_t = \sigma(W_{f} x_t + U_{f} h_{t-1} + b_{f})",
        r"g_t = \tanh(W_{g} x_t + U_{g} h_{t-1} + b_{g})",
        r"o_t = \sigma(W_{o} x_t + U_{o} h_{t-1} + b_{o})",
        r"c_t = f_t \odot c_{t-1} + i_t \odot g_t",
        r"h_t = o_t \odot \tanh(c_t)",
    ]


def test_gru():
    assert equations(trace(cells.GRU())) == [
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
        (lambda a, b, c: negative(negative(a)) + b + c, "{a} + {b} + {c}"),
        (lambda a, b, c: a * -2 + b + c, r"-2 \, {a} + {b} + {c}"),
        (lambda a, b, c: a + b * -2 + c, r"{a} + (-2 \, {b}) + {c}"),
        (lambda a, b, c: 2 * (3 * a) + b * c, r"2 \, (3 \, {a}) + {b} \odot {c}"),
        (lambda a, b, c: 2 * (a + b) * c, r"2 \, ({a} + {b}) \odot {c}"),
        (lambda a, b, c: a * (b % c), r"{a} \odot ({b} \bmod {c})"),
        (lambda a, b, c: a % b * c, r"({a} \bmod {b}) \odot {c}"),
        (lambda a, b, c: a * b % c, r"{a} \odot {b} \bmod {c}"),
        (lambda a, b, c: a + b % c, r"{a} + {b} \bmod {c}"),
        (lambda a, b, c: (a + b) % c, r"({a} + {b}) \bmod {c}"),
        (lambda a, b, c: (a > b) * c, r"({a} > {b}) \odot {c}"),
        (lambda a, b, c: (a + b == 2) + c, "({a} + {b} = 2) + {c}"),
        (lambda a, b, c: a + abs(b - c), "{a} + |{b} - {c}|"),
        (
            lambda a, b, c: exp(a) * relu(b) + sign(c),
            r"\exp({a}) \odot \mathrm{{relu}}({b}) + \mathrm{{sign}}({c})",
        ),
        (
            lambda a, b, c: sqrt(exp(a)) - maximum(b, c + a),
            r"\sqrt{{\exp({a})}} - \max({b}, {c} + {a})",
        ),
        (
            lambda a, b, c: where(a > b, c, -c),
            r"\begin{{cases}} {c} & \text{{if }} {a} > {b} \\ -{c} & \text{{otherwise}} "
            r"\end{{cases}}",
        ),
    ],
)
def test_brackets_stand_where_they_are_needed_and_nowhere_else(step, typeset):
    (line,) = _latex(lambda self, p, x, h: step(p.W @ x, p.U @ h, p.v))
    assert line == "h_t = " + typeset.format(a="W x_t", b="U h_{t-1}", c="v")


# Equations read back: in plain characters they are Python but for the signs.
SPELLINGS = [
    ("hₜ₋₁", "h"),
    ("ln σ(", "log_sigmoid("),
    ("ln(", "log("),
    ("σ(", "sigmoid("),
    ("√(", "sqrt("),
    ("max(", "maximum("),
    ("min(", "minimum("),
    (", else", " else"),
    (" = ", " == "),
    (" ⊙ ", " * "),
    (" mod ", " % "),
]


def _read(line):
    """The value of an equation's right side, by Python's own rules of precedence."""
    text = line.removeprefix("hₜ = ")
    for written_, python in SPELLINGS:
        text = text.replace(written_, python)
    text = re.sub(r"(?<![\w.])(\d+(?:\.\d+)?) (?=(?!if |else )[\w(])", r"\1 * ", text)
    return eval(text, dict(FUNCTIONS) | NUMBERS | {"__builtins__": {}})


NUMBERS = {"h": np.float64(0.7), "a": np.float64(-1.3), "b": np.float64(2.1)}


def _larger(steps):
    binary = [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b,
        lambda a, b: a / b,
        lambda a, b: a % b,
        lambda a, b: where(a > b, a, b),
        maximum,
        minimum,
    ]
    unary = [
        lambda a: -a,
        lambda a: 2 * a,
        lambda a: a * -0.5,
        lambda a: (a == 2) + 1,
        tanh,
        softplus,
        log_sigmoid,
        lambda a: log(exp(a) + 1),
        lambda a: sqrt(a * a + 1),
    ]
    return st.one_of(
        st.builds(
            lambda f, a, b: lambda *given: f(a(*given), b(*given)),
            st.sampled_from(binary),
            steps,
            steps,
        ),
        st.builds(lambda f, a: lambda *given: f(a(*given)), st.sampled_from(unary), steps),
    )


SOURCES = [lambda h, p: h, lambda h, p: h + p.a, lambda h, p: p.b * h, lambda h, p: 3 * h]


@settings(deadline=None)
@given(st.recursive(st.sampled_from(SOURCES), _larger, max_leaves=8))
def test_an_equation_in_plain_characters_reads_as_it_was_meant(step):
    graph = trace(written(lambda self, p, x, h: step(h, p) + p.b + h))
    *parts, line = equations(graph, TEXT)
    for part in reversed(parts):
        name, _, meaning = part.partition(" = ")
        line = line.replace(name, f"({meaning})")
    with np.errstate(all="ignore"):
        meant = evaluate(graph.updates[0], {("state", "h"): NUMBERS["h"]}, NUMBERS)
        np.testing.assert_allclose(_read(line), meant, rtol=1e-9)


def test_the_vector_of_a_product_is_bracketed_unless_it_is_a_single_letter():
    (line,) = _latex(lambda self, p, x, h: p.U @ (p.v * h) + p.V @ tanh(p.W @ x))
    assert line == r"h_t = U (v \odot h_{t-1}) + V (\tanh(W x_t))"


def test_a_gate_without_a_subscript_goes_by_its_name():
    lines = _latex(lambda self, p, x, h: gate("update", sigmoid(p.W @ x)) * h)
    assert lines == [
        r"\mathrm{update}_t = \sigma(W x_t)",
        r"h_t = \mathrm{update}_t \odot h_{t-1}",
    ]


def test_a_subscript_that_is_taken_is_not_used_twice():
    def step(self, p, x, h):
        return gate("first", sigmoid(p.W_a @ x)) * gate("second", tanh(p.W_a @ x))

    assert _latex(step) == [
        r"a_t = \sigma(W_{a} x_t)",
        r"\mathrm{second}_t = \tanh(W_{a} x_t)",
        r"h_t = a_t \odot \mathrm{second}_t",
    ]


def test_a_gate_does_not_take_the_letter_of_a_state():
    def step(self, p, x, h, c):
        return tanh(gate("candidate", p.W_c @ x)) * c, c + h

    assert _text(step, ("h", "c"))[0] == "candidateₜ = W_c xₜ"


def test_a_gate_goes_by_a_letter_of_its_own_and_not_by_that_of_a_gate_within():
    def step(self, p, x, h):
        r = gate("reset", sigmoid(p.W_r @ x))
        return gate("candidate", tanh(r * h + p.W_n @ x)) - h

    assert [line.partition(" ")[0] for line in _text(step)] == ["rₜ", "nₜ", "hₜ"]


def test_a_gate_that_is_the_new_state_goes_by_the_states_name():
    assert _latex(lambda self, p, x, h: gate("new", tanh(p.W @ x))) == [r"h_t = \tanh(W x_t)"]


def test_two_states_with_one_value_have_an_equation_each():
    def step(self, p, x, h, c):
        new = tanh(p.W @ x)
        return new, new

    assert _latex(step, ("h", "c")) == [r"h_t = \tanh(W x_t)", "c_t = h_t"]


def test_a_state_that_is_another_before_the_step_has_an_equation():
    lines = _latex(lambda self, p, x, h, c: (tanh(p.W @ x + p.U @ h), h), ("h", "c"))
    assert lines == [r"h_t = \tanh(W x_t + U h_{t-1})", "c_t = h_{t-1}"]


def test_an_output_apart_from_the_states_is_called_y_unless_a_state_is():
    def step(self, p, x, h):
        new = tanh(p.W @ x)
        return p.Y @ new, new

    assert _text(step, output="y") == ["hₜ = tanh(W xₜ)", "yₜ = Y hₜ"]
    lines = _text(step, ("y",), output="out")
    assert lines == ["yₜ = tanh(W xₜ)", "outputₜ = Y yₜ"]


def test_what_a_step_is_given_besides_goes_by_its_usual_signs():
    def step(self, p, x, h, last, *, t, dt, missing, below):
        new = tanh(p.W @ x + p.V @ previous(x, 12) + below.h + (t % 4 == 0) * h)
        return new, where(missing, exp(-dt) * last, x)

    options = {"lowest": False}
    assert _text(step, ("h", "last"), widths={"last": "I"}, options=options) == [
        "hₜ = tanh(W xₜ + V xₜ₋₁₂ + hₜ[below] + (t mod 4 = 0) ⊙ hₜ₋₁)",
        "lastₜ = (exp(-Δₜ) ⊙ lastₜ₋₁ if missingₜ, else xₜ)",
    ]
    cell = written(step, ("h", "last"), widths={"last": "I"})
    assert equations(trace(cell, lowest=False)) == [
        r"h_t = \tanh(W x_t + V x_{t-12} + h^{\mathrm{below}}_t + (t \bmod 4 = 0) \odot h_{t-1})",
        r"\mathrm{last}_t = \begin{cases} \exp(-\Delta_t) \odot \mathrm{last}_{t-1} & "
        r"\text{if } \mathrm{missing}_t \\ x_t & \text{otherwise} \end{cases}",
    ]


def test_matrices_are_written_as_they_are_made():
    def step(self, p, x, h):
        rotation = p.U - p.U.T - 0.5 * identity
        blocks = p.A.block_upper(2) @ h + p.B_z.block_diagonal(4) @ h
        return tanh(p.W @ x + rotation @ h + blocks + (-p.C.T) @ h)

    assert _text(step) == [
        "hₜ = tanh(W xₜ + ((U - Uᵀ) - 0.5 I) hₜ₋₁ + triu_2(A) hₜ₋₁ + diag_4(B_z) hₜ₋₁ "
        "+ (-1 Cᵀ hₜ₋₁))"
    ]
    (line,) = _latex(step)
    assert r"((U - U^{\top}) - 0.5 \, \mathrm{I}) h_{t-1}" in line
    assert r"\mathrm{triu}_{2}(A) h_{t-1} + \mathrm{diag}_{4}(B_{z}) h_{t-1}" in line


def test_sums_constants_and_chance_are_written():
    def step(self, p, x, h):
        scaled = units((1, 2, 4, 8, 16)) * h + mean(h * p.v) - total(h)
        return tanh(p.W @ x) + either(0.25, scaled, units((0.5,)), key="noise")

    (line,) = _text(step, options={"training": True})
    assert line == (
        "hₜ = tanh(W xₜ) + ((1, 2, 4, 8, ...) ⊙ hₜ₋₁ + sum(hₜ₋₁ ⊙ v) / H - sum(hₜ₋₁) "
        "if 0.25 > random(noise), else (0.5))"
    )


def test_a_number_that_stands_for_many_is_written_once():
    def step(self, p, x, h, *, t):
        return tanh(p.W @ x + p.U @ (0 * h + t)) + total(0 * h + 1.5)

    assert _text(step) == ["hₜ = tanh(W xₜ + U t) + sum(1.5)"]


def test_an_input_as_wide_as_the_state_is_the_input():
    def step(self, p, x, h):
        return tanh(p.W @ x) * match(p.V, x)

    assert _text(step) == ["hₜ = tanh(W xₜ) ⊙ V xₜ"]
    assert _text(step, options={"square": True}) == ["hₜ = tanh(W xₜ) ⊙ xₜ"]


WAYS = [{}, {"bias": False}, {"lowest": False}, {"square": True}, {"training": True}]


@pytest.mark.parametrize("name", cells.names())
def test_every_cell_has_an_equation_for_each_state(name):
    for way in WAYS:
        graph = trace(cells.find(name)(), **way)
        lines = equations(graph, TEXT)
        left = [line.partition(" = ")[0] for line in lines]
        assert len(left) == len(set(left))
        assert {f"{state}ₜ" for state in graph.states} <= set(left)
        assert len(equations(graph)) == len(lines)
