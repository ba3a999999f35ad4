"""Cells as plain data, and back."""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra import cells
from recurra.cells import (
    GRUD,
    LSTM,
    Clockwork,
    Elman,
    FastGRNN,
    LayerNorm,
    RecurrentDropout,
    VariationalDropout,
    Wrapper,
    Zoneout,
)
from recurra.description import describe, differences, own_cells, restore, written
from recurra.errors import CellError, OptionError
from recurra.language import Cell, relu, sigmoid, tanh


@dataclass(frozen=True)
class Mine(Cell):
    """A cell of one's own with options of all kinds."""

    leak: float = 0.5
    parts: tuple[int, ...] = (1, 2)
    squash: Any = tanh

    states = ("h",)

    def step(self, p, x, h):
        return self.leak * h + self.squash(p.W @ x + p.U @ h)


@dataclass(frozen=True)
class Renamed(Mine):
    pass


@dataclass(frozen=True)
class Halved(Wrapper):
    """A regulariser of one's own."""

    def step(self, p, x, *states, **inputs):
        return 0.5 * self.cell.step(p, x, *states, **inputs)


@dataclass(frozen=True)
class Upper(Cell):
    """Differs from another only in the layers above the lowest."""

    states = ("h",)
    factor: float = 2.0

    def step(self, p, x, h, *, below):
        seen = p.W @ x if below is None else self.factor * below.h
        return tanh(seen + p.U @ h)


def through_json(cell):
    return json.loads(json.dumps(describe(cell)))


def own_lstm():
    """A class that has the name of one of the package, in a file of that name."""
    return type("LSTM", (Mine,), {"__module__": "own.lstm"})()


PLAIN = [cells.find(name)() for name in cells.names()]
WITH_OPTIONS = [
    Elman("relu"),
    Clockwork(periods=(1, 3)),
    GRUD(mean=(0.5, 2.0)),
    FastGRNN(rank=3),
    Zoneout(LSTM(), (0.1, 0.5)),
    VariationalDropout(LSTM(), 0.2, 0.0),
    RecurrentDropout(LayerNorm(LSTM()), 0.3),
]


@pytest.mark.parametrize("cell", [*PLAIN, *WITH_OPTIONS], ids=lambda cell: cell.name)
def test_a_cell_of_the_package_is_made_again_of_its_name_and_options(cell):
    assert restore(through_json(cell)) == cell
    assert own_cells(describe(cell)) == []


@settings(deadline=None)
@given(
    st.recursive(
        st.sampled_from(PLAIN),
        lambda inner: st.one_of(
            st.builds(Zoneout, inner, st.floats(0, 0.99)),
            st.builds(
                VariationalDropout, inner, st.floats(0, 0.99), st.none() | st.floats(0, 0.99)
            ),
            st.builds(LayerNorm, inner, st.floats(1e-9, 1)),
        ),
        max_leaves=4,
    )
)
def test_cells_within_cells_are_made_again_to_the_last_bit(cell):
    assert restore(through_json(cell)) == cell


def test_a_cell_without_options_is_what_former_files_hold():
    assert describe(LSTM()) == {"cell": "lstm", "cell_options": {}}
    assert restore({"cell": "elman", "cell_options": {"activation": "relu"}}) == Elman("relu")


def test_of_an_own_cell_its_name_plain_options_and_equations_are_kept():
    assert through_json(Mine()) == {
        "cell": "Mine",
        "cell_options": {"leak": 0.5, "parts": [1, 2]},
        "equations": ["hₜ = 0.5 hₜ₋₁ + tanh(W xₜ + U hₜ₋₁)"],
    }


def test_own_cells_are_found_wherever_they_are():
    names = [[part["cell"] for part in own_cells(describe(cell))] for cell in (
        Zoneout(Mine()), Halved(Elman()), Zoneout(Halved(Mine())), Zoneout(LSTM()),
    )]  # fmt: skip
    assert names == [["Mine"], ["Halved"], ["Halved", "Mine"], []]


def test_a_class_with_the_name_of_a_cell_of_the_package_is_ones_own():
    assert own_lstm().name == "lstm"
    assert "equations" in describe(own_lstm())
    assert "equations" in describe(type("Zoneout", (Halved,), {})(Elman()))


def test_an_own_cell_is_never_made_again_of_its_description():
    for description in (describe(Mine()), describe(Zoneout(Mine()))):
        with pytest.raises(CellError, match="Mine"):
            restore(description)


def test_a_description_reads_as_one_would_write_the_cell():
    cell = Zoneout(Mine(0.25, (3,)), 0.1)
    assert written(through_json(cell)) == "Zoneout(cell=Mine(leak=0.25, parts=(3,)), rate=0.1)"


@pytest.mark.parametrize("cell", [Mine(), Zoneout(Mine()), Halved(Elman()), LSTM(), Upper()])
def test_the_same_cell_does_not_differ(cell):
    assert differences(through_json(cell), describe(cell)) == []


def test_what_an_own_class_is_called_is_no_difference():
    assert differences(describe(Zoneout(Mine())), describe(Zoneout(Renamed()))) == []


@pytest.mark.parametrize(
    ("kept", "given", "said"),
    [
        (
            Mine(),
            Mine(squash=sigmoid),
            [
                "in the file: hₜ = 0.5 hₜ₋₁ + tanh(W xₜ + U hₜ₋₁)",
                "given:       hₜ = 0.5 hₜ₋₁ + σ(W xₜ + U hₜ₋₁)",
            ],
        ),
        (
            Zoneout(Mine(parts=(1,))),
            Zoneout(Mine(parts=(1, 2))),
            ["parts=(1,) in the file, parts=(1, 2) given"],
        ),
        (
            Zoneout(Mine(), 0.1),
            Zoneout(Mine(), 0.2),
            ["rate=0.1 in the file, rate=0.2 given"],
        ),
        (
            Zoneout(Mine()),
            Mine(),
            [
                "in the file: Zoneout(cell=Mine(leak=0.5, parts=(1, 2)), rate=0.1)",
                "given:       Mine(leak=0.5, parts=(1, 2))",
            ],
        ),
        (LSTM(), Elman(), ["in the file: lstm()", "given:       elman(activation='tanh')"]),
    ],
)
def test_differences_are_named(kept, given, said):
    assert differences(through_json(kept), describe(given)) == said


def test_an_option_more_or_less_is_no_difference_where_the_equations_are_the_same():
    kept, given = describe(Mine()), describe(Mine())
    del kept["cell_options"]["parts"]
    assert differences(kept, given) == []
    assert differences(given, kept) == []


def test_an_equation_that_the_other_lacks_is_said_to_be_lacking():
    kept, given = (
        {"cell": "A", "cell_options": {}, "equations": lines}
        for lines in (["fₜ = 1", "hₜ = fₜ"], ["hₜ = fₜ", "gₜ = 2"])
    )
    assert differences(kept, given) == [
        "in the file: fₜ = 1",
        "given:       no such equation",
        "in the file: no such equation",
        "given:       gₜ = 2",
    ]


def test_a_difference_in_the_layers_above_is_found():
    kept, given = (dict(describe(Upper(factor))) for factor in (2.0, 3.0))
    kept["cell_options"] = given["cell_options"]
    assert [line.rpartition(" ")[2] for line in differences(kept, given)] != []
    assert any("3 hₜ[below]" in line for line in differences(kept, given))


def test_an_option_that_no_file_can_hold_is_refused_of_the_package_alone():
    with pytest.raises(OptionError, match="epsilon="):
        describe(replace(LayerNorm(LSTM()), epsilon=float("inf")))
    assert describe(Mine(leak=0.5, squash=relu))["cell_options"] == {"leak": 0.5, "parts": [1, 2]}
