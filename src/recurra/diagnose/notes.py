"""What was measured, how, and what was left out, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from recurra.diagnose.saturation import MOST
from recurra.diagnose.strands import Strand
from recurra.diagnose.sweep import Extent, live


def notes(
    strands: Sequence[Strand], extents: Sequence[Extent], needs: int, loss: float
) -> tuple[str, ...]:
    """A sentence each, every one said once."""
    found: dict[str, None] = {}
    for strand, extent in zip(strands, extents, strict=True):
        found.update(dict.fromkeys(_of_strand(strand, extent, needs)))
    if not math.isfinite(loss):
        found[f"the loss is {loss}, so its gradients are no numbers"] = None
    return tuple(found)


def _of_strand(strand: Strand, extent: Extent, needs: int) -> Iterator[str]:
    width = sum(part.shape[1] for part in strand.task.state)
    rows = strand.output.shape[1]
    yield (
        f"Jacobians of the joint state ({width} numbers) "
        + ("exactly" if extent.probes == width else f"from {extent.probes} random directions")
        + f" on {len(extent.probe_rows)} of {rows} "
        + ("rows" if strand.dilation == 1 else f"rows (each row is {strand.dilation} by dilation)")
        + ", Lyapunov exponents by QR at each step (Benettin)"
    )
    gradients = len(extent.gradient_rows) // strand.dilation
    yield f"gradients by time over {gradients} of {strand.rows} rows"
    steps, seen = strand.output.shape[0], int(extent.ended.max()) - extent.start
    if extent.start:
        yield f"the last {seen * strand.dilation:,} of {strand.steps:,} steps (steps= for more)"
    if needs > int((extent.ended - extent.first).max()) * strand.dilation:
        yield f"beyond what was measured the rate goes on to {needs:,} steps"
    there = int(live(strand).sum())
    if there > MOST:
        yield f"gates at {MOST:,} of {there:,} steps of rows"
    if not all(bool(part.isfinite().all()) for part in strand.every):
        yield f"states overflow within the {steps:,} steps; seen is what comes before"
    x = strand.task.inputs.get("x")
    if x is not None and bool((x == x[:1, :1]).all()):
        yield "the input never changes, so that units may seem dead"
