"""The twin where all mix alike: final size, herd immunity, peak, growth and coverage have exact answers."""

import math

import numpy as np
import pytest
from bench._small_worlds import Dose, mixed, offspring, played, scene
from scipy.optimize import brentq

from seawall.disease import (
    Delay,
    compartments_by_day,
    critical_coverage,
    final_size,
    growth_from_compartments,
    growth_from_reproduction,
    herd_threshold,
    plain_course,
    sir_peak_prevalence,
)

GENERATION = Delay(family="gamma", mean_days=5.5, sd_days=1.8)


def size_from(infected, residents, reproduction_number):
    """Share infected in the end beside those infected at the start: the rest escape with exp(-R z)."""
    start = infected / residents
    return brentq(lambda z: z - 1 + (1 - start) * math.exp(-reproduction_number * z), start / 2, 1)


def luck_of_size(residents, reproduction_number, size):
    """Standard deviation of the share infected where infectiousness does not vary (von Bahr and Martin-Löf 1980)."""
    left = 1 - size
    return math.sqrt(size * left / residents) / (1 - reproduction_number * left)


@pytest.mark.parametrize(
    ("reproduction_number", "published"),
    [(1.5, 0.582812), (2, 0.796812), (2.5, 0.892645), (3, 0.940480), (5, 0.993023)],
)
def test_final_size(reproduction_number, published):
    residents, infected = 100_000, 50
    world = mixed(residents, plain_course(GENERATION, reproduction_number=reproduction_number))
    run = played(scene(world, 420, infected=infected))
    expected = size_from(infected, residents, reproduction_number)
    assert expected == pytest.approx(published, abs=0.001)  # fifty at the start change it by less than this
    assert final_size(reproduction_number) == pytest.approx(published, abs=1e-6)
    got = run.state.rows / residents
    assert got == pytest.approx(expected, abs=4 * luck_of_size(residents, reproduction_number, expected) + 0.001)


def test_final_size_does_not_depend_on_how_unevenly_people_infect():
    residents = 100_000
    run = played(
        scene(mixed(residents, plain_course(GENERATION, reproduction_number=2.0, dispersion=0.5)), 300, infected=200)
    )
    # uneven infecting widens the luck by at most sqrt(1 + R^2 / k (1 - z) ...) < 3; the size stays
    assert run.state.rows / residents == pytest.approx(size_from(200, residents, 2.0), abs=0.012)


@pytest.mark.parametrize("reproduction_number", [2.0, 2.5, 5.0])
def test_at_the_herd_threshold_an_epidemic_does_not_grow_and_a_little_below_it_does(reproduction_number):
    residents, infected = 100_000, 200
    course = plain_course(GENERATION, reproduction_number=reproduction_number)
    threshold = herd_threshold(reproduction_number)
    assert threshold == pytest.approx({2.0: 0.5, 2.5: 0.6, 5.0: 0.8}[reproduction_number])

    def infections(immune):
        world = mixed(residents, course, dosed_share=immune)
        return played(scene(world, 400, infected=infected, protection=Dose())).state.rows

    # at the threshold two thousand of 2 / R open to infection are used up by drift alone: about sqrt(2 s N)
    open_share = 1 - threshold
    at_threshold = brentq(
        lambda z: z - open_share * (1 - math.exp(-reproduction_number * (z + infected / residents))), 1e-6, open_share
    )
    assert infections(threshold) - infected < (2 * at_threshold) * residents
    # five points below, what is left open feeds an epidemic of a size that is known again
    below = open_share + 0.05
    expected = brentq(
        lambda z: z - below * (1 - math.exp(-reproduction_number * (z + infected / residents))), 0.01, below
    )
    got = (infections(threshold - 0.05) - infected) / residents
    assert got == pytest.approx(expected, rel=0.15)  # near the threshold luck is wide: sd of about 4 % of the size
    assert infections(threshold + 0.1) < 20 * infected


@pytest.mark.parametrize(("reproduction_number", "published"), [(1.5, 0.063023), (2, 0.153426), (2.5, 0.233484)])
def test_peak_prevalence(reproduction_number, published):
    """Exponential stays of ten days, so that a day is a small step; prevalence follows from infections and the stay."""
    residents, infected, stay = 200_000, 100, 10.0
    course = plain_course(Delay(family="gamma", mean_days=stay, sd_days=stay), reproduction_number=reproduction_number)
    run = played(scene(mixed(residents, course), 330, infected=infected))
    new = np.bincount(run.state.infected.day[: run.state.rows].astype(int), minlength=run.days)
    # infected at any moment of a day: by its evening this share of them is still infectious, and so on
    prevalence = np.convolve(new, -np.expm1(-1 / stay) * stay * np.exp(-np.arange(200) / stay))[: run.days]
    assert sir_peak_prevalence(reproduction_number) == pytest.approx(published, abs=1e-6)
    # luck at the peak is sqrt(2 / infectious then), below 1 %; the daily step takes another 1 to 2 % off
    assert prevalence.max() / residents == pytest.approx(published, rel=0.03)


def growth_of(course, *, first, last, infected=100, residents=1_000_000, replicates=3):
    """Daily growth between two days, beside what of it is lost to those already immune; summed over replicates."""
    scenario = scene(mixed(residents, course), last + 1, infected=infected)
    log = np.zeros(last + 1)
    new = np.zeros(last + 1)
    for replicate in range(1, replicates + 1):
        run = played(scenario, replicate=replicate)
        today = np.bincount(run.state.infected.day[: run.state.rows].astype(int), minlength=last + 1)
        new += today
    open_ = 1 - np.cumsum(new) / (replicates * residents)
    days = np.arange(first, last + 1)
    log = np.log(new[days] / np.concatenate([[1.0], open_])[days])
    return np.polyfit(days, log, 1, w=np.sqrt(new[days]))[0]


@pytest.mark.parametrize(
    ("reproduction_number", "published", "window"), [(2.5, 0.146989, (14, 28)), (1.5, 0.056512, (25, 60))]
)
def test_growth_of_compartments(reproduction_number, published, window):
    assert growth_from_compartments(reproduction_number, 3, 5) == pytest.approx(published, abs=1e-6)
    course = plain_course(compartments_by_day(3, 5, reproduction_number), reproduction_number=reproduction_number)
    got = growth_of(course, first=window[0], last=window[1], infected=300)
    # luck: a thousand or more infections in a generation at the beginning leave 0.0015; what is immune by the end 0.001
    assert got == pytest.approx(published, abs=0.005)


def test_growth_of_a_gamma_generation_time():
    published = 0.175048
    assert growth_from_reproduction(2.5, GENERATION) == pytest.approx(published, abs=1e-6)
    # all were infected on one day, and generations are still in step for a while: whole ones are looked at
    got = growth_of(plain_course(GENERATION, reproduction_number=2.5), first=15, last=26, infected=200)
    assert got == pytest.approx(published, abs=0.006)


def test_infections_are_what_the_renewal_equation_gives():
    """Each day R S/N sum w(tau) i(t - tau) are expected given the past; over the run the two agree within luck."""
    residents = 200_000
    course = plain_course(GENERATION, reproduction_number=2.5)
    run = played(scene(mixed(residents, course), 30, infected=200))
    new = np.bincount(run.state.infected.day[: run.state.rows].astype(int), minlength=30).astype(float)
    pressure = 2.5 * np.convolve(new, course.infectiousness[0, 0])[:30] / residents
    open_ = residents - np.concatenate([[0.0], np.cumsum(new)[:-1]])
    expected = (open_ * -np.expm1(-pressure))[1:].sum()
    assert new[1:].sum() == pytest.approx(expected, abs=4 * math.sqrt(expected))


@pytest.mark.parametrize(("reproduction_number", "efficacy", "published"), [(3.0, 0.9, 0.7407), (5.0, 0.95, 0.8421)])
@pytest.mark.parametrize("leaky", [True, False])
def test_critical_coverage(reproduction_number, efficacy, published, leaky):
    """With the critical share vaccinated each infection causes one more, whether doses leak or fail altogether."""
    coverage = critical_coverage(reproduction_number, efficacy)
    assert coverage == pytest.approx(published, abs=5e-5)
    residents, infected = 200_000, 3_000
    share, effect = (coverage, efficacy) if leaky else (coverage * efficacy, 1.0)
    course = plain_course(np.array([0.0, 1.0]), reproduction_number=reproduction_number)
    run = played(
        scene(mixed(residents, course, dosed_share=share), 2, infected=infected, protection=Dose(efficacy=effect)),
        seed=3,
    )
    got = offspring(run)[:infected].sum() / infected
    # Poisson luck of 3,000 infections, and the infected at the start stand in each other's way: 1.5 % less, and 0.5 %
    # more by meeting the same person twice
    assert got == pytest.approx(0.98, abs=4 / math.sqrt(infected))


def test_a_leaky_dose_and_one_that_fails_altogether_part_in_the_long_run():
    """Below the critical coverage: all-or-nothing leaves 1 - c e open; leaky ones are infected in the end, later."""
    residents, infected, coverage, efficacy, number = 100_000, 300, 0.5, 0.6, 3.0
    course = plain_course(GENERATION, reproduction_number=number)
    start = infected / residents

    def leaky(z):
        force = number * (z + start)
        return z - (1 - coverage) * -math.expm1(-force) - coverage * -math.expm1(-(1 - efficacy) * force)

    open_ = 1 - coverage * efficacy

    def all_or_nothing(z):
        return z - open_ * -math.expm1(-number * (z + start))

    for share, effect, equation in ((coverage, efficacy, leaky), (coverage * efficacy, 1.0, all_or_nothing)):
        world = mixed(residents, course, dosed_share=share)
        run = played(scene(world, 300, infected=infected, protection=Dose(efficacy=effect)), seed=5)
        # luck of the size is below 0.4 points here
        assert (run.state.rows - infected) / residents == pytest.approx(brentq(equation, 0.05, 1), abs=0.012)
