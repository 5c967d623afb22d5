"""The twin in worlds small enough to be solved by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tests.small_city import course, scenario

import seawall.measures as order
from seawall.city.synth.contacts import mix_alike
from seawall.city.synth.people import one_block
from seawall.disease.course import Course
from seawall.measures import Measure
from seawall.twin.behaviour import Behaviour
from seawall.twin.day import play_day
from seawall.twin.keyed import CALLED, HARDNESS, base, slot_of, units_of
from seawall.twin.run import Run
from seawall.twin.simulate import new_run
from seawall.twin.spread import GONE
from seawall.twin.state import NEVER
from seawall.twin.world import World, world_of

SURE = 60.0
"""Events a day: all but e to the -60 of such contacts infect."""

ALL_TESTS_FIND = np.ones((1, 3, 12))


def disease(*weights: float, onset: int = 1, **told: object) -> Course:
    """Everybody alike; infectious on the days since infection that have a weight, tested positive on every day."""
    made = course(
        weights=weights,
        dispersion=None,
        kinds_alike=True,
        onset=(onset,),
        **{"p_symptoms": 1.0, "p_admission": 0.0, "p_icu": 0.0, "p_death": 0.0, **told},
    )
    return replace(made, sensitivity=ALL_TESTS_FIND, admission_to_death=np.full(256, 3, dtype=np.uint8))


def world(
    residents: int,
    of: Course,
    *,
    household: int = 1,
    place: int = 0,
    ring: int = 0,
    rate_home: float = 0.0,
    rate_place: float = 0.0,
) -> World:
    """A world whose contacts infect at these rates, not at calibrated ones; nobody meets anybody elsewhere."""
    people = one_block(residents, household=household, place_size=place)
    # calibrated as if evenly infectious, since some of these diseases do not infect at all
    even = replace(of, infectiousness=np.full_like(of.infectiousness, 1 / of.longest_days))
    made = world_of(people, mix_alike(people, 20.0, ring=ring), even)
    rates = made.rates._replace(
        infectiousness=of.infectiousness,
        household=rate_home,
        place=np.full(10, rate_place),
        mixing=np.zeros((3, 16)),
        institution=np.zeros(3),
    )
    return replace(made, course=of, rates=rates)


def these(*people: int) -> Callable[[Run, int], None]:
    """These people are infected on the first day."""

    def begin(run: Run, _replicate: int) -> None:
        many = len(people)
        run.infect(np.array(people, dtype=np.uint32), layer=255, variant=np.zeros(many, dtype=np.uint8))

    return begin


def played(of: World, *measures: Measure, days: int, first: tuple[int, ...] = (0,), **told: object) -> Run:
    run = new_run(
        scenario(
            of,
            *measures,
            days=days,
            beginning=these(*first),
            behaviour=Behaviour(report_delay_days=0.0, household_left=0.0, others_left=0.0),
            **told,
        ),
        seed=1,
        replicate=1,
    )
    while run.state.day < days:
        play_day(run)
    return run


def infected_on(run: Run) -> dict[int, int]:
    """Person to day of infection."""
    rows = run.state.rows
    days = run.state.infected.day[:rows].tolist()
    return dict(zip(run.state.infected.person[:rows].tolist(), days, strict=True))


def test_of_four_people_two_are_sure_to_catch_it() -> None:
    of = world(4, disease(0.0, 1.0), household=3, rate_home=SURE)
    run = played(of, days=5)
    assert infected_on(run) == {0: 0, 1: 1, 2: 1}
    assert run.tally.by_layer[1, 0] == 2
    assert run.state.infected.infector[:3].tolist() == [-1, 0, 0]


def test_a_household_in_which_nobody_infects() -> None:
    run = played(world(3, disease(0.0, 1.0), household=3), days=5)
    assert infected_on(run) == {0: 0}


def test_infection_waits_for_the_day_on_which_it_passes_on() -> None:
    of = world(3, disease(0.0, 0.0, 0.0, 1.0), household=3, rate_home=SURE)
    assert infected_on(played(of, days=5)) == {0: 0, 1: 3, 2: 3}


def test_around_a_ring_it_goes_by_one_seat_a_day_on_both_sides() -> None:
    of = world(11, disease(0.0, 1.0), place=11, ring=2, rate_place=SURE)
    run = played(of, days=9)
    assert infected_on(run) == {person: min(person, 11 - person) for person in range(11)}
    assert run.tally.by_layer[:, 2].tolist() == [0, 2, 2, 2, 2, 2, 0, 0, 0]


def test_a_wider_ring_goes_by_two_seats() -> None:
    of = world(11, disease(0.0, 1.0), place=11, ring=4, rate_place=SURE)
    assert infected_on(played(of, days=9)) == {person: -(-min(person, 11 - person) // 2) for person in range(11)}


def test_closed_work_infects_nobody_and_the_household_goes_on() -> None:
    of = world(12, disease(0.0, 1.0), household=2, place=12, ring=2, rate_home=SURE, rate_place=SURE)
    closed = order.LimitSectors(adherence=1)
    assert infected_on(played(of, closed, days=6)) == {0: 0, 1: 1}
    assert len(infected_on(played(of, days=6))) == 11  # five seats to each side


def test_the_quarantine_of_one_contact_prevents_exactly_its_infections() -> None:
    # around a ring of six, households (0, 1), (2, 3), (4, 5); it passes on two days after infection
    of = world(6, disease(0.0, 0.0, 1.0), household=2, place=6, ring=2, rate_home=SURE, rate_place=SURE)
    find_home_only = {f"find_{layer}": 0.0 for layer in ("school", "work", "care_home", "community", "public")}
    traced = (
        order.TestOnSymptoms(adherence=1, delay_days=0, turnaround_days=0, others_per_100k_a_day=0),
        order.TraceContacts(adherence=1, delay_days=0, start=1, stop=2, find_transport=0, **find_home_only),
        order.QuarantineContacts(where="site", days=14),
    )
    assert infected_on(played(of, days=10)) == {0: 0, 1: 2, 5: 2, 2: 4, 4: 4, 3: 6}
    run = played(of, *traced, days=10, capacity={"rooms": 1})
    assert infected_on(run) == {0: 0, 5: 2, 4: 4, 3: 6, 2: 8}
    assert run.burden.totals()["trace_contacts-1", "traced"].tolist() == [0, 1, *[0] * 8]
    # last contact on day 0: kept apart until day 15
    assert run.burden.totals()["quarantine_contacts-1", "site_days"].sum() == 9
    # no room, and nobody who stays at home though asked: as if nothing had been done
    home = (*traced[:2], order.QuarantineContacts(where="site", days=14, adherence=0))
    run = played(of, *home, days=10, capacity={"rooms": 0})
    assert infected_on(run) == {0: 0, 1: 2, 5: 2, 2: 4, 4: 4, 3: 6}
    assert run.burden.totals()["quarantine_contacts-1", "no_room"].sum() == 1


def test_a_case_isolated_before_it_infects_infects_nobody() -> None:
    of = world(6, disease(0.0, 0.0, 1.0), household=6, rate_home=SURE)
    found = order.TestOnSymptoms(adherence=1, delay_days=0, turnaround_days=0)
    assert infected_on(played(of, found, order.IsolateCases(adherence=1), days=6)) == {0: 0}
    late = order.TestOnSymptoms(adherence=1, delay_days=0, turnaround_days=1)
    assert len(infected_on(played(of, late, order.IsolateCases(adherence=1), days=6))) == 6


def test_want_of_beds_kills_exactly_who_would_have_lived_with_one() -> None:
    of = world(
        8,
        disease(0.0, 0.1, p_admission=1.0, p_death=0.2, without_bed=5.0, delay=(1,), stay=(6,)),
    )
    everybody = tuple(range(8))
    dies_anyway = {person for person in everybody if _rank(of, person) < 0.2}
    assert dies_anyway
    enough = played(of, days=12, first=everybody)
    assert _dead(enough) == dies_anyway
    assert enough.tally.in_hospital.tolist() == _stock(8, len(dies_anyway))
    for beds in (0, 1, 3, 7):
        short = played(of, days=12, first=everybody, capacity={"beds": beds})
        assert _dead(short) == dies_anyway | set(everybody[beds:])
        lost = len(dies_anyway & set(everybody[:beds]))
        assert short.tally.in_hospital.tolist() == _stock(beds, lost)
        assert short.burden.totals().get(("illness", "no_bed"), np.zeros(1)).sum() == 8 - beds
        # who finds no bed dies three days after needing one, on day 2
        assert short.tally.deaths[5].sum() == len(_dead(short))


def _rank(of: World, person: int) -> float:
    seed = new_run(scenario(of, days=1, beginning=these()), 1, 1).state.seed
    return float(units_of(base(seed, HARDNESS), np.array([person]))[0])


def _dead(run: Run) -> set[int]:
    return set(np.nonzero(run.state.confined == GONE)[0].tolist())


def _stock(admitted: int, dying: int) -> list[int]:
    """In hospital by day: admitted on day 2, the dying leave on day 5, the others on day 8."""
    return [0, 0, *[admitted] * 3, *[admitted - dying] * 3, *[0] * 4]


def test_the_dead_infect_and_catch_nothing() -> None:
    # person 1 dies on day 5, before person 0, who falls ill on day 8, could infect or be infected
    of = world(2, disease(*[0.0] * 8, 1.0, p_admission=1.0, p_death=1.0, delay=(1,)), household=2, rate_home=SURE)
    run = played(of, days=20, first=(1,))
    assert infected_on(run) == {1: 0}
    assert _dead(run) == {1}


def test_a_traveller_stopped_before_departure_never_appears() -> None:
    of = world(500, disease(*[0.0] * 9, 0.1))
    come = order.Arrivals(origin="abroad", travellers=20, prevalence=1.0)
    free = played(of, come, days=4, first=())
    assert free.state.rows > 40
    stopped = played(of, come, order.ScreenTravellers(test_before="pcr", before_days=0), days=4, first=())
    assert stopped.state.rows == 0
    assert stopped.burden.totals()["arrivals-1", "stopped"].sum() == free.state.rows
    # tested three days before departure: whoever was infected since then comes
    late = played(of, come, order.ScreenTravellers(test_before="pcr", before_days=3), days=4, first=())
    rows = late.state.rows
    assert 0 < rows < free.state.rows
    arrived = np.concatenate([np.full(int(many), day) for day, many in enumerate(late.tally.infections.sum(axis=1))])
    assert (arrived - late.state.infected.day[:rows] < 3).all()
    advised = played(of, come, order.ScreenTravellers(advised=1.0), days=4, first=())
    assert advised.state.rows == 0


def test_a_traveller_found_on_arrival_counts_as_imported_and_in_control() -> None:
    of = world(500, disease(*[0.0] * 9, 0.1))
    come = order.Arrivals(origin="abroad", travellers=50, prevalence=1.0, stop=1)
    run = played(of, come, order.ScreenTravellers(test_on_arrival="pcr", turnaround_days=2), days=5, first=())
    many = run.state.rows
    assert many > 0
    for array in (run.tally.reports, run.tally.in_control, run.tally.imported):
        assert array.sum(axis=1).tolist() == [0, 0, many, 0, 0]


def test_turnaround_and_delays_to_the_day() -> None:
    of = world(2, disease(0.0, 0.0, 0.1, onset=2), household=2)
    measures = (
        order.TestOnSymptoms(name="ill", adherence=1, delay_days=0, turnaround_days=3, others_per_100k_a_day=0),
        order.IsolateCases(name="apart", adherence=1, delay_days=2, days=4),
        order.TraceContacts(name="trace", adherence=1, delay_days=4),
        order.QuarantineContacts(name="quarantine", adherence=1, days=10, test_days=(0, 3), turnaround_days=2),
    )
    run = played(of, *measures, days=20)
    findings = run.state.findings
    assert [findings.specimen[0], findings.report[0], findings.isolated[0]] == [2, 5, 7]
    assert run.tally.onsets[:, 0].nonzero()[0].tolist() == [2]
    assert run.tally.reports.sum(axis=1).nonzero()[0].tolist() == [5]
    totals = run.burden.totals()
    assert totals["ill", "tests"].nonzero()[0].tolist() == [2]
    assert totals["apart", "home_days"].nonzero()[0].tolist() == [7, 8, 9, 10]
    assert totals["trace", "traced"].nonzero()[0].tolist() == [5]
    # told on day 9 of a contact on day 4, so free again on day 15; tested on the day after being told, and 3 days on
    assert totals["quarantine", "home_days"].nonzero()[0].tolist() == list(range(9, 15))
    assert totals["quarantine", "tests"].nonzero()[0].tolist() == [10, 12]


def test_a_round_reaches_everybody_once_in_as_many_days_as_it_needs() -> None:
    of = world(100, disease(*[0.0] * 9, 0.1), household=1)
    rounds = order.TestRounds(people_a_day=50, every_days=2, adherence=1, turnaround_days=0)
    run = played(of, rounds, days=4, first=tuple(range(0, 100, 2)))
    specimen = run.state.findings.specimen[:50]
    people = run.state.infected.person[:50]
    called = units_of(base(run.state.seed, CALLED), people, slot_of("test_rounds-1"))
    np.testing.assert_array_equal(specimen, np.where(called < 0.5, 0, 1))
    assert (specimen != NEVER).all()
    assert run.burden.totals()["test_rounds-1", "tests"].tolist() == [50] * 4


def test_doses_go_down_the_line_and_the_second_follows_the_first() -> None:
    of = world(10, disease(0.0, 0.0))
    first = order.Vaccinate(name="first", product="x", doses_a_day=4, adherence=1)
    second = order.Vaccinate(name="second", product="x", doses_a_day=2, from_doses=1, adherence=1, start=1)
    run = played(of, first, second, days=7)
    totals = run.burden.totals()
    assert totals["first", "doses"].tolist() == [4, 4, 2, 0, 0, 0, 0]
    assert totals["second", "doses"].tolist() == [0, 2, 2, 2, 2, 2, 0]
    assert [history.doses for history in (run.state.histories.rows[row] for row in run.state.history)] == [2] * 10
    people = [entry[1].tolist() for entry in run.doses]
    assert sorted(person for day in people for person in day) == sorted([*range(10), *range(10)])


@pytest.mark.parametrize("left", [0.0, 1.0])
def test_confined_to_a_home_where_contacts_are_or_are_not_given_up(left: float) -> None:
    of = world(2, disease(0.0, 0.0, 1.0), household=2, rate_home=SURE)
    scene = scenario(
        of,
        order.TestOnSymptoms(adherence=1, delay_days=0, turnaround_days=0),
        order.IsolateCases(adherence=1),
        days=5,
        beginning=these(0),
        behaviour=Behaviour(household_left=left),
    )
    run = new_run(scene, 1, 1)
    while run.state.day < 5:
        play_day(run)
    assert run.state.rows == 1 + left
