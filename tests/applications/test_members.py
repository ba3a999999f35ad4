"""Several trainings, shown as one."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from recurra.applications.members import InTurn, learn_in_turn
from recurra.training import Callback, History, StepTrainer
from recurra.training.history import INTERRUPTED


class _Seen(Callback):
    def __init__(self, stop_at: int = -1) -> None:
        self.calls: list[Any] = []
        self.stop_at = stop_at

    def on_train_begin(self, trainer) -> None:
        self.calls.append(("begin", trainer.epochs, trainer.steps))

    def on_epoch_begin(self, trainer, epoch) -> None:
        self.calls.append(epoch)

    def on_epoch_end(self, trainer, epoch, logs) -> None:
        trainer.stop_training = epoch == self.stop_at

    def on_train_end(self, trainer) -> None:
        self.calls.append(("end", trainer.stop_training))


def _train(shown: InTurn, member: int) -> int:
    layer = nn.Linear(1, 1)
    trainer: StepTrainer[int] = StepTrainer(
        layer,
        lambda batch: layer(torch.ones(1, 1)).square().mean(),
        torch.optim.SGD(layer.parameters(), lr=0.1),
        6,
        looks=3,
        callbacks=[shown.turn_of(member)],
    )
    return len(trainer.fit(iter(range(6))).epoch)


def test_epochs_count_on_from_network_to_network_and_begin_and_end_come_once() -> None:
    seen = _Seen()
    shown = InTurn([seen], 2)
    assert [_train(shown, 0), _train(shown, 1)] == [3, 3]
    shown.close()
    shown.close()
    assert seen.calls == [("begin", 6, 2), 0, 1, 2, 3, 4, 5, ("end", False)]


def test_a_network_that_stops_early_leaves_nothing_to_wait_for() -> None:
    seen = _Seen(stop_at=1)
    shown = InTurn([seen], 2)
    assert [_train(shown, 0), _train(shown, 1)] == [2, 3]
    shown.close()
    assert seen.calls == [("begin", 6, 2), 0, 1, 3, 4, 5, ("end", True)]


def _of(epochs: int, *, stopped: str = "finished") -> History:
    history = History(stopped=stopped)
    for epoch in range(epochs):
        history.record(epoch, {"loss": 1.0})
    return history


def test_networks_learn_in_turn_and_nothing_is_said_of_it() -> None:
    found = learn_in_turn(3, lambda member, shown: (f"net {member}", _of(2)), [])
    assert found.networks == ["net 0", "net 1", "net 2"]
    assert (len(found.histories), found.notes) == (3, ())


@pytest.mark.parametrize("between", [True, False])
def test_an_interrupt_keeps_the_networks_that_are_whole(between: bool) -> None:
    def learn(member: int, shown: Callback) -> tuple[int, History]:
        if member == 2 and between:
            raise KeyboardInterrupt
        return member, _of(2, stopped=INTERRUPTED if member == 2 else "finished")

    found = learn_in_turn(4, learn, [])
    assert found.networks == [0, 1]
    assert found.notes == ("interrupted: 2 of 4 networks were trained",)


def test_of_networks_that_were_cut_short_the_first_is_kept_for_want_of_another() -> None:
    found = learn_in_turn(2, lambda member, shown: (member, _of(3, stopped=INTERRUPTED)), [])
    assert found.networks == [0]
    assert found.notes == ("interrupted: 1 of 2 networks were trained, the last for 3 passes",)
    with pytest.raises(KeyboardInterrupt):
        learn_in_turn(2, lambda member, shown: (member, _of(0, stopped=INTERRUPTED)), [])
