"""The case reproduction number: how many each case went on to infect, after Wallinga and Teunis 2004."""

from __future__ import annotations

import numpy as np
from scipy import special

from seawall.core import InvalidInput
from seawall.watch.infection_pressure import (
    MISSING_SHARE,
    counts_by_region,
    infection_pressure,
    window_sums,
    windows_within,
)
from seawall.watch.reproduction import ReproductionNumber
from seawall.watch.serial_intervals import check_serial_interval
from seawall.watch.situation import QUANTILES

WIDE = 500.0
"""Standard deviation, in people, from which a number infected is taken as normal."""


def estimate_case_reproduction(
    local: np.ndarray,
    serial_interval: np.ndarray,
    *,
    imported: np.ndarray | None = None,
    windows: np.ndarray | int = 7,
) -> ReproductionNumber:
    """Mean number that the cases of each window infected, from who may have infected whom.

    A local case of day t has its infector on day s with probability w(t-s) I(s) / Λ(t). The number of
    people infected by the cases of a window is then a sum of independent binomials; its mean, sd and
    quantiles are exact here, where EpiEstim simulates trees.

    The last days read low: those whom their cases infect are not ill yet. EpiEstim leaves that so, and
    so does this. Not estimated (NaN): windows without cases, or where more than 1 % of the serial
    interval, forward or backward, falls on days not reported.

    Args:
        local: int-valued float, shape (day,) or (region, day). NaN: not reported.
        serial_interval: float, shape (days,). Entry k: probability of k days; entry 0 is 0.
        imported: like `local`; they infect, and nobody here infected them.
        windows: as for `seawall.watch.reproduction.estimate_reproduction`.

    Raises:
        InvalidInput: counts are negative, broken numbers or of different shape, a window leaves the
            series, or the serial interval is none or a sample of several.

    Source:
        Wallinga and Teunis 2004, American Journal of Epidemiology 160:509.
    """
    here, abroad = counts_by_region(local, imported)
    if not ((here == np.round(here)) | np.isnan(here)).all():
        raise InvalidInput("Wallinga and Teunis' method counts people: the counts must be whole numbers.")
    days = here.shape[1]
    spans = windows_within(windows, days)
    weights = check_serial_interval(serial_interval)
    if weights.ndim != 1:
        raise InvalidInput("Wallinga and Teunis' method takes one serial interval, not a sample.")
    weights = weights[:days]
    missing = np.isnan(here) | np.isnan(abroad)
    total = np.where(missing, 0.0, here + abroad)
    pressure = infection_pressure(total, missing, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        infected_per_pressure = np.where(pressure > 0, here / pressure, 0.0)
    unknown = missing | (np.isnan(pressure) & (np.arange(days) > 0))
    infected_per_pressure[unknown] = 0.0

    by_case, unseen = np.zeros_like(total), np.zeros_like(total)
    for lag in np.flatnonzero(weights):
        by_case[:, : days - lag] += weights[lag] * infected_per_pressure[:, lag:]
        unseen[:, : days - lag] += weights[lag] * unknown[:, lag:]
    by_case[missing | (unseen > MISSING_SHARE)] = np.nan
    by_case /= 1 - np.where(np.isnan(by_case), 0.0, unseen)
    cases = window_sums(np.where(missing, np.nan, total), spans)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(cases > 0, window_sums(by_case * total, spans) / cases, np.nan)

    sd = np.full_like(mean, np.nan)
    quantiles = np.full((*mean.shape, len(QUANTILES)), np.nan)
    told = np.where(unknown, 0.0, here)
    for region, window in np.argwhere(np.isfinite(mean)):
        first, stop = spans[window]
        last = min(days, stop + weights.size - 1)
        lags = np.arange(first + 1, last)[:, None] - np.arange(first, stop)
        reach = np.where((lags > 0) & (lags < weights.size), weights[np.clip(lags, 0, weights.size - 1)], 0.0)
        press = pressure[region, first + 1 : last]
        usable = press > 0
        share = np.minimum((reach @ total[region, first:stop])[usable] / press[usable], 1.0)
        tries = told[region, first + 1 : last][usable]
        sd[region, window] = np.sqrt((tries * share * (1 - share)).sum()) / cases[region, window]
        quantiles[region, window] = _binomials(tries, share) / cases[region, window]
    return ReproductionNumber(windows=spans, mean=mean, sd=sd, quantiles=quantiles)


def _binomials(tries: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Quantiles of a sum of independent binomials, from its characteristic function.

    The transform covers ten standard deviations to each side of the mean, or all values there are. A sum
    that spreads over thousands is as good as normal; its skewness is taken into account.
    """
    some = (tries > 0) & (share > 0)
    tries, share = tries[some], share[some]
    variances = tries * share * (1 - share)
    mean, sd = (tries * share).sum(), np.sqrt(variances.sum())
    if sd > WIDE:
        deviate = special.ndtri(QUANTILES)
        skewness = (variances * (1 - 2 * share)).sum() / sd**3
        return np.asarray(mean + sd * (deviate + skewness * (deviate**2 - 1) / 6))
    size = int(min(tries.sum() + 1, np.ceil(20 * sd) + 40))
    least = max(0, int(np.floor(mean - size / 2)))
    angle = 2 * np.pi * np.arange(size) / size
    transform = np.exp((tries[:, None] * np.log1p(share[:, None] * np.expm1(1j * angle))).sum(axis=0))
    probability = np.fft.fft(transform * np.exp(-1j * angle * least)).real / size
    reached = np.cumsum(np.maximum(probability, 0.0))
    return np.asarray(least + np.searchsorted(reached / reached[-1], QUANTILES), dtype=float)
