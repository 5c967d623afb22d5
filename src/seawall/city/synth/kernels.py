"""Compiled loops that put people in order."""

from __future__ import annotations

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def count_classes(age: np.ndarray, block: np.ndarray, class_of_age: np.ndarray, count: np.ndarray) -> None:
    """Add people to the count of their block and class, int64, shape (block, class)."""
    for person in range(age.size):
        count[block[person], class_of_age[age[person]]] += 1


@numba.njit(cache=True, nogil=True)
def fill_order(age: np.ndarray, block: np.ndarray, class_of_age: np.ndarray, at: np.ndarray, order: np.ndarray) -> None:
    """Write people one after the other into the range of their block and class; `at` is used up."""
    for person in range(age.size):
        b, c = block[person], class_of_age[age[person]]
        order[at[b, c]] = person
        at[b, c] += 1
