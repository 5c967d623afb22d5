"""Draws inside compiled loops: a word of 64 random bits from a base and a number."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from seawall.core.draws import generator

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def base(seed: int, *purpose: str | int) -> np.uint64:
    """Where the words of one purpose of one seed begin."""
    return np.uint64(generator(seed, "synth", *purpose).integers(0, 2**64, dtype=np.uint64))


@numba.njit(inline="always")
def word(start: np.uint64, number: np.uint64) -> np.uint64:
    """64 bits for a number; SplitMix64 (Steele, Lea and Flood 2014, OOPSLA)."""
    z = start + (number + np.uint64(1)) * _STEP
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))


@numba.njit(inline="always")
def whole(value: Any) -> Any:
    """A whole number with a sign: in a compiled loop, one with and one without a sign would add up to a float."""
    return np.int64(value)


@numba.njit(inline="always")
def below(bits: np.uint64, size: int) -> Any:
    """A whole number from 0 up to, not including, `size` (at most 2**31), from the upper half of a word."""
    return np.int64(((bits >> np.uint64(32)) * np.uint64(size)) >> np.uint64(32))


@numba.njit(inline="always")
def unit(bits: np.uint64) -> float:
    """A number from 0 up to, not including, 1."""
    return float(bits >> np.uint64(11)) * (1.0 / 9007199254740992.0)
