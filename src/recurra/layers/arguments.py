"""What users give a layer for each call, brought into one form and checked."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from recurra.errors import OptionError, ShapeError
from recurra.kernels.order import running
from recurra.kernels.tracing import holds
from recurra.layers.lengths import Lengths, checked
from recurra.layers.sequences import Sequences


@dataclass(slots=True)
class Form:
    """How a layer's user gives sequences and wants them back.

    Attributes:
        batch_first: Whether as (B, T, ...).
        single: Whether as one sequence without B.
        packed: The packed input, if it came so.
    """

    batch_first: bool
    single: bool
    packed: PackedSequence | None = None

    def time_first(self, values: Tensor) -> Tensor:
        """From the user's form to (T, B, ...)."""
        if self.single:
            return values.unsqueeze(1)
        return values.transpose(0, 1) if self.batch_first else values

    def given_back(self, output: Tensor, lengths: Tensor | None) -> Tensor | PackedSequence:
        """From (T, B, ...) to the user's form."""
        if self.packed is not None and lengths is not None:
            order = self.packed.sorted_indices
            ordered = output if order is None else output.index_select(1, order)
            by_length = (lengths if order is None else lengths.index_select(0, order)).cpu()
            data = pack_padded_sequence(ordered, by_length).data
            return PackedSequence(
                data, self.packed.batch_sizes, order, self.packed.unsorted_indices
            )
        if self.single:
            return output.squeeze(1)
        return output.transpose(0, 1) if self.batch_first else output


def arranged(
    x: Tensor | PackedSequence,
    *,
    batch_first: bool,
    input_size: int,
    like: Tensor,
    lengths: Lengths | None,
    reset: Tensor | None,
    dt: Tensor | None,
    missing: Tensor | None,
) -> tuple[Sequences, Form]:
    """The batch that a layer is called on, and the way back to its user's form.

    Args:
        x: As users give it, like all that follows but ``like``.
        batch_first: Whether as (B, T, ...).
        input_size: I.
        like: One of the layer's parameters.
        lengths: See :meth:`Recurrent.forward`.
        reset: Likewise.
        dt: Likewise.
        missing: Likewise.

    Raises:
        OptionError: If lengths are given twice.
        ShapeError: If a tensor does not fit, in its shape, type or range.
    """
    if isinstance(x, PackedSequence):
        if lengths is not None:
            raise OptionError(
                "lengths beside a packed sequence", "one of the two", "leave lengths out"
            )
        padded, lengths = pad_packed_sequence(x)
        form = Form(batch_first=False, single=False, packed=x)
        _check_input(padded, input_size, like, "a PackedSequence of (T, B, I)")
        x = padded
    else:
        form = Form(batch_first, single=x.dim() == 2)
        order = "(B, T, I)" if batch_first else "(T, B, I)"
        _check_input(x, input_size, like, f"{order}, or (T, I) for a single sequence,")
        x = form.time_first(x)
        if lengths is None and missing is None and reset is None and dt is None:
            return Sequences(x, None, None, None, None), form
    steps, rows = x.shape[:2]
    known = None if lengths is None else checked(lengths, steps, rows, x.device)
    shape = (steps, rows)
    gaps = _marks("missing", missing, form, (*shape, input_size))
    fresh = _marks("reset", reset, form, shape)
    times = _times(dt, form, shape, x)
    # What is missing or padding may be anything, NaN included, and must not touch the rest.
    if gaps is not None:
        x = torch.where(gaps, 0.0, x)
    if known is not None:
        live = running(known, steps)
        x = torch.where(live.unsqueeze(-1), x, 0.0)
        fresh = None if fresh is None else fresh & live
        times = None if times is None else torch.where(live.unsqueeze(-1), times, 0.0)
    as_number = None if gaps is None else gaps.to(x.dtype)
    return Sequences(x, known, fresh, times, as_number), form


def _check_input(x: Tensor, input_size: int, like: Tensor, order: str) -> None:
    if x.dim() not in {2, 3} or x.shape[-1] != input_size or 0 in x.shape:
        raise ShapeError(
            f"an input of shape {tuple(x.shape)}",
            f"{order} with I = {input_size} and at least one step and row",
            "a series of plain numbers becomes (T, 1) by x.unsqueeze(-1)",
        )
    if x.dtype != like.dtype and not torch.is_autocast_enabled(x.device.type):
        raise ShapeError(
            f"an input of type {x.dtype}",
            f"{like.dtype}, as the parameters of the layer",
            f"x.to({like.dtype}), or make the layer with dtype={x.dtype}",
        )
    if x.device != like.device:
        raise ShapeError(
            f"an input on {x.device}",
            f"one on {like.device}, where the parameters of the layer lie",
            f"x.to({str(like.device)!r}), or layer.to({str(x.device)!r})",
        )


def _marks(name: str, marks: Tensor | None, form: Form, shape: tuple[int, ...]) -> Tensor | None:
    """Marks of steps, as booleans with time first."""
    if marks is None:
        return None
    if marks.dtype != torch.bool:
        raise ShapeError(
            f"{name} of type {marks.dtype}",
            "booleans",
            f"{name}={name}.bool()",
        )
    return _placed(name, marks, form, shape)


def _times(dt: Tensor | None, form: Form, shape: tuple[int, ...], x: Tensor) -> Tensor | None:
    """The times between steps, (T, B, 1)."""
    if dt is None:
        return None
    found = _placed("dt", torch.as_tensor(dt, device=x.device).to(x.dtype), form, shape)
    if not holds(found.isfinite() & (found >= 0), "a dt that is finite and 0 or more"):
        raise ShapeError(
            "a dt that is negative or no number",
            "the time since the step before, 0 or more, in units of your choice",
            "sort the steps by time; any number will do after a row's end",
        )
    return found.unsqueeze(-1)


def _placed(name: str, values: Tensor, form: Form, shape: tuple[int, ...]) -> Tensor:
    """A tensor beside the input, time first, if it has as many steps and rows."""
    dims = len(shape) - form.single
    found = form.time_first(values) if values.dim() == dims else values
    if found.shape != shape:
        order = "(B, T" if form.batch_first else "(T, B"
        order = "(T" if form.single else order
        end = ", I)" if len(shape) == 3 else ")"
        raise ShapeError(
            f"{name} of shape {tuple(values.shape)}",
            f"{order}{end} with T = {shape[0]}" + ("" if form.single else f" and B = {shape[1]}"),
            "one for each step of the input",
        )
    return found
