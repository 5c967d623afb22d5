"""Every message a zone map can carry: a code, and the facts that go with it.

The engine writes codes and facts, never sentences; the brief turns them into English, 简体 and 繁體. Dates are
``YYYY-MM-DD``, tiers are codes of the rule set, conditions are written as in the rule file (``N >= 50``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

REASONS: dict[str, tuple[str, ...]] = {
    # Case-anchored. `opened_as`: stage the zone opened in; `stage`: stage it is in; `day`: day of the quiet clock
    # that `on` is; `rounds`: screening rounds that count, by stage.
    "infection_found": (
        "on",
        "opened_as",
        "stage",
        "first",
        "last",
        "infections",
        "at_least",
        "day",
        "quiet_days",
        "rounds",
    ),
    "visited_by_infected": (
        "on",
        "opened_as",
        "stage",
        "first",
        "last",
        "visits",
        "last_visit",
        "day",
        "quiet_days",
        "rounds",
    ),
    "stepped_down": (
        "on",
        "opened_as",
        "stage",
        "from_tier",
        "since",
        "last",
        "day",
        "quiet_days",
        "rounds",
    ),
    "exit_round_pending": (
        "on",
        "opened_as",
        "stage",
        "last",
        "clock_done",
        "quiet_days",
        "coverage",
        "expires",
        "rounds",
    ),
    # Indicator. `values`: indicator to value, numerator, denominator, days reported and window; `conditions`: what
    # held; `before`, `above`, `below`: the tier the day began with and the clocks, mildest tier first.
    "threshold_met": ("on", "values", "conditions", "raw_tier", "before", "above", "below"),
    "held_until_long_enough_below": (
        "on",
        "values",
        "conditions",
        "raw_tier",
        "days",
        "days_needed",
        "before",
        "above",
        "below",
    ),
    "not_long_enough_above": (
        "on",
        "values",
        "conditions",
        "raw_tier",
        "days",
        "days_needed",
        "before",
        "above",
        "below",
    ),
    "too_little_known": ("on", "values", "conditions"),
    "inputs_missing": ("on", "missing", "values"),
    "stands_on_last_judgement": ("on", "judged_on", "missing"),
}
"""Reason of a tier: code to the names of its facts."""

# `round_from`: day of the quiet clock from which a round counts; `coverage`: share of the residents it must reach.
LIFTS: dict[str, tuple[str, ...]] = {
    "quiet_days_pass": ("until", "quiet_days", "next_tier"),
    "quiet_days_and_exit_round": ("until", "quiet_days", "round_from", "coverage", "next_tier"),
    "exit_round_passed": ("coverage", "next_tier"),
    "falls_below": ("next_tier", "conditions", "days", "working_days"),
    "inputs_known": ("missing",),
}
"""What would lift a tier: code to the names of its facts."""

NOTES: dict[str, tuple[str, ...]] = {
    "outside_validity": ("rules", "valid_from", "valid_to"),
    "no_infections_seen": ("on",),
    "none_before_the_first_line": ("first",),
    "in_control_not_told": ("table",),
    "in_control_left_out": ("infections",),
    "suspected_left_out": ("cases",),
    "numbers_are_lower_bounds": ("table",),
    "cases_not_located": ("infections", "level"),
    "unit_wider_than_rule": ("rule_unit", "data_unit", "zones"),
    "residents_estimated": ("zones", "basis"),
    "residents_not_known": ("zones",),
    "visits_not_seen": ("tier",),
    "exit_rounds_not_seen": ("zones",),
    "lapsed_without_exit_round": ("zones", "days"),
    "input_not_seen": ("input", "level", "areas"),
    "indicator_left_out": ("indicator", "level", "areas"),
    "days_not_reported": ("indicator", "level", "areas"),
    "input_substituted": ("input", "event"),
    "change_coming": ("area_id", "tier", "effective"),
    "level_not_in_city": ("level",),
}
"""What a map could not see or had to assume: code to the names of its facts.

`zones` of ``lapsed_without_exit_round`` are those that ended so in the last seven days, after `days` of
waiting; with ``none_before_the_first_line`` the days before the line list begins, which a window reaches,
are taken for days without infections."""


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value


def note(code: str, **facts: Any) -> Mapping[str, Any]:
    """A note with its facts.

    Raises:
        KeyError: no such code is declared.
        ValueError: the facts are not those declared for it.
    """
    return _checked(NOTES, code, facts)


def reason(code: str, **facts: Any) -> str:
    """A reason with its facts, as JSON."""
    return json.dumps(_checked(REASONS, code, facts), ensure_ascii=False)


def lifts(code: str, **facts: Any) -> str:
    """What would lift a tier, as JSON."""
    return json.dumps(_checked(LIFTS, code, facts), ensure_ascii=False)


def _checked(declared: Mapping[str, tuple[str, ...]], code: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    if set(facts) != set(declared[code]):
        raise ValueError(f"{code} carries {sorted(declared[code])}, not {sorted(facts)}")
    return {"code": code, "facts": {name: _plain(facts[name]) for name in declared[code]}}
