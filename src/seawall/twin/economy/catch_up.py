"""Winning lost work back (赶工): which orders wait, how fast extra shifts work them off, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from seawall.twin.economy.parameters import Parameters

WAITS = ("waits_goods", "waits_knowledge", "waits_services")
"""Parameter that says how much of a lost day waits, by the kind of a sector (`kinds.waiting_kind`)."""


@dataclass(frozen=True, kw_only=True)
class WonBack:
    """Lost output that is made after all, and at what price.

    Attributes:
        share: float64, shape (set, day, district, sector). Won back each day, as a share of the usual day.
        cost: float64, shape (set, district, sector). Premium paid for extra shifts, money.
        waiting: float64, shape (set, district, sector). Orders that still wait at the end, money.
    """

    share: np.ndarray
    cost: np.ndarray
    waiting: np.ndarray


def win_back(
    output: np.ndarray,
    made: np.ndarray,
    labour: np.ndarray,
    at_hand: np.ndarray,
    binds: np.ndarray,
    kind: np.ndarray,
    parameters: tuple[Parameters, ...],
) -> WonBack:
    """What extra shifts win back.

    A share of what is lost on a day waits. Of what waits, ``orders_lost`` goes elsewhere each day. The rest is made as
    soon as the workers who are there can make more than today's orders; once `back_at` of the usual work is there, up
    to ``1 + extra_shift`` of what they usually make; never more than the inputs allow. Only what goes beyond the usual
    day of those workers is paid at a premium, ``shift_premium * labour_share`` of its value added.

    Args:
        output: float, shape (district, sector). Usual value added a day.
        made: float, shape (set, day, district, sector). Share of it that was made.
        labour: float, shape (set, day, district, sector). Share of it that the workers who are there can make.
        at_hand: float, shape (set, day, sector). Days of usual use that buyers have of each sector's output.
        binds: float, shape (set, seller, buyer). How far each input binds; see `supply.Chains`.
        kind: int, shape (sector,). Row of `WAITS`.
        parameters: the sets of parameters.
    """
    waits = np.array([[getattr(one, name) for name in WAITS] for one in parameters])[:, kind]
    sets, days, districts, sectors = made.shape
    won = np.zeros((sets, days, districts, sectors))
    beyond, waiting = np.zeros((sets, districts, sectors)), np.zeros((sets, districts, sectors))
    shift(
        np.ascontiguousarray(made, dtype=float),
        np.ascontiguousarray(labour, dtype=float),
        at_hand,
        binds,
        waits,
        np.array([one.orders_lost for one in parameters]),
        np.array([one.extra_shift for one in parameters]),
        np.array([one.back_at for one in parameters]),
        won,
        beyond,
        waiting,
    )
    premium = np.array([one.shift_premium * one.labour_share for one in parameters])[:, None, None]
    return WonBack(share=won, cost=beyond * output * premium, waiting=waiting * output)


@numba.njit(cache=True, nogil=True)
def shift(
    made: np.ndarray,
    labour: np.ndarray,
    at_hand: np.ndarray,
    binds: np.ndarray,
    waits: np.ndarray,
    orders_lost: np.ndarray,
    extra: np.ndarray,
    back_at: np.ndarray,
    won: np.ndarray,
    beyond: np.ndarray,
    waiting: np.ndarray,
) -> None:
    """The days in their order; see `win_back`. Writes the last three arrays."""
    sets, days, districts, sectors = made.shape
    for one in range(sets):
        for day in range(days):
            for sector in range(sectors):
                short = False
                for seller in range(sectors):
                    short |= binds[one, seller, sector] > 0.0 and at_hand[one, day, seller] < 1.0 + extra[one]
                for district in range(districts):
                    today = made[one, day, district, sector]
                    there = labour[one, day, district, sector]
                    wait = waiting[one, district, sector]
                    more = extra[one] if there >= back_at[one] else 0.0
                    able = there * (1.0 + more)
                    allowed = able
                    if short and wait > 0.0:
                        for seller in range(sectors):
                            bind = binds[one, seller, sector]
                            if bind > 0.0:
                                allowed = min(allowed, bind * at_hand[one, day, seller] + (1.0 - bind) * able)
                    back = max(0.0, min(wait, allowed - today))
                    won[one, day, district, sector] = back
                    beyond[one, district, sector] += max(0.0, today + back - max(there, today))
                    lost = max(0.0, 1.0 - today)
                    kept = (wait - back) * (1.0 - orders_lost[one])
                    waiting[one, district, sector] = kept + waits[one, sector] * lost
