"""What a measure does to transmission by itself: a share of it, of the layer it says, and nothing else."""

import math

import numpy as np
import pytest
from bench._small_worlds import begin_with, mixed, offspring, played, scene

from seawall.city.layers import COMMUNITY, HOUSEHOLD, LAYERS, SCHOOL, WORK
from seawall.city.synth.contacts import mix_alike
from seawall.city.synth.people import one_block
from seawall.disease import Delay, plain_course
from seawall.measures import LimitContacts, LimitSchools, LimitSectors, WearMasks
from seawall.twin import world_of

COURSE = plain_course(Delay.gamma(9, 0.5), reproduction_number=2.5, household_attack_rate=0.2)
CASES = 4_000


def first_generation(measures=(), layer=WORK):
    """Infections by layer by cases who live and work far from each other, beside the number of cases."""
    people = one_block(300_000, household=3, place_size=20, layer=layer)
    world = world_of(people, mix_alike(people, 8.0, ring=6, across=3), COURSE)
    run = played(scene(world, COURSE.longest_days, measures=measures, beginning=begin_with(np.arange(CASES) * 75)))
    infected, rows = run.state.infected, run.state.rows
    mine = (infected.infector[:rows] >= 0) & (infected.infector[:rows] < CASES)
    return np.bincount(infected.layer[:rows][mine], minlength=256)[: len(LAYERS)]


WITHOUT = first_generation()


def luck(share, of):
    """Four standard deviations of a share of so many infections, and 2 % for who else would have infected them."""
    return 4 * math.sqrt(share * (1 - share) / of) + 0.02


@pytest.mark.parametrize("left", [0.75, 0.5, 0.25, 0.0])
def test_limited_contacts_in_one_layer_leave_that_share_of_its_infections(left):
    got = first_generation((LimitContacts(layers=("community",), left=left, adherence=1.0),))
    assert got[COMMUNITY] / WITHOUT[COMMUNITY] == pytest.approx(left, abs=luck(left, WITHOUT[COMMUNITY]))
    # nobody else is touched: the same luck, but for those who are no longer infected elsewhere first
    for layer in (HOUSEHOLD, WORK):
        assert 1 <= got[layer] / WITHOUT[layer] < 1.12


@pytest.mark.parametrize(("effect", "adherence"), [(0.4, 1.0), (0.4, 0.5), (0.8, 1.0)])
def test_masks_take_their_effect_off_the_layers_where_they_are_worn(effect, adherence):
    left = 1 - effect * adherence
    got = first_generation((WearMasks(layers=("work", "community"), effect=effect, adherence=adherence),))
    assert got[COMMUNITY] / WITHOUT[COMMUNITY] == pytest.approx(left, abs=luck(left, WITHOUT[COMMUNITY]))
    assert got[WORK] / WITHOUT[WORK] == pytest.approx(left, abs=luck(left, WITHOUT[WORK]) + 0.03)
    assert 1 <= got[HOUSEHOLD] / WITHOUT[HOUSEHOLD] < 1.12


def test_closed_work_removes_infections_at_work_and_no_others():
    got = first_generation((LimitSectors(mode="closed", adherence=1.0),))
    assert got[WORK] == 0
    assert got[HOUSEHOLD] >= WITHOUT[HOUSEHOLD]
    assert got[COMMUNITY] >= WITHOUT[COMMUNITY]
    half = first_generation((LimitSectors(mode="capped", capacity=0.5, adherence=1.0),))
    # contacts met every day are infected with 1 - exp(-rate): half the rate is a little more than half of them
    assert half[WORK] / WITHOUT[WORK] == pytest.approx(0.5, abs=luck(0.5, WITHOUT[WORK]) + 0.04)


def test_closed_schools_remove_infections_in_class_and_no_others():
    open_, closed = (
        first_generation(layer=SCHOOL),
        first_generation((LimitSchools(mode="closed", adherence=1.0),), layer=SCHOOL),
    )
    assert open_[SCHOOL] > 1_000
    assert closed[SCHOOL] == 0
    assert closed[HOUSEHOLD] >= open_[HOUSEHOLD]
    assert closed[COMMUNITY] >= open_[COMMUNITY]


@pytest.mark.parametrize("left", [0.8, 0.5])
def test_where_all_contacts_are_limited_so_is_reproduction(left):
    course = plain_course(np.array([0.0, 1.0]), reproduction_number=3.0)
    run = played(
        scene(mixed(200_000, course), 2, measures=(LimitContacts(left=left, adherence=1.0),), infected=3_000), seed=2
    )
    # 3,000 times 3 infections, 3 % of them on who is infected already
    assert offspring(run)[:3_000].mean() == pytest.approx(3.0 * left * 0.965, abs=4 * math.sqrt(3.0 * left / 3_000))


def test_two_limits_of_one_layer_are_the_stricter_and_masks_multiply():
    both = first_generation(
        (
            LimitContacts(layers=("community",), left=0.7, adherence=1.0),
            LimitContacts(layers=("community",), left=0.5, adherence=1.0),
            WearMasks(layers=("community",), effect=0.5, adherence=1.0),
            WearMasks(layers=("community",), effect=0.2, adherence=1.0),
        )
    )
    left = 0.5 * 0.5 * 0.8
    assert both[COMMUNITY] / WITHOUT[COMMUNITY] == pytest.approx(left, abs=luck(left, WITHOUT[COMMUNITY]))


def test_a_measure_of_no_strength_changes_nothing():
    nothing = (
        LimitContacts(left=1.0),
        WearMasks(effect=0.0),
        LimitSectors(mode="capped", capacity=1.0),
        LimitSchools(mode="open"),
    )
    assert (first_generation(nothing) == WITHOUT).all()
