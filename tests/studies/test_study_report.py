"""What is shown of a study."""

from __future__ import annotations

import csv
import io
import json
import struct

import pytest
from made_studies import declared, evidence, outcome

from recurra.studies import (
    Built,
    Choice,
    Contender,
    Evidence,
    Finding,
    Interval,
    Results,
    picture,
    report,
)
from recurra.studies.analysis.results import Cell
from recurra.studies.storage import Kept

HOSTILE = '<script>alert("1")</script>&'
SPACE = {
    "learning_rate": Interval(1e-3, 1e-1, log=True),
    "optimizer": Choice(("adam", "sgd")),
    "hidden_size": Interval(2, 8),
}


def of_draws(count=20, **changes) -> Evidence:
    """Two cells with so many draws, of which the settings decide."""
    study = declared(space=SPACE, fixed={}, trials=count, seeds=0, **changes)
    cells = {}
    for offset, contender in enumerate(study.contenders):
        trials = []
        for number in range(count):
            rate, adam = 10 ** -(1 + 2 * number / count), number % 2 == 0
            drawn = {"learning_rate": rate, "optimizer": "adam" if adam else "sgd"}
            loss = 8 + offset + rate + adam
            ended = outcome(loss, test=loss + 0.25, hidden_size=2 + number % 7)
            trials.append(Kept(number, {**drawn, "hidden_size": 2 + number % 7}, ended))
        cells["jsb", contender.name] = Cell("jsb", contender.name, trials, [], by_again=False)
    return Evidence.of(Results(study, cells))


BUILT = Built(
    declared(),
    findings=(Finding("GRU wins, they say.", lambda _: ("does not hold", "it lost")),),
    published={("jsb", "GRU"): 8.54},
)


def test_the_page_says_what_was_found_beside_what_the_paper_found() -> None:
    told = of_draws()
    page = report.page(told, BUILT, picture.draw(told), "recurra study made.toml")
    for words in ("GRU wins, they say.", "does not hold", "it lost", "8.54", "recurra study made"):
        assert words in page
    assert "RNN is best with" in page
    assert "learning rate" in page or "learning_rate" in page


def test_hostile_words_are_shown_and_not_obeyed() -> None:
    told = of_draws(name=HOSTILE, about=HOSTILE)
    built = Built(declared(), (Finding(HOSTILE, lambda _: ("holds", HOSTILE)),))
    page = report.page(told, built, picture.draw(told), f"recurra study {HOSTILE}")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_picture_is_a_png_whatever_there_is_to_draw() -> None:
    nothing = evidence(declared(), {})
    one_left_out = evidence(declared(), {("jsb", "GRU"): [1.0, 2.0, 3.0]})
    for told in (of_draws(), nothing, one_left_out):
        drawn = picture.draw(told)
        assert drawn.startswith(b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack(">II", drawn[16:24])
        assert width > height > 100


def test_the_table_of_trials_read_again_is_the_trials() -> None:
    told = of_draws()
    rows = list(csv.DictReader(io.StringIO(report.table_of_trials(told))))
    assert len(rows) == told.results.ended == 40
    kept = [(cell, one) for cell in told.results.on("jsb") for one in cell.trials]
    for row, (cell, trial) in zip(rows, kept, strict=True):
        assert (row["task"], row["cell"], row["kind"]) == ("jsb", cell.name, "draw")
        assert int(row["number"]) == trial.number
        assert float(row["learning_rate"]) == trial.settings["learning_rate"]
        assert row["optimizer"] == trial.settings["optimizer"]
        assert int(row["hidden_size"]) == trial.outcome.hidden_size
        for name in ("value", "validation", "test"):
            assert float(row[name]) == getattr(trial.outcome, name)
        assert int(row["passes"]) == trial.outcome.passes
        assert row["ended"] == trial.outcome.ended


def test_settings_that_are_not_drawn_are_told_of_each_trial() -> None:
    default = Contender("default", "lstm", settings={"learning_rate": 0.5, "layers": 2})
    study = declared(
        space={"learning_rate": Interval(1e-3, 1e-1)},
        fixed={"hidden_size": 3, "optimizer": "adam"},
        contenders=(Contender("GRU", "gru"), default),
    )
    cells = {
        ("jsb", "GRU"): Cell(
            "jsb", "GRU", [Kept(0, {"learning_rate": 0.01}, outcome(1.0))], [], False
        ),
        ("jsb", "default"): Cell("jsb", "default", [Kept(0, {}, outcome(2.0))], [], False),
    }
    told = Evidence.of(Results(study, cells))
    gru, other = csv.DictReader(io.StringIO(report.table_of_trials(told)))
    assert (gru["learning_rate"], gru["layers"], gru["optimizer"]) == ("0.01", "", "adam")
    assert (other["learning_rate"], other["layers"], other["optimizer"]) == ("0.5", "2", "adam")
    of_cells = {one["cell"]: one["best"]["settings"] for one in report.figures(told)["cells"]}
    assert of_cells["GRU"] == {"hidden_size": 3, "optimizer": "adam", "learning_rate": 0.01}
    assert of_cells["default"] == {
        "hidden_size": 3,
        "optimizer": "adam",
        "learning_rate": 0.5,
        "layers": 2,
    }


def test_figures_are_json_that_says_the_same() -> None:
    told = of_draws()
    figures = json.loads(json.dumps(report.figures(told, BUILT), default=str, allow_nan=False))
    assert figures["trials_ended"] == 40
    assert figures["findings"][0]["here"] == "does not hold"
    cells = {one["cell"]: one for one in figures["cells"]}
    assert cells["GRU"]["mean"] == told.results.cells["jsb", "GRU"].mean
    assert cells["GRU"]["best"]["settings"]["optimizer"] == "sgd"
    shares = figures["importance"]["jsb"]
    total = sum(shares["alone"].values()) + sum(shares["pairs"].values()) + shares["rest"]
    assert total == pytest.approx(1, abs=0.02)
    json.dumps(report.figures(evidence(declared(), {})), default=str, allow_nan=False)


def test_conclusions_name_what_lacks() -> None:
    told = evidence(declared(seeds=3), {("jsb", "GRU"): [1.0, 2.0, 3.0]})
    said = report.conclusions(told, BUILT)
    assert "too few figures" in said[0]
    assert "GRU wins, they say." in said[1]
    assert "4 of 8 trials have not been run yet." in said[2]


def test_how_cells_are_compared_is_said() -> None:
    drawn = of_draws()
    again = evidence(declared(seeds=3), {("jsb", "GRU"): [1.0, 2.0, 3.0]})
    assert "the tenth of their trials" in " ".join(report.notes(drawn))
    assert "learned 3 times again" in " ".join(report.notes(again))


def test_one_cell_alone_has_a_page_too() -> None:
    told = of_draws(contenders=(Contender("GRU", "gru"),))
    assert "GRU is best with" in report.page(told, None, picture.draw(told), "recurra study")
