"""Doses: who is offered one, who accepts, who gets it today."""

from __future__ import annotations

import numpy as np

from seawall.measures.levers import Doses
from seawall.twin.keyed import ACCEPTS_DOSE, DOSE_ORDER, base, bits_of, units_of
from seawall.twin.run import Run
from seawall.twin.spread import GONE


def give_doses(run: Run) -> None:
    """Give today's doses, in an order drawn once, the same for all measures."""
    for lever in run.levers.doses:
        queue = _queue(run, lever)
        people = queue[:0]
        wanted = int(lever.doses)
        taken = 0
        while people.size < wanted and taken < queue.size:
            step = queue[taken : taken + max(2 * wanted, 1024)]
            ready = step[_ready(run, lever, step)]
            short = wanted - people.size
            if ready.size > short:
                last = int(np.nonzero(np.isin(step, ready[short - 1]))[0][0])
                ready, step = ready[:short], step[: last + 1]
            people = np.concatenate([people, ready])
            taken += step.size
        _keep_rest(run, lever, queue, taken)
        if not people.size:
            continue
        number = run.burden.number(lever.measure)
        had = run.doses_of(people)
        run.burden.add_people(number, "doses", run.state.day, people)
        run.doses.append((run.state.day, people.astype(np.uint32), number, lever.product, had.astype(np.uint8)))
        run.dosed(people, lever.product)


def _queue(run: Run, lever: Doses) -> np.ndarray:
    """Everybody whom the measure may offer a dose, in their order; made on the measure's first day."""
    name = f"doses {lever.measure}"
    if name not in run.queues:
        people, seed = run.state.world.people, run.state.seed
        offered = (people.age >= lever.ages[0]) & (people.age <= lever.ages[1])
        if lever.groups:
            has = people.place != np.uint32(0xFFFFFFFF)
            group = np.where(has, people.place_group[np.where(has, people.place, 0)], 255)
            offered &= np.isin(group, lever.groups)
        who = np.nonzero(offered)[0].astype(np.uint32)
        who = who[units_of(base(seed, ACCEPTS_DOSE), who) < lever.uptake]
        rank = bits_of(base(seed, DOSE_ORDER), who)
        run.queues[name] = who[np.argsort(rank, kind="stable")]
    return run.queues[name]


def _ready(run: Run, lever: Doses, people: np.ndarray) -> np.ndarray:
    """Who of these lives where doses are given, has had so many before, and is alive."""
    here = lever.blocks[run.state.world.ground.block[people]]
    return np.asarray(here & (run.doses_of(people) == lever.from_doses) & (run.state.confined[people] != GONE))


def _keep_rest(run: Run, lever: Doses, queue: np.ndarray, taken: int) -> None:
    """Leave in the queue whom today did not come to, who lives elsewhere, and who still has too few doses.

    Those who have had more doses than are asked for, and the dead, never come back.
    """
    passed = queue[:taken]
    later = ~lever.blocks[run.state.world.ground.block[passed]] | (run.doses_of(passed) < lever.from_doses)
    run.queues[f"doses {lever.measure}"] = np.concatenate([passed[later], queue[taken:]])
