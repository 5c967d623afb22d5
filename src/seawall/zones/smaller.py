"""For each zone that restricts, the next smaller unit that still covers its cases (promise 4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import polars as pl

from seawall.zones.map import SMALLER
from seawall.zones.residents import UnitSizes, next_finer, place_residents
from seawall.zones.ruleset import UNITS, RuleSet
from seawall.zones.seen import Seen


def smaller_by_case(zones: pl.DataFrame, rules: RuleSet, sizes: UnitSizes) -> pl.DataFrame:
    """Of case-anchored zones: at most one finer unit for each recent infection, at its typical size.

    Args:
        zones: as `anchored_zones` gives them, with ``recent``.
        rules: a case-anchored rule.
        sizes: typical sizes.

    Returns:
        Columns `SMALLER`; an estimate, because zones already stand at the finest unit of the data.
    """
    anchored = rules.anchored
    assert anchored is not None
    held = (
        pl.when(pl.col("residents_basis") == "at_most")
        .then(pl.lit(anchored.unit))
        .when(pl.col("unit") == "place")
        .then(pl.lit("compound"))
        .otherwise("unit")
    )
    finer = {unit: next_finer(unit, sizes) for unit in UNITS}
    size = {unit: sizes.of(name) if (name := finer[unit]) else None for unit in UNITS}
    useful = (pl.col("residents_basis") != "nobody") & pl.col("_finer").is_not_null()
    return (
        zones.filter(pl.col("tier").is_in(_binding(rules)))
        .with_columns(_held=held)
        .with_columns(
            _finer=pl.col("_held").replace_strict(finer, return_dtype=pl.String),
            _size=pl.col("_held").replace_strict(size, return_dtype=pl.Float64),
        )
        .select(
            "area_id",
            "place_id",
            "tier",
            "residents",
            smaller_unit=pl.when(useful).then("_finer"),
            smaller_zones=pl.when(useful).then(pl.col("recent").ceil().cast(pl.Int64)),
            smaller_residents=pl.when(useful).then(
                pl.min_horizontal((pl.col("recent") * pl.col("_size")).round().cast(pl.Int64), "residents")
            ),
            covered_cases=pl.when(useful).then("recent"),
            cases="recent",
            estimate=useful,
        )
        .sort("area_id", "place_id")
        .cast(SMALLER)  # type: ignore[arg-type]
    )


def smaller_by_area(zones: pl.DataFrame, seen: Seen, rules: RuleSet, sizes: UnitSizes) -> pl.DataFrame:
    """Of judged areas: the parts, at the next finer level at which infections are located, that have any.

    Args:
        zones: as `indicator_zones` gives them.
        seen: what is seen; infections of the rule's longest window count.
        rules: an indicator rule.
        sizes: typical sizes, for listed places without a capacity.

    Returns:
        Columns `SMALLER`; nulls where no infection is located more finely than the zone.
    """
    assert rules.judged is not None
    span = max(indicator.window_days for indicator in rules.judged.indicators.values())
    recent = seen.infections.filter(pl.col("date") > seen.on - timedelta(days=span)).with_row_index("row")
    levels = [*seen.areas.levels, "place"]
    lies = {level: _part(recent, seen, level) for level in levels}
    people = dict(place_residents(seen.places, seen.areas, sizes).select("place_id", "place_residents").iter_rows())
    people |= {area_id: seen.areas.population(area_id) for area_id in seen.areas.areas}
    rows: list[tuple[Any, ...]] = []
    for zone in zones.filter(pl.col("tier").is_in(_binding(rules))).iter_rows(named=True):
        within = lies[zone["unit"]].filter(pl.col("part") == zone["area_id"])
        cases = float(within["infections"].sum())
        found: tuple[Any, ...] = (None, None, None, None, cases, False)
        for unit in levels[levels.index(zone["unit"]) + 1 :]:
            parts = lies[unit].join(within.select("row"), on="row", how="semi")
            if parts.height:
                known = [people.get(part) for part in parts["part"].unique()]
                total = None if None in known else round(sum(number for number in known if number is not None))
                found = (unit, len(known), total, float(parts["infections"].sum()), cases, unit == "place")
                break
        rows.append((zone["area_id"], None, zone["tier"], zone["residents"], *found))
    return pl.DataFrame(rows, schema=SMALLER, orient="row")


def _binding(rules: RuleSet) -> list[str]:
    return [tier.code for tier in rules.tiers if tier.restricts_residents]


def _part(recent: pl.DataFrame, seen: Seen, level: str) -> pl.DataFrame:
    """Recent infections by the unit of a level they lie in: ``row, part, infections``."""
    if level == "place":
        return recent.filter(pl.col("place_id").is_not_null()).select("row", part="place_id", infections="infections")
    return recent.join(seen.areas.ancestors_at(level), on="area_id").select(
        "row", part="ancestor_id", infections="infections"
    )
