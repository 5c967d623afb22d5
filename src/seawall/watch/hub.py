"""Forecasts as the forecast hubs exchange them: one row a quantile, in plain columns."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

HUB_LEVELS = (0.01, 0.025, *(round(0.05 * step, 2) for step in range(1, 20)), 0.975, 0.99)
"""The 23 quantile levels the hubs ask for."""

HUB_SCHEMA = {
    "reference_date": pl.Date,
    "horizon": pl.Int64,
    "location": pl.String,
    "target_end_date": pl.Date,
    "output_type": pl.String,
    "output_type_id": pl.Float64,
    "value": pl.Float64,
    "model_id": pl.String,
}
"""Columns of a table of forecasts, and their types."""


def hub_table(
    values: np.ndarray,
    *,
    locations: list[str],
    reference_date: date,
    horizons: list[int],
    model_id: str,
    unit_days: int = 1,
    levels: tuple[float, ...] = HUB_LEVELS,
) -> pl.DataFrame:
    """Quantiles as a table in hub format.

    Args:
        values: float, shape (location, horizon, level). NaN is left out.
        locations: names of the first axis.
        reference_date: day from which horizons count.
        horizons: the second axis, in units.
        model_id: the model's name.
        unit_days: days in a unit: 1 or 7.
        levels: the third axis.
    """
    place, step, level = (axis.ravel() for axis in np.indices(values.shape))
    ahead = np.array(horizons, dtype=np.int64)[step]
    end = np.datetime64(reference_date) + (ahead * unit_days).astype("timedelta64[D]")
    return pl.DataFrame(
        {
            "reference_date": pl.Series([reference_date], dtype=pl.Date).new_from_index(0, end.size),
            "horizon": ahead,
            "location": pl.Series(locations, dtype=pl.String).gather(place),
            "target_end_date": end,
            "output_type": pl.Series(["quantile"], dtype=pl.String).new_from_index(0, end.size),
            "output_type_id": np.array(levels)[level],
            "value": values.ravel(),
            "model_id": pl.Series([model_id], dtype=pl.String).new_from_index(0, end.size),
        },
        schema=HUB_SCHEMA,
    ).filter(pl.col("value").is_not_nan())
