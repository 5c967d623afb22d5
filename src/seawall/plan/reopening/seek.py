"""From the linear programme to a plan that keeps its limits in the epidemic: solved, played, and drawn up again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from seawall.plan.reopening.check import changes_of
from seawall.plan.reopening.program import Capacity, Near, Program
from seawall.plan.reopening.solve import NoPlan, Solved, solve
from seawall.plan.reopening.spread import Course, Response, Spread
from seawall.plan.reopening.terms import LOOP, MODES, PLAIN, TESTED, Calendar, Terms
from seawall.plan.reopening.work import Work
from seawall.twin.economy.parameters import Parameters

ROUNDS = 40
"""Rounds of solving and playing, at most."""

ELASTIC = 200.0
"""What a capacity exceeded by all of it costs while a plan is sought, in the value of the whole plan."""

FIRST_REACH, LEAST_REACH = 1.0, 4e-3
"""How far presence may move in the first round (anywhere), and where it is not worth going on."""

TOUCH = (0.2, 0.4, 0.6, 0.8, 1.0)
"""Presences at which the squares are exact beside those of the last plan."""

MOST_AWAY = 0.1
"""How far the next programme keeps away from a limit, at most, in shares of it."""

GAIN = 2e-5
"""Share of the whole value below which another round is not worth it."""

KEPT = 1e-3
"""How far a capacity may be exceeded and still count as kept, in shares of it."""

NONE = 1e-3
"""Capacities of nothing are taken for this much, since they are held as logarithms."""

FAR = 3.0
"""Days on which a capacity is taken by less than exp(-3) of it are no limit near this plan."""

EVERY_DAYS = 4
"""Days from one limit of a capacity to the next, back from the last, beside the fullest day."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the plan must keep; None: no limit.

    Attributes:
        beds, icu_beds: beds for patients with this infection, every day.
        tests_per_day: tests for workers and for the reported, every day.
        growth: reproduction number at the end.
    """

    beds: float | None = None
    icu_beds: float | None = None
    tests_per_day: float | None = None
    growth: float | None = None

    def told(self) -> Mapping[str, float]:
        """Those that there are."""
        found = {name: getattr(self, name) for name in ("beds", "icu_beds", "tests_per_day", "growth")}
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Everything a plan is made of."""

    work: Work = field(repr=False)
    spread: Spread = field(repr=False)
    limits: Limits
    terms: Terms = field(default_factory=Terms)
    calendar: Calendar = field(default_factory=Calendar)
    economy: Parameters = field(default_factory=Parameters)
    levels: tuple[float, ...] = ()

    @property
    def least(self) -> np.ndarray:
        """Least openness, float64, shape (unit, period)."""
        least = np.where(self.work.essential, self.terms.essential_least, self.terms.other_least)
        return np.repeat(least[:, None], self.calendar.periods, axis=1)

    @property
    def most(self) -> np.ndarray:
        """Largest share of the workers under each condition, float64, shape (unit, mode)."""
        most = np.ones((self.work.units, len(MODES)))
        visited = (self.work.serves | self.work.teaches)[self.work.sector]
        most[:, LOOP] = np.where(visited, 0.0, self.terms.loop_most)
        return most

    @property
    def program(self) -> Program:
        """The linear programme, without its capacities and the limits of changes."""
        return Program(
            value=self.work.value[:, None] * self.calendar.lengths[None],
            makes=self.terms.makes(self.economy),
            remote=self.work.remote * self.economy.home_productivity,
            spreads=self.terms.spreads,
            most=self.most,
            least=self.least,
            sector=self.work.sector,
            gross=self.work.gross_of_unit,
            inputs=self.work.inputs,
            outside=self.terms.supply_from_outside,
            rising=self.calendar.rising,
        )

    def presence(self, attendance: np.ndarray) -> np.ndarray:
        """How present workers are to the infection, float64, shape (unit, period)."""
        return np.asarray(attendance @ self.terms.spreads)

    def play(self, attendance: np.ndarray) -> Course:
        """What becomes of the city."""
        presence = self.presence(attendance)
        return self.spread.play(
            self.work.present_at_work(presence),
            self.work.present_to_customers(presence),
            self.calendar.period_of_day,
        )

    def respond(self, attendance: np.ndarray) -> Response:
        """The same with its derivatives."""
        presence = self.presence(attendance)
        return self.spread.respond(
            self.work.present_at_work(presence),
            self.work.present_to_customers(presence),
            self.calendar.period_of_day,
        )

    def tests(self, attendance: np.ndarray, course: Course) -> np.ndarray:
        """Tests a day, shape (day,): of workers under tests, and those that go with reports."""
        workers = (self.work.workers[:, None] * attendance[..., TESTED]).sum(axis=0) / self.terms.test_every_days
        return np.asarray(workers[self.calendar.period_of_day] + self.terms.tests_per_report * course.reports)

    def used(self, attendance: np.ndarray, course: Course) -> Mapping[str, np.ndarray]:
        """What is taken of each capacity that is limited, by day; growth at the end."""
        every = {
            "beds": course.beds,
            "icu_beds": course.icu_beds,
            "tests_per_day": self.tests(attendance, course),
            "growth": np.atleast_1d(course.growth),
        }
        return {name: every[name] for name in self.limits.told()}

    def excess(self, attendance: np.ndarray, course: Course) -> Mapping[str, float]:
        """By how much each capacity is exceeded at most, as a logarithm; tests as a share. 0: it is kept."""
        found = {}
        for name, used in self.used(attendance, course).items():
            limit = max(self.limits.told()[name], NONE)
            top = float(np.max(used))
            over = top / limit - 1 if name == "tests_per_day" else np.log(max(top, 1e-12) / limit)
            found[name] = max(0.0, float(over))
        return found

    def lowest(self) -> np.ndarray:
        """The attendance at which least is infected: closed as far as may be, the rest in loops or under tests."""
        loop = np.minimum(self.least, self.most[:, None, LOOP])
        attendance = np.zeros((*self.least.shape, len(MODES)))
        attendance[..., LOOP] = loop
        attendance[..., TESTED] = self.least - loop
        return attendance

    def everybody(self) -> np.ndarray:
        """All at work without conditions."""
        attendance = np.zeros((*self.least.shape, len(MODES)))
        attendance[..., PLAIN] = 1.0
        return attendance


def capacities(setting: Setting, attendance: np.ndarray, response: Response) -> tuple[Capacity, ...]:
    """The limits near a plan, linear in attendance and in the square of presence.

    Beds and growth are taken as logarithms, in which an epidemic is nearly straight; tests as they are.
    """
    work, spreads = setting.work, setting.terms.spreads
    presence = setting.presence(attendance)
    at_work, customers = work.share_at_work()[:, None], work.share_to_customers()[:, None]

    def by_unit(slope: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Weights of the squares and of presence, shape (unit, period), and what both come to at this plan.

        Who is infected early is not infected later, so a slope may be negative. Its square is then taken by its tangent
        at this plan: the programme holds squares up, not down.
        """
        square, rise = slope[0][work.district] * at_work, slope[1][work.district] * customers
        up, down = np.maximum(square, 0.0), np.minimum(square, 0.0)
        rise = rise + 2 * down * presence
        return up, rise, float((up * presence**2 + rise * presence).sum())

    def logarithmic(kind: str, day: int, now: float, slope: np.ndarray, limit: float) -> Capacity:
        square, rise, here = by_unit(slope / now)
        return Capacity(
            kind=kind,
            day=day,
            weight=rise[..., None] * spreads,
            square=square,
            limit=float(np.log(max(limit, NONE) / now) + here),
            per_unit=1 / max(limit, NONE),
        )

    found = []
    limits, course = setting.limits.told(), response.course
    for kind, used, slopes in (
        ("beds", course.beds, response.beds),
        ("icu_beds", course.icu_beds, response.icu_beds),
    ):
        if kind not in limits or used.max() <= 1e-9:
            continue
        near = np.log(np.maximum(used, 1e-12) / max(limits[kind], NONE)) > -FAR
        near &= (np.arange(used.size) + 1 - used.size) % EVERY_DAYS == 0
        near[int(np.argmax(used))] = True
        found += [logarithmic(kind, day, used[day], slopes[day], limits[kind]) for day in np.nonzero(near)[0].tolist()]
    if "tests_per_day" in limits:
        found += _tests(setting, response, by_unit)
    if "growth" in limits and float(course.growth) > 1e-9:
        found.append(logarithmic("growth", -1, float(course.growth), response.growth, limits["growth"]))
    return tuple(found)


def _tests(
    setting: Setting, response: Response, by_unit: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, float]]
) -> list[Capacity]:
    limit = max(setting.limits.told()["tests_per_day"], NONE)
    period_of_day = setting.calendar.period_of_day
    reports, each = response.course.reports, setting.terms.tests_per_report
    found = []
    for period in range(setting.calendar.periods):
        days = np.nonzero(period_of_day == period)[0]
        fullest = int(days[np.argmax(reports[days])])
        for day in sorted({int(days[0]), fullest, int(days[-1])}):
            square, rise, here = by_unit(response.reports[day] * each / limit)
            weight = rise[..., None] * setting.terms.spreads
            weight[:, period, TESTED] += setting.work.workers / setting.terms.test_every_days / limit
            found.append(
                Capacity(
                    kind="tests_per_day",
                    day=day,
                    weight=weight,
                    square=square,
                    limit=float(1 - each * reports[day] / limit + here),
                    per_unit=1 / limit,
                )
            )
    return found


@dataclass(frozen=True, kw_only=True)
class Sought:
    """A plan and how it was reached.

    Attributes:
        attendance: float64, shape (unit, period, mode).
        solved: the last linear programme near it, with its prices.
        program: that programme.
        course: what becomes of the city.
        excess: see `Setting.excess`.
        rounds: rounds it took.
        apart: largest difference between a capacity as the programme expected it and as it came, in shares of it.
    """

    attendance: np.ndarray = field(repr=False)
    solved: Solved = field(repr=False)
    program: Program = field(repr=False)
    course: Course = field(repr=False)
    excess: Mapping[str, float]
    rounds: int
    apart: float


def seek(setting: Setting, start: np.ndarray, *, same: np.ndarray | None = None) -> Sought:
    """The best plan near a start: programmes are solved near the last plan until they say what the epidemic does.

    A step is taken where value less excess grows by at least a tenth of what the programme expects; else the next one
    is shorter. By how much the epidemic broke a limit that the programme kept, the next programme keeps away from it.

    Args:
        start: float64, shape (unit, period, mode).
        same: see `Program`.

    Source:
        Fletcher and Sainz de la Maza 1989, Mathematical Programming 43:235, for linear programmes in sequence.
    """
    base = replace(setting.program, same=same, elastic=ELASTIC)
    total = base.total or 1.0
    attendance, reach = start, FIRST_REACH
    response = setting.respond(attendance)
    merit = -np.inf
    kept: Sought | None = None
    away: dict[str, float] = {}
    for number in range(1, ROUNDS + 1):
        presence = setting.presence(attendance)
        held_off = any(away.values())
        program = replace(
            base,
            capacities=tuple(
                replace(row, limit=row.limit - away.get(row.kind, 0.0))
                for row in capacities(setting, attendance, response)
            ),
            tangents=(*(np.full_like(presence, at) for at in TOUCH), presence),
            near=Near(presence=presence, reach=reach) if reach < FIRST_REACH else None,
        )
        try:
            solved = solve(program)
        except NoPlan:
            if reach >= FIRST_REACH:
                raise
            reach *= 2
            continue
        hoped = solved.value / total - ELASTIC * sum(solved.excess.values())
        course = setting.play(solved.attendance)
        excess = setting.excess(solved.attendance, course)
        reached = solved.value / total - ELASTIC * sum(excess.values())
        away = {kind: min(MOST_AWAY, max(0.0, over - solved.excess.get(kind, 0.0))) for kind, over in excess.items()}
        done = not held_off and not any(away.values()) and hoped - merit < GAIN / 10
        better = reached - merit > 0.1 * (hoped - merit) and reached > merit
        if kept is None or better:
            apart = max((abs(excess[kind] - solved.excess.get(kind, 0.0)) for kind in excess), default=0.0)
            gain = reached - merit
            kept = Sought(
                attendance=solved.attendance,
                solved=solved,
                program=program,
                course=course,
                excess=excess,
                rounds=number,
                apart=apart,
            )
            merit, attendance = reached, solved.attendance
            response = setting.respond(attendance)
            if gain < GAIN and not held_off and sum(excess.values()) < KEPT:
                break
            reach = min(FIRST_REACH, reach * 1.5)
        else:
            reach /= 2
        if reach < LEAST_REACH or done:
            break
    assert kept is not None
    return kept


def rounded_down(setting: Setting, attendance: np.ndarray) -> np.ndarray:
    """Openness in the steps in which orders speak: never more than it was, never less than the least.

    All conditions shrink alike, so that who was kept from others before still is.
    """
    step = setting.calendar.step
    if step == 0 or setting.levels:
        return attendance
    openness = attendance.sum(axis=-1)
    down = np.floor(openness / step + 1e-3) * step
    factor = np.minimum(1.0, down / np.maximum(openness, 1e-9))
    found = attendance * factor[..., None]
    short = np.maximum(setting.least - found.sum(axis=-1), 0.0)
    # a least attendance that is no multiple of the step is kept as it is
    found[..., PLAIN] += np.where(short > 1e-9, short, 0.0)
    return np.asarray(found)


def pattern(attendance: np.ndarray) -> np.ndarray:
    """Periods in which an order stays as in the one before; bool, shape (unit, period)."""
    same = ~changes_of(attendance, 1e-4)
    same[:, 0] = False
    return same
