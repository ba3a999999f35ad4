"""What was drawn of a picture."""

from __future__ import annotations

from dataclasses import dataclass

from recurra.applications.caption.strokes.notation import Stroke, path_of

_SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<path d="{path}" fill="none" stroke="black" stroke-width="{pen:g}" stroke-linecap="round" \
stroke-linejoin="round"/>
</svg>
"""

PEN = 40
"""The longer side of the picture is so many times as long as the drawn line is wide."""


@dataclass(frozen=True)
class Drawing:
    """What a pen does.

    Attributes:
        strokes: Each (P, 2) in points of the picture from its upper left corner, y down.
        width: Of the picture, in points.
        height: Of the picture, in points.
        nats: The mean negative log-likelihood of its steps: the lower the surer.
        ended: Whether it came to its end, rather than to the most steps that it may have.
    """

    strokes: tuple[Stroke, ...]
    width: int
    height: int
    nats: float
    ended: bool

    @property
    def text(self) -> str:
        """The path of an SVG file."""
        return path_of(self.strokes)

    def to_svg(self) -> str:
        """The drawing as an SVG file that any browser shows."""
        pen = max(self.width, self.height) / PEN
        return _SVG.format(width=self.width, height=self.height, path=self.text, pen=pen)
