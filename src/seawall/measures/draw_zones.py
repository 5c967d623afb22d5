"""Zones drawn as the run goes on, from what has been seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seawall.city.schema import LEVELS
from seawall.core import quantity
from seawall.measures.levers import Levers
from seawall.measures.measure import Measure, setting
from seawall.measures.today import Today


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawZones(Measure):
    """Zones are drawn by a rule set, from what the city has seen and nothing else.

    It pulls no lever: it names the rule set, and other measures say by `zones` what holds where. Outside its days no
    zone is in force.
    """

    kind: Literal["draw_zones"] = "draw_zones"
    rules: str = setting(about="Name of a rule set of zones.")
    level: str = setting("subdistrict", among=LEVELS, about="Level of the areas that are graded.")
    every_days: int = quantity(
        1,
        unit="day",
        low=1,
        high=60,
        source="assumed",
        about="Days from one drawing to the next.",
    )

    def pull(self, levers: Levers, today: Today) -> None:
        """Leave the levers as they are."""
