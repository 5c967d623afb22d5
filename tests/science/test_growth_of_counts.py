"""Growth rates of counts: exact growth comes back, intervals hold the truth as often as they say."""

import numpy as np
import pytest

from seawall.core import InvalidInput
from seawall.core.draws import generator
from seawall.watch.growth import doubling_days, estimate_growth


def whole(length):
    return np.array([[0, length]])


def test_exact_growth_comes_back_with_or_without_weekdays():
    day = np.arange(28)
    plain = 1000 * np.exp(0.07 * day)
    week = plain * np.array([0.5, 1.4, 1.2, 1.1, 1.0, 1.0, 0.6])[day % 7]
    assert estimate_growth(plain, whole(28)).growth_per_day[0, 0] == pytest.approx(0.07, abs=1e-9)
    assert estimate_growth(week, whole(28), weekdays=True).growth_per_day[0, 0] == pytest.approx(0.07, abs=1e-9)
    assert estimate_growth(week, whole(28)).growth_per_day[0, 0] != pytest.approx(0.07, abs=1e-4)


def test_days_not_reported_are_left_out():
    counts = 100 * 2.0 ** np.arange(8)
    counts[[1, 4]] = np.nan
    assert estimate_growth(counts, whole(8)).growth_per_day[0, 0] == pytest.approx(np.log(2))


@pytest.mark.parametrize(
    ("mean", "size", "length", "weekdays"),
    [(30.0, 10.0, 14, False), (1.0, 2.0, 14, False), (0.5, 1e9, 14, False), (30.0, 10.0, 28, True)],
)
@pytest.mark.parametrize("growth", [-0.1, 0.0, 0.08])
def test_intervals_hold_the_truth(mean, size, length, weekdays, growth):
    draw = generator(3, "coverage", str((mean, size, length, weekdays, growth)))
    day = np.arange(length)
    expected = mean * np.exp(growth * (day - length / 2)) * (1 + weekdays * 0.6 * (day % 7 == 2))
    counts = draw.poisson(draw.gamma(size, 1 / size, (1500, length)) * expected).astype(float)
    fitted = estimate_growth(counts, whole(length), weekdays=weekdays, levels=(0.025, 0.05, 0.25, 0.75, 0.95, 0.975))
    limits = fitted.quantiles[:, 0]
    told = ~np.isnan(limits[:, 0])
    inside = [((limits[:, -1 - side] >= growth) & (limits[:, side] <= growth))[told].mean() for side in range(3)]
    assert 0.93 <= inside[0] <= 0.99
    assert 0.87 <= inside[1] <= 0.96
    assert 0.44 <= inside[2] <= 0.62


def test_all_cases_on_the_last_day_bound_growth_from_below_only():
    fitted = estimate_growth(np.array([0, 0, 0, 0, 5.0]), whole(5))
    low, _, high = fitted.quantiles[0, 0]
    assert 0 < low < 1
    assert high == np.inf
    assert fitted.growth_per_day[0, 0] == np.inf
    soonest, estimate, latest = doubling_days(low, np.inf, high)
    assert np.isnan(soonest)
    assert np.isnan(estimate)
    assert latest == pytest.approx(np.log(2) / low)


@pytest.mark.parametrize("counts", [[0, 0, 0, 0, 0.0], [3.0, 4.0], [np.nan, 2, np.nan, 4, np.nan]])
def test_too_little_gives_nothing(counts):
    counts = np.array(counts)
    fitted = estimate_growth(counts, whole(counts.size))
    assert np.isnan(fitted.growth_per_day).all()
    assert np.isnan(fitted.quantiles).all()


def test_weekdays_need_a_second_week():
    counts = np.array([5.0, 6, 7, 8, 9, 10, 11])
    assert np.isnan(estimate_growth(counts, whole(7), weekdays=True).growth_per_day[0, 0])
    assert np.isfinite(estimate_growth(counts, whole(7)).growth_per_day[0, 0])


def test_windows_of_several_lengths_stand_for_themselves():
    draw = generator(2, "windows")
    counts = draw.poisson(20, (3, 40)).astype(float)
    windows = np.array([[0, 14], [5, 12], [26, 40], [10, 40]])
    together = estimate_growth(counts, windows)
    for position, (start, stop) in enumerate(windows):
        alone = estimate_growth(counts[:, start:stop], whole(stop - start))
        np.testing.assert_allclose(together.growth_per_day[:, position], alone.growth_per_day[:, 0], atol=1e-10)
        np.testing.assert_allclose(together.quantiles[:, position], alone.quantiles[:, 0], atol=1e-8)


@pytest.mark.parametrize(
    ("counts", "windows", "levels", "says"),
    [
        ([1.0, -2, 3], [[0, 3]], (0.5,), "0 or more"),
        ([1.0, 2, 3], [[0, 4]], (0.5,), "3 days"),
        ([1.0, 2, 3], [[2, 2]], (0.5,), "empty"),
        ([1.0, 2, 3], [[0, 3]], (1.0,), "levels"),
    ],
)
def test_what_cannot_be_fitted_is_refused(counts, windows, levels, says):
    with pytest.raises(InvalidInput, match=says):
        estimate_growth(np.array(counts), np.array(windows), levels=levels)


def test_a_doubling_time_by_hand():
    assert doubling_days(0.05, 0.1, 0.2) == pytest.approx([np.log(2) / 0.2, np.log(2) / 0.1, np.log(2) / 0.05])
    falling = doubling_days(-0.2, -0.1, -0.05)
    assert falling == pytest.approx([-np.log(2) / 0.05, -np.log(2) / 0.1, -np.log(2) / 0.2])
