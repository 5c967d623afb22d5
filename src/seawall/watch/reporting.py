"""What share of a day's events is known by now: the reporting delay, learnt from the days before.

The delay is estimated from reverse-time hazards (see `truncation`), recent reports counting most. Three
things keep it from being too sure of itself: the hazards carry their own posterior, their scatter from day
to day is measured and kept, and weekdays on which little is reported are learnt and told apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seawall.watch.truncation import delay_probabilities, risk_sets
from seawall.watch.weekdays import ratios_drawn_to_one

HALF_LIFE_DAYS = 10.0
"""A report this many days old counts half as much as today's for what the delay is like now."""

POOLED_CASES = 20.0
"""Weight, in cases, of the city's delay in a district's."""

PRIOR_CASES = 40.0
"""Weight, in cases, of the plain delay of what is known, which no truncation lengthens, in the city's."""

WEEKS = 6
"""How many of the last weeks show on which weekdays reports come in."""


@dataclass(frozen=True, kw_only=True)
class ReportingDelay:
    """The delay until events are known, and how sure that is.

    Attributes:
        exactly, at_most: float, shape (area, delay). Cases behind each reverse-time hazard: the hazard's
            posterior is Beta(exactly, at_most - exactly).
        scatter: by how much hazards differ from day to day: the intraclass correlation of the cases of a day.
        weekday: float, shape (7,). Reporting on the day k days (modulo 7) before the last, against a usual one.
    """

    exactly: np.ndarray
    at_most: np.ndarray
    scatter: float
    weekday: np.ndarray

    @property
    def longest_days(self) -> int:
        """The delay after which every event counts as known."""
        return int(self.exactly.shape[1]) - 1

    @property
    def hazards(self) -> np.ndarray:
        """Reverse-time hazards, float, shape (area, delay)."""
        hazards = np.divide(self.exactly, self.at_most, out=np.zeros_like(self.exactly), where=self.at_most > 0)
        hazards[:, 0] = 1.0
        return np.asarray(hazards)

    @property
    def probabilities(self) -> np.ndarray:
        """Probability of each delay on usual weekdays, float, shape (area, delay)."""
        return delay_probabilities(self.hazards)

    def completeness(self, days: int) -> np.ndarray:
        """Share known by now of the events of each of the last `days` days, float, shape (area, day)."""
        return self._known(self.probabilities[:, None], days)[:, 0]

    def completeness_draws(self, days: int, draws: int, rng: np.random.Generator) -> np.ndarray:
        """Possible shares known by now of the events of each of the last days, float, shape (area, draw, day).

        A draw takes one set of hazards for all its days, and for each day its own scatter around them.
        """
        areas, reach = self.exactly.shape
        sure = np.maximum(self.exactly, 1e-3)[:, None]
        rest = np.maximum(self.at_most - self.exactly, 1e-3)[:, None]
        hazards = rng.beta(np.broadcast_to(sure, (areas, draws, reach)), np.broadcast_to(rest, (areas, draws, reach)))
        hazards = np.where((self.exactly > 0)[:, None], hazards, 0.0)
        hazards[..., 0] = 1.0
        share = self._known(delay_probabilities(hazards), days)
        if self.scatter <= 0:
            return share
        mean = self.hazards
        per_delay = self.scatter * mean / np.maximum(1 - mean, 1e-2)
        later = np.cumsum(per_delay[:, ::-1], axis=1)[:, ::-1] - per_delay  # hazards of longer delays than each
        age = np.minimum(np.arange(days - 1, -1, -1), reach - 1)
        worth = (
            1
            / np.maximum(later[:, age], 1e-9)
            * (1 - self.completeness(days))
            / np.maximum(self.completeness(days), 1e-9)
        )
        size = np.clip(worth - 1, 0.5, 1e9)[:, None]
        inside = np.clip(share, 1e-6, 1 - 1e-6)
        drawn = rng.beta(inside * size, (1 - inside) * size)
        return np.asarray(np.where(share > 1 - 1e-6, share, drawn))

    def _known(self, probabilities: np.ndarray, days: int) -> np.ndarray:
        """Share known by now, from delay probabilities of shape (area, draw, delay)."""
        reach = probabilities.shape[2]
        age = np.arange(days - 1, -1, -1)
        back = age[:, None] - np.arange(reach)  # how long before the last day a delay of each length ends
        pace = self.weekday[back % 7]
        known = probabilities @ np.where(back >= 0, pace, 0.0).T
        return np.asarray(known / np.maximum(probabilities @ pace.T, 1e-12))


def learn_delay(triangle: np.ndarray, *, weekdays: bool = True) -> ReportingDelay:
    """The reporting delay as it is now, from what is known of the days so far.

    Args:
        triangle: float, shape (area, day, delay). Events of each day by the delay after which they were
            known; the last day is today. Area 0 is the city and holds the others.
        weekdays: whether to learn on which weekdays little is reported.
    """
    _, days, reach = triangle.shape
    age = np.arange(days - 1, -1, -1)
    pace = _report_weekdays(triangle[0]) if weekdays else np.ones(7)
    ended = age[:, None] - np.arange(reach)
    level = triangle / pace[ended % 7]
    exactly, at_most = risk_sets(level, age)
    recent = np.where(ended >= 0, 0.5 ** (np.maximum(ended, 0) / HALF_LIFE_DAYS), 0.0)
    now_exactly, now_at_most = (exactly * recent).sum(axis=1), (at_most * recent).sum(axis=1)
    # cases that carry less weight also say less: Kish's number
    kish = np.divide(
        now_at_most, (at_most * recent**2).sum(axis=1), out=np.ones_like(now_at_most), where=now_at_most > 0
    )
    scatter = _scatter(triangle[0], age, ended, pace)
    now_exactly, now_at_most = now_exactly * kish, now_at_most * kish
    deflate = 1 + scatter * _cases_a_day(at_most * recent)
    now_exactly, now_at_most = now_exactly / deflate, now_at_most / deflate
    so_far = triangle[0].sum(axis=0)
    known = np.cumsum(so_far)
    plain = np.divide(so_far, known, out=np.zeros(reach), where=known > 0)
    plain[0] = 1.0
    city_exactly = now_exactly[0] + PRIOR_CASES * plain
    city_at_most = now_at_most[0] + PRIOR_CASES * (known > 0)
    city = np.divide(city_exactly, city_at_most, out=np.zeros(reach), where=city_at_most > 0)
    pooled_exactly = np.vstack([city_exactly, now_exactly[1:] + POOLED_CASES * city])
    pooled_at_most = np.vstack([city_at_most, now_at_most[1:] + POOLED_CASES * (known > 0)])
    return ReportingDelay(exactly=pooled_exactly, at_most=pooled_at_most, scatter=scatter, weekday=pace)


def _cases_a_day(at_most: np.ndarray) -> np.ndarray:
    """Cases at risk on the day of a typical case, less one, shape (area, delay)."""
    total = at_most.sum(axis=1)
    return np.asarray(
        np.maximum(np.divide((at_most**2).sum(axis=1), total, out=np.ones_like(total), where=total > 0) - 1, 0)
    )


def _report_weekdays(triangle: np.ndarray) -> np.ndarray:
    """How much is reported on the day k days (modulo 7) before the last, against a usual one; shape (7,).

    Row, delay and weekday effects are fitted in turn to the counts of the last weeks; the weekdays are then
    drawn towards 1 by what their scatter from week to week leaves in doubt.
    """
    days, reach = triangle.shape
    age = np.arange(days - 1, -1, -1)
    ended = age[:, None] - np.arange(reach)
    weeks = min(days // 7, WEEKS)
    inside = (ended >= 0) & (ended < 7 * weeks)
    cells = np.where(inside, triangle, 0.0)
    if weeks < 3 or reach < 3 or cells.sum() < 50:
        return np.ones(7)
    which = ended % 7
    pace, row, delay = np.ones(7), np.ones(days), np.ones(reach) / reach
    for _ in range(15):
        laid = np.where(inside, pace[which], 0.0)
        row = cells.sum(axis=1) / np.maximum(laid @ delay, 1e-12)
        delay = cells.sum(axis=0) / np.maximum(row @ laid, 1e-12)
        expected = np.where(inside, row[:, None] * delay, 0.0)
        pace = np.bincount(which.ravel(), cells.ravel(), 7) / np.maximum(
            np.bincount(which.ravel(), expected.ravel(), 7), 1e-12
        )
        pace /= pace.mean()
    week = np.where(inside, ended // 7, 0) * 7 + which
    of = np.bincount(week[inside], cells[inside], 7 * weeks).reshape(weeks, 7)
    usual = np.bincount(week[inside], expected[inside], 7 * weeks).reshape(weeks, 7)
    pace = np.maximum(ratios_drawn_to_one(of, usual), 0.02)
    return np.asarray(pace / pace.mean())


def _scatter(triangle: np.ndarray, age: np.ndarray, ended: np.ndarray, pace: np.ndarray) -> float:
    """Intraclass correlation of reverse-time hazards between days: what binomial chance leaves unexplained."""
    level = triangle / pace[ended % 7]
    exactly, at_most = risk_sets(level, age)
    raw_exactly, raw_at_most = risk_sets(triangle, age)
    total = at_most.sum(axis=0)
    hazard = np.divide(exactly.sum(axis=0), total, out=np.zeros_like(total), where=total > 0)
    # the hazard of a cell whose weekday is slow or fast
    share = np.divide(
        raw_at_most - raw_exactly,
        level.cumsum(axis=1) - level,
        out=np.ones_like(level),
        where=level.cumsum(axis=1) - level > 0,
    )
    odds = hazard / np.maximum(1 - hazard, 1e-9) * pace[ended % 7] / np.maximum(share, 1e-9)
    expected = odds / (1 + odds)
    use = (raw_at_most > 1) & (ended >= 0) & (ended < 7 * WEEKS) & (hazard > 0) & (hazard < 1)
    n, p, k = raw_at_most[use], expected[use], raw_exactly[use]
    pairs = (n * (n - 1) * p * (1 - p)).sum()
    if pairs <= 0:
        return 0.0
    return float(np.clip((((k - n * p) ** 2) - n * p * (1 - p)).sum() / pairs, 0.0, 0.5))
