"""Classes of sequences on the command line: what ``dna`` does with tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from recurra.cli import job_results as results

if TYPE_CHECKING:
    from recurra.applications.dna import SequenceClassifier
    from recurra.cli.explaining import Asked
    from recurra.explain import Explanation
    from recurra.training import Checkpoint


def fit(
    data: Path,
    columns: tuple[str | None, str | None],
    options: dict[str, Any],
    say: results.Teller,
    checkpoint: Checkpoint,
) -> SequenceClassifier:
    """Learns from a table."""
    from recurra.applications.dna import SequenceClassifier, read_labelled

    table = read_labelled(data, sequence=columns[0], label=columns[1])
    say.notes(table.notes)
    classifier = SequenceClassifier(**options)
    return classifier.fit(table.sequences, table.labels, watch=say.watch(), checkpoint=checkpoint)


def keep(
    classifier: SequenceClassifier, name: str, out: Path, say: results.Teller, *, as_json: bool
) -> None:
    """Writes the model and all that is told of it."""
    from recurra.applications.dna.classes import report, stored

    say.notes(classifier.notes_)

    def told() -> results.Report:
        return results.Report(
            report.figures(classifier),
            report.page(classifier, name=name, command=results.command()),
            report.draw(classifier),
            classifier.histories_[0].to_csv(),
        )

    results.keep(out, stored.pack(classifier), told, say, as_json=as_json)


def predict(
    model: Path,
    source: Path | None,
    text: str | None,
    column: str | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Writes the class of each sequence, and its probabilities."""
    from recurra.applications.dna import SequenceClassifier

    names, sequences = results.given(
        source, text, lambda path: _sequences(path, column), lambda whole: _lines(str(whole))
    )
    classifier = SequenceClassifier.load(model)
    results.notes_aside(classifier.said_of(sequences))
    chances = classifier.predict_proba(sequences)
    rows = [
        {
            **({"name": names[n]} if names else {"sequence": sequences[n]}),
            "label": classifier.classes_[int(row.argmax())],
            **{
                f"p({c})": round(float(p), 4) for c, p in zip(classifier.classes_, row, strict=True)
            },
        }
        for n, row in enumerate(chances)
    ]
    results.write(results.to_json(rows) if as_json else _csv(rows), out)


def explain(asked: Asked) -> Explanation:
    """What a network does with one sequence."""
    from recurra.applications.dna import SequenceClassifier

    asked.no_step()
    names: list[str] = []

    def read(path: Path) -> list[str]:
        found, sequences = _sequences(path, None)
        names.extend(found)
        return sequences

    sequences = asked.sequences(read)
    sequence = sequences[asked.one_of(len(sequences), "sequence", names)]
    sequence = "".join(sequence.split())
    return SequenceClassifier.load(asked.model).explain(sequence, network=asked.network)


def evaluate(
    model: Path, data: Path, columns: tuple[str | None, str | None], *, as_json: bool
) -> None:
    """Says how many classes are right."""
    from recurra.applications.dna import SequenceClassifier, read_labelled

    classifier = SequenceClassifier.load(model)
    table = read_labelled(data, sequence=columns[0], label=columns[1])
    notes = [*table.notes, *classifier.said_of(table.sequences, table.labels)]
    results.notes_aside(notes)
    scores = classifier.evaluate(table.sequences, table.labels)
    if as_json:
        typer.echo(results.to_json(scores.to_json()), nl=False)
        return
    name, share = scores.majority
    typer.echo(f"accuracy  {scores.accuracy:.4f}  ({scores.count:,} sequences)")
    for one, recall in zip(scores.classes, scores.recall, strict=True):
        typer.echo(f"error of {one!r}: {1 - recall:.4f}")
    typer.echo(f"always {name!r}: accuracy {share:.4f}")


def _sequences(path: Path, column: str | None) -> tuple[list[str], list[str]]:
    """Names, where there are any, and sequences."""
    from recurra.applications.dna import read_fasta, read_sequences
    from recurra.applications.dna.alphabet import to_letters
    from recurra.applications.dna.genes.reading import FASTA, format_of

    if format_of(path) != FASTA:
        return [], read_sequences(path, sequence=column)
    found, notes = read_fasta(path)
    results.notes_aside(notes)
    return list(found), [to_letters(one) for one in found.values()]


def _lines(whole: str) -> tuple[list[str], list[str]]:
    return [], ["".join(line.split()) for line in whole.strip("\r\n").splitlines() or [""]]


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    import polars as pl

    return pl.DataFrame(list(rows)).write_csv()
