"""``recurra fit action`` on folders of videos."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from recurra.applications.action.videos.demo import encode, moving

av = pytest.importorskip("av", reason="the library av is not installed")

Run = Callable[..., Result]
TINY = ("--units", 3, "--epochs", 1, "--frames", 4)


def test_videos_are_learned_from_judged_and_told_apart(run: Run) -> None:
    for action in ("fall", "rise"):
        for seed in range(6):
            encode(moving(action, seed)[:6], Path("v") / action / f"{action}{seed}.mp4", av)
    Path("v/fall/broken.mp4").write_bytes(b"")
    result = run("fit", "action", "v", "--out", "m.safetensors", *TINY)
    assert result.exit_code == 0, result.output
    assert "12 videos: 32 frames of each are kept" in result.stdout
    assert "left out (broken.mp4)" in result.stdout
    assert "12 videos of 2 classes: 'fall' 6, 'rise' 6" in result.stdout
    assert json.loads(Path("m.json").read_text())["job"] == "action"
    rows = list(csv.DictReader(io.StringIO(run("predict", "m.safetensors", "v").stdout)))
    assert list(rows[0]) == ["series", "label", "p(fall)", "p(rise)"]
    assert len(rows) == 12
    one = run("predict", "m.safetensors", "v/rise/rise3.mp4", "--json")
    (told,) = json.loads(one.stdout)
    assert told["label"] == next(row["label"] for row in rows if row["series"] == "rise3.mp4")
    scores = json.loads(run("evaluate", "m.safetensors", "v", "--json").stdout)
    right = sum(row["label"] == row["series"][:4] for row in rows)
    assert scores["accuracy"] == pytest.approx(right / 12)
    refused = run("predict", "m.safetensors", "v", "--label-column", "x")
    assert refused.exit_code == 2
    assert "--label-column for videos" in refused.stderr
    assert run("fit", "action", "v", "--wide", 3).exit_code == 2
    unlabelled = run("evaluate", "m.safetensors", "v/rise")
    assert "which class" in unlabelled.stderr
