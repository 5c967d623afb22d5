"""Where no plan keeps its limits: which capacity lacks how much, and what would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from seawall.core import Fault, InvalidInput
from seawall.plan.reopening.seek import KEPT, Setting
from seawall.plan.reopening.spread import Course

WORDS = {
    "beds": "hospital beds",
    "icu_beds": "intensive care beds",
    "tests_per_day": "tests a day",
    "growth": "the reproduction number at the end",
}
"""Capacities in words."""

OPTIONS = {"beds": "--beds", "icu_beds": "--icu-beds", "tests_per_day": "--tests", "growth": "--growth"}
"""Options of the command line that set them."""


def refuse_what_cannot_be(setting: Setting, start: date, attendance: np.ndarray | None = None) -> None:
    """Refuse limits that no plan was found to keep.

    Args:
        attendance: None: tell what even the least attendance breaks, if it breaks anything; else the plan nearest to
            its limits, where each can be kept alone but not all together.

    Raises:
        InvalidInput: says by how much, when, and what would do.
    """
    least = setting.lowest() if attendance is None else attendance
    course = setting.play(least)
    if attendance is None:
        # tests of workers are not needed at the least attendance: only those that go with reports count here
        short = {**setting.excess(least, course), **_reports_only(setting, course)}
    else:
        short = dict(setting.excess(least, course))
    lacking = [name for name, over in short.items() if over > KEPT]
    if not lacking:
        return
    together = attendance is not None
    ease = _less_transmission(setting)
    none = replace(setting, terms=replace(setting.terms, essential_least=0.0, other_least=0.0))
    lower = not together and setting.least.max() > 0 and _keeps(none)
    faults = [_fault(setting, start, name, least, course, ease, together=together, lower=lower) for name in lacking]
    how = "together" if together else "even with the least attendance"
    raise InvalidInput(f"No plan keeps {len(faults)} of its limits, {how}; nothing was written.", faults)


def _reports_only(setting: Setting, course: Course) -> dict[str, float]:
    limits = setting.limits.told()
    if "tests_per_day" not in limits:
        return {}
    needed = setting.terms.tests_per_report * float(course.reports.max())
    return {"tests_per_day": max(0.0, needed / max(limits["tests_per_day"], 1e-9) - 1)}


def _fault(
    setting: Setting,
    start: date,
    name: str,
    attendance: np.ndarray,
    course: Course,
    ease: float | None,
    *,
    together: bool,
    lower: bool,
) -> Fault:
    limit = setting.limits.told()[name]
    used = setting.used(attendance, course)[name]
    if name == "tests_per_day" and not together:
        used = setting.terms.tests_per_report * course.reports
    top, day = float(used.max()), int(np.argmax(used))
    if name == "growth":
        problem = f"{WORDS[name]} is {top:.3f}, above {limit:g}: {top - limit:.3f} too high"
        mend = f"Allow {OPTIONS[name]} {np.ceil(top * 100 + 1e-9) / 100:.2f}"
    else:
        on = start + timedelta(days=day)
        problem = f"{WORDS[name]}: {top:,.1f} are needed on {on} and there are {limit:,.1f}: {top - limit:,.1f} too few"
        mend = f"Give {np.ceil(top - limit + 1e-9):,.0f} more ({OPTIONS[name]} {np.ceil(top + 1e-9):.0f})"
    if ease is not None and ease < 0.9995:
        mend += f", or take {1 - ease:.1%} off all transmission by other measures"
    if lower:
        mend += f", or let essential sectors go below {setting.least.max():.0%} (--set essential_least=…)"
    return Fault(file="capacity", column=name, problem=problem, mend=mend)


def cannot_be(setting: Setting) -> bool:
    """Whether the infections so far alone break a limit, though nobody infected another from now on."""
    return not _keeps(replace(setting, spread=replace(setting.spread, reproduction=0.0)))


def _keeps(setting: Setting) -> bool:
    """Whether the least attendance keeps all limits."""
    least = setting.lowest()
    course = setting.play(least)
    short = {**setting.excess(least, course), **_reports_only(setting, course)}
    return all(over <= KEPT for over in short.values())


def _less_transmission(setting: Setting) -> float | None:
    """Largest factor on transmission with which the least attendance keeps all limits; None: not even 0 does."""

    def keeps(factor: float) -> bool:
        return _keeps(
            replace(setting, spread=replace(setting.spread, reproduction=setting.spread.reproduction * factor))
        )

    return None if cannot_be(setting) else _largest(keeps)


def _largest(keeps: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if keeps(middle) else (low, middle)
    return low
