"""Omniglot's drawings: a picture of a character and the strokes that drew it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import torch
from matplotlib.image import imread
from torch import Tensor
from torch.nn import functional

SIDE = 105
"""Of a picture, in pixels."""
COARSE = 3
"""So many pixels a side become one of what the network sees."""


@dataclass(frozen=True)
class Drawing:
    """One person's drawing of one character.

    Attributes:
        alphabet: Its name.
        character: Alphabet and character, the class.
        picture: (35, 35), ink from 0 to 1, the mean of 3 x 3 pixels.
        strokes: Each (P, 2) in pixels from the picture's middle, x to the right and y down.
    """

    alphabet: str
    character: str
    picture: Tensor
    strokes: list[Tensor]


def read(folder: Path) -> list[Drawing]:
    """All drawings of both archives in a folder, in the order of their names."""
    with (
        ZipFile(folder / "images_background_small1.zip") as pictures,
        ZipFile(folder / "strokes_background_small1.zip") as strokes,
    ):
        places = sorted(name for name in pictures.namelist() if name.endswith(".png"))
        return [_drawing(place, pictures, strokes) for place in places]


def _drawing(place: str, pictures: ZipFile, strokes: ZipFile) -> Drawing:
    _, alphabet, character, file = place.split("/")
    beside = f"strokes_background_small1/{alphabet}/{character}/{Path(file).stem}.txt"
    return Drawing(
        alphabet,
        f"{alphabet}/{character}",
        _picture(pictures.read(place)),
        _strokes(strokes.read(beside).decode()),
    )


def _picture(content: bytes) -> Tensor:
    ink = torch.tensor(1 - np.asarray(imread(io.BytesIO(content)), dtype=np.float32))
    return functional.avg_pool2d(ink[None], COARSE)[0]


def _strokes(text: str) -> list[Tensor]:
    """A line START, then x,y,time a line with y up from 0 at the top; BREAK ends a stroke."""
    found: list[Tensor] = []
    points: list[tuple[float, float]] = []
    for line in text.split():
        if line == "BREAK":
            found.append(torch.tensor(points) - SIDE / 2)
            points = []
        elif line != "START":
            x, y, _ = line.split(",")
            points.append((float(x), -float(y)))
    return found
