"""The city looks for the infected: rounds of tests, routine tests, tests of the ill, tests that are due."""

from __future__ import annotations

import numpy as np

from seawall.city.layers import KEY_GROUPS
from seawall.city.synth.people import AGE_CLASS
from seawall.disease.course import PCR_POOLED
from seawall.twin.behaviour import geometric_days
from seawall.twin.keyed import CALLED, SEEKS_TEST, SEEKS_WHEN, TEST_RESULT, TURNS_UP, base, bits_of, slot_of
from seawall.twin.run import Run
from seawall.twin.state import FOUND_BY, NEVER
from seawall.twin.tally import REASONS
from seawall.twin.testing import test_groups, test_ill, test_round

ROUND, ROUTINE, ILL, DUE = range(4)
"""Kinds of draws, so that tests of two kinds do not share theirs."""


def rounds_of_tests(run: Run) -> None:
    """Everybody in an area who is called today."""
    state, world = run.state, run.state.world
    found = np.empty(state.rows - state.oldest, dtype=np.int64)
    for lever in run.levers.rounds:
        if lever.share <= 0 or not lever.blocks.any():
            continue
        many = test_round(
            world.ground,
            state.infected,
            state.findings.specimen,
            world.course.sensitivity,
            state.oldest,
            state.rows,
            state.day,
            lever.blocks,
            lever.ages,
            lever.first,
            lever.first + lever.share,
            lever.missed,
            lever.kind,
            base(state.seed, CALLED),
            base(state.seed, TURNS_UP),
            base(state.seed, TEST_RESULT, state.day),
            slot_of(lever.measure, ROUND),
            found,
        )
        rows = found[:many].copy()
        residents = _of_ages(run, lever.ages)
        tested = _by_district(run, (residents * lever.blocks[:, None])) * lever.share * (1 - lever.missed)
        _count_tests(run, lever.measure, lever.kind, "screening", tested, rows, lever.pool)
        run.find(rows, FOUND_BY.index("screening"), lever.turnaround_days)


def routine_tests(run: Run) -> None:
    """Workers of key groups, each on their own days."""
    state, world = run.state, run.state.world
    found = np.empty(state.rows - state.oldest, dtype=np.int64)
    for lever in run.levers.routine:
        groups = np.zeros(len(KEY_GROUPS), dtype=bool)
        groups[list(lever.groups)] = True
        many = test_groups(
            world.ground,
            world.people.place_group,
            state.infected,
            state.findings.specimen,
            world.course.sensitivity,
            state.oldest,
            state.rows,
            state.day,
            lever.blocks,
            groups,
            lever.every_days,
            lever.missed,
            lever.kind,
            base(state.seed, CALLED),
            base(state.seed, TURNS_UP, state.day),
            base(state.seed, TEST_RESULT, state.day),
            slot_of(lever.measure, ROUTINE),
            found,
        )
        rows = found[:many].copy()
        if "group_sizes" not in run.queues:
            run.queues["group_sizes"] = world.people.group_sizes(len(KEY_GROUPS))
        workers = (run.queues["group_sizes"][list(lever.groups)] * lever.blocks).sum(axis=0)
        tested = np.zeros((len(world.people.district_ids), world.ground.order_start.shape[1]))
        np.add.at(tested[:, 0], world.ground.district_of_block, workers / lever.every_days * (1 - lever.missed))
        _count_tests(run, lever.measure, lever.kind, "key_group", tested, rows, lever.pool, ages=False)
        run.find(rows, FOUND_BY.index("key_group"), lever.turnaround_days)


def tests_of_the_ill(run: Run) -> None:
    """Those who fell ill and seek a test today, and those who test themselves."""
    state, world = run.state, run.state.world
    found = np.empty(state.rows - state.oldest, dtype=np.int64)
    for lever in run.levers.symptom:
        counted = np.zeros(run.map.blocks, dtype=np.int64)
        many = test_ill(
            world.ground,
            state.infected,
            state.findings.specimen,
            world.course.sensitivity,
            state.oldest,
            state.rows,
            state.day,
            lever.blocks,
            lever.p_seek,
            geometric_days(lever.delay_days),
            lever.kind,
            lever.p_report,
            base(state.seed, SEEKS_TEST),
            base(state.seed, SEEKS_WHEN),
            base(state.seed, TURNS_UP),
            base(state.seed, TEST_RESULT, state.day),
            slot_of(lever.measure, ILL),
            found,
            counted,
        )
        rows = found[:many].copy()
        others = run.map.residents.sum(axis=1) * (lever.others_per_100k_a_day / 1e5) * lever.blocks
        tested = np.zeros((len(world.people.district_ids), world.ground.order_start.shape[1]))
        np.add.at(tested[:, 0], world.ground.district_of_block, others + counted)
        _count_tests(run, lever.measure, lever.kind, "symptoms", tested, rows, 1, ages=False)
        by = "self_test" if lever.p_report < 1 else "symptoms"
        run.find(rows, FOUND_BY.index(by), lever.turnaround_days)


def tests_due(run: Run) -> None:
    """Contacts and travellers on the days on which they are tested.

    An entry of the calendar is person, kind of test, turnaround in days, reason and number of the measure.
    """
    state, world = run.state, run.state.world
    due = state.tests_due.due(state.day, np.zeros((0, 5), dtype=np.int64))
    if not due.shape[0]:
        return
    _, first = np.unique(due[:, 0], return_index=True)
    due = due[first]
    rows = state.rows_of(due[:, 0])
    infected = rows >= 0
    row = np.where(infected, rows, 0)
    tau = state.day - state.infected.day[row].astype(np.int64)
    longest = world.course.sensitivity.shape[2]
    open_ = infected & (state.findings.specimen[row] == NEVER) & (tau >= 0) & (tau < longest)
    chance = world.course.sensitivity[state.infected.variant[row], due[:, 1], np.clip(tau, 0, longest - 1)]
    luck = bits_of(base(state.seed, TEST_RESULT, state.day), due[:, 0], slot_of("", DUE))
    positive = open_ & ((luck >> np.uint64(11)).astype(np.float64) * 2.0**-53 < chance)
    code = ((due[:, 1] * 64 + due[:, 2]) * 16 + due[:, 3]) * 4096 + due[:, 4]
    for one in np.unique(code).tolist():
        rest, measure = divmod(one, 4096)
        rest, reason = divmod(rest, 16)
        kind, turnaround = divmod(rest, 64)
        mine = code == one
        tested = _people_by_class(run, due[mine, 0])
        found = rows[mine & positive]
        _count_tests(run, run.burden.measures[measure], kind, REASONS[reason], tested, found, 1)
        run.find(found, FOUND_BY.index(REASONS[reason]), turnaround)


def _count_tests(
    run: Run,
    measure: str,
    kind: int,
    reason: str,
    tested: np.ndarray,
    rows: np.ndarray,
    pool: int,
    *,
    ages: bool = True,
) -> None:
    """Count tests by district and class (or by district alone), positives, and the burden of both."""
    state, burden, tally = run.state, run.burden, run.tally
    at = REASONS.index(reason)
    number = burden.number(measure)
    by_district = tested.sum(axis=1)
    tally.tests[state.day, :, kind, at] += by_district
    people = state.infected.person[rows]
    district = state.world.ground.district_of_block[state.world.ground.block[people]]
    positives = np.bincount(district, minlength=by_district.size)
    tally.positives[state.day, :, kind, at] += positives
    if ages:
        burden.add(number, "tests", state.day, tested)
    specificity = float(state.world.course.specificity[kind])
    for where, (many, found) in enumerate(zip(by_district, positives, strict=True)):
        if not ages:
            burden.add_total(number, "tests", state.day, where, float(many))
        again = pool * min(float(found), many / pool) if kind == PCR_POOLED and pool > 1 else 0.0
        burden.add_total(number, "assays", state.day, where, float(many) / max(pool, 1) + again)
        burden.add_total(number, "false_alarms", state.day, where, float(many - found) * (1 - specificity))


def _of_ages(run: Run, ages: tuple[int, int]) -> np.ndarray:
    """Residents of these ages, float64, shape (block, class); a class cut by the ages counts by its share."""
    low = np.array([int(np.argmax(cls == AGE_CLASS)) for cls in range(run.map.residents.shape[1])])
    high = np.append(low[1:], 101)
    inside = np.clip(np.minimum(high, ages[1] + 1) - np.maximum(low, ages[0]), 0, None) / (high - low)
    return np.asarray(run.map.residents * inside)


def _by_district(run: Run, by_block: np.ndarray) -> np.ndarray:
    """Sums over blocks by district, float64, shape (district, class)."""
    out = np.zeros((len(run.state.world.people.district_ids), by_block.shape[1]))
    np.add.at(out, run.state.world.ground.district_of_block, by_block)
    return out


def _people_by_class(run: Run, people: np.ndarray) -> np.ndarray:
    """How many of these people live in each district and are of each class, float64, shape (district, class)."""
    ground = run.state.world.ground
    out = np.zeros((len(run.state.world.people.district_ids), run.map.residents.shape[1]))
    np.add.at(out, (ground.district_of_block[ground.block[people]], AGE_CLASS[ground.age[people]]), 1)
    return out
