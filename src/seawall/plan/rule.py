"""The rule of choosing: of the options that meet every limit, the least in order; of none, the nearest.

The rule reads weighted shares and means over replicates, many weightings at once: one with equal weights is the
choice, bootstrap weights say how sure it is, weights on part of the replicates say what an unknown would change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seawall.plan.limits import Least, Limit, check_order
from seawall.plan.meets import ROUNDING, enough, holds
from seawall.plan.played import Played

SAME = 1e-12
"""Means that differ by a smaller share are equal: only rounding told them apart."""

CHUNK = 4_000_000
"""Numbers held at once when quantiles of many weightings are read."""


@dataclass(frozen=True, kw_only=True)
class Picked:
    """What the rule picks under each weighting.

    Attributes:
        row: int64, shape (weighting,). Row of the option picked.
        feasible: bool, shape (weighting,). Some option met every limit; otherwise the one picked is the nearest.
    """

    row: np.ndarray
    feasible: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """What few replicates leave open beyond their own spread; see `seawall.plan.mildest`.

    Attributes:
        met, missed: float64, shape (weighting,). Weight, beside 1 of all replicates, of one more that meets every
            limit and of one more that fails them.
        stretch: by how much a weighted mean's distance from the plain mean is stretched.
    """

    met: np.ndarray
    missed: np.ndarray
    stretch: float


def equal_weights(played: Played) -> np.ndarray:
    """One weighting, in which every replicate counts the same: float64, shape (1, replicate)."""
    count = len(played.replicates)
    return np.full((1, count), 1 / count, dtype=np.float64)


def weighted_means(played: Played, event: str, weights: np.ndarray) -> np.ndarray:
    """Float64, shape (weighting, option): mean over the replicates that did not give up; 0 where all did."""
    if not played.gave_up.any():
        return np.asarray(weights @ played.of(event).T)
    kept: np.ndarray = weights @ (~played.gave_up).T.astype(float)
    total: np.ndarray = weights @ played.of(event).T  # zero where it gave up
    return np.asarray(np.divide(total, kept, out=np.zeros_like(total), where=kept > 0))


def reached(played: Played, limit: Limit, weights: np.ndarray) -> np.ndarray:
    """Float64, shape (weighting, option): the least amount that is not exceeded with the probability asked.

    The limit is met where this is no more than `at_most`. Infinite where too many replicates gave up.
    """
    amounts = np.where(played.gave_up, np.inf, played.of(limit.event))
    order = np.argsort(amounts, axis=1, kind="stable")
    ranked = np.take_along_axis(amounts, order, axis=1)
    found = np.empty((len(weights), len(amounts)))
    step = max(1, CHUNK // amounts.size)
    for at in range(0, len(weights), step):
        part = weights[at : at + step]
        sums = np.cumsum(part[:, order], axis=2) / part.sum(axis=1)[:, None, None]
        first = np.argmax(sums >= limit.probability - ROUNDING, axis=2)
        found[at : at + step] = np.take_along_axis(ranked[None], first[..., None], axis=2)[..., 0]
    return found


def excess(played: Played, limits: Sequence[Limit], weights: np.ndarray) -> np.ndarray:
    """Float64, shape (weighting, option): by what share of a limit the worst one is exceeded; 0 where none is.

    A limit of 0 is measured in units of the event.
    """
    worst = np.zeros((len(weights), len(played.options)))
    for limit in limits:
        over = (reached(played, limit, weights) - limit.at_most) / (limit.at_most or 1.0)
        worst = np.maximum(worst, over)
    return worst


def picks(
    played: Played,
    limits: Sequence[Limit],
    order: Sequence[Least],
    weights: np.ndarray | None = None,
    *,
    doubt: Doubt | None = None,
) -> Picked:
    """What the rule picks under each weighting of the replicates.

    Of the options that meet every limit (of none: that exceed them least) those that gave up least; of these, event
    by event, those within the tolerance of the least mean; of what is left the least in the last event, then in the
    one before it, and so on; then the first by key.

    Args:
        played: scores under common random numbers.
        limits: what must hold.
        order: what is to be least, the most important first.
        weights: float64, shape (weighting, replicate), each summing to 1; equal weights if not given.
        doubt: widens means and shares where replicates are few.
    """
    check_order(tuple(order))
    if weights is None:
        weights = equal_weights(played)
    stands, feasible = _standing(played, limits, weights, doubt)
    if played.gave_up.any():
        stands = _least(stands, weights @ played.gave_up.T.astype(float), 0.0)
    means = {}
    for least in order:
        mean = weighted_means(played, least.event, weights)
        if doubt is not None:
            plain = weighted_means(played, least.event, equal_weights(played))
            mean = plain + doubt.stretch * (mean - plain)
        means[least.event] = mean
        stands = _least(stands, mean, least.within)
    for least in reversed(order):
        stands = _least(stands, means[least.event], 0.0)
    return Picked(row=np.argmax(stands, axis=1), feasible=feasible)


def _standing(
    played: Played, limits: Sequence[Limit], weights: np.ndarray, doubt: Doubt | None
) -> tuple[np.ndarray, np.ndarray]:
    """Bool, shape (weighting, option), who is to be compared at all; and where that is because they meet the limits."""
    if not limits:
        stands = np.ones((len(weights), len(played.options)), bool)
        return stands, np.ones(len(weights), bool)
    held = holds(played, limits).astype(float)
    shares = np.einsum("wr,lor->wlo", weights, held, optimize=True)
    if doubt is not None:
        whole = 1 + doubt.met + doubt.missed
        shares = (shares + doubt.met[:, None, None]) / whole[:, None, None]
    stands = enough(shares, limits)
    feasible = np.asarray(stands.any(axis=1))
    none = np.flatnonzero(~feasible)
    if none.size:
        over = excess(played, limits, weights[none])
        stands[none] = over <= over.min(axis=1, keepdims=True) * (1 + SAME)
    return stands, feasible


def _least(stands: np.ndarray, mean: np.ndarray, within: float) -> np.ndarray:
    """Of those that stand, those within a share of the least."""
    best = np.where(stands, mean, np.inf).min(axis=1, keepdims=True)
    return np.asarray(stands & (mean <= best + (within + SAME) * np.abs(best)))
