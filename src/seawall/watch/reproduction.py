"""The reproduction number over time from counts and a serial interval, after Cori et al. 2013."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from seawall.core import InvalidInput
from seawall.watch.gamma_quantiles import gamma_quantiles, mixture_quantiles
from seawall.watch.infection_pressure import (
    MISSING_SHARE,
    counts_by_region,
    infection_pressure,
    window_sums,
    windows_within,
)
from seawall.watch.serial_intervals import check_serial_interval
from seawall.watch.situation import QUANTILE_COLUMNS, QUANTILES


@dataclass(frozen=True, kw_only=True)
class ReproductionNumber:
    """Reproduction numbers by region and window.

    Attributes:
        windows: int, shape (window, 2): first day and the day after the last, days counted from 0.
        mean, sd: float, shape (region, window). NaN: not estimated, see `estimate_reproduction`.
        quantiles: float, shape (region, window, 7), at `seawall.watch.situation.QUANTILES`.
    """

    windows: np.ndarray
    mean: np.ndarray = field(repr=False)
    sd: np.ndarray = field(repr=False)
    quantiles: np.ndarray = field(repr=False)

    def table(self, names: Sequence[str | None], first: date | int, *, column: str = "series") -> pl.DataFrame:
        """Long form: the name, ``start, end`` (the last day), ``mean, sd, q2.5 … q97.5``; null: not estimated.

        Args:
            names: of the regions, in their order.
            first: date, or index, of day 0.
            column: what the column of names is called.
        """
        regions, count = self.mean.shape
        days = np.tile(self.windows - [0, 1], (regions, 1))
        days = np.datetime64(first, "D") + days if isinstance(first, date) else first + days
        columns = {
            column: pl.Series([name for name in names for _ in range(count)], dtype=pl.String),
            "start": days[:, 0],
            "end": days[:, 1],
            "mean": self.mean.ravel(),
            "sd": self.sd.ravel(),
        }
        columns |= {name: self.quantiles[:, :, level].ravel() for level, name in enumerate(QUANTILE_COLUMNS)}
        return pl.DataFrame(columns).with_columns(pl.col(pl.Float64).fill_nan(None))


def estimate_reproduction(
    local: np.ndarray,
    serial_interval: np.ndarray,
    *,
    imported: np.ndarray | None = None,
    windows: np.ndarray | int = 7,
    prior_mean: float = 5.0,
    prior_sd: float = 5.0,
    overdispersion: np.ndarray | float = 1.0,
) -> ReproductionNumber:
    """Reproduction number in each window, constant within it, with its gamma posterior.

    Cases on day t are Poisson with mean R Λ(t), Λ(t) = Σ_s I(t-s) w(s): all cases I, local and
    imported, infect; only local ones were infected here. With a gamma prior of shape a and scale b the
    posterior is a gamma of shape a + Σ local and scale 1 / (1/b + Σ Λ), sums over the window. The cases of
    the first day count as imported. For a sample of serial intervals the posterior is the equal-weight
    mixture of the gammas each gives; its mean, sd and quantiles are exact, without draws of R.

    Not estimated (NaN): windows that end before the mean serial interval has passed since day 0; windows
    with a day that was not reported; windows with a day on which more than 1 % of the serial interval
    points to days not reported. Below that, Λ is scaled up for the missing part.

    Args:
        local: float, shape (day,) or (region, day), 0 or more. NaN: not reported.
        serial_interval: float, shape (days,), or (samples, days) where it is uncertain. Entry k:
            probability that infector and infected fall ill k days apart; entry 0 is 0.
        imported: like `local`; None: nobody but the first day's cases came from elsewhere.
        windows: length in days of sliding windows, or int, shape (window, 2): first day and the day
            after the last, counted from 0; the first day of a window is 1 or later.
        prior_mean, prior_sd: of the gamma prior of R.
        overdispersion: variance over mean of the counts, 1 or more: a number, or float, shape (region,
            window), see `seawall.watch.overdispersion`. The posterior keeps its mean and has so many times
            the variance (shape and rate divided by it). 1 is Cori's method as published.

    Raises:
        InvalidInput: counts are negative or of different shape, a window leaves the series, or the
            prior, the serial interval or the overdispersion is none.

    Source:
        Cori et al. 2013, American Journal of Epidemiology 178:1505; Thompson et al. 2019, Epidemics
        29:100356 (imported cases, uncertain serial interval).
    """
    here, abroad = counts_by_region(local, imported)
    days = here.shape[1]
    spans = windows_within(windows, days)
    if not (prior_mean > 0 and prior_sd > 0 and np.isfinite(prior_mean) and np.isfinite(prior_sd)):
        raise InvalidInput("The prior's mean and standard deviation must both be above 0.")
    spread = np.broadcast_to(np.asarray(overdispersion, dtype=float), (here.shape[0], len(spans)))
    if not (spread >= 1).all() or np.isinf(spread).any():
        raise InvalidInput("The overdispersion of counts must be 1 or more.")
    weights = check_serial_interval(serial_interval)[..., :days]
    mean_interval = weights @ np.arange(weights.shape[-1])

    missing = np.isnan(here) | np.isnan(abroad)
    total = np.where(missing, 0.0, here + abroad)
    local_sums = window_sums(here, spans)
    shape = ((prior_mean / prior_sd) ** 2 + local_sums) / spread
    prior_rate = prior_mean / prior_sd**2
    if weights.ndim == 1:
        pressure = infection_pressure(total, missing, weights)
        rate = (prior_rate + window_sums(pressure, spans)) / spread
        rate[:, spans[:, 1] <= mean_interval] = np.nan
        shape = np.where(np.isnan(rate), np.nan, shape)
        return ReproductionNumber(
            windows=spans,
            mean=shape / rate,
            sd=np.sqrt(shape) / rate,
            quantiles=gamma_quantiles(shape, QUANTILES) / rate[:, :, None],
        )
    parts = [
        _mixture(
            total[region],
            missing[region],
            shape[region],
            spread=spread[region],
            weights=weights,
            mean_interval=mean_interval,
            windows=spans,
            prior_rate=prior_rate,
        )
        for region in range(here.shape[0])
    ]
    mean, sd, quantiles = (np.stack(part) for part in zip(*parts, strict=True))
    return ReproductionNumber(windows=spans, mean=mean, sd=sd, quantiles=quantiles)


def _mixture(
    total: np.ndarray,
    missing: np.ndarray,
    shape: np.ndarray,
    *,
    spread: np.ndarray,
    weights: np.ndarray,
    mean_interval: np.ndarray,
    windows: np.ndarray,
    prior_rate: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, sd and quantiles of the mixture over serial intervals, for one region."""
    past = np.zeros((weights.shape[1], total.size))
    unseen = np.zeros_like(past)
    for lag in range(1, weights.shape[1]):
        past[lag, lag:] = total[:-lag]
        unseen[lag, lag:] = missing[:-lag]
    if missing.any():
        hidden = weights @ unseen
        with np.errstate(divide="ignore", invalid="ignore"):
            pressure = np.where(hidden > MISSING_SHARE, np.nan, weights @ past / (1 - hidden))
        rate = prior_rate + window_sums(pressure, windows)
    else:
        rate = prior_rate + weights @ window_sums(past, windows)
    rate = np.where(windows[:, 1] > mean_interval[:, None], rate / spread, np.nan).T
    rate[np.isnan(shape)] = np.nan
    some = np.isfinite(rate).any(axis=1)
    mean, second = np.full(shape.size, np.nan), np.full(shape.size, np.nan)
    mean[some] = shape[some] * np.nanmean(1 / rate[some], axis=1)
    second[some] = shape[some] * (shape[some] + 1) * np.nanmean(rate[some] ** -2.0, axis=1)
    quantiles = np.full((shape.size, len(QUANTILES)), np.nan)
    quantiles[some] = mixture_quantiles(shape[some], rate[some], QUANTILES)
    return mean, np.sqrt(second - mean**2), quantiles
