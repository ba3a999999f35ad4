"""``recurra fit enhance`` and its model, on folders as they come."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

from recurra.applications.pictures import encoded, open_picture

Run = Callable[..., Result]
TINY = ("--units", 3, "--layers", 1, "--steps", 3, "--batch-size", 2)


def folder(name: str, count: int, size: int = 30, add: int = 0) -> None:
    Path(name).mkdir(parents=True)
    for n in range(count):
        image = np.full((size, size, 1), 10 * n + add, np.uint8)
        image[5:20, n : n + 9] = 200 - add
        Path(name, f"{n}.png").write_bytes(encoded(image))


@pytest.fixture
def model(run: Run) -> Path:
    folder("clean", 9)
    Path("clean/x.png").write_bytes(b"no picture")
    Path("clean/y.png").write_bytes(encoded(np.zeros((9, 9, 1), np.uint8)))
    result = run("fit", "enhance", "clean", "--out", "m.safetensors", *TINY)
    assert result.exit_code == 0, result.output
    assert "1 picture left out: cannot be read (x.png)" in result.stdout
    assert "1 picture left out: smaller than 16 x 16 points (y.png)" in result.stdout
    assert "9 pictures of 30 x 30 points, grey" in result.stdout
    return Path("m.safetensors")


def test_pictures_are_written_by_their_names(run: Run, model: Path) -> None:
    result = run("predict", model, "clean", "--out", "new")
    assert result.exit_code == 0, result.output
    assert "cannot be read (x.png)" in result.stderr
    assert {one.name for one in Path("new").iterdir()} == {f"{n}.png" for n in [*range(9), "y"]}
    assert open_picture(Path("new/3.png")).shape == (30, 30, 1)
    assert run("predict", model, "clean/3.png", "--out", "one.png").exit_code == 0
    assert Path("one.png").read_bytes() == Path("new/3.png").read_bytes()
    assert run("predict", model, "clean/3.png").exit_code == 0
    assert Path("enhanced/3.png").is_file()


def test_figures_of_clean_pictures_and_of_pairs(run: Run, model: Path) -> None:
    found = json.loads(run("evaluate", model, "clean", "--json").stdout)
    assert found["pictures"] == 9
    assert found["given"]["psnr"] == pytest.approx(20.2, abs=0.3)
    assert [one["name"] for one in found["each"]][:2] == ["0.png", "1.png"]
    folder("noisy", 4, add=5)
    said = run("evaluate", model, "noisy", "--clean", "clean", "--ways")
    assert "mean of 4" in said.stdout
    assert "5 more" not in said.stderr
    assert "left out: without another of their name (4.png, 5.png, 6.png ...)" in said.stderr


def test_pairs_in_one_folder_are_found(run: Run) -> None:
    folder("both/clean", 9)
    folder("both/noisy", 9, add=20)
    Path("both/noisy/2.png").write_bytes(encoded(np.zeros((30, 31, 1), np.uint8)))
    result = run("fit", "enhance", "both", "--out", "p.safetensors", *TINY)
    assert result.exit_code == 0, result.output
    assert "8 pictures of 30 x 30" in result.stdout
    assert "of another size than the clean one (2.png)" in result.stdout
    assert "7 pairs of pictures are learned from, 1 are held out" in result.stdout
    refused = run("evaluate", "p.safetensors", "both/clean")
    assert refused.exit_code == 2
    assert "learned from pairs" in refused.stderr


def test_what_would_be_overwritten_is_refused(run: Run, model: Path) -> None:
    before = Path("clean/3.png").read_bytes()
    for command in (("clean", "--out", "clean"), ("clean/3.png", "--out", "clean/3.png")):
        result = run("predict", model, *command)
        assert result.exit_code == 2
        assert "is one of the pictures that are read" in result.stderr
    assert Path("clean/3.png").read_bytes() == before
    assert run("predict", model, "clean", "--out", "a.png").exit_code == 2


def test_bad_input_is_one_screen_of_words_and_leaves_nothing(run: Run) -> None:
    Path("empty").mkdir()
    folder("a", 2)
    Path("b").mkdir()
    Path("b/other.png").write_bytes(encoded(np.zeros((30, 30, 1), np.uint8)))
    Path("c").mkdir()
    Path("c/x.png").write_bytes(b"")
    for command, said in (
        (("empty",), "holds no picture"),
        (("none",), "There is no"),
        (("a", "--clean", "b"), "has the name of one"),
        (("c",), "can be used"),
        (("a", "--noise", "0"), "noise=0"),
    ):
        result = run("fit", "enhance", *command, "--out", "new/m.safetensors")
        assert result.exit_code in {1, 2}
        assert said in result.stderr
        assert "Traceback" not in result.output
    assert not Path("new").exists()
