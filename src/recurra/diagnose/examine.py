"""From a model and a batch to a diagnosis."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from recurra.diagnose.arguments import called_with, comparing
from recurra.diagnose.keeping import keepers
from recurra.diagnose.memory import Memory
from recurra.diagnose.notes import notes
from recurra.diagnose.radius import radii
from recurra.diagnose.report import Diagnosis, LayerReport
from recurra.diagnose.sampling import Sampling
from recurra.diagnose.saturation import saturation
from recurra.diagnose.strands import Strand, strands
from recurra.diagnose.sweep import Extent, sweep
from recurra.diagnose.units import dead_units
from recurra.diagnose.verdict import judge
from recurra.diagnose.watching import watch
from recurra.errors import OptionError
from recurra.kernels.order import mirror, running, undilate
from recurra.layers.lengths import Lengths
from recurra.layers.options import positive
from recurra.training.mode import in_mode

Loss: TypeAlias = Callable[..., Any]


def diagnose(
    model: nn.Module,
    batch: Any,
    *,
    lengths: Lengths | None = None,
    needs: int | None = None,
    loss: Loss | None = None,
    targets: Any = None,
    rows: int = 8,
    probes: int | None = None,
    steps: int | None = 512,
    seed: int = 0,
) -> Diagnosis:
    """Measures how far back a model's recurrent layers remember, and says what to do.

    The model is seen from outside and left as it was: its mode, its gradients, its weights and
    torch's random state. It is measured in evaluation: dropout off, chance at its expectation. For
    8 rows, 400 steps and 128 units it takes less than a second, so that it may be called between
    two steps of training. What is sampled is said in ``notes``.

    Args:
        model: A recurrent layer, or any module that contains one or more.
        batch: What the model takes: a tensor, (B, T, I) or (T, B, I) as the layer takes it, or a
            PackedSequence; or several arguments as a tuple or, by name, a dictionary. T at least 2.
        lengths: How many steps each row has, (B,), passed on to the model; T if None.
        needs: How many steps back the target looks, at least 1; T if None.
        loss: From what the model gives, and ``targets`` if there are any, to one number; the mean
            square of the output, or of its difference from ``targets``, if None.
        targets: What the loss compares with.
        rows: Rows at most whose gradients are followed, at least 1; a layer's Jacobians are
            measured on 4 of them at most.
        probes: Directions in which the Jacobian is followed, at least 1; None for all in a joint
            state of up to 32 numbers, where the norms are then exact, else 6 at random, from which
            they are estimated.
        steps: Steps at most that are followed back from the end, at least 2; None for all.
        seed: Of the random directions.

    Raises:
        DataError: If the batch or a parameter holds NaN or infinity.
        OptionError: If the model has no recurrent layer or does not take ``lengths``, or an option
            is out of range.
        ShapeError: If no row has two steps, or a tensor does not fit.
    """
    started = time.perf_counter()
    sampling = Sampling(rows, probes, steps, seed)
    if needs is not None:
        positive("needs", needs)
    # The module itself is called, whose layers can be watched, not what torch.compile made of it.
    model = getattr(model, "_orig_mod", model)
    if not isinstance(model, nn.Module):
        raise OptionError(f"model={model!r}", "a torch.nn.Module")
    arguments, named = called_with(model, batch, lengths)
    with in_mode(model, training=False):
        seen = watch(model, arguments, named, comparing(loss, targets))
        found = [strand for call in seen.calls for strand in strands(call)]
        extents = [sampling.extent(strand) for strand in found]
        reports = [_report(*pair, len(seen.calls)) for pair in zip(found, extents, strict=True)]
    length = max(strand.steps for strand in found)
    wanted = length if needs is None else int(needs)
    verdict = judge(reports, wanted, given=needs is not None)
    return Diagnosis(
        layers=tuple(reports),
        steps=length,
        needs=wanted,
        loss=seen.loss,
        kind=verdict.kind,
        verdict=verdict.sentence,
        remedies=verdict.remedies,
        notes=(*notes(found, extents, wanted, seen.loss), *seen.notes, *_unsaid(needs)),
        seconds=time.perf_counter() - started,
    )


def _unsaid(needs: int | None) -> Sequence[str]:
    if needs is not None:
        return ()
    return ("needs= not given, so the whole batch is taken as what the target needs",)


def _report(strand: Strand, extent: Extent, layers: int) -> LayerReport:
    swept = sweep(strand, extent)
    exponents = tuple(float(value) / strand.dilation for value in swept.exponents)
    width = sum(part.shape[1] for part in strand.task.state)
    return LayerReport(
        name=_name(strand, alone=layers == 1),
        cell=strand.layer.cell.name,
        units=strand.output.shape[-1],
        width=width,
        dilation=strand.dilation,
        truncate=strand.layer.truncate,
        memory=Memory.of_rows(swept.growth.numpy(), strand.dilation),
        exact=extent.probes == width,
        lyapunov=exponents[0],
        exponents=exponents,
        gates=saturation(strand),
        keepers=keepers(strand.graph),
        dead=dead_units(strand),
        radii=radii(strand),
        gradient=_by_time(strand, extent, swept.squares),
        weights_gradient=_norm(list(strand.by_weights.values())),
    )


def _name(strand: Strand, *, alone: bool) -> str:
    """``layer 1 backwards``, and before it which of several stacks it is in."""
    place = f"layer {strand.number}"
    if strand.layer.directions != ("forwards",):
        place += f" {strand.direction}"
    return place if alone or not strand.name else f"{strand.name}, {place}"


def _by_time(strand: Strand, extent: Extent, squares: Tensor) -> NDArray[np.float64]:
    """The norm over all rows by the time of the batch, (T,)."""
    values = squares.unsqueeze(-1)
    if strand.dilation > 1:
        values = undilate(values, strand.dilation, strand.steps)
    lengths = None
    if strand.lengths is not None:
        rows = extent.gradient_rows[: values.shape[1]]
        lengths = strand.lengths.cpu()[rows]
        live = running(lengths, strand.steps).unsqueeze(-1)
        values = torch.where(live, values, 0.0)
    if strand.backwards:
        values = mirror(values, lengths)
    found: NDArray[np.float64] = values.sum((1, 2)).sqrt().numpy()
    return found


def _norm(parts: Sequence[Tensor]) -> float:
    return math.sqrt(sum(float(part.detach().double().square().sum()) for part in parts))
