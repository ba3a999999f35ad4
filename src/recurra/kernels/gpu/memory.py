"""The tensors of a pass, and its kernel called with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor

from recurra.kernels.cpu.arrays import Array, Bundle
from recurra.kernels.cpu.plan import Plan
from recurra.kernels.gpu.emit import Emitted, emit
from recurra.kernels.gpu.places import PARTS, Slot
from recurra.kernels.gpu.source import kernel
from recurra.kernels.gpu.tiling import Processor, Tiling, tiling
from recurra.kernels.task import Task
from recurra.language.widths import Width, resolve


@cache
def emitted(plan: Plan, bundles: tuple[Bundle, ...] = (), *, backwards: bool) -> Emitted:
    """The kernel of a pass; the same object for the same pass."""
    return emit(plan, bundles, backwards=backwards)


class Memory:
    """Tensors by the names of arrays.

    Args:
        task: The task that a pass belongs to.
        emitted: The pass's kernel.
    """

    def __init__(self, task: Task, emitted: Emitted) -> None:
        self.task, self.emitted = task, emitted
        self.steps, self.rows = next(iter(task.inputs.values())).shape[:2]
        self.like = task.state[0]
        self.named: dict[str, Tensor] = {}
        self.edges: dict[str, Tensor] = {}

    def width(self, width: Width) -> int:
        """The number that a width stands for."""
        return resolve(width, self.task.sizes)

    def give(self, name: str, tensor: Tensor) -> None:
        """Lets an array be a tensor, (T, B, width); copied where its numbers lie apart."""
        lies_well = tensor.stride(-1) == 1 or tensor.shape[-1] == 1
        self.named[name] = tensor if lies_well else tensor.contiguous()

    def nothing(self, name: str, width: Width) -> None:
        """Lets an array be zeros, which take no memory."""
        zeros = self.like.new_zeros(self.width(width))
        self.named[name] = zeros.expand(self.steps, self.rows, -1)

    def of(self, array: Array) -> Tensor:
        """The tensor of an array that the pass has written or read."""
        return self.named[self.emitted.same.get(array, array).name]

    def make_together(self, arrays: Sequence[Array]) -> None:
        """Makes arrays of a part for each step, those of one width in one piece."""
        by_width: dict[int, list[str]] = {}
        for array in arrays:
            if array not in self.emitted.same:
                by_width.setdefault(self.width(array.width), []).append(array.name)
        for width, names in by_width.items():
            made = self.like.new_empty(len(names), self.steps, self.rows, width)
            self.named.update(zip(names, made.unbind(), strict=True))

    def launch(self) -> None:
        """Runs the pass."""
        device = self.like.device
        cut = tiling(self.rows, self._widest(), processor(device), self.emitted.loops)
        arguments = [self.steps, self.rows, self._zeros(cut.row_blocks, torch.int32)]
        for slot in self.emitted.slots:
            arguments += self._slot(slot)
        arguments += self._parts(cut)
        for array in self.emitted.sums:
            shape = (cut.row_blocks, self.width(array.width))
            arguments.append(self.named.setdefault(array.name, self.like.new_zeros(shape)))
        arguments += self._parameters()
        arguments += [self.width(width) for width in self.emitted.widths]
        _call(kernel(self.emitted.source), cut, arguments, device)

    def _zeros(self, count: int, dtype: torch.dtype) -> Tensor:
        return torch.zeros(count, dtype=dtype, device=self.like.device)

    def _widest(self) -> int:
        return max((self.width(width) for width in self.emitted.widths), default=1)

    def _slot(self, slot: Slot) -> list[Any]:
        tensor = self.named.get(slot.stored)
        if tensor is None:
            steps = PARTS if slot.turns else self.steps
            tensor = self.like.new_empty(steps, self.rows, self.width(slot.width))
            self.named[slot.stored] = tensor
        if slot.is_given:
            return [tensor, tensor.stride(0), tensor.stride(1)]
        return [tensor, self.edges[slot.name]] if slot.has_edge else [tensor]

    def _parts(self, cut: Tiling) -> list[Tensor]:
        blocks = -(-self._widest() // cut.units)
        return [self.like.new_empty(PARTS, blocks, self.rows) for _ in self.emitted.parts]

    def _parameters(self) -> list[Tensor]:
        given = self.task.parameters
        found = []
        for name, transposed in self.emitted.matrices:
            matrix = given[name]
            found.append((matrix if transposed else matrix.t()).contiguous())
        return found + [given[name].contiguous() for name in self.emitted.vectors]


@cache
def processor(device: torch.device) -> Processor:
    """What a GPU has; Triton's interpreter runs one program at a time."""
    if device.type != "cuda":
        return Processor(1, 2**30)
    found = torch.cuda.get_device_properties(device)
    # Older versions of torch do not tell; that much every GPU has that code is compiled for.
    memory = getattr(found, "shared_memory_per_block_optin", 99 * 2**10)
    return Processor(found.multi_processor_count, memory)


def precision() -> str:
    """How exact products are: as torch's own on a GPU, in full float32 unless told otherwise."""
    products = torch.backends.cuda.matmul
    told = getattr(products, "fp32_precision", None)
    if told is None:
        # Before torch 2.9 there is only this word for it, and later the two must not be mixed.
        return "tf32" if products.allow_tf32 else "ieee"
    return "tf32" if told == "tf32" else "ieee"


def _call(compiled: Any, cut: Tiling, arguments: list[Any], device: torch.device) -> None:
    settings: Mapping[str, Any] = {
        "PRECISION": precision(),
        "STAGES": cut.stages,
        "BM": cut.rows,
        "BN": cut.units,
        "BK": cut.terms,
        "num_warps": cut.warps,
        # Programs that wait for each other are started together or not at all.
        "launch_cooperative_grid": cut.programs > 1,
    }
    launched = compiled[(cut.row_blocks, cut.programs)]
    if device.type != "cuda":
        launched(*arguments, **settings)
        return
    with torch.cuda.device(device):
        launched(*arguments, **settings)
