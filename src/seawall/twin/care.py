"""Beds: who is admitted while there are any, who needs intensive care, who leaves and who dies."""

from __future__ import annotations

import numpy as np

from seawall.city.synth.people import AGE_CLASS
from seawall.twin.confinement import bury, confine, release
from seawall.twin.keyed import STAYS, base, bits_of
from seawall.twin.run import Run
from seawall.twin.spread import WARD
from seawall.twin.state import EMPTY_ROWS, FOUND_BY, NEVER

ILLNESS = 0
"""Number under which the burden of the illness itself is kept."""


def admit(run: Run) -> None:
    """Those who need a bed today get one while there are beds; the others stay at home, and more of them die.

    A person admitted who was not found yet is tested on admission, and found.
    """
    state = run.state
    rows = state.admissions.due(state.day, EMPTY_ROWS)
    rows = rows[state.illness.need[rows] > 0]
    if rows.size:
        rows = np.sort(rows)
        bed = np.arange(rows.size) < _free(run, "beds", run.levers.beds, _in_hospital(run))
        people = state.infected.person[rows].astype(np.int64)
        course = state.world.course
        word = bits_of(base(state.seed, STAYS), people)
        pick = [(word >> np.uint64(8 * byte) & np.uint64(255)).astype(np.int64) for byte in range(4)]
        need = state.illness.need[rows]
        dies = ((need & 4) > 0) | (((need & 8) > 0) & ~bed)
        stay = np.where(dies, course.admission_to_death[pick[0]], course.hospital_days[pick[1]]).astype(np.int64)
        stay = np.maximum(stay, 1)
        state.findings.admitted[rows[bed]] = state.day
        state.findings.died[rows] = dies
        run.burden.add_people(ILLNESS, "no_bed", state.day, people[~bed])
        run.find(rows[bed & (state.findings.specimen[rows] == NEVER)], FOUND_BY.index("symptoms"), 1)
        district = state.world.ground.district_of_block[state.world.ground.block[people[bed]]]
        run.tally.admissions[state.day] += np.bincount(district, minlength=run.tally.districts)
        run.tally.admissions_by_class[state.day] += np.bincount(
            AGE_CLASS[state.world.ground.age[people[bed]]], minlength=run.tally.classes
        )
        confine(
            state,
            run.burden,
            run.rooms,
            people=people[bed],
            until=state.day + stay[bed],
            where=WARD,
            measure=ILLNESS,
            free_rooms=0.0,
            complies=np.ones(int(bed.sum()), dtype=bool),
        )
        state.leaves.write(state.day + stay, rows)
        intensive = bed & ((need & 3) == 2)
        wait = np.minimum(course.admission_to_icu[pick[2]].astype(np.int64), np.maximum(stay - 1, 0))
        state.icu.write(state.day + wait[intensive], rows[intensive])
    run.tally.in_hospital[state.day] = _in_hospital(run)


def _free(run: Run, resource: str, added: float, in_use: int) -> float:
    """Beds left; without end where the folder does not say how many there are."""
    if resource not in run.map.capacity:
        return np.inf
    return max(int(run.map.capacity[resource] + added) - in_use, 0)


def _in_hospital(run: Run) -> int:
    """Patients in hospital now: admitted, and not gone yet."""
    admitted = int(run.tally.admissions[: run.state.day + 1].sum())
    return admitted - int(run.queues.get("left_hospital", np.zeros(1, dtype=np.int64))[0])


def into_intensive_care(run: Run) -> None:
    """Patients who need intensive care today get it while there are beds for it; others may die for want of it."""
    state = run.state
    rows = state.icu.due(state.day, EMPTY_ROWS)
    ends = run.queues.setdefault("icu_ends", np.zeros(run.days + 400, dtype=np.int64))
    in_use = int(ends[state.day + 1 :].sum())
    if rows.size:
        rows = np.sort(rows)
        bed = np.arange(rows.size) < _free(run, "icu_beds", run.levers.icu_beds, in_use)
        people = state.infected.person[rows].astype(np.int64)
        pick = (bits_of(base(state.seed, STAYS), people) >> np.uint64(32) & np.uint64(255)).astype(np.int64)
        stay = np.maximum(state.world.course.icu_days[pick].astype(np.int64), 1)
        state.findings.in_icu[rows[bed]] = state.day
        np.add.at(ends, np.minimum(state.day + stay[bed], ends.size - 1), 1)
        district = state.world.ground.district_of_block[state.world.ground.block[people[bed]]]
        run.tally.icu[state.day] += np.bincount(district, minlength=run.tally.districts)
        run.burden.span(
            ILLNESS,
            "icu_days",
            people[bed],
            np.full(int(bed.sum()), state.day),
            state.day + stay[bed],
            1,
            absence=False,
        )
        run.burden.add_people(ILLNESS, "no_icu", state.day, people[~bed])
        state.findings.died[rows[~bed & ((state.illness.need[rows] & 8) > 0)]] = True
    run.tally.in_icu[state.day] = int(ends[state.day + 1 :].sum())


def leave(run: Run) -> None:
    """Those whose stay ends today go home or have died."""
    state = run.state
    rows = state.leaves.due(state.day, EMPTY_ROWS)
    if not rows.size:
        return
    rows = np.sort(rows)
    findings = state.findings
    findings.left[rows] = state.day
    people = state.infected.person[rows].astype(np.int64)
    died = findings.died[rows]
    from_bed = findings.admitted[rows] != NEVER
    gone = run.queues.setdefault("left_hospital", np.zeros(1, dtype=np.int64))
    gone += int(from_bed.sum())
    district = state.world.ground.district_of_block[state.world.ground.block[people[died]]]
    run.tally.deaths[state.day] += np.bincount(district, minlength=run.tally.districts)
    run.tally.deaths_by_class[state.day] += np.bincount(
        AGE_CLASS[state.world.ground.age[people[died]]], minlength=run.tally.classes
    )
    bury(state, run.burden, run.rooms, people[died])
    release(state, run.burden, run.rooms, people[~died & from_bed])
