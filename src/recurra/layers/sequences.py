"""A batch of sequences as one layer reads it in one direction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from recurra.kernels.order import dilate, following, mirror


@dataclass(slots=True)
class Sequences:
    """A batch of sequences and what is known of their steps.

    Attributes:
        x: The input, (T, B, I), 0 after a row's end.
        lengths: The length of each row, (B,); None if all have T.
        reset: Whether a row starts afresh before a step, (T, B); None for never.
        dt: The time since the step before, (T, B, 1); None if nobody asks for it.
        missing: 1 where a number of the input is missing, (T, B, I); None if nobody asks for it.
        below: Each state of the layer beneath after each step, (T, B, width), by name.
    """

    x: Tensor
    lengths: Tensor | None = None
    reset: Tensor | None = None
    dt: Tensor | None = None
    missing: Tensor | None = None
    below: Mapping[str, Tensor] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """T."""
        return self.x.shape[0]

    @property
    def rows(self) -> int:
        """B."""
        return self.x.shape[1]

    def mirrored(self) -> Sequences:
        """The same read from the end of each row to its start."""

        def turned(values: Tensor | None) -> Tensor | None:
            return None if values is None else mirror(values, self.lengths)

        def gaps(values: Tensor | None) -> Tensor | None:
            return None if values is None else turned(following(values, self.lengths))

        times = self.dt
        if times is not None and self.reset is not None:
            # No time lies between two sequences: the first step of each comes after none.
            times = torch.where(self.reset.unsqueeze(-1), 0.0, times)
        return replace(
            self,
            x=mirror(self.x, self.lengths),
            reset=gaps(self.reset),
            dt=gaps(times),
            missing=turned(self.missing),
            below={name: mirror(part, self.lengths) for name, part in self.below.items()},
        )

    def dilated(self, dilation: int) -> Sequences:
        """The same with every so manieth step as a row of its own."""
        if dilation == 1:
            return self
        missing = None if self.missing is None else dilate(self.missing, dilation)
        return replace(
            self,
            x=dilate(self.x, dilation),
            lengths=self._dilated_lengths(dilation),
            reset=self._dilated_reset(dilation),
            missing=missing,
            below={name: dilate(part, dilation) for name, part in self.below.items()},
        )

    def _dilated_lengths(self, dilation: int) -> Tensor | None:
        if self.lengths is None and self.steps % dilation == 0:
            return None
        first = torch.arange(dilation, device=self.x.device).unsqueeze(1)
        lengths = self.steps if self.lengths is None else self.lengths
        rounded = (lengths - first + dilation - 1).div(dilation, rounding_mode="floor").clamp(min=0)
        return rounded.expand(dilation, self.rows).flatten()

    def _dilated_reset(self, dilation: int) -> Tensor | None:
        """Each of the rows that a row became starts afresh at its first step after a reset."""
        if self.reset is None:
            return None
        recent = self.reset
        for back in range(1, dilation):
            recent = (
                recent
                | torch.cat([torch.zeros_like(recent[:back]), self.reset[:-back]])[: self.steps]
            )
        return dilate(recent, dilation)
