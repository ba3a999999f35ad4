"""The training: fresh crops, Adam down half a cosine."""

from __future__ import annotations

import math
import time

from crops import NoisyCrops
from measures import decibels
from model import Denoiser
from settings import STEPS_PER_EPOCH, Settings
from torch import Tensor
from torch.nn import functional

from recurra import Adam
from recurra.training import Callback, History, Trainer

WARM_UP = 100
LEAST = 0.01


class HalfCosine(Callback):
    """The learning rate: up in the first steps, then down half a cosine to a hundredth."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def on_train_begin(self, trainer: Trainer) -> None:
        """Starts at the first step."""
        self._done = 0
        self._set(trainer)

    def on_train_batch_end(self, trainer: Trainer, step: int) -> None:
        """Goes one step on."""
        self._done += 1
        self._set(trainer)

    def _set(self, trainer: Trainer) -> None:
        gone = self._done / (trainer.epochs * trainer.steps)
        share = LEAST + (1 - LEAST) * 0.5 * (1 + math.cos(math.pi * gone))
        for group in trainer.optimizer.param_groups:
            group["lr"] = self.rate * share * min(1, (self._done + 1) / WARM_UP)


class Told(Callback):
    """A line an epoch, with the time left."""

    def on_train_begin(self, trainer: Trainer) -> None:
        """Looks at the clock."""
        self._begun = time.perf_counter()

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        """Tells decibels: of training crops, and of the pictures held out."""
        minutes = (time.perf_counter() - self._begun) / 60
        left = minutes / (epoch + 1) * (trainer.epochs - epoch - 1)
        print(
            f"epoch {epoch + 1}/{trainer.epochs}: training {decibels(logs['loss']):.2f} dB, "
            f"held out {decibels(logs['val_loss']):.2f} dB, {minutes:.1f} min, {left:.1f} left",
            flush=True,
        )


def train(
    model: Denoiser, settings: Settings, pictures: Tensor, held_out: tuple[Tensor, Tensor]
) -> History:
    """Trains the model on pictures (N, 1, H, W); what is held out is looked at, not learned."""
    count = STEPS_PER_EPOCH * settings.batch
    trainer = Trainer(
        model,
        functional.mse_loss,
        Adam(model.parameters(), lr=settings.rate),
        callbacks=[HalfCosine(settings.rate), Told()],
        seed=settings.seed,
        clip_norm=0.5,
    )
    crops = NoisyCrops(pictures, settings.crop, count, settings.seed)
    return trainer.fit(crops, held_out, settings.epochs, settings.batch)
