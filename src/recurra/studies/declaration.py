"""What a study is: tasks x cells x a space of settings x seeds, on equal terms."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from recurra import cells
from recurra.errors import CellError, OptionError
from recurra.options import whole
from recurra.studies import knobs
from recurra.studies.knobs import Space

SAMPLERS = ("random", "tpe")
PRUNERS = ("none", "median")
COLUMNS = ("time", "target", "id", "series", "text", "label")
"""What columns of a table are."""


@dataclass(frozen=True)
class Contender:
    """A cell as it takes part.

    Attributes:
        name: What it is called in tables; letters, figures, spaces and ``-_+.()``.
        cell: The name of a cell.
        init: What parameters of it start from, by name, instead of what the cell declares.
        settings: What is set for it alone, instead of what the study draws or fixes.
    """

    name: str
    cell: str
    init: Mapping[str, float] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\w.()+-]([\w .()+-]*[\w.()+-])?", self.name):
            raise OptionError(
                f"a cell called {self.name!r}", "letters, figures, spaces and -_+.() in a name"
            )
        if self.cell not in cells.names():
            cells.find(self.cell)  # Says what is near.
            raise CellError(f"the cell {self.cell!r}", f"one of {', '.join(cells.names())}")
        for name in self.settings:
            knobs.check_name(name, f"the settings of {self.name}")
        knobs.Settings(**self.settings)

    def told(self) -> dict[str, Any]:
        """All that it is, as plain data; what it has no settings of its own for is left out."""
        return {name: one for name, one in asdict(self).items() if one or name != "settings"}


@dataclass(frozen=True)
class Budget:
    """What each trial may have; the same for all.

    Attributes:
        epochs: Passes over what is learned from, at most; at least 1.
        patience: Passes without a better figure on held-out data after which a trial ends.
        minutes: The most that a trial may learn, above 0; None for no bound. With it results
            depend on the machine.
        parameters: What the recurrent layers may have at most: each cell gets as many units as
            that allows. None if the number of units is a setting.
    """

    epochs: int = 100
    patience: int = 15
    minutes: float | None = None
    parameters: int | None = None

    def __post_init__(self) -> None:
        whole("epochs of a study", self.epochs, 1)
        whole("patience of a study", self.patience, 1)
        if self.minutes is not None and not (knobs.is_number(self.minutes) and self.minutes > 0):
            raise OptionError(f"minutes={self.minutes!r} for each trial", "a number above 0")
        if self.parameters is not None:
            whole("parameters of a study", self.parameters, 1)


@dataclass(frozen=True)
class Study:
    """A study, declared.

    Each cell gets, on each task, ``trials`` draws from the space, each judged on the task's
    held-out data. With ``sampler="random"`` the n-th draw is the same for every cell, so that
    none is lucky in its draws. The best settings of each cell are then learned ``seeds`` times
    more, from other initial weights and in another order, for the spread.

    Attributes:
        name: What it is called.
        tasks: Names of tasks, see :mod:`recurra.studies.tasks`.
        contenders: The cells.
        space: What is drawn, by the name of the setting.
        fixed: Settings that are the same for all.
        trials: Draws a task and cell, at least 1; a number, or one for each task.
        seeds: How often the best settings are learned again, at least 0.
        sampler: ``"random"``, or ``"tpe"``, tree-structured Parzen estimators (Bergstra et al.
            2011).
        pruner: ``"none"``, or ``"median"``: a trial ends that is worse at a pass than the median,
            at that pass, of those of its cell and task that had ended when it began (Golovin et
            al. 2017).
        budget: What each trial may have.
        seed: Of the draws.
        about: What it is, in a sentence or two.
        columns: Of the tables that its tasks read, by what they are, as ``{"target": "sales"}``.
        data: What its tasks read, so that it goes on with nothing else; empty where they say so
            themselves.

    Raises:
        OptionError: If something contradicts something else, or is out of range.
        CellError: If there is no such cell.
    """

    name: str
    tasks: Sequence[str]
    contenders: Sequence[Contender]
    space: Space = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    trials: int | Mapping[str, int] = 20
    seeds: int = 3
    sampler: str = "random"
    pruner: str = "none"
    budget: Budget = field(default_factory=Budget)
    seed: int = 0
    about: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    data: str = ""

    def __post_init__(self) -> None:
        self._check_parts()
        self._check_space()
        self._check_units()
        knobs.Settings(**self.fixed)
        self._check_columns()

    @property
    def pairs(self) -> list[tuple[str, Contender]]:
        """Each task with each cell."""
        return [(task, contender) for task in self.tasks for contender in self.contenders]

    def trials_of(self, task: str) -> int:
        """Draws of each cell on a task."""
        return self.trials if isinstance(self.trials, int) else self.trials[task]

    def draws_of(self, task: str, contender: Contender) -> int:
        """Draws of a cell on a task: one, where nothing is left to draw."""
        drawn = self.space_of(contender) or not contender.settings
        return self.trials_of(task) if drawn else 1

    def space_of(self, contender: Contender) -> Space:
        """What is drawn for a cell."""
        return {name: one for name, one in self.space.items() if name not in contender.settings}

    @property
    def wanted(self) -> int:
        """All trials, draws and seeds."""
        return sum(self.draws_of(task, one) + self.seeds for task, one in self.pairs)

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """The columns that are named, by what they are, sorted."""
        return tuple(sorted(self.columns.items()))

    def changed(self, **changes: Any) -> Study:
        """The same but for some attributes."""
        return replace(self, **changes)

    def told(self) -> dict[str, Any]:
        """All that it is, as plain data."""
        told = {
            **asdict(self),
            "tasks": list(self.tasks),
            "contenders": [one.told() for one in self.contenders],
            "space": {name: asdict(one) for name, one in self.space.items()},
            "fixed": dict(self.fixed),
            "trials": {task: self.trials_of(task) for task in self.tasks},
        }
        # Studies were kept before these were known.
        return {name: one for name, one in told.items() if one or name not in {"columns", "data"}}

    def _check_parts(self) -> None:
        self._check_trials()
        whole("seeds of a study", self.seeds, 0)
        whole("seed of a study", self.seed, 0)
        if not isinstance(self.about, str):
            raise OptionError(f"about={self.about!r}", "a text")
        for what, given in (("tasks", self.tasks), ("cells", [c.name for c in self.contenders])):
            if not given or len(set(given)) != len(given):
                raise OptionError(f"the {what} {list(given)!r}", "at least one, each once")
        for name, value, known in (
            ("sampler", self.sampler, SAMPLERS),
            ("pruner", self.pruner, PRUNERS),
        ):
            if value not in known:
                raise OptionError(f"{name}={value!r}", f"one of {', '.join(known)}")

    def _check_columns(self) -> None:
        for name, column in self.columns.items():
            if name not in COLUMNS or not isinstance(column, str):
                raise OptionError(
                    f"the column {name} = {column!r} of a study",
                    f"the name of a column for each of {', '.join(COLUMNS)}",
                )

    def _check_trials(self) -> None:
        if isinstance(self.trials, Mapping):
            if set(self.trials) != set(self.tasks):
                raise OptionError(
                    f"trials for {', '.join(self.trials)}", f"for {', '.join(self.tasks)}"
                )
            for task, count in self.trials.items():
                whole(f"trials of {task}", count, 1)
        else:
            whole("trials of a study", self.trials, 1)

    def _check_space(self) -> None:
        for name in (*self.space, *self.fixed):
            knobs.check_name(name, "a study")
        for name, one in self.space.items():
            one.check(name)
        if both := sorted(set(self.space) & set(self.fixed)):
            raise OptionError(
                f"{both[0]} both fixed and in the space", "one of the two", "leave one out"
            )
        most = max(self.trials_of(task) for task in self.tasks)
        if not self.space and most > 1:
            raise OptionError(
                f"an empty space with {most} trials of it",
                "something to draw, or trials = 1",
                "say a space, or trials = 1 and seeds = 10, for the spread of one setting",
            )

    def _check_units(self) -> None:
        given = "hidden_size" in self.space or "hidden_size" in self.fixed
        if given and self.budget.parameters is not None:
            raise OptionError(
                f"parameters={self.budget.parameters} and hidden_size, which contradict each other",
                "one of the two",
                "leave hidden_size out: each cell gets as many units as its parameters allow",
            )
        if not given and self.budget.parameters is None:
            raise OptionError(
                "a study that does not say how large its networks are",
                "hidden_size in the space or fixed, or parameters in the budget",
            )
