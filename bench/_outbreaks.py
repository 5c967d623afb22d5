"""Synthetic outbreaks of known truth, for measuring how often intervals cover it.

A renewal process: the infections of a day are negative binomial around R(t) Σ I(t-s) w(s); an infected
person falls ill after an incubation time, is reported a while later, and a report due on a weekend may slip to
Monday. log R starts where an outbreak grows, wanders from day to day, falls when measures come and may rise
again. The number of reports on a day is what a city without a line list would see.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seawall.core.draws import generator
from seawall.disease import Delay, discretised, discretised_serial_interval

DAYS = 150


@dataclass(frozen=True, kw_only=True)
class Outbreak:
    """One outbreak, all of it.

    Attributes:
        onsets: int, shape (day, delay). Onsets of each day by days until their report; the whole future.
        reports: int, shape (day,). Reports of each day, to `DAYS` and beyond.
        expected_onsets: float, shape (day,). Onsets of each day as the infections led one to expect.
        expected_reports: float, shape (day,). Reports of each day as those led one to expect.
        reproduction: float, shape (day,). R of those infected on each day.
        weights: float, shape (lag,). Generation interval from lag 1 on.
    """

    onsets: np.ndarray
    reports: np.ndarray
    expected_onsets: np.ndarray
    expected_reports: np.ndarray
    reproduction: np.ndarray
    weights: np.ndarray


def outbreak(seed: int) -> Outbreak:
    """One synthetic outbreak."""
    rng = generator(seed, "bench", "outbreak")
    weights = discretised_serial_interval(rng.uniform(3.5, 6.5), rng.uniform(1.5, 3.0), 21)[1:]
    weights /= weights.sum()
    incubation = discretised(Delay.lognormal_median(rng.uniform(2.5, 4.5), rng.uniform(1.35, 1.7)), 21)
    incubation /= incubation.sum()
    mean = rng.uniform(1.5, 5.0)
    delay = discretised(Delay(family="gamma", mean_days=mean, sd_days=mean * rng.uniform(0.5, 0.9)), 28)
    delay /= delay.sum()
    reproduction = _reproduction(rng)
    size = rng.uniform(5, 60)
    slip = rng.choice([0.0, rng.uniform(0.1, 0.5)])
    infections = np.zeros(DAYS)
    infections[:7] = rng.poisson(rng.uniform(2, 15), 7)
    for day in range(7, DAYS):
        reach = min(day, weights.size)
        force = infections[day - reach : day][::-1] @ weights[:reach]
        mean_today = reproduction[day] * force * max(0.0, 1 - infections.sum() / 3e6) + 0.05
        infections[day] = rng.poisson(rng.gamma(size, mean_today / size))
    expected = np.convolve(infections, incubation)[:DAYS]
    onsets = np.zeros(DAYS, dtype=np.int64)
    for day in range(DAYS):
        split = rng.multinomial(int(infections[day]), incubation)
        upto = min(DAYS - day, split.size)
        onsets[day : day + upto] += split[:upto]
    triangle = np.zeros((DAYS, 32), dtype=np.int64)
    for day in range(DAYS):
        due = rng.multinomial(onsets[day], delay)
        for after, number in enumerate(due):
            weekday = (day + after) % 7
            waits = (7 - weekday) % 7 if weekday >= 5 else 0
            slipped = rng.binomial(number, slip) if waits else 0
            triangle[day, after + waits] += slipped
            triangle[day, after] += number - slipped
    reports = np.zeros(DAYS + 32, dtype=np.int64)
    for after in range(32):
        reports[after : after + DAYS] += triangle[:, after]
    foretold = np.zeros(DAYS + 32)
    for day in range(DAYS):
        for after, chance in enumerate(delay):
            weekday = (day + after) % 7
            waits = (7 - weekday) % 7 if weekday >= 5 else 0
            foretold[day + after + waits] += expected[day] * chance * slip if waits else 0.0
            foretold[day + after] += expected[day] * chance * ((1 - slip) if waits else 1.0)
    return Outbreak(
        onsets=triangle,
        reports=reports,
        expected_onsets=expected,
        expected_reports=foretold[:DAYS],
        reproduction=reproduction,
        weights=weights,
    )


def clock_reproduction(expected: np.ndarray, weights: np.ndarray, first: int, last: int) -> float:
    """R on a clock, over the days `first` to `last`: what was expected over what infected.

    On the clock of onsets or reports, R is that of the infections some days before, smoothed by the delay
    between: no estimate from that clock alone can be sharper.
    """
    infectious = np.convolve(expected, np.concatenate([[0.0], weights]))[: expected.size]
    return float(expected[first : last + 1].sum() / infectious[first : last + 1].sum())


def as_known(truth: Outbreak, on: int, days: int = 84) -> np.ndarray:
    """What is known of the last days' onsets on day `on`, float, shape (1, day, delay)."""
    known = truth.onsets[: on + 1].astype(float)
    known[np.arange(on, -1, -1)[:, None] < np.arange(known.shape[1])] = 0
    return known[None, -days:]


def _reproduction(rng: np.random.Generator) -> np.ndarray:
    """R by day: wanders, falls with measures, may rise again."""
    path = np.zeros(DAYS)
    path[0] = np.log(rng.uniform(1.2, 2.2))
    path[1:] = rng.normal(0, rng.uniform(0.01, 0.05), DAYS - 1)
    path = np.cumsum(path)
    day = rng.integers(35, 70)
    down = True
    while day < DAYS:
        change = -rng.uniform(0.3, 0.9) if down else rng.uniform(0.2, 0.7)
        path += change * np.clip((np.arange(DAYS) - day) / rng.uniform(3, 10), 0, 1)
        day += rng.integers(20, 50)
        down = not down
    return np.exp(np.clip(path, np.log(0.3), np.log(3.0)))
