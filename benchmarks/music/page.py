"""The results as a page of the documentation."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from settings import Settings

HEAD = """# Polyphonic music

Which of a piano's 88 keys sound at the next step, given all steps before: `EachToEach` with the
head `BernoulliVector`. Negative log-likelihood in nats a step on the test part, smaller is better:

| | parameters | {names} |
|---|---|{rule}
{rows}

A step's loss is the sum over the 88 keys. The figure is the sum over all foretold steps of all
pieces, divided by their number, so that long pieces count more than short ones; foretold is
each step of a piece but its first, the state zero before it. The published figures are those of
Bai et al. 2018 (arXiv:1803.01271, table 1), who divide so too. Pieces and parts are those of
Boulanger-Lewandowski et al. 2012 (arXiv:1206.6392), as given.

All was chosen on the validation part: sizes, rates and dropouts in some twenty short trainings, and
the pass whose weights are kept. The test part was read once, at the end. Moving the training pieces
by random semitones was tried and left out: over the settings tried, 60 passes over the chorales
left the validation part at 8.74 at best with it and at 8.51 without. The pieces come transposed to
a common key, C major or C minor, which a model can rely on.

{trainings}

Command: `python benchmarks/music/polyphonic.py PATH/polyphonic_pianoroll`, seed {seed},
{threads} on {machine}, PyTorch {torch}, Recurra's compiled kernel; other work ran on the
machine.

## What it writes

It is shown the start of a piece of the test part, the first one there, and draws every key of every
further step, each step read at the next. Keys of one step are drawn independently of each other, as
the head has them, so that a voice may double or fall silent: Nottingham's chords hold, its melody
mostly falls silent.
"""


@dataclass(frozen=True)
class Result:
    """What came of a collection.

    Attributes:
        settings: Of the training.
        parameters: Of the model.
        validation: Nats a step.
        best: The pass the weights are of.
        test: Nats a step.
        minutes: The training took.
        picture: The file's name, of a piece continued.
    """

    settings: Settings
    parameters: int
    validation: float
    best: int
    test: float
    minutes: float
    picture: str


def page(results: Sequence[Result], seed: int, pictures: str) -> str:
    """The page; ``pictures`` is the way to their folder."""
    threads = torch.get_num_threads()
    text = HEAD.format(
        names=" | ".join(one.settings.name for one in results),
        rule="--:|" * len(results),
        rows="\n".join([*(_own(one, results) for one in results), *_published(results)]),
        trainings="\n".join(map(_training, results)),
        seed=seed,
        threads=f"{threads} thread" + "s" * (threads > 1),
        machine=platform.machine(),
        torch=torch.__version__,
    )
    return text + "".join(_shown(one, pictures) for one in results)


def _own(result: Result, results: Sequence[Result]) -> str:
    cells = [f"**{one.test:.2f}**" if one is result else "" for one in results]
    name = f"Recurra, {result.settings.cell.upper()} of {result.settings.units}"
    return _row(name, f"{result.parameters:,}", *cells)


def _published(results: Sequence[Result]) -> list[str]:
    sizes = " and ".join(f"about {one.settings.published_size}" for one in results)
    return [
        _row(
            f"{name}, as published",
            sizes,
            *(f"{one.settings.published[name]:.2f}" for one in results),
        )
        for name in results[0].settings.published
    ]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _training(result: Result) -> str:
    s = result.settings
    return (
        f"- {s.name}: {s.passes} passes in {result.minutes:.1f} minutes; AdamW from {s.rate:g} "
        f"down half a cosine, weight decay {s.decay:g}, gradients clipped to a norm of 1, at most "
        f"{s.rows} pieces a batch; `VariationalDropout` of {s.state_dropout:g} on the state, "
        f"dropout of {s.output_dropout:g} before the head; a running mean of the weights, keeping "
        f"{s.averaged:g} an update. {result.validation:.3f} nats on the validation part at pass "
        f"{result.best}, {result.test:.3f} on the test part."
    )


def _shown(result: Result, pictures: str) -> str:
    name, given = result.settings.name, result.settings.given
    return (
        f"\n{name}, {given} steps shown:\n\n"
        f"![A piece of {name} as composed, and as the model goes on from its start]"
        f"({pictures}/{result.picture})\n"
    )
