"""What happens at the moment of infection: who was first, and how the disease will run in each."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from seawall.core.hashed import bits, unit
from seawall.twin.spread import Ground, Infected, Rates


class Courses(NamedTuple):
    """Tables from which the course of a disease is drawn; arrays as in `disease.Course`."""

    onset_day: np.ndarray
    dispersion: np.ndarray
    p_symptoms: np.ndarray
    p_admission: np.ndarray
    p_icu: np.ndarray
    p_death: np.ndarray
    without_bed: float
    onset_to_admission: np.ndarray
    admission_to_icu: np.ndarray
    icu_days: np.ndarray
    hospital_days: np.ndarray
    admission_to_death: np.ndarray


class Illness(NamedTuple):
    """How it will run in each of the infected, one row each.

    Attributes:
        admission: uint8. Days from infection to needing a bed; 255 for never.
        need: uint8. 0 none, 1 a bed, 2 intensive care; plus 4 where the person dies even with a bed, plus 8 where only
            without one.
    """

    admission: np.ndarray
    need: np.ndarray


@numba.njit(cache=True, nogil=True)
def settle(
    target: np.ndarray,
    source: np.ndarray,
    layer: np.ndarray,
    history: np.ndarray,
    became: np.ndarray,
    just_infected: np.ndarray,
    variant_of: np.ndarray,
    person: np.ndarray,
    infector: np.ndarray,
    where: np.ndarray,
    variant: np.ndarray,
    before: np.ndarray,
) -> int:
    """Keep the first infection of each person today; write the rows, and what the person's immune system has now met.

    Args:
        target, source, layer: the infections of today in order.
        history: uint8, shape (person,). Changed.
        became: uint8, shape (variant, 256). Row that a row becomes by an infection today.
        just_infected: bool, shape (256,). Rows of those infected today.
        variant_of: uint8, shape (row,). Variant of each infector.
        person, infector, where, variant, before: written; `before` is the history row before the infection.

    Returns:
        How many were infected.
    """
    kept = 0
    for at in range(target.size):
        y = target[at]
        row = history[y]
        if just_infected[row]:
            continue
        v = variant_of[source[at]]
        person[kept] = y
        infector[kept] = source[at]
        where[kept] = layer[at]
        variant[kept] = v
        before[kept] = row
        history[y] = became[v, row]
        kept += 1
    return kept


@numba.njit(cache=True, nogil=True)
def draw_courses(
    ground: Ground,
    rates: Rates,
    courses: Courses,
    infected: Infected,
    illness: Illness,
    before: np.ndarray,
    was_infected: np.ndarray,
    left_ill: np.ndarray,
    left_severe: np.ndarray,
    hardness: np.uint64,
    course: np.uint64,
    first: int,
    last: int,
) -> None:
    """Draw how the disease will run in rows `first` up to, not including, `last`.

    One draw ranks how hard it hits: below the probability of symptoms the person falls ill, below that of admission
    needs a bed, below that of intensive care needs that, below that of death dies. So a person who dies in one
    scenario is among the first to fall ill in every other.

    Args:
        before: uint8, shape (last - first,). History row before the infection.
        was_infected: bool, shape (256,). Whether a row has met an infection.
        left_ill, left_severe: float64, shape (256, variant). Share of risk that immunity leaves.
        hardness, course: bases of the draws.
    """
    shut = max(rates.institution[0], rates.institution[1])
    for row in range(first, last):
        person = np.uint64(infected.person[row])
        x = int(person)
        met_before = before[row - first]
        again = np.uint64(1) if was_infected[met_before] else np.uint64(0)
        variant = infected.variant[row]
        age = ground.age[x]
        rank = unit(bits(hardness, person, again))
        word = bits(course, person, again)
        infected.nu[row] = np.uint8(word & np.uint64(255))
        ill = rank < courses.p_symptoms[variant, age] * left_ill[met_before, variant]
        onset = courses.onset_day[variant, (word >> np.uint64(8)) & np.uint64(255)]
        infected.run[row] = onset if ill else 0
        severe = left_severe[met_before, variant]
        illness.admission[row] = 255
        illness.need[row] = 0
        if ill and rank < courses.p_admission[variant, age] * severe:
            delay = int(onset) + int(courses.onset_to_admission[(word >> np.uint64(16)) & np.uint64(255)])
            illness.admission[row] = min(delay, 254)
            need = 2 if rank < courses.p_icu[variant, age] * severe else 1
            dies = courses.p_death[variant, age] * severe
            if rank < dies:
                need |= 4
            elif rank < dies * courses.without_bed:
                need |= 8
            illness.need[row] = need
        size = int(ground.household[x]) & 15
        cls = ground.age_class[age]
        total = (size - 1) * rates.household
        met = 0
        place = ground.place[x]
        if place != np.uint32(0xFFFFFFFF):
            at = ground.place_layer[place]
            others = int(ground.place_start[place + np.uint32(1)]) - int(ground.place_start[place]) - 1
            met = min(int(ground.ring[at]), others)
            if others > met:
                met += int(ground.across[at])
            total += met * rates.place[at]
        infected.met[row] = met
        infected.block[row] = ground.block[x]
        infected.cls[row] = cls
        infected.home[row] = ground.household[x]
        total += rates.mixing[0, cls] + rates.mixing[1, cls] + rates.mixing[2, cls] + shut
        infected.strength[row] = np.float32(total * courses.dispersion[variant, infected.nu[row]])
