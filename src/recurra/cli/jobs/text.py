"""``text`` on the command line."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recurra.cli import job_results as results
from recurra.cli import keeping
from recurra.cli.reporting import reported
from recurra.errors import OptionError

if TYPE_CHECKING:
    from recurra.applications.text import LanguageModel
    from recurra.cli.explaining import Asked
    from recurra.explain import Explanation

Model = Annotated[Path, typer.Argument(help="A model of text.", metavar="MODEL")]
Data = Annotated[
    Path,
    typer.Argument(help="A text file (also .gz), or a folder of them.", metavar="DATA"),
]


class Symbols(StrEnum):
    """What a text is read as."""

    characters = "characters"
    subwords = "subwords"


@reported
def fit(
    data: Data,
    out: results.Out = Path("recurra-text.safetensors"),
    symbols: Annotated[
        Symbols, typer.Option(help="What a text is read as; subwords need recurra[text].")
    ] = Symbols.characters,
    vocabulary_size: Annotated[
        int | None, typer.Option(help="Subwords, at most. [default: by data]")
    ] = None,
    cell: Annotated[str, typer.Option(help="One of those that recurra cells lists.")] = "lstm",
    units: Annotated[
        int | None, typer.Option(help="Units of each layer. [default: 64 to 384, by data]")
    ] = None,
    layers: Annotated[int | None, typer.Option(help="Layers. [default: 2]")] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Passes over the text, at most. [default: by data]")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Size of the steps. [default: 0.003]")
    ] = None,
    seed: results.Seed = 0,
    resume: keeping.Resume = False,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
    as_json: results.AsJson = False,
    quiet: results.Quiet = False,
) -> None:
    """Learn from DATA what follows what, to write on and to tell how surprising a text is.

    MODEL holds all that is needed to use it; beside it, by its name, lie the report (.html), its
    picture (.png), the figures (.json) and the losses (.csv).

    A run of more than a minute can be stopped, or killed, and goes on with --resume.
    """
    from recurra.applications.text import LanguageModel, read_documents

    kept = keeping.Kept.asked(checkpoint_every, resume=resume, quiet=quiet)
    with results.fitting(out, kept) as checkpoint:
        texts, notes = read_documents(data)
        model = LanguageModel(
            symbols=symbols.value,
            vocabulary_size=vocabulary_size,
            cell=cell,
            units=units,
            layers=layers,
            epochs=epochs,
            learning_rate=learning_rate,
            seed=seed,
        )
        say = results.Teller(say=not (quiet or as_json), show_progress=not quiet)
        say.notes(notes)
        model.fit(texts, watch=say.watch(), checkpoint=checkpoint)
        _keep(model, data.name, out, say, as_json=as_json)


@reported
def predict(
    model: Model,
    source: results.Input = None,
    text: results.Text = None,
    length: Annotated[int, typer.Option(help="Symbols to write.")] = 500,
    temperature: Annotated[
        float, typer.Option(help="Below 1 the likely becomes likelier, above 1 less so.")
    ] = 0.8,
    top_p: Annotated[
        float | None,
        typer.Option(help="Draw only from the likeliest, of this probability. [default: all]"),
    ] = None,
    samples: Annotated[int, typer.Option(help="How many texts to write.")] = 1,
    seed: Annotated[int, typer.Option(help="The same seed writes the same.")] = 0,
    out: results.ResultFile = None,
    as_json: results.AsJson = False,
) -> None:
    """Write on from INPUT, or from --text, or from nothing."""
    from recurra.applications.text import LanguageModel, read_documents

    prompt = ""
    if source is not None or text is not None:
        prompt = results.given(source, text, lambda path: read_documents(path)[0][0], str)
    loaded = LanguageModel.load(model)
    written = loaded.predict(
        [prompt], length=length, temperature=temperature, top_p=top_p, samples=samples, seed=seed
    )
    if as_json:
        content = results.to_json([{"prompt": prompt, "text": one} for one in written])
    else:
        content = "\n\n".join(prompt + one for one in written) + "\n"
    results.write(content, out)


@reported
def evaluate(model: Model, data: Data, as_json: results.AsJson = False) -> None:
    """Say how surprising DATA is to a MODEL, in nats and bits a character."""
    from recurra.applications.text import LanguageModel, read_documents

    texts, notes = read_documents(data)
    found = LanguageModel.load(model).evaluate(texts)
    if found.unknown:
        notes = (*notes, f"{found.unknown:,} characters are unknown to the model")
    results.notes_aside(notes)
    if as_json:
        typer.echo(results.to_json(found.to_json()), nl=False)
        return
    typer.echo(f"nats a character  {found.nats_per_character:.4f}  ({found.characters:,})")
    typer.echo(f"bits a character  {found.bits_per_character:.4f}")
    typer.echo(f"by frequency: {found.frequency / found.characters:.4f} nats a character")


def explain(asked: Asked) -> Explanation:
    """What the network does with a text, to say what comes next."""
    from recurra.applications.text import LanguageModel, read_documents

    texts = asked.sequences(lambda path: read_documents(path)[0])
    text = texts[asked.one_of(len(texts), "text")]
    if asked.network != 1:
        raise OptionError(f"--network {asked.network} of a model of one network", "1")
    return LanguageModel.load(asked.model).explain(text, at=asked.at)


def demo(folder: Path, say: results.Teller) -> None:
    """Learns to write verses that the package makes up."""
    from recurra import atomic
    from recurra.applications.text import LanguageModel
    from recurra.applications.text.demo import verses

    text = verses(300, seed=0)
    atomic.write(folder / "verses.txt", text.encode())
    model = LanguageModel(units=64, layers=1, epochs=16, learning_rate=1e-2)
    model.fit([text], watch=say.watch())
    out = folder / "model.safetensors"
    _keep(model, "verses of a demo", out, say, as_json=False)
    say.line(model.predict(["the fox"], length=160, temperature=0.5)[0])
    say.next_steps(f'recurra predict {out} --text "my sister" --length 200 --temperature 0.5')


def _keep(
    model: LanguageModel, name: str, out: Path, say: results.Teller, *, as_json: bool
) -> None:
    from recurra.applications.text import report, stored

    say.notes(model.notes_)

    def told() -> results.Report:
        return results.Report(
            report.figures(model),
            report.page(model, name=name, command=results.command()),
            report.draw(model),
            model.history_.to_csv(),
        )

    results.keep(out, stored.pack(model), told, say, as_json=as_json)
