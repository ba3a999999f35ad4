"""Memory that is used again."""

import gc
import threading

import pytest
import torch

from recurra import LSTM
from recurra.kernels.cpu import pool

SIZE = 300 * 1024


@pytest.fixture(autouse=True)
def _empty():
    pool._kept.clear()
    yield
    pool._kept.clear()


def test_what_a_tensor_leaves_behind_is_given_to_the_next_of_its_size():
    first = pool.memory(SIZE)
    place = first.data_ptr()
    del first
    gc.collect()
    assert pool.memory(SIZE).data_ptr() == place


def test_memory_in_use_is_never_given_twice():
    tensors = [pool.memory(SIZE) for _ in range(4)]
    view = tensors.pop()[10:20]
    gc.collect()
    more = [pool.memory(SIZE) for _ in range(4)]
    places = [t.data_ptr() for t in (*tensors, *more)]
    assert len({*places, view.data_ptr() - 10}) == 8


def test_it_starts_at_a_line_of_the_caches():
    assert all(pool.memory(SIZE + odd).data_ptr() % 64 == 0 for odd in (0, 1, 7, 63))


def test_no_more_than_the_largest_amount_is_kept(monkeypatch):
    monkeypatch.setattr(pool, "LARGEST", 3 * SIZE)
    tensors = [pool.memory(SIZE - n) for n in range(5)]
    tensors.clear()
    gc.collect()
    total = sum(size * len(there) for size, there in pool._kept.items())
    assert 0 < total <= 3 * SIZE


def test_small_and_very_large_tensors_are_torchs_own():
    for size in (10, pool.LARGEST + 1):
        before = dict(pool._kept)
        tensor = pool.memory(size)
        assert tensor.numel() == size
        del tensor
        assert dict(pool._kept) == before


def test_a_graph_that_is_kept_keeps_its_memory():
    layer, x = LSTM(40, 64), torch.randn(50, 8, 40)
    output = layer(x)[0]
    output.sum().backward(retain_graph=True)
    wanted = [p.grad.clone() for p in layer.parameters()]
    for _ in range(3):
        layer(torch.randn(50, 8, 40))[0].sum().backward()
    layer.zero_grad()
    output.sum().backward()
    for parameter, gradient in zip(layer.parameters(), wanted, strict=True):
        assert torch.equal(parameter.grad, gradient)


def test_a_thread_is_lent_the_same_memory_again_and_another_thread_other_memory():
    first = pool.lent(100)
    assert pool.lent(60).data_ptr() == first.data_ptr()
    assert len(pool.lent(5000)) >= 5000
    found = []
    other = threading.Thread(target=lambda: found.append(pool.lent(100)))
    other.start()
    other.join()
    assert found[0].data_ptr() != pool.lent(100).data_ptr()


def test_no_thread_keeps_more_than_it_may():
    pool.lent(100)
    large = pool.lent(pool._LENT + 1)
    assert len(large) == pool._LENT + 1
    assert pool.lent(100).data_ptr() != large.data_ptr()
