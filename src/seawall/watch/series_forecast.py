"""Forecasts of plain series of counts, each by itself: no line list, no districts, no city."""

from __future__ import annotations

import numpy as np

from seawall.core.draws import generator
from seawall.watch.baseline import baseline_quantiles
from seawall.watch.hub import HUB_LEVELS
from seawall.watch.nowcast import ANY_INTERVAL, complete_counts
from seawall.watch.paths import play_on
from seawall.watch.spread_filter import Motion

DAYS, WEEKS = 84, 60
"""Days, or weeks, of the past that the renewal model looks at."""

ANY_WEEKS = np.array([0.7, 0.3])
"""Serial interval in weeks for whom none is known."""

AT_ONCE = 10_000_000
"""Numbers held together while series are played on, which bounds the memory."""


def weekly_interval(by_day: np.ndarray) -> np.ndarray:
    """A serial interval in days as one in weeks, for cases that fall evenly within their week.

    What falls into the case's own week is added to the next, since a week's own cases are not its past.

    Args:
        by_day: float, shape (lag,). From lag 1 on; sums to 1.

    Returns:
        float, shape (week lag,). From 1 week on; sums to 1.
    """
    days = np.arange(1, by_day.size + 1)
    weeks, beyond = days // 7, days % 7 / 7
    found = np.bincount(weeks, by_day * (1 - beyond), weeks[-1] + 2) + np.bincount(
        weeks + 1, by_day * beyond, weeks[-1] + 2
    )
    found[1] += found[0]
    kept = np.trim_zeros(found[1:], "b")
    return np.asarray(kept / kept.sum())


def renewal_quantiles(
    counts: np.ndarray,
    steps: int,
    *,
    weights: np.ndarray | None = None,
    unit_days: int = 1,
    sum_weeks: bool = False,
    population: float | None = None,
    seed: int = 1,
    draws: int = 2000,
    levels: tuple[float, ...] = HUB_LEVELS,
) -> np.ndarray:
    """Quantiles of each series now and some steps ahead, from the renewal equation.

    Args:
        counts: float, shape (series, time), up to now. NaN: not reported; leading NaN: not yet begun.
        steps: how many steps ahead.
        weights: float, shape (lag,). Serial interval in units of time from lag 1 on; None: evenly over a week
            or, for weeks, mostly from one to the next.
        unit_days: days in a unit: 1 or 7.
        sum_weeks: whether a step is a week, though the counts are daily; a week ends on the last day.
        population: people who can become a case in each series; None: no end to them.
        seed: of all draws.
        draws: how many.
        levels: quantile levels.

    Returns:
        float, shape (series, 1 + steps, level). Entry 0 is now: the last count (or last seven days) itself
        where it is there.
    """
    if weights is None:
        weights = ANY_INTERVAL if unit_days == 1 else ANY_WEEKS
    motion = Motion.of(weights, unit_days)
    recent = counts[:, -(DAYS if unit_days == 1 else WEEKS) :]
    ahead = 7 * steps if sum_weeks else steps
    found = []
    together = max(1, AT_ONCE // (draws * (ahead + weights.size)))
    for first in range(0, len(counts), together):
        rows = slice(first, first + together)
        rng = generator(seed, "series forecast", first)
        present = complete_counts(recent[rows], weights, rng, draws=draws, motion=motion, weekdays=unit_days == 1)
        left = None if population is None else np.maximum(population - np.nansum(counts[rows], axis=1), 0.0)
        events = play_on(present, weights, ahead, rng, motion=motion, susceptible=left)
        now = present.totals
        if sum_weeks:
            known = np.nan_to_num(recent[rows, -7:])[:, None, : max(7 - now.shape[2], 0)]
            week = now[:, :, -7:].sum(axis=2, keepdims=True) + known.sum(axis=2, keepdims=True)
            paths = np.concatenate([week, events.reshape(*events.shape[:2], steps, 7).sum(axis=3)], axis=2)
        else:
            paths = np.concatenate([now[:, :, -1:], events], axis=2)
        found.append(np.moveaxis(np.quantile(paths, levels, axis=1), 0, -1))
    return np.concatenate(found)


def baseline_series(counts: np.ndarray, steps: int, levels: tuple[float, ...] = HUB_LEVELS) -> np.ndarray:
    """The hub baseline of each series now and some steps ahead; steps are counted from its last count.

    Returns:
        float, shape (series, 1 + steps, level). Entry 0 is now: the last count itself where it is there.
    """
    found = np.full((len(counts), 1 + steps, len(levels)), np.nan)
    for row, series in enumerate(counts):
        there = np.flatnonzero(~np.isnan(series))
        if there.size:
            late = series.size - 1 - int(there[-1])
            found[row, 1 if late == 0 else 0 :] = baseline_quantiles(series, steps + late, levels=levels)[
                max(late - 1, 0) :
            ]
            if late == 0:
                found[row, 0] = series[-1]
    return found
