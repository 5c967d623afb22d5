"""A world with Covasim's contacts and prognoses, against its regression baseline and Kerr et al. 2021.

Contacts: households, classes and teams of Poisson size (2, 20 and 16), twenty others a day; weights 3, 0.6, 0.6 and 0.3
times 0.016 a day; dispersion 0.45. Covasim's community contacts are the same every day and its vaccine builds
antibodies; here they are drawn anew, and a dose keeps off half of infections. So the numbers are held to bands.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from bench._small_worlds import Dose, of_ages, offspring, played, scene

from seawall.city.layers import NOWHERE, SCHOOL, WORK
from seawall.city.synth.contacts import mix_alike
from seawall.city.synth.people import one_block
from seawall.core.draws import generator
from seawall.disease import Delay, course_from_profile, discretised
from seawall.disease.compile import equally_likely, onset_table
from seawall.measures import IsolateCases, QuarantineContacts, TraceContacts, Vaccinate
from seawall.measures import TestOnSymptoms as IllAreTested
from seawall.measures import TestRounds as RoundsOfTests
from seawall.twin import Behaviour, world_of

RESIDENTS = 20_000
BETA = 0.016
DECADES = np.arange(0, 100, 10)
SYMPTOMATIC = (0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.90)
SEVERE = (0.0005, 0.00165, 0.0072, 0.0208, 0.0343, 0.0765, 0.1328, 0.20655, 0.2457, 0.2457)
CRITICAL = (0.00003, 0.00008, 0.00036, 0.00104, 0.00216, 0.00933, 0.03639, 0.08923, 0.1742, 0.1742)
DEATH = (0.00002, 0.00002, 0.00010, 0.00032, 0.00098, 0.00265, 0.00766, 0.02439, 0.08292, 0.1619)
SUSCEPTIBLE = (0.34, 0.67, 1.0, 1.0, 1.0, 1.0, 1.24, 1.47, 1.47, 1.47)
AGES = np.array([119, 112, 150, 158, 137, 134, 106, 52, 25, 7]) / 1000
"""Share of each decade in Covasim's default population, counted in a run of version 3.1.7."""


def stay(mean, sd):
    return equally_likely(discretised(Delay(family="lognormal", mean_days=mean, sd_days=sd), 254))


def covasim_load():
    """Viral load by day since the first infectious one: 2 / 1.3 for three days, then 1 / 1.3; the severe take longer."""
    mild, severe = (
        1 - np.cumsum(discretised(Delay(family="lognormal", mean_days=mean, sd_days=sd), 30))
        for mean, sd in ((8.0, 2.0), (18.1, 6.3))
    )
    return np.where(np.arange(31) < 3, 2.0, 1.0) / 1.3 * (0.95 * mild + 0.05 * severe)


@cache
def covasim_course():
    """Infectious from a day before symptoms for about eight days, at first twice as much as later."""
    onset = Delay(family="lognormal", mean_days=5.6, sd_days=1.75)  # 4.5 to infectious, and 1.1
    table = onset_table(onset)
    load = covasim_load() / covasim_load().sum()
    profile = np.zeros((int(table.max()) + 1, 50))
    for run in range(1, profile.shape[0]):
        begin = max(run - 1, 1)
        profile[run, begin : begin + 31] = load
    profile[0] = np.bincount(table, minlength=profile.shape[0]) / 256 @ profile
    infectious = np.minimum(np.convolve(profile[0], np.ones(1)) / load.max() * 2, 1.0)
    course = course_from_profile(
        profile,
        reproduction_number=1.0,
        dispersion=0.45,
        onset=onset,
        p_symptoms=0.5,
        sensitivity=infectious,
        hospital_days=18,
    )
    at = np.minimum(np.arange(101) // 10, 9)
    return replace(
        course,
        susceptibility=np.array(SUSCEPTIBLE)[at] / 1.47,
        p_symptoms=np.array(SYMPTOMATIC)[at][None],
        p_admission=np.array(SEVERE)[at][None],
        p_icu=np.array(CRITICAL)[at][None],
        p_death=np.array(DEATH)[at][None],
        onset_to_admission=stay(6.6, 4.9),
        admission_to_death=stay(12.2, 5.2),
    )


def sizes_drawn(draws, mean, people, most):
    """Sizes of so many people's homes, classes or teams: Poisson, none empty."""
    sizes = draws.poisson(mean, 2 * people)
    sizes = np.minimum(sizes[sizes > 0], most)
    ends = np.cumsum(sizes)
    last = int(np.searchsorted(ends, people))
    sizes = sizes[: last + 1]
    sizes[-1] -= ends[last] - people
    return sizes


@cache
def covasim_world(strength=1.0):
    """Everybody's home, class or team, and neighbourhood."""
    draws = generator(1, "ages")
    age = np.minimum(DECADES[draws.choice(10, RESIDENTS, p=AGES)] + draws.integers(0, 10, RESIDENTS), 100)
    people = of_ages(one_block(RESIDENTS), age)
    homes = sizes_drawn(draws, 2, RESIDENTS, 15)
    position = np.arange(RESIDENTS) - np.repeat(np.cumsum(homes) - homes, homes)
    people = replace(people, household=(position << 4 | np.repeat(homes, homes)).astype(np.uint8))
    place, seat = np.full(RESIDENTS, NOWHERE, dtype=np.uint32), np.zeros(RESIDENTS, dtype=np.uint8)
    members, sizes, layers = [], [], []
    for layer, low, high, size in ((SCHOOL, 6, 22, 20), (WORK, 22, 65, 16)):
        who = draws.permutation(np.nonzero((age >= low) & (age < high))[0])
        for group in np.split(who, np.cumsum(sizes_drawn(draws, size, who.size, 60)))[:-1]:
            place[group], seat[group] = len(sizes), np.arange(group.size)
            members.append(group)
            sizes.append(group.size)
            layers.append(layer)
    places = len(sizes)
    people = replace(
        people,
        place=place,
        seat=seat,
        place_start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.uint32),
        members=np.concatenate(members).astype(np.uint32),
        place_layer=np.array(layers, dtype=np.uint8),
        place_kind=np.zeros(places, dtype=np.uint8),
        place_group=np.full(places, 255, dtype=np.uint8),
        place_block=np.zeros(places, dtype=np.uint16),
    )
    contacts = mix_alike(people, 20.0, ring=60, across=0)
    world = world_of(people, contacts, covasim_course())
    daily = BETA * covasim_load().sum() * 1.47 * strength
    place_rates = np.zeros_like(world.rates.place)
    place_rates[[SCHOOL, WORK]] = 0.6 * daily
    mixing = np.zeros_like(world.rates.mixing)
    mixing[0] = 20.0 * 0.3 * daily
    return replace(
        world,
        rates=world.rates._replace(
            household=3.0 * daily, place=place_rates, mixing=mixing, infectiousness=covasim_course().infectiousness
        ),
    )


BASELINE = (
    IllAreTested(test="pcr", delay_days=9.0, turnaround_days=0, adherence=1.0, start=20),
    RoundsOfTests(test="pcr", every_days=100, people_a_day=RESIDENTS / 100, turnaround_days=0, adherence=1.0, start=20),
    IsolateCases(days=14, adherence=1.0),
    Vaccinate(product="pfizer", ages=(0, 130), doses_a_day=0.1 * RESIDENTS, adherence=1.0, start=30, stop=31),
    TraceContacts(
        find_community=1.0, find_school=1.0, find_work=1.0, adherence=0.3, days_back=2, delay_days=0, start=50
    ),
    QuarantineContacts(days=14, adherence=1.0),
)
"""The regression test of Covasim 3.1.7, in the words of measures."""


@cache
def baseline():
    halved = np.where(np.arange(60) < 40, 1.0, 0.5)
    found = []
    for replicate in range(1, 7):
        run = played(
            scene(
                covasim_world(), 60, measures=BASELINE, infected=100, protection=Dose(efficacy=0.5),
                behaviour=Behaviour(household_left=0.3, others_left=0.1, report_delay_days=0.0), scale=lambda _: halved,
            ),
            replicate=replicate,
        )  # fmt: skip
        rows = run.state.rows
        ill = run.state.infected.run[:rows] > 0
        found.append(
            {
                "infections": rows,
                "symptomatic": int((ill & (run.state.infected.day[:rows] + run.state.infected.run[:rows] < 60)).sum()),
                "severe": int(run.tally.admissions.sum()),
                "deaths": int(run.tally.deaths.sum()),
                "diagnoses": int(run.tally.reports.sum()),
            }
        )
    return {name: float(np.mean([one[name] for one in found])) for name in found[0]}


@pytest.mark.parametrize(
    ("what", "published", "band"),
    [
        ("infections", 9_432, 0.25),
        ("symptomatic", 6_093, 0.25),
        ("severe", 432, 0.20),
        ("deaths", 31, 0.30),
        ("diagnoses", 3_526, 0.20),
    ],
)
def test_regression_baseline_of_covasim(what, published, band):
    """One seed of Covasim: eight of them have mean 9,222 infections and sd 1,099, 30 deaths and sd 9.

    Six runs of the twin have an sd of 5 % in their mean, deaths 8 %; generations are 0.3 days longer here.
    """
    assert baseline()[what] == pytest.approx(published, rel=band)


def test_shares_of_the_regression_baseline():
    got = baseline()
    assert got["symptomatic"] / got["infections"] == pytest.approx(6_093 / 9_432, rel=0.15)
    assert got["severe"] / got["infections"] == pytest.approx(432 / 9_432, rel=0.3)  # fewer are still ahead of it here


KERR = np.array(
    [[1.53, 1.48, 1.39, 1.33], [1.31, 1.19, 1.07, 0.96], [1.16, 1.03, 0.91, 0.80], [1.07, 0.92, 0.82, 0.72]]
)
"""Effective reproduction number by quarter of the range of testing (rows) and of tracing (columns)."""

MIDDLES = (0.125, 0.375, 0.625, 0.875)


def reproduction(testing, tracing, strength):
    """Infections by those infected in days 4 to 15, with a daily chance to be tested when ill of half of `testing`."""
    a_day = 0.5 * testing
    measures = (
        IllAreTested(test="pcr", delay_days=(1 - a_day) / a_day, turnaround_days=1, adherence=1.0),
        IsolateCases(days=14, adherence=1.0),
        TraceContacts(
            find_community=0.0, find_school=1.0, find_work=1.0, adherence=tracing, days_back=2, delay_days=0,
            cases_a_day=1e9,
        ),
        QuarantineContacts(days=14, adherence=1.0, test_days=(0, 4), turnaround_days=1),
    )  # fmt: skip
    caused, cases = 0, 0
    for replicate in (1, 2, 3):
        behaviour = Behaviour(household_left=0.2, others_left=0.1, report_delay_days=0.0)
        scenario = scene(covasim_world(strength), 45, measures=measures, infected=100, behaviour=behaviour)
        run = played(scenario, replicate=replicate)
        day = run.state.infected.day[: run.state.rows]
        early = (day >= 4) & (day < 16)
        caused, cases = caused + int(offspring(run)[early].sum()), cases + int(early.sum())
    return caused / cases


def beside_first(cells):
    """Reproduction numbers of these cells, and what the table has; float, shape (cell,) each."""
    got = np.array([reproduction(MIDDLES[row], MIDDLES[column], 0.75) for row, column in cells])
    return got, np.array([KERR[cell] for cell in cells])


def test_corners_of_tests_and_tracing_as_in_seattle():
    """Seattle's mobility and masks are not here: one strength of contacts, 0.75, stands for them in all cells.

    Tracing without tests does more here (1.1 for 1.33): a case that is found is traced on the day. Luck of a cell is 3 to 4 %.
    """
    got, published = beside_first(((0, 0), (0, 3), (3, 0), (3, 3)))
    assert got == pytest.approx(published, rel=0.15)
    assert got[3] < min(got[1], got[2]) < max(got[1], got[2]) < got[0]


@pytest.mark.slow
def test_more_tests_and_more_tracing_each_lower_transmission_as_in_seattle():
    cells = [(row, column) for row in range(4) for column in range(4)]
    got, published = beside_first(cells)
    assert got == pytest.approx(published, rel=0.15)
    grid = got.reshape(4, 4)
    assert (np.diff(grid, axis=0) < 0.03).all()
    assert (np.diff(grid, axis=1) < 0.03).all()
