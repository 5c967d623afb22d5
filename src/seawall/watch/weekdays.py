"""Days of the week that report more or less than others."""

from __future__ import annotations

import numpy as np

WEEKS = 6
"""How many of the last weeks show what a weekday is like."""

FEWEST_WEEKS = 2.5
"""Weeks of evidence, counted by their weight, below which no weekday is told from another."""

SILENT = 0.3
"""A weekday with less than this share of a usual day says too little to be scaled up."""


def weekday_factors(counts: np.ndarray) -> np.ndarray:
    """How each weekday's counts stand to the mean of the seven days around it.

    The ratio of the sums over the last `WEEKS` weeks, drawn towards 1 by what its scatter from week to
    week leaves in doubt: a series without a weekly pattern gets ones.

    Args:
        counts: float, shape (area, day). NaN: not reported.

    Returns:
        float, shape (area, 7); entry k belongs to the days that lie k days (modulo 7) before the last. Mean 1.
    """
    areas, days = counts.shape
    factors = np.ones((areas, 7))
    weeks = min((days - 6) // 7, WEEKS)
    if weeks < 3:
        return factors
    middle = np.full((areas, days), np.nan)
    sums = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), axis=1)
    middle[:, 3:-3] = (sums[:, 7:] - sums[:, :-7]) / 7
    if np.isnan(counts).any():
        windows = np.lib.stride_tricks.sliding_window_view(counts, 7, axis=1)
        told = ~np.isnan(windows)
        enough = told.sum(axis=2) >= 5
        mean = np.where(told, windows, 0.0).sum(axis=2) / np.maximum(told.sum(axis=2), 1)
        middle[:, 3:-3] = np.where(enough, mean, np.nan)
    last = days - 3
    days_used = np.arange(last - 7 * weeks, last)
    use = ~np.isnan(counts[:, days_used]) & ~np.isnan(middle[:, days_used])
    of = np.where(use, counts[:, days_used], 0.0).reshape(areas, weeks, 7)
    usual = np.where(use, middle[:, days_used], 0.0).reshape(areas, weeks, 7)
    drawn = ratios_drawn_to_one(of, usual)
    some = usual.sum(axis=(1, 2)) > 0
    back = (days - 1 - days_used[:7]) % 7
    factors[np.ix_(some, back)] = drawn[some]
    return factors


def ratios_drawn_to_one(counted: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Ratio of counted to expected on each weekday, drawn towards 1 by what its scatter leaves in doubt.

    Args:
        counted, expected: float, shape (..., week, weekday).

    Returns:
        float, shape (..., weekday), mean 1. Ones where fewer than `FEWEST_WEEKS` weeks carry the evidence.
    """
    total = expected.sum(axis=-2)
    held = total > 0
    ratio = np.divide(counted.sum(axis=-2), total, out=np.ones_like(total), where=held)
    share = np.divide(expected, total[..., None, :], out=np.zeros_like(expected), where=held[..., None, :])
    each = np.divide(counted, expected, out=np.ones_like(expected), where=expected > 0)
    weeks = 1 / np.maximum((share**2).sum(axis=-2), 1e-9)
    doubt = (share**2 * (each - ratio[..., None, :]) ** 2).sum(axis=-2) * weeks / np.maximum(weeks - 1, 0.1)
    doubt = np.maximum(doubt, 1 / np.maximum(total, 1e-9)).mean(axis=-1, keepdims=True)
    spread = np.maximum(((ratio - 1) ** 2).mean(axis=-1, keepdims=True) - doubt, 0.0)
    drawn = np.maximum(1 + spread / (spread + doubt) * (ratio - 1), 0.0)
    drawn = drawn / drawn.mean(axis=-1, keepdims=True)
    telling = held.all(axis=-1, keepdims=True) & (weeks.min(axis=-1, keepdims=True) >= FEWEST_WEEKS)
    return np.asarray(np.where(telling, drawn, 1.0))


def on_days(factors: np.ndarray, days: int) -> np.ndarray:
    """The factors laid on the last `days` days, shape (area, day)."""
    return np.asarray(factors[:, (days - 1 - np.arange(days)) % 7])


def without_weekdays(counts: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """Counts as they would be if all weekdays were alike.

    A silent weekday (factor below `SILENT`) is filled with the mean of the nearest other days before and
    after it, since scaling up next to nothing says nothing.

    Args:
        counts: float, shape (area, day). NaN stays NaN unless its weekday is silent.
        factors: float, shape (area, 7), from `weekday_factors`.
    """
    areas, days = counts.shape
    laid = on_days(factors, days)
    scaled = counts / np.maximum(laid, SILENT)
    silent = laid < SILENT
    if not silent.any():
        return np.asarray(scaled)
    position = np.arange(days)
    before = np.maximum.accumulate(np.where(silent, -1, position), axis=1)
    after = np.minimum.accumulate(np.where(silent, days, position)[:, ::-1], axis=1)[:, ::-1]
    row = np.arange(areas)[:, None]
    earlier = np.where(before >= 0, scaled[row, np.maximum(before, 0)], np.nan)
    later = np.where(after < days, scaled[row, np.minimum(after, days - 1)], np.nan)
    both = np.where(np.isnan(earlier), later, np.where(np.isnan(later), earlier, (earlier + later) / 2))
    return np.asarray(np.where(silent, both, scaled))
