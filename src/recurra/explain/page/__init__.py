"""The page on an explanation: one file that opens offline."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from recurra import pages
from recurra.explain.page.payload import payload

if TYPE_CHECKING:
    from recurra.explain.explanation import Explanation

__all__ = ["page"]


def page(explanation: Explanation) -> str:
    """The page as HTML.

    What comes from the data is either escaped or base64, and the page's own policy lets the
    browser run and draw by nothing but the two texts whose hashes it names.

    Args:
        explanation: What it shows.
    """
    found = payload(explanation)
    script, style = _shipped("viewer.js"), _shipped("viewer.css")
    return pages.template("recurra.explain", "explanation.html").render(
        title=explanation.title,
        sentences=explanation.sentences,
        policy=f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'",
        script=script,
        style=style,
        about=_within_script(json.dumps(found.about, ensure_ascii=False, allow_nan=False)),
        arrays=found.arrays,
        version=version("recurra"),
    )


@cache
def _shipped(name: str) -> str:
    return files("recurra.explain").joinpath("pages", name).read_text("utf-8").strip()


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


def _within_script(text: str) -> str:
    """JSON that cannot end the element that it stands in, nor begin a comment there."""
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
