import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import DataError, OptionError
from recurra.training.streams import StreamChunks

STREAMS = st.lists(st.integers(1, 12), min_size=1, max_size=6)


def numbered(lengths):
    """Streams whose steps are numbered through, and the number of each one's first step."""
    tape = torch.arange(1.0, sum(lengths) + 1)
    streams = torch.split(tape, lengths)
    return streams, {int(one[0]) for one in streams}


@given(STREAMS, st.integers(1, 5), st.integers(1, 7))
def test_every_step_comes_once_with_its_target_in_order_and_marked_where_a_stream_begins(
    lengths, rows, steps
):
    streams, firsts = numbered(lengths)
    rows = min(rows, sum(lengths))
    chunks = StreamChunks(streams, [2 * one for one in streams], rows=rows, steps=steps)
    read = [[] for _ in range(rows)]
    marked = [[] for _ in range(rows)]
    found = list(chunks)
    assert len(found) == len(chunks)
    for x, y, reset, real in found:
        assert torch.equal(y, 2 * x)
        assert x.shape == reset.shape
        assert x.shape[1] <= steps
        for row, count in enumerate(real.tolist()):
            assert (x[row, count:] == 0).all()
            assert not reset[row, count:].any()
            read[row] += x[row, :count].int().tolist()
            marked[row] += x[row, :count][reset[row, :count]].int().tolist()
    # Row behind row they are the tape, and rows differ by a step at most.
    assert [step for row in read for step in row] == list(range(1, sum(lengths) + 1))
    assert max(map(len, read)) - min(map(len, read)) <= 1
    for row, marks in zip(read, marked, strict=True):
        assert marks == [step for step in row if step in firsts or step == row[0]]


def test_only_the_last_chunk_is_ragged():
    *whole, _ = StreamChunks(torch.arange(23.0), torch.arange(23.0), rows=3, steps=3)
    assert all(chunk.lengths.tolist() == [3, 3, 3] for chunk in whole)
    assert len(whole) == 2


def test_as_many_equal_streams_as_rows_lie_one_on_each():
    streams = torch.arange(12.0).reshape(3, 4).unbind()
    (chunk,) = StreamChunks(streams, streams, rows=3, steps=4)
    assert torch.equal(chunk.x, torch.stack(streams))
    assert chunk.reset.tolist() == [[True, False, False, False]] * 3


def test_steps_may_be_vectors_and_targets_symbols():
    x, y = torch.randn(10, 3), torch.arange(10)
    first, _ = StreamChunks(x, y, rows=2, steps=4)
    assert first.x.shape == (2, 4, 3)
    assert first.y.dtype == torch.int64
    assert torch.equal(first.x[1], x[5:9])
    assert torch.equal(first.y[1], y[5:9])


def test_each_pass_gives_the_same_chunks():
    chunks = StreamChunks(torch.arange(9.0), torch.arange(9.0), rows=2, steps=2)
    for first, second in zip(chunks, chunks, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("option", ["rows", "steps"])
def test_a_count_below_one_is_refused(option):
    with pytest.raises(OptionError, match=option):
        StreamChunks(torch.zeros(4), torch.zeros(4), **{"rows": 1, "steps": 1, option: 0})


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (torch.zeros(4), torch.zeros(3)),
        ([torch.zeros(4), torch.zeros(2)], [torch.zeros(4)]),
        ([torch.zeros(4), torch.zeros(0)], [torch.zeros(4), torch.zeros(0)]),
        ([], []),
        (torch.zeros(()), torch.zeros(())),
    ],
)
def test_streams_that_do_not_pair_up_are_refused(x, y):
    with pytest.raises(DataError, match="a target for each step"):
        StreamChunks(x, y, rows=1, steps=2)


def test_more_rows_than_steps_are_refused():
    with pytest.raises(DataError, match="rows=5 for 4 steps"):
        StreamChunks(torch.zeros(4), torch.zeros(4), rows=5, steps=1)
