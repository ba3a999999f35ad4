"""Options of a forecaster that are wrong whatever the data and the kind of model are."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from recurra.errors import OptionError
from recurra.forecasting.plan import is_whole
from recurra.training import Callback


def check_seed(seed: object) -> None:
    """Raises an OptionError if no generator can start from it."""
    if not (is_whole(seed, least=0) and int(seed) < 2**63):  # type: ignore[call-overload]
        raise OptionError(f"seed={seed!r}", "a whole number, at least 0 and below 2**63")


def check_callbacks(given: object) -> None:
    """Raises an OptionError if they are neither the default nor a list of callbacks."""
    if given == "default":
        return
    listed: Sequence[object] = given if isinstance(given, Sequence) else ("",)
    if not all(isinstance(one, Callback) for one in listed) or isinstance(given, str):
        raise OptionError(
            f"callbacks={given!r}",
            "'default', or a list of callbacks",
            "callbacks=[] to train without any",
        )


def check_strategy(strategy: object, horizon: int | None, known: Collection[str]) -> None:
    """Raises an OptionError if there is none of that name, or it cannot reach so far."""
    if strategy is not None and not (isinstance(strategy, str) and strategy in known):
        raise OptionError(f"strategy {strategy!r}", " or ".join(map(repr, known)))
    if strategy == "one-step" and horizon not in {None, 1}:
        raise OptionError(
            f"horizon {horizon} with strategy 'one-step'",
            "horizon 1, since each prediction is made from true values",
            "strategy 'recursive', which feeds predictions back, reaches further",
        )
