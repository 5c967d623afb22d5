"""Effects of known size are found, none where there is none, and what cannot be told apart is named."""

from __future__ import annotations

import itertools
import math
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import optimize, stats

from seawall.core.draws import generator
from seawall.disease.delays import Delay, discretised
from seawall.review.apart import ALIKE, correlation, detrended, inflation, tangled, unequal
from seawall.review.effects import estimate_effects, of_measure, verdict
from seawall.review.held import Calendar, Held
from seawall.review.series import bend, exposure_of
from seawall.review.staggered import NEVER, DistrictRules, contrast, growth_of

DELAY = discretised(Delay(family="gamma", mean_days=6, sd_days=3), 25, right_truncated=True)
SHANGHAI = Path(__file__).parents[3] / "shared" / "data" / "shanghai-2022" / "district_daily_a.csv"


GENERATION = discretised(Delay(family="gamma", mean_days=5, sd_days=2), 14, right_truncated=True)[1:]
BEFORE = 25
"""Days that an epidemic runs before the first day that is looked at."""


def growth_at(reproduction):
    """Daily growth of an epidemic with this reproduction number, by Euler and Lotka."""
    days = np.arange(1, GENERATION.size + 1)
    return optimize.brentq(lambda r: reproduction * (GENERATION @ np.exp(-r * days)) / GENERATION.sum() - 1, -1, 1)


def wandering(rng, shape, size, lasts):
    """Departures that last some days, float, shape (day, *shape)."""
    out = np.zeros(shape)
    for day in range(1, shape[0]):
        out[day] = lasts * out[day - 1] + rng.normal(0, size * math.sqrt(1 - lasts**2), shape[1:])
    return out


def simulated(key, starts, before, after, *, days, wander=0.06, mixing=0.0):
    """Reports of simulated cities, shape (city, day, district): a renewal process with reports after a delay.

    The reproduction number goes from one value to another where and when the measure begins; it differs between
    districts and wanders by itself, for all of a city and for each district. A share `mixing` of infections is spread
    over the city.
    """
    rng = generator(21, "simulated cities", key)
    runs, districts = starts.shape
    infections = np.zeros((BEFORE + days, runs, districts))
    infections[:7] = rng.poisson(20, (7, runs, districts))
    shape = infections.shape
    own = rng.normal(0, 0.04, (runs, districts))
    log = own + wandering(rng, (*shape[:2], 1), wander, 0.9) + wandering(rng, shape, 0.6 * wander, 0.8)
    for day in range(7, BEFORE + days):
        past = infections[max(day - GENERATION.size, 0) : day][::-1]
        force = np.tensordot(GENERATION[: len(past)] / GENERATION.sum(), past, axes=1)
        force = (1 - mixing) * force + mixing * force.mean(axis=1, keepdims=True)
        mean = np.where(day - BEFORE >= starts, after, before) * np.exp(log[day]) * force + 1e-6
        infections[day] = rng.negative_binomial(10, 10 / (10 + mean))
    delayed = np.apply_along_axis(lambda column: np.convolve(column, DELAY)[: column.size], 0, infections)
    return rng.poisson(0.5 * delayed[BEFORE:]).astype(float).transpose(1, 0, 2)


def bends(before, after, *, wander, days=60, runs=100):
    """The bend of each simulated city at a measure that begins on day 28, and its reports."""
    exposure = exposure_of((np.arange(days) >= 28).astype(float), DELAY)
    starts = np.full((runs, 4), 28)
    cities = simulated(f"{before} {after} {wander}", starts, before, after, days=days, wander=wander).sum(axis=2)
    none = np.zeros((days, 0))
    return [bend(reports, exposure, none, weekday=np.arange(days) % 7) for reports in cities], cities


def held_share(found, truth):
    return np.mean([one.growth_change_low <= truth <= one.growth_change_high for one in found])


@pytest.mark.parametrize("wander", [0.0, 0.06, 0.12])
def test_intervals_of_a_bend_hold_the_truth_nine_times_in_ten(wander):
    found, _ = bends(1.3, 0.95, wander=wander)
    truth = growth_at(0.95) - growth_at(1.3)
    assert held_share(found, truth) >= 0.85
    assert np.mean([one.growth_change for one in found]) == pytest.approx(truth, abs=0.015)
    if wander < 0.1:
        assert np.mean([one.growth_change_high < 0 for one in found]) > 0.5


@pytest.mark.parametrize("wander", [0.0, 0.12])
def test_no_bend_is_seldom_taken_for_one(wander):
    found, _ = bends(1.15, 1.15, wander=wander)
    assert np.mean([one.growth_change_low > 0 or one.growth_change_high < 0 for one in found]) <= 0.16
    assert np.mean([one.p < 0.1 for one in found]) <= 0.16


def test_a_regression_about_a_straight_course_takes_every_turn_for_an_effect():
    # The same reports, by the usual overdispersed regression on independent days: what the wander is for.
    _, cities = bends(1.15, 1.15, wander=0.06)
    exposure = exposure_of((np.arange(60) >= 28).astype(float), DELAY)
    x = np.column_stack([np.ones(60), np.arange(60) - 29.5, exposure, np.cumsum(exposure)])
    claims = []
    for y in cities:
        beta = np.array([np.log(y.mean()), 0, 0, 0.0])
        for _ in range(60):
            mean = np.exp(np.clip(x @ beta, -20, 20))
            beta = beta + np.linalg.solve(x.T @ (x * mean[:, None]), x.T @ (y - mean))
        spread = ((y - mean) ** 2 / mean).sum() / (60 - 4)
        error = math.sqrt(spread * np.linalg.inv(x.T @ (x * mean[:, None]))[3, 3])
        claims.append(abs(beta[3]) > stats.t.ppf(0.95, 56) * error)
    assert np.mean(claims) > 0.5


def test_a_delay_from_infection_to_report_is_counted_in():
    # Without it the bend seems to come late and slantwise: the estimate at once would be wrong.
    exposure = exposure_of((np.arange(56) >= 28).astype(float), DELAY)
    assert exposure[28] < 0.05
    assert exposure[27] == 0
    assert exposure[40] > 0.95
    assert exposure.sum() == pytest.approx(28 - float(np.arange(26) @ DELAY), abs=0.05)


def panel(rng, districts, starts, effect, *, days=70, own=None):
    """Reports of districts whose growth differs by a constant of each and a course of all."""
    growth = 0.01 + rng.normal(0, 0.02, districts)[None, :] + 0.02 * np.sin(np.arange(days) / 9)[:, None]
    growth = growth + rng.normal(0, 0.02, (days, districts))
    size = np.full(districts, effect) if own is None else own
    growth = growth + size[None, :] * (np.arange(days)[:, None] >= starts)
    level = np.log(30 + rng.integers(0, 60, districts))[None, :]
    return rng.poisson(np.exp(level + np.cumsum(growth, axis=0))).astype(float)


HALF = np.array([35] * 4 + [NEVER] * 4)


@pytest.mark.parametrize("after", [1.2, 0.95])
def test_intervals_of_districts_hold_the_truth_nine_times_in_ten(after):
    rng = generator(9, "districts")
    starts = np.array([rng.permutation(HALF) for _ in range(100)])
    truth = growth_at(after) - growth_at(1.2)
    inside, refused, estimates = [], [], []
    for run, reports in enumerate(simulated(f"districts {after}", starts, 1.2, after, days=70)):
        begins = np.where(starts[run] < NEVER, starts[run] + 6, NEVER)
        found = contrast(growth_of(reports), begins, seed=run, placebo=False)
        assert found.exact
        assert found.assignments == 70
        inside.append(found.low <= truth <= found.high)
        refused.append(found.p <= 0.1)
        estimates.append(found.estimate)
    assert np.mean(inside) >= 0.84
    assert np.mean(refused) <= 0.16 if truth == 0 else np.mean(refused) > 0.8
    assert np.mean(estimates) == pytest.approx(truth, abs=0.006)


def test_districts_that_infect_each_other_make_an_effect_look_smaller():
    starts = np.array([HALF] * 60)
    truth = growth_at(0.8) - growth_at(1.2)
    means = []
    for mixing in (0.0, 0.05):
        cities = simulated("spill", starts, 1.2, 0.8, days=70, mixing=mixing)
        begins = np.where(HALF < NEVER, HALF + 6, NEVER)
        means.append(np.mean([contrast(growth_of(one), begins, seed=1, placebo=False).estimate for one in cities]))
    assert means[0] == pytest.approx(truth, abs=0.008)
    assert 0.85 * truth < means[1] < 0


def test_every_deal_of_the_starts_is_counted_and_p_is_their_share():
    rng = generator(3, "exact")
    growth = rng.normal(0, 0.05, (60, 6))
    starts = np.array([30, 30, 30, NEVER, NEVER, NEVER])
    found = contrast(growth, starts, seed=1, placebo=False)
    after, before = growth[40:].mean(axis=0), growth[:33].mean(axis=0)
    change = after - before
    every = [
        change[list(chosen)].mean() - change[[one for one in range(6) if one not in chosen]].mean()
        for chosen in itertools.combinations(range(6), 3)
    ]
    mine = change[:3].mean() - change[3:].mean()
    assert found.assignments == 20
    assert found.estimate == pytest.approx(mine)
    assert found.p == pytest.approx(np.mean(np.abs(every) >= abs(mine) - 1e-12))


def test_p_values_of_no_effect_are_even_to_the_deal():
    # Exactness: with 20 deals each p value is a multiple of 1/20 and p <= k/20 comes k times in 20.
    rng = generator(4, "even")
    p = np.array(
        [
            contrast(rng.standard_t(2, (60, 6)), np.array([30] * 3 + [NEVER] * 3), seed=1, placebo=False).p
            for _ in range(400)
        ]
    )
    for k in (2, 6, 10):
        assert abs((p <= k / 20 + 1e-9).mean() - k / 20) < 3.5 * math.sqrt(k / 20 * (1 - k / 20) / 400)


def test_districts_that_begin_in_turn_with_effects_of_their_own():
    # One regression with a level for each district and day takes early beginners for the untreated; this does not.
    starts = np.array([25, 25, 25, 50, 50, 50, NEVER, NEVER])
    own = np.array([-0.10, -0.10, -0.10, -0.02, -0.02, -0.02, 0, 0])
    found = []
    for run in range(25):
        rng = generator(12, "in turn", run)
        found.append(contrast(growth_of(panel(rng, 8, starts, 0, days=80, own=own)), starts, seed=run, placebo=False))
    under = {start: 80 - (start + 10) for start in (25, 50)}
    truth = 3 * (under[25] * -0.10 + under[50] * -0.02) / (3 * sum(under.values()))
    assert np.mean([one.estimate for one in found]) == pytest.approx(truth, abs=0.006)


def test_a_start_pretended_earlier_shows_districts_that_went_apart_before():
    rng = generator(6, "before")
    counts = panel(rng, 10, np.full(10, NEVER), 0)
    steeper = counts * np.exp(0.006 * np.maximum(np.arange(70) - 10, 0) ** 2 / 10)[:, None]
    counts[:, :5] = steeper[:, :5]
    starts = np.array([45] * 5 + [NEVER] * 5)
    found = contrast(growth_of(np.round(counts)), starts, seed=1)
    assert found.placebo > 0.01
    assert found.placebo_p <= 0.1


def test_few_districts_give_no_interval_rather_than_a_narrow_one():
    rng = generator(7, "few")
    starts = np.array([35, NEVER, NEVER])
    found = contrast(growth_of(panel(rng, 3, starts, -0.06)), starts, seed=1, placebo=False)
    assert (found.low, found.high) == (-math.inf, math.inf)
    assert found.p >= 1 / 3
    assert not found.exact


def test_all_at_once_cannot_be_held_against_anybody():
    rng = generator(8, "once")
    starts = np.full(6, 35)
    assert contrast(growth_of(panel(rng, 6, starts, -0.06)), starts, seed=1) is None


def test_many_deals_are_drawn_by_seed():
    rng = generator(10, "many")
    starts = np.array([35] * 8 + [NEVER] * 8)
    growth = growth_of(panel(rng, 16, starts, -0.04))
    rules = DistrictRules(most_assignments=199)
    one, same = (contrast(growth, starts, seed=3, rules=rules, placebo=False) for _ in range(2))
    assert one == same
    assert one.assignments == 200


# --- what cannot be told apart ---------------------------------------------------------------------------------------


def calendar(days=80, districts=8):
    codes = tuple(f"D{one}" for one in range(districts))
    return Calendar(first=date(2026, 1, 1), days=days, districts=codes, residents=np.full(districts, 1e5))


def held(name, starts, days=80, **more):
    return Held(measure=name, indicator=(np.arange(days)[:, None] >= starts).astype(float), **more)


def test_two_measures_of_the_same_days_are_named():
    rng = generator(11, "pair")
    starts = np.array([40] * 4 + [NEVER] * 4)
    reports = panel(rng, 8, starts + 6, -0.08, days=80)
    both = [held("schools", starts), held("stay at home", starts), held("masks", np.full(8, 5))]
    found = estimate_effects(reports, both, calendar(), DELAY, seed=1)
    sets = {(one.method, frozenset(one.measures), one.why) for one in found.tangles}
    pair = frozenset({"schools", "stay at home"})
    assert ("series", pair, "same_days") in sets
    assert ("districts", pair, "same_days_and_places") in sets
    assert not any("masks" in one.measures and len(one.measures) > 1 for one in found.tangles)
    growth = of_measure(found.effects, "schools").filter(pl.col("what") == "growth_change_per_day")
    assert [sorted(one) for one in growth["measures"]] == [["schools", "stay at home"]] * 2
    assert growth["method"].to_list() == ["series", "districts"]
    assert (growth["estimate"] < -0.02).all()
    assert of_measure(found.effects, "stay at home").equals(of_measure(found.effects, "schools"))
    masks = of_measure(found.effects, "masks")
    assert masks["why_not"].to_list() == ["too_few_days_before"] * 2


def test_one_that_ends_as_another_begins_is_named_with_it():
    days = 60
    one = (np.arange(days) < 30).astype(float)
    other = (np.arange(days) >= 30).astype(float)
    found = tangled([detrended(one), detrended(other)], ["first", "second"], method="series", why="same_days")
    assert [one.measures for one in found] == [("first", "second")]


def test_one_made_up_by_two_others_is_named_with_both():
    rng = generator(1, "sum")
    a, b, c = rng.normal(size=(3, 60))
    columns = [a, b, a + b + 0.05 * rng.normal(size=60), c]
    found = tangled(columns, ["a", "b", "both", "apart"], method="series", why="same_days")
    assert {frozenset(one.measures) for one in found} == {frozenset({"a", "b", "both"})}
    assert {one.why for one in found} == {"sum_of_others"}


def test_inflation_is_that_of_least_squares():
    rng = generator(2, "vif")
    x = rng.normal(size=(200, 2))
    y = x @ np.array([1.0, -0.5]) + rng.normal(size=200)
    fitted = x @ np.linalg.lstsq(x, y, rcond=None)[0]
    assert inflation(y, [x[:, 0], x[:, 1]]) == pytest.approx((y @ y) / ((y - fitted) @ (y - fitted)))
    assert inflation(x[:, 0], [x[:, 0]]) == math.inf


def test_a_measure_that_holds_everywhere_alike_leaves_nothing_unequal():
    assert np.abs(unequal((np.arange(50)[:, None] >= np.full(5, 20)).astype(float))).max() < 1e-12
    assert correlation(np.zeros(3), np.ones(3)) == 0
    assert ALIKE > 0.9


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(-0.1, -0.01, "slower"), (0.01, 0.1, "faster"), (-0.015, 0.01, "none_visible"), (-0.1, 0.05, "cannot_say")],
)
def test_absence_of_evidence_is_kept_apart_from_evidence_of_absence(low, high, said):
    assert verdict(low, high) == said


def late(growth):
    """The row of a measure that began everywhere on day 45, with reports that grew so each day."""
    mean = 40 * np.exp(np.cumsum(growth))[:, None] * np.ones(4)
    reports = generator(3, "late").poisson(mean).astype(float)
    found = estimate_effects(reports, [held("late", np.full(4, 45))], calendar(districts=4), DELAY, seed=1).effects
    return found.filter((pl.col("method") == "series") & (pl.col("what") == "growth_change_per_day")).row(0, named=True)


def test_a_course_that_bent_before_is_not_put_down_to_the_measure():
    days = np.arange(80)
    before = late(np.where(days < 30, 0.12, np.where(days < 51, 0.0, -0.12)))
    assert before["estimate"] < 0
    assert before["why_not"] == "bent_before"
    assert before["verdict"] == "cannot_say"
    straight = late(np.where(days < 51, 0.05, -0.12))
    assert straight["verdict"] == "slower"
    assert straight["why_not"] is None


def test_a_course_that_bends_all_the_time_is_not_put_down_to_the_measure():
    assert late(0.12 - 0.0044 * np.arange(80))["verdict"] == "cannot_say"


def test_what_has_no_dates_is_not_judged():
    starts = np.full(8, 30)
    odd = [held(why, starts, refused=why) for why in ("start_unknown", "zones", "trigger", "care")]
    found = estimate_effects(np.ones((80, 8)), odd, calendar(), DELAY, seed=1)
    assert found.effects["why_not"].to_list() == [why for one in odd for why in (one.refused, one.refused)]
    assert set(found.effects["verdict"]) == {"not_judged"}


@pytest.mark.skipif(not SHANGHAI.exists(), reason="needs the published bulletins in shared/data")
def test_shanghai_began_too_close_together_for_its_districts_to_tell():
    table = pl.read_csv(SHANGHAI, try_parse_dates=True).filter(pl.col("date") >= date(2022, 3, 6))
    wide = table.pivot(on="district_en", index="date", values="positives", aggregate_function="sum").sort("date")
    names = tuple(name for name in wide.columns if name != "date")
    reports = wide.select(names).to_numpy().astype(float)
    east = {"Pudong", "Fengxian", "Jinshan", "Chongming"}
    first = wide["date"][0]
    starts = np.array([(date(2022, 3, 28 if name in east else 31) - first).days for name in names])
    starts = np.where([name in east for name in names], starts, starts + 1)
    days = Calendar(first=first, days=reports.shape[0], districts=names, residents=np.ones(len(names)))
    delay = discretised(Delay(family="gamma", mean_days=5.5, sd_days=3))
    found = estimate_effects(reports, [held("stay at home", starts, days=reports.shape[0])], days, delay, seed=1)
    by = found.effects.filter(pl.col("what") == "growth_change_per_day")
    districts = by.filter(pl.col("method") == "districts").row(0, named=True)
    assert districts["verdict"] == "not_judged"
    assert districts["why_not"] == "everywhere_at_once"
    series_row = by.filter(pl.col("method") == "series").row(0, named=True)
    assert series_row["estimate"] < 0
