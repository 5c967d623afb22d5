"""The four earlies as clocks: how long from onset to specimen, report, isolation and care, by area and week."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from seawall.city import City
from seawall.core import Fault, InvalidInput, check_quantities, quantity
from seawall.watch.series import cases_known
from seawall.watch.triangles import parts_of
from seawall.watch.weekly_delays import WeeklyDelays

CLOCKS: dict[str, tuple[str, str]] = {
    "onset_to_specimen": ("onset_date", "specimen_date"),
    "specimen_to_report": ("specimen_date", "report_date"),
    "report_to_isolation": ("report_date", "isolation_date"),
    "onset_to_admission": ("onset_date", "admission_date"),
    "onset_to_report": ("onset_date", "report_date"),
}
"""Each delay and the two dates it runs between. It is negative where the second came first."""

EARLIEST_DAYS, LONGEST_DAYS = -30, 60
"""Delays outside are taken for slips of the pen and left out."""

STILL_TO_COME = 1e-3
"""A week whose share still to come exceeds this counts as corrected for truncation."""

SCHEMA = {
    "delay": pl.String,
    "area_id": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "n": pl.Int64,
    "q10": pl.Float64,
    "median": pl.Float64,
    "median_low": pl.Float64,
    "median_high": pl.Float64,
    "p90": pl.Float64,
    "within_target": pl.Float64,
    "within_low": pl.Float64,
    "within_high": pl.Float64,
    "target_days": pl.Float64,
    "trend_days_per_week": pl.Float64,
    "trend_low": pl.Float64,
    "trend_high": pl.Float64,
    "truncation_corrected": pl.Boolean,
    "share_known": pl.Float64,
}
"""Columns of the table of clocks."""

_PROTOCOL = "assumed; China's protocol (9th edition, 2022) asks for a network report within 2 hours of the finding"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTargets:
    """What a city aims at: the delay, in days, that a case should not exceed.

    Set in ``city.toml`` under ``[targets]`` by these names.
    """

    onset_to_specimen_days: float = quantity(
        2.0, unit="day", low=0, high=60, source="assumed", about="First symptoms to first positive specimen."
    )
    specimen_to_report_days: float = quantity(
        1.0, unit="day", low=0, high=60, source=_PROTOCOL, about="Specimen to report."
    )
    report_to_isolation_days: float = quantity(
        1.0, unit="day", low=0, high=60, source="assumed", about="Report to isolation; negative when isolated before."
    )
    onset_to_admission_days: float = quantity(
        3.0, unit="day", low=0, high=60, source="assumed", about="First symptoms to hospital admission."
    )
    onset_to_report_days: float = quantity(
        3.0, unit="day", low=0, high=60, source="assumed", about="First symptoms to report."
    )

    def __post_init__(self) -> None:
        check_quantities(self)

    def days(self, delay: str) -> float:
        """Target of one delay, in days."""
        return float(getattr(self, f"{delay}_days"))

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> ClockTargets:
        """The targets in a city's settings, defaults where it names none.

        Raises:
            InvalidInput: a target is unknown, no number, or out of range.
        """
        given = settings.get("targets", {})
        known = [field.name for field in dataclasses.fields(cls)]
        strange = [str(name) for name in given if name not in known]
        if strange:
            faults = [
                Fault(
                    file="city.toml",
                    column=f"targets.{name}",
                    problem="there is no such target",
                    mend=f"Use one of {', '.join(known)}",
                )
                for name in strange
            ]
            raise InvalidInput("city.toml names targets that do not exist.", faults)
        return cls(**given)


def delay_clocks(city: City, on: date, *, weeks: int = 26) -> pl.DataFrame:
    """Each delay by area and week of its first date, as known on a morning and corrected for truncation.

    A pair of dates is known once the case is reported and both dates have come. The time from the first
    date until then is right-truncated; its distribution comes from reverse-time hazards, and within each
    such time the delay itself is as observed. A complete week therefore shows the plain quantiles of its
    cases. In a week still coming in, hazards lean on the weeks before it (half the weight each week back)
    and, for a district, on the city, with the weight of `PRIOR_CASES` cases. Intervals are 95 %.

    Args:
        city: its `cases` are read.
        on: last day whose reports are in.
        weeks: how many weeks back from `on`; a week ends on the weekday of `on`.

    Returns:
        The columns of `SCHEMA`, a row for each delay, area (city, then districts) and week from the first
        case on. Quantiles are in days (the mean of the two middle values where a share falls between them),
        null where a week has no case; the trend is the slope of the mean delay over the last four weeks
        up to this one, in days per week, null with fewer than three weeks of at least five cases.
        `share_known` is the share known by now of cases spread evenly over the week's days.

    Raises:
        InvalidInput: the targets in ``city.toml`` are not as declared.
    """
    targets = ClockTargets.of(city.settings)
    if not city.has("cases"):
        return pl.DataFrame(schema=SCHEMA)
    lines = _lines(city, on, weeks)
    areas = [city.areas.root.area_id, *parts_of(city)]
    return pl.concat(
        [_clock(lines, delay, on, areas=areas, weeks=weeks, target=targets.days(delay)) for delay in CLOCKS]
    )


def _lines(city: City, on: date, weeks: int) -> pl.DataFrame:
    """Dates of the cases known on `on`, as days before it, with their district's place in the list (from 1)."""
    parts = parts_of(city)
    places = {area_id: place for place, area_id in enumerate(parts, start=1)}
    up = city.areas.ancestors_at(city.areas[parts[0]].level if parts else "city").with_columns(
        pl.col("ancestor_id").replace_strict(places, default=0, return_dtype=pl.Int32).alias("place")
    )
    names = sorted({name for pair in CLOCKS.values() for name in pair} | {"report_date"})
    first = on - timedelta(days=7 * weeks - 1)
    return (
        cases_known(city, on)
        .filter(pl.any_horizontal(pl.col(name) >= first for name in names))
        .select("area_id", *((pl.lit(on) - pl.col(name)).dt.total_days().cast(pl.Int32).alias(name) for name in names))
        .join(up.select("area_id", "place").lazy(), on="area_id", how="left")
        .with_columns(pl.col("place").fill_null(0))
        .drop("area_id")
        .collect(engine="streaming")
    )


def _clock(lines: pl.DataFrame, delay: str, on: date, *, areas: list[str], weeks: int, target: float) -> pl.DataFrame:
    """The rows of one delay."""
    first, second = CLOCKS[delay]
    counted = (
        lines.lazy()
        .select(
            "place",
            pl.col(first).alias("age"),
            (pl.col(first) - pl.col(second)).alias("days"),
            (pl.col(first) - pl.min_horizontal(first, second, "report_date")).alias("known_after"),
        )
        .filter(
            pl.col("age").is_between(0, 7 * weeks - 1),
            pl.col("days").is_between(EARLIEST_DAYS, LONGEST_DAYS),
            pl.col("known_after").is_between(0, LONGEST_DAYS),
        )
        .group_by("place", "age", "known_after", "days")
        .len()
        .collect()
    )
    if not counted.height:
        return pl.DataFrame(schema=SCHEMA)
    found = _counted(counted, len(areas), target)
    area, week = np.nonzero(np.ones_like(found.total))
    some = found.total[area, week] > 0

    def column(of: np.ndarray) -> np.ndarray:
        return np.where(some, of[area, week], np.nan)

    low, high = found.within_interval()
    slope, slope_low, slope_high = found.trends()
    at = int(np.searchsorted(found.values, np.floor(target), side="right")) - 1
    end = np.datetime64(on) - 7 * week.astype("timedelta64[D]")
    columns = {
        "delay": pl.Series([delay] * area.size, dtype=pl.String),
        "area_id": pl.Series([areas[one] for one in area], dtype=pl.String),
        "period_start": end - np.timedelta64(6, "D"),
        "period_end": end,
        "n": found.total[area, week].astype(np.int64),
        "q10": column(found.quantile(0.1)),
        "median": column(found.quantile(0.5)),
        "median_low": column(found.first_reaching(0.5, high)),
        "median_high": column(found.first_reaching(0.5, low)),
        "p90": column(found.quantile(0.9)),
        "within_target": column(found.within[..., at]),
        "within_low": column(low[..., at]),
        "within_high": column(high[..., at]),
        "target_days": np.full(area.size, target),
        "trend_days_per_week": column(slope),
        "trend_low": column(slope_low),
        "trend_high": column(slope_high),
        "truncation_corrected": some & (found.share_known[area, week] < 1 - STILL_TO_COME),
        "share_known": column(found.share_known),
    }
    order = np.lexsort((-week, area))
    return pl.DataFrame(columns, schema=SCHEMA)[order].with_columns(pl.col(pl.Float64).fill_nan(None))


def _counted(counted: pl.DataFrame, areas: int, target: float) -> WeeklyDelays:
    """Counts by place, age, time until known and delay as arrays; place 0 becomes the whole city."""
    place, age, known_after, days = (counted[name].to_numpy() for name in ("place", "age", "known_after", "days"))
    number = counted["len"].to_numpy().astype(float)
    reach, weeks = int(known_after.max()) + 1, int(age.max()) // 7 + 1
    values = np.arange(min(int(days.min()), int(target)), max(int(days.max()), int(target)) + 1)

    def tally(where: tuple[np.ndarray, ...], shape: tuple[int, ...]) -> np.ndarray:
        flat = np.ravel_multi_index(where, shape)
        table = np.bincount(flat, weights=number, minlength=int(np.prod(shape))).reshape(shape)
        table[0] = table.sum(axis=0)
        return np.asarray(table)

    return WeeklyDelays(
        by_day=tally((place, age, known_after), (areas, 7 * weeks, reach)),
        by_value=tally((place, age // 7, known_after, days - values[0]), (areas, weeks, reach, values.size)),
        values=values,
    )
