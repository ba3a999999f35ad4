"""A look at the data as one self-contained page."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from recurra.forecasting.doctor import sketches
from recurra.forecasting.doctor.text import headline

if TYPE_CHECKING:
    from recurra.forecasting.doctor.inspection import Inspection


def render(inspection: Inspection) -> str:
    """The page, as HTML that needs no other file and no network."""
    # Autoescaping keeps a column or series name from becoming part of the page's code.
    pages = Environment(
        loader=PackageLoader("recurra.forecasting.doctor", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template("inspection.html").render(
        found=inspection,
        headline=headline(inspection),
        width=sketches.WIDTH,
        height=sketches.HEIGHT,
        strip=sketches.STRIP,
        version=version("recurra"),
    )
