"""What a detector says of each count: expected, upper bound, score, alarm, and why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np


class Status(IntEnum):
    """Whether a count was assessed and, if not, why not."""

    ASSESSED = 0
    """The count was held against an upper bound."""
    TOO_FEW_CASES = 1
    """Too few cases in the last weeks: no alarm by rule, whatever the count."""
    NOT_REPORTED = 2
    """There is no count."""
    SHORT_HISTORY = 3
    """The series does not reach far enough back."""
    BASELINE_INCOMPLETE = 4
    """Too many of the counts to compare with were not reported."""
    NO_BOUND = 5
    """The model gave no finite bound."""
    NOT_ASKED = 6
    """The caller did not ask for it."""

    @property
    def word(self) -> str:
        """The status as tables write it: ``assessed``, ``too_few_cases``, ..."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """One verdict for each count. All arrays have the shape of the counts, (time, series).

    Attributes:
        expected: float. Count expected without an outbreak; NaN where there is none.
        upper: float. Count above which the alarm is raised; NaN where the count was not assessed.
        score: float. How far the count stands out, in the detector's own unit; may be infinite.
        alarm: bool. True only where the count was assessed.
        status: uint8. A `Status`.
        details: further arrays of the detector, by column name.
    """

    expected: np.ndarray
    upper: np.ndarray
    score: np.ndarray
    alarm: np.ndarray
    status: np.ndarray
    details: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def assessed(self) -> np.ndarray:
        """Bool. Where a count was held against a bound, so that an alarm was possible."""
        held: np.ndarray = self.status == Status.ASSESSED
        return held


def first_reported(counts: np.ndarray) -> np.ndarray:
    """Int, shape (series,). Position of each series' first count; beyond the end where it has none."""
    if not len(counts):
        return np.zeros(counts.shape[1], dtype=np.int64)
    told = ~np.isnan(counts)
    first: np.ndarray = np.where(told.any(axis=0), told.argmax(axis=0), len(counts))
    return first
