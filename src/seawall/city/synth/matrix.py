"""Contacts by age that come out of a synthesis: counted in homes and at places, worked out where people mix."""

from __future__ import annotations

import numba
import numpy as np

from seawall.city.layers import AGE_CLASS_FROM, CARE_HOME, HOUSEHOLD, LAYERS, MIXING, NOWHERE, SCHOOL, WORK
from seawall.city.synth.contacts import Contacts
from seawall.city.synth.luck import whole
from seawall.city.synth.people import AGE_CLASS, People


@numba.njit(cache=True, nogil=True)
def _at_home(
    sample: np.ndarray, household: np.ndarray, age: np.ndarray, class_of_age: np.ndarray, met: np.ndarray
) -> None:
    for person in sample:
        size = whole(household[person] & 15)
        begin = person - whole(household[person] >> 4)
        for other in range(begin, begin + size):
            if other != person:
                met[class_of_age[age[person]], class_of_age[age[other]]] += 1.0


@numba.njit(cache=True, nogil=True)
def _at_places(
    sample: np.ndarray,
    layer: int,
    ring: int,
    across: int,
    place: np.ndarray,
    seat: np.ndarray,
    place_layer: np.ndarray,
    place_start: np.ndarray,
    members: np.ndarray,
    age: np.ndarray,
    class_of_age: np.ndarray,
    met: np.ndarray,
) -> None:
    for person in sample:
        here = place[person]
        if here == NOWHERE or place_layer[here] != layer:
            continue
        mine = class_of_age[age[person]]
        begin = whole(place_start[here])
        size = whole(place_start[here + 1]) - begin
        near = min(ring, size - 1)
        for slot in range(near):
            step = slot // 2 + 1
            other = whole(seat[person]) + (step if slot % 2 == 0 else -step)
            met[mine, class_of_age[age[members[begin + (other + size) % size]]]] += 1.0
        if size - 1 > near:
            for other in range(size):
                if other != seat[person]:
                    met[mine, class_of_age[age[members[begin + other]]]] += across / (size - 1)


def contact_matrix(people: People, contacts: Contacts, layer: int, *, sample: int = 500_000) -> np.ndarray:
    """Mean daily contacts of a resident of each age class with those of each class, float64, shape (class, class).

    Row: age class of who is asked; column: of who is met. At home and at places contacts are counted, on residents
    spread evenly over the city; where people mix they follow from `Contacts` and the ages of the city.

    Args:
        people, contacts: a city.
        layer: `HOUSEHOLD`, `SCHOOL`, `WORK`, `CARE_HOME`, `COMMUNITY`, `TRANSPORT` or `PUBLIC`.
        sample: residents looked at.

    Raises:
        ValueError: nobody meets in this layer as a matter of course.
    """
    if layer in MIXING:
        mix = MIXING.index(layer)
        return np.asarray(contacts.mixing[mix][:, None] * contacts.age_mix[mix])
    if layer not in (HOUSEHOLD, SCHOOL, WORK, CARE_HOME):
        raise ValueError(f"There is no contact matrix for {LAYERS[layer]}.")
    classes = len(AGE_CLASS_FROM)
    chosen = np.unique(np.linspace(0, people.residents - 1, min(sample, people.residents)).astype(np.int64))
    met = np.zeros((classes, classes))
    if layer == HOUSEHOLD:
        _at_home(chosen, people.household, people.age, AGE_CLASS, met)
    else:
        _at_places(
            chosen,
            layer,
            int(contacts.ring[layer]),
            int(contacts.across[layer]),
            people.place,
            people.seat,
            people.place_layer,
            people.place_start,
            people.members,
            people.age,
            AGE_CLASS,
            met,
        )
    asked = np.bincount(AGE_CLASS[people.age[chosen]], minlength=classes)
    return met / np.maximum(asked, 1)[:, None]
