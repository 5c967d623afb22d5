"""A day of the twin: the phases, in their order.

A phase reads the morning and writes the evening; within one everybody's next state follows from everybody's present
one, so the order of people cannot matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from seawall.measures.levers import Levers
from seawall.measures.today import Today
from seawall.twin.care import admit, into_intensive_care, leave
from seawall.twin.find import rounds_of_tests, routine_tests, tests_due, tests_of_the_ill
from seawall.twin.keyed import ACCEPT, ACROSS, EVENT, INFECTION, LIVES_AT_WORK, MEET, base
from seawall.twin.limits import count_limits
from seawall.twin.respond import results, tell_contacts
from seawall.twin.run import Run, pack
from seawall.twin.spread import Keys, Morning, spread
from seawall.twin.travel import arrive
from seawall.twin.vaccinate import give_doses

CHUNK = 1 << 15
"""Rows that one piece of work looks at; a fixed number, so that threads change nothing."""


def pull_levers(run: Run) -> None:
    """Every measure pulls its levers, knowing what the city has seen by this morning; the zones are drawn first."""
    state = run.state
    seen = run.seen()
    run.today = Today(date=run.date(), day=state.day, ground=run.map, seen=seen)
    drawn = run.strategy.zoning
    if run.zoning is None or drawn is None or not drawn.in_force(run.today):
        run.zones = None
    elif run.zones is None or drawn.days_on(run.today) % drawn.every_days == 0:
        run.zones = run.zoning(seen)
    run.today = replace(run.today, zones=run.zones)
    run.levers = Levers(blocks=run.map.blocks, sectors=len(run.map.sectors))
    run.strategy.pull(run.levers, run.today)
    if run.zones is not None:
        run.tables["tier_codes"] = np.array(run.zones.tiers)
        if run.tally.tiers is None:
            run.tally.tiers = np.full((run.days, run.map.blocks), -1, dtype=np.int8)
        run.tally.tiers[state.day] = run.zones.tier
    run.immunity(state.day)


def morning(run: Run) -> Morning:
    """What is so this morning, for the loops."""
    state, levers = run.state, run.levers
    at_home = np.array([run.behaviour.household_left, run.behaviour.others_left])
    limited = bool(
        (levers.contact < 1).any()
        or (levers.transmission < 1).any()
        or (levers.attendance < 1).any()
        or (levers.schooling < 1).any()
    )
    return Morning(
        day=state.day,
        history=state.history,
        confined=state.confined,
        left=run.tables["left"],
        contact=levers.contact,
        transmission=levers.transmission,
        attendance=levers.attendance,
        schooling=levers.schooling,
        closed_loop=levers.closed_loop,
        trips=float(levers.trips),
        at_home=at_home,
        limited=limited,
        any_confined=state.any_confined,
        any_loop=bool((levers.closed_loop > 0).any()),
        scale=float(run.scale[state.day]),
    )


def keys_of(seed: int, day: int) -> Keys:
    """Bases of the draws of a day's meetings and infections."""
    return Keys(
        infection=base(seed, INFECTION, day),
        event=base(seed, EVENT, day),
        accept=base(seed, ACCEPT, day),
        across=base(seed, ACROSS, day),
        meet=base(seed, MEET, day),
        lives_at_work=base(seed, LIVES_AT_WORK),
    )


def infections(run: Run) -> None:
    """The infectious meet people, and some of these are infected."""
    state = run.state
    state.oldest = _oldest(run)
    state.forget()
    now, keys = morning(run), keys_of(state.seed, state.day)
    world = state.world

    def work(first: int, last: int) -> np.ndarray:
        room = 2 * (last - first) + 256
        while True:
            target, source = np.empty(room, dtype=np.uint32), np.empty(room, dtype=np.int32)
            layer = np.empty(room, dtype=np.uint8)
            found = spread(world.ground, world.rates, now, keys, state.infected, first, last, target, source, layer)
            if found <= room:
                return pack(target[:found], source[:found], layer[:found])
            room = found

    if state.rows > state.oldest:
        hits = np.concatenate(run.in_chunks(work, state.oldest, state.rows, CHUNK))
        hits.sort()
        run.infect_by(hits)


def _oldest(run: Run) -> int:
    """First row that may still infect, be found, or have its tests read."""
    state = run.state
    keep = max(run.state.world.course.longest_days, run.state.world.course.sensitivity.shape[2])
    at = state.oldest
    while at < state.rows:
        step = min(4096, state.rows - at)
        young = state.infected.day[at : at + step].astype(np.int64) + keep > state.day
        if young.any():
            return at + int(np.argmax(young))
        at += step
    return at


PHASES: tuple[Callable[[Run], None], ...] = (
    pull_levers,
    give_doses,
    arrive,
    infections,
    rounds_of_tests,
    routine_tests,
    tests_of_the_ill,
    tests_due,
    results,
    tell_contacts,
    leave,
    admit,
    into_intensive_care,
    count_limits,
)
"""What happens in a day, in this order."""


def play_day(run: Run) -> None:
    """Play one day, and go on to the next."""
    for phase in PHASES:
        phase(run)
    run.state.day += 1
