"""How fast it spreads, day after day: log R as a state that is pulled towards 0 and seen through counts.

Counts on a day are negative binomial around exp(x) Λ + background, where x = log R, Λ is what the past
counts make infectious under the serial interval, and the background are cases from elsewhere. From one
day to the next x keeps part of itself, more when spread wanes than when it grows, and moves by a normal step
(`Motion`). Growth is met by measures and caution and so wears off sooner than decline: on the waves of
Shanghai, of the Chinese provinces and of Europe (``bench/forecast.py``) this forecast better than either one
rate for both or none.

Each day's Gaussian belief about x is renewed by a few Newton steps (a Laplace approximation); a grid of
step sizes and dispersions is carried along, weighted by how well each foretold the counts.

Source: Cori et al. 2013 (renewal equation); Parag 2021, PLOS Computational Biology 17:e1009347 (recursive
Bayesian filtering of R).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln

from seawall.watch.weekdays import SILENT

STEP_PRIOR = (1.0, 0.61, 0.37, 0.22, 0.14)
"""Prior weights of the sizes of the daily step: small ones are likelier."""

DISPERSIONS = (1.0, 3.0, 8.0, 20.0, 60.0, 200.0)
"""Sizes of the negative binomial; variance is mean + mean² / size."""

START_MEAN, START_SD = 0.0, 0.5
"""Belief about log R before the first count."""

MEMORY = 0.97
"""Weight of a day's evidence about step and dispersion relative to the next day's."""

LITTLE = 0.5
"""With less infectiousness than this a day says nothing about step and dispersion."""

FASTEST = 2.0
"""log R is taken to be at most this."""


@dataclass(frozen=True, kw_only=True)
class Motion:
    """How log R moves from one day, or one week, to the next.

    What is alike from one pathogen to another is how the growth rate moves, and log R is about the growth rate
    times the serial interval; so `of` scales the sizes to the serial interval. The defaults are those of days
    and a serial interval of `usual_lag` of them. All were set on past waves (``docs/explanation/forecast.md``).

    Attributes:
        kept_above, kept_below: share of log R that is left, when above and when below 0.
        steps: standard deviations that its step may have.
        unseen_step: standard deviation of a further step where nothing has been seen yet. What lies ahead is
            less smooth than what the past shows, since the past is seen through the spread of incubation
            and reporting.
        turn_chance, turn_sd, turn_down: chance that log R turns, because measures come or go; the size of a
            turn; and by how much turns go down while spread grows.
        usual_lag: mean serial interval, in days or weeks, for which these sizes hold.
    """

    kept_above: float = 0.90
    kept_below: float = 0.98
    steps: tuple[float, ...] = (0.02, 0.04, 0.07, 0.10, 0.14)
    unseen_step: float = 0.05
    turn_chance: float = 0.04
    turn_sd: float = 0.5
    turn_down: float = 0.2
    usual_lag: float = 4.0

    @classmethod
    def of(cls, weights: np.ndarray, unit_days: int = 1) -> Motion:
        """The motion that goes with a serial interval.

        Args:
            weights: float, shape (lag,). Serial interval from lag 1 on; sums to 1.
            unit_days: days in a lag: 1 or 7.
        """
        usual = cls() if unit_days == 1 else cls(**_WEEKLY)
        mean_lag = float(weights @ np.arange(1, weights.size + 1))
        scale = mean_lag / usual.usual_lag
        return dataclasses.replace(
            usual,
            steps=tuple(scale * one for one in usual.steps),
            unseen_step=scale * usual.unseen_step,
            turn_sd=scale * usual.turn_sd,
            turn_down=scale * usual.turn_down,
            usual_lag=mean_lag,
        )

    def kept(self, log_r: np.ndarray) -> np.ndarray:
        """Share of log R that is left."""
        return np.asarray(np.where(log_r > 0, self.kept_above, self.kept_below))

    def onwards(
        self, log_r: np.ndarray, step: np.ndarray, rng: np.random.Generator, *, unseen: np.ndarray | float = 1.0
    ) -> np.ndarray:
        """Draw log R a day later.

        Args:
            log_r: float, any shape.
            step: float, a shape that goes with it. Standard deviation of the step.
            rng: makes the draws.
            unseen: share of that day which is not known yet. A day of which all is known moves as the past did.
        """
        turn = self.turn_sd * rng.standard_normal(log_r.shape) - np.where(log_r > 0, self.turn_down, 0.0)
        turns = np.where(rng.random(log_r.shape) < self.turn_chance * unseen, turn, 0.0)
        steps = np.sqrt(step**2 + self.unseen_step**2 * unseen) * rng.standard_normal(log_r.shape)
        return np.asarray(np.minimum(self.kept(log_r) * log_r + steps + turns, FASTEST))


_WEEKLY: dict[str, Any] = {
    "kept_above": 0.6,
    "kept_below": 0.8,
    "steps": (0.035, 0.07, 0.125, 0.18, 0.25),
    "unseen_step": 0.09,
    "turn_chance": 0.25,
    "turn_sd": 0.35,
    "turn_down": 0.14,
    "usual_lag": 1.3,
}
"""The motion from week to week."""


@dataclass(frozen=True, kw_only=True)
class Belief:
    """What is believed about log R at the end of the series, for each area and hypothesis.

    A hypothesis is a pair of step size and dispersion.

    Attributes:
        mean, variance: float, shape (area, hypothesis). Of log R on the last day.
        weight: float, shape (area, hypothesis). Probability of the hypothesis; sums to 1 in each area.
        step, dispersion: float, shape (hypothesis,).
        background: float, shape (area,). Cases a day that come from no case seen.
        infectious: float, shape (area, day). Counts without weekdays, gaps filled by what was expected.
        path_mean, path_variance: float, shape (area, day). Of log R on each day, hypotheses averaged, from
            the counts up to that day.
    """

    mean: np.ndarray
    variance: np.ndarray
    weight: np.ndarray
    step: np.ndarray
    dispersion: np.ndarray
    background: np.ndarray
    infectious: np.ndarray
    path_mean: np.ndarray
    path_variance: np.ndarray


def infectiousness(past: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Σ_s past(t-s) w(s) for the day after the last of `past`; weights are renewed where the past is short.

    Args:
        past: float, shape (..., day).
        weights: float, shape (lag,). Entry 0 is lag 1; sums to 1.
    """
    reach = min(past.shape[-1], weights.size)
    if reach == 0:
        return np.zeros(past.shape[:-1])
    used = weights[:reach] if reach == weights.size else weights[:reach] / max(weights[:reach].sum(), 1e-12)
    return np.asarray(past[..., ::-1][..., :reach] @ used)


def log_negative_binomial(count: np.ndarray, mean: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Log probability of counts (whole or not) under a negative binomial with this mean and size."""
    both = mean + size
    return np.asarray(
        gammaln(count + size)
        - gammaln(size)
        - gammaln(count + 1)
        + count * np.log(np.maximum(mean, 1e-300) / both)
        + size * np.log(size / both)
    )


def follow_spread(
    counts: np.ndarray,
    weights: np.ndarray,
    *,
    weekday: np.ndarray | None = None,
    infectious: np.ndarray | None = None,
    offset: np.ndarray | None = None,
    motion: Motion | None = None,
    step_prior: tuple[float, ...] = STEP_PRIOR,
    start_sd: float = START_SD,
) -> Belief:
    """Follow log R through series of counts up to their last day.

    Args:
        counts: float, shape (area, day). NaN: not reported; leading NaN: not yet begun.
        weights: float, shape (lag,). Serial interval from lag 1 on; sums to 1.
        weekday: float, shape (area, day). Factor of each day; None: ones. A day below
            `weekdays.SILENT` is not used.
        infectious: float, shape (area, day). Counts that infect; None: `counts` without weekdays.
        offset: float, shape (day,). Added to log R: then the state is what an area differs by.
        motion: how the state moves; None: as goes with the serial interval.
        step_prior: weights of the motion's steps.
        start_sd: standard deviation of the state before the first count.
    """
    areas, days = counts.shape
    laid = np.ones((areas, days)) if weekday is None else weekday
    source = np.array(counts / np.maximum(laid, SILENT) if infectious is None else infectious, dtype=float)
    begun = np.argmax(~np.isnan(source), axis=1)
    background = _background(source, weights)
    motion = Motion.of(weights) if motion is None else motion
    step = np.repeat(motion.steps, len(DISPERSIONS))
    size = np.tile(DISPERSIONS, len(motion.steps))
    mean = np.full((areas, step.size), START_MEAN)
    variance = np.full((areas, step.size), start_sd**2)
    score = np.tile(np.log(np.repeat(step_prior, len(DISPERSIONS))), (areas, 1))
    path_mean, path_variance = np.zeros((areas, days)), np.full((areas, days), start_sd**2)
    for day in range(days):
        live = (day > begun)[:, None]
        slope = motion.kept(mean)
        mean = np.where(live, slope * mean, mean)
        variance = np.where(live, slope**2 * variance + step**2, variance)
        past = np.nan_to_num(source[:, :day])
        force = _force(past, weights, day - begun)
        if offset is not None:
            force = force * np.exp(offset[day])
        factor = laid[:, day][:, None]
        seen = live & (~np.isnan(counts[:, day]) & (laid[:, day] >= SILENT))[:, None]
        count = np.nan_to_num(counts[:, day])[:, None]
        state, information, evidence = _renewed(
            count,
            mean,
            variance,
            force=force[:, None] * factor,
            background=background[:, None] * factor,
            size=size,
        )
        telling = seen & (force >= LITTLE)[:, None]
        score = score * np.where(telling, MEMORY, 1.0) + np.where(telling, evidence, 0.0)
        variance = np.where(seen, 1 / (1 / variance + information), variance)
        mean = np.where(seen, state, mean)
        weight = np.exp(score - score.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        path_mean[:, day] = (weight * mean).sum(axis=1)
        path_variance[:, day] = (weight * (variance + mean**2)).sum(axis=1) - path_mean[:, day] ** 2
        gap = np.isnan(source[:, day]) & live[:, 0]
        source[gap, day] = (np.exp(path_mean[:, day]) * force + background)[gap]
    return Belief(
        mean=mean,
        variance=variance,
        weight=weight,
        step=step,
        dispersion=size,
        background=background,
        infectious=np.nan_to_num(source),
        path_mean=path_mean,
        path_variance=path_variance,
    )


def _renewed(
    count: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    *,
    force: np.ndarray,
    background: np.ndarray,
    size: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mode of the state given one count, the information in that count, and the log evidence."""
    state = mean
    for turn in range(5):
        local = np.exp(np.minimum(state, 2 * FASTEST)) * force
        expected = local + background
        information = local**2 / (expected * (1 + expected / size))
        if turn < 4:
            pull = (count - expected) / (expected * (1 + expected / size)) * local - (state - mean) / variance
            state = state + np.clip(pull / (1 / variance + information), -1.0, 1.0)
    evidence = log_negative_binomial(count, expected, size) - (state - mean) ** 2 / (2 * variance)
    return state, information, evidence - np.log1p(variance * information) / 2


def _force(past: np.ndarray, weights: np.ndarray, since: np.ndarray) -> np.ndarray:
    """Infectiousness of the past, scaled up where the series began less than a serial interval ago."""
    reach = min(past.shape[1], weights.size)
    if reach == 0:
        return np.zeros(past.shape[0])
    total = past[:, ::-1][:, :reach] @ weights[:reach]
    covered = np.cumsum(weights)[np.clip(since, 1, weights.size) - 1]
    return np.asarray(total / np.maximum(covered, 1e-3))


def _background(source: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Rate of days with a case that no case before explains, among days without infectiousness.

    Held near 1 in 20 days where there are few such days.
    """
    days = source.shape[1]
    past = np.nan_to_num(source)
    total = np.cumsum(np.pad(past, ((0, 0), (1, 0))), axis=1)
    until = np.arange(days)
    quiet = total[:, until] - total[:, np.maximum(until - weights.size, 0)] < LITTLE
    quiet &= ~np.isnan(source) & (until >= weights.size)
    sparks = (quiet & (past > 0)).sum(axis=1)
    return np.asarray((0.5 + sparks) / (10.0 + quiet.sum(axis=1)))
