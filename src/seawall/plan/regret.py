"""Regret: what the choice costs against the runner-up, and against the best that hindsight would have chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seawall.plan.limits import Least, Limit
from seawall.plan.paired import Difference, difference
from seawall.plan.played import Played
from seawall.plan.rule import picks


@dataclass(frozen=True, slots=True, kw_only=True)
class Regret:
    """One event of the option chosen less the same event of another; below zero the choice is better.

    Attributes:
        event: which.
        mean: the mean difference and its interval.
        low, high: within which a single replicate's difference lies, with the coverage asked.
        replicates: that count: in which neither gave up.
    """

    event: str
    mean: Difference
    low: float
    high: float
    replicates: int


def regret_against(
    played: Played, chosen: str, other: str, events: Sequence[str], *, sure: float = 0.9
) -> tuple[Regret, ...]:
    """What the choice costs against one other option, event by event; none where they share no replicate."""
    rows = np.full(len(played.replicates), played.row(other))
    return _less(played, chosen, rows, events, sure)


def regret_in_hindsight(
    played: Played,
    chosen: str,
    limits: Sequence[Limit],
    order: Sequence[Least],
    events: Sequence[str],
    *,
    sure: float = 0.9,
) -> tuple[Regret, ...]:
    """What the choice costs against the option that the same rule would choose if it knew the replicate.

    Its mean is what perfect information would be worth in each event. In an event that is not the first to be least,
    it may be below zero: knowing more, the rule may give up a little of it for what comes first.
    """
    return _less(played, chosen, in_hindsight(played, limits, order), events, sure)


def in_hindsight(played: Played, limits: Sequence[Limit], order: Sequence[Least]) -> np.ndarray:
    """Int64, shape (replicate,): row of the option that the rule would choose if it knew the replicate."""
    return picks(played, limits, order, np.eye(len(played.replicates))).row


def value_of_perfect_information(played: Played, event: str) -> float:
    """By how much the mean of an event would fall if the best option were known in every replicate.

    Least mean of an option less mean of the least amount. Options that gave up in any replicate are left out; 0 where
    all did. From few replicates it is too high on average, as every least of noisy means is.

    Source:
        Raiffa & Schlaifer 1961, Applied Statistical Decision Theory.
    """
    amounts = played.of(event)[~played.gave_up.any(axis=1)]
    return float(amounts.mean(axis=1).min() - amounts.min(axis=0).mean()) if len(amounts) else 0.0


def _less(played: Played, chosen: str, rows: np.ndarray, events: Sequence[str], sure: float) -> tuple[Regret, ...]:
    """The chosen option's amounts less those of another row in each replicate."""
    own, every = played.row(chosen), np.arange(len(played.replicates))
    counts = ~(played.gave_up[own] | played.gave_up[rows, every])
    if not counts.any():
        return ()
    found = []
    for event in events:
        amounts = played.of(event)
        gap = (amounts[own] - amounts[rows, every])[counts]
        low, high = np.quantile(gap, [(1 - sure) / 2, (1 + sure) / 2])
        found.append(
            Regret(
                event=event,
                mean=difference(gap, sure=sure),
                low=float(low),
                high=float(high),
                replicates=int(counts.sum()),
            )
        )
    return tuple(found)
