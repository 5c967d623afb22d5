"""How likely each option meets each limit, and all of them together, with exact intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from seawall.plan.limits import Limit
from seawall.plan.played import Played

ROUNDING = 1e-9
"""Shares of counts that differ by less are equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """A share of replicates as an estimate of a probability.

    Attributes:
        met, replicates: counts.
        p, low, high: the share, and its interval.
    """

    met: int
    replicates: int
    p: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Meets:
    """Whether one option meets what is asked.

    Attributes:
        option: its key.
        of_limit: a chance per limit, in their order.
        together: chance that all limits hold in the same run.
        meets: every share reaches the probability asked.
        may: no interval lies below the probability asked.
        surely: no interval reaches below the probability asked.
    """

    option: str
    of_limit: tuple[Chance, ...]
    together: Chance
    meets: bool
    may: bool
    surely: bool


def holds(played: Played, limits: Sequence[Limit]) -> np.ndarray:
    """Bool, shape (limit, option, replicate): the limit holds. Never where the replicate gave up."""
    one = [(played.of(limit.event) <= limit.at_most) & ~played.gave_up for limit in limits]
    return np.array(one, bool).reshape(len(limits), *played.gave_up.shape)


def enough(shares: np.ndarray, limits: Sequence[Limit]) -> np.ndarray:
    """Bool, shape (..., option): every share reaches what is asked.

    Args:
        shares: float64, shape (..., limit, option).
        limits: what is asked.
    """
    asked = np.array([limit.probability for limit in limits]).reshape(-1, 1)
    return np.asarray((shares >= asked - ROUNDING).all(axis=-2))


def interval_of_share(
    met: np.ndarray | int, replicates: int, *, sure: float, method: Literal["exact", "jeffreys"] = "exact"
) -> tuple[np.ndarray, np.ndarray]:
    """Two-sided interval of a probability from a count.

    Args:
        met: how often, any shape.
        replicates: of how many.
        sure: probability that the interval holds the truth: at least (exact), or about (jeffreys).
        method: exact, or the quantiles of Beta(met + 1/2, missed + 1/2), closed at 0 and 1.

    Source:
        Clopper & Pearson 1934, Biometrika 26:404-413; Brown, Cai & DasGupta 2001, Statistical Science 16:101-133.
    """
    met = np.asarray(met, float)
    missed = replicates - met
    tail = (1 - sure) / 2
    extra = 1.0 if method == "exact" else 0.5
    a_low, b_low = met + (1 - extra), missed + extra
    a_high, b_high = met + extra, missed + (1 - extra)
    low = np.where(met > 0, stats.beta.ppf(tail, np.maximum(a_low, ROUNDING), b_low), 0.0)
    high = np.where(missed > 0, stats.beta.ppf(1 - tail, a_high, np.maximum(b_high, ROUNDING)), 1.0)
    return low, high


def meets(
    played: Played,
    limits: Sequence[Limit],
    *,
    sure: float = 0.9,
    method: Literal["exact", "jeffreys"] = "exact",
) -> tuple[Meets, ...]:
    """How likely each option meets each limit and all together, in order of their keys.

    Args:
        played: scores under common random numbers.
        limits: what must hold; none means that every option meets it.
        sure: coverage of the intervals.
        method: see `interval_of_share`.
    """
    held = holds(played, limits)
    count = len(played.replicates)
    met = np.concatenate([held.sum(axis=2), held.all(axis=0).sum(axis=1)[None]])
    if not limits:
        met = (~played.gave_up).sum(axis=1)[None]
    low, high = interval_of_share(met, count, sure=sure, method=method)
    asked = np.array([limit.probability for limit in limits]).reshape(-1, 1)
    reached = enough(met[:-1] / count, limits)
    may = np.asarray((high[:-1] >= asked - ROUNDING).all(axis=0))
    surely = np.asarray((low[:-1] >= asked - ROUNDING).all(axis=0))
    found = []
    for row, option in enumerate(played.options):
        chances = tuple(
            Chance(
                met=int(met[one, row]),
                replicates=count,
                p=float(met[one, row] / count),
                low=float(low[one, row]),
                high=float(high[one, row]),
            )
            for one in range(len(met))
        )
        found.append(
            Meets(
                option=option,
                of_limit=chances[:-1],
                together=chances[-1],
                meets=bool(reached[row]),
                may=bool(may[row]),
                surely=bool(surely[row]),
            )
        )
    return tuple(found)
