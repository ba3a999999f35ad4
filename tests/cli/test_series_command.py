"""``series-class`` and ``action`` on the command line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]

TINY = ("--units", 3, "--epochs", 1, "--networks", 1)
HEAD = "@classLabel true up down\n@data\n"
BODY = "".join(f"{n % 2},{n},3:1,2,{n}:{('up', 'down')[n % 2]}\n" for n in range(12))


@pytest.fixture(params=["series-class", "action"])
def fitted(run: Run, request: pytest.FixtureRequest) -> str:
    """A model of either job, in m.safetensors."""
    Path("a.ts").write_text(HEAD + BODY)
    result = run("fit", request.param, "a.ts", "--out", "m.safetensors", *TINY)
    assert result.exit_code == 0, result.output
    return request.param


def test_a_fit_is_used_from_the_command_line(run: Run, fitted: str) -> None:
    assert {one.name for one in Path().glob("m.*")} == {
        *("m.safetensors", "m.html", "m.png", "m.json", "m.csv"),
    }
    assert json.loads(Path("m.json").read_text())["job"] == fitted
    rows = list(csv.DictReader(io.StringIO(run("predict", "m.safetensors", "a.ts").stdout)))
    assert list(rows[0]) == ["series", "label", "p(down)", "p(up)"]
    assert len(rows) == 12
    told = json.loads(run("predict", "m.safetensors", "a.ts", "--json").stdout)
    assert [one["label"] for one in told] == [row["label"] for row in rows]
    judged = run("evaluate", "m.safetensors", "a.ts", "--picture", "c.png")
    assert judged.stdout.count("F1 ") == 3
    assert Path("c.png").read_bytes().startswith(b"\x89PNG")
    scores = json.loads(run("evaluate", "m.safetensors", "a.ts", "--json").stdout)
    share = sum(r["label"] == ("up", "down")[n % 2] for n, r in enumerate(rows)) / 12
    assert scores["accuracy"] == pytest.approx(share)


def test_what_is_unknown_is_said_and_what_does_not_fit_refused(run: Run, fitted: str) -> None:
    Path("b.ts").write_text(HEAD + "1,2:3,4:sideways\n")
    result = run("evaluate", "m.safetensors", "b.ts")
    assert "of classes that the model does not know: counted as wrong" in result.stderr
    Path("c.ts").write_text(HEAD + "1,2:3,4:5,6:up\n")
    assert "2, as the model has" in run("predict", "m.safetensors", "c.ts").stderr
    Path("d.ts").write_text("@classLabel false\n@data\n1,2:3,4\n")
    assert run("predict", "m.safetensors", "d.ts").exit_code == 0
    assert "of no series which class" in run("evaluate", "m.safetensors", "d.ts").stderr


@pytest.mark.parametrize("job", ["series-class", "action"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\x00\xff\x00binary", "NUL bytes"),
        (HEAD.encode() + b"1,2:3:up\n", "its channels have"),
        (HEAD.encode() + b"1:2:up\n1:up\n", "has 1 channels"),
        (HEAD.encode() + b"?:?:up\n?:?:down\n", "none with a value"),
        (HEAD.encode() + b"1:2:up\n3:4:up\n", "are of the class 'up'"),
        (b"@classLabel false\n@data\n1,2:3,4\n", "of no series which class"),
    ],
)
def test_bad_input_is_one_screen_of_words_and_leaves_nothing(
    run: Run, job: str, content: bytes, said: str
) -> None:
    Path("bad.ts").write_bytes(content)
    result = run("fit", job, "bad.ts", "--out", "new/m.safetensors", *TINY)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert [path.name for path in Path().iterdir()] == ["bad.ts"]
