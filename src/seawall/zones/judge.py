"""From the values of indicators to a tier, and from day to day: thresholds, persistence, hysteresis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from seawall.zones.ruleset import Clause, Judging, RuleSet

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ranks = npt.NDArray[np.int16]

NOT_JUDGED = -1
"""Rank of an area that cannot be judged, because inputs are missing or too little was tested."""


def any_holds(clauses: Sequence[Clause], values: Mapping[str, Floats]) -> Bools:
    """Where at least one clause holds with all its conditions."""
    shape = next(iter(values.values())).shape
    held: Bools = np.zeros(shape, dtype=bool)
    for clause in clauses:
        together: Bools = np.ones(shape, dtype=bool)
        for condition in clause:
            together &= condition.holds(values[condition.name])
        held |= together
    return held


def filled(judged: Judging, values: Mapping[str, Floats]) -> tuple[dict[str, Floats], Bools]:
    """The values that conditions read, and where they are enough to judge.

    An optional indicator that is missing speaks for no stricter tier: it stands at minus infinity (at
    plus infinity where more is better). Grades are added under their own names.

    Args:
        judged: the rule's indicators and grades.
        values: indicator to values, all of one shape; NaN is missing.

    Returns:
        Indicators and grades by name; bool, where everything needed is known.
    """
    shape = next(iter(values.values())).shape
    enough: Bools = np.ones(shape, dtype=bool)
    full: dict[str, Floats] = {}
    for key, indicator in judged.indicators.items():
        unknown = np.isnan(values[key])
        if indicator.optional:
            full[key] = np.where(unknown, -np.inf if indicator.more_is_worse else np.inf, values[key])
        else:
            full[key] = values[key]
            enough &= ~unknown
    for group in judged.needs:
        enough &= ~np.all([np.isnan(values[key]) for key in group], axis=0)
    for key, grade in judged.grades.items():
        graded = np.full(shape, np.nan)
        for step, clauses in sorted(grade.steps):
            graded = np.where(any_holds(clauses, full), float(step), graded)
        enough &= ~np.isnan(graded)
        full[key] = graded
    return full, enough


def ranks(rules: RuleSet, values: Mapping[str, Floats]) -> Ranks:
    """The tier that the thresholds give, as its place in `rules.ladder`.

    Args:
        rules: an indicator rule.
        values: indicator to values, any one shape; NaN is missing.

    Returns:
        int16, same shape; the strictest tier of which a clause holds, `NOT_JUDGED` where inputs are
        missing, the tier for "too little is known" applies, or no clause holds.
    """
    assert rules.judged is not None
    full, enough = filled(rules.judged, values)
    return ladder_ranks(rules, full, enough)


def ladder_ranks(rules: RuleSet, full: Mapping[str, Floats], enough: Bools) -> Ranks:
    """`ranks` from values that are already filled."""
    rank: Ranks = np.full(enough.shape, NOT_JUDGED, dtype=np.int16)
    for place, tier in enumerate(rules.ladder):
        rank[any_holds(tier.when, full)] = place
    if rules.unknown is not None:
        rank[any_holds(rules.unknown.when, full)] = NOT_JUDGED
    rank[~enough] = NOT_JUDGED
    return rank


@dataclass(frozen=True, kw_only=True)
class Course:
    """What became of the tiers day by day, with the clocks that decided it.

    Attributes:
        state: int16, shape (day, area). Tier decided on each day; `NOT_JUDGED` where there is none.
        before: int16, shape (day, area). Tier the day began with.
        above: int16, shape (day, area, tier). Days in a row at or above each tier, that day included.
        below: int16, shape (day, area, tier). Counting days in a row below each tier, that day included.
    """

    state: Ranks
    before: Ranks
    above: Ranks
    below: Ranks


def settle(rules: RuleSet, before: Ranks, above: Ranks, below: Ranks) -> Ranks:
    """The tier a judged day ends with.

    It is the strictest tier that has been reached for long enough, or that was already in force or
    stricter and has not been undershot for long enough. The mildest is always reached.

    Args:
        rules: an indicator rule.
        before: shape (area,). Tier before; `NOT_JUDGED` when there was none.
        above, below: shape (area, tier). Days in a row at or above, and below, each tier.
    """
    assert rules.judged is not None
    first = 1 - rules.judged.day_zero
    state: Ranks = np.zeros(before.shape, dtype=np.int16)
    for place, tier in enumerate(rules.ladder):
        enters = above[:, place] >= tier.enter_days + first
        stays = (before >= place) & (below[:, place] < tier.leave_days + first)
        state[enters | stays] = place
    return state


def follow(rules: RuleSet, raw: Ranks, days: Sequence[date]) -> Course:
    """Walk the days: when a tier is entered, held and left.

    A day that cannot be judged moves no clock. Where the scheme has a tier for "too little is known" that
    day is in it; elsewhere the last tier stands for at most `expires_days`, after which there is none.

    Args:
        rules: an indicator rule.
        raw: shape (day, area). What the thresholds alone give.
        days: the dates of the rows.
    """
    assert rules.judged is not None
    judged, ladder = rules.judged, rules.ladder
    places = np.arange(len(ladder), dtype=np.int16)
    areas = raw.shape[1]
    state: Ranks = np.full(raw.shape, NOT_JUDGED, dtype=np.int16)
    start: Ranks = np.full(raw.shape, NOT_JUDGED, dtype=np.int16)
    above: Ranks = np.zeros((*raw.shape, len(ladder)), dtype=np.int16)
    below: Ranks = np.zeros((*raw.shape, len(ladder)), dtype=np.int16)
    now_above: Ranks = np.zeros((areas, len(ladder)), dtype=np.int16)
    now_below: Ranks = np.zeros((areas, len(ladder)), dtype=np.int16)
    current: Ranks = np.full(areas, NOT_JUDGED, dtype=np.int16)
    stale = np.zeros(areas, dtype=np.int64)
    for day, when in enumerate(days):
        known = raw[day] != NOT_JUDGED
        reached = raw[day][:, None] >= places
        counts = when.isoweekday() in judged.leave_weekdays and when not in judged.holidays
        start[day] = current
        now_above = np.where(known[:, None], np.where(reached, now_above + 1, 0), now_above).astype(np.int16)
        if counts:
            now_below = np.where(known[:, None], np.where(reached, 0, now_below + 1), now_below).astype(np.int16)
        stale = np.where(known, 0, stale + 1)
        lapsed = stale > (0 if rules.unknown is not None else judged.expires_days)
        current = np.where(known, settle(rules, current, now_above, now_below), current).astype(np.int16)
        current[lapsed] = NOT_JUDGED
        now_above[lapsed] = 0
        now_below[lapsed] = 0
        state[day], above[day], below[day] = current, now_above, now_below
    return Course(state=state, before=start, above=above, below=below)
