"""The economy of a city that the twin has played."""

import dataclasses
from datetime import timedelta

import numpy as np
import pytest
from tests.small_city import START, scenario, small_world
from tests.small_economy import accounts, economy

from seawall.measures import LimitSchools, LimitSectors
from seawall.twin import simulate
from seawall.twin.economy import Parameters
from seawall.twin.economy.attendance import ages_at_work, at_work

DAYS = 40
SHUT = {"start": START + timedelta(days=5), "stop": START + timedelta(days=25)}


@pytest.fixture(scope="module")
def world():
    return small_world(2500)


def economy_of_world(world, parameters=None):
    who = world.people
    of = accounts([1000.0, 800.0], [[100, 50], [60, 40]], sectors=who.sectors, districts=2, workers=300, remote=0.2)
    of = dataclasses.replace(of, districts=who.district_ids)
    return dataclasses.replace(economy(of, parameters), workers=at_work(who), ages=ages_at_work(who))


def played(world, *measures, infected):
    return simulate(scenario(world, *measures, days=DAYS, infected=infected), replicates=1, seed=3).outcomes[0]


def test_a_city_without_infection_and_orders_loses_nothing(world):
    produced = economy_of_world(world).after(played(world, infected=0))
    assert not any(produced.summary().values())


def test_a_closed_sector_makes_what_is_done_at_home_and_where_the_order_is_not_kept(world):
    shut = LimitSectors(sectors=("industry",), adherence=0.9, from_home=0.0, **SHUT)
    own = Parameters(control_loss=0.0, home_productivity=0.88)
    produced = economy_of_world(world, own).after(played(world, shut, infected=0))
    industry = produced.shares[:, 0]
    assert industry[5:25] == pytest.approx(0.1 + 0.88 * (0.5 * 0.9 * 0.2 + 0.5 * 0.2), abs=1e-5)
    assert (industry[:5] == 1).all()
    assert (industry[25:] > 1).any()  # won back
    assert produced.jobs_by[:, 0].sum() == pytest.approx(600 * 20 * (0.9 - 0.19), rel=1e-4)


def test_closed_schools_keep_parents_at_home(world):
    produced = economy_of_world(world).after(played(world, LimitSchools(stages=("primary",), **SHUT), infected=0))
    assert produced.care > 0
    assert produced.lost[0] > 0
    assert produced.school_years[0] > 0
    none = economy_of_world(world).after(played(world, LimitSchools(stages=("university",), **SHUT), infected=0))
    assert none.care == none.lost[0] == 0  # students look after themselves
    assert none.school_years[0] > 0


def test_an_outbreak_alone_costs_output_and_life_years(world):
    outcome = played(world, infected=60)
    produced = economy_of_world(world).after(outcome)
    assert outcome.daily["deaths"][:, -1].sum() > 0
    assert produced.lost[0] > 0
    assert produced.life_years > 0
    assert produced.lost_of_dead > 0
    again = economy_of_world(world).after(outcome)
    assert again.summary() == produced.summary()
    assert (again.output == produced.output).all()
    other = economy_of_world(world).after(played(world, infected=61))
    assert other.summary() != produced.summary()
    assert np.isfinite(list(produced.summary().values())).all()
