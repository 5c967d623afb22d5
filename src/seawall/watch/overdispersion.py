"""How far daily counts scatter beyond Poisson around what past cases press for."""

from __future__ import annotations

import numpy as np

from seawall.watch.infection_pressure import counts_by_region, infection_pressure, window_sums, windows_within
from seawall.watch.serial_intervals import check_serial_interval

_WEEK = 7


def estimate_overdispersion(
    local: np.ndarray,
    serial_interval: np.ndarray,
    *,
    imported: np.ndarray | None = None,
    windows: np.ndarray | int = 7,
) -> np.ndarray:
    """Variance over mean of the counts in each window, for `estimate_reproduction`.

    Each region's series is cut into weeks from its end; in each week the counts should lie around R Λ(t), R
    with a level and a drift of its own each week, times a factor for the day of the week. Their variance
    is taken as mu + alpha mu², one alpha a region: where Pearson's X² over all weeks equals its degrees of
    freedom. A window's figure is then 1 + alpha times its mean mu, weighted by mu.

    Args:
        local, serial_interval, imported, windows: as for `seawall.watch.reproduction.estimate_reproduction`;
            of a sample of serial intervals the average is taken.

    Returns:
        float, shape (region, window), 1 or more; 1 where there are fewer than three weeks to tell from.

    Source:
        McCullagh and Nelder 1989, Generalized Linear Models, chapter 9; the week's cut is ours.
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
        squared = np.where(expected > 0, (count - expected) ** 2 / expected, 0.0)
    used = expected > 0
    freedom = used.sum(axis=(1, 2)) - 2 * used.any(axis=2).sum(axis=1) - used.any(axis=1).sum(axis=1) + 1
    enough = (used.any(axis=2).sum(axis=1) >= 3) & (freedom >= 6)

    low, high = np.full(shape[0], -20.0), np.full(shape[0], 10.0)
    for _ in range(60):
        middle = (low + high) / 2
        pearson = (squared / (1 + np.exp(middle)[:, None, None] * expected)).sum(axis=(1, 2))
        low, high = np.where(pearson > freedom, middle, low), np.where(pearson > freedom, high, middle)
    alpha = np.where(enough & (squared.sum(axis=(1, 2)) > freedom), np.exp(low), 0.0)

    mean = np.where(told, pressure, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = window_sums(np.where(told, here, 0.0), spans) / window_sums(mean, spans)
        bearing = window_sums(mean**2, spans) / window_sums(mean, spans)
    return 1 + alpha[:, None] * np.where(np.isfinite(ratio * bearing), ratio * bearing, 0.0)
