"""``recurra fit JOB --resume``: a fit of any job that was stopped goes on."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from recurra.training import Progress

Run = Callable[..., Result]

DATA = {
    "sentiment": "".join(f"the tea was {('good', 'bad')[n % 2]} {n}\t{n % 2}\n" for n in range(40)),
    "text": "the rain in Spain stays mainly in the plain\n" * 20,
    "translate": "".join(f"{n} dogs\t{n} Hunde\n" for n in range(60)),
}
OPTIONS = {
    "sentiment": ("--units", 3, "--embedding", 4, "--networks", 2, "--epochs", 3),
    "text": ("--units", 3, "--layers", 1, "--epochs", 4),
    "translate": ("--units", 3, "--vocabulary-size", 260, "--epochs", 6),
}
OFTEN = ("--checkpoint-every", "0.000001s")


def _fit(run: Run, job: str, out: str, *options: object) -> Result:
    Path("data.tsv").write_text(DATA[job])
    return run("fit", job, "data.tsv", "--out", out, *OPTIONS[job], *options)


@pytest.fixture
def interrupted(run: Run, job: str, monkeypatch: pytest.MonkeyPatch) -> Result:
    """A fit that Ctrl-C ended behind its fourth epoch, in sentiment in the second network."""
    calls = itertools.count()

    def stops(*arguments: object) -> None:
        if next(calls) == 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Progress, "on_epoch_end", stops)
        return _fit(run, job, "m.safetensors", *OFTEN)


@pytest.mark.parametrize("job", DATA)
def test_it_keeps_the_best_so_far_says_how_it_goes_on_and_does(
    run: Run, job: str, interrupted: Result
) -> None:
    assert interrupted.exit_code == 130, interrupted.output
    assert "interrupted" in interrupted.stdout
    assert "The same command goes on from here with --resume." in interrupted.stderr
    assert run("predict", "m.safetensors", "--text", "tea").exit_code == 0
    assert list(Path("m.checkpoint").iterdir())
    resumed = _fit(run, job, "m.safetensors", "--resume")
    assert resumed.exit_code == 0, resumed.output
    assert "Resumed: training" in resumed.stderr
    assert "interrupted" not in resumed.stdout
    assert not Path("m.checkpoint").exists()
    assert _fit(run, job, "whole.safetensors").exit_code == 0
    ours, whole = (run("evaluate", f"{m}.safetensors", "data.tsv").stdout for m in ("m", "whole"))
    assert ours == whole != ""


@pytest.mark.parametrize("job", DATA)
def test_without_resume_it_begins_anew_and_says_so(run: Run, job: str, interrupted: Result) -> None:
    result = _fit(run, job, "m.safetensors", "--seed", 5)
    assert result.exit_code == 0
    assert "The unfinished run in m.checkpoint is given up" in result.stderr
    assert not Path("m.checkpoint").exists()


@pytest.mark.parametrize("job", ["text"])
def test_what_cannot_go_on_is_told(run: Run, job: str, interrupted: Result) -> None:
    other = _fit(run, job, "m.safetensors", "--resume", "--seed", 5)
    assert other.exit_code == 1
    assert "is of another run: its seed is 0" in other.stderr
    fresh = _fit(run, job, "fresh.safetensors", "--resume")
    assert fresh.exit_code == 0
    assert "There is no unfinished run in fresh.checkpoint: it begins anew." in fresh.stderr
    assert _fit(run, job, "m.safetensors", "--checkpoint-every", "soon").exit_code == 2
