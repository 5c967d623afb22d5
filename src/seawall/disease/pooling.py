"""Pooled testing: several specimens in one tube, opened up again where the pool is positive."""

from __future__ import annotations

import numpy as np

from seawall.core import InvalidInput

POOLING_LOSES_ABOVE = 1 - 3 ** (-1 / 3)
"""Prevalence above which no pool saves tests, with tests that never err: 0.30664."""

LARGEST_POOL = 2000
"""Pools sought for the best size."""


def expected_tests_per_person(
    prevalence: float, pool: int | np.ndarray, *, sensitivity: float = 1.0, specificity: float = 1.0
) -> np.ndarray:
    """Mean tests per person when positive pools are tested one by one.

    1/n + Se (1 - (1-p)^n) + (1-Sp) (1-p)^n for pools of n > 1; exactly 1 for n = 1.

    Args:
        prevalence: p, share infected, independent within a pool.
        pool: n, people in a pool (any shape).
        sensitivity, specificity: Se and Sp of the test of a pool.

    Raises:
        InvalidInput: a share outside 0 to 1, or a pool of less than one.

    Source:
        Dorfman 1943, Annals of Mathematical Statistics 14:436.

    Examples:
        >>> round(float(expected_tests_per_person(0.01, 11)), 6)
        0.195571
    """
    size = np.asarray(pool)
    if not all(0 <= share <= 1 for share in (prevalence, sensitivity, specificity)) or (size < 1).any():
        raise InvalidInput("Prevalence, sensitivity and specificity lie between 0 and 1; a pool holds one or more.")
    free = (1 - prevalence) ** size
    return np.asarray(np.where(size == 1, 1.0, 1 / size + sensitivity * (1 - free) + (1 - specificity) * free))


def best_pool(
    prevalence: float, *, sensitivity: float = 1.0, specificity: float = 1.0, largest: int = LARGEST_POOL
) -> tuple[int, float]:
    """Pool size that needs the fewest tests, and the tests per person it needs; size 1: do not pool.

    Raises:
        InvalidInput: a share outside 0 to 1, or no pool allowed.

    Examples:
        >>> best_pool(0.4)
        (1, 1.0)
    """
    if largest < 1:
        raise InvalidInput(f"The largest pool allowed is {largest}; give 1 or more.")
    tests = expected_tests_per_person(
        prevalence, np.arange(1, largest + 1), sensitivity=sensitivity, specificity=specificity
    )
    best = int(tests.argmin())
    return best + 1, float(tests[best])


def found_share(pool_sensitivity: float, single_sensitivity: float) -> float:
    """Share of the infected that pooling and testing one by one find together: both tests must find them."""
    return pool_sensitivity * single_sensitivity
