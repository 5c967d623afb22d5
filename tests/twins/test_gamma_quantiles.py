"""Quantiles by series and by Halley's method equal SciPy's root searches."""

import numpy as np
import pytest
from scipy import special, stats

from seawall.core.draws import generator
from seawall.watch.gamma_quantiles import gamma_quantiles, mixture_quantiles
from seawall.watch.situation import QUANTILES


def test_every_shape_from_a_twentieth_to_a_billion():
    shape = np.unique(np.concatenate([np.linspace(0.05, 40, 5000), np.geomspace(1, 1e9, 5000)]))
    expected = special.gammaincinv(shape[:, None], np.array(QUANTILES))
    np.testing.assert_allclose(gamma_quantiles(shape, QUANTILES), expected, rtol=1e-12)


def test_other_probabilities_and_other_shapes_of_array():
    probabilities = (0.001, 0.1, 0.999)
    shape = np.array([[1.0, 2.5], [np.nan, 700.0]])
    got = gamma_quantiles(shape, probabilities)
    assert got.shape == (2, 2, 3)
    assert np.isnan(got[1, 0]).all()
    np.testing.assert_allclose(got[1, 1], stats.gamma(700).ppf(probabilities), rtol=1e-11)


@pytest.mark.parametrize("spread", [0.02, 0.3, 1.0])
@pytest.mark.parametrize("shape", [1.0, 7.0, 300.0, 1e5])
def test_mixtures_reach_their_probabilities(shape, spread):
    draw = generator(1, "rates")
    rates = shape * np.exp(draw.normal(0, spread, (6, 1000)))
    rates[1, 10:] = np.nan
    rates[2, 1:] = np.nan
    rates[3] = np.nan
    got = mixture_quantiles(np.full(6, shape), rates, QUANTILES)
    assert np.isnan(got[3]).all()
    for row in (0, 1, 2, 4, 5):
        reached = [np.nanmean(special.gammainc(shape, x * rates[row])) for x in got[row]]
        np.testing.assert_allclose(reached, QUANTILES, atol=1e-10)
