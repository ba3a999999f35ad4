"""Emitted text as a kernel that Triton compiles when it is first called."""

from __future__ import annotations

import linecache
from functools import cache
from hashlib import sha256
from typing import Any

from recurra.kernels.gpu.emit import NAME


@cache
def kernel(source: str) -> Any:
    """The kernel of a source; the same object for the same text.

    Triton reads a function's text again through Python's store of lines, so no file is written;
    what it compiles it keeps in a folder of its own.
    """
    import triton  # noqa: PLC0415 - only where a GPU's tensor has arrived
    import triton.language as tl  # noqa: PLC0415

    from recurra.kernels.gpu import pieces  # noqa: PLC0415

    name = f"<recurra {sha256(source.encode()).hexdigest()[:16]}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    known = {"tl": tl, "__name__": "recurra.kernels.gpu.source"}
    for piece in ("sigmoid", "tanh", "softplus", "sign", "remainder", "meet"):
        known[piece] = getattr(pieces, piece)
    exec(compile(source, name, "exec"), known)
    return triton.jit(known[NAME], do_not_specialize=("T", "B"))
