"""Possible futures: the renewal equation played on from possible presents.

Each draw of `nowcast.Draws` goes its own way: log R moves as `spread_filter` believes it does, the counts so
far infect by the serial interval, and each day's events are negative binomial. Districts share the city's
future among them, so that they always add up to it: on each draw and day the city's events are divided in
proportion to what each district's own cases and its difference from the city lead one to expect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seawall.watch.nowcast import Draws, systematic
from seawall.watch.reporting import ReportingDelay
from seawall.watch.spread_filter import Belief, Motion, follow_spread
from seawall.watch.weekdays import SILENT

APART = Motion(kept_above=0.9, kept_below=0.9, steps=(0.02, 0.05, 0.10, 0.15))
"""How a district's difference from the city's log R moves."""

APART_SD = 0.3
"""Standard deviation of that difference before the first count."""

MOST = 1e12
"""No day's count is taken to exceed this."""


def play_on(
    draws: Draws,
    weights: np.ndarray,
    days: int,
    rng: np.random.Generator,
    *,
    susceptible: np.ndarray | None = None,
    motion: Motion | None = None,
) -> np.ndarray:
    """Play each area on, by itself.

    Args:
        draws: the present.
        weights: float, shape (lag,). Serial interval from lag 1 on; sums to 1.
        days: how many days ahead.
        rng: makes the draws.
        susceptible: float, shape (area,). People who can still become an event; what infects scales with
            the share of them left. None: no end to them.
        motion: how log R moves; None: as goes with the serial interval.

    Returns:
        float, shape (area, draw, day). Events of each day ahead, whole numbers.
    """
    motion = Motion.of(weights) if motion is None else motion
    areas, count = draws.step.shape
    reach = weights.size
    past = np.concatenate([draws.infectious[:, :, -reach:], np.zeros((areas, count, days))], axis=2)
    backward = weights[::-1]
    log_r = draws.log_r[:, :, -1]
    left = np.full((areas, 1), np.inf) if susceptible is None else np.maximum(susceptible, 0.0)[:, None]
    gone = np.zeros((areas, count))
    events = np.zeros((areas, count, days))
    for day in range(days):
        log_r = motion.onwards(log_r, draws.step, rng)
        force = past[:, :, day : day + reach] @ backward
        share = 1 - gone / left if susceptible is not None else 1.0
        usual = np.minimum((np.exp(log_r) * force + draws.background[:, None]) * np.maximum(share, 0.0), MOST)
        factor = draws.weekday[:, (-1 - day) % 7][:, None]
        lived = usual * rng.gamma(draws.dispersion) / draws.dispersion
        events[:, :, day] = np.minimum(rng.poisson(np.minimum(lived * factor, MOST)), left - gone)
        gone = gone + events[:, :, day]
        past[:, :, reach + day] = np.where(factor < SILENT, lived, events[:, :, day] / np.maximum(factor, SILENT))
    return events


def reports_ahead(
    waiting: np.ndarray, events: np.ndarray, delay: ReportingDelay, rng: np.random.Generator
) -> np.ndarray:
    """When events are reported: those still waiting, and those to come.

    Args:
        waiting: float, shape (draw, past day). Events of the last days not yet reported, today last.
        events: float, shape (draw, day). Events of the days ahead.
        delay: area 0 gives the probabilities.
        rng: makes the draws.

    Returns:
        float, shape (draw, day). Reports on each day ahead.
    """
    ahead = events.shape[1]
    chances = report_chances(delay, waiting.shape[1], ahead)
    remaining = np.concatenate([waiting, np.zeros_like(events)], axis=1)
    reports = np.zeros_like(events)
    unused = np.ones(remaining.shape[1])
    for day in range(ahead):
        remaining[:, waiting.shape[1] + day] = events[:, day]
        hazard = np.clip(chances[:, day] / np.maximum(unused, 1e-12), 0.0, 1.0)
        unused = np.maximum(unused - chances[:, day], 0.0)
        now = rng.binomial(remaining.astype(np.int64), hazard)
        remaining -= now
        reports[:, day] = now.sum(axis=1)
    return reports


def report_chances(delay: ReportingDelay, before: int, ahead: int) -> np.ndarray:
    """Probability that an event not reported by today is reported on each day ahead.

    Returns:
        float, shape (before + ahead, ahead). Rows: events of the last `before` days, today last, then of the
        days ahead. A row sums to 1 or, where part of it is due later still, to less.
    """
    chance = delay.probabilities[0]
    took = np.arange(1, ahead + 1) - np.arange(-before + 1, ahead + 1)[:, None]
    age = np.maximum(np.arange(before - 1, -ahead - 1, -1), -1)
    pace = delay.weekday[(-np.arange(1, chance.size + ahead + 1)) % 7]
    found = np.where((took >= 0) & (took < chance.size), chance[np.clip(took, 0, chance.size - 1)], 0.0)
    found = found * pace[:ahead]
    total = np.array(
        [
            (chance[old + 1 :] * pace[: chance.size - old - 1]).sum()
            if old >= 0
            else (chance * pace[row - before : row - before + chance.size]).sum()
            for row, old in enumerate(age)
        ]
    )
    return np.asarray(np.divide(found, total[:, None], out=np.zeros_like(found), where=total[:, None] > 0))


def follow_apart(counts: np.ndarray, infectious: np.ndarray, city_log_r: np.ndarray, weights: np.ndarray) -> Belief:
    """How each district's log R differs from the city's, followed up to the last day.

    Args:
        counts: float, shape (district, day). NaN where too little is known.
        infectious: float, shape (district, day). Counts that infect, the recent days completed.
        city_log_r: float, shape (day,). The city's log R.
        weights: float, shape (lag,). Serial interval from lag 1 on.
    """
    return follow_spread(
        counts,
        weights,
        infectious=infectious,
        offset=city_log_r,
        motion=APART,
        step_prior=(1.0,) * len(APART.steps),
        start_sd=APART_SD,
    )


@dataclass(frozen=True, kw_only=True)
class Divided:
    """The city's futures divided among its districts.

    Attributes:
        events: float, shape (district, draw, day). Whole numbers that add up to the city's.
        dispersion: float, shape (district, draw). Of each district's share.
    """

    events: np.ndarray
    dispersion: np.ndarray


def divide(
    city: np.ndarray,
    apart: Belief,
    infectious: np.ndarray,
    weights: np.ndarray,
    rng: np.random.Generator,
    *,
    weekday: np.ndarray,
) -> Divided:
    """Divide the city's futures among its districts, draw by draw and day by day.

    Args:
        city: float, shape (draw, day). The city's events.
        apart: from `follow_apart`.
        infectious: float, shape (district, draw, lag). Counts that infect tomorrow, the last day last.
        weights: float, shape (lag,). Serial interval from lag 1 on; sums to 1.
        rng: makes the draws.
        weekday: float, shape (7,). The city's weekday factors.
    """
    count, days = city.shape
    districts = apart.mean.shape[0]
    which = systematic(apart.weight, count, rng)
    row = np.arange(districts)[:, None]
    # the draws of a district are shuffled, or all districts would take their hypotheses in step
    which = rng.permuted(which, axis=1)
    differs = apart.mean[row, which] + np.sqrt(apart.variance[row, which]) * rng.standard_normal(which.shape)
    step, size = apart.step[which], apart.dispersion[which]
    reach = weights.size
    past = np.concatenate([infectious[:, :, -reach:], np.zeros((districts, count, days))], axis=2)
    backward = weights[::-1]
    events = np.zeros((districts, count, days))
    for day in range(days):
        differs = APART.kept_above * differs + step * rng.standard_normal(differs.shape)
        expected = np.exp(differs) * (past[:, :, day : day + reach] @ backward) + apart.background[:, None]
        events[:, :, day] = _split(city[:, day], expected, size, rng)
        past[:, :, reach + day] = events[:, :, day] / max(weekday[(-1 - day) % 7], SILENT)
    return Divided(events=events, dispersion=size)


def divide_reports(
    city: np.ndarray,
    waiting: np.ndarray,
    divided: Divided,
    delay: ReportingDelay,
    rng: np.random.Generator,
) -> np.ndarray:
    """Divide the city's reports of the days ahead by what each district has waiting and has yet to come.

    Args:
        city: float, shape (draw, day). The city's reports.
        waiting: float, shape (district, draw, past day). Events of the last days not yet reported.
        divided: the districts' events ahead.
        delay: area 0 gives the probabilities.
        rng: makes the draws.

    Returns:
        float, shape (district, draw, day). Adds up to the city's.
    """
    days = city.shape[1]
    chances = report_chances(delay, waiting.shape[2], days)
    expected = np.concatenate([waiting, divided.events], axis=2) @ chances
    return np.stack(
        [_split(city[:, day], expected[:, :, day] + 1e-3, divided.dispersion, rng) for day in range(days)], axis=2
    )


def _split(total: np.ndarray, expected: np.ndarray, size: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Whole numbers, shape (district, draw), that add up to `total` on each draw, overdispersed around `expected`."""
    share = expected * rng.gamma(size) / size + 1e-12
    share = (share / share.sum(axis=0)).T
    return np.asarray(rng.multinomial(total.astype(np.int64), share).T.astype(float))
