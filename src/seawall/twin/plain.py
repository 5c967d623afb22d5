"""The readable twin: a day of the city told one person after the other, without arrays or compiled loops.

It is what an epidemiologist reads to see what the twin does, and what the compiled twin is held to, bit for bit, by
``tests/twins/test_twin_plain.py``. It is thousands of times slower: for cities of some thousand residents.

The rules of the epidemic stand here; of what is so in the city in `plain_city`, of whom one meets in `plain_meet`, of
tests, tracing, arrivals and doses in `plain_response`, of what limits keep people from in `plain_limits`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple, cast

import numpy as np

from seawall.measures.levers import Levers
from seawall.twin.keyed import ACCEPT, ACROSS, EVENT, INFECTION, MEET, STAYS
from seawall.twin.plain_city import FREE, HOME, SITE, WARD, Case, City
from seawall.twin.plain_limits import count_away, count_limits
from seawall.twin.plain_meet import mixing_contact, seat_met
from seawall.twin.plain_response import (
    arrive,
    give_doses,
    results,
    rounds_of_tests,
    routine_tests,
    tell_contacts,
    tests_due,
    tests_of_the_ill,
)
from seawall.twin.simulate import Scenario


def pull_levers(city: City) -> None:
    """Zones are drawn from what the city has seen by this morning, and every measure pulls its levers."""
    scenario = city.scenario
    city.morning()
    drawn = scenario.strategy.zoning
    if scenario.zoning is None or drawn is None or not drawn.in_force(city.today):
        city.zones = None
    elif city.zones is None or drawn.days_on(city.today) % drawn.every_days == 0:
        city.zones = scenario.zoning(city.today.seen)
    city.today = replace(city.today, zones=city.zones)
    city.levers = Levers(blocks=city.map.blocks, sectors=len(city.map.sectors))
    scenario.strategy.pull(city.levers, city.today)
    if city.zones is not None:
        if city.tally.tiers is None:
            city.tally.tiers = np.full((city.days, city.map.blocks), -1, dtype=np.int8)
        city.tally.tiers[city.day] = city.zones.tier


# ---------------------------------------------------------------------- infection


AFTER_WORK = 1024
"""Number of the first event after work of who lives there; the others are numbered from 0."""


class Event(NamedTuple):
    """Whom an infectious contact falls on, where, and the chance that the infectious person's side allows it."""

    other: int
    layer: int
    allowed: float


def infections(city: City) -> None:
    """The infectious meet people, and some of these are infected.

    All contacts of a person together infect at a rate: that of the contacts, times the share of infectiousness that
    falls on this day, times how infectious the person is. The number of events is Poisson; each falls on a contact in
    proportion to its rate, and happens unless something prevents it. All see the morning; who is infected twice today
    is infected by whoever was infected first. The new cases are written down by person.
    """
    found = []
    for number, case in enumerate(city.cases):
        events = [(one, _event(city, case, one)) for one in range(_events(city, case, case.strength, 0))]
        if city.lives_at_work(case.person):
            after_work = float(city.world.rates.institution[2] * city.world.course.dispersion[case.variant, case.nu])
            numbers = (AFTER_WORK + one for one in range(_events(city, case, after_work, 1)))
            events += [(one, _after_work(city, case.person, one)) for one in numbers]
        for one, event in events:
            if event is not None and city.luck(ACCEPT, case.person, one, day=city.day) < _chance(city, case, event):
                found.append((event.other, number, event.layer))
    found.sort()
    city.infect_by(found)


def _events(city: City, case: Case, strength: float, slot: int) -> int:
    """How many infectious contacts of this strength there are today: a Poisson number, its upper tail at the lot."""
    infectiousness = city.world.rates.infectiousness
    tau = city.day - case.day
    if not 1 <= tau < infectiousness.shape[2]:
        return 0
    rate = strength * float(infectiousness[case.variant, case.run, tau] * float(city.scale[city.day]))
    u = city.luck(INFECTION, case.person, slot, day=city.day)
    if u >= rate:
        return 0
    term = math.exp(-rate)
    above, many = 1.0 - term, 0
    while u < above and many < 200:
        many += 1
        term *= rate / many
        above -= term
    return many


def _event(city: City, case: Case, one: int) -> Event | None:
    """Draw on which of the person's contacts an event falls; None: on one that does not take place at all."""
    rates, people = city.world.rates, city.world.people
    person, cls, place = case.person, city.age_class(case.person), city.place(case.person)
    others_at_home = [member for member in city.household(person) if member != person]
    place_layer = 0 if place is None or case.met == 0 else int(people.place_layer[place])
    at_home = len(others_at_home) * rates.household
    at_place = case.met * float(rates.place[place_layer]) if place_layer else 0.0
    mixing = [float(rates.mixing[mix, cls]) for mix in range(3)]
    everywhere = at_home + at_place + mixing[0] + mixing[1] + mixing[2]
    r = city.luck(EVENT, person, one, day=city.day) * (everywhere + float(max(rates.institution[:2])))
    where, in_loop = city.where(person), city.lives_at_work(person)
    if r < at_home:
        other = others_at_home[min(int(r / rates.household), len(others_at_home) - 1)]
        return Event(other, 0, 0.0 if in_loop else _left(city, where, at_home=True))
    if r < at_home + at_place and place is not None:
        slot = min(int((r - at_home) / float(rates.place[place_layer])), case.met - 1)
        return _at_place(city, person, place, slot, where)
    if r < everywhere:
        r -= at_home + at_place
        mix = 0
        while mix < 2 and r >= mixing[mix]:
            r -= mixing[mix]
            mix += 1
        slots = int(city.world.ground.mix_slots[mix, cls])
        slot = min(int(r / mixing[mix] * slots), slots - 1)
        word = city.draw(MEET, person, mix * 256 + slot, day=city.day)
        met, away = mixing_contact(city, mix, city.block(person), cls, word)
        if met is None:
            return None
        left = 0.0 if in_loop else _left(city, where, at_home=False)
        return Event(met, 4 + mix, left * float(city.levers.trips) if away else left)
    return _in_institution(city, person, one, r - everywhere)


def _at_place(city: City, person: int, place: int, slot: int, where: int) -> Event:
    people, levers = city.world.people, city.levers
    layer, kind, block = int(people.place_layer[place]), int(people.place_kind[place]), int(people.place_block[place])
    members = city.members(place)
    ring = min(int(city.world.contacts.ring[layer]), len(members) - 1)
    word = city.draw(ACROSS, person, slot, day=city.day)
    other = members[seat_met(slot, members.index(person), len(members), ring, word)]
    left = _left(city, where, at_home=False)
    if layer == 2:
        left *= float(levers.attendance[kind, block])
    elif layer == 1:
        left *= float(levers.schooling[kind, block])
    return Event(other, layer, left)


def _in_institution(city: City, person: int, one: int, r: float) -> Event | None:
    """Patients meet staff of hospitals, guests of a site its staff, wherever in the district these work."""
    where, ground, district = city.where(person), city.world.ground, city.district(person)
    if person in city.dead or where not in (WARD, SITE):
        return None
    kind = 0 if where == WARD else 1
    staff = ground.staff[int(ground.staff_start[kind, district]) : int(ground.staff_start[kind, district + 1])]
    if r >= city.world.rates.institution[kind] or not len(staff):
        return None
    return Event(int(staff[city.draw(ACROSS, person, 256 + one, day=city.day) % len(staff)]), 7 + kind, 1.0)


def _after_work(city: City, person: int, one: int) -> Event | None:
    """Who lives at work meets any of those who work there."""
    place = city.place(person)
    members = [] if place is None else city.members(place)
    if len(members) < 2 or city.where(person) != FREE or person in city.dead:
        return None
    word = city.draw(ACROSS, person, 256 + one, day=city.day)
    return Event(members[seat_met(1000, members.index(person), len(members), 0, word)], 9, 1.0)


def _chance(city: City, case: Case, event: Event) -> float:
    """Chance that an event infects: what immunity, age, limits, masks and confinement leave of it."""
    person, other, layer, levers = case.person, event.other, event.layer, city.levers
    if other == person or event.allowed == 0.0 or other in city.dead or person in city.dead:
        return 0.0
    chance = event.allowed * city.left(city.history[other], case.variant)[0]
    chance *= float(city.world.rates.susceptibility[city.age(other)])
    mine, theirs = city.block(person), city.block(other)
    chance *= float(min(levers.contact[layer, mine], levers.contact[layer, theirs]))
    chance *= float(min(levers.transmission[layer, mine], levers.transmission[layer, theirs]))
    chance *= _left(city, city.where(other), at_home=layer == 0)
    if layer not in (1, 2, 7, 8, 9) and city.lives_at_work(other):
        return 0.0  # who lives at work meets colleagues, patients and guests only
    return chance


def _left(city: City, where: int, *, at_home: bool) -> float:
    """Share of contacts left to somebody who is kept apart there."""
    if where == FREE:
        return 1.0
    if where == HOME:
        return city.scenario.behaviour.household_left if at_home else city.scenario.behaviour.others_left
    return 0.0


# ---------------------------------------------------------------------- beds


def leave(city: City) -> None:
    """Those whose stay ends today go home or have died; the dead meet nobody any more."""
    for number in sorted(number for (number,) in city.due("leave")):
        case = city.cases[number]
        case.left = city.day
        city.inpatients.discard(number)
        if case.died:
            city.tally.deaths[city.day, city.district(case.person)] += 1
            city.tally.deaths_by_class[city.day, city.age_class(case.person)] += 1
            city.let_go(case.person)
            city.dead.add(case.person)
        elif case.admitted is not None:
            city.let_go(case.person)


def admit(city: City) -> None:
    """Those who need a bed today get one while there are beds; the others stay at home, and more of them die.

    A person admitted who was not found yet is tested on admission, and found.
    """
    course = city.world.course
    rows = sorted(number for (number,) in city.due("admission") if city.cases[number].need > 0)
    free = _free(city, "beds", city.levers.beds, len(city.inpatients))
    for number in rows:
        case = city.cases[number]
        person, bed = case.person, free > 0
        free -= 1
        byte = [city.draw(STAYS, person) >> 8 * at & 255 for at in range(3)]
        case.died = case.dies or (case.dies_without and not bed)
        stay = max(int(course.admission_to_death[byte[0]] if case.died else course.hospital_days[byte[1]]), 1)
        city.diary["leave", city.day + stay].append((number,))
        if not bed:
            city.charge("illness", "no_bed", person=person)
            continue
        case.admitted = city.day
        city.inpatients.add(number)
        city.tally.admissions[city.day, city.district(person)] += 1
        city.tally.admissions_by_class[city.day, city.age_class(person)] += 1
        if case.specimen is None:
            city.find(number, "symptoms", 1)
        city.confine([(person, city.day + stay, True)], WARD, "illness")
        if case.need == 2:
            wait = min(int(course.admission_to_icu[byte[2]]), stay - 1)
            city.diary["icu", city.day + wait].append((number,))
    city.tally.in_hospital[city.day] = len(city.inpatients)


def into_intensive_care(city: City) -> None:
    """Patients who need intensive care today get it while there are beds for it; others may die for want of it."""
    in_use = sum(end > city.day for end in city.icu_ends)
    free = _free(city, "icu_beds", city.levers.icu_beds, in_use)
    for number in sorted(number for (number,) in city.due("icu")):
        case = city.cases[number]
        person, bed = case.person, free > 0
        free -= 1
        if bed:
            pick = city.draw(STAYS, person) >> 32 & 255
            end = city.day + max(int(city.world.course.icu_days[pick]), 1)
            case.in_icu = city.day
            city.icu_ends.append(end)
            city.tally.icu[city.day, city.district(person)] += 1
            for day in range(city.day, end):
                city.charge("illness", "icu_days", person=person, day=day)
        else:
            city.charge("illness", "no_icu", person=person)
            case.died = case.died or case.dies_without
    city.tally.in_icu[city.day] = sum(end > city.day for end in city.icu_ends)


def _free(city: City, resource: str, added: float, in_use: int) -> float:
    """Beds left; without end where the folder does not say how many there are."""
    if resource not in city.map.capacity:
        return math.inf
    return max(int(city.map.capacity[resource] + added) - in_use, 0)


# ---------------------------------------------------------------------- the day

PHASES: tuple[Callable[[City], None], ...] = (
    pull_levers,
    give_doses,
    arrive,
    infections,
    rounds_of_tests,
    routine_tests,
    tests_of_the_ill,
    tests_due,
    results,
    tell_contacts,
    leave,
    admit,
    into_intensive_care,
    count_limits,
    count_away,
)
"""What happens in a day, in the order of `day.PHASES`."""


def play_day(city: City) -> None:
    """Play one day, and go on to the next."""
    for phase in PHASES:
        phase(city)
    city.day += 1


def new_city(scenario: Scenario, seed: int, replicate: int = 1) -> City:
    """A city on the morning of its first day."""
    city = City(scenario, seed, replicate)
    scenario.beginning(cast("Any", city), replicate)
    return city
