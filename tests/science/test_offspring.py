"""Uneven infecting and whole epidemics: textbook values."""

import math

import numpy as np
import pytest

from seawall.core import InvalidInput
from seawall.core.draws import generator
from seawall.disease import (
    critical_coverage,
    final_size,
    herd_threshold,
    p_chains_end,
    p_infects_nobody,
    share_of_people_behind,
    sir_peak_prevalence,
)


@pytest.mark.parametrize(
    ("number", "size"), [(1.5, 0.582812), (2, 0.796812), (2.5, 0.892645), (3, 0.940480), (5, 0.993023), (0.9, 0)]
)
def test_final_size(number, size):
    assert final_size(number) == pytest.approx(size, abs=1e-6)


@pytest.mark.parametrize(("number", "share"), [(2, 0.5), (2.5, 0.6), (5, 0.8), (0.5, 0), (0, 0)])
def test_herd_threshold(number, share):
    assert herd_threshold(number) == pytest.approx(share, abs=1e-12)


@pytest.mark.parametrize(("number", "peak"), [(1.5, 0.063023), (2, 0.153426), (2.5, 0.233484), (1, 0)])
def test_peak_of_an_sir_epidemic(number, peak):
    assert sir_peak_prevalence(number) == pytest.approx(peak, abs=1e-6)


@pytest.mark.parametrize(
    ("number", "k", "seeds", "ends"),
    [
        (1.5, 1, 1, 0.666667),
        (2, 1, 1, 0.5),
        (2.5, 1, 1, 0.4),
        (1.5, 0.16, 1, 0.898639),
        (2.5, 0.16, 1, 0.794519),
        (1.5, math.inf, 1, 0.417188),
        (2.5, math.inf, 1, 0.107355),
        (2.5, 0.16, 5, 0.31661),
        (2.5, 0.16, 20, 0.01005),
        (0.9, 0.16, 3, 1),
        (2.5, 0.16, 0, 1),
    ],
)
def test_chains_end_by_chance(number, k, seeds, ends):
    assert p_chains_end(number, k, seeds) == pytest.approx(ends, abs=5e-6 if seeds > 1 else 1e-6)


def test_a_few_cause_most():
    assert share_of_people_behind(0.8, 0.1) == pytest.approx(0.0979, abs=5e-5)
    assert share_of_people_behind(0.8, 0.5) == pytest.approx(0.3161, abs=5e-5)
    assert share_of_people_behind(0.8, math.inf) == 0.8
    drawn = np.sort(generator(1, "lorenz").gamma(0.5, 2.0, 200_000))[::-1]
    needed = np.searchsorted(np.cumsum(drawn), 0.8 * drawn.sum()) / drawn.size
    assert needed == pytest.approx(share_of_people_behind(0.8, 0.5), abs=0.005)


@pytest.mark.parametrize(("k", "share"), [(0.16, 0.6378), (0.5, 0.4082), (math.inf, math.exp(-2.5))])
def test_infects_nobody(k, share):
    assert p_infects_nobody(2.5, k) == pytest.approx(share, abs=5e-5)


def test_critical_coverage():
    assert critical_coverage(3, 0.9) == pytest.approx(0.7407, abs=5e-5)
    assert critical_coverage(5, 0.95) == pytest.approx(0.8421, abs=5e-5)
    assert critical_coverage(5, 0.5) > 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: final_size(-1),
        lambda: p_chains_end(2, 0),
        lambda: p_chains_end(2, 1, -1),
        lambda: share_of_people_behind(1.1, 0.5),
        lambda: critical_coverage(3, 0),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(InvalidInput):
        wrong()
