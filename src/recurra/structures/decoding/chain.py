"""Sums and maxima over all paths through a chain, a step at a time for all rows and tags.

Everything is in logarithms; -inf is impossible, and no gradient flows there.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Chain:
    """The scores of a chain's paths.

    Attributes:
        emissions: (B, T, N).
        start: (N,).
        transitions: From row to column, (N, N).
        end: (N,).
    """

    emissions: Tensor
    start: Tensor
    transitions: Tensor
    end: Tensor

    @property
    def steps(self) -> int:
        """T."""
        return self.emissions.shape[1]


def log_partition(chain: Chain, live: Tensor, lengths: Tensor) -> Tensor:
    """The log of the sum over all paths of exp(score), (B,); 0 for a row of length 0.

    Args:
        chain: Of B rows and T steps.
        live: Which steps are there, (B, T).
        lengths: (B,).
    """
    if not chain.steps:
        return _nothing(chain)
    alpha = _forward(chain, live)[-1]
    return _log_sum(alpha + chain.end, dim=1).masked_fill(lengths == 0, 0.0)


def marginals(chain: Chain, live: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """The log-probability of each tag at each step, (B, T, N), and the log-partition, (B,).

    Forward-backward (Baum et al. 1970). In padding the first means nothing.
    """
    if not chain.steps:
        return chain.emissions, _nothing(chain)
    alpha, beta = torch.stack(_forward(chain, live), dim=1), _backward(chain, live)
    log_z = _log_sum(alpha[:, -1] + chain.end, dim=1).masked_fill(lengths == 0, 0.0)
    return alpha + beta - log_z[:, None, None], log_z


def viterbi(chain: Chain, live: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """The path of the highest score, (B, T) int64, and its score, (B,)."""
    if not chain.steps:
        return torch.zeros_like(live, dtype=torch.int64), _nothing(chain)
    best = chain.start + chain.emissions[:, 0]
    here = torch.arange(best.shape[1], device=best.device)
    came_from = []
    for t in range(1, chain.steps):
        after, before = (best.unsqueeze(2) + chain.transitions).max(dim=1)
        going = live[:, t].unsqueeze(1)
        best = torch.where(going, after + chain.emissions[:, t], best)
        came_from.append(torch.where(going, before, here))
    scores, tag = (best + chain.end).max(dim=1)
    path = [tag]
    for before in reversed(came_from):
        tag = before.gather(1, tag.unsqueeze(1)).squeeze(1)
        path.append(tag)
    path.reverse()
    return torch.stack(path, dim=1), scores.masked_fill(lengths == 0, 0.0)


def _forward(chain: Chain, live: Tensor) -> list[Tensor]:
    """The log-sum of all paths up to each step that end in each tag, T times (B, N).

    Behind a row's end it stays as it is.
    """
    alphas = [chain.start + chain.emissions[:, 0]]
    for t in range(1, chain.steps):
        reached = _log_sum(alphas[-1].unsqueeze(2) + chain.transitions, dim=1)
        going = live[:, t].unsqueeze(1)
        alphas.append(torch.where(going, reached + chain.emissions[:, t], alphas[-1]))
    return alphas


def _backward(chain: Chain, live: Tensor) -> Tensor:
    """The log-sum of all paths from after each step to the end, by the step's tag, (B, T, N)."""
    last = chain.end.expand_as(chain.emissions[:, 0])
    betas = [last]
    for t in reversed(range(1, chain.steps)):
        onwards = (chain.emissions[:, t] + betas[-1]).unsqueeze(1) + chain.transitions
        betas.append(torch.where(live[:, t].unsqueeze(1), _log_sum(onwards, dim=2), last))
    betas.reverse()
    return torch.stack(betas, dim=1)


def _log_sum(values: Tensor, dim: int) -> Tensor:
    """log(sum(exp(values))), -inf where all are, and there without a gradient (not NaN)."""
    top = values.detach().amax(dim=dim, keepdim=True)
    top = top.masked_fill(top == -torch.inf, 0.0)
    total = (values - top).exp().sum(dim=dim)
    none = total == 0
    return (total.masked_fill(none, 1.0).log() + top.squeeze(dim)).masked_fill(none, -torch.inf)


def _nothing(chain: Chain) -> Tensor:
    """0 for each row, through which a gradient of 0 flows to all."""
    scores = (chain.start, chain.transitions, chain.end)
    unused = torch.stack([part.nan_to_num(neginf=0.0).sum() for part in scores]).sum()
    return chain.emissions.sum(dim=(1, 2)) + 0 * unused
