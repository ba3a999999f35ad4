"""The page of cells, which is written anew before each build of the documentation."""

import sys
from pathlib import Path

import pytest

from recurra.catalogue import entries, regularisers
from recurra.language import LATEX, equations, trace

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def cell_pages():
    sys.path.insert(0, str(DOCS / "extensions"))
    import cell_pages  # noqa: PLC0415

    yield cell_pages
    sys.path.remove(str(DOCS / "extensions"))


@pytest.fixture(scope="module")
def page(cell_pages):
    return cell_pages.page()


def test_every_cell_has_a_row_and_a_section_with_its_equations_origin_and_check(page):
    for entry in entries():
        name = entry.cell.name
        assert f"\n| [`{name}`](#{name}) |" in page
        section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert f"`recurra.cells.{type(entry.cell).__name__}`" in section
        assert entry.citation in section
        assert section.count("```{math}") >= len(equations(trace(entry.cell)))
        assert all(f"```{{math}}\n{line}\n```" in section for line in entry.equations(LATEX))
        assert "Checked against " in section


def test_every_regulariser_has_a_section(page):
    for one in regularisers():
        section = page.split(f"\n## {one.name}\n")[1].split("\n## ")[0]
        assert one.citation in section
        assert "Suits every cell" in section


def test_the_table_says_what_a_cell_says(page):
    row = "| [`lstm`](#lstm) | {} | h, c | input, forget, candidate, output | {} | 1 | 1 |"
    formula = "4\N{NO-BREAK SPACE}HI + 4\N{NO-BREAK SPACE}HH + 4\N{NO-BREAK SPACE}H"
    year = next(entry.cell.year or "" for entry in entries() if entry.cell.name == "lstm")
    assert row.format(year, formula) in page.splitlines()


def test_the_page_is_included_where_readers_look_for_it():
    assert "{include} ../generated/cells.md" in (DOCS / "reference" / "cells.md").read_text()


def test_a_page_that_has_not_changed_is_not_written_again(cell_pages, tmp_path, monkeypatch):
    monkeypatch.setattr(cell_pages.generated, "FOLDER", tmp_path)
    cell_pages.write(None)
    written = tmp_path / "cells.md"
    before = written.stat().st_mtime_ns
    cell_pages.write(None)
    assert written.stat().st_mtime_ns == before
    written.write_text("something else")
    cell_pages.write(None)
    assert written.read_text(encoding="utf-8") == cell_pages.page()
