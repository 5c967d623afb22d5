"""EARS C1, C2 and C3: each count against the mean and spread of the days just before it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from seawall.core import check_quantities, quantity
from seawall.watch.alarms.verdicts import Status, Verdicts, first_reported

EarsMethod = Literal["c1", "c2", "c3"]

EARS_ALPHA: dict[EarsMethod, float] = {"c1": 0.001, "c2": 0.001, "c3": 0.025}
"""The levels in use at CDC, as Fricker, Hegler and Dunfee 2008 (Statistics in Medicine 27:3407) report them."""

_LAG: dict[EarsMethod, int] = {"c1": 0, "c2": 2, "c3": 2}
"""Days between the baseline and the day assessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarsRules:
    """How an EARS detector is set.

    Attributes:
        method: ``c1`` (baseline up to yesterday), ``c2`` (baseline ends three days ago) or ``c3``
            (C2, and what stood out on the two days before counts as well).
    """

    method: EarsMethod
    alpha: float = quantity(
        unit="probability", low=1e-12, high=0.5, source="Fricker 2008", about="Level: the bound is mean + z(1-alpha) sd"
    )
    baseline: int = quantity(
        7, unit="counts", low=2, high=365, source="Hutwagner 2003", about="Counts the mean and spread are taken from"
    )
    min_sd: float = quantity(
        0.0, unit="counts", low=0, high=1e6, source="assumed", about="Spread below which the spread is not believed"
    )

    def __post_init__(self) -> None:
        check_quantities(self)


def ears(counts: np.ndarray, rules: EarsRules) -> Verdicts:
    """Assess every count of many series with EARS C1, C2 or C3.

    The bound is ``mean + z sd`` with the standard deviation of the baseline (n - 1). For C3 it is
    ``mean + sd (z - left over)``, not below 0, where ``left over`` sums ``max(0, C2 - 1)`` of the two
    days before. An alarm is a count above the bound.

    A baseline may lack up to a third of its counts; then those present are used. A day without a
    count adds nothing to C3. The score is ``(count - mean) / sd``, for C3 with what was left over
    added; where the baseline does not vary it is 0 at the mean and infinite off it.

    Args:
        counts: float, shape (time, series). NaN: not reported.
        rules: method, level, baseline.

    Returns:
        Verdicts with ``sd``, the spread behind the bound, in `details`.

    Source:
        Hutwagner et al. 2003, Journal of Urban Health 80 (suppl 1):i89-i96; Fricker, Hegler and
        Dunfee 2008, Statistics in Medicine 27:3407-3429. The C3 bound is the documented one of R's
        surveillance::earsC; see docs/explanation/alarms.md.
    """
    lag = _LAG[rules.method]
    mean, spread, present = _baseline(counts, rules.baseline, lag)
    spread = np.maximum(spread, rules.min_sd)
    z = float(special.ndtri(1 - rules.alpha))
    score = _standardised(counts, mean, spread)
    upper = mean + z * spread
    if rules.method == "c3":
        over = np.fmax(score - 1, 0)  # NaN, a day not reported or not assessed, adds nothing
        left = np.zeros_like(over)
        left[1:] += over[:-1]
        left[2:] += over[:-2]
        with np.errstate(invalid="ignore"):
            upper = np.where(spread > 0, np.maximum(mean + spread * (z - left), 0), mean)
            score = score + left
    first = first_reported(counts)
    time = np.arange(len(counts))[:, None]
    status = np.full(counts.shape, Status.ASSESSED, dtype=np.uint8)
    status[present < _fewest(rules.baseline)] = Status.BASELINE_INCOMPLETE
    status[np.isnan(counts)] = Status.NOT_REPORTED
    status[np.broadcast_to(time < first + history_needed(rules), counts.shape)] = Status.SHORT_HISTORY
    known = status == Status.ASSESSED
    upper = np.where(known, upper, np.nan)
    return Verdicts(
        expected=np.where(present >= _fewest(rules.baseline), mean, np.nan),
        upper=upper,
        score=np.where(known, score, np.nan),
        alarm=known & (np.nan_to_num(counts) > upper),
        status=status,
        details={"sd": np.where(known, spread, np.nan)},
    )


def history_needed(rules: EarsRules) -> int:
    """How many counts before it, reported or not, a count needs."""
    return rules.baseline + _LAG[rules.method] + (2 if rules.method == "c3" else 0)


def _fewest(baseline: int) -> int:
    return max(2, math.ceil(2 * baseline / 3))


def _baseline(counts: np.ndarray, length: int, lag: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, standard deviation and number of the counts reported in each entry's baseline."""
    told = ~np.isnan(counts)
    known = np.nan_to_num(counts)
    present = np.zeros(counts.shape)
    total = np.zeros(counts.shape)
    for back in range(lag + 1, lag + length + 1):
        present[back:] += told[:-back]
        total[back:] += known[:-back]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / present
        squares = np.zeros(counts.shape)
        for back in range(lag + 1, lag + length + 1):
            squares[back:] += np.where(told[:-back], known[:-back] - mean[back:], 0.0) ** 2
        spread = np.sqrt(squares / np.where(present > 1, present - 1, np.nan))
    return mean, spread, present


def _standardised(counts: np.ndarray, mean: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """``(count - mean) / sd``; 0 at the mean of a baseline that does not vary, infinite off it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        score: np.ndarray = (counts - mean) / spread
    score[(spread == 0) & (counts == mean)] = 0.0
    return score
