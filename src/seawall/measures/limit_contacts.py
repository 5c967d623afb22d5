"""Limits to contacts: staying at home, distance, no gatherings."""

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
class LimitContacts(Measure):
    """People who live there meet fewer others in some layers of their lives.

    A contact takes place as often as the more restricted of the two allows. Staying at home is a limit of every layer
    but the household.
    """

    kind: Literal["limit_contacts"] = "limit_contacts"
    areas: tuple[str, ...] = areas_setting()
    except_areas: tuple[str, ...] = except_areas_setting()
    part: str = part_setting()
    zones: tuple[str, ...] = zones_setting()
    layers: tuple[str, ...] = setting(
        ("community", "transport", "public"), among=LAYERS, about="Where people meet less."
    )
    left: float = quantity(
        0.5,
        unit="fraction of usual contacts",
        low=0,
        high=1,
        source="assumed",
        about="Share of usual contacts that is allowed.",
    )
    adherence: float = quantity(
        0.8,
        unit="fraction of contacts to be given up",
        low=0,
        high=1,
        source="assumed",
        about="Share of the contacts to be given up that are given up.",
    )

    def pull(self, levers: Levers, today: Today) -> None:
        """Lower the contacts of the residents."""
        blocks = blocks_today(self, today)
        if blocks is None:
            return
        layers = tuple(LAYERS.index(layer) for layer in self.layers)
        levers.limit_contacts(self.key, layers, blocks, 1 - self.adherence * (1 - self.left))
