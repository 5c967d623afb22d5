"""The reproduction number where it can be worked out on paper."""

from datetime import date

import numpy as np
import pytest
from scipy import stats

from seawall.core import InvalidInput
from seawall.watch.case_reproduction import estimate_case_reproduction
from seawall.watch.infection_pressure import sliding_windows
from seawall.watch.reproduction import estimate_reproduction
from seawall.watch.serial_intervals import (
    UncertainSerialInterval,
    check_serial_interval,
    draw_serial_intervals,
    serial_intervals_of,
)
from seawall.watch.situation import QUANTILES

NEXT_DAY = np.array([0.0, 1.0])
ONE = np.array([[1, 2]])


def test_two_cases_from_three_the_day_before():
    # prior gamma(1, 5); posterior gamma(1 + 2, 1 / (1/5 + 3))
    estimate = estimate_reproduction(np.array([3.0, 2.0]), NEXT_DAY, windows=np.array([[1, 2]]))
    posterior = stats.gamma(3, scale=1 / 3.2)
    assert estimate.mean[0, 0] == pytest.approx(posterior.mean())
    assert estimate.sd[0, 0] == pytest.approx(posterior.std())
    np.testing.assert_allclose(estimate.quantiles[0, 0], posterior.ppf(QUANTILES), rtol=1e-12)


def test_imported_cases_infect_but_were_not_infected_here():
    local, imported = np.array([0.0, 2.0, 4.0]), np.array([3.0, 1.0, 0.0])
    estimate = estimate_reproduction(local, NEXT_DAY, imported=imported, windows=np.array([[1, 3]]))
    assert estimate.mean[0, 0] == pytest.approx((1 + 6) / (1 / 5 + 3 + 3))


def test_the_first_day_counts_as_imported():
    as_local = estimate_reproduction(np.array([3.0, 2.0, 1.0]), NEXT_DAY, windows=2)
    as_imported = estimate_reproduction(
        np.array([0.0, 2.0, 1.0]), NEXT_DAY, imported=np.array([3.0, 0.0, 0.0]), windows=2
    )
    np.testing.assert_array_equal(as_local.mean, as_imported.mean)


def test_no_estimate_before_the_mean_serial_interval_has_passed():
    weights = np.array([0, 0, 0, 0.5, 0.5])
    estimate = estimate_reproduction(np.ones(10), weights, windows=1)
    assert list(np.isnan(estimate.mean[0])) == [True] * 2 + [False] * 7


def test_without_cases_the_prior_comes_back():
    estimate = estimate_reproduction(np.zeros(5), NEXT_DAY, windows=2, prior_mean=2, prior_sd=1)
    np.testing.assert_allclose(estimate.mean, 2)
    np.testing.assert_allclose(estimate.sd, 1)


def test_a_day_not_reported_is_not_a_day_without_cases():
    counts = np.array([4.0, 4, 4, np.nan, 4, 4, 4])
    weights = np.array([0, 0.5, 0.5])
    estimate = estimate_reproduction(counts, weights, windows=1)
    # day 3 was not reported; days 4 and 5 look back at it; day 6 does not
    assert list(np.isnan(estimate.mean[0])) == [False, False, True, True, True, False]
    zero = estimate_reproduction(np.nan_to_num(counts), weights, windows=1)
    assert zero.mean[0, 2] < 0.3
    assert np.isfinite(zero.mean).all()


def test_a_trace_of_what_is_missing_is_made_up_for():
    counts = np.array([np.nan, 8.0, 8.0, 8.0])
    weights = np.array([0, 0.995, 0, 0.005])
    estimate = estimate_reproduction(counts, weights, windows=np.array([[3, 4]]))
    assert estimate.mean[0, 0] == pytest.approx((1 + 8) / (1 / 5 + 8))
    weights = np.array([0, 0.98, 0, 0.02])
    assert np.isnan(estimate_reproduction(counts, weights, windows=np.array([[3, 4]])).mean[0, 0])


def test_two_serial_intervals_mix():
    counts = np.array([2.0, 6.0, 9.0])
    sample = np.array([[0, 1.0, 0], [0, 0, 1.0]])
    estimate = estimate_reproduction(counts, sample, windows=np.array([[2, 3]]))
    parts = stats.gamma(10, scale=1 / (0.2 + 6)), stats.gamma(10, scale=1 / (0.2 + 2))
    mean = sum(part.mean() for part in parts) / 2
    second = sum(part.var() + part.mean() ** 2 for part in parts) / 2
    assert estimate.mean[0, 0] == pytest.approx(mean)
    assert estimate.sd[0, 0] == pytest.approx(np.sqrt(second - mean**2))
    reached = sum(part.cdf(estimate.quantiles[0, 0]) for part in parts) / 2
    np.testing.assert_allclose(reached, QUANTILES, atol=1e-12)


def test_a_serial_interval_not_yet_eligible_stays_out_of_the_mixture():
    counts = 2.0 ** np.arange(6)
    sample = np.array([[0, 1.0, 0, 0, 0], [0, 0, 0, 0, 1.0]])
    estimate = estimate_reproduction(counts, sample, windows=1)
    alone = estimate_reproduction(counts, sample[0], windows=1)
    np.testing.assert_allclose(estimate.mean[0, :3], alone.mean[0, :3])
    # from day 4 on the second has passed: 16 cases from 1 four days before, 16 from 8 the day before
    assert estimate.mean[0, 3] == pytest.approx((17 / 1.2 + 17 / 8.2) / 2)


def test_a_chain_of_cases_after_wallinga_and_teunis():
    # one case infects both of the next day, who infect one more: 2, then 1/2 each, then nobody yet
    estimate = estimate_case_reproduction(
        np.array([1.0, 2.0, 1.0]), NEXT_DAY, windows=np.array([[1, 2], [2, 3], [1, 3]])
    )
    np.testing.assert_allclose(estimate.mean[0], [0.5, 0.0, 1 / 3])
    np.testing.assert_allclose(estimate.sd[0], 0, atol=1e-12)


def test_who_infected_whom_is_a_coin_toss():
    # the case of day 3 was infected on day 1 or on day 2, evenly
    weights = np.array([0, 0.5, 0.5])
    estimate = estimate_case_reproduction(np.array([1.0, 1.0, 1.0]), weights, windows=np.array([[1, 2]]))
    assert estimate.mean[0, 0] == pytest.approx(0.5)
    assert estimate.sd[0, 0] == pytest.approx(0.5)
    np.testing.assert_array_equal(estimate.quantiles[0, 0], [0, 0, 0, 0, 1, 1, 1])


def test_large_outbreaks_are_as_good_as_normal():
    few, many = (
        estimate_case_reproduction(np.array([1.0, 1, 1]) * size, np.array([0, 0.5, 0.5]), windows=np.array([[1, 2]]))
        for size in (900_000.0, 1_100_000.0)
    )
    assert few.sd[0, 0] * 900_000 < 500 < many.sd[0, 0] * 1_100_000
    standard = (few.quantiles[0, 0] - 0.5) / few.sd[0, 0], (many.quantiles[0, 0] - 0.5) / many.sd[0, 0]
    np.testing.assert_allclose(*standard, atol=0.005)


def test_imported_cases_have_no_infector_here():
    alone = estimate_case_reproduction(
        np.array([0.0, 0, 0]), NEXT_DAY, imported=np.array([1.0, 2, 1]), windows=np.array([[1, 2]])
    )
    assert alone.mean[0, 0] == 0


def test_windows_slide_from_the_second_day():
    np.testing.assert_array_equal(sliding_windows(4, 2), [[1, 3], [2, 4]])
    with pytest.raises(InvalidInput, match="it takes 5"):
        sliding_windows(4, 4)
    with pytest.raises(InvalidInput, match="1 day or more"):
        sliding_windows(4, 0)


def test_the_table_names_days_and_leaves_out_what_is_not_known():
    estimate = estimate_reproduction(np.array([[4.0, 4, np.nan], [4.0, 4, 4]]), NEXT_DAY, windows=1)
    table = estimate.table(["a", "b"], date(2022, 3, 1))
    assert table["series"].to_list() == ["a", "a", "b", "b"]
    assert table["start"].to_list()[:2] == [date(2022, 3, 2), date(2022, 3, 3)]
    assert (table["start"] == table["end"]).all()
    assert table["mean"].is_null().to_list() == [False, True, False, False]
    assert estimate.table(["a", "b"], 1)["end"].to_list() == [2, 3, 2, 3]


@pytest.mark.parametrize(
    ("counts", "options", "says"),
    [
        ([1.0, -1.0], {}, "0 or more"),
        ([1.0, np.inf], {}, "0 or more"),
        ([1.0, 2.0], {"imported": np.array([1.0])}, "same shape"),
        ([1.0, 2.0], {"windows": np.array([[0, 2]])}, "does not lie within"),
        ([1.0, 2.0], {"windows": np.array([[1, 3]])}, "does not lie within"),
        ([1.0, 2.0], {"windows": np.array([[1.0, 2.0]])}, "whole numbers"),
        ([1.0, 2.0], {"prior_sd": 0.0}, "prior"),
        ([1.0, 2.0], {"prior_mean": np.nan}, "prior"),
    ],
)
def test_what_cannot_be_estimated_is_refused(counts, options, says):
    with pytest.raises(InvalidInput, match=says):
        estimate_reproduction(np.array(counts), NEXT_DAY, **{"windows": ONE, **options})


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ([0.5, 0.5], "day 0"),
        ([0, 0.5, 0.4], "sum to 1"),
        ([0, 1.5, -0.5], "0 or more"),
        ([0, np.nan], "0 or more"),
        ([0.0], "at least one day"),
    ],
)
def test_what_is_no_serial_interval_is_refused(weights, says):
    with pytest.raises(InvalidInput, match=says):
        check_serial_interval(np.array(weights))


def test_wallinga_and_teunis_count_people():
    with pytest.raises(InvalidInput, match="whole numbers"):
        estimate_case_reproduction(np.array([1.0, 1.5]), NEXT_DAY, windows=ONE)
    with pytest.raises(InvalidInput, match="not a sample"):
        estimate_case_reproduction(np.array([1.0, 1.0]), np.array([NEXT_DAY, NEXT_DAY]), windows=ONE)


FLU = {
    "mean_days": 2.6,
    "mean_sd": 1.0,
    "mean_min": 1.0,
    "mean_max": 4.2,
    "sd_days": 1.5,
    "sd_sd": 0.5,
    "sd_min": 0.5,
    "sd_max": 2.5,
}


def test_serial_intervals_drawn_follow_the_truncated_normals():
    drawn = draw_serial_intervals(UncertainSerialInterval(**FLU), 800, seed=3, samples=2000)
    assert (drawn[:, 0] == 0).all()
    np.testing.assert_allclose(drawn.sum(axis=1), 1, atol=1e-4)
    means = drawn @ np.arange(800)
    expected = stats.truncnorm(-1.6, 1.6, loc=2.6, scale=1.0)
    np.testing.assert_allclose(np.quantile(means, [0.05, 0.5, 0.95]), expected.ppf([0.05, 0.5, 0.95]), atol=0.01)
    second = drawn @ np.arange(800.0) ** 2
    assert abs(np.corrcoef(means, np.sqrt(second - means**2))[0, 1]) < 0.15


def test_a_seed_names_its_serial_intervals():
    uncertain = UncertainSerialInterval(**FLU)
    first = draw_serial_intervals(uncertain, 40, seed=3)
    np.testing.assert_array_equal(first, draw_serial_intervals(uncertain, 40, seed=3))
    assert (first != draw_serial_intervals(uncertain, 40, seed=4)).any()


def test_a_mean_of_exactly_one_day_is_the_next_day():
    np.testing.assert_allclose(serial_intervals_of(np.array([1.0]), np.array([2.0]), 5)[0], [0, 1, 0, 0, 0], atol=1e-8)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"mean_days": 5.0}, "must lie within its range"),
        ({"sd_min": 2.0}, "must lie within its range"),
        ({"mean_min": 0.5}, "out of range"),
        ({"sd_sd": np.nan}, "out of range"),
    ],
)
def test_what_is_no_uncertain_serial_interval_is_refused(change, says):
    with pytest.raises(InvalidInput, match=says):
        UncertainSerialInterval(**{**FLU, **change})
