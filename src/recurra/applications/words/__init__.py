"""Texts as numbers: tokens, vocabularies, and what the letters of a token say of it."""

from recurra.applications.words.characters import Characters
from recurra.applications.words.grams import grams, stamp
from recurra.applications.words.lexicon import Lexicon, Read
from recurra.applications.words.subwords import Subwords
from recurra.applications.words.tokens import Token, stand_alone, tokens
from recurra.applications.words.vocabulary import UNKNOWN, Vocabulary

__all__ = [
    "UNKNOWN",
    "Characters",
    "Lexicon",
    "Read",
    "Subwords",
    "Token",
    "Vocabulary",
    "grams",
    "stamp",
    "stand_alone",
    "tokens",
]
