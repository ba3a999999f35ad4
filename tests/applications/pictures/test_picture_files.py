"""Pictures are read whatever they were written by, and what is none is named."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from recurra.applications.pictures import (
    decoded,
    encoded,
    open_picture,
    paths_in,
    read_pictures,
    sizes_said,
)
from recurra.errors import DataError

CHANCE = np.random.default_rng(0)
GREY = CHANCE.integers(0, 256, (9, 7), dtype=np.uint8)
COLOURS = CHANCE.integers(0, 256, (9, 7, 3), dtype=np.uint8)


def written(image: Image.Image, kind: str, **how: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **how)
    return buffer.getvalue()


@given(st.integers(1, 20), st.integers(1, 20), st.sampled_from([1, 3]), st.integers(0, 99))
def test_what_is_written_is_read_again(height: int, width: int, colours: int, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 256, (height, width, colours), dtype=np.uint8)
    if colours == 3:
        image[0, 0] = 0, 1, 2
    assert np.array_equal(decoded(encoded(image), "a.png"), image)
    assert np.array_equal(decoded(encoded((image / 255).astype(np.float32)), "a.png"), image)


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF", "PPM", "WEBP"])
def test_every_format_gives_the_points_that_were_written(kind: str) -> None:
    how = {"lossless": True} if kind == "WEBP" else {}
    assert np.array_equal(decoded(written(Image.fromarray(COLOURS), kind, **how), "a"), COLOURS)
    assert np.array_equal(
        decoded(written(Image.fromarray(GREY), kind, **how), "a"), GREY[:, :, None]
    )


def test_a_photograph_is_near_enough_and_stands_upright() -> None:
    smooth = np.linspace(0, 255, 64 * 48).reshape(48, 64).astype(np.uint8)
    turned = Image.Exif()
    turned[0x0112] = 6  # A quarter to the right.
    found = decoded(written(Image.fromarray(smooth), "JPEG", exif=turned), "a.jpg")
    assert found.shape == (64, 48, 1)
    assert np.abs(found[:, :, 0].astype(int) - np.rot90(smooth, -1)).max() < 12


def test_colours_that_are_all_grey_are_grey() -> None:
    same = np.repeat(GREY[:, :, None], 3, 2)
    assert decoded(written(Image.fromarray(same), "PNG"), "a").shape == (9, 7, 1)


def test_sixteen_bits_palettes_and_what_is_transparent() -> None:
    deep = Image.fromarray(GREY.astype(np.uint16) * 257)
    assert np.array_equal(decoded(written(deep, "PNG"), "a")[:, :, 0], GREY)
    palette = Image.fromarray(COLOURS).quantize(256)
    assert np.array_equal(decoded(written(palette, "PNG"), "a"), np.asarray(palette.convert("RGB")))
    clear = Image.new("RGBA", (4, 3), (10, 20, 30, 0))
    assert (decoded(written(clear, "PNG"), "a") == 255).all()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "a.png is empty"),
        (b"hello", "a.png is no picture"),
        (written(Image.fromarray(COLOURS), "PNG")[:-90], "a.png is damaged"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(content: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        decoded(content, "a.png")


def test_a_picture_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20)
    with pytest.raises(DataError, match="too many points"):
        decoded(written(Image.fromarray(GREY), "PNG"), "a.png")


def test_a_folder_of_mixed_pictures_is_read_and_broken_ones_are_named(tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(encoded(GREY[:, :, None]))
    (tmp_path / "a.JPG").write_bytes(written(Image.fromarray(COLOURS), "JPEG"))
    (tmp_path / "c.png").write_bytes(b"no picture")
    (tmp_path / "d.png").write_bytes(encoded(GREY[:4, :5, None]))
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / ".hidden.png").write_bytes(b"")
    found = read_pictures(paths_in(tmp_path))
    assert found.names == ["a.JPG", "b.png", "d.png"]
    assert found.notes == ("1 picture left out: cannot be read (c.png)",)
    assert sizes_said(found.images) == "3 pictures of 5 x 4 to 7 x 9 points, 1 in colour"
    assert read_pictures(paths_in(tmp_path), lambda image: image[:2]).images[0].shape[0] == 2


def test_folders_without_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no picture"):
        paths_in(tmp_path)
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(DataError, match="is a file"):
        paths_in(tmp_path / "a.png")
    with pytest.raises(DataError, match="None of 1 pictures"):
        read_pictures(paths_in(tmp_path))
    with pytest.raises(DataError, match="There is no file"):
        open_picture(tmp_path / "b.png")
    with pytest.raises(DataError, match="There is no f"):
        paths_in(tmp_path / "nowhere")
