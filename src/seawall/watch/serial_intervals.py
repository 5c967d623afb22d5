"""Serial intervals by day: one that is given, checked, or many drawn because it is uncertain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from seawall.core import InvalidInput, check_quantities, quantity
from seawall.core.draws import generator

GOLDEN = (np.sqrt(5.0) - 1) / 2

_CALLER = "given by the caller"


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertainSerialInterval:
    """A serial interval whose mean and standard deviation are themselves uncertain.

    Both are normal, truncated to their ranges; see `draw_serial_intervals`.
    """

    mean_days: float = quantity(unit="day", low=1, high=100, source=_CALLER, about="Centre of the mean.")
    mean_sd: float = quantity(unit="day", low=1e-6, high=100, source=_CALLER, about="Spread of the mean.")
    mean_min: float = quantity(unit="day", low=1, high=100, source=_CALLER, about="Least mean, 1 or more.")
    mean_max: float = quantity(unit="day", low=1, high=100, source=_CALLER, about="Greatest mean.")
    sd_days: float = quantity(unit="day", low=0.01, high=100, source=_CALLER, about="Centre of the sd.")
    sd_sd: float = quantity(unit="day", low=1e-6, high=100, source=_CALLER, about="Spread of the sd.")
    sd_min: float = quantity(unit="day", low=0.01, high=100, source=_CALLER, about="Least standard deviation.")
    sd_max: float = quantity(unit="day", low=0.01, high=100, source=_CALLER, about="Greatest standard deviation.")

    def __post_init__(self) -> None:
        check_quantities(self)
        if not (self.mean_min <= self.mean_days <= self.mean_max and self.mean_min < self.mean_max):
            raise InvalidInput(
                f"The mean serial interval, {self.mean_days:g} days, must lie within its range, "
                f"{self.mean_min:g} to {self.mean_max:g}."
            )
        if not (self.sd_min <= self.sd_days <= self.sd_max and self.sd_min < self.sd_max):
            raise InvalidInput(
                f"The serial interval's standard deviation, {self.sd_days:g} days, must lie within its range, "
                f"{self.sd_min:g} to {self.sd_max:g}."
            )


def draw_serial_intervals(
    uncertain: UncertainSerialInterval, days: int, *, seed: int, samples: int = 1000
) -> np.ndarray:
    """Serial intervals by day for many draws of mean and standard deviation, drawn independently.

    The pairs lie on a randomly shifted lattice of equal probability (golden ratio), so that a thousand
    of them place an average as tens of thousands of independent draws would. Like EpiEstim's code, and
    unlike its manual, a standard deviation above the mean is kept: the gamma is then peaked at 1 day.

    Args:
        uncertain: the two truncated normals.
        days: length of each serial interval, day 0 counted in.
        seed: the same seed gives the same draws.
        samples: how many.

    Returns:
        float, shape (samples, days). Each row as `seawall.disease.discretised_serial_interval`.
    """
    shift = generator(seed, "serial-intervals").uniform(size=2)
    point = np.arange(samples)
    mean = _truncated(
        (point + shift[0]) / samples, uncertain.mean_days, uncertain.mean_sd, uncertain.mean_min, uncertain.mean_max
    )
    sd = _truncated(
        (point * GOLDEN + shift[1]) % 1.0, uncertain.sd_days, uncertain.sd_sd, uncertain.sd_min, uncertain.sd_max
    )
    return serial_intervals_of(mean, sd, days)


def _truncated(share: np.ndarray, centre: float, spread: float, low: float, high: float) -> np.ndarray:
    """Quantiles of a truncated normal."""
    least, most = special.ndtr((low - centre) / spread), special.ndtr((high - centre) / spread)
    return np.asarray(np.clip(centre + spread * special.ndtri(least + share * (most - least)), low, high))


def serial_intervals_of(mean_days: np.ndarray, sd_days: np.ndarray, days: int) -> np.ndarray:
    """Serial intervals by day for many means and standard deviations at once.

    Args:
        mean_days: float, shape (samples,), 1 or more. Exactly 1: everybody infects on the next day.
        sd_days: float, shape (samples,), above 0.
        days: length of each serial interval, day 0 counted in.

    Returns:
        float, shape (samples, days). Each row as `seawall.disease.discretised_serial_interval`.
    """
    beyond_one = np.maximum(np.asarray(mean_days, dtype=float) - 1, 1e-9)[:, None]
    sd = np.asarray(sd_days, dtype=float)[:, None]
    shape, scale = (beyond_one / sd) ** 2, sd**2 / beyond_one
    edges = np.arange(-2, days, dtype=float)
    inside = np.maximum(edges, 0.0)
    at = inside / scale
    beyond = beyond_one * special.gammaincc(shape + 1, at) - inside * special.gammaincc(shape, at)
    beyond = np.where(edges < 0, beyond_one - edges, beyond)
    probability = np.maximum(beyond[:, 2:] - 2 * beyond[:, 1:-1] + beyond[:, :-2], 0.0)
    probability[:, 0] = 0.0
    return np.asarray(probability)


def check_serial_interval(probabilities: np.ndarray) -> np.ndarray:
    """Refuse what is no serial interval by day.

    Args:
        probabilities: float, shape (days,) or (samples, days), entry k for k days.

    Returns:
        The same as float array.

    Raises:
        InvalidInput: a value is negative or not a number, day 0 is not 0, or a row does not sum to 1
            within 0.01.
    """
    weights = np.asarray(probabilities, dtype=float)
    if weights.ndim not in (1, 2) or weights.shape[-1] < 2:
        raise InvalidInput("A serial interval needs probabilities for day 0 and at least one day more.")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise InvalidInput("The probabilities of a serial interval must be numbers of 0 or more.")
    if (weights[..., 0] != 0).any():
        raise InvalidInput("The serial interval must have probability 0 on day 0: nobody infects on the day of onset.")
    total = weights.sum(axis=-1)
    if (np.abs(total - 1) > 0.01).any():
        worst = float(np.atleast_1d(total)[np.argmax(np.abs(np.atleast_1d(total) - 1))])
        raise InvalidInput(f"The probabilities of a serial interval must sum to 1; these sum to {worst:.4g}.")
    return weights
