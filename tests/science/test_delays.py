"""Delays by day: against EpiEstim, against closed forms, against drawn events, against plain quadrature."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate

from seawall.core import InvalidInput
from seawall.core.draws import generator
from seawall.disease import Delay, discretised, discretised_serial_interval

ORACLES = Path(__file__).parents[2].parent / "shared" / "oracles" / "epiestim"
DELAYS = [
    Delay.lognormal(1.621, 0.418),
    Delay.weibull(3.277, 6.127),
    Delay.weibull(0.7, 3.0),
    Delay.gamma(0.5, 3.0),
    Delay(family="gamma", mean_days=4.3, sd_days=2.0, shift_days=0.3),
    Delay(family="lognormal", mean_days=2.5, sd_days=3.0, shift_days=1.0),
]


def name(delay):
    return f"{delay.family}-{delay.mean_days:.3g}-{delay.sd_days:.3g}"


def test_serial_intervals_equal_epiestim():
    path = ORACLES / "discr_si.csv"
    if not path.exists():
        pytest.skip("the EpiEstim oracles are not beside this checkout")
    with path.open() as stream:
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(stream)]
    cases = {(row["mean"], row["sd"]) for row in rows}
    assert len(cases) >= 4
    for mean, sd in cases:
        expected = [row["p"] for row in rows if (row["mean"], row["sd"]) == (mean, sd)]
        got = discretised_serial_interval(mean, sd, len(expected) - 1)
        np.testing.assert_allclose(got, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("growth", [0.0, 0.3, -0.2])
@pytest.mark.parametrize("delay", DELAYS, ids=name)
def test_both_days_censored_equals_quadrature(delay, growth):
    def density(u):
        return 1.0 if growth == 0 else growth * math.exp(growth * u) / math.expm1(growth)

    got = discretised(delay, 9, growth_per_day=growth)
    for day in range(10):
        kinks = [(day + side - delay.shift_days) for side in (0, 1)]
        kinks = [kink for kink in kinks if 0 < kink < 1] or None
        expected, _ = integrate.quad(
            lambda u, day=day: float(density(u) * (delay.cdf(day + 1 - u) - delay.cdf(day - u))),
            0,
            1,
            points=kinks,
            epsabs=1e-12,
            limit=300,
        )
        assert got[day] == pytest.approx(expected, abs=2e-10)


def test_an_exponential_delay_by_hand():
    rate = 0.4
    delay = Delay.gamma(1.0, 1 / rate)
    day = np.arange(1, 15)
    expected = np.exp(-rate * (day - 1)) * (1 - math.exp(-rate)) ** 2 / rate
    got = discretised(delay, 14)
    assert got[0] == pytest.approx(1 - (1 - math.exp(-rate)) / rate, abs=1e-12)
    np.testing.assert_allclose(got[1:], expected, atol=1e-12)
    np.testing.assert_allclose(discretised(Delay.weibull(1.0, 1 / rate), 14), got, atol=1e-12)


@pytest.mark.parametrize("growth", [0.0, 0.25])
def test_drawn_events_fall_as_said(growth):
    delay, people = Delay.weibull(2.0, 3.0), 400_000
    draw = generator(1, "events")
    share = draw.uniform(size=people)
    first = share if growth == 0 else np.log1p(share * math.expm1(growth)) / growth
    second = first + delay.quantile(draw.uniform(size=people))
    counted = np.bincount(second.astype(int), minlength=12)[:12] / people
    np.testing.assert_allclose(
        counted, discretised(delay, 11, growth_per_day=growth), atol=4 * math.sqrt(0.25 / people)
    )


def test_the_naive_ways_are_off_by_up_to_half_a_day():
    delay = Delay.lognormal(1.621, 0.418)
    weights = discretised(delay)
    days = np.arange(weights.size)
    assert weights @ days == pytest.approx(delay.mean_days, abs=1e-5)
    floor = np.diff(delay.cdf(np.arange(weights.size + 1.0)))
    assert floor @ days == pytest.approx(delay.mean_days - 0.5, abs=0.01)


def test_right_truncation_conditions_on_what_can_be_known():
    delay = Delay.gamma(4.0, 1.5)
    whole, cut = discretised(delay, 5), discretised(delay, 5, right_truncated=True)
    assert cut.sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(cut, whole / whole.sum())
    with pytest.raises(InvalidInput, match="No part of this delay"):
        discretised(Delay(family="gamma", mean_days=12, sd_days=1, shift_days=10), 5, right_truncated=True)


def test_parameters_and_moments_name_the_same_delay():
    assert Delay.weibull(3.277, 6.127).parameters == pytest.approx((3.277, 6.127), rel=1e-9)
    assert Delay.gamma(9.89, 1 / 2.06).mean_days == pytest.approx(4.80, abs=0.005)
    assert Delay.lognormal(1.63, 0.5).parameters == pytest.approx((1.63, 0.5))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"family": "normal", "mean_days": 3, "sd_days": 1}, "family"),
        ({"family": "gamma", "mean_days": 0, "sd_days": 1}, "out of range"),
        ({"family": "gamma", "mean_days": 3, "sd_days": math.nan}, "out of range"),
        ({"family": "gamma", "mean_days": 1, "sd_days": 1, "shift_days": 1}, "longer than its shift"),
    ],
)
def test_what_is_no_delay_is_refused(given, says):
    with pytest.raises(InvalidInput, match=says):
        Delay(**given)


def test_a_serial_interval_must_leave_room_for_day_one():
    with pytest.raises(InvalidInput, match="above 1"):
        discretised_serial_interval(1.0, 0.5)
    with pytest.raises(InvalidInput, match="last day"):
        discretised(Delay.gamma(2, 2), -1)
