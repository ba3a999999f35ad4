"""Cells as they stand in the catalogue."""

import subprocess
import sys
from dataclasses import dataclass, fields

import pytest

from recurra import cells
from recurra.catalogue import Entry, Option, checked_against, entries, regularisers, start
from recurra.cells import GRU, LSTM, Clockwork, DepthGatedLSTM, GRUResetBefore, MinGRU, Zoneout
from recurra.language import (
    TEXT,
    Cell,
    Chrono,
    Filled,
    GlorotUniform,
    Identity,
    Normal,
    Orthogonal,
    SameAsCell,
    SameAsONNX,
    SameAsTorch,
    SameAsTorchrecurrent,
    Uniform,
    WorkedExample,
    tanh,
)

every_entry = pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.cell.name)


def test_every_cell_has_an_entry():
    assert [entry.cell.name for entry in entries()] == cells.names()


def test_the_lstm_is_what_everyone_knows():
    entry = Entry(LSTM())
    assert entry.gates == ("input", "forget", "candidate", "output")
    assert entry.formula == "4 HI + 4 HH + 4 H"
    assert (entry.products, entry.stages) == (1, 1)
    assert entry.equations(TEXT)[-1] == "hₜ = oₜ ⊙ tanh(cₜ)"


@pytest.mark.parametrize(
    ("cell", "products", "stages"), [(GRU(), 1, 1), (GRUResetBefore(), 2, 2), (MinGRU(), 0, 1)]
)
def test_products_that_wait_for_one_another_are_stages(cell, products, stages):
    assert (Entry(cell).products, Entry(cell).stages) == (products, stages)


@every_entry
def test_a_cell_says_where_it_is_from_and_what_each_option_is(entry):
    assert any(character.isdigit() for character in entry.citation)
    assert "Args:" not in entry.citation
    own = [field.name for field in fields(entry.cell)]
    assert [option.name for option in entry.options] == own
    assert all(option.value and option.meaning.endswith(".") for option in entry.options)


def test_options_have_the_values_of_the_cell():
    (option,) = Entry(Clockwork((1, 5))).options
    assert (option.name, option.value) == ("periods", "(1, 5)")
    assert "ascending order. The units" in option.meaning


def test_a_cell_without_a_docstring_says_nothing():
    @dataclass(frozen=True)
    class Bare(Cell):
        size: int = 3
        states = ("h",)

        def step(self, p, x, h):
            return tanh(p.W @ x + p.U @ h)

    assert Entry(Bare()).citation == ""
    assert Entry(Bare()).options == (Option("size", "3", ""),)


def test_layers_above_differ_only_where_a_cell_sees_the_one_below():
    assert Entry(LSTM()).equations_above(TEXT) == []
    above = Entry(DepthGatedLSTM()).equations_above(TEXT)
    assert any("[below]" in line for line in above)
    assert not any("[below]" in line for line in Entry(DepthGatedLSTM()).equations(TEXT))


def test_training_differs_only_where_chance_takes_part():
    assert Entry(LSTM()).equations_in_training(TEXT) == []
    assert any("random" in line for line in Entry(Zoneout(GRU())).equations_in_training(TEXT))


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (None, "nothing yet"),
        (SameAsTorch("GRU", (), (), (), ()), "torch.nn.GRU"),
        (
            SameAsTorch("RNN", (), (), (), (), options=(("nonlinearity", "relu"),)),
            "torch.nn.RNN with nonlinearity = relu",
        ),
        (SameAsTorchrecurrent("MGU", {}), "MGU of the library torchrecurrent"),
        (
            SameAsONNX("LSTM", (), (), (), attributes={"input_forget": 1}),
            "the operator LSTM of ONNX with input_forget = 1",
        ),
        (SameAsCell("gru"), "the cell gru"),
        (SameAsCell("gru", {"W": "V", "b": 0.0}), "the cell gru with b = 0.0"),
        (SameAsCell("gru", held={"v": 1.0}), "the cell gru where v = 1.0"),
        (
            WorkedExample({}, x=[[1.0], [2.0]], output=[[0.0], [0.0]]),
            "numbers worked by hand from the paper's equations, 2 steps",
        ),
    ],
)
def test_checks_are_said_in_words(check, said):
    assert checked_against(check) == said


@every_entry
def test_every_cell_of_the_package_is_checked_against_something(entry):
    assert checked_against(entry.cell.check) != "nothing yet"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Filled(1.0), "1"),
        (Uniform(-0.5, 2), "uniform from -0.5 to 2"),
        (Normal(0.1), "normal about 0 with standard deviation 0.1"),
        (GlorotUniform(), "Glorot-uniform"),
        (Orthogonal(), "orthogonal"),
        (Identity(), "the identity"),
        (Identity(0.5), "the identity times 0.5"),
        (Chrono(100), "ln(uniform from 1 to 99)"),
        (Chrono(100, -1.0), "-ln(uniform from 1 to 99)"),
    ],
)
def test_initial_values_are_said_in_words(rule, said):
    assert start(rule) == said


def test_regularisers_are_those_of_the_package_and_say_what_they_are():
    names = [one.name for one in regularisers()]
    assert names == ["LayerNorm", "RecurrentDropout", "VariationalDropout", "Zoneout"]
    for one in regularisers():
        assert "arXiv" in one.citation
        assert one.options
        assert all(option.value and option.meaning for option in one.options)
        assert one.suits(LSTM())
        assert type(one.example()) is one.kind


def test_a_regulariser_suits_what_has_what_it_needs():
    suits = {one.name: one.suits for one in regularisers()}
    elman = cells.Elman()
    assert suits["Zoneout"](elman)
    assert not suits["RecurrentDropout"](elman)
    assert not suits["LayerNorm"](Clockwork())


def test_the_catalogue_needs_no_torch():
    program = "import sys, recurra.catalogue as c; c.entries(); print('torch' in sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"
