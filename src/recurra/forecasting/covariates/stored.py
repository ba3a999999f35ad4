"""Covariates as arrays of a file, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from recurra.forecasting.covariates.block import Block
from recurra.forecasting.covariates.covariates import Covariates
from recurra.forecasting.covariates.encoding import Encoding

BLOCKS = ("past", "future", "static")
WHOLE = ("firsts", "lengths", "rooms")


def tensors(covariates: Covariates) -> dict[str, Tensor]:
    """All arrays by name; :func:`restored` undoes it. Notes are not kept.

    A model keeps those of ``covariates.last(lookback)``.
    """
    arrays = {name: getattr(covariates, name) for name in WHOLE}
    arrays["origins"] = covariates.origins.astype(np.int64)
    for role in BLOCKS:
        arrays |= {f"{role}.{name}": each for name, each in vars(getattr(covariates, role)).items()}
    return {name: torch.from_numpy(np.ascontiguousarray(each)) for name, each in arrays.items()}


def restored(
    encoding: Encoding,
    ids: Sequence[str],
    stored: Mapping[str, Tensor],
    left_out: Sequence[str] = (),
) -> Covariates:
    """What :func:`tensors` was given.

    Args:
        encoding: Of the covariates, from its own JSON.
        ids: The names of the series.
        stored: The arrays.
        left_out: As in the covariates.

    Raises:
        KeyError: If an array is missing.
    """
    arrays = {name: tensor.numpy() for name, tensor in stored.items()}
    unit = np.int64 if encoding.frequency.unit == "step" else "M8[us]"
    past, future, static = (
        Block(*(arrays[f"{role}.{name}"] for name in ("values", "seen", "codes", "coded")))
        for role in BLOCKS
    )
    firsts, lengths, rooms = (arrays[name] for name in WHOLE)
    return Covariates(
        encoding,
        tuple(ids),
        arrays["origins"].astype(unit),
        firsts,
        lengths,
        rooms,
        past,
        future,
        static,
        frozenset(left_out),
    )
