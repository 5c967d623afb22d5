"""How far daily counts scatter beyond Poisson around what past cases press for."""

from __future__ import annotations

import numpy as np

from seawall.watch.infection_pressure import counts_by_region, infection_pressure, windows_within
from seawall.watch.serial_intervals import check_serial_interval

_WEEK = 7

RECENT_DAYS = 35
"""How far back from a window's end the scatter is measured."""


def estimate_overdispersion(
    local: np.ndarray,
    serial_interval: np.ndarray,
    *,
    imported: np.ndarray | None = None,
    windows: np.ndarray | int = 7,
) -> np.ndarray:
    """Variance over mean of the counts in each window, for `estimate_reproduction`.

    Each region's series is cut into weeks from its end; in each week the counts should lie around R Λ(t), R
    with a level and a drift of its own each week, times a factor for the day of the week. A window's figure
    is the sum of squared deviations over the sum of the counts expected, in the five weeks up to its end (the
    first five for an earlier one): days with many cases weigh most, so that the scatter of a quiet past is not
    carried over to a wave.

    Args:
        local, serial_interval, imported, windows: as for `seawall.watch.reproduction.estimate_reproduction`;
            of a sample of serial intervals the average is taken.

    Returns:
        float, shape (region, window), 1 or more; 1 where there are fewer than three weeks to tell from.

    Source:
        McCullagh and Nelder 1989, Generalized Linear Models, section 6.2; the week's cut is ours.
    """
    here, abroad = counts_by_region(local, imported)
    days = here.shape[1]
    spans = windows_within(windows, days)
    weights = check_serial_interval(serial_interval)
    weights = weights[:days] if weights.ndim == 1 else weights[:, :days].mean(axis=0)
    missing = np.isnan(here) | np.isnan(abroad)
    pressure = infection_pressure(np.where(missing, 0.0, here + abroad), missing, weights)
    told = ~missing & (pressure > 0)

    weeks = (days - 1) // _WEEK
    first = days - weeks * _WEEK
    shape = (here.shape[0], weeks, _WEEK)
    seen = told[:, first:].reshape(shape)
    count = np.where(seen, here[:, first:].reshape(shape), 0.0)
    press = np.where(seen, pressure[:, first:].reshape(shape), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = count.sum(axis=2, keepdims=True) / press.sum(axis=2, keepdims=True)
        expected = np.where(seen & (ratio > 0), ratio * press, 0.0)
        factor = count.sum(axis=1, keepdims=True) / expected.sum(axis=1, keepdims=True)
        expected *= np.where(np.isfinite(factor), factor, 1.0)
        day = np.arange(_WEEK) - (expected * np.arange(_WEEK)).sum(axis=2, keepdims=True) / expected.sum(
            axis=2, keepdims=True
        )
        lever = (expected * day**2).sum(axis=2, keepdims=True)
        drift = ((count - expected) * day).sum(axis=2, keepdims=True) / lever
        expected *= np.where(np.isfinite(drift), np.maximum(1 + drift * day, 0.1), 1.0)
    used = np.asarray(expected > 0)
    squared = np.where(used, (count - expected) ** 2, 0.0).sum(axis=2)
    mean = np.where(used, expected, 0.0).sum(axis=2)
    days_used, weeks_used = np.asarray(used.sum(axis=2)), np.asarray(used.any(axis=2))
    # Level and drift of each week, and its share in the six factors that tell the weekdays apart.
    shared = (_WEEK - 1) / np.maximum(weeks_used.sum(axis=1, keepdims=True), 1)
    freedom = days_used - (2 + shared) * weeks_used

    # Windows that end before five weeks have passed take the first five.
    stop = np.clip(-((first - spans[:, 1]) // _WEEK), min(weeks, RECENT_DAYS // _WEEK), weeks)
    start = np.clip((spans[:, 1] - RECENT_DAYS - first) // _WEEK, 0, weeks)
    squares, means, free, days_in, weeks_in = (
        _between(part, start, stop) for part in (squared, mean, freedom, days_used, weeks_used)
    )
    enough = (weeks_in >= 3) & (free >= 6) & (means > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        scatter = squares / means * days_in / free
    return np.where(enough, np.maximum(scatter, 1.0), 1.0)


def _between(weekly: np.ndarray, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Sums over the weeks from `start` up to `stop`, shape (region, window)."""
    summed = np.cumsum(np.pad(weekly.astype(float), ((0, 0), (1, 0))), axis=1)
    return np.asarray(summed[:, np.maximum(stop, start)] - summed[:, start])
