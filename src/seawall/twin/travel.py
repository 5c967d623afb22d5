"""Arrivals: who comes infected, who is stopped on the way or found at the station, who stays apart."""

from __future__ import annotations

import math

import numpy as np

from seawall.measures.levers import Arrivals
from seawall.twin.confinement import confine
from seawall.twin.keyed import COMPLIES, TEST_RESULT, TRAVELLER, TRAVELLER_COURSE, base, slot_of, units_of
from seawall.twin.respond import rooms_of
from seawall.twin.run import Run
from seawall.twin.state import ELSEWHERE, FOUND_BY
from seawall.twin.tally import REASONS

TRIES = 64
"""How many residents are tried for an infected arrival before it is taken for one who was infected before."""


def arrive(run: Run) -> None:
    """Let today's travellers come, from every origin of the day."""
    for lever in run.levers.arrivals:
        _arrive(run, lever, slot_of(lever.measure))


def poisson(u: float, mean: float) -> int:
    """Number at this quantile of a Poisson; by the normal beyond a mean of 500."""
    if mean > 500:
        from scipy.special import ndtri

        return max(0, round(mean + math.sqrt(mean) * float(ndtri(min(max(u, 1e-12), 1 - 1e-12)))))
    term, total, number = math.exp(-mean), math.exp(-mean), 0
    while u >= total and number < 2000:
        number += 1
        term *= mean / number
        total += term
    return number


def _arrive(run: Run, lever: Arrivals, at: int) -> None:
    state, world = run.state, run.state.world
    day, number = state.day, run.burden.number(lever.measure)
    travellers = lever.travellers * (1 - lever.advised)
    for district, share in enumerate(lever.districts):
        run.burden.add_total(number, "advised", day, district, float(lever.travellers * lever.advised * share))
    key = base(state.seed, TRAVELLER, day)
    infected = poisson(float(units_of(key, np.array([at]), 1)[0]), travellers * lever.prevalence)
    slots = np.arange(infected)
    who = base(state.seed, TRAVELLER_COURSE, day)
    longest = world.course.longest_days
    tau = (units_of(who, np.full(infected, at), 4 * slots) * longest).astype(np.int64)
    sensitivity = world.course.sensitivity[lever.variant]
    tested_before = travellers if lever.test_before_days >= 0 else 0.0
    stopped = np.zeros(infected, dtype=bool)
    if lever.test_before_days >= 0:
        then = tau - lever.test_before_days
        chance = np.where(then >= 0, sensitivity[lever.before_kind][np.clip(then, 0, sensitivity.shape[1] - 1)], 0.0)
        stopped = units_of(who, np.full(infected, at), 4 * slots + 1) < chance
    _each_district(run, lever, number, "tests", tested_before)
    _each_district(run, lever, number, "stopped", float(stopped.sum()))
    coming = travellers - stopped.sum()
    people, kept = _residents(run, lever, at, int((~stopped).sum()))
    days = (day - tau[~stopped][kept]).astype(np.int16)
    first, last = run.infect(
        people,
        layer=ELSEWHERE,
        variant=np.full(people.size, lever.variant, dtype=np.uint8),
        days=days,
    )
    rows = np.arange(first, last)
    found = _at_the_station(run, lever, rows, coming, number)
    if lever.stay_days > 0:
        _stay(run, lever, rows, coming, number)
    if lever.monitor_days > 0:
        _monitor(run, lever, rows, number)
    run.arrivals.append((day, lever.origin, lever.route, float(coming), float(found), float(rows.size)))


def _residents(run: Run, lever: Arrivals, at: int, many: int) -> tuple[np.ndarray, np.ndarray]:
    """A resident for each infected arrival: someone of the district, not infected lately and met once.

    Returns:
        Who, uint32, and which of the arrivals they are.
    """
    ground, state = run.state.world.ground, run.state
    cumulated = np.cumsum(lever.districts / lever.districts.sum())
    key = base(state.seed, TRAVELLER, state.day)
    blocks = np.searchsorted(ground.district_of_block, np.arange(cumulated.size + 1))
    chosen: dict[int, None] = {}
    kept: list[int] = []
    block_start = run.state.world.people.block_start
    for one in range(many):
        luck = units_of(key, np.full(TRIES, at), 2 + TRIES * one + np.arange(TRIES))
        district = int(np.searchsorted(cumulated, luck[0], side="right"))
        district = min(district, cumulated.size - 1)
        low, high = int(block_start[blocks[district]]), int(block_start[blocks[district + 1]])
        for u in luck[1:]:
            person = low + int(u * (high - low))
            open_ = high > low and run.tables["left"][state.history[person], lever.variant] > 0
            if open_ and person not in chosen:
                chosen[person] = None
                kept.append(one)
                break
    return np.array(list(chosen), dtype=np.uint32), np.array(kept, dtype=np.int64)


def _each_district(run: Run, lever: Arrivals, number: int, what: str, amount: float) -> None:
    if amount:
        for district, share in enumerate(lever.districts):
            run.burden.add_total(number, what, run.state.day, district, amount * float(share))


def _at_the_station(run: Run, lever: Arrivals, rows: np.ndarray, coming: float, number: int) -> int:
    """Test everybody on arrival; those found count as imported and in control."""
    if lever.test_on_arrival < 0:
        return 0
    state = run.state
    tau = state.day - state.infected.day[rows].astype(np.int64)
    chance = state.world.course.sensitivity[lever.variant][lever.test_on_arrival][
        np.clip(tau, 0, state.world.course.sensitivity.shape[2] - 1)
    ]
    luck = units_of(base(state.seed, TEST_RESULT, state.day), state.infected.person[rows], 999)
    found = rows[luck < chance]
    _each_district(run, lever, number, "tests", coming)
    _each_district(run, lever, number, "stopped", float(found.size))
    reason = REASONS.index("arrival")
    run.tally.tests[state.day, :, lever.test_on_arrival, reason] += coming * lever.districts
    district = state.world.ground.district_of_block[state.world.ground.block[state.infected.person[found]]]
    run.tally.positives[state.day, :, lever.test_on_arrival, reason] += np.bincount(
        district, minlength=run.tally.districts
    )
    run.find(found, FOUND_BY.index("arrival"), lever.turnaround_days, control=np.ones(found.size, dtype=bool))
    return int(found.size)


def _stay(run: Run, lever: Arrivals, rows: np.ndarray, coming: float, number: int) -> None:
    """Keep everybody apart for the stay; the infected one by one, the others as a number of days."""
    state = run.state
    people = state.infected.person[rows].astype(np.int64)
    kept = confine(
        state,
        run.burden,
        run.rooms,
        people=people,
        until=np.full(people.size, state.day + lever.stay_days),
        where=lever.where,
        measure=number,
        free_rooms=rooms_of(run),
        complies=units_of(base(state.seed, COMPLIES), people) < lever.adherence,
    )
    others = max(coming - rows.size, 0.0) * (1.0 if lever.where == 2 else lever.adherence)
    for day in range(state.day, state.day + lever.stay_days):
        for district, share in enumerate(lever.districts):
            run.burden.add_total(number, "stay_days", day, district, others * float(share))
    for day in lever.test_days:
        _each_district(run, lever, number, "tests", max(coming - rows.size, 0.0))
        _write_tests(run, lever, people[kept], state.day + day, number)


def _monitor(run: Run, lever: Arrivals, rows: np.ndarray, number: int) -> None:
    """Who falls ill within the days of monitoring is tested on that day."""
    state = run.state
    run_of = state.infected.run[rows].astype(np.int64)
    onset = state.infected.day[rows] + run_of
    watched = rows[(run_of > 0) & (onset >= state.day) & (onset < state.day + lever.monitor_days)]
    for row in watched.tolist():
        when = int(state.infected.day[row]) + int(state.infected.run[row])
        _write_tests(run, lever, state.infected.person[[row]].astype(np.int64), when, number)


def _write_tests(run: Run, lever: Arrivals, people: np.ndarray, day: int, number: int) -> None:
    size = people.size
    reason = REASONS.index("arrival")
    entry = [people, *(np.full(size, value) for value in (lever.kind, lever.turnaround_days, reason, number))]
    run.state.tests_due.write(max(day, run.state.day), np.column_stack(entry))
