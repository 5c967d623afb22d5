"""Whether a solution is what it says: duality, complementary slackness, limits, changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seawall.plan.reopening.program import Program
from seawall.plan.reopening.solve import Solved


@dataclass(frozen=True, kw_only=True)
class Duality:
    """How well a solution and its prices agree, in shares of the value of the whole plan.

    Attributes:
        primal, dual: value of the plan, and of its limits at their prices.
        gap: their difference.
        slack: largest product of what is left of a limit and its price.
        sign: largest price below 0, as a number of 0 or more.
        stationary: largest difference between what a variable is worth and what its limits cost.
    """

    primal: float
    dual: float
    gap: float
    slack: float
    sign: float
    stationary: float


def duality(program: Program, solved: Solved) -> Duality:
    """Hold a solution against its prices.

    Raises:
        ValueError: it has none, for whole numbers were asked for.

    Source:
        Dantzig 1963, Linear Programming and Extensions, chapter 6.
    """
    prices = solved.prices
    if prices is None:
        raise ValueError("Only a linear programme has prices.")
    matrix, x, scale = prices.matrix, solved.columns, program.total or 1.0
    bounded = np.isfinite(matrix.high)
    high = np.where(bounded, matrix.high, 0.0)
    primal = -float(matrix.cost @ x)
    dual = float(matrix.limit @ prices.rows + high @ prices.high - matrix.low @ prices.low)
    left = matrix.limit - matrix.rows @ x
    slack = max(
        float(np.abs(left * prices.rows).max(initial=0.0)),
        float(np.abs((high - x) * prices.high * bounded).max(initial=0.0)),
        float(np.abs((x - matrix.low) * prices.low).max(initial=0.0)),
    )
    rest = matrix.cost + matrix.rows.T @ prices.rows + prices.high - prices.low
    lowest = min(float(prices.rows.min(initial=0.0)), float(prices.high.min(initial=0.0)))
    lowest = min(lowest, float(prices.low.min(initial=0.0)))
    return Duality(
        primal=primal,
        dual=dual,
        gap=abs(primal - dual) / scale,
        slack=slack / scale,
        sign=max(0.0, -lowest) / scale,
        stationary=float(np.abs(rest).max(initial=0.0)) / scale,
    )


def changes_of(attendance: np.ndarray, tolerance: float = 1e-6) -> np.ndarray:
    """Where attendance under a condition differs from the period before; bool, shape (unit, period), not in the first.

    Args:
        attendance: float64, shape (unit, period, mode).
    """
    changed = np.abs(np.diff(attendance, axis=1, prepend=attendance[:, :1])) > tolerance
    return np.asarray(changed.any(axis=-1))


def shortest_stay(attendance: np.ndarray) -> int:
    """Least periods between two changes of one unit; all periods where none changes twice."""
    best = int(attendance.shape[1])
    for row in changes_of(attendance):
        at = np.nonzero(row)[0]
        if at.size > 1:
            best = min(best, int(np.diff(at).min()))
    return best
