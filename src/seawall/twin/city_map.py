"""The city as measures speak of it: areas by code, blocks, beds and rooms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from seawall.city import AreaTree, City
from seawall.city.synth.jobs import HEALTH, TRANSPORT, speaks_of
from seawall.city.synth.people import People
from seawall.measures.today import Ground


class BlocksOf(Mapping[str, np.ndarray]):
    """Area code to the blocks that lie in it, worked out when asked for."""

    def __init__(self, ways: Mapping[str, frozenset[str]], block_area: tuple[str, ...]) -> None:
        self._inside = ways
        self._block_area = np.array(block_area)
        self._known: dict[str, np.ndarray] = {}

    def __getitem__(self, area_id: str) -> np.ndarray:
        if area_id not in self._known:
            self._known[area_id] = np.isin(self._block_area, list(self._inside[area_id]))
        return self._known[area_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._inside)

    def __len__(self) -> int:
        return len(self._inside)


def block_code(block: int) -> str:
    """Code of a block's compound in the table `places`."""
    return f"K{block:06d}"


def map_of(
    people: People,
    areas: AreaTree | None = None,
    capacity: Mapping[str, float] | None = None,
    variants: tuple[str, ...] = (),
) -> Ground:
    """The city as measures speak of it.

    Args:
        people: the residents.
        areas: the tree of areas; None: only the finest areas have codes.
        capacity: ``beds, icu_beds, rooms, tests_per_day``; what is missing has no limit, save rooms, of which there are
            none.
        variants: names of the variants, for measures that name one.
    """
    block_area = tuple(people.area_ids[area] for area in people.area_of_block.tolist())
    inside: dict[str, set[str]] = {area_id: {area_id} for area_id in people.area_ids}
    if areas is not None:
        inside = {area_id: set() for area_id in areas.areas}
        for area_id in people.area_ids:
            for step in areas.path(area_id):
                inside[step.area_id].add(area_id)
    known = {} if areas is None else areas.areas
    return Ground(
        area_ids=tuple(inside),
        blocks_of=BlocksOf({area_id: frozenset(parts) for area_id, parts in inside.items()}, block_area),
        block_area=block_area,
        block_place=tuple(block_code(block) for block in range(len(block_area))),
        districts=people.district_ids,
        district_of_block=people.district_of_block,
        sectors=people.sectors,
        residents=people.by_class,
        capacity=dict(capacity or {}),
        variants=variants,
        levels={area_id: area.level for area_id, area in known.items()},
        names={area_id: area.name for area_id, area in known.items()},
    )


UTILITIES = ("utilit", "water", "electric", "power", "gas", "energy", "供水", "水利", "电力", "燃气", "热力")
FOOD = ("food", "agricult", "farm", "食品", "粮", "农")
GOVERNMENT = ("government", "administ", "公共管理", "政府")
ESSENTIAL_WORDS = (*HEALTH, *UTILITIES, *FOOD, *GOVERNMENT, *TRANSPORT)
"""How words in the name of a sector begin that keeps running, where the folder does not say; assumed."""


def essential_of(city: City, sectors: tuple[str, ...]) -> tuple[str, ...]:
    """Sectors that keep running under any restriction: as the folder says of most of their workers, else by their name.

    Args:
        city: the folder.
        sectors: names of the sectors its residents work in.
    """
    if city.has("sectors") and "essential" in city.scan("sectors").collect_schema().names():
        told = city.scan("sectors").filter(pl.col("essential").is_not_null()).group_by("sector")
        share = told.agg((pl.col("essential") * pl.col("workers")).sum() / pl.col("workers").sum()).collect()
        if share.height:
            most = {sector for sector, part in share.iter_rows() if part is not None and part > 0.5}
            return tuple(sector for sector in sectors if sector in most)
    return tuple(sector for sector in sectors if speaks_of(sector, ESSENTIAL_WORDS))


ROOMS = ("isolation_rooms", "quarantine_rooms")


def capacity_of(city: City) -> dict[str, float]:
    """Beds, intensive care beds, rooms and tests a day that the folder says there are."""
    if not city.has("capacity"):
        return {}
    rows = city.scan("capacity").group_by("resource").agg(pl.col("total").sum()).collect()
    told = dict(rows.iter_rows())
    found = {name: float(told[name]) for name in ("beds", "icu_beds", "tests_per_day") if name in told}
    if any(name in told for name in ROOMS):
        found["rooms"] = float(sum(told.get(name, 0.0) for name in ROOMS))
    return found
