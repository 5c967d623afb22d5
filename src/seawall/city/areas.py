"""The tree of areas: city, district, subdistrict, community, grid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One area. `population` is None where the folder does not say."""

    area_id: str
    parent_id: str | None
    level: str
    name: str
    name_zh: str | None = None
    population: int | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class AreaTree:
    """Areas by code, with the ways up and down.

    A population that a table leaves empty is the sum of its children's, where all of them have one.
    """

    areas: Mapping[str, Area] = field(repr=False)

    @cached_property
    def root(self) -> Area:
        """The area without a parent: the city."""
        return next(area for area in self.areas.values() if area.parent_id is None)

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: dict[str, list[str]] = {area_id: [] for area_id in self.areas}
        for area in self.areas.values():
            if area.parent_id is not None:
                children[area.parent_id].append(area.area_id)
        return children

    def __getitem__(self, area_id: str) -> Area:
        return self.areas[area_id]

    def __contains__(self, area_id: object) -> bool:
        return area_id in self.areas

    def children(self, area_id: str) -> tuple[Area, ...]:
        """The areas directly below."""
        return tuple(self.areas[child] for child in self._children[area_id])

    def at_level(self, level: str) -> tuple[Area, ...]:
        """All areas of one level, in the table's order."""
        return tuple(area for area in self.areas.values() if area.level == level)

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """Levels that occur, widest first."""
        from seawall.city.schema import LEVELS

        present = {area.level for area in self.areas.values()}
        return tuple(level for level in LEVELS if level in present)

    @cached_property
    def level_of_each(self) -> pl.DataFrame:
        """Table ``area_id, level``."""
        return pl.DataFrame(
            {"area_id": list(self.areas), "level": [area.level for area in self.areas.values()]},
            schema={"area_id": pl.String, "level": pl.String},
        )

    def ancestor(self, area_id: str, level: str) -> str | None:
        """The area of that level in which `area_id` lies (itself included); None where there is none."""
        area: Area | None = self.areas.get(area_id)
        while area is not None and area.level != level:
            area = self.areas[area.parent_id] if area.parent_id is not None else None
        return None if area is None else area.area_id

    def path(self, area_id: str) -> tuple[Area, ...]:
        """From the city down to the area."""
        steps = [self.areas[area_id]]
        while (parent := steps[-1].parent_id) is not None:
            steps.append(self.areas[parent])
        return tuple(reversed(steps))

    def ancestors_at(self, level: str) -> pl.DataFrame:
        """Table ``area_id, ancestor_id``: for every area at or below `level`, where it lies."""
        pairs = [(area_id, self.ancestor(area_id, level)) for area_id in self.areas]
        return pl.DataFrame(
            [pair for pair in pairs if pair[1] is not None],
            schema={"area_id": pl.String, "ancestor_id": pl.String},
            orient="row",
        )

    @cached_property
    def _populations(self) -> dict[str, int | None]:
        from seawall.city.schema import LEVELS

        known: dict[str, int | None] = {}
        for area in sorted(self.areas.values(), key=lambda area: -LEVELS.index(area.level)):
            population = area.population
            if population is None and self._children[area.area_id]:
                parts = [known[child] for child in self._children[area.area_id]]
                if all(part is not None for part in parts):
                    population = sum(part for part in parts if part is not None)
            known[area.area_id] = population
        return known

    def population(self, area_id: str) -> int | None:
        """Residents of an area: as stated, or the sum of its parts; None where neither is known."""
        return self._populations[area_id]

    @classmethod
    def of(cls, rows: Iterable[Area]) -> AreaTree:
        """A tree of areas already checked."""
        return cls({area.area_id: area for area in rows})
