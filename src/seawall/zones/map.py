"""The map of risk zones on one day under one rule set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl


@dataclass(frozen=True, kw_only=True)
class ZoneMap:
    """Zones drawn by one rule set from one day's situation, each with its reason and its end.

    Attributes:
        rules: key of the rule set.
        on: day for which it is drawn.
        tiers: tier codes of the rule set, mildest first.
        zones: ``rules, area_id, place_id, tier, since, until, reason, residents, person_days, lifts_if,
            evidence``. One row a zone; a case-anchored rule leaves out units in its mildest tier. `place_id`
            is null where the unit is an area. `until` is the first day on which it may end by itself if
            nothing new is found (exclusive end); `person_days` = residents x days from `on` to `until`
            for tiers that restrict, 0 for those that do not. `reason` is a message code with its facts as JSON
            (``{"code": ..., "facts": {...}}``), so that it renders in every language and can be recomputed;
            `lifts_if` the same; `evidence` lists dates and numbers it rests on.
        totals: ``rules, tier, restricts, zones, residents, person_days``.
        smaller: ``area_id, tier, residents, smaller_unit, smaller_zones, smaller_residents, covered_cases,
            cases``: for each restricting zone the next smaller unit that still covers its cases, with what it
            would restrict; null where the data are no finer.
        notes: what the rule set could not see in these data (codes with facts).
    """

    rules: str
    on: date
    tiers: tuple[str, ...]
    zones: pl.DataFrame
    totals: pl.DataFrame
    smaller: pl.DataFrame
    notes: tuple[Mapping[str, Any], ...] = field(default=())
