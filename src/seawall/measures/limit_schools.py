"""Schools: open, half classes, online or closed, by stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seawall.city.layers import STAGES
from seawall.core import quantity
from seawall.measures.levers import Levers
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
class LimitSchools(Measure):
    """Schools of some stages teach half of each class at a time, teach online, or close.

    It holds where the school lies. The strictest limit of a stage holds; ``open`` lifts no other.
    """

    kind: Literal["limit_schools"] = "limit_schools"
    areas: tuple[str, ...] = areas_setting()
    except_areas: tuple[str, ...] = except_areas_setting()
    part: str = part_setting()
    zones: tuple[str, ...] = zones_setting()
    stages: tuple[str, ...] = setting(STAGES, among=STAGES, about="Stages of school.")
    mode: str = setting(
        "closed",
        among=("open", "half", "online", "closed"),
        about="Whether they are open, have half of each class in turn, teach online, or are closed.",
    )
    learnt_at_home: float = quantity(
        0.5,
        unit="fraction of a school day",
        low=0,
        high=1,
        source="assumed",
        about="Share of a school day that is not lost when it is taught online, or to the half that is at home.",
    )
    adherence: float = quantity(
        0.95,
        unit="fraction of pupils",
        low=0,
        high=1,
        source="assumed",
        about="Share of the pupils to be kept away that are.",
    )

    def pull(self, levers: Levers, today: Today) -> None:
        """Lower schooling."""
        blocks = blocks_today(self, today)
        if blocks is None or self.mode == "open" or self.adherence == 0:
            return
        left = 1 - self.adherence * (0.5 if self.mode == "half" else 1.0)
        lost = 1.0 if self.mode == "closed" else 1 - self.learnt_at_home
        levers.limit_school(self.key, tuple(STAGES.index(stage) for stage in self.stages), blocks, left, lost=lost)
