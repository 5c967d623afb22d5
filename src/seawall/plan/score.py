"""What one replicate of one option amounts to: the events that goals, the frontier and the race speak of."""

from __future__ import annotations

from dataclasses import dataclass

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
)
"""Events of a score, in the order of the table; a goal asks for little of some. `icu_over_days` only where the beds
are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """Turns a replicate into a score. Can be sent to a worker.

    Attributes:
        icu_beds: beds of intensive care in the city; None: not known, and no score says how often they are too few.
    """

    icu_beds: float | None = None

    def __call__(self, outcome: Outcome) -> dict[str, float]:
        """The score of a replicate.

        ``restricted_days`` are person-days confined at home or at a site, and person-days under limits weighed by
        the share of contacts in the community, transport and public places that the limits take; who is confined
        where a limit holds counts in both.
        """
        flows = {event: float(outcome.daily[event][:, -1].sum()) for event in FLOWS}
        stocks = {f"peak_{event}": float(outcome.daily[event][:, -1].max()) for event in STOCKS}
        icu = outcome.daily["in_icu"][:, -1]
        over = {} if self.icu_beds is None else {"icu_over_days": float((icu > self.icu_beds).sum())}
        days = {what: _amount(outcome, what, together=False) for what in DAYS}
        once = {what: _amount(outcome, what, together=True) for what in ONCE}
        found = {
            **flows,
            **stocks,
            **days,
            **over,
            "limited_days": once["limited_days"],
            "restricted_days": days["home_days"] + days["site_days"] + once["weighed_days"],
        }
        return {event: found[event] for event in EVENTS if event in found}


def _amount(outcome: Outcome, what: str, *, together: bool) -> float:
    """Amount of one kind of burden over a replicate, of each measure or of all together."""
    daily = outcome.burden_daily
    number = outcome.measures.index(ALL) if ALL in outcome.measures else -1
    mine = daily["what"] == list(WHAT).index(what)
    mine &= (daily["measure"] == number) == together
    return float(daily["amount"][mine].sum())
