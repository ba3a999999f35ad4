"""A stepper in compiled code: one native call a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from recurra.kernels.cpu.stepping import Stepping
from recurra.kernels.network import Outcome
from recurra.layers.state import Shapes, State, as_like, unpack
from recurra.layers.stepper import Array, Numbers, Stepper, as_array
from recurra.layers.whole_stack import WholeStack

if TYPE_CHECKING:
    from recurra.layers.recurrent import Recurrent


class CompiledStepper(Stepper):
    """A stepper of a layer that compiled code runs as a whole."""

    def __init__(
        self, layer: Recurrent, batch_size: int, head: nn.Linear | None, shapes: Sequence[Shapes]
    ) -> None:
        super().__init__(layer, batch_size, head, shapes)
        with torch.inference_mode(False):
            self._stack = WholeStack(self._kept, range(layer.num_layers), every=False)
            self._make_told()
            self._run = Stepping(
                self._stack.network,
                batch_size,
                self.dtype,
                others=[self._other(name, number) for name, _, number in self._stack.others],
                counts=self._counts,
                numbers=self._numbers,
                head=0 if head is None else head.out_features,
            )
            self._lay()
        self._output: Any = self._run.output
        self._array: Any = self._run.output.numpy()
        self._kind = self._array.dtype
        self._go, self._control = self._run.go, self._run.control

    def _make_told(self) -> None:
        """What is told of a step beside its input."""
        rows, wide, stack = self.batch_size, self.input_size, self._stack
        self._counts = (
            torch.zeros(rows, dtype=torch.int64, device=self.device) if stack.counts else None
        )
        self._numbers, self._since = (
            torch.ones(rows, 1, dtype=self.dtype, device=self.device) for _ in range(2)
        )
        self._missing, self._seen = (
            torch.zeros(rows, wide, dtype=self.dtype, device=self.device) for _ in range(2)
        )
        self._is_told = False

    def _other(self, name: str, number: int) -> Tensor:
        """Where a further input of a layer lies."""
        if name == "t":
            return self._numbers
        if name == "dt":
            return self._since
        if number == 0:
            return self._missing
        # What a layer gives to the next is never missing.
        return torch.zeros(self.batch_size, self._kept.sizes(number)["I"], dtype=self.dtype)

    def _lay(self) -> None:
        parameters = [one.contiguous() for one in self._stack.parameters()]
        self._run.lay(parameters, self._dense())

    def _dense(self) -> tuple[Tensor, ...]:
        """Weight and bias of the dense layer."""
        head = self._kept_head
        if head is None:
            return ()
        bias = head.weight.new_zeros(head.out_features) if head.bias is None else head.bias
        return head.weight.contiguous(), bias.contiguous()

    def refresh(self) -> None:
        """Takes the weights as they are now; states stay as they are."""
        super().refresh()
        with torch.inference_mode(False), torch.no_grad():
            self._lay()

    def step(
        self,
        x: Numbers,
        *,
        dt: Tensor | Array | float | None = None,
        missing: Tensor | Array | None = None,
    ) -> Numbers:
        """Takes a step; see :meth:`Stepper.step`."""
        if dt is not None or missing is not None or self._is_told:
            x = self._tell(x, dt, missing)
        if isinstance(x, np.ndarray):
            if x.shape != self._shape or x.dtype != self._kind:
                raise self._misfit(x)
            # Bytes are what numpy and ctypes pass on most quickly.
            self._go(self._control, x.tobytes())
            return self._array  # type: ignore[no-any-return]
        if not (
            isinstance(x, Tensor)
            and x.shape == self._shape
            and x.dtype is self.dtype
            and x.is_contiguous()
            and x.is_cpu
        ):
            raise self._misfit(x)
        self._go(self._control, x.data_ptr())
        return self._output  # type: ignore[no-any-return]

    def _tell(
        self, x: Numbers, dt: Tensor | Array | float | None, missing: Tensor | Array | None
    ) -> Numbers:
        """Notes what is told of a step beside its input; gives that with 0 where it is missing."""
        self._check_use(dt=dt, missing=missing)
        self._is_told = True
        self._since.numpy()[:] = 1 if dt is None else self._time(dt).reshape(-1, 1)
        gaps = None if missing is None else self._gaps(missing)
        self._missing.numpy()[:] = 0 if gaps is None else gaps
        self._is_told = dt is not None or missing is not None
        return x if gaps is None else self._without(x, gaps)

    def _without(self, x: Numbers, gaps: Array) -> Numbers:
        """An input with 0 where it is missing."""
        if x.shape != self._shape or x.dtype not in {self.dtype, self._kind}:
            raise self._misfit(x)
        self._seen.numpy()[:] = as_array(x)
        self._seen.numpy()[gaps] = 0
        found: Any = self._seen if isinstance(x, Tensor) else self._seen.numpy()
        return found  # type: ignore[no-any-return]

    @property
    def state(self) -> State:
        """What the next step starts from, a copy, as the layer returns it."""
        last = tuple(part.clone() for part in self._run.now)
        steps = None
        if self._stack.carries_count and self._counts is not None:
            steps = (self._counts.unsqueeze(0) - 1,)
        return self._stack.state(Outcome(self._output, last), steps, None, single=False)

    @state.setter
    def state(self, state: State | None) -> None:
        x = self._run.x.unsqueeze(0)
        lines = unpack(None if state is None else as_like(state, x), self._shapes, x, single=False)
        with torch.inference_mode(False), torch.no_grad():
            for slot, part in zip(self._stack.network.slots, self._run.now, strict=True):
                for number in range(slot.count):
                    part[number].copy_(lines[slot.first + number][slot.state])
            if self._counts is not None and "t" in lines[0]:
                self._counts.copy_(lines[0]["t"].squeeze(-1))
