"""Detectors in worlds small enough to reckon by hand."""

from datetime import date, timedelta
from math import exp, log, sqrt

import numpy as np
import pytest

from seawall.core import InvalidInput
from seawall.watch.alarms import (
    METHODS,
    CusumRules,
    EarsRules,
    FarringtonRules,
    Status,
    chance_alarms,
    cusum,
    detect,
    ears,
    farrington,
    farrington_original_rules,
    weekly_sums,
)
from seawall.watch.alarms.bounds import delta_bound, negative_binomial_bound
from seawall.watch.alarms.quasipoisson import Layout, fit
from seawall.watch.alarms.reference import Windows, reference, same_season
from seawall.watch.alarms.today import alarms_today
from seawall.watch.series import DailyCounts

Z = 3.090232306167813  # standard normal quantile of 0.999
NAN = float("nan")


def one(*values):
    return np.array(values, dtype=float)[:, None]


def test_c1_is_mean_and_spread_of_the_seven_days_before():
    verdicts = ears(one(2, 4, 2, 4, 2, 4, 3, 7), EarsRules(method="c1", alpha=0.001))
    assert verdicts.expected[7, 0] == 3
    assert verdicts.upper[7, 0] == pytest.approx(3 + Z * 1)
    assert verdicts.score[7, 0] == pytest.approx(4)
    assert verdicts.alarm[:, 0].tolist() == [False] * 7 + [True]
    assert verdicts.status[6, 0] == Status.SHORT_HISTORY


def test_c2_leaves_the_two_days_before_out():
    counts = one(2, 4, 2, 4, 2, 4, 3, 90, 90, 6)
    assert ears(counts, EarsRules(method="c2", alpha=0.001)).upper[9, 0] == pytest.approx(3 + Z)
    assert ears(counts, EarsRules(method="c1", alpha=0.001)).upper[9, 0] > 90


def test_c3_adds_what_was_left_over():
    # C2 is 3 on day 9, 0 on day 10 and 1.5 on day 11, each with mean 3 and sd 1 over days 0 to 6 (lagged).
    counts = one(2, 4, 2, 4, 2, 4, 3, 3, 3, 6)
    c2 = ears(np.vstack([counts, one(3, 4.5)]), EarsRules(method="c2", alpha=0.025))
    c3 = ears(np.vstack([counts, one(3, 4.5)]), EarsRules(method="c3", alpha=0.025))
    left = max(0, c2.score[9, 0] - 1) + max(0, c2.score[10, 0] - 1)
    mean, sd = c2.expected[11, 0], (c2.upper[11, 0] - c2.expected[11, 0]) / 1.959963984540054
    assert left == pytest.approx(2)
    assert c3.upper[11, 0] == pytest.approx(mean + sd * (1.959963984540054 - 2))
    assert c3.alarm[11, 0]
    assert not c2.alarm[11, 0]
    assert c3.status[10, 0] == Status.SHORT_HISTORY


def test_a_baseline_that_does_not_vary():
    rules = EarsRules(method="c1", alpha=0.001)
    same = ears(one(*[5] * 8), rules)
    more = ears(one(*[5] * 7, 6), rules)
    fewer = ears(one(*[5] * 7, 4), rules)
    assert (same.upper[7, 0], same.score[7, 0], same.alarm[7, 0]) == (5, 0, False)
    assert (more.score[7, 0], more.alarm[7, 0]) == (np.inf, True)
    assert (fewer.score[7, 0], fewer.alarm[7, 0]) == (-np.inf, False)
    calm = ears(one(*[0] * 7, 1), EarsRules(method="c1", alpha=0.001, min_sd=0.5))
    assert calm.upper[7, 0] == pytest.approx(Z / 2)
    assert not calm.alarm[7, 0]


def test_a_day_not_reported_is_not_a_zero():
    gap = ears(one(2, 4, NAN, 4, 2, 4, 2, 20), EarsRules(method="c1", alpha=0.001))
    assert gap.expected[7, 0] == 3  # of six days
    assert gap.upper[7, 0] == pytest.approx(3 + Z * sqrt(6 / 5))
    assert gap.alarm[7, 0]
    many = ears(one(2, NAN, NAN, NAN, 2, 4, 2, 20), EarsRules(method="c1", alpha=0.001))
    assert many.status[7, 0] == Status.BASELINE_INCOMPLETE
    assert np.isnan(many.upper[7, 0])
    assert not many.alarm[7, 0]
    today = ears(one(2, 4, 2, 4, 2, 4, 2, NAN), EarsRules(method="c1", alpha=0.001))
    assert today.status[7, 0] == Status.NOT_REPORTED
    assert np.isnan(today.score[7, 0])


def test_windows_alone():
    back, layout = reference([52, 104], Windows(years=2, half_width=1, levels=1, recent_left_out=3))
    assert back.tolist() == [105, 104, 103, 53, 52, 51]
    assert layout.level.tolist() == [0] * 6
    assert layout.time.tolist() == [-105, -104, -103, -53, -52, -51]


def test_weeks_between_the_windows_make_levels():
    # A year of 13 steps, windows of 3, levels for the 10 between: 4, 3 and 3.
    back, layout = reference([13], Windows(years=1, half_width=1, levels=4, recent_left_out=0))
    assert dict(zip(back.tolist(), layout.level.tolist(), strict=True)) == {
        **dict.fromkeys([14, 13, 12], 3),
        **dict.fromkeys([11, 10, 9, 8], 0),
        **dict.fromkeys([7, 6, 5], 1),
        **dict.fromkeys([4, 3, 2], 2),
        1: 3,
    }
    assert layout.here == 3
    shorter, _ = reference([13], Windows(years=1, half_width=1, levels=4, recent_left_out=6))
    assert shorter.tolist() == list(range(14, 6, -1))


def test_the_same_week_of_an_earlier_year_is_the_nearest_one():
    mondays = [date(2020, 3, 2), date(2020, 2, 24)]
    back = same_season(mondays, 52, 2)
    assert [mondays[0] - timedelta(weeks=int(week)) for week in back[0]] == [date(2019, 3, 4), date(2018, 3, 5)]
    assert same_season([date(2020, 2, 29)], 52, 1).tolist() == [[52]]  # 2019-03-01, so Saturday 2 March
    assert same_season(3, 12, 2).tolist() == [[12, 24]] * 3


def test_a_level_without_trend_is_its_mean():
    layout = Layout(time=np.arange(-4.0, 0), level=np.array([0, 0, 1, 1]), here=1)
    counts = np.array([[2.0, 4.0, 10.0, 30.0]])
    found = fit(counts, np.ones((1, 4)), np.zeros((1, 1)), layout, trend=False)
    np.testing.assert_allclose(found.mean, [[3, 3, 20, 20]], rtol=1e-6)
    assert exp(found.log_mean[0]) == pytest.approx(20)
    assert found.log_error[0] == pytest.approx(1 / sqrt(40), rel=1e-4)
    assert found.freedom[0] == 2
    assert found.dispersion[0] == pytest.approx((2 / 3 + 200 / 20) / 2, rel=1e-4)
    np.testing.assert_allclose(found.leverage, [[0.5] * 4], rtol=1e-6)


def test_counts_that_double_have_that_trend():
    layout = Layout(time=np.array([-3.0, -2.0, -1.0]), level=np.zeros(3, dtype=int), here=0)
    found = fit(np.array([[1.0, 2.0, 4.0]]), np.ones((1, 3)), np.zeros((1, 1)), layout, trend=True)
    assert found.slope[0] == pytest.approx(log(2))
    assert exp(found.log_mean[0]) == pytest.approx(8)
    assert found.dispersion[0] == pytest.approx(0, abs=1e-8)


def test_bounds():
    mean, error, spread = np.array([16.0]), np.array([2.0]), np.array([1.75])
    # tau = 1.75 + 4/16 = 2: variance 32 about the mean.
    plain = delta_bound(np.array([20.0]), mean, error, spread, quantile=2.0, power="none")
    assert plain.upper[0] == pytest.approx(16 + 2 * sqrt(32))
    root = delta_bound(np.array([20.0]), mean, error, spread, quantile=2.0, power="1/2")
    assert root.upper[0] == pytest.approx((4 + 2 * sqrt(2) / 2) ** 2)
    skew = delta_bound(np.array([20.0]), mean, error, spread, quantile=2.0, power="2/3")
    assert skew.upper[0] == pytest.approx((16 ** (2 / 3) + 2 * (2 / 3) * 16 ** (1 / 6) * sqrt(2)) ** 1.5)
    # Poisson of mean 1: P(X <= 2) = 0.9197, P(X <= 3) = 0.9810.
    poisson = negative_binomial_bound(np.array([3.0]), np.array([1.0]), np.array([1.0]), 0.05)
    assert poisson.upper[0] == 3
    assert poisson.p_value[0] == pytest.approx(1 - exp(-1) * 2.5)
    # Geometric, mean 1 and variance 2: P(X <= k) = 1 - 1/2^(k+1).
    geometric = negative_binomial_bound(np.array([2.0]), np.array([1.0]), np.array([2.0]), 1 / 8)
    assert geometric.upper[0] == 2
    assert geometric.p_value[0] == pytest.approx(1 / 4)


def flat(level, weeks=270):
    """A series that alternates about a level and ends in one free week."""
    return level + np.tile([-1.0, 1.0], weeks)[:weeks]


def test_an_outbreak_is_seen_and_a_quiet_week_is_not():
    counts = np.column_stack([flat(10), flat(10)])
    counts[-1] = [11, 30]
    for rules in (FarringtonRules(alpha=0.01), farrington_original_rules(alpha=0.01)):
        verdicts = farrington(counts, rules)
        assert verdicts.alarm[-1].tolist() == [False, True]
        np.testing.assert_allclose(verdicts.expected[-1], 10, rtol=0.03)
        assert verdicts.score[-1, 1] > 1 > verdicts.score[-1, 0]
        assert verdicts.details["exceedance"][-1, 1] > 1 > verdicts.details["exceedance"][-1, 0]


def test_few_cases_give_no_alarm_and_the_week_itself_counts():
    counts = np.zeros((270, 3))
    counts[::30] = 1
    counts[-4:] = [[0, 0, 0], [0, 0, 0], [0, 0, 0], [4, 5, 3]]
    counts[-2, 2] = 2
    verdicts = farrington(counts, FarringtonRules(alpha=0.01))
    assert verdicts.alarm[-1].tolist() == [False, True, True]
    assert [Status(status).word for status in verdicts.status[-1]] == ["too_few_cases", "assessed", "assessed"]
    assert np.isnan(verdicts.upper[-1, 0])
    assert verdicts.expected[-1, 0] > 0
    original = farrington(counts, farrington_original_rules(alpha=0.01))
    assert original.upper[-1, 0] == 0
    assert not original.alarm[-1, 0]
    free = farrington(counts, FarringtonRules(alpha=0.01, limit54_cases=0))
    assert free.assessed[-1].all()


def test_five_cases_where_there_never_was_one():
    counts = np.zeros((270, 1))
    counts[-1] = 5
    for method in ("nbPlugin", "muan", "delta"):
        verdicts = farrington(counts, FarringtonRules(threshold_method=method, alpha=0.01))
        assert verdicts.alarm[-1, 0]
        assert verdicts.expected[-1, 0] < 1e-6


def test_a_past_too_short_or_too_thin():
    counts = flat(10)[:, None]
    first = 5 * 52 + 3
    status = farrington(counts, FarringtonRules()).status[:, 0]
    assert (status[:first] == Status.SHORT_HISTORY).all()
    assert (status[first:] == Status.ASSESSED).all()
    late = counts.copy()
    late[:2] = NAN
    assert np.flatnonzero(farrington(late, FarringtonRules()).assessed[:, 0])[0] == first + 2
    thin = counts.copy()
    thin[1:-9:3] = NAN
    thin[2:-9:3] = NAN
    assert farrington(thin, FarringtonRules()).status[-1, 0] == Status.BASELINE_INCOMPLETE
    some = counts.copy()
    some[1:-9:3] = NAN
    assert farrington(some, FarringtonRules()).status[-1, 0] == Status.ASSESSED


def test_rules_that_do_not_fit_a_year():
    counts = flat(10)[:, None]
    for rules, words in (
        (FarringtonRules(w=26), "overlap"),
        (FarringtonRules(no_periods=47), "46 levels|47 levels"),
        (FarringtonRules(population_offset=True), "population"),
    ):
        with pytest.raises(InvalidInput, match=words):
            farrington(counts, rules)
    with pytest.raises(InvalidInput, match="no seasons"):
        farrington(counts, FarringtonRules(), frequency=1)
    with pytest.raises(InvalidInput, match="2 value"):
        FarringtonRules(alpha=0.9, b=0)
    farrington(counts, FarringtonRules(no_periods=46))  # 45 steps lie between the windows


def test_rki_takes_poisson_limits_and_above_twenty_the_spread():
    rules = METHODS["rki1"].make()
    few = detect(one(0, 1, 0, 2, 0, 0, 4), rules)
    assert few.upper[6, 0] == 3.285  # mean 0.5
    assert few.alarm[6, 0]
    many = detect(one(30, 34, 30, 34, 30, 34, 36), rules)
    assert many.upper[6, 0] == pytest.approx(32 + 2 * sqrt(6 * 4 / 5))
    assert not many.alarm[6, 0]
    assert METHODS["rki2"].make().weeks_back(52) == [*range(1, 7), *range(46, 59)]
    assert METHODS["rki3"].make().weeks_back(52) == [*range(48, 57), *range(100, 109)]


def test_bayes_predicts_from_a_gamma():
    # Six weeks without a case: negative binomial of size 1/2, P(0) = sqrt(6/7) = 0.926.
    silent = detect(one(*[0] * 6, 1), METHODS["bayes1"].make(alpha=0.05))
    assert silent.upper[6, 0] == 1
    assert not silent.alarm[6, 0]
    assert detect(one(*[0] * 6, 1), METHODS["bayes1"].make(alpha=0.1)).alarm[6, 0]
    assert silent.expected[6, 0] == pytest.approx(0.5 / 6)


def test_a_cusum_adds_what_exceeds_k():
    counts = one(4, 4, 4, 4, 4, 4, 8, 8, NAN, 4, 4)
    rules = CusumRules(k=1, h=1.5)
    verdicts = cusum(counts, rules, wanted=np.arange(11) >= 6)
    # Each 8 is two standard deviations above 4: the sum is 1, 2, then 1 and 0.
    assert verdicts.score[[6, 7, 9, 10], 0].tolist() == pytest.approx([1 / 1.5, 2 / 1.5, 1 / 1.5, 0])
    assert verdicts.alarm[:, 0].tolist() == [False] * 7 + [True] + [False] * 3
    assert verdicts.upper[[6, 7], 0].tolist() == [9, 7]  # 4 + 2 x 2.5 and 4 + 2 x 1.5
    assert verdicts.status[8, 0] == Status.NOT_REPORTED
    rossi = cusum(counts, CusumRules(k=1, h=1.5, trans="rossi"), wanted=np.arange(11) >= 6)
    assert rossi.score[6, 0] * 1.5 == pytest.approx((8 - 12 + 2 * sqrt(32)) / 4 - 1)
    assert rossi.upper[6, 0] == pytest.approx((sqrt(16 + 2 * 2.5 * 2) - 2) ** 2)


def test_a_cusum_of_a_wave_expects_the_wave():
    weeks = np.arange(156)
    wave = np.round(np.exp(3 + np.sin(2 * np.pi * weeks / 52)) * 1000)[:, None]
    verdicts = cusum(wave, CusumRules(m="glm"), wanted=weeks >= 104)
    np.testing.assert_allclose(verdicts.expected[104:], wave[104:], rtol=1e-3)
    assert not verdicts.alarm.any()


def test_weeks_are_whole_and_a_missing_day_makes_a_missing_week():
    days = np.arange(17.0)[:, None]
    sums, ends = weekly_sums(days, date(2024, 1, 1), last=date(2024, 1, 16))
    assert ends == [date(2024, 1, 9), date(2024, 1, 16)]
    assert sums[:, 0].tolist() == [sum(range(2, 9)), sum(range(9, 16))]
    days[4] = NAN
    assert np.isnan(weekly_sums(days, date(2024, 1, 1), last=date(2024, 1, 16))[0][:, 0]).tolist() == [True, False]
    assert weekly_sums(days[:3], date(2024, 1, 1), last=date(2024, 1, 3))[1] == []


def outbreak_morning(days):
    start = date(2024, 1, 1)
    counts = np.tile([3.0, 5.0, 4.0, 4.0, 3.0, 5.0, 4.0], days // 7 + 1)[:days, None] * [1.0, 1.0]
    counts[-1, 1] = 40
    return DailyCounts(start=start, area_ids=("N", "S"), events={"reports": counts}), start + timedelta(days=days - 1)


def test_a_morning_with_a_short_past_has_ears_only():
    counts, on = outbreak_morning(60)
    table = alarms_today(counts, on)
    assert set(table["method"]) == {"ears-c1", "ears-c2", "ears-c3"}
    assert set(table["date"]) == {on - timedelta(days=day) for day in range(14)}
    raised = table.filter(table["alarm"] == 1)
    assert set(raised["area_id"]) == {"S"}
    assert set(raised["date"]) == {on}
    assert len(table) == 3 * 2 * 14
    chance = chance_alarms(table).filter(date=on, method="ears-c1")
    assert chance["assessed"].item() == 2
    assert chance["alarms"].item() == 1
    # Seven days of mean 4 (28 cases) and sd 0.82: two areas, each above 4 + 3.09 x 0.82 = 6.5 by chance.
    assert 0.1 < chance["expected_by_chance"].item() < 0.4


def test_a_morning_does_not_see_tomorrow():
    counts, on = outbreak_morning(60)
    table = alarms_today(counts, on - timedelta(days=1))
    assert table["date"].max() == on - timedelta(days=1)
    assert table["alarm"].sum() == 0


def test_a_morning_with_years_behind_it_has_farrington_too():
    counts, on = outbreak_morning(7 * 270)
    weekly = alarms_today(counts, on).filter(method="farrington").sort("area_id", "date")
    assert weekly["date"].to_list() == [on - timedelta(days=7), on] * 2
    assert weekly["count"].to_list() == [28, 28, 28, 64]
    assert weekly["alarm"].to_list() == [0, 0, 0, 1]


def test_a_morning_without_counts():
    counts, on = outbreak_morning(60)
    assert alarms_today(counts, on, event="deaths").is_empty()
    assert alarms_today(counts, counts.start - timedelta(days=1)).is_empty()
