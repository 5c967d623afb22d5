"""A rule set: what an authority published, as data that an engine can follow.

Two families. A *case-anchored* rule opens a zone where an infected person lives or stayed and closes it
after quiet days. An *indicator* rule gives each area a tier from rates that cross thresholds. Both are
read from TOML by `seawall.zones.load`; nothing about a particular authority stands in code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

SCRIPTS = ("en", "zh-Hans", "zh-Hant")
"""Languages in which every rule set names itself and its tiers."""

CONFIDENCE = ("found", "memory-high", "memory-medium", "memory-low", "assumed")
"""How sure a number is: found in a text that was looked up, from memory, or assumed by us."""

RESTRICTS = ("none", "advice", "travel", "gatherings", "closures", "curfew", "stay_in_area", "stay_home")
"""What a tier restricts, mildest first."""

UNITS = ("household", "floor", "building", "compound", "grid", "community", "subdistrict", "district", "city")
"""Units at which zones are drawn, finest first. A listed place (an address) stands with ``compound``."""

JUDGED_LEVELS = ("city", "district", "subdistrict")
"""Area levels an indicator rule may judge."""

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One comparison of an indicator or grade with a threshold, as in ``N >= 50``."""

    name: str
    operator: Literal["<", "<=", ">", ">="]
    value: float

    _FORM = re.compile(r"\s*(\w+)\s*(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)\s*")

    @classmethod
    def parse(cls, text: str) -> Condition | None:
        """The condition a text states, or None when it states none."""
        found = cls._FORM.fullmatch(text)
        if found is None:
            return None
        name, operator, value = found.groups()
        return cls(name=name, operator=operator, value=float(value))  # type: ignore[arg-type]

    def holds(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Where the comparison holds; False for NaN."""
        match self.operator:
            case "<":
                return values < self.value
            case "<=":
                return values <= self.value
            case ">":
                return values > self.value
            case _:
                return values >= self.value

    def __str__(self) -> str:
        return f"{self.name} {self.operator} {self.value:g}"


Clause = tuple[Condition, ...]
"""Conditions that must all hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One level of a rule set.

    Attributes:
        code: short name in tables.
        names: name in each script.
        restricts: what it restricts, one of `RESTRICTS`.
        restricts_residents: whether the residents of a zone in this tier count as restricted.
        when: alternatives, any of which puts an area in this tier; an indicator rule takes the strictest
            tier of which one holds.
        enter_days: days in a row at or above this tier before an area enters it.
        leave_days: days in a row below this tier before an area leaves it.
        unknown: the tier that says too little is known; it goes before all others.
        by_judgement: an authority decides it without a number; no rule ever proposes it.
        source, confidence: where the tier's numbers come from; the rule set's own where empty.
    """

    code: str
    names: Names
    restricts: str
    restricts_residents: bool
    when: tuple[Clause, ...] = ()
    enter_days: int = 1
    leave_days: int = 1
    unknown: bool = False
    by_judgement: bool = False
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitRound:
    """A screening round that must be passed before a stage ends.

    Attributes:
        on_day: day of the quiet clock on which it may first be taken.
        coverage: share of the residents who must have been tested in it.
    """

    on_day: int
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step in the life of a case-anchored zone.

    Attributes:
        key: name of the stage.
        tier: tier the zone is in meanwhile.
        quiet_days: whole days in a row without a new infection before it ends.
        exit_round: the round to be passed besides, or None.
        then: stage that follows, or None when the zone is lifted.
        source, confidence: where the numbers come from; the rule set's own where empty.
    """

    key: str
    tier: str
    quiet_days: int
    exit_round: ExitRound | None = None
    then: str | None = None
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What opens a zone, and in which stage: ``infections_by_unit`` or ``visits_by_unit``."""

    input: str
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchoring:
    """How a case-anchored rule opens and closes its zones.

    Attributes:
        unit: the text's default unit, one of `UNITS`.
        day_zero: number of the day of the last infection: 0 when the next day is day 1, 1 when it is itself.
        in_control: ``left_out`` when infections found in quarantine elsewhere neither open a zone nor
            restart its clock, ``counted`` when they do.
        look_back_days: days before onset (before the specimen without one) whose stays count.
        pending_days: longest time a stage waits for its exit round before the zone ends by itself.
        stages, triggers: the zone's life.
    """

    unit: str
    day_zero: int
    in_control: str
    look_back_days: int
    pending_days: int
    stages: Mapping[str, Stage]
    triggers: tuple[Trigger, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A number computed for an area each day from what is seen.

    ``value = per x numerator / denominator``, rounded to `decimals`; with `uptake` it is then weighted,
    ``(value + value x (100 - uptake) / 100) / 2``.

    Attributes:
        key: name in conditions.
        names: name in each script, with its unit.
        numerator: input above the fraction line.
        denominator: input below it, ``residents``, or None.
        statistic: ``sum`` or ``mean`` over the window, or its ``last`` known value.
        window_days: length of the window, which ends `delay_days` before the day judged.
        per: factor.
        decimals: rounding before the comparison; None compares to nine decimals, to be rid of the noise
            of floating point and of nothing else.
        min_days: days of the window that must have been reported.
        optional: when it is missing the tier rests on the others; else the area cannot be judged.
        more_is_worse: False for an indicator such as the share of contacts reached.
        uptake: key of the indicator (in percent) that weights it.
    """

    key: str
    names: Names
    numerator: str
    denominator: str | None
    statistic: str
    window_days: int
    delay_days: int = 0
    per: float = 1.0
    decimals: int | None = None
    min_days: int = 1
    optional: bool = False
    more_is_worse: bool = True
    uptake: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A scale of whole numbers over several indicators, for schemes that grade before they decide.

    Attributes:
        key: name in conditions.
        names: name in each script.
        steps: grade and alternatives that give it; the highest that holds counts.
    """

    key: str
    names: Names
    steps: tuple[tuple[int, tuple[Clause, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """How an indicator rule judges its areas.

    Attributes:
        levels: area levels it judges.
        indicators, grades: by key, in the order of the file.
        needs: groups of optional indicators of which at least one must be known.
        day_zero: number of the first day on a new side of a threshold: 1 when that day counts itself.
        effect_after_days: days between the decision and its effect.
        leave_weekdays: days that count towards `leave_days` (1 is Monday); a day that does not count
            does not interrupt either.
        holidays: dates that count as a Sunday.
        expires_days: how long a tier stands on its last judgement when no new one can be made.
    """

    levels: tuple[str, ...]
    indicators: Mapping[str, Indicator]
    grades: Mapping[str, Grade]
    needs: tuple[tuple[str, ...], ...]
    day_zero: int
    effect_after_days: int
    leave_weekdays: tuple[int, ...]
    holidays: tuple[date, ...]
    expires_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """A scheme as published: who, when, from what source, and what it says.

    Attributes:
        key: name of the rule set in tables and options.
        names: name in each script.
        issuer, source: who decided it and where it is written.
        confidence: one of `CONFIDENCE`; tiers, stages and indicators may say otherwise.
        valid_from, valid_to: days on which it was in force, ``valid_from <= day < valid_to``; None: no end known.
        tiers: mildest first; the tier for "too little is known", where there is one, first of all.
        about: what else a reader must know.
        anchored, judged: one of the two, by family.
    """

    key: str
    names: Names
    issuer: str
    source: str
    confidence: str
    valid_from: date
    valid_to: date | None
    tiers: tuple[Tier, ...]
    about: str = ""
    anchored: Anchoring | None = field(default=None)
    judged: Judging | None = field(default=None)

    @property
    def family(self) -> str:
        """``case-anchored`` or ``indicator``."""
        return "case-anchored" if self.anchored is not None else "indicator"

    @property
    def ladder(self) -> tuple[Tier, ...]:
        """The tiers that can be compared, mildest first: without the one for "too little is known"."""
        return tuple(tier for tier in self.tiers if not tier.unknown)

    @property
    def unknown(self) -> Tier | None:
        """The tier for "too little is known", where the scheme has one."""
        return next((tier for tier in self.tiers if tier.unknown), None)

    def tier(self, code: str) -> Tier:
        """The tier of that code.

        Raises:
            KeyError: there is none.
        """
        for tier in self.tiers:
            if tier.code == code:
                return tier
        raise KeyError(code)

    def in_force(self, on: date) -> bool:
        """Whether the scheme was in force on a day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)
