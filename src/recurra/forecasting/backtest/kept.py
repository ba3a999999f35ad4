"""Finished windows of a long backtest, and the fit at work, kept in a folder."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from recurra import atomic
from recurra.errors import OptionError
from recurra.forecasting.backtest.forecasts import Forecasts
from recurra.training import Checkpoint

SETTINGS = "settings.json"

UNTOLD = ("callbacks",)
"""Parameters that do not tell one backtest from another: they only watch."""


class Kept:
    """The windows that were finished under the same settings.

    Attributes:
        found: How many windows an earlier run had finished.
        damaged: How many of their files could not be read, so that they are made anew.

    Args:
        folder: Where they lie; made if it is missing.
        settings: All that decides what the forecasts are, as text by name.

    Raises:
        OptionError: If windows of another backtest lie there.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = Path(folder)
        self.found = 0
        self.damaged = 0
        self._settings = dict(settings)
        # Settings without a window bind nobody; they are written with the first one.
        self._written = any(self.folder.glob("window-*.npz"))
        if self._written:
            _check_same(self.folder, _read_settings(self.folder / SETTINGS), settings)

    def read(self, window: int) -> Forecasts | None:
        """The forecasts of a window, (S, K), if it was finished."""
        path = self._path(window)
        if not path.exists():
            return None
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
                found = _unpacked({name: arrays[name] for name in arrays.files})
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            self.damaged += 1
            return None
        self.found += 1
        return found

    def write(self, window: int, forecasts: Forecasts) -> None:
        """Keeps the forecasts of a window, (S, K).

        Raises:
            OutputError: If they cannot be written.
        """
        if not self._written:
            told = json.dumps(self._settings, indent=2).encode()
            atomic.write(self.folder / SETTINGS, told)
            self._written = True
        buffer = io.BytesIO()
        low = {f"low {level!r}": values for level, values in forecasts.low.items()}
        high = {f"high {level!r}": values for level, values in forecasts.high.items()}
        arrays: dict[str, Any] = {"point": forecasts.point, **low, **high}
        np.savez(buffer, **arrays)
        atomic.write(self._path(window), buffer.getvalue())

    @contextmanager
    def fit_at(self, window: int, every: float, *, verbose: int) -> Iterator[Checkpoint]:
        """Where the fit at a window's origin is kept, until all windows that need it are finished.

        Args:
            window: Which.
            every: Seconds from one checkpoint to the next.
            verbose: 1 says where a fit goes on, 0 does not.
        """
        try:
            with Checkpoint(self._fit(window), every=every, verbose=verbose) as run:
                yield run
        finally:
            # Made for it, and perhaps for nothing.
            with suppress(OSError):
                self.folder.rmdir()

    def clear_fits(self, windows: int) -> None:
        """Removes what a kill left of fits that nothing needs any more.

        Args:
            windows: How many there are.
        """
        for window in range(windows):
            if self._fit(window).is_dir():
                Checkpoint(self._fit(window)).clear()

    def _fit(self, window: int) -> Path:
        return self.folder / f"fit-{window + 1:04}"

    @property
    def notes(self) -> list[str]:
        """What was taken from an earlier run, a sentence each."""
        taken = f"{_windows(self.found)} finished earlier taken from {self.folder}"
        lost = f"{_windows(self.damaged)} in {self.folder} could not be read and made anew"
        return [taken] * bool(self.found) + [lost] * bool(self.damaged)

    def _path(self, window: int) -> Path:
        return self.folder / f"window-{window + 1:04}.npz"


def describe(parameters: Mapping[str, Any], table: pl.DataFrame, **more: Any) -> dict[str, str]:
    """All that decides what the forecasts of a backtest are.

    Args:
        parameters: Of the forecaster.
        table: Its data.
        more: What else was set.
    """
    told = {name: _told(value) for name, value in parameters.items() if name not in UNTOLD}
    others = {name: _told(value) for name, value in more.items()}
    return {**told, **others, "data": fingerprint(table), "recurra": version("recurra")}


def fingerprint(table: pl.DataFrame) -> str:
    """Sixteen letters by which a table is known again."""
    digest = hashlib.sha256()
    for column in table:
        digest.update(f"{column.name}:{column.dtype};".encode())
        if column.dtype.is_numeric() and not column.null_count():
            digest.update(column.to_numpy().tobytes())
        else:
            digest.update("\x1f".join(column.cast(pl.String).fill_null("\x1e")).encode())
    return digest.hexdigest()[:16]


def _told(value: Any) -> str:
    """A value as text, the same in every run: an address in memory is none of it."""
    text = repr(value)
    return type(value).__qualname__ if " at 0x" in text else text


def _unpacked(arrays: Mapping[str, Any]) -> Forecasts:
    def side(name: str) -> dict[float, Any]:
        return {
            float(key.removeprefix(f"{name} ")): values
            for key, values in arrays.items()
            if key.startswith(f"{name} ")
        }

    return Forecasts(arrays["point"], side("low"), side("high"))


def _read_settings(place: Path) -> dict[str, str]:
    try:
        read = json.loads(place.read_bytes())
    except (OSError, ValueError):
        read = None
    if not isinstance(read, dict):
        raise OptionError(
            f"{place}, which cannot be read",
            "the settings of an earlier backtest",
            f"delete {place.parent}, or give another folder with --out",
        )
    return read


def _check_same(folder: Path, there: Mapping[str, str], here: Mapping[str, str]) -> None:
    names = [name for name in {**there, **here} if there.get(name) != here.get(name)]
    if names:
        told = ", ".join(
            f"{name} was {there.get(name, 'not set')} and is {here.get(name, 'not set')}"
            for name in names[:4]
        )
        raise OptionError(
            f"{folder} holds windows of another backtest: {told}",
            "the same data and settings, to go on where it stopped",
            f"give another folder with --out, or delete {folder}",
        )


def _windows(count: int) -> str:
    return "1 window" if count == 1 else f"{count} windows"
