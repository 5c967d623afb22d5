"""A delay by area and week: its distribution, how sure it is, and whether it grows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seawall.watch.truncation import known_within, reverse_hazards, risk_sets

PRIOR_CASES = 10.0
"""Weight, in cases, of earlier weeks (and, for a district, of the city) where a week is not yet complete."""

WEEKLY_MEMORY = 0.5
"""Weight of a week in what the next one expects."""

TREND_WEEKS, TREND_CASES = 4, 5
"""Weeks over which a trend is drawn, and the cases a week needs to take part in it."""

Z95 = 1.959963984540054


@dataclass(frozen=True, kw_only=True)
class WeeklyDelays:
    """Delays counted by area, age and the time after which they were known.

    Area 0 is the city and holds every case; week 0 is the latest.

    Attributes:
        by_day: float, shape (area, day, known_after). Cases by the age in days of their first date.
        by_value: float, shape (area, week, known_after, value). The same by week and by the delay itself.
        values: int, shape (value,). The delays, in days, one day apart.
    """

    by_day: np.ndarray
    by_value: np.ndarray
    values: np.ndarray

    @cached_property
    def seen(self) -> np.ndarray:
        """Cases by area, week and the time after which they were known."""
        return np.asarray(self.by_value.sum(axis=3))

    @cached_property
    def total(self) -> np.ndarray:
        """Cases known by area and week."""
        return np.asarray(self.seen.sum(axis=2))

    @cached_property
    def _pooled(self) -> tuple[np.ndarray, np.ndarray]:
        areas, weeks, reach = self.seen.shape
        age = np.arange(7 * weeks)
        exactly, at_most = (part.reshape(areas, weeks, 7, reach).sum(axis=2) for part in risk_sets(self.by_day, age))
        unseen = (age[:, None] < np.arange(reach)).reshape(weeks, 7, reach).mean(axis=1)
        hazards, weight = np.empty_like(exactly), np.empty_like(exactly)
        past_exactly, past_at_most = np.zeros((areas, reach)), np.zeros((areas, reach))
        for week in range(weeks - 1, -1, -1):
            lean = np.minimum(PRIOR_CASES * unseen[week], past_at_most[0])
            earlier = reverse_hazards(past_exactly[0], past_at_most[0])
            weight[0, week] = at_most[0, week] + lean
            hazards[0, week] = reverse_hazards(exactly[0, week] + lean * earlier, weight[0, week])
            prior = (past_exactly[1:] + PRIOR_CASES * hazards[0, week]) / (past_at_most[1:] + PRIOR_CASES)
            lean = PRIOR_CASES * unseen[week]
            weight[1:, week] = at_most[1:, week] + lean
            hazards[1:, week] = reverse_hazards(exactly[1:, week] + lean * prior, weight[1:, week])
            past_exactly = WEEKLY_MEMORY * (past_exactly + exactly[:, week])
            past_at_most = WEEKLY_MEMORY * (past_at_most + at_most[:, week])
        return hazards, weight

    @property
    def hazards(self) -> np.ndarray:
        """Reverse-time hazards, shape (area, week, known_after).

        Where part of a week is too young to show a time, its hazard leans on earlier weeks and on the
        city; where all of it is old enough, it is the week's own.
        """
        return self._pooled[0]

    @cached_property
    def shares(self) -> np.ndarray:
        """Probability of each time until known, shape (area, week, known_after)."""
        return np.asarray(self.hazards * known_within(self.hazards))

    @cached_property
    def given(self) -> np.ndarray:
        """Probability that the delay is at most each value, given after how long it was known.

        Shape (area, week, known_after, value). Where a week has no such case, as in that area's earlier
        weeks or, failing those, in the whole city.
        """
        counts = self.by_value
        earlier = np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]
        anywhere = np.broadcast_to(counts[0].sum(axis=0), counts.shape)
        for fallback in (earlier, anywhere):
            empty = counts.sum(axis=3, keepdims=True) == 0
            counts = np.where(empty, fallback, counts)
        totals = counts.sum(axis=3, keepdims=True)
        share = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
        return np.asarray(np.cumsum(share, axis=3))

    @cached_property
    def within(self) -> np.ndarray:
        """Probability that the delay is at most each value, shape (area, week, value)."""
        return np.asarray(np.minimum(np.einsum("awk,awkx->awx", self.shares, self.given), 1.0))

    @cached_property
    def share_known(self) -> np.ndarray:
        """Share known by now of cases spread evenly over each week's days, shape (area, week)."""
        areas, weeks, reach = self.seen.shape
        age = np.arange(7 * weeks)
        within = np.repeat(known_within(self.hazards), 7, axis=1)[:, age, np.minimum(age, reach - 1)]
        return np.asarray(within.reshape(areas, weeks, 7).mean(axis=2))

    def variance(self, outcome: np.ndarray, inside: np.ndarray) -> np.ndarray:
        """Variance of a mean over delays: delta method on the hazards, plus the sampling within each time.

        Args:
            outcome: float, shape (area, week, known_after, ...). Its mean given the time until known.
            inside: the same shape. Its variance given the time until known.

        Returns:
            float, shape (area, week, ...).
        """
        extra = outcome.ndim - 3
        shares, hazards, weight, seen, lift = (
            of.reshape(of.shape + (1,) * extra)
            for of in (self.shares, self.hazards, self._pooled[1], self.seen, known_within(self.hazards))
        )
        slack = 1 - hazards
        below = np.cumsum(shares * outcome, axis=2) - shares * outcome
        drop = np.divide(below, slack, out=np.zeros_like(below), where=slack > 0)
        of_hazard = np.divide(hazards * slack, weight, out=np.zeros_like(hazards), where=weight > 0)
        return np.asarray((shares**2 * inside / np.maximum(seen, 1) + of_hazard * (lift * outcome - drop) ** 2).sum(2))

    def within_interval(self) -> tuple[np.ndarray, np.ndarray]:
        """95 % interval of `within`: Wilson's, with the number of cases its variance is worth."""
        share, spread = self.within, self.within * (1 - self.within)
        variance = self.variance(self.given, self.given * (1 - self.given))
        plain = np.broadcast_to(np.maximum(self.total, 1.0)[..., None], share.shape)
        worth = np.divide(spread, variance, out=plain.copy(), where=variance > 0)
        n = np.clip(worth, 1.0, plain)
        centre = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
        half = Z95 / (1 + Z95**2 / n) * np.sqrt(spread / n + Z95**2 / (4 * n**2))
        return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)

    def quantile(self, level: float) -> np.ndarray:
        """Delay at a share, in days; the mean of its two neighbours where the share falls between them."""
        at = self.first_reaching(level - 1e-9, self.within)
        return np.asarray((at + self.first_reaching(level + 1e-9, self.within)) / 2)

    def first_reaching(self, level: float, within: np.ndarray) -> np.ndarray:
        """First delay, in days, whose share reaches the level; the longest where none does."""
        reached = within >= level
        at = np.where(reached.any(axis=-1), np.argmax(reached, axis=-1), self.values.size - 1)
        return np.asarray(self.values[at].astype(float))

    def trends(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Slope of the mean delay over the last weeks up to each, days per week, with its 95 % interval.

        Weighted least squares; where the weeks scatter more than their cases explain, the interval widens.
        NaN with fewer than three weeks of at least `TREND_CASES` cases.
        """
        chance = np.diff(self.given, axis=3, prepend=0.0)
        inner = chance @ self.values
        inside = np.maximum(chance @ self.values.astype(float) ** 2 - inner**2, 0.0)
        mean = (self.shares * inner).sum(axis=2)
        variance = self.variance(inner, inside)
        rounding = 1 / 12 / np.maximum(self.total, 1)
        precision = np.where(self.total >= TREND_CASES, 1 / (variance + rounding), 0.0)
        areas, weeks = mean.shape
        slope, half = np.full((areas, weeks), np.nan), np.full((areas, weeks), np.nan)
        for week in range(weeks):
            span = slice(week, min(week + TREND_WEEKS, weeks))
            fit = (precision[:, span] > 0).sum(axis=1) >= TREND_WEEKS - 1
            w, y = precision[fit, span], mean[fit, span]
            if not w.size:
                continue
            time = -np.arange(w.shape[1], dtype=float)
            middle, level = (w * time).sum(axis=1) / w.sum(axis=1), (w * y).sum(axis=1) / w.sum(axis=1)
            away = time - middle[:, None]
            inertia = (w * away**2).sum(axis=1)
            found = (w * away * (y - level[:, None])).sum(axis=1) / inertia
            rest = (w * (y - level[:, None] - found[:, None] * away) ** 2).sum(axis=1) / ((w > 0).sum(axis=1) - 2)
            slope[fit, week] = found
            half[fit, week] = Z95 * np.sqrt(np.maximum(rest, 1.0) / inertia)
        return slope, slope - half, slope + half
