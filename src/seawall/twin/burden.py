"""What an epidemic and its measures cost people: person-days kept apart, limited, taught less; tests, doses, beds."""

from __future__ import annotations

from collections import defaultdict

import numba
import numpy as np
import polars as pl

from seawall.city.layers import NOWHERE, WORK
from seawall.city.synth.people import AGE_CLASS, People

WHAT = {
    "home_days": "person-days confined at home",
    "site_days": "person-days at a quarantine or isolation site",
    "hospital_days": "person-days in hospital",
    "icu_days": "person-days in intensive care",
    "limited_days": "person-days of residents whose contacts in the community, transport or public places are limited",
    "weighed_days": "person-days of residents under limits, each weighed by the share of their usual contacts in the "
    "community, transport and public places that today's limits take",
    "lost_work_days": "person-days of work not done at the workplace because of a limit",
    "loop_days": "person-days lived at work in a closed loop",
    "lost_school_days": "person-days of schooling not done at school because of a limit",
    "absent_work_days": "person-days of work not done because the worker is confined",
    "absent_school_days": "person-days of schooling missed because the pupil is confined",
    "tests": "people tested",
    "assays": "tests run in a laboratory, pools counted once",
    "false_alarms": "expected positive results among the uninfected",
    "doses": "vaccine doses given",
    "treatments": "courses of treatment given",
    "traced": "contacts found",
    "untraced": "cases that staff had no time to follow up",
    "no_room": "people for whom no room was free at a site",
    "no_bed": "people who needed a bed and found none",
    "no_icu": "people who needed intensive care and found none",
    "stopped": "travellers stopped before departure or at the station",
    "advised": "travellers who followed the advice not to travel",
    "stay_days": "person-days of travellers kept apart after arrival",
}
"""What is counted, and in what."""

CONFINED, ILL, DEAD = "confined", "ill", "dead"
"""Why a single worker is away: kept apart at home or at a site, in hospital, dead. Nobody is two of them on a day."""

BURDEN = {
    "date": pl.Date,
    "measure": pl.String,
    "what": pl.String,
    "area_id": pl.String,
    "age_from": pl.Int64,
    "sector": pl.String,
    "amount": pl.Float64,
}
"""Columns of the table: one row a day, measure, kind, district and age class, or a day, measure, kind and sector;
null where the amount is not told by it."""


class Burden:
    """Amounts by day, for each measure and kind.

    Confinement is written when it begins, for all its days; what a later order replaces is taken back.
    """

    def __init__(self, people: People, days: int) -> None:
        self.people = people
        self.days = days
        self.measures: list[str] = ["illness"]
        self._classes = people.order_start.shape[1]
        self._districts = len(people.district_ids)
        self._by_group: dict[tuple[int, str], np.ndarray] = defaultdict(
            lambda: np.zeros((days + 1, self._districts, self._classes))
        )
        self._by_sector: dict[tuple[int, str], np.ndarray] = defaultdict(
            lambda: np.zeros((days + 1, len(people.sectors)))
        )
        self._by_district: dict[tuple[int, str], np.ndarray] = defaultdict(
            lambda: np.zeros((days + 1, self._districts))
        )
        self._spans: set[tuple[int, str]] = set()
        self._away = {
            cause: np.zeros((days + 1, self._districts, len(people.sectors))) for cause in (CONFINED, ILL, DEAD)
        }

    def number(self, measure: str) -> int:
        """Number by which a measure is known in arrays."""
        if measure not in self.measures:
            self.measures.append(measure)
        return self.measures.index(measure)

    def add(self, measure: int, what: str, day: int, amounts: np.ndarray) -> None:
        """Add amounts by district and class, float, shape (district, class)."""
        if 0 <= day < self.days:
            self._by_group[measure, what][day] += amounts

    def add_people(self, measure: int, what: str, day: int, people: np.ndarray) -> None:
        """Add one for each of these people."""
        if people.size:
            self.add(measure, what, day, self._grouped(people).reshape(self._districts, self._classes))

    def add_total(self, measure: int, what: str, day: int, district: int, amount: float) -> None:
        """Add an amount of which only the district is known."""
        if 0 <= day < self.days and amount:
            self._by_district[measure, what][day, district] += amount

    def add_sectors(self, measure: int, what: str, day: int, amounts: np.ndarray) -> None:
        """Add amounts by sector, float, shape (sector,)."""
        if 0 <= day < self.days:
            self._by_sector[measure, what][day] += amounts

    def span(
        self,
        measure: int,
        what: str,
        people: np.ndarray,
        first: np.ndarray,
        last: np.ndarray,
        sign: int,
        *,
        absence: bool = True,
    ) -> None:
        """Add (or, with sign -1, take back) the days `first <= day < last` of each of these people.

        `absence`: whether they miss work and school meanwhile.
        """
        self._spans |= {(measure, what), (measure, "absent_work_days"), (measure, "absent_school_days")}
        city, away = self.people, self._away[ILL if what == "hospital_days" else CONFINED]
        _add_spans(
            np.asarray(people, dtype=np.int64),
            np.clip(first, 0, self.days),
            np.clip(last, 0, self.days),
            float(sign),
            absence,
            city.age,
            city.block,
            city.place,
            city.place_layer,
            city.place_kind,
            city.place_block,
            city.district_of_block,
            AGE_CLASS,
            self._classes,
            self._by_group[measure, what].reshape(self.days + 1, -1),
            self._by_sector[measure, "absent_work_days"],
            self._by_group[measure, "absent_school_days"].reshape(self.days + 1, -1),
            away,
        )

    def bury(self, people: np.ndarray, day: int) -> None:
        """From a day on these people are away from work for good."""
        city = self.people
        place = city.place[people]
        place = place[place != NOWHERE]
        place = place[city.place_layer[place] == WORK]
        where = city.district_of_block[city.place_block[place]], city.place_kind[place]
        np.add.at(self._away[DEAD][min(max(day, 0), self.days)], where, 1)

    def away(self, cause: str) -> np.ndarray:
        """Workers away as `CONFINED`, `ILL` or `DEAD`, float64, shape (day, district of the workplace, sector)."""
        return np.asarray(np.cumsum(self._away[cause], axis=0)[: self.days])

    def _cell(self, people: np.ndarray) -> np.ndarray:
        district = self.people.district_of_block[self.people.block[people]].astype(np.int64)
        return np.asarray(district * self._classes + AGE_CLASS[self.people.age[people]])

    def _grouped(self, people: np.ndarray) -> np.ndarray:
        return np.bincount(self._cell(people), minlength=self._districts * self._classes).astype(float)

    def by_day(self, measure: int, what: str) -> np.ndarray:
        """Amounts by day, district and class, float64, shape (day, district, class)."""
        counts = self._by_group[measure, what]
        return np.asarray(np.cumsum(counts, axis=0) if (measure, what) in self._spans else counts)[: self.days]

    def totals(self) -> dict[tuple[str, str], np.ndarray]:
        """(measure, what) to the amount of each day, float64, shape (day,)."""
        found: dict[tuple[str, str], np.ndarray] = {}
        for measure, what in sorted(set(self._by_group) | set(self._by_district)):
            amount = np.zeros(self.days)
            if (measure, what) in self._by_group:
                amount += self.by_day(measure, what).sum(axis=(1, 2))
            if (measure, what) in self._by_district:
                amount += self._by_district[measure, what][: self.days].sum(axis=1)
            found[self.measures[measure], what] = amount
        for measure, what in sorted(self._by_sector):
            if (self.measures[measure], what) not in found:
                found[self.measures[measure], what] = self._sector_days(measure, what).sum(axis=1)
        return found

    def _sector_days(self, measure: int, what: str) -> np.ndarray:
        counts = self._by_sector[measure, what]
        return np.asarray(np.cumsum(counts, axis=0) if (measure, what) in self._spans else counts)[: self.days]

    def cells(self) -> dict[str, np.ndarray]:
        """The whole burden as columns of equal length: day, measure, what (indices), district, class, sector, amount.

        -1 stands for what the amount is not told by.
        """
        parts: dict[str, list[np.ndarray]] = {name: [] for name in CELLS}
        kinds = list(WHAT)

        def put(measure: int, what: str, day: np.ndarray, **told: np.ndarray) -> None:
            size = day.size
            parts["day"].append(day)
            parts["measure"].append(np.full(size, measure))
            parts["what"].append(np.full(size, kinds.index(what)))
            for name in ("district", "age_class", "sector"):
                parts[name].append(told.get(name, np.full(size, -1)))
            parts["amount"].append(told["amount"])

        for measure, what in sorted(self._by_group):
            amounts = self.by_day(measure, what)
            day, district, age_class = np.nonzero(amounts)
            put(measure, what, day, district=district, age_class=age_class, amount=amounts[day, district, age_class])
        for measure, what in sorted(self._by_district):
            amounts = self._by_district[measure, what][: self.days]
            day, district = np.nonzero(amounts)
            put(measure, what, day, district=district, amount=amounts[day, district])
        for measure, what in sorted(self._by_sector):
            amounts = self._sector_days(measure, what)
            day, sector = np.nonzero(amounts)
            put(measure, what, day, sector=sector, amount=amounts[day, sector])
        return {name: np.concatenate(found) if found else np.zeros(0) for name, found in parts.items()}


@numba.njit(cache=True, nogil=True)
def _add_spans(
    people: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    sign: float,
    absence: bool,  # noqa: FBT001 - compiled
    age: np.ndarray,
    block: np.ndarray,
    place: np.ndarray,
    place_layer: np.ndarray,
    place_kind: np.ndarray,
    place_block: np.ndarray,
    district_of_block: np.ndarray,
    age_class: np.ndarray,
    classes: int,
    counts: np.ndarray,
    work: np.ndarray,
    school: np.ndarray,
    away: np.ndarray,
) -> None:
    """Write the first day of each span up and the day after its last one down; so for work and school missed."""
    for at in range(people.size):
        x = people[at]
        cell = district_of_block[block[x]] * classes + age_class[age[x]]
        begin, end = first[at], last[at]
        counts[begin, cell] += sign
        counts[end, cell] -= sign
        if not absence or place[x] == np.uint32(0xFFFFFFFF):
            continue
        there = place[x]
        if place_layer[there] == 2:
            sector, district = place_kind[there], district_of_block[place_block[there]]
            work[begin, sector] += sign
            work[end, sector] -= sign
            away[begin, district, sector] += sign
            away[end, district, sector] -= sign
        elif place_layer[there] == 1:
            school[begin, cell] += sign
            school[end, cell] -= sign


CELLS = ("day", "measure", "what", "district", "age_class", "sector", "amount")
