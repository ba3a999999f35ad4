"""Pass after pass: each holds every batch once, in an order of its own."""

from itertools import islice

from recurra.training import LengthBuckets, passes


def test_each_pass_is_one_of_the_batches_own() -> None:
    lengths = [*range(1, 25)]
    own = LengthBuckets(lengths, 4, seed=1)
    expected = [batch.tolist() for _ in range(3) for batch in own]
    count = len(own)
    found = [one.tolist() for one in islice(passes(LengthBuckets(lengths, 4, seed=1)), 3 * count)]
    assert found == expected
    for first in (0, count, 2 * count):
        assert sorted(n for one in found[first : first + count] for n in one) == [*range(24)]
