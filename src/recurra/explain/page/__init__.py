"""The page on an explanation: one file that opens offline."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING

from recurra import pages
from recurra.explain.page.payload import payload
from recurra.explain.page.policy import policy, shipped, within_script

if TYPE_CHECKING:
    from recurra.explain.explanation import Explanation

__all__ = ["page"]


def page(explanation: Explanation) -> str:
    """The page as HTML.

    What comes from the data is either escaped or base64, and the page's own policy lets the browser
    run and draw by nothing but its own script and style.

    Args:
        explanation: What it shows.
    """
    found = payload(explanation)
    script, style = (
        shipped("recurra.explain", "viewer.js"),
        shipped("recurra.explain", "viewer.css"),
    )
    return pages.template("recurra.explain", "explanation.html").render(
        title=explanation.title,
        sentences=explanation.sentences,
        policy=policy(script, style),
        script=script,
        style=style,
        about=within_script(json.dumps(found.about, ensure_ascii=False, allow_nan=False)),
        arrays=found.arrays,
        version=version("recurra"),
    )
