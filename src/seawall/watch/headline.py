"""Today's numbers beside yesterday's and last week's."""

from __future__ import annotations

import numpy as np
import polars as pl

from seawall.watch.series import DailyCounts, FloatArray, is_stock

SCHEMA = {
    "area_id": pl.String,
    "event": pl.String,
    "today": pl.Float64,
    "yesterday": pl.Float64,
    "last7": pl.Float64,
    "prior7": pl.Float64,
    "last7_days": pl.Int64,
    "prior7_days": pl.Int64,
}


def headline(counts: DailyCounts) -> pl.DataFrame:
    """The last day of each event beside the day before and the week before, by area.

    Args:
        counts: daily counts at one level or several; the last row of the arrays is today.

    Returns:
        ``area_id, event, today, yesterday, last7, prior7, last7_days, prior7_days``. A week's figure is
        the sum of a flow and the mean of a stock over the days that were reported, of which there were
        ``last7_days`` and ``prior7_days``; null where there were none.
    """
    rows = []
    for event, values in counts.events.items():
        padded = np.vstack([np.full((14, values.shape[1]), np.nan), values])
        week, before = padded[-7:], padded[-14:-7]
        rows.append(
            pl.DataFrame(
                {
                    "area_id": counts.area_ids,
                    "event": [event] * len(counts.area_ids),
                    "today": padded[-1],
                    "yesterday": padded[-2],
                    "last7": _week(week, stock=is_stock(event)),
                    "prior7": _week(before, stock=is_stock(event)),
                    "last7_days": (~np.isnan(week)).sum(axis=0),
                    "prior7_days": (~np.isnan(before)).sum(axis=0),
                },
                schema=SCHEMA,
            )
        )
    return pl.concat([pl.DataFrame(schema=SCHEMA), *rows]).with_columns(pl.col(pl.Float64).fill_nan(None))


def _week(days: FloatArray, *, stock: bool) -> FloatArray:
    known = (~np.isnan(days)).sum(axis=0)
    total = np.nansum(days, axis=0)
    summary = total / np.maximum(known, 1) if stock else total
    return np.where(known > 0, summary, np.nan)
