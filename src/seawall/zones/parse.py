"""From the TOML of a rule set to its nouns, with everything that is wrong noted on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from seawall.core import Fault
from seawall.core.errors import closest
from seawall.core.toml_tables import Reading, Section
from seawall.zones.ruleset import (
    CONFIDENCE,
    JUDGED_LEVELS,
    RESTRICTS,
    SCRIPTS,
    UNITS,
    Anchoring,
    Clause,
    Condition,
    ExitRound,
    Grade,
    Indicator,
    Judging,
    Names,
    RuleSet,
    Stage,
    Tier,
    Trigger,
)
from seawall.zones.vocabulary import INPUTS, TRIGGERS


def read_rules(document: Mapping[str, Any], file: str) -> tuple[RuleSet | None, list[Fault]]:
    """The rule set a document describes, or None, and every fault of form; see `load.parse_rules`.

    Args:
        document: the TOML as read.
        file: its name as the user knows it.
    """
    faults: list[Fault] = []
    top = Section(document, Reading(file=file, faults=faults))
    family = top.text("family", choices=("case-anchored", "indicator"))
    confidence = top.text("confidence", choices=CONFIDENCE)
    start, end = top.day("valid_from"), top.day("valid_to", default=None)
    if start is not None and end is not None and start >= end:
        top.fault(
            "valid_to", f"{end} is not after valid_from {start}", "Give the first day on which it no longer holds"
        )
    source = top.text("source")
    tiers = tuple(_tier(part) for part in top.sections("tiers"))
    _check_tiers(top, tiers)
    anchored = _anchoring(top, tiers) if family == "case-anchored" else None
    judged = _judging(top, tiers) if family == "indicator" else None
    key = top.text("key")
    names = _names(top)
    issuer, about = top.text("issuer"), top.text("about", default="")
    top.finish()
    if faults or start is None or (anchored is None and judged is None):
        return None, faults
    unknown_first = tuple(sorted(tiers, key=lambda tier: not tier.unknown))
    rules = RuleSet(
        key=key,
        names=names,
        issuer=issuer,
        source=source,
        confidence=confidence,
        valid_from=start,
        valid_to=end,
        tiers=unknown_first,
        about=about,
        anchored=anchored,
        judged=judged,
    )
    return rules, faults


def _names(part: Section) -> Names:
    names = part.section("names")
    if names is None:
        return {}
    found = {script: names.text(script) for script in SCRIPTS}
    names.finish()
    return found


def _clauses(part: Section, key: str, *, default: Any = None) -> tuple[Clause, ...]:
    """``[["N < 50", "P >= 4"], …]``: any of the inner lists, each of which must hold as a whole."""
    clauses = []
    for position, members in enumerate(part.items(key, list, default=default or [])):
        clause = []
        for text in members:
            condition = Condition.parse(text) if isinstance(text, str) else None
            if condition is None:
                part.fault(
                    f"{key}[{position + 1}]",
                    f'"{text}" is not a comparison',
                    'Write an indicator, one of < <= > >=, and a number, as in "N >= 50"',
                )
            else:
                clause.append(condition)
        if not members:
            part.fault(f"{key}[{position + 1}]", "it is empty", 'Write at least one comparison, as in "N >= 50"')
        clauses.append(tuple(clause))
    return tuple(clauses)


def _evidence(part: Section) -> dict[str, str]:
    return {
        "source": part.text("source", default=""),
        "confidence": part.text("confidence", default="", choices=CONFIDENCE),
    }


def _tier(part: Section) -> Tier:
    tier = Tier(
        code=part.text("code"),
        names=_names(part),
        restricts=part.text("restricts", choices=RESTRICTS),
        restricts_residents=part.boolean("restricts_residents"),
        when=_clauses(part, "when"),
        enter_days=part.integer("enter_days", low=1, high=60, default=1),
        leave_days=part.integer("leave_days", low=1, high=120, default=1),
        unknown=part.boolean("unknown", default=False),
        by_judgement=part.boolean("by_judgement", default=False),
        **_evidence(part),
    )
    part.finish()
    if tier.restricts_residents and tier.restricts in ("none", "advice"):
        part.fault(
            "restricts_residents", f'it is true, but "{tier.restricts}" restricts nobody', "Make it false, or say what"
        )
    return tier


def _check_tiers(top: Section, tiers: tuple[Tier, ...]) -> None:
    codes = [tier.code for tier in tiers]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        top.fault("tiers", f'the code "{code}" stands {codes.count(code)} times', "Give each tier its own code")
    if sum(tier.unknown for tier in tiers) > 1:
        top.fault("tiers", "more than one tier is marked unknown", "Keep one for what cannot be judged")
    if sum(not tier.unknown for tier in tiers) < 2:
        top.fault("tiers", "there are fewer than two tiers to choose from", "List at least two, mildest first")


def _anchoring(top: Section, tiers: tuple[Tier, ...]) -> Anchoring | None:
    part = top.section("anchored")
    codes = [tier.code for tier in tiers]
    stages: dict[str, Stage] = {}
    sections = [(section, _stage(section, codes)) for section in top.sections("stages")]
    for section, stage in sections:
        if stage.key in stages:
            section.fault("key", f'"{stage.key}" stands twice', "Give each stage its own key")
        stages[stage.key] = stage
    for section, stage in sections:
        if stage.then is None:
            continue
        if stage.then not in stages:
            near = closest(stage.then, stages)
            section.fault("then", f'there is no stage "{stage.then}"{near}', "Name a stage, or leave it out")
        elif _place(codes, stages[stage.then].tier) >= _place(codes, stage.tier):
            problem = f'stage "{stage.then}" is not milder than this one'
            section.fault("then", problem, "Let a stage be followed by one of a milder tier")
    triggers = []
    for section in top.sections("triggers"):
        trigger = Trigger(
            input=section.text("input", choices=TRIGGERS),
            stage=section.text("stage", choices=tuple(stages)),
        )
        section.finish()
        triggers.append(trigger)
    inputs = [trigger.input for trigger in triggers]
    if len(set(inputs)) < len(inputs):
        top.fault("triggers", "one input opens two stages", "Give each input one trigger")
    if not stages:
        top.fault("stages", "there is none", "Add a table [[stages]]")
    if any(tier.unknown for tier in tiers):
        top.fault(
            "tiers", "one is marked unknown", "Leave that out: a case-anchored rule knows its cases or draws none"
        )
    if "infections_by_unit" not in inputs:
        top.fault("triggers", "nothing is opened by infections_by_unit", "Add a trigger with that input")
    for tier in tiers:
        if tier.when:
            top.fault("tiers", f'"{tier.code}" has a `when`', "A case-anchored rule uses stages and triggers instead")
    if part is None:
        return None
    anchoring = Anchoring(
        unit=part.text("unit", choices=UNITS),
        day_zero=part.integer("day_zero", low=0, high=1),
        in_control=part.text("in_control", choices=("left_out", "counted")),
        look_back_days=part.integer("look_back_days", low=0, high=30),
        pending_days=part.integer("pending_days", low=1, high=60),
        stages=stages,
        triggers=tuple(triggers),
    )
    part.finish()
    return anchoring


def _place(codes: list[str], tier: str) -> int:
    """Place of a tier among the codes; -1 for one that is not there and has been reported already."""
    return codes.index(tier) if tier in codes else -1


def _stage(section: Section, codes: list[str]) -> Stage:
    found = section.section("exit_round", default=None)
    exit_round = None
    if found is not None:
        exit_round = ExitRound(
            on_day=found.integer("on_day", low=1, high=60), coverage=found.number("coverage", low=0.01, high=1)
        )
        found.finish()
    stage = Stage(
        key=section.text("key"),
        tier=section.text("tier", choices=codes),
        quiet_days=section.integer("quiet_days", low=1, high=120),
        exit_round=exit_round,
        then=section.text("then", default=None) or None,
        **_evidence(section),
    )
    section.finish()
    return stage


def _judging(top: Section, tiers: tuple[Tier, ...]) -> Judging | None:
    indicators = {key: _indicator(key, part) for key, part in top.named_sections("indicators").items()}
    if not indicators:
        top.fault("indicators", "there is none", "Add a table [indicators.NAME]")
    grades = {}
    for key, part in top.named_sections("grades").items():
        steps = []
        for step in part.sections("steps"):
            steps.append((step.integer("grade", low=0, high=20), _clauses(step, "when")))
            _check_names(step, "when", steps[-1][1], indicators)
            step.finish()
        if not steps:
            part.fault("steps", "it is empty", "List steps, each with grade and when")
        grades[key] = Grade(key=key, names=_names(part), steps=tuple(steps))
        part.finish()
    for position, tier in enumerate(tiers):
        section = Section({}, top.reading, f"tiers[{position + 1}]")
        _check_names(section, "when", tier.when, {**indicators, **grades})
        if not tier.when and not tier.by_judgement and not tier.unknown:
            section.fault("when", "it is missing", 'Say when, as in [["N >= 50"]], or set by_judgement = true')
    for key, indicator in indicators.items():
        if indicator.uptake is None:
            continue
        if indicator.uptake not in indicators:
            problem = f'there is no indicator "{indicator.uptake}"{closest(indicator.uptake, indicators)}'
            top.fault(f"indicators.{key}.uptake", problem, "Name an indicator of this file")
        elif indicators[indicator.uptake].uptake is not None:
            problem = f'"{indicator.uptake}" is weighted itself'
            top.fault(f"indicators.{key}.uptake", problem, "Name an indicator that is not")
    for key in sorted(set(grades) & set(indicators)):
        top.fault(f"grades.{key}", "an indicator has the same name", "Give one of them another name")
    if not any(tier.when for tier in tiers if not tier.unknown):
        top.fault("tiers", "none of them has a `when`", 'Say when, as in [["N >= 50"]]')
    part_ = top.section("judged")
    if part_ is None:
        return None
    needs = []
    for group in part_.items("needs", list, default=[]):
        optional = [
            name for name in group if isinstance(name, str) and name in indicators and indicators[name].optional
        ]
        for name in (name for name in group if name not in optional):
            part_.fault("needs", f'"{name}" is not an optional indicator', "Name optional indicators of this file")
        needs.append(tuple(optional))
    judging = Judging(
        levels=tuple(_one_of(part_, "levels", JUDGED_LEVELS)),
        indicators=indicators,
        grades=grades,
        needs=tuple(needs),
        day_zero=part_.integer("day_zero", low=0, high=1, default=1),
        effect_after_days=part_.integer("effect_after_days", low=0, high=30, default=0),
        leave_weekdays=tuple(part_.items("leave_weekdays", int, default=[1, 2, 3, 4, 5, 6, 7])),
        holidays=tuple(part_.items("holidays", date, default=[])),
        expires_days=part_.integer("expires_days", low=1, high=60),
    )
    if not judging.levels:
        part_.fault("levels", "it is empty", f"Name at least one of {', '.join(JUDGED_LEVELS)}")
    if not judging.leave_weekdays or not set(judging.leave_weekdays) <= set(range(1, 8)):
        part_.fault("leave_weekdays", "it is empty or names a day that is not 1 to 7", "List days, 1 is Monday")
    part_.finish()
    return judging


def _one_of(part: Section, key: str, choices: tuple[str, ...]) -> list[str]:
    members = part.items(key, str)
    for member in members:
        if member not in choices:
            part.fault(
                key, f'"{member}" is none of {", ".join(choices)}{closest(member, choices)}', "Write one of them"
            )
    return members


def _check_names(part: Section, key: str, clauses: tuple[Clause, ...], known: Mapping[str, object]) -> None:
    for name in sorted({condition.name for clause in clauses for condition in clause} - set(known)):
        part.fault(
            key,
            f'"{name}" is not an indicator of this file{closest(name, known)}',
            f"Declare it under [indicators.{name}]",
        )


def _indicator(key: str, part: Section) -> Indicator:
    numbers = tuple(name for name, known in INPUTS.items() if known.kind != "unit")
    window = part.integer("window_days", low=1, high=120)
    statistic = part.text("statistic", choices=("sum", "mean", "last"))
    denominator = part.text("denominator", default=None, choices=("residents", *numbers))
    decimals = part.integer("decimals", low=0, high=9, default=9)
    indicator = Indicator(
        key=key,
        names=_names(part),
        numerator=part.text("numerator", choices=numbers),
        denominator=denominator or None,
        statistic=statistic,
        window_days=window,
        delay_days=part.integer("delay_days", low=0, high=30, default=0),
        per=part.number("per", low=1e-9, high=1e9, default=1.0),
        decimals=decimals if "decimals" in part.values else None,
        min_days=part.integer(
            "min_days", low=1, high=window, default=1 if statistic == "last" else math.ceil(0.7 * window)
        ),
        optional=part.boolean("optional", default=False),
        more_is_worse=part.boolean("more_is_worse", default=True),
        uptake=part.text("uptake", default=None) or None,
    )
    part.finish()
    return indicator
