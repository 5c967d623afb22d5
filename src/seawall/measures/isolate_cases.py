"""Isolation of reported cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seawall.core import quantity
from seawall.measures.levers import AT_HOME, Isolation, Levers
from seawall.measures.measure import (
    PLACE,
    PLACES,
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
class IsolateCases(Measure):
    """Reported cases are kept apart, at home or at a site with so many rooms.

    When the site is full they are sent home, which is counted. Who is at a site stays apart; `adherence` is of those
    at home, and isolation at home without it is no measure.
    """

    kind: Literal["isolate_cases"] = "isolate_cases"
    areas: tuple[str, ...] = areas_setting()
    except_areas: tuple[str, ...] = except_areas_setting()
    part: str = part_setting()
    zones: tuple[str, ...] = zones_setting()
    where: str = setting("home", among=PLACES, about="Whether they are kept at home or at a site.")
    days: int = quantity(10, unit="day", low=1, high=60, source="assumed", about="From isolation to release.")
    delay_days: int = quantity(0, unit="day", low=0, high=14, source="assumed", about="From result to isolation.")
    adherence: float = quantity(
        0.8,
        unit="fraction of cases at home",
        low=0,
        high=1,
        source="assumed",
        about="Share of those sent home who stay apart.",
    )

    def pull(self, levers: Levers, today: Today) -> None:
        """Keep cases apart."""
        blocks = blocks_today(self, today)
        if blocks is None or (PLACE[self.where] == AT_HOME and self.adherence == 0):
            return
        levers.isolation.append(
            Isolation(
                measure=self.key,
                blocks=blocks,
                where=PLACE[self.where],
                days=self.days,
                delay_days=self.delay_days,
                adherence=self.adherence,
            )
        )
