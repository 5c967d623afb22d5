"""Routine tests of people in jobs that are watched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seawall.city.layers import KEY_GROUPS
from seawall.core import quantity
from seawall.disease.course import TEST_KINDS
from seawall.measures.levers import Levers, RoutineTests
from seawall.measures.measure import (
    Measure,
    areas_setting,
    blocks_today,
    except_areas_setting,
    part_setting,
    setting,
    zones_setting,
)
from seawall.measures.today import Today


@dataclass(frozen=True, slots=True, kw_only=True)
class TestKeyGroups(Measure):
    """Workers of some groups are tested every so many days, each on their own days.

    It holds where the workplace lies.
    """

    kind: Literal["test_key_groups"] = "test_key_groups"
    areas: tuple[str, ...] = areas_setting()
    except_areas: tuple[str, ...] = except_areas_setting()
    part: str = part_setting()
    zones: tuple[str, ...] = zones_setting()
    groups: tuple[str, ...] = setting(KEY_GROUPS, among=KEY_GROUPS, about="Groups watched by their job.")
    every_days: int = quantity(
        7,
        unit="day",
        low=1,
        high=90,
        source="assumed",
        about="Days from one test of a worker to the next.",
    )
    test: str = setting("pcr", among=TEST_KINDS, about="Kind of test.")
    pool: int = quantity(1, unit="specimen per test", low=1, high=50, source="assumed", about="Specimens in one tube.")
    turnaround_days: int = quantity(
        1,
        unit="day",
        low=0,
        high=14,
        source="assumed",
        about="Whole days from specimen to result.",
    )
    adherence: float = quantity(
        0.95,
        unit="fraction of tests due",
        low=0,
        high=1,
        source="assumed",
        about="Share of the tests due that are taken, drawn for each test.",
    )

    def pull(self, levers: Levers, today: Today) -> None:
        """Test whoever's day it is."""
        blocks = blocks_today(self, today)
        if blocks is None or self.adherence == 0 or not self.groups:
            return
        levers.routine.append(
            RoutineTests(
                measure=self.key,
                groups=tuple(KEY_GROUPS.index(group) for group in self.groups),
                blocks=blocks,
                every_days=self.every_days,
                kind=TEST_KINDS.index(self.test),
                missed=1 - self.adherence,
                pool=self.pool,
                turnaround_days=self.turnaround_days,
            )
        )
