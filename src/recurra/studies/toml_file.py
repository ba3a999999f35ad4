"""A study from a file of TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recurra.errors import DataError, OptionError
from recurra.studies.declaration import Budget, Contender, Study
from recurra.studies.knobs import Choice, Interval

KEYS = (
    "name",
    "about",
    "tasks",
    "cells",
    "trials",
    "seeds",
    "sampler",
    "pruner",
    "seed",
    "space",
    "fixed",
    "budget",
    "columns",
)
BUDGET = ("epochs", "patience", "minutes", "parameters")


def read(path: Path) -> Study:
    """The study that a file declares.

    ::

        tasks = ["jsb"]
        cells = ["lstm", "gru", { name = "LSTM-0", cell = "lstm", init = { b_f = 0.0 } }]
        trials = 20
        seeds = 3
        sampler = "tpe"
        pruner = "median"

        [space]
        learning_rate = { low = 1e-4, high = 1e-1, log = true }
        optimizer = ["adam", "sgd"]

        [fixed]
        batch_size = 16

        [budget]
        epochs = 50
        patience = 10
        parameters = 20000

    Of a task of your own data, ``tasks = ["forecast"]`` say, ``[columns]`` names the columns, as
    ``target = "sales"``.

    Raises:
        DataError: If there is no such file, or it is no TOML.
        OptionError: If it names what there is not, or contradicts itself.
        CellError: If there is no such cell.
    """
    told = _loaded(path)
    _check_keys(told, KEYS, str(path))
    for needed in ("tasks", "cells"):
        if needed not in told:
            raise OptionError(f"{path} without {needed}", f'{needed} = ["..."]')
    plain = ("about", "trials", "seeds", "sampler", "pruner", "seed")
    options: dict[str, Any] = {name: told[name] for name in plain if name in told}
    return Study(
        name=_text(told.get("name", path.stem), "name"),
        tasks=_names(told["tasks"]),
        contenders=_contenders(told["cells"]),
        space=_space(_table(told.get("space", {}), "space")),
        fixed=_table(told.get("fixed", {}), "fixed"),
        budget=_budget(_table(told.get("budget", {}), "budget")),
        columns=_table(told.get("columns", {}), "columns"),
        **options,
    )


def _loaded(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(f"{path} is not there.", "a study, a file of TOML") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}", "a file of TOML") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path} is no TOML: {error}", "a study, a file of TOML") from error


def _check_keys(told: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    if unknown := [name for name in told if name not in known]:
        raise OptionError(f"{unknown[0]!r} in {where}", f"one of {', '.join(known)}")


def _names(told: Any) -> tuple[str, ...]:
    if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
        raise OptionError(f"tasks = {told!r}", 'a list of names, as ["jsb", "nottingham"]')
    return tuple(told)


def _contenders(told: Any) -> tuple[Contender, ...]:
    if not isinstance(told, list):
        raise OptionError(f"cells = {told!r}", 'a list, as ["lstm", "gru"]')
    return tuple(_contender(one) for one in told)


def _contender(told: Any) -> Contender:
    if isinstance(told, str):
        return Contender(told, told)
    if not isinstance(told, dict) or not isinstance(told.get("cell"), str):
        raise OptionError(f"the cell {told!r}", 'a name, or { name = "...", cell = "..." }')
    _check_keys(told, ("name", "cell", "init"), f"the cell {told['cell']}")
    init = _table(told.get("init", {}), "init")
    for name, value in init.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise OptionError(f"init of {told['cell']}: {name} = {value!r}", "a number")
    name = _text(told.get("name", told["cell"]), "name of a cell")
    return Contender(name, told["cell"], {key: float(value) for key, value in init.items()})


def _space(told: Mapping[str, Any]) -> dict[str, Interval | Choice]:
    return {name: _within(name, one) for name, one in told.items()}


def _within(name: str, told: Any) -> Interval | Choice:
    if isinstance(told, list):
        return Choice(tuple(told))
    if isinstance(told, dict) and {"low", "high"} <= set(told):
        _check_keys(told, ("low", "high", "log"), f"the space of {name}")
        log = told.get("log", False)
        if not isinstance(log, bool):
            raise OptionError(f"space of {name}: log = {log!r}", "true or false")
        return Interval(told["low"], told["high"], log=log)
    raise OptionError(
        f"space of {name}: {told!r}",
        "{ low = ..., high = ..., log = true } or a list of values",
    )


def _budget(told: Mapping[str, Any]) -> Budget:
    _check_keys(told, BUDGET, "budget")
    return Budget(**told)


def _table(told: Any, name: str) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise OptionError(f"{name} = {told!r}", f"a table, [{name}]")
    return told


def _text(told: Any, name: str) -> str:
    if not isinstance(told, str) or not told.strip():
        raise OptionError(f"{name} = {told!r}", "a text")
    return told
