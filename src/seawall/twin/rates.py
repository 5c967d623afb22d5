"""How likely a contact infects: from a reproduction number and a household attack rate to rates by layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numba
import numpy as np

from seawall.city.layers import AGE_CLASS_FROM, LAYERS, MIXING
from seawall.city.synth.contacts import Contacts
from seawall.core import InvalidInput, check_quantities, quantity
from seawall.disease.course import Course
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


OFTEN_STEPS, OFTEN_LOW = 64, 1 / 512
"""Contacts at a daily place are counted by how often they are met: from daily down to once in 512 days, in steps."""


@numba.njit(cache=True)
def _meetings(
    ground: Ground, people: np.ndarray, often: np.ndarray, home: np.ndarray, placed: np.ndarray, number: np.ndarray
) -> None:
    """Contacts of these people by class at home, and by layer, how often, and class at the daily place.

    Args:
        often: float64, shape (step,). Meetings a day of each step, rising.
        home: float64, shape (class, class). Added to.
        placed: float64, shape (layer, step, class, class). Added to.
        number: float64, shape (class,). Added to.
    """
    for at in range(people.size):
        x = people[at]
        cls = ground.age_class[ground.age[x]]
        number[cls] += 1.0
        size = int(ground.household[x]) & 15
        begin = x - (int(ground.household[x]) >> 4)
        for other in range(begin, begin + size):
            if other != x:
                home[cls, ground.age_class[ground.age[other]]] += 1.0
        place = ground.place[x]
        if place == np.uint32(0xFFFFFFFF):
            continue
        layer = ground.place_layer[place]
        first = ground.place_start[place]
        members = int(ground.place_start[place + np.uint32(1)]) - int(first)
        ring = min(ground.ring[layer], members - 1)
        across = ground.across[layer] / (members - 1) if members - 1 > ring else 0.0
        every_day = np.searchsorted(often, 1.0 + across)
        now_and_then = np.searchsorted(often, across)
        for slot in range(ring):
            seat = seat_met(slot, int(ground.seat[x]), members, ring, np.uint64(0))
            other = ground.members[first + np.uint32(seat)]
            placed[layer, every_day, cls, ground.age_class[ground.age[other]]] += 1.0
            if across > 0.0:
                placed[layer, now_and_then, cls, ground.age_class[ground.age[other]]] -= 1.0
        if across > 0.0:
            for seat in range(members):
                other = ground.members[first + np.uint32(seat)]
                if other != x:
                    placed[layer, now_and_then, cls, ground.age_class[ground.age[other]]] += 1.0


@dataclass(frozen=True, kw_only=True)
class Meetings:
    """Mean numbers of people met, by class of the person and class of who is met.

    Attributes:
        home: float64, shape (class, class). Members of the household, met every day.
        placed: float64, shape (layer, step, class, class). Members of the daily place, by how often they are met.
        often: float64, shape (step,). Meetings a day of each step.
        daily: float64, shape (layer, class, class). Contacts a day with people drawn anew.
        share: float64, shape (class,). Share of residents.
    """

    home: np.ndarray
    placed: np.ndarray
    often: np.ndarray
    daily: np.ndarray
    share: np.ndarray


def meetings(ground: Ground, contacts: Contacts) -> Meetings:
    """Contacts as the twin draws them, counted on up to 200,000 residents spread over the city."""
    classes, layers = len(AGE_CLASS_FROM), len(LAYERS)
    residents = ground.age.size
    people = np.unique(np.linspace(0, residents - 1, min(SAMPLE, residents)).astype(np.int64))
    often = np.geomspace(OFTEN_LOW, 1 + float(contacts.across.max()), OFTEN_STEPS)
    home, placed = np.zeros((classes, classes)), np.zeros((layers, OFTEN_STEPS, classes, classes))
    number = np.zeros(classes)
    _meetings(ground, people, often, home, placed, number)
    each = np.maximum(number, 1.0)[:, None]
    daily = np.zeros((layers, classes, classes))
    for mix, layer in enumerate(MIXING):
        daily[layer] = contacts.mixing[mix][:, None] * contacts.age_mix[mix]
    # a step stands for the rates up to it from the one below: their middle
    middle = np.concatenate([[often[0]], np.sqrt(often[1:] * often[:-1])])
    return Meetings(home=home / each, placed=placed / each, often=middle, daily=daily, share=number / number.sum())


@dataclass(frozen=True, kw_only=True)
class Attacks:
    """How many a contact infects over the whole course of one infection, by its rate; mean over people.

    Attributes:
        rate: float64, shape (n,). Rates, rising from 0.
        same: float64, shape (n,). Probability that one and the same person is infected who is met every day.
        anew: float64, shape (n,). People infected by a contact a day, with another person each day: on one day a
            contact is infected at most once, so that it lies below the rate.
    """

    rate: np.ndarray
    same: np.ndarray
    anew: np.ndarray

    def of_same(self, rate: np.ndarray) -> np.ndarray:
        """`same` at these rates, shape as `rate`."""
        return np.asarray(np.interp(rate, self.rate, self.same))

    def of_anew(self, rate: np.ndarray) -> np.ndarray:
        """`anew` at these rates, shape as `rate`."""
        return np.asarray(np.interp(rate, self.rate, self.anew))


def attacks_of(course: Course, variant: int = 0) -> Attacks:
    """Work out what contacts of any rate infect."""
    rates = np.concatenate([[0.0], np.geomspace(1e-5, 1e3, 400)])
    runs = course.infectiousness.shape[1]
    without = 1 - float(course.p_symptoms[variant].mean())
    days = np.bincount(course.onset_day[variant], minlength=runs)[:runs] / course.onset_day.shape[1]
    weight = np.concatenate([[without], days[1:] * (1 - without)])
    of_share = np.concatenate([[0.0], np.geomspace(1e-9, 1e4, 600)])  # rate times the share of a day
    infected = -np.expm1(-of_share[:, None] * course.dispersion[variant][None, :]).mean(axis=1)
    anew = [
        float(weight @ np.interp(rate * course.infectiousness[variant], of_share, infected).sum(axis=1))
        for rate in rates
    ]
    same = [attack(rate, course, variant) for rate in rates]
    return Attacks(rate=rates, same=np.array(same), anew=np.array(anew))


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
    matrix by age class is the reproduction number, all being susceptible. Who is met on several days
    cannot be infected twice, nor anybody twice on one day, so contacts count with their attack rates.

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
    attacks = attacks_of(course, variant)
    living_with = met.share @ met.home
    at_home = 0.0
    if living_with.sum() > 0:
        living_with = living_with / living_with.sum()
        kinds, kind_of = np.unique(susceptible, return_inverse=True)
        by_kind = np.bincount(kind_of, living_with, minlength=kinds.size)

        def at_rate(rate: float) -> float:
            return float(by_kind @ np.array([attack(rate * kind, course, variant) for kind in kinds]))

        at_home = _rate_of(attack_rate, at_rate)

    def reproduction(factor: float, household: float) -> float:
        matrix = met.home * attacks.of_same(household * susceptible)[None, :]
        for layer in range(1, 7):
            rate = relative[layer] * factor
            if met.placed[layer].any():
                infected = attacks.of_same(rate * met.often[:, None] * susceptible[None, :])
                matrix = matrix + (met.placed[layer] * infected[:, None, :]).sum(axis=0)
            matrix = matrix + met.daily[layer] * attacks.of_anew(rate * susceptible)[None, :]
        return float(np.abs(np.linalg.eigvals(matrix)).max())

    alone = reproduction(0.0, at_home)
    only_home = met.placed.sum() + met.daily.sum() == 0
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
