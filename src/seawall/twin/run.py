"""One run of the twin: what the phases of a day work on."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

import numpy as np

from seawall.disease.course import NO_DAY
from seawall.measures.levers import Levers
from seawall.measures.strategy import Strategy
from seawall.measures.today import Ground as Map
from seawall.measures.today import Seen, Today, Zones, Zoning
from seawall.twin.able_to_come import AbleToCome
from seawall.twin.behaviour import Behaviour, geometric_days
from seawall.twin.burden import Burden
from seawall.twin.confinement import Rooms
from seawall.twin.infect import draw_courses, settle
from seawall.twin.keyed import COURSE, HARDNESS, REPORTING, base, bits_of
from seawall.twin.state import State
from seawall.twin.tally import Tally, count_new

T = TypeVar("T")

PIECE = 1 << 15
"""Hits that are settled in one piece, roughly; a piece ends between two people."""

ROWS, LAYERS = np.uint64((1 << 28) - 1), np.uint64(15)


class Part(NamedTuple):
    """New infections of some of the people: who, by which row, where, which variant, and the history row before."""

    person: np.ndarray
    infector: np.ndarray
    layer: np.ndarray
    variant: np.ndarray
    before: np.ndarray


def pack(target: np.ndarray, source: np.ndarray, layer: np.ndarray) -> np.ndarray:
    """Hits as one number each, uint64, sorted: by who is hit, then by the row that hits, then by where.

    Infections are written down in this order. What follows then walks through the city once instead of jumping about
    in it.
    """
    hits = (target.astype(np.uint64) << np.uint64(32)) | (source.astype(np.uint64) << np.uint64(4)) | layer
    hits.sort()
    return np.asarray(hits)


def unpack(hits: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Who is hit (uint32), by which row (int32), where (uint8)."""
    return (
        (hits >> np.uint64(32)).astype(np.uint32),
        ((hits >> np.uint64(4)) & ROWS).astype(np.int32),
        (hits & LAYERS).astype(np.uint8),
    )


@dataclass
class Run:
    """One city, one strategy, one seed.

    Attributes:
        state, tally, burden, rooms: what is so, what is counted.
        map: the city as measures speak of it.
        start, days: first day and length.
        strategy: its levers are pulled every morning.
        zoning: rule for zones, asked as often as the strategy says.
        before: reports before the start, see `Seen`.
        scale: factor on all transmission, float64, shape (day,).
        levers, today: of this day.
        able: who is able to come to work and school; None until a limit first asks.
        events: what happened to single people that only the tables of the city need: see `emit`.
    """

    state: State
    tally: Tally
    burden: Burden
    rooms: Rooms
    map: Map
    start: date
    days: int
    strategy: Strategy
    behaviour: Behaviour
    scale: np.ndarray
    before: np.ndarray
    zoning: Zoning | None = None
    zones: Zones | None = None
    pool: ThreadPoolExecutor | None = None
    threads: int = 1
    able: AbleToCome | None = None
    levers: Levers = field(init=False)
    today: Today = field(init=False)
    report_delays: np.ndarray = field(init=False)
    tables: dict[str, np.ndarray] = field(default_factory=dict)
    queues: dict[str, np.ndarray] = field(default_factory=dict)
    edges: list[np.ndarray] = field(default_factory=list)
    arrivals: list[tuple[int, str, str, float, float, float]] = field(default_factory=list)
    doses: list[tuple[int, np.ndarray, int, str, np.ndarray]] = field(default_factory=list)
    keep_edges: bool = False
    shares: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.report_delays = geometric_days(self.behaviour.report_delay_days, 14)
        self.immunity(0)

    def seen(self) -> Seen:
        """What the city has seen by this morning."""
        return self.tally.seen(self.start, self.state.day, self.before)

    def date(self) -> date:
        """Today."""
        return self.start + timedelta(days=self.state.day)

    def immunity(self, day: int) -> None:
        """Work out what each row of immune history protects from today, and what it becomes by an infection."""
        histories, variants = self.state.histories, len(self.state.world.course.variants)
        period = day // histories.protection.period_days
        if self.tables.get("period", np.array(-1)) != period:
            for v in range(variants):  # makes the rows that an infection with any variant leads to
                histories.after_infection(v, day)
            self.tables["became"] = np.stack([histories.after_infection(v, day) for v in range(variants)])
            self.tables["period"] = np.array(period)
        infect, ill, severe = histories.on(day, variants)
        self.tables["left"], self.tables["left_ill"], self.tables["left_severe"] = infect, ill, severe
        was = np.zeros(256, dtype=bool)
        just = np.zeros(256, dtype=bool)
        for row, history in enumerate(histories.rows):
            was[row] = history.infected_by >= 0
            just[row] = was[row] and history.period == period and not history.dose_last
        self.tables["was_infected"], self.tables["just_infected"] = was, just

    def in_chunks(self, work: Callable[[int, int], T], first: int, last: int, rows: int) -> list[T]:
        """Do a piece of work on rows `first` to `last` in chunks of a fixed size; results in the order of the rows."""
        return self.side_by_side(work, list(itertools.pairwise([*range(first, last, rows), last])))

    def side_by_side(self, work: Callable[[int, int], T], pieces: list[tuple[int, int]]) -> list[T]:
        """Do a piece of work for each of these ranges, on all threads; results in their order."""
        if self.pool is None or len(pieces) < 2:
            return [work(*piece) for piece in pieces]
        return list(self.pool.map(lambda piece: work(*piece), pieces))

    def infect(
        self,
        target: np.ndarray,
        *,
        layer: int,
        variant: np.ndarray,
        days: np.ndarray | None = None,
    ) -> tuple[int, int]:
        """Infect people who were not infected by anybody of the run, draw their courses, count them.

        Args:
            target: uint32, shape (n,). Who; each once. Who was infected in this period already is left out.
            layer: `ELSEWHERE`, `AT_START`, or where they were infected.
            variant: uint8, shape (n,).
            days: int16, shape (n,). Day of infection of each; None: today.

        Returns:
            First and one past the last of the new rows.
        """
        size = target.size
        part = self._settled(
            target, np.arange(size, dtype=np.int32), np.full(size, layer, dtype=np.uint8), np.asarray(variant)
        )
        kept = part.infector
        return self._enter([part._replace(infector=np.full(kept.size, -1))], None if days is None else days[kept])

    def infect_by(self, hits: np.ndarray) -> tuple[int, int]:
        """Make infections of today's hits, draw their courses, count them.

        Args:
            hits: uint64, shape (n,). See `pack`; sorted, so by person. The first of a person counts.

        Returns:
            First and one past the last of the new rows.
        """
        edges = [0]
        for wanted in range(PIECE, hits.size, PIECE):
            edge = int(np.searchsorted(hits, (hits[wanted] >> np.uint64(32)) << np.uint64(32)))
            if edge > edges[-1]:
                edges.append(edge)
        edges.append(hits.size)
        variant_of = self.state.infected.variant

        def settled(first: int, last: int) -> Part:
            return self._settled(*unpack(hits[first:last]), variant_of)

        parts = self.side_by_side(settled, list(itertools.pairwise(edges)))
        return self._enter(parts, None)

    def _settled(self, target: np.ndarray, source: np.ndarray, layer: np.ndarray, variant_of: np.ndarray) -> Part:
        size = target.size
        part = Part(
            person=np.empty(size, dtype=np.uint32),
            infector=np.empty(size, dtype=np.int32),
            layer=np.empty(size, dtype=np.uint8),
            variant=np.empty(size, dtype=np.uint8),
            before=np.empty(size, dtype=np.uint8),
        )
        kept = settle(
            target,
            source,
            layer,
            self.state.history,
            self.tables["became"],
            self.tables["just_infected"],
            variant_of,
            *part,
        )
        return Part(*(column[:kept] for column in part))

    def _enter(self, parts: list[Part], days: np.ndarray | None) -> tuple[int, int]:
        """Write the parts below each other as new rows, draw the courses, count."""
        state, world, tally = self.state, self.state.world, self.tally
        first = state.rows
        ends = first + np.cumsum([part.person.size for part in parts])
        last = int(ends[-1])
        state.grow(last)
        infected = state.infected
        state.rows = last
        hardness, course = base(state.seed, HARDNESS), base(state.seed, COURSE)
        counted = tally.of_new(state.day)

        def enter(at: int, _: int) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
            part, end = parts[at], int(ends[at])
            begin = end - part.person.size
            rows = slice(begin, end)
            infected.person[rows], infected.infector[rows] = part.person, part.infector
            infected.layer[rows], infected.variant[rows] = part.layer, part.variant
            infected.day[rows] = state.day if days is None else days[begin - first : end - first]
            draw_courses(
                world.ground,
                world.rates,
                world.courses,
                infected,
                state.illness,
                part.before,
                self.tables["was_infected"],
                self.tables["left_ill"],
                self.tables["left_severe"],
                hardness,
                course,
                begin,
                end,
            )
            state.findings.begin(begin, end)
            counts = tuple(np.zeros_like(table) for table in counted)
            ill = np.empty(end - begin, dtype=np.int64)
            blocks, classes, layers, variants, onsets = counts
            many = count_new(
                world.ground,
                infected,
                state.illness,
                begin,
                end,
                blocks,
                classes,
                layers,
                variants,
                onsets,
                ill,
            )
            return ill[:many], counts

        entered = self.side_by_side(enter, [(at, at + 1) for at in range(len(parts))])
        for _, counts in entered:
            for table, more in zip(counted, counts, strict=True):
                np.add(table, more, out=table)
        rows = np.concatenate([ill for ill, _ in entered])
        state.findings.open(rows)
        due = infected.day[rows].astype(np.int64) + state.illness.admission[rows]
        ahead = due >= state.day
        state.admissions.write(np.maximum(due[ahead], state.day), rows[ahead])
        if state.row_of is not None:
            state.row_of[infected.person[first:last]] = np.arange(first + 1, last + 1, dtype=np.uint32)
        return first, last

    def find(self, rows: np.ndarray, found_by: int, turnaround_days: int, *, control: np.ndarray | None = None) -> None:
        """Take a positive specimen of these rows today; the result comes after the turnaround."""
        if not rows.size:
            return
        state, findings = self.state, self.state.findings
        findings.open(rows[state.illness.admission[rows] == NO_DAY])
        findings.specimen[rows] = state.day
        findings.found_by[rows] = found_by
        people = state.infected.person[rows]
        code = state.confined[people].astype(np.int64)
        findings.in_control[rows] = ((code >> 2) > state.day) if control is None else control
        state.results.write(state.day + turnaround_days, rows)

    def reporting_days(self, rows: np.ndarray) -> np.ndarray:
        """Days from result to report of each row; int64."""
        luck = bits_of(base(self.state.seed, REPORTING), self.state.infected.person[rows]) & np.uint64(255)
        return np.asarray(self.report_delays[luck.astype(np.int64)].astype(np.int64))

    def dosed(self, people: np.ndarray, product: str) -> None:
        """Give each of these people a dose today."""
        became = self.state.histories.after_dose(product, self.state.day)
        self.state.history[people] = became[self.state.history[people]]
        self.tables["period"] = np.array(-1)
        self.immunity(self.state.day)

    def doses_of(self, people: np.ndarray) -> np.ndarray:
        """Doses each of these people has had; int64."""
        of_row = np.zeros(256, dtype=np.int64)
        for row, history in enumerate(self.state.histories.rows):
            of_row[row] = history.doses
        return np.asarray(of_row[self.state.history[people]])
