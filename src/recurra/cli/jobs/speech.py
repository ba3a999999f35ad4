"""``speech`` on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import job_results as results
from recurra.cli import job_speech as sounds
from recurra.cli import keeping
from recurra.cli.reporting import reported

if TYPE_CHECKING:
    from recurra.applications.speech import SpeechRecogniser

Model = Annotated[Path, typer.Argument(help="A model of speech.", metavar="MODEL")]
Data = Annotated[
    Path,
    typer.Argument(
        help="A table of recordings and texts (CSV: wav,text), or a folder of WAV or FLAC files "
        "with texts in .txt files beside them, or a folder a word.",
        metavar="DATA",
    ),
]
Source = Annotated[
    Path,
    typer.Argument(
        help="A recording, a folder or a table of them; - for raw sound from standard input.",
        metavar="INPUT",
        allow_dash=True,
    ),
]


@reported
def fit(
    data: Data,
    out: results.Out = Path("recurra-speech.safetensors"),
    text_from_name: sounds.TextFromName = None,
    validation: Annotated[
        Path | None,
        typer.Option(
            help="A table or folder like DATA that chooses the best weights. [default: a tenth of "
            "DATA, at most 1,000]",
            metavar="DATA",
        ),
    ] = None,
    rate: Annotated[
        int | None,
        typer.Option(help="Samples a second that are heard. [default: 16000 or 8000, by data]"),
    ] = None,
    joins: Annotated[
        float | None,
        typer.Option(
            help="Share of the steps in which recordings are joined to strings. [default: 0.5 for "
            "single words, else 0]"
        ),
    ] = None,
    cell: Annotated[str, typer.Option(help="One of those that recurra cells lists.")] = "lstm",
    units: Annotated[int | None, typer.Option(help="Units each way. [default: 96]")] = None,
    layers: Annotated[
        int | None, typer.Option(help="Layers one above the other. [default: 2]")
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(help="Passes over the recordings, at most. [default: 10 to 300, by data]"),
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Recordings a step. [default: 1 to 32, by data]")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Size of the steps. [default: 0.004]")
    ] = None,
    seed: results.Seed = 0,
    resume: keeping.Resume = False,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
    as_json: results.AsJson = False,
    quiet: results.Quiet = False,
) -> None:
    """Learn from DATA to write down what is said in recordings.

    MODEL holds all that is needed to use it; beside it, by its name, lie the report (.html), its
    picture (.png), the figures (.json) and the losses (.csv). Needs recurra[speech].

    A run of more than a minute can be stopped, or killed, and goes on with --resume.
    """
    from recurra.applications.speech import SpeechRecogniser, read_recordings

    options: dict[str, Any] = {
        "cell": cell,
        "units": units,
        "layers": layers,
        "joins": joins,
        "rate": rate,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "seed": seed,
    }
    kept = keeping.Kept.asked(checkpoint_every, resume=resume, quiet=quiet)
    with results.fitting(out, kept) as checkpoint:
        found = read_recordings(data, pattern=text_from_name)
        beside = None
        if validation is not None:
            beside = read_recordings(validation, pattern=text_from_name)
        recogniser = SpeechRecogniser(**options)
        say = results.Teller(say=not (quiet or as_json), show_progress=not quiet)
        say.notes([*found.notes, *(beside.notes if beside else ())])
        recogniser.fit(
            found.paths,
            found.texts or [],
            validation=None if beside is None else (beside.paths, beside.texts or []),
            watch=say.watch(),
            checkpoint=checkpoint,
        )
        _keep(recogniser, data.name, out, say, as_json=as_json)


@reported
def predict(
    model: Model,
    source: Source,
    lexicon: sounds.LexiconFile = None,
    known_words: sounds.KnownWords = False,
    raw_rate: Annotated[
        int | None,
        typer.Option(
            help="INPUT is raw sound of one channel, 16 bits, least byte first, at so many samples "
            "a second: the text is written while it comes in.",
            metavar="RATE",
        ),
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(
            help="Draw the first recording, with the letters' probabilities.", metavar="PNG"
        ),
    ] = None,
    out: results.ResultFile = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write JSON, which tells when each word is said too.")
    ] = False,
) -> None:
    """Write down what is said in INPUT: a row a recording, its name and its text.

    Of raw sound (--raw-rate) the text follows what is said by about a second.
    """
    from recurra.applications.speech import SpeechRecogniser

    recogniser = SpeechRecogniser.load(model)
    words = sounds.words_of(recogniser, lexicon, known=known_words)
    if raw_rate is not None or str(source) == "-":
        sounds.check_raw(raw_rate, lexicon=words, out=out, as_json=as_json, picture=picture)
        sounds.follow(recogniser, source, raw_rate or 0)
        return
    sounds.answer(recogniser, source, words, out, picture, as_json=as_json)


@reported
def evaluate(
    model: Model,
    data: Data,
    text_from_name: sounds.TextFromName = None,
    lexicon: sounds.LexiconFile = None,
    known_words: sounds.KnownWords = False,
    picture: Annotated[
        Path | None,
        typer.Option(
            help="Draw which word was taken for which, where they are few.", metavar="PNG"
        ),
    ] = None,
    as_json: results.AsJson = False,
) -> None:
    """Say how near what a MODEL hears in DATA comes to what is said: word and character errors."""
    from recurra.applications.speech import SpeechRecogniser, read_recordings

    recogniser = SpeechRecogniser.load(model)
    words = sounds.words_of(recogniser, lexicon, known=known_words)
    found = read_recordings(data, pattern=text_from_name)
    judged = recogniser.judge(found.paths, found.texts or [], lexicon=words)
    results.notes_aside([*found.notes, *judged.notes])
    if picture is not None:
        sounds.draw_confusion(judged.scores, picture)
    if as_json:
        typer.echo(results.to_json(judged.scores.to_json()), nl=False)
        return
    one = judged.scores
    typer.echo(f"right to the letter   {one.exact:7.2%}  of {one.recordings:,} recordings")
    typer.echo(f"word error rate       {one.wer:7.2%}  of {one.words:,} words")
    typer.echo(
        f"  taken for others {one.substitutions:,}, missed {one.deletions:,}, added "
        f"{one.insertions:,}"
    )
    typer.echo(f"character error rate  {one.cer:7.2%}")


def demo(folder: Path, say: results.Teller) -> None:
    """Learns the sounds of letters from made-up words that a synthesiser speaks."""
    from recurra.applications.speech import SpeechRecogniser, read_recordings
    from recurra.applications.speech.demo import write

    write(folder, "train", 160, seed=0)
    write(folder, "test", 60, seed=1)
    found = read_recordings(folder / "train.csv")
    say.notes(found.notes)
    recogniser = SpeechRecogniser(
        units=32, layers=1, epochs=20, batch_size=8, joins=0, learning_rate=2e-2
    )
    recogniser.fit(found.paths, found.texts or [], watch=say.watch())
    out = folder / "model.safetensors"
    _keep(recogniser, "words of a demo", out, say, as_json=False)
    say.next_steps(
        f"recurra evaluate {out} {folder / 'test.csv'}",
        f"recurra predict {out} {folder / 'test' / '000.wav'} --picture heard.png",
    )


def _keep(
    recogniser: SpeechRecogniser, name: str, out: Path, say: results.Teller, *, as_json: bool
) -> None:
    from recurra.applications.speech import report, stored

    say.notes(recogniser.notes_)

    def told() -> results.Report:
        return results.Report(
            report.figures(recogniser),
            report.page(recogniser, name=name, command=results.command()),
            report.draw(recogniser),
            recogniser.history_.to_csv(),
        )

    results.keep(out, stored.pack(recogniser), told, say, as_json=as_json)
