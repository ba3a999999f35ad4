"""Grey pictures out of a zip file, and noise on them."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import ZipFile

import torch
from matplotlib.image import imread
from settings import SIGMA
from torch import Tensor


def read(path: Path) -> dict[str, Tensor]:
    """The PNG pictures of a zip file by name, in the names' order: each (1, H, W) from 0 to 1."""
    with ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".png"))
        return {Path(name).stem: _decoded(archive.read(name)) for name in names}


def _decoded(content: bytes) -> Tensor:
    values = torch.from_numpy(imread(io.BytesIO(content)).copy())
    if values.dim() != 2:
        raise SystemExit(f"a picture of shape {tuple(values.shape)}; grey ones are (H, W)")
    return values.unsqueeze(0)


def noisy(clean: Tensor, generator: torch.Generator) -> Tensor:
    """With Gaussian noise on every point, not clipped to what a picture can show."""
    return clean + SIGMA * torch.randn(clean.shape, generator=generator)
