"""How fast it spreads: reproduction number and growth of the city and its districts, as tables."""

from __future__ import annotations

import itertools

import numpy as np
import polars as pl

from seawall.disease import Pathogen
from seawall.watch.growth import estimate_growth
from seawall.watch.overdispersion import estimate_overdispersion
from seawall.watch.reproduction import estimate_reproduction
from seawall.watch.serial_intervals import UncertainSerialInterval, draw_serial_intervals
from seawall.watch.series import DailyCounts, FloatArray
from seawall.watch.situation import QUANTILE_COLUMNS

WINDOW_DAYS = 7
"""Length of the reproduction number's window: a week, so that every weekday counts once."""

GROWTH_DAYS = 14
"""Length of the growth rate's window: two weeks, so that weekdays can be told from growth."""

LONGEST_GAP = 7
"""Days without a report that are bridged, at the most."""

SERIAL_INTERVALS = 200
"""How many serial intervals stand for the uncertain one."""

REPRODUCTION = {
    "clock": pl.String,
    "area_id": pl.String,
    "start": pl.Date,
    "end": pl.Date,
    "mean": pl.Float64,
    "sd": pl.Float64,
    **dict.fromkeys(QUANTILE_COLUMNS, pl.Float64),
}

GROWTH = {
    "clock": pl.String,
    "area_id": pl.String,
    "start": pl.Date,
    "end": pl.Date,
    "cases": pl.Float64,
    **{f"growth_per_day_{level}": pl.Float64 for level in ("q2.5", "q50", "q97.5")},
    **{f"doubling_days_{level}": pl.Float64 for level in ("q2.5", "q50", "q97.5")},
    "p_growing": pl.Float64,
}


def uncertain_serial_interval(pathogen: Pathogen) -> UncertainSerialInterval:
    """The catalogue's serial interval with the uncertainty it states.

    The mean's published interval is taken as a 95 % one; the spread, of which sources seldom give an
    interval, is assumed known to a quarter.
    """
    known = pathogen.serial_interval
    mean, sd = known.delay.mean_days, known.delay.sd_days
    low, high = max(known.mean_low, 1.0), max(known.mean_high, 1.0 + 1e-6)
    return UncertainSerialInterval(
        mean_days=mean,
        mean_sd=max((high - low) / 3.92, 1e-3),
        mean_min=min(low, mean),
        mean_max=max(high, mean + 1e-6),
        sd_days=sd,
        sd_sd=sd / 4,
        sd_min=sd / 2,
        sd_max=sd * 1.5,
    )


def reproduction_table(
    counts: DailyCounts, pathogen: Pathogen, *, seed: int, days: int = 120, imported_infect: bool = True
) -> pl.DataFrame:
    """Reproduction number by date of report: seven-day windows, imported cases apart.

    Cori's posterior takes counts for Poisson. Reports are not: clusters are found together, and laboratories
    and weekends have their own rhythm. So the interval is widened by the scatter seen
    (`estimate_overdispersion`); the estimate stays.

    Args:
        counts: daily counts at one level.
        pathogen: gives the serial interval, with its uncertainty.
        seed: of the draws of the serial interval.
        days: how many of the last days to estimate for.
        imported_infect: whether imported cases pass the infection on here; not where all who arrive are
            quarantined, as ``imported_infect = false`` in `city.toml` says.

    Returns:
        ``clock, area_id, start, end, mean, sd, q2.5 … q97.5``, one row a window; `end` is its last day.
        Windows that cannot be estimated, or hold a day that was not reported, are left out.
    """
    local, imported = local_and_imported(counts)
    if not imported_infect:
        imported = np.where(np.isnan(imported), np.nan, 0.0)
    if counts.days <= WINDOW_DAYS + 1 or not counts.area_ids:
        return pl.DataFrame(schema=REPRODUCTION)
    uncertain = uncertain_serial_interval(pathogen)
    longest = int(np.ceil(uncertain.mean_max + 6 * uncertain.sd_max)) + 1
    intervals = draw_serial_intervals(uncertain, longest, seed=seed, samples=SERIAL_INTERVALS)
    first = max(1, counts.days - days - WINDOW_DAYS)
    starts = np.arange(first, counts.days - WINDOW_DAYS + 1)
    windows = np.stack([starts, starts + WINDOW_DAYS], axis=1)
    silent = np.isnan(local)
    local, imported = _bridged(local, imported)
    scatter = estimate_overdispersion(local.T, intervals, imported=imported.T, windows=windows)
    found = estimate_reproduction(local.T, intervals, imported=imported.T, windows=windows, overdispersion=scatter)
    missed = np.array([silent[first:last].any(axis=0) for first, last in windows]).T
    return (
        found.table(counts.area_ids, counts.start, column="area_id")
        .filter(pl.Series(~missed.ravel()))
        .drop_nulls("mean")
        .select(pl.lit("report").alias("clock"), pl.exclude("clock"))
        .match_to_schema(REPRODUCTION)
    )


def _bridged(local: FloatArray, imported: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Short gaps filled, so that one day not reported does not silence the fortnight it would have infected.

    The count of a missing day lies, on the logarithmic scale, between its neighbours'. It stands with the
    imported: it infects, and is not taken for infected in any window; windows that hold such a day are dropped.
    Gaps of more than `LONGEST_GAP` days, and the days before an area's first report, stay NaN.
    """
    here, abroad = local.copy(), imported.copy()
    days = np.arange(len(local))
    for area in range(local.shape[1]):
        known = np.flatnonzero(~np.isnan(local[:, area]))
        for before, after in itertools.pairwise(known.tolist()):
            gap = days[before + 1 : after]
            if 0 < gap.size <= LONGEST_GAP:
                total = np.log1p(local[[before, after], area] + imported[[before, after], area])
                here[gap, area] = 0.0
                abroad[gap, area] = np.expm1(np.interp(gap, [before, after], total))
    return here, abroad


def growth_table(counts: DailyCounts, *, days: int = 120) -> pl.DataFrame:
    """Growth and doubling time of local reports over two-week windows, weekdays allowed for.

    Args:
        counts: daily counts at one level.
        days: how many of the last days to estimate for.

    Returns:
        ``clock, area_id, start, end, cases, growth_per_day_q2.5/q50/q97.5, doubling_days_q2.5/q50/q97.5,
        p_growing``; `end` is the window's last day. A doubling time below 0 is a halving time;
        `doubling_days_q2.5` always belongs to `growth_per_day_q2.5`. Where the growth interval holds 0 the
        doubling time has no finite interval and its bounds are null. `p_growing` is the confidence that
        growth is above 0.
    """
    local, _ = local_and_imported(counts)
    if counts.days < GROWTH_DAYS or not counts.area_ids:
        return pl.DataFrame(schema=GROWTH)
    starts = np.arange(max(0, counts.days - GROWTH_DAYS - days), counts.days - GROWTH_DAYS + 1)
    windows = np.stack([starts, starts + GROWTH_DAYS], axis=1)
    levels = (0.005, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.995)
    found = estimate_growth(local.T, windows, weekdays=True, levels=levels)
    area, window = np.nonzero(np.isfinite(found.growth_per_day))
    growth = found.quantiles[area, window][:, [levels.index(level) for level in (0.025, 0.5, 0.975)]]
    growth[:, 1] = found.growth_per_day[area, window]
    growth = np.where(np.isfinite(growth), growth, np.nan)
    sure = (growth[:, 0] > 0) | (growth[:, 2] < 0)
    with np.errstate(divide="ignore"):
        doubling = np.where(np.isfinite(growth) & (growth != 0), np.log(2) / growth, np.nan)
    doubling[~sure, 0] = doubling[~sure, 2] = np.nan
    totals = np.array([np.nansum(local[first:last], axis=0) for first, last in windows])
    began = np.datetime64(counts.start)
    return pl.DataFrame(
        {
            "clock": pl.repeat("report", area.size, dtype=pl.String, eager=True),
            "area_id": pl.Series(counts.area_ids, dtype=pl.String).gather(area),
            "start": pl.Series(began + windows[window, 0].astype("timedelta64[D]")).cast(pl.Date),
            "end": pl.Series(began + (windows[window, 1] - 1).astype("timedelta64[D]")).cast(pl.Date),
            "cases": totals[window, area],
            **{f"growth_per_day_{name}": growth[:, k] for k, name in enumerate(("q2.5", "q50", "q97.5"))},
            **{f"doubling_days_{name}": doubling[:, k] for k, name in enumerate(("q2.5", "q50", "q97.5"))},
            "p_growing": _above_zero(found.quantiles[area, window], np.array(levels)),
        },
        schema=GROWTH,
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def _above_zero(quantiles: FloatArray, levels: np.ndarray) -> FloatArray:
    """Confidence that a quantity is above 0, read off its quantiles; shape (row,)."""
    result = np.full(len(quantiles), np.nan)
    for row, values in enumerate(quantiles):
        known = ~np.isnan(values)
        if known.any():
            finite = np.clip(values[known], -1e6, 1e6)
            result[row] = 1 - np.interp(0.0, finite, levels[known], left=0.0, right=1.0)
    return result


def local_and_imported(counts: DailyCounts) -> tuple[FloatArray, FloatArray]:
    """Reports infected here and elsewhere, each of shape (day, area).

    Where only all reports are told, all are taken as local; where only one part is told, the other is the
    difference.
    """
    told, local, imported = counts.of("reports"), counts.of("reports_local"), counts.of("reports_imported")
    elsewhere = np.where(np.isnan(imported), np.nan_to_num(np.maximum(told - local, 0.0)), imported)
    here = np.where(np.isnan(local), np.maximum(told - elsewhere, 0.0), local)
    return here, np.where(np.isnan(here), np.nan, elsewhere)
