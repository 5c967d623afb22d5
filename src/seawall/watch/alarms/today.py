"""The alarms of one morning: every area, the last two weeks, and how many chance alone would give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from seawall.watch.alarms.chance import chance_of_alarm
from seawall.watch.alarms.detector import METHODS, Detector, compares_years, detect, first_assessable
from seawall.watch.alarms.ears import EarsRules
from seawall.watch.alarms.farrington_rules import FarringtonRules
from seawall.watch.alarms.historical import HistoricalRules
from seawall.watch.alarms.verdicts import Status, Verdicts
from seawall.watch.alarms.weeks import weekly_sums
from seawall.watch.series import DailyCounts

TODAY: Mapping[str, Mapping[str, Any]] = {
    "ears-c1": {"min_sd": 0.5},
    "ears-c2": {"min_sd": 0.5},
    "ears-c3": {"min_sd": 0.5},
    "farrington": {"alpha": 0.005},
}
"""The detectors of the morning and what they are told beside their defaults.

A spread of at least half a case keeps a first case after a silent week from being an alarm (Burkom's
advice, quoted in the manual of R's surveillance); 0.5 % is Noufaily's level for many series.
"""

ALARM_COLUMNS: Mapping[str, Any] = {
    "method": pl.String,
    "area_id": pl.String,
    "date": pl.Date,
    "count": pl.Float64,
    "expected": pl.Float64,
    "upper": pl.Float64,
    "score": pl.Float64,
    "alarm": pl.Int8,
    "false_alarm_rate": pl.Float64,
    "status": pl.String,
}


def alarms_today(
    counts: DailyCounts,
    on: date,
    *,
    event: str = "reports",
    days: int = 14,
    methods: Mapping[str, Mapping[str, Any]] = TODAY,
) -> pl.DataFrame:
    """Assess the last days of every area with short-memory and, where the past allows, yearly detectors.

    EARS looks at each day. Farrington's detector looks at weekly sums, each week ending on `on`'s
    weekday and standing at its last day; it is silent for an area with less than its `b` years of
    counts, so that it is absent in the first years of a new disease.

    Args:
        counts: daily counts by area; later days than `on` are not looked at.
        on: the last day that counts as known.
        event: which event.
        days: how many days back, `on` included.
        methods: detectors by name, with their options.

    Returns:
        ``method, area_id, date, count, expected, upper, score, alarm, false_alarm_rate, status``. One
        row for each method, area and day (or week) that has a count and enough of a past; `alarm` is
        0 or 1, `upper` null where too few cases rule an alarm out, `score` may be infinite.
        `false_alarm_rate` is the probability of that alarm if nothing had changed since the baseline:
        for EARS by `chance_of_alarm`, for Farrington's the level, which is a little more than a bound
        that is a whole number gives. Its sum over the rows with an `upper` is the number of alarms
        that chance gives (see `chance_alarms`).
    """
    values = counts.events.get(event)
    known = (on - counts.start).days + 1
    if values is None or known < 1:
        return pl.DataFrame(schema=ALARM_COLUMNS)
    values = values[:known]
    end = counts.start + timedelta(days=len(values) - 1)
    since = on - timedelta(days=days - 1)
    tables = [pl.DataFrame(schema=ALARM_COLUMNS)]
    for name, options in methods.items():
        detector = METHODS[name].make(**options)
        if compares_years(detector):
            series, dates = weekly_sums(values, counts.start, last=on)
            wanted = np.array([day >= since for day in dates], dtype=bool)
            verdicts = detect(series, detector, dates=dates, wanted=wanted)
        else:
            reach = 0
            if isinstance(detector, EarsRules):  # it need not see the whole past
                reach = max(0, len(values) - (end - since).days - 1 - 4 * first_assessable(detector, 52))
            series = values[reach:]
            dates = [counts.start + timedelta(days=day) for day in range(reach, len(values))]
            wanted = np.array([day >= since for day in dates], dtype=bool)
            verdicts = detect(series, detector)
        tables.append(
            _table(
                name,
                area_ids=counts.area_ids,
                dates=dates,
                counts=series,
                verdicts=verdicts,
                wanted=wanted,
                detector=detector,
            )
        )
    return pl.concat(tables)


def chance_alarms(alarms: pl.DataFrame) -> pl.DataFrame:
    """How many alarms there are beside how many chance gives, by method and date.

    Returns:
        ``method, date, assessed, alarms, expected_by_chance``.
    """
    return (
        alarms.filter(pl.col("upper").is_not_null())
        .group_by("method", "date", maintain_order=True)
        .agg(
            pl.len().alias("assessed"),
            pl.col("alarm").sum().cast(pl.Int64).alias("alarms"),
            pl.col("false_alarm_rate").sum().alias("expected_by_chance"),
        )
    )


def _false_alarm_rate(detector: Detector, verdicts: Verdicts, place: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Probability of an alarm on each count if nothing had changed; NaN where the detector does not tell."""
    rate = math.nan
    if isinstance(detector, EarsRules):
        mean, sd = verdicts.expected[place], verdicts.details["sd"][place]
        return chance_of_alarm(verdicts.upper[place], mean, sd, days=detector.baseline)
    if isinstance(detector, FarringtonRules):
        rate = detector.alpha / 2 if detector.two_sided else detector.alpha
    elif isinstance(detector, HistoricalRules) and detector.kind == "bayes":
        rate = detector.alpha
    return np.full(place[0].size, rate)


def _table(
    method: str,
    *,
    area_ids: tuple[str, ...],
    dates: list[date],
    counts: np.ndarray,
    verdicts: Verdicts,
    wanted: np.ndarray,
    detector: Detector,
) -> pl.DataFrame:
    """The rows of one method, by area and then by date."""
    told = np.isin(verdicts.status, (Status.ASSESSED, Status.TOO_FEW_CASES)) & wanted[:, None]
    area, row = np.nonzero(told.T)
    place = (row, area)
    words = np.array([status.word for status in Status], dtype=object)
    return pl.DataFrame(
        {
            "method": np.full(row.size, method, dtype=object),
            "area_id": np.array(area_ids, dtype=object)[area],
            "date": np.array(dates, dtype="datetime64[D]")[row],
            "count": counts[place],
            "expected": verdicts.expected[place],
            "upper": verdicts.upper[place],
            "score": verdicts.score[place],
            "alarm": verdicts.alarm[place].astype(np.int8),
            "false_alarm_rate": _false_alarm_rate(detector, verdicts, place),
            "status": words[verdicts.status[place]],
        },
        schema=dict(ALARM_COLUMNS),
    ).with_columns(pl.col("expected", "upper", "score", "false_alarm_rate").fill_nan(None))
