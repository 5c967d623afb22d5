"""The few things a day can be told to do differently: what measures pull and the twin reads.

How measures combine is decided here, once, and explained in ``docs/explanation/measures.md``:

- *Limits* of the same layer in the same block: the strictest holds. A contact takes place as often as the more
  restricted of the two allows.
- *Attendance* of a sector or a stage of school in the same district: the strictest holds.
- *Masks* and what else lowers the chance per contact: factors multiply.
- *Tests, tracing, isolation, quarantine, arrivals, doses*: each measure acts for itself, one after the other in the
  order of the strategy; who is confined twice stays until the later end, at the stricter place.
- *Places and staff* (rooms, tests a day, tracers) are added up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from seawall.city.layers import LAYERS, MIXING, SCHOOL, STAGES, WORK

AT_HOME, AT_SITE = 1, 2
"""Where a confined person is; the stricter is the larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRound:
    """A round of tests of everybody in some blocks, today.

    Attributes:
        measure: key of the measure.
        blocks: bool, shape (block,).
        kind: index of the kind of test.
        share: share of the residents who are tested today.
        first: where today's share begins, in the order in which residents are called, 0 to 1.
        missed: share of those who do not turn up, the same people in every round.
        pool: specimens pooled in one test.
        turnaround_days: whole days from specimen to result.
        ages: first and last age tested.
    """

    measure: str
    blocks: np.ndarray
    kind: int
    share: float
    missed: float
    pool: int
    turnaround_days: int
    first: float = 0.0
    ages: tuple[int, int] = (0, 130)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutineTests:
    """Tests of a key group at a frequency: each member on their own days.

    Attributes:
        groups: indices of key groups.
        every_days: days from one test to the next.
        missed: share who do not turn up, drawn for each test.
    """

    measure: str
    groups: tuple[int, ...]
    blocks: np.ndarray
    every_days: int
    kind: int
    missed: float
    pool: int
    turnaround_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomTests:
    """People who fall ill are tested, or test themselves.

    Attributes:
        p_seek: probability that somebody who falls ill seeks a test, by age class drawn once a person.
        delay_days: mean whole days from onset to specimen, geometric.
        p_report: probability that a positive is reported; 1 for tests by others.
        others_per_100k_a_day: people with other illnesses tested a day per 100,000 residents.
    """

    measure: str
    blocks: np.ndarray
    kind: int
    p_seek: float
    delay_days: float
    turnaround_days: int
    p_report: float
    others_per_100k_a_day: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """Reported cases are kept apart.

    Attributes:
        where: `AT_HOME` or `AT_SITE`; a site that is full sends home, and that is counted.
        days: from isolation to release.
        delay_days: from result to isolation.
        adherence: share who stay apart when sent home.
    """

    measure: str
    blocks: np.ndarray
    where: int
    days: int
    delay_days: int
    adherence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracing:
    """Contacts of reported cases are found.

    Attributes:
        p_find: shape (layer,). Probability that a contact in a layer is found.
        days_back: days before the specimen (or the onset, if earlier) that are asked about.
        delay_days: from result to the contact being told.
        cases_a_day: cases that staff can follow up in a day; further ones are not traced.
        second_ring: probability that a household member of a contact is found too.
    """

    measure: str
    blocks: np.ndarray
    p_find: np.ndarray
    days_back: int
    delay_days: int
    cases_a_day: float
    second_ring: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """Found contacts are kept apart and tested.

    Attributes:
        where: `AT_HOME` or `AT_SITE`.
        days: from the last contact to release.
        adherence: share who comply when sent home.
        test_days: days of quarantine on which they are tested, 0 for the first.
        second_days: for contacts of contacts; 0: they are not kept apart.
    """

    measure: str
    blocks: np.ndarray
    where: int
    days: int
    adherence: float
    test_days: tuple[int, ...]
    kind: int
    turnaround_days: int
    second_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """People who arrive from an origin today, and what is done about them.

    Attributes:
        origin, route: as in the table `arrivals`.
        travellers: people who would come.
        prevalence: share of them infected, anywhere in the course of the infection.
        variant: index of the variant they bring.
        advised: share who follow the advice not to travel.
        test_before_days: days before departure of a test that a positive may not travel with; -1: none.
        test_on_arrival: kind of test at the station; -1: none.
        stay_days: days kept apart after arrival; 0: none.
        where: `AT_HOME` or `AT_SITE`.
        test_days: days of the stay on which they are tested, 0 for the first.
        monitor_days: days after arrival during which who falls ill is tested at once.
        adherence: share who comply with a stay at home.
        districts: float, shape (district,). Where they go; sums to 1.
    """

    measure: str
    origin: str
    route: str
    travellers: float
    prevalence: float
    variant: int
    districts: np.ndarray
    advised: float = 0.0
    test_before_days: int = -1
    before_kind: int = 0
    test_on_arrival: int = -1
    turnaround_days: int = 0
    stay_days: int = 0
    where: int = AT_HOME
    test_days: tuple[int, ...] = ()
    kind: int = 0
    monitor_days: int = 0
    adherence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Doses:
    """Doses given today.

    Attributes:
        product: key of the vaccine.
        doses: how many at most.
        ages: first and last age offered.
        groups: key groups offered; empty: everybody of these ages.
        from_doses: offered to who has had so many doses already.
        uptake: share who accept, the same people every day.
    """

    measure: str
    blocks: np.ndarray
    product: str
    doses: float
    ages: tuple[int, int]
    groups: tuple[int, ...]
    from_doses: int
    uptake: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """A treatment that keeps the infected from falling severely ill.

    Attributes:
        ages: who is offered it.
        reach: share of the reported of these ages who get it in time.
        effect: share of admissions and deaths it prevents among them.
        courses: how many a day.
    """

    measure: str
    ages: tuple[int, int]
    reach: float
    effect: float
    courses: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Who is under a limit today, and by how much; kept for the burden of each measure.

    Attributes:
        what: ``contacts``, ``work`` or ``school``.
        blocks: bool, shape (block,); for work and school, where the place lies, unless `at_home`.
        kinds: sectors or stages; empty for contacts, and for all of them where `at_home`.
        left: share of usual contacts or attendance that is left.
        lost: share of a day of work or school that is lost to who stays away; less where they go on from home.
        at_home: work and school of those who live in `blocks`, wherever they work or learn.
    """

    measure: str
    what: Literal["contacts", "work", "school"]
    blocks: np.ndarray
    kinds: tuple[int, ...]
    left: float
    lost: float = 1.0
    at_home: bool = False


@dataclass
class Levers:
    """What is different today. Made anew every morning, pulled by every measure, then read.

    Attributes:
        contact: float64, shape (layer, block). Share of usual contacts that residents of a block have.
        attendance: float64, shape (sector, block). Share of work done at places in a block.
        schooling: float64, shape (stage, block). Share of schooling done at schools in a block.
        transmission: float64, shape (layer, block). Factor on the chance per contact: masks.
        closed_loop: float64, shape (sector, block). Share of workers who live at work.
        closed_loop_work: float64. Contacts at work in a closed loop beside the usual.
        trips: float64. Share of trips between districts that take place.
        beds, icu_beds, rooms: float. Added to what the city has.
        tests_per_day: float. Likewise.
        traced_by_staff: cases a day, see `Tracing`.
    """

    blocks: int
    sectors: int
    contact: np.ndarray = field(init=False, repr=False)
    attendance: np.ndarray = field(init=False, repr=False)
    schooling: np.ndarray = field(init=False, repr=False)
    transmission: np.ndarray = field(init=False, repr=False)
    closed_loop: np.ndarray = field(init=False, repr=False)
    trips: float = 1.0
    beds: float = 0.0
    icu_beds: float = 0.0
    rooms: float = 0.0
    tests_per_day: float = 0.0
    rounds: list[TestRound] = field(default_factory=list)
    routine: list[RoutineTests] = field(default_factory=list)
    symptom: list[SymptomTests] = field(default_factory=list)
    isolation: list[Isolation] = field(default_factory=list)
    tracing: list[Tracing] = field(default_factory=list)
    quarantine: list[Quarantine] = field(default_factory=list)
    arrivals: list[Arrivals] = field(default_factory=list)
    doses: list[Doses] = field(default_factory=list)
    treatment: list[Treatment] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.contact = np.ones((len(LAYERS), self.blocks))
        self.transmission = np.ones((len(LAYERS), self.blocks))
        self.attendance = np.ones((self.sectors, self.blocks))
        self.schooling = np.ones((len(STAGES), self.blocks))
        self.closed_loop = np.zeros((self.sectors, self.blocks))

    def limit_contacts(self, measure: str, layers: tuple[int, ...], blocks: np.ndarray, left: float) -> None:
        """Residents of these blocks have at most this share of their usual contacts in these layers.

        They count as living under a limit where it concerns the community, transport or public places, and as away
        from work or school where it concerns those.
        """
        for layer in layers:
            self.contact[layer, blocks] = np.minimum(self.contact[layer, blocks], left)
        if left >= 1:
            return
        if any(layer in MIXING for layer in layers):
            self.limits.append(Limit(measure=measure, what="contacts", blocks=blocks, kinds=(), left=left))
        if WORK in layers:
            self.limits.append(Limit(measure=measure, what="work", blocks=blocks, kinds=(), left=left, at_home=True))
        if SCHOOL in layers:
            self.limits.append(Limit(measure=measure, what="school", blocks=blocks, kinds=(), left=left, at_home=True))

    def limit_work(
        self, measure: str, sectors: tuple[int, ...], blocks: np.ndarray, left: float, lost: float = 1.0
    ) -> None:
        """At most this share of the work of these sectors is done at its places in these blocks."""
        for sector in sectors:
            self.attendance[sector, blocks] = np.minimum(self.attendance[sector, blocks], left)
        if left < 1:
            self.limits.append(Limit(measure=measure, what="work", blocks=blocks, kinds=sectors, left=left, lost=lost))

    def limit_school(
        self, measure: str, stages: tuple[int, ...], blocks: np.ndarray, left: float, lost: float = 1.0
    ) -> None:
        """At most this share of schooling at these stages is done at schools in these blocks."""
        for stage in stages:
            self.schooling[stage, blocks] = np.minimum(self.schooling[stage, blocks], left)
        if left < 1:
            self.limits.append(Limit(measure=measure, what="school", blocks=blocks, kinds=stages, left=left, lost=lost))

    def mask(self, layers: tuple[int, ...], blocks: np.ndarray, factor: float) -> None:
        """The chance per contact in these layers is multiplied by a factor, at most 1."""
        for layer in layers:
            self.transmission[layer, blocks] *= factor

    def close_loop(self, sectors: tuple[int, ...], blocks: np.ndarray, share: float) -> None:
        """This share of the workers of these sectors lives at work."""
        for sector in sectors:
            self.closed_loop[sector, blocks] = np.maximum(self.closed_loop[sector, blocks], share)
