"""How well what is looked for fits each of what there is: additive, dot and general attention."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn

from recurra.errors import ShapeError
from recurra.structures.heads.dense import dense


class Attention(Protocol):
    """Gives scores of queries against keys."""

    def keys(self, values: Tensor) -> Tensor:
        """What queries are held against, made once for all queries: (B, S, D) to (B, S, K)."""
        ...

    def __call__(self, queries: Tensor, keys: Tensor) -> Tensor:
        """The scores of queries (B, T, Q) against keys (B, S, K): (B, T, S)."""
        ...


class AdditiveAttention(nn.Module):
    """Scores v' tanh(W q + U k + b), a small network's.

    Bahdanau, Cho & Bengio 2015 (arXiv:1409.0473), section 3.1 and appendix A.1.2. All pairs of a
    query and a key pass through the network: T S ``size`` numbers a row.

    Args:
        query_size: Q, the numbers in a query, at least 1.
        value_size: D, the numbers in each of what is attended to, at least 1.
        size: The units of the network, at least 1.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        OptionError: If a size is out of range.
    """

    def __init__(
        self,
        query_size: int,
        value_size: int,
        size: int,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.of_query = dense(query_size, size, device=device, dtype=dtype)
        self.of_value = dense(value_size, size, bias=False, device=device, dtype=dtype)
        self.score = dense(size, 1, bias=False, device=device, dtype=dtype)

    def keys(self, values: Tensor) -> Tensor:
        """U k for each, (B, S, size)."""
        found: Tensor = self.of_value(values)
        return found

    def forward(self, queries: Tensor, keys: Tensor) -> Tensor:
        """The scores, (B, T, S)."""
        pairs = self.of_query(queries).unsqueeze(2) + keys.unsqueeze(1)
        scores: Tensor = self.score(torch.tanh(pairs)).squeeze(-1)
        return scores


class DotAttention(nn.Module):
    """Scores q' k; queries and what is attended to are equally wide.

    Luong, Pham & Manning 2015 (arXiv:1508.04025), eq. 8, first case.
    """

    def keys(self, values: Tensor) -> Tensor:
        """The values themselves."""
        return values

    def forward(self, queries: Tensor, keys: Tensor) -> Tensor:
        """The scores, (B, T, S).

        Raises:
            ShapeError: If queries and keys are not equally wide.
        """
        if queries.shape[-1] != keys.shape[-1]:
            raise ShapeError(
                f"queries of {queries.shape[-1]} numbers and keys of {keys.shape[-1]}",
                "equally many",
                "GeneralAttention(query_size, value_size), or another hidden_size",
            )
        return queries @ keys.transpose(1, 2)


class GeneralAttention(nn.Module):
    """Scores q' W k.

    Luong, Pham & Manning 2015 (arXiv:1508.04025), eq. 8, second case.

    Args:
        query_size: Q, the numbers in a query, at least 1.
        value_size: D, the numbers in each of what is attended to, at least 1.
        device: Where the parameters lie.
        dtype: Their type.

    Raises:
        OptionError: If a size is out of range.
    """

    def __init__(
        self,
        query_size: int,
        value_size: int,
        *,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.of_value = dense(value_size, query_size, bias=False, device=device, dtype=dtype)

    def keys(self, values: Tensor) -> Tensor:
        """W k for each, (B, S, Q)."""
        found: Tensor = self.of_value(values)
        return found

    def forward(self, queries: Tensor, keys: Tensor) -> Tensor:
        """The scores, (B, T, S)."""
        return queries @ keys.transpose(1, 2)


def masked_softmax(scores: Tensor, live: Tensor | None) -> Tensor:
    """Weights that are 1 in sum over what is there, and 0 where nothing is.

    Args:
        scores: (..., S).
        live: Whether there is anything, (..., S) or what spreads to it; everywhere if None.
    """
    if live is None:
        return scores.softmax(-1)
    # Not minus infinity: a row in which nothing is there would give NaN.
    lowest = torch.finfo(scores.dtype).min
    return torch.where(live, torch.where(live, scores, lowest).softmax(-1), 0)
