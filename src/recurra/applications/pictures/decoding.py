"""A picture's file as points of grey or colour."""

from __future__ import annotations

import io
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from recurra.errors import DataError

Pixels = NDArray[np.uint8]
"""A picture: (H, W, C), from 0 for black to 255; C is 1 for grey, 3 for red, green and blue."""

ENDINGS = (
    *(".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif"),
    *(".pgm", ".ppm", ".pnm"),
)


def decoded(content: bytes, name: str) -> Pixels:
    """The points of a picture, upright as its camera says, of a moving one the first.

    What is transparent is laid on white. A picture whose colours are all grey is grey. Sixteen bits
    a point become eight.

    Args:
        content: The file.
        name: What it is called, for the words of an error.

    Raises:
        DataError: If it is no picture, cut off, or too large to be one (Pillow's limit, about 179
            million points).
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as image:
                return _points(ImageOps.exif_transpose(image))
    except UnidentifiedImageError as error:
        given = "is empty" if not content else "is no picture that can be read"
        raise _unreadable(f"{name} {given}") from error
    except Image.DecompressionBombError as error:
        raise _unreadable(f"{name} has too many points: {error}") from error
    # A damaged file may fail anywhere in a decoder.
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError) as error:
        raise _unreadable(f"{name} is damaged: {error}") from error


def _points(image: Image.Image) -> Pixels:
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        return _deep(image)
    if image.mode in {"1", "L"}:
        return np.asarray(image.convert("L"))[:, :, None].copy()
    if "A" in image.getbands() or "transparency" in image.info:
        full = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", full.size, "white"), full)
    colours = np.asarray(image.convert("RGB"))
    plain = bool((colours == colours[:, :, :1]).all())
    return colours[:, :, :1].copy() if plain else colours.copy()


def _deep(image: Image.Image) -> Pixels:
    """Grey of sixteen bits, or of fractions from 0 to 1."""
    values = np.asarray(image, dtype=np.float64)
    scale = 255.0 if image.mode == "F" else 255 / 65535
    return (values * scale).round().clip(0, 255).astype(np.uint8)[:, :, None]


def _unreadable(given: str) -> DataError:
    return DataError(
        given, f"a whole picture: {', '.join(ENDINGS)}", "open it in a viewer, or copy it again"
    )
