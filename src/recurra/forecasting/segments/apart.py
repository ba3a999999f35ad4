"""The networks of an ensemble learned by other processes, all at a time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

from recurra.executors.results import results
from recurra.forecasting.segments.learning import learn
from recurra.forecasting.segments.linear import Linear
from recurra.forecasting.segments.material import Material
from recurra.forecasting.segments.network import SegmentNetwork
from recurra.forecasting.segments.settings import Settings
from recurra.language import Cell
from recurra.training import Callback, Checkpoint, History
from recurra.training.checkpoints.part import Part
from recurra.training.checkpoints.run import opened, parts_of


def learn_apart(
    executor: Executor,
    settings: Settings,
    cell: Cell | str,
    material: Material,
    linears: Sequence[Linear | None],
    *,
    seed: int,
    callbacks: Sequence[Callback],
    checkpoint: Checkpoint | None = None,
) -> tuple[tuple[SegmentNetwork, ...], History]:
    """Learns a network for each linear way; the networks are those that one process would learn.

    Args:
        executor: Who does it.
        settings: Of all.
        cell: Of all.
        material: With at least one window to learn from.
        linears: The linear way of each.
        seed: Of the first; each other's is one more than the one's before.
        callbacks: Of all; copies of them act.
        checkpoint: Where the trainings are kept, if they are, a part of the run for each.

    Returns:
        The networks, and the history of the first.
    """
    names = [_named(number, seed + number, material) for number in range(len(linears))]
    calls = [
        partial(
            _learned,
            part,
            settings,
            cell,
            material.train,
            material.validation,
            seed=seed + number,
            linear=linear,
            callbacks=callbacks,
            seasons=material.seasons,
            number=number,
        )
        for number, (linear, part) in enumerate(
            zip(linears, parts_of(checkpoint, names), strict=True)
        )
    ]
    found = results(executor, calls)
    return tuple(network for network, _ in found), found[0][1]


def _named(number: int, seed: int, material: Material) -> str:
    return f"network {number + 1}, from the seed {seed} and {len(material.train):,} windows"


def _learned(part: Part | None, *given: Any, **named: Any) -> tuple[SegmentNetwork, History]:
    with opened(part) as run:
        return learn(*given, **named, checkpoint=run)
