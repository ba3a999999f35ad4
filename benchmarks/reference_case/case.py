"""The reference case: its series, its split, its windows, and the figures drawn from a model."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
ScaleName = Literal["raw", "standard", "change"]
"""The values as they are; in standard units; or, in standard units of its own, the change from the
value before, which is what Recurra's forecaster has its network answer."""

POINTS = 2000
LOOKBACK = 10
HELD_OUT = 200  # test points; as many before them are validation points
HIDDEN = (50, 100)
LEARNING_RATE = 1e-3
BATCH = 32
EPOCHS = 50
STOP_PATIENCE = 20
RATE_PATIENCE = 10
RATE_FACTOR = 0.1
RATE_MIN_DELTA = 1e-5


@dataclass(frozen=True)
class Scale:
    """An affine map ``scaled = (value - centre) / spread``."""

    centre: float
    spread: float


@dataclass(frozen=True)
class Meaning:
    """What a network's answer means: ``value = weight * last + drift + size * answer``."""

    weight: float
    drift: float
    size: float


@dataclass(frozen=True)
class Windows:
    """Inputs of shape (N, 10, 1) and their next values of shape (N, 1), float32."""

    inputs: Array
    targets: Array


@dataclass(frozen=True)
class Case:
    """The three parts in scaled units, and what leads back."""

    scale: Scale
    meaning: Meaning
    train: Windows
    validation: Windows
    test: Windows


def series() -> list[float]:
    """The 2,000 values sin(0.1 t), t = 0 ... 1999."""
    return [math.sin(0.1 * t) for t in range(POINTS)]


def build(scale_name: ScaleName) -> Case:
    """The windows of 1,590 training, 200 validation and 200 test targets."""
    values = series()
    training_end = POINTS - 2 * HELD_OUT
    scale = _identity() if scale_name == "raw" else _standard(values[:training_end])
    scaled = np.array([(v - scale.centre) / scale.spread for v in values], dtype=np.float32)
    meaning = Meaning(0.0, 0.0, 1.0)
    if scale_name == "change":
        changes = _standard([float(c) for c in np.diff(scaled[:training_end].astype(np.float64))])
        meaning = Meaning(1.0, changes.centre, changes.spread)
    return Case(
        scale=scale,
        meaning=meaning,
        train=_windows(scaled, LOOKBACK, training_end, meaning),
        validation=_windows(scaled, training_end, training_end + HELD_OUT, meaning),
        test=_windows(scaled, training_end + HELD_OUT, POINTS, meaning),
    )


def checksum() -> str:
    """SHA-256 of the unscaled windows of all three parts, in order."""
    case = build("raw")
    digest = hashlib.sha256()
    for part in (case.train, case.validation, case.test):
        digest.update(part.inputs.tobytes())
        digest.update(part.targets.tobytes())
    return digest.hexdigest()


def test_mse(case: Case, predictions: Array) -> float:
    """Mean squared error of one-step predictions (200, 1), on the original scale."""
    # The last values cancel: an answer that is off by e puts the value off by size * e.
    off = (predictions.astype(np.float64) - case.test.targets) * case.meaning.size
    return float(np.mean((off * case.scale.spread) ** 2))


def recursive_mae(case: Case, predict: Callable[[Array], Array]) -> float:
    """Mean absolute error, original scale, of 200 steps that feed on their own predictions."""
    window = case.test.inputs[:1]
    path = []
    for _ in range(HELD_OUT):
        meaning = case.meaning
        following = (
            meaning.weight * window[:, -1] + meaning.drift + meaning.size * predict(window)
        ).astype(np.float32)
        path.append(following)
        window = np.concatenate([window[:, 1:], following[:, None]], axis=1)
    last, answer = case.test.inputs[:, -1].astype(np.float64), case.test.targets
    truth = case.meaning.weight * last + case.meaning.drift + case.meaning.size * answer
    return float(np.mean(np.abs(np.concatenate(path) - truth)) * case.scale.spread)


def _identity() -> Scale:
    return Scale(centre=0.0, spread=1.0)


def _standard(values: list[float]) -> Scale:
    # fsum, so that peers with different numpy builds see the same bits
    centre = math.fsum(values) / len(values)
    variance = math.fsum((v - centre) ** 2 for v in values) / len(values)
    return Scale(centre=centre, spread=math.sqrt(variance))


def _windows(scaled: Array, first_target: int, end: int, meaning: Meaning) -> Windows:
    positions = range(first_target, end)
    inputs = np.stack([scaled[p - LOOKBACK : p] for p in positions])
    values = scaled[first_target:end].astype(np.float64)
    answers = (values - meaning.weight * inputs[:, -1] - meaning.drift) / meaning.size
    return Windows(inputs=inputs[:, :, None], targets=answers.astype(np.float32)[:, None])
