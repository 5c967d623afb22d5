"""The infections of the last weeks, by district and day of infection, as far as a situation tells them.

What was counted on a day was infected some days earlier: the counts are carried back to the day of infection, and the
last days, of which next to nothing is counted yet, follow from the renewal equation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

import numpy as np
import polars as pl

from seawall.core import Fault, InvalidInput, check_quantities, quantity
from seawall.disease import Delay, discretised
from seawall.disease.course import Course

LEVELS = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
QUANTILES = ("q2.5", "q5", "q25", "q50", "q75", "q95", "q97.5")
WINDOW_DAYS = 42
"""Days of counts that are carried back."""

ROUNDS = 10
"""Rounds of the deconvolution; more would follow the noise of single days."""

TELLING = 0.5
"""A day of infection of which less than this share is counted by now follows from the days before."""


class Situation(Protocol):
    """The picture of the epidemic on one morning, as `seawall.watch.assess` gives it; tables as described there."""

    @property
    def on(self) -> date:
        """Last day whose reports are in."""

    @property
    def daily(self) -> pl.DataFrame:
        """``date, area_id, event, count`` for city and districts."""

    @property
    def nowcast(self) -> pl.DataFrame:
        """``clock, date, area_id, reported, completeness, q2.5 ... q97.5``."""

    @property
    def reproduction(self) -> pl.DataFrame:
        """``start, end, area_id, mean, sd, q2.5 ... q97.5``."""

    @property
    def spread(self) -> pl.DataFrame:
        """``date, area_id, ..., share_in_control, ...``."""

    @property
    def places(self) -> pl.DataFrame:
        """``place_id, area_id, ..., cases_7d, ...``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """What no report tells and a run must assume to go on from today."""

    share_found_low: float = quantity(
        0.3,
        unit="fraction of infections",
        low=0.001,
        high=1,
        source="assumed: testing of the ill alone finds the share that falls ill and seeks a test",
        about="Infections that are ever reported under the measures of the last weeks, at least.",
    )
    share_found_high: float = quantity(
        0.9,
        unit="fraction of infections",
        low=0.001,
        high=1,
        source="assumed: rounds of tests and tracing miss few",
        about="The same, at most; a replicate draws evenly between the two.",
    )
    infection_to_report_low: float = quantity(
        3.0,
        unit="day",
        low=1,
        high=30,
        source="assumed: contacts in quarantine who are tested on its first days",
        about="Mean time from infection to report, at least.",
    )
    infection_to_report_high: float = quantity(
        6.0,
        unit="day",
        low=1,
        high=30,
        source="assumed: an incubation, two days to a test and one to its report",
        about="The same, at most; a replicate draws evenly between the two.",
    )
    infection_to_report_sd: float = quantity(
        2.2, unit="day", low=0.2, high=20, source="assumed", about="Standard deviation of that time among infections."
    )
    result_days: int = quantity(
        1,
        unit="day",
        low=0,
        high=14,
        source="assumed: a night in the laboratory",
        about="From specimen to result before the first day.",
    )
    told_before_report_days: int = quantity(
        2,
        unit="day",
        low=0,
        high=14,
        source="assumed: a test on the first days of quarantine and a day to its result",
        about="Days before the report on which who is found in control is kept apart already.",
    )
    near_reports: float = quantity(
        0.8,
        unit="fraction of infected people",
        low=0,
        high=1,
        source="assumed",
        about="Share that lives in the areas of the recent reports, as many in each as reported; the others anywhere.",
    )
    same_household: float = quantity(
        0.3,
        unit="fraction of infected people",
        low=0,
        high=0.9,
        source="assumed: about the share of infections that happen at home",
        about="Share that lives with another one infected about the same time.",
    )
    drift_per_day: float = quantity(
        0.1,
        unit="1 per square root of day",
        low=0,
        high=1,
        source="the brief's forecast: its daily steps and turns of log R, at a serial interval of 3 to 4 days",
        about="Standard deviation of a day's step of log transmission, a random walk that no measure accounts for.",
    )

    def __post_init__(self) -> None:
        check_quantities(self)
        faults = [
            Fault(
                file="Unseen",
                column=f"{name}_low",
                problem=f"{getattr(self, f'{name}_low'):g} is above {name}_high, {getattr(self, f'{name}_high'):g}",
                mend=f"Give the smaller number as {name}_low",
            )
            for name in ("share_found", "infection_to_report")
            if getattr(self, f"{name}_low") > getattr(self, f"{name}_high")
        ]
        if faults:
            raise InvalidInput("What is assumed of the unseen does not make intervals.", faults)

    def between(self, name: str, u: float) -> float:
        """The number at a share of the way from its lower to its upper end."""
        low, high = getattr(self, f"{name}_low"), getattr(self, f"{name}_high")
        return float(low + u * (high - low))

    def reporting(self, mean_days: float) -> np.ndarray:
        """Probability of each number of days from infection to report, at least 1; sums to 1."""
        delay = Delay(family="gamma", mean_days=mean_days, sd_days=self.infection_to_report_sd)
        days = discretised(delay, WINDOW_DAYS - 1, right_truncated=True)
        days[1] += days[0]
        days[0] = 0.0
        return np.asarray(days)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a situation tells, laid out by day and district.

    Attributes:
        on: last day.
        reports: int64, shape (day, district). Of infections acquired in the city; the last row is `on`.
        events: float64, shape (quantile, day, district). Events of a clock once all are known, at `LEVELS`, in units of
            reports.
        onset: float64, shape (days,). Days from infection to onset.
        clock: ``onset``, ``specimen`` or ``report``.
        reproduction: float64, shape (quantile,). At `LEVELS`.
        window: first and last day of the reports it was estimated from.
        in_control: share of the recent reports found while kept apart.
    """

    on: date
    reports: np.ndarray = field(repr=False)
    events: np.ndarray = field(repr=False)
    onset: np.ndarray = field(repr=False)
    clock: str
    reproduction: np.ndarray
    window: tuple[date, date]
    in_control: float

    def delay(self, reporting: np.ndarray) -> np.ndarray:
        """Probability of each number of days from infection to an event, where reports take so long."""
        if self.clock == "report":
            return reporting
        if self.clock == "onset":
            return self.onset
        earlier = np.append(reporting[1:], 0.0)  # a specimen is taken the day before its report
        earlier[1] += earlier[0]
        earlier[0] = 0.0
        return np.asarray(earlier)


def counted(situation: Situation, districts: tuple[str, ...], city: str, course: Course, variant: int = 0) -> Counted:
    """Lay out what a situation tells.

    Args:
        situation: of the morning.
        districts: codes of the districts, in the order of the residents.
        city: code of the whole city.
        course: gives the incubation.
        variant: index of the variant that spreads.

    Raises:
        InvalidInput: nothing was reported of late, or no reproduction number is estimated.
    """
    reports = _reports(situation, districts, city)
    row = situation.reproduction.filter(pl.col("area_id") == city, pl.col("q50").is_not_null()).sort("end")
    faults = []
    if row.is_empty():
        faults.append(
            ("reproduction", "no reproduction number is estimated for the city", "Wait for two weeks of reports")
        )
    if not reports.sum():
        faults.append(
            (
                "daily",
                f"no infection was reported in the {WINDOW_DAYS} days up to {situation.on}",
                "Begin with `seeded`",
            )
        )
    if faults:
        raise InvalidInput(
            "A run cannot go on from this situation.",
            [Fault(file="situation", column=name, problem=problem, mend=mend) for name, problem, mend in faults],
        )
    last = row.row(-1, named=True)
    clock, events = _events(situation, districts, reports)
    share = situation.spread.filter(pl.col("area_id") == city, pl.col("share_in_control").is_not_null()).sort("date")
    return Counted(
        on=situation.on,
        reports=reports,
        events=events,
        onset=np.bincount(course.onset_day[variant], minlength=2) / course.onset_day.shape[1],
        clock=clock,
        reproduction=np.array([last[name] for name in QUANTILES]),
        window=(last["start"], last["end"]),
        in_control=float(share["share_in_control"][-1]) if share.height else 0.0,
    )


def _reports(situation: Situation, districts: tuple[str, ...], city: str) -> np.ndarray:
    """Infections reported of each district and day that were acquired in the city.

    Those that the city has beyond its districts' are shared among these. Where it is not told who was infected
    elsewhere, all count.
    """
    first = situation.on - timedelta(days=WINDOW_DAYS - 1)
    rows = situation.daily.filter(pl.col("date") >= first, pl.col("date") <= situation.on)
    wanted = {area_id: column for column, area_id in enumerate((*districts, city))}

    def laid(event: str) -> np.ndarray:
        out = np.full((WINDOW_DAYS, len(districts) + 1), np.nan)
        mine = rows.filter(
            pl.col("event") == event, pl.col("area_id").is_in(list(wanted)), pl.col("count").is_not_null()
        )
        for day, area_id, count in mine.select("date", "area_id", "count").iter_rows():
            for at in {wanted[area_id], *([len(districts)] if area_id == city else [])}:
                out[(day - first).days, at] = count
        return out

    told, local, imported = (laid(event) for event in ("reports", "reports_local", "reports_imported"))
    numbers = np.nan_to_num(np.where(np.isnan(local), np.maximum(told - np.nan_to_num(imported), 0), local))
    below, whole = numbers[:, :-1], numbers[:, -1]
    total = below.sum(axis=1)
    more = np.where((total > 0) & (whole > total), whole / np.maximum(total, 1), 1.0)
    return np.asarray(np.rint(below * more[:, None]).astype(np.int64))


def _events(situation: Situation, districts: tuple[str, ...], reports: np.ndarray) -> tuple[str, np.ndarray]:
    """The events that are carried back, at each quantile, and their clock.

    Where a nowcast by onset or specimen is there it is taken, in units of reports: an infection without that date
    counts as those with it.
    """
    first = situation.on - timedelta(days=WINDOW_DAYS - 1)
    for clock in ("onset", "specimen"):
        rows = situation.nowcast.filter(pl.col("clock") == clock, pl.col("area_id").is_in(list(districts)))
        if rows["reported"].sum() == 0:
            continue
        out = np.zeros((len(LEVELS), WINDOW_DAYS, len(districts)))
        known = np.zeros(WINDOW_DAYS)
        for row in rows.iter_rows(named=True):
            day, column = (row["date"] - first).days, districts.index(row["area_id"])
            if day >= 0:
                out[:, day, column] = [row[name] for name in QUANTILES]
                known[day] += row["reported"]
        covered = rows["date"].n_unique()
        return clock, out * (reports[-covered:].sum() / max(known.sum(), 1.0))
    return "report", np.repeat(reports[None].astype(np.float64), len(LEVELS), axis=0)


def at_quantile(values: np.ndarray, u: float) -> np.ndarray:
    """Values at one quantile, between those at `LEVELS`; the outermost beyond them."""
    return np.asarray(np.apply_along_axis(lambda column: np.interp(u, LEVELS, column), 0, values))


def back_to_infection(events: np.ndarray, delay: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Infections of each day whose events, so much later, are those counted.

    Args:
        events: float, shape (day, district).
        delay: float, shape (days,). Probability of so many days from infection to event.

    Returns:
        float, shape (day, district); and the share of each day's infections whose event is counted by the last day.

    Source:
        Richardson 1972, Journal of the Optical Society of America 62:55; for epidemics Goldstein et al. 2009,
        doi:10.1073/pnas.0902958106.
    """
    days = events.shape[0]
    lag = np.subtract.outer(np.arange(days), np.arange(days))
    matrix = np.where((lag >= 0) & (lag < delay.size), delay[np.clip(lag, 0, delay.size - 1)], 0.0)
    seen = matrix.sum(axis=0)
    shift = round(float(delay @ np.arange(delay.size)))
    padded = np.vstack([events, np.repeat(events[-1:], shift, axis=0)]) if shift else events
    infections = padded[shift:] + 1e-6
    for _ in range(ROUNDS):
        expected = matrix @ infections
        infections = infections * (matrix.T @ (events / np.maximum(expected, 1e-12))) / np.maximum(seen, 1e-12)[:, None]
    return np.asarray(infections), np.asarray(seen)


def infections_of(
    now: Counted,
    *,
    u_events: float,
    delay: np.ndarray,
    share_found: float,
    reproduction: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """Infections by day and district, found or not, that go with one draw of what is not known.

    Args:
        now: what is counted.
        u_events: quantile of the nowcast.
        delay: float, shape (days,). From infection to event.
        share_found: of all infections.
        reproduction: float, shape (day,). On the days of the window; only those at its end matter.
        weights: float, shape (lag,). Generation time from lag 1 on; sums to 1.

    Returns:
        float, shape (day, district).
    """
    infections, seen = back_to_infection(at_quantile(now.events, u_events), delay)
    last = int(np.nonzero(seen >= TELLING)[0].max(initial=0))
    for day in range(last + 1, infections.shape[0]):
        past = infections[max(day - weights.size, 0) : day][::-1]
        infections[day] = reproduction[day] * (weights[: past.shape[0]] @ past)
    return np.asarray(infections / share_found)
