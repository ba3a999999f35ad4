"""Skeletons: which channels are joints, and where a body is and how large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import torch
from torch import Tensor

AXES = ("x", "y", "z")
ROOTS = ("hip", "hipcenter", "hipcentre", "spinebase", "pelvis", "root", "midhip")
"""What the joint that a body is centred on is usually called."""

TOPS = ("neck", "shouldercenter", "shouldercentre", "spineshoulder", "thorax", "chest")
"""What the joint is usually called whose distance from the root is a body's length."""

SMALLEST = 1e-6


@dataclass(frozen=True)
class Skeleton:
    """Which of J joints a body is centred on, and which it is measured by.

    Attributes:
        joints: J, at least 2.
        root: The place of the joint in the middle; None for the mean of all.
        top: The place of the joint whose distance from the root is the body's length; None for
            the root mean square distance of all joints from the middle.
    """

    joints: int
    root: int | None = None
    top: int | None = None

    @classmethod
    def of(cls, channels: Sequence[str]) -> Self | None:
        """The skeleton of channels called ``JOINT_x``, ``JOINT_y``, ``JOINT_z``, joint by joint.

        A dot, a dash or a space may stand in place of ``_``. None if they are not so called.
        """
        if len(channels) < 6 or len(channels) % 3:
            return None
        ends = [name[-1:].lower() for name in channels]
        joints = [name[:-1].rstrip("_.- ") for name in channels]
        count = len(channels) // 3
        if ends != list(AXES) * count:
            return None
        if any(len(set(joints[3 * n : 3 * n + 3])) != 1 for n in range(count)):
            return None
        plain = ["".join(c for c in name.lower() if c.isalnum()) for name in joints[::3]]
        return cls(count, _place(plain, ROOTS), _place(plain, TOPS))

    def centred(self, frames: Tensor) -> Tensor:
        """Bodies around the origin, of length 1: (T, 3 J) to (T, 3 J).

        Each frame is moved by its own root. The length is the median over the frames that have one;
        a body that has none is left as large as it is. Where the body stands is lost.
        """
        points = frames.reshape(len(frames), self.joints, 3)
        root = points.mean(1) if self.root is None else points[:, self.root]
        around = points - root.unsqueeze(1)
        lengths = self._lengths(around)
        known = lengths[lengths > SMALLEST]
        size = known.median() if len(known) else torch.tensor(1.0)
        scaled: Tensor = around / size
        return scaled.reshape(len(frames), -1)

    def _lengths(self, around: Tensor) -> Tensor:
        """The body's length in each frame, (T,)."""
        if self.root is None or self.top is None:
            return around.square().sum(-1).mean(-1).sqrt()
        length: Tensor = torch.linalg.vector_norm(around[:, self.top], dim=-1)
        return length

    @property
    def told(self) -> str:
        """What it is, in words."""
        middle = "the mean of all" if self.root is None else f"joint {self.root + 1}"
        size = (
            "their mean distance from it"
            if self.root is None or self.top is None
            else f"its distance from joint {self.top + 1}"
        )
        return f"the coordinates of {self.joints} joints, centred on {middle}, scaled by {size}"

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


def _place(names: Sequence[str], usual: Sequence[str]) -> int | None:
    return next((names.index(one) for one in usual if one in names), None)
