"""``recurra check``: the checks of a cell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from recurra import conformance

Run = Callable[..., Result]

WRONG = """
from dataclasses import dataclass

from recurra import Cell
from recurra.language import SameAsCell, tanh


@dataclass(frozen=True)
class Wrong(Cell):
    states = ("h",)
    check = SameAsCell("elman")

    def step(self, p, x, h):
        return tanh(p.W @ x - p.U @ h + p.b)
"""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The quick checks alone."""
    monkeypatch.setattr(conformance, "CHECKS", conformance.CHECKS[:3])


@pytest.mark.usefixtures("few")
def test_a_cell_that_keeps_to_all_is_printed_and_the_exit_code_is_0(run: Run) -> None:
    result = run("check", "gru")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert len(lines) == 1 + 3 + 2
    for check in conformance.CHECKS:
        assert any(line.startswith(check.name) and " holds " in line for line in lines)
    assert lines[-1] == "gru: of 3 checks 3 hold, 0 fail, 0 do not apply."


@pytest.mark.usefixtures("few")
def test_a_cell_that_fails_is_shown_with_what_was_seen_and_the_exit_code_is_1(run: Run) -> None:
    Path("wrong.py").write_text(WRONG)
    result = run("check", "wrong.py:Wrong")
    assert result.exit_code == 1
    assert "its independent check agrees" in result.stdout
    assert " fails " in result.stdout
    assert "expected:" in result.stdout
    assert result.stdout.splitlines()[-1] == "wrong: of 3 checks 2 hold, 1 fail, 0 do not apply."
    assert max(map(len, result.stdout.splitlines())) <= 100


@pytest.mark.usefixtures("few")
def test_what_does_not_apply_is_no_failure(run: Run, own: Path) -> None:
    result = run("check", f"{own}:MinimalGated")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].endswith("2 hold, 0 fail, 1 do not apply.")


def test_every_check_is_made(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look(cell: object, check: conformance.Check) -> conformance.Finding:
        seen.append(check)
        return conformance.Finding(check.name, "holds", "")

    monkeypatch.setattr(conformance, "examine", look)
    assert run("check", "lstm").exit_code == 0
    assert seen == [*conformance.CHECKS]


def test_equations_that_cannot_be_read_are_one_fault(run: Run, own: Path) -> None:
    result = run("check", f"{own}:Unread")
    assert result.exit_code == 2
    assert "line 26: return tanh(p.W @ x) if h > 0 else h" in result.stderr
    assert not result.stdout


def test_a_name_that_is_no_cell_is_refused_in_words(run: Run) -> None:
    result = run("check", "lstmm")
    assert result.exit_code == 2
    assert "did you mean 'lstm'?" in result.stderr
