"""What a city has by number (rooms, tracers, doses) carried over to a city of another size."""

from __future__ import annotations

import dataclasses

from seawall.core.quantity import describe_quantities
from seawall.measures.add_beds import AddBeds
from seawall.measures.measure import Measure
from seawall.measures.strategy import Strategy
from seawall.measures.test_rounds import TestRounds
from seawall.measures.trace_contacts import TraceContacts
from seawall.measures.treat import Treat
from seawall.measures.vaccinate import Vaccinate

BY_NUMBER: dict[type[Measure], tuple[str, ...]] = {
    AddBeds: ("beds", "icu_beds", "rooms", "tests_per_day"),
    TestRounds: ("people_a_day",),
    TraceContacts: ("cases_a_day",),
    Treat: ("courses_a_day",),
    Vaccinate: ("doses_a_day",),
}
"""Keys of measures that grow with the city."""


def scaled(strategy: Strategy, residents: float) -> Strategy:
    """The strategy with what it has by number in proportion to a city of so many residents.

    One that does not say for how many residents its numbers are is left as it is.
    """
    if not strategy.for_residents:
        return strategy
    factor = residents / strategy.for_residents
    measures = tuple(_scaled(measure, factor) for measure in strategy.measures)
    return dataclasses.replace(strategy, measures=measures, for_residents=round(residents))


def _scaled(measure: Measure, factor: float) -> Measure:
    keys = BY_NUMBER.get(type(measure))
    if not keys:
        return measure
    most = {one.name: one.high for one in describe_quantities(measure)}  # the largest a key takes means: without end
    return dataclasses.replace(measure, **{key: min(getattr(measure, key) * factor, most[key]) for key in keys})
