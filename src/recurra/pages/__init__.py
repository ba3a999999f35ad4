"""The pages that are written for people: HTML that needs no other file and no network."""

from __future__ import annotations

import base64
from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template


def template(package: str, name: str) -> Template:
    """A page by the package whose folder ``pages`` holds it and the name of its file.

    It may include ``"style.css"``, which all pages share.
    """
    return _pages(package).get_template(name)


def embedded(png: bytes) -> str:
    """A picture as what the ``src`` of an ``img`` may be, so that the page needs no other file."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


@cache
def _pages(package: str) -> Environment:
    return Environment(
        loader=ChoiceLoader([PackageLoader(package, "pages"), PackageLoader("recurra.pages", ".")]),
        # Keeps a text of the user's from becoming part of the page's code.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
