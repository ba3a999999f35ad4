"""Which tags may follow each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.errors import ShapeError


@dataclass(frozen=True, slots=True, eq=False)
class TagConstraints:
    """Which sequences of tags are legal.

    Attributes:
        tags: What each of the N tags is called.
        starts: Whether a sequence may start with a tag, (N,) booleans.
        ends: Whether a sequence may end with a tag, (N,) booleans.
        follows: Whether tag j may come after tag i, at [i, j]: (N, N) booleans.

    Raises:
        ShapeError: If a tensor has another shape or type.
    """

    tags: Sequence[str]
    starts: Tensor
    ends: Tensor
    follows: Tensor

    def __post_init__(self) -> None:
        size = len(self.tags)
        shapes = {"starts": (size,), "ends": (size,), "follows": (size, size)}
        for name, shape in shapes.items():
            found: Tensor = getattr(self, name)
            if found.shape != shape or found.dtype != torch.bool:
                raise ShapeError(
                    f"{name} of shape {tuple(found.shape)} and type {found.dtype}",
                    f"booleans of shape {shape}, as there are {size} tags",
                )

    def unusable(self) -> list[str]:
        """The tags that stand in no legal sequence."""
        reached = _spread(self.starts, self.follows)
        leaves = _spread(self.ends, self.follows.T)
        used = (reached & leaves).tolist()
        return [tag for tag, is_used in zip(self.tags, used, strict=True) if not is_used]


def _spread(among: Tensor, follows: Tensor) -> Tensor:
    """Tags that can be come to from some, in any number of steps."""
    for _ in range(len(among)):
        among = among | (among.unsqueeze(1) & follows).any(dim=0)
    return among
