"""What came: the folder's counts by day, for the events and areas that something was expected of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import polars as pl

from seawall.city import City
from seawall.watch.series import daily_counts

CAME = {"date": pl.Date, "area_id": pl.String, "event": pl.String, "observation": pl.Float64}


def days_told(city: City) -> tuple[date, date] | None:
    """First and last day of which the folder tells anything; None where it holds neither cases nor counts."""
    days: list[date] = []
    for table, column in (("counts", "date"), ("cases", "report_date")):
        if city.has(table):
            both = city.scan(table).select(pl.col(column).min().alias("first"), pl.col(column).max().alias("last"))
            days += [day for day in both.collect().row(0) if day is not None]
    return (min(days), max(days)) if days else None


def what_came(city: City, on: date, areas: Iterable[str], events: Iterable[str]) -> pl.DataFrame:
    """``date, area_id, event, observation`` up to a day; days that were not reported are not in it.

    An area's number is its own or the sum of its parts. A stock that is told for the city only stands for the city.
    """
    counts = daily_counts(city, on)
    wanted = [area for area in dict.fromkeys(areas) if area in city.areas]
    asked = tuple(dict.fromkeys(events))
    parts = [pl.DataFrame(schema=CAME)]
    dates = np.array([counts.start + timedelta(days=day) for day in range(counts.days)], dtype="datetime64[D]")
    for level in dict.fromkeys(city.areas[area].level for area in wanted):
        rolled = counts.rolled_up(city, level)
        for event in asked:
            values = rolled.of(event)
            for area in (one for one in wanted if city.areas[one].level == level):
                column = values[:, rolled.area_ids.index(area)]
                known = ~np.isnan(column)
                parts.append(
                    pl.DataFrame(
                        {
                            "date": pl.Series(dates[known]).cast(pl.Date),
                            "area_id": pl.repeat(area, int(known.sum()), dtype=pl.String, eager=True),
                            "event": pl.repeat(event, int(known.sum()), dtype=pl.String, eager=True),
                            "observation": column[known],
                        }
                    )
                )
    return pl.concat(parts)
