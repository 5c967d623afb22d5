"""Daily numbers of the districts: counts and tests, made from the line list so that they agree with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from seawall.city.example.arrivals import Gates
from seawall.city.example.course import Course
from seawall.city.example.linelist import ROUTES, Outbreak, dated, weekday
from seawall.city.example.outbreak import Setting
from seawall.city.example.people import People
from seawall.core.draws import generator

QUARANTINE_DAYS = 7
"""Days a traced contact stays under observation, from the report of the case."""

TESTED = (
    ("pcr", "symptoms", "symptoms"),
    ("antigen", "symptoms", "self_test"),
    ("pcr", "contact", "contact"),
    ("pcr_pooled", "key_group", "key_group"),
    ("pcr_pooled", "screening", "screening"),
    ("pcr", "arrival", "arrival"),
)
"""Kind of test, its reason, and how the cases it finds are said to be found."""


@dataclass(frozen=True, kw_only=True)
class Tallies:
    """Numbers by day and district; every array has shape (day, district).

    Attributes:
        events: event to numbers, as in the table `counts`.
        tests, positives: reason and kind to numbers, as in the table `tests`.
        turnaround_hours: median hours to a result.
    """

    events: dict[str, np.ndarray]
    tests: dict[tuple[str, str], np.ndarray]
    positives: dict[tuple[str, str], np.ndarray]
    turnaround_hours: np.ndarray


def tally(outbreak: Outbreak, traced: np.ndarray, gates: Gates) -> Tallies:
    """Count the line list by day and district, and put the tests, beds and vaccinations beside it.

    Args:
        outbreak: what happened, and the line list.
        traced: int, shape (day, district). Contacts newly placed under observation.
        gates: who arrived.
    """
    setting, course, infections = outbreak.setting, outbreak.course, outbreak.infections
    lines, rows = outbreak.lines, outbreak.rows
    people, days = setting.people, course.days
    district = infections.district[rows]
    draw = generator(setting.seed, "example", "tallies")

    def by_day(day: np.ndarray, where: np.ndarray | None = None) -> np.ndarray:
        kept = (day >= 0) & (day < days)
        if where is not None:
            kept &= where
        flat = np.bincount(day[kept] * course.slow.size + district[kept], minlength=days * course.slow.size)
        return flat.reshape(days, -1)

    report, imported = lines.report[rows], infections.imported[rows]
    held = lines.in_control[rows]
    admission, outcome = lines.admission[rows], lines.outcome[rows]
    admitted = admission < days
    entry = np.maximum(admission, report)
    critical = admitted & (lines.severity[rows] == 4)
    dies = lines.dies[rows]

    def stock(who: np.ndarray) -> np.ndarray:
        return np.cumsum(by_day(entry, who) - by_day(outcome, who), axis=0)

    positives = {
        (kind, reason): by_day(lines.specimen[rows], lines.route[rows] == ROUTES.index(route))
        for kind, reason, route in TESTED
    }
    in_quarantine = sum(
        np.vstack([np.zeros((back, traced.shape[1]), dtype=np.int64), traced[: days - back]])
        for back in range(min(QUARANTINE_DAYS, days))
    )
    assert isinstance(in_quarantine, np.ndarray)
    expected = _expected_tests(setting, course, positives, in_quarantine)
    tests = {which: draw.poisson(mean) + positives[which] for which, mean in expected.items()}
    tests["pcr", "arrival"] = gates.tested_by_district
    in_hospital = stock(admitted)
    beds = _beds_by_district(people)
    others = beds * (0.76 - 0.04 * (weekday(np.arange(days)) >= 5))[:, None] + draw.normal(0, 0.01, traced.shape) * beds
    staffed = np.broadcast_to(beds, traced.shape)
    vaccinated = 0.86 * people.district_residents * (1 - np.exp(-(np.arange(days)[:, None] + 260) / 120))
    events = {
        "reports": by_day(report),
        "reports_local": by_day(report, ~imported),
        "reports_imported": by_day(report, imported),
        "reports_in_control": by_day(report, held),
        "reports_in_community": by_day(report, ~held),
        "specimens": sum(given for (kind, _), given in tests.items() if kind != "antigen"),
        "tests": sum(tests.values()),
        "positives": sum(positives.values()),
        "admissions": by_day(admission),
        "discharges": by_day(outcome, admitted & ~dies),
        "deaths": by_day(outcome, dies),
        "arrivals": gates.by_district,
        "contacts_traced": traced,
        "in_hospital": in_hospital,
        "in_icu": stock(critical),
        "in_quarantine": in_quarantine,
        "staffed_beds": staffed,
        "occupied_beds": np.minimum(staffed, np.round(others) + in_hospital),
        "vaccinated": np.round(vaccinated),
    }
    usual = np.where(course.slow, 26.0, 13.0) - 4.0 * np.linspace(0, 1, days)[:, None]
    return Tallies(
        events={event: np.asarray(values, dtype=np.int64) for event, values in events.items()},
        tests=tests,
        positives=positives,
        turnaround_hours=np.round(usual + draw.normal(0, 1.2, traced.shape), 1),
    )


def _beds_by_district(people: People) -> np.ndarray:
    hospitals = people.kind("hospital")
    capacity = people.places["capacity"].to_numpy()[hospitals]
    return np.bincount(people.place_district[hospitals], capacity, minlength=len(people.district_ids))


def _expected_tests(
    setting: Setting, course: Course, positives: dict[tuple[str, str], np.ndarray], in_quarantine: np.ndarray
) -> dict[tuple[str, str], np.ndarray]:
    """People expected to be tested and found negative, by kind and reason; the gates keep their own count."""
    people, story = setting.people, setting.story
    day = np.arange(course.days)
    residents = people.district_residents[None]
    working = np.where(weekday(day) >= 5, 0.6, 1.0)[:, None]
    answered = np.interp(day, (story.detection_day, story.detection_day + 25), (0.0, 1.0))[:, None]
    rounds = np.interp(day, (30, 34, 45, 65, 80, 92, 100, 119), (0.0, 0.05, 0.2, 0.22, 0.1, 0.06, 0.12, 0.08))[:, None]
    wave = np.where((day[:, None] + np.arange(residents.size)) % 3 == 0, 2.2, 0.4)
    return {
        ("pcr", "symptoms"): residents * 0.0008 * working * (1 + 1.5 * answered) + 4 * positives["pcr", "symptoms"],
        ("antigen", "symptoms"): residents * 0.0020 * answered + 3 * positives["antigen", "symptoms"],
        ("pcr", "contact"): 0.5 * in_quarantine,
        ("pcr_pooled", "key_group"): residents * 0.004 * working * (1 + 2 * answered),
        ("pcr_pooled", "screening"): residents * rounds * wave * working,
    }


def counts_table(setting: Setting, course: Course, tallies: Tallies) -> pl.DataFrame:
    """Table `counts`, but for the days one district did not send."""
    people, story = setting.people, setting.story
    days, districts = course.days, course.slow.size
    day, unit = np.divmod(np.arange(days * districts), districts)
    sent = ~((unit == course.gap_district) & (day >= story.gap_day) & (day < story.gap_day + story.gap_days))
    day, unit = day[sent], unit[sent]
    place = pl.Series(people.district_ids).gather(unit)
    return pl.concat(
        pl.DataFrame(
            {
                "date": dated(day, days),
                "area_id": place,
                "event": pl.repeat(event, day.size, eager=True),
                "count": values[day, unit],
            }
        )
        for event, values in tallies.events.items()
    )


def tests_table(people: People, tallies: Tallies) -> pl.DataFrame:
    """Table `tests`: a row for each day, district, kind and reason with anybody tested."""
    parts = []
    for (kind, reason), given in tallies.tests.items():
        day, unit = np.nonzero(given)
        parts.append(
            pl.DataFrame(
                {
                    "date": dated(day, given.shape[0]),
                    "area_id": pl.Series(people.district_ids).gather(unit),
                    "kind": pl.repeat(kind, day.size, eager=True),
                    "reason": pl.repeat(reason, day.size, eager=True),
                    "tests": given[day, unit],
                    "positives": tallies.positives[kind, reason][day, unit],
                    "turnaround_hours": np.round(
                        tallies.turnaround_hours[day, unit] * (0.02 if kind == "antigen" else 1.0), 1
                    ),
                }
            )
        )
    return pl.concat(parts).sort("date", "area_id", maintain_order=True)
