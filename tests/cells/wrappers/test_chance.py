"""Chance in the regularisers: what it depends on, how often it strikes, what evaluation expects."""

import itertools

import pytest
import torch

from recurra.cells import (
    GRU,
    LSTM,
    LayerNorm,
    RecurrentDropout,
    VariationalDropout,
    Zoneout,
    find,
)
from recurra.errors import CellError, OptionError
from recurra.language import Cell, Parameters, either, tanh
from recurra.layers import Recurrent

INPUTS, UNITS, STEPS, ROWS = 3, 6, 8, 5
REGULARISED = {
    "zoneout": Zoneout(LSTM(), (0.3, 0.5)),
    "recurrent dropout": RecurrentDropout(LSTM(), 0.4),
    "variational dropout": VariationalDropout(GRU(), 0.4, 0.2),
    "all": Zoneout(VariationalDropout(RecurrentDropout(LayerNorm(LSTM())), 0.3), 0.2),
}
every = pytest.mark.parametrize("cell", REGULARISED.values(), ids=REGULARISED)


def _layer(cell, layers=2, **options):
    torch.manual_seed(0)
    layer = Recurrent(cell, INPUTS, UNITS, layers, dtype=torch.float64, **options)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.add_(torch.randn_like(parameter) / 4)
    return layer


def _input(*shape):
    return torch.randn(*(shape or (STEPS, ROWS, INPUTS)), dtype=torch.float64)


def _close(found, wanted):
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-12)


@every
def test_a_seed_decides_everything(cell):
    layer, x = _layer(cell), _input()
    assert torch.equal(layer(x, seed=7)[0], layer(x, seed=7)[0])
    assert not torch.equal(layer(x, seed=7)[0], layer(x, seed=8)[0])


@every
def test_without_a_seed_torchs_random_state_decides(cell):
    layer, x = _layer(cell), _input()
    torch.manual_seed(5)
    first, second = layer(x)[0], layer(x)[0]
    torch.manual_seed(5)
    assert torch.equal(layer(x)[0], first)
    assert not torch.equal(first, second)


@every
@pytest.mark.parametrize("cut", range(1, STEPS))
def test_a_split_sequence_meets_the_same_chances(cell, cut):
    layer, x = _layer(cell), _input()
    whole, _ = layer(x, seed=11)
    before, state = layer(x[:cut], seed=11)
    after, _ = layer(x[cut:], state, seed=11)
    _close(torch.cat([before, after]), whole)


@every
@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"dilation": 2}], ids=str)
def test_a_split_batch_meets_the_same_chances(cell, options):
    layer, x = _layer(cell, **options), _input()
    whole, _ = layer(x, seed=11)
    for rows in ([0, 1], [4, 2], [3]):
        part, _ = layer(x[:, rows], seed=11, rows=torch.tensor(rows))
        _close(part, whole[:, rows])
    again = torch.tensor([2, 2])
    _close(*layer(x[:, again], seed=11, rows=again)[0].unbind(1))


@every
def test_a_reset_row_meets_the_chances_of_a_sequence_of_its_own(cell):
    layer, x = _layer(cell, bidirectional=True), _input()
    reset = torch.zeros(STEPS, ROWS, dtype=torch.bool)
    reset[3] = True
    parted, _ = layer(x, reset=reset, seed=3)
    apart = [layer(part, seed=3)[0] for part in (x[:3], x[3:])]
    _close(parted, torch.cat(apart))


@every
def test_padding_does_not_change_the_chances(cell):
    layer, x = _layer(cell, bidirectional=True), _input()
    lengths = [8, 3, 0, 5, 8]
    padded, _ = layer(x, lengths=lengths, seed=3)
    for row, length in enumerate(lengths):
        if length:
            number = torch.tensor([row])
            alone, _ = layer(x[:length, row : row + 1], seed=3, rows=number)
            _close(padded[:length, row : row + 1], alone)


@every
def test_backward_meets_the_chances_of_forward(cell):
    layer, x = _layer(cell, layers=1), _input(3, 2, INPUTS).requires_grad_()

    def run(x, *_):
        return layer(x, seed=5)[0]

    assert torch.autograd.gradcheck(run, (x, *layer.parameters()), fast_mode=True)


@every
def test_evaluation_needs_no_chance_and_gives_the_same_again(cell):
    layer, x = _layer(cell).eval(), _input()
    state = torch.get_rng_state()
    assert torch.equal(layer(x)[0], layer(x, seed=9)[0])
    assert torch.equal(torch.get_rng_state(), state)


@every
def test_training_and_evaluation_carry_the_same_state(cell):
    layer, x = _layer(cell), _input()
    _, trained = layer(x)
    _, evaluated = layer.eval()(x, trained)
    assert [part.shape for part in evaluated] == [part.shape for part in trained]


class Mask(Cell):
    """Shows the numbers drawn: 1 where chance struck."""

    states = ("h",)
    chance = 0.3
    per = "step"

    def step(self, p: Parameters, x, h):
        struck = either(self.chance, 1.0, 0.0 * h, key="mask", per=self.per)
        return struck + 0.0 * tanh(p.W @ x)


class SequenceMask(Mask):
    per = "sequence"


def _masks(cell, steps, rows, units, seed=1, **options):
    layer = Recurrent(cell, 1, units, dtype=torch.float64, **options)
    return layer(torch.zeros(steps, rows, 1, dtype=torch.float64), seed=seed)[0]


def test_masks_have_the_mean_and_variance_of_their_chance_along_every_axis():
    masks = _masks(Mask(), 100, 60, 50)
    n, chance = masks.numel(), 0.3
    deviation = (chance * (1 - chance)) ** 0.5
    assert set(masks.unique().tolist()) == {0.0, 1.0}
    assert masks.mean().item() == pytest.approx(chance, abs=4 * deviation / n**0.5)
    assert masks.var().item() == pytest.approx(chance * (1 - chance), rel=0.02)
    for axis in range(3):
        kept = [other for other in range(3) if other != axis]
        means = masks.mean(kept)
        # The means along an axis scatter as those of independent draws do.
        expected = chance * (1 - chance) / (n / len(means))
        assert means.var().item() == pytest.approx(expected, rel=5 * (2 / len(means)) ** 0.5)


def test_masks_of_steps_rows_units_seeds_and_layers_are_independent():
    masks = _masks(Mask(), 100, 60, 50) - 0.3
    others = [
        masks.roll(1, 0),
        masks.roll(1, 1),
        masks.roll(1, 2),
        _masks(Mask(), 100, 60, 50, seed=2) - 0.3,
        _masks(Mask(), 100, 60, 50, reverse=True).flip(0) - 0.3,
    ]
    for other in others:
        correlation = (masks * other).mean() / (0.3 * 0.7)
        assert abs(correlation.item()) < 4 / masks.numel() ** 0.5


def test_a_mask_of_a_sequence_is_the_same_at_all_steps_and_another_for_each_row():
    masks = _masks(SequenceMask(), 5, 200, 50)
    assert all(torch.equal(step, masks[0]) for step in masks)
    assert masks[0].mean().item() == pytest.approx(0.3, abs=0.02)
    assert not torch.equal(masks[0, 0], masks[0, 1])


def test_float32_and_float64_draw_the_same():
    layer = Recurrent(Mask(), 1, 50)
    single = layer(torch.zeros(10, 4, 1), seed=1)[0]
    assert torch.equal(single.double(), _masks(Mask(), 10, 4, 50))


@pytest.mark.parametrize("rates", [(0.3, 0.0), (0.0, 0.6), (0.3, 0.6)])
def test_zoneout_keeps_as_many_units_as_its_rates_say(rates):
    layer = Recurrent(Zoneout(LSTM(), rates), 2, 20, dtype=torch.float64)
    x = torch.randn(1, 200, 2, dtype=torch.float64)
    before = [torch.randn(1, 200, 20, dtype=torch.float64) for _ in range(2)]
    step = torch.zeros(1, 200, 1, dtype=torch.int64)
    _, (h, c, t) = layer(x, (*before, step), seed=4)
    for rate, old, new in zip(rates, before, (h, c), strict=True):
        assert (old == new).double().mean().item() == pytest.approx(rate, abs=0.03)
    assert t.eq(1).all()


def test_zoneout_in_evaluation_moves_each_state_as_far_as_on_average():
    torch.manual_seed(0)
    plain = Recurrent("lstm", 2, 5, dtype=torch.float64)
    layer = Recurrent(Zoneout(LSTM(), (0.3, 0.6)), 2, 5, dtype=torch.float64).eval()
    layer.load_state_dict(plain.state_dict())
    x = torch.randn(1, 3, 2, dtype=torch.float64)
    before = [torch.randn(1, 3, 5, dtype=torch.float64) for _ in range(2)]
    _, after = plain(x, tuple(before))
    _, found = layer(x, (*before, torch.zeros(1, 3, 1, dtype=torch.int64)))
    for rate, old, new, state in zip((0.3, 0.6), before, after, found[:2], strict=True):
        _close(state, rate * old + (1 - rate) * new)


@pytest.mark.parametrize("cell", ["lstm", "gru", "lstm_peephole"])
def test_recurrent_dropout_leaves_the_candidate_out_and_scales_what_stays(cell):
    torch.manual_seed(0)
    inner = find(cell)()
    layer = Recurrent(RecurrentDropout(inner, 0.25), 2, 20)
    plain = Recurrent(inner, 2, 20)
    plain.load_state_dict(layer.state_dict())
    x = torch.randn(1, 200, 2)
    # From a state of zero all that is new comes from the candidate.
    new = layer(x, seed=2)[1][-2].flatten()
    content = plain(x)[1]
    content = (content[-1] if isinstance(content, tuple) else content).flatten()
    gone = new == 0
    assert gone.float().mean().item() == pytest.approx(0.25, abs=0.03)
    torch.testing.assert_close(new[~gone], content[~gone] / 0.75)


def test_variational_dropout_uses_one_mask_for_all_steps_and_gates():
    layer = Recurrent(VariationalDropout(LSTM(), 0.5), INPUTS, UNITS, dtype=torch.float64)
    plain = Recurrent("lstm", INPUTS, UNITS, dtype=torch.float64)
    x = _input(STEPS, 1, INPUTS)
    output, _ = layer(x, seed=6)
    # Some choice of masks, the same at all steps, gives what the layer gave.
    found = 0
    for kept in itertools.product((0.0, 2.0), repeat=INPUTS + UNITS):
        for name, parameter in plain.named_parameters():
            own = layer.get_parameter(name).detach()
            mask = torch.tensor(kept, dtype=torch.float64)
            if ".W_" in name:
                own = own * mask[:INPUTS]
            if ".U_" in name:
                own = own * mask[INPUTS:]
            parameter.data.copy_(own)
        found += bool(torch.allclose(plain(x)[0], output, rtol=1e-12, atol=1e-12))
    assert found == 1


@pytest.mark.parametrize("regulariser", [RecurrentDropout, VariationalDropout])
def test_dropout_in_evaluation_is_the_cell_itself(regulariser):
    layer = _layer(regulariser(LSTM(), 0.4)).eval()
    plain = Recurrent("lstm", INPUTS, UNITS, 2, dtype=torch.float64)
    plain.load_state_dict(layer.state_dict())
    x = _input()
    _close(layer(x)[0], plain(x)[0])


def test_the_mean_over_many_rows_is_what_evaluation_gives_for_a_linear_step():
    layer = Recurrent(RecurrentDropout(LSTM(), 0.4), 2, 3, dtype=torch.float64)
    x = torch.randn(1, 1, 2, dtype=torch.float64)
    many = layer(x.expand(1, 3000, 2), seed=1)[1][1][0]
    expected = layer.eval()(x)[1][1][0]
    spread = (many.std(0) / 3000**0.5).max().item()
    assert (many.mean(0) - expected).abs().max().item() < 4 * spread


@pytest.mark.parametrize(
    ("make", "given"),
    [
        (lambda: Zoneout("lstm"), "Zoneout('lstm', ...)"),
        (lambda: Zoneout(LSTM(), 1.0), "rate=1.0"),
        (lambda: Zoneout(LSTM(), (0.1, 0.2, 0.3)), "rate=(0.1, 0.2, 0.3) for the cell lstm"),
        (lambda: RecurrentDropout(LSTM(), -0.1), "rate=-0.1"),
        (lambda: VariationalDropout(LSTM(), 0.1, 1.5), "input_rate=1.5"),
        (lambda: LayerNorm(LSTM(), 0.0), "epsilon=0.0"),
        (lambda: Recurrent(RecurrentDropout(find("elman")()), 2, 3), "RecurrentDropout of elman"),
        (
            lambda: Recurrent(LayerNorm(RecurrentDropout(LSTM())), 2, 3),
            "whose candidate is not a function of a sum",
        ),
        (lambda: Recurrent(LayerNorm(find("slstm")()), 2, 3), "LayerNorm of slstm"),
        (lambda: Recurrent(Zoneout(Zoneout(LSTM())), 2, 3), "chance taken twice"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_use_is_refused_in_words(make, given):
    with pytest.raises(CellError) as caught:
        make()
    assert given in caught.value.given


@pytest.mark.parametrize(
    "options",
    [{"seed": -1}, {"seed": 2**64}, {"rows": torch.tensor([0.5])}, {"rows": torch.tensor([-1])}],
    ids=str,
)
def test_seeds_and_rows_out_of_range_are_refused(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        _layer(REGULARISED["zoneout"])(_input(2, 1, INPUTS), **options)
