"""Growth rate and doubling time of daily counts, with intervals that stay honest for small counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import special

from seawall.core import InvalidInput

STEEPEST_PER_DAY = 10.0
"""Growth beyond which a window is taken to say only that counts rose, or fell, without bound."""

STILL_PER_DAY = 1e-9
"""Growth so small that numbers stand still."""

_WEEK = 7


@dataclass(frozen=True, kw_only=True)
class GrowthRate:
    """Exponential growth rates by region and window.

    Attributes:
        windows: int, shape (window, 2): first day and the day after the last, days counted from 0.
        growth_per_day: float, shape (region, window). NaN: too little was reported.
        quantiles: float, shape (region, window, level): confidence limits, one at each of `levels`;
            infinite where the counts set no bound on that side.
        levels: the levels, between 0 and 1.
        dispersion: float, shape (region, window): φ, the variance of the counts over their mean, 1 or more.
    """

    windows: np.ndarray
    growth_per_day: np.ndarray = field(repr=False)
    quantiles: np.ndarray = field(repr=False)
    levels: tuple[float, ...]
    dispersion: np.ndarray = field(repr=False)


def estimate_growth(
    counts: np.ndarray,
    windows: np.ndarray,
    *,
    weekdays: bool = False,
    levels: Sequence[float] = (0.025, 0.5, 0.975),
) -> GrowthRate:
    """Growth rate per day in each window, by log-linear regression of overdispersed counts.

    log E[count] = level + r day, or one level for each day of the week. Given the totals (of all days, or of
    each weekday) the likelihood depends on r alone:

        l(r) = r Σ t y(t) - Σ_g N(g) log Σ_{t in g} exp(r t),   g: all days, or the days of one weekday

    Its maximum is the estimate. Limits are where 2 (l(r̂) - l(r)) / φ reaches the square of Student's t
    quantile. φ is the variance over the mean, averaged as the days bear on r, for counts with variance
    mu + alpha mu², alpha where Pearson's X² equals its degrees of freedom, never below 0. The limits need no
    normal approximation of r: they are lopsided when counts are small, and open when all cases fall on
    the first or last day.

    Args:
        counts: float, shape (day,) or (region, day), 0 or more. NaN: not reported, and left out.
        windows: int, shape (window, 2): first day and the day after the last, counted from 0.
        weekdays: give each day of the week its own level; takes a window of more than a week.
        levels: confidence levels of the limits.

    Returns:
        NaN where fewer than three days were reported (a week and two days with weekdays), or no case.

    Raises:
        InvalidInput: counts are negative or infinite, a window is none or leaves the series, or a level
            does not lie between 0 and 1.

    Source:
        McCullagh and Nelder 1989, Generalized Linear Models, chapters 6 and 9.
    """
    daily = np.atleast_2d(np.asarray(counts, dtype=float))
    if daily.ndim != 2 or (daily < 0).any() or np.isinf(daily).any():
        raise InvalidInput("Counts must be numbers of 0 or more, by day or by region and day.")
    spans = np.asarray(windows)
    if spans.ndim != 2 or spans.shape[1] != 2 or not np.issubdtype(spans.dtype, np.integer):
        raise InvalidInput("Windows must be whole numbers of shape (window, 2): first day, and the day after the last.")
    if (spans[:, 0] < 0).any() or (spans[:, 1] > daily.shape[1]).any() or (spans[:, 0] >= spans[:, 1]).any():
        raise InvalidInput(f"A window is empty or does not lie within the {daily.shape[1]} days of the series.")
    if not all(0 < level < 1 for level in levels):
        raise InvalidInput("Confidence levels lie between 0 and 1.")
    shape = (daily.shape[0], len(spans))
    growth, dispersion = np.full(shape, np.nan), np.full(shape, np.nan)
    quantiles = np.full((*shape, len(levels)), np.nan)
    lengths = spans[:, 1] - spans[:, 0]
    for length in np.unique(lengths):
        which = np.flatnonzero(lengths == length)
        days = spans[which, :1] + np.arange(length)
        rows = daily[:, days].reshape(-1, length)
        fitted = _fit(rows, _WEEK if weekdays else 1, np.array(levels))
        growth[:, which] = fitted[0].reshape(shape[0], -1)
        dispersion[:, which] = fitted[1].reshape(shape[0], -1)
        quantiles[:, which] = fitted[2].reshape(shape[0], -1, len(levels))
    return GrowthRate(
        windows=spans, growth_per_day=growth, quantiles=quantiles, levels=tuple(levels), dispersion=dispersion
    )


@dataclass(frozen=True)
class _Profile:
    """The likelihood of the growth rate in rows of counts, given the totals of their groups of days.

    Attributes:
        counts: float, shape (row, week, group), 0 where not reported; a group is a weekday, or all days.
        seen: bool, the same shape.
        day: float, shape (week, group), centred.
    """

    counts: np.ndarray
    seen: np.ndarray
    day: np.ndarray

    @property
    def totals(self) -> np.ndarray:
        """Cases of each group, shape (row, group)."""
        return np.asarray(self.counts.sum(axis=1))

    def of(self, rows: np.ndarray) -> _Profile:
        """The same for some rows."""
        return _Profile(self.counts[rows], self.seen[rows], self.day)

    def at(self, growth: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log-likelihood, its slope and its negative curvature at one growth rate for each row."""
        tilt = np.where(self.seen, growth[:, None, None] * self.day, -np.inf)
        top = tilt.max(axis=1, keepdims=True)
        weight = np.exp(tilt - np.where(np.isfinite(top), top, 0.0))
        mass = weight.sum(axis=1, keepdims=True)
        share = weight / np.where(mass > 0, mass, 1.0)
        mean = (share * self.day).sum(axis=1)
        spread = (share * (self.day - mean[:, None, :]) ** 2).sum(axis=1)
        totals = self.totals
        with np.errstate(divide="ignore", invalid="ignore"):
            normaliser = np.where(totals > 0, totals * (np.log(mass[:, 0]) + top[:, 0]), 0.0)
        likelihood = growth * (self.counts * self.day).sum(axis=(1, 2)) - normaliser.sum(axis=1)
        slope = (self.counts * self.day).sum(axis=(1, 2)) - (totals * mean).sum(axis=1)
        return likelihood, slope, (totals * spread).sum(axis=1)

    def expected(self, growth: np.ndarray) -> np.ndarray:
        """Fitted counts, shape as `counts`."""
        tilt = np.where(self.seen, growth[:, None, None] * self.day, -np.inf)
        top = tilt.max(axis=1, keepdims=True)
        weight = np.exp(tilt - np.where(np.isfinite(top), top, 0.0))
        mass = weight.sum(axis=1, keepdims=True)
        return np.asarray(self.totals[:, None, :] * weight / np.where(mass > 0, mass, 1.0))


def _fit(rows: np.ndarray, groups: int, levels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Estimate, dispersion and limits for rows of equal length."""
    count, length = rows.shape
    weeks = -(-length // groups)
    padded = np.full((count, weeks * groups), np.nan)
    padded[:, :length] = rows
    laid = padded.reshape(count, weeks, groups)
    seen = ~np.isnan(laid)
    day = np.arange(weeks * groups, dtype=float).reshape(weeks, groups) - (length - 1) / 2
    profile = _Profile(np.where(seen, laid, 0.0), seen, day)

    freedom = seen.sum(axis=(1, 2)) - seen.any(axis=1).sum(axis=1) - 1
    growth, dispersion = np.full(count, np.nan), np.full(count, np.nan)
    limits = np.full((count, levels.size), np.nan)
    # A group seen on one day says nothing of growth; there must be cases in a group seen on two.
    telling = ((profile.totals > 0) & (seen.sum(axis=1) > 1)).any(axis=1)
    usable = np.flatnonzero((freedom >= 1) & telling)
    if not usable.size:
        return growth, dispersion, limits
    profile, freedom = profile.of(usable), freedom[usable]
    best = _peak(profile)
    peak = profile.at(best)[0]
    expected = profile.expected(best)
    spread = _dispersion(profile, expected, freedom)
    growth[usable], dispersion[usable] = _open(best), spread
    for column, level in enumerate(levels):
        deviate = special.stdtrit(freedom, level)
        limits[usable, column] = _open(_crossing(profile, best, peak - spread * deviate**2 / 2, np.sign(deviate)))
    return growth, dispersion, limits


def _dispersion(profile: _Profile, expected: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """Variance over mean of the counts, averaged as they bear on the growth rate; 1 or more.

    The variance is taken as mu + alpha mu^2. Alpha solves Pearson's X^2 = degrees of freedom.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        squared = np.where(expected > 0, (profile.counts - expected) ** 2 / expected, 0.0)
        centre = (expected * profile.day).sum(axis=1, keepdims=True) / profile.totals[:, None, :]
        lever = np.where(expected > 0, expected * (profile.day - centre) ** 2, 0.0)
    low, high = np.full(freedom.size, -20.0), np.full(freedom.size, 10.0)
    for _ in range(60):
        middle = (low + high) / 2
        pearson = (squared / (1 + np.exp(middle)[:, None, None] * expected)).sum(axis=(1, 2))
        low, high = np.where(pearson > freedom, middle, low), np.where(pearson > freedom, high, middle)
    alpha = np.where(squared.sum(axis=(1, 2)) > freedom, np.exp(low), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weighted = (expected * lever).sum(axis=(1, 2)) / lever.sum(axis=(1, 2))
    return np.asarray(1 + alpha * np.where(np.isfinite(weighted), weighted, 0.0))


def _open(growth: np.ndarray) -> np.ndarray:
    """Infinite where the search ran into its end."""
    return np.where(np.abs(growth) >= STEEPEST_PER_DAY, np.copysign(np.inf, growth), growth)


def _peak(profile: _Profile) -> np.ndarray:
    """Where the likelihood is greatest, by Newton's method inside a bracket."""
    rows = profile.counts.shape[0]
    low, high = np.full(rows, -STEEPEST_PER_DAY), np.full(rows, STEEPEST_PER_DAY)
    growth = np.zeros(rows)
    for _ in range(200):
        _, slope, curvature = profile.at(growth)
        low, high = np.where(slope > 0, growth, low), np.where(slope < 0, growth, high)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            proposal = growth + slope / curvature
        inside = (proposal >= low) & (proposal <= high)
        moved = np.where(slope == 0, growth, np.where(inside, proposal, (low + high) / 2))
        change = np.abs(moved - growth)
        growth = moved
        if not (change > 1e-12).any():
            break
    return np.where(np.abs(growth) > STEEPEST_PER_DAY - 1e-6, np.sign(growth) * STEEPEST_PER_DAY, growth)


def _crossing(profile: _Profile, best: np.ndarray, target: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Where the likelihood has fallen to `target` on one side of its peak; the search's end where it never does."""
    end = np.where(side == 0, best, side * STEEPEST_PER_DAY)
    inner, outer = best.copy(), end.copy()
    never = profile.at(end)[0] > target
    curvature = np.maximum(profile.at(best)[2], 1e-12)
    growth = best + side * np.sqrt(np.maximum(2 * (profile.at(best)[0] - target) / curvature, 0.0))
    growth = np.where((growth - end) * side > 0, (best + end) / 2, growth)
    for _ in range(200):
        height, slope, _ = profile.at(growth)
        short = height - target
        inner, outer = np.where(short > 0, growth, inner), np.where(short < 0, growth, outer)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            proposal = growth - short / slope
        inside = (proposal - inner) * (proposal - outer) <= 0
        moved = np.where(short == 0, growth, np.where(inside, proposal, (inner + outer) / 2))
        change = np.abs(moved - growth)
        growth = moved
        if not (change[~never] > 1e-12).any():
            break
    return np.where(side == 0, best, np.where(never, end, growth))


def doubling_days(growth_low: np.ndarray, growth: np.ndarray, growth_high: np.ndarray) -> np.ndarray:
    """Doubling time with its interval, from a growth rate with its.

    A negative doubling time is a halving time. While growth may be positive or negative, the interval of
    the doubling time is open on the side that reaches standstill: NaN there. So with growth 0.05 (-0.01 to
    0.1): doubles in 13.9 days, 6.9 at the soonest, and maybe never.

    Args:
        growth_low, growth, growth_high: float, any one shape, per day.

    Returns:
        float, shape (..., 3): the limit at the fast-growing end (ln 2 / growth_high), the estimate, and the
        limit at the other end (ln 2 / growth_low). NaN: no bound on that side, no estimate, or standstill.
    """
    given = (np.asarray(value, dtype=float) for value in (growth_low, growth, growth_high))
    low, middle, high = (np.where(np.abs(value) < STILL_PER_DAY, 0.0, value) for value in given)
    with np.errstate(divide="ignore"):
        soonest, estimate, latest = (np.log(2) / value for value in (high, middle, low))
    spans = (low <= 0) & (high >= 0)
    rising = middle >= 0
    soonest = np.where(spans & ~rising, np.nan, soonest)
    latest = np.where(spans & rising, np.nan, latest)
    bounded = [np.where(np.isinf(side) | (side == 0), np.nan, side) for side in (soonest, estimate, latest)]
    return np.stack(bounded, axis=-1)
