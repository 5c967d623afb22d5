"""Indicator rules: each area gets a tier from rates that cross thresholds, with persistence and hysteresis."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from seawall.zones.judge import NOT_JUDGED, Bools, Course, Floats, Ranks, any_holds, filled, follow, ranks
from seawall.zones.map import ZONES
from seawall.zones.measure import Measured, Series, inputs_of, measure, project
from seawall.zones.messages import lifts, note, reason
from seawall.zones.ruleset import Judging, RuleSet, Tier
from seawall.zones.seen import Seen


@dataclass(frozen=True, kw_only=True)
class _Level:
    """One level of areas, judged on every day so far and as if nothing new were found from now on.

    Arrays have a row for each of `days`, of which `today` is the last that is known.
    """

    rules: RuleSet
    name: str
    areas: tuple[str, ...]
    series: Series
    measured: Mapping[str, Measured]
    raw: Ranks
    course: Course
    in_force: Ranks
    days: tuple[date, ...]
    today: int

    @property
    def judged(self) -> Judging:
        """How the rule judges."""
        assert self.rules.judged is not None
        return self.rules.judged

    @property
    def decided(self) -> int:
        """Row of the day on which the tier in force today was decided; negative before the first."""
        return self.today - self.judged.effect_after_days

    def code(self, table: Ranks, day: int, column: int) -> str | None:
        """The tier a table of ranks names."""
        rank = int(table[day, column])
        if rank != NOT_JUDGED:
            return self.rules.ladder[rank].code
        return self.rules.unknown.code if self.rules.unknown is not None else None

    def milder(self, column: int) -> int | None:
        """The first later row on which a milder tier could be in force; None where there is none."""
        now = self.in_force[self.today, column]
        ahead = self.in_force[self.today + 1 :, column]
        found = np.flatnonzero((ahead < now) & (ahead != NOT_JUDGED))
        return self.today + 1 + int(found[0]) if found.size else None


def indicator_zones(seen: Seen, rules: RuleSet) -> tuple[pl.DataFrame, list[Mapping[str, Any]]]:
    """The tier of every area on the day.

    Args:
        seen: what is seen on the day.
        rules: an indicator rule.

    Returns:
        Columns of `ZONES`; notes.
    """
    assert rules.judged is not None
    notes: list[Mapping[str, Any]] = []
    rows = []
    for name in rules.judged.levels:
        if not seen.level_areas.get(name):
            notes.append(note("level_not_in_city", level=name))
            continue
        level = _judge(seen, rules, name)
        notes += _unseen(level)
        notes += _coming(level)
        rows += [_row(seen, level, column) for column in range(len(level.areas))]
    table = pl.DataFrame(rows, schema=ZONES, orient="row")
    unknown = table["residents"].null_count()
    if unknown:
        notes.append(note("residents_not_known", zones=unknown))
    return table, notes


def _judge(seen: Seen, rules: RuleSet, name: str) -> _Level:
    judged = rules.judged
    assert judged is not None
    series = seen.series[name]
    today = series.days - 1
    measured = measure(judged, project(series, _horizon(rules, judged)))
    raw = ranks(rules, {key: found.value for key, found in measured.items()})
    days = tuple(seen.on + timedelta(days=day - today) for day in range(raw.shape[0]))
    course = follow(rules, raw, days)
    delay = judged.effect_after_days
    in_force: Ranks = np.full(raw.shape, NOT_JUDGED, dtype=np.int16)
    in_force[delay:] = course.state[: raw.shape[0] - delay]
    return _Level(
        rules=rules,
        name=name,
        areas=seen.level_areas[name],
        series=series,
        measured=measured,
        raw=raw,
        course=course,
        in_force=in_force,
        days=days,
        today=today,
    )


def _horizon(rules: RuleSet, judged: Judging) -> int:
    """Days after which nothing of today is left in any window or clock."""
    window = max(indicator.window_days + indicator.delay_days for indicator in judged.indicators.values())
    leave = sum(tier.leave_days for tier in rules.ladder)
    if len(judged.leave_weekdays) < 7 or judged.holidays:
        leave = leave * 7 // len(judged.leave_weekdays) + 7 + len(judged.holidays)
    return window + leave + judged.effect_after_days + 2


def _row(seen: Seen, level: _Level, column: int) -> tuple[Any, ...]:
    """One area's row, in the order of `ZONES`."""
    today, rules, judged = level.today, level.rules, level.judged
    area_id = level.areas[column]
    rank = int(level.in_force[today, column])
    tier = rules.ladder[rank] if rank != NOT_JUDGED else rules.unknown
    because, lift = _reasons(level, column)
    expires = seen.on + timedelta(days=judged.expires_days)
    milder = level.milder(column)
    until = None
    if rank > 0:
        until = level.days[milder] if milder is not None else expires
    residents = seen.areas.population(area_id)
    days = (until - seen.on).days if until is not None else 0
    restricts = tier is not None and tier.restricts_residents
    person_days = (None if residents is None else residents * days) if restricts else 0
    recent = range(max(0, today - 13), today + 1)
    evidence = [
        {
            "date": level.days[day].isoformat(),
            "raw": level.code(level.raw, day, column),
            "in_force": level.code(level.in_force, day, column),
        }
        for day in recent
    ]
    return (
        rules.key,
        area_id,
        None,
        None if tier is None else tier.code,
        None if tier is None else _since(level, column),
        until,
        because,
        residents,
        person_days,
        level.name,
        "unknown" if residents is None else "area",
        None if tier is None else expires,
        lift,
        json.dumps({"tiers": evidence}),
    )


def _since(level: _Level, column: int) -> date:
    past = level.in_force[: level.today + 1, column]
    other = np.flatnonzero(past != past[-1])
    return level.days[int(other[-1]) + 1 if other.size else 0]


def _values(level: _Level, day: int, column: int) -> dict[str, Any]:
    """What each indicator is made of on a day."""
    values = {}
    for key, found in level.measured.items():
        indicator = level.judged.indicators[key]
        end = level.days[day] - timedelta(days=indicator.delay_days)
        values[key] = {
            "value": _number(found.value[day, column]),
            "numerator": _number(found.numerator[day, column]),
            "denominator": _number(found.denominator[day, column]),
            "days_reported": int(found.reported[day, column]),
            "from": (end - timedelta(days=indicator.window_days - 1)).isoformat(),
            "to": end.isoformat(),
        }
    return values


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def missing_inputs(judged: Judging, values: Mapping[str, Any]) -> list[str]:
    """Inputs for lack of which an area could not be judged, from the values of a reason."""
    lacking = [key for key, found in values.items() if found["value"] is None]
    groups = [key for group in judged.needs if set(group) <= set(lacking) for key in group]
    named: set[str] = set()
    for key in [*(key for key in lacking if not judged.indicators[key].optional), *groups]:
        indicator, found = judged.indicators[key], values[key]
        if found["numerator"] is None:
            named.add(indicator.numerator)
        if indicator.denominator is not None and not found["denominator"]:
            named.add(indicator.denominator)
    return sorted(named)


def _reasons(level: _Level, column: int) -> tuple[str, str | None]:
    """Why the area is in its tier, and what would lift it."""
    rules, judged, day = level.rules, level.judged, level.decided
    if day < 0:
        return reason("inputs_missing", on=level.days[0], missing=list(inputs_of(judged)), values={}), None
    rank, raw = int(level.in_force[level.today, column]), int(level.raw[day, column])
    full, enough = filled(
        judged, {key: found.value[day : day + 1, column : column + 1] for key, found in level.measured.items()}
    )
    if raw == NOT_JUDGED:
        return _unjudged(level, column, full, enough)
    course = level.course
    before = int(course.before[day, column])
    facts = {
        "on": level.days[day],
        "values": _values(level, day, column),
        "raw_tier": rules.ladder[raw].code,
        "conditions": holding(rules.ladder[raw], full),
        "before": None if before == NOT_JUDGED else rules.ladder[before].code,
        "above": course.above[day, column].tolist(),
        "below": course.below[day, column].tolist(),
    }
    first = 1 - judged.day_zero
    lift = None
    if rank > 0:
        milder, tier = level.milder(column), rules.ladder[rank]
        lift = lifts(
            "falls_below",
            next_tier=rules.ladder[0 if milder is None else int(level.in_force[milder, column])].code,
            conditions=[[str(condition) for condition in clause] for clause in tier.when],
            days=tier.leave_days + first,
            working_days=len(judged.leave_weekdays) < 7,
        )
    if rank == raw:
        return reason("threshold_met", **facts), lift
    if rank > raw:
        needed = rules.ladder[rank].leave_days + first
        return reason("held_until_long_enough_below", days=facts["below"][rank], days_needed=needed, **facts), lift
    needed = rules.ladder[raw].enter_days + first
    return reason("not_long_enough_above", days=facts["above"][raw], days_needed=needed, **facts), lift


def _unjudged(level: _Level, column: int, full: Mapping[str, Floats], enough: Bools) -> tuple[str, str]:
    """Why an area could not be judged on the day, and what must become known."""
    rules, judged, day = level.rules, level.judged, level.decided
    values = _values(level, day, column)
    if rules.unknown is not None and enough.all():
        read = {judged.indicators[part.name].numerator for clause in rules.unknown.when for part in clause}
        conditions = holding(rules.unknown, full)
        because = reason("too_little_known", on=level.days[day], values=values, conditions=conditions)
        return because, lifts("inputs_known", missing=sorted(read))
    missing = missing_inputs(judged, values)
    lift = lifts("inputs_known", missing=missing)
    if level.in_force[level.today, column] == NOT_JUDGED:
        return reason("inputs_missing", on=level.days[day], values=values, missing=missing), lift
    known = np.flatnonzero(level.raw[: day + 1, column] != NOT_JUDGED)
    last = level.days[int(known[-1])]
    return reason("stands_on_last_judgement", on=level.days[day], judged_on=last, missing=missing), lift


def holding(tier: Tier, full: Mapping[str, Floats]) -> list[str]:
    """The conditions of the tier's first clause that holds, as written in the rule file."""
    for clause in tier.when:
        if any_holds([clause], full).all():
            return [str(condition) for condition in clause]
    return []


def _unseen(level: _Level) -> list[Mapping[str, Any]]:
    """Which inputs, indicators and days could not be seen today."""
    notes = []
    for name in inputs_of(level.judged):
        lacking = int(np.isnan(level.series.of(name)).all(axis=0).sum())
        if lacking:
            notes.append(note("input_not_seen", input=name, level=level.name, areas=lacking))
        if name in level.series.substituted:
            notes.append(note("input_substituted", input=name, event=level.series.substituted[name]))
    for key, found in level.measured.items():
        indicator = level.judged.indicators[key]
        unknown = np.isnan(found.value[level.today])
        if indicator.optional and unknown.any():
            notes.append(note("indicator_left_out", indicator=key, level=level.name, areas=int(unknown.sum())))
        short = (found.reported[level.today] < indicator.window_days) & ~unknown
        if indicator.statistic != "last" and short.any():
            notes.append(note("days_not_reported", indicator=key, level=level.name, areas=int(short.sum())))
    return notes


def _coming(level: _Level) -> list[Mapping[str, Any]]:
    """Changes that are decided and not yet in effect."""
    notes = []
    for column, area_id in enumerate(level.areas):
        ahead = level.in_force[level.today : level.today + level.judged.effect_after_days + 1, column]
        turns = np.flatnonzero((ahead != ahead[0]) & (ahead != NOT_JUDGED))
        if turns.size:
            row = level.today + int(turns[0])
            tier = level.rules.ladder[int(level.in_force[row, column])].code
            notes.append(note("change_coming", area_id=area_id, tier=tier, effective=level.days[row]))
    return notes
