"""``recurra cells``: the table, and the page of a cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result

from recurra import Recurrent, cells
from recurra.catalogue import Entry, regularisers
from recurra.language import Cell, Expression, Parameters, tanh

Run = Callable[..., Result]


def rows(result: Result) -> dict[str, list[str]]:
    """The lines of the table by their first word."""
    assert result.exit_code == 0, result.output
    return {line.split()[0]: line.split() for line in result.stdout.splitlines() if line.strip()}


def test_every_cell_has_a_row_with_the_parameters_that_a_layer_of_it_has(run: Run) -> None:
    table = rows(run("cells", "--input-size", 3, "--hidden-size", 8))
    for name in cells.names():
        numbers = sum(p.numel() for p in Recurrent(name, 3, 8).parameters())
        assert f"{numbers:,}" in table[name][-4]
    assert {one.name for one in regularisers()} <= {first.partition("(")[0] for first in table}


def test_the_row_of_the_lstm_is_what_everyone_knows(run: Run) -> None:
    row = " ".join(rows(run("cells"))["lstm"])
    assert row.endswith("h, c 4 HI + 4 HH + 4 H 44,400 4 1 1")


def test_it_fits_a_hundred_columns_without_a_terminal(run: Run) -> None:
    lines = run("cells").stdout.splitlines()
    assert max(map(len, lines)) <= 100
    assert [line.split()[0] for line in lines[1 : 1 + len(cells.names())]] == cells.names()


@dataclass(frozen=True)
class Halved(Cell):
    states = ("h",)
    widths = {"V": "H/2"}  # noqa: RUF012 - declared once, never written to

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        return tanh(p.W @ x + p.U @ (p.V @ h))


def test_a_size_that_a_cell_cannot_have_leaves_its_place_empty(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recurra.cli.cell_table.entries", lambda: [Entry(Halved())])
    row = rows(run("cells", "--hidden-size", 6))["Halved"]
    assert " ".join(row).endswith("h HI + HH 96 0 2 2")
    row = rows(run("cells", "--hidden-size", 7))["Halved"]
    assert " ".join(row).endswith("h HI + HH - 0 2 2")


@pytest.mark.parametrize("option", ["--input-size", "--hidden-size"])
def test_a_size_that_is_none_is_refused(run: Run, option: str) -> None:
    result = run("cells", option, 0)
    assert result.exit_code == 2
    assert f"{option} 0" in result.stderr


@pytest.mark.parametrize("name", cells.names())
def test_every_cell_has_a_page(run: Run, name: str) -> None:
    result = run("cells", name)
    assert result.exit_code == 0, result.output
    page = result.stdout
    assert page.startswith(f"{name} (recurra.cells.{cells.find(name).__name__}")
    for word in ("States", "Gates", "Parameters", "Start", "A step", "Regularisers", "Checked by"):
        assert f"\n{word} " in page
    assert "ₜ = " in page
    assert "``" not in page
    assert max(map(len, page.splitlines())) <= 100


def test_the_page_of_the_lstm_says_what_there_is_to_say(run: Run) -> None:
    page = run("cells", "lstm", "--input-size", 1, "--hidden-size", 2).stdout
    assert "    cₜ = fₜ ⊙ cₜ₋₁ + iₜ ⊙ gₜ\n" in page
    assert "States        h, c; the first is the output\n" in page
    assert "Gates         input, forget, candidate, output\n" in page
    assert "4 HI + 4 HH + 4 H: 32 for I = 1, H = 2. W_i (H, I), U_i (H, H), b_i (H)," in page
    assert "Start         b_f 1; matrices of the input Glorot-uniform" in page
    assert "1 product with a matrix inside the loop over time, in 1 stage\n" in page
    assert "Checked by    torch.nn.LSTM\n" in page


def test_options_outputs_and_layers_above_are_shown_where_there_are_any(run: Run) -> None:
    assert "periods=(1, 2, 4, 8): The period of each module" in run("cells", "clockwork").stdout
    assert "\nAlso sees     dt, missing\n" in run("cells", "gru_d").stdout
    assert "last (I), since (I)" in run("cells", "gru_d").stdout
    assert "\nOutput        y\n" in run("cells", "scrn").stdout
    assert "In the layers above the lowest:" in run("cells", "depth_gated_lstm").stdout
    assert "no products with a matrix" in run("cells", "mingru").stdout


@pytest.mark.parametrize("name", [one.name for one in regularisers()])
def test_every_regulariser_has_a_page(run: Run, name: str) -> None:
    page = run("cells", name).stdout
    assert run("cells", name.lower()).stdout == page
    assert page.startswith(f"{name} (recurra.cells.{name})\n")
    assert "\nSuits         every cell" in page
    assert "\nOptions       " in page
    assert ") in training:\n\n" in page


def test_a_cell_of_ones_own_has_a_page_as_well(run: Run, own: Path) -> None:
    page = run("cells", f"{own}:MinimalGated").stdout
    assert page.startswith("MinimalGated (my_cells.MinimalGated)\n\nMinimal gated unit.\n")
    assert "    hₜ = (1 - fₜ) ⊙ hₜ₋₁ + fₜ ⊙ nₜ\n" in page
    assert "Checked by    nothing yet\n" in page
    zoned = run("cells", f"{own}:zoned").stdout
    assert "In training:\n\n" in zoned
    assert "(hₜ₋₁ if 0.1 > random(zoneout h), else" in zoned


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lstmm", "did you mean 'lstm'?"),
        ("my_cells.py:MinimalGate", "write my_cells.py:MinimalGated"),
        ("my_cell.py:MinimalGated", "did you mean my_cells.py?"),
        ("my_cells.py:Unread", "line 26: return tanh(p.W @ x) if h > 0 else h"),
    ],
)
def test_what_is_no_cell_is_refused_in_words(run: Run, own: Path, name: str, said: str) -> None:
    result = run("cells", name)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not result.stdout
