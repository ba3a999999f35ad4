"""Series from arrays in a .npz file."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from recurra import text_files
from recurra.applications.series.collection import Collection, Values, numbered
from recurra.errors import DataError

SHAPES = "x of (N, T, C), or with lengths (N,) of (all steps, C); y (N,) the classes"


def read_npz(path: Path) -> Collection:
    """Reads arrays that ``numpy.savez`` wrote; nothing is unpickled.

    ``x`` is (N, T, C), (N, T, J, 3) for the coordinates of J joints, or with ``lengths`` (N,) the
    steps of all series one after the other, (all steps, C). Of (N, T, C) with ``lengths`` each
    series is as long as that says. ``y`` (N,) holds the classes, ``groups`` (N,) says whose each
    series is, and ``channels`` (C,) what the channels are called; all may be missing.

    Args:
        path: The file.

    Raises:
        DataError: If it cannot be read, or shapes do not fit.
    """
    text_files.check_there(path, "arrays of series")
    arrays = _opened(path)
    if "x" not in arrays:
        raise DataError(f"{path} holds {', '.join(arrays) or 'nothing'}, and no x", SHAPES)
    series = _series(arrays["x"], arrays.get("lengths"), path)
    width = series[0].shape[1]
    channels = tuple(map(str, arrays["channels"])) if "channels" in arrays else numbered(width)
    told = {
        key: [str(one) for one in arrays[key]] if key in arrays else [] for key in ("y", "groups")
    }
    for key, said in told.items():
        if said and len(said) != len(series):
            raise DataError(f"{path} has {len(series):,} series and {len(said):,} {key}", SHAPES)
    if len(channels) != width:
        raise DataError(f"{path} has {width} channels and {len(channels)} names of them", SHAPES)
    names = [str(n) for n in range(1, len(series) + 1)]
    return Collection(series, told["y"], names, channels, told["groups"])


def _opened(path: Path) -> Mapping[str, Any]:
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, AttributeError, TypeError) as error:
        raise DataError(
            f"{path} cannot be read as arrays ({error}).",
            "a file that numpy.savez wrote, without objects in it",
            "write it with numpy.savez(path, x=..., y=...)",
        ) from error


def _series(x: Any, lengths: Any, path: Path) -> list[Values]:
    """(T, C) each."""
    if x.dtype.kind not in "fiub" or x.ndim < 2 or not x.size:
        raise DataError(f"x of {path} has the shape {x.shape} and the type {x.dtype}", SHAPES)
    if lengths is not None and int(np.sum(lengths)) == len(x) and x.ndim in {2, 3}:
        ends = np.cumsum(lengths)[:-1]
        return [_flat(one, one.shape[1:]) for one in np.split(x.astype(np.float32), ends)]
    if x.ndim not in {3, 4} or (lengths is not None and len(lengths) != len(x)):
        raise DataError(
            f"x of {path} has the shape {x.shape}"
            + ("" if lengths is None else f", and lengths add up to {int(np.sum(lengths)):,}"),
            SHAPES,
        )
    ends = np.full(len(x), x.shape[1]) if lengths is None else lengths
    return [
        _flat(one[: int(end)], x.shape[2:])
        for one, end in zip(x.astype(np.float32), ends, strict=True)
    ]


def _flat(one: Values, shape: tuple[int, ...]) -> Values:
    return one.reshape(len(one), int(np.prod(shape)))
