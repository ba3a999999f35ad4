"""A study of TOML: what is written is what is declared, and bad files are refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import CellError, DataError, OptionError
from recurra.studies import Budget, Choice, Contender, Interval, Study
from recurra.studies.toml_file import read

GOOD = """
tasks = ["jsb"]
cells = ["lstm", { name = "LSTM-0", cell = "lstm", init = { b_f = 0 } }]
trials = 4
seeds = 3
sampler = "tpe"
pruner = "median"
seed = 7
about = "Which gate?"

[space]
learning_rate = { low = 1e-4, high = 1e-1, log = true }
optimizer = ["adam", "sgd"]

[fixed]
batch_size = 16

[budget]
epochs = 50
patience = 10
parameters = 20000
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "which.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_the_study_it_declares(tmp_path: Path) -> None:
    assert read(written(tmp_path, GOOD)) == Study(
        name="which",
        tasks=("jsb",),
        contenders=(Contender("lstm", "lstm"), Contender("LSTM-0", "lstm", {"b_f": 0.0})),
        space={
            "learning_rate": Interval(1e-4, 1e-1, log=True),
            "optimizer": Choice(("adam", "sgd")),
        },
        fixed={"batch_size": 16},
        trials=4,
        seeds=3,
        sampler="tpe",
        pruner="median",
        budget=Budget(epochs=50, patience=10, parameters=20000),
        seed=7,
        about="Which gate?",
    )


numbers = st.floats(1e-6, 0.4, allow_subnormal=False)
studies = st.builds(
    Study,
    name=st.text("abc def-_", min_size=1).filter(str.strip),
    tasks=st.lists(st.sampled_from(["jsb", "xml", "parity-20"]), min_size=1, unique=True).map(
        tuple
    ),
    contenders=st.lists(
        st.builds(
            Contender,
            st.from_regex(
                r"[A-Za-z0-9.()+_-]([A-Za-z0-9 .()+_-]{0,6}[A-Za-z0-9.()+_-])?", fullmatch=True
            ),
            st.just("lstm"),
            st.dictionaries(st.sampled_from(["b_f", "b_i"]), st.floats(-2, 2), max_size=2),
        ),
        min_size=1,
        max_size=3,
        unique_by=lambda one: one.name,
    ).map(tuple),
    space=st.fixed_dictionaries(
        {
            "learning_rate": st.tuples(numbers, numbers, st.booleans())
            .filter(lambda t: t[0] != t[1])
            .map(lambda t: Interval(min(t[:2]), max(t[:2]), log=t[2]))
        },
        optional={
            "optimizer": st.lists(
                st.sampled_from(["adam", "sgd", "rmsprop"]), min_size=1, unique=True
            ).map(lambda values: Choice(tuple(values)))
        },
    ),
    fixed=st.fixed_dictionaries({"hidden_size": st.integers(1, 99)}),
    trials=st.integers(1, 99),
    seeds=st.integers(0, 9),
    sampler=st.sampled_from(["random", "tpe"]),
    pruner=st.sampled_from(["none", "median"]),
    budget=st.builds(Budget, st.integers(1, 99), st.integers(1, 99), st.none() | numbers),
    seed=st.integers(0, 2**31),
    about=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))),
)


@given(studies)
def test_what_is_written_as_toml_is_read_as_it_was(tmp_path_factory, study) -> None:
    path = written(tmp_path_factory.getbasetemp(), _toml(study))
    assert read(path) == study


def _toml(study: Study) -> str:
    """TOML by hand: its strings and numbers are written as those of JSON and Python."""
    space = {
        name: {"low": one.low, "high": one.high, "log": one.log}
        if isinstance(one, Interval)
        else list(one.values)
        for name, one in study.space.items()
    }
    cells = [
        {"name": one.name, "cell": one.cell, "init": dict(one.init)} for one in study.contenders
    ]
    limits = {name: value for name, value in vars(study.budget).items() if value is not None}
    told = {"name": study.name, "tasks": list(study.tasks), "cells": cells}
    told |= {
        n: getattr(study, n) for n in ("trials", "seeds", "sampler", "pruner", "seed", "about")
    }
    told |= {"space": space, "fixed": dict(study.fixed), "budget": limits}
    return "\n".join(f"{name} = {_value(value)}" for name, value in told.items())


def _value(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", r"\\").replace('"', r"\"") + '"'
        case dict():
            return "{" + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
        case _:
            return repr(value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('tasks = ["jsb"]', "", "without tasks"),
        ('tasks = ["jsb"]', "tasks = 3", "tasks = 3"),
        ('tasks = ["jsb"]', "tasks = [3]", "tasks = [3]"),
        ('tasks = ["jsb"]', "tasks = []", "the tasks []"),
        ("cells = [", "cells = [3, ", "the cell 3"),
        ("cells = [", "cells = [[], ", "the cell []"),
        ("cells = [", 'cells = ["lstm", ', "the cells ['lstm', 'lstm'"),
        ("cell = ", "sell = ", "the cell {"),
        ("init = ", "start = ", "'start' in the cell lstm"),
        ("b_f = 0", 'b_f = "0"', "init of lstm: b_f = '0'"),
        ("{ b_f = 0 }", "3", "init = 3"),
        ("trials = 4", "trails = 4", "'trails' in"),
        ("trials = 4", "trials = 0", "trials of a study=0"),
        ("trials = 4", 'trials = "all"', "trials of a study='all'"),
        ("trials = 4", "trials = [4]", "trials of a study=[4]"),
        ("trials = 4", "trials = { xml = 4 }", "trials for xml"),
        ("seeds = 3", "seeds = -3", "seeds of a study=-3"),
        ("seed = 7", 'seed = "x"', "seed of a study='x'"),
        ('sampler = "tpe"', "sampler = 1", "sampler=1"),
        ('pruner = "median"', 'pruner = ["median"]', "pruner=['median']"),
        ('about = "Which gate?"', "about = 3", "about=3"),
        ('about = "Which gate?"', "name = 3", "name = 3"),
        ('about = "Which gate?"', 'name = " "', "name = ' '"),
        ("[space]", "[spaces]", "'spaces' in"),
        ("low = 1e-4", "low = 1", "space of learning_rate: from 1 to 0.1"),
        ("low = 1e-4", "low = 0", "space of learning_rate: from 0 to 0.1"),
        ("low = 1e-4", 'low = "a"', "space of learning_rate: from 'a'"),
        ("low = 1e-4", "low = true", "space of learning_rate: from True"),
        ("low = 1e-4", "law = 1e-4", "space of learning_rate: {"),
        ("log = true", 'log = "no"', "space of learning_rate: log = 'no'"),
        ("log = true", "step = 1", "'step' in the space of learning_rate"),
        ('["adam", "sgd"]', "[]", "space of optimizer: []"),
        ('["adam", "sgd"]', '"adam"', "space of optimizer: 'adam'"),
        ('["adam", "sgd"]', '[["adam"]]', "space of optimizer: ['adam']"),
        ("[fixed]\nbatch_size = 16", "[[fixed]]\nbatch_size = 16", "fixed = [{"),
        ("batch_size = 16", "batch_size = 0", "batch_size=0"),
        ("batch_size = 16", "hidden_size = 16", "parameters=20000 and hidden_size"),
        ("batch_size = 16", "learning_rate = 0.1", "learning_rate both fixed"),
        ("epochs = 50", "epochs = 0", "epochs of a study=0"),
        ("epochs = 50", "epoch = 50", "'epoch' in budget"),
        ("epochs = 50", 'minutes = "long"', "minutes='long'"),
        ("parameters = 20000", "", "does not say how large"),
    ],
)
def test_a_bad_file_is_refused_with_what_is_bad(tmp_path: Path, old, new, words) -> None:
    assert old in GOOD
    with pytest.raises(OptionError) as error:
        read(written(tmp_path, GOOD.replace(old, new, 1)))
    assert words in error.value.given
    assert error.value.expected


def test_a_cell_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CellError, match="lsmt"):
        read(written(tmp_path, GOOD.replace('"lstm"', '"lsmt"', 1)))


@pytest.mark.parametrize(
    "content", [b"tasks = [", b"\xff\xfe\x00", bytes(range(256)), b"a,b\n1,2\n"]
)
def test_what_is_no_toml_is_said_to_be_none(tmp_path: Path, content) -> None:
    path = tmp_path / "which.toml"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"which\.toml is no TOML"):
        read(path)


def test_an_empty_file_lacks_its_tasks(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="without tasks"):
        read(written(tmp_path, ""))


def test_no_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not there"):
        read(tmp_path / "none.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path / "folder.toml")


def test_numbers_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="learning_rate"):
        read(written(tmp_path, GOOD.replace("low = 1e-4", "low = nan")))


def test_cells_are_a_list(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="cells = 'lstm'"):
        read(written(tmp_path, 'tasks = ["jsb"]\ncells = "lstm"'))
