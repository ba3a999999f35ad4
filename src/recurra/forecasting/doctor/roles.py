"""Which column is what, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator

from recurra.forecasting.columns import TARGET_NAMES
from recurra.forecasting.doctor.finding import Finding, Severity
from recurra.forecasting.doctor.subject import Subject
from recurra.forecasting.doctor.wording import listed
from recurra.tables.times import looks_like_times
from recurra.tables.values import looks_numeric

FOUND = ("time column", "target column", "series column", "no column of")
"""How the notes begin that say which column is what."""


def look(subject: Subject) -> Iterator[Finding]:
    """A finding for each of time, series and target, and the notes of the reading."""
    yield _time(subject)
    if subject.columns.id is not None:
        yield _series(subject, subject.columns.id)
    yield _target(subject)
    for note in subject.notes:
        if not note.startswith(FOUND) and "infinite value" not in note:
            yield Finding("reading", Severity.NOTE, note, "see that this is what is meant")


def _finding(role: str, name: str, how: str, *, sure: bool) -> Finding:
    do = "" if sure else f"if that is wrong, name another with --{role} ({role}=)"
    figures = {"role": role, "column": name, "sure": sure, "how": how}
    severity = Severity.OK if sure else Severity.NOTE
    return Finding("columns", severity, f"{role}: {name}, {how}", do, figures=figures)


def _time(subject: Subject) -> Finding:
    columns = subject.columns.time
    if "time" in subject.named:
        how = "as you said" if columns else "the rows in their order, as you said"
        return _finding("time", ", ".join(columns) or "none", how, sure=True)
    if not columns:
        how = "no column holds times: the rows are taken in their order"
        return _finding("time", "none", how, sure=False)
    others = [n for n, c in subject.table.items() if n not in columns and looks_like_times(c)]
    if others:
        how = f"by its name; {listed(others)} {_hold(others)} times too"
        return _finding("time", ", ".join(columns), how, sure=False)
    if looks_like_times(subject.table[columns[0]]):
        return _finding("time", ", ".join(columns), "the only one that holds times", sure=True)
    return _finding("time", ", ".join(columns), "by name", sure=True)


def _hold(names: list[str]) -> str:
    return "holds" if len(names) == 1 else "hold"


def _series(subject: Subject, name: str) -> Finding:
    if "id" in subject.named:
        return _finding("id", name, "as you said", sure=True)
    if name == "unique_id":
        return _finding("id", name, "by its name", sure=True)
    return _finding("id", name, "the only one that tells rows of one time apart", sure=True)


def _target(subject: Subject) -> Finding:
    name = subject.columns.target
    if "target" in subject.named:
        return _finding("target", name, "as you said", sure=True)
    roles = {subject.columns.id, *subject.columns.time, name}
    others = [n for n, c in subject.table.items() if n not in roles and looks_numeric(c)]
    if not others:
        return _finding("target", name, "the only one of numbers", sure=True)
    by_name = name.lower() in TARGET_NAMES
    how = "by its name" if by_name else "the only one that does not just count the rows"
    return _finding("target", name, f"{how}; numbers too: {listed(others)}", sure=by_name)
