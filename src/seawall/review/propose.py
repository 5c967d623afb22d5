"""The next version of a strategy, with a reason for each change. A person decides; nothing here is an order."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from seawall.core import quantity
from seawall.measures import Measure, Strategy
from seawall.measures.signals import HIGHEST
from seawall.measures.write import strategy_text
from seawall.review.apart import Tangle
from seawall.review.counterfactual import without
from seawall.review.decision import Decision
from seawall.review.effects import GROWTH, of_measure
from seawall.review.held import Held

PROPOSALS = {
    "measure": pl.String,
    "kind": pl.String,
    "action": pl.String,
    "rule": pl.String,
    "effect": pl.String,
    "burden": pl.String,
    "person_days": pl.Float64,
    "was": pl.String,
    "becomes": pl.String,
    "why": pl.String,
}
"""Columns of a proposal."""

CONDITIONS = ("effect", "burden", "end", "trigger", "came", "twin")
"""What a rule may ask of a measure; see `rules.toml`."""

UNRESTRICTING = ("test_on_symptoms", "self_tests", "vaccinate", "treat", "add_beds", "arrivals", "draw_zones")
"""Kinds that restrict nobody."""

STEPS = {"left": 1.0, "capacity": 1.0}
"""Fields of a limit, and the value at which it limits nothing; a step goes half of the way."""


TRIGGER_STEPS = {"trigger_lower": 0.5, "trigger_higher": 2.0}
"""Factor on what lets a measure begin and end (assumed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """When a burden is high and how long a measure may run before it is looked at."""

    high_burden: float = quantity(
        0.1,
        unit="fraction of person-days restricted",
        low=0,
        high=1,
        source="assumed",
        about="Share of all person-days from which a measure's burden is high.",
    )
    renewed_for_days: int = quantity(
        14, unit="day", low=1, high=90, source="assumed: two weeks show an effect on reports", about="End that is set."
    )


TERMS = Terms()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of `rules.toml`; an empty condition holds always."""

    key: str
    action: str
    why: str
    effect: tuple[str, ...] = ()
    burden: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    trigger: tuple[str, ...] = ()
    came: tuple[str, ...] = ()
    twin: tuple[str, ...] = ()

    def fits(self, **facts: str) -> bool:
        """Whether it speaks of a measure of which this is so: effect, burden, end, trigger, came, twin."""
        return all(not getattr(self, name) or value in getattr(self, name) for name, value in facts.items())


@cache
def rules() -> tuple[Rule, ...]:
    """The rules, in their order."""
    text = files("seawall.review").joinpath("rules.toml").read_text(encoding="utf-8")
    return tuple(
        Rule(**table | {name: tuple(table.get(name, ())) for name in CONDITIONS})
        for table in tomllib.loads(text)["rules"]
    )


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """The next version.

    Attributes:
        strategy, text: what it orders, with its version, the decision before and the reasons; and as a file.
        reasons: columns `PROPOSALS`, a row a measure of the present version.
    """

    strategy: Strategy
    text: str = field(repr=False)
    reasons: pl.DataFrame = field(repr=False)


def effect_of(measure: str, effects: pl.DataFrame, tangles: Sequence[Tangle]) -> str:
    """What is known of a measure from what came: one word for all methods.

    Districts beside each other go before one series, which knows nothing but before and after; the twin does not
    count, since it repeats what was assumed.
    """
    mine = of_measure(effects, measure).filter(pl.col("what") == GROWTH)
    found: dict[str, str] = {}
    rows: dict[str, Any] = {row["method"]: row for row in mine.iter_rows(named=True)}
    for row in rows.values():
        bound = any(
            tangle.method == row["method"] and measure in tangle.measures and len(tangle.measures) > 1
            for tangle in tangles
        )
        found[row["method"]] = "tangled" if bound and row["verdict"] != "not_judged" else row["verdict"]
    series, districts = rows.get("series", {}), rows.get("districts", {})
    both = series.get("estimate") is not None and districts.get("low") is not None
    if both and found["districts"] == "cannot_say" and not districts["low"] <= series["estimate"] <= districts["high"]:
        found["series"] = "cannot_say"  # the two contradict each other
    for method in ("districts", "series"):
        if found.get(method) in {"slower", "none_visible", "faster"}:
            return found[method]
    for word in ("tangled", "cannot_say"):
        if word in found.values():
            return word
    return "not_judged"


def twin_of(measure: str, effects: pl.DataFrame) -> str:
    """Whether the twin has fewer infections with a measure than without."""
    mine = of_measure(effects, measure).filter(pl.col("what") == "infections_averted")
    if mine.is_empty():
        return "not_asked"
    verdict = mine.sort(pl.col("measures").list.len(), maintain_order=True)["verdict"][0]
    return {"slower": "helps", "faster": "does_not"}.get(verdict, "cannot_say")


def propose(
    decision: Decision,
    held: Sequence[Held],
    effects: pl.DataFrame,
    tangles: Sequence[Tangle],
    burden: Mapping[str, float],
    *,
    on: date,
    came: str = "as_expected",
) -> Proposal:
    """The next version of the strategy in force, from what came until a day.

    Args:
        decision: the one in force.
        held: when its measures held.
        effects, tangles: what is known of them.
        burden: measure to person-days restricted under it.
        on: last day looked at; the next version begins on the day after.
        came: whether reports came ``above``, ``below`` or ``as_expected``.
    """
    total = sum(burden.get(measure.key, 0.0) for measure in decision.strategy.measures)
    ends = {one.measure: one.ends for one in held}
    begins = on + timedelta(days=1)
    strategy = dated(decision, begins)
    rows: list[dict[str, Any]] = []
    for measure in decision.strategy.measures:
        effect = effect_of(measure.key, effects, tangles)
        days = burden.get(measure.key, 0.0)
        weight = "high" if total > 0 and days >= TERMS.high_burden * total else "low"
        if measure.kind in UNRESTRICTING:
            weight = "none"
        end = "past" if _rounds_over(measure, decision, begins) else _end(ends.get(measure.key), begins)
        facts = {"effect": effect, "burden": weight, "end": end, "trigger": "yes" if measure.when else "no"}
        rule = next(one for one in rules() if one.fits(came=came, twin=twin_of(measure.key, effects), **facts))
        action = rule.action
        if action == "loosen" and loosened(measure) is None:
            action = "end"
        was, becomes, strategy = _acted(strategy, measure, action, begins)
        rows.append(
            {
                "measure": measure.key,
                "kind": measure.kind,
                "action": action,
                "rule": rule.key,
                "effect": effect,
                "burden": weight,
                "person_days": float(days),
                "was": was,
                "becomes": becomes,
                "why": rule.why,
            }
        )
    table = pl.DataFrame(rows, schema=PROPOSALS)
    strategy = dataclasses.replace(
        strategy,
        version=decision.version + 1,
        previous=decision.name,
        reasons=tuple(f"{row['action']} {row['measure']}: {row['why']}" for row in rows if row["action"] != "keep"),
        lines=(),
    )
    comments = [f"Proposed on {on.isoformat()} by rules: a named person decides, and answers for it."]
    return Proposal(strategy=strategy, text=strategy_text(strategy, comments=comments), reasons=table)


def _end(day: date | None, begins: date) -> str:
    if day is None:
        return "none"
    if day <= begins:
        return "past"
    return "ahead" if (day - begins).days <= TERMS.renewed_for_days else "far"


def dated(decision: Decision, begins: date) -> Strategy:
    """The strategy in force with dates in place of days since its start, and rounds counted from a new start."""

    def told(day: date | int | None) -> date | None:
        return decision.start + timedelta(days=day) if isinstance(day, int) else day

    measures = []
    for measure in decision.strategy.measures:
        stop = told(measure.stop)
        if stop is not None and stop <= begins:
            measures.append(measure)  # taken out as past
            continue
        measures.append(dataclasses.replace(measure, start=told(measure.start), stop=stop))
    moved = [_days_moved(measure, (begins - decision.start).days) for measure in measures]
    return dataclasses.replace(decision.strategy, measures=tuple(moved), lines=())


def _rounds_over(measure: Measure, decision: Decision, begins: date) -> bool:
    """Whether it lists rounds by days since the start of the run, and all have been held."""
    return bool(_rounds(measure)) and all(day < (begins - decision.start).days for day in _rounds(measure))


def _rounds(measure: Measure) -> tuple[int, ...]:
    days = getattr(measure, "days", ())
    return days if isinstance(days, tuple) and measure.start is None else ()


def _days_moved(measure: Measure, by: int) -> Measure:
    """Rounds on days since the start of the run, counted from the new start; those gone by are left out."""
    left = tuple(day - by for day in _rounds(measure) if day >= by)
    return changed(measure, days=left) if left else measure


def changed(measure: Measure, **fields: Any) -> Measure:
    """The measure with other values in some of its fields, which its kind must have."""
    return dataclasses.replace(measure, **fields)


def loosened(measure: Measure) -> tuple[str, float, float] | None:
    """The field of a limit, its value and that of one step less; None where the kind has no such field."""
    for name, free in STEPS.items():
        value = getattr(measure, name, None)
        if isinstance(value, float) and value < free:
            return name, value, round((value + free) / 2, 3)
    return None


def _acted(strategy: Strategy, measure: Measure, action: str, begins: date) -> tuple[str, str, Strategy]:
    """Carry an action out; what it was and what it becomes, and the strategy."""
    now = next((one for one in strategy.measures if one.key == measure.key), None)
    if now is None or action == "keep":
        return "", "", strategy
    if action in {"drop", "past"}:
        left, gone = without(strategy, measure.key)
        return measure.key, f"without {', '.join(gone)}" if gone else "", left
    if action in TRIGGER_STEPS:
        assert now.above is not None
        steps = {"above": min(now.above * TRIGGER_STEPS[action], HIGHEST[now.when])}
        if now.below is not None:
            steps["below"] = min(now.below * TRIGGER_STEPS[action], steps["above"])
        moved = changed(now, **steps)
        return f"above = {now.above:g}", f"above = {steps['above']:g}", with_measure(strategy, moved)
    if action == "loosen":
        step = loosened(now)
        assert step is not None
        name, was, becomes = step
        eased = changed(now, **{name: becomes, "stop": now.stop or _renewed(begins)})
        return f"{name} = {was:g}", f"{name} = {becomes:g}, stop = {eased.stop}", with_measure(strategy, eased)
    stop = _renewed(begins) if now.stop is None or _far(now.stop, begins) else now.stop
    if isinstance(now.start, date) and isinstance(stop, date) and stop <= now.start:
        stop = now.start + timedelta(days=TERMS.renewed_for_days)
    ended = changed(now, stop=stop)
    return f"stop = {now.stop}" if now.stop else "–", f"stop = {ended.stop}", with_measure(strategy, ended)


def _far(stop: date | int, begins: date) -> bool:
    return isinstance(stop, date) and (stop - begins).days > TERMS.renewed_for_days


def _renewed(begins: date) -> date:
    return begins + timedelta(days=TERMS.renewed_for_days)


def with_measure(strategy: Strategy, other: Measure) -> Strategy:
    """The strategy with one measure in place of that of its name."""
    measures = tuple(other if one.key == other.key else one for one in strategy.measures)
    return dataclasses.replace(strategy, measures=measures, lines=())
