"""``music`` on the command line."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recurra.cli import job_results as results
from recurra.cli import keeping
from recurra.cli.reporting import reported

if TYPE_CHECKING:
    from torch import Tensor

    from recurra.applications.music import Grid, MusicModel

Model = Annotated[Path, typer.Argument(help="A model of music.", metavar="MODEL")]
Data = Annotated[
    Path,
    typer.Argument(
        help="A folder of MIDI files, one of them, or a .mat file of piano rolls.", metavar="DATA"
    ),
]


class Part(StrEnum):
    """Which pieces of a split."""

    train = "train"
    validation = "validation"
    test = "test"
    all = "all"


@reported
def fit(
    data: Data,
    out: results.Out = Path("recurra-music.safetensors"),
    grid: Annotated[
        int | None,
        typer.Option(
            help="Steps a quarter: 1, 2, 3, 4, 6, 8 or 12. [default: the fewest that the notes "
            "are on; 2 with .mat]"
        ),
    ] = None,
    cell: Annotated[
        str | None, typer.Option(help="One of those that recurra cells lists. [default: by data]")
    ] = None,
    units: Annotated[
        int | None, typer.Option(help="Units of each layer. [default: 128 or 256, by data]")
    ] = None,
    layers: Annotated[int | None, typer.Option(help="Layers. [default: 1]")] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Passes over the music, at most. [default: by data]")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Pieces a step, at most. [default: by data]")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Size of the steps. [default: 0.006 or 0.01, by data]")
    ] = None,
    seed: results.Seed = 0,
    resume: keeping.Resume = False,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
    as_json: results.AsJson = False,
    quiet: results.Quiet = False,
) -> None:
    """Learn from DATA which keys sound when, to write music on and to tell how likely a piece is.

    Folders of DATA called train, valid and test, and such parts of a .mat file, are used as given;
    otherwise pieces are held out. MODEL holds all that is needed to use it; beside it, by its name,
    lie the report (.html), its picture (.png), the figures (.json) and the losses (.csv). Needs
    recurra[music].

    A run of more than a minute can be stopped, or killed, and goes on with --resume.
    """
    from recurra.applications.music import MusicModel, read_music

    kept = keeping.Kept.asked(checkpoint_every, resume=resume, quiet=quiet)
    with results.fitting(out, kept) as checkpoint:
        _check_grid(grid)
        music = read_music(data, steps=grid)
        model = MusicModel(
            cell=cell,
            units=units,
            layers=layers,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            seed=seed,
        )
        say = results.Teller(say=not (quiet or as_json), show_progress=not quiet)
        say.notes(music.notes)
        model.fit(
            music.train,
            validation=music.validation,
            test=music.test,
            grid=music.grid,
            watch=say.watch(),
            checkpoint=checkpoint,
        )
        _keep(model, data.name, out, say, music.notes, as_json=as_json)


@reported
def predict(
    model: Model,
    start: Annotated[
        Path | None,
        typer.Argument(
            help="A MIDI file to go on from. [default: none, a new piece]", metavar="START"
        ),
    ] = None,
    steps: Annotated[int, typer.Option(help="Steps to write.")] = 128,
    given: Annotated[
        int | None, typer.Option(help="Steps of START to go on from, its first. [default: all]")
    ] = None,
    temperature: Annotated[
        float, typer.Option(help="Below 1 the likely becomes likelier, above 1 less so.")
    ] = 1.0,
    tempo: Annotated[
        float | None, typer.Option(help="Quarters a minute. [default: as learned from]")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed writes the same.")] = 0,
    out: Annotated[
        Path, typer.Option(help="Where the music is written, in MIDI.", metavar="FILE")
    ] = Path("recurra-music.mid"),
    as_json: results.AsJson = False,
) -> None:
    """Write music on from START, or from nothing: START and what follows as a MIDI file.

    Beside it, by its name, lies its picture (.png).
    """
    from recurra.applications.music import Grid, MusicModel, read_start

    _check_written(given, tempo, out)
    loaded = MusicModel.load(model)
    begun, notes = (None, ()) if start is None else read_start(start, loaded.grid_)
    results.notes_aside(notes)
    begun = begun if begun is None else begun[:given]
    (written,) = loaded.predict(begun, steps=steps, temperature=temperature, seed=seed)
    grid = Grid(loaded.grid_.steps, tempo or loaded.grid_.tempo)
    told = _write(begun, written, grid, out)
    if as_json:
        typer.echo(results.to_json(told), nl=False)


@reported
def evaluate(
    model: Model,
    data: Data,
    part: Annotated[
        Part | None,
        typer.Option(help="Pieces of a split that is given. [default: test, if there is one]"),
    ] = None,
    as_json: results.AsJson = False,
) -> None:
    """Say how likely the pieces of DATA are to a MODEL, in nats a step."""
    from recurra.applications.music import MusicModel, read_music

    loaded = MusicModel.load(model)
    music = read_music(data, steps=loaded.grid_.steps)
    chosen = part or (Part.test if music.test else Part.all)
    found = loaded.evaluate(getattr(music, chosen.value))
    results.notes_aside(music.notes)
    if as_json:
        typer.echo(results.to_json({**found.to_json(), "part": chosen.value}), nl=False)
        return
    of = f"({chosen.value}: {found.pieces:,} pieces, {found.steps:,} steps)"
    typer.echo(f"nats a step  {found.nats_per_step:.4f}  {of}")
    typer.echo(f"by whether a key sounded a step before  {found.by_step_before / found.steps:.4f}")
    typer.echo(f"by how often a key sounds  {found.by_frequency / found.steps:.4f}")


def demo(folder: Path, say: results.Teller) -> None:
    """Learns to write small pieces for four voices that the package makes up."""
    from recurra import atomic
    from recurra.applications.music import MusicModel, read_music, to_midi
    from recurra.applications.music.demo import GRID, pieces

    for number, piece in enumerate(pieces(60, seed=0), start=1):
        atomic.write(folder / "pieces" / f"{number:02}.mid", to_midi(piece, GRID))
    music = read_music(folder / "pieces")
    say.notes(music.notes)
    model = MusicModel(epochs=100, learning_rate=1e-2)
    model.fit(music.train, grid=music.grid, watch=say.watch())
    out = folder / "model.safetensors"
    _keep(model, "pieces of a demo", out, say, music.notes, as_json=False)
    start = model.held_out_pieces_[0][:16]
    (written,) = model.predict(start, steps=112, temperature=0.7)
    _write(start, written, model.grid_, folder / "written.mid")
    say.next_steps(
        f"recurra predict {out} {folder / 'pieces' / '01.mid'} --given 16 --out more.mid",
        f"recurra predict {out} --temperature 0.7 --seed 1 --out new.mid",
        f"recurra evaluate {out} {folder / 'pieces'}",
    )


def _check_grid(grid: int | None) -> None:
    from recurra.applications.music.quantising import GRIDS
    from recurra.errors import OptionError

    if grid is not None and grid not in GRIDS:
        raise OptionError(f"--grid {grid}", f"one of {', '.join(map(str, GRIDS))} steps a quarter")


def _check_written(given: int | None, tempo: float | None, out: Path) -> None:
    from recurra.errors import OptionError
    from recurra.options import whole

    if given is not None:
        whole("given", given, 1)
    if tempo is not None and not 4 <= tempo <= 1000:
        raise OptionError(f"--tempo {tempo:g}", "quarters a minute, from 4 to 1000")
    if out.suffix.lower() not in {".mid", ".midi"}:
        raise OptionError(f"--out {out}", "a name that ends in .mid", f"--out {out}.mid")


def _write(begun: Tensor | None, written: Tensor, grid: Grid, out: Path) -> dict[str, object]:
    """Writes the music and its picture; what they are."""
    import torch

    from recurra import atomic
    from recurra.applications.music import to_midi
    from recurra.applications.music.picture import draw_piece

    roll = written if begun is None else torch.cat([begun, written])
    first = len(roll) - len(written)
    head = f"{first} steps given, {len(written)} written" if first else f"{len(written)} steps"
    picture = out.with_suffix(".png")
    content = to_midi(roll, grid)
    atomic.write(picture, draw_piece(roll, first, head))
    atomic.write(out, content)
    results.aside(f"Written: {out}, {picture}")
    return {
        "midi": str(out),
        "picture": str(picture),
        "given": first,
        "steps": len(written),
        "seconds": len(roll) / grid.steps * 60 / grid.tempo,
    }


def _keep(
    model: MusicModel,
    name: str,
    out: Path,
    say: results.Teller,
    notes: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    from recurra.applications.music import report, stored

    say.notes(model.notes_)
    # The page tells what was read too.
    model.notes_ = (*notes, *model.notes_)

    def told() -> results.Report:
        return results.Report(
            report.figures(model),
            report.page(model, name=name, command=results.command()),
            report.draw(model),
            model.history_.to_csv(),
        )

    results.keep(out, stored.pack(model), told, say, as_json=as_json)
