"""Memory, gates and gradients of a network, while it learns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from recurra.diagnose.examine import Loss, diagnose
from recurra.diagnose.report import LayerReport
from recurra.layers.lengths import Lengths
from recurra.layers.options import positive
from recurra.training.callback import Callback
from recurra.training.loop import Trainer


class MemoryLog(Callback):
    """Adds to the logs of an epoch how far back the network remembers.

    For each layer, in a name of its own (``layer 0``):

    * ``memory/LAYER``: the half-life of a change to its state, in steps; infinite if it does not
      fade.
    * ``gradient/LAYER/lag N``: the norm of the gradient of the loss by its state N steps before the
      last, for N = 0, 1, 2, 4, 8, ...
    * ``gates/LAYER/GATE``: the share of a gate's values near either end of its range, where it
      hardly learns, from 0 to 1; left out where the range has no ends.

    Callbacks behind it see them: CSVLogger and TensorBoard write them. The network is left as it
    was; for what is measured and how, see :func:`recurra.diagnose.diagnose`.

    Args:
        batch: What the model takes, held out or not; as for ``diagnose``.
        every: After every how many epochs, at least 1. In the others the quantities are missing.
        lengths: As for ``diagnose``.
        loss: Likewise.
        targets: Likewise.

    Raises:
        OptionError: ``every`` is below 1.
    """

    def __init__(
        self,
        batch: Any,
        *,
        every: int = 1,
        lengths: Lengths | None = None,
        loss: Loss | None = None,
        targets: Any = None,
    ) -> None:
        self.batch = batch
        self.every = positive("every", every)
        self.lengths = lengths
        self.loss = loss
        self.targets = targets

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        """Measures, and adds what was found."""
        if epoch % self.every:
            return
        found = diagnose(
            trainer.model, self.batch, lengths=self.lengths, loss=self.loss, targets=self.targets
        )
        for layer in found.layers:
            logs.update(_quantities(layer))


def _quantities(layer: LayerReport) -> Iterator[tuple[str, float]]:
    yield f"memory/{layer.name}", layer.half_life
    last = len(layer.gradient) - 1
    for lag in (0, *(2**power for power in range(32))):
        if lag > last:
            break
        yield f"gradient/{layer.name}/lag {lag}", float(layer.gradient[last - lag])
    for name, gate in layer.gates.items():
        if not math.isnan(gate.saturated):
            yield f"gates/{layer.name}/{name}", gate.saturated
