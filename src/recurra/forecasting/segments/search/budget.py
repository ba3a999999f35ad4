"""How long a search may take."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from numbers import Real
from typing import Self

from recurra.errors import OptionError

_UNITS = {"": 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}
_TRIALS = re.compile(r"(\d+) *trials?")
_TIME = re.compile(r"(\d+(?:\.\d+)?|\.\d+) *(s|sec|m|min|h|)")


@dataclass(frozen=True)
class Budget:
    """A time, or a number of trials; one of the two.

    A number of trials alone can be repeated bit for bit: how many trials a time has room for
    depends on the machine and on what else it does.

    Attributes:
        seconds: For all of the learning, above 0.
        trials: At least 1; the first is what the rules chose.
    """

    seconds: float | None = None
    trials: int | None = None

    @classmethod
    def parse(cls, given: object) -> Self:
        """Reads "90s", "10m", "1.5h", "20 trials", or a number of seconds.

        Raises:
            OptionError: If it is none of these, or not above 0.
        """
        if isinstance(given, bool):
            raise _refused(given)
        if isinstance(given, Real):
            return cls._of(given, seconds=float(given))
        text = given.strip().lower() if isinstance(given, str) else ""
        if found := _TRIALS.fullmatch(text):
            return cls._of(given, trials=int(found[1]))
        if found := _TIME.fullmatch(text):
            return cls._of(given, seconds=float(found[1]) * _UNITS[found[2]])
        raise _refused(given)

    @classmethod
    def _of(cls, given: object, seconds: float | None = None, trials: int | None = None) -> Self:
        amount = seconds if trials is None else trials
        if amount is None or not math.isfinite(amount) or amount <= 0:
            raise _refused(given)
        return cls(seconds, trials)

    def __str__(self) -> str:
        if self.trials is not None:
            return "1 trial" if self.trials == 1 else f"{self.trials:,} trials"
        return f"{self.seconds:g} s"


def _refused(given: object) -> OptionError:
    return OptionError(
        f"auto={given!r}",
        "a time or a number of trials, above 0",
        "'90s', '10m', '1h', a number of seconds, or '20 trials'",
    )
