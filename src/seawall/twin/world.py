"""The city and the disease, laid out for the loops: what all runs and replicates share and none changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from seawall.city.layers import KEY_GROUPS
from seawall.city.synth.contacts import Contacts
from seawall.city.synth.people import AGE_CLASS, People
from seawall.disease.course import Course
from seawall.twin.infect import Courses
from seawall.twin.rates import LayerWeights, calibrated
from seawall.twin.roll import Roll
from seawall.twin.spread import Ground, Rates

AGE_PICKS, DISTRICT_PICKS = 1024, 4096
"""Entries of the tables from which age class and district of a mixing contact are picked."""


@dataclass(frozen=True, kw_only=True)
class World:
    """Everything that stays the same.

    Attributes:
        people, contacts, course: as they came.
        ground, rates, courses: the same for the loops.
    """

    people: People = field(repr=False)
    contacts: Contacts = field(repr=False)
    course: Course = field(repr=False)
    ground: Ground = field(repr=False)
    rates: Rates = field(repr=False)
    courses: Courses = field(repr=False)

    @cached_property
    def roll(self) -> Roll:
        """Who is on the books of workplaces and schools."""
        return Roll(self.people)


def world_of(
    people: People,
    contacts: Contacts,
    course: Course,
    *,
    weights: LayerWeights | None = None,
    household_attack_rate: float | None = None,
) -> World:
    """Lay a city and a disease out, and calibrate how likely each contact infects; see `rates.calibrated`."""
    ground = ground_of(people, contacts)
    rates = calibrated(ground, contacts, course, weights=weights, household_attack_rate=household_attack_rate)
    courses = Courses(
        onset_day=course.onset_day,
        dispersion=course.dispersion,
        p_symptoms=course.p_symptoms,
        p_admission=course.p_admission,
        p_icu=course.p_icu,
        p_death=course.p_death,
        without_bed=float(course.without_bed),
        onset_to_admission=course.onset_to_admission,
        admission_to_icu=course.admission_to_icu,
        icu_days=course.icu_days,
        hospital_days=course.hospital_days,
        admission_to_death=course.admission_to_death,
    )
    return World(people=people, contacts=contacts, course=course, ground=ground, rates=rates, courses=courses)


def ground_of(people: People, contacts: Contacts) -> Ground:
    """The arrays of people and contacts as the loops want them."""
    districts, district = len(people.district_ids), people.district_of_block
    classes = people.order_start.shape[1]
    first = np.searchsorted(district, np.arange(districts))
    counts = np.zeros((districts, classes), dtype=np.int64)
    np.add.at(counts, district, people.order_count.astype(np.int64))
    staff, staff_start = _staff(people)
    return Ground(
        age=people.age,
        block=people.block,
        household=people.household,
        place=people.place,
        seat=people.seat,
        place_start=people.place_start,
        members=people.members,
        place_layer=people.place_layer,
        place_kind=people.place_kind,
        place_block=people.place_block,
        district_of_block=district,
        order=people.order,
        order_start=people.order_start,
        order_count=people.order_count,
        district_start=np.ascontiguousarray(people.order_start[np.minimum(first, district.size - 1)]),
        district_count=counts.astype(np.uint32),
        age_class=AGE_CLASS,
        ring=contacts.ring.astype(np.int64),
        across=contacts.across.astype(np.int64),
        mix_slots=np.maximum(np.rint(contacts.mixing), 1).astype(np.int64),
        age_pick=_picks(contacts.age_mix, AGE_PICKS),
        coupling_pick=_picks(contacts.coupling, DISTRICT_PICKS),
        local_share=np.ascontiguousarray(contacts.local_share, dtype=np.float64),
        staff=staff,
        staff_start=staff_start,
    )


def _staff(people: People) -> tuple[np.ndarray, np.ndarray]:
    """Medical and quarantine-hotel workers: people by district, and where each begins, shape (2, district + 1)."""
    found, start, at = [], np.zeros((2, len(people.district_ids) + 1), dtype=np.int64), 0
    for row, group in enumerate(("medical", "quarantine_hotel")):
        places = np.nonzero(people.place_group == KEY_GROUPS.index(group))[0]
        district = people.district_of_block[people.place_block[places]]
        places = places[np.argsort(district, kind="stable")]
        sizes = np.asarray(np.diff(people.place_start.astype(np.int64))[places], dtype=np.int64)
        begin = people.place_start[places].astype(np.int64)
        index = np.repeat(begin - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        found.append(people.members[index])
        count = np.bincount(np.sort(district), weights=sizes, minlength=len(people.district_ids)).astype(np.int64)
        start[row] = at + np.concatenate([[0], np.cumsum(count)])
        at = int(start[row, -1])
    return np.concatenate(found).astype(np.uint32), start


def _picks(probability: np.ndarray, entries: int) -> np.ndarray:
    """Tables of equally likely entries, shape (..., entries), nearest to these probabilities, shape (..., choice)."""
    shape = probability.shape
    rows = probability.reshape(-1, shape[-1])
    kind = np.uint8 if shape[-1] <= 256 else np.uint16
    picks = np.zeros((rows.shape[0], entries), dtype=kind)
    for at, row in enumerate(rows):
        total = row.sum()
        edges = np.cumsum(row / total) if total > 0 else np.linspace(0, 1, row.size + 1)[1:]
        picks[at] = np.searchsorted(edges, (np.arange(entries) + 0.5) / entries).clip(0, row.size - 1)
    return picks.reshape(*shape[:-1], entries)
