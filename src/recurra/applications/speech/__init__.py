"""Speech to text: each to each, with connectionist temporal classification."""

from recurra.applications.speech.recogniser import Sample, SpeechRecogniser
from recurra.applications.speech.recordings import Recordings, read_recordings
from recurra.applications.speech.scores import Scores
from recurra.applications.speech.sound import Sound, read_sound, sound_of
from recurra.applications.speech.streaming import SpeechStream
from recurra.applications.speech.transcript import Transcript, Word
from recurra.applications.speech.words import read_words

__all__ = [
    "Recordings",
    "Sample",
    "Scores",
    "Sound",
    "SpeechRecogniser",
    "SpeechStream",
    "Transcript",
    "Word",
    "read_recordings",
    "read_sound",
    "read_words",
    "sound_of",
]
