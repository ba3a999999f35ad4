"""Translation: a sentence in, the same in another language out. Many to many, with attention."""

from recurra.applications.translate.reading import Pairs, read_lines, read_pairs
from recurra.applications.translate.scores import Scores
from recurra.applications.translate.seen import Seen
from recurra.applications.translate.translator import Translator
from recurra.applications.translate.writing import Translation

__all__ = [
    "Pairs",
    "Scores",
    "Seen",
    "Translation",
    "Translator",
    "read_lines",
    "read_pairs",
]
