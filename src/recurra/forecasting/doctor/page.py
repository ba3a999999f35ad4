"""A look at the data as one self-contained page."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from recurra.forecasting.doctor import sketches
from recurra.forecasting.doctor.text import headline
from recurra.forecasting.templates import template

if TYPE_CHECKING:
    from recurra.forecasting.doctor.inspection import Inspection


def render(inspection: Inspection) -> str:
    """The page, as HTML that needs no other file and no network."""
    return template("inspection.html").render(
        found=inspection,
        headline=headline(inspection),
        width=sketches.WIDTH,
        height=sketches.HEIGHT,
        strip=sketches.STRIP,
        version=version("recurra"),
    )
