"""What follows a positive result: report, isolation, tracing, quarantine of contacts."""

from __future__ import annotations

import numpy as np

from seawall.measures.levers import Isolation, Quarantine, Tracing
from seawall.twin.confinement import confine
from seawall.twin.keyed import ACROSS, COMPLIES, FOUND, MEET, SECOND_RING, TREATED, base, units_of
from seawall.twin.run import Run
from seawall.twin.state import EMPTY_ROWS
from seawall.twin.tally import REASONS
from seawall.twin.tracing import contacts_of, once

LONGEST_BACK = 21
"""Days before a result that tracing can ask about at most."""


def results(run: Run) -> None:
    """The results of today come in: cases are reported, isolated, asked whom they met, and treated."""
    state = run.state
    rows = state.results.due(state.day, EMPTY_ROWS)
    if not rows.size:
        return
    rows = np.sort(rows)
    _report(run, rows)
    _isolate(run, rows)
    _treat(run, rows)
    left = rows
    for lever in run.levers.tracing:
        left = _trace(run, lever, left)


def _report(run: Run, rows: np.ndarray) -> None:
    state, tally = run.state, run.tally
    when = state.day + run.reporting_days(rows)
    state.findings.report[rows] = when
    block = state.world.ground.block[state.infected.person[rows]]
    inside = when < run.days
    np.add.at(tally.reports, (when[inside], block[inside]), 1)
    held = inside & state.findings.in_control[rows]
    np.add.at(tally.in_control, (when[held], block[held]), 1)
    elsewhere = inside & (state.infected.layer[rows] == 255)
    np.add.at(tally.imported, (when[elsewhere], block[elsewhere]), 1)


def _isolate(run: Run, rows: np.ndarray) -> None:
    state = run.state
    for lever in run.levers.isolation:
        people = state.infected.person[rows].astype(np.int64)
        mine = lever.blocks[state.world.ground.block[people]]
        _kept_apart(run, lever, rows[mine], people[mine])


def _kept_apart(run: Run, lever: Isolation, rows: np.ndarray, people: np.ndarray) -> None:
    state = run.state
    day = state.day
    begins = day + lever.delay_days
    complies = units_of(base(state.seed, COMPLIES), people) < lever.adherence
    if lever.delay_days > 0:
        number = np.full(people.size, run.burden.number(lever.measure))
        entry = np.column_stack([people, np.full(people.size, begins + lever.days), number])
        entry = np.column_stack([entry, np.full(people.size, lever.where), complies.astype(np.int64)])
        state.told.write(begins, entry)
        state.findings.isolated[rows] = begins
        return
    kept = confine(
        state,
        run.burden,
        run.rooms,
        people=people,
        until=np.full(people.size, day + lever.days),
        where=lever.where,
        measure=run.burden.number(lever.measure),
        free_rooms=rooms_of(run),
        complies=complies,
    )
    state.findings.isolated[rows[kept]] = day


def rooms_of(run: Run) -> float:
    """Rooms at quarantine and isolation sites today."""
    return float(run.map.capacity.get("rooms", 0.0)) + run.levers.rooms


def _treat(run: Run, rows: np.ndarray) -> None:
    """Treatment keeps some of those who would need a bed from needing one."""
    state = run.state
    for lever in run.levers.treatment:
        people = state.infected.person[rows].astype(np.int64)
        age = state.world.ground.age[people]
        luck = units_of(base(state.seed, TREATED), people)
        offered = (age >= lever.ages[0]) & (age <= lever.ages[1]) & (luck < lever.reach)
        offered &= np.cumsum(offered) <= lever.courses
        run.burden.add_people(run.burden.number(lever.measure), "treatments", state.day, people[offered])
        saved = offered & (luck < lever.reach * lever.effect)
        ahead = state.infected.day[rows].astype(np.int64) + state.illness.admission[rows] > state.day
        state.illness.need[rows[saved & ahead]] = 0


def _trace(run: Run, lever: Tracing, rows: np.ndarray) -> np.ndarray:
    """Find the contacts of as many cases as staff can follow up; gives back the cases left for the next lever."""
    state, ground = run.state, run.state.world.ground
    people = state.infected.person[rows].astype(np.int64)
    mine = lever.blocks[ground.block[people]]
    order = np.cumsum(mine)
    taken = rows[mine & (order <= lever.cases_a_day)]
    late = people[mine & (order > lever.cases_a_day)]
    number = run.burden.number(lever.measure)
    run.burden.add_people(number, "untraced", state.day, late)
    rest = rows[~mine]
    if not taken.size:
        return np.asarray(rest)
    keys_from = state.day - LONGEST_BACK
    days = range(keys_from, state.day)
    meet = np.array([base(state.seed, MEET, day) for day in days], dtype=np.uint64)
    across = np.array([base(state.seed, ACROSS, day) for day in days], dtype=np.uint64)
    specimen = state.findings.specimen[taken].astype(np.int64)
    onset = state.infected.day[taken].astype(np.int64) + state.infected.run[taken]
    onset = np.where(state.infected.run[taken] > 0, onset, specimen)
    asked_from = np.maximum(np.minimum(specimen, onset) - lever.days_back, keys_from)
    room = 64 * taken.size + 1024
    while True:
        contact, last = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
        layer, case = np.empty(room, dtype=np.uint8), np.empty(room, dtype=np.int64)
        many = contacts_of(
            ground,
            state.infected,
            taken,
            state.day,
            asked_from,
            meet,
            across,
            keys_from,
            lever.p_find,
            run.levers.contact,
            base(state.seed, FOUND),
            contact,
            last,
            layer,
            case,
        )
        if many <= room:
            break
        room = many
    contact, last, layer, case = contact[:many], last[:many], layer[:many], case[:many]
    if run.keep_edges:
        run.edges.append(np.column_stack([taken[case], contact, layer, last]))
    first_ring, last_day = once(contact, last)
    run.burden.add_people(number, "traced", state.day, first_ring)
    due = state.day + lever.delay_days
    state.told.write(due, _entry(first_ring, last_day, 1, number))
    if lever.second_ring > 0:
        second, when = _households(run, first_ring, last_day, lever.second_ring)
        run.burden.add_people(number, "traced", state.day, second)
        state.told.write(due, _entry(second, when, 2, number))
    return np.asarray(rest)


def _entry(people: np.ndarray, last_day: np.ndarray, ring: int, number: int) -> np.ndarray:
    size = people.size
    return np.column_stack([people, last_day, np.full(size, number), np.full(size, -ring), np.zeros(size, np.int64)])


def _households(run: Run, people: np.ndarray, last_day: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Household members of these people who are found, and who are not among them."""
    state = run.state
    home = state.world.ground.household[people]
    size, begin = (home & 15).astype(np.int64), people - (home >> 4)
    members = np.repeat(begin - np.cumsum(size) + size, size) + np.arange(size.sum())
    when = np.repeat(last_day, size)
    found = units_of(base(state.seed, SECOND_RING), members) < share
    members, when = once(members[found], when[found])
    new = ~np.isin(members, people)
    return members[new], when[new]


def tell_contacts(run: Run) -> None:
    """Contacts who are reached today are kept apart and tested; cases whose isolation was delayed go into it.

    An entry of the calendar is person, day (last contact, or end of isolation), number of the measure, minus the ring
    (or where a case is isolated), and whether a case complies.
    """
    state = run.state
    due = state.told.due(state.day, np.zeros((0, 5), dtype=np.int64))
    if not due.shape[0]:
        return
    for where in (1, 2):
        cases = due[due[:, 3] == where]
        for number in np.unique(cases[:, 2]).tolist():
            part = cases[cases[:, 2] == number]
            people, ends = once(part[:, 0], part[:, 1])
            complies = np.isin(people, part[part[:, 4] == 1, 0])
            confine(
                state,
                run.burden,
                run.rooms,
                people=people,
                until=ends,
                where=where,
                measure=number,
                free_rooms=rooms_of(run),
                complies=complies,
            )
    for ring in (1, 2):
        part = due[due[:, 3] == -ring]
        if part.shape[0]:
            people, last_day = once(part[:, 0], part[:, 1])
            for lever in run.levers.quarantine:
                mine = lever.blocks[state.world.ground.block[people]]
                _quarantine(run, lever, people[mine], last_day[mine], ring)


def _quarantine(run: Run, lever: Quarantine, people: np.ndarray, last_day: np.ndarray, ring: int) -> None:
    state = run.state
    days = lever.days if ring == 1 else lever.second_days
    if days <= 0 or not people.size:
        return
    number = run.burden.number(lever.measure)
    until = last_day + 1 + days
    kept = confine(
        state,
        run.burden,
        run.rooms,
        people=people,
        until=until,
        where=lever.where,
        measure=number,
        free_rooms=rooms_of(run),
        complies=units_of(base(state.seed, COMPLIES), people) < lever.adherence,
    )
    if not lever.test_days:
        return
    tested = people[kept]
    entry = np.column_stack(
        [
            tested,
            np.full(tested.size, lever.kind),
            np.full(tested.size, lever.turnaround_days),
            np.full(tested.size, REASONS.index("contact")),
            np.full(tested.size, number),
        ]
    )
    for day in lever.test_days:
        when = state.day + day
        state.tests_due.write(when + 1 if day == 0 else when, entry[until[kept] >= when])
