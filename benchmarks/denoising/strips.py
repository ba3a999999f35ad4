"""Pictures of what was noisy and what became of it."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
from PIL import Image
from results import Result

from recurra import atomic

mpl.use("Agg")
import matplotlib.pyplot as plt

TITLES = {"noisy": "noisy", "median": "median filter", "sweeps": "Recurra"}


def draw(result: Result, path: Path) -> None:
    """A strip: noisy, median filter, Recurra, clean."""
    shown = [
        (f"{title}, {result.decibels(method):.2f} dB", result.images[method])
        for method, title in TITLES.items()
    ]
    figure, axes = plt.subplots(1, len(shown) + 1, figsize=(12, 3.3), layout="constrained")
    for axis, (title, image) in zip(axes, [*shown, ("clean", result.clean)], strict=True):
        axis.imshow(image.squeeze(0), cmap="gray", vmin=0, vmax=1, interpolation="lanczos")
        axis.set_title(title, fontsize=11)
        axis.set_axis_off()
    drawn, content = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=110)
    plt.close(figure)
    # In grey it takes half the room.
    Image.open(drawn).convert("L").save(content, format="png", optimize=True)
    atomic.write(path, content.getvalue())
