"""Places by recent cases: the risk points of the day."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from seawall.city import City
from seawall.watch.series import cases_known

SCHEMA = {
    "place_id": pl.String,
    "area_id": pl.String,
    "kind": pl.String,
    "name": pl.String,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "cases_7d": pl.Float64,
    "cases_14d": pl.Float64,
    "at_least": pl.Boolean,
    "first_date": pl.Date,
    "last_date": pl.Date,
}


def places_by_cases(city: City, on: date) -> pl.DataFrame:
    """Places where infected people lived or stayed in the last 14 days, most recent cases first.

    A case counts for its own place by report date and for each place it visited by the day of the visit.
    A place signal (`signals`: something was found at a place, how many not always told) counts with its
    number, as a lower bound where it says so.

    Returns:
        ``place_id, area_id, kind, name, lon, lat, cases_7d, cases_14d, at_least, first_date, last_date``;
        `first_date` and `last_date` within the 14 days. Empty without a `places` table.
    """
    if not city.has("places"):
        return pl.DataFrame(schema=SCHEMA)
    since = on - timedelta(days=13)
    found = []
    if city.has("cases"):
        cases = cases_known(city, on)
        found.append(
            cases.filter(pl.col("place_id").is_not_null(), pl.col("report_date") >= since).select(
                "place_id", date=pl.col("report_date"), count=pl.lit(1.0), at_least=pl.lit(value=False)
            )
        )
        if city.has("visits"):
            visits = city.scan("visits").filter(pl.col("start").dt.date() >= since, pl.col("start").dt.date() <= on)
            found.append(
                visits.join(cases.select("case_id"), left_on="person_id", right_on="case_id", how="semi").select(
                    "place_id", date=pl.col("start").dt.date(), count=pl.lit(1.0), at_least=pl.lit(value=False)
                )
            )
    if city.has("signals"):
        found.append(
            city.scan("signals")
            .filter(pl.col("date") >= since, pl.col("date") <= on)
            .select("place_id", "date", "count", at_least=pl.col("at_least").fill_null(value=False))
        )
    if not found:
        return pl.DataFrame(schema=SCHEMA)
    week = pl.col("date") > on - timedelta(days=7)
    return (
        pl.concat(found)
        .group_by("place_id")
        .agg(
            cases_7d=pl.col("count").filter(week).sum(),
            cases_14d=pl.col("count").sum(),
            at_least=pl.col("at_least").any(),
            first_date=pl.col("date").min(),
            last_date=pl.col("date").max(),
        )
        .join(city.scan("places").drop("capacity"), on="place_id")
        .select(list(SCHEMA))
        .sort(["cases_7d", "cases_14d", "last_date", "place_id"], descending=[True, True, True, False])
        .collect(engine="streaming")
    )
