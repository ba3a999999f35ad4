"""Pictures: read from folders whatever they were written by, held against each other, written."""

from recurra.applications.pictures.decoding import ENDINGS, Pixels, decoded
from recurra.applications.pictures.encoding import encoded
from recurra.applications.pictures.measures import decibels, psnr, ssim
from recurra.applications.pictures.reading import (
    Pictures,
    left_out,
    open_picture,
    paths_in,
    read_pictures,
    sizes_said,
)
from recurra.applications.pictures.squares import framing, square, squares

__all__ = [
    "ENDINGS",
    "Pictures",
    "Pixels",
    "decibels",
    "decoded",
    "encoded",
    "framing",
    "left_out",
    "open_picture",
    "paths_in",
    "psnr",
    "read_pictures",
    "sizes_said",
    "square",
    "squares",
    "ssim",
]
