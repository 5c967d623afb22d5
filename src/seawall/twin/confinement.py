"""Keeping people apart: at home, at a site while it has rooms, in hospital; and letting them go again."""

from __future__ import annotations

import numpy as np

from seawall.twin.burden import Burden
from seawall.twin.spread import GONE, HOME, SITE, WARD
from seawall.twin.state import State

DAYS_OF = {HOME: "home_days", SITE: "site_days", WARD: "hospital_days"}


class Rooms:
    """Rooms at quarantine and isolation sites in use.

    Attributes:
        in_use: int64, shape (day,). Rooms in use on each day.
    """

    def __init__(self, days: int) -> None:
        self._change = np.zeros(days + 2, dtype=np.int64)
        self.days = days

    def move(self, first: np.ndarray, last: np.ndarray, sign: int) -> None:
        """Take rooms for the days `first <= day < last`, or give them back."""
        np.add.at(self._change, np.clip(first, 0, self.days + 1), sign)
        np.add.at(self._change, np.clip(last, 0, self.days + 1), -sign)

    @property
    def in_use(self) -> np.ndarray:
        """Rooms in use on each day."""
        return np.asarray(np.cumsum(self._change)[: self.days])

    def used_on(self, day: int) -> int:
        """Rooms in use on a day."""
        return int(self._change[: day + 1].sum())


def confine(
    state: State,
    burden: Burden,
    rooms: Rooms,
    *,
    people: np.ndarray,
    until: np.ndarray,
    where: int,
    measure: int,
    free_rooms: float,
    complies: np.ndarray,
) -> np.ndarray:
    """Keep these people apart from today until, not including, a day.

    Who is already kept apart stays until the later day at the stricter place; from today on that counts as the doing of
    the measure that changed it. Rooms go to the first in line who has
    none yet; the others stay at home, and that is counted. At home only those who comply are kept apart.

    Args:
        state, burden, rooms: changed.
        people: int64, shape (n,). Each once.
        until: int64, shape (n,). First day free again.
        where: `HOME`, `SITE` or `WARD`.
        measure: number of the measure in `burden`.
        free_rooms: rooms that the sites have in all.
        complies: bool, shape (n,). Who stays at home when asked.

    Returns:
        bool, shape (n,). Who is kept apart today.
    """
    if not people.size:
        return np.zeros(0, dtype=bool)
    day = state.day
    code = state.confined[people].astype(np.int64)
    alive = code != GONE
    was_until = np.where((code >> 2) > day, code >> 2, day)
    was = np.where(was_until > day, code & 3, 0)
    wanted = np.full(people.size, where, dtype=np.int64)
    if where == SITE:
        needs_room = alive & (was < SITE) & (until > day)
        free = max(int(free_rooms) - rooms.used_on(day), 0)
        late = needs_room & (np.cumsum(needs_room) > free)
        wanted[late] = HOME
        burden.add_people(measure, "no_room", day, people[late])
    stays = alive & (until > day) & ((wanted > HOME) | complies | (was > 0))
    now = np.where(stays, np.maximum(was, np.where((wanted > HOME) | complies, wanted, 0)), was)
    ends = np.where(stays, np.maximum(was_until, until), was_until)
    moved = stays & (now > was)
    changed = moved | (stays & (now == was) & (ends > was_until))
    _count(state, burden, rooms, people, np.full(people.size, day), was_until, was, changed & (was > 0), -1)
    by = state.confined_by[people]
    state.confined_by[people] = np.where(changed, measure, by)
    _count(state, burden, rooms, people, np.full(people.size, day), ends, now, changed, 1)
    state.confined[people] = np.where(changed, ends << 2 | now, code).astype(np.uint16)
    state.any_confined = True
    if state.moved is not None:
        state.moved.append(people[changed])
    return np.asarray(alive & (now > 0) & (ends > day))


def _count(
    state: State,
    burden: Burden,
    rooms: Rooms,
    people: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    where: np.ndarray,
    who: np.ndarray,
    sign: int,
) -> None:
    """Write the days of those concerned to the burden of the measure that keeps them, and the rooms."""
    if not who.any():
        return
    by = state.confined_by[people]
    for measure in np.unique(by[who]).tolist():
        for place, what in DAYS_OF.items():
            mine = who & (by == measure) & (where == place)
            if mine.any():
                burden.span(int(measure), what, people[mine], first[mine], last[mine], sign)
    at_site = who & (where == SITE)
    rooms.move(first[at_site], last[at_site], sign)


def release(state: State, burden: Burden, rooms: Rooms, people: np.ndarray) -> None:
    """Let these people go today, whatever kept them; what was still to come is taken back."""
    if not people.size:
        return
    code = state.confined[people].astype(np.int64)
    until = code >> 2
    kept = (until > state.day) & (code != GONE)
    day = np.full(people.size, state.day)
    _count(state, burden, rooms, people, day, until, code & 3, kept, -1)
    state.confined[people[kept]] = 0
    if state.moved is not None:
        state.moved.append(people[kept])


def bury(state: State, burden: Burden, rooms: Rooms, people: np.ndarray) -> None:
    """The dead meet nobody any more."""
    release(state, burden, rooms, people)
    burden.bury(np.unique(people[state.confined[people] != GONE]), state.day)
    state.confined[people] = GONE
    state.any_confined = True
    if state.moved is not None:
        state.moved.append(people)
