"""Who infects whom today: the loop in which nearly all of the twin's time is spent.

Every contact of an infectious person is a Poisson process of *events* whose rate is

    rate of the layer x share of infectiousness on this day x the person's own infectiousness,

and a contact is infected by the first event that is not prevented. The events of all contacts of one person on one
day are together Poisson, so one draw says how many there are (mostly none) and each then falls on a contact in
proportion to its rate. That is exactly what one Bernoulli draw of 1 - exp(-rate) for every contact gives, without
looking at contacts on which nothing falls (Kingman 1993, *Poisson Processes*, colouring theorem; held by
``tests/science/test_twin_contacts.py``). Masks, limits, confinement and immunity prevent an event with a probability
of their own, drawn from a key of its own: a measure of strength zero changes no bit.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np

from seawall.core.hashed import bits, unit

HOME, SITE, WARD = 1, 2, 3
"""Where a confined person is; the two low bits of `confined`. The others hold the first day free again."""

GONE = 0xFFFF
"""`confined` of the dead."""


class Ground(NamedTuple):
    """What does not change in a run: people and how they meet. Arrays as in `People` and `Contacts`."""

    age: np.ndarray
    block: np.ndarray
    household: np.ndarray
    place: np.ndarray
    seat: np.ndarray
    place_start: np.ndarray
    members: np.ndarray
    place_layer: np.ndarray
    place_kind: np.ndarray
    place_block: np.ndarray
    district_of_block: np.ndarray
    order: np.ndarray
    order_start: np.ndarray
    order_count: np.ndarray
    district_start: np.ndarray
    district_count: np.ndarray
    age_class: np.ndarray
    ring: np.ndarray
    across: np.ndarray
    mix_slots: np.ndarray
    age_pick: np.ndarray
    coupling_pick: np.ndarray
    local_share: np.ndarray
    staff: np.ndarray
    staff_start: np.ndarray


class Rates(NamedTuple):
    """Events a day of a person of mean infectiousness at its full share.

    Attributes:
        household: float. Each member of the household.
        place: float64, shape (layer,). Each contact at the daily place.
        mixing: float64, shape (mixing layer, age class). All contacts of the layer together.
        institution: float64, shape (3,). All contacts in a hospital, at a site, in a closed loop.
        infectiousness: float64, shape (variant, run, tau).
        dispersion: float64, shape (variant, 256). Infectiousness beside the mean.
        susceptibility: float64, shape (age,).
    """

    household: float
    place: np.ndarray
    mixing: np.ndarray
    institution: np.ndarray
    infectiousness: np.ndarray
    dispersion: np.ndarray
    susceptibility: np.ndarray


class Morning(NamedTuple):
    """What is so this morning.

    Attributes:
        day: of the run.
        history: uint8, shape (person,).
        confined: uint16, shape (person,). First day free again times 4, plus where.
        left: float64, shape (history row, variant). Share of events that immunity does not prevent.
        contact, transmission: float64, shape (layer, block).
        attendance, closed_loop: float64, shape (sector, block).
        schooling: float64, shape (stage, block).
        trips: share of trips between districts that take place.
        at_home: float64, shape (2,). Share of contacts left to who is confined at home: household, others.
        limited, any_confined, any_loop: whether these need to be looked at.
        scale: factor on all rates.
    """

    day: int
    history: np.ndarray
    confined: np.ndarray
    left: np.ndarray
    contact: np.ndarray
    transmission: np.ndarray
    attendance: np.ndarray
    schooling: np.ndarray
    closed_loop: np.ndarray
    trips: float
    at_home: np.ndarray
    limited: bool
    any_confined: bool
    any_loop: bool
    scale: float


class Keys(NamedTuple):
    """Bases of the draws of this day; see `keyed`."""

    infection: np.uint64
    event: np.uint64
    accept: np.uint64
    across: np.uint64
    meet: np.uint64
    lives_at_work: np.uint64


class Infected(NamedTuple):
    """The infected, one row each, in the order of their infection.

    Attributes:
        person: uint32. Who.
        infector: int32. Row of the infector; -1 for who was infected elsewhere.
        day: int16. Day of infection.
        layer: uint8. Where; 255 elsewhere.
        variant, run, nu: uint8. Variant, run of the disease, entry of the table of dispersion.
        strength: float32. Rate of all contacts together times the person's own infectiousness.
        met: uint8. Contacts at the daily place.
        block, cls, home: uint16, uint8, uint8. Block, age class and household of the person, so that they lie where
            the loop reads.
    """

    person: np.ndarray
    infector: np.ndarray
    day: np.ndarray
    layer: np.ndarray
    variant: np.ndarray
    run: np.ndarray
    nu: np.ndarray
    strength: np.ndarray
    met: np.ndarray
    block: np.ndarray
    cls: np.ndarray
    home: np.ndarray


MOST_EVENTS = 200
"""More events than this of one person on one day are not looked at."""


@numba.njit(inline="always")
def events_of(u: float, rate: float) -> int:
    """Number of events of a Poisson of this rate at this quantile counted from above: 0 unless u < 1 - exp(-rate)."""
    if u >= rate:
        return 0
    term = math.exp(-rate)
    above = 1.0 - term
    found = 0
    while u < above and found < MOST_EVENTS:
        found += 1
        term *= rate / found
        above -= term
    return found


@numba.njit(inline="always")
def seat_met(slot: int, seat: int, size: int, ring: int, word: np.uint64) -> int:
    """Seat of the colleague in a slot: the nearest on both sides in turn, then anybody."""
    if slot < ring:
        step = slot // 2 + 1
        other = seat + step if slot % 2 == 0 else seat - step
        return (other + size) % size
    other = int(word % np.uint64(size - 1))
    return other + 1 if other >= seat else other


@numba.njit(inline="always")
def mixing_address(ground: Ground, mix: int, block: int, cls: int, word: np.uint64) -> tuple[np.int64, bool]:
    """Entry of `order` that a mixing contact falls on, -1 for nobody, and whether it leads to another district."""
    other = ground.age_pick[mix, cls, word & np.uint64(1023)]
    luck = float((word >> np.uint64(10)) & np.uint64(4095))
    district = ground.district_of_block[block]
    away = False
    if luck < ground.local_share[mix] * 4096.0:
        start, count = ground.order_start[block, other], ground.order_count[block, other]
    else:
        there = ground.coupling_pick[mix, district, (word >> np.uint64(22)) & np.uint64(4095)]
        away = there != district
        start, count = ground.district_start[there, other], ground.district_count[there, other]
    if count == 0:
        return np.int64(-1), away
    at = ((word >> np.uint64(34)) * np.uint64(count)) >> np.uint64(30)
    return np.int64(np.uint64(start) + at), away


@numba.njit(inline="always")
def where_now(confined: int, day: int) -> int:
    """Where a person is confined today; 0 for nowhere."""
    return confined & 3 if (confined >> 2) > day else 0


@numba.njit(inline="always")
def left_by_confinement(where: int, household: bool, at_home: np.ndarray) -> float:  # noqa: FBT001 - compiled
    """Share of contacts left to somebody who is confined there."""
    if where == 0:
        return 1.0
    if where == HOME:
        return float(at_home[0] if household else at_home[1])
    return 0.0


@numba.njit(inline="always")
def in_loop(ground: Ground, morning: Morning, keys: Keys, person: int) -> bool:
    """Whether the person lives at work today."""
    place = ground.place[person]
    if place == np.uint32(0xFFFFFFFF) or ground.place_layer[place] != 2:
        return False
    share = morning.closed_loop[ground.place_kind[place], ground.place_block[place]]
    return bool(share > 0.0) and unit(bits(keys.lives_at_work, np.uint64(person), np.uint64(0))) < share


@numba.njit(inline="always")
def shut_in(code: int, day: int) -> int:
    """Where a confined person meets staff today: 0 in a hospital, 1 at a site, -1 nowhere."""
    where = where_now(code, day)
    if where == SITE:
        return 1
    return 0 if where == WARD and code != GONE else -1


NOT_MET = 255
"""Layer of an event that falls on staff whom only the confined meet."""

AFTER_WORK = 1024
"""Number of the first event after work in a closed loop; others are numbered from 0."""

BATCH = 1024
"""Events that are looked up together: all addresses first, then all that stands there, so that the waits overlap."""


@numba.njit(cache=True, nogil=True)
def spread(
    ground: Ground,
    rates: Rates,
    morning: Morning,
    keys: Keys,
    infected: Infected,
    first: int,
    last: int,
    target: np.ndarray,
    source: np.ndarray,
    layer: np.ndarray,
) -> int:
    """Infections caused today by rows `first` up to, not including, `last`, before it is settled who was first.

    Args:
        ground, rates, morning, keys, infected: what is so.
        first, last: rows.
        target, source, layer: uint32, int32, uint8. Written: who is infected, by which row, where.

    Returns:
        How many there are; more than `target` holds where it was too short, and then nothing is to be trusted.
    """
    found = 0
    day = morning.day
    longest = rates.infectiousness.shape[2]
    room = BATCH + 2 * MOST_EVENTS
    rows, numbers = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32)
    filled = 0
    for row in range(first, last):
        tau = day - infected.day[row]
        if tau >= 1 and tau < longest:
            share = rates.infectiousness[infected.variant[row], infected.run[row], tau] * morning.scale
            rate = float(infected.strength[row]) * share
            u = unit(bits(keys.infection, np.uint64(infected.person[row]), np.uint64(0)))
            if u < rate:
                for event in range(events_of(u, rate)):
                    rows[filled] = row
                    numbers[filled] = event
                    filled += 1
            if morning.any_loop and in_loop(ground, morning, keys, int(infected.person[row])):
                rate = rates.institution[2] * rates.dispersion[infected.variant[row], infected.nu[row]] * share
                u = unit(bits(keys.infection, np.uint64(infected.person[row]), np.uint64(1)))
                for event in range(events_of(u, rate)):
                    rows[filled] = row
                    numbers[filled] = AFTER_WORK + event
                    filled += 1
        if filled >= BATCH:
            found = _settle_events(
                ground, rates, morning, keys, infected, rows, numbers, filled, target, source, layer, found
            )
            filled = 0
    return _settle_events(ground, rates, morning, keys, infected, rows, numbers, filled, target, source, layer, found)


@numba.njit(cache=True, nogil=True)
def _settle_events(
    ground: Ground,
    rates: Rates,
    morning: Morning,
    keys: Keys,
    infected: Infected,
    rows: np.ndarray,
    numbers: np.ndarray,
    filled: int,
    target: np.ndarray,
    source: np.ndarray,
    layer: np.ndarray,
    found: int,
) -> int:
    """On whom each event falls, and whether it infects."""
    day = morning.day
    shut = max(rates.institution[0], rates.institution[1])
    factors = np.ones(filled, dtype=np.float64)
    layers = np.full(filled, NOT_MET, dtype=np.uint8)
    slots = np.zeros(filled, dtype=np.int32)
    places = np.zeros(filled, dtype=np.uint32)
    seats = np.zeros(filled, dtype=np.uint8)
    where = np.zeros(filled, dtype=np.uint8)
    addresses = np.full(filled, -1, dtype=np.int64)
    people = np.full(filled, -1, dtype=np.int64)
    # what the person's own place and confinement are, all asked for at once
    for at in range(filled):
        x = infected.person[rows[at]]
        if infected.met[rows[at]] > 0 or numbers[at] >= AFTER_WORK:
            places[at] = ground.place[x]
            seats[at] = ground.seat[x]
        if morning.any_confined:
            where[at] = where_now(int(morning.confined[x]), day)
    # which contact it falls on
    for at in range(filled):
        row = rows[at]
        x = int(infected.person[row])
        person = np.uint64(x)
        cls = infected.cls[row]
        met = int(infected.met[row])
        size = int(infected.home[row]) & 15
        place_layer = ground.place_layer[places[at]] if met > 0 else 0
        w_home = (size - 1) * rates.household
        w_place = met * rates.place[place_layer] if met > 0 else 0.0
        w_mix0, w_mix1, w_mix2 = rates.mixing[0, cls], rates.mixing[1, cls], rates.mixing[2, cls]
        total = w_home + w_place + w_mix0 + w_mix1 + w_mix2 + shut
        if numbers[at] >= AFTER_WORK:
            layers[at] = 9
            continue
        r = unit(bits(keys.event, person, np.uint64(numbers[at]))) * total
        if r < w_home:
            layers[at] = 0
            other = min(int(r / rates.household), size - 2)
            place_in = int(infected.home[row]) >> 4
            people[at] = x - place_in + (other if other < place_in else other + 1)
        elif r < w_home + w_place:
            layers[at] = place_layer
            slots[at] = min(int((r - w_home) / rates.place[place_layer]), met - 1)
        elif r < w_home + w_place + w_mix0 + w_mix1 + w_mix2:
            r -= w_home + w_place
            mix = 0
            if r >= w_mix0:
                r -= w_mix0
                mix = 1
                if r >= w_mix1:
                    r -= w_mix1
                    mix = 2
            layers[at] = 4 + mix
            most = ground.mix_slots[mix, cls]
            slots[at] = min(int(r / rates.mixing[mix, cls] * most), most - 1)
        elif morning.any_confined:
            kind = shut_in(int(morning.confined[x]), day)
            if kind >= 0 and r - (w_home + w_place + w_mix0 + w_mix1 + w_mix2) < rates.institution[kind]:
                layers[at] = 7 + kind
    # where that contact is written down
    for at in range(filled):
        row = rows[at]
        x = int(infected.person[row])
        person = np.uint64(x)
        met = int(infected.met[row])
        here = layers[at]
        loop = morning.any_loop and in_loop(ground, morning, keys, x)
        if here == 0:
            factors[at] = 0.0 if loop else left_by_confinement(int(where[at]), True, morning.at_home)
        elif here <= 3:
            begin = ground.place_start[places[at]]
            members = int(ground.place_start[places[at] + np.uint32(1)]) - int(begin)
            ring = min(ground.ring[here], members - 1)
            word = bits(keys.across, person, np.uint64(slots[at]))
            addresses[at] = int(begin) + seat_met(int(slots[at]), int(seats[at]), members, ring, word)
            factors[at] = left_by_confinement(int(where[at]), False, morning.at_home)
            if morning.limited:
                there = ground.place_block[places[at]]
                if here == 2:
                    factors[at] *= morning.attendance[ground.place_kind[places[at]], there]
                elif here == 1:
                    factors[at] *= morning.schooling[ground.place_kind[places[at]], there]
        elif here == NOT_MET:
            continue
        elif here <= 6:
            mix = here - 4
            word = bits(keys.meet, person, np.uint64(mix * 256 + slots[at]))
            addresses[at], away = mixing_address(ground, mix, int(infected.block[row]), int(infected.cls[row]), word)
            factors[at] = 0.0 if loop else left_by_confinement(int(where[at]), False, morning.at_home)
            if away:
                factors[at] *= morning.trips
        else:
            pick = bits(keys.across, person, np.uint64(256 + numbers[at]))
            if here == 9:
                begin = ground.place_start[places[at]]
                members = int(ground.place_start[places[at] + np.uint32(1)]) - int(begin)
                if members > 1 and where[at] == 0:
                    addresses[at] = int(begin) + seat_met(1000, int(seats[at]), members, 0, pick)
            else:
                district = ground.district_of_block[infected.block[row]]
                begin_staff = ground.staff_start[here - 7, district]
                staff = ground.staff_start[here - 7, district + 1] - begin_staff
                if staff > 0:
                    addresses[at] = begin_staff + int(pick % np.uint64(staff))
    # who that is
    for at in range(filled):
        if addresses[at] < 0:
            continue
        here = layers[at]
        if here <= 3 or here == 9:
            people[at] = ground.members[addresses[at]]
        elif here <= 6:
            people[at] = ground.order[addresses[at]]
        else:
            people[at] = ground.staff[addresses[at]]
    # what protects them, all asked for at once
    for at in range(filled):
        y = people[at]
        if y < 0 or y == infected.person[rows[at]]:
            factors[at] = 0.0
            continue
        factors[at] *= morning.left[morning.history[y], infected.variant[rows[at]]]
        factors[at] *= rates.susceptibility[ground.age[y]]
    for at in range(filled):
        factor = factors[at]
        if factor == 0.0:
            continue
        y = people[at]
        row = rows[at]
        here = layers[at]
        if morning.limited:
            block, other_block = infected.block[row], ground.block[y]
            factor *= min(morning.contact[here, block], morning.contact[here, other_block])
            factor *= min(morning.transmission[here, block], morning.transmission[here, other_block])
        if morning.any_confined:
            factor *= left_by_confinement(where_now(int(morning.confined[y]), day), here == 0, morning.at_home)
        if morning.any_loop and here not in (1, 2, 7, 8, 9) and in_loop(ground, morning, keys, y):
            factor = 0.0
        if unit(bits(keys.accept, np.uint64(infected.person[row]), np.uint64(numbers[at]))) < factor:
            if found < target.size:
                target[found] = y
                source[found] = row
                layer[found] = here
            found += 1
    return found
