"""The picture of the epidemic on one morning: what every later step reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from seawall.watch.series import DailyCounts

QUANTILES = (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)
"""Quantile levels of every estimate; columns are named ``q2.5 … q97.5``."""

QUANTILE_COLUMNS = ("q2.5", "q5", "q25", "q50", "q75", "q95", "q97.5")


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What is known and estimated when day `on` has ended. Nothing in it depends on a later day.

    Every table is long, with plain column names; `area_id` is the city's code or a district's unless
    said otherwise. An estimate always stands with its quantiles ``q2.5, q5, q25, q50, q75, q95, q97.5``.

    Attributes:
        on: last day whose reports are in.
        counts: daily counts at the finest areas of the data.
        daily: ``date, area_id, event, count`` for city and districts.
        headline: ``area_id, event, today, yesterday, last7, prior7``: today's number, yesterday's, and
            the totals of the last seven days and the seven before; null where a day was not reported.
        clocks: ``delay, area_id, period_start, period_end, n, q10, median, p90, within_target,
            target_days, trend_days_per_week, trend_low, trend_high, truncation_corrected`` with a row
            for each delay, area and week; delays: ``onset_to_specimen, specimen_to_report,
            report_to_isolation, onset_to_admission, onset_to_report``.
        nowcast: ``clock, date, area_id, reported, completeness, q2.5 … q97.5``; `clock` is
            ``onset`` or ``specimen``; `completeness` the share of that day's events expected to be
            reported by now.
        reproduction: ``start, end, area_id, mean, sd, q2.5 … q97.5`` by date of report or, where
            `clock` says so, of the nowcast events; further column ``clock``.
        growth: ``start, end, area_id, clock, growth_per_day_q2.5, growth_per_day_q50,
            growth_per_day_q97.5, doubling_days_q2.5, doubling_days_q50, doubling_days_q97.5``
            (negative doubling: halving).
        alarms: ``method, area_id, date, count, expected, upper, score, alarm`` for the recent days, for the
            city, its districts and the finest areas at which counts are kept; `alarm` is 0 or 1.
        spread: ``date, area_id, local, imported, in_control, in_community, share_in_control,
            share_q2.5, share_q97.5``.
        places: ``place_id, area_id, kind, name, lon, lat, cases_7d, cases_14d, first_date, last_date``.
        forecast: hub format: ``reference_date, horizon, location, target_end_date, output_type,
            output_type_id, value, model_id``; `location` is an area code.
        track_record: ``model_id, location, horizon_week, n, wis, mae, coverage_50, coverage_90,
            relative_wis``: the forecaster scored on its own past in this very city.
        missing: ``item, kind, hides``: what the folder lacks and what that hides.
        notes: short machine codes with their facts, for what the reader must know about the data
            (gaps, revisions, late reports).
        provenance: data version (fingerprint), software version, pathogen, seed, settings used.
    """

    on: date
    counts: DailyCounts
    daily: pl.DataFrame
    headline: pl.DataFrame
    clocks: pl.DataFrame
    nowcast: pl.DataFrame
    reproduction: pl.DataFrame
    growth: pl.DataFrame
    alarms: pl.DataFrame
    spread: pl.DataFrame
    places: pl.DataFrame
    forecast: pl.DataFrame
    track_record: pl.DataFrame
    missing: pl.DataFrame
    notes: tuple[Mapping[str, Any], ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
