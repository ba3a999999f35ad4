"""Sentences that are made up, in English and in German, where words bend and change places."""

from __future__ import annotations

import random
from typing import NamedTuple


class _Noun(NamedTuple):
    english: str
    german: str
    gender: str


_NOUNS = (
    _Noun("dog", "Hund", "m"),
    _Noun("tree", "Baum", "m"),
    _Noun("man", "Mann", "m"),
    _Noun("table", "Tisch", "m"),
    _Noun("cat", "Katze", "f"),
    _Noun("woman", "Frau", "f"),
    _Noun("lamp", "Lampe", "f"),
    _Noun("flower", "Blume", "f"),
    _Noun("child", "Kind", "n"),
    _Noun("book", "Buch", "n"),
    _Noun("horse", "Pferd", "n"),
    _Noun("picture", "Bild", "n"),
)
_ADJECTIVES = (("small", "klein"), ("old", "alt"), ("new", "neu"), ("young", "jung"))
_COLOURS = (("red", "rot"), ("white", "weiß"), ("beautiful", "schön"))
_VERBS = (
    ("see", "sees", "sieht"),
    ("buy", "buys", "kauft"),
    ("find", "finds", "findet"),
    ("love", "loves", "liebt"),
    ("draw", "draws", "zeichnet"),
)
_TIMES = (("Today", "Heute"), ("Now", "Jetzt"), ("Every evening", "Jeden Abend"))

_ARTICLES = {
    ("the", "m", False): ("der", "e"),
    ("the", "m", True): ("den", "en"),
    ("the", "f", False): ("die", "e"),
    ("the", "f", True): ("die", "e"),
    ("the", "n", False): ("das", "e"),
    ("the", "n", True): ("das", "e"),
    ("a", "m", False): ("ein", "er"),
    ("a", "m", True): ("einen", "en"),
    ("a", "f", False): ("eine", "e"),
    ("a", "f", True): ("eine", "e"),
    ("a", "n", False): ("ein", "es"),
    ("a", "n", True): ("ein", "es"),
}
"""By article, gender and whether it is the object: the German article, and how adjectives end."""


def pairs(count: int, *, seed: int) -> list[tuple[str, str]]:
    """So many English sentences and their German translations.

    Articles and adjectives bend with the gender of the noun and its part in the sentence, the verb
    comes second where a time stands first, and "not" last: no word can be translated by itself.

    Args:
        count: How many, at least 1.
        seed: Of the sentences.
    """
    chance = random.Random(seed)
    return [_pair(chance) for _ in range(count)]


def _pair(chance: random.Random) -> tuple[str, str]:
    who, wer = _phrase(chance, is_object=False)
    denied = chance.random() < 0.25
    what, was = _phrase(chance, is_object=True, article="the" if denied else None)
    base, does, tut = chance.choice(_VERBS)
    verb = f"does not {base}" if denied else does
    end = f"{was} nicht" if denied else was
    if chance.random() < 0.4:
        when, wann = chance.choice(_TIMES)
        return f"{when} {who} {verb} {what}.", f"{wann} {tut} {wer} {end}."
    return f"{_begun(who)} {verb} {what}.", f"{_begun(wer)} {tut} {end}."


def _phrase(
    chance: random.Random, *, is_object: bool, article: str | None = None
) -> tuple[str, str]:
    noun = chance.choice(_NOUNS)
    article = article or chance.choice(("the", "a"))
    german, ending = _ARTICLES[article, noun.gender, is_object]
    kinds = [one for one in (_ADJECTIVES, _COLOURS) if chance.random() < 0.5]
    chosen = [chance.choice(one) for one in kinds]
    adjectives = [english for english, _ in chosen]
    first = (*adjectives, noun.english)[0]
    said = "an" if article == "a" and first[0] in "aeiou" else article
    bent = [word + ending for _, word in chosen]
    return " ".join([said, *adjectives, noun.english]), " ".join([german, *bent, noun.german])


def _begun(text: str) -> str:
    return text[0].upper() + text[1:]
