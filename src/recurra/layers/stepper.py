"""A layer that is run step by step, as a stream comes in."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from recurra.errors import OptionError, ShapeError
from recurra.layers.state import Shapes, State

if TYPE_CHECKING:
    from recurra.layers.recurrent import Recurrent

Array: TypeAlias = NDArray[Any]
Numbers = TypeVar("Numbers", Tensor, Array)
"""A tensor or an array: a step gives back what it was given."""


class Stepper(ABC):
    """Runs a layer step by step and keeps its states; :meth:`recurra.Recurrent.stepper` makes it.

    The equations are those of evaluation, whatever mode the layer is in, and no gradient is kept.
    The weights are those that the layer had when the stepper was made, or at the last
    :meth:`refresh`. It is not for several threads at once.

    Attributes:
        batch_size: B, the rows that are run side by side.
        input_size: I, the numbers in each row of the input.
        output_size: The numbers in each row of the output.
    """

    def __init__(
        self, layer: Recurrent, batch_size: int, head: nn.Linear | None, shapes: Sequence[Shapes]
    ) -> None:
        self.layer, self.head, self._shapes = layer, head, shapes
        self.batch_size, self.input_size = batch_size, layer.input_size
        self.output_size = layer.output_size if head is None else head.out_features
        self._kept, self._kept_head = _as_it_is(layer), None if head is None else _as_it_is(head)
        like = next(self._kept.parameters())
        self.dtype, self.device = like.dtype, like.device
        self._shape = (batch_size, layer.input_size)

    @abstractmethod
    def step(
        self,
        x: Numbers,
        *,
        dt: Tensor | Array | float | None = None,
        missing: Tensor | Array | None = None,
    ) -> Numbers:
        """Takes a step.

        Args:
            x: The input, (B, I), a contiguous tensor or an array, of the layer's type of number.
            dt: The time since the step before, finite and at least 0: (B,), or one number for all
                rows; 1 if None. Only for a cell that asks for it.
            missing: True where a number of the input is missing, (B, I); nowhere if None. Only for
                a cell that asks for it.

        Returns:
            The output, (B, output_size): the same tensor at every step, or the same array on its
            memory if ``x`` is an array. The next step overwrites it.

        Raises:
            OptionError: If something is given that the cell does not use.
            ShapeError: If something given does not fit, in its shape, type or range.
        """

    @property
    @abstractmethod
    def state(self) -> State:
        """What the next step starts from, a copy, as the layer returns it.

        It can be set, to what the layer or a stepper gave; None is zero.
        """

    @state.setter
    @abstractmethod
    def state(self, state: State | None) -> None: ...

    def reset(self) -> None:
        """Starts anew from states of zero."""
        self.state = None

    def refresh(self) -> None:
        """Takes the weights as they are now; states stay as they are."""
        with torch.inference_mode(False), torch.no_grad():
            self._kept.load_state_dict(self.layer.state_dict())
            if self.head is not None and self._kept_head is not None:
                self._kept_head.load_state_dict(self.head.state_dict())

    def _misfit(self, x: object) -> ShapeError:
        """What is wrong with an input."""
        given = f"an input of type {type(x).__name__}"
        if isinstance(x, Tensor | np.ndarray):
            given = f"an input of shape {tuple(x.shape)} and type {x.dtype}"
        if isinstance(x, Tensor):
            given += f" on {x.device}" + ", not contiguous" * (not x.is_contiguous())
        return ShapeError(
            given,
            f"a contiguous tensor of shape {self._shape} and type {self.dtype} on {self.device}, "
            "or such an array",
            "stepper(batch_size=B) takes B rows at once; a single number becomes (1, 1)",
        )

    def _check_use(self, **told: object) -> None:
        """Whether the cell uses what is told of a step."""
        for name, given in told.items():
            if given is not None and name not in self.layer.cell.inputs:
                raise OptionError(
                    f"{name} for the cell {self.layer.cell.name}, which does not use it",
                    f"a cell whose step asks for {name}",
                    f"leave {name} out, or make it part of the input",
                )

    def _time(self, dt: Tensor | Array | float) -> Array:
        """The time since the step before, of all rows or of each."""
        found = as_array(dt).astype(np.float64)
        fits = found.shape in {(), (self.batch_size,)}
        if not fits or not bool((np.isfinite(found) & (found >= 0)).all()):
            raise ShapeError(
                f"dt={dt!r}",
                f"a number, or one for each of the {self.batch_size} rows, finite and at least 0",
                "give the time since the step before, in units of your choice",
            )
        return found

    def _gaps(self, missing: Tensor | Array) -> Array:
        """Where numbers of the input are missing, (B, I)."""
        found = as_array(missing)
        if found.shape != self._shape or found.dtype != np.bool_:
            raise ShapeError(
                f"missing of shape {found.shape} and type {found.dtype}",
                f"booleans of shape {self._shape}",
                "give one for each number of the input",
            )
        return found


def as_array(values: object) -> Array:
    """Numbers in an array; a tensor's memory if it lies where arrays can."""
    return values.detach().cpu().numpy() if isinstance(values, Tensor) else np.asarray(values)


Kept = TypeVar("Kept", bound=nn.Module)


def _as_it_is(module: Kept) -> Kept:
    """A copy as in evaluation; a call under torch.inference_mode may make it too."""
    with torch.inference_mode(False):
        return copy.deepcopy(module).eval().requires_grad_(False)
