"""What a kernel report says of the cost of a step, against counts by hand."""

from dataclasses import dataclass

from recurra import Recurrent
from recurra.cells import LSTM, Elman, Zoneout
from recurra.kernels.cpu.cost import OPTIONS, Cost, cost, said
from recurra.language import Cell, schedule, sin, trace


def _cost(cell, **options):
    return cost(schedule(trace(cell, training=True)), **options)


def test_a_plain_network_has_two_matrices_and_one_function_and_keeps_one_number():
    found = _cost(Elman())
    assert (found.matrices, found.functions, found.kept, found.drawn) == (2, 1, 1, 0)
    # Forwards one loop; backwards one before the product with the gradient and one after it.
    assert found.loops == 3


def test_the_lstm_has_eight_matrices_five_functions_and_keeps_five_numbers():
    found = _cost(LSTM())
    assert (found.matrices, found.functions, found.kept) == (8, 5, 5)


def test_a_regulariser_adds_what_it_computes_and_draws():
    more = _cost(Zoneout(LSTM())) - _cost(LSTM())
    # Two states, drawn forwards and once more backwards.
    assert more.drawn == 4
    assert (more.matrices, more.functions, more.kept) == (0, 0, 0)
    assert more.operations > 0


def test_every_option_has_a_line_and_adds_something():
    order = schedule(trace(LSTM()))
    lines = said(order)
    assert lines[0].startswith("a step of training: 8 matrices, ")
    for option, written in OPTIONS.items():
        assert any(line.startswith(f"{written} adds ") for line in lines)
        assert (_cost(LSTM(), **{option: True}) - _cost(LSTM())).operations > 0


def test_nothing_is_said_of_what_is_not_there():
    assert str(Cost(0, 0, 0, 0, 0, 0)) == "nothing"
    assert str(Cost(1, 0, 2, 0, 0, 0)) == "1 matrix, 2 functions a unit"


def test_layers_of_one_cell_are_told_of_once():
    report = Recurrent("lstm", 3, (4, 5)).kernel_report().splitlines()
    assert [line for line in report if not line.startswith("  ")] == [report[0], report[6]]
    assert len(report) == 7


@dataclass(frozen=True)
class _Waves(Cell):
    states = ("h",)

    def step(self, p, x, h):
        return sin(p.W @ x + p.U @ h)


def test_a_cell_of_ones_own_is_told_of_too():
    assert "matrices" in Recurrent(_Waves(), 2, 3).kernel_report()
