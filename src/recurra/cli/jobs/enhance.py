"""``enhance`` on the command line."""

from __future__ import annotations

from itertools import tee
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import job_results as results
from recurra.cli import keeping
from recurra.cli.reporting import reported

if TYPE_CHECKING:
    from recurra.applications.enhance import Enhancer

Model = Annotated[Path, typer.Argument(help="A model of enhance.", metavar="MODEL")]
Data = Annotated[
    Path,
    typer.Argument(
        help="A folder of clean pictures, to which noise is added; or a folder that holds the "
        "folders noisy and clean, with pairs of one name.",
        metavar="DATA",
    ),
]
Clean = Annotated[
    Path | None,
    typer.Option(
        help="The clean pictures, by the names of those in DATA, which are then what was given.",
        metavar="FOLDER",
    ),
]
Ways = Annotated[
    bool,
    typer.Option(
        "--ways",
        help="The mean over the picture turned and mirrored in eight ways: a little better, eight "
        "times as long.",
    ),
]


@reported
def fit(
    data: Data,
    clean: Clean = None,
    out: results.Out = Path("recurra-enhance.safetensors"),
    noise: Annotated[
        float,
        typer.Option(help="The deviation of the noise that is added, where white is 255."),
    ] = 25.0,
    cell: Annotated[str, typer.Option(help="One of those that recurra cells lists.")] = "gru",
    units: Annotated[int | None, typer.Option(help="Units each way. [default: 48]")] = None,
    layers: Annotated[
        int | None, typer.Option(help="Layers of sweeps, one on another. [default: 2]")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(help="Steps of the training. [default: 6,000]")
    ] = None,
    batch_size: Annotated[int | None, typer.Option(help="Crops a step. [default: 16]")] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Size of the steps. [default: 0.003]")
    ] = None,
    seed: results.Seed = 0,
    resume: keeping.Resume = False,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
    as_json: results.AsJson = False,
    quiet: results.Quiet = False,
) -> None:
    """Learn from DATA how to make pictures better: of noise, or of what pairs show.

    Pictures may have any sizes, grey or in colour. MODEL holds all that is needed to use it; beside
    it, by its name, lie the report (.html), its picture (.png), the figures (.json) and the losses
    (.csv).

    A run of more than a minute can be stopped, or killed, and goes on with --resume.
    """
    from recurra.applications.enhance import Enhancer
    from recurra.applications.enhance.folders import Folders

    options: dict[str, Any] = {
        "noise": noise,
        "cell": cell,
        "units": units,
        "layers": layers,
        "steps": steps,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "seed": seed,
    }
    kept = keeping.Kept.asked(checkpoint_every, resume=resume, quiet=quiet)
    with results.fitting(out, kept) as checkpoint:
        enhancer = Enhancer(**options)
        wanted, given, notes = Folders.of(data, clean).to_learn_from(seed)
        say = results.Teller(say=not (quiet or as_json), show_progress=not quiet)
        say.notes(notes)
        enhancer.fit(wanted, given, watch=say.watch(), checkpoint=checkpoint)
        _keep(enhancer, data.name, out, say, as_json=as_json)


@reported
def predict(
    model: Model,
    data: Annotated[Path, typer.Argument(help="A picture, or a folder of them.", metavar="INPUT")],
    out: Annotated[
        Path,
        typer.Option(
            help="The folder that they are written to, as PNG by their names; or, for a "
            "single picture, a name that ends in .png.",
            metavar="PLACE",
        ),
    ] = Path("enhanced"),
    ways: Ways = False,
) -> None:
    """Make the pictures of INPUT better, and write them."""
    from recurra import atomic
    from recurra.applications.enhance import Enhancer
    from recurra.applications.enhance.writing import places
    from recurra.applications.pictures import encoded, left_out, open_picture
    from recurra.errors import DataError

    wanted = places(data, out)
    enhancer = Enhancer.load(model)
    broken: list[str] = []
    for source, place in wanted.items():
        try:
            picture = open_picture(source)
        except DataError:
            if len(wanted) == 1:
                raise
            broken.append(source.name)
            continue
        (made,) = enhancer.predict([picture], ways=ways)
        atomic.write(place, encoded(made))
        results.aside(f"Written: {place}")
    results.notes_aside(left_out(broken, "cannot be read"))
    if len(broken) == len(wanted):
        raise DataError(f"No picture of {data} can be read.", "whole pictures")


@reported
def evaluate(
    model: Model,
    data: Data,
    clean: Clean = None,
    ways: Ways = False,
    as_json: results.AsJson = False,
) -> None:
    """Say how near a MODEL comes to clean pictures: PSNR and SSIM, beside a median filter."""
    from recurra.applications.enhance import Enhancer
    from recurra.applications.enhance.folders import Folders

    enhancer, folders = Enhancer.load(model), Folders.of(data, clean)
    # One picture after the other: a folder may not fit in memory.
    names, given, wanted = tee(folders.read(), 3)
    scores = enhancer.evaluate(
        (one[2] for one in wanted),
        None if folders.given is None else (one[1] for one in given if one[1] is not None),
        names=(one[0] for one in names),
        ways=ways,
    )
    results.notes_aside(folders.notes)
    if as_json:
        typer.echo(results.to_json(scores.to_json()), nl=False)
        return
    typer.echo(f"{'PSNR, dB / SSIM':24} {'as given':>14} {'median filter':>14} {'enhanced':>14}")
    for row in scores.rows:
        both = (row.given, row.median, row.enhanced)
        typer.echo(_line(row.name, [(one.psnr, one.ssim) for one in both]))
    means = [
        (scores.mean(way, "psnr"), scores.mean(way, "ssim"))
        for way in ("given", "median", "enhanced")
    ]
    typer.echo(_line(f"mean of {scores.count}", means))


def demo(folder: Path, say: results.Teller) -> None:
    """Learns to take noise from landscapes that the package draws."""
    from recurra import atomic
    from recurra.applications.enhance import Enhancer
    from recurra.applications.enhance.demo import landscapes
    from recurra.applications.enhance.folders import Folders
    from recurra.applications.pictures import encoded

    for name, count, seed in (("train", 40, 0), ("test", 8, 1)):
        for number, picture in enumerate(landscapes(count, seed=seed)):
            atomic.write(folder / name / f"{number + 1:02}.png", encoded(picture))
    enhancer = Enhancer(units=16, layers=1, steps=200, batch_size=8, learning_rate=1e-2)
    wanted, given, notes = Folders.of(folder / "train").to_learn_from(0)
    say.notes(notes)
    enhancer.fit(wanted, given, watch=say.watch())
    out = folder / "model.safetensors"
    _keep(enhancer, "landscapes of a demo", out, say, as_json=False)
    say.next_steps(
        f"recurra evaluate {out} {folder / 'test'}",
        f"recurra predict {out} {folder / 'test'} --out enhanced",
    )


def _line(name: str, both: list[tuple[float, float]]) -> str:
    cells = [f"{psnr:.2f} / {ssim:.3f}" for psnr, ssim in both]
    return f"{name:24} " + " ".join(f"{cell:>14}" for cell in cells)


def _keep(enhancer: Enhancer, name: str, out: Path, say: results.Teller, *, as_json: bool) -> None:
    from recurra.applications.enhance import report, stored

    say.notes(enhancer.notes_)

    def told() -> results.Report:
        return results.Report(
            report.figures(enhancer),
            report.page(enhancer, name=name, command=results.command()),
            report.draw(enhancer),
            enhancer.history_.to_csv(),
        )

    results.keep(out, stored.pack(enhancer), told, say, as_json=as_json)
