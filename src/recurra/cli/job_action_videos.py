"""``action`` on the command line, for videos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.cli import job_results as results
from recurra.cli import job_series as tables
from recurra.errors import DataError, OptionError

if TYPE_CHECKING:
    from recurra.applications.action.videos import VideoClassifier, Videos
    from recurra.training import Checkpoint


def holds_videos(data: Path, **columns: object) -> bool:
    """Whether data are videos, for which no columns can be named.

    Args:
        data: A file or folder.
        columns: Options of tables, by name; None where the user did not give one.

    Raises:
        DataError: If a folder holds both videos and tables.
        OptionError: If there are videos and a column is named.
    """
    from recurra.applications.action.videos import holds_videos as are_videos

    if not are_videos(data):
        return False
    no_columns(**columns)
    return True


def no_columns(**columns: object) -> None:
    """Refuses options of tables where there are videos.

    Raises:
        OptionError: If one is given.
    """
    named = [name for name, value in columns.items() if value is not None]
    if named:
        option = f"--{named[0].replace('_', '-')}"
        raise OptionError(f"{option} for videos", "no columns: the folders name the classes")


def fit(
    data: Path, options: dict[str, Any], say: results.Teller, checkpoint: Checkpoint
) -> VideoClassifier:
    """Learns from a folder of folders of videos."""
    from recurra.applications.action.videos import VideoClassifier, read_videos

    found = read_videos(data)
    labels = _classes(found, data)
    say.notes(found.notes)
    classifier = VideoClassifier(**options)
    return classifier.fit(found.clips, labels, watch=say.watch(), checkpoint=checkpoint)


def keep(
    classifier: VideoClassifier, name: str, out: Path, say: results.Teller, *, as_json: bool
) -> None:
    """Writes the model and all that is told of it."""
    content = classifier.packed()
    tables.keep(classifier.fitted(), content, "Actions", name, out, say, as_json=as_json)


def predict(model: Path, data: Path, out: Path | None, *, as_json: bool) -> None:
    """Writes the class of each video, and its probabilities."""
    from recurra.applications.action.videos import VideoClassifier, read_videos

    classifier = VideoClassifier.load(model)
    found = read_videos(data, side=classifier.side_)
    results.notes_aside(found.notes)
    chances = classifier.predict_proba(found.clips)
    tables.write_answers(found.names, chances, classifier.classes_, out, as_json=as_json)


def evaluate(model: Path, data: Path, picture: Path | None, *, as_json: bool) -> None:
    """Says how many classes are right."""
    from recurra.applications.action.videos import VideoClassifier, read_videos

    classifier = VideoClassifier.load(model)
    found = read_videos(data, side=classifier.side_)
    labels = _classes(found, data)
    results.notes_aside([*found.notes, *classifier.said_of(labels)])
    tables.tell_scores(classifier.evaluate(found.clips, labels), picture, as_json=as_json)


def _classes(found: Videos, data: Path) -> list[str]:
    """The classes of videos that must have some.

    Raises:
        DataError: If there are none.
    """
    if not found.labels:
        raise DataError(
            f"{data} says of no video which class it is of.",
            "a folder for each class, with its videos",
        )
    return found.labels
