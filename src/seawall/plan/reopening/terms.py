"""What a plan of reopening assumes of work under conditions, of contacts and of tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seawall.core import check_quantities, quantity
from seawall.twin.economy.parameters import Parameters

MODES = ("plain", "tested", "loop")
"""How people may be at work: without a condition, tested regularly, living at work in a closed loop."""

PLAIN, TESTED, LOOP = range(len(MODES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Conditions of work, and what they cost and spare."""

    essential_least: float = quantity(
        0.8,
        unit="fraction of workers",
        low=0,
        high=1,
        source="assumed: night shifts, repairs and training wait",
        about="Least attendance of a sector that keeps running under any restriction.",
    )
    other_least: float = quantity(
        0.0,
        unit="fraction of workers",
        low=0,
        high=1,
        source="assumed: all others may close",
        about="Least attendance of every other sector.",
    )
    test_every_days: float = quantity(
        2.0, unit="day", low=0.5, high=14, source="assumed", about="Days between two tests of a worker under tests."
    )
    tested_effect: float = quantity(
        0.45,
        unit="fraction of infections at work",
        low=0,
        high=1,
        source="assumed: a test every two days with its result the same evening; 0.2 to 0.7 is plausible",
        about="Infections at work that regular tests prevent, where both people are tested half of it twice over.",
    )
    tested_output: float = quantity(
        0.98,
        unit="fraction of usual output",
        low=0,
        high=1,
        source="assumed: ten minutes a shift",
        about="Output of a worker under regular tests.",
    )
    loop_most: float = quantity(
        0.3,
        unit="fraction of workers",
        low=0,
        high=1,
        source="assumed: beds that can be set up at work",
        about="Workers of a sector that can live at work, where neither customers nor pupils come.",
    )
    loop_effect: float = quantity(
        0.8,
        unit="fraction of infections at work",
        low=0,
        high=1,
        source="assumed",
        about="Infections at work that a closed loop keeps from the city.",
    )
    supply_from_outside: float = quantity(
        0.5,
        unit="fraction of deliveries between sectors",
        low=0,
        high=1,
        source="assumed: 0 if every input is made in the city only, 1 if all can be had from other cities",
        about="Deliveries of a closed sector that its buyers can have from elsewhere.",
    )
    tests_per_report: float = quantity(
        20.0,
        unit="test",
        low=0,
        high=1000,
        source="WHO: 10 to 30 tests a case show that testing suffices",
        about="Tests that go with one reported infection: contacts, repeats, release.",
    )
    home_weight: float = quantity(
        3.0,
        unit="ratio to work",
        low=0,
        high=10,
        source="Covasim 3.1.7, beta_layer: household 3.0, work 0.6, with contacts at home met daily and for long; "
        "damped, since a household cannot be infected twice",
        about="How much a contact at home weighs beside one at work.",
    )

    def __post_init__(self) -> None:
        check_quantities(self)

    @property
    def spreads(self) -> np.ndarray:
        """How present a worker is to the infection under each condition, float64, shape (mode,).

        Both of two workers have to be there, so the infections at work go with the square.
        """
        return np.asarray(np.sqrt(1 - np.array([0.0, self.tested_effect, self.loop_effect])))

    def makes(self, economy: Parameters) -> np.ndarray:
        """Output of a worker under each condition, float64, shape (mode,)."""
        return np.array([1.0, self.tested_output, economy.loop_productivity])


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The periods of a plan and how often an order may change.

    Attributes:
        rising: what has opened stays open; False: sectors may close again.
    """

    days: int = quantity(84, unit="day", low=7, high=366, source="assumed: three months", about="Days planned.")
    period_days: int = quantity(
        14, unit="day", low=1, high=92, source="assumed: an order a fortnight", about="Days for which an order stands."
    )
    dwell_days: int = quantity(
        14, unit="day", low=1, high=366, source="assumed", about="Least days between two changes of one order."
    )
    changes: int = quantity(
        2, unit="change", low=0, high=366, source="assumed", about="Changes of one order within the plan, at most."
    )
    step: float = quantity(
        0.05,
        unit="fraction of workers",
        low=0,
        high=0.5,
        source="assumed: orders speak of every twentieth worker",
        about="Attendance is rounded down to multiples of this; 0: not rounded.",
    )
    rising: bool = True

    def __post_init__(self) -> None:
        check_quantities(self)

    @property
    def periods(self) -> int:
        """How many periods there are; the last may be shorter."""
        return -(-self.days // self.period_days)

    @property
    def lengths(self) -> np.ndarray:
        """Days of each period, float64, shape (period,)."""
        begin = np.arange(self.periods) * self.period_days
        return np.asarray(np.minimum(begin + self.period_days, self.days) - begin, dtype=np.float64)

    @property
    def period_of_day(self) -> np.ndarray:
        """int64, shape (day,)."""
        return np.asarray(np.arange(self.days) // self.period_days)

    @property
    def dwell(self) -> int:
        """Least periods between two changes."""
        return max(1, -(-self.dwell_days // self.period_days))

    @property
    def free(self) -> bool:
        """Whether every period may have its own order."""
        return self.dwell == 1 and self.changes >= self.periods - 1
