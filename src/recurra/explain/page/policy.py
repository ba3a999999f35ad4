"""What keeps a page to its own script and style, whatever stands in its data."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files


def policy(script: str, style: str) -> str:
    """A content security policy: the browser runs and draws by these two texts, and by no other.

    Args:
        script: As it stands in the page.
        style: Likewise.
    """
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def shipped(package: str, name: str) -> str:
    """A file that was built from ``frontend/`` and lies in a package's folder ``pages``."""
    return files(package).joinpath("pages", name).read_text("utf-8").strip()


def within_script(text: str) -> str:
    """JSON that cannot end the element that it stands in, nor begin a comment there."""
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"
