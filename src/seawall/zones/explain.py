"""A tier worked out again from its reason: the rule and the facts, and nothing else (promise 7).

Plain and slow on purpose: what a reviewer would do with pencil and paper. A test holds it equal to the engine.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import numpy as np

from seawall.zones.judge import NOT_JUDGED, Ranks, any_holds, filled, ladder_ranks, settle
from seawall.zones.measure import compute
from seawall.zones.ruleset import RuleSet


def tier_from_reason(rules: RuleSet, reason: str) -> str | None:
    """The tier to which a rule and the facts of a reason lead.

    Args:
        rules: the rule set under which the zone was drawn.
        reason: the reason as it stands in the map, JSON.

    Returns:
        The tier's code; the mildest when the facts call for no zone, None when they do not suffice to judge.
    """
    message = json.loads(reason)
    code, facts = message["code"], message["facts"]
    if rules.anchored is not None:
        return _stage_tier(rules, facts)
    if code == "stands_on_last_judgement":
        raise ValueError("The tier rests on an earlier day's judgement; work that day out instead.")
    return _judged_tier(rules, facts)


def _stage_tier(rules: RuleSet, facts: dict[str, Any]) -> str:
    """Walk the stages from the last infection to the day: each ends after its quiet days and its round."""
    anchored = rules.anchored
    assert anchored is not None
    on, day = date.fromisoformat(facts["on"]), date.fromisoformat(facts["last"])
    stage = anchored.stages[facts["opened_as"]]
    number = anchored.day_zero
    while True:
        quiet_until = day + timedelta(days=stage.quiet_days - number)
        ends = quiet_until + timedelta(days=1)
        if stage.exit_round is not None:
            limit = ends + timedelta(days=anchored.pending_days)
            earliest = day + timedelta(days=stage.exit_round.on_day - number)
            taken = facts["rounds"].get(stage.key)
            if taken is not None and date.fromisoformat(taken) >= earliest:
                ends = max(ends, date.fromisoformat(taken) + timedelta(days=1))
            if taken is None or ends > limit:
                ends = limit
                if on >= limit:
                    return rules.ladder[0].code
        if on < ends:
            return stage.tier
        if stage.then is None:
            return rules.ladder[0].code
        stage, day, number = anchored.stages[stage.then], ends, 1


def _judged_tier(rules: RuleSet, facts: dict[str, Any]) -> str | None:
    """Compute each indicator from its fraction, compare with the thresholds, then let the clocks decide."""
    judged = rules.judged
    assert judged is not None
    values: dict[str, Any] = {}
    for key in sorted(judged.indicators, key=lambda key: judged.indicators[key].uptake is not None):
        indicator = judged.indicators[key]
        stated = facts["values"].get(key, {"numerator": None, "denominator": None})
        sides = [np.array([np.nan if stated[side] is None else stated[side]]) for side in ("numerator", "denominator")]
        uptake = values[indicator.uptake] if indicator.uptake is not None else None
        values[key] = compute(indicator, sides[0], sides[1], uptake)
    full, enough = filled(judged, values)
    raw = int(ladder_ranks(rules, full, enough)[0])
    if raw == NOT_JUDGED:
        too_little = rules.unknown is not None and (not enough[0] or any_holds(rules.unknown.when, full)[0])
        return rules.unknown.code if too_little and rules.unknown is not None else None
    codes = [tier.code for tier in rules.ladder]
    before: Ranks = np.array([codes.index(facts["before"]) if facts["before"] else NOT_JUDGED], dtype=np.int16)
    above, below = (np.array([facts[clock]], dtype=np.int16) for clock in ("above", "below"))
    return codes[int(settle(rules, before, above, below)[0])]
