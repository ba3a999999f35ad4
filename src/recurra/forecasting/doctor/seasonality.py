"""What is said about the seasons."""

from __future__ import annotations

from collections.abc import Iterator

from recurra.forecasting import season as single
from recurra.forecasting.doctor.finding import Finding, Severity
from recurra.forecasting.doctor.seasons import Season
from recurra.forecasting.doctor.subject import Subject
from recurra.forecasting.doctor.wording import joined, number


def look(subject: Subject) -> Iterator[Finding]:
    """The seasons that most series have, or that there is none; swings that grow with the level."""
    if not subject.searched:
        return
    searched = len(subject.searched)
    if not subject.seasons:
        yield Finding("season", Severity.NOTE, _none(subject), "", figures={"seasons": []})
        return
    figures = {"seasons": [vars(season) for season in subject.seasons], "searched": searched}
    said = joined([_said(season, searched) for season in subject.seasons])
    yield Finding("season", Severity.OK, f"a season of {said}", figures=figures)


def _said(season: Season, searched: int) -> str:
    where = "" if searched == 1 else f" in {season.series} of {searched} series searched"
    return (
        f"{season.length:,} steps{where} (strength {season.strength:.2f}, correlation "
        f"{season.correlation:.2f})"
    )


def _none(subject: Subject) -> str:
    longest = max(len(line.values) for line in subject.searched)
    tried = single.candidates(subject.frequency) if subject.frequency is not None else ()
    long = [lag for lag in tried if longest < single.FEWEST * lag]
    if long and len(long) == len(tried):
        return (
            f"no season can be seen: one of {long[0]:,} steps takes "
            f"{number(single.FEWEST * long[0], 'point')}, and the longest series has {longest:,}"
        )
    return "no season was found" + (f" of {joined(tried)} steps" if tried else "")
