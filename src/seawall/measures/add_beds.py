"""Beds, rooms and tests beside what the city has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seawall.core import quantity
from seawall.measures.levers import Levers
from seawall.measures.measure import Measure
from seawall.measures.today import Today


@dataclass(frozen=True, slots=True, kw_only=True)
class AddBeds(Measure):
    """More beds, rooms to keep people apart in, or tests. Several measures add up."""

    kind: Literal["add_beds"] = "add_beds"
    beds: float = quantity(0.0, unit="bed", low=0, high=1e7, source="assumed", about="Hospital beds added.")
    icu_beds: float = quantity(0.0, unit="bed", low=0, high=1e6, source="assumed", about="Intensive care beds added.")
    rooms: float = quantity(
        0.0,
        unit="room",
        low=0,
        high=1e7,
        source="assumed",
        about="Rooms for isolation and quarantine added.",
    )
    tests_per_day: float = quantity(
        0.0,
        unit="test per day",
        low=0,
        high=1e8,
        source="assumed",
        about="Tests that laboratories can add in a day.",
    )

    def pull(self, levers: Levers, today: Today) -> None:
        """Add them."""
        if not self.in_force(today):
            return
        levers.beds += self.beds
        levers.icu_beds += self.icu_beds
        levers.rooms += self.rooms
        levers.tests_per_day += self.tests_per_day
