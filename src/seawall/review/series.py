"""Effect of a measure from one interrupted series: does the course of reports bend when it begins?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from seawall.core import quantity

WEEKDAYS_FROM = 42
"""Days of a series from which each weekday has a level of its own."""

WANDERS = (0.0, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.045, 0.07, 0.1)
"""Sizes of the wander of growth that are weighed against each other, per day."""

SPREADS = (1.0, 1.4, 2.0, 3.0, 4.5, 7.0, 11.0, 18.0, 30.0, 60.0)
"""Variances over means of a day's reports that are weighed against each other."""

DRIFT_DAYS = 28
"""Days in which a steady drift of growth, such as growing immunity brings, comes to as much as a departure (assumed).
"""

SMOOTHED_DAYS = 7
"""Days over which reports are averaged to weigh them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRules:
    """Which part of a series is used, and how."""

    before_days: int = quantity(
        28, unit="day", low=10, high=120, source="assumed", about="Days before the measure that are looked at."
    )
    after_days: int = quantity(
        28, unit="day", low=7, high=120, source="assumed", about="Days after its start that are looked at."
    )
    least_before: int = quantity(
        10, unit="day", low=5, high=60, source="assumed", about="Fewest days before, or nothing is said."
    )
    least_after: int = quantity(
        7,
        unit="day",
        low=4,
        high=60,
        source="assumed",
        about="Fewest days after the mean delay from infection to report, or nothing is said.",
    )
    least_reports: int = quantity(
        50, unit="reports", low=10, high=10_000, source="assumed", about="Fewest reports in the window."
    )
    wander_per_day: float = quantity(
        0.03,
        unit="per day",
        low=0.001,
        high=0.2,
        source="tried on simulated epidemics whose reproduction number wanders by 0 to 12 %: docs/science/effects.md",
        about="How far growth wanders by itself, with no measure begun: scale of the half-normal distribution from "
        "which the series is let depart.",
    )
    wander_days: float = quantity(
        15.0,
        unit="day",
        low=2,
        high=60,
        source="assumed: weather, holidays and caution last a week or two, and growth follows with a delay",
        about="How long such a departure lasts: the correlation of growth falls to 1/e after so many days.",
    )


RULES = SeriesRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bend:
    """How a series changed with a measure.

    Attributes:
        growth_change: change of the daily growth rate of reports; negative: slower. With ends of the 90 % interval.
        growth_change_low, growth_change_high: its ends.
        level_ratio, level_low, level_high: reports at once, as a ratio to what the old course would have given.
        ratio_at_end, ratio_low, ratio_high: reports on the last day, as a ratio to the old course continued.
        growth_before: daily growth rate before.
        p: two-sided, of no change of growth.
        days, reports: how many were used.
        wander: how far growth wanders by itself, per day.
    """

    growth_change: float
    growth_change_low: float
    growth_change_high: float
    level_ratio: float
    level_low: float
    level_high: float
    ratio_at_end: float
    ratio_low: float
    ratio_high: float
    growth_before: float
    p: float
    days: int
    reports: int
    wander: float


def exposure_of(indicator: np.ndarray, delay: np.ndarray) -> np.ndarray:
    """Share of those reported on each day who were infected while something held.

    Args:
        indicator: float, shape (day,). Share of people for whom it holds, by day of infection.
        delay: float, shape (day,). Probability of a report so many days after infection; what lies before the first
            day of `indicator` is taken as the first day.

    Returns:
        float, shape (day,).
    """
    padded = np.concatenate([np.full(delay.size - 1, indicator[0]), indicator])
    return np.asarray(np.convolve(padded, delay / delay.sum(), mode="valid"))


def bend(
    counts: np.ndarray,
    exposure: np.ndarray,
    others: np.ndarray,
    *,
    weekday: np.ndarray | None = None,
    rules: SeriesRules = RULES,
) -> Bend | None:
    """Segmented regression of a series of counts whose growth wanders by itself.

    ``log mean = a + b t + level x_t + slope (x_1 + ... + x_t) + other slopes + u_t``, where x is the share of those
    reported on a day who were infected under the measure. u is the sum of daily departures of growth, which last some
    days: an epidemic speeds up and slows down with no measure at all, and a regression that takes days for independent
    about a straight course, or for going together over a few days only, takes each such turn for an effect. How far
    growth wanders and how widely reports spread is not known: each pair of `WANDERS` and `SPREADS` is fitted by
    generalised least squares and weighed by its restricted likelihood and the distribution of `rules`, and intervals
    are those of the mixture.

    Args:
        counts: float, shape (day,). NaN: not reported; left out.
        exposure: float, shape (day,). See `exposure_of`.
        others: float, shape (day, other). Exposures of other measures that begin or end in the window; each bends the
            course by itself.
        weekday: int, shape (day,). Used where the series has `WEEKDAYS_FROM` days; None: not used.
        rules: how far growth may wander, and for how long.

    Returns:
        None where the effect cannot be separated from the rest.

    Source:
        Bernal, Cummins and Gasparrini 2017, International Journal of Epidemiology 46:348 (interrupted series).
        Harville 1977, Journal of the American Statistical Association 72:320 (restricted likelihood).
    """
    days = counts.size
    time = np.arange(days, dtype=float)
    columns = [np.ones(days), time - time.mean(), exposure, np.cumsum(exposure), *np.cumsum(others, axis=0).T]
    if weekday is not None and days >= WEEKDAYS_FROM:
        columns += [(weekday == day).astype(float) - (weekday == 0) for day in range(1, 7)]
    x = np.column_stack(columns)
    known = ~np.isnan(counts)
    x, y = x[known], counts[known]
    if y.size <= x.shape[1] + 2 or np.linalg.matrix_rank(x / np.maximum(np.abs(x).max(axis=0), 1e-9)) < x.shape[1]:
        return None
    mean = _smoothed(counts)[known]
    fits = _fits(
        x, np.log(mean) + (y - mean) / mean, mean, _wander(days, rules.wander_days)[np.ix_(known, known)], rules
    )
    unit = np.eye(x.shape[1])
    slope, level = fits.of(unit[3]), fits.of(unit[2])
    last = fits.of(unit[2] * exposure[-1] + unit[3] * float(exposure.sum()))
    return Bend(
        growth_change=slope.middle,
        growth_change_low=slope.low,
        growth_change_high=slope.high,
        level_ratio=_ratio(level.middle),
        level_low=_ratio(level.low),
        level_high=_ratio(level.high),
        ratio_at_end=_ratio(last.middle),
        ratio_low=_ratio(last.low),
        ratio_high=_ratio(last.high),
        growth_before=fits.of(unit[1]).middle,
        p=slope.p,
        days=int(y.size),
        reports=int(y.sum()),
        wander=float(fits.weights @ fits.wander),
    )


def _smoothed(counts: np.ndarray) -> np.ndarray:
    """Mean of the reported days around each day, at least half a report; float, shape (day,)."""
    known = (~np.isnan(counts)).astype(float)
    window = np.ones(SMOOTHED_DAYS)
    total = np.convolve(np.nan_to_num(counts), window, mode="same")
    return np.maximum(total / np.maximum(np.convolve(known, window, mode="same"), 1.0), 0.5)


def _wander(days: int, lasts: float) -> np.ndarray:
    """Covariance of the sum of daily departures of growth of size 1, float, shape (day, day)."""
    day = np.arange(days) - (days - 1) / 2
    apart = np.abs(np.subtract.outer(day, day))
    departures = np.exp(-apart / lasts) + np.outer(day, day) / DRIFT_DAYS**2
    return np.asarray(np.cumsum(np.cumsum(departures, axis=0), axis=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A combination of coefficients: its middle, the ends of its 90 % interval, and p of its being 0."""

    middle: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, kw_only=True)
class _Fits:
    """A fit for each wander and spread, and how much each counts.

    Attributes:
        weights, wander: float, shape (fit,).
        beta: float, shape (fit, coefficient); covariance: shape (fit, coefficient, coefficient).
        freedom: degrees of freedom of each.
    """

    weights: np.ndarray
    wander: np.ndarray
    beta: np.ndarray
    covariance: np.ndarray
    freedom: int

    def of(self, combination: np.ndarray) -> _Told:
        """What the mixture of all fits says of a combination of coefficients."""
        middles = self.beta @ combination
        errors = np.sqrt(np.maximum(np.einsum("i,fij,j->f", combination, self.covariance, combination), 1e-300))

        def below(value: float) -> float:
            return float(self.weights @ special.stdtr(self.freedom, (value - middles) / errors))

        reach = 40 * float(errors.max())
        ends = [
            float(optimize.brentq(lambda value, q=q: below(value) - q, middles.min() - reach, middles.max() + reach))
            for q in (0.05, 0.95)
        ]
        under = below(0.0)
        return _Told(
            middle=float(self.weights @ middles), low=ends[0], high=ends[1], p=float(2 * min(under, 1 - under))
        )


def _fits(x: np.ndarray, z: np.ndarray, mean: np.ndarray, wander: np.ndarray, rules: SeriesRules) -> _Fits:
    """Generalised least squares for each wander and spread, weighed by the restricted likelihood."""
    sizes, spreads = (grid.ravel() for grid in np.meshgrid(WANDERS, SPREADS, indexing="ij"))
    root = np.sqrt(mean)
    roots, axes = np.linalg.eigh(root[:, None] * wander * root[None, :])  # in these axes all days are independent
    variance = spreads[:, None] + sizes[:, None] ** 2 * np.maximum(roots, 0.0)
    a, b = axes.T @ (x * root[:, None]), axes.T @ (z * root)
    inverse = np.linalg.inv(np.einsum("fd,di,dj->fij", 1 / variance, a, a, optimize=True))
    beta = np.einsum("fij,fj->fi", inverse, (b / variance) @ a)
    left = b - beta @ a.T
    told = 0.5 * (np.linalg.slogdet(inverse)[1] - np.log(variance).sum(axis=1) - (left**2 / variance).sum(axis=1))
    told -= 0.5 * (sizes / rules.wander_per_day) ** 2
    cells = np.repeat(np.gradient(np.array(WANDERS)), len(SPREADS))  # the grid of wanders is not even
    weights = np.exp(told - told.max()) * cells
    return _Fits(
        weights=weights / weights.sum(), wander=sizes, beta=beta, covariance=inverse, freedom=z.size - x.shape[1]
    )


def _ratio(logarithm: float) -> float:
    return float(np.exp(np.clip(logarithm, -50, 50)))
