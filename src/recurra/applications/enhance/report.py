"""What a fit of an enhancer shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from recurra.applications.enhance.enhancer import Enhancer, Sample
from recurra.applications.enhance.scores import Scores, median
from recurra.applications.pictures import psnr
from recurra.applications.reporting import Page, Table, draw_losses, render
from recurra.drawing import letters, png, title

NAMES = {"given": "as given", "median": "median filter", "enhanced": "enhanced"}

JUDGED = (
    "PSNR in decibels and SSIM, means over pictures; more is better. The median filter takes 3 x 3 "
    "points. The best weights were chosen by the error on these pictures, so they flatter a "
    "little; recurra evaluate judges on pictures of yours."
)


def verdict(found: Scores | None) -> str:
    """How good an enhancer is, in a sentence."""
    if found is None:
        return "Nothing was held out, so nothing says how good it is."
    given, filtered, own = (found.mean(way, "psnr") for way in NAMES)
    count = f"{found.count} picture{'s that were' if found.count > 1 else ' that was'} held out"
    said = (
        f"On {count} it reaches {own:.2f} dB (SSIM {found.mean('enhanced', 'ssim'):.3f}); as given "
        f"they are at {given:.2f} dB, and a median filter makes {filtered:.2f} dB of them."
    )
    return said if own > max(given, filtered) else f"{said} It is of no use yet."


def figures(enhancer: Enhancer) -> dict[str, Any]:
    """Every figure of a fit, as plain data."""
    held = enhancer.held_out_
    return {
        "job": "enhance",
        "verdict": verdict(held),
        "held_out": None if held is None else held.to_json(),
        "parameters": sum(weight.numel() for weight in enhancer.network_.parameters()),
        "seconds": enhancer.history_.seconds,
        "notes": list(enhancer.notes_),
    }


def draw(enhancer: Enhancer) -> bytes:
    """Pictures that were held out, in what was made of them, and the losses; a PNG."""
    samples = enhancer.samples_
    with letters():
        figure = Figure(figsize=(11, 3.2 * len(samples) + 3), layout="constrained")
        grid = figure.add_gridspec(len(samples) + 1, 4)
        for number, sample in enumerate(samples):
            _row([figure.add_subplot(grid[number, column]) for column in range(4)], sample)
        losses = figure.add_subplot(grid[len(samples), :])
        draw_losses(losses, [enhancer.history_], unit="squared error, given = 1")
        return png(figure)


def page(enhancer: Enhancer, *, name: str, command: str) -> str:
    """The page on a fit, as HTML.

    Args:
        enhancer: Fitted.
        name: What was learned from.
        command: What makes the same again.
    """
    held = enhancer.held_out_
    return render(
        Page(
            "Enhance",
            name,
            verdict(held),
            draw(enhancer),
            "Pictures that were held out: as given, through a median filter, enhanced, and clean; "
            "below, how the error fell",
            _settings(enhancer),
            command,
            tables=[] if held is None else [scores_table(held)],
            notes=enhancer.notes_,
        )
    )


def scores_table(scores: Scores) -> Table:
    """PSNR and SSIM of what was given, of a median filter, and of the network."""
    rows = [
        (name, f"{scores.mean(way, 'psnr'):.2f}", f"{scores.mean(way, 'ssim'):.3f}")
        for way, name in NAMES.items()
    ]
    return Table(f"{scores.count} held out", ("", "PSNR, dB", "SSIM"), rows, JUDGED)


def _settings(enhancer: Enhancer) -> dict[str, str]:
    plan, network = enhancer.plan_, enhancer.network_
    return {
        "network": f"{plan.layers} layer{'s' if plan.layers > 1 else ''} of sweeps over columns "
        f"and rows, {plan.units} {plan.cell} units each way",
        "parameters": f"{figures(enhancer)['parameters']:,}",
        "training": f"{enhancer.history_.seconds:.0f} s, {enhancer.history_.stopped}",
        "kernel": network.kernel,
    }


def _row(axes: Sequence[Axes], sample: Sample) -> None:
    """What was given, what came of it, and what it should be."""
    made = (sample.given, median(sample.given).clamp(0, 1), sample.enhanced)
    for axis, name, image in zip(axes, NAMES.values(), made, strict=False):
        _show(axis, f"{name}, {psnr(image, sample.clean):.2f} dB", image)
    _show(axes[3], "clean", sample.clean)


def _show(axes: Axes, name: str, image: Tensor) -> None:
    points = image.clamp(0, 1).permute(1, 2, 0).numpy()
    axes.imshow(points[:, :, 0] if points.shape[2] == 1 else points, cmap="gray", vmin=0, vmax=1)
    title(axes, name)
    axes.set_axis_off()
