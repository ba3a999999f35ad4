"""A training whose validation losses are scripted and whose weights tell the epoch."""

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import nn

from recurra.training import Callback, Trainer

# Falls, stands still, falls within a typical min_delta, jumps down late: all rules get to act.
VAL_LOSS = (
    *(0.9, 0.8, 0.85, 0.79, 0.795, 0.81, 0.78, 0.78),
    *(0.79, 0.8, 0.6, 0.7, 0.71, 0.72, 0.73),
)


class Script(Callback):
    """Replaces val_loss by scripted values, and the only weight by the epoch's number."""

    def __init__(self, values: Sequence[float]) -> None:
        self.values = values

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        logs["val_loss"] = self.values[epoch]
        with torch.no_grad():
            next(trainer.model.parameters()).fill_(epoch)


ScriptedFit = Callable[..., Trainer]


@pytest.fixture
def scripted_fit() -> ScriptedFit:
    """fit(*callbacks, values=VAL_LOSS, learning_rate=...): the Trainer after its fit."""

    def fit(
        *callbacks: Callback, values: Sequence[float] = VAL_LOSS, learning_rate: float = 0.8
    ) -> Trainer:
        model = nn.Linear(1, 1, bias=False)
        optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
        trainer = Trainer(
            model, nn.functional.mse_loss, optimizer, callbacks=[Script(values), *callbacks]
        )
        trainer.fit((torch.zeros(2, 1), torch.zeros(2, 1)), epochs=len(values))
        return trainer

    return fit


@pytest.fixture
def weight_of() -> Callable[[Trainer], float]:
    """The only weight of a scripted training's model."""
    return lambda trainer: next(trainer.model.parameters()).item()
