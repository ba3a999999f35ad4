import math
from typing import NamedTuple

import pytest
import torch
from torch import nn

from recurra.errors import OptionError, ShapeError, TrainingError
from recurra.layers import Recurrent
from recurra.layers.chrono import chrono_
from recurra.training import Adam, detached
from recurra.training.streams import StreamChunks
from recurra.training.truncated import evaluate_truncated, fit_truncated

MSE = nn.functional.mse_loss


class Answering(nn.Module):
    """A head on every step of a recurrent layer, whose state it hands through."""

    def __init__(self, cell, dtype=torch.float64, **options):
        super().__init__()
        self.recurrent = Recurrent(cell, 2, 5, batch_first=True, dtype=dtype, **options)
        self.head = nn.Linear(5, 1, dtype=dtype)

    def forward(self, x, state=None, *, lengths=None, reset=None):
        output, state = self.recurrent(x, state, lengths=lengths, reset=reset)
        return self.head(output), state


class Remembering(torch.optim.SGD):
    """Gradient descent that keeps the gradients of each step and changes nothing."""

    def __init__(self, params):
        super().__init__(params, lr=0.1)
        self.seen = []

    def step(self, closure=None):
        weights = self.param_groups[0]["params"]
        self.seen.append([weight.grad.clone() for weight in weights])


def stream(steps, seed=0):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(steps, 2, generator=generator, dtype=torch.float64)
    return x, x.cumsum(0)[:, :1].tanh()


def model(cell, **options):
    torch.manual_seed(0)
    return Answering(cell, **options)


@pytest.mark.parametrize("cell", ["lstm", "gru", "elman", "clockwork", "qrnn"])
@pytest.mark.parametrize("steps", [12, 50])
def test_a_chunk_as_long_as_the_stream_gives_the_full_gradient(cell, steps):
    one = model(cell)
    x, y = stream(24)
    optimizer = Remembering(one.parameters())
    fit_truncated(one, StreamChunks(x, y, rows=2, steps=steps), MSE, optimizer)
    (found,) = optimizer.seen
    answers, _ = one(torch.stack(x.split(12)))
    loss = MSE(answers, torch.stack(y.split(12)))
    expected = torch.autograd.grad(loss, list(one.parameters()))
    for a, b in zip(found, expected, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("cell", ["lstm", "gru", "elman", "clockwork", "qrnn"])
@pytest.mark.parametrize("steps", [1, 5, 24])
def test_with_carried_state_the_loss_is_that_of_the_unbroken_run(cell, steps):
    one = model(cell, num_layers=2)
    x, y = stream(23)
    with torch.no_grad():
        answers, _ = one(x.unsqueeze(0))
    expected = MSE(answers[0], y).item()
    found = evaluate_truncated(one, StreamChunks(x, y, rows=1, steps=steps), MSE)
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_chunk_has_the_gradient_that_goes_back_to_its_own_beginning_alone(cell):
    one = model(cell)
    x, y = stream(9)
    optimizer = Remembering(one.parameters())
    fit_truncated(one, StreamChunks(x, y, rows=1, steps=3), MSE, optimizer)
    assert len(optimizer.seen) == 3
    _, before = one(x[None, :3])
    answers, _ = one(x[None, 3:6], detached(before))
    expected = torch.autograd.grad(MSE(answers[0], y[3:6]), list(one.parameters()))
    for a, b in zip(optimizer.seen[1], expected, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-14)
    whole = torch.autograd.grad(MSE(one(x[None])[0][0, 3:6], y[3:6]), list(one.parameters()))
    assert max((a - b).abs().max() for a, b in zip(expected, whole, strict=True)) > 1e-6


def test_every_stream_starts_from_zero_wherever_it_lies():
    one = model("gru")
    streams = [stream(steps, seed) for seed, steps in enumerate((4, 7, 2, 5))]
    x, y = zip(*streams, strict=True)
    with torch.no_grad():
        errors = [((one(a[None])[0][0] - b) ** 2).sum() for a, b in streams]
    expected = sum(errors).item() / 18
    found = evaluate_truncated(one, StreamChunks(x, y, rows=1, steps=3), MSE)
    assert found == pytest.approx(expected, rel=1e-12)


def test_what_is_padded_has_no_part_in_the_loss():
    one = model("lstm")
    x, y = stream(11)
    rows = [slice(0, 4), slice(4, 8), slice(8, 11)]
    with torch.no_grad():
        errors = [((one(x[None, row])[0][0] - y[row]) ** 2).sum() for row in rows]
    found = evaluate_truncated(one, StreamChunks(x, y, rows=3, steps=3), MSE)
    assert found == pytest.approx(sum(errors).item() / 11, rel=1e-12)


def test_a_recurrent_layer_itself_can_be_trained_with_symbols_as_targets():
    torch.manual_seed(0)
    layer = Recurrent("gru", 2, 3, batch_first=True)
    x, y = torch.randn(20, 2), torch.randint(3, (20,))
    chunks = StreamChunks(x, y, rows=2, steps=5)
    optimizer = Adam(layer.parameters(), lr=0.05)
    history = fit_truncated(layer, chunks, nn.functional.cross_entropy, optimizer, epochs=30)
    assert history.history["loss"][-1] < 0.8 * history.history["loss"][0]


@pytest.mark.parametrize("carried", [True, False])
def test_what_lies_far_behind_a_chunk_is_used_if_the_state_is_carried_on(carried):
    # The sign that is given at a stream's first step is asked at its last, four chunks later.
    torch.manual_seed(1)
    signs = torch.randint(2, (32, 1)).float() * 2 - 1
    x, y = torch.zeros(32, 12, 2), torch.zeros(32, 12, 1)
    x[:, 0, :1], x[:, -1, 1], y[:, -1] = signs, 1.0, signs
    cut = 12 if carried else 3
    streams = [[part for one in whole for part in one.split(cut)] for whole in (x, y)]
    chunks = StreamChunks(*streams, rows=len(streams[0]), steps=3)
    one = Answering("gru", dtype=torch.float32)
    chrono_(one, 30)
    optimizer = Adam(one.parameters(), lr=0.02)
    history = fit_truncated(one, chunks, MSE, optimizer, epochs=200, clip_norm=1.0)
    # Without any memory 1/12: the answer 0 where the sign is asked.
    assert (history.history["loss"][-1] < 0.25 / 12) is carried


def test_it_tells_what_happened():
    one = model("elman")
    chunks = StreamChunks(*stream(12), rows=1, steps=4)
    optimizer = torch.optim.SGD(one.parameters(), lr=0.01)
    history = fit_truncated(one, chunks, MSE, optimizer, validation=chunks, epochs=3)
    assert history.epoch == [0, 1, 2]
    assert history.stopped == "finished"
    assert history.history["learning_rate"] == [0.01] * 3
    assert history.history["val_loss"][-1] == evaluate_truncated(one, chunks, MSE)
    assert history.seconds > 0
    assert one.training


def test_gradients_are_clipped_as_by_torch():
    one, seen = model("gru"), []

    class Watching(torch.optim.SGD):
        def step(self, closure=None):
            gradients = [weight.grad for weight in self.param_groups[0]["params"]]
            seen.append(torch.cat([one.flatten() for one in gradients]).norm().item())

    chunks = StreamChunks(*stream(12), rows=1, steps=4)
    fit_truncated(one, chunks, MSE, Watching(one.parameters(), lr=0.1), clip_norm=1e-3)
    assert seen == pytest.approx([1e-3] * 3, rel=1e-2)


@pytest.mark.parametrize("clip", [{}, {"clip_norm": 1e-2}, {"clip_value": 1e-3}])
def test_one_pass_optimizers_and_torchs_train_alike(clip):
    weights = []
    for kind in (Adam, torch.optim.Adam):
        one = model("lstm", dtype=torch.float32)
        x, y = stream(12)
        chunks = StreamChunks(x.float(), y.float(), rows=2, steps=3)
        fit_truncated(one, chunks, MSE, kind(one.parameters(), lr=1e-2), epochs=3, **clip)
        weights.append(nn.utils.parameters_to_vector(one.parameters()).detach())
    torch.testing.assert_close(weights[0], weights[1], rtol=1e-4, atol=1e-6)


def test_ctrl_c_ends_it_early():
    one = model("gru")
    chunks = StreamChunks(*stream(12), rows=1, steps=4)

    def interrupted(answers, y):
        raise KeyboardInterrupt

    history = fit_truncated(one, chunks, interrupted, torch.optim.SGD(one.parameters(), lr=0.1))
    assert history.interrupted
    assert one.training


class Pair(NamedTuple):
    h: torch.Tensor
    c: torch.Tensor


def test_a_state_of_any_nesting_is_cut_off():
    w = torch.ones(2, requires_grad=True)
    state = {"a": (w * 2, [w * 3, None]), "b": Pair(w * 4, w * 5), "c": 7}
    found = detached(state)
    assert isinstance(found["b"], Pair)
    assert found["c"] == 7
    assert found["a"][1][1] is None
    tensors = [found["a"][0], found["a"][1][0], *found["b"]]
    assert not any(one.requires_grad for one in tensors)
    assert [one[0].item() for one in tensors] == [2, 3, 4, 5]


class AnsweringOnce(nn.Module):
    """A model that answers after the last step alone."""

    def forward(self, x, state=None, *, lengths=None, reset=None):
        return torch.zeros(len(x), 1), None


def test_answers_of_another_shape_are_refused():
    chunks = StreamChunks(*stream(12), rows=4, steps=3)
    with pytest.raises(ShapeError, match="an answer at every step"):
        evaluate_truncated(AnsweringOnce(), chunks, MSE)


def test_a_loss_of_several_numbers_is_refused():
    one = model("gru")
    chunks = StreamChunks(*stream(12), rows=1, steps=4)
    with pytest.raises(ShapeError, match="one number"):
        evaluate_truncated(one, chunks, nn.MSELoss(reduction="none"))


@pytest.mark.parametrize("options", [{"epochs": 0}, {"clip_norm": 0.0}, {"clip_value": -1.0}])
def test_options_out_of_range_are_refused(options):
    one = model("gru")
    chunks = StreamChunks(*stream(12), rows=1, steps=4)
    optimizer = torch.optim.SGD(one.parameters(), lr=0.1)
    with pytest.raises(OptionError, match=next(iter(options))):
        fit_truncated(one, chunks, MSE, optimizer, **options)


def test_a_loss_that_is_no_number_ends_it():
    one = model("gru")
    x, y = stream(12)
    y[5] = math.nan
    optimizer = torch.optim.SGD(one.parameters(), lr=0.1)
    with pytest.raises(TrainingError, match="loss is nan after pass 1"):
        fit_truncated(one, StreamChunks(x, y, rows=1, steps=4), MSE, optimizer)
