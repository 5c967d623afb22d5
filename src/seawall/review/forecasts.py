"""Forecasts on record held against what came: the files in hub format that the city has kept."""

from __future__ import annotations

from datetime import date

import polars as pl

from seawall.city import City
from seawall.core import Fault, InvalidInput
from seawall.core.errors import closest
from seawall.review.observed import what_came
from seawall.watch.forecast import BASELINE
from seawall.watch.scores import score_tasks, summarise_scores

FOLDER = "forecasts"
"""Where a city folder keeps its forecasts, each a table in hub format."""

WHOLE = "all"
"""The place under which `seawall forecast` writes a series without a name: the whole city."""

FORECASTS = {
    "model_id": pl.String,
    "n": pl.Int64,
    "wis": pl.Float64,
    "mae": pl.Float64,
    "coverage_50": pl.Float64,
    "coverage_90": pl.Float64,
    "relative_wis": pl.Float64,
}
"""Columns of the scores of forecasts."""


def score_forecasts(forecasts: pl.DataFrame, city: City, upto: date) -> pl.DataFrame:
    """Score forecasts of reports by area, each model over all places and days; columns `FORECASTS`.

    Args:
        forecasts: hub format, any number of models; `location` is an area's code, or ``all`` for the city. Where the
            days ahead are seven times the horizon, the forecast is of sums over seven days.
        city: the folder.
        upto: last day looked at.

    Raises:
        InvalidInput: a place is not an area of the city, or a forecast stands twice.
    """
    named = forecasts.with_columns(pl.col("location").replace({WHOLE: city.areas.root.area_id}))
    unknown = [place for place in named["location"].unique().sort() if place not in city.areas]
    if unknown:
        mend = f'Write codes of areas as location, or "{WHOLE}" for the city'
        problems = [f'"{place}" is not an area of this city{closest(place, city.areas.areas)}' for place in unknown]
        faults = [Fault(file=FOLDER, column="location", problem=problem, mend=mend) for problem in problems]
        raise InvalidInput("The forecasts on record cannot be scored.", faults)
    came = what_came(city, upto, named["location"].unique().sort(), ("reports",))
    weekly = _weekly(named)
    scored = [
        score_tasks(part, _truth(came, weeks=weeks))
        for weeks, part in ((False, named.filter(~weekly)), (True, named.filter(weekly)))
        if part.height
    ]
    known = [one for one in scored if one.height]
    if not known:
        return pl.DataFrame(schema=FORECASTS)
    table = pl.concat(known, how="diagonal")
    baseline = BASELINE if BASELINE in set(table["model_id"]) else None
    return summarise_scores(table, baseline=baseline).select(*FORECASTS)


def _weekly(forecasts: pl.DataFrame) -> pl.Series:
    if not {"reference_date", "horizon"} <= set(forecasts.columns):
        return pl.repeat(value=False, n=forecasts.height, eager=True)
    ahead = (pl.col("target_end_date") - pl.col("reference_date")).dt.total_days()
    weekly = (ahead == 7 * pl.col("horizon")) & (pl.col("horizon") > 0)
    return forecasts.select(weekly.fill_null(value=False).alias("weekly"))["weekly"]


def _truth(came: pl.DataFrame, *, weeks: bool) -> pl.DataFrame:
    truth = came.select(pl.col("area_id").alias("location"), pl.col("date").alias("target_end_date"), "observation")
    if not weeks or truth.is_empty():
        return truth
    return (
        truth.sort("location", "target_end_date")
        .upsample("target_end_date", every="1d", group_by="location")
        .with_columns(pl.col("location").forward_fill())
        .with_columns(pl.col("observation").rolling_sum(7).over("location"))
        .drop_nulls("observation")
    )
