"""The map of risk zones on one day under one rule set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from seawall.zones.ruleset import RuleSet

ZONES = {
    "rules": pl.String,
    "area_id": pl.String,
    "place_id": pl.String,
    "tier": pl.String,
    "since": pl.Date,
    "until": pl.Date,
    "reason": pl.String,
    "residents": pl.Int64,
    "person_days": pl.Int64,
    "unit": pl.String,
    "residents_basis": pl.String,
    "expires": pl.Date,
    "lifts_if": pl.String,
    "evidence": pl.String,
}
"""Columns of `ZoneMap.zones`."""

TOTALS = {
    "rules": pl.String,
    "tier": pl.String,
    "restricts": pl.Boolean,
    "kind": pl.String,
    "zones": pl.Int64,
    "residents": pl.Int64,
    "person_days": pl.Int64,
}
"""Columns of `ZoneMap.totals`."""

SMALLER = {
    "area_id": pl.String,
    "place_id": pl.String,
    "tier": pl.String,
    "residents": pl.Int64,
    "smaller_unit": pl.String,
    "smaller_zones": pl.Int64,
    "smaller_residents": pl.Int64,
    "covered_cases": pl.Float64,
    "cases": pl.Float64,
    "estimate": pl.Boolean,
}
"""Columns of `ZoneMap.smaller`."""


@dataclass(frozen=True, kw_only=True)
class ZoneMap:
    """Zones drawn by one rule set from what is seen on one day, each with its reason and its end.

    A zone is in force on the days ``since <= day < until``. The map shows those in force on `on`, with
    what was known when `on` had ended.

    Attributes:
        rules: key of the rule set.
        on: day for which it is drawn.
        tiers: tier codes of the rule set, mildest first; a tier that says "too little is known" stands
            before the mildest.
        zones: columns `ZONES`. One row a zone; a case-anchored rule leaves out units in its mildest
            tier, an indicator rule has a row for every area it judges, with a null tier where it cannot.
            `place_id` is null where the unit is an area. `until` is the first day on which the tier may
            end by itself if nothing new is found (exclusive end), null for a tier nothing milder follows.
            `expires` is the day on which it ends unless somebody renews it. `person_days` = residents x
            days from `on` to `until` for tiers that restrict, 0 for those that do not, null where the
            residents are not known. `unit` is ``place`` or an area level. `residents_basis` says where
            the number comes from, see `seawall.zones.residents.BASES`. `reason` is a message code with
            its facts as JSON (``{"code": ..., "facts": {...}}``, codes in `seawall.zones.messages`), so
            that it renders in every language and can be recomputed; `lifts_if` the same; `evidence` is
            JSON, the dates and numbers it rests on.
        totals: columns `TOTALS`, one row a tier that restricts or occurs. Nobody is counted twice: of an
            indicator rule only the narrowest areas count (the city's own row shows its tier).
            `restricts`: whether residents count as restricted; `kind`: in what, see `ruleset.RESTRICTS`.
        smaller: columns `SMALLER`: for each restricting zone that counts in `totals`, so that sums compare,
            the next smaller unit that still covers its cases, with
            what it would restrict; nulls where there is none. `estimate`: the
            data are no finer, so the smaller units are counted as at most one a case, at a typical size.
        notes: what the rule set could not see in these data, ``{"code": ..., "facts": {...}}``.
        drawn_by: the rule set itself: names of its tiers in three scripts, source, validity.
    """

    rules: str
    on: date
    tiers: tuple[str, ...]
    zones: pl.DataFrame
    totals: pl.DataFrame
    smaller: pl.DataFrame
    notes: tuple[Mapping[str, Any], ...] = field(default=())
    drawn_by: RuleSet | None = None
