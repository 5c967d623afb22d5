"""Quarantine of contacts, travellers and entrants, played by the twin's own measures, against the closed forms.

Index cases infect contacts, contacts infect others, others infect nobody: what the contacts passed on with a measure
and without is counted from who infected whom. Infectiousness of a whole day is G(day + 1) - G(day), so that a
quarantine from the start of one day to the start of another prevents exactly what the closed form says.
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from bench._small_worlds import Rung, begin_with, events, ladder, played, scene

from seawall.disease import (
    Entrant,
    Quarantine,
    course_from_profile,
    infections_after_release,
    plain_course,
    transmission_prevented,
    traveller_transmission_left,
    traveller_transmission_prevented,
)
from seawall.disease.quarantine import GENERATION_2021, _infectiousness, _sensitivity, missed_by_pcr
from seawall.measures import (
    Arrivals,
    IsolateCases,
    QuarantineContacts,
    ScreenTravellers,
    TraceContacts,
)
from seawall.measures import (
    TestOnSymptoms as IllAreTested,
)
from seawall.twin import nobody

INDEX, CONTACT, OTHER = 70, 30, 50
"""Ages of the three groups."""

CASES, CONTACTS, OTHERS = 2_000, 200_000, 300_000
LONGEST = 21


def by_start_of_day(generation, days=LONGEST):
    """Infectiousness of each day from its start to its end; what falls into the first goes to the next."""
    shares = np.diff(generation.cdf(np.arange(days + 1)))
    shares[1] += shares[0]
    shares[0] = 0.0
    return shares


def contacts_world():
    """Index cases infect on the day after their infection and fall ill on the next; contacts never fall ill."""
    profile = np.tile(by_start_of_day(GENERATION_2021), (3, 1))
    profile[2] = 0.0
    profile[2, 1] = 1.0
    course = course_from_profile(
        profile, reproduction_number=1.0, onset=2, p_symptoms=0.5, sensitivity=1 - missed_by_pcr(np.arange(LONGEST))
    )
    ill = np.zeros((1, 101))
    ill[0, INDEX] = 1.0
    sensitivity = course.sensitivity.copy()
    sensitivity[0, 2] = 1.0  # index cases are found for certain, by another test
    course = replace(course, p_symptoms=ill, sensitivity=sensitivity)
    return ladder(course, [Rung(INDEX, CASES, 2.0, 20.0), Rung(CONTACT, CONTACTS, 8.0), Rung(OTHER, OTHERS, 0.0)])


WORLD = contacts_world()


def passed_on(measures):
    """Infectious contacts made by the contacts of the index cases, and how many contacts there were."""
    run = played(scene(WORLD, LONGEST + 4, measures=measures, beginning=begin_with(np.arange(CASES))))
    infected = run.state.infected
    age = WORLD.people.age[infected.person[: run.state.rows]]
    return events(int((age == OTHER).sum()), OTHERS), int((age == CONTACT).sum())


def prevented(release, *, start=3, test=None, isolated_until=10):
    """Share of transmission by contacts prevented when they are kept apart from one day of theirs to another.

    They were exposed on day 1 of the run. Who is told on a day stays apart from the next day on; a quarantine of n
    days ends with the n-th day after the exposure.
    """
    trace = TraceContacts(find_community=1.0, adherence=1.0, cases_a_day=1e9, days_back=1, delay_days=start - 2, stop=3)
    measures = [IllAreTested(test="antigen", delay_days=0.0, turnaround_days=0, adherence=1.0), trace]
    tests = () if test is None else (test - start + 1,)
    measures.append(QuarantineContacts(days=release - 1, adherence=1.0, test_days=tests, turnaround_days=1))
    if test is not None:  # the result comes the day after the test, and keeps apart from the day after that on
        measures.append(IsolateCases(days=isolated_until - test - 1, adherence=1.0))
    without, many = passed_on(())
    left, as_many = passed_on(tuple(measures))
    assert as_many == many  # index cases had infected before anything was done
    return 1 - left / without


def luck(share):
    """Four standard deviations of a share of the 32,000 infectious contacts, counted with the same luck twice."""
    return 4 * math.sqrt(share * (1 - share) / 30_000) + 0.001


@pytest.mark.parametrize(
    ("release", "published"),
    [(4, 0.1272), (5, 0.3099), (6, 0.5151), (7, 0.6954), (8, 0.8172), (9, 0.8787), (10, 0.9013)],
)
def test_quarantine_from_day_three(release, published):
    assert transmission_prevented(Quarantine(release_day=release)) == pytest.approx(published, abs=0.002)
    assert prevented(release) == pytest.approx(published, abs=luck(published))


def test_most_that_can_be_prevented_after_three_days():
    assert prevented(LONGEST + 3) == pytest.approx(0.90817, abs=luck(0.908))


def test_test_on_day_five_and_release_on_day_seven():
    assert transmission_prevented(Quarantine(test_day=5, release_day=7)) == pytest.approx(0.823, abs=0.002)
    assert prevented(7, test=5) == pytest.approx(0.8230, abs=luck(0.823))


@pytest.mark.parametrize(("release", "test"), [(7, 4), (8, 5), (8, 6)])
def test_other_cells_of_test_and_release(release, test):
    expected = transmission_prevented(Quarantine(test_day=test, release_day=release))
    assert prevented(release, test=test) == pytest.approx(expected, abs=luck(expected))


def test_half_of_those_asked_stay_at_home():
    trace = TraceContacts(find_community=1.0, adherence=1.0, cases_a_day=1e9, days_back=1, delay_days=1, stop=3)
    asked = (
        IllAreTested(test="antigen", delay_days=0.0, turnaround_days=0, adherence=1.0),
        trace,
        QuarantineContacts(days=9, adherence=0.5),
    )
    got = 1 - passed_on(asked)[0] / passed_on(())[0]
    # whether each of 4,000 contacts complies is drawn, too
    assert got == pytest.approx(0.9013 / 2, abs=luck(0.45) + 4 * 0.9 * 0.5 / math.sqrt(4_000))


def travellers_world(course):
    """Travellers are residents who come home; what they pass on goes no further."""
    return ladder(course, [Rung(CONTACT, CONTACTS, 10.0), Rung(OTHER, OTHERS, 0.0)])


def local_transmission(world, days_of_arrival, longest, measures=(), a_day=400):
    """For each traveller: day of onset, days since infection on arrival, and infectious contacts after arrival.

    A contact counts for more where fewer were left to be infected.
    """
    arrivals = Arrivals(origin="abroad", travellers=a_day, prevalence=1.0, stop=days_of_arrival)
    run = played(scene(world, days_of_arrival + longest + 2, measures=(arrivals, *measures), beginning=nobody))
    infected, rows = run.state.infected, run.state.rows
    day, age = infected.day[:rows].astype(int), world.people.age[infected.person[:rows]]
    came, by = infected.layer[:rows] == 255, infected.infector[:rows].astype(int)
    arrived = np.repeat([arrival[0] for arrival in run.arrivals], [int(arrival[5]) for arrival in run.arrivals])
    taken = np.bincount(
        np.concatenate([arrived, day[~came]])[np.concatenate([age[came], age[~came]]) == OTHER], minlength=run.days
    )
    open_ = 1 - (np.cumsum(taken) - taken) / OTHERS
    many = np.bincount(by[~came], weights=1 / open_[day[~came]], minlength=rows)
    resident = age[came] == CONTACT
    return infected.run[:rows][came][resident], (arrived - day[came])[resident], many[came][resident]


def screening(stay_days, **others):
    return (ScreenTravellers(stay_days=stay_days, adherence=1.0, **others),)


TRAVELLERS = travellers_world(plain_course(by_start_of_day(GENERATION_2021), reproduction_number=1.0))


def by_day_of_exposure(measures=()):
    """Mean infections after arrival of travellers exposed 0 to 7 days before it, float, shape (8,)."""
    _, since, many = local_transmission(TRAVELLERS, 30, LONGEST, measures)
    return np.array([many[since == day].mean() for day in range(8)])


def test_share_of_a_travellers_transmission_left_on_arrival():
    left = by_day_of_exposure() / 10.0
    assert traveller_transmission_left(7) == pytest.approx(0.7332, abs=0.002)
    # eight times some 200 travellers with ten infections each: sd 0.6 points
    assert left.mean() == pytest.approx(0.7332, abs=0.015)


@pytest.mark.parametrize(("release", "published"), [(1, 0.2302), (3, 0.5913), (5, 0.8296), (7, 0.9571), (10, 0.9990)])
def test_quarantine_of_travellers(release, published):
    closed = traveller_transmission_prevented(Quarantine(start_day=0, release_day=release))
    assert closed == pytest.approx(published, abs=0.002)
    got = (1 - by_day_of_exposure(screening(release)) / by_day_of_exposure()).mean()
    # the ratio for who was exposed a week before rests on some 400 infections: 3 points; eight of these, averaged
    assert got == pytest.approx(published, abs=0.03 if release < 10 else 0.003)


ENTRANT = Entrant()
LATEST = 31


def entrants_course():
    """Wells et al.: infectiousness of a day is what somebody passes on who is released at any moment of the day before.

    The ill isolate at onset, so their infectiousness ends there; run 8 is theirs, run 0 of those without symptoms.
    """
    step = 0.005
    edges = np.arange(0.0, LATEST + 30, step)
    daily = _infectiousness(ENTRANT, edges + step / 2)
    daily = daily / (daily.sum() * step)
    shares, found = [], []
    for until in (np.inf, ENTRANT.onset_days):
        infects = np.where(edges + step / 2 <= until, daily, 0.0) * step
        beyond = np.concatenate([np.cumsum(infects[::-1])[::-1], [0.0]])
        by_day = beyond[:-1][: (LATEST + 1) * round(1 / step)].reshape(LATEST + 1, -1).mean(axis=1)
        shares.append(np.concatenate([-np.diff(by_day), by_day[-1:]]))
    sensitivity = _sensitivity(
        ENTRANT, np.append(edges, edges[-1] + step), np.concatenate([[0.0], (daily[1:] + daily[:-1]) / 2, [0.0]])
    )
    found = sensitivity[: LATEST * round(1 / step)].reshape(LATEST, -1).mean(axis=1)
    return shares, found


def infections_of_entrants(days, *, tested=False):
    """Infections after release by an entrant, from travellers who come at any moment of their infection; and luck."""
    measures = screening(days, test_on_arrival="pcr", turnaround_days=0) if tested else screening(days)
    if tested:
        measures = (*measures, IsolateCases(days=60, adherence=1.0))
    shares, found = entrants_course()
    profile = np.zeros((9, LATEST))
    profile[0], profile[8] = shares[0][:LATEST], shares[1][:LATEST]
    profile[:, 0] = 0.0
    course = course_from_profile(profile, reproduction_number=1.0, onset=8, p_symptoms=0.5, sensitivity=found)
    ill, since, many = local_transmission(travellers_world(course), 40, LATEST, measures, a_day=1_000)
    share = ENTRANT.asymptomatic_share
    total, variance = 0.0, 0.0
    for group, until, of_all in (
        (ill > 0, ENTRANT.onset_days, 1 - share),
        (ill == 0, ENTRANT.onset_days + ENTRANT.asymptomatic_days, share),
    ):
        for day in range(math.ceil(until)):
            here = many[group & (since == day)] / 10.0
            weight = of_all * min(until - day, 1.0) / until
            total += weight * here.mean()
            variance += weight**2 * here.var() / here.size
    number = ENTRANT.reproduction_number
    return number * total, number * math.sqrt(variance)


@pytest.mark.parametrize(("days", "published"), [(1, 0.7641), (3, 0.5077), (5, 0.2604), (7, 0.0884)])
def test_entrants_without_a_test(days, published):
    assert infections_after_release(days) == pytest.approx(published, rel=0.005)
    got, luck = infections_of_entrants(days)
    assert luck < 0.05 * published
    assert got == pytest.approx(published, abs=4 * luck)


@pytest.mark.parametrize(("days", "published"), [(1, 0.3674), (3, 0.3218), (5, 0.1971), (7, 0.0618)])
def test_entrants_tested_on_entry(days, published):
    assert infections_after_release(days, tests=(0,)) == pytest.approx(published, rel=0.005)
    got, luck = infections_of_entrants(days, tested=True)
    assert luck < 0.07 * published
    assert got == pytest.approx(published, abs=4 * luck)
