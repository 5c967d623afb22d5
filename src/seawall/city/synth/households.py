"""Who lives with whom: compiled loop over blocks that turns ages and household sizes into homes.

A block has so many people of each age and so many households of each size. Homes with children are filled first: a
child, its siblings, a mother 20 to 45 years older, her husband, grandparents. Then homes of three and more without
minors (a grown child, its parents), then pairs (couples, a parent with a grown child, flatmates), then who lives
alone. Each takes the nearest age still to be had, so ages and sizes come out exactly and plausibility gives way
where the two do not fit together.
"""

from __future__ import annotations

import numba
import numpy as np

from seawall.city.synth.luck import below, whole, word
from seawall.core.hashed import unit

MINOR = 18
"""Age below which one lives with parents where there are any."""

SINGLE_PARENT = 0.05
"""Share of minors in homes of two; assumed."""

SECOND_CHILD = 0.25
"""Share of homes of four and more with minors that have two rather than one where there are few; assumed."""

PAIR_OF_GENERATIONS, FLATMATES = 0.10, 0.12
"""Shares of homes of two without minors: a parent with a grown child, people who share a flat; assumed."""

OLD, OLD_PAIRS = 60, 0.15
"""Age from which one is old, and share of homes of two that are looked for among the old first, so that fewer of them
are left to live alone; assumed."""

GROWN, GROWN_AT_HOME = 30, 0.6
"""Age until which grown children live with their parents more than others, and share of homes of three and more
without minors that are looked for among them first; assumed."""

MOTHER_GAP, MOTHER_SPREAD = 28.0, 4.5
"""Years from mother to child: mean and standard deviation; assumed, near the mean age at birth in China."""

NO_PERSON = 255


@numba.njit(cache=True, nogil=True)
def nearest(count: np.ndarray, target: int, low: int, high: int) -> int:
    """The age nearest to `target` of which there is somebody, from low to high; -1 for none."""
    target = min(max(target, low), high)
    for gap in range(high - low + 1):
        if target - gap >= low and count[target - gap] > 0:
            return target - gap
        if target + gap <= high and count[target + gap] > 0:
            return target + gap
    return -1


@numba.njit(inline="always")
def _bell(bits: np.uint64) -> float:
    """Roughly normal: the sum of four uniform numbers of 16 bits, mean 0, variance 1."""
    total = (
        (bits & np.uint64(0xFFFF))
        + ((bits >> np.uint64(16)) & np.uint64(0xFFFF))
        + ((bits >> np.uint64(32)) & np.uint64(0xFFFF))
        + (bits >> np.uint64(48))
    )
    return (np.float64(total) / 65536.0 - 2.0) * 1.7320508


@numba.njit(cache=True, nogil=True)
def _numbers_of_sizes(residents: int, shares: np.ndarray, carry: np.ndarray, number: np.ndarray) -> None:
    """Households of each size in a block; what rounding leaves is carried to the next block.

    Args:
        residents: of the block.
        shares: float64, shape (size,). Share of households of 1, 2, ... members.
        carry: float64, shape (size,). Households owed; changed.
        number: int64, shape (size,). Written.
    """
    sizes = shares.size
    mean = 0.0
    for s in range(sizes):
        mean += shares[s] * (s + 1)
    left = residents
    for s in range(sizes):
        owed = residents / mean * shares[s] + carry[s]
        number[s] = max(0, whole(np.floor(owed + 0.5)))
        carry[s] = owed
        left -= number[s] * (s + 1)
    while left < 0:
        most = sizes - 1
        for s in range(sizes - 1, -1, -1):
            if number[s] > 0 and (number[most] == 0 or (s + 1 >= -left)):
                most = s
        number[most] -= 1
        left += most + 1
    while left > 0:
        best = 0
        for s in range(min(sizes, left)):
            if carry[s] - number[s] > carry[best] - number[best]:
                best = s
        number[best] += 1
        left -= best + 1
    for s in range(sizes):
        carry[s] -= number[s]


@numba.njit(cache=True, nogil=True)
def _shuffle(values: np.ndarray, size: int, start: np.uint64, luck: np.uint64) -> np.uint64:
    for at in range(size - 1, 0, -1):
        other = below(word(start, luck), at + 1)
        luck += np.uint64(1)
        values[at], values[other] = values[other], values[at]
    return luck


@numba.njit(inline="always")
def _take(count: np.ndarray, entry: int, age: np.ndarray, at: int) -> None:
    count[entry] -= 1
    age[at] = entry


@numba.njit(cache=True, nogil=True)
def settle(
    by_age: np.ndarray,
    block_start: np.ndarray,
    shares: np.ndarray,
    p_care: np.ndarray,
    p_female: np.ndarray,
    start: np.uint64,
    age: np.ndarray,
    household: np.ndarray,
    female: np.ndarray,
    in_care: np.ndarray,
) -> None:
    """Fill all blocks with people.

    Args:
        by_age: int32, shape (block, age).
        block_start: int64, shape (block + 1,).
        shares: float64, shape (size,). Share of households of 1, 2, ... members.
        p_care, p_female: float64, shape (age,).
        start: base of the draws.
        age, household: uint8, shape (person,). Written; see `People`.
        female: uint8, shape (person,). Written: 1 for a woman or girl.
        in_care: uint8, shape (person,). Written: 1 for who lives in a care home, at the end of each block and alone.
    """
    ages, sizes = by_age.shape[1], shares.size
    carry = np.zeros(sizes)
    care_owed = np.zeros(ages)
    number = np.zeros(sizes, dtype=np.int64)
    count = np.zeros(ages, dtype=np.int64)
    most = 0
    for block in range(by_age.shape[0]):
        most = max(most, block_start[block + 1] - block_start[block])
    size_of = np.zeros(most + 1, dtype=np.uint8)
    begin_of = np.zeros(most + 1, dtype=np.int64)
    minors_of = np.zeros(most + 1, dtype=np.uint8)
    minors = np.zeros(most + 1, dtype=np.uint8)
    adults = np.zeros(most + 1, dtype=np.uint8)
    for block in range(by_age.shape[0]):
        first, end = block_start[block], block_start[block + 1]
        own = word(start, np.uint64(block))
        luck = np.uint64(0)
        # who lives in a care home
        at = end
        n_minors = 0
        n_adults = 0
        for a in range(ages):
            here = by_age[block, a]
            care_owed[a] += here * p_care[a]
            cared = min(whole(care_owed[a]), here)
            care_owed[a] -= cared
            for _ in range(cared):
                at -= 1
                age[at] = a
                household[at] = 1
                in_care[at] = 1
                female[at] = 1 if unit(word(own, luck)) < p_female[a] else 0
                luck += np.uint64(1)
            count[a] = here - cared
            for _ in range(count[a]):
                if a < MINOR:
                    minors[n_minors] = a
                    n_minors += 1
                else:
                    adults[n_adults] = a
                    n_adults += 1
        luck = _shuffle(minors, n_minors, own, luck)
        luck = _shuffle(adults, n_adults, own, luck)
        _numbers_of_sizes(at - first, shares, carry, number)
        homes = 0
        for s in range(sizes):
            for _ in range(number[s]):
                size_of[homes] = s + 1
                minors_of[homes] = 0
                homes += 1
        luck = _shuffle(size_of, homes, own, luck)
        begin = first
        for home in range(homes):
            size = whole(size_of[home])
            begin_of[home] = begin
            for member in range(size):
                household[begin + member] = (member << 4) | size
                age[begin + member] = NO_PERSON
            begin += size
        # how many minors each home has
        pairs, threes, larger = number[1] if sizes > 1 else 0, number[2] if sizes > 2 else 0, 0
        for s in range(3, sizes):
            larger += number[s]
        in_pairs = min(SINGLE_PARENT * n_minors, 0.5 * pairs)
        room = threes + (1.0 + SECOND_CHILD) * larger
        share = min(1.0, (n_minors - in_pairs) / room) if room > 0 else 0.0
        p_pair = in_pairs / pairs if pairs > 0 else 0.0
        left = n_minors
        owed = 0.5
        owed_pairs = 0.5
        for home in range(homes):
            size = whole(size_of[home])
            if size == 2:
                owed_pairs += p_pair
                if owed_pairs >= 1.0 and left > 0:
                    owed_pairs -= 1.0
                    minors_of[home] = 1
                    left -= 1
            elif size >= 3:
                owed += share
                if owed >= 1.0 and left > 0:
                    owed -= 1.0
                    minors_of[home] = 1
                    left -= 1
                    if size >= 4 and left > 0 and unit(word(own, luck)) < SECOND_CHILD:
                        minors_of[home] = 2
                        left -= 1
                    luck += np.uint64(1)
        for parents in range(2, -1, -1):  # more than fit: larger families, then single parents, then children alone
            home = 0
            while left > 0 and home < homes:
                while left > 0 and minors_of[home] + parents < size_of[home] and (parents == 0 or size_of[home] > 1):
                    minors_of[home] += 1
                    left -= 1
                    if parents == 2:
                        break
                home += 1
            if parents == 2 and left > 0:
                home = 0
                while left > 0 and home < homes:
                    while left > 0 and minors_of[home] + 2 < size_of[home]:
                        minors_of[home] += 1
                        left -= 1
                    home += 1
        women = 0.0  # fewer so far than there should be
        next_minor = 0
        next_adult = 0
        # homes with minors
        for home in range(homes):
            kids = whole(minors_of[home])
            if kids == 0:
                continue
            seat = begin_of[home]
            stop = seat + whole(size_of[home])
            while count[minors[next_minor]] == 0:
                next_minor += 1
            eldest = whole(minors[next_minor])
            next_minor += 1
            parents_end = seat + min(2, whole(size_of[home]) - kids)
            kids_at = parents_end
            _take(count, eldest, age, kids_at)
            kids_at += 1
            other = eldest
            for _ in range(1, kids):
                bits = word(own, luck)
                luck += np.uint64(1)
                other = nearest(count, other + (2 + below(bits, 4)) * (1 if bits & np.uint64(1) else -1), 0, MINOR - 1)
                _take(count, other, age, kids_at)
                kids_at += 1
                eldest = max(eldest, other)
            mother = -1
            if seat < parents_end:
                bits = word(own, luck)
                luck += np.uint64(1)
                target = eldest + whole(np.floor(MOTHER_GAP + MOTHER_SPREAD * _bell(bits) + 0.5))
                mother = nearest(count, target, max(eldest + 20, MINOR), min(eldest + 45, ages - 1))
                if mother < 0:
                    mother = nearest(count, target, MINOR, ages - 1)
                if mother >= 0:
                    _take(count, mother, age, seat)
                    female[seat] = 1
            if mother >= 0 and seat + 1 < parents_end:
                bits = word(own, luck)
                luck += np.uint64(1)
                father = nearest(count, mother - 1 + below(bits, 6), max(eldest + 20, MINOR), ages - 1)
                if father < 0:
                    father = nearest(count, mother, MINOR, ages - 1)
                if father >= 0:
                    _take(count, father, age, seat + 1)
                    female[seat + 1] = 0
            elder = -1
            for place in range(kids_at, stop):
                bits = word(own, luck)
                luck += np.uint64(1)
                if elder < 0 or place - kids_at == 2:
                    target = mother + 20 + below(bits, 13)
                else:
                    target = elder + below(bits, 5) - 1
                elder = nearest(count, target, MINOR, ages - 1)
                if elder >= 0:
                    _take(count, elder, age, place)
                    if stop - kids_at > 1:
                        female[place] = 1 if (place - kids_at) % 2 == 0 else 0
                    else:
                        female[place] = 1 if unit(bits) < p_female[elder] else 0
        # homes of three and more without minors, then pairs, then who lives alone
        for turn in range(3):
            if turn == 2:
                for place in range(first, at):
                    if age[place] != NO_PERSON and age[place] >= MINOR:
                        women += p_female[age[place]] - female[place]
            for home in range(homes):
                size = whole(size_of[home])
                if minors_of[home] > 0 or (turn == 0) != (size >= 3) or (turn == 1) != (size == 2):
                    continue
                seat = begin_of[home]
                while next_adult < n_adults and count[adults[next_adult]] == 0:
                    next_adult += 1
                if next_adult == n_adults:
                    break
                one = -1
                bits = word(own, luck)
                luck += np.uint64(1)
                if size == 2 and (bits & np.uint64(255)) < np.uint64(256 * OLD_PAIRS):
                    one = nearest(count, OLD + below(bits << np.uint64(8), 26), OLD, ages - 1)
                elif size >= 3 and (bits & np.uint64(255)) < np.uint64(256 * GROWN_AT_HOME):
                    one = nearest(count, MINOR + below(bits << np.uint64(8), GROWN - MINOR), MINOR, GROWN - 1)
                if one < 0:
                    one = whole(adults[next_adult])
                    next_adult += 1
                # who lives alone makes up for homes that have more women or men than there should be
                p_woman = p_female[one] + (0.02 * women if size == 1 else 0.0)
                woman = 1 if unit(bits) < p_woman else 0
                _take(count, one, age, seat)
                female[seat] = woman
                if size == 1:
                    women += p_female[one] - woman
                    continue
                bits = word(own, luck)
                luck += np.uint64(1)
                chance = unit(bits)
                gap = 24 + whole(bits & np.uint64(7)) + whole((bits >> np.uint64(3)) & np.uint64(3))
                if size == 2:
                    if chance < PAIR_OF_GENERATIONS:
                        target = one + gap if one < 45 else one - gap
                        woman = 1 - whole((bits >> np.uint64(5)) & np.uint64(1))
                    else:
                        target = one + below(bits << np.uint64(8), 5) - (0 if woman else 4)
                        if one < 35 and chance < PAIR_OF_GENERATIONS + FLATMATES:
                            woman = 1 - woman  # flatmates of one sex
                        woman = 1 - woman
                    two = nearest(count, target, MINOR, ages - 1)
                    if two >= 0:
                        _take(count, two, age, seat + 1)
                        female[seat + 1] = woman
                    continue
                child = one
                if one >= 45:
                    two = nearest(count, one - gap, MINOR, ages - 1)
                else:
                    two = nearest(count, one + gap, MINOR, ages - 1)
                if two < 0:
                    continue
                _take(count, two, age, seat + 1)
                parent = two
                if one >= 45:
                    child, parent = two, one
                    female[seat + 1] = whole((bits >> np.uint64(6)) & np.uint64(1))
                    woman = 1 - woman
                else:
                    female[seat + 1] = 1
                    woman = 0
                spouse = nearest(count, parent + below(bits << np.uint64(8), 4) - 1, MINOR, ages - 1)
                if spouse < 0:
                    continue
                _take(count, spouse, age, seat + 2)
                female[seat + 2] = woman
                for place in range(seat + 3, seat + size):
                    bits = word(own, luck)
                    luck += np.uint64(1)
                    target = parent + 20 + below(bits, 12) if parent < 62 else child + below(bits, 5) - 2
                    two = nearest(count, target, MINOR, ages - 1)
                    if two >= 0:
                        _take(count, two, age, place)
                        female[place] = whole(bits & np.uint64(1))
        # whoever is left, wherever there is room: only where ages and sizes do not fit together
        a = 0
        for place in range(first, at):
            if age[place] == NO_PERSON:
                while count[a] == 0:
                    a += 1
                _take(count, a, age, place)
                female[place] = 1 if unit(word(own, luck)) < p_female[a] else 0
                luck += np.uint64(1)
            elif age[place] < MINOR:
                female[place] = 1 if unit(word(own, luck)) < p_female[age[place]] else 0
                luck += np.uint64(1)
