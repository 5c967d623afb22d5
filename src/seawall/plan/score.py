"""What one replicate of one option amounts to: the events that goals, the frontier and the race speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seawall.twin.burden import WHAT
from seawall.twin.economy import Economy, Parameters, life_years, school_years
from seawall.twin.limits import ALL
from seawall.twin.outcome import Outcome

FLOWS = ("infections", "reports", "admissions", "deaths", "tests")
STOCKS = ("in_hospital", "in_icu")
DAYS = ("home_days", "site_days", "lost_school_days", "lost_work_days", "doses", "no_bed", "no_icu", "stopped")
ONCE = ("limited_days", "weighed_days", "lost_school_days", "lost_work_days")
"""Kinds of burden told for all measures together, so that limits that overlap count once."""

ALWAYS = (
    *FLOWS,
    "reports_last_week",
    "peak_in_hospital",
    "peak_in_icu",
    *DAYS,
    "limited_days",
    "restricted_days",
    "life_years_lost",
    "school_years_lost",
)
"""Events that every score tells."""

LIVELIHOOD = (
    "output_lost",
    "output_lost_low",
    "output_lost_high",
    "jobs_lost",
    "won_back",
    "catch_up_cost",
    "output_cost_low",
    "output_cost_high",
    "care_days",
    "school_years_lost_low",
    "school_years_lost_high",
)
"""Events that are told where the city's table `sectors` says what is made there: see `twin.economy.Produced`."""

EVENTS = (*ALWAYS, *LIVELIHOOD)
"""Events of a score, in the order of the table; a goal asks for little of some."""

LEARNT_AWAY = Parameters().learnt_away
WEEK = 7
DAILY = ("infections", "reports", "admissions", "in_hospital", "in_icu", "deaths")
UNCARED = ("no_bed", "no_icu")
"""Events whose course is kept by day, and people who went without care, by day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What is kept of a replicate.

    Attributes:
        amounts: event to amount; all of `EVENTS`.
        rows: infections in all, those from before the start and reinfections included.
        gave_up: the run was stopped before its end, so that the amounts are only a part.
        series: name to float32. `DAILY` and `UNCARED` by event, shape (day,), of the whole city;
            ``deaths_by_district``, ``deaths_by_age``, ``school_away`` (district, stage); where the economy is known
            ``share`` of the usual output (day, sector), ``lost_by`` and ``jobs_by`` (district, sector).
    """

    amounts: Mapping[str, float]
    rows: int
    gave_up: bool
    series: Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """Turns a replicate into a score. Can be sent to a worker.

    Attributes:
        economy: of the city; None: what is made there is not known.
    """

    economy: Economy | None = None

    @property
    def events(self) -> tuple[str, ...]:
        """What its scores tell."""
        return ALWAYS if self.economy is None else EVENTS

    def __call__(self, outcome: Outcome) -> Scored:
        """The score of a replicate.

        ``restricted_days`` are person-days confined at home or at a site, and person-days under limits weighed by
        the share of contacts in the community, transport and public places that the limits take; who is confined
        where a limit holds counts in both.
        """
        flows = {event: float(outcome.daily[event][:, -1].sum()) for event in FLOWS}
        stocks = {f"peak_{event}": float(outcome.daily[event][:, -1].max()) for event in STOCKS}
        days = {what: _amount(outcome, what, together=what in ONCE) for what in DAYS}
        once = {what: _amount(outcome, what, together=True) for what in ONCE}
        found = {
            **flows,
            **stocks,
            **days,
            "reports_last_week": float(outcome.daily["reports"][-WEEK:, -1].sum()),
            "limited_days": once["limited_days"],
            "restricted_days": days["home_days"] + days["site_days"] + once["weighed_days"],
            "life_years_lost": life_years(outcome.ages["deaths"]),
            "school_years_lost": school_years(outcome.school_away, LEARNT_AWAY),
        }
        series = {
            **{event: outcome.daily[event][:, -1] for event in DAILY},
            **{event: _by_day(outcome, event) for event in UNCARED},
            "deaths_by_district": outcome.daily["deaths"][:, :-1].sum(axis=0),
            "deaths_by_age": outcome.ages["deaths"],
            "school_away": outcome.school_away.sum(axis=0),
        }
        if self.economy is not None:
            produced = self.economy.after(outcome)
            found |= produced.summary()
            series |= {"share": produced.shares, "lost_by": produced.lost_by, "jobs_by": produced.jobs_by}
        return Scored(
            amounts={event: found[event] for event in self.events},
            rows=outcome.rows,
            gave_up=outcome.played < len(outcome.layers),
            series={name: np.asarray(array, np.float32) for name, array in series.items()},
        )


def _amount(outcome: Outcome, what: str, *, together: bool) -> float:
    """Amount of one kind of burden over a replicate, of each measure or of all together."""
    daily = outcome.burden_daily
    number = outcome.measures.index(ALL) if ALL in outcome.measures else -1
    mine = daily["what"] == list(WHAT).index(what)
    mine &= (daily["measure"] == number) == together
    return float(daily["amount"][mine].sum())


def _by_day(outcome: Outcome, what: str) -> np.ndarray:
    """Amount of one kind of burden by day, of each measure, float64, shape (day,)."""
    daily = outcome.burden_daily
    number = outcome.measures.index(ALL) if ALL in outcome.measures else -1
    mine = (daily["what"] == list(WHAT).index(what)) & (daily["measure"] != number)
    return np.bincount(daily["day"][mine].astype(np.int64), daily["amount"][mine], minlength=len(outcome.layers))
