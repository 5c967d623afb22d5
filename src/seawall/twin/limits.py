"""How many people today's limits concern, for each measure and together."""

from __future__ import annotations

import numpy as np

from seawall.city.layers import MIXING
from seawall.measures.levers import Limit
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
        living = (_workers(run) * levers.closed_loop).sum(axis=1)
        run.burden.add_sectors(number, "loop_days", run.state.day, living)


def _residents(run: Run, number: int, blocks: np.ndarray) -> None:
    out = np.zeros((run.tally.districts, run.tally.classes))
    np.add.at(out, run.state.world.ground.district_of_block[blocks], run.map.residents[blocks])
    run.burden.add(number, "limited_days", run.state.day, out)


def _weighed(run: Run, number: int) -> None:
    """Residents by how much of their contacts today's limits take: a city at half strength counts half."""
    taken = 1 - run.levers.contact[list(MIXING)].mean(axis=0)
    out = np.zeros((run.tally.districts, run.tally.classes))
    np.add.at(out, run.state.world.ground.district_of_block, run.map.residents * taken[:, None])
    run.burden.add(number, "weighed_days", run.state.day, out)


def _work(run: Run, number: int, limit: Limit) -> None:
    workers = _workers(run)
    lost = np.zeros(workers.shape[0])
    kinds = list(limit.kinds)
    lost[kinds] = workers[kinds][:, limit.blocks].sum(axis=1) * (1 - limit.left) * limit.lost
    run.burden.add_sectors(number, "lost_work_days", run.state.day, lost)


def _school(run: Run, number: int, limit: Limit) -> None:
    pupils = _members(run, "pupils", 1, 5)[list(limit.kinds)].sum(axis=0) * limit.blocks
    pupils = pupils * (1 - limit.left) * limit.lost
    for district in np.unique(run.state.world.ground.district_of_block[pupils > 0]).tolist():
        mine = run.state.world.ground.district_of_block == district
        run.burden.add_total(number, "lost_school_days", run.state.day, district, float(pupils[mine].sum()))


def _workers(run: Run) -> np.ndarray:
    return _members(run, "workers", 2, len(run.map.sectors))


def _members(run: Run, name: str, layer: int, kinds: int) -> np.ndarray:
    """Members of the places of a layer by kind and block of the place, float64, shape (kind, block); counted once."""
    if name not in run.queues:
        people = run.state.world.people
        at = np.nonzero((people.place_layer == layer) & (people.place_kind < kinds))[0]
        sizes = np.diff(people.place_start.astype(np.int64))
        found = np.zeros((kinds, run.map.blocks))
        np.add.at(found, (people.place_kind[at], people.place_block[at]), sizes[at])
        run.queues[name] = found
    return run.queues[name]
