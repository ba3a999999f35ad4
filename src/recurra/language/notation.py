"""The two ways in which equations are written."""

from __future__ import annotations

from recurra.language.primitives import Primitive


class Notation:
    """How names, functions and times are written.

    Attributes:
        scaled: A number, ``{0}``, and what it multiplies.
    """

    scaled = "{0} {1}"

    def form(self, primitive: Primitive) -> str:
        """The form of a pointwise function."""
        raise NotImplementedError

    def name(self, name: str) -> str:
        """A parameter: what follows the first underscore is its subscript."""
        raise NotImplementedError

    def word(self, word: str) -> str:
        """A word that is no symbol."""
        raise NotImplementedError

    def at(self, symbol: str, offset: int) -> str:
        """A value so many steps before this one."""
        raise NotImplementedError

    def transposed(self, matrix: str) -> str:
        """A matrix turned about its diagonal."""
        raise NotImplementedError

    def function(self, name: str, argument: str) -> str:
        """A function called by its name."""
        raise NotImplementedError

    def now(self, symbol: str) -> str:
        """A value of this step."""
        return self.at(symbol if len(symbol) == 1 else self.word(symbol), 0)

    def word_now(self, word: str) -> str:
        """A value of this step that goes by a word, however short."""
        return self.at(self.word(word), 0)

    def leaf(self, name: str, role: str) -> str:
        """An input, or a state before the step."""
        first, _, last = name.partition("_" if name.startswith("x_") else ".")
        if name in {"t", "dt"}:
            return {"t": "t", "dt": self.at(self.delta(), 0)}[name]
        if first == "below":
            return self.below(last)
        symbol = first if len(first) == 1 else self.word(name)
        return self.at(symbol, int(last) if first == "x" and last else int(role == "state"))

    def equal(self, left: str, right: str) -> str:
        """An equation."""
        return f"{left} = {right}"

    def product(self, matrix: str, vector: str) -> str:
        """A matrix times a vector."""
        return f"{matrix} {vector}"

    def sum(self, first: str, sign: str, second: str) -> str:
        """A sum or a difference."""
        return f"{first} {sign} {second}"

    def bracket(self, text: str) -> str:
        """In brackets."""
        return f"({text})"

    def number(self, text: str) -> str:
        """A number, or a size that stands for one."""
        return text

    def begins(self, text: str) -> str:
        """The first character that is seen of it."""
        return text[0]

    def delta(self) -> str:
        """The letter of the time that has passed."""
        raise NotImplementedError

    def below(self, state: str) -> str:
        """A state of the layer beneath."""
        raise NotImplementedError

    def values(self, values: tuple[float, ...]) -> str:
        """Constants, one a block of units."""
        few = ", ".join(f"{value:g}" for value in values[:4])
        return f"({few}, ...)" if len(values) > 4 else f"({few})"


class Latex(Notation):
    """For pages."""

    scaled = r"{0} \, {1}"

    def form(self, primitive: Primitive) -> str:
        """Its column of the table."""
        return primitive.latex

    def name(self, name: str) -> str:
        """With a true subscript."""
        family, _, subscript = name.partition("_")
        symbol = self._symbol(family)
        return f"{symbol}_{{{self._symbol(subscript)}}}" if subscript else symbol

    def _symbol(self, text: str) -> str:
        return text if len(text) <= 2 else self.word(text)

    def word(self, word: str) -> str:
        """Upright."""
        escaped = word.replace("_", r"\_")
        return rf"\text{{{escaped}}}" if " " in word else rf"\mathrm{{{escaped}}}"

    def at(self, symbol: str, offset: int) -> str:
        """With the time as a subscript."""
        return f"{symbol}_{{t-{offset}}}" if offset else f"{symbol}_t"

    def transposed(self, matrix: str) -> str:
        """With a raised T."""
        return rf"{matrix}^{{\top}}"

    def function(self, name: str, argument: str) -> str:
        """Upright; sums and blocks by their usual signs."""
        head, _, blocks = name.partition("_")
        sign = r"\sum" if head == "sum" else self.word(head) + (f"_{{{blocks}}}" if blocks else "")
        return rf"{sign}({argument})"

    def delta(self) -> str:
        """A capital delta."""
        return r"\Delta"

    def below(self, state: str) -> str:
        """Marked as the layer beneath."""
        return rf"{state}^{{\mathrm{{below}}}}_t"


class Text(Notation):
    """For terminals."""

    def form(self, primitive: Primitive) -> str:
        """Its column of the table."""
        return primitive.text

    def name(self, name: str) -> str:
        """As it is written."""
        return name

    def word(self, word: str) -> str:
        """As it is."""
        return word

    def at(self, symbol: str, offset: int) -> str:
        """With small letters for the time."""
        return (
            f"{symbol}ₜ"
            + "₋" * bool(offset)
            + "".join("₀₁₂₃₄₅₆₇₈₉"[int(d)] for d in str(offset) if offset)
        )

    def transposed(self, matrix: str) -> str:
        """With a raised T."""
        return f"{matrix}ᵀ"

    def function(self, name: str, argument: str) -> str:
        """As a call."""
        return f"{name}({argument})"

    def delta(self) -> str:
        """A capital delta."""
        return "Δ"

    def below(self, state: str) -> str:
        """Marked as the layer beneath."""
        return f"{state}ₜ[below]"


LATEX: Notation = Latex()
TEXT: Notation = Text()
