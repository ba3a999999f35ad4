"""Music: which keys sound next, given all that sounded, and how likely it is. Each to each."""

from recurra.applications.music.midi_file import to_midi
from recurra.applications.music.model import MusicModel
from recurra.applications.music.reading import Music, read_music, read_start
from recurra.applications.music.roll import Grid
from recurra.applications.music.scores import Likelihood

__all__ = ["Grid", "Likelihood", "Music", "MusicModel", "read_music", "read_start", "to_midi"]
