"""The reference case: its series, its split, its windows, and the figures drawn from a model."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
ScaleName = Literal["raw", "standard"]

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
class Windows:
    """Inputs of shape (N, 10, 1) and their next values of shape (N, 1), float32."""

    inputs: Array
    targets: Array


@dataclass(frozen=True)
class Case:
    """The three parts in scaled units, and the scale that leads back."""

    scale: Scale
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
    return Case(
        scale=scale,
        train=_windows(scaled, LOOKBACK, training_end),
        validation=_windows(scaled, training_end, training_end + HELD_OUT),
        test=_windows(scaled, training_end + HELD_OUT, POINTS),
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
    error = (predictions.astype(np.float64) - case.test.targets) * case.scale.spread
    return float(np.mean(error**2))


def recursive_mae(case: Case, predict: Callable[[Array], Array]) -> float:
    """Mean absolute error, original scale, of 200 steps that feed on their own predictions."""
    window = case.test.inputs[:1]
    path = []
    for _ in range(HELD_OUT):
        following = predict(window)
        path.append(following)
        window = np.concatenate([window[:, 1:], following[:, None]], axis=1)
    error = (np.concatenate(path).astype(np.float64) - case.test.targets) * case.scale.spread
    return float(np.mean(np.abs(error)))


def _identity() -> Scale:
    return Scale(centre=0.0, spread=1.0)


def _standard(values: list[float]) -> Scale:
    # fsum, so that peers with different numpy builds see the same bits
    centre = math.fsum(values) / len(values)
    variance = math.fsum((v - centre) ** 2 for v in values) / len(values)
    return Scale(centre=centre, spread=math.sqrt(variance))


def _windows(scaled: Array, first_target: int, end: int) -> Windows:
    positions = range(first_target, end)
    inputs = np.stack([scaled[p - LOOKBACK : p] for p in positions])
    return Windows(inputs=inputs[:, :, None], targets=scaled[first_target:end, None])
