"""For every area the next smaller zone: the choice with that area left out of its limits, and what that risks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from seawall.measures import Ground, LimitContacts, LimitSchools, LimitSectors, Measure, Strategy
from seawall.plan.limits import Limit
from seawall.plan.paired import difference
from seawall.plan.score import Scored

LIMITS = (LimitContacts, LimitSectors, LimitSchools)
"""Kinds of measure that restrict whoever lives, works or learns in an area."""

SAVED = ("restricted_days", "lost_work_days", "lost_school_days")
RISKED = ("infections", "admissions", "deaths", "no_icu")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """The option with one area left out of every limit.

    Attributes:
        area: code of the district.
        strategy: what is ordered then.
    """

    area: str
    strategy: Strategy


def left_out(strategy: Strategy, ground: Ground) -> tuple[LeftOut, ...]:
    """For each district that a limit of the strategy may hold in, the strategy without it."""
    found = []
    for area in (one for one in ground.districts if one in ground.blocks_of):
        measures = [_without(measure, area, ground) for measure in strategy.measures]
        kept = tuple(one for one in measures if one is not None)
        if kept != strategy.measures:
            name = f"{strategy.name}, without {ground.names.get(area, area)}"
            found.append(LeftOut(area=area, strategy=dataclasses.replace(strategy, name=name, measures=kept, lines=())))
    return tuple(found)


def _without(measure: Measure, area: str, ground: Ground) -> Measure | None:
    """A measure that no longer holds in a district; itself where it did not; None where it held nowhere else."""
    if not isinstance(measure, LIMITS):
        return measure
    here = ground.blocks_of[area]
    held = np.zeros(ground.blocks, dtype=bool)
    for code in measure.areas or tuple(ground.districts):
        held |= ground.blocks_of[code]
    for code in measure.except_areas:
        held &= ~ground.blocks_of[code]
    if not (held & here).any():
        return measure
    if not (held & ~here).any():
        return None
    return dataclasses.replace(measure, except_areas=(*measure.except_areas, area))


def smaller_zones(
    ground: Ground,
    whole: Mapping[int, Scored],
    without: Mapping[str, Mapping[int, Scored]],
    limits: Sequence[Limit],
) -> pl.DataFrame:
    """What leaving each area out saves and risks, in the same replicates.

    Args:
        ground: the city.
        whole: the option as it is, by replicate.
        without: code of an area to the option without it, by replicate.
        limits: what must hold.

    Returns:
        A row per area: ``area_id, name, people, replicates``, then of each event the mean change with its 90 %
        interval, and ``p_meets`` beside ``p_meets_whole``. Person-days fall, deaths may rise.
    """
    rows = []
    for area, scored in without.items():
        common = sorted(set(whole) & set(scored))
        row: dict[str, object] = {
            "area_id": area,
            "name": ground.names.get(area, area),
            "people": int(ground.population[ground.blocks_of[area]].sum()),
            "replicates": len(common),
        }
        for event in (*SAVED, *RISKED):
            change = np.array([scored[one].amounts[event] - whole[one].amounts[event] for one in common])
            mean = difference(change)
            row |= {event: mean.mean, f"{event}_low": mean.low, f"{event}_high": mean.high}
        row["p_meets"] = _share(limits, [scored[one] for one in common])
        row["p_meets_whole"] = _share(limits, [whole[one] for one in common])
        rows.append(row)
    rows.sort(key=lambda row: str(row["area_id"]))
    return pl.DataFrame(rows, infer_schema_length=None)


def _share(limits: Sequence[Limit], scored: Sequence[Scored]) -> float:
    held = [not one.gave_up and all(one.amounts[limit.event] <= limit.at_most for limit in limits) for one in scored]
    return float(np.mean(held))
