"""Where infections come from and whether they were found in control: is the chain held?"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy import stats

from seawall.watch.series import DailyCounts, FloatArray

WINDOW_DAYS = 7


def spread(counts: DailyCounts) -> pl.DataFrame:
    """Imported against local, and the share found in control, by day and area.

    An infection found in quarantine or a closed loop had little chance to pass on; one found in the
    community had. The share in control over the last seven days, with its trend, therefore tells whether
    the chain is held.

    Args:
        counts: daily counts at one level. Uses ``reports``, ``reports_local``, ``reports_imported``,
            ``reports_in_control``, ``reports_in_community``.

    Returns:
        ``date, area_id, local, imported, in_control, in_community, share_in_control, share_q2.5,
        share_q97.5``: the counts are the day's, the share and its 95 % interval those of the seven days
        up to it. The interval is Jeffreys' for a binomial share, widened by the day-to-day
        overdispersion seen in the window. Null where the folder does not say.

    Source:
        Brown, Cai, DasGupta 2001, Statistical Science 16:101-133 (the interval).
    """
    held, free = counts.of("reports_in_control"), _in_community(counts)
    local, imported = _local(counts), counts.of("reports_imported")
    share, low, high = share_with_interval(_trailing(held), _trailing(free))
    day, column = np.nonzero(~np.isnan(np.stack([local, held])).all(axis=0))
    return pl.DataFrame(
        {
            "date": pl.Series(np.array(counts.dates, dtype="datetime64[D]")[day]).cast(pl.Date),
            "area_id": pl.Series(counts.area_ids, dtype=pl.String).gather(column),
            "local": local[day, column],
            "imported": imported[day, column],
            "in_control": held[day, column],
            "in_community": free[day, column],
            "share_in_control": share[day, column],
            "share_q2.5": low[day, column],
            "share_q97.5": high[day, column],
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def _local(counts: DailyCounts) -> FloatArray:
    """Local reports: as told, else all reports less those told to be imported."""
    told = counts.of("reports_local")
    derived = counts.of("reports") - np.nan_to_num(counts.of("reports_imported"))
    return np.where(np.isnan(told), derived, told)


def _in_community(counts: DailyCounts) -> FloatArray:
    """Reports found outside control: as told, else local reports less those found in control."""
    told = counts.of("reports_in_community")
    derived = np.maximum(_local(counts) - counts.of("reports_in_control"), 0.0)
    return np.where(np.isnan(told), derived, told)


def _trailing(values: FloatArray) -> FloatArray:
    """The window's days behind each day: shape (window, day, area); NaN before the series begins."""
    padded = np.vstack([np.full((WINDOW_DAYS - 1, values.shape[1]), np.nan), values])
    return np.stack([padded[lag : lag + values.shape[0]] for lag in range(WINDOW_DAYS)])


def share_with_interval(held: FloatArray, free: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Share held over a window of days, with a 95 % interval.

    Args:
        held, free: counts, shape (window, ...). A day is used only where both are known.

    Returns:
        Share, lower and upper bound, each of shape (...); NaN where the window holds no report.
    """
    known = ~(np.isnan(held) | np.isnan(free))
    held, free = np.where(known, held, 0.0), np.where(known, free, 0.0)
    total_held, total = held.sum(axis=0), (held + free).sum(axis=0)
    some = total > 0
    share = np.where(some, total_held / np.where(some, total, 1.0), np.nan)
    # Days differ by more than a coin's luck: clusters are found together. Pearson's statistic says by how much.
    expected = (held + free) * share
    variance = expected * (1 - share)
    scored = known & (variance > 0)
    pearson = np.where(scored, (held - expected) ** 2 / np.where(scored, variance, 1.0), 0.0).sum(axis=0)
    freedom = np.maximum(scored.sum(axis=0) - 1, 1)
    wider = np.maximum(pearson / freedom, 1.0)
    successes, failures = total_held / wider, (total - total_held) / wider
    low = np.where(total_held > 0, stats.beta.ppf(0.025, successes + 0.5, failures + 0.5), 0.0)
    high = np.where(total_held < total, stats.beta.ppf(0.975, successes + 0.5, failures + 0.5), 1.0)
    return share, np.where(some, low, np.nan), np.where(some, high, np.nan)
