"""Compiled code kept on disk, so that it is compiled once for each processor.

It is code, so only a folder that is the user's alone is trusted. What does not read as it was
written is made anew. Files are written aside and renamed, so processes never meet half of one.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

import llvmlite.binding as llvm
from platformdirs import user_cache_path

from recurra.atomic import write as write_whole
from recurra.errors import OutputError
from recurra.kernels.cpu.code import Code, compiled, loaded
from recurra.kernels.cpu.target import target

_LARGEST = 64 * 1024 * 1024
"""The bytes that all files together may take."""


def kept(name: str, write: Callable[[], str]) -> Code:
    """Code from disk, or compiled and kept there.

    Args:
        name: What distinguishes it from all other code of the same writer.
        write: Writes it in LLVM's language.
    """
    place = folder()
    if place is None:
        return compiled(write())
    file = place / f"{_key(name)}.o"
    found = _read(file)
    if found is None:
        made = compiled(write())
        _write(file, made.object)
        return made
    return loaded(found)


@cache
def folder() -> Path | None:
    """Where code is kept; None, said once, if that place cannot be trusted."""
    path = Path(os.environ.get("RECURRA_CACHE") or user_cache_path("recurra")) / "code"
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if hasattr(os, "getuid"):
            found = path.stat()
            if found.st_uid != os.getuid() or found.st_mode & 0o022:
                raise PermissionError("others could have written there")
        if not os.access(path, os.W_OK):
            raise PermissionError("it cannot be written to")
    except OSError as error:
        warnings.warn(
            f"compiled cells are not kept: {path}: {error}. Each process compiles its own.",
            stacklevel=2,
        )
        return None
    return path


def _key(name: str) -> str:
    found = target()
    parts = (name, _emitter(), llvm.llvm_version_info, found.name, found.features)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@cache
def _emitter() -> str:
    """What distinguishes this version of what writes code from all others.

    The language is part of it: a derivative that is written otherwise is other code for the same
    cell, and its table of arguments another. Sizes and times of files are looked at rather than
    what is in them, which would take as long as everything else.
    """
    package = Path(__file__).parents[2]
    parts: list[object] = [version("recurra")]
    for part in ("language", "kernels/cpu"):
        for file in sorted((package / part).glob("*.py")):
            found = file.stat()
            parts.append((file.name, found.st_size, found.st_mtime_ns))
    return repr(parts)


def _read(file: Path) -> bytes | None:
    """The code in a file, if it is whole."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    checksum, code = data[:32], data[32:]
    return code if hashlib.sha256(code).digest() == checksum else None


def _write(file: Path, code: bytes) -> None:
    """Keeps code; a full disk is no reason to stop."""
    try:
        _make_room(file.parent, len(code))
        write_whole(file, hashlib.sha256(code).digest() + code)
    except (OSError, OutputError) as error:
        warnings.warn(f"compiled code is not kept: {error}", stacklevel=2)


def _make_room(place: Path, size: int) -> None:
    """Deletes the oldest files until one more fits; others may be deleting them too."""
    files = []
    for file in place.glob("*.o"):
        with suppress(FileNotFoundError):
            found = file.stat()
            files.append((found.st_mtime, found.st_size, file))
    total = sum(taken for _, taken, _ in files)
    for _, taken, file in sorted(files):
        if total + size <= _LARGEST:
            return
        total -= taken
        file.unlink(missing_ok=True)
