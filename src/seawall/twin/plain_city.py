"""The readable twin: what is so in the city, and how a single infection, confinement or dose changes it.

This and its neighbours, `plain_response`, `plain_limits` and `plain`, tell the rules of the twin once more: slowly, one
person after the other, with Python's own numbers. ``tests/twins/test_twin_plain.py`` holds the compiled twin to them
bit for bit. Read `plain` first; it has the phases of a day in their order.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

import numpy as np

from seawall.city.layers import AGE_CLASS_FROM, NOWHERE, SCHOOL, WORK
from seawall.city.synth.people import AGE_CLASS
from seawall.disease.course import NO_DAY
from seawall.disease.immunity import History
from seawall.measures.levers import Levers
from seawall.measures.today import Today, Zones
from seawall.twin.behaviour import geometric_days
from seawall.twin.keyed import COURSE, HARDNESS, LIVES_AT_WORK, MASK, TEST_RESULT, base, replicate_seed
from seawall.twin.simulate import Scenario, histories_of
from seawall.twin.tally import Tally
from seawall.twin.world import World

FREE, HOME, SITE, WARD = range(4)
"""Where somebody is kept apart; the stricter is the larger."""

ELSEWHERE = 255


def mixed(z: int) -> int:
    """SplitMix64's finaliser: every bit of the result depends on every bit of `z`."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def unit(word: int) -> float:
    """A number in [0, 1) from the upper 53 bits of a word."""
    return float(word >> 11) * 2.0**-53


@dataclass
class Case:
    """One infection: how it runs, which nobody sees, and what the city has found out about it.

    Days are days of the run; None is never.

    Attributes:
        infector: number of the case that infected; -1 elsewhere.
        run: days from infection to onset; 0: never ill.
        nu: entry of the table of dispersion.
        strength: events a day at full infectiousness, over all contacts together.
        met: contacts at the daily place.
        admission: days from infection to needing a bed; 255: never.
        need: 0 none, 1 a bed, 2 intensive care.
        dies: even with a bed. dies_without: only for want of one.
    """

    person: int
    infector: int
    day: int
    layer: int
    variant: int
    run: int
    nu: int
    strength: float
    met: int
    admission: int = NO_DAY
    need: int = 0
    dies: bool = False
    dies_without: bool = False
    specimen: int | None = None
    report: int | None = None
    found_by: str = ""
    in_control: bool = False
    isolated: int | None = None
    admitted: int | None = None
    in_icu: int | None = None
    left: int | None = None
    died: bool = False


class Kept(NamedTuple):
    """Somebody is kept apart: where, the first day free again, by which measure."""

    where: int
    until: int
    by: str


class City:
    """A run of one scenario, as lists and dictionaries.

    Attributes:
        day: of the run.
        cases: every infection in order; `latest` is the number of each person's last.
        history: what each person's immune system has met.
        kept: who is or was kept apart; dead: who has died.
        rooms: rooms in use at sites, by day.
        away: (cause, day, district, sector) to workers who are dead, in hospital or confined.
        burden: (measure, what, day, district, age class, sector) to an amount; -1 where it is not told by it.
        diary: what is due, by kind and day, in the order in which it was written down.
        inpatients: numbers of the cases in hospital; icu_ends: last day plus one of every stay in intensive care.
        lines: who waits for a dose of each measure, in order.
    """

    def __init__(self, scenario: Scenario, seed: int, replicate: int) -> None:
        self.scenario = scenario
        self.world: World = scenario.world
        self.map = scenario.map
        self.days = scenario.days
        self.seed = replicate_seed(seed, replicate)
        self.scale = np.ones(self.days) if scenario.scale is None else scenario.scale(replicate)
        blocks = self.map.blocks
        self.before = np.zeros((0, blocks), dtype=np.int32) if scenario.before is None else scenario.before
        people, course = self.world.people, self.world.course
        rows = histories_of(scenario).rows
        self.protection = scenario.protection
        self.history: list[History] = [rows[row] for row in people.history.tolist()]
        self.day = 0
        self.cases: list[Case] = []
        self.latest: dict[int, int] = {}
        self.kept: dict[int, Kept] = {}
        self.dead: set[int] = set()
        self.rooms: Counter[int] = Counter()
        self.away: Counter[tuple[str, int, int, int]] = Counter()
        self.burden: Counter[tuple[str, str, int, int, int, int]] = Counter()
        self.diary: dict[tuple[str, int], list[tuple[int, ...]]] = defaultdict(list)
        self.measures: list[str] = ["illness"]
        self.inpatients: set[int] = set()
        self.icu_ends: list[int] = []
        self.lines: dict[str, list[int]] = {}
        self.report_delays = geometric_days(scenario.behaviour.report_delay_days, 14).tolist()
        self.tally = Tally(
            days=self.days,
            blocks=blocks,
            districts=len(people.district_ids),
            classes=len(AGE_CLASS_FROM),
            variants=len(course.variants),
            sectors=len(people.sectors),
        )
        self.zones: Zones | None = None
        self.today: Today
        self.levers: Levers
        self._left: dict[tuple[History, int, int], tuple[float, float, float]] = {}

    @property
    def state(self) -> City:
        """The city itself: a `Beginning` is written for `run.Run`, whose state holds the world and the seed."""
        return self

    # ------------------------------------------------------------------ who and where

    def draw(self, purpose: int, who: int, slot: int = 0, *, day: int = 0) -> int:
        """64 random bits that belong to a decision: its purpose, its day (0: once for all), who and which."""
        begin = int(base(self.seed, purpose, day))
        return mixed((begin + who * 0x9E3779B97F4A7C15 + slot * 0xD1B54A32D192ED03) & MASK)

    def luck(self, purpose: int, who: int, slot: int = 0, *, day: int = 0) -> float:
        """The same as a number in [0, 1)."""
        return unit(self.draw(purpose, who, slot, day=day))

    def age(self, person: int) -> int:
        """Completed years."""
        return int(self.world.people.age[person])

    def age_class(self, person: int) -> int:
        """Class of the age."""
        return int(AGE_CLASS[self.age(person)])

    def block(self, person: int) -> int:
        """Where the person lives."""
        return int(self.world.people.block[person])

    def district(self, person: int) -> int:
        """District where the person lives."""
        return int(self.world.people.district_of_block[self.block(person)])

    def household(self, person: int) -> range:
        """Everybody of the household; they are neighbours in memory."""
        code = int(self.world.people.household[person])
        begin = person - (code >> 4)
        return range(begin, begin + (code & 15))

    def place(self, person: int) -> int | None:
        """Daily place."""
        place = int(self.world.people.place[person])
        return None if place == NOWHERE else place

    def members(self, place: int) -> list[int]:
        """Everybody of a class, team or ward, by seat."""
        people = self.world.people
        return [int(x) for x in people.members[int(people.place_start[place]) : int(people.place_start[place + 1])]]

    def where(self, person: int) -> int:
        """Where the person is kept apart today."""
        kept = self.kept.get(person)
        return kept.where if kept is not None and kept.until > self.day else FREE

    def lives_at_work(self, person: int) -> bool:
        """Whether the person lives in a closed loop today."""
        place, people = self.place(person), self.world.people
        if place is None or people.place_layer[place] != WORK:
            return False
        share = self.levers.closed_loop[people.place_kind[place], people.place_block[place]]
        return bool(share > 0 and self.luck(LIVES_AT_WORK, person) < share)

    # ------------------------------------------------------------------ immunity and infection

    def left(self, history: History, variant: int) -> tuple[float, float, float]:
        """What a history leaves of the chance to be infected, and when infected to fall ill, to need a bed or die.

        Days are counted from the middle of the period in which the last dose or infection fell.
        """
        middle = (history.period + 0.5) * self.protection.period_days
        since = int(max(self.day - middle, 0.0))
        key = replace(history, period=0), variant, since
        if key not in self._left:
            infect, ill, severe = self.protection.against(key[0], variant, float(since))
            self._left[key] = 1 - infect, 1 - ill, 1 - severe
        return self._left[key]

    def infect(
        self,
        target: np.ndarray | list[int],
        *,
        layer: int,
        variant: np.ndarray | list[int],
        days: np.ndarray | list[int] | None = None,
    ) -> range:
        """Infect people whom nobody in the run infected; gives back the numbers of the new cases."""
        first = len(self.cases)
        for at, person in enumerate(int(x) for x in target):
            self._infect_one(person, -1, self.day if days is None else int(days[at]), layer, int(variant[at]))
        return range(first, len(self.cases))

    def infect_by(self, hits: list[tuple[int, int, int]]) -> None:
        """Infect the people hit today (who, by which case, where), the first named first."""
        for person, infector, layer in hits:
            self._infect_one(person, infector, self.day, layer, self.cases[infector].variant)

    def _infect_one(self, person: int, infector: int, day: int, layer: int, variant: int) -> None:
        """Infect somebody, unless their last infection was in this period and nothing came after it."""
        met, period = self.history[person], self.day // self.protection.period_days
        if met.infected_by >= 0 and met.period == period and not met.dose_last:
            return
        self.history[person] = History(doses=met.doses, product=met.product, infected_by=variant, period=period)
        self._new_case(person, infector, day, layer, variant, met)

    def _new_case(self, person: int, infector: int, day: int, layer: int, variant: int, met: History) -> None:
        """Draw how the disease will run.

        One draw ranks how hard it hits: below the probability of symptoms the person falls ill, below that of
        admission needs a bed, below that of intensive care needs that, below that of death dies.
        """
        course, age = self.world.course, self.age(person)
        again = 1 if met.infected_by >= 0 else 0
        rank, word = self.luck(HARDNESS, person, again), self.draw(COURSE, person, again)
        byte = [word >> 8 * at & 255 for at in range(3)]
        _, left_ill, severe = self.left(met, variant)
        onset = int(course.onset_day[variant, byte[1]])
        ill = rank < course.p_symptoms[variant, age] * left_ill
        met_daily, total = self._contacts(person)
        case = Case(
            person=person,
            infector=infector,
            day=day,
            layer=layer,
            variant=variant,
            run=onset if ill else 0,
            nu=byte[0],
            strength=float(np.float32(total * course.dispersion[variant, byte[0]])),
            met=met_daily,
        )
        if ill and rank < course.p_admission[variant, age] * severe:
            case.admission = min(onset + int(course.onset_to_admission[byte[2]]), 254)
            case.need = 2 if rank < course.p_icu[variant, age] * severe else 1
            case.dies = bool(rank < course.p_death[variant, age] * severe)
            case.dies_without = not case.dies and bool(
                rank < course.p_death[variant, age] * severe * course.without_bed
            )
        self._count(case)

    def _contacts(self, person: int) -> tuple[int, float]:
        """How many the person meets at the daily place, and the rate of all contacts together."""
        rates, contacts = self.world.rates, self.world.contacts
        cls, place = self.age_class(person), self.place(person)
        total = (len(self.household(person)) - 1) * rates.household
        met = 0
        if place is not None:
            layer = int(self.world.people.place_layer[place])
            others = len(self.members(place)) - 1
            met = min(int(contacts.ring[layer]), others)
            if others > met:
                met += int(contacts.across[layer])
            total += met * float(rates.place[layer])
        everywhere = [float(rates.mixing[mix, cls]) for mix in range(3)]
        total += everywhere[0] + everywhere[1] + everywhere[2] + float(max(rates.institution[:2]))
        return met, total

    def _count(self, case: Case) -> None:
        person, tally = case.person, self.tally
        number = len(self.cases)
        self.cases.append(case)
        self.latest[person] = number
        tally.infections[self.day, self.block(person)] += 1
        tally.infections_by_class[self.day, self.age_class(person)] += 1
        tally.by_layer[self.day, min(case.layer, tally.by_layer.shape[1] - 1)] += 1
        tally.by_variant[self.day, case.variant] += 1
        onset = case.day + case.run
        if case.run > 0 and 0 <= onset < self.days:
            tally.onsets[onset, self.district(person)] += 1
        due = case.day + case.admission
        if case.need > 0 and due >= self.day:
            self.diary["admission", due].append((number,))

    def find(self, number: int, by: str, turnaround_days: int, *, control: bool | None = None) -> None:
        """Take a positive specimen today; the result comes after the turnaround."""
        case = self.cases[number]
        case.specimen, case.found_by = self.day, by
        apart = case.person in self.dead or self.where(case.person) != FREE
        case.in_control = apart if control is None else control
        self.diary["result", self.day + turnaround_days].append((number,))

    def positive(self, case: Case, kind: int, slot: int) -> bool:
        """Whether a test today finds the infection; by its day and kind."""
        tau, sensitivity = self.day - case.day, self.world.course.sensitivity
        if not 0 <= tau < sensitivity.shape[2]:
            return False
        return bool(self.luck(TEST_RESULT, case.person, slot, day=self.day) < sensitivity[case.variant, kind, tau])

    def due(self, what: str) -> list[tuple[int, ...]]:
        """Take out of the diary what is due today."""
        return self.diary.pop((what, self.day), [])

    # ------------------------------------------------------------------ confinement

    def rooms_in_all(self) -> float:
        """Rooms at quarantine and isolation sites today."""
        return float(self.map.capacity.get("rooms", 0.0)) + self.levers.rooms

    def confine(self, people: list[tuple[int, int, bool]], where: int, measure: str) -> set[int]:
        """Keep people apart from today; gives back who is kept apart.

        Who is already kept apart stays until the later day at the stricter place, and from today that is the doing of
        the measure that changed it. Rooms go to the first in line who has none yet; the others stay at home. At home
        only those stay who comply.

        Args:
            people: who, first day free again, and whether the person stays at home when asked; in line.
            where: `HOME`, `SITE` or `WARD`.
            measure: which one orders it.
        """
        free_rooms = max(int(self.rooms_in_all()) - self.rooms[self.day], 0) if where == SITE else 0
        apart = set()
        for person, until, complies in people:
            if person in self.dead:
                continue
            is_at = self.where(person)
            is_until = self.kept[person].until if is_at != FREE else self.day
            wanted = where
            if where == SITE and is_at < SITE and until > self.day:
                free_rooms -= 1
                if free_rooms < 0:
                    wanted = HOME
                    self.charge(measure, "no_room", person=person)
            goes = wanted > HOME or complies
            if until > self.day and (goes or is_at != FREE):
                now, ends = max(is_at, wanted if goes else FREE), max(is_until, until)
            else:
                now, ends = is_at, is_until
            if now > is_at or (now == is_at and ends > is_until):
                self.let_go(person)
                self.kept[person] = Kept(now, ends, measure)
                self._charge_stay(person, 1)
            if now != FREE and ends > self.day:
                apart.add(person)
        return apart

    def let_go(self, person: int) -> None:
        """Let somebody go today, whatever kept them; what was still to come is taken back."""
        if self.where(person) != FREE:
            self._charge_stay(person, -1)
            del self.kept[person]

    def _charge_stay(self, person: int, sign: int) -> None:
        """Charge, or take back, the days from today on which the person is kept apart, and work and school missed."""
        where, until, by = self.kept[person]
        what = {HOME: "home_days", SITE: "site_days", WARD: "hospital_days"}[where]
        place, people = self.place(person), self.world.people
        for day in range(self.day, until):
            self.rooms[day] += sign if where == SITE else 0
            self.charge(by, what, sign, person=person, day=day)
            if place is not None and people.place_layer[place] == WORK:
                self.charge(by, "absent_work_days", sign, sector=int(people.place_kind[place]), day=day)
            elif place is not None and people.place_layer[place] == SCHOOL:
                self.charge(by, "absent_school_days", sign, person=person, day=day)

    # ------------------------------------------------------------------ counting

    def number(self, measure: str) -> int:
        """Number of a measure, in the order in which they first acted."""
        if measure not in self.measures:
            self.measures.append(measure)
        return self.measures.index(measure)

    def charge(
        self,
        measure: str,
        what: str,
        amount: float = 1,
        *,
        person: int | None = None,
        day: int | None = None,
        district: int = -1,
        age_class: int = -1,
        sector: int = -1,
    ) -> None:
        """Add to the burden of a measure; district and age class are the person's where one is named."""
        when = self.day if day is None else day
        if person is not None:
            district, age_class = self.district(person), self.age_class(person)
        if 0 <= when < self.days and amount:
            self.burden[measure, what, when, district, age_class, sector] += amount  # type: ignore[assignment]

    def morning(self) -> None:
        """What measures may know this morning."""
        seen = self.tally.seen(self.scenario.start, self.day, self.before)
        date = self.scenario.start + timedelta(days=self.day)
        self.today = Today(date=date, day=self.day, ground=self.map, seen=seen)
