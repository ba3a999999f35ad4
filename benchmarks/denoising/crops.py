"""Fresh training examples at every step."""

from __future__ import annotations

import torch
from pictures import noisy
from symmetries import WAYS, turned
from torch import Tensor


class NoisyCrops:
    """Crops of pictures, turned at random, with fresh noise: what ``Trainer.fit`` trains on.

    Args:
        pictures: (N, 1, H, W).
        crop: Height and width of a crop.
        count: The crops that make an epoch; each picture is asked for as often as the others.
        seed: Where chance starts.
    """

    def __init__(self, pictures: Tensor, crop: int, count: int, seed: int) -> None:
        self.pictures = pictures
        self.crop = crop
        self.count = count
        self._generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: Tensor, /) -> tuple[Tensor, Tensor]:
        """Noisy crops and clean ones, each (B, 1, crop, crop)."""
        clean = torch.stack([self._cut(number % len(self.pictures)) for number in index.tolist()])
        return noisy(clean, self._generator), clean

    def _cut(self, number: int) -> Tensor:
        picture = self.pictures[number]
        top, left = (self._below(size - self.crop + 1) for size in picture.shape[-2:])
        cut = picture[:, top : top + self.crop, left : left + self.crop]
        return turned(cut, self._below(len(WAYS)))

    def _below(self, limit: int) -> int:
        return int(torch.randint(limit, (), generator=self._generator))
