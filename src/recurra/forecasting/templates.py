"""The pages that are written for people: HTML that needs no other file and no network."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


def template(name: str) -> Template:
    """A page by the name of its file, as ``"report.html"``."""
    return _pages().get_template(name)


@cache
def _pages() -> Environment:
    return Environment(
        loader=PackageLoader("recurra.forecasting", "pages"),
        # Keeps a column or series name from becoming part of the page's code.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
