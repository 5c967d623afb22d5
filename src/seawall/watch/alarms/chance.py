"""How many alarms there would be if nothing had changed since the baseline."""

from __future__ import annotations

import numpy as np
from scipy import special

from seawall.watch.alarms.bounds import negative_binomial_tail

_FEWEST_FOR_PRIOR = 20
"""Baselines from which a prior of their rates is estimated; fewer take Jeffreys' prior."""

_FEWEST_FOR_DISPERSION = 5

_CALM = 0.9
"""Share of the baselines that are taken not to hold an outbreak."""


def chance_of_alarm(upper: np.ndarray, mean: np.ndarray, sd: np.ndarray, *, days: int) -> np.ndarray:
    """Probability that a count exceeds its bound although its rate is that of its baseline.

    The rate is not known but estimated from a few days. Rates are taken to vary between the baselines
    as a gamma distribution whose two parameters are estimated from all of them (by moments), so that
    an area without a case is believed to have few, not none and not half a case. Counts vary about
    their rate by a common overdispersion, that of the calm baselines with a case a day or more. The
    prediction is a negative binomial of that mean and variance.

    Args:
        upper, mean, sd: float, shape (count,). Bound, and mean and standard deviation of the baseline.
        days: counts in a baseline.

    Returns:
        float, shape (count,).

    Source:
        Empirical Bayes for Poisson counts: Clayton and Kaldor 1987, Biometrics 43:671-681.
    """
    if not upper.size:
        return np.zeros(0)
    dispersion = _dispersion(mean, sd, days)
    worth = days / dispersion  # days of plain Poisson counts that tell as much
    shape, rate = _prior(mean, worth)
    predicted = (shape + mean * worth) / (rate + worth)
    variance = predicted * (dispersion + 1 / (rate + worth))
    with np.errstate(divide="ignore"):
        size = np.where(variance > predicted, predicted**2 / (variance - predicted), np.inf)
    return negative_binomial_tail(np.floor(upper), predicted, size)


def _prior(mean: np.ndarray, worth: float) -> tuple[float, float]:
    """Shape and rate (days) of the gamma distribution of the baselines' daily rates."""
    if mean.size < _FEWEST_FOR_PRIOR or mean.max() == 0:
        return 0.5, 0.0
    centre = float(mean.mean())
    between = float(mean.var()) - centre / worth
    # Baselines that vary no more than chance have one rate: a prior worth a great many days.
    between = max(between, centre / (1000 * worth))
    return centre**2 / between, centre / between


def _dispersion(mean: np.ndarray, sd: np.ndarray, days: int) -> float:
    """Variance over mean within a baseline, of all but the tenth that varies most; not below 1.

    That tenth is left out so that the areas with an outbreak do not speak for all; what leaving it out
    does to quiet counts is known from the chi-squared distribution.
    """
    busy = mean >= 1
    if busy.sum() < _FEWEST_FOR_DISPERSION:
        return 1.0
    ratio = np.sort(sd[busy] ** 2 / mean[busy])
    calm = ratio[: max(1, int(_CALM * ratio.size))]
    half = (days - 1) / 2
    expected = float(special.gammainc(half + 1, float(special.gammaincinv(half, _CALM)))) / _CALM
    return max(1.0, float(calm.mean() / expected))
