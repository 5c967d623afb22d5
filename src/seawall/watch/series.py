"""Daily counts by area as they were known on a morning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from seawall.city import STOCKS, City

FROM_CASES: dict[str, pl.Expr] = {
    "reports": pl.lit(value=True),
    "reports_local": pl.col("origin").fill_null("local") != "imported",
    "reports_imported": pl.col("origin").fill_null("local") == "imported",
    "reports_in_control": pl.col("in_control").fill_null(value=False),
    "reports_in_community": ~pl.col("in_control").fill_null(value=True),
}
"""Events a line list gives by report date, and which of its lines count for each."""


def cases_known(city: City, on: date) -> pl.LazyFrame:
    """The line list as it was known when day `on` had ended.

    Cases reported later are left out; a date after `on` is not known yet and comes as null, and so
    does the outcome that goes with it. A case without a report date counts from its specimen.

    Returns:
        The columns of `cases`; `report_date` is never null.
    """
    dates = ["onset_date", "specimen_date", "isolation_date", "admission_date", "outcome_date"]
    known = [pl.when(pl.col(name) <= on).then(pl.col(name)).alias(name) for name in dates]
    return (
        city.scan("cases")
        .with_columns(pl.coalesce("report_date", "specimen_date").alias("report_date"))
        .filter(pl.col("report_date") <= on)
        .with_columns(known)
        .with_columns(pl.when(pl.col("outcome_date").is_not_null()).then(pl.col("outcome")).alias("outcome"))
    )


@dataclass(frozen=True, kw_only=True)
class DailyCounts:
    """Counts by event, day and area; the finest areas the data name, no roll-up.

    Attributes:
        start: first day.
        area_ids: columns of the arrays, in the order of the area tree.
        events: event to float array, shape (day, area). NaN: that day was not reported for that area.
    """

    start: date
    area_ids: tuple[str, ...]
    events: Mapping[str, np.ndarray]

    @property
    def days(self) -> int:
        """How many days."""
        return next(iter(self.events.values())).shape[0] if self.events else 0

    @property
    def dates(self) -> list[date]:
        """The days, as dates."""
        return [self.start + timedelta(days=day) for day in range(self.days)]

    def rolled_up(self, city: City, level: str) -> DailyCounts:
        """The same counts for the areas of one level. A day is NaN only where no part was reported.

        Counts kept for an area above `level` cannot be divided and are left out.
        """
        targets = [area.area_id for area in city.areas.at_level(level)]
        position = {area_id: column for column, area_id in enumerate(targets)}
        lands = np.array([position.get(city.areas.ancestor(area_id, level) or "", -1) for area_id in self.area_ids])
        events = {}
        for event, values in self.events.items():
            total = np.full((values.shape[0], len(targets)), np.nan)
            for column in range(len(targets)):
                parts = values[:, lands == column]
                if parts.shape[1]:
                    told = ~np.isnan(parts).all(axis=1)
                    total[told, column] = np.nansum(parts[told], axis=1)
            events[event] = total
        return DailyCounts(start=self.start, area_ids=tuple(targets), events=events)

    def table(self) -> pl.DataFrame:
        """Long form: ``date, area_id, event, count``, without the days that were not reported."""
        rows = []
        for event, values in self.events.items():
            day, column = np.nonzero(~np.isnan(values))
            rows.append(
                pl.DataFrame(
                    {
                        "date": np.array(self.dates, dtype="datetime64[D]")[day],
                        "area_id": np.array(self.area_ids, dtype=object)[column],
                        "event": np.full(day.size, event, dtype=object),
                        "count": values[day, column],
                    },
                    schema={"date": pl.Date, "area_id": pl.String, "event": pl.String, "count": pl.Float64},
                )
            )
        return (
            pl.concat(rows)
            if rows
            else pl.DataFrame(schema={"date": pl.Date, "area_id": pl.String, "event": pl.String, "count": pl.Float64})
        )


def daily_counts(city: City, on: date) -> DailyCounts:
    """All daily counts up to and including day `on`, from the line list and from `counts`.

    Where both give an event, the line list gives the areas and days it covers and `counts` is not
    added to it: `counts` serves the events the line list cannot give (tests, stocks, deaths, ...).
    A day between an area's first and last line in `counts` that has no line is not reported (NaN),
    not zero. A line list has no such gaps: a day without a case is zero.
    """
    parts = []
    if city.has("cases"):
        cases = cases_known(city, on)
        wanted = dict(FROM_CASES)
        # One pass over the line list: all five events by day and area.
        by_day = (
            cases.group_by(pl.col("report_date").alias("date"), "area_id")
            .agg(
                *(condition.sum().cast(pl.Float64).alias(event) for event, condition in wanted.items()),
                pl.col("in_control").is_not_null().any().alias("_told"),
            )
            .collect(engine="streaming")
        )
        if not by_day["_told"].any():
            by_day = by_day.drop("reports_in_control", "reports_in_community")
        dated = {"onsets": "onset_date", "admissions": "admission_date"}
        parts.append(by_day.drop("_told").unpivot(index=["date", "area_id"], variable_name="event", value_name="count"))
        for event, column in dated.items():
            parts.append(
                cases.filter(pl.col(column).is_not_null())
                .group_by(pl.col(column).alias("date"), "area_id")
                .agg(pl.len().cast(pl.Float64).alias("count"))
                .with_columns(pl.lit(event).alias("event"))
                .select("date", "area_id", "event", "count")
                .collect(engine="streaming")
            )
    lines = pl.concat(parts) if parts else None
    listed = set(lines["event"].unique()) if lines is not None else set()
    told = None
    if city.has("counts"):
        told = city.scan("counts").filter(pl.col("date") <= on, ~pl.col("event").is_in(sorted(listed))).collect()
    frames = [frame for frame in (lines, told) if frame is not None and frame.height]
    if not frames:
        return DailyCounts(start=on, area_ids=(), events={})
    start = min(frame["date"].min() for frame in frames)  # type: ignore[type-var]
    assert isinstance(start, date)
    known = set().union(*(set(frame["area_id"].unique()) for frame in frames))
    area_ids = tuple(area_id for area_id in city.areas.areas if area_id in known)
    column_of = {area_id: column for column, area_id in enumerate(area_ids)}
    days = (on - start).days + 1
    events: dict[str, np.ndarray] = {}
    for frame, from_lines in ((lines, True), (told, False)):
        if frame is None or not frame.height:
            continue
        for (name,), group in frame.partition_by("event", as_dict=True).items():
            table: np.ndarray = (
                np.zeros((days, len(area_ids))) if from_lines else np.full((days, len(area_ids)), np.nan)
            )
            day = (group["date"] - start).dt.total_days().to_numpy()
            where = np.array([column_of[area_id] for area_id in group["area_id"]])
            table[day, where] = group["count"].to_numpy()
            events[str(name)] = table
    return DailyCounts(start=start, area_ids=area_ids, events=events)


def is_stock(event: str) -> bool:
    """Whether an event is a stock at the day's end, not a flow in the day."""
    return event in STOCKS
