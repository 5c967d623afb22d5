"""Where the risk is."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from seawall.brief.sentence import Sentence, rows_where

MOST = 3
"""Districts named as those with most reports."""

NOTABLE_RATE_REPORTS = 5
"""Reports in seven days below which a district's rate is not called the highest."""


def say_districts(districts: pl.DataFrame) -> Iterator[Sentence]:
    """Which districts account for most of the last week's reports, and which has the highest rate."""
    total = districts["last7"].sum()
    if not total or districts.height < 2:
        return
    ranked = districts.filter(pl.col("last7") > 0).sort("last7", descending=True, maintain_order=True)
    top = ranked["area_id"].to_list()[:MOST]
    share = float(ranked["last7"].head(MOST).sum()) / float(total)
    rows = rows_where(districts, pl.col("area_id").is_in(top))
    code = "districts_most" if ranked.height > MOST else "districts_all"
    yield Sentence(
        code=code, facts={"areas": top, "share": share, "of": districts.height}, table="districts", rows=rows
    )
    rated = ranked.filter(pl.col("last7_per_100k").is_not_null(), pl.col("last7") >= NOTABLE_RATE_REPORTS)
    if rated.height:
        first = rated.sort("last7_per_100k", descending=True, maintain_order=True).row(0, named=True)
        yield Sentence(
            code="districts_rate",
            facts={"area": first["area_id"], "rate": first["last7_per_100k"], "last7": first["last7"]},
            table="districts",
            rows=rows_where(districts, pl.col("area_id") == first["area_id"]),
        )


def say_places(places: pl.DataFrame) -> Iterator[Sentence]:
    """How many places had infections in the last fortnight, and how many are new this week."""
    if places.is_empty():
        return
    fresh = places.filter(pl.col("cases_7d") == pl.col("cases_14d"), pl.col("cases_7d") > 0)
    repeated = places.filter(pl.col("cases_14d") >= 2)
    facts = {"places": places.height, "new": fresh.height, "repeated": repeated.height}
    yield Sentence(code="places_recent", facts=facts, table="places", rows=(2, places.height + 1))
