"""The forecaster held against its own past in this very city, before anyone believes its next forecast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from seawall.city import City
from seawall.disease import Pathogen
from seawall.watch.forecast import BASELINE, Reports, baseline_areas, forecast_areas
from seawall.watch.scores import score_tasks, summarise_scores
from seawall.watch.triangles import CLOCK_COLUMNS, Events, city_events

ORIGINS = 8
"""How many past forecasts are made again, a week apart."""

FIRST_DAYS = 14
"""Days of reports before the first of them."""

DRAWS = 500
"""Possible futures of each: enough for a score."""

SCHEMA = {
    "model_id": pl.String,
    "location": pl.String,
    "horizon_week": pl.Int64,
    "n": pl.Int64,
    "wis": pl.Float64,
    "mae": pl.Float64,
    "coverage_50": pl.Float64,
    "coverage_90": pl.Float64,
    "relative_wis": pl.Float64,
}
"""Columns of the track record."""


def track_record(
    city: City,
    reports: Reports,
    *,
    pathogen: Pathogen | None = None,
    origins: int = ORIGINS,
    seed: int = 1,
    draws: int = DRAWS,
    events: Sequence[Events] | None = None,
) -> pl.DataFrame:
    """Make the forecasts of the last weeks again, with what was known then, and score them.

    The line list is cut back to what had been reported on each past morning. Counts are cut at that day; if
    the city has revised them since, what is scored here knew the revision.

    Args:
        city: for its areas and line list.
        reports: daily reports up to the last day that is in; see `city_reports`.
        pathogen, draws: as in `forecast_areas`.
        origins: how many past mornings, 7, 14, ... days before the last day.
        seed: of all draws.
        events: the line list by clock as known on the last day; None: read from the city.

    Returns:
        ``model_id, location, horizon_week, n, wis, mae, coverage_50, coverage_90, relative_wis`` for the
        models ``renewal`` and ``baseline``, the city and each district, and weeks 1 and 2 ahead. Empty
        where the reports are too short for a single one. `relative_wis` is against the baseline, 1 for
        the baseline itself, null where the baseline never erred.
    """
    on = reports.on
    if events is None:
        events = [city_events(city, on, clock) for clock in CLOCK_COLUMNS] if city.has("cases") else []
    mornings = [on - timedelta(days=7 * week) for week in range(1, origins + 1)]
    mornings = [day for day in mornings if (day - reports.start).days + 1 >= FIRST_DAYS]
    if not mornings:
        return pl.DataFrame(schema=SCHEMA)
    told = []
    for morning in mornings:
        known = reports.until(morning)
        future = forecast_areas(city, known, pathogen=pathogen, seed=seed, draws=draws, events=events)
        told += [future.table(), baseline_areas(known)]
    forecasts = pl.concat(told).with_columns(((pl.col("horizon") - 1) // 7 + 1).alias("horizon_week"))
    scored = score_tasks(forecasts, reports.table())
    # An area that has only begun to report has no baseline to be held against.
    task = ["location", "target_end_date", "horizon"]
    scored = scored.join(scored.filter(pl.col("model_id") == BASELINE), on=task, how="semi")
    weeks = forecasts.select("horizon", "horizon_week").unique()
    tables = [
        summarise_scores(part.drop("horizon_week"), baseline=BASELINE).with_columns(
            location=pl.lit(location), horizon_week=pl.lit(week, dtype=pl.Int64)
        )
        for (location, week), part in scored.join(weeks, on="horizon")
        .partition_by("location", "horizon_week", as_dict=True, maintain_order=True)
        .items()
    ]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *(table.select(*SCHEMA) for table in tables)])
