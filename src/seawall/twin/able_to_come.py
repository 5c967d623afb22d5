"""Who is able to come to work and school: neither dead, nor in hospital, nor confined."""

from __future__ import annotations

import numba
import numpy as np

from seawall.city.layers import NOWHERE
from seawall.twin.spread import GONE
from seawall.twin.state import EMPTY_ROWS, Calendar, State

HOME_LIMITS = 4
"""What the limits where somebody lives leave of work and which share of the rest is lost, and the same of school."""


class AbleToCome:
    """Workers and pupils who are able to come, counted by where they work or learn.

    They are counted apart by the limits of their home: residents of blocks under the same limits are one *group*. The
    count follows who is confined and who is let go, so that a day costs as much as has changed.

    Attributes:
        limits: float64, shape (group, `HOME_LIMITS`).
        counts: int32, shape (group, cell). See `roll.Roll` for cells.
    """

    def __init__(self, state: State) -> None:
        people = state.world.people
        self._state, self._roll = state, state.world.roll
        self._group = np.zeros(people.area_of_block.size, dtype=np.int64)
        self._away = np.zeros(people.residents, dtype=bool)
        self._ends = Calendar()
        self._told = np.ones((people.area_of_block.size, HOME_LIMITS))
        self.limits = np.ones((1, HOME_LIMITS))
        self.counts = self._roll.by_place.reshape(1, -1).astype(np.int32)
        state.moved = [np.flatnonzero(state.confined != 0)]

    def follow(self) -> None:
        """Count out who is kept apart since the last look, and in who is free again."""
        state, people = self._state, self._roll.people
        moved = np.concatenate([*(state.moved or ()), self._ends.due(state.day, EMPTY_ROWS)])
        state.moved = []
        until = np.zeros(moved.size, dtype=np.int64)
        _follow(
            moved,
            state.day,
            state.confined,
            people.block,
            people.place,
            self._roll.cell_of_place,
            self._group,
            self._away,
            self.counts,
            until,
        )
        self._ends.write(until[until > 0], moved[until > 0])

    def regroup(self, limits: np.ndarray) -> None:
        """Count by these limits of the blocks where people live, float64, shape (block, `HOME_LIMITS`).

        Groups whose blocks mostly stay under their limits are kept; the people of other blocks are counted anew.
        """
        if np.array_equal(limits, self._told):
            return
        self._told = limits
        first, number = np.empty((2, limits.shape[0]), dtype=np.int64)
        many = _number(limits, first, number)
        keys, groups = limits[first[:many]], self.limits.shape[0]
        went = np.bincount(self._group * many + number, minlength=groups * many).reshape(groups, many)
        most, used = went.argmax(axis=1), went.any(axis=1)
        if (keys[most] == self.limits)[used].all():
            slot = np.full(many, -1)
            slot[most[used]] = np.nonzero(used)[0]
            new = np.nonzero(slot < 0)[0]
            room = np.nonzero(~used)[0][: new.size]
            more = new.size - room.size
            self.counts = np.pad(self.counts, ((0, more), (0, 0))) if more else self.counts
            self.limits = np.pad(self.limits, ((0, more), (0, 0)))
            slot[new] = np.concatenate([room, np.arange(groups, groups + more)])
            self.limits[slot] = keys
            number = slot[number]
        else:
            counts = np.zeros((many, self.counts.shape[1]), dtype=np.int32)
            for group, counted in enumerate(self.counts):
                counts[most[group]] += counted
            self.limits, self.counts, self._group = keys, counts, most[self._group]
        people = self._roll.people
        for block in np.nonzero(number != self._group)[0].tolist():
            _move(
                self._roll.of_block(block),
                int(people.block_start[block]),
                self._away[people.block_start[block] : people.block_start[block + 1]],
                people.place,
                self._roll.cell_of_place,
                self.counts[self._group[block]],
                self.counts[number[block]],
            )
        self._group = number


@numba.njit(cache=True, nogil=True)
def _number(limits: np.ndarray, first: np.ndarray, number: np.ndarray) -> int:
    """Number blocks by their limits, from 0; `first` is the first block of each number. Returns how many there are."""
    many = 0
    for block in range(limits.shape[0]):
        at = 0
        while at < many:
            same = True
            for column in range(limits.shape[1]):
                same &= limits[block, column] == limits[first[at], column]
            if same:
                break
            at += 1
        if at == many:
            first[many] = block
            many += 1
        number[block] = at
    return many


@numba.njit(cache=True, nogil=True)
def _follow(
    moved: np.ndarray,
    day: int,
    confined: np.ndarray,
    block: np.ndarray,
    place: np.ndarray,
    cell_of_place: np.ndarray,
    group: np.ndarray,
    away: np.ndarray,
    counts: np.ndarray,
    until: np.ndarray,
) -> None:
    """Bring the count up to date for these people; `until` is written: first day free again of who is not for good."""
    for at in range(moved.size):
        x = moved[at]
        code = confined[x]
        kept = code == GONE or (code >> 2) > day
        if kept and code != GONE:
            until[at] = code >> 2
        if kept == away[x] or place[x] == np.uint32(NOWHERE):
            continue
        cell = cell_of_place[place[x]]
        if cell >= 0:
            away[x] = kept
            counts[group[block[x]], cell] += -1 if kept else 1


@numba.njit(cache=True, nogil=True)
def _move(
    cells: np.ndarray,
    first: int,
    away: np.ndarray,
    place: np.ndarray,
    cell_of_place: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
) -> None:
    """Count the residents of a block, of whom `first` is the first, in another group; those who are away in none."""
    for at in range(cells.size):
        before[cells[at]] -= 1
        after[cells[at]] += 1
    for x in range(away.size):
        if away[x]:
            cell = cell_of_place[place[first + x]]
            before[cell] += 1
            after[cell] -= 1
