"""What all pictures share: fonts for any letters, plain axes, one file for one picture."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names

_FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "SimHei")
"""Fonts with Chinese, Japanese and Korean letters."""


def title(axes: Axes, text: str) -> None:
    """Heads a picture, at its left."""
    # A name may hold dollar signs, which are no formulas.
    axes.set_title(text, loc="left", parse_math=False)


def tidy(axes: Axes) -> None:
    """Takes away what only encloses, and lays a pale grid."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)


@contextmanager
def letters() -> Iterator[None]:
    """Fonts for the letters of any name or text; one that no font has is drawn as a box."""
    here = get_font_names()
    fonts = ["DejaVu Sans", *(name for name in _FONTS if name in here)]
    with rc_context({"font.family": fonts}), warnings.catch_warnings():
        # The page and the files beside the picture hold the name whole.
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        yield


def png(figure: Figure) -> bytes:
    """The picture as a file; the same picture is the same bytes."""
    buffer = io.BytesIO()
    # Without the time of writing in it, the same forecast is the same file.
    figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    return buffer.getvalue()
