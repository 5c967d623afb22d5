"""Compiled loops of the synthesis."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def fill_order(mine: np.ndarray, block: np.ndarray, at: np.ndarray, order: np.ndarray) -> None:
    """Write people one after the other into the range of their block and class; `at` is used up."""
    for person in range(mine.size):
        b, c = block[person], mine[person]
        order[at[b, c]] = person
        at[b, c] += 1
