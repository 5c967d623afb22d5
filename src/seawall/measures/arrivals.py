"""People who arrive from elsewhere, some of them infected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from seawall.core import quantity
from seawall.measures.levers import Arrivals as Arriving
from seawall.measures.levers import Levers
from seawall.measures.measure import Measure, areas_setting, setting
from seawall.measures.today import Ground, Today


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals(Measure):
    """People come from an origin every day, a share of them infected.

    It is no order but a setting of the scene; what is done about them is `screen_travellers`.
    """

    kind: Literal["arrivals"] = "arrivals"
    areas: tuple[str, ...] = areas_setting("Where they go, in proportion to residents; none named: the whole city.")
    origin: str = setting(about="Where they come from, as in the table `arrivals`.")
    route: str = setting("air", among=("air", "rail", "road", "sea"), about="How they come.")
    travellers: float = quantity(
        100.0,
        unit="person per day",
        low=0,
        high=1e7,
        source="assumed",
        about="People who would come in a day.",
    )
    prevalence: float = quantity(
        0.001,
        unit="fraction of travellers",
        low=0,
        high=1,
        source="assumed",
        about="Share of them infected, anywhere in the course of the infection.",
    )
    variant: str = setting("", about="Variant they bring; left out: the first of the pathogen.")

    def pull(self, levers: Levers, today: Today) -> None:
        """Let them come."""
        if not self.in_force(today) or self.travellers == 0:
            return
        ground = today.ground
        levers.arrivals.append(
            Arriving(
                measure=self.key,
                origin=self.origin,
                route=self.route,
                travellers=self.travellers,
                prevalence=self.prevalence,
                variant=ground.variants.index(self.variant) if self.variant else 0,
                districts=_residents_by_district(ground, today.where(self.areas, ())),
            )
        )


def _residents_by_district(ground: Ground, blocks: np.ndarray) -> np.ndarray:
    """Share of the residents of some blocks in each district; even over their districts where nobody lives."""
    weight = np.where(blocks, ground.residents.sum(axis=1), 0).astype(float)
    if not weight.any():
        weight = blocks.astype(float)
    found = np.bincount(ground.district_of_block, weights=weight, minlength=len(ground.districts))
    return np.asarray(found / found.sum())
