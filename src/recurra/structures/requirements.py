"""What a structure needs of its recurrent part."""

from __future__ import annotations

from recurra.errors import OptionError
from recurra.layers import Recurrent


def needs_batch_first(recurrent: Recurrent) -> None:
    """Refuses a layer that takes (T, B, I).

    Raises:
        OptionError: If it does.
    """
    if not recurrent.batch_first:
        raise OptionError(
            "a recurrent layer that takes (T, B, I)",
            "one that takes (B, T, I)",
            "make it with batch_first=True",
        )


def needs_forwards(recurrent: Recurrent) -> None:
    """Refuses a layer that reads sequences from their end, which is not there while they grow.

    Raises:
        OptionError: If it does.
    """
    if recurrent.directions != ("forwards",):
        raise OptionError(
            f"a recurrent layer that reads {' and '.join(recurrent.directions)} for a sequence "
            "that is generated step by step",
            "one that reads forwards only",
            "make it with bidirectional=False and reverse=False",
        )
