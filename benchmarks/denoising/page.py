"""The results as a page of the documentation."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from results import Result, mean
from settings import HELD_OUT, STEPS_PER_EPOCH, Settings

METHODS = ("noisy", "median", "sweeps", "sweeps, mean of 8")
BM3D = 29.97
"""Its mean on these twelve pictures in Zhang et al. 2017 (arXiv:1608.03981), table III."""

PAGE = """# Noise taken from images

Image to image: Gaussian noise with a standard deviation of 25 (white is 255) is taken from grey
pictures by sweeps over their columns and rows, each in both directions, so that every point has
seen the whole picture.

Peak signal-to-noise ratio on the twelve pictures of Set12 in decibels, more is better:

{table}

The network is **{ahead:.2f} dB** ahead of the median filter, and {eight:.2f} dB more with the
mean of eight. BM3D's mean, as published for another draw of the noise, is {bm3d} dB (Zhang et al.
2017, arXiv:1608.03981, table III).

The command also draws some of them beside each other, into `.bench/denoising`.

## How it was made

    python benchmarks/denoising/run.py PATH/dncnn_gray

- The model: {layers} layers of `Sweeps`, each with {units} units of the cell `{cell}` a direction,
  {parameters:,} parameters. A step of a sweep is a patch of 2 x 2 points; it reads the 6 x 6 points
  around it and answers for 4 x 4. It foretells the noise.
- The training: {trained} of the 400 training pictures of DnCNN, 180 x 180; {steps:,} steps of
  {batch} crops of {crop} x {crop}, turned and mirrored at random, with fresh noise each time; mean
  squared error; Adam from {rate} down half a cosine; seed {seed}. It took {processor:.0f} minutes
  of a processor's time, {minutes:.0f} by the clock, with {threads} on {cores} cores ({machine}),
  Recurra {recurra} and torch {torch}.
- The other {held_out} training pictures are held out: {validation:.2f} dB at the end. Cell,
  units and patch were chosen on them, among three models trained for a minute and a half each;
  nothing was chosen on Set12.
- The noise is not clipped, as in DnCNN's own test, and drawn from a fixed seed; what the methods
  answer is clipped to what a picture can show. "Mean of 8" denoises the picture turned and mirrored
  in all eight ways and takes the mean.
- The median filter is `scipy.ndimage.median_filter`; {size} x {size} points, which was better than
  {other} x {other} on the training pictures.
"""


@dataclass(frozen=True)
class Made:
    """How a model was made."""

    settings: Settings
    parameters: int
    trained: int
    validation: float
    minutes: float
    processor: float
    threads: int
    cores: int
    median_size: int


def page(made: Made, results: Sequence[Result]) -> str:
    """The page, of a run."""
    settings = made.settings
    ours, median = mean(results, "sweeps"), mean(results, "median")
    return PAGE.format(
        table="\n".join(_table(results)),
        ahead=ours - median,
        eight=mean(results, "sweeps, mean of 8") - ours,
        bm3d=BM3D,
        **{name: getattr(settings, name) for name in ("cell", "units", "layers", "batch", "crop")},
        rate=settings.rate,
        seed=settings.seed,
        steps=settings.epochs * STEPS_PER_EPOCH,
        parameters=made.parameters,
        trained=made.trained,
        held_out=HELD_OUT,
        validation=made.validation,
        minutes=made.minutes,
        processor=made.processor,
        threads=_threads(made.threads),
        cores=made.cores,
        machine=platform.machine(),
        recurra=version("recurra"),
        torch=version("torch"),
        size=made.median_size,
        other=8 - made.median_size,
    )


def _table(results: Sequence[Result]) -> list[str]:
    rows = [
        [result.name, *(f"{result.decibels(method):.2f}" for method in METHODS)]
        for result in results
    ]
    means = ["**mean**", *(f"**{mean(results, method):.2f}**" for method in METHODS)]
    heads = ["picture", "noisy", "median filter", "Recurra", "Recurra, mean of 8"]
    lines = [heads, ["---", *["--:"] * len(METHODS)], *rows, means]
    return ["| " + " | ".join(line) + " |" for line in lines]


def _threads(number: int) -> str:
    return "one thread" if number == 1 else f"{number} threads"
