"""The compiled days of the economy are the days as they read; and how far our rule of sharing is from another one."""

import dataclasses

import numpy as np
import pytest

from seawall.twin.economy import Parameters
from seawall.twin.economy.catch_up import shift
from seawall.twin.economy.supply import Chains, daily, walk


def case(seed, sets=2, days=50, sectors=6):
    rng = np.random.default_rng(seed)
    to = rng.dirichlet(np.ones(sectors + 2), sectors)[:, :sectors]
    binds = rng.choice([0.0, 0.3, 1.0], (sets, sectors, sectors))
    for one in binds:
        np.fill_diagonal(one, 0.0)
    capacity = np.where(rng.random((sets, days, sectors)) < 0.5, 1.0, rng.random((sets, days, sectors)))
    return capacity, rng.uniform(0.3, 1, (sets, days, sectors)), Chains(to_sectors=to, binds=binds)


def as_it_reads(capacity, final, chains, own):
    """The docstring of `daily` in arrays, one set."""
    n, tau, w = own.stock_days, own.reorder_days, chains.to_sectors
    s, p, ordered, made = np.full(len(w), n), np.ones(len(w)), np.ones(len(w)), []
    for able, asked in zip(capacity, final, strict=True):
        o = 1 + (n - s) / tau
        got = o * np.minimum(1, p / (1 + w.sum(axis=1) * (o - 1)))
        m = chains.binds[0] * (s + got)[:, None] + (1 - chains.binds[0]) * able
        p = np.minimum(able, np.where(chains.binds[0] > 0, m, np.inf).min(axis=0))
        d = 1 - (1 - w.sum(axis=1)) * (1 - asked) - own.unsold * (w @ (1 - ordered))
        r = np.minimum(p, np.maximum(d, 0))
        s = np.clip(s + got - 1, 0, n)
        ordered = ordered + (r - ordered) / tau
        made.append(r)
    return np.array(made)


@pytest.mark.parametrize("seed", range(5))
def test_compiled_days_are_the_days_as_they_read(seed):
    capacity, final, chains = case(seed, sets=1)
    found = daily(capacity, final, chains, (Parameters(),))
    assert found.made[0] == pytest.approx(as_it_reads(capacity[0], final[0], chains, Parameters()), abs=1e-12)


def test_compiled_kernels_are_their_python_to_the_bit():
    capacity, final, chains = case(9)
    numbers = np.array([10.0, 5.0]), np.array([10.0, 20.0]), np.array([0.5, 1.0])

    def out(kernel):
        empty = [np.zeros(capacity.shape) for _ in range(3)] + [np.zeros((2, 51, 6))]
        kernel(capacity, final, chains.to_sectors, chains.binds, *numbers, *empty)
        return empty

    for compiled, plain in zip(out(walk), out(walk.py_func), strict=True):
        assert (compiled == plain).all()
    made = np.random.default_rng(3).random((2, 50, 3, 6))

    def won(kernel):
        empty = [np.zeros(made.shape), np.zeros((2, 3, 6)), np.zeros((2, 3, 6))]
        kernel(
            made,
            np.sqrt(made),
            capacity + 0.5,
            chains.binds,
            final[:, 0],
            numbers[2] / 20,
            numbers[2] / 5,
            numbers[2],
            *empty,
        )
        return empty

    for compiled, plain in zip(won(shift), won(shift.py_func), strict=True):
        assert (compiled == plain).all()


def shared_by_orders(capacity, chains, own):
    """Stores run down by what is used, and what one buyer does not order goes to the others (Pichler et al. 2022).

    Demand of final users as usual; orders of sectors follow the demand for what they make.
    """
    n, tau, w = own.stock_days, own.reorder_days, chains.to_sectors
    count = len(w)
    stores, asked, made = np.full((count, count), n), np.ones(count), []
    bind = chains.binds[0]
    for able in capacity:
        orders = np.maximum(asked[None, :] + (n - stores) / tau, 0)
        demand = 1 - w.sum(axis=1) + (w * orders).sum(axis=1)
        m = np.where(bind > 0, bind * stores + (1 - bind) * able, np.inf).min(axis=0)
        r = np.minimum(np.minimum(able, m), demand)
        filled = np.minimum(1, np.divide(r, demand, out=np.zeros(count), where=demand > 0))
        stores = np.maximum(stores + orders * filled[:, None] - r[None, :], 0)
        asked = demand
        made.append(r)
    return np.array(made)


@pytest.mark.parametrize("seed", range(20))
def test_our_rule_of_sharing_is_near_the_other_one(seed):
    rng = np.random.default_rng(seed)
    days, sectors = 120, 10
    to = rng.dirichlet(np.append(np.full(sectors, 0.6), 6.0), sectors)[:, :sectors]
    share = to / np.maximum(to.sum(axis=0), 1e-9)
    binds = np.where(share > 0.25, 1.0, np.where(share > 0.05, 0.5, 0.0))
    np.fill_diagonal(binds, 0.0)
    chains = Chains(to_sectors=to, binds=binds[None])
    own = dataclasses.replace(Parameters(), unsold=0.5)
    capacity = np.ones((days, sectors))
    capacity[10:70] = rng.uniform(0.2, 1.0, sectors)
    ours = daily(capacity[None], np.ones((1, days, sectors)), chains, (own,)).made[0]
    theirs = shared_by_orders(capacity, chains, own)
    lost, other, direct = (1 - ours).sum(), (1 - theirs).sum(), (1 - capacity).sum()
    assert direct < lost
    assert 0.93 < lost / other < 1.12
