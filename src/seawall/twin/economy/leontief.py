"""Input-output algebra: what must be made in all so that so much is left for final use."""

from __future__ import annotations

import numpy as np

from seawall.core import InvalidInput


def coefficients(deliveries: np.ndarray, gross: np.ndarray) -> np.ndarray:
    """What each sector buys of each other for one unit of its gross output, ``A = Z / x``.

    Args:
        deliveries: float, shape (seller, buyer). Money a day.
        gross: float, shape (sector,). Gross output, money a day; a sector that makes nothing buys nothing.

    Returns:
        float64, shape (seller, buyer).

    Source:
        Miller and Blair 2009, Input-Output Analysis, chapter 2.
    """
    made = np.asarray(gross, dtype=float)
    return np.asarray(np.divide(deliveries, made, out=np.zeros_like(np.asarray(deliveries, float)), where=made > 0))


def leontief_inverse(a: np.ndarray) -> np.ndarray:
    """``(I - A)^-1``: gross output of each sector for one unit of final use of each, float64, shape (sector, sector).

    Raises:
        InvalidInput: some combination of sectors would use up more than it makes.
    """
    if np.max(np.abs(np.linalg.eigvals(a))) >= 1:
        raise InvalidInput(
            "These sectors use up more than they make: the coefficients have an eigenvalue of 1 or more."
        )
    return np.asarray(np.linalg.inv(np.eye(len(a)) - a))


def gross_for(a: np.ndarray, final: np.ndarray) -> np.ndarray:
    """Gross output for this final use, ``x = (I - A)^-1 f``, float64, shape (sector,)."""
    return np.asarray(leontief_inverse(a) @ final)


def multipliers(a: np.ndarray) -> np.ndarray:
    """Gross output of all sectors for one unit of final use of each (column sums of the inverse), shape (sector,)."""
    return np.asarray(leontief_inverse(a).sum(axis=0))


def without(a: np.ndarray, final: np.ndarray, sector: int) -> np.ndarray:
    """Gross output if one sector is taken out: it buys and sells nothing, float64, shape (sector,).

    What others bought of it is had from outside; so this is the loss of orders, not of supply.

    Source:
        Hypothetical extraction, Miller and Blair 2009, chapter 12.
    """
    left = np.array(a, dtype=float)
    left[sector], left[:, sector] = 0.0, 0.0
    rest = np.array(final, dtype=float)
    rest[sector] = 0.0
    return gross_for(left, rest)
