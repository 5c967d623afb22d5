"""Growth rate, doubling time and reproduction number: one follows from another through the generation time."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from seawall.core import InvalidInput
from seawall.disease.delays import Delay

FASTEST_PER_DAY = 50.0
"""Growth beyond which no answer is sought."""


def growth_from_reproduction(reproduction_number: float, generation: Delay | np.ndarray) -> float:
    """Exponential growth rate r that goes with a reproduction number: 1/R = ∫ exp(-r t) w(t) dt.

    Args:
        reproduction_number: above 0.
        generation: generation time, continuous, or float shape (days,) as probabilities from day 0 on.

    Returns:
        Growth rate per day; negative when the reproduction number is below 1.

    Raises:
        InvalidInput: the reproduction number is not above 0, the probabilities are none, or no rate
            answers (a chance of infecting on day 0 itself bounds the reproduction number).

    Source:
        Wallinga and Lipsitch 2007, Proceedings of the Royal Society B 274:599.
    """
    if not 0 < reproduction_number < math.inf:
        raise InvalidInput(f"The reproduction number is {reproduction_number:g}; it must be above 0.")
    if isinstance(generation, Delay) and generation.family == "gamma" and generation.shift_days == 0:
        shape, scale = generation.parameters
        return math.expm1(math.log(reproduction_number) / shape) / scale
    return _root(lambda growth: reproduction_from_growth(growth, generation) - reproduction_number)


def reproduction_from_growth(growth_per_day: float, generation: Delay | np.ndarray) -> float:
    """Reproduction number that goes with an exponential growth rate: R = 1 / ∫ exp(-r t) w(t) dt.

    A gamma generation time of shape a and scale b gives (1 + r b)^a in closed form. Another delay is
    integrated up to the time that one in 10^12 exceeds.

    Args:
        growth_per_day: exponential growth rate.
        generation: generation time, continuous, or float shape (days,) as probabilities from day 0 on.

    Returns:
        Reproduction number, above or equal to 0.

    Raises:
        InvalidInput: the probabilities are negative or do not sum to 1 within 1e-3.

    Source:
        Wallinga and Lipsitch 2007, Proceedings of the Royal Society B 274:599.
    """
    if not isinstance(generation, Delay):
        weights = np.asarray(generation, dtype=float)
        if weights.ndim != 1 or (weights < 0).any() or not abs(weights.sum() - 1) < 1e-3:
            raise InvalidInput("A generation time by day must be probabilities from day 0 on that sum to 1.")
        days = np.nonzero(weights)[0]
        with np.errstate(over="ignore"):
            discounted = weights[days] * np.exp(-growth_per_day * days)
        return float(weights.sum() / discounted.sum())
    shift = math.exp(growth_per_day * generation.shift_days)
    first, second = generation.parameters
    if generation.family == "gamma":
        return float(shift * max(0.0, 1 + growth_per_day * second) ** first)
    time, weight = _panels(float(generation.quantile(1 - 1e-12)) - generation.shift_days)
    survives = generation.survival(time + generation.shift_days)
    with np.errstate(over="ignore"):
        discounted = float((weight * survives * np.exp(-growth_per_day * time)).sum())
    return float(shift / (1 - growth_per_day * discounted))


def _panels(to: float) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes and weights over [0, to], in panels that are fine near 0."""
    node, weight = np.polynomial.legendre.leggauss(16)
    edges = to * np.linspace(0, 1, 41) ** 3
    half = np.diff(edges) / 2
    nodes = (edges[:-1] + half)[:, None] + half[:, None] * node
    return nodes.ravel(), (half[:, None] * weight).ravel()


def _root(of: Callable[[float], float]) -> float:
    """Where a rising function crosses zero between no growth and the fastest, by halving."""
    low, high = -1.0, 1.0
    while of(low) > 0 and low > -FASTEST_PER_DAY:
        low *= 2
    while of(high) < 0 and high < FASTEST_PER_DAY:
        high *= 2
    if of(low) > 0 or of(high) < 0:
        raise InvalidInput("No growth rate gives this reproduction number with this generation time.")
    while high - low > 1e-14 * max(1.0, abs(low)):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if of(middle) < 0 else (low, middle)
    return (low + high) / 2


def growth_from_compartments(reproduction_number: float, latent_days: float, infectious_days: float) -> float:
    """Growth rate per day of an SEIR epidemic at its start: R = (1 + r latent) (1 + r infectious).

    Args:
        reproduction_number: above 0.
        latent_days, infectious_days: means of exponential stays, above 0.

    Raises:
        InvalidInput: one of them is not above 0.

    Source:
        Wallinga and Lipsitch 2007, Proceedings of the Royal Society B 274:599.
    """
    if not min(reproduction_number, latent_days, infectious_days) > 0:
        raise InvalidInput("Reproduction number, latent and infectious days must all be above 0.")
    total, product = latent_days + infectious_days, latent_days * infectious_days
    root = math.sqrt(total**2 + 4 * product * (reproduction_number - 1))
    return 2 * (reproduction_number - 1) / (total + root)


def doubling_days(growth_per_day: float) -> float:
    """Days in which numbers double; negative: days in which they halve; infinite when they stand still."""
    return math.log(2) / growth_per_day if growth_per_day else math.inf
