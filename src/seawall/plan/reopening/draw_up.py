"""A plan of reopening, drawn up: tried with everybody at work, sought, held to few changes, rounded, played."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from seawall.plan.reopening.check import Duality, duality
from seawall.plan.reopening.program import Program
from seawall.plan.reopening.refuse import cannot_be, refuse_what_cannot_be
from seawall.plan.reopening.seek import (
    ELASTIC,
    KEPT,
    TOUCH,
    Setting,
    Sought,
    capacities,
    pattern,
    rounded_down,
    seek,
)
from seawall.plan.reopening.solve import NoPlan, Solved, output_of, solve
from seawall.plan.reopening.spread import Course

GAP = 1e-3
"""Share of the best value that HiGHS may leave open where whole numbers are asked for."""


@dataclass(frozen=True, kw_only=True)
class Reopening:
    """A plan of reopening.

    Attributes:
        start: first day.
        setting: what it was made of.
        attendance: float64, shape (unit, period, condition). As ordered, in steps.
        output: float64, shape (unit, period). Beside the usual.
        course: what becomes of the city under the plan.
        value, usual: value added over the plan, and of usual days.
        unrounded: value before attendance was rounded down.
        free: the plan that may change in every period, with the prices of what binds; None: everybody is at work.
        held: the same held to few changes, with its bound and gap.
        last: the plan as it was before rounding, with prices under the changes chosen.
        seconds: it took.
    """

    start: date
    setting: Setting = field(repr=False)
    attendance: np.ndarray = field(repr=False)
    output: np.ndarray = field(repr=False)
    course: Course = field(repr=False)
    value: float
    usual: float
    unrounded: float
    free: Sought | None = field(default=None, repr=False)
    held: Solved | None = field(default=None, repr=False)
    last: Sought | None = field(default=None, repr=False)
    seconds: float

    @property
    def openness(self) -> np.ndarray:
        """Attendance under all conditions, shape (unit, period)."""
        return np.asarray(self.attendance.sum(axis=-1))

    @property
    def days(self) -> tuple[date, ...]:
        """The days of the plan."""
        return tuple(self.start + timedelta(days=day) for day in range(self.setting.calendar.days))

    def first_day(self, period: int) -> date:
        """First day of a period; of the one after the last: the day after the plan."""
        return self.start + timedelta(days=min(period * self.setting.calendar.period_days, self.setting.calendar.days))

    @property
    def growth_if_none_were_infected(self) -> float:
        """Reproduction number of the last orders with the susceptibles of the first day."""
        setting, spread = self.setting, self.setting.spread
        presence = setting.presence(self.attendance)[:, -1:]
        matrix = spread.next_generation(
            setting.work.present_at_work(presence)[:, 0], setting.work.present_to_customers(presence)[:, 0]
        )
        share = np.divide(spread.susceptible, spread.people, out=np.zeros_like(spread.people), where=spread.people > 0)
        return float(np.abs(np.linalg.eigvals(matrix * share[:, None])).max())

    @property
    def prices(self) -> Mapping[str, float]:
        """What one more of each capacity buys over the plan, in the money of the table `sectors`; growth: 0.01 more."""
        names = self.setting.limits.told()
        if self.last is None or self.last.solved.prices is None:
            return dict.fromkeys(names, 0.0)
        found = {}
        for name in names:
            rows = [row for row in self.last.program.capacities if row.kind == name]
            price = self.last.solved.prices.of(name)
            one = sum(float(p) * row.per_unit for p, row in zip(price, rows, strict=True))
            found[name] = one * (0.01 if name == "growth" else 1.0)
        return found

    @property
    def duality(self) -> Duality | None:
        """How well the plan and its prices agree; None where nothing binds."""
        return None if self.last is None else duality(self.last.program, self.last.solved)


def draw_up(
    setting: Setting,
    start: date,
    *,
    seconds: float = 60.0,
    progress: Callable[[str], None] = lambda _: None,
) -> Reopening:
    """The plan with most value added that keeps its limits.

    Args:
        setting: the city, the limits, the terms and the calendar.
        start: first day.
        seconds: for HiGHS where changes are limited or openness goes in levels; then its best so far is taken.
        progress: told which step begins.

    Raises:
        InvalidInput: no plan keeps the limits; says what is lacking, how much of it, and what would do.
    """
    begin = time.perf_counter()
    program = setting.program
    everybody = setting.everybody()
    course = setting.play(everybody)
    if not any(setting.excess(everybody, course).values()):
        return Reopening(
            start=start,
            setting=setting,
            attendance=everybody,
            output=np.ones_like(program.value),
            course=course,
            value=program.total,
            usual=program.total,
            unrounded=program.total,
            seconds=time.perf_counter() - begin,
        )
    if cannot_be(setting):
        refuse_what_cannot_be(setting, start)
    progress("which sectors, how far")
    found = [seek(setting, setting.lowest()), seek(setting, everybody)]
    free = max(found, key=lambda one: one.solved.value / (program.total or 1.0) - ELASTIC * sum(one.excess.values()))
    if _broken(free):
        refuse_what_cannot_be(setting, start)
        refuse_what_cannot_be(setting, start, free.attendance)
    held, last = None, free
    if not setting.calendar.free or setting.levels:
        progress("few changes")
        held = solve(_held(setting, free.attendance), seconds=seconds, gap=GAP)
        if not setting.levels:
            last = seek(setting, held.attendance, same=pattern(held.attendance))
        if _broken(last):  # the changes chosen keep the limits near the freer plan only: none at all then
            never = np.ones(free.attendance.shape[:2], dtype=bool)
            never[:, 0] = False
            last = seek(setting, setting.lowest(), same=never)
        if _broken(last):
            refuse_what_cannot_be(setting, start, last.attendance)
    attendance = held.attendance if setting.levels and held is not None else last.attendance
    progress("rounding")
    rounded = _kept(setting, rounded_down(setting, attendance), last.attendance)
    made = output_of(program, rounded)
    if made is None:
        raise NoPlan("The plan leaves a sector without what it needs.")
    return Reopening(
        start=start,
        setting=setting,
        attendance=rounded,
        output=made.output,
        course=setting.play(rounded),
        value=made.value,
        usual=program.total,
        unrounded=last.solved.value if held is None or not setting.levels else held.value,
        free=free,
        held=held,
        last=last,
        seconds=time.perf_counter() - begin,
    )


def _broken(sought: Sought) -> bool:
    return any(over > KEPT for over in sought.excess.values())


def _held(setting: Setting, attendance: np.ndarray) -> Program:
    """The programme near a plan with its changes counted."""
    presence = setting.presence(attendance)
    return replace(
        setting.program,
        capacities=capacities(setting, attendance, setting.respond(attendance)),
        tangents=(*(np.full_like(presence, at) for at in TOUCH), presence),
        elastic=ELASTIC,
        dwell=setting.calendar.dwell,
        changes=setting.calendar.changes,
        levels=setting.levels,
    )


def _kept(setting: Setting, attendance: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """The rounded plan; the exact one where rounding up to the least attendance breaks what the exact one keeps."""
    after = setting.excess(attendance, setting.play(attendance))
    before = setting.excess(exact, setting.play(exact))
    worse = any(after[kind] > max(before[kind], KEPT) for kind in after)
    return exact if worse and not setting.levels else attendance
