"""How the networks of an ensemble are learned, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

from recurra.forecasting.segments.apart import learn_apart
from recurra.forecasting.segments.learning import learn, solve_linear
from recurra.forecasting.segments.linear import Linear
from recurra.forecasting.segments.material import Material
from recurra.forecasting.segments.network import SegmentNetwork
from recurra.forecasting.segments.search.candidate import Candidate
from recurra.forecasting.segments.settings import Settings
from recurra.training import Callback, Checkpoint, History
from recurra.training.history import INTERRUPTED


def learn_ensemble(
    wanted: Candidate,
    material: Material,
    *,
    seed: int,
    callbacks: Sequence[Callback],
    checkpoint: Checkpoint | None,
    executor: Executor | None = None,
) -> tuple[Settings, tuple[SegmentNetwork, ...], History]:
    """Learns as many networks as the settings say, each from another seed.

    Args:
        wanted: The settings and the cell of all.
        material: With at least one window to learn from.
        seed: Of the first; each other's is one more than the one's before.
        callbacks: Of all.
        checkpoint: Where the trainings are kept, if they are.
        executor: Who learns the networks, if not this process one after the other.

    Returns:
        The settings with what is known now of the linear way, the networks, and the history of the
        first. If one was interrupted, those before it, or it alone.

    Raises:
        TrainingError: If the loss became infinite.
        KeyboardInterrupt: If the first was interrupted before there was one to keep.
    """
    linear = _solved(wanted.settings, wanted, material, 0)
    settings = _with_linear(wanted.settings, linear)
    if executor is not None and settings.ensemble > 1:
        linears = _linears(settings, wanted, material, linear)
        apart, history = learn_apart(
            executor,
            settings,
            wanted.cell,
            material,
            linears,
            seed=seed,
            callbacks=callbacks,
            checkpoint=checkpoint,
        )
        return settings, apart, history
    networks: list[SegmentNetwork] = []
    history = History()
    for number in range(settings.ensemble):
        try:
            if settings.units(number) != settings.units(max(0, number - 1)):
                linear = _solved(settings, wanted, material, number)
            network, found = learn(
                settings,
                wanted.cell,
                material.train,
                material.validation,
                seed=seed + number,
                linear=linear,
                callbacks=callbacks,
                seasons=material.seasons,
                number=number,
                checkpoint=checkpoint,
            )
        except KeyboardInterrupt:  # Between two trainings.
            if not networks:
                raise
            history.stopped = INTERRUPTED
            break
        history = history if networks else found
        if found.interrupted and not (networks or found.epoch):
            raise KeyboardInterrupt
        if not found.interrupted or not networks:
            networks.append(network)
        if found.interrupted:
            history.stopped = INTERRUPTED
            break
    return settings, tuple(networks), history


def _solved(
    settings: Settings, wanted: Candidate, material: Material, number: int
) -> Linear | None:
    """The linear way in the units of a network, by its number."""
    return solve_linear(
        settings,
        wanted.cell,
        material.train,
        material.validation,
        seasons=material.seasons,
        number=number,
    )


def _linears(
    settings: Settings, wanted: Candidate, material: Material, first: Linear | None
) -> list[Linear | None]:
    """The linear way of each network; those of one unit have one."""
    found = [first]
    for number in range(1, settings.ensemble):
        same = settings.units(number) == settings.units(number - 1)
        found.append(found[-1] if same else _solved(settings, wanted, material, number))
    return found


def _with_linear(settings: Settings, linear: Linear | None) -> Settings:
    """The settings of networks whose linear way was solved, or had better be learned."""
    if linear is None:
        return replace(settings, linear="learned", shrinkage=None)
    return replace(settings, shrinkage=linear.shrinkage)
