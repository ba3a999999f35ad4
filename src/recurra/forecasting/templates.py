"""The pages on forecasts."""

from __future__ import annotations

from jinja2 import Template

from recurra import pages


def template(name: str) -> Template:
    """A page by the name of its file, as ``"report.html"``."""
    return pages.template("recurra.forecasting", name)
