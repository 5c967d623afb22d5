"""All detectors by name: which there are, what each can be told, and one call for any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from seawall.watch.alarms.ears import EARS_ALPHA, EarsRules, ears, history_needed
from seawall.watch.alarms.farrington import farrington
from seawall.watch.alarms.farrington_rules import FarringtonRules, farrington_original_rules
from seawall.watch.alarms.verdicts import Verdicts

Detector = EarsRules | FarringtonRules
"""The rules of any detector."""

_EARS = ("alpha", "baseline", "min_sd")
_FARRINGTON_ORIGINAL = (
    "b",
    "w",
    "alpha",
    "reweight",
    "weights_threshold",
    "trend",
    "p_threshold_trend",
    "limit54_cases",
    "limit54_weeks",
    "powertrans",
    "population_offset",
)
_FARRINGTON = (
    *_FARRINGTON_ORIGINAL,
    "no_periods",
    "past_weeks_not_included",
    "threshold_method",
    "standard_errors",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A detector that can be asked for by name.

    Attributes:
        about: one line.
        make: makes its rules from options.
        options: names of the options `make` takes.
        yearly: whether it compares with earlier years.
    """

    about: str
    make: Callable[..., Detector]
    options: tuple[str, ...]
    yearly: bool


def _ears(method: Any, about: str) -> Method:
    make = partial(_ears_rules, method)
    return Method(about=about, make=make, options=_EARS, yearly=False)


def _ears_rules(method: Any, *, alpha: float | None = None, **options: Any) -> EarsRules:
    return EarsRules(method=method, alpha=EARS_ALPHA[method] if alpha is None else alpha, **options)


METHODS: Mapping[str, Method] = {
    "ears-c1": _ears("c1", "EARS C1: against the seven counts before"),
    "ears-c2": _ears("c2", "EARS C2: the same, ending three days ago"),
    "ears-c3": _ears("c3", "EARS C3: C2, and what stood out on the two days before"),
    "farrington": Method(
        about="Farrington's detector as improved by Noufaily: against the last years",
        make=FarringtonRules,
        options=_FARRINGTON,
        yearly=True,
    ),
    "farrington-original": Method(
        about="Farrington's detector of 1996",
        make=farrington_original_rules,
        options=_FARRINGTON_ORIGINAL,
        yearly=True,
    ),
}
"""Every detector, by the name the command line gives it."""

PLANNED = ("cusum", "glr-nb", "rki1", "rki2", "rki3", "bayes1", "bayes2", "bayes3", "best")
"""Detectors that are designed but not built."""


def detect(
    counts: np.ndarray,
    detector: Detector,
    *,
    dates: Sequence[date] | None = None,
    frequency: int = 52,
    population: np.ndarray | None = None,
    wanted: np.ndarray | None = None,
) -> Verdicts:
    """Assess counts of many series with any detector.

    Args:
        counts: float, shape (time, series). NaN: not reported.
        detector: its rules.
        dates: weekly dates of the rows, for a detector that compares with earlier years; else None.
        frequency: steps in a year of a series without dates.
        population: float, shape (time, series), where the rules ask for it.
        wanted: bool, shape (time,). Rows to assess; None for all. A detector that is no slower for
            all of them may assess them all.

    Raises:
        InvalidInput: the rules do not fit the series.
    """
    if isinstance(detector, EarsRules):
        return ears(counts, detector)
    return farrington(counts, detector, dates=dates, frequency=frequency, population=population, wanted=wanted)


def first_assessable(detector: Detector, frequency: int) -> int:
    """Position, from 0, of the first count of a series that has enough of a past."""
    if isinstance(detector, EarsRules):
        return history_needed(detector)
    return detector.b * frequency + detector.w
