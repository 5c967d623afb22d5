"""When an option may leave the race: it clearly cannot meet the goal, or another is clearly better.

All comparisons are between two options in the same replicates. With `delta` for the whole race, half goes to "cannot
meet" and half to "worse"; each is divided by the number of looks and of tests that could throw out the right option
at a look, so that by Boole's inequality the race loses it with probability `delta` at most, as far as the mean of
the differences is normal. docs/science/choosing.md says how this was tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from seawall.plan.limits import Least, Limit
from seawall.plan.meets import ROUNDING, holds
from seawall.plan.played import Played
from seawall.plan.rule import equal_weights, excess, picks

STILL = 8
"""With fewer replicates a difference that never varied says nothing, and nothing is compared by means."""

VARIANCE_SEEN = 1e-12
"""A variance of a difference below this share of the two options' own is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """An option that left the race.

    Attributes:
        option: its key.
        round: the round after which it left, from 1.
        why: it cannot meet a limit; it is worse in order than another (and dominated, where a frontier is wanted); or
            there were too many to play on, and it ranked last.
        against: the option that beat it.
        event: the event that decided.
    """

    option: str
    round: int
    why: Literal["cannot_meet", "worse", "too_many"]
    against: str | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """Error probability of one test of each kind.

    Attributes:
        cannot: that an option which meets a limit is said not to.
        worse: that one pair of options is put in the wrong order.
    """

    cannot: float
    worse: float


def levels(delta: float, *, options: int, looks: int, limits: int, order: int) -> Levels:
    """Error probability of single tests, so that all together err with probability `delta` at most.

    The right option, and those with the least mean of each earlier event, which set the band of what is as good, must
    stay: `order` options. Each is tested at every look on every limit, and against every other option.
    """
    return Levels(
        cannot=delta / 2 / (looks * order * max(1, limits)),
        worse=delta / 2 / (looks * order * max(1, options - 1)),
    )


def cannot_meet(played: Played, limits: Sequence[Limit], level: float) -> np.ndarray:
    """Bool, shape (limit, option): the exact upper bound of the probability lies below what is asked."""
    count = len(played.replicates)
    met = holds(played, limits).sum(axis=2)
    high = np.where(met < count, stats.beta.isf(level, met + 1.0, np.maximum(count - met, ROUNDING)), 1.0)
    asked = np.array([limit.probability for limit in limits]).reshape(-1, 1)
    return np.asarray(high < asked - ROUNDING)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """All pairs of options in one event, under common random numbers.

    Attributes:
        mean, variance: float64, shape (option,).
        covariance: float64, shape (option, other).
        gave_up: bool, shape (option,). Gave up at all: never told apart by its mean.
        critical: so many standard errors are clear.
        count: replicates.
    """

    mean: np.ndarray
    variance: np.ndarray
    covariance: np.ndarray
    gave_up: np.ndarray
    critical: float
    count: int

    def above(self, factor: float) -> np.ndarray:
        """Bool, shape (option, other): the option's mean is clearly above `factor` times the other's."""
        gap = self.mean[:, None] - factor * self.mean[None, :]
        return np.asarray(self._told(gap, factor) & (gap > self._reach(factor)))

    def below(self, factor: float) -> np.ndarray:
        """Bool, shape (option, other): the option's mean is clearly below `factor` times the other's."""
        gap = factor * self.mean[None, :] - self.mean[:, None]
        return np.asarray(self._told(gap, factor) & (gap > self._reach(factor)))

    def not_above(self) -> np.ndarray:
        """Bool, shape (option, other): clearly below the other, or the same as it in every replicate."""
        gap = self.mean[None, :] - self.mean[:, None]
        same = (self._variance(1.0) == 0) & (np.abs(gap) <= ROUNDING * (np.abs(self.mean[None, :]) + 1e-300))
        return np.asarray(self.below(1.0) | (same & self._comparable()))

    def _variance(self, factor: float) -> np.ndarray:
        own = self.variance[:, None] + factor**2 * self.variance[None, :]
        both = own - 2 * factor * self.covariance
        return np.where(both <= VARIANCE_SEEN * own, 0.0, both)

    def _reach(self, factor: float) -> np.ndarray:
        return np.asarray(self.critical * np.sqrt(self._variance(factor) / self.count))

    def _comparable(self) -> np.ndarray:
        return np.asarray(~(self.gave_up[:, None] | self.gave_up[None, :]))

    def _told(self, gap: np.ndarray, factor: float) -> np.ndarray:
        size = np.abs(self.mean[:, None]) + factor * np.abs(self.mean[None, :])
        return np.asarray(self._comparable() & (np.abs(gap) > ROUNDING * size))


def compared(played: Played, event: str, level: float) -> Compared:
    """All pairs of options in one event, each test at this level (one-sided, Student's t of the differences)."""
    amounts = played.of(event)
    count = amounts.shape[1]
    mean = amounts.mean(axis=1)
    centred = amounts - mean[:, None]
    covariance = centred @ centred.T / (count - 1)
    return Compared(
        mean=mean,
        variance=np.diag(covariance).copy(),
        covariance=covariance,
        gave_up=np.asarray(played.gave_up.any(axis=1)),
        critical=float(stats.t.isf(level, count - 1)),
        count=count,
    )


def gave_up_more(played: Played, level: float) -> np.ndarray:
    """Bool, shape (option, other): the option clearly gave up more often; exact, from the replicates in which one did.

    Source:
        McNemar 1947, Psychometrika 12:153-157 (as an exact binomial test).
    """
    own = played.gave_up.astype(float)
    only = own @ (1 - own).T
    return np.asarray((only > 0) & (stats.binom.sf(only - 1, only + only.T, 0.5) < level))


def as_good(played: Played, limits: Sequence[Limit], level: float) -> np.ndarray:
    """Bool, shape (option, other): where the option meets the limits, so does the other.

    For each limit the other meets it at least as often in these replicates, and either clearly stays below the option
    in the mean of the event, or surely meets the limit by the exact lower bound. Counts alone do not do: of two
    options that held a limit in all of eight replicates, one may hold it always and one four times in five.
    """
    count = len(played.replicates)
    good = np.ones((len(played.options), len(played.options)), bool)
    for limit, held in zip(limits, holds(played, limits), strict=True):
        met = held.sum(axis=1)
        low = np.where(met > 0, stats.beta.ppf(level, np.maximum(met, ROUNDING), count - met + 1.0), 0.0)
        surely = low >= limit.probability - ROUNDING
        below = compared(played, limit.event, level).not_above().T
        good &= (met[None, :] >= met[:, None]) & (below | surely[None, :])
    return good


def beaten(played: Played, order: Sequence[Least], stand_in: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Which options are clearly worse in order than another that meets the limits as often.

    An option falls to another at an event if it is clearly above the other's mean by more than the tolerance, and the
    other is surely still there when that event is compared: on each earlier event it is either clearly no worse than
    the option, or within the tolerance of every option there is while the option is not the one that sets the band.

    Args:
        played: scores under common random numbers.
        order: what is to be least.
        stand_in: bool, shape (option, other). The other may stand in for the option; see `as_good`.
        level: error probability of a test.

    Returns:
        bool, shape (option, other), and int64 of the same shape: the event of the order that decided.
    """
    falls = gave_up_more(played, level) & stand_in
    where = np.zeros(falls.shape, int)
    there = stand_in.copy()
    for at, least in enumerate(order):
        pairs = compared(played, least.event, level)
        now = there & pairs.above(1 + least.within) & ~falls
        where[now] = at
        falls |= now
        surely_in = pairs.below(1 + least.within)
        np.fill_diagonal(surely_in, val=True)
        sets_no_band = np.asarray((pairs.above(1.0) & stand_in).any(axis=1))
        there &= pairs.not_above().T | (np.asarray(surely_in.all(axis=1))[None, :] & sets_no_band[:, None])
    return falls, where


def dominated(played: Played, axes: Sequence[str], level: float) -> np.ndarray:
    """Bool, shape (option,): another is clearly no worse on every axis and clearly better on one."""
    count = len(played.options)
    no_worse, better = np.ones((count, count), bool), np.zeros((count, count), bool)
    for event in axes:
        pairs = compared(played, event, level)
        no_worse &= pairs.not_above().T
        better |= pairs.above(1.0)
    more = gave_up_more(played, level)
    return np.asarray(((no_worse & better) | more).any(axis=1))


def not_nearest(played: Played, limits: Sequence[Limit], level: float) -> np.ndarray:
    """Bool, shape (option, other): the other comes clearly nearer to meeting the limits, which neither can.

    Nearer by the share of the worst limit that is exceeded: as it is reached at the probability asked, and clearly so
    in the mean of the replicates.
    """
    over = np.zeros(played.gave_up.shape)
    for limit in limits:
        over = np.maximum(over, (played.of(limit.event) - limit.at_most) / (limit.at_most or 1.0))
    over = np.where(played.gave_up, 0.0, over)
    mean_over = Played(
        options=played.options,
        replicates=played.replicates,
        events=("over",),
        values=over[None],
        gave_up=played.gave_up,
    )
    worst = excess(played, limits, equal_weights(played))[0]
    clearly = compared(mean_over, "over", level).above(1.0) | gave_up_more(played, level)
    return np.asarray(clearly & (worst[:, None] > worst[None, :]))


def ranked(played: Played, limits: Sequence[Limit], order: Sequence[Least], most: int) -> list[str]:
    """The first so many options by the rule, the best first."""
    left = played
    found: list[str] = []
    while left.options and len(found) < most:
        best = left.options[int(picks(left, limits, order).row[0])]
        found.append(best)
        left = left.without(best)
    return found
