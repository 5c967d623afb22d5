"""Upper bounds of a count from its estimated mean and overdispersion, by three methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

ThresholdMethod = Literal["delta", "nbPlugin", "muan"]
PowerTransform = Literal["2/3", "1/2", "none"]

_POWER: dict[PowerTransform, float] = {"2/3": 2 / 3, "1/2": 1 / 2, "none": 1.0}

_FUZZ = 64 * np.finfo(float).eps
"""A quantile whose probability is met within rounding counts as met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Float arrays, shape (count,).

    Attributes:
        upper: the bound; infinite where the model gives none.
        p_value: probability of a count at least as high, without an outbreak.
    """

    upper: np.ndarray
    p_value: np.ndarray


def delta_bound(
    counts: np.ndarray,
    mean: np.ndarray,
    error: np.ndarray,
    dispersion: np.ndarray,
    *,
    quantile: float,
    power: PowerTransform,
) -> Bound:
    """The bound of Farrington et al. 1996: a power of the count is taken as normal.

    With ``tau = dispersion + error^2 / mean`` the variance of a count about its estimated mean is
    ``mean x tau``, and that of its power follows by the delta rule.

    Args:
        counts, mean, dispersion: the count, its estimated mean, its variance over the mean.
        error: standard error of the mean.
        quantile: standard normal quantile of the bound.
        power: ``2/3`` takes the skewness of a Poisson count away, ``1/2`` steadies its variance.

    Source:
        Farrington et al. 1996, J. R. Statist. Soc. A 159:547-563, sections 3.5 and 3.7.
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        tau = dispersion + error**2 / mean
        p = _POWER[power]
        spread = p * mean ** (p - 0.5) * np.sqrt(tau)
        upper = np.maximum(mean**p + quantile * spread, 0) ** (1 / p)
        p_value = special.ndtr(-(counts**p - mean**p) / spread)
    return Bound(upper=upper, p_value=p_value)


def negative_binomial_bound(counts: np.ndarray, mean: np.ndarray, dispersion: np.ndarray, alpha: float) -> Bound:
    """The smallest count with at most `alpha` above it, for variance ``dispersion x mean``.

    Args:
        counts, mean, dispersion: the count, the mean, the variance over the mean (1: Poisson).
        alpha: probability above the bound.

    Source:
        Noufaily et al. 2013, Statistics in Medicine 32:1206-1222, section 3.3.
    """
    usable = np.isfinite(mean) & np.isfinite(dispersion)
    upper = np.full(mean.shape, np.inf)
    p_value = np.full(mean.shape, np.nan)
    with np.errstate(divide="ignore"):
        size = np.where(dispersion > 1, mean / (dispersion - 1), np.inf)
    upper[usable] = negative_binomial_quantile(1 - alpha, mean[usable], size[usable])
    p_value[usable] = 1 - _distribution(counts[usable] - 1, mean[usable], size[usable])
    return Bound(upper=upper, p_value=p_value)


def negative_binomial_tail(count: np.ndarray, mean: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Probability of more than `count`.

    Args:
        count, mean: float, shape (count,).
        size: float, shape (count,). The variance is ``mean + mean^2 / size``; infinite is Poisson.
    """
    return 1 - _distribution(count, mean, size)


def _distribution(count: np.ndarray, mean: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Probability of at most `count`; negative binomial of given size, Poisson where it is infinite."""
    whole = np.floor(np.maximum(count, 0) + 1e-7)
    poisson = np.isinf(size)
    answer = np.empty(mean.shape)
    answer[poisson] = special.gammaincc(whole[poisson] + 1, mean[poisson])
    n, m, k = size[~poisson], mean[~poisson], whole[~poisson]
    with np.errstate(invalid="ignore", divide="ignore"):
        answer[~poisson] = np.where(n > 0, special.betainc(n, k + 1, n / (n + m)), 1.0)
    return np.where(count < 0, 0.0, answer)


def negative_binomial_quantile(probability: float, mean: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Smallest whole number whose distribution function reaches the probability.

    Args:
        probability: of the quantile.
        mean: float, shape (count,).
        size: float, shape (count,). The variance is ``mean + mean^2 / size``; infinite is Poisson.
    """
    target = probability * (1 - _FUZZ)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(mean + np.where(np.isinf(size), 0.0, mean**2 / size))
        spread = np.nan_to_num(spread)
    low = np.full(mean.shape, -1.0)
    high: np.ndarray = np.ceil(mean + 4 * spread + 4)
    short = _distribution(high, mean, size) < target
    while short.any():
        low[short] = high[short]
        high[short] = 2 * high[short] + 1
        short &= _distribution(high, mean, size) < target
    while True:
        middle = np.floor((low + high) / 2)
        inside = (middle > low) & (middle < high)
        if not inside.any():
            return high
        reached = _distribution(middle, mean, size) >= target
        high = np.where(inside & reached, middle, high)
        low = np.where(inside & ~reached, middle, low)
