"""What a kind of distribution has to tell of itself."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor


class Distribution(Protocol):
    """The distribution of each step ahead, given by a place and a few further numbers.

    The place is the forecast that the network makes anyway; the further numbers come from a linear
    layer of their own, of width P.

    A draw is the quantile at a number drawn evenly from 0 to 1, so there is no method for it: who
    draws several steps that depend on each other draws those numbers together.
    """

    @property
    def width(self) -> int:
        """P, the further numbers of a step."""

    @property
    def counts(self) -> bool:
        """Whether it is of whole numbers from 0 on.

        If so, place and truth are in the unit of the series; else in that of the window's frame.
        """

    def start(self, errors: Tensor) -> Tensor:
        """The further numbers to begin with, (P,).

        Args:
            errors: Of the forecast that training starts from, (N,), in the unit of the place; at
                least one.
        """

    def loss(self, place: Tensor, further: Tensor, truth: Tensor) -> Tensor:
        """What is made small, (B, K).

        Args:
            place: (B, K).
            further: (B, K, P), any real numbers.
            truth: (B, K).
        """

    def quantile(self, place: Tensor, further: Tensor, at: Tensor) -> Tensor:
        """The quantiles, (B, K, Q), which never fall as ``at`` rises.

        Args:
            place: (B, K).
            further: (B, K, P).
            at: (Q,), above 0 and below 1.
        """
