"""The twin's chains of infection: how unevenly people infect, and how often chains end by chance."""

import math

import numpy as np
import pytest
from bench._small_worlds import evenly_spread, mixed, offspring, played, scene

from seawall.disease import p_chains_end, p_infects_nobody, plain_course, share_of_people_behind
from seawall.disease.compile import dispersion_table
from seawall.twin import new_run
from seawall.twin.day import play_day

SLOW_TO_INFECT = evenly_spread(25, 48)
"""Nobody infected by the first infects before day 50: what is seen until then is the first generation."""


def first_generation(reproduction_number, dispersion, *, infected=4_000, residents=300_000, seed=1):
    course = plain_course(SLOW_TO_INFECT, reproduction_number=reproduction_number, dispersion=dispersion)
    run = played(scene(mixed(residents, course), 49, infected=infected), seed=seed)
    return offspring(run)[:infected]


@pytest.mark.parametrize(
    ("number", "dispersion", "published"),
    [(2.5, 0.16, 0.6378), (2.5, 0.5, 0.4082)],
)
def test_share_who_infect_nobody(number, dispersion, published):
    assert p_infects_nobody(number, dispersion) == pytest.approx(published, abs=5e-5)
    # 4,000 people: sd below 0.8 points; and 2 in 100 infections fall on who is infected already
    got = (first_generation(number, dispersion) == 0).mean()
    assert got == pytest.approx(published, abs=4 * math.sqrt(published * (1 - published) / 4_000) + 0.003)


def test_offspring_have_the_mean_and_variance_of_a_negative_binomial():
    number, dispersion, infected = 2.5, 0.5, 4_000
    got = first_generation(number, dispersion, infected=infected)
    variance = number * (1 + number / dispersion)
    met_before = 1 - 1.5 * infected * number / 300_000  # who was infected first, or by another of the first
    assert got.mean() == pytest.approx(number * met_before, abs=4 * math.sqrt(variance / infected))
    # sd of a sample variance: sqrt((kurtosis - 1) / n), the excess kurtosis being about 6 / k
    assert got.var() == pytest.approx(variance, rel=4 * math.sqrt((2 + 6 / dispersion) / infected) + 0.07)
    poisson = first_generation(number, math.inf, infected=infected)
    assert poisson.var() == pytest.approx(poisson.mean(), rel=0.1)


@pytest.mark.parametrize(("dispersion", "published"), [(0.1, 0.0979), (0.5, 0.3161)])
def test_few_people_are_behind_most_of_transmission(dispersion, published):
    """Of expected infections, as published: the twin's own infectiousness of each of its infected, sorted."""
    assert share_of_people_behind(0.8, dispersion) == pytest.approx(published, abs=5e-5)
    course = plain_course(SLOW_TO_INFECT, reproduction_number=1.0, dispersion=dispersion)
    run = played(scene(mixed(50_000, course), 1, infected=20_000))
    own = np.sort(run.state.infected.strength[:20_000])[::-1].astype(float)
    behind = np.searchsorted(np.cumsum(own), 0.8 * own.sum()) / own.size
    # a share of 20,000, and steps of a 256th of the people
    assert behind == pytest.approx(published, abs=0.008)
    assert dispersion_table(dispersion).mean() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("number", "dispersion", "first", "published"),
    [
        (1.5, 1.0, 1, 0.666667),
        (2.0, 1.0, 1, 0.5),
        (2.5, 1.0, 1, 0.4),
        (1.5, 0.16, 1, 0.898639),
        (2.5, 0.16, 1, 0.794519),
        (1.5, math.inf, 1, 0.417188),
        (2.5, math.inf, 1, 0.107355),
        (2.5, 0.16, 5, 0.31661),
        (2.5, 0.16, 20, 0.01005),
    ],
)
def test_chains_end_by_chance(number, dispersion, first, published):
    """So many worlds with one infected person, or a few; a chain has ended when nobody is infected any more."""
    assert p_chains_end(number, dispersion, first) == pytest.approx(published, abs=2e-5)
    worlds, days = 400, 60
    course = plain_course(np.array([0.0, 0.5, 0.5]), reproduction_number=number, dispersion=dispersion)
    scenario = scene(mixed(4_000, course), days, infected=first)
    ended = sum(_ends(new_run(scenario, 1, replicate)) for replicate in range(1, worlds + 1))
    luck = math.sqrt(published * (1 - published) / worlds)
    # a thousandth for what ends after 150 infections, and for 4,000 people being fewer than infinitely many
    assert ended / worlds == pytest.approx(published, abs=3.5 * luck + 0.001)


def _ends(run):
    """Whether a chain is over: nobody was infected for two days, after which nobody infects."""
    while run.state.rows < 150:
        play_day(run)
        if run.state.day - run.state.infected.day[: run.state.rows].max() > 2:
            return True
    return False
