"""Delays from one event to another: distributions in continuous time, and their day-by-day form."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy import special

from seawall.core import InvalidInput, check_quantities, quantity

Family = Literal["gamma", "lognormal", "weibull"]
FAMILIES: tuple[Family, ...] = ("gamma", "lognormal", "weibull")

TAIL = 1e-8
"""Probability left out beyond the last day when no last day is named."""

STILL = 1e-10
"""Growth per day so small that the first events lie evenly in their day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """How long from one event to another, in days.

    `mean_days` counts the shift in: a gamma with mean 3 and shift 1 is 1 plus a gamma with mean 2.
    """

    family: Family
    mean_days: float = quantity(
        unit="day", low=1e-3, high=1000, source="given by the caller", about="Mean, shift included."
    )
    sd_days: float = quantity(
        unit="day", low=1e-3, high=1000, source="given by the caller", about="Standard deviation."
    )
    shift_days: float = quantity(
        0.0, unit="day", low=0, high=100, source="given by the caller", about="Shortest delay there can be."
    )

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise InvalidInput(f"{self.family!r} is no family of delays; it is one of {', '.join(FAMILIES)}.")
        check_quantities(self)
        if self.mean_days <= self.shift_days:
            raise InvalidInput(
                f"A delay's mean ({self.mean_days:g} days) must be longer than its shift ({self.shift_days:g} days)."
            )

    @classmethod
    def lognormal(cls, meanlog: float, sdlog: float) -> Delay:
        """The delay whose logarithm is normal with this mean and standard deviation."""
        mean = math.exp(meanlog + sdlog**2 / 2)
        return cls(family="lognormal", mean_days=mean, sd_days=mean * math.sqrt(math.expm1(sdlog**2)))

    @classmethod
    def lognormal_median(cls, median_days: float, dispersion: float) -> Delay:
        """The lognormal delay of this median; `dispersion` is exp(sdlog), as Lessler et al. 2009 write it."""
        return cls.lognormal(math.log(median_days), math.log(dispersion))

    @classmethod
    def weibull(cls, shape: float, scale: float) -> Delay:
        """The Weibull delay with this shape and scale (days)."""
        first, second = math.gamma(1 + 1 / shape), math.gamma(1 + 2 / shape)
        return cls(family="weibull", mean_days=scale * first, sd_days=scale * math.sqrt(second - first**2))

    @classmethod
    def gamma(cls, shape: float, scale: float) -> Delay:
        """The gamma delay with this shape and scale (days)."""
        return cls(family="gamma", mean_days=shape * scale, sd_days=math.sqrt(shape) * scale)

    @property
    def parameters(self) -> tuple[float, float]:
        """Shape and scale (gamma, Weibull) or meanlog and sdlog (lognormal) of the delay less its shift."""
        mean = self.mean_days - self.shift_days
        match self.family:
            case "gamma":
                return (mean / self.sd_days) ** 2, self.sd_days**2 / mean
            case "lognormal":
                variance = math.log1p((self.sd_days / mean) ** 2)
                return math.log(mean) - variance / 2, math.sqrt(variance)
            case _:
                return _weibull_parameters(mean, self.sd_days)

    def cdf(self, days: float | np.ndarray) -> np.ndarray:
        """Probability that the delay is at most `days` (any shape)."""
        return 1.0 - self.survival(days)

    def survival(self, days: float | np.ndarray) -> np.ndarray:
        """Probability that the delay is longer than `days` (any shape)."""
        time = np.maximum(np.asarray(days, dtype=float) - self.shift_days, 0.0)
        first, second = self.parameters
        match self.family:
            case "gamma":
                return np.asarray(special.gammaincc(first, time / second))
            case "lognormal":
                with np.errstate(divide="ignore"):
                    return np.asarray(special.ndtr((first - np.log(time)) / second))
            case _:
                return np.asarray(np.exp(-((time / second) ** first)))

    def quantile(self, probability: float | np.ndarray) -> np.ndarray:
        """Days within which this share of the delays have passed (any shape)."""
        share = np.asarray(probability, dtype=float)
        first, second = self.parameters
        match self.family:
            case "gamma":
                time = special.gammaincinv(first, share) * second
            case "lognormal":
                time = np.exp(first + second * special.ndtri(share))
            case _:
                with np.errstate(divide="ignore"):
                    time = second * (-np.log1p(-share)) ** (1 / first)
        return np.asarray(time + self.shift_days)

    def survival_beyond(self, days: float | np.ndarray) -> np.ndarray:
        """Integral of the survival function from `days` on, in days: what a delay exceeds `days` by, on average."""
        time = np.asarray(days, dtype=float) - self.shift_days
        mean = self.mean_days - self.shift_days
        inside = np.maximum(time, 0.0)
        first, second = self.parameters
        match self.family:
            case "gamma":
                weighted = special.gammaincc(first + 1, inside / second)
            case "lognormal":
                with np.errstate(divide="ignore"):
                    weighted = special.ndtr((first - np.log(inside)) / second + second)
            case _:
                weighted = special.gammaincc(1 + 1 / first, (inside / second) ** first)
        beyond = mean * weighted - inside * self.survival(inside + self.shift_days)
        return np.asarray(np.where(time < 0, mean - time, beyond))


@lru_cache(maxsize=1024)
def _weibull_parameters(mean: float, sd: float) -> tuple[float, float]:
    """Shape and scale of the Weibull with this mean and standard deviation, by halving on the log shape."""
    wanted = math.log1p((sd / mean) ** 2)

    def log_ratio(shape: float) -> float:
        return math.lgamma(1 + 2 / shape) - 2 * math.lgamma(1 + 1 / shape)

    low, high = math.log(0.02), math.log(1e5)
    if not log_ratio(math.exp(high)) < wanted < log_ratio(math.exp(low)):
        raise InvalidInput(f"No Weibull delay has mean {mean:g} and standard deviation {sd:g} days.")
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if log_ratio(math.exp(middle)) > wanted else (low, middle)
    shape = math.exp((low + high) / 2)
    return shape, mean / math.gamma(1 + 1 / shape)


def discretised(
    delay: Delay,
    max_days: int | None = None,
    *,
    growth_per_day: float = 0.0,
    right_truncated: bool = False,
) -> np.ndarray:
    """Probability of each difference in days when both events are known by their day only.

    The first event lies anywhere in its day: evenly, or, in an epidemic that grows, with density
    g(u) proportional to exp(growth u), 0 <= u < 1. Then P(d) = ∫ [F(d+1-u) - F(d-u)] g(u) du.
    Taking F(d+½) - F(d-½), or F(d+1) - F(d), instead shifts the mean by up to half a day.

    Args:
        delay: distribution in continuous time.
        max_days: last difference wanted; None: the first beyond which less than 1e-8 is left.
        growth_per_day: exponential growth rate of the first events within their day.
        right_truncated: condition on a difference of at most `max_days` (probabilities sum to 1).

    Returns:
        float, shape (max_days + 1,). Entry d: probability that the days lie d apart.

    Raises:
        InvalidInput: `max_days` is negative, or nothing lies within it and the result is to be conditional.

    Source:
        Reich et al. 2009, Statistics in Medicine 28:2769 (double interval censoring); Park et al. 2024,
        doi:10.1101/2024.01.12.24301247 (within-day growth).
    """
    if max_days is None:
        last = float(delay.quantile(1 - TAIL))
        max_days = math.ceil(last) + 1
    if max_days < 0:
        raise InvalidInput(f"The last day of a delay cannot be {max_days}; give 0 or more.")
    edges = np.arange(-1, max_days + 2, dtype=float)
    if abs(growth_per_day) < STILL:
        beyond = delay.survival_beyond(edges)
        probability = beyond[2:] - 2 * beyond[1:-1] + beyond[:-2]
    else:
        probability = np.diff(_tilted_cdf(delay, edges[1:], growth_per_day))
    probability = np.maximum(probability, 0.0)
    if right_truncated:
        total = probability.sum()
        if total <= 0:
            raise InvalidInput(f"No part of this delay lies within {max_days} days, so it cannot be truncated there.")
        probability = probability / total
    return np.asarray(probability)


def _tilted_cdf(delay: Delay, edges: np.ndarray, growth_per_day: float) -> np.ndarray:
    """Probability that the second event lies before each edge, the first tilted by growth within day 0.

    P(second < x) = F(x-1) + ∫ G(x - t) dF(t) over t from x-1 to x, G the tilted distribution of the first
    event within its day. Tanh-sinh quadrature over p = F(t) bears delays of any width and any start.
    """
    step = np.arange(-3.4, 3.4 + 1e-9, 0.05)
    inner = np.pi / 2 * np.sinh(step)
    node = 1 / (1 + np.exp(-2 * inner))
    weight = 0.05 * np.pi / 4 * np.cosh(step) / np.cosh(inner) ** 2
    reached = delay.cdf(edges)
    before = np.concatenate([[0.0], reached[:-1]])
    passed = reached - before
    time = delay.quantile(before[:, None] + passed[:, None] * node)
    u = np.clip(edges[:, None] - time, 0.0, 1.0)
    if growth_per_day > 0:  # (exp(r u) - 1) / (exp(r) - 1), without overflow
        share = np.exp(growth_per_day * (u - 1)) * np.expm1(-growth_per_day * u) / math.expm1(-growth_per_day)
    else:
        share = np.expm1(growth_per_day * u) / math.expm1(growth_per_day)
    return np.asarray(before + passed * (weight * share).sum(axis=1))


def discretised_serial_interval(mean_days: float, sd_days: float, max_days: int | None = None) -> np.ndarray:
    """Serial interval in whole days for the renewal equation: nothing on day 0.

    One day plus a gamma of mean `mean_days` - 1, both onsets known by day: what EpiEstim calls
    ``discr_si``.

    Args:
        mean_days: mean, more than 1 day.
        sd_days: standard deviation, more than 0.
        max_days: last day wanted; None: the first beyond which less than 1e-8 is left.

    Returns:
        float, shape (max_days + 1,). Entry k: probability that onsets lie k days apart; entry 0 is 0.

    Raises:
        InvalidInput: the mean is not above 1 or the standard deviation not above 0.

    Source:
        Cori et al. 2013, American Journal of Epidemiology 178:1505, web appendix 11.
    """
    if not mean_days > 1:
        raise InvalidInput(
            f"The mean serial interval is {mean_days:g} days; it must be above 1, since nobody infects on day 0 here."
        )
    probability = discretised(Delay(family="gamma", mean_days=mean_days, sd_days=sd_days, shift_days=1.0), max_days)
    probability[0] = 0.0
    return probability
