"""How a segment-wise model is learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self

import numpy as np

from recurra.errors import DataError, OptionError
from recurra.forecasting.lags import choose_long_lag
from recurra.forecasting.model import Learned, Tell
from recurra.forecasting.plan import Plan, Wishes, check_counts, held_out
from recurra.forecasting.preparation import Prepared
from recurra.forecasting.segments import rules
from recurra.forecasting.segments.beside import Shape
from recurra.forecasting.segments.ensemble import learn_ensemble
from recurra.forecasting.segments.heads import HEADS, POINT
from recurra.forecasting.segments.material import Material
from recurra.forecasting.segments.model import SegmentModel
from recurra.forecasting.segments.search.budget import Budget
from recurra.forecasting.segments.search.candidate import Candidate
from recurra.forecasting.segments.search.finding import Task
from recurra.forecasting.segments.search.kept import find_once
from recurra.forecasting.segments.search.study import check_installed
from recurra.forecasting.segments.settings import Settings
from recurra.language import Cell
from recurra.training import Callback, Checkpoint, History

FEWEST = 4
"""Points of the training part that a series must have beyond what a forecast starts from."""

CELL = "gru"


@dataclass(frozen=True)
class _Where:
    """Where trainings are kept, and who makes them."""

    checkpoint: Checkpoint | None
    executor: Executor | None


@dataclass(frozen=True)
class SegmentForm:
    """The options of a :class:`~recurra.forecasting.Forecaster` that it is learned by.

    What is None is chosen by :mod:`rules`.
    """

    cell: Cell | str | None
    hidden_size: int | Sequence[int] | None
    lookback: int | None
    optimizer: str | None
    learning_rate: float | None
    epochs: int | None
    steps: int | None
    batch_size: int | None
    ensemble: int | None
    callbacks: Literal["default"] | Sequence[Callback]
    seed: int
    strategy: str
    given_strategy: str | None
    auto: str | float | None
    seasonality: str | None
    dilation: int | Sequence[int] | None
    head: str | None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Takes those that it needs."""
        return cls(**{field.name: options[field.name] for field in fields(cls)})

    @property
    def forecasts_short(self) -> bool:
        """Yes: what a window lacks is masked."""
        return True

    def check(self) -> None:
        """Raises what is wrong with the options, by building a small network.

        Raises:
            OptionError: If one is out of range, or is of another form.
            CellError: If no cell has that name.
        """
        check_counts(steps=self.steps, batch_size=self.batch_size, ensemble=self.ensemble)
        if self.epochs is not None:
            raise OptionError(
                f"epochs={self.epochs!r} with strategy {self.strategy!r}",
                "steps, since windows are drawn at random",
                f"steps={100 * self.epochs}, or leave it out",
            )
        if self.seasonality not in {None, *rules.SEASONALITIES}:
            raise OptionError(
                f"seasonality={self.seasonality!r}",
                " or ".join(map(repr, rules.SEASONALITIES)),
            )
        if self._counts and self.seasonality not in {None, rules.LEARNED}:
            raise OptionError(
                f"seasonality={self.seasonality!r} with head {self.head!r}",
                f"{rules.LEARNED!r}: counts that are freed of a season are counts no more",
                "leave the seasonality out",
            )
        if self.auto is not None:
            Budget.parse(self.auto)
            check_installed()
        facts = rules.Facts(1, 1, 1, 10, 10, positive=True, series=1)
        self._trial(self._with_wishes(rules.choose(facts, 2, self._seasonality)))

    def _trial(self, settings: Settings) -> None:
        from recurra.training import build_optimizer  # noqa: PLC0415

        parameters = settings.build(self._cell).parameters()
        build_optimizer(settings.optimizer, parameters, settings.learning_rate)

    def plan(self, lengths: Sequence[int], natural: int, season: int, wishes: Wishes) -> Plan:
        """Horizon, lookback and parts; a series may be shorter than the lookback.

        Raises:
            DataError: If no series is long enough.
        """
        typical = int(np.median(lengths))
        horizon, validation, test = held_out(typical, natural, wishes)
        train = max(1, typical - validation - test)
        lookback = wishes.lookback or rules.lookback(season, train, horizon)
        plan = Plan(int(horizon), int(lookback), int(validation), int(test))
        if max(lengths) < self.least(plan):
            raise DataError(
                f"a history of {max(lengths):,} points for a horizon of {horizon:,}",
                f"at least {self.least(plan):,} points: {FEWEST} to learn from, {validation:,} to "
                f"choose by and {test:,} to judge by",
                "give a longer history, or a shorter horizon",
            )
        return plan

    def least(self, plan: Plan) -> int:
        """A few points before the parts that are held out."""
        return FEWEST + plan.validation + plan.test

    def learn(
        self,
        prepared: Sequence[Prepared],
        plan: Plan,
        season: int,
        tell: Tell,
        watch: Sequence[Callback] = (),
        *,
        checkpoint: Checkpoint | None = None,
        executor: Executor | None = None,
    ) -> Learned:
        """Learns from the training parts, each network from another seed; see :class:`Form`.

        Raises:
            TrainingError: If the loss became infinite.
            KeyboardInterrupt: If the first network was interrupted before there was one to keep.
            OptionError: If a season is to be divided out of values that are not all above 0.
            DataError: If the head is of counts, and the series are none.
        """
        if self._counts:
            check_counted(prepared, str(self.head))
        facts = self._facts(prepared, plan, season)
        if self.seasonality == rules.DECOMPOSED and not facts.positive:
            raise OptionError(
                "seasonality='decomposed' with values of 0 and below",
                "values above 0, since a season is divided out",
                "seasonality='smoothed' takes any",
            )
        settings = self._with_wishes(rules.choose(facts, plan.lookback, self._seasonality))
        start = Candidate(_with_covariates(settings, prepared), self._cell)
        where = _Where(checkpoint, executor)
        if self.auto is None:
            return self._learn(start, prepared, tell, watch, where)
        task = Task(start, facts, self._given, Budget.parse(self.auto), int(self.seed))
        found = find_once(task, prepared, watch, checkpoint)
        tell = _after(found.notes, tell)
        learned = self._learn(found.candidate, prepared, tell, watch, where)
        return replace(learned, told=found.told)

    def again(
        self,
        prepared: Sequence[Prepared],
        learned: Learned,
        watch: Sequence[Callback] = (),
        *,
        checkpoint: Checkpoint | None = None,
        executor: Executor | None = None,
    ) -> Learned:
        """Learns anew from all the time there is, for as long as proved best.

        Args:
            prepared: The series, their training parts reaching to their ends.
            learned: What was learned and judged before, a :class:`SegmentModel`.
            watch: Callbacks that look on.
            checkpoint: Where the trainings are kept, if they are.
            executor: Who learns the networks, if not this process.
        """
        assert isinstance(learned.model, SegmentModel)
        settings, losses = learned.model.settings, learned.history.history.get("val_loss")
        if losses:
            steps = settings.steps * (int(np.argmin(losses)) + 1) // len(losses)
            settings = replace(settings, steps=max(1, steps))
        same = Candidate(_with_covariates(settings, prepared), learned.model.cell)
        where = _Where(checkpoint, executor)
        return self._learn(same, prepared, lambda model, notes: None, watch, where)

    def _learn(
        self,
        wanted: Candidate,
        prepared: Sequence[Prepared],
        tell: Tell,
        watch: Sequence[Callback],
        where: _Where,
    ) -> Learned:
        settings, cell = wanted.settings, wanted.cell
        material = Material.of(settings, prepared)
        model = SegmentModel(settings, (settings.build(cell),), material.constants, material.ids)
        tell(model, _notes(settings, len(material.train)))
        if not len(material.train):
            return Learned(model, History(stopped="nothing to learn"))
        chosen = () if self.callbacks == "default" else self.callbacks
        settings, networks, history = learn_ensemble(
            wanted,
            material,
            seed=int(self.seed),
            # What looks on cannot from elsewhere.
            callbacks=[*chosen, *(watch if where.executor is None else ())],
            checkpoint=where.checkpoint,
            executor=where.executor,
        )
        return Learned(replace(model, settings=settings, networks=networks), history)

    def _facts(self, prepared: Sequence[Prepared], plan: Plan, season: int) -> rules.Facts:
        trains = [one.train for one in prepared]
        length = int(np.median([len(values) for values in trains]))
        scaled = [one.scale.scaled(values) for one, values in zip(prepared, trains, strict=True)]
        lags = sorted({1, season, rules.cycle(season, length)})
        usable = [
            lag for lag in lags if lag <= max(plan.lookback, season) and 3 * lag <= length
        ] or [1]
        return rules.Facts(
            plan.horizon,
            season,
            choose_long_lag(scaled, usable, plan.horizon),
            length,
            sum(map(len, trains)),
            positive=all(
                values[one.series.observed[: len(values)]].min(initial=np.inf) > 0
                for one, values in zip(prepared, trains, strict=True)
            ),
            series=len(prepared),
        )

    def _with_wishes(self, settings: Settings) -> Settings:
        wished: dict[str, Any] = {
            "hidden_size": self.hidden_size,
            "learning_rate": self.learning_rate,
            "steps": self.steps,
            "batch_size": self.batch_size,
            "optimizer": self.optimizer,
            "ensemble": self.ensemble,
            "decoder": "parallel" if self.strategy == "direct" else None,
            "dilation": self.dilation,
            "head": self.head,
        }
        if isinstance(self.dilation, Sequence) and self.hidden_size is None:
            wished["hidden_size"] = (settings.hidden_size,) * len(self.dilation)
        if self._counts:
            # Shares of the mean size are counts times a number; nothing else is.
            settings = replace(settings, shares=True)
        return replace(settings, **{name: one for name, one in wished.items() if one is not None})

    @property
    def _given(self) -> frozenset[str]:
        """The names of the options that the user set, as a search knows them."""
        options = {
            **vars(self),
            "decoder": self.given_strategy,
            "layers": self.hidden_size,
            "frame": self._seasonality,
            "lag": self.seasonality,
        }
        return frozenset(name for name, one in options.items() if one is not None)

    @property
    def _seasonality(self) -> str | None:
        """What is done with a season: of counts it is left to the networks, so that they stay."""
        return rules.LEARNED if self._counts else self.seasonality

    @property
    def _counts(self) -> bool:
        return self.head is not None and self.head in HEADS and HEADS[self.head].counts

    @property
    def _cell(self) -> Cell | str:
        return CELL if self.cell is None else self.cell


def check_counted(prepared: Sequence[Prepared], head: str) -> None:
    """Raises a DataError for the first series that does not hold counts."""
    for one in prepared:
        values = one.series.values[one.series.observed]
        wrong = values[(values < 0) | (values != np.rint(values))]
        if len(wrong):
            raise DataError(
                f"{wrong[0]:g} in the series {one.series.id!r}, with head {head!r}",
                "counts: whole numbers from 0 on",
                "take another head, such as 'quantiles'",
            )


def _with_covariates(settings: Settings, prepared: Sequence[Prepared]) -> Settings:
    """The settings of networks that read what stands beside the series.

    Their linear way is learned together with the effects of covariates: solved before, it would
    take for the series' own what they cause.
    """
    around = prepared[0].around
    if around is None:
        return replace(settings, sizes=replace(settings.sizes, beside=None))
    shape = Shape.of(around.covariates.encoding.sizes)
    return replace(settings, sizes=replace(settings.sizes, beside=shape), linear="learned")


def _after(notes: Sequence[str], tell: Tell) -> Tell:
    """Tells these notes before the others."""
    return lambda model, others: tell(model, [*notes, *others])


def _notes(settings: Settings, count: int) -> list[str]:
    sizes = settings.sizes
    start = {
        settings.season: "the last season repeated",
        1: "the last value repeated",
        0: "a smoothed level",
    }.get(sizes.lag, f"the last {sizes.lag} values repeated")
    told = {
        "level": "as shares of its recent level, in logarithms",
        "volatility": "from its last value, in units of its restlessness",
        "last": "from its last value, in the series' standard units",
    }
    used = dict.fromkeys(settings.units(number) for number in range(settings.ensemble))
    units = "; every other network sees it ".join(told[one] for one in used)
    apart = (
        ", each series freed of its season"
        if settings.divided
        else ", freed of a season that is smoothed by learned coefficients"
        if settings.smoothed and settings.season > 1
        else ""
    )
    spread = (
        []
        if settings.head == POINT
        else [f"of each step the networks give a distribution: head {settings.head!r}"]
    )
    further = []
    if settings.linear == "solved":
        further.append("what is linear in a window is solved for, before networks learn the rest")
    if settings.disturbed:
        further.append(
            f"{settings.disturbed:.0%} of the windows are shown with a strange stretch in them, so "
            "that forecasts learn to look past one"
        )
    several, width = settings.ensemble > 1, settings.hidden_size
    learners = (
        f"{settings.ensemble} networks of {width} units learn"
        if several
        else f"a network of {width} units learns"
    )
    return [
        f"each window is seen {units}{apart}",
        f"read are {sizes.read} segments of {sizes.segment} steps, forecast {sizes.written} of "
        f"{sizes.ahead}; a forecast starts from {start}",
        f"{learners} from {count:,} windows, {settings.steps:,} steps of {settings.batch_size}",
        *further,
        *spread,
    ]
