"""Where a text is cut into tokens: one rule for all scripts, which is learned from nothing."""

from __future__ import annotations

import re
from typing import NamedTuple

_ALONE = (
    "\u1000-\u109f"  # Burmese
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u31f0-\u31ff"  # Japanese
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Chinese
    "\U00020000-\U0003ffff"
)
"""The scripts that put no space between words: each of their letters is a token."""

_LETTER = re.compile(f"[{_ALONE}]")
_TOKEN = re.compile(rf"[{_ALONE}]|(?:(?![{_ALONE}])[\w])+(?:['’](?:(?![{_ALONE}])\w)+)*|[^\w\s]")


class Token(NamedTuple):
    """A piece of a text.

    Attributes:
        text: In lower case.
        start: Where it begins in the text, in characters.
        end: Where it ends; its last character is the one before.
    """

    text: str
    start: int
    end: int


def stand_alone(text: str) -> bool:
    """Whether a token is a letter of a script without spaces."""
    return _LETTER.fullmatch(text) is not None


def tokens(text: str) -> list[Token]:
    """Cuts a text: words where its script has spaces between them, letters where it has none.

    A token is a letter of a script without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese), a
    run of other letters and digits, with apostrophes inside it, or a single mark. Texts in several
    scripts need no choice.
    """
    return [Token(found[0].lower(), *found.span()) for found in _TOKEN.finditer(text)]
