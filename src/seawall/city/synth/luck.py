"""Draws inside compiled loops: a word of 64 random bits from a base and a number."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from seawall.core.draws import generator
from seawall.core.hashed import bits


def base(seed: int, *purpose: str | int) -> np.uint64:
    """Where the words of one purpose of one seed begin."""
    return np.uint64(generator(seed, "synth", *purpose).integers(0, 2**64, dtype=np.uint64))


@numba.njit(inline="always")
def word(start: np.uint64, number: np.uint64) -> np.uint64:
    """64 bits for a number."""
    return bits(start, number + np.uint64(1), np.uint64(0))


@numba.njit(inline="always")
def whole(value: Any) -> Any:
    """A whole number with a sign: in a compiled loop, one with and one without a sign would add up to a float."""
    return np.int64(value)


@numba.njit(inline="always")
def below(luck: np.uint64, size: int) -> Any:
    """A whole number from 0 up to, not including, `size` (at most 2**31), from the upper half of a word."""
    return np.int64(((luck >> np.uint64(32)) * np.uint64(size)) >> np.uint64(32))
