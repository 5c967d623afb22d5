"""Vaccination."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from seawall.city.layers import KEY_GROUPS
from seawall.core import quantity
from seawall.measures.levers import Doses, Levers
from seawall.measures.measure import (
    OLDEST_AGE,
    Measure,
    ages_refused,
    areas_setting,
    blocks_today,
    except_areas_setting,
    part_setting,
    setting,
    zones_setting,
)
from seawall.measures.today import Today


@dataclass(frozen=True, slots=True, kw_only=True)
class Vaccinate(Measure):
    """So many doses a day are offered to people of some ages or jobs who have had so many doses before.

    The order of two measures in the strategy is the order in which doses are given.
    """

    kind: Literal["vaccinate"] = "vaccinate"
    areas: tuple[str, ...] = areas_setting()
    except_areas: tuple[str, ...] = except_areas_setting()
    part: str = part_setting()
    zones: tuple[str, ...] = zones_setting()
    product: str = setting(about="Key of the vaccine.")
    doses_a_day: float = quantity(
        10_000.0,
        unit="dose per day",
        low=0,
        high=1e8,
        source="assumed",
        about="Doses given in a day at most.",
    )
    ages: tuple[int, int] = setting((18, OLDEST_AGE), about="First and last age offered.")
    groups: tuple[str, ...] = setting(
        (), among=KEY_GROUPS, about="Key groups offered; none named: everybody of these ages."
    )
    from_doses: int = quantity(
        0,
        unit="dose",
        low=0,
        high=3,
        source="assumed",
        about="Offered to who has had so many doses.",
    )
    adherence: float = quantity(
        0.8,
        unit="fraction of people offered",
        low=0,
        high=1,
        source="assumed",
        about="Share who accept, the same people every day.",
    )

    def refusals(self) -> Iterator[tuple[str, str, str]]:
        """Ages that cannot be."""
        yield from ages_refused(self.ages)

    def pull(self, levers: Levers, today: Today) -> None:
        """Give doses."""
        blocks = blocks_today(self, today)
        if blocks is None or self.doses_a_day == 0 or self.adherence == 0:
            return
        levers.doses.append(
            Doses(
                measure=self.key,
                blocks=blocks,
                product=self.product,
                doses=self.doses_a_day,
                ages=self.ages,
                groups=tuple(KEY_GROUPS.index(group) for group in self.groups),
                from_doses=self.from_doses,
                uptake=self.adherence,
            )
        )
