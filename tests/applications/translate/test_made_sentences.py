"""The sentences of the demo."""

from __future__ import annotations

import re

from recurra.applications.translate.demo import pairs

PLAIN = re.compile(r"(The|A) (\w+) (\w+) (the|a) (\w+)\.")
SUBJECTS = {"dog": "der Hund", "man": "der Mann", "cat": "die Katze", "child": "das Kind"}
VERBS = {"sees": "sieht", "buys": "kauft", "finds": "findet", "loves": "liebt", "draws": "zeichnet"}
ACCUSATIVE = {"der": "den", "die": "die", "das": "das"}
INDEFINITE = {"der": "ein", "den": "einen", "die": "eine", "das": "ein"}


def german(article: str, noun: str, *, is_object: bool) -> str:
    known, name = SUBJECTS[noun].split()
    found = ACCUSATIVE[known] if is_object else known
    return f"{found if article.lower() == 'the' else INDEFINITE[found]} {name}"


def test_articles_bend_as_a_grammar_has_it() -> None:
    checked = 0
    for english, made in pairs(3000, seed=0):
        found = PLAIN.fullmatch(english)
        if found and {found[2], found[5]} <= SUBJECTS.keys():
            who = german(found[1], found[2], is_object=False)
            what = german(found[4], found[5], is_object=True)
            wanted = f"{who} {VERBS[found[3]]} {what}."
            assert made == wanted[0].upper() + wanted[1:]
            checked += 1
    assert checked > 5


def test_places_change_where_a_time_stands_first_or_something_is_denied() -> None:
    made = pairs(500, seed=0)
    for english, said in made:
        assert ("not" in english) == said.endswith(" nicht.")
        if english.startswith("Today"):
            assert said.split()[:2] == ["Heute", said.split()[1]]
            assert said.split()[1] in VERBS.values()
    assert any("not" in english for english, _ in made)
    assert any(" an old " in english for english, _ in made)
    assert not any(" a old " in english for english, _ in made)


def test_the_same_seed_makes_the_same() -> None:
    assert pairs(50, seed=1) == pairs(50, seed=1) != pairs(50, seed=2)
