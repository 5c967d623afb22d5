"""Quarantine of the contacts that tracing finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from seawall.core import quantity
from seawall.disease.course import TEST_KINDS
from seawall.measures.levers import AT_HOME, Levers, Quarantine
from seawall.measures.measure import (
    PLACE,
    PLACES,
    Measure,
    areas_setting,
    blocks_today,
    days_refused,
    except_areas_setting,
    part_setting,
    setting,
    zones_setting,
)
from seawall.measures.today import Today


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineContacts(Measure):
    """Contacts that `trace_contacts` finds are kept apart for some days after the last contact, and tested.

    When a site is full they are sent home, which is counted. Contacts of contacts are kept apart for `second_days`.
    """

    kind: Literal["quarantine_contacts"] = "quarantine_contacts"
    areas: tuple[str, ...] = areas_setting()
    except_areas: tuple[str, ...] = except_areas_setting()
    part: str = part_setting()
    zones: tuple[str, ...] = zones_setting()
    where: str = setting("home", among=PLACES, about="Whether they are kept at home or at a site.")
    days: int = quantity(10, unit="day", low=1, high=60, source="assumed", about="From the last contact to release.")
    second_days: int = quantity(
        0,
        unit="day",
        low=0,
        high=60,
        source="assumed",
        about="The same for contacts of contacts; 0: they are not kept apart.",
    )
    test_days: tuple[int, ...] = setting((), about="Days of quarantine on which they are tested, 0 for the first.")
    test: str = setting("pcr", among=TEST_KINDS, about="Kind of test.")
    turnaround_days: int = quantity(
        1,
        unit="day",
        low=0,
        high=14,
        source="assumed",
        about="Whole days from specimen to result.",
    )
    adherence: float = quantity(
        0.7,
        unit="fraction of contacts at home",
        low=0,
        high=1,
        source="assumed",
        about="Share of those sent home who stay apart.",
    )

    def refusals(self) -> Iterator[tuple[str, str, str]]:
        """Days of tests that cannot be."""
        yield from days_refused("test_days", self.test_days)

    def pull(self, levers: Levers, today: Today) -> None:
        """Keep contacts apart."""
        blocks = blocks_today(self, today)
        if blocks is None:
            return
        if PLACE[self.where] == AT_HOME and self.adherence == 0 and not self.test_days:
            return
        levers.quarantine.append(
            Quarantine(
                measure=self.key,
                blocks=blocks,
                where=PLACE[self.where],
                days=self.days,
                adherence=self.adherence,
                test_days=self.test_days,
                kind=TEST_KINDS.index(self.test),
                turnaround_days=self.turnaround_days,
                second_days=self.second_days,
            )
        )
