"""Masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seawall.city.layers import LAYERS
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
class WearMasks(Measure):
    """A contact passes the infection on less often, because both wear masks.

    Two measures of masks multiply: who is less exposed at each of them is less exposed by both.
    """

    kind: Literal["wear_masks"] = "wear_masks"
    areas: tuple[str, ...] = areas_setting()
    except_areas: tuple[str, ...] = except_areas_setting()
    part: str = part_setting()
    zones: tuple[str, ...] = zones_setting()
    layers: tuple[str, ...] = setting(("transport", "public", "hospital"), among=LAYERS, about="Where masks are worn.")
    effect: float = quantity(
        0.4,
        unit="fraction of infections by contact",
        low=0,
        high=1,
        source="assumed",
        about="Share of infections that masks prevent where both wear them.",
    )
    adherence: float = quantity(
        0.8,
        unit="fraction of contacts",
        low=0,
        high=1,
        source="assumed",
        about="Share of contacts in which both wear them.",
    )

    def pull(self, levers: Levers, today: Today) -> None:
        """Lower the chance per contact."""
        blocks = blocks_today(self, today)
        if blocks is None:
            return
        levers.mask(tuple(LAYERS.index(layer) for layer in self.layers), blocks, 1 - self.effect * self.adherence)
