"""What a measure may know on a day: the calendar, the map of the city, and what the city has seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np


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

    @property
    def blocks(self) -> int:
        """How many blocks there are."""
        return len(self.block_area)


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

    def where(self, areas: tuple[str, ...], zones: tuple[str, ...]) -> np.ndarray:
        """Blocks that lie in one of the areas (all where none is named) and in one of the zones (likewise)."""
        blocks = np.zeros(self.ground.blocks, dtype=bool)
        for area in areas:
            blocks |= self.ground.blocks_of[area]
        if not areas:
            blocks[:] = True
        if zones:
            if self.zones is None:
                return np.zeros_like(blocks)
            wanted = [index for index, code in enumerate(self.zones.tiers) if code in zones]
            blocks &= np.isin(self.zones.tier, wanted)
        return blocks
