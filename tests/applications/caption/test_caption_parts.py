"""Squares, scenes, scores and rules."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.caption import Scores
from recurra.applications.caption.demo import COLOURS, SHAPES, rendered, scenes, sentence
from recurra.applications.caption.reading import read_captioned
from recurra.applications.caption.rules import Wishes, plan
from recurra.applications.pictures import encoded, square
from recurra.applications.scoring import Bleu
from recurra.errors import DataError


@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from([8, 16, 64]))
def test_a_picture_is_whole_in_its_square(height: int, width: int, side: int) -> None:
    image = np.zeros((height, width, 3), np.uint8)
    image[:] = 77, 140, 33
    found = square(image, side)
    assert found.shape == (side, side, 3)
    assert (found == image[0, 0]).all()
    assert square(image[:, :, 0], side).shape == found.shape


def test_what_is_already_a_square_stays_as_it_is() -> None:
    image = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    assert np.array_equal(square(image, 16), image)


def test_unseen_scenes_are_unseen_and_the_sentence_tells_them_apart() -> None:
    train = scenes(3000, seed=0)
    test = scenes(500, seed=1, unlike=train)
    assert not set(train) & set(test)
    assert {len(one) for one in train} == {1, 2, 3, 4}
    every = {*train, *test}
    assert len({sentence(one) for one in every}) == len(every)
    for scene in test[:100]:
        said = sentence(scene)
        assert [word for word in said.replace(".", "").split() if word in SHAPES] == [
            thing.shape for thing in scene
        ]
        # From left to right, and of one column from top down.
        assert [(thing.column, thing.row) for thing in scene] == sorted(
            (thing.column, thing.row) for thing in scene
        )


def test_a_rendered_scene_shows_its_colours_where_it_says() -> None:
    for number, scene in enumerate(scenes(60, seed=2)):
        image = rendered(scene, number)
        for thing in scene:
            y, x = (round(64 * (2 * place + 1) / 6) for place in (thing.row, thing.column))
            near = image[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3).astype(int)
            assert np.abs(near - COLOURS[thing.colour]).sum(1).min() < 30
        empty = image[1, 1] if (0, 0) not in {(t.row, t.column) for t in scene} else image[63, 21]
        assert empty is not None
    assert np.array_equal(rendered(scene, 5), rendered(scene, 5))


def test_bleu_of_several_references_is_that_of_the_nearest_in_words() -> None:
    found = ["the cat sat on the mat", "a dog runs over a green hill"]
    truth = [["the cat sat on the mat", "another one altogether"], ["a dog runs over a green hill"]]
    assert Bleu.of(found, truth).score == pytest.approx(100)
    assert Scores.of(found, [["x y z w v"], truth[1]]).exact == 0.5
    assert Scores.of([" the  cat "], [["the cat"]]).exact == 1


def test_the_rules_follow_the_number_of_captions_and_wishes_come_first() -> None:
    assert [plan(n, Wishes()).epochs for n in (100, 10_000, 10**6)] == [40, 7, 4]
    assert [plan(n, Wishes()).batch_size for n in (100, 10_000)] == [16, 32]
    chosen = plan(100, Wishes(units=6, side=24, epochs=3))
    assert (chosen.units, chosen.places, chosen.epochs, chosen.sweep_units) == (6, 3, 3, 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(encoded(np.full((9, 9, 1), 40, np.uint8)))
    (tmp_path / "c.png").write_bytes(b"broken")
    return tmp_path


@pytest.mark.parametrize(
    "content",
    [
        "file,caption\na.png,one\nb.png,two\na.png,uno\nc.png,x\nd.png,y\n",
        "caption\tnumber\timage\none\t1\ta.png\ntwo\t2\tb.png\nuno\t1\ta.png\nx\t3\tc.png\ny\t4\td.png",
        'a.png,one\nb.png,two\n"a.png",uno\nc.png,x\nd.png,y',
    ],
)
def test_tables_are_read_however_they_are_written(content: str, folder: Path) -> None:
    (folder / "t.txt").write_text(content)
    found = read_captioned(folder / "t.txt")
    assert found.names == ["a.png", "b.png"]
    assert found.captions == [["one", "uno"], ["two"]]
    assert "1 picture left out: not there (d.png)" in found.notes
    assert "1 picture left out: cannot be read (c.png)" in found.notes


def test_columns_can_be_named_and_pictures_lie_elsewhere(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "t.csv").write_text("x,y,text\na.png,one,no\n")
    found = read_captioned(tmp_path / "deep" / "t.csv", folder=folder, picture="x", text="y")
    assert found.captions == [["one"]]


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("", {}, "is empty"),
        ("file,caption\n", {}, "no row below"),
        ("name,other\nb,c\n", {}, "has the columns 'name', 'other'"),
        ("file,caption\na.png,one\n", {"text": "words"}, "no column 'words'"),
        ("file,caption\nnone.png,one\n", {}, "None of the 1 pictures"),
    ],
)
def test_tables_that_cannot_be_used_are_refused(
    content: str, options: dict, said: str, folder: Path
) -> None:
    (folder / "t.csv").write_text(content)
    with pytest.raises(DataError, match=said):
        read_captioned(folder / "t.csv", **options)
