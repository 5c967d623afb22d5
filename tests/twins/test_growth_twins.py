"""Growth by conditional likelihood equals the plain regression with a level for each weekday."""

import numpy as np
import pytest
from scipy import optimize, special, stats

from seawall.core.draws import generator
from seawall.watch.growth import estimate_growth


def deviance(counts, design, coefficients):
    mean = np.exp(design @ coefficients)
    return 2 * (special.xlogy(counts, counts / mean) - counts + mean).sum()


def regression(counts, weekdays):
    """Estimate, dispersion and profile limits by brute force."""
    day = np.arange(counts.size, dtype=float)
    seen = ~np.isnan(counts)
    levels = np.eye(7)[np.arange(counts.size) % 7] if weekdays else np.ones((counts.size, 1))
    levels, day, counts = levels[seen], day[seen], counts[seen]
    levels = levels[:, levels.sum(axis=0) > 0]

    def best_level(growth):
        lift = np.exp(growth * (day - day.mean()))
        with np.errstate(divide="ignore"):
            return np.log((levels.T @ counts) / (levels.T @ lift)) - growth * day.mean()

    def profile(growth):
        level = np.maximum(best_level(growth), -50)
        return deviance(counts, np.column_stack([levels, day]), np.append(level, growth))

    growth = optimize.minimize_scalar(profile, bounds=(-3, 3), method="bounded", options={"xatol": 1e-12}).x
    mean = np.exp(np.column_stack([levels, day]) @ np.append(np.maximum(best_level(growth), -50), growth))
    freedom = counts.size - levels.shape[1] - 1

    def too_spread(alpha):
        return np.where(mean > 1e-12, (counts - mean) ** 2 / (mean + alpha * mean**2), 0).sum() - freedom

    alpha = optimize.brentq(too_spread, 0, 1e4) if too_spread(0) > 0 else 0.0
    centre = (levels.T @ (mean * day)) / (levels.T @ mean)
    lever = mean * (day - levels @ centre) ** 2
    dispersion = 1 + alpha * (mean * lever).sum() / lever.sum()
    reach = dispersion * stats.t(freedom).ppf(0.975) ** 2
    least = profile(growth)

    def short(at):
        return profile(at) - least - reach

    return growth, dispersion, optimize.brentq(short, -5, growth), optimize.brentq(short, growth, 5)


@pytest.mark.parametrize("weekdays", [False, True])
@pytest.mark.parametrize("level", [1.5, 40.0])
def test_estimate_dispersion_and_limits(level, weekdays):
    draw = generator(5, "growth", int(level))
    for length in (15, 21, 30):
        mean = level * np.exp(0.05 * np.arange(length)) * (1 + 0.5 * (np.arange(length) % 7 == 0))
        counts = draw.poisson(draw.gamma(5, mean / 5)).astype(float)
        counts[4] = np.nan
        got = estimate_growth(counts, np.array([[0, length]]), weekdays=weekdays)
        growth, dispersion, low, high = regression(counts, weekdays)
        assert got.growth_per_day[0, 0] == pytest.approx(growth, abs=1e-6)
        assert got.dispersion[0, 0] == pytest.approx(dispersion, rel=1e-5)
        np.testing.assert_allclose(got.quantiles[0, 0], [low, growth, high], atol=1e-6)
