"""Places in memory that is dealt out."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recurra.kernels.cpu.memory import ALIGNED, Place, Room

shapes = st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=3), min_size=1, max_size=6)


@given(shapes, st.sampled_from([4, 8]))
def test_places_are_aligned_and_apart_and_within_the_room(shapes, size):
    room = Room(3, size)
    places = [room.take(*shape) for shape in shapes]
    taken = set()
    for place, shape in zip(places, shapes, strict=True):
        own = range(place.offset, place.offset + int(np.prod(shape)) * size)
        assert place.base == 3
        assert place.offset % ALIGNED == 0
        assert taken.isdisjoint(own)
        taken |= {*own}
    assert max(taken) < room.bytes


@given(st.tuples(*[st.integers(1, 9)] * 3))
def test_steps_and_rows_lie_as_numpys_do(shape):
    place = Room(2, 8).take(*shape)
    assert (place.by_step * 8, place.by_row * 8) == np.empty(shape).strides[:2]
    rows = Room(2, 8).take(*shape[1:])
    assert (rows.by_step, rows.by_row) == (0, shape[2])
    assert Room(2, 8).take(shape[2]) == Place(2)


def test_a_place_that_is_moved_differs_in_where_it_starts_alone():
    assert Place(4, 8, 6, 3).moved(16) == Place(4, 24, 6, 3)
