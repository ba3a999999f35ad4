"""``translate`` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import job_results as results
from recurra.cli import keeping
from recurra.cli.reporting import reported
from recurra.errors import OptionError

if TYPE_CHECKING:
    from recurra.applications.translate import Pairs, Translator

Model = Annotated[Path, typer.Argument(help="A model of translation.", metavar="MODEL")]
Source = Annotated[
    Path,
    typer.Argument(
        help="Sentences, a line each; or, alone, a table (TSV or CSV) of two columns, sentences "
        "and their translations. Also .gz.",
        metavar="SOURCE",
    ),
]
Target = Annotated[
    Path | None,
    typer.Argument(help="Their translations, line by line.", metavar="TARGET"),
]
Beam = Annotated[
    int, typer.Option(help="How many hypotheses are followed at once: more are slower.")
]


@reported
def fit(
    source: Source,
    target: Target = None,
    out: results.Out = Path("recurra-translate.safetensors"),
    validation: Annotated[
        Path | None,
        typer.Option(
            help="Sentences, or a table, that choose the best weights. [default: a tenth of the "
            "pairs, at most 1,000]",
            metavar="FILE",
        ),
    ] = None,
    validation_target: Annotated[
        Path | None,
        typer.Option(help="The translations of --validation, line by line.", metavar="FILE"),
    ] = None,
    vocabulary_size: Annotated[
        int | None, typer.Option(help="Subwords of a vocabulary, at most. [default: by data]")
    ] = None,
    shared: Annotated[
        bool | None,
        typer.Option(
            "--shared/--separate",
            help="One vocabulary for both languages, or two. [default: by their letters]",
        ),
    ] = None,
    cell: Annotated[str, typer.Option(help="One of those that recurra cells lists.")] = "lstm",
    units: Annotated[
        int | None, typer.Option(help="Units of the layer that writes. [default: 64 to 256]")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Passes over the pairs, at most. [default: by data]")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Symbols of a batch, on either side. [default: by data]")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Size of the steps. [default: 0.002]")
    ] = None,
    longest: Annotated[
        int | None, typer.Option(help="Subwords of a sentence, at most. [default: 100]")
    ] = None,
    seed: results.Seed = 0,
    resume: keeping.Resume = False,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
    as_json: results.AsJson = False,
    quiet: results.Quiet = False,
) -> None:
    """Learn to translate from SOURCE and TARGET, whose lines belong together.

    MODEL holds all that is needed to use it; beside it, by its name, lie the report (.html), its
    picture (.png), the figures (.json) and the losses (.csv). Needs recurra[translate].

    A run of more than a minute can be stopped, or killed, and goes on with --resume.
    """
    from recurra.applications.translate import Translator, read_pairs

    options: dict[str, Any] = {
        "vocabulary_size": vocabulary_size,
        "shared": shared,
        "cell": cell,
        "units": units,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "longest": longest,
        "seed": seed,
    }
    kept = keeping.Kept.asked(checkpoint_every, resume=resume, quiet=quiet)
    with results.fitting(out, kept) as checkpoint:
        pairs, beside = read_pairs(source, target), _beside(validation, validation_target)
        translator = Translator(**options)
        say = results.Teller(say=not (quiet or as_json), show_progress=not quiet)
        say.notes(pairs.notes)
        translator.fit(
            pairs.sources,
            pairs.targets,
            validation=None if beside is None else (beside.sources, beside.targets),
            watch=say.watch(),
            checkpoint=checkpoint,
        )
        name = source.name if target is None else f"{source.name} → {target.name}"
        _keep(translator, name, out, say, as_json=as_json)


@reported
def predict(
    model: Model,
    source: results.Input = None,
    text: results.Text = None,
    beam: Beam = 5,
    picture: Annotated[
        Path | None,
        typer.Option(help="Draw where it looked, for the first sentence.", metavar="PNG"),
    ] = None,
    out: results.ResultFile = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write JSON, which tells too how sure each answer is.")
    ] = False,
) -> None:
    """Translate INPUT, line by line: a line for each, a blank one for a blank one."""
    from recurra import atomic
    from recurra.applications.translate import Translator, read_lines
    from recurra.applications.translate.reading import lines_of
    from recurra.applications.translate.seen import draw

    sentences = results.given(source, text, read_lines, lines_of)
    translator = Translator.load(model)
    found = translator.translate(sentences, beam=beam)
    results.notes_aside(translator.said_of(found))
    if picture is not None:
        first = next((one for one in sentences if one.strip()), "")
        atomic.write(picture, draw(translator.look(first)))
        results.aside(f"Drawn: {picture}")
    if as_json:
        content = results.to_json([one.to_json() for one in found])
    else:
        content = "".join(f"{one.text}\n" for one in found)
    results.write(content, out)


@reported
def evaluate(
    model: Model,
    source: Source,
    target: Target = None,
    beam: Beam = 5,
    as_json: results.AsJson = False,
) -> None:
    """Say how near a MODEL's translations of SOURCE come to TARGET: BLEU and chrF."""
    from recurra.applications.translate import Translator, read_pairs
    from recurra.applications.translate.checks import checked

    translator, pairs = Translator.load(model), read_pairs(source, target)
    notes = checked(pairs.sources, pairs.targets, "pairs").notes
    results.notes_aside([*pairs.notes, *notes])
    scores = translator.evaluate(pairs.sources, pairs.targets, beam=beam)
    if as_json:
        typer.echo(results.to_json(scores.to_json()), nl=False)
        return
    typer.echo(f"BLEU  {scores.bleu:.2f}  ({scores.count:,} sentences; {scores.bleu_signature})")
    typer.echo(f"chrF  {scores.chrf:.2f}  ({scores.chrf_signature})")


def demo(folder: Path, say: results.Teller) -> None:
    """Learns from English and German sentences that the package makes up."""
    from recurra import atomic
    from recurra.applications.translate import Translator
    from recurra.applications.translate.demo import pairs

    for name, count, seed in (("train", 2000, 0), ("test", 200, 1)):
        rows = "".join(f"{english}\t{german}\n" for english, german in pairs(count, seed=seed))
        atomic.write(folder / f"{name}.tsv", rows.encode())
    made = pairs(2000, seed=0)
    translator = Translator(units=64, epochs=8, learning_rate=8e-3)
    translator.fit([en for en, _ in made], [de for _, de in made], watch=say.watch())
    out = folder / "model.safetensors"
    _keep(translator, "sentences of a demo", out, say, as_json=False)
    say.next_steps(
        f"recurra evaluate {out} {folder / 'test.tsv'}",
        f'recurra predict {out} --text "Today the old woman does not see the small dog."',
    )


def _beside(validation: Path | None, target: Path | None) -> Pairs | None:
    from recurra.applications.translate import read_pairs

    if validation is not None:
        return read_pairs(validation, target)
    if target is not None:
        raise OptionError(f"--validation-target {target} alone", "--validation FILE beside it")
    return None


def _keep(
    translator: Translator, name: str, out: Path, say: results.Teller, *, as_json: bool
) -> None:
    from recurra.applications.translate import report, stored

    say.notes(translator.notes_)

    def told() -> results.Report:
        return results.Report(
            report.figures(translator),
            report.page(translator, name=name, command=results.command()),
            report.draw(translator),
            translator.history_.to_csv(),
        )

    results.keep(out, stored.pack(translator), told, say, as_json=as_json)
