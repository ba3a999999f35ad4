"""``caption`` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import job_caption_strokes as of_strokes
from recurra.cli import job_results as results
from recurra.cli import keeping
from recurra.cli.reporting import reported

if TYPE_CHECKING:
    from recurra.applications.caption import Captioner
    from recurra.applications.caption.demo import Scene
    from recurra.applications.caption.reading import Captioned
    from recurra.training import Checkpoint

Model = Annotated[Path, typer.Argument(help="A model of caption.", metavar="MODEL")]
Table = Annotated[
    Path,
    typer.Argument(
        help="A table (CSV or TSV, also .gz) of the names of pictures and their captions, or the "
        "strokes that drew them. A picture may stand in several rows.",
        metavar="TABLE",
    ),
]
Pictures = Annotated[
    Path | None,
    typer.Option(help="The folder of the pictures. [default: that of the table]", metavar="FOLDER"),
]
PictureColumn = Annotated[
    str | None, typer.Option(help="Column of pictures. [default: found]", metavar="NAME")
]
TextColumn = Annotated[
    str | None, typer.Option(help="Column of captions or strokes. [default: found]", metavar="NAME")
]
Beam = Annotated[
    int,
    typer.Option(
        help="How many hypotheses are followed at once, or drawings made to choose from: more are "
        "slower."
    ),
]


@reported
def fit(
    table: Table,
    pictures: Pictures = None,
    out: results.Out = Path("recurra-caption.safetensors"),
    picture_column: PictureColumn = None,
    text_column: TextColumn = None,
    side: Annotated[
        int | None,
        typer.Option(
            help="Points of a side of the squares that pictures become, of captions a multiple of "
            "8. [default: 64, of strokes 35]"
        ),
    ] = None,
    cell: Annotated[str, typer.Option(help="One of those that recurra cells lists.")] = "lstm",
    units: Annotated[
        int | None,
        typer.Option(help="Units of the layer that writes. [default: 128, of strokes 256]"),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Passes over the data. [default: 4 to 40, by data]")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Captions or drawings a step. [default: by data]")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Size of the steps. [default: 0.002, of strokes 0.006]")
    ] = None,
    blind: Annotated[
        bool,
        typer.Option(
            "--blind", help="Of strokes: see white paper in place of pictures, to compare."
        ),
    ] = False,
    seed: results.Seed = 0,
    resume: keeping.Resume = False,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
    as_json: results.AsJson = False,
    quiet: results.Quiet = False,
) -> None:
    """Learn from TABLE to say in a sentence what is in a picture, or to draw it with a pen.

    A table of strokes is told by its column's name, or by cells such as "M 3 4 L 10 4". MODEL
    holds all that is needed to use it; beside it, by its name, lie the report (.html), its
    picture (.png), the figures (.json) and the losses (.csv). Captions need recurra[caption].

    A run of more than a minute can be stopped, or killed, and goes on with --resume.
    """
    options: dict[str, Any] = {
        "cell": cell,
        "units": units,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "side": side,
        "seed": seed,
    }
    kept = keeping.Kept.asked(checkpoint_every, resume=resume, quiet=quiet)
    say = results.Teller(say=not (quiet or as_json), show_progress=not quiet)
    columns = picture_column, text_column
    with results.fitting(out, kept) as checkpoint:
        if of_strokes.is_drawn(table, columns):
            options["blind"] = blind
            drawer = of_strokes.fit(table, pictures, columns, options, say, checkpoint)
            of_strokes.keep(drawer, table.name, out, say, as_json=as_json)
        else:
            _only_of_strokes("--blind", blind)
            captioner = _fit(table, pictures, columns, options, say, checkpoint)
            _keep(captioner, table.name, out, say, as_json=as_json)


@reported
def predict(
    model: Model,
    data: Annotated[Path, typer.Argument(help="A picture, or a folder of them.", metavar="INPUT")],
    beam: Beam = 5,
    picture: Annotated[
        Path | None,
        typer.Option(
            help="Draw where it looked, for the first picture; of strokes, the first pictures and "
            "what was drawn of them.",
            metavar="PNG",
        ),
    ] = None,
    drawings: Annotated[
        Path | None,
        typer.Option(help="Of strokes: write an SVG file of each picture there.", metavar="FOLDER"),
    ] = None,
    out: results.ResultFile = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write JSON, which tells too how sure each caption is.")
    ] = False,
) -> None:
    """Say what is in each picture of INPUT, or draw it: a table of names and answers."""
    from recurra.applications.caption.files import STROKES, answers_of

    if answers_of(model) == STROKES:
        of_strokes.predict(model, data, beam, picture, drawings, out, as_json=as_json)
        return
    _only_of_strokes("--drawings", drawings)
    _predict(model, data, beam, picture, out, as_json=as_json)


def _predict(
    model: Path, data: Path, beam: int, picture: Path | None, out: Path | None, *, as_json: bool
) -> None:
    from recurra import atomic
    from recurra.applications.caption import Captioner
    from recurra.applications.caption.captioner import unended
    from recurra.applications.caption.seen import draw
    from recurra.applications.pictures import paths_in, read_pictures, square

    paths = paths_in(data) if data.is_dir() else [data]
    captioner = Captioner.load(model)
    given = read_pictures(paths, lambda image: square(image, captioner.plan_.side))
    found = captioner.caption(given.images, beam=beam)
    results.notes_aside([*given.notes, *unended(found)])
    if picture is not None:
        atomic.write(picture, draw(captioner.look(given.images[0])))
        results.aside(f"Drawn: {picture}")
    if as_json:
        told = [
            {"picture": name, "text": one.text, "score": one.score}
            for name, one in zip(given.names, found, strict=True)
        ]
        results.write(results.to_json(told), out)
        return
    results.write(_table(given.names, [one.text for one in found]), out)


@reported
def evaluate(
    model: Model,
    table: Table,
    pictures: Pictures = None,
    picture_column: PictureColumn = None,
    text_column: TextColumn = None,
    beam: Beam = 5,
    as_json: results.AsJson = False,
) -> None:
    """Say how near a MODEL's captions come to those of TABLE: exact ones and BLEU.

    Of strokes: how likely those of TABLE are, and how near to them it draws.
    """
    from recurra.applications.caption import Captioner
    from recurra.applications.caption.files import STROKES, answers_of

    if answers_of(model) == STROKES:
        columns = picture_column, text_column
        of_strokes.evaluate(model, table, pictures, columns, beam, as_json=as_json)
        return
    captioner = Captioner.load(model)
    found = _read(table, pictures, picture_column, text_column, captioner.plan_.side)
    results.notes_aside(found.notes)
    scores = captioner.evaluate(found.pictures, found.captions, beam=beam)
    if as_json:
        typer.echo(results.to_json(scores.to_json()), nl=False)
        return
    typer.echo(f"exact  {100 * scores.exact:.1f}%  ({scores.count:,} pictures)")
    typer.echo(f"BLEU   {scores.bleu:.2f}  ({scores.bleu_signature})")


def demo(folder: Path, say: results.Teller) -> None:
    """Learns to say of which colour and size a star is that the package draws, and where."""
    from recurra.applications.caption import Captioner
    from recurra.applications.caption.demo import scenes

    test = scenes(40, seed=1, most=1, shapes=("star",))
    _write(scenes(400, seed=0, most=1, shapes=("star",), unlike=test), folder / "train")
    _write(test, folder / "test")
    found = _read(folder / "train" / "captions.csv", None, None, None, 32)
    say.notes(found.notes)
    captioner = Captioner(epochs=12, side=32)
    captioner.fit(found.pictures, found.captions, watch=say.watch())
    out = folder / "model.safetensors"
    _keep(captioner, "scenes of a demo", out, say, as_json=False)
    say.next_steps(
        f"recurra evaluate {out} {folder / 'test' / 'captions.csv'}",
        f"recurra predict {out} {folder / 'test'} --picture looked.png",
    )


def _fit(
    table: Path,
    pictures: Path | None,
    columns: of_strokes.Columns,
    options: dict[str, Any],
    say: results.Teller,
    checkpoint: Checkpoint,
) -> Captioner:
    from recurra.applications.caption import Captioner
    from recurra.applications.caption.rules import SIDE

    found = _read(table, pictures, *columns, options["side"] or SIDE)
    say.notes(found.notes)
    captioner = Captioner(**options)
    return captioner.fit(found.pictures, found.captions, watch=say.watch(), checkpoint=checkpoint)


def _only_of_strokes(option: str, value: object) -> None:
    """Refuses an option that means nothing for captions, if it is given."""
    from recurra.errors import OptionError

    if value:
        raise OptionError(option, "strokes", "here are captions: leave it out")


def _read(
    table: Path, pictures: Path | None, picture: str | None, text: str | None, side: int
) -> Captioned:
    from recurra.applications.caption.reading import read_captioned
    from recurra.applications.pictures import square

    return read_captioned(
        table,
        folder=pictures,
        picture=picture,
        text=text,
        kept=lambda image: square(image, side),
    )


def _write(made: list[Scene], folder: Path) -> None:
    """Scenes as pictures, and the table of their sentences."""
    from recurra import atomic
    from recurra.applications.caption.demo import rendered, sentence
    from recurra.applications.pictures import encoded

    names = [f"{number + 1:05}.png" for number in range(len(made))]
    for number, (name, scene) in enumerate(zip(names, made, strict=True)):
        atomic.write(folder / name, encoded(rendered(scene, number)))
    content = _table(names, [sentence(scene) for scene in made])
    atomic.write(folder / "captions.csv", content.encode())


def _table(names: Any, texts: list[str]) -> str:
    import polars as pl

    return pl.DataFrame(
        [pl.Series("picture", names, pl.String), pl.Series("text", texts, pl.String)]
    ).write_csv()


def _keep(
    captioner: Captioner, name: str, out: Path, say: results.Teller, *, as_json: bool
) -> None:
    from recurra.applications.caption import report, stored

    say.notes(captioner.notes_)

    def told() -> results.Report:
        return results.Report(
            report.figures(captioner),
            report.page(captioner, name=name, command=results.command()),
            report.draw(captioner),
            captioner.history_.to_csv(),
        )

    results.keep(out, stored.pack(captioner), told, say, as_json=as_json)
