"""Textbook values of growth rate, doubling time and reproduction number."""

import math

import numpy as np
import pytest

from seawall.core import InvalidInput
from seawall.disease import (
    Delay,
    doubling_days,
    growth_from_compartments,
    growth_from_reproduction,
    reproduction_from_growth,
)


@pytest.mark.parametrize(
    ("number", "growth", "doubling"), [(2.5, 0.146989, 4.7156), (1.5, 0.056512, 12.2655)], ids=["A8a", "A8b"]
)
def test_seir_with_latent_three_and_infectious_five_days(number, growth, doubling):
    got = growth_from_compartments(number, 3, 5)
    assert got == pytest.approx(growth, abs=1e-6)
    assert doubling_days(got) == pytest.approx(doubling, abs=1e-4)


def test_gamma_generation_time():
    got = growth_from_reproduction(2.5, Delay(family="gamma", mean_days=5.5, sd_days=1.8))
    assert got == pytest.approx(0.175048, abs=1e-6)
    assert doubling_days(got) == pytest.approx(3.9598, abs=1e-4)


def test_compartments_are_a_generation_time_too():
    # latent L and infectious D exponential: the generation time's transform is 1 / ((1 + r L)(1 + r D))
    days = np.linspace(0, 300, 300_001)
    latent, infectious = 3.0, 5.0
    density = (np.exp(-days / infectious) - np.exp(-days / latent)) / (infectious - latent)
    growth = growth_from_compartments(2.5, latent, infectious)
    assert 2.5 * np.trapezoid(density * np.exp(-growth * days), days) == pytest.approx(1, abs=1e-7)


def test_everybody_infects_after_exactly_four_days():
    weights = np.array([0, 0, 0, 0, 1.0])
    assert growth_from_reproduction(2.0, weights) == pytest.approx(math.log(2) / 4)
    assert reproduction_from_growth(math.log(3) / 4, weights) == pytest.approx(3.0)


def test_a_shift_multiplies_by_its_growth():
    plain, shifted = Delay.gamma(3, 1.2), Delay(family="gamma", mean_days=5.6, sd_days=math.sqrt(3) * 1.2, shift_days=2)
    assert reproduction_from_growth(0.2, shifted) == pytest.approx(math.exp(0.4) * reproduction_from_growth(0.2, plain))


def test_standing_still_and_halving():
    assert doubling_days(0.0) == math.inf
    assert doubling_days(-math.log(2) / 5) == pytest.approx(-5)
    assert growth_from_reproduction(1.0, Delay.weibull(3.277, 6.127)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("number", [0.0, -1.0, math.nan, math.inf])
def test_what_is_no_reproduction_number_is_refused(number):
    with pytest.raises(InvalidInput):
        growth_from_reproduction(number, Delay.gamma(3, 1.2))
    if number <= 0:
        with pytest.raises(InvalidInput):
            growth_from_compartments(number, 3, 5)


def test_what_is_no_generation_time_is_refused():
    with pytest.raises(InvalidInput, match="sum to 1"):
        reproduction_from_growth(0.1, np.array([0.5, 0.2]))
    with pytest.raises(InvalidInput, match="No growth rate"):
        growth_from_reproduction(2.5, np.array([0.5, 0.5]))
