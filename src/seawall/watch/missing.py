"""What the folder lacks, and what that hides from whoever reads the brief."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from seawall.city import TABLES, City
from seawall.watch.series import DailyCounts

SCHEMA = {"item": pl.String, "kind": pl.String, "hides": pl.String}

BRIEF_TABLES = (
    "cases",
    "counts",
    "population",
    "places",
    "visits",
    "exposures",
    "tests",
    "doses",
    "arrivals",
    "trips",
    "capacity",
)
"""Tables a brief makes use of or a reader would look for; the economy's belong to choosing."""

COLUMNS = {
    "onset_date": "when people fell ill: the delay to their test, and the nowcast by onset",
    "specimen_date": "how long specimens wait for a result",
    "isolation_date": "how soon infected people are isolated",
    "admission_date": "how soon the ill reach a hospital",
    "in_control": "whether infections are found in quarantine or in the community",
    "origin": "which infections came from outside",
    "place_id": "where within an area the cases are",
    "age": "who is old and at risk among the cases",
}

EVENTS = {
    "reports_in_control": "whether infections are found in quarantine or in the community",
    "reports_imported": "which infections came from outside",
    "tests": "whether a rise in reports is a rise in testing",
    "in_hospital": "how full the hospitals are",
    "deaths": "how many have died",
}


def missing(city: City, counts: DailyCounts) -> pl.DataFrame:
    """Each table, column, event or shape that is not there, and what cannot be seen without it.

    Returns:
        ``item, kind, hides``; `kind` is ``table``, ``column``, ``event`` or ``polygons``.
    """
    rows = [(name, "table", TABLES[name].hides) for name in BRIEF_TABLES if not city.has(name)]
    if city.has("cases"):
        empty = city.scan("cases").select(pl.col(list(COLUMNS)).is_null().all()).collect(engine="streaming")
        rows += [(f"cases.{name}", "column", hides) for name, hides in COLUMNS.items() if empty[name].item()]
    told = {event for event, values in counts.events.items() if not np.isnan(values).all()}
    if city.has("tests"):
        told.add("tests")
    covered = {"in_control": "reports_in_control", "origin": "reports_imported"}
    by_column = {
        covered[item.removeprefix("cases.")]
        for item, kind, _ in rows
        if kind == "column" and item.removeprefix("cases.") in covered
    }
    rows += [(event, "event", hides) for event, hides in EVENTS.items() if event not in told | by_column]
    if not city.polygons:
        rows.append(("areas.geojson", "polygons", "the shape of the areas: the map shows points only"))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def gaps(counts: DailyCounts, on: date, *, days: int = 14) -> pl.DataFrame:
    """Recent days for which an area that reports regularly has no number.

    Args:
        counts: daily counts at the level to be judged.
        on: today, the last row of the arrays.
        days: how far to look back.

    Returns:
        ``area_id, event, date`` for every day without a number after the area's first.
    """
    rows = []
    for event, values in counts.events.items():
        known = ~np.isnan(values)
        begun = np.maximum.accumulate(known, axis=0)
        day, column = np.nonzero(begun & ~known)
        rows += [
            (counts.area_ids[c], event, counts.dates[d])
            for d, c in zip(day.tolist(), column.tolist(), strict=True)
            if (on - counts.dates[d]).days < days
        ]
    return pl.DataFrame(rows, schema={"area_id": pl.String, "event": pl.String, "date": pl.Date}, orient="row")
