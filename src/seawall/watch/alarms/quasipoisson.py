"""Many small overdispersed Poisson regressions at once: seasonal levels and one straight trend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

TOLERANCE = 1e-8
"""Relative change of the deviance at which the iteration stops: the usual rule of GLM programs."""

STEPS = 25
"""Steps after which a fit counts as not converged: the usual limit of GLM programs."""

_FLAT = 1e-12
"""Spread of time within the levels, over its square about the middle, below which no trend is estimable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the regressions of one batch share.

    Attributes:
        time: float, shape (week,). Steps relative to the week assessed (negative: past).
        level: int, shape (week,). Seasonal level of each reference week, from 0.
        here: level of the week assessed.
    """

    time: np.ndarray
    level: np.ndarray
    here: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The regressions, one to an entry of every array.

    Attributes:
        mean: float, shape (fit, week). Fitted means of the reference weeks.
        leverage: float, shape (fit, week). Diagonal of the hat matrix.
        dispersion: float, shape (fit,). Pearson statistic over its degrees of freedom; NaN without any.
        freedom: int, shape (fit,). Degrees of freedom left.
        slope: float, shape (fit,). Change of the log mean a step; NaN where no trend was estimable.
        slope_error: float, shape (fit,). Its standard error at dispersion 1.
        log_mean: float, shape (fit,). Log mean of the week assessed, before its offset; NaN where its
            level has no reference week.
        log_error: float, shape (fit,). Standard error of `log_mean` at dispersion 1.
        converged: bool, shape (fit,).
    """

    mean: np.ndarray
    leverage: np.ndarray
    dispersion: np.ndarray
    freedom: np.ndarray
    slope: np.ndarray
    slope_error: np.ndarray
    log_mean: np.ndarray
    log_error: np.ndarray
    converged: np.ndarray


def fit(counts: np.ndarray, weights: np.ndarray, offset: np.ndarray, layout: Layout, *, trend: bool) -> Fit:
    """Fit ``log mean = offset + level + slope x time`` with variance proportional to the mean.

    Iteratively reweighted least squares from ``mean = count + 0.1``, stopped by the change of the
    deviance. Disjoint levels and one slope make an arrowhead design, so each step is solved in closed
    form; all fits take their steps together and each stops by itself. The information matrix behind
    errors, leverage and dispersion is that of the last step taken, as GLM programs report it.

    Args:
        counts: float, shape (fit, week). Counts of the reference weeks; 0 where the weight is 0.
        weights: float, shape (fit, week). Prior weights; 0 leaves a week out.
        offset: float, shape (fit, week), or (1, 1) where there is none. Known part of the log mean.
        layout: times and levels, shared by all fits.
        trend: whether the slope is fitted.

    Source:
        McCullagh and Nelder 1989, Generalized Linear Models, sections 2.5, 4.5 and 12.5.
    """
    design = _Design.of(layout, trend=trend)
    many = counts.shape[0]
    mean = counts + 0.1
    predictor = np.log(mean)
    information = np.zeros_like(mean)
    logs = np.log(np.where(counts > 0, counts, 1.0))
    deviance = _deviance(counts, weights, logs, predictor, mean)
    level = np.full((many, design.indicator.shape[1]), np.nan)
    slope = np.full(many, np.nan)
    converged = np.zeros(many, dtype=bool)
    rows = np.arange(many)  # the fits still on their way
    for _ in range(STEPS):
        every = rows.size == many
        y, prior, m, eta, log_y = (
            (array if every else array[rows]) for array in (counts, weights, mean, predictor, logs)
        )
        known = offset if every or offset.shape[0] == 1 else offset[rows]
        w = prior * m
        at_level, at_slope = design.solve(w, w * (eta - known) + prior * (y - m))
        eta = known + np.nan_to_num(at_level)[:, design.level] + np.nan_to_num(at_slope)[:, None] * design.time
        with np.errstate(over="ignore", invalid="ignore"):
            m = np.maximum(np.exp(eta), np.finfo(float).eps)
            now = _deviance(y, prior, log_y, eta, m)
            done = np.abs(now - deviance[rows]) < TOLERANCE * (np.abs(now) + 0.1)
        mean[rows], predictor[rows], information[rows], deviance[rows] = m, eta, w, now
        level[rows], slope[rows], converged[rows] = at_level, at_slope, done
        rows = rows[~done & np.isfinite(now)]
        if not rows.size:
            break
    present = weights > 0
    freedom = present.sum(axis=1) - (present @ design.indicator > 0).sum(axis=1) - ~np.isnan(slope)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        pearson = np.einsum("ij,ij->i", information, ((counts - mean) / mean) ** 2)
        dispersion = np.where(freedom > 0, pearson / freedom, np.nan)
    leverage, slope_error, log_error = design.errors(information, slope)
    return Fit(
        mean=mean,
        leverage=leverage,
        dispersion=dispersion,
        freedom=freedom,
        slope=slope,
        slope_error=slope_error,
        log_mean=level[:, design.here] - np.nan_to_num(slope) * design.middle,
        log_error=log_error,
        converged=converged,
    )


def _deviance(
    counts: np.ndarray, weights: np.ndarray, logs: np.ndarray, predictor: np.ndarray, mean: np.ndarray
) -> np.ndarray:
    half: np.ndarray = np.einsum("ij,ij->i", weights, counts * (logs - predictor) - (counts - mean))
    return 2 * half


@dataclass(frozen=True, slots=True, kw_only=True)
class _Design:
    """The arrowhead: one column a level, and time about its middle, which keeps the sums small.

    `columns` holds what is summed over the weeks for the information matrix: an indicator of each
    level and, with a trend, the indicators times time and time squared.
    """

    time: np.ndarray
    middle: float
    level: np.ndarray
    here: int
    indicator: np.ndarray
    columns: np.ndarray
    trend: bool

    @classmethod
    def of(cls, layout: Layout, *, trend: bool) -> _Design:
        middle = float(layout.time.mean())
        time = layout.time - middle
        indicator = np.eye(int(max(layout.level.max(), layout.here)) + 1)[layout.level]
        columns = indicator
        if trend:
            columns = np.hstack([indicator, indicator * time[:, None], time[:, None] ** 2])
        return cls(
            time=time,
            middle=middle,
            level=layout.level,
            here=layout.here,
            indicator=indicator,
            columns=columns,
            trend=trend,
        )

    def sums(self, information: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weight and mean time of each level (fit, level), and the spread of time within them (fit,).

        The spread is 0 where no trend is estimable. A level without a week has weight 0 and time 0.
        """
        total = information @ self.columns
        levels = self.indicator.shape[1]
        weight = total[:, :levels]
        if not self.trend:
            return weight, np.zeros_like(weight), np.zeros(len(total))
        moment, square = total[:, levels:-1], total[:, -1]
        with np.errstate(divide="ignore", invalid="ignore"):
            centre = np.where(weight > 0, moment / weight, 0.0)
        spread = square - (moment * centre).sum(axis=1)
        return weight, centre, np.where(spread > _FLAT * square, spread, 0.0)

    def solve(self, information: np.ndarray, working: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One weighted least-squares step: levels (fit, level) and slope (fit,), NaN where not estimable."""
        weight, centre, spread = self.sums(information)
        total = working @ self.indicator
        with np.errstate(divide="ignore", invalid="ignore"):
            level = total / weight
            slope = (working @ self.time - (total * centre).sum(axis=1)) / spread
        slope[spread == 0] = np.nan
        return level - np.nan_to_num(slope)[:, None] * centre, slope

    def errors(self, information: np.ndarray, slope: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Leverage (fit, week), and standard errors of slope and log mean at dispersion 1 (fit,)."""
        weight, centre, spread = self.sums(information)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            per_weight = 1 / weight
            per_spread = np.where(np.isnan(slope) | (spread == 0), 0.0, 1 / spread)
            away = self.time - centre[:, self.level]
            share = per_weight[:, self.level] + away**2 * per_spread[:, None]
            leverage = np.where(information > 0, information * share, 0.0)
            slope_error = np.where(per_spread > 0, np.sqrt(per_spread), np.nan)
            log_variance = per_weight[:, self.here] + (self.middle + centre[:, self.here]) ** 2 * per_spread
            return leverage, slope_error, np.sqrt(log_variance)
