"""XML: documents whose tags close in turn, none in two parts, each letter asked."""

from __future__ import annotations

import re
import string

import torch

from recurra.studies import tasks
from recurra.studies.tasks import xml

SYMBOLS = "".join(sorted(string.ascii_lowercase + "<>/"))


def documents(part: str) -> list[str]:
    """What is read, and what is foretold last."""
    made = getattr(tasks.material("xml"), part)
    return [
        "".join(SYMBOLS[int(n)] for n in [*x.argmax(1), y[-1]])
        for x, y in zip(made.x, made.y, strict=True)
    ]


def test_the_parts_have_no_document_in_common() -> None:
    parts = [documents(part) for part in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [xml.LEARNED, xml.HELD_OUT, xml.HELD_OUT]
    whole = [one for part in parts for one in part]
    assert len(set(whole)) == len(whole)


def test_each_letter_is_asked_but_the_first() -> None:
    made = tasks.material("xml")
    assert (made.answer, made.shown) == ("symbols", "nats")
    for x, y in zip(made.test.x, made.test.y, strict=True):
        assert len(x) == len(y) == xml.STEPS - 1
        assert torch.equal(x[1:].argmax(1), y[:-1])
        assert (y >= 0).all()


def test_tags_close_in_turn_and_are_four_deep_at_most() -> None:
    deepest = 0
    for whole in documents("test"):
        opened: list[str] = []
        for closing, name in re.findall(r"<(/?)([a-z]+)>", whole):
            if closing:
                assert opened.pop() == name
            else:
                assert 2 <= len(name) <= xml.LONGEST_NAME
                opened.append(name)
            deepest = max(deepest, len(opened))
    assert deepest == xml.DEPTH
