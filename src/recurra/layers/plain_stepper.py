"""A stepper that calls its layer anew at every step, for what compiled code does not run whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from recurra.layers.state import Shapes, State, as_like, pack, unpack
from recurra.layers.stepper import Array, Numbers, Stepper, as_array

if TYPE_CHECKING:
    from recurra.layers.recurrent import Recurrent


class PlainStepper(Stepper):
    """A stepper of any layer."""

    _state: State

    def __init__(
        self, layer: Recurrent, batch_size: int, head: nn.Linear | None, shapes: Sequence[Shapes]
    ) -> None:
        super().__init__(layer, batch_size, head, shapes)
        self._time_at = 1 if layer.batch_first else 0
        with torch.inference_mode(False):
            like = next(self._kept.parameters())
            self._output: Any = like.new_zeros(batch_size, self.output_size)
        self.reset()

    def step(
        self,
        x: Numbers,
        *,
        dt: Tensor | Array | float | None = None,
        missing: Tensor | Array | None = None,
    ) -> Numbers:
        """Takes a step; see :meth:`Stepper.step`."""
        self._check_use(dt=dt, missing=missing)
        given = x if isinstance(x, Tensor) else self._tensor(x)
        fits = isinstance(given, Tensor) and given.shape == self._shape
        if not (fits and given.dtype == self.dtype and given.device == self.device):
            raise self._misfit(x)
        times = None if dt is None else self._sequence(self._times(dt))
        gaps = None if missing is None else self._sequence(self._tensor(self._gaps(missing)))
        with torch.no_grad():
            output, self._state = self._kept(
                self._sequence(given), self._state, dt=times, missing=gaps
            )
            last = output.squeeze(self._time_at)
            self._output.copy_(last if self._kept_head is None else self._kept_head(last))
        return self._output if given is x else as_array(self._output)  # type: ignore[return-value]

    def _sequence(self, values: Tensor) -> Tensor:
        """A sequence of one step."""
        return values.unsqueeze(self._time_at)

    def _tensor(self, values: object) -> Any:
        """An array as a tensor where the layer is."""
        return torch.from_numpy(values).to(self.device) if isinstance(values, np.ndarray) else None

    def _times(self, dt: Tensor | Array | float) -> Tensor:
        """The time since the step before, (B,)."""
        times: Tensor = self._tensor(self._time(dt))
        return times.to(self.dtype).expand(self.batch_size)

    @property
    def state(self) -> State:
        """What the next step starts from, a copy, as the layer returns it."""
        found: State = _copied(self._state)
        return found

    @state.setter
    def state(self, state: State | None) -> None:
        with torch.inference_mode(False), torch.no_grad():
            like = self._output
            known = None if state is None else as_like(state, like)
            self._state = _copied(pack(unpack(known, self._shapes, like, single=False)))


def _copied(state: Any) -> Any:
    """A state in memory of its own."""
    return state.clone() if isinstance(state, Tensor) else tuple(map(_copied, state))
