"""What a measure may know on a day: the calendar, the map of the city, and what the city has seen."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

ESSENTIAL = "essential"
"""Stands for all sectors that keep running under any restriction, whatever they are called in a city."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The city as measures speak of it.

    Attributes:
        area_ids: every area code of the folder, of any level.
        blocks_of: area code to bool, shape (block,): the blocks that lie in it.
        block_area: code of the finest area of each block.
        block_place: code of the compound of each block, as it stands in the table `places`.
        districts: codes of the districts.
        district_of_block: int, shape (block,).
        sectors: names of the sectors.
        residents: int64, shape (block, age class).
        capacity: beds, icu_beds, rooms, tests_per_day of the city.
        levels: area code to its level.
        names: area code to its name.
        variants: names of the variants of the pathogen, in the order of its course.
        essential: names of the sectors that keep running under any restriction.
    """

    area_ids: tuple[str, ...]
    blocks_of: Mapping[str, np.ndarray] = field(repr=False)
    block_area: tuple[str, ...] = field(repr=False)
    block_place: tuple[str, ...] = field(repr=False)
    districts: tuple[str, ...]
    district_of_block: np.ndarray = field(repr=False)
    sectors: tuple[str, ...]
    residents: np.ndarray = field(repr=False)
    capacity: Mapping[str, float] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict, repr=False)
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    variants: tuple[str, ...] = ()
    essential: tuple[str, ...] = ()

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return len(self.block_area)

    @cached_property
    def population(self) -> np.ndarray:
        """Residents of each block, int64, shape (block,)."""
        return np.asarray(self.residents.sum(axis=1, dtype=np.int64))

    @cached_property
    def _worked_out(self) -> dict[Hashable, Any]:
        return {}

    def area_of_blocks(self, level: str) -> np.ndarray:
        """Number of the area of a level each block lies in, int64, shape (block,); in order of `area_ids`, -1: none.

        In a city without areas of the level ``district`` these are the districts that residents were divided by.
        """
        if level not in self._worked_out:
            found = np.full(self.blocks, -1, dtype=np.int64)
            if level == "district" and level not in self.levels.values():
                found[:] = self.district_of_block
            for position, code in enumerate(one for one in self.area_ids if self.levels.get(one) == level):
                found[self.blocks_of[code]] = position
            self._worked_out[level] = found
        return np.asarray(self._worked_out[level])

    def part_of_blocks(self, parts: int) -> np.ndarray:
        """Which of so many parts of about as many residents each block lies in, int64, shape (block,), from 0.

        Districts stay whole and go to parts in their order; where there are fewer districts than parts, blocks do.
        """
        key = ("parts", parts)
        if key not in self._worked_out:
            by_block = self.district_of_block if len(self.districts) >= parts else np.arange(self.blocks)
            people = np.bincount(by_block, weights=self.population)
            middle = np.cumsum(people) - people / 2
            part = np.minimum(middle * (parts / max(people.sum(), 1.0)), parts - 1).astype(np.int64)
            self._worked_out[key] = part[by_block]
        return np.asarray(self._worked_out[key])


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the city has seen by this morning: reports, tests, beds; never true infections.

    Attributes:
        start: first day of the run.
        day: today, days since the start; yesterday is the last day seen.
        reports: int32, shape (day, block). Infections reported, by day of report and block of residence; rows up to
            yesterday.
        reports_in_control: int32, shape (day, block). Of these, found while confined or on arrival.
        imported: int32, shape (day, block). Of these, infected elsewhere.
        tests, positives: int64, shape (day, district). People tested, and positive among them, by specimen day.
        screened: int64, shape (day, district). People tested by PCR in rounds, among `tests`; None where nobody counts.
        in_hospital, in_icu: int64, shape (day,). Stocks at the day's end.
        deaths: int64, shape (day, district).
        before: reports of the days before the run, shape (earlier day, block), the last row the day before the
            start; empty where the run begins from nothing.
    """

    start: date
    day: int
    reports: np.ndarray = field(repr=False)
    reports_in_control: np.ndarray = field(repr=False)
    imported: np.ndarray = field(repr=False)
    tests: np.ndarray = field(repr=False)
    positives: np.ndarray = field(repr=False)
    in_hospital: np.ndarray = field(repr=False)
    in_icu: np.ndarray = field(repr=False)
    deaths: np.ndarray = field(repr=False)
    before: np.ndarray = field(repr=False)
    screened: np.ndarray | None = field(default=None, repr=False)

    @property
    def date(self) -> date:
        """Today."""
        return self.start + timedelta(days=self.day)

    @cached_property
    def worked_out(self) -> dict[Hashable, Any]:
        """What has been worked out of this morning's record, so that measures with one trigger share the work."""
        return {}

    def reports_of(self, blocks: np.ndarray) -> np.ndarray:
        """Reports of some blocks on every day known, before the run and since, int64, shape (day,)."""
        known = (self.before[:, blocks], self.reports[: self.day, blocks])
        return np.concatenate([rows.sum(axis=1, dtype=np.int64) for rows in known])

    def recent_reports(self, days: int) -> np.ndarray:
        """Reports of the last so many days, int64, shape (block,)."""
        first = self.day - days
        recent = self.reports[max(first, 0) : self.day].sum(axis=0, dtype=np.int64)
        if first < 0 and self.before.shape[0]:
            recent += self.before[first:].sum(axis=0, dtype=np.int64)
        return np.asarray(recent)


Zoning = Callable[[Seen], "Zones"]
"""A rule for zones: a function of what has been seen, and of nothing else."""


@dataclass(frozen=True, kw_only=True)
class Zones:
    """Tiers drawn from what is seen.

    Attributes:
        tiers: codes, mildest first.
        tier: int, shape (block,). Index of the tier each block is in.
    """

    tiers: tuple[str, ...]
    tier: np.ndarray = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Today:
    """What `pull` is told.

    Attributes:
        date: today.
        day: days since the start.
        ground: the city.
        seen: what has been seen by this morning.
        zones: the zones in force this morning; None where no rule draws any.
    """

    date: date
    day: int
    ground: Ground
    seen: Seen
    zones: Zones | None = None

    def where(
        self,
        areas: tuple[str, ...],
        zones: tuple[str, ...] = (),
        *,
        but: tuple[str, ...] = (),
        part: tuple[int, int] | None = None,
    ) -> np.ndarray:
        """Blocks that lie in one of the areas (all where none is named) and in one of the zones (likewise).

        Args:
            areas, zones: codes.
            but: codes of areas left out.
            part: which of how many parts of the city, from 1; see `Ground.part_of_blocks`.

        Returns:
            bool, shape (block,).
        """
        blocks = np.zeros(self.ground.blocks, dtype=bool)
        for area in areas:
            blocks |= self.ground.blocks_of[area]
        if not areas:
            blocks[:] = True
        for area in but:
            blocks &= ~self.ground.blocks_of[area]
        if part is not None:
            blocks &= self.ground.part_of_blocks(part[1]) == part[0] - 1
        if zones:
            if self.zones is None:
                return np.zeros_like(blocks)
            wanted = [index for index, code in enumerate(self.zones.tiers) if code in zones]
            blocks &= np.isin(self.zones.tier, wanted)
        return blocks
