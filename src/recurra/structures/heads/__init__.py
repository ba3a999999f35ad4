"""Heads: what a recurrent layer knows, made into a distribution over answers."""

from recurra.structures.heads.adaptive_categorical import AdaptiveCategorical
from recurra.structures.heads.bernoulli_vector import BernoulliVector
from recurra.structures.heads.categorical import Categorical
from recurra.structures.heads.gaussian import Gaussian
from recurra.structures.heads.head import Head
from recurra.structures.heads.mixture_density import MixtureDensity
from recurra.structures.heads.negative_binomial import NegativeBinomial
from recurra.structures.heads.pen_strokes import PenStrokes
from recurra.structures.heads.quantiles import Quantiles
from recurra.structures.heads.student_t import StudentT
from recurra.structures.heads.tag_sequence import TagSequence
from recurra.structures.heads.tied_categorical import TiedCategorical

__all__ = [
    "AdaptiveCategorical",
    "BernoulliVector",
    "Categorical",
    "Gaussian",
    "Head",
    "MixtureDensity",
    "NegativeBinomial",
    "PenStrokes",
    "Quantiles",
    "StudentT",
    "TagSequence",
    "TiedCategorical",
]
