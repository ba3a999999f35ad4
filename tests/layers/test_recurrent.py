import copy
import pickle
from dataclasses import dataclass

import numpy as np
import pytest
import torch

from recurra import cells, use_kernel
from recurra.errors import CellError, OptionError, ShapeError
from recurra.language import Cell, Expression, Parameters, sigmoid, tanh
from recurra.layers import LSTM, Recurrent


@dataclass(frozen=True)
class Leaky(Cell):
    """Leaky integrator units with a learned rate for each."""

    states = ("h",)

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Move towards the new value as fast as each unit may."""
        rate = sigmoid(p.rate)
        return (1 - rate) * h + rate * tanh(p.W @ x + p.U @ h + p.b)


@pytest.fixture(autouse=True)
def _same_numbers():
    torch.manual_seed(3)


@pytest.mark.parametrize("value", [0, -1, 2.0, "3", True, None])
@pytest.mark.parametrize("name", ["input_size", "hidden_size", "num_layers"])
def test_a_size_that_is_no_positive_whole_number_is_refused(name, value):
    sizes = {"input_size": 2, "hidden_size": 3, "num_layers": 1} | {name: value}
    with pytest.raises(OptionError) as caught:
        Recurrent("lstm", **sizes)
    assert caught.value.given == f"{name}={value!r}"
    assert caught.value.expected == "a whole number of at least 1"


def test_a_size_within_a_sequence_is_checked_too():
    with pytest.raises(OptionError, match="hidden_size=0"):
        Recurrent("lstm", 1, (5, 0))


@pytest.mark.parametrize(("sizes", "num_layers"), [((), 1), ((5, 6), 3), ((5,), 2)])
def test_as_many_layers_as_sizes_or_none_said(sizes, num_layers):
    with pytest.raises(OptionError) as caught:
        Recurrent("lstm", 1, sizes, num_layers)
    assert caught.value.given == f"hidden_size={sizes} with num_layers={num_layers}"


@pytest.mark.parametrize("dropout", [-0.1, 1, 1.5, float("nan"), "0.5", None, True])
def test_a_dropout_that_is_no_share_is_refused(dropout):
    with pytest.raises(OptionError, match="dropout=") as caught:
        Recurrent("lstm", 1, 5, 2, dropout=dropout)
    assert repr(dropout) in caught.value.given


def test_a_cell_that_is_none_is_refused():
    with pytest.raises(CellError, match="did you mean 'lstm'"):
        Recurrent("ltsm", 1, 5)
    with pytest.raises(CellError, match=r"write LSTM\(\)"):
        Recurrent(cells.LSTM, 1, 5)
    with pytest.raises(CellError, match="cell=None"):
        Recurrent(None, 1, 5)


def test_numpy_numbers_are_numbers():
    layer = Recurrent("lstm", np.int64(2), np.int32(3), np.int64(2), dropout=np.float64(0.5))
    assert (layer.input_size, layer.hidden_sizes) == (2, (3, 3))


def test_a_cell_of_ones_own_file_runs_like_any_other():
    layer = Recurrent(Leaky(), 2, 3, 2, bidirectional=True, dtype=torch.float64)
    x = torch.randn(7, 2, 2, dtype=torch.float64)
    output, state = layer(x)
    assert (output.shape, state.shape) == ((7, 2, 6), (4, 2, 3))
    p = {n: v.detach().numpy() for n, v in layer.layers[0].forwards.named_parameters()}
    rate, h = 1 / (1 + np.exp(-p["rate"])), np.zeros((2, 3))
    for row in x.numpy():
        h = (1 - rate) * h + rate * np.tanh(row @ p["W"].T + h @ p["U"].T + p["b"])
    np.testing.assert_allclose(state[0].detach().numpy(), h, rtol=1e-12)


def test_each_layer_may_have_its_own_width():
    layer = Recurrent("lstm", 1, (50, 100))
    assert (layer.num_layers, layer.output_size, layer.layer_input_sizes) == (2, 100, (1, 50))
    output, (h, c) = layer(torch.randn(4, 2, 1))
    assert output.shape == (4, 2, 100)
    assert [part.shape for part in h] == [part.shape for part in c] == [(2, 50), (2, 100)]
    with_head = [*layer.parameters(), *torch.nn.Linear(100, 1).parameters()]
    assert sum(parameter.numel() for parameter in with_head) == 70_901


def test_two_directions_double_what_the_next_layer_sees():
    layer = Recurrent("gru", 3, (4, 5), bidirectional=True)
    assert layer.layer_input_sizes == (3, 8)
    assert layer.output_size == 10
    assert layer.layers[1].backwards.W_r.shape == (5, 8)
    output, state = layer(torch.randn(2, 1, 3))
    assert output.shape == (2, 1, 10)
    assert [part.shape for part in state] == [(1, 4)] * 2 + [(1, 5)] * 2


def test_stacked_layers_are_layers_one_after_another():
    stack = Recurrent("gru", 2, (3, 4))
    x, singles = torch.randn(5, 2, 2), [Recurrent("gru", 2, 3), Recurrent("gru", 3, 4)]
    for single, layer in zip(singles, stack.layers, strict=True):
        single.layers[0].load_state_dict(layer.state_dict())
    below, _ = singles[0](x)
    torch.testing.assert_close(stack(x)[0], singles[1](below)[0])


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("hidden_size", [4, (4, 5)])
def test_an_unbatched_sequence_is_a_batch_of_one(cell, hidden_size):
    layer = Recurrent(cell, 2, hidden_size, bidirectional=True)
    x = torch.randn(6, 2)
    alone, state = layer(x)
    batch, batched = layer(x.unsqueeze(1))
    assert torch.equal(alone, batch.squeeze(1))
    again, _ = layer(x, state)
    wanted, _ = layer(x.unsqueeze(1), batched)
    assert torch.equal(again, wanted.squeeze(1))


def test_an_unbatched_sequence_is_time_first_even_with_batch_first():
    layer = Recurrent("gru", 2, 4, batch_first=True)
    x = torch.randn(6, 2)
    assert torch.equal(layer(x)[0], layer(x.unsqueeze(0))[0].squeeze(0))


@pytest.mark.parametrize("hidden_size", [4, (4, 5)])
def test_batch_first_moves_the_batch_of_the_sequences_alone(hidden_size):
    first = Recurrent("lstm", 2, hidden_size, batch_first=True)
    second = Recurrent("lstm", 2, hidden_size)
    second.load_state_dict(first.state_dict())
    x = torch.randn(3, 6, 2)
    output, state = first(x)
    wanted, wanted_state = second(x.transpose(0, 1))
    assert output.shape == (3, 6, second.output_size)
    assert torch.equal(output, wanted.transpose(0, 1))
    for found, right in zip(state, wanted_state, strict=True):
        assert all(map(torch.equal, found, right))


@pytest.mark.parametrize("cell", cells.names())
@pytest.mark.parametrize("hidden_size", [(4,), (4, 4), (4, 5)])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_state_goes_in_as_it_came_out(cell, hidden_size, bidirectional):
    if "below" in cells.find(cell)().inputs and len(set(hidden_size)) > 1:
        pytest.skip("its layers see each other unit by unit and must be of one size")
    layer = Recurrent(cell, 2, hidden_size, bidirectional=bidirectional)
    x = torch.randn(1, 3, 2)
    _, state = layer(x)
    output, _ = layer(x, state)
    assert not torch.equal(output, layer(x)[0])
    if not bidirectional:
        torch.testing.assert_close(output, layer(torch.cat([x, x]))[0][1:])


def test_a_state_of_zeros_is_no_state():
    layer, x = Recurrent("lstm", 2, (4, 5)), torch.randn(3, 2, 2)
    zeros = (torch.zeros(2, 4), torch.zeros(2, 5))
    assert torch.equal(layer(x, (zeros, zeros))[0], layer(x)[0])


def _dropped(output):
    return (output == 0).float().mean().item()


def test_dropout_acts_between_layers_and_only_in_training():
    layer = Recurrent("lstm", 2, (20, 8), dropout=0.4)
    x = torch.randn(9, 4, 2)
    output, _ = layer(x)
    again, _ = layer(x)
    assert not torch.equal(output, again)
    assert _dropped(output) == 0
    layer.eval()
    assert torch.equal(layer(x)[0], layer(x)[0])
    undropped = Recurrent("lstm", 2, (20, 8))
    undropped.load_state_dict(layer.state_dict())
    assert torch.equal(layer(x)[0], undropped(x)[0])


def test_dropout_zeroes_its_share_of_a_layers_outputs_and_scales_the_rest():
    layer = Recurrent(Passing(), 1, (300, 300), dropout=0.4, bias=False)
    with torch.no_grad():
        layer.layers[0].forwards.W.fill_(1.0)
        layer.layers[1].forwards.W.copy_(torch.eye(300))
    output, _ = layer(torch.ones(50, 4, 1))
    assert _dropped(output) == pytest.approx(0.4, abs=0.01)
    torch.testing.assert_close(output[output != 0].unique(), torch.tensor([1 / 0.6]))


class Passing(Cell):
    states = ("h",)

    def step(self, p, x, h):
        return p.W @ x


def test_dropout_never_acts_on_the_last_layer():
    layer = Recurrent("lstm", 2, 8, 1, dropout=0.9)
    x = torch.randn(5, 3, 2)
    assert torch.equal(layer(x)[0], layer(x)[0])


@pytest.mark.parametrize(
    "shape", [(), (3,), (5, 3, 2, 2), (5, 3, 1), (5, 3), (0, 3, 2), (5, 0, 2), (0, 2)]
)
def test_an_input_of_another_shape_is_refused_in_words(shape):
    with pytest.raises(ShapeError) as caught:
        Recurrent("lstm", 2, 4)(torch.zeros(shape))
    assert caught.value.given == f"an input of shape {shape}"
    assert caught.value.expected.startswith("(T, B, I), or (T, I)")
    assert "I = 2" in caught.value.expected


def test_the_expected_order_is_said_for_batch_first():
    with pytest.raises(ShapeError) as caught:
        Recurrent("lstm", 2, 4, batch_first=True)(torch.zeros(5, 3, 1))
    assert caught.value.expected.startswith("(B, T, I)")


def test_the_names_of_saved_weights_are_stable():
    layer = Recurrent("lstm", 1, (2, 3), bidirectional=True)
    families = [f"{family}_{gate}" for gate in "ifgo" for family in ("W", "U", "b")]
    assert list(layer.state_dict()) == [
        f"layers.{number}.{direction}.{name}"
        for number in (0, 1)
        for direction in ("forwards", "backwards")
        for name in families
    ]
    assert layer.state_dict()["layers.1.backwards.W_i"].shape == (3, 4)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
@pytest.mark.parametrize("cell", [*cells.names(), Leaky()], ids=str)
def test_a_copy_is_the_same_and_its_own(cell, duplicate):
    layer, x = Recurrent(cell, 2, (4, 4)), torch.randn(5, 2, 2)
    before, _ = layer(x)
    again = duplicate(layer)
    assert torch.equal(again(x)[0], before)
    assert again.graph(1) is layer.graph(1)
    with torch.no_grad():
        next(again.parameters()).add_(1)
    assert torch.equal(layer(x)[0], before)


def test_parameters_lie_where_and_as_they_are_asked_for():
    layer = Recurrent("gru", 2, 3, device="meta", dtype=torch.float64)
    assert {(p.device.type, p.dtype) for p in layer.parameters()} == {("meta", torch.float64)}


def test_it_prints_what_it_was_made_of():
    layer = Recurrent("lstm", 1, (50, 100), bidirectional=True, batch_first=True)
    assert repr(layer).startswith("Recurrent(\n  lstm, 1, (50, 100), bidirectional, batch_first")


def test_an_input_of_another_type_is_refused_in_words() -> None:
    with pytest.raises(ShapeError, match=r"torch.float64.*\n.*torch.float32"):
        Recurrent("gru", 3, 5)(torch.zeros(4, 2, 3, dtype=torch.float64))


def test_layers_of_half_precision_start_orthogonal_too() -> None:
    weights = Recurrent("elman", 3, 8, dtype=torch.bfloat16).layers[0].forwards
    product = (weights.U.T @ weights.U).float()
    torch.testing.assert_close(product, torch.eye(8), atol=0.03, rtol=0)


@pytest.mark.parametrize("way", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_a_layer_that_has_run_can_be_copied(way):
    layer, x = Recurrent("lstm", 2, 3), torch.randn(4, 2, 2)
    wanted = layer(x)[0]
    assert torch.equal(way(layer)(x)[0], wanted)


def test_a_parametrized_layer_that_has_run_can_be_copied():
    layer, x = LSTM(2, 3), torch.randn(4, 2, 2)
    torch.nn.utils.parametrizations.weight_norm(layer, "weight_hh_l0")
    wanted = layer(x)[0]
    assert torch.equal(copy.deepcopy(layer)(x)[0], wanted)


def test_many_layers_are_made_in_time_that_grows_with_their_number():
    # Each asked the one beneath it twice, so that each layer doubled the time.
    layer = Recurrent("lstm", 2, [3] * 40, bidirectional=True)
    assert layer.layer_input_sizes == (2, *[6] * 39)


def test_a_weight_may_be_computed_from_others_before_the_first_call():
    layer = Recurrent("lstm", 2, 3)
    own = layer.layers[0].get_submodule("forwards")
    torch.nn.utils.parametrizations.orthogonal(own, "U_i")
    x = torch.randn(4, 2, 2)
    found = layer(x)[0]
    with use_kernel("reference"):
        torch.testing.assert_close(found, layer(x)[0])
    found.sum().backward()
    assert own.parametrizations.U_i.original.grad is not None
