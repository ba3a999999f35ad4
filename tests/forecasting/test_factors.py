"""Seasons by classical decomposition."""

import numpy as np
import pytest

from recurra.forecasting.factors import seasonal_factors, shrunken_factors, shrunken_offsets

SHAPE = np.array([0.3, -0.2, 0.1, -0.4, 0.15, 0.05])


@pytest.mark.parametrize("season", [4, 5, 6])
def test_a_season_on_a_straight_trend_is_found_exactly(season) -> None:
    shape = SHAPE[:season] - SHAPE[:season].mean()
    values = np.tile(shape, 8) + 0.5 * np.arange(8 * season)
    np.testing.assert_allclose(shrunken_offsets(values, season), shape, atol=1e-12)
    for factors in (seasonal_factors, shrunken_factors):
        found = factors(3 * np.tile(1 + shape, 8), season)
        np.testing.assert_allclose(found, 1 + shape, atol=1e-12)


@pytest.mark.parametrize("seasons", [3, 4, 8])
def test_shrunken_seasons_are_nearer_to_the_truth_in_noise(seasons) -> None:
    generator = np.random.default_rng(seasons)
    truth = 0.3 * np.sin(np.arange(12) * np.pi / 6)
    errors = []
    for _ in range(200):
        values = np.tile(truth, seasons) + generator.normal(0, 0.5, 12 * seasons)
        shrunken = shrunken_offsets(values, 12)
        plain = plain_offsets(values, 12)
        assert np.abs(shrunken).max() <= np.abs(plain).max() + 1e-12
        errors.append([((one - truth) ** 2).mean() for one in (shrunken, plain)])
    shrunken, plain = np.mean(errors, 0)
    assert shrunken < 0.9 * plain


def test_what_is_noise_is_hardly_taken_for_a_season() -> None:
    generator = np.random.default_rng(0)
    noises = np.exp(generator.normal(0, 0.1, (300, 24)))
    plain, shrunken = (
        np.mean([np.abs(factors(one, 4) - 1).mean() for one in noises])
        for factors in (seasonal_factors, shrunken_factors)
    )
    assert shrunken < 0.5 * plain
    assert all(shrunken_factors(one, 4).min() > 0 for one in noises)


def plain_offsets(values: np.ndarray, season: int) -> np.ndarray:
    """Value by value, as textbooks put it."""
    half = season // 2
    found: dict[int, list[float]] = {place: [] for place in range(season)}
    for at in range(half, len(values) - half):
        around = values[at - half : at + half + 1]
        trend = (around[0] / 2 + around[1:-1].sum() + around[-1] / 2) / season
        found[at % season].append(values[at] - trend)
    means = np.array([np.mean(found[place]) for place in range(season)])
    return means - means.mean()
