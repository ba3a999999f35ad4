import re

import pytest

from recurra.language.notation import LATEX, TEXT
from recurra.language.primitives import PRIMITIVES


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("W", "W"),
        ("b_i", "b_{i}"),
        ("W_gx", "W_{gx}"),
        ("b_Un", "b_{Un}"),
        ("gain_forget", r"\mathrm{gain}_{\mathrm{forget}}"),
        ("zeta", r"\mathrm{zeta}"),
        ("W2", "W2"),
        ("W_a_b", r"W_{\mathrm{a\_b}}"),
    ],
)
def test_what_follows_the_first_underscore_is_a_parameters_subscript(name, latex):
    assert LATEX.name(name) == latex
    assert TEXT.name(name) == name


@pytest.mark.parametrize(
    ("name", "role", "latex", "text"),
    [
        ("x", "input", "x_t", "xₜ"),
        ("x_1", "input", "x_{t-1}", "xₜ₋₁"),
        ("x_20", "input", "x_{t-20}", "xₜ₋₂₀"),
        ("h", "state", "h_{t-1}", "hₜ₋₁"),
        ("last", "state", r"\mathrm{last}_{t-1}", "lastₜ₋₁"),
        ("t", "input", "t", "t"),
        ("dt", "input", r"\Delta_t", "Δₜ"),
        ("missing", "input", r"\mathrm{missing}_t", "missingₜ"),
        ("below.c", "input", r"c^{\mathrm{below}}_t", "cₜ[below]"),
    ],
)
def test_inputs_and_states_go_by_their_time(name, role, latex, text):
    assert (LATEX.leaf(name, role), TEXT.leaf(name, role)) == (latex, text)


def test_a_value_of_this_step_is_marked_so():
    assert (LATEX.now("h"), TEXT.now("h")) == ("h_t", "hₜ")
    assert (LATEX.now("last"), TEXT.now("last")) == (r"\mathrm{last}_t", "lastₜ")
    assert (LATEX.word_now("u"), TEXT.word_now("u")) == (r"\mathrm{u}_t", "uₜ")


def test_only_the_first_constants_are_written():
    for notation in (LATEX, TEXT):
        assert notation.values((1.0, 2.5)) == "(1, 2.5)"
        assert notation.values((1.0, 2.0, 3.0, 4.0)) == "(1, 2, 3, 4)"
        assert notation.values((1.0, 2.0, 3.0, 4.0, 5.0)) == "(1, 2, 3, 4, ...)"


def test_functions_go_by_their_names_and_sums_by_their_sign():
    assert LATEX.function("sum", "h_t") == r"\sum(h_t)"
    assert LATEX.function("triu_2", "U") == r"\mathrm{triu}_{2}(U)"
    assert TEXT.function("triu_2", "U") == "triu_2(U)"
    assert (LATEX.transposed("U"), TEXT.transposed("U")) == (r"U^{\top}", "Uᵀ")


def test_a_words_own_marks_are_no_commands():
    assert LATEX.word("hidden_decay") == r"\mathrm{hidden\_decay}"
    assert LATEX.word("hidden decay") == r"\text{hidden decay}"


@pytest.mark.parametrize("row", PRIMITIVES.values(), ids=PRIMITIVES)
def test_every_primitive_is_written_with_all_its_arguments_in_both(row):
    marks = [f"<{place}>" for place in range(row.arity)]
    for notation in (LATEX, TEXT):
        form = notation.form(row).format(*marks)
        assert all(form.count(mark) == 1 for mark in marks)
    assert form.isprintable()
    assert "\\" not in form
    latex = LATEX.form(row).format(*marks)
    assert latex.count("{") == latex.count("}")
    assert not re.search(r"[^\x20-\x7e]", latex)
