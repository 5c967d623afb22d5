"""One run of the twin: what the phases of a day work on."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from seawall.disease.course import NO_DAY
from seawall.measures.levers import Levers
from seawall.measures.strategy import Strategy
from seawall.measures.today import Ground as Map
from seawall.measures.today import Seen, Today, Zones, Zoning
from seawall.twin.behaviour import Behaviour, geometric_days
from seawall.twin.burden import Burden
from seawall.twin.confinement import Rooms
from seawall.twin.infect import draw_courses, settle
from seawall.twin.keyed import COURSE, HARDNESS, REPORTING, base, bits_of
from seawall.twin.state import State
from seawall.twin.tally import Tally, count_new


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

    def in_chunks(self, work: Callable[[int, int], object], first: int, last: int, rows: int) -> list[object]:
        """Do a piece of work on rows `first` to `last` in chunks of a fixed size; results in the order of the rows."""
        edges = [*range(first, last, rows), last]
        chunks = list(itertools.pairwise(edges))
        if self.pool is None or len(chunks) < 2:
            return [work(*chunk) for chunk in chunks]
        return list(self.pool.map(lambda chunk: work(*chunk), chunks))

    def infect(
        self,
        target: np.ndarray,
        source: np.ndarray,
        layer: np.ndarray,
        *,
        variant: np.ndarray | None = None,
        days: np.ndarray | None = None,
    ) -> tuple[int, int]:
        """Make infections of today's candidates, draw their courses, count them.

        Args:
            target, source, layer: uint32, int32, uint8, shape (n,); who, by which row (-1: elsewhere), where.
            variant: uint8, shape (n,). Of infections from elsewhere; None: that of the infector.
            days: int16, shape (n,). Day of infection of each; None: today. Only for targets each named once and
                not infected this period.

        Returns:
            First and one past the last of the new rows.
        """
        state = self.state
        first = state.rows
        state.grow(first + target.size)
        infected = state.infected
        variants = infected.variant if variant is None else variant
        by = source if variant is None else np.arange(target.size, dtype=np.int32)
        before = np.empty(target.size, dtype=np.uint8)
        kept_by = np.empty(target.size, dtype=np.int32)
        kept = settle(
            target,
            by,
            layer,
            state.history,
            self.tables["became"],
            self.tables["just_infected"],
            variants,
            infected.person[first:],
            kept_by,
            infected.layer[first:],
            infected.variant[first:],
            before,
        )
        last = first + kept
        infected.infector[first:last] = kept_by[:kept] if variant is None else source[kept_by[:kept]]
        infected.day[first:last] = state.day if days is None else days[kept_by[:kept]]
        state.rows = last
        self._course(first, last, before[:kept])
        return first, last

    def _course(self, first: int, last: int, before: np.ndarray) -> None:
        state, world, tally = self.state, self.state.world, self.tally
        hardness, course = base(state.seed, HARDNESS), base(state.seed, COURSE)

        def draw(begin: int, end: int) -> None:
            draw_courses(
                world.ground,
                world.rates,
                world.courses,
                state.infected,
                state.illness,
                before[begin - first : end - first],
                self.tables["was_infected"],
                self.tables["left_ill"],
                self.tables["left_severe"],
                hardness,
                course,
                begin,
                end,
            )

        if last > first:
            self.in_chunks(draw, first, last, 1 << 15)
        state.findings.begin(first, last)
        ill = np.empty(last - first, dtype=np.int64)
        day = min(max(state.day, 0), self.days - 1)
        many = count_new(
            world.ground,
            state.infected,
            state.illness,
            first,
            last,
            tally.infections[day],
            tally.infections_by_class[day],
            tally.by_layer[day],
            tally.by_variant[day],
            tally.onsets,
            ill,
        )
        rows = ill[:many]
        state.findings.open(rows)
        due = state.infected.day[rows].astype(np.int64) + state.illness.admission[rows]
        ahead = due >= state.day
        state.admissions.write(np.maximum(due[ahead], state.day), rows[ahead])
        if state.row_of is not None:
            state.row_of[state.infected.person[first:last]] = np.arange(first + 1, last + 1, dtype=np.uint32)

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
