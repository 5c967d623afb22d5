"""Intervals that heed the scatter of the counts hold the truth; the scatter itself comes back."""

import numpy as np
import pytest

from seawall.core import InvalidInput
from seawall.core.draws import generator
from seawall.disease import discretised_serial_interval
from seawall.watch.overdispersion import estimate_overdispersion
from seawall.watch.reproduction import estimate_reproduction

WEIGHTS = discretised_serial_interval(4.8, 2.3)


def outbreaks(alpha, number=300, days=70):
    """Counts with variance mu + alpha mu^2 from a steady reproduction number of 1.05."""
    draw = generator(4, "overdispersion", str(alpha))
    counts = np.zeros((number, days))
    counts[:, :5] = 40
    for day in range(5, days):
        lags = np.arange(1, min(day, WEIGHTS.size - 1) + 1)
        mean = 1.05 * counts[:, day - lags] @ WEIGHTS[lags]
        counts[:, day] = draw.poisson(draw.gamma(1 / alpha, alpha * mean) if alpha else mean)
    return counts


@pytest.mark.parametrize("alpha", [0.05, 0.3])
def test_intervals_hold_the_truth_where_coris_do_not(alpha):
    counts = outbreaks(alpha)
    last = np.array([[63, 70]])
    scatter = estimate_overdispersion(counts, WEIGHTS, windows=last)
    heeding = estimate_reproduction(counts, WEIGHTS, windows=last, overdispersion=scatter).quantiles[:, 0]
    plain = estimate_reproduction(counts, WEIGHTS, windows=last).quantiles[:, 0]

    def inside(quantiles, low, high):
        return ((quantiles[:, low] <= 1.05) & (quantiles[:, high] >= 1.05)).mean()

    assert inside(heeding, 1, 5) == pytest.approx(0.9, abs=0.06)
    assert inside(heeding, 2, 4) == pytest.approx(0.5, abs=0.1)
    assert inside(plain, 1, 5) < 0.7


def test_the_scatter_comes_back_and_poisson_has_little():
    mean = 200.0
    for alpha, low, high in ((0.0, 1.0, 1.6), (0.1, 12.0, 30.0)):
        draw = generator(6, "scatter", str(alpha))
        rate = draw.gamma(1 / alpha, alpha * mean, (200, 140)) if alpha else np.full((200, 140), mean)
        scatter = estimate_overdispersion(draw.poisson(rate).astype(float), WEIGHTS)
        assert low <= np.median(scatter[:, -1]) <= high
        assert (scatter >= 1).all()


def test_a_weekly_rhythm_is_not_scatter():
    day = np.arange(84)
    counts = 300 * np.array([0.5, 1.3, 1.2, 1.1, 1.1, 1.0, 0.8])[day % 7]
    assert estimate_overdispersion(counts, WEIGHTS)[0, -1] < 3
    shuffled = generator(1, "shuffle").permutation(counts)
    assert estimate_overdispersion(shuffled, WEIGHTS)[0, -1] > 10


def test_the_mean_stays_and_the_variance_grows_so_many_times():
    counts = outbreaks(0.05, number=3)
    plain = estimate_reproduction(counts, WEIGHTS)
    wide = estimate_reproduction(counts, WEIGHTS, overdispersion=4.0)
    np.testing.assert_allclose(wide.mean, plain.mean)
    np.testing.assert_allclose(wide.sd, 2 * plain.sd)
    sample = np.tile(WEIGHTS, (4, 1))
    np.testing.assert_allclose(
        estimate_reproduction(counts, sample, overdispersion=4.0).quantiles, wide.quantiles, rtol=1e-9
    )


def test_too_few_weeks_tell_nothing():
    assert (estimate_overdispersion(np.arange(15.0), WEIGHTS) == 1).all()
    assert (estimate_overdispersion(np.zeros(60), WEIGHTS) == 1).all()
    gaps = np.full(60, 5.0)
    gaps[10:58] = np.nan
    assert np.isfinite(estimate_overdispersion(gaps, WEIGHTS)).all()


@pytest.mark.parametrize("spread", [0.5, np.nan, np.inf])
def test_what_is_no_overdispersion_is_refused(spread):
    with pytest.raises(InvalidInput, match="1 or more"):
        estimate_reproduction(np.ones(20), WEIGHTS, overdispersion=spread)


def test_the_scatter_of_a_quiet_past_is_not_carried_over_to_a_wave():
    draw = generator(8, "quiet past")
    clustered = draw.negative_binomial(0.5, 0.1, size=70)  # a few imported clusters, variance ten times the mean
    wave = draw.poisson(20 * np.exp(0.12 * np.arange(35)))
    counts = np.concatenate([clustered, wave]).astype(float)
    scatter = estimate_overdispersion(counts, WEIGHTS)[0]
    assert scatter[-1] < 4
    assert scatter[40] > 4
