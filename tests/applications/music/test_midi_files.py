"""MIDI files: what is written opens elsewhere, what is read is what was played."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from made_midi import Read, midi, off, on, one_note, tempo

from recurra.applications.music import Grid, to_midi
from recurra.applications.music.demo import GRID, pieces
from recurra.applications.music.midi_file import NEVER_BEGUN, UNENDED, Note, read_midi
from recurra.applications.music.quantising import GRIDS, quantised
from recurra.applications.music.roll import KEYS, LOWEST, held, of_notes
from recurra.errors import DataError

rolls = st.builds(
    lambda places, steps: torch.zeros(steps, KEYS, dtype=torch.uint8).index_put_(
        (torch.tensor([p % steps for p, _ in places]), torch.tensor([k for _, k in places])),
        torch.tensor(1, dtype=torch.uint8),
    ),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, KEYS - 1)), min_size=1, max_size=80),
    st.integers(1, 30),
)


@given(rolls, st.sampled_from(GRIDS), st.floats(20, 400))
def test_a_roll_is_played_note_by_note_as_a_reader_by_hand_finds(roll, steps, beat) -> None:
    found = Read(to_midi(roll, Grid(steps, beat)))
    step = found.division // steps
    assert step * steps == found.division
    assert found.notes == [(b * step, e * step, k + LOWEST) for b, e, k in held(roll)]
    assert found.end == len(roll) * step
    assert found.microseconds == pytest.approx(6e7 / beat, abs=0.51)


@given(rolls)
def test_a_roll_is_its_notes_and_no_note_touches_the_next_of_its_key(roll) -> None:
    notes = held(roll)
    assert torch.equal(of_notes(notes, len(roll)), roll)
    assert sum(end - begin for begin, end, _ in notes) == int(roll.sum())
    ends = {(end, key) for _, end, key in notes}
    assert not any((begin, key) in ends for begin, _, key in notes)


@given(rolls, st.sampled_from(GRIDS))
def test_what_is_written_is_read_again(roll, steps) -> None:
    tune = read_midi(to_midi(roll, Grid(steps, 90.0)))
    begun = int(roll.any(1).nonzero()[0])
    back = quantised(tune.notes, steps)
    assert torch.equal(back, roll[begun : begun + len(back)])
    assert not roll[begun + len(back) :].any()
    assert tune.tempo == pytest.approx(90.0, rel=1e-5)


def test_another_library_opens_it(tmp_path: Path) -> None:
    symusic = pytest.importorskip("symusic")
    (roll,) = pieces(1, seed=3)
    path = tmp_path / "a.mid"
    path.write_bytes(to_midi(roll, GRID))
    score = symusic.Score(str(path))
    step = score.ticks_per_quarter // GRID.steps
    (track,) = score.tracks
    found = sorted((n.time, n.time + n.duration, n.pitch) for n in track.notes)
    assert found == [(b * step, e * step, k + LOWEST) for b, e, k in held(roll)]
    assert score.tempos[0].qpm == pytest.approx(GRID.tempo, rel=1e-5)


def test_another_library_writes_what_is_read(tmp_path: Path) -> None:
    symusic = pytest.importorskip("symusic")
    score = symusic.Score(480)
    track = symusic.Track()
    for begin, length, pitch in ((0, 480, 60), (0, 960, 64), (480, 240, 62)):
        track.notes.append(symusic.Note(begin, length, pitch, 80))
    score.tracks.append(track)
    score.dump_midi(str(tmp_path / "b.mid"))
    tune = read_midi((tmp_path / "b.mid").read_bytes())
    wanted = [(0.0, 1.0, 60), (0.0, 2.0, 64), (1.0, 1.5, 62)]
    assert tune.notes == [Note(b, e, k - LOWEST) for b, e, k in wanted]


def test_tracks_and_channels_sound_together() -> None:
    first = [tempo(0, 400_000), on(0, 60), off(96, 60)]
    second = [on(48, 60, channel=3), on(0, 67, channel=3), off(48, 60, channel=3)]
    tune = read_midi(midi(first, [*second, off(96, 67, channel=3)]))
    wanted = [(0.0, 1.0, 60), (0.5, 1.0, 60), (0.5, 2.0, 67)]
    assert tune.notes == [Note(b, e, k - LOWEST) for b, e, k in wanted]
    assert (tune.tempo, tune.tempos) == (150.0, 1)
    assert not +tune.repairs


def test_a_tempo_that_changes_moves_no_step() -> None:
    track = [tempo(0, 500_000), on(0, 60), off(96, 60), tempo(0, 1_000_000), on(0, 62), off(96, 62)]
    tune = read_midi(midi(track))
    assert [note.begin for note in tune.notes] == [0.0, 1.0]
    # A quarter in half a second, another in a whole one.
    assert (tune.tempo, tune.tempos) == (80.0, 2)


def test_notes_without_an_end_or_a_beginning_are_repaired_and_counted() -> None:
    tune = read_midi(midi([off(0, 50), on(0, 60), on(96, 60), on(0, 62, velocity=0), on(96, 64)]))
    assert [(n.begin, n.end) for n in tune.notes] == [(0.0, 1.0), (1.0, 2.0), (2.0, 2.0)]
    assert +tune.repairs == {
        NEVER_BEGUN: 2,
        UNENDED: 3,
        **{k: 1 for k in tune.repairs if "length" in k},
    }
    assert len(quantised(tune.notes, 2)) == 5, "a note lasts a step at least"


def test_drums_and_notes_outside_of_a_piano_are_counted() -> None:
    tune = read_midi(midi([on(0, 36, channel=9), off(9, 36, channel=9), on(0, 120), off(9, 120)]))
    assert tune.notes == []
    assert sorted(tune.repairs[what] for what in +tune.repairs) == [1, 1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an empty file"),
        (b"\0" * 50, "an empty file"),
        (b"RIFF of something else", "no sound MIDI"),
        (one_note()[:-9], "no sound MIDI"),
        (midi([on(0, 60), off(96, 60)], kind=2), "type 2"),
        (midi([on(0, 60), off(96, 60)], division=0xE728), "frames of film"),
        (midi([on(0, 60), off(96, 60)], division=0), "frames of film"),
    ],
)
def test_what_is_no_midi_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_midi(content)


@given(st.binary(max_size=60), st.integers(0, 60))
def test_a_file_with_any_bytes_changed_is_read_or_refused_in_words(noise: bytes, at: int) -> None:
    whole = bytearray(one_note())
    whole[at : at + len(noise)] = noise
    try:
        tune = read_midi(bytes(whole))
    except DataError:
        return
    assert all(0 <= note.key < KEYS and note.end >= note.begin for note in tune.notes)


def test_a_piece_that_would_never_end_is_refused() -> None:
    tune = read_midi(midi([on(0, 60), off(2**27, 60)], division=96))
    with pytest.raises(DataError, match="at most 200,000"):
        quantised(tune.notes, 4)
