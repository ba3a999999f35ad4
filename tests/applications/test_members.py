"""Several trainings, shown as one."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from recurra.applications.members import InTurn
from recurra.training import Callback, StepTrainer


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
