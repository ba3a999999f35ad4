"""The bar says what is at work, and how much is done."""

import re

import pytest

from recurra.cli.counting_bar import counting_bar


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    found = capsys.readouterr()
    assert not found.out, "results alone go to standard output"
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", found.err)


def test_the_last_thing_told_stands_there_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with counting_bar("window 1") as bar:
        bar.tell("window 1: epoch 2 of 5")
        bar.count("window 1 of 3", 1, 3)
        assert bar.done == 1
        bar.tell("window 2: epoch 1 of 5")
    assert "window 2: epoch 1 of 5" in shown(capsys)


def test_the_bar_ends_its_line_when_the_work_fails(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with counting_bar("fits elsewhere") as bar:
            bar.count("fit 1 of 2", 1, 2)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert shown(capsys).endswith("left\n")
