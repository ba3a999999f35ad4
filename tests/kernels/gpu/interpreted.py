"""Triton's interpreter, which runs kernels on any processor, one program after another."""

import os
from typing import Any

import pytest
import torch

if not torch.cuda.is_available():
    # Read by Triton when a kernel is made.
    os.environ["TRITON_INTERPRET"] = "1"

pytest.importorskip("triton", reason="Triton is not installed")

import triton
import triton.language as tl
from triton.runtime import interpreter

__all__ = ["DEVICE", "tl", "triton"]

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")

_patch = interpreter._patch_lang_tensor


def _with_index(tensor: Any, *others: Any) -> None:
    """NumPy from 2.4 on takes no array of one number for a whole number, as Triton 3.6 would."""
    _patch(tensor, *others)
    scope = others[-1]
    scope.set_attr(tensor, "__index__", lambda self: int(self.handle.data.item()))


interpreter._patch_lang_tensor = _with_index
