"""What every task keeps to."""

from itertools import islice

import pytest
import torch

from recurra.errors import OptionError
from recurra.layers import Recurrent
from recurra.tasks import (
    Adding,
    Copying,
    Dyck,
    NoisySine,
    Parity,
    SequentialDigits,
    TemporalOrder,
)

TASKS = [
    Adding(12),
    Copying(5),
    TemporalOrder(12),
    TemporalOrder(12, symbols=3),
    Parity(7),
    SequentialDigits(),
    SequentialDigits(permutation=1),
    NoisySine(20, 10),
    Dyck(12),
]


@pytest.fixture(params=TASKS, ids=repr)
def task(request):
    if isinstance(request.param, SequentialDigits):
        pytest.importorskip("sklearn")
    return request.param


def same(first, second):
    return all(
        (a is None and b is None) or torch.equal(a, b) for a, b in zip(first, second, strict=True)
    )


def test_the_same_seed_gives_the_same_bits_and_batch_follows_batch(task):
    first, again, other = (list(islice(task.batches(4, seed), 3)) for seed in (7, 7, 8))
    assert all(same(a, b) for a, b in zip(first, again, strict=True))
    assert not same(first[0], other[0])
    assert not same(first[0], first[1])


def test_nothing_is_taken_from_torchs_own_random_state(task):
    before = torch.get_rng_state()
    next(task.batches(4))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("rows", [1, 5])
def test_shapes_are_as_stated_and_a_layer_can_learn_from_them(task, rows):
    x, y, lengths = next(task.batches(rows))
    assert x.shape == (rows, x.shape[1], task.input_size)
    assert x.dtype == torch.float32
    assert (y.dtype == torch.int64) is task.classes
    assert (lengths is not None) is task.has_lengths
    layer = Recurrent("gru", task.input_size, task.output_size, batch_first=True)
    output, h = layer(x, lengths=lengths)
    loss = task.loss(output if task.structure == "each to each" else h[-1], y)
    assert loss.shape == ()
    assert torch.isfinite(loss)
    loss.backward()
    assert any(weight.grad.abs().max() > 0 for weight in layer.parameters())


def test_something_must_be_remembered_for_as_many_steps_as_stated(task):
    x, _, lengths = next(task.batches(3))
    steps = x.shape[1] if lengths is None else int(lengths.max())
    assert 0 < task.memory < x.shape[1]
    assert task.memory <= steps
    assert task.baseline > 0


def test_held_out_examples_are_of_the_same_shape(task):
    held_out = task.held_out()
    assert next(held_out.batches(2)).x.shape == next(task.batches(2)).x.shape


@pytest.mark.parametrize("rows", [0, -1, 1.5])
def test_a_batch_of_nothing_is_refused_at_once(task, rows):
    with pytest.raises(OptionError, match="batch_size="):
        task.batches(rows)
    with pytest.raises(OptionError, match="batch_size="):
        task.draw(rows, torch.Generator())
