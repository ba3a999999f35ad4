from dataclasses import FrozenInstanceError, dataclass

import pytest

from recurra.errors import CellError
from recurra.language import Cell, Filled, tanh


@dataclass(frozen=True)
class Leaky(Cell):
    rate: float = 0.5

    states = ("h",)

    def step(self, p, x, h):
        return (1 - self.rate) * h + self.rate * tanh(p.W @ x + p.U @ h)


def test_a_cell_goes_by_the_name_of_its_class_or_of_a_file_that_is_called_alike():
    assert Leaky().name == "Leaky"
    assert type("TestCell", (Leaky,), {"__module__": "some.place.test_cell"})().name == "test_cell"
    assert type("GRUD", (Leaky,), {"__module__": "cells.gru_d"})().name == "gru_d"


def test_cells_with_equal_fields_are_equal_and_hash_alike():
    assert Leaky(0.5) == Leaky()
    assert hash(Leaky(0.5)) == hash(Leaky())
    assert Leaky(0.1) != Leaky(0.2)


def test_a_cell_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        Leaky().rate = 0.1


def test_without_a_word_there_is_nothing_but_states():
    cell = Leaky()
    assert dict(cell.initial) == dict(cell.widths) == {}
    assert (cell.check, cell.year, cell.output, cell.inputs) == (None, None, "", ())


def test_what_was_not_declared_cannot_be_written_to():
    with pytest.raises(TypeError):
        Leaky().initial["b"] = Filled(1.0)
    with pytest.raises(TypeError):
        Leaky().widths["W"] = 3


def test_declarations_may_depend_on_options():
    class Narrow(Leaky):
        @property
        def widths(self):
            return {"h": int(10 * self.rate)}

    assert Narrow(0.3).widths == {"h": 3}


def test_a_cell_without_states_says_what_to_write():
    class Stateless(Cell):
        def step(self, p, x):
            return p.W @ x

    with pytest.raises(CellError, match="Stateless without states") as caught:
        _ = Stateless().states
    assert 'states = ("h",)' in caught.value.do


def test_what_a_step_asks_for_is_what_follows_the_star():
    class Asking(Leaky):
        def step(self, p, x, h, *, below, t, missing=None, dt=1):
            return h

    assert Asking().inputs == ("below", "t", "missing", "dt")


def test_a_step_that_asks_for_something_unknown_says_what_there_is():
    class Asking(Leaky):
        def step(self, p, x, h, *, time):
            return h

    with pytest.raises(CellError, match="step asks for 'time'") as caught:
        _ = Asking().inputs
    assert "t, dt, missing, below" in caught.value.expected
