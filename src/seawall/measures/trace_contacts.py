"""Tracing the contacts of reported cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from seawall.city.layers import LAYERS
from seawall.core import quantity
from seawall.measures.levers import Levers, Tracing
from seawall.measures.measure import (
    Measure,
    areas_setting,
    blocks_today,
    except_areas_setting,
    part_setting,
    zones_setting,
)
from seawall.measures.today import Today


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceContacts(Measure):
    """Contacts of reported cases are found, layer by layer, as far as staff can keep up.

    Finding alone changes nothing: `quarantine_contacts` says what is done with who is found.
    """

    kind: Literal["trace_contacts"] = "trace_contacts"
    areas: tuple[str, ...] = areas_setting()
    except_areas: tuple[str, ...] = except_areas_setting()
    part: str = part_setting()
    zones: tuple[str, ...] = zones_setting()
    find_household: float = quantity(
        1.0,
        unit="fraction of contacts",
        low=0,
        high=1,
        source="assumed",
        about="Share of contacts at home that are found.",
    )
    find_school: float = quantity(
        0.9,
        unit="fraction of contacts",
        low=0,
        high=1,
        source="assumed",
        about="Share of contacts in class that are found.",
    )
    find_work: float = quantity(
        0.8,
        unit="fraction of contacts",
        low=0,
        high=1,
        source="assumed",
        about="Share of contacts at work that are found.",
    )
    find_care_home: float = quantity(
        1.0,
        unit="fraction of contacts",
        low=0,
        high=1,
        source="assumed",
        about="Share of contacts in a care home that are found.",
    )
    find_community: float = quantity(
        0.2,
        unit="fraction of contacts",
        low=0,
        high=1,
        source="assumed",
        about="Share of contacts near home that are found.",
    )
    find_transport: float = quantity(
        0.05,
        unit="fraction of contacts",
        low=0,
        high=1,
        source="assumed",
        about="Share of contacts on the way that are found.",
    )
    find_public: float = quantity(
        0.1,
        unit="fraction of contacts",
        low=0,
        high=1,
        source="assumed",
        about="Share of contacts in public places that are found.",
    )
    find_hospital: float = quantity(
        0.8,
        unit="fraction of contacts",
        low=0,
        high=1,
        source="assumed",
        about="Share of contacts in hospital that are found.",
    )
    find_quarantine_site: float = quantity(
        1.0,
        unit="fraction of contacts",
        low=0,
        high=1,
        source="assumed",
        about="Share of contacts at a quarantine site that are found.",
    )
    find_closed_loop: float = quantity(
        1.0,
        unit="fraction of contacts",
        low=0,
        high=1,
        source="assumed",
        about="Share of contacts in a closed loop that are found.",
    )
    days_back: int = quantity(
        2,
        unit="day",
        low=0,
        high=21,
        source="assumed",
        about="Days before the specimen, or the onset where that is earlier, that a case is asked about.",
    )
    delay_days: int = quantity(
        1,
        unit="day",
        low=0,
        high=14,
        source="assumed",
        about="From a result to the contact being told.",
    )
    cases_a_day: float = quantity(
        1000.0,
        unit="case per day",
        low=0,
        high=1e9,
        source="assumed",
        about="Cases that staff can follow up in a day; contacts of further ones are not found.",
    )
    second_ring: float = quantity(
        0.0,
        unit="fraction of household members of contacts",
        low=0,
        high=1,
        source="assumed",
        about="Share of household members of a contact who are found as well.",
    )
    adherence: float = quantity(
        0.9,
        unit="fraction of contacts",
        low=0,
        high=1,
        source="assumed",
        about="Share of contacts that a case names; it multiplies what is found in each layer.",
    )

    def pull(self, levers: Levers, today: Today) -> None:
        """Trace."""
        blocks = blocks_today(self, today)
        if blocks is None or self.cases_a_day == 0:
            return
        p_find = self.adherence * np.array([float(getattr(self, f"find_{layer}")) for layer in LAYERS])
        if not p_find.any():
            return
        levers.tracing.append(
            Tracing(
                measure=self.key,
                blocks=blocks,
                p_find=p_find,
                days_back=self.days_back,
                delay_days=self.delay_days,
                cases_a_day=self.cases_a_day,
                second_ring=self.second_ring,
            )
        )
