"""Pooled testing after Dorfman 1943."""

import numpy as np
import pytest

from seawall.core import InvalidInput
from seawall.core.draws import generator
from seawall.disease import best_pool, expected_tests_per_person
from seawall.disease.pooling import POOLING_LOSES_ABOVE, found_share


@pytest.mark.parametrize(
    ("prevalence", "pool", "tests"),
    [
        (0.0001, 101, 0.019951),
        (0.001, 32, 0.062759),
        (0.005, 15, 0.139098),
        (0.01, 11, 0.195571),
        (0.05, 5, 0.426219),
        (0.10, 4, 0.593900),
        (0.30, 3, 0.990333),
        (0.31, 1, 1.0),
    ],
)
def test_best_pools(prevalence, pool, tests):
    size, needed = best_pool(prevalence)
    assert size == pool
    assert needed == pytest.approx(tests, abs=1e-6)


@pytest.mark.parametrize(
    ("prevalence", "pool", "tests"),
    [(0.001, 10, 0.10996), (0.001, 20, 0.06981), (0.01, 10, 0.19562), (0.01, 20, 0.23209)],
)
def test_fixed_pools(prevalence, pool, tests):
    assert expected_tests_per_person(prevalence, pool) == pytest.approx(tests, abs=5e-6)


def test_with_tests_that_err():
    size, needed = best_pool(0.01, sensitivity=0.9, specificity=0.99)
    assert size == 11
    assert needed == pytest.approx(0.194058, abs=1e-6)
    assert found_share(0.9, 0.8) == pytest.approx(0.72)


def test_pooling_loses_above_a_prevalence():
    assert pytest.approx(0.30664, abs=5e-6) == POOLING_LOSES_ABOVE
    assert best_pool(POOLING_LOSES_ABOVE - 1e-4)[0] == 3
    assert best_pool(POOLING_LOSES_ABOVE + 1e-4)[0] == 1


def test_against_pools_drawn():
    infected = generator(4, "pools").random((40_000, 8)) < 0.03
    drawn = (1 + 8 * infected.any(axis=1)).mean() / 8
    assert drawn == pytest.approx(float(expected_tests_per_person(0.03, 8)), abs=0.01)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: expected_tests_per_person(1.2, 5),
        lambda: expected_tests_per_person(0.1, np.array([0, 3])),
        lambda: best_pool(0.1, largest=0),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(InvalidInput):
        wrong()
