"""Videos that are made up: a shape that moves, drawn and encoded."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from recurra.applications.pictures import Pixels

ACTIONS = ("circle", "fall", "go left", "go right", "rise", "swell")
SIDE = 96
CODECS = {".mp4": "mpeg4", ".avi": "mjpeg", ".mkv": "libx264", ".webm": "libvpx"}
"""What frames are encoded with, by the ending of the file."""


def moving(action: str, seed: int) -> list[Pixels]:
    """Frames of a shape of any colour that does something on a plain ground, (96, 96, 3) each.

    Where it stands, how far and how fast it goes, and how long the video is differ.

    Args:
        action: One of ``ACTIONS``.
        seed: Of all of that.
    """
    chance = random.Random(f"{action} {seed}")
    frames = chance.randint(20, 40)
    ground = tuple(chance.randint(0, 110) for _ in range(3))
    colour = tuple(chance.randint(140, 255) for _ in range(3))
    corners, size = chance.choice((3, 4, 24)), chance.uniform(7, 13)
    middle = [SIDE / 2 + chance.uniform(-14, 14) for _ in range(2)]
    reach, begun = chance.uniform(16, 26), chance.uniform(0, 0.15)
    found = []
    for number in range(frames):
        share = begun + (1 - begun) * number / (frames - 1)
        (x, y), wide = _placed(action, share, reach)
        at = middle[0] + x + chance.gauss(0, 0.4), middle[1] + y + chance.gauss(0, 0.4)
        found.append(_drawn(ground, colour, corners, at, size * wide))
    return found


def encode(frames: list[Pixels], path: Path, library: Any) -> None:
    """Writes frames as a video, by the codec of the ending of its name.

    Args:
        frames: Each (96, 96, 3).
        path: Where.
        library: The library av.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with library.open(str(path), "w") as container:
        stream = container.add_stream(CODECS[path.suffix], rate=15)
        stream.width, stream.height = frames[0].shape[1], frames[0].shape[0]
        stream.pix_fmt = "yuvj420p" if CODECS[path.suffix] == "mjpeg" else "yuv420p"
        for one in frames:
            container.mux(stream.encode(library.VideoFrame.from_ndarray(one, format="rgb24")))
        container.mux(stream.encode())


def _placed(action: str, share: float, reach: float) -> tuple[tuple[float, float], float]:
    """How far from its middle the shape is, and how large, when an action is done to a share."""
    along = reach * (2 * share - 1)
    if action == "circle":
        turn = 2 * math.pi * share
        return (0.7 * reach * math.cos(turn), 0.7 * reach * math.sin(turn)), 1.0
    if action == "swell":
        return (0.0, 0.0), 0.5 + 1.3 * share
    places = {"fall": (0, along), "rise": (0, -along), "go left": (-along, 0)}
    return places.get(action, (along, 0)), 1.0


def _drawn(
    ground: tuple[int, ...],
    colour: tuple[int, ...],
    corners: int,
    at: tuple[float, float],
    size: float,
) -> Pixels:
    image = Image.new("RGB", (SIDE, SIDE), ground)
    angles = [2 * math.pi * (n + 0.25) / corners for n in range(corners)]
    points = [(at[0] + size * math.cos(a), at[1] + size * math.sin(a)) for a in angles]
    ImageDraw.Draw(image).polygon(points, fill=colour)
    return np.asarray(image).copy()
