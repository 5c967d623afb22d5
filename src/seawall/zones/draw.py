"""From what is seen to a map of zones, and several maps side by side."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from seawall.city import AreaTree
from seawall.zones.anchored import anchored_zones
from seawall.zones.indicator import indicator_zones
from seawall.zones.map import TOTALS, ZONES, ZoneMap
from seawall.zones.messages import note
from seawall.zones.residents import UnitSizes
from seawall.zones.ruleset import UNITS, RuleSet
from seawall.zones.seen import Seen
from seawall.zones.smaller import smaller_by_area, smaller_by_case

COMPARED = {
    "rules": pl.String,
    "in_force": pl.Boolean,
    "zones": pl.Int64,
    "restricting_zones": pl.Int64,
    "residents_restricted": pl.Int64,
    "share_restricted": pl.Float64,
    "person_days": pl.Int64,
    "not_judged": pl.Int64,
}
"""Columns of `compare`."""


def draw_zones(seen: Seen, rules: RuleSet, *, sizes: UnitSizes | None = None) -> ZoneMap:
    """The zones a rule set proposes from what is seen on a day. Proposes: a named person issues (promise 5).

    Args:
        seen: what is seen when the day has ended; see `see` for a city folder.
        rules: a rule set of either family.
        sizes: typical sizes of units, where places have no capacity; the documented ones when None.

    Returns:
        The map. A rule set that was not in force on the day is drawn all the same, with a note.
    """
    sizes = UnitSizes() if sizes is None else sizes
    if rules.anchored is not None:
        found, notes = anchored_zones(seen, rules, sizes)
        days = (pl.col("until") - seen.on).dt.total_days()
        binding = [tier.code for tier in rules.tiers if tier.restricts_residents]
        bound = pl.when(pl.col("tier").is_in(binding)).then(pl.col("residents") * days).otherwise(0)
        found = found.with_columns(person_days=bound)
        counted = _without_nested(found, seen.areas)
        smaller = smaller_by_case(counted, rules, sizes)
    else:
        found, notes = indicator_zones(seen, rules)
        narrowest = min(found["unit"].unique(), key=UNITS.index, default="city")
        counted = found.filter(pl.col("unit") == narrowest)
        smaller = smaller_by_area(counted, seen, rules, sizes)
    zones = found.select(list(ZONES)).cast(ZONES).sort("area_id", "place_id", "tier")  # type: ignore[arg-type]
    if not rules.in_force(seen.on):
        notes = [
            note("outside_validity", rules=rules.key, valid_from=rules.valid_from, valid_to=rules.valid_to),
            *notes,
        ]
    return ZoneMap(
        rules=rules.key,
        on=seen.on,
        tiers=tuple(tier.code for tier in rules.tiers),
        zones=zones,
        totals=_totals(counted, rules),
        smaller=smaller,
        notes=(*seen.notes, *notes),
        drawn_by=rules,
    )


def _without_nested(zones: pl.DataFrame, areas: AreaTree) -> pl.DataFrame:
    """The zones without those that lie in a zone that binds a whole area already."""
    whole = set(zones.filter(pl.col("residents_basis") == "area")["area_id"])
    if not whole:
        return zones
    inside = [
        area_id
        for area_id in zones["area_id"].unique()
        if any(wider.area_id in whole for wider in areas.path(area_id)[:-1])
    ]
    nested = pl.col("area_id").is_in(inside) | (pl.col("place_id").is_not_null() & pl.col("area_id").is_in(list(whole)))
    return zones.filter(~nested)


def _totals(zones: pl.DataFrame, rules: RuleSet) -> pl.DataFrame:
    by_tier = zones.group_by("tier").agg(
        zones=pl.len().cast(pl.Int64), residents=pl.col("residents").sum(), person_days=pl.col("person_days").sum()
    )
    drawn = set(by_tier["tier"])
    rows = pl.DataFrame(
        [
            (rules.key, tier.code, tier.restricts_residents, tier.restricts)
            for tier in rules.tiers
            if tier.code in drawn or (tier.restricts_residents and not tier.by_judgement)
        ],
        schema={name: TOTALS[name] for name in ("rules", "tier", "restricts", "kind")},
        orient="row",
    )
    return (
        rows.join(by_tier, on="tier", how="left", maintain_order="left")
        .with_columns(pl.col("zones", "residents", "person_days").fill_null(0))
        .select(list(TOTALS))
        .cast(TOTALS)  # type: ignore[arg-type]
    )


def compare(maps: Iterable[ZoneMap], areas: AreaTree) -> pl.DataFrame:
    """Residents and person-days restricted under each rule set, side by side.

    Args:
        maps: maps of one day.
        areas: the tree, for the city's population.

    Returns:
        Columns `COMPARED`, one row a map, in their order. `share_restricted` is of the city's population,
        null where that is not known; `not_judged` counts areas of which too little is known for a tier.
    """
    rows = []
    people = areas.population(areas.root.area_id)
    for one in maps:
        bound = one.totals.filter("restricts")
        residents = int(bound["residents"].sum())
        unknown = [tier.code for tier in one.drawn_by.tiers if tier.unknown] if one.drawn_by else []
        rows.append(
            (
                one.rules,
                one.drawn_by is None or one.drawn_by.in_force(one.on),
                one.zones.height,
                int(bound["zones"].sum()),
                residents,
                residents / people if people else None,
                int(bound["person_days"].sum()),
                one.zones.filter(pl.col("tier").is_null() | pl.col("tier").is_in(unknown)).height,
            )
        )
    return pl.DataFrame(rows, schema=COMPARED, orient="row")
