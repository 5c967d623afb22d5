"""Reopening: duality, exhaustive search, exact input-output identities, more beds never less output, honest prices."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from seawall.core import InvalidInput
from seawall.core.draws import generator
from seawall.plan.reopening.check import changes_of, duality, shortest_stay
from seawall.plan.reopening.draw_up import draw_up
from seawall.plan.reopening.program import Capacity, Program, matrix_of
from seawall.plan.reopening.seek import Limits, Setting, rounded_down, seek
from seawall.plan.reopening.solve import NoPlan, greedy, output_of, solve
from seawall.plan.reopening.spread import Shares, Spread
from seawall.plan.reopening.terms import Calendar, Terms
from seawall.plan.reopening.work import Work

START = date(2025, 6, 1)


def random_program(seed: int, units: int = 6, periods: int = 4, sectors: int = 3, rows: int = 4) -> Program:
    rng = generator(seed, "test", "reopening")
    sector = np.arange(units) % sectors
    flat = np.ones((1, periods))
    conditions = np.array([1.0, 0.7, 0.4])
    return Program(
        value=rng.uniform(1, 5, (units, 1)) * flat,
        makes=np.array([1.0, 0.98, 0.85]),
        remote=rng.uniform(0, 0.6, units),
        spreads=np.sqrt([1.0, 0.55, 0.2]),
        most=np.ones((units, 1)) * np.array([1.0, 1.0, 0.3]),
        least=np.where(rng.random((units, 1)) < 0.3, 0.5, 0.0) * flat,
        sector=sector,
        gross=rng.uniform(1, 3, units),
        inputs=rng.uniform(0, 0.25, (sectors, sectors)),
        capacities=tuple(
            Capacity(
                kind="beds",
                day=day,
                weight=rng.uniform(0, 1, (units, periods, 1)) * conditions,
                square=rng.uniform(0, 1, (units, periods)) if day % 2 else None,
                limit=units * periods * 0.45,
            )
            for day in range(rows)
        ),
        tangents=tuple(np.full((units, periods), at) for at in np.linspace(0, 1, 9)),
    )


def toy(limits: Limits, calendar: Calendar | None = None, reproduction: float = 1.7, **terms: float) -> Setting:
    """Two districts, three sectors; some growth where all are at work, and every input made in the city."""
    terms = {"supply_from_outside": 0.0, **terms}
    district, sector = np.divmod(np.arange(6), 3)
    people = np.array([60_000.0, 40_000.0])
    past = np.full((30, 2), 6.0)
    generation = np.array([0.1, 0.25, 0.3, 0.2, 0.1, 0.05])
    stay = np.concatenate([np.zeros(6), np.full(10, 0.03)])
    work = Work(
        districts=("D1", "D2"),
        sectors=("Making", "Shops", "Water"),
        district=district,
        sector=sector,
        firms=("",) * 6,
        workers=np.array([12_000.0, 9_000, 3_000, 6_000, 8_000, 2_000]),
        value=np.array([500.0, 300, 200, 250, 320, 130]),
        remote=np.array([0.1, 0.05, 0.1, 0.1, 0.05, 0.1]),
        essential=sector == 2,
        gross=np.array([1200.0, 900, 500]),
        inputs=np.array([[0.15, 0.1, 0.05], [0.05, 0.1, 0.05], [0.1, 0.08, 0.02]]),
        serves=np.array([False, True, False]),
        teaches=np.zeros(3, dtype=bool),
    )
    spread = Spread(
        people=people,
        susceptible=people * 0.95,
        past=past,
        generation=generation,
        destinations=np.array([[0.8, 0.2], [0.3, 0.7]]),
        near=np.array([[0.9, 0.1], [0.15, 0.85]]),
        shares=Shares(home=0.45, near=0.1, work=0.33, customers=0.12),
        reproduction=reproduction,
        in_bed=np.tile(stay, (2, 1)),
        in_icu=np.tile(stay / 10, (2, 1)),
        reported=np.array([0.0, 0.0, 0.1, 0.2, 0.2, 0.1]),
    )
    free = Calendar(days=42, period_days=14, dwell_days=14, changes=9, step=0.0, rising=False)
    return Setting(work=work, spread=spread, limits=limits, terms=Terms(**terms), calendar=calendar or free)


@pytest.mark.parametrize("seed", range(8))
def test_the_plan_and_its_prices_are_worth_the_same(seed):
    program = random_program(seed)
    found = duality(program, solve(program))
    assert found.gap < 1e-6
    assert found.slack < 1e-6
    assert found.sign < 1e-9
    assert found.stationary < 1e-6
    assert found.primal > 0


def test_prices_that_are_not_those_of_the_plan_are_found_out():
    program = random_program(1)
    solved = solve(program)
    assert solved.prices is not None
    doubled = replace(solved, prices=replace(solved.prices, rows=2 * solved.prices.rows))
    assert duality(program, doubled).gap > 1e-3
    other = replace(solved, columns=0.5 * solved.columns)
    assert duality(program, other).gap > 1e-3


def test_every_row_of_the_programme_is_kept():
    program = replace(random_program(2), dwell=2, changes=2)
    solved = solve(program, seconds=20)
    matrix = matrix_of(program)
    assert (matrix.rows @ solved.columns - matrix.limit).max() < 1e-6
    assert solved.value <= solved.bound * (1 + 1e-9)


@pytest.mark.parametrize(("changes", "dwell"), [(9, 1), (1, 1), (0, 1), (2, 2)])
def test_the_best_of_all_plans_is_found(changes, dwell):
    program = replace(random_program(5, units=3, periods=3, sectors=2), levels=(0.0, 0.5, 1.0))
    # one condition, so that every plan can be written down; squares exact at the three levels
    program = replace(
        program,
        makes=program.makes[:1],
        spreads=program.spreads[:1],
        most=program.most[:, :1],
        capacities=tuple(replace(row, weight=row.weight[..., :1], limit=4.0) for row in program.capacities),
        tangents=tuple(np.full((3, 3), at) for at in (0.0, 0.25, 0.5, 0.75, 1.0)),
        changes=changes,
        dwell=dwell,
    )
    best = -1.0
    for plan in itertools.product(program.levels, repeat=9):
        attendance = np.array(plan).reshape(3, 3, 1)
        if (attendance[..., 0] < program.least - 1e-9).any():
            continue
        if changes_of(attendance).sum(axis=1).max() > changes or (dwell > 1 and shortest_stay(attendance) < dwell):
            continue
        made = output_of(program, attendance)
        best = best if made is None else max(best, made.value)
    solved = solve(program, seconds=60)
    assert best > 0
    assert solved.how == "optimal"
    assert solved.value == pytest.approx(best, rel=1e-6)
    assert greedy(program).value <= best * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_the_greedy_plan_keeps_the_limits_and_is_never_better(seed):
    program = replace(random_program(seed), dwell=2, changes=1)
    fallback = greedy(program)
    assert fallback is not None
    assert all(row.taken(fallback.attendance, program.spreads) <= row.limit + 1e-6 for row in program.capacities)
    assert changes_of(fallback.attendance).sum(axis=1).max() <= 1
    assert 0 < fallback.value <= solve(program, seconds=20).bound * (1 + 1e-9)


def test_when_time_is_up_the_answer_says_so_with_its_gap():
    program = replace(random_program(3, units=30, periods=8, rows=20), dwell=3, changes=2)
    solved = solve(program, seconds=0.05)
    assert solved.how in {"time is up", "greedy", "optimal"}
    assert solved.value <= solved.bound * (1 + 1e-9)
    assert solved.gap == pytest.approx((solved.bound - solved.value) / solved.bound, abs=1e-12)
    assert greedy(program).value <= solved.value * (1 + 1e-9)


def miller_blair(**more) -> Program:
    """Two sectors of Miller and Blair: A, final use (350, 1700), gross output (1000, 2000)."""
    return Program(
        value=np.array([[1000 * 0.65], [2000 * 0.70]]),
        makes=np.ones(1),
        remote=np.zeros(2),
        spreads=np.ones(1),
        most=np.ones((2, 1)),
        least=np.zeros((2, 1)),
        sector=np.arange(2),
        gross=np.array([1000.0, 2000.0]),
        inputs=np.array([[0.15, 0.25], [0.20, 0.05]]),
        **more,
    )


def test_usual_days_are_a_plan_and_nothing_can_be_better():
    solved = solve(miller_blair())
    assert solved.output == pytest.approx(np.ones((2, 1)))
    assert solved.value == pytest.approx(650 + 1400)


def test_a_sector_taken_out_lowers_the_other_by_its_orders_and_by_its_deliveries():
    closed = miller_blair(outside=1.0)
    closed = replace(closed, most=np.array([[0.0], [1.0]]))
    # what the second bought of the first comes from elsewhere: it loses the orders only (hypothetical extraction, E3)
    assert solve(closed).output[1, 0] * 2000 == pytest.approx(1789.474, abs=1e-3)
    # nothing comes from elsewhere: the second cannot make anything
    assert solve(replace(closed, outside=0.0)).output[1, 0] == pytest.approx(0.0, abs=1e-9)


def test_a_sector_with_no_users_takes_only_its_own_output_with_it():
    program = miller_blair()
    program = replace(program, inputs=np.diag([0.1, 0.1]), most=np.array([[0.4], [1.0]]))
    assert solve(program).output[:, 0] == pytest.approx([0.4, 1.0])


def test_the_renewal_model_grows_as_its_reproduction_number_says():
    setting = toy(Limits())
    huge = replace(setting.spread, people=np.full(2, 1e12), susceptible=np.full(2, 1e12), reproduction=1.4)
    ones = np.ones((2, 1))
    course = huge.play(ones, ones, np.zeros(120, dtype=int))
    assert float(course.growth) == pytest.approx(1.4, rel=1e-4)
    late = np.log(course.infections[-1] / course.infections[-2])
    lags = np.arange(1, huge.generation.size + 1)
    assert 1.4 * (huge.generation * np.exp(-late[0] * lags)).sum() == pytest.approx(1.0, rel=1e-4)
    assert late[0] == pytest.approx(late[1], rel=1e-3)


def test_derivatives_are_those_of_small_steps():
    setting = toy(Limits(beds=100.0, icu_beds=10.0, tests_per_day=5000.0, growth=1.0))
    rng = generator(3, "test", "slopes")
    work, shops = rng.uniform(0.2, 0.9, (2, 3)), rng.uniform(0.2, 0.9, (2, 3))
    days = setting.calendar.period_of_day
    response = setting.spread.respond(work, shops, days)
    step = 1e-6
    for which, district, period in itertools.product((0, 1), (0, 1), (0, 2)):
        up, down = [work.copy(), shops.copy()], [work.copy(), shops.copy()]
        up[which][district, period] += step
        down[which][district, period] -= step
        more, less = setting.spread.play(*up, days), setting.spread.play(*down, days)
        for name in ("beds", "icu_beds", "reports", "growth"):
            expected = (getattr(more, name) - getattr(less, name)) / (2 * step)
            told = getattr(response, name)[..., which, district, period]
            assert told == pytest.approx(expected, rel=2e-4, abs=1e-5), name


def test_where_nothing_is_limited_all_go_to_work():
    plan = draw_up(toy(Limits()), START)
    assert (plan.openness == 1).all()
    assert plan.value == plan.usual
    assert plan.last is None
    roomy = draw_up(toy(Limits(beds=1e6, growth=9.0)), START)
    assert roomy.value == roomy.usual
    assert set(roomy.prices.values()) == {0.0}


def test_more_beds_never_lower_output():
    values = [draw_up(toy(Limits(beds=beds)), START).value for beds in (16, 20, 28, 45, 80, 1000)]
    assert all(later >= earlier * (1 - 2e-4) for earlier, later in itertools.pairwise(values)), values
    assert values[0] < 0.97 * values[-1]
    assert values[-1] == pytest.approx(toy(Limits()).program.total)


def test_the_plan_keeps_its_limits_in_the_epidemic_and_the_programme_expected_it():
    limits = Limits(beds=25.0, icu_beds=2.4, tests_per_day=9000.0, growth=1.0)
    plan = draw_up(toy(limits), START)
    used = plan.setting.used(plan.attendance, plan.course)
    for name, limit in limits.told().items():
        assert used[name].max() <= limit * 1.001, name
    assert plan.last is not None
    assert plan.last.apart < 2e-3
    assert plan.duality.gap < 1e-6
    assert 0.5 * plan.usual < plan.value < plan.usual


def test_where_early_infections_spare_later_ones_both_starts_agree():
    setting = toy(Limits(beds=900.0, growth=1.0), Calendar(days=84, changes=9, step=0.0), reproduction=2.2)
    low, high = seek(setting, setting.lowest()), seek(setting, setting.everybody())
    slopes = setting.respond(low.attendance).beds[-1]
    assert slopes.min() < 0 < slopes.max()
    for one in (low, high):
        assert sum(one.excess.values()) < 1e-3
        assert one.apart < 2e-3
    assert low.solved.value == pytest.approx(high.solved.value, rel=3e-3)


def test_no_even_attendance_is_better():
    setting = toy(Limits(beds=25.0))
    plan = draw_up(setting, START)
    best = 0.0
    for openness in np.linspace(0, 1, 101):
        attendance = np.zeros((6, 3, 3))
        attendance[..., 0] = np.maximum(openness, setting.least)
        made = output_of(setting.program, attendance)
        if made is not None and not any(setting.excess(attendance, setting.play(attendance)).values()):
            best = max(best, made.value)
    assert best > 0.5 * plan.usual
    assert plan.value > best * 1.005


def test_one_more_bed_buys_what_its_price_says():
    price = draw_up(toy(Limits(beds=25.0)), START)
    more = draw_up(toy(Limits(beds=25.5)), START)
    less = draw_up(toy(Limits(beds=24.5)), START)
    bought = more.value - less.value
    assert price.prices["beds"] > 0
    assert bought == pytest.approx(price.prices["beds"], rel=0.15)


def test_changes_are_few_and_stays_are_long():
    calendar = Calendar(days=70, period_days=7, dwell_days=21, changes=2, rising=False)
    plan = draw_up(toy(Limits(beds=30.0, growth=1.0), calendar), START, seconds=20)
    assert changes_of(plan.attendance).sum(axis=1).max() <= 2
    assert shortest_stay(plan.attendance) >= 3
    assert plan.held is not None
    assert plan.held.value <= plan.held.bound * (1 + 1e-9)
    assert plan.value <= plan.free.solved.value * (1 + 1e-3)
    steps = plan.openness / calendar.step
    assert steps == pytest.approx(np.rint(steps), abs=1e-6)
    freely = draw_up(toy(Limits(beds=30.0, growth=1.0), replace(calendar, dwell_days=7, changes=9)), START)
    assert changes_of(freely.attendance).sum(axis=1).max() > 2


def test_what_has_opened_stays_open_where_nothing_may_close():
    limits = Limits(beds=30.0, growth=1.0)
    closing = toy(limits, Calendar(days=42, changes=2, step=0.0, rising=False))
    opening = toy(limits, Calendar(days=42, changes=2, step=0.0))
    may, may_not = draw_up(closing, START, seconds=20), draw_up(opening, START, seconds=20)
    assert np.diff(may.openness, axis=1).min() < -0.01
    assert np.diff(may_not.openness, axis=1).min() > -1e-6
    assert may_not.value <= may.value * (1 + 1e-3)


def test_orders_in_levels():
    levels = (0.0, 0.5, 1.0)
    setting = replace(toy(Limits(beds=25.0), essential_least=1.0), levels=levels)
    plan = draw_up(setting, START, seconds=20)
    assert np.isin(np.round(plan.openness, 6), levels).all()


def test_rounding_never_lets_more_people_in():
    setting = replace(toy(Limits()), calendar=Calendar(days=42, step=0.05))
    there = generator(4, "test", "rounding").dirichlet(np.ones(4), size=(6, 3))[..., :3]
    there[setting.work.essential] += 0.85 * (1 - there[setting.work.essential].sum(axis=-1, keepdims=True)) / 3
    there = np.where(there.sum(axis=-1, keepdims=True) < setting.least[..., None], setting.lowest(), there)
    rounded = rounded_down(setting, there)
    assert (rounded.sum(axis=-1) <= there.sum(axis=-1) + 1e-9).all()
    assert (rounded.sum(axis=-1) >= setting.least - 1e-9).all()


def test_what_cannot_be_says_how_much_is_lacking_and_what_would_do():
    with pytest.raises(InvalidInput) as refused:
        draw_up(toy(Limits(beds=40.0), reproduction=3.0), START)
    (fault,) = refused.value.faults
    assert fault.column == "beds"
    setting = toy(Limits(beds=40.0), reproduction=3.0)
    least = float(setting.play(setting.lowest()).beds.max())
    assert f"{least:,.1f} are needed on 2025-07" in fault.problem
    assert f"there are 40.0: {least - 40:,.1f} too few" in fault.problem
    wanted = float(fault.mend.split("--beds ")[1].split(")")[0])
    assert 0 <= wanted - least < 1
    draw_up(toy(Limits(beds=wanted), reproduction=3.0), START)  # what it says would do, does
    share = float(fault.mend.split("take ")[1].split("%")[0]) / 100
    assert share > 0.02
    draw_up(toy(Limits(beds=40.0), reproduction=3.0 * (1 - share - 0.001)), START)
    with pytest.raises(InvalidInput):
        draw_up(toy(Limits(beds=40.0), reproduction=3.0 * (1 - share + 0.01)), START)


def test_infections_of_before_the_plan_alone_can_be_too_many():
    with pytest.raises(InvalidInput) as refused:
        draw_up(toy(Limits(beds=3.0, tests_per_day=10.0)), START)
    told = {fault.column: fault for fault in refused.value.faults}
    assert set(told) == {"beds", "tests_per_day"}
    assert "3.6 are needed on 2025-06-01 and there are 3.0: 0.6 too few" in told["beds"].problem
    assert "transmission" not in told["beds"].mend  # no measure of today changes what was infected yesterday


def test_a_programme_without_a_plan_is_refused():
    program = replace(random_program(1), least=np.ones((6, 4)))
    with pytest.raises(NoPlan):
        solve(program)
    with pytest.raises(NoPlan):
        solve(replace(program, changes=1))
    assert greedy(program) is None
