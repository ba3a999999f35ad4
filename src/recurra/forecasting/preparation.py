"""Series made ready to learn from: numbered, split in time, scaled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.forecasting.covariates import Around, Beside, Covariates
from recurra.forecasting.histories import Histories
from recurra.forecasting.panel import Series
from recurra.forecasting.plan import Plan, Split
from recurra.forecasting.scaling import Scale


@dataclass(frozen=True)
class Prepared:
    """A series with its split in time, and the scale of its training part.

    Attributes:
        series: The series.
        split: Where its parts lie.
        scale: The standard units that errors are counted in, of the training part.
        number: Its row in the model.
        around: The covariates of all series, in which this one has the same number; None if none
            are read.
    """

    series: Series
    split: Split
    scale: Scale
    number: int
    around: Around | None = None

    @cached_property
    def scaled(self) -> Tensor:
        """All its values in standard units, float32 (N,)."""
        return torch.from_numpy(self.scale.scaled(self.series.values).astype(np.float32))

    @property
    def train(self) -> NDArray[np.float64]:
        """The training part, in the unit of the series."""
        return self.series.values[: self.split.train]

    def histories(self, origins: NDArray[np.int64], reach: int) -> Histories:
        """The ``reach`` values before each of some origins."""
        before = Histories.before(self.series, self.number, origins, reach)
        if self.around is None:
            return before
        return replace(before, beside=Beside(self.around, before.series, before.ends))


def prepare(series: Sequence[Series], plan: Plan) -> list[Prepared]:
    """Numbers and splits the series, and learns the scales of their training parts.

    Args:
        series: Each longer than the validation and test parts together.
        plan: Sizes of the parts.
    """
    splits = [plan.split(len(one.values)) for one in series]
    return [
        Prepared(one, split, Scale.of(one.values[: split.train]), number)
        for number, (one, split) in enumerate(zip(series, splits, strict=True))
    ]


def with_covariates(prepared: Sequence[Prepared], covariates: Covariates) -> list[Prepared]:
    """The same series with the covariates of all of them, numbered alike."""
    around = Around(covariates)
    return [replace(one, around=around) for one in prepared]


def judged_by_test(one: Prepared) -> Prepared:
    """The same series, its test part in the place of the validation part."""
    split = one.split
    return replace(one, split=Split(split.train + split.validation, split.test, 0))


def whole_time(series: Sequence[Series], judged: Sequence[Prepared]) -> list[Prepared]:
    """Series with all of their time to learn from.

    Args:
        series: All that are to be forecast, those too short to be judged among them; empty for
            those that were judged.
        judged: Those, whose scales stay.
    """
    known = {one.series.id: one for one in judged}
    each = series or [one.series for one in judged]
    return [
        Prepared(
            one,
            Split(len(one.values), 0, 0),
            known[one.id].scale if one.id in known else Scale.of(one.values),
            number,
        )
        for number, one in enumerate(each)
    ]
