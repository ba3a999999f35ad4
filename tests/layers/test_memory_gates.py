import pytest

from recurra import cells
from recurra.language import Cell, sigmoid, tanh, trace
from recurra.layers.memory_gates import memory_biases

KEEPS, REPLACES = 1.0, -1.0

# Read off the cells' papers by hand: which gate's bias, and does more of it keep more of the state?
BY_HAND = {
    "lstm": {"b_f": KEEPS, "b_i": REPLACES},  # c = f c + i g
    "lstm_peephole": {"b_f": KEEPS, "b_i": REPLACES},
    "lstm_np": {"b_f": KEEPS, "b_i": REPLACES},
    "lstm_nig": {"b_f": KEEPS},  # no input gate
    "lstm_coupled": {"b_i": REPLACES},  # f = 1 - i
    "lstm_cifg": {"b_i": REPLACES},
    "lstm_fgr": {"b_f": KEEPS, "b_i": REPLACES},
    "lstm_original": {},  # c = c + i g: nothing forgets
    "lstm_nfg": {},
    "depth_gated_lstm": {"b_f": KEEPS, "b_i": REPLACES},
    "multiplicative_lstm": {"b_f": KEEPS, "b_i": REPLACES},
    "slstm": {"b_f": KEEPS},  # its input gate is no sigmoid
    "janet": {"b_f": KEEPS},  # the input gate is made of the forget gate's sum
    "gru": {"b_z": KEEPS},  # h = z h + (1 - z) n
    "gru_reset_before": {"b_z": KEEPS},
    "gru_d": {"b_z": REPLACES},  # h = (1 - z) h + z n
    "mgu": {"b_f": REPLACES},  # h = (1 - f) h + f n
    "mingru": {"b_z": REPLACES},
    "minlstm": {"b_f": KEEPS, "b_i": REPLACES},  # h = f / (f + i) h + i / (f + i) n
    "mut1": {"b_z": REPLACES},
    "mut2": {"b_z": REPLACES},
    "mut3": {"b_z": REPLACES},
    "minimal_rnn": {"b_u": KEEPS},
    "star": {"b_k": REPLACES},  # h = tanh((1 - k) h + k z)
    "ugrnn": {"b_z": KEEPS},
    "fastgrnn": {"b_z": KEEPS},
    "qrnn": {"b_f": KEEPS},
    "sru": {"b_f": KEEPS},
    "ran": {"b_f": KEEPS, "b_i": REPLACES},
    "cfn": {"b_f": KEEPS, "b_i": REPLACES},  # h = f tanh(h) + i n
    "lem": {"b_i": REPLACES, "b_o": REPLACES},  # z = (1 - i) z + i n, y = (1 - o) y + o n
    "elman": {},
    "irnn": {},
    "indrnn": {},
    "antisymmetric": {},
    "clockwork": {},
    "cornn": {},
    "jordan": {},
    "scrn": {},
}


@pytest.mark.parametrize("name", BY_HAND)
def test_the_gates_found_are_those_that_the_papers_name(name):
    assert dict(memory_biases(cells.find(name)())) == BY_HAND[name]


@pytest.mark.parametrize("name", cells.names())
def test_every_cell_can_be_asked(name):
    cell = cells.find(name)()
    found = memory_biases(cell)
    assert set(found) <= set(trace(cell).parameters)
    assert set(found.values()) <= {1.0, -1.0}


def test_regularisers_leave_the_gates_what_they_are():
    lstm, gru = cells.find("lstm")(), cells.find("gru")()
    for cell in (cells.LayerNorm(lstm), cells.Zoneout(lstm, 0.1), cells.Projected(lstm, 2)):
        assert dict(memory_biases(cell)) == BY_HAND["lstm"]
    assert dict(memory_biases(cells.RecurrentDropout(gru, 0.1))) == BY_HAND["gru"]


def test_an_exponential_forget_gate_has_no_time_of_that_kind():
    assert not memory_biases(cells.find("slstm")(forget="exp"))


def test_a_cell_of_ones_own_needs_no_names():
    class Own(Cell):
        """A leaky cell whose gate is called nothing."""

        states = ("s",)

        def step(self, p, x, s):
            leak = sigmoid(p.A @ x + p.b_leak)
            return s - leak * (s - tanh(p.B @ x + p.C @ s + p.b_new))

    assert dict(memory_biases(Own())) == {"b_leak": REPLACES}
