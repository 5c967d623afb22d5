"""Differences between two options in the same replicates, with intervals; and bootstrap weights over replicates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from seawall.core.draws import generator


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A mean over replicates and its interval.

    Attributes:
        mean, low, high: the mean, and where it lies with the coverage asked; infinite with a single replicate.
    """

    mean: float
    low: float
    high: float

    @property
    def told_apart(self) -> bool:
        """The interval leaves out zero."""
        return self.low > 0 or self.high < 0


def difference(values: np.ndarray, *, sure: float = 0.9) -> Difference:
    """Mean of paired differences, with Student's interval.

    Args:
        values: float64, shape (replicate,). One option less the other in the same replicate.
        sure: coverage.

    Raises:
        ValueError: there are none.
    """
    count = values.size
    if count == 0:
        raise ValueError("A mean needs a replicate.")
    mean = float(values.mean())
    if count == 1:
        return Difference(mean=mean, low=-np.inf, high=np.inf)
    reach = float(stats.t.isf((1 - sure) / 2, count - 1) * values.std(ddof=1) / np.sqrt(count))
    return Difference(mean=mean, low=mean - reach, high=mean + reach)


def bootstrap_weights(replicates: int, draws: int, seed: int, *purpose: str) -> np.ndarray:
    """Weights of replicates in each draw: float64, shape (draw, replicate), summing to 1.

    Uniform on the simplex (Bayesian bootstrap), so that no replicate is ever quite absent. All options get the same
    weights, which keeps what their replicates share.

    Source:
        Rubin 1981, Annals of Statistics 9:130-134.
    """
    weights = generator(seed, "plan", *purpose).standard_exponential((draws, replicates))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
