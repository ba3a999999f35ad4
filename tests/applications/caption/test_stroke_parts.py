"""Paths, frames, sequences, ink and tables of strokes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from made_drawings import lines
from torch import nn
from torch.nn import functional

from recurra.applications.caption.strokes.drawing import Drawing
from recurra.applications.caption.strokes.frame import Frame, framed
from recurra.applications.caption.strokes.glimpses import NEAR, covered, glimpses
from recurra.applications.caption.strokes.head import Chance, PenSteps, drawn_chance
from recurra.applications.caption.strokes.likeness import distance
from recurra.applications.caption.strokes.nearness import far
from recurra.applications.caption.strokes.notation import looks_drawn, parsed, path_of
from recurra.applications.caption.strokes.reading import holds_strokes, read_drawn
from recurra.applications.caption.strokes.rules import Wishes, plan
from recurra.applications.caption.strokes.sequences import (
    blurred,
    evenly,
    sequences,
    spread,
    steps,
    strokes_of,
)
from recurra.applications.pictures import encoded, square
from recurra.errors import DataError

tenths = st.integers(-5000, 5000).map(lambda number: number / 10)
strokes = st.lists(
    st.lists(st.tuples(tenths, tenths), min_size=2, max_size=6), min_size=1, max_size=4
)


@given(strokes)
def test_strokes_come_back_from_their_path(drawn: list) -> None:
    arrays = [np.array(one, np.float32) for one in drawn]
    back = parsed(path_of(arrays))
    assert len(back) == len(arrays)
    for one, other in zip(arrays, back, strict=True):
        assert np.allclose(one, other, atol=0.01)
    assert looks_drawn(path_of(arrays))


@pytest.mark.parametrize(
    "text", ["M 3 4 L 10 4 M 5 6 L 7 8", "M3,4L10,4M5,6L7,8", "M3 4 10 4 M5 6+7 .8e1 "]
)
def test_a_path_is_read_however_it_is_written(text: str) -> None:
    found = parsed(text)
    assert [one.tolist() for one in found] == [[[3, 4], [10, 4]], [[5, 6], [7, 8]]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no stroke"),
        ("3 4", "where M is due"),
        ("M 3", "half a point"),
        ("M 3 4 5", "half a point"),
        ("M 3 4 L", "half a point"),
        ("M L 3 4", "before 'L'"),
        ("M 3 L 4 5", "before 'L'"),
        ("L 3 4", "'L' in it"),
        ("M 3 4 C 1 2 3 4 5 6", "'C' in it"),
        ("m 3 4 l 5 6", "'m' in it"),
        ("M 3 4; 5 6", "'; 5 6' in it"),
        ("a dog", "'a' in it"),
    ],
)
def test_what_is_no_path_of_lines_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        parsed(text)


def test_an_svg_file_holds_the_path_and_the_size_of_the_picture() -> None:
    drawing = Drawing((np.array([[1, 2], [3, 4.04]], np.float32),), 80, 40, 1.0, True)
    root = ET.fromstring(drawing.to_svg())
    assert root.attrib["viewBox"] == "0 0 80 40"
    assert root[0].attrib["d"] == drawing.text == "M 1 2 L 3 4"
    assert float(root[0].attrib["stroke-width"]) == 2


@given(st.integers(1, 90), st.integers(1, 90), st.integers(8, 40))
def test_points_go_into_the_square_and_back(height: int, width: int, side: int) -> None:
    frame = Frame.of(height, width, side)
    corners = np.array([[0, 0], [width, height]], np.float32)
    inside = frame.into(corners)
    assert float(inside.abs().max()) <= side / 2 + 1e-3
    assert np.allclose(frame.back(inside), corners, atol=1e-3)


def test_strokes_lie_on_the_ink_that_they_drew() -> None:
    for image, path in zip(*lines(8), strict=True):
        ink, frame = framed(image, 16)
        for stroke in parsed(path):
            for x, y in (frame.into(stroke) + 8).floor().int().tolist():
                assert ink[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2].max() > 0.3


def test_ink_is_what_differs_from_the_ground_dark_or_light() -> None:
    image = lines(1)[0][0]
    assert torch.allclose(framed(image, 16)[0], framed(255 - image, 16)[0], atol=0.01)
    assert torch.allclose(
        framed(image, 16)[0], 1 - torch.from_numpy(square(image, 16)[..., 0] / 255).float()
    )


def test_a_stroke_has_points_about_as_far_apart_as_asked_and_its_ends() -> None:
    stroke = torch.tensor([[0.0, 0.0], [3.0, 4.0], [3.0, 10.0]])
    even = evenly(stroke, 1.5)
    assert torch.equal(even[[0, -1]], stroke[[0, -1]])
    assert len(even) == round(11 / 1.5) + 1
    assert torch.equal(evenly(stroke[:1], 1.5), stroke[:1])
    assert len(evenly(torch.zeros(4, 2), 1.5)) == 1


def test_what_a_pen_does_draws_the_strokes_again() -> None:
    drawn = [
        [torch.tensor([[0.0, 0.0], [6.0, 0.0]]), torch.tensor([[2.0, 2.0]])],
        [torch.tensor([[-3.0, 1.0], [-3.0, 4.0]])],
    ]
    found = sequences(torch.zeros(2, 8, 8), drawn, torch.full((2, 2), 0.5))
    assert found.lengths.tolist() == [6, 3]
    assert found.ends[0].tolist() == [[0, 0]] * 4 + [[1, 0], [1, 1]]
    scale = spread(found)
    moves = steps(found, scale)
    for row in range(2):
        back = strokes_of(moves[row, : found.lengths[row]], scale)
        for one, other in zip(back, drawn[row], strict=True):
            assert torch.allclose(one, evenly(other, 1.5), atol=1e-5)
    moved = (blurred(found).points - found.points).abs()
    assert 0 < float(moved.max()) <= 0.25


def test_a_pen_covers_what_it_comes_near_and_sees_what_lies_around_it() -> None:
    places = torch.tensor([[[0.5, 0.5], [3.5, 0.5]]])
    found = covered(places, torch.tensor([[True, True]]), 8).reshape(2, 8, 8)
    centres = torch.arange(8) - 3.5
    far = ((centres[None, :] - 0.5) ** 2 + (centres[:, None] - 0.5) ** 2).sqrt()
    assert torch.equal(found[0], (far <= NEAR).float())
    assert (found[1] >= found[0]).all()
    lifted = covered(places, torch.tensor([[False, True]]), 8).reshape(2, 8, 8)
    assert lifted[0].sum() == 0
    picture = torch.zeros(1, 9, 9)
    picture[0, 4, 6] = 1
    seen = glimpses(picture, torch.tensor([[2.0, 0.0]]))[0].reshape(2, 9, 9)
    assert seen[0].argmax() == 40


def test_what_lies_around_is_seen_blurred() -> None:
    pictures = torch.rand(5, 9, 9, generator=torch.Generator().manual_seed(0))
    pooled = functional.avg_pool2d(pictures, 3, stride=1, padding=1)
    places = torch.zeros(5, 2)
    # From the middle of nine points: 12 points away either way is outside, and white.
    line = torch.linspace(-12, 12, 9) * (2 / 9)
    grid = torch.stack(torch.meshgrid(line, line, indexing="xy"), -1).expand(5, -1, -1, -1)
    wanted = functional.grid_sample(pooled[:, None], grid, align_corners=False).flatten(1)
    assert torch.allclose(glimpses(pictures, places)[:, 81:], wanted, atol=1e-6)


@torch.no_grad()
def test_a_step_is_taken_as_often_as_its_distribution_says() -> None:
    torch.manual_seed(0)
    head = PenSteps(3, 4)
    nn.init.normal_(head.pen.dense.weight)
    features = torch.tensor([[0.4, -1.0, 0.7]])
    found = head(features.expand(40_000, -1))
    chance = drawn_chance((40_000,), torch.Generator().manual_seed(0))
    taken = head.step(found, chance)
    wanted = head.pen.mean(features)[0]
    spread = taken[:, :3].std(0) / 200
    # Five standard deviations: of a right one twice in a million.
    assert bool(((taken[:, :3].mean(0) - wanted).abs() <= 5 * spread).all())
    ended = taken[:, 2] == 1
    assert taken[~ended, 3].sum() == 0
    last = float(head.last(features).sigmoid())
    share = float(taken[ended, 3].mean())
    assert abs(share - last) <= 5 * (last * (1 - last) / int(ended.sum())) ** 0.5
    # A bias of b divides the standard deviations by e to the b.
    bare = head.step(found, Chance(chance.even, torch.zeros(40_000, 2)), 9.0)
    neat = head.step(found, chance, 9.0)
    assert bool((neat[:, 2:] == bare[:, 2:]).all())
    assert float((neat - bare).std()) < float(taken[:, :2].std()) / 50


def test_how_far_a_drawing_lies_from_ink_is_measured_where_the_pen_was_on_paper() -> None:
    # Ink along a row, from 5 left of the middle to 4 right of it; the pen on it, and 2 below it.
    picture = torch.zeros(21, 21)
    picture[10, 5:15] = 1
    pen = torch.tensor(
        [
            [[-5.0, 0, 0, 0], [1, 0, 0, 0], [8, 0, 1, 1], [9, 9, 0, 0]],
            [[-5.0, 2, 1, 0], [9, 0, 1, 1], [0, 0, 0, 0], [0, 0, 0, 0]],
        ]
    )
    pen[..., :2] /= 2
    live = torch.tensor([[True, True, True, False], [True, True, False, False]])
    found = far(pen, live, 2.0, picture)
    assert found is not None
    # The first: -5, -4, 4, and between them -4.5 and 0. The second: two dots, nothing between.
    ink = torch.arange(-5.0, 5)
    ways = []
    for points, down in (([-5.0, -4, 4, -4.5, 0], 0.0), ([-5.0, 4], 2.0)):
        apart = ((torch.tensor(points)[:, None] - ink).square() + down**2).sqrt()
        ways.append(float(apart.amin(1).mean() + apart.amin(0).mean()) / 2)
    assert found.tolist() == pytest.approx(ways)
    assert far(pen, live, 2.0, picture * 0) is None


def test_distances_are_those_of_points_along_the_lines() -> None:
    level, below = (np.array([[0, y], [9, y]], np.float32) for y in (0, 3))
    assert distance([level], [below]) == pytest.approx(3)
    assert distance([level], [level]) == 0
    assert distance([level], [level[:1]]) == pytest.approx(4.5 / 2)


def test_the_rules_follow_the_number_of_drawings_and_wishes_come_first() -> None:
    assert [plan(n, Wishes()).epochs for n in (100, 2000, 10**6)] == [40, 12, 4]
    chosen = plan(100, Wishes(units=6, side=24, epochs=3))
    assert (chosen.units, chosen.side, chosen.epochs) == (6, 24, 3)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, image in enumerate(lines(2)[0]):
        (tmp_path / f"{number}.png").write_bytes(encoded(image[:, :, None]))
    return tmp_path


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ("picture,strokes\n0.png,no path\n", True),
        ("picture,text\n0.png,M 1 2 L 3 4\n", True),
        ("0.png,M1 2L3 4\n", True),
        ("picture,text\n0.png,M is a letter\n", False),
        ("picture,text\n0.png,a dog\n", False),
    ],
)
def test_a_table_of_strokes_is_told_by_its_column_or_its_look(
    content: str, answer: bool, folder: Path
) -> None:
    (folder / "t.csv").write_text(content)
    assert holds_strokes(folder / "t.csv") is answer


def test_pictures_that_were_drawn_twice_come_twice_and_what_is_no_path_is_counted(
    folder: Path,
) -> None:
    rows = ["picture,strokes", "0.png,M 1 2 L 3 4", "1.png,a dog", "0.png,M 5 6", "x.png,M 1 2"]
    (folder / "t.csv").write_text("\n".join(rows))
    found = read_drawn(folder / "t.csv")
    assert [one[0].tolist() for one in found.drawings] == [[[1, 2], [3, 4]], [[5, 6]]]
    assert len(found.pictures) == 2
    assert found.notes[0] == "pictures are in 'picture', strokes in 'strokes'"
    assert found.notes[1] == "1 picture left out: not there (x.png)"
    assert "no path" in found.notes[2]
    (folder / "t.csv").write_text("picture,strokes\n1.png,a dog\n")
    with pytest.raises(DataError, match="None of 1 drawings"):
        read_drawn(folder / "t.csv")
