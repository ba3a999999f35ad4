"""Equations as MathML, which browsers draw themselves: no script, no font, no network."""

from __future__ import annotations

import re
from html import escape

from recurra.language.notation import Notation
from recurra.language.primitives import Primitive

_TOKEN = re.compile(r"(\{\d\})|([^\W\d_]+)|(\s+)|(.)")


class Mathml(Notation):
    """For pages that open offline."""

    scaled = "{0}<mo>&#x2062;</mo>{1}"

    def form(self, primitive: Primitive) -> str:
        """That for terminals, its signs and words marked up."""
        if primitive.name == "sqrt":
            return "<msqrt>{0}</msqrt>"
        return "".join(_marked(*match.groups("")) for match in _TOKEN.finditer(primitive.text))

    def name(self, name: str) -> str:
        """With a true subscript."""
        family, _, subscript = name.partition("_")
        if not subscript:
            return self.word(family)
        return f"<msub>{self.word(family)}{self.word(subscript)}</msub>"

    def word(self, word: str) -> str:
        """A single letter slanted, a word upright."""
        return f"<mi>{escape(word)}</mi>"

    def now(self, symbol: str) -> str:
        """A value of this step."""
        return self.at(symbol, 0)

    def at(self, symbol: str, offset: int) -> str:
        """With the time as a subscript."""
        written = symbol if symbol.startswith("<") else self.word(symbol)
        before = f"<mo>&#x2212;</mo><mn>{offset}</mn>" if offset else ""
        return f"<msub>{written}<mrow><mi>t</mi>{before}</mrow></msub>"

    def transposed(self, matrix: str) -> str:
        """With a raised T."""
        return f"<msup><mrow>{matrix}</mrow><mo>&#x22A4;</mo></msup>"

    def function(self, name: str, argument: str) -> str:
        """As a call."""
        head, _, blocks = name.partition("_")
        sign = "<mo>&#x2211;</mo>" if head == "sum" else self.name(name) if blocks else ""
        return f"{sign or self.word(head)}{self.bracket(argument)}"

    def equal(self, left: str, right: str) -> str:
        """With an equals sign."""
        return f"{left}<mo>=</mo>{right}"

    def product(self, matrix: str, vector: str) -> str:
        """Side by side."""
        return f"{matrix}<mo>&#x2062;</mo>{vector}"

    def sum(self, first: str, sign: str, second: str) -> str:
        """With the sign between them."""
        return f"{first}<mo>{'&#x2212;' if sign == '-' else sign}</mo>{second}"

    def bracket(self, text: str) -> str:
        """In brackets of the height of a letter."""
        return f'<mo stretchy="false">(</mo>{text}<mo stretchy="false">)</mo>'

    def number(self, text: str) -> str:
        """Upright; a size slanted."""
        return f"<mi>{escape(text)}</mi>" if text.isalpha() else f"<mn>{escape(text)}</mn>"

    def begins(self, text: str) -> str:
        """The first character outside the markup."""
        return re.sub(r"<[^>]*>", "", text)[:1].replace("&", "-")

    def delta(self) -> str:
        """A capital delta."""
        return "<mi>Δ</mi>"

    def below(self, state: str) -> str:
        """Marked as the layer beneath."""
        return f"<msubsup>{self.word(state)}<mi>t</mi><mi>below</mi></msubsup>"

    def values(self, values: tuple[float, ...]) -> str:
        """Constants, one a block of units."""
        return f"<mtext>{super().values(values)}</mtext>"


def _marked(place: str, word: str, space: str, sign: str) -> str:
    if place or space:
        return place
    if word in {"if", "else"}:
        return f"<mtext>&#xA0;{word}&#xA0;</mtext>"
    if word:
        return f"<mi>{word}</mi>"
    written = "&#x2212;" if sign == "-" else escape(sign)
    return f'<mo stretchy="false">{written}</mo>'


MATHML: Notation = Mathml()
