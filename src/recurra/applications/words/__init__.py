"""Texts as numbers: tokens, vocabularies, and what the letters of a token say of it."""

from recurra.applications.words.batch import Batch, side_by_side
from recurra.applications.words.characters import Characters
from recurra.applications.words.grams import grams, stamp
from recurra.applications.words.lexicon import Lexicon, Read
from recurra.applications.words.sentences import (
    END,
    MARKS,
    START,
    Sentences,
    even,
    vocabulary_size,
)
from recurra.applications.words.subwords import Subwords
from recurra.applications.words.tokens import Token, stand_alone, tokens
from recurra.applications.words.vocabulary import UNKNOWN, Vocabulary

__all__ = [
    "END",
    "MARKS",
    "START",
    "UNKNOWN",
    "Batch",
    "Characters",
    "Lexicon",
    "Read",
    "Sentences",
    "Subwords",
    "Token",
    "Vocabulary",
    "even",
    "grams",
    "side_by_side",
    "stamp",
    "stand_alone",
    "tokens",
    "vocabulary_size",
]
