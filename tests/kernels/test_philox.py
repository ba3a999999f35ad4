import zlib
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_tasks import stream

from recurra.kernels.philox import Stream, philox, uniform

WORD = 2**32 - 1
words = st.integers(0, WORD)


def _by_hand(counter, key):
    """Philox4x32-10 in whole numbers of any size (Salmon et al. 2011, figure 2 and section 3.3)."""
    c, k = list(counter), list(key)
    for _ in range(10):
        first, second = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
        c = [
            second // 2**32 ^ c[1] ^ k[0],
            second % 2**32,
            first // 2**32 ^ c[3] ^ k[1],
            first % 2**32,
        ]
        k = [(k[0] + 0x9E3779B9) % 2**32, (k[1] + 0xBB67AE85) % 2**32]
    return c


def _by_torch(counter, key):
    return [word.item() for word in philox(tuple(torch.tensor(c) for c in counter), key)]


# The known answers that come with the authors' Random123 library (kat_vectors).
KNOWN = [
    (
        "00000000 00000000 00000000 00000000",
        "00000000 00000000",
        "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    ),
    (
        "ffffffff ffffffff ffffffff ffffffff",
        "ffffffff ffffffff",
        "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ),
    (
        "243f6a88 85a308d3 13198a2e 03707344",
        "a4093822 299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


@pytest.mark.parametrize("generator", [_by_torch, _by_hand])
@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_the_known_answers_are_found(generator, counter, key, answer):
    counter, key, answer = (
        tuple(int(word, 16) for word in text.split()) for text in (counter, key, answer)
    )
    assert tuple(generator(counter, key)) == answer


@settings(deadline=None)
@given(st.tuples(words, words, words, words), st.tuples(words, words))
def test_any_answer_is_that_of_whole_numbers_of_any_size(counter, key):
    assert _by_torch(counter, key) == _by_hand(counter, key)


def test_a_number_is_that_of_its_counter():
    place = Stream(
        seed=2**63 + 12345, place=3, rows=torch.tensor([0, 7]), steps=torch.tensor([[2, 5], [3, 9]])
    )
    found = uniform(place, "key", 6, per="step", dtype=torch.float64)
    assert found.shape == (2, 2, 6)
    use = (zlib.crc32(b"key") + 0x9E3779B9 * 3) % 2**32
    key = (place.seed % 2**32, place.seed // 2**32)
    for t in range(2):
        for b in range(2):
            row, step = place.rows[b].item(), place.steps[t, b].item()
            drawn = [w for block in (0, 1) for w in _by_hand((block, step, row, use), key)]
            assert found[t, b].tolist() == [w // 2**8 / 2**24 for w in drawn[:6]]


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1, 2**32, 2**63, 2**64 - 1])
def test_every_seed_of_64_bits_may_be_given(seed):
    drawn = uniform(stream(2, 2, seed=seed), "key", 8, per="step", dtype=torch.float64)
    assert len(set(drawn.flatten().tolist())) == 32
    assert drawn.min() >= 0
    assert drawn.max() < 1


def _drawn(steps, rows, width=8, key="key", per="step", **place):
    return uniform(stream(steps, rows, **place), key, width, per=per, dtype=torch.float64)


@pytest.mark.parametrize("per", ["step", "sequence"])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_split_of_rows_and_steps_draws_the_same_numbers(per, data):
    whole = _drawn(9, 5, per=per)
    start, row = data.draw(st.integers(0, 8)), data.draw(st.integers(0, 4))
    steps, rows = data.draw(st.integers(1, 9 - start)), data.draw(st.integers(1, 5 - row))
    piece = _drawn(steps, rows, per=per, first_step=start, first_row=row)
    assert torch.equal(piece, whole[start : start + steps, row : row + rows])


def test_the_order_of_rows_and_their_own_steps_are_what_counts():
    whole = _drawn(6, 4)
    mixed = Stream(
        seed=11,
        place=0,
        rows=torch.tensor([3, 0, 3]),
        steps=torch.tensor([[5, 2, 0], [0, 3, 5]]),
    )
    found = uniform(mixed, "key", 8, per="step", dtype=torch.float64)
    for t in range(2):
        for b in range(3):
            assert torch.equal(found[t, b], whole[mixed.steps[t, b], mixed.rows[b]])


def test_wider_draws_begin_with_the_same_numbers():
    assert torch.equal(_drawn(3, 2, width=13)[..., :5], _drawn(3, 2, width=5))


def test_numbers_of_a_sequence_are_the_same_at_all_steps_and_at_none_of_the_others():
    once = _drawn(7, 3, per="sequence")
    assert once.shape == (7, 3, 8)
    assert (once == once[0]).all()
    assert torch.equal(once[:1], _drawn(1, 3, per="sequence", first_step=40))
    each = _drawn(7, 3)
    assert not (each == once).any()


@pytest.mark.parametrize("per", ["step", "sequence"])
def test_another_seed_place_key_row_or_step_draws_all_numbers_anew(per):
    base = _drawn(4, 3, per=per)
    others = [
        _drawn(4, 3, per=per, seed=12),
        _drawn(4, 3, per=per, seed=11 + 2**32),
        _drawn(4, 3, per=per, place=1),
        _drawn(4, 3, per=per, key="kez"),
        _drawn(4, 3, per=per, first_row=3),
    ]
    others += [_drawn(4, 3, first_step=4)] if per == "step" else []
    for other in others:
        assert not (other == base).any()


def test_the_types_share_their_leading_bits():
    exact = _drawn(5, 4, width=50)
    place = stream(5, 4)
    assert torch.equal(uniform(place, "key", 50, per="step", dtype=torch.float32).double(), exact)
    for dtype, bits in ((torch.float16, 11), (torch.bfloat16, 8)):
        found = uniform(place, "key", 50, per="step", dtype=dtype)
        assert found.dtype == dtype
        assert torch.equal(found.double(), (exact * 2**bits).floor() / 2**bits)


# 2**18 numbers; fixed seeds, so that what holds today holds always. The bounds are four times the
# standard deviation, or the 0.01 % point of the distribution.
MANY = {
    "units": _drawn(1, 1, width=2**18),
    "rows": _drawn(1, 2**18, width=1),
    "steps": _drawn(2**18, 1, width=1),
    "all": _drawn(64, 64, width=64),
    "another seed": _drawn(64, 64, width=64, seed=2**40),
    "sequence": uniform(stream(1, 2**12), "key", 64, per="sequence", dtype=torch.float64),
}
every_kind = pytest.mark.parametrize("drawn", MANY.values(), ids=MANY)


def _chi_square(cells, number):
    """How far the counts of equally likely cells are from what is expected."""
    counts, expected = np.bincount(cells, minlength=number), len(cells) / number
    return ((counts - expected) ** 2 / expected).sum()


@every_kind
def test_numbers_are_uniform(drawn):
    x = drawn.flatten().numpy()
    n = len(x)
    assert x.mean() == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / n))
    assert x.var() == pytest.approx(1 / 12, abs=4 * np.sqrt(1 / 180 / n))
    highest, lowest = (x * 256).astype(int), (x * 2**24).astype(int) % 16
    assert _chi_square(highest, 256) < 347.7
    assert _chi_square(lowest, 16) < 44.3


@every_kind
def test_neighbours_are_independent(drawn):
    x = drawn.flatten().numpy()
    n, centred = len(x), x - 0.5
    for lag in (1, 2, 3, 4, 5, 63, 64, 65, 4096):
        assert abs((centred[lag:] * centred[:-lag]).mean() * 12) < 4.5 / np.sqrt(n - lag)
    pairs = (x[::2] * 16).astype(int) * 16 + (x[1::2] * 16).astype(int)
    assert _chi_square(pairs, 256) < 347.7


CHANGES = {
    "seed": {"seed": 12},
    "high word of the seed": {"seed": 11 + 2**32},
    "place": {"place": 1},
    "place far away": {"place": 100},
    "key": {"key": "another"},
    "key with one letter changed": {"key": "kez"},
    "rows": {"first_row": 64},
    "steps": {"first_step": 64},
    "sequence": {"per": "sequence"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_draws_for_other_purposes_are_independent(change):
    one, other = (MANY["all"] - 0.5).numpy(), (_drawn(64, 64, width=64, **change) - 0.5).numpy()
    rows = 1 if change.get("per") == "sequence" else 64
    n = rows * 64 * 64
    assert abs((one[:rows] * other[:rows]).mean() * 12) < 4 / np.sqrt(n)


def test_a_stream_is_plain_data():
    assert replace(stream(2, 2), seed=5).seed == 5
