"""The frontier: options that no other beats on every axis, and how sure each is to be on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from seawall.core import InvalidInput
from seawall.plan.paired import Difference, bootstrap_weights, difference
from seawall.plan.played import Played
from seawall.plan.rule import SAME, equal_weights, weighted_means

AXES = ("deaths", "restricted_days", "output_lost")
"""Health, restriction and livelihood."""

DRAWS = 500
"""Bootstrap draws; a share of one half is then known to about 0.04."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one option stands.

    Attributes:
        option: its key.
        on: no other option's means beat it.
        p_on: share of the bootstrap draws in which it is on the frontier.
        by: an option whose means beat it, the one with the least first axis; None on the frontier.
        means: axis -> mean over replicates, with its interval; empty where it gave up.
    """

    option: str
    on: bool
    p_on: float
    by: str | None
    means: Mapping[str, Difference]


def beats(means: np.ndarray) -> np.ndarray:
    """Bool, shape (option, other): the other is no worse on every axis and better on one.

    Args:
        means: float64, shape (axis, option). Two that are the same do not beat each other.
    """
    room = SAME * (np.abs(means[:, :, None]) + np.abs(means[:, None, :]))
    gap = means[:, :, None] - means[:, None, :]
    return np.asarray((gap >= -room).all(axis=0) & (gap > room).any(axis=0))


def frontier(
    played: Played,
    axes: Sequence[str] = AXES,
    *,
    seed: int,
    draws: int = DRAWS,
    sure: float = 0.9,
) -> tuple[Standing, ...]:
    """Where every option stands, in order of their keys.

    An option that gave up in any replicate is not on the frontier: what it would have come to is not known.

    Args:
        played: scores under common random numbers.
        axes: events, less of each being better.
        seed: of the bootstrap.
        draws: of the bootstrap over replicates, the same for all options.
        sure: coverage of the intervals of the means.

    Raises:
        InvalidInput: no axis, or one that was not scored.
    """
    if not axes:
        raise InvalidInput("A frontier needs an axis.")
    whole = [row for row in range(len(played.options)) if not played.gave_up[row].any()]
    firm = played.only([played.options[row] for row in whole])
    weights = np.vstack([equal_weights(played), bootstrap_weights(len(played.replicates), draws, seed, "frontier")])
    means = np.stack([weighted_means(firm, axis, weights) for axis in axes])  # (axis, weighting, option)
    beaten = beats(means[:, 0])
    on = np.array([~beats(means[:, draw]).any(axis=1) for draw in range(1, len(weights))]).reshape(draws, len(whole))
    found = []
    for row, option in enumerate(played.options):
        if row not in whole:
            found.append(Standing(option=option, on=False, p_on=0.0, by=None, means={}))
            continue
        at = firm.row(option)
        others = np.flatnonzero(beaten[at])
        best = others[np.argmin(means[0, 0, others])] if others.size else None
        found.append(
            Standing(
                option=option,
                on=best is None,
                p_on=float(on[:, at].mean()) if draws else float(best is None),
                by=None if best is None else firm.options[int(best)],
                means={axis: difference(firm.of(axis)[at], sure=sure) for axis in axes},
            )
        )
    return tuple(found)
