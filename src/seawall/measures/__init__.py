"""What a city can order: measures, the levers they pull, and strategies made of them."""

from seawall.measures.add_beds import AddBeds
from seawall.measures.arrivals import Arrivals
from seawall.measures.check import check_strategy
from seawall.measures.draw_zones import DrawZones
from seawall.measures.isolate_cases import IsolateCases
from seawall.measures.kinds import MEASURES
from seawall.measures.levers import Levers
from seawall.measures.limit_contacts import LimitContacts
from seawall.measures.limit_schools import LimitSchools
from seawall.measures.limit_sectors import LimitSectors
from seawall.measures.limit_trips import LimitTrips
from seawall.measures.measure import Measure
from seawall.measures.quarantine_contacts import QuarantineContacts
from seawall.measures.read import parse_strategy, read_strategy, shipped_strategies
from seawall.measures.scale import scaled
from seawall.measures.screen_travellers import ScreenTravellers
from seawall.measures.self_tests import SelfTests
from seawall.measures.strategy import Strategy
from seawall.measures.test_key_groups import TestKeyGroups
from seawall.measures.test_on_symptoms import TestOnSymptoms
from seawall.measures.test_rounds import TestRounds
from seawall.measures.today import Ground, Seen, Today, Zones, Zoning
from seawall.measures.trace_contacts import TraceContacts
from seawall.measures.treat import Treat
from seawall.measures.vaccinate import Vaccinate
from seawall.measures.wear_masks import WearMasks

__all__ = [
    "MEASURES",
    "AddBeds",
    "Arrivals",
    "DrawZones",
    "Ground",
    "IsolateCases",
    "Levers",
    "LimitContacts",
    "LimitSchools",
    "LimitSectors",
    "LimitTrips",
    "Measure",
    "QuarantineContacts",
    "ScreenTravellers",
    "Seen",
    "SelfTests",
    "Strategy",
    "TestKeyGroups",
    "TestOnSymptoms",
    "TestRounds",
    "Today",
    "TraceContacts",
    "Treat",
    "Vaccinate",
    "WearMasks",
    "Zones",
    "Zoning",
    "check_strategy",
    "parse_strategy",
    "read_strategy",
    "scaled",
    "shipped_strategies",
]
