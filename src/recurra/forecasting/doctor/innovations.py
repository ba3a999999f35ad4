"""What is new in a series at each step: that part which its own past does not explain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from recurra.forecasting.doctor.grid import Array

LAGS = 4
"""Past steps that explain, beside those a season before."""

KNOWN = 1e-6
"""A series whose past leaves less than this share of its deviation unexplained brings no news."""


def past(values: Array, season: int) -> Array:
    """The values that explain each step: those just before it and around a season before, (N, P).

    Args:
        values: (N,), NaN where missing.
        season: In steps, 1 if there is none.
    """
    near = range(1, LAGS + 1)
    seasonal = (season, season + 1) if LAGS < season <= len(values) // 3 else ()
    return np.column_stack([ahead(values, -lag) for lag in (*near, *seasonal)])


def ahead(values: Array, steps: int) -> Array:
    """The value so many steps ahead of each place, behind it if negative, (N,); NaN outside."""
    moved = np.full(len(values), np.nan)
    if abs(steps) < len(values):
        if steps >= 0:
            moved[: len(values) - steps] = values[steps:]
        else:
            moved[-steps:] = values[:steps]
    return moved


def unexplained(values: Array, reasons: Sequence[Array]) -> Array:
    """The rest of a least-squares fit to the reasons, (N,); NaN where any of them is missing.

    Args:
        values: (N,).
        reasons: Each (N,) or (N, P).

    Returns:
        Its mean square is that of the rest corrected for the coefficients fitted. All NaN if fewer
        than twice as many places are known as there are coefficients.
    """
    matrix = np.column_stack([np.ones(len(values)), *reasons])
    known = np.isfinite(values) & np.isfinite(matrix).all(axis=1)
    rest = np.full(len(values), np.nan)
    count, coefficients = int(known.sum()), matrix.shape[1]
    if count >= 2 * coefficients:
        inside = matrix[known]
        scale = np.abs(inside).max(axis=0)
        inside = inside / np.where(scale > 0, scale, 1.0)
        fit, *_ = np.linalg.lstsq(inside, values[known], rcond=None)
        rest[known] = (values[known] - inside @ fit) * np.sqrt(count / (count - coefficients))
    return rest


def innovations(values: Array, season: int) -> Array:
    """The news in a series, in its own deviations, (N,); NaN where unknown; all NaN if none."""
    rest = unexplained(values, [past(values, season)])
    known = np.isfinite(rest)
    if not known.any():
        return rest
    deviation = float(rest[known].std())
    if deviation <= KNOWN * float(values[known].std()):
        return np.full(len(values), np.nan)
    return np.asarray(rest / deviation)
