"""Counts ready for the renewal equation: regions and windows, and the infection pressure Λ of past cases."""

from __future__ import annotations

import numpy as np

from seawall.core import InvalidInput

MISSING_SHARE = 0.01
"""Share of the serial interval that may fall on days not reported before a day says nothing."""

_TINY = 1e-16


def sliding_windows(days: int, length: int) -> np.ndarray:
    """All windows of one length, the first from the second day on; the first day has no past.

    Args:
        days: how many days the series has.
        length: days in a window, 1 or more.

    Returns:
        int, shape (window, 2): first day and the day after the last.

    Raises:
        InvalidInput: the length is below 1 or the series too short for one window.
    """
    if length < 1:
        raise InvalidInput(f"A window of {length} days is none; give 1 day or more.")
    if days < length + 1:
        raise InvalidInput(
            f"{days} day(s) are too few for a window of {length}: it takes {length + 1}, as the first day has no past."
        )
    first = np.arange(1, days - length + 1)
    return np.stack([first, first + length], axis=1)


def counts_by_region(local: np.ndarray, imported: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Local and imported counts, shape (region, day), the first day's all imported.

    Raises:
        InvalidInput: counts are negative or infinite, or their shapes differ.
    """
    here = np.array(np.atleast_2d(np.asarray(local, dtype=float)))
    abroad = np.zeros_like(here) if imported is None else np.array(np.atleast_2d(np.asarray(imported, dtype=float)))
    if here.ndim != 2 or here.shape != abroad.shape or here.shape[1] < 1:
        raise InvalidInput("Local and imported counts must have the same shape, (day,) or (region, day).")
    if (here < 0).any() or (abroad < 0).any() or np.isinf(here).any() or np.isinf(abroad).any():
        raise InvalidInput("Counts must be numbers of 0 or more; use NaN for a day not reported.")
    abroad[:, 0] += here[:, 0]
    here[:, 0] = 0.0
    return here, abroad


def windows_within(windows: np.ndarray | int, days: int) -> np.ndarray:
    """Windows as given, checked, or sliding ones of the length given.

    Raises:
        InvalidInput: a window is empty, starts on day 0 or ends after the last day.
    """
    if isinstance(windows, int):
        return sliding_windows(days, windows)
    spans = np.asarray(windows)
    if spans.ndim != 2 or spans.shape[1] != 2 or not np.issubdtype(spans.dtype, np.integer):
        raise InvalidInput("Windows must be whole numbers of shape (window, 2): first day, and the day after the last.")
    wrong = (spans[:, 0] < 1) | (spans[:, 1] > days) | (spans[:, 0] >= spans[:, 1])
    if wrong.any():
        first, stop = spans[wrong][0]
        raise InvalidInput(f"The window from day {first} up to day {stop} does not lie within days 1 to {days}.")
    return spans


def window_sums(daily: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """Sums of each row over each window, shape (region, window)."""
    padded = np.concatenate([daily, np.zeros((daily.shape[0], 1))], axis=1)
    return np.asarray(np.add.reduceat(padded, windows.ravel(), axis=1)[:, ::2])


def infection_pressure(total: np.ndarray, missing: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Λ by region and day, shape (region, day): Σ_s total(t-s) w(s), over past days only.

    Where at most `MISSING_SHARE` of the weights points to missing days, the rest is scaled up; NaN
    where more does, and on the first day, which has no past.
    """
    pressure = _past(total, weights)
    if missing.any():
        unseen = _past(missing.astype(float), weights)
        with np.errstate(divide="ignore", invalid="ignore"):
            pressure = np.where(unseen > MISSING_SHARE, np.nan, pressure / (1 - unseen))
    pressure[:, 0] = np.nan
    return pressure


def _past(daily: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Σ_s daily(t-s) w(s), dropping the days on which less than 1e-16 of the serial interval is left."""
    left = np.cumsum(weights[::-1])[::-1]
    pressed = np.zeros_like(daily)
    for lag in range(1, int((left > _TINY).sum())):
        if weights[lag]:
            pressed[:, lag:] += weights[lag] * daily[:, :-lag]
    return pressed
