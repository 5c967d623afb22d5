"""How many people today's limits concern, for each measure and together."""

from __future__ import annotations

import numpy as np

from seawall.city.layers import MIXING
from seawall.measures.levers import Limit
from seawall.twin.attendance import count_attendance
from seawall.twin.run import Run

ALL = "all measures"
"""Name under which people limited by any measure are counted once."""


def count_limits(run: Run) -> None:
    """Count residents under limits, work and schooling not done, workers who live at work."""
    levers = run.levers
    if not levers.limits and not (levers.closed_loop > 0).any():
        return
    limited = np.zeros(run.map.blocks, dtype=bool)
    for limit in levers.limits:
        number = run.burden.number(limit.measure)
        if limit.what == "contacts":
            limited |= limit.blocks
            _residents(run, number, limit.blocks)
        elif limit.what == "work":
            _work(run, number, limit)
        else:
            _school(run, number, limit)
    number = run.burden.number(ALL)
    if limited.any():
        _residents(run, number, limited)
        _weighed(run, number)
    if (levers.closed_loop > 0).any():
        workers = run.state.world.roll.by_place[: levers.sectors]
        run.burden.add_sectors(number, "loop_days", run.state.day, (workers * levers.closed_loop).sum(axis=1))
    count_attendance(run)
    run.burden.add_sectors(number, "lost_work_days", run.state.day, run.tally.limited_lost[run.state.day].sum(axis=0))
    for district, lost in enumerate(run.tally.school_lost[run.state.day].sum(axis=1).tolist()):
        run.burden.add_total(number, "lost_school_days", run.state.day, district, lost)


def _residents(run: Run, number: int, blocks: np.ndarray) -> None:
    _add_people(run, number, "limited_days", run.map.residents * blocks[:, None])


def _weighed(run: Run, number: int) -> None:
    """Residents by how much of their contacts today's limits take: a city at half strength counts half."""
    taken = 1 - run.levers.contact[list(MIXING)].mean(axis=0)
    _add_people(run, number, "weighed_days", run.map.residents * taken[:, None])


def _add_people(run: Run, number: int, what: str, amounts: np.ndarray) -> None:
    """Add amounts by block and age class to the burden by district; blocks lie by district."""
    first, district = run.state.world.roll.districts
    found = np.zeros((run.tally.districts, run.tally.classes))
    found[district] = np.add.reduceat(amounts, first, axis=0)
    run.burden.add(number, what, run.state.day, found)


def _work(run: Run, number: int, limit: Limit) -> None:
    lost = _members(run, limit) @ limit.blocks.astype(float) * (1 - limit.left) * limit.lost
    out = np.zeros(run.levers.sectors)
    out[list(limit.kinds) or slice(None)] = lost
    run.burden.add_sectors(number, "lost_work_days", run.state.day, out)


def _school(run: Run, number: int, limit: Limit) -> None:
    pupils = _members(run, limit).sum(axis=0) * limit.blocks * (1 - limit.left) * limit.lost
    for district in np.unique(run.state.world.ground.district_of_block[pupils > 0]).tolist():
        mine = run.state.world.ground.district_of_block == district
        run.burden.add_total(number, "lost_school_days", run.state.day, district, float(pupils[mine].sum()))


def _members(run: Run, limit: Limit) -> np.ndarray:
    """Workers or pupils of the kinds that a limit concerns, float64, shape (kind, block of the limit)."""
    roll = run.state.world.roll
    members = roll.by_home(limit.blocks) if limit.at_home else roll.by_place
    kinds = members[: roll.sectors] if limit.what == "work" else members[roll.sectors :]
    return np.asarray(kinds if limit.at_home else kinds[list(limit.kinds)])
