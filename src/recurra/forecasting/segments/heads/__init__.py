"""What a network says of each step ahead: a distribution around its forecast, a file each."""

from __future__ import annotations

from collections.abc import Mapping

from recurra.forecasting.segments.heads.distribution import Distribution
from recurra.forecasting.segments.heads.laplace import Laplace
from recurra.forecasting.segments.heads.negative_binomial import NegativeBinomial
from recurra.forecasting.segments.heads.normal import Normal
from recurra.forecasting.segments.heads.quantiles import Quantiles
from recurra.forecasting.segments.heads.student_t import StudentT

POINT = "point"
"""The name of a head that says nothing but the forecast."""

HEADS: Mapping[str, Distribution] = {
    "quantiles": Quantiles(),
    "normal": Normal(),
    "student-t": StudentT(),
    "laplace": Laplace(),
    "negative-binomial": NegativeBinomial(),
}
"""By name, every other."""

__all__ = ["HEADS", "POINT", "Distribution"]
