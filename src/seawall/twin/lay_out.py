"""Who was infected before a run begins: residents drawn, and laid out with what the city has found out about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seawall.city.layers import COMMUNITY
from seawall.city.synth.people import AGE_CLASS, People
from seawall.measures.levers import AT_SITE, Levers
from seawall.measures.today import Ground, Today
from seawall.twin.confinement import confine
from seawall.twin.keyed import COMPLIES, base, units_of
from seawall.twin.run import Run
from seawall.twin.state import FOUND_BY
from seawall.twin.tally import REASONS

NOT_REPORTED = -(1 << 14)
"""Day of report of who was not found before the start."""

NOT_DUE = -1
"""Day on which who will not be reported soon is due to be."""

DRAWS = 20
"""Times that people drawn twice are drawn anew; who is still there twice then stays drawn once."""


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """Residents infected before the run, each once.

    Attributes:
        people: int64, shape (n,).
        day: int64, shape (n,). Day of infection, days since the start; negative.
        report: int64, shape (n,). Day of the report; `NOT_REPORTED` for who was not found.
        due: int64, shape (n,). Day of the run on which the report falls of who is about to be reported; `NOT_DUE`.
        apart: bool, shape (n,). Kept apart as the contact of a case, and not found yet.
    """

    people: np.ndarray
    day: np.ndarray
    report: np.ndarray
    due: np.ndarray
    apart: np.ndarray

    def and_also(self, other: Earlier) -> Earlier:
        """These and others; who is in both stays as here."""
        new = ~np.isin(other.people, self.people)
        return Earlier(**{name: np.concatenate([mine, getattr(other, name)[new]]) for name, mine in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class Homes:
    """Where the infected live.

    Attributes:
        people: the residents.
        district: int64, shape (block,).
        weight: float64, shape (block,). How likely an infected resident of the district lives there.
        by_class: float64, shape (class,). How likely one is of a class, beside the likeliest; 1: as the residents are.
        same_household: see `present.Unseen`.
    """

    people: People
    district: np.ndarray
    weight: np.ndarray
    by_class: np.ndarray
    same_household: float

    def draw(self, numbers: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Draw residents.

        Args:
            numbers: int64, shape (day, district). How many were infected.
            rng: makes the draws.

        Returns:
            People and the row of `numbers` each belongs to, int64; sorted by row. Fewer where a district has not so
            many residents.
        """
        found, rows = [], []
        for district in range(numbers.shape[1]):
            blocks = np.nonzero(self.district == district)[0]
            row = np.repeat(np.arange(numbers.shape[0]), numbers[:, district])
            sizes = np.diff(self.people.block_start)[blocks]
            row = row[: int(sizes.sum()) // 2]
            if not row.size:
                continue
            who = self._people(blocks, sizes, row.size, rng)
            for _ in range(DRAWS):
                _, first = np.unique(who, return_index=True)
                again = np.ones(who.size, dtype=bool)
                again[first] = False
                if not again.any():
                    break
                who[again] = self._people(blocks, sizes, int(again.sum()), rng)
            _, first = np.unique(who, return_index=True)
            found.append(who[first])
            rows.append(row[first])
        if not found:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        people, row = np.concatenate(found), np.concatenate(rows)
        order = np.lexsort((people, row))
        return people[order], row[order]

    def _people(self, blocks: np.ndarray, sizes: np.ndarray, many: int, rng: np.random.Generator) -> np.ndarray:
        """Draw residents of these blocks, some of them out of the household of the one before."""
        ends = np.cumsum(self.weight[blocks] * (sizes > 0))
        who = np.zeros(many, dtype=np.int64)
        left = np.arange(many)
        for _ in range(200):
            at = np.searchsorted(ends, rng.random(left.size) * ends[-1], side="right").clip(0, blocks.size - 1)
            person = self.people.block_start[blocks[at]] + (rng.random(left.size) * sizes[at]).astype(np.int64)
            who[left] = person
            left = left[rng.random(left.size) >= self.by_class[AGE_CLASS[self.people.age[person]]]]
            if not left.size:
                break
        home = self.people.household[who[:-1]].astype(np.int64)
        size, position = home & 15, home >> 4
        step = 1 + (rng.random(max(many - 1, 0)) * (size - 1)).astype(np.int64)
        mate = who[:-1] - position + (position + step) % np.maximum(size, 1)
        shares = (rng.random(max(many - 1, 0)) < self.same_household) & (size > 1)
        who[1:][shares] = mate[shares]
        return who


def homes_of(
    people: People,
    ground: Ground,
    recent: Mapping[str, float],
    ages: np.ndarray | None,
    *,
    near_reports: float,
    same_household: float,
) -> Homes:
    """Where the infected live: near the recent reports, and to some part anywhere in the district.

    Args:
        people: the residents.
        ground: the city.
        recent: code of an area to recent reports there.
        ages: float64, shape (class,). Recent reports by age class; None where not known.
        near_reports, same_household: see `present.Unseen`.
    """
    residents = ground.residents.sum(axis=1).astype(np.float64)
    near = np.zeros(ground.blocks)
    for area_id, reports in recent.items():
        if area_id in ground.blocks_of:
            inside = ground.blocks_of[area_id]
            near[inside] += reports * residents[inside] / max(residents[inside].sum(), 1.0)
    weight = np.zeros(ground.blocks)
    for district in range(len(ground.districts)):
        mine = ground.district_of_block == district
        anywhere = residents[mine] / max(residents[mine].sum(), 1.0)
        told = near[mine].sum()
        weight[mine] = near_reports * near[mine] / told + (1 - near_reports) * anywhere if told > 0 else anywhere
    by_class = np.ones(ground.residents.shape[1])
    if ages is not None and ages.sum() > 0:
        each = ages / np.maximum(ground.residents.sum(axis=0), 1)
        by_class = np.maximum(each / each.max(), 0.02)
    return Homes(
        people=people,
        district=np.asarray(ground.district_of_block, dtype=np.int64),
        weight=weight,
        by_class=by_class,
        same_household=same_household,
    )


def lay_out(run: Run, earlier: Earlier, variant: int, result_days: int) -> None:
    """Put the infected into a run on the morning of its first day, as the measures in force keep them.

    They were infected before the run, so nothing of them is counted among its infections; what is still to come, an
    onset or an admission, is. Of those about to be reported the specimen is taken where its result comes in on the
    first days, and the result known where only the report is still to come.

    Args:
        run: on the morning of its first day.
        earlier: the infected.
        variant: with which.
        result_days: from specimen to result, before the run.
    """
    order = np.lexsort((earlier.people, earlier.day))
    people, day = earlier.people[order], earlier.day[order]
    report, due, apart = earlier.report[order], earlier.due[order], earlier.apart[order]
    tally = run.tally
    counts = (tally.infections, tally.infections_by_class, tally.by_layer, tally.by_variant)
    before = [table[0].copy() for table in counts]
    first, last = run.infect(
        people.astype(np.uint32),
        layer=COMMUNITY,
        variant=np.full(people.size, variant, dtype=np.uint8),
        days=day.astype(np.int16),
    )
    for table, was in zip(counts, before, strict=True):
        table[0] = was
    rows = np.arange(first, last)
    by_person = np.argsort(people)
    at = by_person[np.searchsorted(people, run.state.infected.person[first:last], sorter=by_person)]
    people, report, due, apart = people[at], report[at], due[at], apart[at]
    result = np.where(report != NOT_REPORTED, report, due - run.reporting_days(rows))
    waits = (due != NOT_DUE) & (result >= 0) & (result < result_days)
    known = (due != NOT_DUE) & (result < 0)
    found = known | (report != NOT_REPORTED)
    findings = run.state.findings
    findings.open(rows[found | waits])
    findings.found_by[rows[found | waits]] = FOUND_BY.index("unknown")
    findings.specimen[rows[found | waits]] = np.minimum(result[found | waits] - result_days, -1)
    findings.report[rows[found]] = np.where(known, due, report)[found]
    findings.in_control[rows[known | waits]] = apart[known | waits]
    run.state.results.write(result[waits], rows[waits])
    block = run.state.world.ground.block[people]
    ahead = known & (due < run.days)
    np.add.at(tally.reports, (due[ahead], block[ahead]), 1)
    np.add.at(tally.in_control, (due[ahead & apart], block[ahead & apart]), 1)
    levers = _levers_on_first_day(run)
    rooms = float(run.map.capacity.get("rooms", 0.0)) + levers.rooms
    complies = units_of(base(run.state.seed, COMPLIES), people)
    for isolation in levers.isolation:
        until = result + isolation.delay_days + isolation.days
        mine = found & isolation.blocks[block] & (until > 0)
        held = confine(
            run.state,
            run.burden,
            run.rooms,
            people=people[mine],
            until=until[mine],
            where=isolation.where,
            measure=run.burden.number(isolation.measure),
            free_rooms=rooms if isolation.where == AT_SITE else 0.0,
            complies=complies[mine] < isolation.adherence,
        )
        findings.isolated[rows[mine][held]] = result[mine][held] + isolation.delay_days
    for quarantine in levers.quarantine:
        mine = apart & quarantine.blocks[block]
        number = run.burden.number(quarantine.measure)
        held = confine(
            run.state,
            run.burden,
            run.rooms,
            people=people[mine],
            until=np.full(int(mine.sum()), quarantine.days),
            where=quarantine.where,
            measure=number,
            free_rooms=rooms if quarantine.where == AT_SITE else 0.0,
            complies=complies[mine] < quarantine.adherence,
        )
        tested = people[mine][held]
        row = (quarantine.kind, quarantine.turnaround_days, REASONS.index("contact"), number)
        entry = np.column_stack([tested, *(np.full(tested.size, value) for value in row)])
        for when in quarantine.test_days:
            run.state.tests_due.write(when, entry)


def _levers_on_first_day(run: Run) -> Levers:
    """What the measures in force on the first day pull; of zones nothing is known yet."""
    levers = Levers(blocks=run.map.blocks, sectors=len(run.map.sectors))
    today = Today(date=run.date(), day=0, ground=run.map, seen=run.seen())
    run.strategy.pull(levers, today)
    return levers
