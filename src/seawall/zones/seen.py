"""What a city sees on a day: all that a rule for zones may go by.

`Seen` holds reports, places, tests and beds, never true infections, and asks for no folder: the twin
builds one from what its own city reports, and the same code draws its zones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from seawall.city import AreaTree, City
from seawall.core import Fault, InvalidInput
from seawall.watch.series import DailyCounts, cases_known, daily_counts
from seawall.zones.inputs import daily_numbers
from seawall.zones.measure import Series
from seawall.zones.messages import note
from seawall.zones.ruleset import JUDGED_LEVELS

INFECTIONS = {
    "date": pl.Date,
    "area_id": pl.String,
    "place_id": pl.String,
    "infections": pl.Float64,
    "outside": pl.Float64,
    "at_least": pl.Boolean,
}
VISITS = {
    "date": pl.Date,
    "area_id": pl.String,
    "place_id": pl.String,
    "visits": pl.Float64,
    "days_before": pl.Int64,
    "last_visit": pl.Date,
}
PLACES = {"place_id": pl.String, "area_id": pl.String, "kind": pl.String, "capacity": pl.Float64}
ROUNDS = {"date": pl.Date, "area_id": pl.String, "tested": pl.Float64, "positives": pl.Float64}

SCREENS = ("pcr", "pcr_pooled")
"""Kinds of test that count as a screening round."""


def _nothing(schema: Mapping[str, Any]) -> Callable[[], pl.DataFrame]:
    return lambda: pl.DataFrame(schema=dict(schema))


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What is seen when day `on` has ended.

    Attributes:
        on: the day.
        areas: the tree of areas.
        series: area level to daily numbers; the last row is `on`, the columns are `level_areas`.
        level_areas: area level to its area codes.
        infections: ``date, area_id, place_id, infections, outside, at_least``: infections found, by day of
            report and by where the infected people live, as fine as is known (`place_id` null where no
            place is). `outside`: those not found in quarantine elsewhere. `at_least`: lower bounds.
        visits: ``date, area_id, place_id, visits, days_before, last_visit``: stays of infected people at
            places; `date` is the day the infection was reported, `days_before` how many days the
            stay lay before its onset (specimen, report).
        places: ``place_id, area_id, kind, capacity``.
        rounds: ``date, area_id, tested, positives``: people screened by area and day.
        notes: what these data leave open.

    Raises:
        InvalidInput: an infection, a stay or a round lies after `on`, or a series does not fit its areas.
    """

    on: date
    areas: AreaTree
    series: Mapping[str, Series] = field(default_factory=dict)
    level_areas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    infections: pl.DataFrame = field(default_factory=_nothing(INFECTIONS))
    visits: pl.DataFrame = field(default_factory=_nothing(VISITS))
    places: pl.DataFrame = field(default_factory=_nothing(PLACES))
    rounds: pl.DataFrame = field(default_factory=_nothing(ROUNDS))
    notes: tuple[Mapping[str, Any], ...] = ()

    def __post_init__(self) -> None:
        faults = []
        mend = "Leave out what was not known on that day"
        for name in ("infections", "visits", "rounds"):
            last = getattr(self, name)["date"].max()
            if last is not None and last > self.on:
                faults.append(Fault(file=name, column="date", problem=f"{last} is after {self.on}", mend=mend))
        for level, series in self.series.items():
            wide = len(self.level_areas.get(level, ()))
            shapes = {array.shape for array in series.values.values()}
            if shapes != {(series.days, wide)} or series.residents.shape != (wide,):
                problem = f"its arrays are {sorted(shapes)} for {wide} areas"
                faults.append(Fault(file=f"series of {level}", problem=problem, mend="Give one column an area"))
        if faults:
            raise InvalidInput("This cannot have been seen.", faults)


LONGEST_SILENCE = 366
"""Days after the last entry of a folder for which zones can still be asked."""

EARLIEST, LATEST = date(1800, 1, 1), date(2999, 12, 31)
"""Days for which zones can be asked at all."""


def last_day(city: City) -> date | None:
    """The last day on which the folder reports an infection or a number; None where it reports none."""
    reported = {
        "cases": pl.coalesce("report_date", "specimen_date"),
        "counts": pl.col("date"),
        "signals": pl.col("date"),
    }
    found = [city.scan(table).select(day.max()).collect().item() for table, day in reported.items() if city.has(table)]
    return max((day for day in found if day is not None), default=None)


def see(city: City, on: date, *, counts: DailyCounts | None = None, levels: Iterable[str] = JUDGED_LEVELS) -> Seen:
    """What the folder lets a rule see on a day: nothing that was reported later.

    Args:
        city: the folder.
        on: last day whose reports are in.
        counts: `daily_counts(city, on)` where the caller has it already.
        levels: area levels that will be judged; fewer are quicker.

    Returns:
        Infections come from the line list; where there is none from `signals` (numbers by place), and
        where these are missing too from `counts` at the finest areas they name.

    Raises:
        InvalidInput: the folder reports nothing for more than a year before `on`, or `on` is not of an age that
            keeps reports.
    """
    last = last_day(city)
    if not EARLIEST <= on <= LATEST or (last is not None and (on - last).days > LONGEST_SILENCE):
        problem = "it has no reports at all" if last is None else f"its last entry is of {last}"
        raise InvalidInput(
            f"Zones cannot be drawn for {on}.",
            [Fault(file=str(city.root), problem=problem, mend="Add reports, or ask for a day they cover")],
        )
    counts = daily_counts(city, on) if counts is None else counts
    places = (
        city.scan("places").select(list(PLACES)).unique("place_id", keep="first").collect()
        if city.has("places")
        else pl.DataFrame(schema=PLACES)
    )
    notes: list[Mapping[str, Any]] = []
    found = []
    if city.has("cases"):
        found.append(_from_cases(city, on, places, notes))
    if city.has("signals"):
        found.append(_from_signals(city, on, places, notes))
    if not found:
        found.append(_from_counts(city, counts, notes))
    infections = _merged(found)
    row = counts.listed_from.get("reports")
    if row is not None and counts.days - row < 14 and np.isnan(counts.of("reports")[:row]).all():
        notes.append(note("none_before_the_first_line", first=counts.dates[row]))
    if infections.is_empty():
        notes.append(note("no_infections_seen", on=on))
    series, areas_of = {}, {}
    for level in (level for level in levels if city.areas.at_level(level)):
        series[level], areas_of[level] = daily_numbers(city, counts, on, level)
    return Seen(
        on=on,
        areas=city.areas,
        series=series,
        level_areas=areas_of,
        infections=infections,
        visits=_visits(city, on, places),
        places=places,
        rounds=_rounds(city, on),
        notes=tuple(notes),
    )


def _from_cases(city: City, on: date, places: pl.DataFrame, notes: list[Mapping[str, Any]]) -> pl.DataFrame:
    quarantine = places.filter(pl.col("kind") == "quarantine_site")["place_id"]
    found = pl.min_horizontal("specimen_date", "report_date")
    elsewhere = pl.col("in_control").fill_null(value=False) & (
        pl.col("isolation_date").is_null() | (pl.col("isolation_date") < found)
    )
    suspected = pl.col("classification").fill_null("confirmed") == "suspected"
    lines = (
        cases_known(city, on)
        .with_columns(
            _left_out=elsewhere | pl.col("place_id").is_in(quarantine.implode()).fill_null(value=False),
            _suspected=suspected,
        )
        .group_by(pl.col("report_date").alias("date"), "area_id", "place_id")
        .agg(
            infections=(~pl.col("_suspected")).sum().cast(pl.Float64),
            outside=(~pl.col("_suspected") & ~pl.col("_left_out")).sum().cast(pl.Float64),
            suspected=pl.col("_suspected").sum(),
            told=pl.col("in_control").is_not_null().any(),
        )
        .collect(engine="streaming")
    )
    if lines["suspected"].sum():
        notes.append(note("suspected_left_out", cases=int(lines["suspected"].sum())))
    if lines.height and not lines["told"].any():
        notes.append(note("in_control_not_told", table="cases"))
    named = places.select("place_id", "kind", place_area="area_id")
    return (
        lines.join(named, on="place_id", how="left")
        .with_columns(
            area_id=pl.coalesce("place_area", "area_id"),
            place_id=pl.when(pl.col("kind").is_not_null() & (pl.col("kind") != "quarantine_site")).then("place_id"),
            at_least=pl.lit(value=False),
        )
        .filter(pl.col("infections") > 0)
        .select(list(INFECTIONS))
    )


def _from_signals(city: City, on: date, places: pl.DataFrame, notes: list[Mapping[str, Any]]) -> pl.DataFrame:
    rows = (
        city.scan("signals")
        .filter(pl.col("date") <= on, pl.col("event") == "positive_found", pl.col("count") > 0)
        .select(
            "date",
            "place_id",
            infections=pl.col("count"),
            outside=pl.col("count"),
            at_least=pl.col("at_least").fill_null(value=False),
        )
        .collect()
    )
    if rows.height:
        notes.append(note("in_control_not_told", table="signals"))
        if rows["at_least"].any():
            notes.append(note("numbers_are_lower_bounds", table="signals"))
    return rows.join(places.select("place_id", "area_id"), on="place_id").select(list(INFECTIONS))


def _from_counts(city: City, counts: DailyCounts, notes: list[Mapping[str, Any]]) -> pl.DataFrame:
    reports = counts.of("reports")
    if np.isnan(reports).all():
        reports = counts.of("reports_local")
    in_control = counts.of("reports_in_control")
    if np.isnan(in_control).all():
        notes.append(note("in_control_not_told", table="counts"))
    outside = np.where(np.isnan(in_control), reports, np.maximum(reports - in_control, 0.0))
    # A wider area's number contains its parts (decision 3): only areas without a part that reports are anchors.
    told = {area_id for column, area_id in enumerate(counts.area_ids) if not np.isnan(reports[:, column]).all()}
    wider = {area.area_id for area_id in told for area in city.areas.path(area_id)[:-1]}
    finest = np.array([area_id in told and area_id not in wider for area_id in counts.area_ids], dtype=bool)
    day, column = np.nonzero((np.nan_to_num(reports) > 0) & finest)
    return pl.DataFrame(
        {
            "date": pl.Series(np.array(counts.dates, dtype="datetime64[D]")[day]).cast(pl.Date),
            "area_id": pl.Series(counts.area_ids, dtype=pl.String).gather(column),
            "place_id": pl.repeat(None, day.size, dtype=pl.String, eager=True),
            "infections": reports[day, column],
            "outside": outside[day, column],
            "at_least": pl.repeat(value=False, n=day.size, dtype=pl.Boolean, eager=True),
        }
    )


def _merged(found: list[pl.DataFrame]) -> pl.DataFrame:
    """The sources together: what two of them say of one place and day is one finding, the larger number."""
    each = [
        part.group_by("date", "area_id", "place_id").agg(
            pl.col("infections", "outside").sum(), pl.col("at_least").any()
        )
        for part in found
    ]
    return (
        pl.concat(each)
        .group_by("date", "area_id", "place_id")
        .agg(pl.col("infections", "outside").max(), pl.col("at_least").any())
        .select(list(INFECTIONS))
        .sort("date", "area_id", "place_id")
    )


def _visits(city: City, on: date, places: pl.DataFrame) -> pl.DataFrame:
    if not (city.has("visits") and city.has("cases") and city.has("places")):
        return pl.DataFrame(schema=VISITS)
    cases = cases_known(city, on).select(
        "case_id", "report_date", ill=pl.coalesce("onset_date", "specimen_date", "report_date")
    )
    return (
        city.scan("visits")
        .filter(pl.col("start").dt.date() <= on)
        .join(cases, left_on="person_id", right_on="case_id")
        .with_columns(
            last_visit=pl.min_horizontal(pl.coalesce("end", "start").dt.date(), pl.lit(on)),
        )
        .filter(pl.col("last_visit") <= pl.col("report_date"))
        .group_by(
            pl.col("report_date").alias("date"),
            "place_id",
            (pl.col("ill") - pl.col("last_visit")).dt.total_days().alias("days_before"),
        )
        .agg(visits=pl.len().cast(pl.Float64), last_visit=pl.col("last_visit").max())
        .collect(engine="streaming")
        .join(places.select("place_id", "area_id"), on="place_id")
        .select(list(VISITS))
    )


def _rounds(city: City, on: date) -> pl.DataFrame:
    if not city.has("tests"):
        return pl.DataFrame(schema=ROUNDS)
    return (
        city.scan("tests")
        .filter(pl.col("date") <= on, pl.col("reason") == "screening", pl.col("kind").is_in(list(SCREENS)))
        .group_by("date", "area_id")
        .agg(tested=pl.col("tests").sum().cast(pl.Float64), positives=pl.col("positives").sum().cast(pl.Float64))
        .collect()
        .select(list(ROUNDS))
    )
