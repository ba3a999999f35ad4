import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import DataLoader

from recurra.errors import DataError, OptionError, ShapeError
from recurra.training.buckets import LengthBuckets, padded

LENGTHS = st.lists(st.integers(0, 60), min_size=1, max_size=80)


@given(LENGTHS, st.integers(1, 9), st.floats(0, 0.9), st.integers(0, 3))
def test_every_sequence_comes_once_and_padding_stays_below_the_stated_share(
    lengths, batch_size, padding, seed
):
    buckets = LengthBuckets(lengths, batch_size, padding=padding, seed=seed)
    for _ in range(2):
        batches = list(buckets)
        assert len(batches) == len(buckets)
        assert sorted(place for batch in batches for place in batch.tolist()) == [
            *range(len(lengths))
        ]
        wasted = 0
        for batch in batches:
            found = [lengths[place] for place in batch.tolist()]
            assert 1 <= len(found) <= batch_size
            missing = sum(max(found) - one for one in found)
            assert missing <= padding * len(found) * max(found)
            wasted += missing
        steps = wasted + sum(lengths)
        assert buckets.share == pytest.approx(wasted / steps if steps else 0.0)


def test_batches_are_full_where_the_bound_allows():
    assert [len(b) for b in LengthBuckets([7] * 10, 4, padding=0.0)].count(4) == 2
    assert len(LengthBuckets(range(1, 101), 10, padding=0.9)) == 10
    assert len(LengthBuckets([1, 100], 2, padding=0.1)) == 2


def test_the_same_seed_gives_the_same_order_and_each_pass_another():
    lengths = torch.randint(1, 50, (200,), generator=torch.Generator().manual_seed(0))
    first, second, other = (LengthBuckets(lengths, 8, seed=seed) for seed in (1, 1, 2))
    passes = [torch.cat(list(buckets)) for buckets in (first, second, other, first)]
    assert torch.equal(passes[0], passes[1])
    assert not torch.equal(passes[0], passes[2])
    assert not torch.equal(passes[0], passes[3])


def test_little_is_padded_where_much_would_be():
    lengths = torch.randint(1, 200, (500,), generator=torch.Generator().manual_seed(0))
    unsorted = 1 - lengths.sum() / sum(len(p) * p.max() for p in lengths.split(32))
    assert unsorted > 0.4
    assert LengthBuckets(lengths, 32).share < 0.1


def test_it_serves_torchs_data_loader():
    sequences = [torch.full((n, 1), float(n)) for n in (5, 1, 4, 5, 2)]
    loader = DataLoader(
        range(5),
        batch_sampler=LengthBuckets([len(one) for one in sequences], 2, padding=0.3),
        collate_fn=lambda places: padded(sequences, torch.tensor(places)),
    )
    found = [lengths.tolist() for _, lengths in loader]
    assert sorted(length for batch in found for length in batch) == [1, 2, 4, 5, 5]


def test_padding_puts_zeros_behind_the_ends():
    sequences = [torch.ones(3, 2), torch.ones(1, 2), torch.ones(2, 2)]
    x, lengths = padded(sequences, torch.tensor([2, 0]))
    assert lengths.tolist() == [2, 3]
    assert x.shape == (2, 3, 2)
    assert x[0].tolist() == [[1, 1], [1, 1], [0, 0]]


def test_sequences_of_different_kinds_are_refused():
    with pytest.raises(ShapeError, match="one shape and type"):
        padded([torch.ones(3, 2), torch.ones(3, 1)], torch.tensor([0, 1]))


@pytest.mark.parametrize("lengths", [[], [1, -1], [1.5], [[1, 2]], [True]])
def test_lengths_that_are_none_are_refused(lengths):
    with pytest.raises(DataError, match="a whole number of at least 0"):
        LengthBuckets(lengths, 2)


@pytest.mark.parametrize(("options"), [{"batch_size": 0}, {"padding": 1.0}, {"padding": -0.1}])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(OptionError, match=next(iter(options))):
        LengthBuckets([1, 2], **{"batch_size": 2, **options})
