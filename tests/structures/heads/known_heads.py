"""Each head, with answers that it can give and torch's distribution of the same parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import torch
from torch import Tensor, distributions, nn

from recurra.structures.decoding import CRF
from recurra.structures.heads import (
    AdaptiveCategorical,
    BernoulliVector,
    Categorical,
    Gaussian,
    MixtureDensity,
    NegativeBinomial,
    PenStrokes,
    Quantiles,
    StudentT,
    TagSequence,
    TiedCategorical,
)

F, V, D = 6, 9, 2


@dataclass(frozen=True)
class Known:
    """A head, how answers for it are made, and torch's distribution if there is one.

    Attributes:
        make: The head, by the type of its parameters.
        answers: Answers of leading dimensions, of the given type.
        distribution: Of the head's parameters; an answer is one event of it.
    """

    make: Callable[[torch.dtype], nn.Module]
    answers: Callable[..., Tensor]
    distribution: Callable[[Any], distributions.Distribution] | None


def symbols(*shape: int, dtype: torch.dtype) -> Tensor:
    return torch.randint(V, shape)


def vectors(*shape: int, dtype: torch.dtype) -> Tensor:
    return 3 * torch.randn(*shape, D, dtype=dtype)


def counts(*shape: int, dtype: torch.dtype) -> Tensor:
    return torch.randint(40, (*shape, D)).to(dtype)


def marks(*shape: int, dtype: torch.dtype) -> Tensor:
    return torch.randint(2, (*shape, D)).to(dtype)


def points(*shape: int, dtype: torch.dtype) -> Tensor:
    ends = torch.randint(2, (*shape, 1)).to(dtype)
    return torch.cat([2 * torch.randn(*shape, 2, dtype=dtype), ends], -1)


def independent(found: distributions.Distribution) -> distributions.Distribution:
    return distributions.Independent(found, 1)


def negative_binomial(found: Any) -> distributions.Distribution:
    spread = found.dispersion * found.mean
    return independent(
        distributions.NegativeBinomial(1 / found.dispersion, probs=spread / (1 + spread))
    )


def mixture(found: Any) -> distributions.Distribution:
    return distributions.MixtureSameFamily(
        distributions.Categorical(logits=found.log_weights),
        independent(distributions.Normal(found.means, found.scales)),
    )


def offsets(found: Any) -> distributions.Distribution:
    """Eq. 23 to 25 of Graves 2013 without the end, by the covariance matrix."""
    one, two = found.log_scales.exp().unbind(-1)
    across = found.slant.tanh() * one * two
    covariance = torch.stack([one**2, across, across, two**2], -1).unflatten(-1, (2, 2))
    return distributions.MixtureSameFamily(
        distributions.Categorical(logits=found.weights),
        distributions.MultivariateNormal(found.means, covariance),
    )


class Strokes:
    """Offsets and an end beside each other."""

    def __init__(self, found: Any) -> None:
        self.offsets, self.end = offsets(found), distributions.Bernoulli(logits=found.end)

    def log_prob(self, point: Tensor) -> Tensor:
        return self.offsets.log_prob(point[..., :2]) + self.end.log_prob(point[..., 2])

    @property
    def mean(self) -> Tensor:
        return torch.cat([self.offsets.mean, self.end.mean.unsqueeze(-1)], -1)

    @property
    def variance(self) -> Tensor:
        return torch.cat([self.offsets.variance, self.end.variance.unsqueeze(-1)], -1)


def of_symbols(log_probabilities: Tensor) -> distributions.Distribution:
    return distributions.Categorical(logits=log_probabilities)


KNOWN = {
    "categorical": Known(lambda t: Categorical(F, V, dtype=t), symbols, of_symbols),
    "tied": Known(lambda t: TiedCategorical(F, nn.Embedding(V, F, dtype=t)), symbols, of_symbols),
    "tied_projected": Known(
        lambda t: TiedCategorical(F, nn.Embedding(V, 4, dtype=t)), symbols, of_symbols
    ),
    "adaptive": Known(
        lambda t: AdaptiveCategorical(F, V, (3, 6), division=2.0, dtype=t), symbols, of_symbols
    ),
    "bernoulli": Known(
        lambda t: BernoulliVector(F, D, dtype=t),
        marks,
        lambda odds: independent(distributions.Bernoulli(logits=odds)),
    ),
    "gaussian": Known(
        lambda t: Gaussian(F, D, dtype=t),
        vectors,
        lambda found: independent(distributions.Normal(*found)),
    ),
    "student_t": Known(
        lambda t: StudentT(F, D, dtype=t),
        vectors,
        lambda found: independent(distributions.StudentT(*found)),
    ),
    "negative_binomial": Known(
        lambda t: NegativeBinomial(F, D, dtype=t), counts, negative_binomial
    ),
    "mixture": Known(lambda t: MixtureDensity(F, 3, D, dtype=t), vectors, mixture),
    "pen_strokes": Known(lambda t: PenStrokes(F, 4, dtype=t), points, Strokes),
    "quantiles": Known(lambda t: Quantiles(F, (0.1, 0.4, 0.9), D, dtype=t), vectors, None),
    "tags": Known(lambda t: TagSequence(F, CRF(V, dtype=t)), symbols, None),
}
SYMBOLS = ("categorical", "tied", "tied_projected", "adaptive")
DRAWN = tuple(name for name in KNOWN if name != "tags")
WITH_MEAN = (
    "bernoulli",
    "gaussian",
    "student_t",
    "negative_binomial",
    "mixture",
    "pen_strokes",
)


def log_partition(emissions: Tensor, crf: CRF) -> Tensor:
    """The logarithm of the sum over all sequences of tags of one row, (T, N), one by one."""
    scores = [
        tag_score(emissions, crf, tags)
        for tags in product(range(emissions.shape[1]), repeat=len(emissions))
    ]
    return torch.stack(scores).logsumexp(0)


def tag_score(emissions: Tensor, crf: CRF, tags: tuple[int, ...]) -> Tensor:
    score = crf.start[tags[0]] + crf.end[tags[-1]]
    score = score + sum(emissions[t, tag] for t, tag in enumerate(tags))
    for before, after in pairwise(tags):
        score = score + crf.transitions[before, after]
    return score
