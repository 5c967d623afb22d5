"""Daily counts by area as they were known on a morning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from seawall.city import STOCKS, City

FloatArray = npt.NDArray[np.float64]

FROM_CASES: dict[str, pl.Expr] = {
    "reports": pl.col("report_date").is_not_null(),
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
    """Counts by event, day and area, as the folder keeps them; `rolled_up` brings them to one level.

    Attributes:
        start: first day.
        area_ids: columns of the arrays, in the order of the area tree; areas of several levels may occur.
        events: event to float array, shape (day, area). NaN: that day was not reported for that area.
        listed_from: event to the first day (index) that comes from the line list, where an area's number
            adds to those of the areas within it (a case of unknown district stands with the city). On
            earlier days, and for events not named here, a wider area's number already contains them.
    """

    start: date
    area_ids: tuple[str, ...]
    events: Mapping[str, FloatArray]
    listed_from: Mapping[str, int] = field(default_factory=dict)

    @property
    def days(self) -> int:
        """How many days."""
        return next(iter(self.events.values())).shape[0] if self.events else 0

    @property
    def dates(self) -> list[date]:
        """The days, as dates."""
        return [self.start + timedelta(days=day) for day in range(self.days)]

    def of(self, event: str) -> FloatArray:
        """One event's array, shape (day, area); all NaN where the folder has nothing of it."""
        nothing = np.full((self.days, len(self.area_ids)), np.nan)
        return self.events.get(event, nothing)

    def rolled_up(self, city: City, level: str) -> DailyCounts:
        """The same counts for the areas of one level.

        A wider area's own number stands for the whole of it; where it has none, the numbers of its parts
        are added (see `listed_from` for the exception). A day is NaN only where neither is there. A number
        kept above `level` cannot be divided and is left out.
        """
        targets = tuple(area.area_id for area in city.areas.at_level(level))
        own = {area_id: column for column, area_id in enumerate(self.area_ids)}
        events = {}
        for event, values in self.events.items():
            listed = np.arange(self.days) >= self.listed_from.get(event, self.days)

            def total(area_id: str, values: FloatArray = values, listed: np.ndarray = listed) -> FloatArray:
                mine = values[:, own[area_id]] if area_id in own else np.full(self.days, np.nan)
                parts = [total(child.area_id) for child in city.areas.children(area_id)]
                if not parts:
                    return mine
                below = _sum_of_known(np.stack(parts))
                both = _sum_of_known(np.stack([mine, below]))
                return np.where(listed, both, np.where(np.isnan(mine), below, mine))

            events[event] = np.stack([total(area_id) for area_id in targets], axis=1)
        return DailyCounts(start=self.start, area_ids=targets, events=events)

    def table(self) -> pl.DataFrame:
        """Long form: ``date, area_id, event, count``, without the days that were not reported."""
        rows = []
        for event, values in self.events.items():
            day, column = np.nonzero(~np.isnan(values))
            rows.append(
                pl.DataFrame(
                    {
                        "date": pl.Series(np.array(self.dates, dtype="datetime64[D]")[day]).cast(pl.Date),
                        "area_id": pl.Series(self.area_ids, dtype=pl.String).gather(column),
                        "event": pl.repeat(event, day.size, dtype=pl.String, eager=True),
                        "count": values[day, column],
                    }
                )
            )
        return pl.concat([pl.DataFrame(schema=LONG), *rows])


LONG = {"date": pl.Date, "area_id": pl.String, "event": pl.String, "count": pl.Float64}


def _sum_of_known(parts: FloatArray) -> FloatArray:
    """Sum over the first axis; NaN only where every part is NaN."""
    unknown = np.isnan(parts).all(axis=0)
    return np.where(unknown, np.nan, np.nansum(parts, axis=0))


def daily_counts(city: City, on: date) -> DailyCounts:
    """All daily counts up to and including day `on`, from the line list and from `counts`.

    Where both give an event, the line list gives it from its first report on and `counts` the days
    before; `counts` also gives what a line list cannot (tests, stocks, deaths, ...). A day without a
    line in `counts` was not reported (NaN), unless `city.toml` says ``[counts] missing = "zero"``. A
    line list has no such gaps: a day without a case is zero.
    """
    lines = _from_cases(city, on) if city.has("cases") else pl.DataFrame(schema=LONG)
    told = (
        city.scan("counts").filter(pl.col("date") <= on).select(list(LONG)).collect()
        if city.has("counts")
        else lines.clear()
    )
    if lines.is_empty() and told.is_empty():
        return DailyCounts(start=on, area_ids=(), events={})
    # A line list speaks of every day from its first report on: a day without a line is then a zero.
    since = (
        lines.group_by("event")
        .agg(pl.col("date").min())
        .with_columns(
            pl.when(pl.col("event").str.starts_with("reports"))
            .then(pl.col("date").filter(pl.col("event") == "reports").min())
            .otherwise(pl.col("date"))
            .alias("since")
        )
    )
    told = told.join(since.select("event", "since"), on="event", how="left").filter(
        pl.col("since").is_null() | (pl.col("date") < pl.col("since"))
    )
    listed: dict[str, date] = dict(since.select("event", "since").iter_rows())
    first = pl.concat([lines["date"], told["date"]]).min()
    assert isinstance(first, date)
    known = set(lines["area_id"].unique()) | set(told["area_id"].unique())
    area_ids = tuple(area_id for area_id in city.areas.areas if area_id in known)
    days = (on - first).days + 1
    shape = (days, len(area_ids))
    column_of = pl.DataFrame(
        {"area_id": area_ids, "column": range(len(area_ids))}, schema={"area_id": pl.String, "column": pl.Int64}
    )
    listed_from = {event: (day - first).days for event, day in listed.items()}
    wider = {area.parent_id for area_id in area_ids for area in city.areas.path(area_id)}
    finest = np.array([area_id not in wider for area_id in area_ids])
    gaps_are_zero = city.settings.get("counts", {}).get("missing") == "zero"
    events: dict[str, FloatArray] = {}
    for event in sorted({*listed, *told["event"].unique()}):
        values = np.full(shape, np.nan)
        if gaps_are_zero:
            values[:, finest] = 0.0
        values[listed_from.get(event, days) :] = 0.0
        for source in (told, lines):
            rows = source.filter(pl.col("event") == event).join(column_of, on="area_id")
            day = (rows["date"] - first).dt.total_days().to_numpy()
            values[day, rows["column"].to_numpy()] = rows["count"].to_numpy()
        events[event] = values
    return DailyCounts(start=first, area_ids=area_ids, events=events, listed_from=listed_from)


def _from_cases(city: City, on: date) -> pl.DataFrame:
    """Events of the line list by day and area, in long form."""
    cases = cases_known(city, on)
    by_report = (
        cases.group_by(pl.col("report_date").alias("date"), "area_id")
        .agg(
            *(condition.sum().cast(pl.Float64).alias(event) for event, condition in FROM_CASES.items()),
            pl.col("in_control").is_not_null().any().alias("control_told"),
            pl.col("origin").is_not_null().any().alias("origin_told"),
        )
        .collect(engine="streaming")
    )
    if not by_report["control_told"].any():
        by_report = by_report.drop("reports_in_control", "reports_in_community")
    if not by_report["origin_told"].any():
        by_report = by_report.drop("reports_local", "reports_imported")
    parts = [
        by_report.drop("control_told", "origin_told")
        .unpivot(index=["date", "area_id"], variable_name="event", value_name="count")
        .select(list(LONG))
    ]
    for event, column in (("onsets", "onset_date"), ("admissions", "admission_date")):
        parts.append(
            cases.filter(pl.col(column).is_not_null())
            .group_by(pl.col(column).alias("date"), "area_id")
            .agg(pl.len().cast(pl.Float64).alias("count"))
            .with_columns(pl.lit(event).alias("event"))
            .select(list(LONG))
            .collect(engine="streaming")
        )
    return pl.concat(parts)


def is_stock(event: str) -> bool:
    """Whether an event is a stock at the day's end, not a flow in the day."""
    return event in STOCKS
