"""The RKI and Bayes detectors: a count against the counts of the same weeks, without a regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from seawall.core import check_quantities, quantity
from seawall.watch.alarms.bounds import negative_binomial_quantile
from seawall.watch.alarms.verdicts import Status, Verdicts, first_reported

# fmt: off
_POISSON_UPPER = np.array([
    3.285, 5.323, 6.686, 8.102, 9.598, 11.177, 12.817, 13.765, 14.921, 16.768, 17.633,
    19.050, 20.335, 21.364, 22.945, 23.762, 25.400, 26.306, 27.735, 28.966, 30.017,
])
# fmt: on
"""Upper 95 % limits of a Poisson mean for 0 to 20 events: Crow and Gardner 1959, Biometrika 46:441, table 1."""

_FEWEST_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricalRules:
    """Which weeks are looked at, and how the bound is drawn from them.

    Attributes:
        kind: ``rki`` (limits of a Poisson mean; above 20, mean + 2 sd) or ``bayes`` (quantile of what a
            Poisson count with Jeffreys' prior predicts).
        this_year: whether the last `w` weeks count too.
    """

    kind: Literal["rki", "bayes"]
    b: int = quantity(unit="year", low=0, high=50, source="Riebler 2004", about="Years looked back")
    w: int = quantity(unit="step", low=0, high=182, source="Riebler 2004", about="Half width of the windows")
    this_year: bool
    alpha: float = quantity(
        0.05, unit="probability", low=1e-12, high=0.5, source="Riebler 2004", about="Level of the Bayes bound"
    )

    def __post_init__(self) -> None:
        check_quantities(self)

    def weeks_back(self, frequency: int) -> list[int]:
        """The steps back of all reference weeks, with a year of fixed length."""
        recent = list(range(1, self.w + 1)) if self.this_year else []
        return recent + [
            year * frequency + step for year in range(1, self.b + 1) for step in range(-self.w, self.w + 1)
        ]


def historical(counts: np.ndarray, rules: HistoricalRules, *, frequency: int = 52) -> Verdicts:
    """Assess every count of many series against the same weeks of earlier years and the weeks just before.

    A baseline needs half of its counts reported. The score is (count - expected) / (upper - expected).

    Args:
        counts: float, shape (time, series). NaN: not reported.
        rules: windows and kind of bound.
        frequency: steps in a year.

    Source:
        Riebler 2004, Empirischer Vergleich von statistischen Methoden zur Ausbruchserkennung, Munich.
    """
    back = rules.weeks_back(frequency)
    told = ~np.isnan(counts)
    known = np.nan_to_num(counts)
    present, total, squares = (np.zeros(counts.shape) for _ in range(3))
    for step in back:
        present[step:] += told[:-step]
        total[step:] += known[:-step]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / present
        for step in back:
            squares[step:] += np.where(told[:-step], known[:-step] - mean[step:], 0.0) ** 2
        spread = np.sqrt(squares / np.where(present > 1, present - 1, np.nan))
    reached = np.arange(len(counts))[:, None] >= first_reported(counts) + max(back)
    status = np.full(counts.shape, Status.ASSESSED, dtype=np.uint8)
    status[present < max(1, _FEWEST_SHARE * len(back))] = Status.BASELINE_INCOMPLETE
    status[~told] = Status.NOT_REPORTED
    status[~reached] = Status.SHORT_HISTORY
    known_bound = status == Status.ASSESSED
    upper = np.full(counts.shape, np.nan)
    if rules.kind == "rki":
        table = _POISSON_UPPER[np.clip(np.nan_to_num(mean), 0, 20).astype(int)]
        upper[known_bound] = np.where(mean <= 20, table, mean + 2 * spread)[known_bound]
        expected = mean
    else:
        size = total[known_bound] + 0.5
        predicted = size / present[known_bound]
        upper[known_bound] = negative_binomial_quantile(1 - rules.alpha, predicted, size)
        with np.errstate(divide="ignore"):
            expected = (total + 0.5) / present
    no_bound = known_bound & np.isnan(upper)
    status[no_bound] = Status.NO_BOUND
    with np.errstate(divide="ignore", invalid="ignore"):
        score = (counts - expected) / (upper - expected)
    held = status == Status.ASSESSED
    return Verdicts(
        expected=np.where(held, expected, np.nan),
        upper=upper,
        score=np.where(held, score, np.nan),
        alarm=held & (known > upper),
        status=status,
    )
