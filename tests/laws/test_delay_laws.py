"""What holds for any delay and any generation time."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.disease import (
    Delay,
    discretised,
    growth_from_compartments,
    growth_from_reproduction,
    reproduction_from_growth,
)

means = st.floats(0.3, 30)
ratios = st.floats(0.15, 1.8)
families = st.sampled_from(["gamma", "lognormal", "weibull"])
shifts = st.floats(0, 3)


def made(family, mean, ratio, shift=0.0):
    return Delay(family=family, mean_days=mean + shift, sd_days=ratio * mean, shift_days=shift)


@settings(deadline=None, max_examples=80)
@given(families, means, ratios, shifts)
def test_probabilities_are_whole_and_keep_the_mean(family, mean, ratio, shift):
    delay = made(family, mean, ratio, shift)
    weights = discretised(delay)
    assert (weights >= 0).all()
    assert abs(weights.sum() - 1) < 1e-7
    # both days censored alike: the mean difference of the days is the mean delay
    within = discretised(delay, weights.size + 400)
    assert abs(within @ np.arange(within.size) - delay.mean_days) < 1e-3 * delay.mean_days + 1e-6


@settings(deadline=None, max_examples=60)
@given(families, means, ratios, shifts, st.floats(0.001, 0.999))
def test_quantile_and_cdf_undo_each_other(family, mean, ratio, shift, share):
    delay = made(family, mean, ratio, shift)
    assert abs(delay.cdf(delay.quantile(share)) - share) < 1e-9


@settings(deadline=None, max_examples=60)
@given(families, means, ratios, st.floats(-0.3, 0.6))
def test_growth_makes_every_difference_likelier_to_be_long(family, mean, ratio, growth):
    delay = made(family, mean, ratio)
    tilted = np.cumsum(discretised(delay, 120, growth_per_day=growth))
    even = np.cumsum(discretised(delay, 120))
    assert (np.sign(growth) * (tilted - even) < 1e-9).all()


@settings(deadline=None, max_examples=80)
@given(families, st.floats(1.5, 15), st.floats(0.2, 0.9), st.floats(0.3, 12))
def test_growth_and_reproduction_undo_each_other(family, mean, ratio, number):
    generation = made(family, mean, ratio)
    growth = growth_from_reproduction(number, generation)
    assert np.isclose(reproduction_from_growth(growth, generation), number, rtol=1e-6)
    assert np.sign(round(growth, 9)) == np.sign(round(number - 1, 9)) or abs(number - 1) < 1e-6
    weights = discretised(generation, right_truncated=True, max_days=200)
    weights[0] = 0
    weights /= weights.sum()
    assert np.isclose(reproduction_from_growth(growth_from_reproduction(number, weights), weights), number, rtol=1e-9)


@settings(deadline=None, max_examples=60)
@given(st.floats(0.05, 20), st.floats(0.1, 15), st.floats(0.1, 15))
def test_compartments_satisfy_their_equation(number, latent, infectious):
    growth = growth_from_compartments(number, latent, infectious)
    assert np.isclose((1 + growth * latent) * (1 + growth * infectious), number, rtol=1e-9)
    assert growth > -min(1 / latent, 1 / infectious) - 1e-12
