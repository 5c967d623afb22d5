"""A world with Covasim's contacts and prognoses, against its regression baseline and Kerr et al. 2021.

Contacts: households of three, classes of twenty, teams of sixteen, twenty others a day; weights 3, 0.6, 0.6 and 0.3 times
0.016 a day; dispersion 0.45. Covasim's households are drawn, ours are all of one size; its tests find who is
infectious; its vaccine builds antibodies, here a dose keeps off half of infections. So the numbers are held to bands.
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

RESIDENTS = 20_001
BETA = 0.016
DECADES = np.arange(0, 100, 10)
SYMPTOMATIC = (0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.90)
SEVERE = (0.0005, 0.00165, 0.0072, 0.0208, 0.0343, 0.0765, 0.1328, 0.20655, 0.2457, 0.2457)
CRITICAL = (0.00003, 0.00008, 0.00036, 0.00104, 0.00216, 0.00933, 0.03639, 0.08923, 0.1742, 0.1742)
DEATH = (0.00002, 0.00002, 0.00010, 0.00032, 0.00098, 0.00265, 0.00766, 0.02439, 0.08292, 0.1619)
SUSCEPTIBLE = (0.34, 0.67, 1.0, 1.0, 1.0, 1.0, 1.24, 1.47, 1.47, 1.47)
AGES = np.array([12, 13, 13, 14, 13, 13, 11, 7, 3, 1]) / 100
"""Share of each decade, about that of the United States."""


def stay(mean, sd):
    return equally_likely(discretised(Delay(family="lognormal", mean_days=mean, sd_days=sd), 254))


def covasim_load():
    """Viral load by day since the first infectious one: 2 / 1.3 for three days, then 1 / 1.3; the severe take longer."""
    mild, severe = (
        1 - np.append(0.0, np.cumsum(discretised(Delay(family="lognormal", mean_days=mean, sd_days=sd), 29)))
        for mean, sd in ((8.0, 2.0), (18.1, 6.3))
    )
    return np.where(np.arange(31) < 3, 2.0, 1.0) / 1.3 * (0.95 * mild + 0.05 * severe)


@cache
def covasim_course():
    """Infectious from a day before symptoms for about eight days, at first twice as much as later."""
    onset = Delay(family="lognormal", mean_days=5.6, sd_days=1.75)
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


@cache
def covasim_world(strength=1.0):
    """Everybody's home, class or team, and neighbourhood."""
    draws = generator(1, "ages")
    age = np.minimum(DECADES[draws.choice(10, RESIDENTS, p=AGES)] + draws.integers(0, 10, RESIDENTS), 100)
    people = of_ages(one_block(RESIDENTS, household=3), age)
    place, seat = np.full(RESIDENTS, NOWHERE, dtype=np.uint32), np.zeros(RESIDENTS, dtype=np.uint8)
    members, sizes, layers = [], [], []
    for layer, low, high, size in ((SCHOOL, 6, 22, 21), (WORK, 22, 65, 17)):
        who = draws.permutation(np.nonzero((age >= low) & (age < high))[0])
        for begin in range(0, who.size, size):
            group = np.sort(who[begin : begin + size])
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
    contacts = mix_alike(people, 20.0, ring=20, across=0)
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
