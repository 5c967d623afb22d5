"""How many workers and pupils limits keep away today, and how many live at work."""

from __future__ import annotations

from collections.abc import Sequence

import numba
import numpy as np

from seawall.city.layers import SCHOOL, STAGES, WORK
from seawall.measures.levers import Limit
from seawall.twin.able_to_come import HOME_LIMITS, AbleToCome
from seawall.twin.run import Run


def count_attendance(run: Run) -> None:
    """Count who is away through limits and who lives at work, by district of the place; each once.

    At a place the limit of its sector or stage keeps a share away, and of the others the limit of where they live
    keeps a share at home, as in the loop over contacts; who lives at work is there already. Who cannot come anyway is
    not counted.
    """
    levers, tally, day = run.levers, run.tally, run.state.day
    if not (levers.closed_loop > 0).any() and all(limit.what == "contacts" for limit in levers.limits):
        return
    if run.able is None:
        run.able = AbleToCome(run.state)
    run.able.follow()
    run.able.regroup(_home_limits(run))
    shape = run.state.world.roll.rows, run.map.blocks
    found = np.zeros((3, tally.districts, shape[0]))
    lost = _lost(run, "work", levers.sectors), _lost(run, "school", len(STAGES))
    _count(
        run.able.counts.reshape(-1, *shape),
        run.able.limits,
        np.concatenate([levers.attendance, levers.schooling]),
        np.concatenate(lost),
        levers.closed_loop,
        run.state.world.ground.district_of_block,
        *found,
    )
    away, gone, living = found
    tally.limited[day], tally.school_away[day] = np.split(away, [levers.sectors], axis=1)
    tally.limited_lost[day], tally.school_lost[day] = np.split(gone, [levers.sectors], axis=1)
    tally.loop[day] = living[:, : levers.sectors]


@numba.njit(cache=True, nogil=True)
def _count(
    counts: np.ndarray,
    limits: np.ndarray,
    left: np.ndarray,
    lost: np.ndarray,
    closed_loop: np.ndarray,
    district_of_block: np.ndarray,
    away: np.ndarray,
    gone: np.ndarray,
    living: np.ndarray,
) -> None:
    """Sum up who is able to come over blocks and groups.

    Args:
        counts: int32, shape (group, row, block). Who is able to come.
        limits: float64, shape (group, `HOME_LIMITS`).
        left, lost: float64, shape (row, block). What the limit of the place leaves, and the share of the rest lost.
        closed_loop: float64, shape (sector, block).
        district_of_block: int32, shape (block,).
        away, gone, living: float64, shape (district, row). Added to: kept away, days lost, living at work.
    """
    groups, rows, blocks = counts.shape
    sectors = closed_loop.shape[0]
    for row in range(rows):
        column = 0 if row < sectors else 2
        for block in range(blocks):
            many, at_home, lost_at_home = 0, 0.0, 0.0
            for group in range(groups):
                able = counts[group, row, block]
                many += able
                home = able * (1 - limits[group, column])
                at_home += home
                lost_at_home += home * limits[group, column + 1]
            open_for = left[row, block]
            loop = min(open_for, closed_loop[row, block]) if row < sectors else 0.0
            by_place, district = many * (1 - open_for), district_of_block[block]
            away[district, row] += by_place + (open_for - loop) * at_home
            gone[district, row] += by_place * lost[row, block] + (open_for - loop) * lost_at_home
            living[district, row] += many * loop


def _home_limits(run: Run) -> np.ndarray:
    """What limits leave of work where people live and which share of the rest is lost, and the same of school."""
    found = np.ones((run.map.blocks, HOME_LIMITS))
    for at, what, layer in ((0, "work", WORK), (2, "school", SCHOOL)):
        mine = [limit for limit in run.levers.limits if limit.what == what and limit.at_home]
        if mine:
            found[:, at] = run.levers.contact[layer]
            found[:, at + 1] = lost_to_strictest(mine, 1, run.map.blocks)[0]
    return found


def _lost(run: Run, what: str, kinds: int) -> np.ndarray:
    mine = [limit for limit in run.levers.limits if limit.what == what and not limit.at_home]
    return lost_to_strictest(mine, kinds, run.map.blocks)


def lost_to_strictest(limits: Sequence[Limit], kinds: int, blocks: int) -> np.ndarray:
    """Share of a day that is lost to who stays away, as the strictest limit has it, float64, shape (kind, block).

    Of two that are equally strict the one that loses more counts. Where there is no limit it is any number.
    """
    shares = {limit.lost for limit in limits} or {1.0}
    if len(shares) == 1:
        return np.full((kinds, blocks), shares.pop())
    left, lost = np.ones((kinds, blocks)), np.zeros((kinds, blocks))
    for limit in limits:
        concerned = limit.blocks & (np.isin(np.arange(kinds), limit.kinds) | limit.at_home)[:, None]
        stricter = concerned & (limit.left < left)
        stricter |= concerned & (limit.left == left) & (limit.lost > lost)
        left[stricter], lost[stricter] = limit.left, limit.lost
    return lost
