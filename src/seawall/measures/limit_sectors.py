"""Work: open, capped, in a closed loop or closed, sector by sector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seawall.core import quantity
from seawall.measures.levers import Levers
from seawall.measures.measure import (
    Measure,
    areas_setting,
    blocks_today,
    except_areas_setting,
    part_setting,
    sectors_of,
    setting,
    zones_setting,
)
from seawall.measures.today import Today


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSectors(Measure):
    """Workplaces of some sectors close, cap how many may come, or go on with people who live at work.

    It holds where the workplace lies. Two limits of one sector: the strictest holds; so ``open`` lifts no other
    limit, and a sector reopens when its limit stops. In a closed loop `living_in` of the workers stay at work and meet
    each other; of the others `capacity` come.
    """

    kind: Literal["limit_sectors"] = "limit_sectors"
    areas: tuple[str, ...] = areas_setting()
    except_areas: tuple[str, ...] = except_areas_setting()
    part: str = part_setting()
    zones: tuple[str, ...] = zones_setting()
    sectors: tuple[str, ...] = setting(
        (), about="Sectors of the city's table `sectors`, or `essential`, those that it says are; none named: all."
    )
    except_sectors: tuple[str, ...] = setting((), about="Sectors left out, such as `essential`.")
    mode: str = setting(
        "closed",
        among=("open", "capped", "closed_loop", "closed"),
        about="Whether they are open, capped at `capacity`, in a closed loop, or closed.",
    )
    capacity: float = quantity(
        0.5,
        unit="fraction of workers",
        low=0,
        high=1,
        source="assumed",
        about="Share that may come: of all where it is capped, of those who do not live in where it is a closed loop.",
    )
    living_in: float = quantity(
        0.5,
        unit="fraction of workers",
        low=0,
        high=1,
        source="assumed",
        about="Share that lives at work in a closed loop.",
    )
    from_home: float = quantity(
        0.0,
        unit="fraction of a day's work",
        low=0,
        high=1,
        source="assumed",
        about="Share of the work of who stays away that is done from home; it is not lost.",
    )
    adherence: float = quantity(
        0.95,
        unit="fraction of workplaces",
        low=0,
        high=1,
        source="assumed",
        about="Share of workplaces that do as told.",
    )

    def pull(self, levers: Levers, today: Today) -> None:
        """Lower attendance, and close loops."""
        blocks = blocks_today(self, today)
        if blocks is None or self.mode == "open" or self.adherence == 0:
            return
        sectors = sectors_of(today.ground, self.sectors, self.except_sectors)
        if not sectors:
            return
        if self.mode == "closed_loop":
            levers.close_loop(sectors, blocks, self.adherence * self.living_in)
            allowed = self.living_in + (1 - self.living_in) * self.capacity
        else:
            allowed = self.capacity if self.mode == "capped" else 0.0
        left = 1 - self.adherence * (1 - allowed)
        levers.limit_work(self.key, sectors, blocks, left, lost=1 - self.from_home)
