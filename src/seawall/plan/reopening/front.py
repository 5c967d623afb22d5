"""`plan_reopening`: from a city folder and its situation to a plan, and the plan to files."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from seawall import __version__
from seawall.city import City
from seawall.city.synth.ages import Residents, residents_of
from seawall.core import Fault, InvalidInput, describe_quantities
from seawall.core.tables import write_table
from seawall.measures import LimitSectors, Measure, Strategy
from seawall.measures.write import strategy_text
from seawall.plan.reopening.check import changes_of, shortest_stay
from seawall.plan.reopening.draw_up import Reopening, draw_up
from seawall.plan.reopening.instruments import Relief, shipped_relief
from seawall.plan.reopening.orders import COMMENTS, strategy_of
from seawall.plan.reopening.relief import relief_table, relief_totals
from seawall.plan.reopening.seek import Limits, Setting
from seawall.plan.reopening.tables import capacity_table, orders_table, sectors_table, shadow_table
from seawall.plan.reopening.terms import Calendar, Terms
from seawall.plan.reopening.today import Today, at_work_under, free_beds, today_of
from seawall.plan.reopening.work import Work, work_of
from seawall.twin.economy.parameters import Parameters
from seawall.twin.present import Situation


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is asked of a plan.

    Attributes:
        limits: in place of what the folder says; None in a field: what the folder says, or no limit.
        unlimited: names of capacities that are not to be held.
        at_work: share of the workers of all but essential sectors who are at work today; None: all are.
        in_force: the strategy in force today, from which it is read who is at work; its other measures stay.
        reproduction: in place of the situation's.
        levels: openness must be one of them; empty: any.
        firms: table of key firms.
    """

    limits: Limits = field(default_factory=lambda: Limits(growth=1.0))
    unlimited: tuple[str, ...] = ()
    at_work: float | None = None
    in_force: Strategy | None = None
    reproduction: float | None = None
    levels: tuple[float, ...] = ()
    firms: Path | None = None
    terms: Terms = field(default_factory=Terms)
    calendar: Calendar = field(default_factory=Calendar)
    economy: Parameters = field(default_factory=Parameters)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan, where it started, and what had to be assumed."""

    city: City = field(repr=False)
    plan: Reopening
    today: Today
    ask: Ask
    assumed: tuple[str, ...]


def plan_reopening(
    city: City,
    situation: Situation,
    ask: Ask,
    *,
    seconds: float = 60.0,
    progress: Callable[[str], None] = lambda _: None,
) -> Planned:
    """Which sectors and key firms open first, how far and under what conditions.

    Args:
        city: its folder, with the table `sectors`.
        situation: of the morning.
        ask: limits, terms, calendar.
        seconds: for HiGHS where changes are limited.
        progress: told which step begins.

    Raises:
        InvalidInput: a table is missing or at fault, nothing was reported of late, or no plan keeps the limits.
    """
    residents, work = read_question(city, ask)
    at_work, notes = _at_work(city, work, ask, situation)
    today = today_of(city, situation, residents, work, at_work, terms=ask.terms, reproduction=ask.reproduction)
    limits, told = _limits(city, today, ask)
    setting = Setting(
        work=work,
        spread=today.spread,
        limits=limits,
        terms=ask.terms,
        calendar=ask.calendar,
        economy=ask.economy,
        levels=tuple(sorted(ask.levels)),
    )
    plan = draw_up(setting, today.on + timedelta(days=1), seconds=seconds, progress=progress)
    assumed = (*_caution(plan), *notes, *_without_orders(city, ask), *told, *today.assumed, *work.notes)
    return Planned(city=city, plan=plan, today=today, ask=ask, assumed=assumed)


def _without_orders(city: City, ask: Ask) -> tuple[str, ...]:
    """Workplaces of the table `places`, which has no sector, get no orders of their own unless they are named."""
    if ask.firms is not None or not city.has("places"):
        return ()
    known = city.scan("places").filter(pl.col("kind") == "workplace").select(pl.len()).collect().item()
    if not known:
        return ()
    note = (
        f"{known:,} workplaces of the table places have no sector, so they are in their sector and district: name key "
        "firms with --firms."
    )
    return (note,)


def _caution(plan: Reopening) -> tuple[str, ...]:
    """Say so where growth ends only because so many have been infected."""
    limit, without = plan.setting.limits.growth, plan.growth_if_none_were_infected
    if limit is None or without <= limit * 1.001:
        return ()
    share = float(plan.course.infections.sum() / plan.setting.spread.people.sum())
    note = (
        f"Growth ends at {float(plan.course.growth):.2f} only because {share:.1%} of residents are infected under this "
        f"plan; with as many susceptible as today it would be {without:.2f}."
    )
    return (note,)


def read_question(city: City, ask: Ask) -> tuple[Residents, Work]:
    """Who lives and works where; everything that is wrong with what is asked, before any estimate is made.

    Raises:
        InvalidInput: a table is missing or at fault, or the question is.
    """
    _check(ask)
    residents = residents_of(city)
    return residents, work_of(city, residents.district_ids, ask.firms)


def _check(ask: Ask) -> None:
    faults = []
    if ask.at_work is not None and not 0 <= ask.at_work <= 1:
        problem = f"{ask.at_work:g} is not a share between 0 and 1"
        faults.append(Fault(file="--at-work", problem=problem, mend="Give 0.3 for 30 % at work"))
    if ask.at_work is not None and ask.in_force is not None:
        problem = "it is given beside --in-force, which says who is at work"
        faults.append(Fault(file="--at-work", problem=problem, mend="Give one of the two"))
    bad = [level for level in ask.levels if not 0 <= level <= 1]
    if bad:
        problem = f"{bad[0]:g} is not a share between 0 and 1"
        faults.append(Fault(file="--level", problem=problem, mend="Give levels such as 0, 0.5 and 1"))
    if ask.levels and 1.0 not in ask.levels:
        problem = "nothing could ever open fully: 1 is not among the levels"
        faults.append(Fault(file="--level", problem=problem, mend="Add --level 1"))
    for name, value in ask.limits.told().items():
        if not 0 <= value < np.inf:
            faults.append(Fault(file="limits", column=name, problem=f"{value:g} is not 0 or more", mend="Correct it"))
    if ask.reproduction is not None and not 0 < ask.reproduction < np.inf:
        problem = f"{ask.reproduction:g} is not above 0"
        faults.append(Fault(file="--reproduction", problem=problem, mend="Give a number such as 0.9"))
    if faults:
        raise InvalidInput("Nothing was planned.", faults)


def _at_work(city: City, work: Work, ask: Ask, situation: Situation) -> tuple[np.ndarray, tuple[str, ...]]:
    """Who is at work today, and in a sentence how that is known."""
    if ask.in_force is not None:
        found, left_out = at_work_under(ask.in_force, city, work, situation.on)
        return found, (f"Who is at work today is read from the strategy {ask.in_force.name}.", *left_out)
    if ask.at_work is None:
        note = (
            "All are at work today (assumed): say otherwise with --at-work or --in-force, for the reproduction number "
            "of today is that of those at work."
        )
        return np.ones(work.units), (note,)
    found = np.where(work.essential, max(ask.at_work, ask.terms.essential_least), ask.at_work)
    return found, (f"{ask.at_work:.0%} of all but essential sectors are at work today, as given.",)


def _limits(city: City, today: Today, ask: Ask) -> tuple[Limits, tuple[str, ...]]:
    """Limits as given, else as the folder says; and what is not limited."""
    folder = free_beds(city, today)
    given = ask.limits.told()
    found: dict[str, float | None] = {}
    notes = []
    for name in ("beds", "icu_beds", "tests_per_day"):
        value = given.get(name, folder.get(name))
        found[name] = None if name in ask.unlimited else value
        if value is None and name not in ask.unlimited:
            notes.append(f"{name} are not limited: the table capacity tells none, and none are given.")
    found["growth"] = None if "growth" in ask.unlimited else given.get("growth")
    return Limits(**found), tuple(notes)


def write_plan(planned: Planned, folder: Path, relief: Relief | None = None) -> dict[str, Path]:
    """Write a plan: `reopening.json`, its tables, and `reopening.toml`, which the twin can play.

    Returns:
        Name of each file to where it lies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plan, instruments = planned.plan, relief or shipped_relief()
    helped = relief_table(plan, instruments)
    tables = {
        "reopening": orders_table(plan),
        "sectors": sectors_table(plan),
        "capacity": capacity_table(plan),
        "shadow": shadow_table(plan),
        "relief": helped,
    }
    files: dict[str, Path] = {}
    for name, table in tables.items():
        files[name] = folder / f"{name}.csv"
        write_table(table, files[name])
    files["strategy"] = folder / "reopening.toml"
    strategy = strategy_of(plan, _staying(planned.ask.in_force))
    files["strategy"].write_text(strategy_text(strategy, comments=COMMENTS), encoding="utf-8")
    files["summary"] = folder / "reopening.json"
    summary = summary_of(planned, instruments, helped)
    files["summary"].write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return files


def _staying(strategy: Strategy | None) -> tuple[Measure, ...]:
    """What stays in force beside the limits of sectors; days counted from the start of a run mean nothing here."""
    if strategy is None:
        return ()
    return tuple(
        measure
        for measure in strategy.measures
        if not isinstance(measure, LimitSectors)
        and not isinstance(measure.start, int)
        and not isinstance(measure.stop, int)
    )


def summary_of(planned: Planned, relief: Relief, helped: pl.DataFrame) -> dict[str, Any]:
    """Everything that a page or a review needs beside the tables."""
    plan, today, setting = planned.plan, planned.today, planned.plan.setting
    held, duality = plan.held, plan.duality
    infected = float(plan.course.infections.sum())
    used = {name: float(np.max(value)) for name, value in setting.used(plan.attendance, plan.course).items()}
    return {
        "city": planned.city.name,
        "fingerprint": planned.city.fingerprint,
        "software": f"seawall {__version__}",
        "on": today.on.isoformat(),
        "start": plan.start.isoformat(),
        "days": setting.calendar.days,
        "reproduction": {"value": today.reproduction, "q5": today.low, "q95": today.high},
        "beds_taken": _number(today.beds),
        "icu_beds_taken": _number(today.icu_beds),
        "limits": dict(setting.limits.told()),
        "most_used": used,
        "one_more_buys": dict(plan.prices),
        "infections": {"of_plan": infected, "of_residents": infected / float(today.spread.people.sum())},
        "output": {
            "of_plan": plan.value,
            "of_usual_days": plan.usual,
            "share": plan.value / (plan.usual or 1.0),
            "before_rounding": plan.unrounded,
            "with_free_changes": plan.usual if plan.free is None else plan.free.solved.value,
        },
        "solver": {
            "library": "HiGHS through SciPy",
            "how": "nothing binds" if plan.free is None else "optimal" if held is None else held.how,
            "bound": None if held is None else held.bound,
            "gap": None if held is None else held.gap,
            "rounds": 0 if plan.last is None else plan.last.rounds,
            "programme_against_epidemic": 0.0 if plan.last is None else plan.last.apart,
            "duality": None if duality is None else dataclasses.asdict(duality),
            "seconds": round(plan.seconds, 2),
        },
        "changes": {
            "most": int(changes_of(plan.attendance).sum(axis=1).max(initial=0)),
            "shortest_stay_periods": shortest_stay(plan.attendance),
        },
        "relief": {"unregistered": relief.unregistered._asdict(), "instruments": _instruments(relief, helped)},
        "terms": _told(setting.terms),
        "calendar": {**_told(setting.calendar), "rising": setting.calendar.rising},
        "assumed": list(planned.assumed),
    }


def _instruments(relief: Relief, helped: pl.DataFrame) -> list[dict[str, Any]]:
    totals = {row["instrument"]: row for row in relief_totals(helped).iter_rows(named=True)}
    found = []
    for one in relief.instruments:
        row = dict(totals.get(one.key, {"instrument": one.key, "kind": one.kind}))
        since = row.get("reached_from")
        row["reached_from"] = None if since is None else since.isoformat()
        names = {"en": one.name, "zh-Hans": one.name_zh, "zh-Hant": one.name_zh_hant}
        guesses = {name: getattr(one, name)._asdict() for name in ("amount", "reach", "delay_days")}
        found.append({**row, "names": names, "about": one.about, **guesses})
    return found


def _told(noun: Any) -> Mapping[str, Any]:
    return {
        one.name: {
            "value": getattr(noun, one.name),
            "unit": one.unit,
            "low": one.low,
            "high": one.high,
            "source": one.source,
        }
        for one in describe_quantities(noun)
    }


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
