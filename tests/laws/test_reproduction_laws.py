"""What holds for the reproduction number and the growth rate of any counts."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from seawall.disease import discretised_serial_interval
from seawall.watch.case_reproduction import estimate_case_reproduction
from seawall.watch.growth import doubling_days, estimate_growth
from seawall.watch.reproduction import estimate_reproduction

WEIGHTS = discretised_serial_interval(3.0, 1.5)
counts = arrays(float, st.tuples(st.integers(1, 4), st.integers(12, 40)), elements=st.integers(0, 500).map(float))
missing = st.lists(st.integers(0, 11), max_size=4)


@settings(deadline=None, max_examples=60)
@given(counts, missing, st.integers(1, 9))
def test_regions_do_not_touch_one_another(table, gaps, window):
    table[0, gaps] = np.nan
    together = estimate_reproduction(table, WEIGHTS, windows=window)
    for region, row in enumerate(table):
        alone = estimate_reproduction(row, WEIGHTS, windows=window)
        np.testing.assert_allclose(together.mean[region], alone.mean[0], rtol=1e-12)
        np.testing.assert_allclose(together.quantiles[region], alone.quantiles[0], rtol=1e-12)


@settings(deadline=None, max_examples=60)
@given(counts, missing)
def test_the_future_does_not_change_the_past(table, gaps):
    table[0, gaps] = np.nan
    days = table.shape[1] - 3
    early = estimate_reproduction(table[:, :days], WEIGHTS, windows=5)
    later = estimate_reproduction(table, WEIGHTS, windows=5)
    told = early.windows.shape[0]
    # while the series is shorter than the serial interval its mean, cut there, tells when estimates begin
    both = np.isfinite(early.mean) & np.isfinite(later.mean[:, :told])
    np.testing.assert_allclose(early.mean[both], later.mean[:, :told][both], rtol=1e-9)


@settings(deadline=None, max_examples=60)
@given(counts, missing)
def test_a_window_with_a_day_not_reported_has_no_estimate(table, gaps):
    table[0, gaps] = np.nan
    estimate = estimate_reproduction(table, WEIGHTS, windows=4)
    for (start, stop), mean in zip(estimate.windows, estimate.mean[0], strict=True):
        if np.isnan(table[0, start:stop]).any():
            assert np.isnan(mean)


@settings(deadline=None, max_examples=60)
@given(counts)
def test_quantiles_rise_and_hold_the_mean(table):
    estimate = estimate_reproduction(table, WEIGHTS, windows=7)
    known = np.isfinite(estimate.mean)
    assert (np.diff(estimate.quantiles[known], axis=1) > 0).all()
    assert (estimate.quantiles[known][:, 0] < estimate.mean[known]).all()
    assert (estimate.quantiles[known][:, 6] > estimate.mean[known]).all()
    assert (np.isfinite(estimate.quantiles).all(axis=2) == known).all()


@settings(deadline=None, max_examples=25)
@given(counts)
def test_a_sample_of_one_serial_interval_is_that_serial_interval(table):
    one = estimate_reproduction(table, WEIGHTS, windows=7)
    many = estimate_reproduction(table, np.tile(WEIGHTS, (5, 1)), windows=7)
    np.testing.assert_allclose(many.mean, one.mean, rtol=1e-10)
    np.testing.assert_allclose(many.sd, one.sd, rtol=1e-6)
    np.testing.assert_allclose(many.quantiles, one.quantiles, rtol=1e-10)


@settings(deadline=None, max_examples=40)
@given(counts)
def test_everybody_infected_here_is_counted_once(table):
    """Over all days the cases that were infected equal the cases with a possible infector."""
    days = table.shape[1]
    table[:, 0] += 1
    estimate = estimate_case_reproduction(table, WEIGHTS, windows=np.array([[day, day + 1] for day in range(1, days)]))
    infected = np.nansum(np.where(table[:, 1:] > 0, estimate.mean * table[:, 1:], 0), axis=1)
    weights = np.zeros(days)
    weights[: min(days, WEIGHTS.size)] = WEIGHTS[:days]
    by_first = [
        sum(
            row[day] * weights[day] * row[0] / pressure
            for day in range(1, days)
            if (pressure := sum(weights[lag] * row[day - lag] for lag in range(1, day + 1))) > 0
        )
        for row in table
    ]
    reachable = [
        sum(row[day] for day in range(1, days) if any(weights[lag] * row[day - lag] > 0 for lag in range(1, day + 1)))
        for row in table
    ]
    np.testing.assert_allclose(infected + np.array(by_first), reachable, rtol=1e-8)


@settings(deadline=None, max_examples=60)
@given(counts, st.booleans())
def test_growth_is_turned_round_by_turning_time_round(table, weekdays):
    whole = np.array([[0, table.shape[1]]])
    forward = estimate_growth(table, whole)
    backward = estimate_growth(table[:, ::-1], whole)
    np.testing.assert_allclose(forward.growth_per_day, -backward.growth_per_day, atol=1e-8)
    np.testing.assert_allclose(forward.quantiles, -backward.quantiles[..., ::-1], atol=1e-6)
    low, middle, high = np.moveaxis(estimate_growth(table, whole, weekdays=weekdays).quantiles, 2, 0)
    assert ((low <= middle) & (middle <= high) | np.isnan(middle)).all()


@settings(deadline=None, max_examples=60)
@given(st.floats(-1, 1), st.floats(0, 0.5), st.floats(0, 0.5))
def test_a_doubling_interval_is_open_just_where_growth_may_stand_still(middle, below, above):
    low, high = middle - below, middle + above
    low, high = (end if abs(end) > 1e-9 else 0.0 for end in (low, high))
    soonest, estimate, latest = doubling_days(low, middle, high)
    may_stand_still = low <= 0 <= high
    if abs(middle) < 1e-9:
        assert np.isnan(estimate)
    else:
        assert np.isclose(estimate, np.log(2) / middle)
    if middle > 1e-9:
        assert np.isclose(soonest, np.log(2) / high)
        assert np.isnan(latest) == may_stand_still
        assert np.isnan(latest) or soonest <= estimate <= latest
    if middle < -1e-9:
        assert np.isclose(latest, np.log(2) / low)
        assert np.isnan(soonest) == may_stand_still
        assert np.isnan(soonest) or soonest <= estimate <= latest
