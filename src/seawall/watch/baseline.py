"""The naive forecast everything else has to beat: as it was, with the spread of its past changes."""

from __future__ import annotations

import math

import numpy as np

from seawall.watch.hub import HUB_LEVELS

DRAWS = 100_000
"""Evenly spaced quantiles of the past changes, as many as the hub's baseline takes."""

FINENESS = 1000
"""The grid on which sums of changes are worked out has cells of less than the greatest change over this."""


def baseline_quantiles(series: np.ndarray, steps: int, *, levels: tuple[float, ...] = HUB_LEVELS) -> np.ndarray:
    """The hub baseline: the last value, plus changes drawn from the past ones and their mirror images.

    The first step is last + d, clipped at 0, for evenly spaced quantiles d of the past changes and their
    negatives. Each further step adds an independent change, and moves the whole so that its median stays on
    the last value; what is reported is clipped at 0. The hub draws the sums by permuting d; here their
    distribution is convolved on a fine grid, so that there is no Monte Carlo error and no seed.

    Args:
        series: float, shape (time,). Equally spaced; NaN: not reported. Changes are taken between
            neighbours that are both there; the last value is the last that is there.
        steps: how many steps ahead.
        levels: quantile levels wanted.

    Returns:
        float, shape (step, level). NaN throughout where no value is there; without a single change
        there is no spread.

    Source:
        FluSight-baseline of the CDC's FluSight forecast hub (R package `simplets`: quantile baseline).
    """
    there = series[~np.isnan(series)]
    if not there.size:
        return np.full((steps, len(levels)), np.nan)
    last = there[-1]
    changes = np.diff(series)
    changes = changes[~np.isnan(changes)]
    if not changes.any():
        return np.full((steps, len(levels)), last)
    drawn = _quantiles(np.sort(np.concatenate([changes, -changes])), np.linspace(0, 1, DRAWS))
    found = np.empty((steps, len(levels)))
    found[0] = _quantiles(np.maximum(last + drawn, 0.0), np.array(levels))
    if steps > 1:
        found[1:] = last + _further(np.maximum(drawn, -last), drawn, steps, np.array(levels))
    return np.maximum(found, 0.0)


def _quantiles(ordered: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Quantiles of sorted values, interpolated linearly between order statistics (R's type 7)."""
    return np.asarray(np.interp(levels * (ordered.size - 1), np.arange(ordered.size), ordered))


def _further(first: np.ndarray, drawn: np.ndarray, steps: int, levels: np.ndarray) -> np.ndarray:
    """Quantiles, less their median, of the first step plus 1, 2, ... independent changes."""
    cells = 1 << math.ceil(math.log2(2.02 * steps * FINENESS))
    width = 2.02 * steps * drawn[-1] / cells

    def spectrum(values: np.ndarray) -> np.ndarray:
        at = values / width
        low = np.floor(at).astype(np.int64)
        up = at - low
        mass = np.bincount(low % cells, 1 - up, cells) + np.bincount((low + 1) % cells, up, cells)
        return np.fft.rfft(mass / values.size)

    total, each = spectrum(first), spectrum(drawn)
    centres = (np.arange(cells) - cells // 2) * width
    found = np.empty((steps - 1, levels.size))
    for step in range(steps - 1):
        total = total * each
        mass = np.maximum(np.roll(np.fft.irfft(total, cells), cells // 2), 0.0)
        below = np.cumsum(mass) - mass / 2
        quantiles = np.interp(np.append(levels, 0.5), below, centres)
        found[step] = quantiles[:-1] - quantiles[-1]
    return found
