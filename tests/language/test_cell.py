from dataclasses import FrozenInstanceError, dataclass

import pytest

from recurra.language import Cell, tanh


@dataclass(frozen=True)
class Leaky(Cell):
    rate: float = 0.5

    states = ("h",)

    def step(self, p, x, h):
        return (1 - self.rate) * h + self.rate * tanh(p.W @ x + p.U @ h)


def test_a_cell_goes_by_the_name_of_its_class_or_of_a_file_that_is_called_alike():
    assert Leaky().name == "Leaky"
    assert type("TestCell", (Leaky,), {"__module__": "some.place.test_cell"})().name == "test_cell"


def test_cells_with_equal_fields_are_equal_and_hash_alike():
    assert Leaky(0.5) == Leaky()
    assert hash(Leaky(0.5)) == hash(Leaky())
    assert Leaky(0.1) != Leaky(0.2)


def test_a_cell_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        Leaky().rate = 0.1


def test_without_a_word_there_are_no_initial_values_and_no_check():
    assert dict(Leaky().initial) == {}
    assert Leaky().check is None
