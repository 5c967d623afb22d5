"""Where a plan starts: the infections of the last weeks, who is at work today, the beds that are free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import polars as pl

from seawall.city import City
from seawall.city.synth.ages import Residents
from seawall.city.synth.defaults import ENROLMENT, HOUSEHOLD_SIZES
from seawall.city.synth.mixing import AT_PLACES, IN_PUBLIC, ON_TRANSPORT, OUTSIDE, met_where
from seawall.city.synth.people import AGE_CLASS
from seawall.city.synth.trips import destinations, district_of_areas
from seawall.core import InvalidInput
from seawall.disease import pathogen
from seawall.disease.compile import course_of
from seawall.disease.course import CHANCES, Course
from seawall.measures import LimitSectors, Strategy
from seawall.measures.today import ESSENTIAL
from seawall.plan.reopening.spread import Shares, Spread
from seawall.plan.reopening.terms import Terms
from seawall.plan.reopening.work import Work
from seawall.twin.present import WINDOW_DAYS, Situation, Unseen, counted, infections_of
from seawall.twin.rates import LayerWeights

STEADY_DAYS = 7
"""Days of beds taken that are averaged before the model's beds are held against them."""

FACTORS = (1e-3, 1e3)
"""Range of the factor between expected and counted beds; beyond, one of the two is wrong."""


@dataclass(frozen=True, kw_only=True)
class Today:
    """What a plan goes on from.

    Attributes:
        on: last day whose reports are in.
        spread: the epidemic.
        at_work: float64, shape (unit,). Share of the workers that is at work today.
        reproduction: of today, under what is in force; `low` and `high` its 90 % interval.
        beds, icu_beds: taken today by patients with this infection, as counted; NaN: not told.
        assumed: what had to be assumed, in sentences.
    """

    on: date
    spread: Spread = field(repr=False)
    at_work: np.ndarray = field(repr=False)
    reproduction: float
    low: float
    high: float
    beds: float
    icu_beds: float
    assumed: tuple[str, ...] = ()


def today_of(
    city: City,
    situation: Situation,
    residents: Residents,
    work: Work,
    at_work: np.ndarray,
    *,
    terms: Terms,
    unseen: Unseen | None = None,
    reproduction: float | None = None,
) -> Today:
    """Lay out where a plan starts.

    Args:
        at_work: float64, shape (unit,). Share of the workers at work in the days from which the situation estimates.
        reproduction: in place of the situation's median, to see a worse or a better case.

    Raises:
        InvalidInput: nothing was reported of late, or no reproduction number is estimated.
    """
    course = course_of(city.pathogen)
    unseen = unseen or Unseen()
    root = city.areas.root.area_id
    now = counted(situation, residents.district_ids, root, course)
    assumed = [*residents.defaults]
    where = destinations(city, residents, assumed)
    found = unseen.between("share_found", 0.5)
    reporting = unseen.reporting(unseen.between("infection_to_report", 0.5))
    weights = pathogen(city.pathogen).serial_interval_by_day()[1:WINDOW_DAYS]
    weights = weights / weights.sum()
    number = float(now.reproduction[3]) if reproduction is None else reproduction
    past = infections_of(
        now,
        u_events=0.5,
        delay=now.delay(reporting),
        share_found=found,
        reproduction=np.full(WINDOW_DAYS, number),
        weights=weights,
    )
    by_age = np.zeros((len(residents.district_ids), residents.by_age.shape[1]))
    np.add.at(by_age, residents.district_of_area, residents.by_age)
    people = by_age.sum(axis=1)
    ever = _ever_reported(situation, residents) / found
    susceptible = np.clip(people - np.maximum(ever, past.sum(axis=0)), 0.0, people)
    shares = _shares(by_age, work, terms)
    in_bed, in_icu = _care(course, by_age / np.maximum(people, 1.0)[:, None])
    spread = Spread(
        people=people,
        susceptible=susceptible,
        past=past,
        generation=weights,
        destinations=where,
        near=met_where((np.eye(people.size) + where) / 2, people),
        shares=shares,
        reproduction=1.0,
        in_bed=in_bed,
        in_icu=in_icu,
        reported=found * reporting,
    )
    presence = at_work[:, None]
    matrix = spread.next_generation(work.present_at_work(presence)[:, 0], work.present_to_customers(presence)[:, 0])
    largest = float(np.abs(np.linalg.eigvals(matrix * (susceptible / people)[:, None])).max())
    scale = number / max(largest, 1e-9)
    beds, icu = (_taken(situation, root, event) for event in ("in_hospital", "in_icu"))
    factors = [_factor(past, kernel, counted_beds) for kernel, counted_beds in ((in_bed, beds), (in_icu, icu))]
    for name, factor in zip(("hospital", "intensive care"), factors, strict=True):
        usual = f"Beds in {name} an infection: "
        assumed.append(
            f"{usual}those of the catalogue without immunity, as the folder counts none (assumed)."
            if factor is None
            else f"{usual}{factor:.2g} times those of the catalogue without immunity, so that today's are as counted."
        )
    delay = unseen.between("infection_to_report", 0.5)
    assumed.append(f"One infection in {1 / found:.1f} is reported, {delay:.1f} days after it on average (assumed).")
    assumed.append(
        f"Infections of usual days: {shares.home:.0%} at home and school, {shares.near:.0%} near home and under way, "
        f"{shares.work:.0%} at work, {shares.customers:.0%} with customers (contacts and weights of the twin)."
    )
    assumed.append("Whatever else is in force stays in force; no infected people arrive.")
    return Today(
        on=situation.on,
        spread=replace(
            spread,
            reproduction=scale,
            in_bed=in_bed * (factors[0] or 1.0),
            in_icu=in_icu * (factors[1] or 1.0),
        ),
        at_work=at_work,
        reproduction=number,
        low=float(now.reproduction[1]),
        high=float(now.reproduction[5]),
        beds=beds,
        icu_beds=icu,
        assumed=tuple(assumed),
    )


def _shares(by_age: np.ndarray, work: Work, terms: Terms) -> Shares:
    """Where infections happen on a usual day: contacts of the twin's tables times the weight of each."""
    weights = LayerWeights()
    people = by_age.sum()
    ages = by_age.sum(axis=0) / people
    sizes = np.array(HOUSEHOLD_SIZES.at, dtype=float)
    living = sizes * np.array(HOUSEHOLD_SIZES.values)
    home = terms.home_weight * float(living @ (sizes - 1)) / float(living.sum())
    met = [AT_PLACES.values[2 * at] + AT_PLACES.values[2 * at + 1] for at in range(2)]
    school = weights.school * met[0] * float(ages @ ENROLMENT.by_age(np.arange(ages.size)))
    at_work = met[1] * min(1.0, float(work.workers.sum()) / people)
    classes = np.bincount(AGE_CLASS[: ages.size], ages, minlength=len(OUTSIDE.values))
    outside = classes * np.array(OUTSIDE.values)
    transport = ON_TRANSPORT.by_age(np.array(OUTSIDE.at))
    public = weights.public * float(outside.sum()) * IN_PUBLIC.value
    near = weights.community * float(outside @ (1 - transport - IN_PUBLIC.value))
    near += weights.transport * float(outside @ transport)
    if not work.serves.any():
        near, public = near + public, 0.0
    total = home + school + at_work + near + public
    return Shares(home=(home + school) / total, near=near / total, work=at_work / total, customers=public / total)


def _care(course: Course, ages: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Expected beds taken so many days after an infection, by district; hospital and intensive care.

    Args:
        ages: float, shape (district, age). Share of residents.
    """
    onset = np.bincount(course.onset_day[0]) / CHANCES
    admitted = np.convolve(onset, np.bincount(course.onset_to_admission) / CHANCES)
    critical = np.convolve(admitted, np.bincount(course.admission_to_icu) / CHANCES)

    def stays(days: np.ndarray) -> np.ndarray:
        return np.asarray(1 - np.cumsum(np.bincount(days) / CHANCES))

    bed = np.convolve(admitted, stays(course.hospital_days))
    icu = np.convolve(critical, stays(course.icu_days))
    return (
        np.outer(ages @ course.p_admission[0][: ages.shape[1]], bed),
        np.outer(ages @ course.p_icu[0][: ages.shape[1]], icu),
    )


def _taken(situation: Situation, root: str, event: str) -> float:
    """Beds taken, mean of the last days on which they were told; NaN where they are not."""
    rows = situation.daily.filter(
        pl.col("area_id") == root, pl.col("event") == event, pl.col("count").is_not_null(), ~pl.col("count").is_nan()
    )
    last = rows.sort("date")["count"].tail(STEADY_DAYS)
    return float(last.mean()) if last.len() else float("nan")  # type: ignore[arg-type]


def _factor(past: np.ndarray, kernel: np.ndarray, counted_beds: float) -> float | None:
    """Counted beds beside those expected of the infections so far; None where they are not counted."""
    if np.isnan(counted_beds):
        return None
    days = past.shape[0]
    expected = 0.0
    for back in range(STEADY_DAYS):
        lag = np.arange(min(kernel.shape[1], days - back))
        rows = days - 1 - back - lag
        expected += float(sum(past[row] @ kernel[:, k] for row, k in zip(rows, lag, strict=True))) / STEADY_DAYS
    # half a bed on both sides: a small city's empty wards say little
    return float(np.clip((counted_beds + 0.5) / (expected + 0.5), *FACTORS))


def _ever_reported(situation: Situation, residents: Residents) -> np.ndarray:
    """Reports since the first day known, by district."""
    rows = situation.daily.filter(pl.col("event") == "reports", pl.col("area_id").is_in(list(residents.district_ids)))
    told = dict(rows.group_by("area_id").agg(pl.col("count").fill_nan(0).sum()).iter_rows())
    return np.array([float(told.get(code, 0.0)) for code in residents.district_ids])


def free_beds(city: City, today: Today) -> Mapping[str, float]:
    """What the folder says there is for patients with this infection: beds not taken by others; tests a day."""
    if not city.has("capacity"):
        return {}
    rows = city.scan("capacity").group_by("resource").agg(pl.col("total").sum(), pl.col("in_use").sum()).collect()
    found = {}
    for resource, total, used in rows.iter_rows():
        if resource in ("beds", "icu_beds"):
            mine = today.beds if resource == "beds" else today.icu_beds
            others = max(0.0, (used or 0.0) - (0.0 if np.isnan(mine) else mine))
            found[resource] = max(0.0, total - others)
        elif resource == "tests_per_day":
            found[resource] = float(total)
    return found


def at_work_under(strategy: Strategy, city: City, work: Work, on: date) -> tuple[np.ndarray, tuple[str, ...]]:
    """Share of each unit's workers at work on a day under a strategy that is in force.

    Returns:
        float64, shape (unit,); and what was left out, in sentences.

    Raises:
        InvalidInput: a limit names an area or a sector the city does not have.
    """
    present = np.ones(work.units)
    notes: list[str] = []
    rows = district_of_areas(city, work.districts)
    faults = []
    for index, measure in enumerate(strategy.measures):
        if not isinstance(measure, LimitSectors) or measure.mode == "open":
            continue
        if isinstance(measure.start, int) or isinstance(measure.stop, int):
            notes.append(f"{measure.key} counts its days from the start of a run, so it was left out.")
            continue
        if (measure.start is not None and on < measure.start) or (measure.stop is not None and on >= measure.stop):
            continue
        if measure.zones:
            notes.append(f"{measure.key} holds in zones only, so it was left out.")
            continue
        for area in measure.areas:
            if area not in city.areas:
                problem = f'"{area}" is not an area of this city'
                faults.append(strategy.fault(index, "areas", problem, "Write a code of the table areas"))
        for sector in (*measure.sectors, *measure.except_sectors):
            if sector not in work.sectors and sector != ESSENTIAL:
                problem = f'"{sector}" is not a sector of this city'
                faults.append(strategy.fault(index, "sectors", problem, f"Use one of {', '.join(work.sectors)}"))
        if faults:
            continue
        share = _share_of_districts(city, work, rows, measure.areas)
        share = share * (
            1 - (_share_of_districts(city, work, rows, measure.except_areas) if measure.except_areas else 0)
        )
        mine = _named(work, measure.sectors, everyone=True) & ~_named(work, measure.except_sectors, everyone=False)
        loop = measure.living_in if measure.mode == "closed_loop" else 0.0
        allowed = loop + (1 - loop) * measure.capacity if measure.mode in ("capped", "closed_loop") else 0.0
        left = 1 - measure.adherence * (1 - allowed) * share[work.district]
        present = np.where(mine, np.minimum(present, left), present)
    if faults:
        raise InvalidInput(f"{strategy.file} has {len(faults)} problem(s); nothing was planned.", faults)
    return present, tuple(notes)


def _named(work: Work, names: Sequence[str], *, everyone: bool) -> np.ndarray:
    if not names:
        return np.full(work.units, everyone)
    found = np.isin(np.array(work.sectors)[work.sector], names)
    return np.asarray(found | (work.essential if ESSENTIAL in names else False))


def _share_of_districts(city: City, work: Work, rows: Mapping[str, int], areas: Sequence[str]) -> np.ndarray:
    """Share of the residents of each district who live in one of these areas; all where none is named."""
    if not areas:
        return np.ones(len(work.districts))
    share = np.zeros(len(work.districts))
    for code in areas:
        if code in rows:
            whole = city.areas.population(work.districts[rows[code]]) or 1
            mine = whole if code == work.districts[rows[code]] else (city.areas.population(code) or 0)
            share[rows[code]] += mine / whole
        else:  # above the districts
            share += 1.0
    return np.minimum(share, 1.0)
