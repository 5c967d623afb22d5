"""The tables of a plan: orders by unit, capacities by day, what one more of each would buy."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np
import polars as pl

from seawall.plan.reopening.draw_up import Reopening
from seawall.plan.reopening.terms import LOOP, PLAIN, TESTED

ORDERS = {
    "district": pl.String,
    "sector": pl.String,
    "firm": pl.String,
    "from": pl.Date,
    "until": pl.Date,
    "openness": pl.Float64,
    "without_condition": pl.Float64,
    "under_tests": pl.Float64,
    "in_closed_loop": pl.Float64,
    "from_home": pl.Float64,
    "conditions": pl.String,
    "workers": pl.Float64,
    "output": pl.Float64,
    "output_share": pl.Float64,
    "why": pl.String,
    "price": pl.Float64,
}
"""Columns of the orders. `until` is the first day on which it no longer holds; `price` money a day for which the limit
named in `why` keeps all the unit's workers away."""

WHY = {
    "": "nothing binds",
    "beds": "hospital beds",
    "icu_beds": "intensive care beds",
    "tests_per_day": "tests",
    "growth": "growth at the end",
    "orders": "no buyers: others are closed",
    "supply": "inputs are missing",
    "changes": "few changes, long stays, nothing closes again",
    "rounding": "orders go in steps",
}
"""Why a unit is not open without conditions."""

IDLE = 1e-4
"""Share of usual output below which a difference says nothing."""


def orders_table(plan: Reopening) -> pl.DataFrame:
    """A row for each unit and span of days with one order."""
    work, setting = plan.setting.work, plan.setting
    why, price = _why(plan)
    lengths = setting.calendar.lengths
    rows = []
    for unit in range(work.units):
        for span in _spans(plan.attendance[unit]):
            first, after = span[0], span[-1] + 1
            days = lengths[first:after]
            there = plan.attendance[unit, first]
            share = float(plan.output[unit, first:after] @ days / days.sum())
            most = first + int(np.argmax(price[unit, first:after]))
            rows.append(
                (
                    work.districts[work.district[unit]],
                    work.sectors[work.sector[unit]],
                    work.firms[unit] or None,
                    plan.first_day(first),
                    plan.first_day(after),
                    float(there.sum()),
                    *(float(there[mode]) for mode in (PLAIN, TESTED, LOOP)),
                    float((1 - there.sum()) * work.remote[unit]),
                    _conditions(there, float(work.remote[unit]), setting.terms.test_every_days),
                    float(work.workers[unit]),
                    share * float(work.value[unit] * days.sum()),
                    share,
                    WHY[why[unit, most]],
                    float(price[unit, most]),
                )
            )
    table = pl.DataFrame(rows, schema=ORDERS, orient="row")
    return table.with_columns(pl.col(pl.Float64).round(6))


def _spans(attendance: np.ndarray) -> Iterator[list[int]]:
    """Runs of periods with one attendance, shape (period, condition)."""
    for _, run in groupby(range(attendance.shape[0]), key=lambda period: tuple(np.round(attendance[period], 6))):
        yield list(run)


def _conditions(there: np.ndarray, remote: float, every: float) -> str:
    told = []
    if there.sum() < 1 - IDLE:
        told.append(f"at most {there.sum():.0%} attend")
    if there[TESTED] > IDLE:
        told.append(f"{there[TESTED]:.0%} tested every {every:g} days")
    if there[LOOP] > IDLE:
        told.append(f"{there[LOOP]:.0%} in a closed loop")
    if there.sum() < 1 - IDLE and remote > 0:
        told.append(f"of those away {remote:.0%} work from home")
    return "; ".join(told)


def causes(plan: Reopening) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share of usual output lost by order, for want of inputs and for want of buyers; each of shape (unit, period)."""
    setting, program = plan.setting, plan.setting.program
    there = plan.attendance.sum(axis=-1)
    could = np.minimum(1.0, plan.attendance @ program.makes + program.remote[:, None] * (1 - there))
    idle = np.maximum(could - plan.output, 0.0)
    idle[idle < IDLE] = 0.0
    short = _short_of_inputs(plan)[setting.work.sector]
    return np.asarray(1 - could), np.where(short, idle, 0.0), np.where(short, 0.0, idle)


def _short_of_inputs(plan: Reopening) -> np.ndarray:
    """Whether a sector buys of one that delivers all it makes to other sectors; bool, shape (sector, period)."""
    work = plan.setting.work
    made = np.zeros((len(work.sectors), plan.output.shape[1]))
    np.add.at(made, work.sector, work.gross_of_unit[:, None] * plan.output)
    final = made - work.inputs @ made
    least = -plan.setting.terms.supply_from_outside * (work.inputs @ work.gross)
    gone = final - least[:, None] <= IDLE * np.maximum(work.gross, 1e-9)[:, None]
    return np.asarray((work.inputs > 0).T @ gone > 0)


def _why(plan: Reopening) -> tuple[np.ndarray, np.ndarray]:
    """The limit that costs each unit and period most, and its price a day for all of the unit's workers."""
    setting, shape = plan.setting, plan.output.shape
    why = np.full(shape, "", dtype=object)
    price = np.zeros(shape)
    last = plan.last
    if last is not None and last.solved.prices is not None:
        presence, lengths = setting.presence(last.attendance), setting.calendar.lengths
        for kind in setting.limits.told():
            rows = [row for row in last.program.capacities if row.kind == kind]
            cost = np.zeros(shape)
            for row, each in zip(rows, last.solved.prices.of(kind), strict=True):
                square = np.zeros(shape) if row.square is None else 2 * row.square * presence
                cost += each * (row.weight[..., PLAIN] + square)
            cost /= lengths[None]
            better = cost > np.maximum(price, 1e-9 * setting.work.value.max(initial=1.0))
            why[better], price[better] = kind, cost[better]
    restricted = plan.attendance[..., PLAIN] < 1 - IDLE
    _, no_inputs, no_buyers = causes(plan)
    for name, idle in (("supply", no_inputs), ("orders", no_buyers)):
        at = (idle > IDLE) & (restricted.__invert__() | (idle > 0.5 * (1 - plan.output)))
        why[at] = name
    if last is not None:
        stepped = restricted & (why == "")
        exact = last.attendance[..., PLAIN] >= 1 - IDLE
        why[stepped] = "changes"
        why[stepped & exact] = "rounding"
    open_ = ~restricted & (no_inputs + no_buyers <= IDLE)
    why[open_], price[open_] = "", 0.0
    return why, price


def capacity_table(plan: Reopening) -> pl.DataFrame:
    """What is taken of each capacity, day by day, beside its limit (null: none)."""
    setting, course = plan.setting, plan.course
    limits = setting.limits.told()
    columns: dict[str, pl.Series] = {"date": pl.Series(plan.days, dtype=pl.Date)}
    for name, used in (
        ("beds", course.beds),
        ("icu_beds", course.icu_beds),
        ("tests_per_day", setting.tests(plan.attendance, course)),
    ):
        columns[name] = pl.Series(np.round(used, 3))
        columns[f"{name}_limit"] = pl.Series([limits.get(name)] * len(plan.days), dtype=pl.Float64)
    columns["reports"] = pl.Series(np.round(course.reports, 3))
    columns["infections"] = pl.Series(np.round(course.infections.sum(axis=-1), 3))
    return pl.DataFrame(columns)


def shadow_table(plan: Reopening) -> pl.DataFrame:
    """What one more of each capacity would buy over the plan."""
    setting = plan.setting
    used = setting.used(plan.attendance, plan.course)
    rows = []
    for name, price in plan.prices.items():
        limit, most = setting.limits.told()[name], float(np.max(used[name]))
        on = None if name == "growth" else plan.days[int(np.argmax(used[name]))]
        one = {"growth": "0.01 of the reproduction number", "tests_per_day": "a test a day"}.get(name, "a bed")
        rows.append((name, limit, round(most, 4), on, one, round(price, 4), price / (plan.usual or 1.0)))
    return pl.DataFrame(
        rows,
        schema={
            "capacity": pl.String,
            "limit": pl.Float64,
            "most_used": pl.Float64,
            "on": pl.Date,
            "one_more": pl.String,
            "buys_output": pl.Float64,
            "buys_share": pl.Float64,
        },
        orient="row",
    )


def sectors_table(plan: Reopening) -> pl.DataFrame:
    """Openness and output of each sector by period, weighed by workers and by value: who opens first."""
    work = plan.setting.work
    rows = []
    many = plan.output.shape[1]
    for sector, name in enumerate(work.sectors):
        mine = work.sector == sector
        people, value = work.workers[mine], work.value[mine]
        rows += [
            (
                name,
                plan.first_day(period),
                _mean(plan.openness[mine, period], people),
                _mean(plan.attendance[mine, period, PLAIN], people),
                _mean(plan.output[mine, period], value),
            )
            for period in range(many)
        ]
    schema = {
        "sector": pl.String,
        "from": pl.Date,
        "openness": pl.Float64,
        "without_condition": pl.Float64,
        "output_share": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col(pl.Float64).round(6))


def _mean(values: np.ndarray, weights: np.ndarray) -> float:
    return float(values @ weights / weights.sum()) if weights.sum() > 0 else float(values.mean() if values.size else 0)
