"""Day by day from what each sector could make to what it makes: stores, inputs that bind, orders that fail to come.

All amounts are shares of the usual day. Who sells shares what there is among its buyers in proportion to their orders,
and does not hand one buyer's part to another, open or closed: for this reason more capacity in one sector never takes
an input from another one, and output never falls anywhere, on any day, when capacity rises somewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from seawall.twin.economy.accounts import Accounts
from seawall.twin.economy.parameters import Parameters


@dataclass(frozen=True, kw_only=True)
class Chains:
    """Who needs what of whom.

    Attributes:
        to_sectors: float64, shape (seller, buyer). Share of the seller's gross output that goes to each buyer.
        binds: float64, shape (set, seller, buyer). 1: critical; between 0 and 1: important; 0: does not bind.
    """

    to_sectors: np.ndarray
    binds: np.ndarray


def chains_of(accounts: Accounts, parameters: tuple[Parameters, ...]) -> Chains:
    """Chains of a city, for several sets of parameters. Without the table `flows` nobody needs anybody.

    An input is critical or important by its share of what the buyer buys; it binds less as far as it can be had from
    outside the city, and less again in essential sectors; what a sector buys of itself never binds.
    """
    count = len(accounts.sectors)
    if accounts.deliveries is None:
        return Chains(to_sectors=np.zeros((count, count)), binds=np.zeros((len(parameters), count, count)))
    gross = accounts.gross
    sold = np.divide(
        accounts.deliveries,
        gross[:, None],
        out=np.zeros((count, count)),
        where=np.broadcast_to(gross[:, None] > 0, (count, count)),
    )
    bought = accounts.bought
    share = np.divide(
        accounts.deliveries, bought, out=np.zeros((count, count)), where=np.broadcast_to(bought > 0, (count, count))
    )
    binds = np.zeros((len(parameters), count, count))
    for row, one in enumerate(parameters):
        binds[row][share >= one.important_share] = one.important_binds
        binds[row][share >= one.critical_share] = 1.0
        binds[row] *= 1.0 - one.replaced
        binds[row][:, accounts.served_first] *= one.essential_binds
        np.fill_diagonal(binds[row], 0.0)
    return Chains(to_sectors=sold, binds=binds)


@dataclass(frozen=True, kw_only=True)
class Made:
    """What came of it, shares of the usual day, float64, shape (set, day, sector).

    Attributes:
        made: output.
        could: output if orders were as usual: what capacity and inputs allow.
        at_hand: days of usual use that buyers have at hand of each sector's output: in store, and what comes today.
        stores: shape (set, day + 1, sector). Days of usual use that buyers have in store of each sector's output.
    """

    made: np.ndarray
    could: np.ndarray
    at_hand: np.ndarray
    stores: np.ndarray


def daily(capacity: np.ndarray, final: np.ndarray, chains: Chains, parameters: tuple[Parameters, ...]) -> Made:
    """What each sector makes each day.

    On each day, in this order:

    1. buyers of seller *i* order ``o = 1 + (n - s) / tau`` of a usual day; with what *i* could make yesterday, ``p``,
       they get ``o * min(1, p / (1 + W (o - 1)))``, where *W* is the share of *i*'s output that goes to other sectors;
       what final users miss then is what the stores gain;
    2. sector *j* could make ``p_j = min(capacity_j, m_j)``, where *m* is the least over critical inputs of what is at
       hand, ``s + got``, and over important ones of ``b (s + got) + (1 - b) capacity``;
    3. it makes ``r_j = min(p_j, d_j)`` with orders
       ``d_j = 1 - w_final (1 - final_j) - unsold * sum_k w_jk (1 - ordered_k)``;
    4. stores run down as if buyers worked as usual, ``s + got - 1``, between 0 and *n*; orders follow output,
       ``ordered + (r - ordered) / tau``.

    Args:
        capacity: float, shape (set, day, sector). Share of the usual output that labour allows.
        final: float, shape (set, day, sector). Share of the usual final use that is asked for.
        chains: who needs what.
        parameters: as many sets as in `capacity`.

    Source:
        After Pichler et al. 2022, Journal of Economic Dynamics and Control 144:104527; the sharing rule is ours.
    """
    stock = np.array([one.stock_days for one in parameters])
    tau = np.array([one.reorder_days for one in parameters])
    unsold = np.array([one.unsold for one in parameters])
    sets, days, sectors = capacity.shape
    made, could, at_hand = (np.zeros((sets, days, sectors)) for _ in range(3))
    stores = np.zeros((sets, days + 1, sectors))
    walk(
        np.ascontiguousarray(capacity, dtype=float),
        np.ascontiguousarray(final, dtype=float),
        chains.to_sectors,
        chains.binds,
        stock,
        tau,
        unsold,
        made,
        could,
        at_hand,
        stores,
    )
    return Made(made=made, could=could, at_hand=at_hand, stores=stores)


@numba.njit(cache=True, nogil=True)
def walk(
    capacity: np.ndarray,
    final: np.ndarray,
    to_sectors: np.ndarray,
    binds: np.ndarray,
    stock: np.ndarray,
    tau: np.ndarray,
    unsold: np.ndarray,
    made: np.ndarray,
    could: np.ndarray,
    at_hand: np.ndarray,
    stores: np.ndarray,
) -> None:
    """The days in their order; see `daily`. Writes the last four arrays."""
    sets, days, sectors = capacity.shape
    within = to_sectors.sum(axis=1)
    for one in range(sets):
        before = np.ones(sectors)
        ordered = np.ones(sectors)
        stores[one, 0] = stock[one]
        for day in range(days):
            for seller in range(sectors):
                store = stores[one, day, seller]
                order = 1.0 + (stock[one] - store) / tau[one]
                got = order * min(1.0, before[seller] / (1.0 + within[seller] * (order - 1.0)))
                at_hand[one, day, seller] = store + got
                stores[one, day + 1, seller] = min(stock[one], max(0.0, store + (got - 1.0)))
            for buyer in range(sectors):
                least = np.inf
                able = capacity[one, day, buyer]
                for seller in range(sectors):
                    bind = binds[one, seller, buyer]
                    if bind > 0.0:
                        least = min(least, bind * at_hand[one, day, seller] + (1.0 - bind) * able)
                could[one, day, buyer] = min(able, least)
            for seller in range(sectors):
                missing = 0.0
                for buyer in range(sectors):
                    missing += to_sectors[seller, buyer] * (1.0 - ordered[buyer])
                asked = 1.0 - (1.0 - within[seller]) * (1.0 - final[one, day, seller]) - unsold[one] * missing
                made[one, day, seller] = min(could[one, day, seller], max(0.0, asked))
            for seller in range(sectors):
                ordered[seller] += (made[one, day, seller] - ordered[seller]) / tau[one]
                before[seller] = could[one, day, seller]
