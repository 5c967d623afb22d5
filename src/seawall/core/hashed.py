"""Random words inside compiled loops: a hash of where a purpose begins, who is decided for, and a slot.

Source: SplitMix64, Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195.
"""

from __future__ import annotations

import numba
import numpy as np

PERSON_STEP = np.uint64(0x9E3779B97F4A7C15)
SLOT_STEP = np.uint64(0xD1B54A32D192ED03)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


@numba.njit(inline="always")
def bits(start: np.uint64, who: np.uint64, slot: np.uint64) -> np.uint64:
    """64 random bits for one person and slot."""
    z = start + who * PERSON_STEP + slot * SLOT_STEP
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))


@numba.njit(inline="always")
def unit(word: np.uint64) -> float:
    """A number in [0, 1) from 64 random bits."""
    return np.float64(word >> np.uint64(11)) * 1.1102230246251565e-16
