"""Every input of the vocabulary that a city folder gives, by day, for the areas of one level."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from seawall.city import City
from seawall.watch.series import DailyCounts
from seawall.zones.judge import Floats
from seawall.zones.measure import Series
from seawall.zones.vocabulary import INPUTS


def daily_numbers(city: City, counts: DailyCounts, on: date, level: str) -> tuple[Series, tuple[str, ...]]:
    """Every input of the vocabulary that the folder gives for the areas of one level.

    Args:
        city: the folder.
        counts: its daily counts up to `on`.
        on: last day whose reports are in.
        level: area level.

    Returns:
        The series, one row a day from ``counts.start`` to `on` and one column an area; the areas' codes.
        Tests, doses and beds come from tables of their own where `counts` does not give them.
    """
    told = counts.rolled_up(city, level)
    areas = told.area_ids or tuple(area.area_id for area in city.areas.at_level(level))
    days = max(counts.days, 1)
    events, zero_before = {}, set()
    for event, array in told.events.items():
        row = counts.listed_from.get(event)
        if row is not None:
            events[event] = _listed(array, row)
            if not np.isnan(events[event][0]).any():
                zero_before.add(event)
        elif not np.isnan(array).all():
            events[event] = array
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
    residents = np.array([_known(city.areas.population(area_id)) for area_id in areas])
    from_lines = frozenset(name for name in values if substituted.get(name, INPUTS[name].events[0]) in zero_before)
    return Series(values=values, residents=residents, zero_before=from_lines, substituted=substituted), areas


def _listed(array: Floats, row: int) -> Floats:
    """An event of the line list without gaps: no line means none.

    So from its first day on and, where nothing else speaks of the days before, on those too.
    """
    since = 0 if np.isnan(array[:row]).all() else row
    filled = array.copy()
    filled[since:] = np.nan_to_num(array[since:])
    return filled


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
