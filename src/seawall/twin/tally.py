"""What is counted each day: the truth, and beside it what the city sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numba
import numpy as np

from seawall.city.layers import LAYERS, STAGES
from seawall.disease.course import PCR, PCR_POOLED
from seawall.measures.today import Seen
from seawall.twin.infect import Illness
from seawall.twin.spread import Ground, Infected

REASONS = ("symptoms", "contact", "screening", "key_group", "arrival")
"""Why people are tested, by index; the words of the table `tests`."""


@dataclass
class Tally:
    """Counts of one run; `day` runs from the start, rows before it hold nothing.

    Attributes:
        infections, reports, in_control, imported: int32, shape (day, block).
        infections_by_class, deaths_by_class, admissions_by_class: int64, shape (day, class).
        by_layer: int64, shape (day, layer + 1); the last is elsewhere.
        by_variant: int64, shape (day, variant).
        onsets, admissions, icu, deaths: int64, shape (day, district).
        tests, positives: float64, shape (day, district, kind, reason).
        in_hospital, in_icu: int64, shape (day,).
        arrivals: float64, shape (day, 4): who arrived, were tested on arrival, positive, infected.
        tiers: int64, shape (day, block); -1 where no rule draws zones.
        limited, limited_lost, loop: float64, shape (day, district, sector). Workers kept away by limits, their days of
            work that are lost, and workers who live at work; by where they work.
        school_away, school_lost: float64, shape (day, district, stage). Pupils kept away by limits, their days of
            schooling that are lost, by where the school lies.
    """

    days: int
    blocks: int
    districts: int
    classes: int
    variants: int
    sectors: int
    infections: np.ndarray = field(init=False)
    reports: np.ndarray = field(init=False)
    in_control: np.ndarray = field(init=False)
    imported: np.ndarray = field(init=False)
    infections_by_class: np.ndarray = field(init=False)
    admissions_by_class: np.ndarray = field(init=False)
    deaths_by_class: np.ndarray = field(init=False)
    by_layer: np.ndarray = field(init=False)
    by_variant: np.ndarray = field(init=False)
    onsets: np.ndarray = field(init=False)
    admissions: np.ndarray = field(init=False)
    icu: np.ndarray = field(init=False)
    deaths: np.ndarray = field(init=False)
    tests: np.ndarray = field(init=False)
    positives: np.ndarray = field(init=False)
    in_hospital: np.ndarray = field(init=False)
    in_icu: np.ndarray = field(init=False)
    limited: np.ndarray = field(init=False)
    limited_lost: np.ndarray = field(init=False)
    loop: np.ndarray = field(init=False)
    school_away: np.ndarray = field(init=False)
    school_lost: np.ndarray = field(init=False)
    tiers: np.ndarray | None = None

    def __post_init__(self) -> None:
        days = self.days
        for name in ("infections", "reports", "in_control", "imported"):
            setattr(self, name, np.zeros((days, self.blocks), dtype=np.int32))
        for name in ("infections_by_class", "admissions_by_class", "deaths_by_class"):
            setattr(self, name, np.zeros((days, self.classes), dtype=np.int64))
        for name in ("onsets", "admissions", "icu", "deaths"):
            setattr(self, name, np.zeros((days, self.districts), dtype=np.int64))
        self.by_layer = np.zeros((days, len(LAYERS) + 1), dtype=np.int64)
        self.by_variant = np.zeros((days, self.variants), dtype=np.int64)
        self.tests = np.zeros((days, self.districts, 3, len(REASONS)))
        self.positives = np.zeros((days, self.districts, 3, len(REASONS)))
        self.in_hospital = np.zeros(days, dtype=np.int64)
        self.in_icu = np.zeros(days, dtype=np.int64)
        for name in ("limited", "limited_lost", "loop"):
            setattr(self, name, np.zeros((days, self.districts, self.sectors)))
        for name in ("school_away", "school_lost"):
            setattr(self, name, np.zeros((days, self.districts, len(STAGES))))

    def of_new(self, day: int) -> tuple[np.ndarray, ...]:
        """The tables in which new infections of a day are counted, in the order in which `count_new` takes them."""
        at = min(max(day, 0), self.days - 1)
        return self.infections[at], self.infections_by_class[at], self.by_layer[at], self.by_variant[at], self.onsets

    def seen(self, start: date, day: int, before: np.ndarray) -> Seen:
        """What the city has seen by the morning of a day."""
        return Seen(
            start=start,
            day=day,
            reports=self.reports[:day],
            reports_in_control=self.in_control[:day],
            imported=self.imported[:day],
            tests=self.tests[:day].sum(axis=(2, 3)).astype(np.int64),
            positives=self.positives[:day].sum(axis=(2, 3)).astype(np.int64),
            in_hospital=self.in_hospital[:day],
            in_icu=self.in_icu[:day],
            deaths=self.deaths[:day],
            before=before,
            screened=self.screened(day),
        )

    def screened(self, day: int) -> np.ndarray:
        """People tested by PCR in rounds on the days before a day, int64, shape (day, district)."""
        rounds = (slice(None, day), slice(None), slice(PCR, PCR_POOLED + 1), REASONS.index("screening"))
        people = np.maximum(np.rint(self.tests[rounds]), np.rint(self.positives[rounds]))
        return np.asarray(people.sum(axis=2).astype(np.int64))


@numba.njit(cache=True, nogil=True)
def count_new(
    ground: Ground,
    infected: Infected,
    illness: Illness,
    first: int,
    last: int,
    infections: np.ndarray,
    by_class: np.ndarray,
    by_layer: np.ndarray,
    by_variant: np.ndarray,
    onsets: np.ndarray,
    ill: np.ndarray,
) -> int:
    """Count new rows by where, whom and how, and list those who will need a bed.

    Args:
        infections: int32, shape (block,); by_class: int64, shape (class,); by_layer, by_variant: int64.
        onsets: int64, shape (day, district). On the day they will fall.
        ill: int64. Written: rows that will need a bed.

    Returns:
        How many will.
    """
    many = 0
    elsewhere = by_layer.size - 1
    for row in range(first, last):
        x = infected.person[row]
        block = ground.block[x]
        infections[block] += 1
        by_class[ground.age_class[ground.age[x]]] += 1
        by_layer[min(int(infected.layer[row]), elsewhere)] += 1
        by_variant[infected.variant[row]] += 1
        if infected.run[row] > 0:
            when = infected.day[row] + infected.run[row]
            if 0 <= when < onsets.shape[0]:
                onsets[when, ground.district_of_block[block]] += 1
        if illness.need[row] > 0:
            ill[many] = row
            many += 1
    return many
