"""What a city has by number (rooms, tracers, doses) carried over to a city of another size."""

from __future__ import annotations

import dataclasses

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
    measures = tuple(
        dataclasses.replace(
            measure, **{key: getattr(measure, key) * factor for key in BY_NUMBER.get(type(measure), ())}
        )
        for measure in strategy.measures
    )
    return dataclasses.replace(strategy, measures=measures, for_residents=round(residents))
