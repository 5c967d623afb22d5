"""What a city sees on a day: all that a rule for zones may go by.

`Seen` holds reports, places, tests and beds, never true infections, and asks for no folder: the twin
builds one from what its own city reports, and the same code draws its zones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from seawall.city import AreaTree, City
from seawall.watch.series import DailyCounts, cases_known, daily_counts
from seawall.zones.measure import Series
from seawall.zones.messages import note
from seawall.zones.ruleset import JUDGED_LEVELS
from seawall.zones.vocabulary import INPUTS

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
        series: area level to daily numbers, one column an area in `level_areas` order.
        level_areas: area level to its area codes.
        start: first day of the rows of `series`.
        infections: ``date, area_id, place_id, infections, outside, at_least``: infections found, by day of
            report and by where the infected people live, as fine as is known (`place_id` null where no
            place is). `outside`: those not found in quarantine elsewhere. `at_least`: lower bounds.
        visits: ``date, area_id, place_id, visits, days_before, last_visit``: stays of infected people at
            places; `date` is the day the infection was reported, `days_before` how many days the
            stay lay before its onset (specimen, report).
        places: ``place_id, area_id, kind, capacity``.
        rounds: ``date, area_id, tested, positives``: people screened by area and day.
        notes: what these data leave open.
    """

    on: date
    areas: AreaTree
    series: Mapping[str, Series] = field(default_factory=dict)
    level_areas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    start: date | None = None
    infections: pl.DataFrame = field(default_factory=_nothing(INFECTIONS))
    visits: pl.DataFrame = field(default_factory=_nothing(VISITS))
    places: pl.DataFrame = field(default_factory=_nothing(PLACES))
    rounds: pl.DataFrame = field(default_factory=_nothing(ROUNDS))
    notes: tuple[Mapping[str, Any], ...] = ()


def see(city: City, on: date, *, counts: DailyCounts | None = None) -> Seen:
    """What the folder lets a rule see on a day: nothing that was reported later.

    Args:
        city: the folder.
        on: last day whose reports are in.
        counts: `daily_counts(city, on)` where the caller has it already.

    Returns:
        Infections come from the line list; where there is none from `signals` (numbers by place), and
        where these are missing too from `counts` at the finest areas they name.
    """
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
    if infections.is_empty():
        notes.append(note("no_infections_seen", on=on))
    levels = [level for level in JUDGED_LEVELS if city.areas.at_level(level)]
    series, areas_of = {}, {}
    for level in levels:
        series[level], areas_of[level] = _series(city, counts, on, level)
    return Seen(
        on=on,
        areas=city.areas,
        series=series,
        level_areas=areas_of,
        start=counts.start,
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


def _series(city: City, counts: DailyCounts, on: date, level: str) -> tuple[Series, tuple[str, ...]]:
    """Every input of the vocabulary that the folder gives for the areas of one level."""
    told = counts.rolled_up(city, level)
    areas = told.area_ids or tuple(area.area_id for area in city.areas.at_level(level))
    days = max(counts.days, 1)
    events = {event: array for event, array in told.events.items() if not np.isnan(array).all()}
    for event, array in _from_tables(city, on, counts, level, areas).items():
        events.setdefault(event, array)
    values, substituted = {}, {}
    for name, known in INPUTS.items():
        told_as = [event for event in known.events if event in events]
        if told_as:
            values[name] = events[told_as[0]]
            if told_as[0] != known.events[0]:
                substituted[name] = told_as[0]
        elif known.sum_of and all(part in events for part in known.sum_of):
            values[name] = np.sum([events[part] for part in known.sum_of], axis=0)
    if not values:
        values["infections"] = np.full((days, len(areas)), np.nan)
    listed = {event for event, row in counts.listed_from.items() if row == 0}
    zero_before = frozenset(name for name in values if any(event in listed for event in INPUTS[name].events[:1]))
    residents = np.array([_known(city.areas.population(area_id)) for area_id in areas])
    return Series(values=values, residents=residents, zero_before=zero_before, substituted=substituted), areas


def _known(population: int | None) -> float:
    return float("nan") if population is None else float(population)


def _from_tables(
    city: City, on: date, counts: DailyCounts, level: str, areas: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """Events that stand in tables of their own: tests, doses, beds; shape (day, area) each."""
    column = {area_id: place for place, area_id in enumerate(areas)}
    shape = (max(counts.days, 1), len(areas))
    lands = city.areas.ancestors_at(level)
    events: dict[str, np.ndarray] = {}
    if city.has("tests"):
        rows = (
            city.scan("tests")
            .filter(pl.col("date") >= counts.start, pl.col("date") <= on)
            .join(lands.lazy(), on="area_id")
            .group_by("date", "ancestor_id")
            .agg(pl.col("tests", "positives").sum().cast(pl.Float64))
            .collect()
        )
        for event in ("tests", "positives"):
            if rows.height:
                events[event] = _placed(rows, event, counts.start, column, shape)
    if city.has("doses"):
        rows = (
            city.scan("doses")
            .filter(pl.col("dose") == 2, pl.col("date") <= on)
            .join(lands.lazy(), on="area_id")
            .group_by(pl.max_horizontal("date", pl.lit(counts.start)).alias("date"), "ancestor_id")
            .agg(pl.col("doses").sum().cast(pl.Float64))
            .collect()
        )
        if rows.height:
            given = np.nan_to_num(_placed(rows, "doses", counts.start, column, shape))
            events["vaccinated"] = np.cumsum(given, axis=0)
    if city.has("capacity") and city.has("places"):
        beds = (
            city.scan("capacity")
            .join(city.scan("places").select("place_id", "area_id"), on="place_id")
            .join(lands.lazy(), on="area_id")
            .filter(pl.col("resource").is_in(["beds", "icu_beds"]))
            .group_by("resource", "ancestor_id")
            .agg(pl.col("total").sum())
            .collect()
        )
        for resource, event in (("beds", "staffed_beds"), ("icu_beds", "icu_beds")):
            mine = beds.filter(pl.col("resource") == resource)
            if mine.height:
                row = np.full(len(areas), np.nan)
                for area_id, total in mine.select("ancestor_id", "total").iter_rows():
                    row[column[area_id]] = total
                events[event] = np.tile(row, (shape[0], 1))
    return events


def _placed(
    rows: pl.DataFrame, value: str, start: date, column: Mapping[str, int], shape: tuple[int, int]
) -> np.ndarray:
    out: np.ndarray = np.full(shape, np.nan)
    day = (rows["date"] - start).dt.total_days().to_numpy()
    out[day, [column[area_id] for area_id in rows["ancestor_id"]]] = rows[value].to_numpy()
    return out
