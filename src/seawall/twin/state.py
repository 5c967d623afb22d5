"""What is so in one run: the infected, who is confined, what lies ahead on the calendar."""

from __future__ import annotations

import mmap
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from seawall.disease.immunity import Histories
from seawall.twin.infect import Illness
from seawall.twin.spread import Infected
from seawall.twin.world import World

NEVER = 32767
"""Day of what has not happened; int16."""

FOUND_BY = ("symptoms", "contact", "screening", "key_group", "arrival", "self_test", "unknown")
"""How a case was found, by index; the words of the table `cases`."""

FORGET_ROWS = 1 << 20
"""Rows that have ceased to be infectious before their memory is given back."""

NOT_FOUND = 255
ELSEWHERE, AT_START = 255, 254
"""Layer of an infection from elsewhere, and of one there was before the first day."""


@dataclass
class Findings:
    """What the city has found out about the infected, one row each.

    Most rows are never found, and theirs are never written to, so that their pages cost no memory: all columns but
    `specimen` say something only of rows that were found or needed a bed (`open` was called for them).

    Attributes:
        specimen: int16. Day of the first positive specimen; `NEVER`.
        report: int16. Day of the report.
        found_by: uint8. Index into `FOUND_BY`.
        in_control: bool. Confined when the specimen was taken, or found on arrival.
        isolated: int16. Day from which the person is kept apart as a case.
        admitted: int16. Day of admission to hospital.
        in_icu: int16. Day of intensive care.
        left: int16. Day of discharge or death.
        died: bool.
    """

    specimen: np.ndarray
    report: np.ndarray
    found_by: np.ndarray
    in_control: np.ndarray
    isolated: np.ndarray
    admitted: np.ndarray
    in_icu: np.ndarray
    left: np.ndarray
    died: np.ndarray

    @classmethod
    def empty(cls, rows: int) -> Findings:
        """Room for so many; pages that nobody writes to cost nothing."""
        return cls(
            specimen=np.empty(rows, dtype=np.int16),
            report=np.zeros(rows, dtype=np.int16),
            found_by=np.zeros(rows, dtype=np.uint8),
            in_control=np.zeros(rows, dtype=bool),
            isolated=np.zeros(rows, dtype=np.int16),
            admitted=np.zeros(rows, dtype=np.int16),
            in_icu=np.zeros(rows, dtype=np.int16),
            left=np.zeros(rows, dtype=np.int16),
            died=np.zeros(rows, dtype=bool),
        )

    def begin(self, first: int, last: int) -> None:
        """Nothing is known yet of these rows."""
        self.specimen[first:last] = NEVER

    def open(self, rows: np.ndarray) -> None:
        """Something will be known of these rows: nothing has happened to them so far."""
        for days in (self.report, self.isolated, self.admitted, self.in_icu, self.left):
            days[rows] = NEVER
        self.found_by[rows] = NOT_FOUND


class Calendar:
    """What is due on a day, in the order in which it was written down."""

    def __init__(self) -> None:
        self._due: dict[int, list[np.ndarray]] = defaultdict(list)

    def write(self, days: np.ndarray | int, what: np.ndarray) -> None:
        """Put entries under their days."""
        if not what.shape[0]:
            return
        if isinstance(days, (int, np.integer)):
            self._due[int(days)].append(what)
            return
        order = np.argsort(days, kind="stable")
        sorted_days = days[order]
        for part in np.split(order, np.nonzero(np.diff(sorted_days))[0] + 1):
            self._due[int(days[part[0]])].append(what[part])

    def due(self, day: int, empty: np.ndarray) -> np.ndarray:
        """Take out what is due on a day; `empty` says of what kind it is when there is nothing."""
        found = self._due.pop(day, [])
        return np.concatenate(found) if found else empty


EMPTY_ROWS = np.zeros(0, dtype=np.int64)


@dataclass
class State:
    """One run on one day.

    Attributes:
        world: the city and the disease.
        seed: of this run.
        day: of the run.
        histories, history: what each immune system has met: the rows, and the row of each person (uint8).
        confined: uint16, shape (person,). See `spread.Morning`.
        confined_by: uint8, shape (person,). Number of the measure, see `burden.Burden`.
        infected, illness, findings: one row an infection; `rows` are in use.
        oldest: first row that may still infect or be found.
        forgotten: rows before it have given back what only the infectious need.
        any_confined: whether anybody ever was.
        moved: people whose confinement has changed since somebody looked; None while nobody does.
        results, admissions, icu, leaves, isolations: rows due by day.
        told: contacts to be told by day: person, last day of contact, ring, number of the measure.
        tests_due: people to be tested by day: person, kind, turnaround, reason, number of the measure.
    """

    world: World
    seed: int
    histories: Histories
    history: np.ndarray
    confined: np.ndarray
    confined_by: np.ndarray
    infected: Infected
    illness: Illness
    findings: Findings
    day: int = 0
    rows: int = 0
    oldest: int = 0
    forgotten: int = 0
    any_confined: bool = False
    moved: list[np.ndarray] | None = None
    results: Calendar = field(default_factory=Calendar)
    admissions: Calendar = field(default_factory=Calendar)
    icu: Calendar = field(default_factory=Calendar)
    leaves: Calendar = field(default_factory=Calendar)
    told: Calendar = field(default_factory=Calendar)
    tests_due: Calendar = field(default_factory=Calendar)
    row_of: np.ndarray | None = None

    @classmethod
    def fresh(cls, world: World, histories: Histories, seed: int) -> State:
        """Nobody infected, nobody confined."""
        people = world.people
        room = people.residents + max(people.residents // 4, 1024)
        return cls(
            world=world,
            seed=seed,
            histories=histories,
            history=_copied(people.history),
            confined=np.zeros(people.residents, dtype=np.uint16),
            confined_by=np.zeros(people.residents, dtype=np.uint8),
            infected=Infected(
                person=np.empty(room, dtype=np.uint32),
                infector=np.empty(room, dtype=np.int32),
                day=np.empty(room, dtype=np.int16),
                layer=np.empty(room, dtype=np.uint8),
                variant=np.empty(room, dtype=np.uint8),
                run=np.empty(room, dtype=np.uint8),
                nu=_given_back(room, np.uint8),
                strength=_given_back(room, np.float32),
                met=_given_back(room, np.uint8),
                block=_given_back(room, np.uint16),
                cls=_given_back(room, np.uint8),
                home=_given_back(room, np.uint8),
            ),
            illness=Illness(admission=np.empty(room, dtype=np.uint8), need=np.empty(room, dtype=np.uint8)),
            findings=Findings.empty(room),
        )

    def rows_of(self, people: np.ndarray) -> np.ndarray:
        """Row of the latest infection of each of these people, -1 for none; int64.

        The index is made when it is first asked for and kept from then on.
        """
        if self.row_of is None:
            self.row_of = np.zeros(self.world.people.residents, dtype=np.uint32)
            self.row_of[self.infected.person[: self.rows]] = np.arange(1, self.rows + 1, dtype=np.uint32)
        return np.asarray(self.row_of[people].astype(np.int64) - 1)

    def forget(self) -> None:
        """Give back the memory of what only the infectious need, where all have ceased to be.

        Small runs keep it, to be looked at; the columns are `strength`, `met`, `nu`, `block`, `cls` and `home`.
        """
        if self.oldest - self.forgotten < FORGET_ROWS:
            return
        infected = self.infected
        for column in (infected.strength, infected.met, infected.nu, infected.block, infected.cls, infected.home):
            if isinstance(column.base, memoryview) and isinstance(column.base.obj, mmap.mmap):
                page = mmap.PAGESIZE
                start = -(-self.forgotten * column.itemsize // page) * page
                length = self.oldest * column.itemsize // page * page - start
                if length > 0:
                    column.base.obj.madvise(mmap.MADV_DONTNEED, start, length)
        self.forgotten = self.oldest

    def grow(self, needed: int) -> None:
        """Make room for so many rows; only runs with many reinfections come here."""
        room = self.infected.person.size
        if needed <= room:
            return
        room = max(needed, room + room // 2)
        self.infected = Infected(*(_longer(column, room) for column in self.infected))
        self.illness = Illness(*(_longer(column, room) for column in self.illness))
        for name, column in vars(self.findings).items():
            setattr(self.findings, name, _longer(column, room))


def _copied(column: np.ndarray) -> np.ndarray:
    """A copy of a column; the pages read from a file for it are given back at once."""
    copy = np.array(column)
    file = getattr(column, "_mmap", None) or getattr(column.base, "_mmap", None)
    if file is not None:
        file.madvise(mmap.MADV_DONTNEED)
    return copy


def _given_back(rows: int, dtype: type[np.generic]) -> np.ndarray:
    """A column whose pages can be given back to the machine one by one."""
    return np.frombuffer(memoryview(mmap.mmap(-1, rows * np.dtype(dtype).itemsize)), dtype=dtype)


def _longer(column: np.ndarray, room: int) -> np.ndarray:
    longer = np.zeros(room, dtype=column.dtype)
    longer[: column.size] = column
    return longer
