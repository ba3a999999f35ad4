"""Which column of a table is a covariate, and when it is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from recurra.errors import OptionError


@dataclass(frozen=True)
class Roles:
    """The names of the columns that are covariates.

    Attributes:
        static: The same in all rows of a series: a kind of shop, a place.
        past: Known up to now only: a temperature that was measured.
        future: Known ahead as well: a price, a promotion.
        categorical: Those among them that hold numbers which name things and do not count, such as
            the number of a shop. Text and truth values are categories anyway.

    Raises:
        OptionError: If a name stands twice, is no text, or ``categorical`` names no covariate.
    """

    static: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    future: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field in fields(self):
            given = getattr(self, field.name)
            object.__setattr__(self, field.name, _names(field.name, given))
        counts = Counter(self.names)
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            raise OptionError(
                f"the column {twice[0]!r} is named {counts[twice[0]]} times among the covariates",
                "each column once: as static, past or future",
                "a column that is known ahead is future; its past is read anyway",
            )
        strange = [name for name in self.categorical if name not in counts]
        if strange:
            raise OptionError(
                f"categorical={strange[0]!r}, which is no covariate",
                "columns that static, past or future name as well",
                f"name {strange[0]!r} there, or leave it out",
            )

    @property
    def names(self) -> tuple[str, ...]:
        """All columns: static, past, future."""
        return (*self.static, *self.past, *self.future)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {field.name: list(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What :meth:`to_json` gave."""
        return cls(**{name: tuple(names) for name, names in data.items()})


def _names(role: str, given: Sequence[str]) -> tuple[str, ...]:
    listed = not isinstance(given, str) and isinstance(given, Sequence)
    if not listed or not all(isinstance(name, str) and name for name in given):
        raise OptionError(
            f"{role}={given!r}",
            "a list of names of columns",
            f"{role}=[{given!r}]" if isinstance(given, str) and given else "leave it out for none",
        )
    return tuple(given)
