"""What the commands of ``speech`` do with recordings."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from recurra.cli import job_results as results
from recurra.errors import DataError, OptionError

if TYPE_CHECKING:
    from recurra.applications.speech import Scores, SpeechRecogniser

TextFromName = Annotated[
    str | None,
    typer.Option(
        help="Where the text is in the names of recordings: {text} is the text, {} anything else. "
        "'{text}_{}' for yes_3.wav, '{text}/{}' for yes/3.wav.",
        metavar="PATTERN",
    ),
]
LexiconFile = Annotated[
    Path | None,
    typer.Option(help="Write words of this file only, one a line.", metavar="WORDS.txt"),
]
KnownWords = Annotated[
    bool, typer.Option("--known-words", help="Write words of the training only.")
]

AT_ONCE = 0.05
"""Seconds of raw sound that are read at once."""


def words_of(
    recogniser: SpeechRecogniser, lexicon: Path | None, *, known: bool
) -> list[str] | None:
    """The words that may be written; None for any.

    Raises:
        OptionError: If both are asked for.
        DataError: If the file cannot be read, or none of its words can be written.
    """
    from recurra.applications.speech import read_words
    from recurra.applications.speech.words import Words

    if lexicon is None:
        return recogniser.words_ if known else None
    if known:
        raise OptionError(f"both --lexicon {lexicon} and --known-words", "one of them")
    found = Words(recogniser.alphabet_, read_words(lexicon))
    if found.strange:
        results.aside(
            f"- {len(found.strange):,} words of {lexicon.name} have letters that were not learned, "
            f"{found.strange[0]!r} for one: left out"
        )
    return found.words


def answer(
    recogniser: SpeechRecogniser,
    source: Path,
    words: Sequence[str] | None,
    out: Path | None,
    picture: Path | None,
    *,
    as_json: bool,
) -> None:
    """Writes what is said in recordings; one among several that cannot be read is left out.

    Raises:
        DataError: If none can be read.
    """
    from recurra.applications.speech import read_recordings
    from recurra.applications.speech.hearing import readable

    found = read_recordings(source, texts=False)
    good, notes = readable(found.paths)
    said = recogniser.transcribe([found.paths[place] for place in good], lexicon=words)
    names = [found.names[place] for place in good]
    results.notes_aside([*found.notes, *notes])
    if picture is not None:
        _draw(recogniser, found.paths[good[0]], names[0], picture)
    if as_json:
        every = [
            {"recording": name, **one.to_json()} for name, one in zip(names, said, strict=True)
        ]
        results.write(results.to_json(every), out)
        return
    rows = io.StringIO()
    table = csv.writer(rows, lineterminator="\n")
    table.writerow(("recording", "text"))
    table.writerows(zip(names, (one.text for one in said), strict=True))
    results.write(rows.getvalue(), out)


def check_raw(
    rate: int | None,
    *,
    lexicon: Sequence[str] | None,
    out: Path | None,
    as_json: bool,
    picture: Path | None,
) -> None:
    """Refuses options that mean nothing for sound that is still coming in.

    Raises:
        OptionError: If there is one, or nothing says how quick the sound is.
    """
    if rate is None:
        raise OptionError(
            "sound from standard input without --raw-rate",
            "raw sound of one channel and 16 bits, and its samples a second",
            "arecord -t raw -f S16_LE -r 16000 | recurra predict MODEL - --raw-rate 16000",
        )
    asked = {"a lexicon": lexicon, "--out": out, "--json": as_json or None, "--picture": picture}
    for name, value in asked.items():
        if value is not None:
            raise OptionError(
                f"--raw-rate with {name}", "raw sound alone", "record to a file, and name that"
            )


def follow(recogniser: SpeechRecogniser, source: Path, rate: int) -> None:
    """Writes what is said in raw sound while it comes in.

    Raises:
        DataError: If the file is not there.
        OptionError: If the rate is out of range.
    """
    from recurra import text_files

    stream = recogniser.stream(rate)
    least, most = stream.delay
    results.aside(f"- the text follows what is said by {least:.1f} to {most:.1f} s")
    if str(source) == "-":
        _follow(sys.stdin.buffer, stream, rate)
        return
    text_files.check_there(source, "raw sound")
    with source.open("rb") as file:
        _follow(file, stream, rate)


def _follow(file: BinaryIO, stream: object, rate: int) -> None:
    import numpy as np

    from recurra.applications.speech import SpeechStream

    assert isinstance(stream, SpeechStream)
    rest = b""
    try:
        while content := _some(file, round(2 * rate * AT_ONCE)):
            content = rest + content
            rest = content[len(content) - len(content) % 2 :]
            samples = np.frombuffer(content[: len(content) - len(rest)], dtype="<i2")
            _say(stream.feed(samples))
    except KeyboardInterrupt:
        # That is how a microphone is put down.
        pass
    _say(stream.close() + "\n")
    if rest:
        results.aside("- the sound ended in the middle of a sample: its last byte is left out")


def _some(file: BinaryIO, count: int) -> bytes:
    """What is there, without waiting for more of it."""
    read = getattr(file, "read1", file.read)
    found: bytes = read(count)
    return found


def _say(text: str) -> None:
    if text:
        typer.echo(text, nl=False)
        sys.stdout.flush()


def draw_confusion(scores: Scores, picture: Path) -> None:
    """Draws which word was taken for which.

    Raises:
        DataError: If there are too many to be read.
    """
    from recurra import atomic
    from recurra.applications.scoring import confusion_picture

    found = scores.confusion
    if found is None:
        raise DataError(
            f"a picture of {len({said for said, _ in scores.pairs}):,} different words",
            "2 to 20 words",
            "--json tells the most frequent mistakes",
        )
    atomic.write(picture, confusion_picture(found))
    results.aside(f"Drawn: {picture}")


def _draw(recogniser: SpeechRecogniser, path: Path, name: str, picture: Path) -> None:
    from recurra import atomic
    from recurra.applications.speech.seen import picture as drawn

    atomic.write(picture, drawn(recogniser.look(path, name)))
    results.aside(f"Drawn: {picture}")
