"""Arithmetic: what is asked begins behind the sign of equality, and is the sum."""

from __future__ import annotations

import re

import torch

from recurra.studies import tasks
from recurra.studies.material import UNASKED, Material, Sequences


def made() -> Material:
    return tasks.material("arithmetic")


SYMBOLS = "".join(sorted("0123456789+-=.abcdefgh"))


def read(x: torch.Tensor) -> str:
    """The symbols of an input."""
    return "".join(SYMBOLS[int(place)] for place in x.argmax(1))


def asked(part: Sequences) -> list[tuple[str, str]]:
    """What is read and what is to be answered, of each sequence."""
    found = []
    for x, y in zip(part.x, part.y, strict=True):
        found.append((read(x), "".join(SYMBOLS[int(n)] for n in y if n != UNASKED)))
    return found


def test_all_behind_the_sign_of_equality_is_asked_and_nothing_before_it() -> None:
    material = made()
    assert material.input_size == material.output_size == len(SYMBOLS)
    for part in (material.train, material.validation, material.test):
        for x, y in zip(part.x, part.y, strict=True):
            whole = read(x)
            begins = whole.index("=")
            assert (y[:begins] == UNASKED).all()
            assert (y[begins:] != UNASKED).all()
            # The answer at a step is what is read at the next.
            assert torch.equal(y[begins:-1], x[begins + 1 :].argmax(1))


def test_what_is_asked_is_the_result() -> None:
    for whole, answer in asked(made().test):
        told = re.sub("[a-h]", "", whole[: whole.index("=")])
        sign = "+" if "+" in told else "-"
        first, second = map(int, told.split(sign))
        result = first + second if sign == "+" else first - second
        assert answer == f"{result}."


def test_the_parts_share_no_more_than_chance_makes_of_short_sums() -> None:
    material = made()
    train = {whole for whole, _ in asked(material.train)}
    assert (len(material.train), len(material.test)) == (4000, 500)
    for part in (material.validation, material.test):
        both = [whole for whole, _ in asked(part) if whole in train]
        assert len(both) <= 0.01 * len(part)
        # Two numbers of one digit, as "1+3=": there are few of them.
        assert all(len(re.findall(r"\d", whole.split("=")[0])) == 2 for whole in both)


def test_numbers_have_up_to_four_digits_with_letters_between() -> None:
    wholes = [whole for whole, _ in asked(made().train)]
    sizes = {
        len(re.sub("[a-h]", "", one))
        for whole in wholes
        for one in re.split("[+-]", whole.split("=")[0])
    }
    assert sizes == {1, 2, 3, 4}
    assert 0.3 < sum(map(str.isalpha, "".join(wholes))) / sum(map(len, wholes)) * 2 < 0.7
