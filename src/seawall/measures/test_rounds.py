"""Rounds of tests of everybody in an area."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from seawall.city.layers import AGE_CLASS_FROM
from seawall.core import quantity
from seawall.disease.course import TEST_KINDS
from seawall.measures.levers import Levers, TestRound
from seawall.measures.measure import (
    OLDEST_AGE,
    Measure,
    ages_refused,
    areas_setting,
    blocks_today,
    days_refused,
    except_areas_setting,
    part_setting,
    setting,
    zones_setting,
)
from seawall.measures.today import Ground, Today


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRounds(Measure):
    """Everybody in an area is tested, again and again: every so many days, or on days listed.

    A round takes as many days as the people who can be sampled in a day make necessary; each day reaches the next
    part of the residents, so that a round reaches everybody once. A round every so many days waits for the last one to
    end; a round on a listed day cuts the last one short. Where the area is a zone, the calendar is the measure's, not
    the zone's; likewise where `each` area begins by itself.
    """

    kind: Literal["test_rounds"] = "test_rounds"
    areas: tuple[str, ...] = areas_setting()
    except_areas: tuple[str, ...] = except_areas_setting()
    part: str = part_setting()
    zones: tuple[str, ...] = zones_setting()
    every_days: int = quantity(
        3,
        unit="day",
        low=1,
        high=365,
        source="assumed",
        about="Days from the start of one round to that of the next.",
    )
    days: tuple[int, ...] = setting(
        (), about="Days on which a round starts, 0 for the day the measure does; left out: every `every_days`."
    )
    people_a_day: float = quantity(
        1e9,
        unit="person per day",
        low=1,
        high=1e9,
        source="assumed",
        about="People who can be sampled in a day; as it stands, no bound.",
    )
    ages: tuple[int, int] = setting((0, OLDEST_AGE), about="First and last age tested.")
    test: str = setting("pcr_pooled", among=TEST_KINDS, about="Kind of test.")
    pool: int = quantity(10, unit="specimen per test", low=1, high=50, source="assumed", about="Specimens in one tube.")
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
        unit="fraction of residents",
        low=0,
        high=1,
        source="assumed",
        about="Share who turn up; the others miss every round.",
    )

    def refusals(self) -> Iterator[tuple[str, str, str]]:
        """Ages or days that cannot be."""
        yield from ages_refused(self.ages)
        yield from days_refused("days", self.days)
        if self.days and self.each:
            problem = f"they are counted from one beginning, and each {self.each} begins by itself"
            yield "days", problem, "Write `every_days`, or leave `each` out"

    def pull(self, levers: Levers, today: Today) -> None:
        """Test the part of the residents whose turn it is."""
        blocks = blocks_today(self, today)
        if blocks is None or self.adherence == 0:
            return
        residents = _people(today.ground, blocks, self.ages)
        if residents == 0:
            return
        share = min(1.0, self.people_a_day / residents)
        length = max(1, math.ceil(residents / self.people_a_day - 1e-9))  # a seventh a day takes seven days, not eight
        turn = self._day_of_round(self.days_on(today), length)
        if turn is None or turn >= length:
            return
        first = turn * share
        levers.rounds.append(
            TestRound(
                measure=self.key,
                blocks=blocks,
                kind=TEST_KINDS.index(self.test),
                share=min(share, 1 - first),
                first=first,
                missed=1 - self.adherence,
                pool=self.pool,
                turnaround_days=self.turnaround_days,
                ages=self.ages,
            )
        )

    def _day_of_round(self, day: int, length: int) -> int | None:
        """Days since the round now going on began; None before the first."""
        if not self.days:
            return day % max(self.every_days, length)
        begun = [first for first in self.days if first <= day]
        return day - begun[-1] if begun else None


def _people(ground: Ground, blocks: np.ndarray, ages: tuple[int, int]) -> float:
    """Residents of these ages; a class that the ages cut counts in part, as if its ages were even."""
    ends = (*AGE_CLASS_FROM[1:], OLDEST_AGE + 1)
    share = [
        max(0, min(ages[1] + 1, end) - max(ages[0], first)) / (end - first)
        for first, end in zip(AGE_CLASS_FROM, ends, strict=True)
    ]
    return float(ground.residents[blocks].sum(axis=0) @ np.array(share))
