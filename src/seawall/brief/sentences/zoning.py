"""What the rule sets would restrict, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from seawall.brief.sentence import Sentence, rows_where


def restricted(totals: pl.DataFrame) -> pl.DataFrame:
    """Zones, residents and person-days restricted under each rule set, in the order given.

    Args:
        totals: ``rules, tier, restricts, zones, residents, person_days`` of all rule sets.

    Returns:
        ``rules, zones, residents, person_days``.
    """
    held = pl.col("restricts").fill_null(value=False)
    return totals.group_by("rules", maintain_order=True).agg(
        pl.col("zones").filter(held).sum(),
        pl.col("residents").filter(held).sum(),
        pl.col("person_days").filter(held).sum(),
    )


def say_rules(totals: pl.DataFrame) -> Iterator[Sentence]:
    """Which rule set would restrict the fewest person-days and which the most."""
    sums = restricted(totals)
    if sums.is_empty():
        return
    acting = sums.filter(pl.col("person_days") > 0).sort("person_days", maintain_order=True)
    rows = rows_where(totals, pl.col("restricts"))
    if acting.is_empty():
        yield Sentence(code="rules_none", facts={"rules": sums["rules"].to_list()}, table="zone_totals", rows=rows)
        return
    least, most = acting.row(0, named=True), acting.row(-1, named=True)
    facts = {
        "least": least["rules"],
        "least_residents": least["residents"],
        "least_days": least["person_days"],
        "most": most["rules"],
        "most_residents": most["residents"],
        "most_days": most["person_days"],
    }
    yield Sentence(
        code="rules_range" if acting.height > 1 else "rules_one", facts=facts, table="zone_totals", rows=rows
    )


def say_smaller(smaller: pl.DataFrame, rules: str) -> Iterator[Sentence]:
    """What the next smaller zones that still cover the same cases would restrict instead."""
    finer = smaller.filter(
        pl.col("rules") == rules,
        pl.col("smaller_residents").is_not_null(),
        pl.col("covered_cases") >= pl.col("cases"),
    )
    if finer.is_empty():
        return
    residents, smaller_residents = float(finer["residents"].sum()), float(finer["smaller_residents"].sum())
    if smaller_residents >= residents:
        return
    facts = {"rules": rules, "zones": finer.height, "residents": residents, "smaller": smaller_residents}
    yield Sentence(
        code="smaller", facts=facts, table="zone_smaller", rows=rows_where(smaller, pl.col("rules") == rules)
    )


def say_zones(totals: pl.DataFrame, rules: str) -> Iterator[Sentence]:
    """How many zones the first rule set draws, and how many residents they restrict."""
    sums = restricted(totals).filter(pl.col("rules") == rules)
    if sums.is_empty():
        return
    row = sums.row(0, named=True)
    rows = rows_where(totals, pl.col("rules") == rules, pl.col("restricts"))
    facts = {"rules": rules, "zones": row["zones"], "residents": row["residents"], "person_days": row["person_days"]}
    yield Sentence(code="zones" if row["zones"] else "zones_none", facts=facts, table="zone_totals", rows=rows)


def say_zone_changes(changes: pl.DataFrame, rules: str) -> Iterator[Sentence]:
    """Zones new, stricter, milder or ended since yesterday under the first rule set, and where the new ones are."""
    mine = changes.filter(pl.col("rules") == rules)
    if mine.is_empty():
        return
    facts: dict[str, Any] = {
        change: mine.filter(pl.col("change") == change).height for change in ("new", "stricter", "milder", "ended")
    }
    fresh = mine.filter(pl.col("change") == "new")
    if fresh.height:
        facts["areas"] = fresh["area_id"].drop_nulls().unique(maintain_order=True).to_list()
    code = "zones_changed_new" if fresh.height else "zones_changed"
    yield Sentence(code=code, facts=facts, table="zone_changes", rows=rows_where(changes, pl.col("rules") == rules))
