"""The grid is found from when notes begin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.music.midi_file import Note
from recurra.applications.music.quantising import ENOUGH, GRIDS, TOLERANCE, grid_of, quantised


@pytest.mark.parametrize("steps", GRIDS)
def test_the_coarsest_grid_that_fits_is_found_whatever_the_jitter(steps: int) -> None:
    chance = np.random.default_rng(0)
    places = np.arange(400) % (4 * steps)
    begins = places / steps + chance.uniform(-0.9, 0.9, 400) * TOLERANCE
    found = grid_of(np.abs(begins))
    assert found.steps == steps
    assert found.share == 1
    assert "the coarsest on which 100.0% of the notes begin" in found.note(wished=False)


def test_a_few_notes_off_the_grid_do_not_make_it_finer() -> None:
    begins = np.array([*range(199), 0.43])
    found = grid_of(begins)
    assert (found.steps, found.share) == (1, 0.995)


def test_notes_on_no_grid_are_moved_to_sixteenths_and_that_is_said() -> None:
    found = grid_of(np.random.default_rng(0).uniform(0, 100, 2000))
    assert found.steps == 4
    assert found.share < ENOUGH
    assert "on no grid" in found.note(wished=False)
    assert "on no grid" not in found.note(wished=True)
    # Evenly spread between two steps an eighth apart from the middle: a sixteenth on average.
    assert found.moved == pytest.approx(1 / 16, rel=0.1)


@given(
    st.lists(
        st.tuples(st.floats(0, 40), st.floats(0, 5), st.integers(0, 87)), min_size=1, max_size=20
    ),
    st.sampled_from(GRIDS),
)
def test_each_note_sounds_at_its_nearest_steps(some, steps) -> None:
    notes = [Note(begin, begin + lasts, key) for begin, lasts, key in some]
    roll = quantised(notes, steps)
    first = round(min(note.begin for note in notes) * steps)
    for note in notes:
        at = round(note.begin * steps) - first
        assert roll[at : max(at + 1, round(note.end * steps) - first), note.key].all()
    assert roll[0].any()
    assert roll[-1].any()
    assert roll.sum() <= sum(max(1, (n.end - n.begin) * steps + 1) for n in notes)
