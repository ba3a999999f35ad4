"""Covariates as a segment-wise network reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor, nn

from recurra.forecasting.covariates import Sizes, WindowCovariates

LARGEST = 20.0
"""Numbers further from the training mean, in its deviations, are taken for this far from it."""

WIDEST = 16
"""Numbers that a category becomes, at most."""


@dataclass(frozen=True)
class Role:
    """The covariates that are known at the same times.

    Attributes:
        numbers: How many are numbers.
        gaps: Those of them whose masks can be learned from, by their places.
        codes: The vocabulary size of each category.
    """

    numbers: int = 0
    gaps: tuple[int, ...] = ()
    codes: tuple[int, ...] = ()

    @classmethod
    def of(cls, numbers: Sequence[str], codes: Mapping[str, int], gaps: frozenset[str]) -> Self:
        """Of the named columns."""
        places = tuple(place for place, name in enumerate(numbers) if name in gaps)
        return cls(len(numbers), places, tuple(codes.values()))

    @property
    def width(self) -> int:
        """How many numbers a network reads."""
        return self.numbers + len(self.gaps) + sum(map(dimension, self.codes))


@dataclass(frozen=True)
class Shape:
    """The covariates of a network.

    Attributes:
        past: Known up to the origin only.
        known: Known ahead as well, calendar and holidays among them.
        static: The same in a whole series.
    """

    past: Role
    known: Role
    static: Role

    @classmethod
    def of(cls, sizes: Sizes) -> Self | None:
        """Of covariates that were learned; None if a network would read nothing of them."""
        gaps = sizes.with_gaps
        shape = cls(
            Role.of(sizes.past, sizes.past_codes, gaps),
            Role.of(sizes.future, sizes.future_codes, gaps),
            Role.of(sizes.static, sizes.static_codes, gaps),
        )
        return shape if any(role.width for role in vars(shape).values()) else None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """What ``dataclasses.asdict`` gave, gone through JSON."""
        return cls(
            **{
                name: Role(role["numbers"], tuple(role["gaps"]), tuple(role["codes"]))
                for name, role in data.items()
            }
        )


def dimension(categories: int) -> int:
    """How many numbers stand for one of so many categories: half as many, at most 16."""
    return min(WIDEST, (categories + 1) // 2)


@dataclass(frozen=True)
class Given:
    """The covariates of B windows as numbers, categories among them.

    Attributes:
        past: (B, L, P).
        known: (B, L + K, F).
        static: (B, Q).
    """

    past: Tensor
    known: Tensor
    static: Tensor


class CovariateReader(nn.Module):
    """Makes numbers of covariates: a category becomes a vector that is learned.

    A category that was not seen in training has a vector of zeros. Missing numbers are 0, and where
    training lacked some, their masks are read beside them.

    Args:
        shape: See :class:`Shape`.
    """

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.past = _RoleReader(shape.past)
        self.known = _RoleReader(shape.known)
        self.static = _RoleReader(shape.static)

    def forward(self, windows: WindowCovariates) -> Given:
        """The numbers of B windows."""
        return Given(
            self.past(windows.past, windows.past_seen, windows.past_codes),
            self.known(windows.future, windows.future_seen, windows.future_codes),
            self.static(windows.static, windows.static_seen, windows.static_codes),
        )


class _RoleReader(nn.Module):
    def __init__(self, role: Role) -> None:
        super().__init__()
        self.gaps = [*role.gaps]
        self.vectors = nn.ModuleList(
            nn.Embedding(size, dimension(size), padding_idx=0) for size in role.codes
        )

    def forward(self, numbers: Tensor, seen: Tensor, codes: Tensor) -> Tensor:
        """Numbers, masks and vectors, (..., width)."""
        parts = [numbers.clamp(-LARGEST, LARGEST), seen[..., self.gaps].to(numbers.dtype)]
        parts += [vectors(codes[..., place]) for place, vectors in enumerate(self.vectors)]
        return torch.cat(parts, -1)


class StepEffect(nn.Module):
    """What the covariates that are known ahead add to each step.

    It looks at one step at a time, alike for all, so that an effect seen at any step is known at
    all of them. It starts at zero.

    Args:
        known: F, numbers of a step, at least 1.
        static: Q, numbers of a series, by which effects may differ.
        units: Of the hidden layer.
    """

    def __init__(self, known: int, static: int, units: int = 32) -> None:
        super().__init__()
        self.straight = nn.Linear(known, 1, bias=False)
        self.hidden = nn.Linear(known + static, units)
        self.bent = nn.Linear(units, 1, bias=False)
        for part in (self.straight, self.bent):
            nn.init.zeros_(part.weight)

    def forward(self, given: Given) -> Tensor:
        """The effects, (B, L + K)."""
        steps = given.known
        every = given.static.unsqueeze(1).expand(-1, steps.shape[1], -1)
        hidden = torch.tanh(self.hidden(torch.cat([steps, every], -1)))
        effect: Tensor = (self.straight(steps) + self.bent(hidden)).squeeze(-1)
        return effect
