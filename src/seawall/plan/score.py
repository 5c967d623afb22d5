"""What one replicate of one option amounts to: the events that goals, the frontier and the race speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seawall.city.layers import AGE_CLASS_FROM
from seawall.core import check_quantities, quantity
from seawall.twin.burden import WHAT
from seawall.twin.limits import ALL
from seawall.twin.outcome import Outcome

FLOWS = ("infections", "reports", "admissions", "deaths", "tests")
STOCKS = ("in_hospital", "in_icu")
DAYS = ("home_days", "site_days", "lost_school_days", "lost_work_days", "doses", "no_bed", "no_icu", "stopped")
ONCE = ("limited_days", "weighed_days")
"""Kinds of burden told for all measures together, so that limits that overlap count once."""

EVENTS = (
    *FLOWS,
    "peak_in_hospital",
    "peak_in_icu",
    "icu_over_days",
    *DAYS,
    "limited_days",
    "restricted_days",
    "life_years_lost",
)
"""Events of a score, in the order of the table; less is better in all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """Turns a replicate into a score. Can be sent to a worker.

    Attributes:
        icu_beds: beds of intensive care in the city; None: not known, and no day counts as over.
    """

    icu_beds: float | None = None
    life_expectancy_years: float = quantity(
        82.5,
        unit="year",
        low=60,
        high=95,
        source="assumed; near the expectation at birth that Shanghai and Hong Kong publish",
        about="Age to which somebody who died would have lived; those older lose `least_years`.",
    )
    least_years: float = quantity(
        5.0, unit="year", low=0, high=15, source="assumed", about="Years lost by a death however old the person."
    )

    def __post_init__(self) -> None:
        check_quantities(self)

    def __call__(self, outcome: Outcome) -> dict[str, float]:
        """The score of a replicate.

        ``restricted_days`` are person-days confined at home or at a site, and person-days under limits weighed by
        the share of contacts outside home, school and work that the limits take.
        """
        flows = {event: float(outcome.daily[event][:, -1].sum()) for event in FLOWS}
        stocks = {f"peak_{event}": float(outcome.daily[event][:, -1].max()) for event in STOCKS}
        icu = outcome.daily["in_icu"][:, -1]
        over = 0.0 if self.icu_beds is None else float((icu > self.icu_beds).sum())
        days = {what: _amount(outcome, what, together=False) for what in DAYS}
        once = {what: _amount(outcome, what, together=True) for what in ONCE}
        found = {
            **flows,
            **stocks,
            **days,
            "icu_over_days": over,
            "limited_days": once["limited_days"],
            "restricted_days": days["home_days"] + days["site_days"] + once["weighed_days"],
            "life_years_lost": self._life_years(outcome.ages),
        }
        return {event: found[event] for event in EVENTS}

    def _life_years(self, ages: Mapping[str, np.ndarray]) -> float:
        from_age = np.array(AGE_CLASS_FROM, dtype=float)
        middle = from_age + np.diff(from_age, append=from_age[-1] + 15) / 2
        left = np.maximum(self.life_expectancy_years - middle, self.least_years)
        return float(ages["deaths"] @ left)


def _amount(outcome: Outcome, what: str, *, together: bool) -> float:
    """Amount of one kind of burden over a replicate, of each measure or of all together."""
    daily = outcome.burden_daily
    number = outcome.measures.index(ALL) if ALL in outcome.measures else -1
    mine = daily["what"] == list(WHAT).index(what)
    mine &= (daily["measure"] == number) == together
    return float(daily["amount"][mine].sum())
