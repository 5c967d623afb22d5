"""Tests: of everybody in an area, of key groups, of the ill, of contacts and travellers.

Only the infected are looked at one by one; of the others only numbers are kept.
"""

from __future__ import annotations

import numba
import numpy as np

from seawall.core.hashed import bits, unit
from seawall.twin.spread import Ground, Infected
from seawall.twin.state import NEVER


@numba.njit(inline="always")
def _positive(
    infected: Infected, sensitivity: np.ndarray, row: int, day: int, kind: int, key: np.uint64, slot: int
) -> bool:
    tau = day - infected.day[row]
    if tau < 0 or tau >= sensitivity.shape[2]:
        return False
    chance = sensitivity[infected.variant[row], kind, tau]
    return bool(chance > 0.0) and unit(bits(key, np.uint64(infected.person[row]), np.uint64(slot))) < chance


@numba.njit(cache=True, nogil=True)
def test_round(
    ground: Ground,
    infected: Infected,
    specimen: np.ndarray,
    sensitivity: np.ndarray,
    first: int,
    last: int,
    day: int,
    blocks: np.ndarray,
    ages: tuple[int, int],
    begin: float,
    end: float,
    missed: float,
    kind: int,
    called: np.uint64,
    turns_up: np.uint64,
    result: np.uint64,
    slot: int,
    found: np.ndarray,
) -> int:
    """Rows that a round of tests finds: residents of these blocks whose place in the line lies in [begin, end)."""
    many = 0
    for row in range(first, last):
        if specimen[row] != NEVER:
            continue
        x = infected.person[row]
        if not blocks[ground.block[x]] or ground.age[x] < ages[0] or ground.age[x] > ages[1]:
            continue
        line = unit(bits(called, np.uint64(x), np.uint64(slot)))
        if line < begin or line >= end or unit(bits(turns_up, np.uint64(x), np.uint64(0))) < missed:
            continue
        if _positive(infected, sensitivity, row, day, kind, result, slot):
            found[many] = row
            many += 1
    return many


@numba.njit(cache=True, nogil=True)
def test_groups(
    ground: Ground,
    place_group: np.ndarray,
    infected: Infected,
    specimen: np.ndarray,
    sensitivity: np.ndarray,
    first: int,
    last: int,
    day: int,
    blocks: np.ndarray,
    groups: np.ndarray,
    every_days: int,
    missed: float,
    kind: int,
    called: np.uint64,
    turns_up: np.uint64,
    result: np.uint64,
    slot: int,
    found: np.ndarray,
) -> int:
    """Rows that routine tests of key groups find; each worker is tested every so many days, from a day of their own."""
    many = 0
    for row in range(first, last):
        if specimen[row] != NEVER:
            continue
        x = infected.person[row]
        place = ground.place[x]
        if place == np.uint32(0xFFFFFFFF):
            continue
        group = place_group[place]
        if group == 255 or not groups[group] or not blocks[ground.place_block[place]]:
            continue
        phase = int(bits(called, np.uint64(x), np.uint64(slot)) % np.uint64(every_days))
        if (day + phase) % every_days != 0 or unit(bits(turns_up, np.uint64(x), np.uint64(slot))) < missed:
            continue
        if _positive(infected, sensitivity, row, day, kind, result, slot):
            found[many] = row
            many += 1
    return many


@numba.njit(cache=True, nogil=True)
def test_ill(
    ground: Ground,
    infected: Infected,
    specimen: np.ndarray,
    sensitivity: np.ndarray,
    first: int,
    last: int,
    day: int,
    blocks: np.ndarray,
    p_seek: float,
    delays: np.ndarray,
    kind: int,
    p_report: float,
    seeks: np.uint64,
    seeks_when: np.uint64,
    turns_up: np.uint64,
    result: np.uint64,
    slot: int,
    found: np.ndarray,
    counted: np.ndarray,
) -> int:
    """Rows that are found because they fell ill and sought a test today, while a test may still find them.

    Args:
        counted: int64, shape (block,). Written: how many infected people sought a test, found or not.
    """
    many = 0
    longest = int(delays.max())
    for row in range(first, last):
        run = infected.run[row]
        if run == 0 or specimen[row] != NEVER:
            continue
        since_onset = day - infected.day[row] - run
        if since_onset < 0 or since_onset > longest or day - infected.day[row] >= sensitivity.shape[2]:
            continue
        x = infected.person[row]
        if not blocks[ground.block[x]] or unit(bits(seeks, np.uint64(x), np.uint64(slot))) >= p_seek:
            continue
        if delays[bits(seeks_when, np.uint64(x), np.uint64(slot)) & np.uint64(255)] != since_onset:
            continue
        counted[ground.block[x]] += 1
        if unit(bits(turns_up, np.uint64(x), np.uint64(slot))) >= p_report:
            continue
        if _positive(infected, sensitivity, row, day, kind, result, slot):
            found[many] = row
            many += 1
    return many
