"""Laws of the economy: more capacity never lowers output, the ends hold the middle, nothing is made out of nothing."""

import dataclasses
import pickle

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.small_economy import accounts, closed, economy

from seawall.core import describe_quantities
from seawall.twin.economy import Parameters
from seawall.twin.economy.parameters import WORSE
from seawall.twin.economy.supply import Chains, daily

SECTORS, DAYS = 4, 40
NAMES = ("Manufacturing", "Retail", "Finance", "Education")
WORSE_OF_COST = ("shift_premium", "labour_share", "learnt_away")
few = settings(max_examples=60, deadline=None)


def chains(rng):
    to = rng.dirichlet(np.ones(SECTORS + 1), SECTORS)[:, :SECTORS]
    binds = rng.choice([0.0, 0.5, 1.0], (1, SECTORS, SECTORS))
    np.fill_diagonal(binds[0], 0.0)
    return Chains(to_sectors=to, binds=binds)


def shaken(rng, size):
    """Capacity that is usual on most days and anything on others."""
    return np.where(rng.random(size) < 0.5, 1.0, rng.random(size))


@few
@given(st.integers(0, 10**6))
def test_more_capacity_lowers_no_sector_on_no_day(seed):
    rng = np.random.default_rng(seed)
    own = Parameters(
        stock_days=rng.uniform(4, 30), reorder_days=rng.uniform(1, 60), unsold=rng.random(), important_binds=0.5
    )
    who = chains(rng)
    less = shaken(rng, (1, DAYS, SECTORS))
    more = np.where(rng.random(less.shape) < 0.3, np.minimum(1.0, less + rng.random(less.shape)), less)
    final = rng.uniform(0.3, 1, less.shape)
    low, high = (daily(capacity, final, who, (own,)) for capacity in (less, more))
    assert (high.made >= low.made - 1e-12).all()
    assert (high.could >= low.could - 1e-12).all()
    assert (high.stores >= low.stores - 1e-9).all()


@few
@given(st.integers(0, 10**6))
def test_no_sector_makes_more_than_it_can_or_is_asked_for(seed):
    rng = np.random.default_rng(seed)
    capacity, final = shaken(rng, (1, DAYS, SECTORS)), rng.uniform(0.3, 1, (1, DAYS, SECTORS))
    found = daily(capacity, final, chains(rng), (Parameters(),))
    assert (found.made <= found.could).all()
    assert (found.could <= capacity).all()
    assert (found.made >= 0).all()
    assert ((found.stores >= 0) & (found.stores <= Parameters().stock_days)).all()


def shock(rng, of):
    """A city in trouble: limits, confinement, illness, death, loops, schools, deaths."""
    shape = (DAYS, *of.output.shape)
    share = rng.dirichlet(np.ones(6), shape)
    limited = share[..., 0] * of.workers
    work = {
        "limited": limited,
        "limited_lost": limited * rng.random(shape),
        "confined": share[..., 1] * of.workers,
        "ill": 0.2 * share[..., 2] * of.workers,
        "dead": 0.05 * share[..., 3] * of.workers,
        "loop": share[..., 4] * of.workers,
    }
    work = {cause: days * (rng.random(shape) < 0.6) for cause, days in work.items()}
    return work, rng.uniform(0, 60, (DAYS, len(of.districts), 5)), rng.poisson(3, (DAYS, len(of.districts)))


def city(rng):
    added = rng.uniform(50, 100, SECTORS)
    remote = rng.random(SECTORS)
    remote[rng.random(SECTORS) < 0.3] = np.nan
    return accounts(
        added,
        rng.uniform(0, 12, (SECTORS, SECTORS)),
        sectors=NAMES,
        districts=2,
        workers=500,
        remote=remote,
        essential=rng.random(SECTORS) < 0.3,
    )


@few
@given(st.integers(0, 10**6))
def test_the_low_and_the_high_end_hold_the_middle(seed):
    rng = np.random.default_rng(seed)
    of = city(rng)
    amounts = economy(of).play(*shock(rng, of)).summary()
    for what in ("output_lost", "jobs_lost", "school_years_lost"):
        assert 0 <= amounts[f"{what}_low"] <= amounts[what] * (1 + 1e-9)
        assert amounts[what] <= amounts[f"{what}_high"] * (1 + 1e-9)


@few
@given(st.integers(0, 10**6), st.sampled_from(sorted(set(WORSE) - set(WORSE_OF_COST))))
def test_each_unknown_at_its_worse_end_loses_no_less(seed, name):
    rng = np.random.default_rng(seed)
    of = city(rng)
    told = shock(rng, of)
    declared = next(one for one in describe_quantities(Parameters) if one.name == name)
    ends = {"low": declared.low, "high": declared.high}
    base = dataclasses.replace(Parameters(), critical_share=1.0) if name == "important_share" else Parameters()
    base = dataclasses.replace(base, important_share=0.03) if name == "critical_share" else base
    worse = dataclasses.replace(base, **{name: ends[WORSE[name]]})
    better = dataclasses.replace(base, **{name: ends["high" if WORSE[name] == "low" else "low"]})
    lost = [economy(of, one).play(*told).lost[0] for one in (better, base, worse)]
    assert lost[0] <= lost[1] * (1 + 1e-9)
    assert lost[1] <= lost[2] * (1 + 1e-9)


@few
@given(st.integers(0, 10**6))
def test_what_is_made_and_lost_is_the_usual_day(seed):
    rng = np.random.default_rng(seed)
    of = city(rng)
    produced = economy(of).play(*shock(rng, of))
    assert np.isclose(produced.output.sum(dtype=float) + produced.lost[0], DAYS * of.output.sum(), rtol=1e-5)
    assert np.isclose(produced.lost_by.sum(), produced.lost[0])
    assert np.isclose(produced.jobs_by.sum(), produced.jobs[0])
    assert (produced.jobs <= DAYS * of.workers.sum()).all()
    assert (produced.output >= 0).all()


@few
@given(st.integers(0, 10**6), st.floats(0.0, 1.0))
def test_who_is_kept_away_longer_or_more_loses_no_less(seed, share):
    rng = np.random.default_rng(seed)
    of = city(rng)
    still = np.zeros((DAYS, 2, 5)), np.zeros((DAYS, 2))
    of = dataclasses.replace(of, remote=np.nan_to_num(of.remote))
    lost = [
        economy(of).play(closed(of, DAYS, part, 5, stop), *still).lost[0]
        for part, stop in ((share / 2, 20), (share, 20), (share, 30))
    ]
    assert lost == sorted(lost)


def test_an_economy_travels():
    of = city(np.random.default_rng(1))
    told = shock(np.random.default_rng(2), of)
    here = economy(of)
    there = pickle.loads(pickle.dumps(here))
    assert there.play(*told).summary() == here.play(*told).summary()
