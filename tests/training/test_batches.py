import pytest
import torch

from recurra.training import batches as module
from recurra.training.batches import ShuffledBatches, batches, sizes
from recurra.training.examples import TensorExamples

COUNT = 23


class Asked(TensorExamples):
    """Examples that remember how many were asked for at once."""

    def __init__(self) -> None:
        super().__init__(torch.arange(COUNT * 2.0).reshape(COUNT, 2), torch.arange(COUNT))
        object.__setattr__(self, "counts", [])

    def __getitem__(self, index):
        self.counts.append(len(index))
        return super().__getitem__(index)


@pytest.mark.parametrize("together", [1, 2, 3, 100])
@pytest.mark.parametrize("batch_size", [1, 5, 23, 40])
def test_batches_are_the_same_however_many_are_gathered_at_once(monkeypatch, together, batch_size):
    examples = Asked()
    assert examples.bytes_each == 16
    monkeypatch.setattr(module, "AT_ONCE", 16 * batch_size * together)
    index = torch.randperm(COUNT)
    found = list(batches(examples, index, batch_size))
    expected = torch.split(index, batch_size)
    assert len(found) == len(expected)
    for (x, y), rows in zip(found, expected, strict=True):
        assert torch.equal(x, examples.x[rows])
        assert torch.equal(y, examples.y[rows])
    assert max(examples.counts) == min(COUNT, together * batch_size)


def test_an_example_larger_than_what_is_gathered_at_once_comes_alone(monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 1)
    examples = Asked()
    list(batches(examples, torch.arange(4), 1))
    assert examples.counts == [1, 1, 1, 1]


def test_examples_of_no_size_can_be_gathered():
    examples = TensorExamples(torch.zeros(3, 0), torch.zeros(3, 0))
    assert [len(x) for x, _ in batches(examples, torch.arange(3), 2)] == [2, 1]


@pytest.mark.parametrize(("limit", "steps"), [(None, 5), (2, 2), (9, 5)])
def test_sizes_are_those_of_the_batches_that_are_drawn(limit, steps):
    order = ShuffledBatches(COUNT, 5, limit, torch.Generator())
    index = order.draw()
    assert len(order) == steps
    assert sizes(len(index), 5) == [len(part) for part in torch.split(index, 5)]
    assert len(set(index.tolist())) == len(index)
