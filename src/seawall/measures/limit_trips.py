"""Limits to trips between districts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seawall.core import quantity
from seawall.measures.levers import Levers
from seawall.measures.measure import Measure
from seawall.measures.today import Today


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitTrips(Measure):
    """Fewer trips from one district to another; people meet near home instead. Of two limits the strictest holds."""

    kind: Literal["limit_trips"] = "limit_trips"
    left: float = quantity(
        0.2,
        unit="fraction of usual trips",
        low=0,
        high=1,
        source="assumed",
        about="Share of usual trips allowed.",
    )
    adherence: float = quantity(
        0.9,
        unit="fraction of trips to be given up",
        low=0,
        high=1,
        source="assumed",
        about="Share of the trips to be given up that are given up.",
    )

    def pull(self, levers: Levers, today: Today) -> None:
        """Lower the trips."""
        if self.in_force(today):
            levers.trips = min(levers.trips, 1 - self.adherence * (1 - self.left))
