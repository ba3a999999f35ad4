"""What a fit of a job leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from recurra.applications.text import LanguageModel, report
from recurra.applications.text.demo import verses

Run = Callable[..., Result]


def test_ctrl_c_while_the_report_is_made_costs_no_model(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(model: LanguageModel) -> bytes:
        raise KeyboardInterrupt

    Path("verses.txt").write_text(verses(8, seed=0))
    monkeypatch.setattr(report, "draw", interrupted)
    found = run("fit", "text", "verses.txt", "--units", 3, "--layers", 1, "--epochs", 1)
    assert found.exit_code == 130
    assert "Interrupted while the report was made. The model is kept" in found.stderr
    # The checkpoint stays until the report is there: --resume makes it and no more.
    assert {path.name for path in Path().iterdir() if path.suffix != ".txt"} == {
        "recurra-text.safetensors",
        "recurra-text.checkpoint",
    }
    assert len(LanguageModel.load("recurra-text.safetensors").predict(["a"], length=3)[0]) == 3
