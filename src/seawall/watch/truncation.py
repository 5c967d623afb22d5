"""Delays seen before they have run out: what the cases known so far say about all delays.

On a morning a delay of k days is known only for events at least k days old, so the known delays are
too short. Going backwards in the delay the bias vanishes: among the events known within k days, the
share g(k) that took exactly k is the same whether we look today or in a year. The probability of a
delay is then f(k) = g(k) (1 - g(k+1)) (1 - g(k+2)) ... up to the longest delay there can be.

Source: Lagakos, Barraj and De Gruttola 1988, Biometrika 75:515 (reverse-time hazard); Lawless 1994,
Canadian Journal of Statistics 22:15; Höhle and an der Heiden 2014, Biometrics 70:993.
"""

from __future__ import annotations

import numpy as np


def risk_sets(known: np.ndarray, age_days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the events old enough to be known within k days: how many took exactly k, how many at most k.

    Args:
        known: float, shape (..., day, delay). Events of each day by the delay after which they were known.
        age_days: int, shape (day,). How long ago each day was; a day of age a shows delays 0 to a.

    Returns:
        Two float arrays of the shape of `known`: took exactly k days, took at most k days; both 0
        where the day is younger than k.
    """
    seen = age_days[:, None] >= np.arange(known.shape[-1])
    return np.where(seen, known, 0.0), np.where(seen, np.cumsum(np.where(seen, known, 0.0), axis=-1), 0.0)


def reverse_hazards(exactly: np.ndarray, at_most: np.ndarray) -> np.ndarray:
    """Share g(k) of those known within k days that took exactly k; 0 where nothing was at risk.

    Args:
        exactly, at_most: float, shape (..., delay), from `risk_sets`, summed over days.

    Returns:
        float, shape (..., delay), entry 0 is always 1: whatever is known within 0 days took 0 days.
    """
    hazards = np.divide(exactly, at_most, out=np.zeros(np.shape(exactly)), where=at_most > 0)
    hazards[..., 0] = 1.0
    return np.asarray(hazards)


def delay_probabilities(hazards: np.ndarray) -> np.ndarray:
    """Probability f(k) of each delay from its reverse-time hazards g(k).

    Args:
        hazards: float, shape (..., delay), entry 0 is 1.

    Returns:
        float, shape (..., delay); sums to 1.
    """
    later = known_within(hazards)
    return np.asarray(hazards * later)


def known_within(hazards: np.ndarray) -> np.ndarray:
    """Probability F(k) that a delay is at most k days, from its reverse-time hazards.

    Returns:
        float, shape (..., delay); the last entry is 1.
    """
    survives = np.ones_like(hazards)
    survives[..., :-1] = 1 - hazards[..., 1:]
    return np.asarray(np.cumprod(survives[..., ::-1], axis=-1)[..., ::-1])
