"""Which measures cannot be told apart: they held on the same days, or on the same days in the same districts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ALIKE = 0.95
"""Correlation from which two measures are one to a regression (a variance inflation of about ten)."""

NEAR = 0.3
"""Correlation from which one measure disturbs the estimate of another (assumed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tangle:
    """Measures that one method cannot tell apart.

    Attributes:
        method: ``series`` or ``districts``.
        measures: their names; one alone: it held everywhere at once, or by zones, so that there is nothing to hold it
            against.
        why: ``same_days``, ``same_days_and_places``, ``everywhere_at_once``, ``sum_of_others``.
        inflation: how many times larger the variance of its estimate is for the others being there; infinite: no
            estimate.
    """

    method: str
    measures: tuple[str, ...]
    why: str
    inflation: float


def detrended(exposure: np.ndarray) -> np.ndarray:
    """What is left of an accumulated exposure when a straight course has been taken out, float, shape (day,)."""
    days = exposure.size
    line = np.column_stack([np.ones(days), np.arange(days) - (days - 1) / 2])
    total = np.cumsum(exposure)
    return np.asarray(total - line @ np.linalg.lstsq(line, total, rcond=None)[0])


def unequal(indicator: np.ndarray) -> np.ndarray:
    """What is left of days and districts when the level of each has been taken out, shape (day, district)."""
    return np.asarray(indicator - indicator.mean(axis=0)[None, :] - indicator.mean(axis=1)[:, None] + indicator.mean())


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Cosine between two arrays; 0 where one of them is nothing."""
    x, y = a.ravel(), b.ravel()
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 1e-9 else 0.0


def tangled(columns: Sequence[np.ndarray], names: Sequence[str], *, method: str, why: str) -> list[Tangle]:
    """Sets of columns that go together, pair by pair, and columns that the others make up between them.

    Args:
        columns: each of one shape; see `detrended` and `unequal`.
        names: of the measures.
        method, why: of the tangles found.
    """
    parent = list(range(len(columns)))

    def root(index: int) -> int:
        while parent[index] != index:
            index = parent[index]
        return index

    for one in range(len(columns)):
        for other in range(one):
            if abs(correlation(columns[one], columns[other])) > ALIKE:
                parent[root(one)] = root(other)
    groups: dict[int, list[int]] = {}
    for index in range(len(columns)):
        groups.setdefault(root(index), []).append(index)
    found = [
        Tangle(
            method=method,
            measures=tuple(names[index] for index in group),
            why=why,
            inflation=min(
                inflation(columns[one], [columns[other]]) for one in group for other in group if other != one
            ),
        )
        for group in groups.values()
        if len(group) > 1
    ]
    alone = [group[0] for group in groups.values()]
    for index in alone:
        others = [columns[other] for other in alone if other != index]
        size = inflation(columns[index], others) if len(others) > 1 else 1.0
        if size > 1 / (1 - ALIKE**2):
            needed = [names[other] for other in alone if other != index and _matters(columns, index, other, alone)]
            found.append(Tangle(method=method, measures=(names[index], *needed), why="sum_of_others", inflation=size))
    return found


def inflation(column: np.ndarray, others: Sequence[np.ndarray]) -> float:
    """Variance inflation: 1 / (1 - R²) of a column on others."""
    y = column.ravel()
    total = float(y @ y)
    if not others or total < 1e-12:
        return 1.0
    x = np.column_stack([other.ravel() for other in others])
    left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    share = float(left @ left) / total
    return 1 / share if share > 1e-10 else float("inf")


def _matters(columns: Sequence[np.ndarray], index: int, other: int, alone: Sequence[int]) -> bool:
    """Whether a column is needed to make up another."""
    without = [columns[one] for one in alone if one not in {index, other}]
    return inflation(columns[index], without) <= 1 / (1 - ALIKE**2)
