"""Every kind of measure, in the order of the reference page; a new one is a file of its own and a line here."""

from __future__ import annotations

import dataclasses

from seawall.measures.add_beds import AddBeds
from seawall.measures.arrivals import Arrivals
from seawall.measures.draw_zones import DrawZones
from seawall.measures.isolate_cases import IsolateCases
from seawall.measures.limit_contacts import LimitContacts
from seawall.measures.limit_schools import LimitSchools
from seawall.measures.limit_sectors import LimitSectors
from seawall.measures.limit_trips import LimitTrips
from seawall.measures.measure import Measure
from seawall.measures.quarantine_contacts import QuarantineContacts
from seawall.measures.screen_travellers import ScreenTravellers
from seawall.measures.self_tests import SelfTests
from seawall.measures.test_key_groups import TestKeyGroups
from seawall.measures.test_on_symptoms import TestOnSymptoms
from seawall.measures.test_rounds import TestRounds
from seawall.measures.trace_contacts import TraceContacts
from seawall.measures.treat import Treat
from seawall.measures.vaccinate import Vaccinate
from seawall.measures.wear_masks import WearMasks

MEASURES: tuple[type[Measure], ...] = (
    LimitContacts,
    LimitSectors,
    LimitSchools,
    LimitTrips,
    WearMasks,
    TestRounds,
    TestKeyGroups,
    TestOnSymptoms,
    SelfTests,
    IsolateCases,
    TraceContacts,
    QuarantineContacts,
    Arrivals,
    ScreenTravellers,
    Vaccinate,
    Treat,
    AddBeds,
    DrawZones,
)


def kind_of(measure: type[Measure]) -> str:
    """The word by which a strategy names a kind of measure."""
    return str(next(field.default for field in dataclasses.fields(measure) if field.name == "kind"))


KINDS: dict[str, type[Measure]] = {kind_of(measure): measure for measure in MEASURES}
"""Kind to class."""
