"""Recurrent neural networks, whole: a cell is its equations, written once.

The public names are imported when they are first used, so that ``import recurra`` is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recurra import cells, tasks
    from recurra.diagnose import Diagnosis, diagnose
    from recurra.explain import Explanation, explain
    from recurra.forecasting import Forecaster
    from recurra.kernels.choose import use_kernel
    from recurra.language import Cell
    from recurra.layers import GRU, LSTM, RNN, Recurrent, chrono_, orthogonal_, summary
    from recurra.structures import (
        CRF,
        EachToEach,
        ImageToImage,
        ManyToMany,
        ManyToOne,
        OneToMany,
        OneToOne,
        beam_search,
        greedy,
        sample,
    )
    from recurra.training import (
        SGD,
        Adam,
        AdamW,
        Callback,
        CSVLogger,
        EarlyStopping,
        History,
        ModelCheckpoint,
        Progress,
        ReduceLROnPlateau,
        RMSprop,
        TensorBoard,
        Trainer,
    )

_HOMES = {
    "Cell": "language",
    "GRU": "layers",
    "LSTM": "layers",
    "RNN": "layers",
    "Recurrent": "layers",
    "summary": "layers",
    "use_kernel": "kernels.choose",
    "ManyToOne": "structures",
    "Adam": "training",
    "AdamW": "training",
    "Callback": "training",
    "CSVLogger": "training",
    "EarlyStopping": "training",
    "History": "training",
    "ModelCheckpoint": "training",
    "Progress": "training",
    "RMSprop": "training",
    "ReduceLROnPlateau": "training",
    "SGD": "training",
    "TensorBoard": "training",
    "Trainer": "training",
    "Forecaster": "forecasting",
    "CRF": "structures",
    "EachToEach": "structures",
    "ImageToImage": "structures",
    "ManyToMany": "structures",
    "OneToMany": "structures",
    "OneToOne": "structures",
    "beam_search": "structures",
    "greedy": "structures",
    "sample": "structures",
    "chrono_": "layers",
    "orthogonal_": "layers",
    "Diagnosis": "diagnose",
    "diagnose": "diagnose",
    "Explanation": "explain",
    "explain": "explain",
}

__all__ = [
    "CRF",
    "GRU",
    "LSTM",
    "RNN",
    "SGD",
    "Adam",
    "AdamW",
    "CSVLogger",
    "Callback",
    "Cell",
    "Diagnosis",
    "EachToEach",
    "EarlyStopping",
    "Explanation",
    "Forecaster",
    "History",
    "ImageToImage",
    "ManyToMany",
    "ManyToOne",
    "ModelCheckpoint",
    "OneToMany",
    "OneToOne",
    "Progress",
    "RMSprop",
    "Recurrent",
    "ReduceLROnPlateau",
    "TensorBoard",
    "Trainer",
    "beam_search",
    "cells",
    "chrono_",
    "diagnose",
    "explain",
    "greedy",
    "orthogonal_",
    "sample",
    "summary",
    "tasks",
    "use_kernel",
]


def __getattr__(name: str) -> Any:
    if name in {"cells", "tasks"}:
        return importlib.import_module(f"recurra.{name}")
    if name in _HOMES:
        return getattr(importlib.import_module(f"recurra.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'recurra' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
