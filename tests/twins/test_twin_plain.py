"""The compiled twin equals the readable one, bit for bit, measures included."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
from tests.small_city import Waning, course, scenario, small_world

import seawall.measures as order
from seawall.disease.course import NO_DAY
from seawall.twin import day as compiled_day
from seawall.twin import plain
from seawall.twin.burden import WHAT
from seawall.twin.outcome import WORK, outcome_of
from seawall.twin.simulate import Scenario, new_run
from seawall.twin.spread import GONE
from seawall.twin.state import FOUND_BY, NEVER

ROOMS = {"rooms": 25.0, "beds": 6.0, "icu_beds": 1.0}


def by_reports(seen):
    """A toy rule: an area is in the upper tier for a week after five reports."""
    return order.Zones(tiers=("low", "high"), tier=(seen.recent_reports(7) >= 5).astype(int))


LOCKDOWN = (
    order.LimitContacts(left=0.4, start=5),
    order.LimitContacts(layers=("household", "public"), left=0.7, start=8, stop=30, areas=("A1", "A3")),
    order.LimitTrips(left=0.3, start=4),
    order.LimitSchools(mode="half", start=3),
    order.LimitSchools(stages=("high",), mode="closed", start=10),
    order.LimitSectors(sectors=("industry",), mode="capped", capacity=0.4, from_home=0.3, start=6),
    order.LimitSectors(mode="capped", capacity=0.4, from_home=0.8, areas=("A0", "A2"), start=7, stop=20),
    order.LimitSectors(mode="closed_loop", living_in=0.2, capacity=0.1, areas=("A3",), start=9),
    order.LimitContacts(layers=("work", "school"), left=0.6, areas=("A1", "A2"), start=7, stop=25),
    order.LimitContacts(layers=("work", "community"), left=0.3, areas=("A2", "A4"), start=12, stop=30),
    order.WearMasks(effect=0.5, start=2),
    order.WearMasks(layers=("work", "public"), effect=0.3, start=9),
)
LOOP = (
    order.LimitSectors(mode="closed_loop", living_in=0.6, capacity=0.3, start=4),
    order.TestOnSymptoms(delay_days=1.0),
    order.IsolateCases(where="site"),
)
TESTS = (
    order.TestRounds(people_a_day=500, every_days=4, start=3),
    order.TestRounds(days=(2, 12), test="antigen", ages=(12, 67), areas=("A0", "A2"), turnaround_days=0),
    order.TestKeyGroups(every_days=3, turnaround_days=2),
    order.TestKeyGroups(groups=("medical",), every_days=1, test="pcr_pooled", pool=5),
    order.TestOnSymptoms(delay_days=1.5),
    order.SelfTests(),
)
RESPONSE = (
    order.TestOnSymptoms(delay_days=1.0, adherence=0.9),
    order.TestRounds(every_days=5, people_a_day=400),
    order.IsolateCases(where="site", delay_days=1, areas=("A0", "A1")),
    order.IsolateCases(where="home", adherence=0.6),
    order.TraceContacts(cases_a_day=4, second_ring=0.7, areas=("A0", "A1", "A2")),
    order.TraceContacts(find_community=0.6, find_public=0.5, delay_days=2, days_back=5),
    order.QuarantineContacts(where="site", days=8, second_days=4, test_days=(0, 2, 5)),
    order.QuarantineContacts(where="home", days=14, test_days=(1,), test="antigen"),
    order.AddBeds(rooms=5, start=15, stop=25),
    order.Treat(ages=(40, 130), courses_a_day=2),
)
TRAVEL = (
    order.Arrivals(origin="abroad", travellers=80, prevalence=0.04),
    order.Arrivals(origin="next city", route="rail", travellers=50, prevalence=0.05, areas=("A4",)),
    order.ScreenTravellers(
        origins=("abroad",),
        advised=0.3,
        test_before="antigen",
        test_on_arrival="pcr",
        stay_days=6,
        where="site",
        test_days=(0, 3),
        monitor_days=10,
    ),
    order.ScreenTravellers(routes=("rail",), stay_days=3, monitor_days=12, start=6),
    order.TestOnSymptoms(),
    order.IsolateCases(),
)
DOSES = (
    order.Vaccinate(product="x", doses_a_day=40, ages=(12, 130)),
    order.Vaccinate(product="y", doses_a_day=15, ages=(40, 130), from_doses=2, start=3),
    order.Vaccinate(product="x", doses_a_day=25, from_doses=1, areas=("A1", "A2"), start=5),
    order.Vaccinate(product="y", doses_a_day=10, groups=("medical", "port"), from_doses=1, start=10),
)
ZONES = (
    order.DrawZones(rules="toy", start=2, every_days=2),
    order.TestOnSymptoms(delay_days=0.5, adherence=0.9),
    order.IsolateCases(),
    order.LimitContacts(zones=("high",), left=0.2),
    order.LimitSchools(zones=("high",)),
    order.TestRounds(zones=("high",), every_days=2),
)
STRATEGIES = {
    "nothing": (),
    "limits": LOCKDOWN,
    "closed loop": LOOP,
    "tests": TESTS,
    "response": RESPONSE,
    "travel": TRAVEL,
    "doses": DOSES,
    "zones": ZONES,
    "away": (*LOCKDOWN[3:], *RESPONSE[:1], *RESPONSE[2:8], order.TestOnSymptoms(adherence=1.0, delay_days=0.0)),
    "everything": (*TRAVEL[:4], *LOCKDOWN[2:], *TESTS, *RESPONSE[2:], *DOSES, *LOOP[:1], *ZONES[:1], *ZONES[3:]),
}


def cases_of(run) -> list[tuple]:
    infected, illness, findings = run.state.infected, run.state.illness, run.state.findings
    told = []
    for row in range(run.state.rows):
        need = int(illness.need[row])
        found = findings.specimen[row] != NEVER
        known = found or illness.admission[row] != NO_DAY

        def day(column, row=row, known=known):
            return int(column[row]) if known and column[row] != NEVER else None

        told.append(
            (
                int(infected.person[row]),
                int(infected.infector[row]),
                int(infected.day[row]),
                int(infected.layer[row]),
                int(infected.variant[row]),
                int(infected.run[row]),
                int(infected.nu[row]),
                float(infected.strength[row]),
                int(infected.met[row]),
                int(illness.admission[row]),
                (need & 3, bool(need & 4), bool(need & 8)),
                int(findings.specimen[row]) if found else None,
                day(findings.report),
                FOUND_BY[findings.found_by[row]] if found else "",
                bool(findings.in_control[row]),
                day(findings.isolated) if found else None,
                day(findings.admitted),
                day(findings.in_icu),
                day(findings.left),
                bool(findings.died[row]),
            )
        )
    return told


def cases_in_words(city) -> list[tuple]:
    return [
        (
            case.person,
            case.infector,
            case.day,
            case.layer,
            case.variant,
            case.run,
            case.nu,
            case.strength,
            case.met,
            case.admission,
            (case.need, case.dies, case.dies_without),
            case.specimen,
            case.report,
            case.found_by,
            case.in_control,
            case.isolated,
            case.admitted,
            case.in_icu,
            case.left,
            case.died,
        )
        for case in city.cases
    ]


def confined(run) -> dict[int, tuple[int, int] | str]:
    codes = run.state.confined.astype(int)
    return {
        person: "dead" if codes[person] == GONE else (codes[person] & 3, codes[person] >> 2)
        for person in np.nonzero((codes >> 2) > run.state.day)[0].tolist()
    }


def confined_in_words(city) -> dict[int, tuple[int, int] | str]:
    kept = {person: (one.where, one.until) for person, one in city.kept.items() if one.until > city.day}
    return {**kept, **dict.fromkeys(city.dead, "dead")}


def burden_of(run) -> dict[tuple, float]:
    cells = run.burden.cells()
    found: dict[tuple, float] = defaultdict(float)
    columns = (cells[name] for name in ("measure", "what", "day", "district", "age_class", "sector", "amount"))
    for measure, what, day, district, age_class, sector, amount in zip(*columns, strict=True):
        key = run.burden.measures[int(measure)], list(WHAT)[int(what)], int(day)
        found[*key, int(district), int(age_class), int(sector)] += float(amount)
    return found


def assert_alike(played: Scenario, seed: int = 1, replicate: int = 1) -> tuple:
    """Play both day by day; whatever is so must be so in both."""
    run, city = new_run(played, seed, replicate), plain.new_city(played, seed, replicate)
    for _ in range(played.days):
        compiled_day.play_day(run)
        plain.play_day(city)
        assert run.state.rows == len(city.cases), f"day {city.day - 1}"
        assert confined(run) == confined_in_words(city), f"day {city.day - 1}"
        rows = run.state.histories.rows
        assert [rows[row] for row in run.state.history.tolist()] == city.history, f"day {city.day - 1}"
    for number, (ours, theirs) in enumerate(zip(cases_of(run), cases_in_words(city), strict=True)):
        assert ours == theirs, number
    for name, array in vars(run.tally).items():
        theirs = getattr(city.tally, name)
        if isinstance(array, np.ndarray) and array.dtype.kind == "f":
            np.testing.assert_allclose(array, theirs, rtol=1e-9, atol=1e-9, err_msg=name)
        elif isinstance(array, np.ndarray):
            np.testing.assert_array_equal(array, theirs, err_msg=name)
    ours, theirs = burden_of(run), {key: float(amount) for key, amount in city.burden.items() if amount}
    for key in sorted(set(ours) | set(theirs)):
        assert ours.get(key, 0.0) == pytest.approx(theirs.get(key, 0.0), rel=1e-9, abs=1e-9), key
    assert [city.rooms[day] for day in range(city.days)] == run.rooms.in_use.tolist()
    assert_alike_away(run, city)
    return run, city


def assert_alike_away(run, city) -> None:
    outcome = outcome_of(run, 1)
    assert set(outcome.work) == set(WORK)
    for cause in ("dead", "ill", "confined"):
        theirs = np.zeros_like(outcome.work[cause])
        for (why, *where), many in city.away.items():
            theirs[tuple(where)] += many * (why == cause)
        np.testing.assert_array_equal(outcome.work[cause], theirs, err_msg=cause)
    for cause in ("limited", "limited_lost", "loop"):
        np.testing.assert_allclose(outcome.work[cause], getattr(city.tally, cause), rtol=1e-6, atol=1e-6, err_msg=cause)
    np.testing.assert_allclose(outcome.school_away, city.tally.school_away, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_in_a_city_of_two_districts(name: str) -> None:
    world = small_world(1000, disease=course(reproduction=(4.0,)))
    zoning = by_reports if "zones" in name or name == "everything" else None
    scene = scenario(world, *STRATEGIES[name], infected=25, capacity=ROOMS, protection=Waning(), zoning=zoning)
    run, city = assert_alike(scene)
    assert len(city.cases) > 60
    acted = Counter()
    for (_, what, *_), amount in city.burden.items():
        acted[what] += amount
    wanted = {
        "limits": ("limited_days", "weighed_days", "lost_work_days", "lost_school_days"),
        "closed loop": ("loop_days",),
        "tests": ("tests", "assays", "false_alarms"),
        "response": ("traced", "untraced", "site_days", "home_days", "no_room", "treatments", "absent_work_days"),
        "travel": ("stopped", "advised", "stay_days"),
        "doses": ("doses",),
        "zones": ("limited_days",),
        "away": ("lost_work_days", "lost_school_days", "absent_work_days", "hospital_days", "loop_days"),
    }
    for what in wanted.get(name, ()):
        assert acted[what] > 0, what
    if name == "zones":
        assert set(np.unique(run.tally.tiers)) >= {0, 1}
    if name == "away":
        assert all(days.sum() > 0 for days in outcome_of(run, 1).work.values())
    if name == "closed loop":
        assert run.tally.by_layer[:, 9].sum() > 0


@pytest.mark.parametrize("seed", [2, 3])
def test_other_cities_and_seeds(seed: int) -> None:
    world = small_world(700, seed=seed, districts=3, blocks=7, disease=course(dispersion=None, household=0.4))
    assert_alike(scenario(world, *STRATEGIES["everything"][3:], zoning=by_reports, capacity=ROOMS), seed, replicate=2)


def test_two_variants_with_cross_immunity_and_waning() -> None:
    world = small_world(800, disease=course(reproduction=(3.0, 4.0), weights=(0, 0.3, 0.4, 0.3)))
    measures = order.Arrivals(origin="abroad", travellers=20, prevalence=0.1, variant="b", stop=10)
    _, city = assert_alike(scenario(world, measures, protection=Waning(), days=60))
    by_variant = Counter(case.variant for case in city.cases)
    assert min(by_variant[0], by_variant[1]) > 100
    assert len({case.person for case in city.cases}) < len(city.cases)


def test_beds_too_few() -> None:
    world = small_world(900, disease=course(p_symptoms=1.0, p_admission=0.4, p_icu=0.3, p_death=0.15, without_bed=3.0))
    run, city = assert_alike(scenario(world, order.AddBeds(beds=2, icu_beds=1, start=20), capacity=ROOMS))
    assert run.tally.in_hospital.max() == 8
    assert {what for _, what, *_ in city.burden} >= {"no_bed", "no_icu", "icu_days", "hospital_days"}


def test_patients_and_guests_infect_staff() -> None:
    disease = course(p_symptoms=1.0, p_admission=0.6, p_death=0.2, delay=(0, 1), onset=(1, 2))
    world = small_world(900, disease=disease, institution=80.0)
    found = order.TestOnSymptoms(adherence=1.0, delay_days=0.0, turnaround_days=0)
    run, _ = assert_alike(scenario(world, found, order.IsolateCases(where="site"), capacity={"rooms": 500}))
    assert (run.tally.by_layer[:, [7, 8]].sum(axis=0) > 5).all()
    assert run.tally.deaths.sum() > 5


def test_the_scale_of_a_replicate() -> None:
    world = small_world(400)
    played = scenario(world, scale=lambda replicate: np.linspace(1.0, 2.0 / replicate, 40))
    _, first = assert_alike(played, replicate=1)
    _, second = assert_alike(played, replicate=2)
    assert len(first.cases) != len(second.cases)
