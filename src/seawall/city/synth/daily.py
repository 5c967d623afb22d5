"""Where people spend the day: compiled loops over people, and over the blocks in which classes and teams lie.

What somebody does by day is one number: 0 to 19 a school year (kindergarten 0 to 2, primary 3 to 8, middle 9 to 11,
high 12 to 14, university 15 to 19), 20 life in a care home, 21 work, 255 none of these.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from seawall.city.synth.luck import below, whole, word
from seawall.core.hashed import unit

FIRST_SCHOOL_AGE = 3
YEARS = 20
WARD, WORKER, NOTHING = 20, 21, 255

STAGE_OF_YEAR = np.array([0] * 3 + [1] * 6 + [2] * 3 + [3] * 3 + [4] * 5, dtype=np.uint8)
"""uint8, shape (school year,)."""


@numba.njit(cache=True, nogil=True)
def occupy(
    age: np.ndarray,
    block_start: np.ndarray,
    district_of_block: np.ndarray,
    p_enrolled: np.ndarray,
    p_working: np.ndarray,
    p_chronic: np.ndarray,
    history_pick: np.ndarray,
    work_pick: np.ndarray,
    start: np.uint64,
    role: np.ndarray,
    block: np.ndarray,
    traits: np.ndarray,
    history: np.ndarray,
    students: np.ndarray,
    workers: np.ndarray,
) -> None:
    """What each person does by day, and what the body brings along.

    Args:
        age: uint8, shape (person,).
        block_start, district_of_block: as in `People`.
        p_enrolled, p_working, p_chronic: float64, shape (age,).
        history_pick: uint8, shape (district, age, 512). Rows of `histories`, equally likely.
        work_pick: uint16, shape (district, 4096). Districts of work, equally likely.
        start: base of the draws.
        role: uint8, shape (person,). 1 for who lives in a care home; overwritten with what the person does.
        block: uint16, shape (person,). Written.
        traits: uint8, shape (person,). 1 for female; overwritten with the traits.
        history: uint8, shape (person,). Written.
        students: int64, shape (block, YEARS + 1). Added to: people of each school year and ward.
        workers: int64, shape (district,). Added to: workers by district of work.
    """
    ages = p_enrolled.size
    enrolled = np.empty(ages, dtype=np.int64)
    working = np.empty(ages, dtype=np.int64)
    chronic = np.empty(ages, dtype=np.int64)
    for a in range(ages):
        enrolled[a] = whole(p_enrolled[a] * 65536.0 + 0.5)
        working[a] = whole(p_working[a] * 65536.0 + 0.5)
        chronic[a] = whole(p_chronic[a] * 65536.0 + 0.5)
    for b in range(district_of_block.size):
        district = district_of_block[b]
        for person in range(block_start[b], block_start[b + 1]):
            bits = word(start, np.uint64(person))
            a = age[person]
            block[person] = b
            does = NOTHING
            lot = whole(bits & np.uint64(0xFFFF))
            if role[person] == 1:
                does = WARD
                students[b, WARD] += 1
            elif lot < enrolled[a] and a >= FIRST_SCHOOL_AGE and a < FIRST_SCHOOL_AGE + YEARS:
                does = a - FIRST_SCHOOL_AGE
                students[b, does] += 1
            elif lot >= 65536 - working[a] * (65536 - enrolled[a]) // 65536:
                does = WORKER
                workers[work_pick[district, (bits >> np.uint64(52)) & np.uint64(4095)]] += 1
            role[person] = does
            ill = whole((bits >> np.uint64(16)) & np.uint64(0xFFFF)) < chronic[a]
            traits[person] = (1 if ill else 0) | (2 if traits[person] else 0)
            history[person] = history_pick[district, a, (bits >> np.uint64(32)) & np.uint64(511)]


@numba.njit(cache=True, nogil=True)
def list_workers(
    role: np.ndarray,
    block_start: np.ndarray,
    district_of_block: np.ndarray,
    work_pick: np.ndarray,
    start: np.uint64,
    at: np.ndarray,
    listed: np.ndarray,
) -> None:
    """Write workers into the range of their district of work, `at` onwards, drawn as in `occupy`; then shuffle each.

    Args:
        role, block_start, district_of_block, work_pick, start: as in `occupy`.
        at: int64, shape (district,). Where each begins; changed to where it ends.
        listed: uint32, shape (worker,). Written.
    """
    first = at.copy()
    for b in range(district_of_block.size):
        district = district_of_block[b]
        for person in range(block_start[b], block_start[b + 1]):
            if role[person] == WORKER:
                bits = word(start, np.uint64(person))
                to = work_pick[district, (bits >> np.uint64(52)) & np.uint64(4095)]
                listed[at[to]] = person
                at[to] += 1
    for d in range(at.size):
        own = word(~start, np.uint64(d))
        for last in range(at[d] - 1, first[d], -1):
            other = first[d] + below(word(own, np.uint64(last)), last - first[d] + 1)
            listed[last], listed[other] = listed[other], listed[last]


@numba.njit(cache=True, nogil=True)
def lay_out(
    district_of_block: np.ndarray,
    jobs_of_block: np.ndarray,
    staffed_start: np.ndarray,
    staffed: np.ndarray,
    staff: np.ndarray,
    sector_share: np.ndarray,
    staff_sector: np.ndarray,
    group_share: np.ndarray,
    port_block: np.ndarray,
    firm_median: float,
    firm_spread: float,
    team_at_most: int,
    start: np.uint64,
    size: np.ndarray,
    layer: np.ndarray,
    kind: np.ndarray,
    group: np.ndarray,
    place_block: np.ndarray,
    place_of_staffed: np.ndarray,
) -> int:
    """Number the places block by block: classes and wards first, then firms cut into teams.

    Args:
        district_of_block: int32, shape (block,).
        jobs_of_block: int64, shape (block,). Workers at teams in each block, beside those with a class or ward.
        staffed_start: int64, shape (block + 1,). Range of a block's classes and wards in `staffed`.
        staffed: int64, shape (class or ward, 3). Layer, stage, members before staff.
        staff: int64, shape (class or ward,). Adults who work there.
        sector_share: float64, shape (district, sector).
        staff_sector: float64, shape (district, sector). Workers already with a class or ward.
        group_share: float64, shape (group, sector). Share of a sector's workers in each key group.
        port_block: bool, shape (block,). Where teams of the port may lie.
        firm_median, firm_spread: of the lognormal size of firms.
        team_at_most: largest team.
        start: base of the draws.
        size, layer, kind, group, place_block: uint8 and uint16, shape (place at most,). Written.
        place_of_staffed: int64, shape (class or ward,). Written.

    Returns:
        How many places there are.
    """
    sectors, groups = sector_share.shape[1], group_share.shape[0]
    got = np.zeros(sectors)
    owed = np.zeros((groups, sectors))
    found = 0
    before = -1
    luck = np.uint64(0)
    total = 0.0
    for b in range(district_of_block.size):
        d = district_of_block[b]
        if d != before:
            for s in range(sectors):
                got[s] = staff_sector[d, s]
            total = 0.0
            for s in range(sectors):
                total += got[s]
            before = d
        for at in range(staffed_start[b], staffed_start[b + 1]):
            layer[found] = staffed[at, 0]
            kind[found] = staffed[at, 1]
            size[found] = staffed[at, 2] + staff[at]
            group[found] = 255
            place_block[found] = b
            place_of_staffed[at] = found
            found += 1
        left = jobs_of_block[b]
        while left > 0:
            bits = word(start, luck)
            more = word(start, luck + np.uint64(1))
            luck += np.uint64(2)
            radius = math.sqrt(-2.0 * math.log(1.0 - unit(bits)))
            firm = whole(firm_median * math.exp(firm_spread * radius * math.cos(2.0 * math.pi * unit(more))) + 0.5)
            firm = min(max(firm, 2), left)
            if left - firm == 1:
                firm = left
            # the sector that lags furthest behind its share
            best = 0
            most = -1e300
            for s in range(sectors):
                lag = sector_share[d, s] * (total + firm) - got[s]
                if lag > most:
                    most = lag
                    best = s
            got[best] += firm
            total += firm
            left -= firm
            teams = (firm + team_at_most - 1) // team_at_most
            watched = 255
            furthest = firm / 2.0
            for g in range(groups):
                if g == 0 and not port_block[b]:
                    continue
                owed[g, best] += group_share[g, best] * firm
                if owed[g, best] > furthest:
                    furthest = owed[g, best]
                    watched = g
            if watched != 255:
                owed[watched, best] -= firm
            for team in range(teams):
                size[found] = firm * (team + 1) // teams - firm * team // teams
                layer[found] = 2
                kind[found] = best
                group[found] = watched
                place_block[found] = b
                found += 1
    return found


@numba.njit(cache=True, nogil=True)
def seat_pupils(
    role: np.ndarray,
    block_start: np.ndarray,
    district_of_block: np.ndarray,
    number: np.ndarray,
    classes: np.ndarray,
    first_class: np.ndarray,
    place_of_staffed: np.ndarray,
    place_start: np.ndarray,
    filled: np.ndarray,
    place: np.ndarray,
    seat: np.ndarray,
    members: np.ndarray,
) -> None:
    """Give pupils their class and who lives in a care home the ward, in the order in which they live.

    Args:
        role, block_start, district_of_block: as in `occupy`.
        number, classes: int64, shape (district, YEARS + 1). Pupils, and the classes they are divided into.
        first_class: int64, shape (district, YEARS + 1). The first of these in `place_of_staffed`.
        place_of_staffed: int64. Place of each class and ward, sorted as `first_class` counts.
        place_start: uint32, shape (place + 1,).
        filled: uint8, shape (place,). Members so far; changed.
        place, seat, members: as in `People`; written.
    """
    done = np.zeros(number.shape, dtype=np.int64)
    for b in range(district_of_block.size):
        d = district_of_block[b]
        for person in range(block_start[b], block_start[b + 1]):
            does = role[person]
            if does <= WARD:
                nth = done[d, does] * classes[d, does] // number[d, does]
                done[d, does] += 1
                here = place_of_staffed[first_class[d, does] + nth]
                place[person] = here
                seat[person] = filled[here]
                members[whole(place_start[here]) + filled[here]] = person
                filled[here] += 1


@numba.njit(cache=True, nogil=True)
def seat_workers(
    listed: np.ndarray,
    at: np.ndarray,
    district_of_block: np.ndarray,
    place_block: np.ndarray,
    place_start: np.ndarray,
    filled: np.ndarray,
    place: np.ndarray,
    seat: np.ndarray,
    members: np.ndarray,
) -> None:
    """Fill what is free at each place with the next workers of its district.

    Args:
        listed: uint32, shape (worker,). By district of work.
        at: int64, shape (district,). Where each begins; changed.
        district_of_block: int32, shape (block,).
        place_block, place_start, filled: as in `seat_pupils`.
        place, seat, members: written.
    """
    for here in range(place_block.size):
        d = district_of_block[place_block[here]]
        begin = whole(place_start[here])
        size = whole(place_start[here + 1]) - begin
        for free in range(filled[here], size):
            person = listed[at[d]]
            at[d] += 1
            place[person] = here
            seat[person] = free
            members[begin + free] = person
