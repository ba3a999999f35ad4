"""``dna`` on the command line: classes of sequences, genes of genomes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from recurra.applications.dna import read_genome
from recurra.applications.dna.demo import genome, junctions

Run = Callable[..., Result]

TINY = ("--units", 4, "--epochs", 1)
LEARNING = ("--units", 12, "--epochs", 14, "--learning-rate", 0.02)


@pytest.fixture
def classes(run: Run) -> Path:
    """A model of a table."""
    Path("j.csv").write_text(junctions(60, seed=0))
    result = run("fit", "dna", "j.csv", "--out", "c.safetensors", "--networks", 1, *TINY)
    assert result.exit_code == 0, result.output
    return Path("c.safetensors")


@pytest.fixture
def genes(run: Run) -> Path:
    """A model of a genome."""
    fasta, gff = genome(40, seed=0)
    Path("g.fna").write_text(fasta)
    Path("g.gff").write_text(gff)
    options = ("--genes", "g.gff", "--first", 0.9, "--out", "g.safetensors", "--batch-size", 2)
    result = run("fit", "dna", "g.fna", *options, *LEARNING, "--quiet")
    assert result.exit_code == 0, result.output
    return Path("g.safetensors")


def test_classes_are_answered_of_tables_fasta_lines_and_texts(run: Run, classes: Path) -> None:
    Path("s.fa").write_text(">one\nACGTNACGTA\n>two\nGGCC\n")
    Path("s.txt").write_text("ACGTNACGTA\nGGCC\n")
    rows = list(csv.DictReader(io.StringIO(run("predict", classes, "s.fa").stdout)))
    assert [row["name"] for row in rows] == ["one", "two"]
    lines = list(csv.DictReader(io.StringIO(run("predict", classes, "s.txt").stdout)))
    assert [row["sequence"] for row in lines] == ["ACGTNACGTA", "GGCC"]
    assert [row["label"] for row in lines] == [row["label"] for row in rows]
    (text,) = json.loads(run("predict", classes, "--text", "GGCC", "--json").stdout)
    assert text["p(donor)"] == pytest.approx(float(rows[1]["p(donor)"]), abs=1e-4)
    assert len(run("predict", classes, "j.csv").stdout.splitlines()) == 61


def test_classes_are_judged(run: Run, classes: Path) -> None:
    found = json.loads(run("evaluate", classes, "j.csv", "--json").stdout)
    assert found["sequences"] == 60
    assert "error of 'donor'" in run("evaluate", classes, "j.csv").stdout


def test_genes_are_written_as_gff_and_proteins(run: Run, genes: Path) -> None:
    result = run("predict", genes, "g.fna", "--out", "o.gff", "--proteins", "o.faa")
    assert result.exit_code == 0, result.output
    rows = [one for one in Path("o.gff").read_text().splitlines() if not one.startswith("#")]
    assert Path("o.faa").read_text().count(">") == len(rows)
    found = json.loads(run("predict", genes, "g.fna", "--json").stdout)
    assert [one["first"] for one in found] == [int(row.split("\t")[3]) for row in rows]
    assert rows, "nothing was found, so nothing was tested"
    assert len(read_genome("g.fna", "o.gff").records[0].genes) == len(rows)


def test_genes_are_judged_on_the_end_of_a_genome(run: Run, genes: Path) -> None:
    options = ("--genes", "g.gff", "--last", 0.1, "--report", "page.html")
    result = run("evaluate", genes, "g.fna", *options, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    bases = len(read_genome("g.fna", "g.gff").records[0].bases)
    assert found["by_genes"]["bases"] == bases - round(0.9 * bases)
    assert "found" in Path("page.html").read_text()
    assert "stop right" in run("evaluate", genes, "g.fna", "--genes", "g.gff").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fit", "dna", "g.fna"), "FASTA, which tells of no genes"),
        (("fit", "dna", "j.csv", "--genes", "g.gff"), "which is no FASTA"),
        (("fit", "dna", "g.fna", "--genes", "g.gff", "--first", 0), "--first 0"),
        (("fit", "dna", "g.fna", "--genes", "g.gff", "--table", 99), "genetic code 99"),
        (("fit", "dna", "g.fna", "--genes", "none.gff"), "no file none.gff"),
        (("fit", "dna", "j.csv", "--label-column", "odd"), "no column 'odd'"),
        (("fit", "dna", "empty.csv"), "is empty"),
    ],
)
def test_what_is_wrong_is_said_in_words(
    run: Run, bad: None, arguments: tuple[object, ...], said: str
) -> None:
    result = run(*arguments)
    assert result.exit_code in {1, 2}
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_what_a_model_cannot_answer_is_said_in_words(run: Run, bad: None, classes: Path) -> None:
    for options, said in (
        (("predict", classes, "j.csv", "--proteins", "p.faa"), "--proteins"),
        (("predict", classes, "--text", "ACGZ"), "the letter 'Z' at place 4"),
        (("evaluate", classes, "empty.csv"), "is empty"),
    ):
        result = run(*options)
        assert result.exit_code in {1, 2}
        assert said in result.stderr
        assert "Traceback" not in result.output


@pytest.fixture
def bad(run: Run) -> None:
    """A table, a genome and its genes, and an empty file."""
    fasta, gff = genome(4, seed=0)
    files = (("g.fna", fasta), ("g.gff", gff), ("j.csv", junctions(30, seed=0)), ("empty.csv", ""))
    for name, content in files:
        Path(name).write_text(content)
