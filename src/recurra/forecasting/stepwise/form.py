"""How a step-by-step model is learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from typing import Any, Literal, Self

import torch
from torch import nn

from recurra.errors import OptionError
from recurra.forecasting import defaults
from recurra.forecasting.lags import choose_lag
from recurra.forecasting.model import Learned, Tell
from recurra.forecasting.plan import Plan, Wishes, make_plan
from recurra.forecasting.preparation import Prepared
from recurra.forecasting.stepwise import network as networks
from recurra.forecasting.stepwise.examples import Bounds, Examples, examples
from recurra.forecasting.stepwise.known import Known
from recurra.forecasting.stepwise.model import StepModel
from recurra.forecasting.stepwise.pace import Pace, time_before
from recurra.forecasting.stepwise.sight import Sight
from recurra.language import Cell
from recurra.structures import ManyToOne
from recurra.training import Callback, Checkpoint, History, Trainer, build_optimizer

LEAST_STEPS = 50
"""Steps of the optimizer in an epoch at least: those of the reference case."""

MOST_STEPS = 256
"""And at most, so that an epoch on a long series ends while one still looks on."""

MOST_VALIDATION_WINDOWS = 4096


@dataclass(frozen=True)
class StepForm:
    """The options of a :class:`~recurra.forecasting.Forecaster` that it is learned by."""

    cell: Cell | str
    hidden_size: int | Sequence[int]
    lookback: int | None
    optimizer: str
    learning_rate: float
    epochs: int
    batch_size: int
    callbacks: Literal["default"] | Sequence[Callback]
    seed: int
    steps: int | None = None
    ensemble: int | None = None
    seasonality: str | None = None
    dilation: int | Sequence[int] | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        """Takes those that it needs; what is None is as in the reference case."""
        given: dict[str, Any] = {field.name: options[field.name] for field in fields(cls)}
        usual = defaults.REFERENCE_CASE
        return cls(**{**given, **{n: usual.get(n) for n, one in given.items() if one is None}})

    @property
    def forecasts_short(self) -> bool:
        """No: it has nothing to put in place of a value."""
        return False

    def check(self) -> None:
        """Raises what is wrong with the network or the optimizer.

        Raises:
            OptionError: If an option is out of range, or is of another form.
            CellError: If no cell has that name.
        """
        for name in ("steps", "ensemble", "seasonality", "dilation"):
            if getattr(self, name) is not None:
                raise OptionError(
                    f"{name}={getattr(self, name)!r} for a network that learns step by step",
                    "epochs, and a single plain network that sees changes",
                    "leave it out, or choose strategy 'sequence-to-sequence'",
                )
        self._optimizer(self._build(channels=1))

    def plan(self, lengths: Sequence[int], natural: int, season: int, wishes: Wishes) -> Plan:
        """See :func:`~recurra.forecasting.plan.make_plan`."""
        return make_plan(lengths, natural, season, wishes)

    def least(self, plan: Plan) -> int:
        """As the plan says: it looks back the whole lookback."""
        return plan.least

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
        """Learns the change that follows each window; see :class:`Form`.

        Raises:
            TrainingError: If the loss became infinite.
            KeyboardInterrupt: If training was interrupted before an epoch ended.
        """
        known = self.known(prepared, plan, season)
        model = StepModel(self._build(known.sight.channels), known)
        windows = examples(prepared, known, self._bounds)
        tell(model, [change_note(known.sight), *(() if windows is None else windows.notes)])
        if windows is None:
            return Learned(model, History(stopped="nothing to learn"))
        return Learned(model, self._train(model.network, windows, watch, checkpoint))

    def known(self, prepared: Sequence[Prepared], plan: Plan, season: int) -> Known:
        """What is known of the series before a network learns from them; see :meth:`learn`."""
        known = Known(self._sight(prepared, plan, season), [], [])
        for one in prepared:
            known.add(one.series.id, one.train, one.scale)
        return known

    def again(
        self,
        prepared: Sequence[Prepared],
        learned: Learned,
        watch: Sequence[Callback] = (),
        *,
        checkpoint: Checkpoint | None = None,
        executor: Executor | None = None,
    ) -> Learned:
        """What was learned stays: the best weights were chosen by a part that was held out."""
        return learned

    def _sight(self, prepared: Sequence[Prepared], plan: Plan, season: int) -> Sight:
        scaled = [one.scale.scaled(one.train) for one in prepared]
        lags = self._lags(prepared, plan, season)
        return Sight(plan.lookback, choose_lag(scaled, lags, plan.horizon), _pace(prepared))

    def _lags(self, prepared: Sequence[Prepared], plan: Plan, season: int) -> list[int]:
        """From how many steps before a change may be counted: one, or a season.

        A lookback that the user set is all that the network sees. One that we chose may leave the
        season out; the network then sees the season before as well, if that leaves half of the
        shortest training part to learn from.
        """
        room = min(one.split.train for one in prepared) // 2
        beyond = self.lookback is None and Sight(plan.lookback, season).reach <= room
        return sorted({1, season} if season <= plan.lookback or beyond else {1})

    @property
    def _bounds(self) -> Bounds:
        # The last batch of an epoch may be smaller, even of a single window.
        least = (LEAST_STEPS - 1) * int(self.batch_size) + 1
        return Bounds(least, MOST_STEPS * int(self.batch_size), MOST_VALIDATION_WINDOWS)

    def _build(self, channels: int) -> ManyToOne:
        """A network with its first weights, torch's own random state left as it was."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(self.seed))
            return networks.build(self.cell, self.hidden_size, channels)

    def _optimizer(self, network: nn.Module) -> torch.optim.Optimizer:
        return build_optimizer(self.optimizer, network.parameters(), self.learning_rate)

    def _train(
        self,
        network: nn.Module,
        windows: Examples,
        watch: Sequence[Callback],
        checkpoint: Checkpoint | None,
    ) -> History:
        chosen = self.callbacks
        callbacks = defaults.default_callbacks() if chosen == "default" else chosen
        trainer = Trainer(
            network,
            nn.MSELoss(),
            self._optimizer(network),
            callbacks=[*callbacks, *watch],
            seed=int(self.seed),
        )
        with torch.random.fork_rng(devices=[]):
            # Cells that draw do so from torch's own state.
            torch.manual_seed(int(self.seed))
            history = trainer.fit(
                windows.train,
                windows.validation,
                int(self.epochs),
                int(self.batch_size),
                steps_per_epoch=MOST_STEPS,
                checkpoint=checkpoint,
            )
        if history.interrupted and not history.epoch:
            raise KeyboardInterrupt
        return history


def _pace(prepared: Sequence[Prepared]) -> Pace | None:
    """Of the training parts, where times follow no step; the first reading has none before it."""
    if prepared[0].series.readings is None:
        return None
    return Pace.of([time_before(one.series)[1 : one.split.train] for one in prepared])


def change_note(sight: Sight) -> str:
    """What the network is asked for, in words."""
    before = "the value before it" if sight.lag == 1 else f"the value {sight.lag} steps before it"
    note = f"the network forecasts each value as a change from {before}"
    if sight.pace is not None:
        return note + ", and sees the time that passes until it"
    return note + (", and sees the season before as well" if sight.channels > 1 else "")
