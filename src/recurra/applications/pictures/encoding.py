"""Points as a picture's file."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def encoded(values: NDArray[np.float32] | NDArray[np.uint8]) -> bytes:
    """A PNG of eight bits a point.

    Args:
        values: (H, W, C), C 1 or 3: whole numbers from 0 to 255, or fractions of white from 0 to 1,
            which are rounded.
    """
    points = values if values.dtype == np.uint8 else (values * 255).round().clip(0, 255)
    points = points.astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(points[:, :, 0] if points.shape[2] == 1 else points).save(buffer, format="PNG")
    return buffer.getvalue()
