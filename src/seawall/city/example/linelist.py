"""From infections to the line list: who felt it, who was found, how, and how long each step took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from seawall.city.example.course import FIRST_DAY, Course, DelayTable, Story
from seawall.city.example.outbreak import NOBODY, Infections, Setting
from seawall.city.example.people import AGE_FROM, AGE_TO, People
from seawall.core.draws import generator
from seawall.disease import discretised

NEVER = 10_000
"""Day of what does not happen."""

ROUTES = ("contact", "key_group", "screening", "symptoms", "self_test", "arrival")
"""How a case may be found, in the order of the codes used here."""

_FOUND_IN_CONTROL = (0.86, 0.08, 0.06)
_FOUND_WITH_SYMPTOMS = (0.0, 0.05, 0.20, 0.57, 0.18)
_FOUND_WITHOUT = (0.0, 0.22, 0.70, 0.0, 0.08)


@dataclass(frozen=True, kw_only=True)
class Lines:
    """What became of every infection, reported or not; each array has shape (infection,), days count from the first.

    Attributes:
        falls_ill: day of the first symptoms, or on which they would have begun.
        symptoms: whether there were any.
        in_control: found in quarantine or a closed loop.
        reported: whether it is found at all, sooner or later.
        route: how, as a number into `ROUTES`.
        specimen: day of the specimen; `NEVER` where it is not found.
        due: day the report was due; `report` is when it came, after weekends and the batch held back.
        isolation, admission, outcome: days; `NEVER` where there is none.
        dies, critical: bool.
        severity: 0 none, 1 mild, 2 moderate, 3 severe, 4 critical.
        band, age: age band and age in years.
        female: bool.
    """

    falls_ill: np.ndarray
    symptoms: np.ndarray
    in_control: np.ndarray
    reported: np.ndarray
    route: np.ndarray
    specimen: np.ndarray
    due: np.ndarray
    report: np.ndarray
    isolation: np.ndarray
    admission: np.ndarray
    outcome: np.ndarray
    dies: np.ndarray
    severity: np.ndarray
    age: np.ndarray
    female: np.ndarray


def weekday(day: np.ndarray) -> np.ndarray:
    """0 Monday to 6 Sunday."""
    return np.asarray((day + FIRST_DAY.weekday()) % 7)


def follow(setting: Setting, course: Course, delays: dict[str, DelayTable], infections: Infections) -> Lines:
    """Follow every infection to its end."""
    people, story, pathogen = setting.people, setting.story, setting.pathogen
    draw = generator(setting.seed, "example", "lines")
    count = infections.day.size
    district = infections.district
    slow = course.slow[district].astype(int)
    stopped = infections.stopped
    incubation = discretised(pathogen.incubation.delay, 21, right_truncated=True)
    falls_ill = infections.day + draw.choice(incubation.size, size=count, p=incubation)
    falls_ill[stopped] = infections.day[stopped] - draw.integers(0, 4, int(stopped.sum()))
    symptoms = draw.random(count) >= float(pathogen.asymptomatic_share)
    at = np.clip(falls_ill, 0, course.days - 1)
    in_control = (draw.random(count) < course.in_control[at, district]) | stopped
    p_seen = np.where(symptoms, course.seen_with_symptoms[at, district], course.seen_without[at, district])
    reported = in_control | (draw.random(count) < p_seen)

    route = _routes(draw, in_control, symptoms)
    route[stopped] = ROUTES.index("arrival")
    wait = np.where(
        in_control,
        delays["onset_to_specimen_in_control"].drawn(draw, falls_ill, slow),
        delays["onset_to_specimen"].drawn(draw, falls_ill, slow),
    )
    specimen = np.where(stopped, infections.day, falls_ill + wait)
    due = specimen + delays["specimen_to_report"].drawn(draw, specimen, slow)
    report = _kept_waiting(draw, story, course, due, district)

    quarantine = specimen - np.floor(draw.random(count) * np.minimum(6, specimen - infections.day + 0.999)).astype(int)
    isolation = np.where(in_control, quarantine, report + delays["report_to_isolation"].drawn(draw, report, slow))

    age, female = _ages(draw, people, infections)
    admitted, dies = _outcomes(draw, setting, age, symptoms)
    admission = falls_ill + delays["onset_to_admission"].drawn(draw, falls_ill, slow)
    stay = np.where(
        dies,
        delays["admission_to_death"].drawn(draw, admission, slow),
        delays["admission_to_discharge"].drawn(draw, admission, slow),
    )
    home = report + delays["report_to_recovery"].drawn(draw, report, slow)
    outcome = np.where(admitted, np.maximum(admission + stay, np.maximum(admission, report) + 1), home)
    luck = draw.random(count)
    severity = np.where(symptoms, 1, 0)
    severity = np.where(admitted, np.select([luck < 0.45, luck < 0.86, luck < 0.965], [1, 2, 3], 4), severity)
    severity = np.where(dies, np.where(luck < 0.2, 3, 4), severity)
    never = ~reported
    for days in (specimen, due, report, isolation, outcome):
        days[never] = NEVER
    admission[never | ~admitted] = NEVER
    return Lines(
        falls_ill=falls_ill,
        symptoms=symptoms,
        in_control=in_control,
        reported=reported,
        route=route,
        specimen=specimen,
        due=due,
        report=report,
        isolation=isolation,
        admission=admission,
        outcome=outcome,
        dies=dies & reported,
        severity=severity,
        age=age,
        female=female,
    )


def _routes(draw: np.random.Generator, in_control: np.ndarray, symptoms: np.ndarray) -> np.ndarray:
    """How each would be found, as a number into `ROUTES`."""
    luck = draw.random(in_control.size)
    route = np.searchsorted(np.cumsum(_FOUND_WITHOUT)[:-1], luck, side="right")
    felt = np.searchsorted(np.cumsum(_FOUND_WITH_SYMPTOMS)[:-1], luck, side="right")
    held = np.searchsorted(np.cumsum(_FOUND_IN_CONTROL)[:-1], luck, side="right")
    return np.asarray(np.where(in_control, held, np.where(symptoms, felt, route)))


def _kept_waiting(
    draw: np.random.Generator, story: Story, course: Course, due: np.ndarray, district: np.ndarray
) -> np.ndarray:
    """Day the report came: some of the weekend's wait for Monday, and one district once held its reports back."""
    of_week = weekday(due)
    luck = draw.random(due.size)
    saturday = (of_week == 5) & (luck < story.saturday_slip)
    sunday = (of_week == 6) & (luck < story.sunday_slip)
    report = due + np.where(saturday, 2, 0) + np.where(sunday, 1, 0)
    end = story.batch_day + story.batch_days
    held = (district == course.batch_district) & (report >= story.batch_day) & (report < end)
    return np.asarray(np.where(held, end, report))


def _ages(draw: np.random.Generator, people: People, infections: Infections) -> tuple[np.ndarray, np.ndarray]:
    """Age in years and whether female. Residents as their community is made up; arrivals are of working age."""
    community = np.where(infections.home == NOBODY, 0, people.community_of_home[infections.home])
    spot = np.floor(draw.random(community.size) * people.land.residents[community]).astype(np.int64)
    until = np.cumsum(people.by_age, axis=1)
    band = np.zeros(community.size, dtype=np.int64)
    for number in range(until.shape[1] - 1):
        band += spot >= until[community, number]
    oldest = np.minimum(AGE_TO, 96)
    age = AGE_FROM[band] + np.floor(draw.random(band.size) * (oldest - AGE_FROM + 1)[band]).astype(np.int64)
    outside = infections.imported
    age[outside] = draw.integers(18, 66, int(outside.sum()))
    female = draw.random(age.size) < np.clip(0.48 + (age - 50) * 0.003, 0.47, 0.62)
    return age, female


def _outcomes(
    draw: np.random.Generator, setting: Setting, age: np.ndarray, symptoms: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Who is admitted and who dies: only people with symptoms, and nobody dies who was not admitted.

    Beside those whose illness asks for a bed, a part of the others is taken in to be watched.
    """
    pathogen = setting.pathogen
    assert pathogen.hospitalisation is not None
    felt = 1 - float(pathogen.asymptomatic_share)
    p_ill = np.minimum(1.0, pathogen.hospitalisation.at(age) / felt)
    p_admitted = p_ill + (1 - p_ill) * setting.story.p_watched
    p_dies = np.minimum(1.0, pathogen.fatality.at(age) / felt / np.maximum(p_admitted, 1e-9))
    admitted = symptoms & (draw.random(age.size) < p_admitted)
    return admitted, admitted & (draw.random(age.size) < p_dies)


@dataclass(frozen=True, kw_only=True)
class Outbreak:
    """All that happened in a setting, and what of it is in the line list at the end of the data.

    Attributes:
        rows: numbers of the infections in the line list, in the order of its lines.
    """

    setting: Setting
    course: Course
    infections: Infections
    lines: Lines
    rows: np.ndarray


def listed(lines: Lines, days: int) -> np.ndarray:
    """Numbers of the infections that are in the line list at the end of the data, in the order of their reports."""
    known = np.nonzero(lines.report < days)[0]
    return np.asarray(known[np.lexsort((known, lines.specimen[known], lines.report[known]))])


def dated(days: np.ndarray, last: int) -> pl.Series:
    """Days as dates; null where they lie beyond the last."""
    epoch = (FIRST_DAY - date(1970, 1, 1)).days
    return pl.select(
        pl.when(pl.Series(days) < last).then((pl.Series(days) + epoch).cast(pl.Int32)).cast(pl.Date)
    ).to_series()


SEVERITIES = ("none", "mild", "moderate", "severe", "critical")


def line_list(outbreak: Outbreak) -> pl.DataFrame:
    """Table `cases`: what is known at the end of the last day."""
    people, infections, lines, rows = outbreak.setting.people, outbreak.infections, outbreak.lines, outbreak.rows
    days = outbreak.course.days
    place = place_of(people, infections)[rows]
    admission, outcome = lines.admission[rows], lines.outcome[rows]
    ended, admitted = outcome < days, admission < days
    severity = np.where(admitted, lines.severity[rows], np.minimum(lines.severity[rows], 1))
    dies = lines.dies[rows]
    words = {
        "outcome": (np.where(ended, np.where(dies, 1, 0), 2), ("recovered", "died", "ill")),
        "classification": (np.where(lines.symptoms[rows], 0, 1), ("confirmed", "asymptomatic")),
        "severity": (severity, SEVERITIES),
        "sex": (lines.female[rows].astype(int), ("male", "female")),
        "origin": (infections.imported[rows].astype(int), ("local", "imported")),
        "found_by": (lines.route[rows], ROUTES),
    }
    told = {name: pl.Series(name, codes).gather(number) for name, (number, codes) in words.items()}
    homes = people.places.select("area_id", "place_id", "lon", "lat")[place]
    onset = np.where(lines.symptoms[rows], lines.falls_ill[rows], NEVER)
    return pl.DataFrame(
        {
            "case_id": case_ids(rows.size),
            "area_id": homes["area_id"],
            "onset_date": dated(onset, days),
            "specimen_date": dated(lines.specimen[rows], days),
            "report_date": dated(lines.report[rows], days),
            "isolation_date": dated(lines.isolation[rows], days),
            "admission_date": dated(admission, days),
            "outcome_date": dated(outcome, days),
            "outcome": told["outcome"],
            "classification": told["classification"],
            "severity": told["severity"],
            "age": lines.age[rows],
            "sex": told["sex"],
            "origin": told["origin"],
            "found_by": told["found_by"],
            "in_control": lines.in_control[rows],
            "place_id": homes["place_id"],
            "lon": homes["lon"],
            "lat": homes["lat"],
        }
    )


def place_of(people: People, infections: Infections) -> np.ndarray:
    """Number of the place each stays at: the home, or the quarantine site for those stopped on arrival."""
    sites = people.kind("quarantine_site")
    site_of = np.zeros(len(people.district_ids), dtype=np.int64)
    site_of[people.place_district[sites]] = sites
    return np.asarray(np.where(infections.home == NOBODY, site_of[infections.district], infections.home))


def case_ids(count: int) -> pl.Series:
    """C0000001 and on, in the order of the line list."""
    number = pl.int_range(1, count + 1, eager=True).cast(pl.String)
    return pl.select(pl.lit("C") + number.str.zfill(7)).to_series().alias("case_id")
