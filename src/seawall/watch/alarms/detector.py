"""All detectors by name: which there are, what each can be told, and one call for any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal

import numpy as np

from seawall.watch.alarms.cusum import CusumRules, cusum
from seawall.watch.alarms.ears import EARS_ALPHA, EarsMethod, EarsRules, ears, history_needed
from seawall.watch.alarms.farrington import farrington
from seawall.watch.alarms.farrington_rules import FarringtonRules, farrington_original_rules
from seawall.watch.alarms.historical import HistoricalRules, historical
from seawall.watch.alarms.verdicts import Verdicts

Detector = EarsRules | FarringtonRules | HistoricalRules | CusumRules
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
    """

    about: str
    make: Callable[..., Detector]
    options: tuple[str, ...] = ()


def _ears_rules(method: EarsMethod, *, alpha: float | None = None, **options: Any) -> EarsRules:
    return EarsRules(method=method, alpha=EARS_ALPHA[method] if alpha is None else alpha, **options)


def _historical(kind: Literal["rki", "bayes"], b: int, w: int, about: str, *, this_year: bool) -> Method:
    make = partial(HistoricalRules, kind=kind, b=b, w=w, this_year=this_year)
    return Method(about=about, make=make, options=("alpha",) if kind == "bayes" else ())


METHODS: Mapping[str, Method] = {
    "ears-c1": Method(about="against the seven counts before", make=partial(_ears_rules, "c1"), options=_EARS),
    "ears-c2": Method(about="the same, ending three days ago", make=partial(_ears_rules, "c2"), options=_EARS),
    "ears-c3": Method(about="C2 and what the two days before left", make=partial(_ears_rules, "c3"), options=_EARS),
    "farrington": Method(about="regression on earlier years, Noufaily's", make=FarringtonRules, options=_FARRINGTON),
    "farrington-original": Method(
        about="regression on earlier years, that of 1996", make=farrington_original_rules, options=_FARRINGTON_ORIGINAL
    ),
    "cusum": Method(about="excesses added up", make=CusumRules, options=("k", "h", "m", "trans")),
    "rki1": _historical("rki", 0, 6, "Poisson limits from six weeks", this_year=True),
    "rki2": _historical("rki", 1, 6, "and from thirteen weeks a year ago", this_year=True),
    "rki3": _historical("rki", 2, 4, "from nine weeks one and two years ago", this_year=False),
    "bayes1": _historical("bayes", 0, 6, "what six weeks predict", this_year=True),
    "bayes2": _historical("bayes", 1, 6, "and thirteen weeks a year ago", this_year=True),
    "bayes3": _historical("bayes", 2, 4, "what nine weeks one and two years ago predict", this_year=False),
}
"""Every detector, by the name the command line gives it."""

PLANNED = ("glr-nb", "best")
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
        dates: weekly dates of the rows, for Farrington's way back through the calendar; the other
            detectors that compare with earlier years go back 52 weeks a year.
        frequency: steps in a year of a series without dates.
        population: float, shape (time, series), where the rules ask for it.
        wanted: bool, shape (time,). Rows to assess; None for all. A detector that is no slower for
            all of them may assess them all.

    Raises:
        InvalidInput: the rules do not fit the series.
    """
    if isinstance(detector, EarsRules):
        return ears(counts, detector)
    if isinstance(detector, HistoricalRules):
        return historical(counts, detector, frequency=frequency)
    if isinstance(detector, CusumRules):
        return cusum(counts, detector, frequency=frequency, wanted=wanted)
    return farrington(counts, detector, dates=dates, frequency=frequency, population=population, wanted=wanted)


def first_assessable(detector: Detector, frequency: int) -> int:
    """Position, from 0, of the first count of a series that has enough of a past."""
    if isinstance(detector, EarsRules):
        return history_needed(detector)
    if isinstance(detector, HistoricalRules):
        return max(detector.weeks_back(frequency))
    if isinstance(detector, CusumRules):
        return frequency
    return detector.b * frequency + detector.w


def compares_years(detector: Detector) -> bool:
    """Whether the detector must know the time of year, so that days will not do."""
    if isinstance(detector, CusumRules):
        return detector.m == "glm"
    return isinstance(detector, FarringtonRules) or (isinstance(detector, HistoricalRules) and detector.b > 0)
