"""How likely a contact infects: from a reproduction number and a household attack rate to rates by layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np

from seawall.city.layers import AGE_CLASS_FROM, LAYERS, MIXING
from seawall.city.synth.contacts import Contacts
from seawall.core import InvalidInput, check_quantities, quantity
from seawall.core.hashed import bits
from seawall.disease.course import Course
from seawall.twin.keyed import ACROSS, base
from seawall.twin.spread import Ground, Rates, seat_met

SAMPLE = 200_000
"""People whose households and places are looked at to calibrate."""

_COVASIM = "Covasim 3.1.7, beta_layer: household 3.0, school and work 0.6, community 0.3"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerWeights:
    """How much a contact of each layer weighs, beside a contact at work."""

    school: float = quantity(1.0, unit="ratio to work", low=0, high=10, source=_COVASIM, about="A contact in class.")
    care_home: float = quantity(
        2.0,
        unit="ratio to work",
        low=0,
        high=20,
        source="assumed: help with meals and washing",
        about="In a care home.",
    )
    community: float = quantity(
        0.5, unit="ratio to work", low=0, high=10, source=_COVASIM, about="A contact in the neighbourhood."
    )
    transport: float = quantity(
        0.5, unit="ratio to work", low=0, high=10, source="assumed: as in the community", about="A contact under way."
    )
    public: float = quantity(
        0.5, unit="ratio to work", low=0, high=10, source="assumed: as in the community", about="In a public place."
    )
    hospital: float = quantity(
        0.25, unit="ratio to work", low=0, high=10, source="assumed: staff protected", about="A patient and staff."
    )
    quarantine_site: float = quantity(
        0.1, unit="ratio to work", low=0, high=10, source="assumed: single rooms", about="A guest and staff."
    )
    closed_loop: float = quantity(
        1.0, unit="ratio to work", low=0, high=10, source="assumed: shared dormitories", about="Colleagues after work."
    )

    def __post_init__(self) -> None:
        check_quantities(self)

    def by_layer(self) -> np.ndarray:
        """float64, shape (layer,); work is 1 and the household, which is set by its attack rate, 0."""
        return np.array([0.0 if name == "household" else getattr(self, name, 1.0) for name in LAYERS])


@numba.njit(cache=True)
def _meetings(
    ground: Ground, people: np.ndarray, start: np.uint64, fixed: np.ndarray, daily: np.ndarray, number: np.ndarray
) -> None:
    """Contacts of these people by layer and class: those met every day, those drawn anew each day."""
    for at in range(people.size):
        x = people[at]
        cls = ground.age_class[ground.age[x]]
        number[cls] += 1.0
        size = int(ground.household[x]) & 15
        begin = x - (int(ground.household[x]) >> 4)
        for other in range(begin, begin + size):
            if other != x:
                fixed[0, cls, ground.age_class[ground.age[other]]] += 1.0
        place = ground.place[x]
        if place == np.uint32(0xFFFFFFFF):
            continue
        layer = ground.place_layer[place]
        first = ground.place_start[place]
        members = int(ground.place_start[place + np.uint32(1)]) - int(first)
        ring = min(ground.ring[layer], members - 1)
        slots = ring + (ground.across[layer] if members - 1 > ring else 0)
        for slot in range(slots):
            word = bits(start, np.uint64(x), np.uint64(slot))
            seat = seat_met(slot, int(ground.seat[x]), members, ring, word)
            other = ground.members[first + np.uint32(seat)]
            into = fixed if slot < ring else daily
            into[layer, cls, ground.age_class[ground.age[other]]] += 1.0


@dataclass(frozen=True, kw_only=True)
class Meetings:
    """Mean daily contacts by layer, class of the person and class of who is met.

    Attributes:
        fixed: float64, shape (layer, class, class). The same people every day.
        daily: float64, shape (layer, class, class). Drawn anew each day.
        share: float64, shape (class,). Share of residents.
    """

    fixed: np.ndarray
    daily: np.ndarray
    share: np.ndarray


def meetings(ground: Ground, contacts: Contacts) -> Meetings:
    """Contacts as the twin draws them, counted on up to 200,000 residents spread over the city."""
    classes, layers = len(AGE_CLASS_FROM), len(LAYERS)
    residents = ground.age.size
    people = np.unique(np.linspace(0, residents - 1, min(SAMPLE, residents)).astype(np.int64))
    fixed, daily = np.zeros((layers, classes, classes)), np.zeros((layers, classes, classes))
    number = np.zeros(classes)
    _meetings(ground, people, base(0, ACROSS), fixed, daily, number)
    each = np.maximum(number, 1.0)[:, None]
    fixed, daily = fixed / each, daily / each
    for mix, layer in enumerate(MIXING):
        daily[layer] = contacts.mixing[mix][:, None] * contacts.age_mix[mix]
    return Meetings(fixed=fixed, daily=daily, share=number / number.sum())


def attack(rate: float, course: Course, variant: int = 0) -> float:
    """Probability that a daily contact of this rate is infected over the whole course, mean over people."""
    share = 1 - float(course.p_symptoms[variant].mean())
    runs = course.infectiousness[variant].sum(axis=1)
    days = np.bincount(course.onset_day[variant], minlength=runs.size) / course.onset_day.shape[1]
    weight = np.concatenate([[share], days[1:] * (1 - share)])
    escaped = np.exp(-rate * runs[: weight.size, None] * course.dispersion[variant][None, :]).mean(axis=1)
    return float(1 - weight @ escaped)


def calibrated(
    ground: Ground,
    contacts: Contacts,
    course: Course,
    *,
    weights: LayerWeights | None = None,
    household_attack_rate: float | None = None,
    variant: int = 0,
) -> Rates:
    """Rates that give the course's reproduction number and household attack rate in this city.

    The household's rate follows from its attack rate, the mean over all pairs of people who live together. The others
    keep the proportions of `weights`; their common factor is such that the largest eigenvalue of the next-generation
    matrix by age class is the reproduction number, all being susceptible. A contact met every day cannot be infected
    twice, so it counts with its attack rate.

    Args:
        ground: the city.
        contacts: how people meet.
        course: the disease; variants other than `variant` scale by their own reproduction number.
        household_attack_rate: that of the course when None.

    Raises:
        InvalidInput: households alone infect more than the reproduction number, or nobody meets anybody.

    Source:
        Diekmann, Heesterbeek and Metz 1990, Journal of Mathematical Biology 28:365.
    """
    met = meetings(ground, contacts)
    relative = (weights or LayerWeights()).by_layer()
    attack_rate = (
        float(course.household_attack_rate[variant]) if household_attack_rate is None else household_attack_rate
    )
    wanted = float(course.reproduction_number[variant])
    susceptible = np.array([course.susceptibility[first] for first in AGE_CLASS_FROM])
    kinds, kind_of = np.unique(susceptible, return_inverse=True)

    def attacks(rate: float) -> np.ndarray:
        """Attack rate of a contact met every day, by class of who is met."""
        return np.array([attack(rate * kind, course, variant) for kind in kinds])[kind_of]

    living_with = met.share @ met.fixed[0]
    at_home = 0.0
    if living_with.sum() > 0:
        living_with = living_with / living_with.sum()
        at_home = _rate_of(attack_rate, lambda rate: float(living_with @ attacks(rate)))

    def reproduction(factor: float, household: float) -> float:
        matrix = met.fixed[0] * attacks(household)[None, :]
        for layer in range(1, 7):
            rate = relative[layer] * factor
            if met.fixed[layer].any():
                matrix = matrix + met.fixed[layer] * attacks(rate)[None, :]
            matrix = matrix + met.daily[layer] * rate * susceptible[None, :]
        return float(np.abs(np.linalg.eigvals(matrix)).max())

    alone = reproduction(0.0, at_home)
    only_home = met.fixed[1:].sum() + met.daily[1:].sum() == 0
    if only_home or alone >= wanted:
        if not only_home and alone > wanted * 1.0001:
            raise InvalidInput(
                f"Households alone infect {alone:.2f} people a case, more than the reproduction number {wanted:g}; "
                "give a smaller household attack rate or a larger reproduction number."
            )
        factor = 0.0
    else:
        low, high = 0.0, 1.0
        while reproduction(high, at_home) < wanted:
            high *= 2
            if high > 1e6:
                raise InvalidInput(f"No contact rate gives a reproduction number of {wanted:g} in this city.")
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if reproduction(middle, at_home) < wanted else (low, middle)
        factor = (low + high) / 2
    rate = relative * factor
    return Rates(
        household=at_home,
        place=rate,
        mixing=np.ascontiguousarray(contacts.mixing * rate[list(MIXING)][:, None]),
        institution=contacts.institution * rate[7:10],
        infectiousness=np.ascontiguousarray(
            course.infectiousness * (course.reproduction_number / wanted)[:, None, None]
        ),
        dispersion=np.ascontiguousarray(course.dispersion),
        susceptibility=np.ascontiguousarray(course.susceptibility),
    )


def _rate_of(attack_rate: float, attacked: Callable[[float], float]) -> float:
    """The rate at which daily contacts are infected with this mean probability over the course."""
    if attack_rate <= 0:
        return 0.0
    low, high = 0.0, 1.0
    while attacked(high) < attack_rate:
        high *= 2
        if high > 1e6:
            raise InvalidInput(
                f"No rate infects {attack_rate:.0%} of household contacts when infectiousness varies so."
            )
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if attacked(middle) < attack_rate else (low, middle)
    return (low + high) / 2
