"""Estimates the brief quotes: none without its interval, its data date and its completeness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from seawall.brief.sentence import HEADER_ROWS, rows_where
from seawall.brief.sentences.earlies import latest_delays


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """How complete the data behind a figure are.

    Attributes:
        areas_reporting, areas_expected: areas whose reports of the day are in, and those that usually report.
        share: expected share of the events that have been reported by now; None where there is no such estimate.
    """

    areas_reporting: int
    areas_expected: int
    share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One estimate, never without what it takes to read it.

    Attributes:
        quantity: what is estimated, e.g. ``reproduction_number``.
        area_id: for which area.
        unit: in which unit.
        value, low, high: central value and the ends of its interval.
        level: probability the interval is meant to hold, e.g. 0.95.
        start, end: days it speaks of, both included.
        data_date: last day whose reports it rests on.
        completeness: how complete these are.
        table, row: where it stands, as a spreadsheet counts rows.
        columns: the columns of that row that hold value, low and high.
    """

    quantity: str
    area_id: str
    unit: str
    value: float
    low: float
    high: float
    level: float
    start: date
    end: date
    data_date: date
    completeness: Completeness
    table: str
    row: int
    columns: tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    """Where in a table an estimate stands.

    Attributes:
        columns: those of value, low and high.
        start, end: columns of the days it speaks of; a start that is None is the end.
        window: days before the end at which it starts, where no column says so.
        share: column of the share reported by now.
    """

    table: str
    quantity: str
    unit: str
    level: float
    columns: tuple[str, str, str]
    end: str
    start: str | None = None
    window: int = 0
    share: str | None = None
    area: str = "area_id"


_PER_INFECTION = "infections per infection"
_GROWTH = ("growth_per_day_q50", "growth_per_day_q2.5", "growth_per_day_q97.5")
_SHARE = ("share_in_control", "share_q2.5", "share_q97.5")

_SHAPES = (
    _Shape(
        table="reproduction",
        quantity="reproduction_number",
        unit=_PER_INFECTION,
        level=0.95,
        columns=("q50", "q2.5", "q97.5"),
        start="start",
        end="end",
    ),
    _Shape(
        table="growth", quantity="growth_per_day", unit="1/day", level=0.95, columns=_GROWTH, start="start", end="end"
    ),
    _Shape(
        table="spread", quantity="share_in_control", unit="fraction", level=0.95, columns=_SHARE, end="date", window=6
    ),
    _Shape(
        table="districts",
        quantity="reproduction_number",
        unit=_PER_INFECTION,
        level=0.95,
        columns=("r_q50", "r_q2.5", "r_q97.5"),
        end="r_until",
        window=6,
    ),
    _Shape(
        table="forecast",
        quantity="reports",
        unit="reports/day",
        level=0.9,
        columns=("q50", "q5", "q95"),
        end="target_end_date",
        area="location",
    ),
    _Shape(
        table="nowcast",
        quantity="infections_by_{clock}",
        unit="infections/day",
        level=0.9,
        columns=("q50", "q5", "q95"),
        end="date",
        share="completeness",
    ),
    *(
        _Shape(
            table="delays",
            quantity="{delay}_" + suffix,
            unit=unit,
            level=0.95,
            columns=columns,
            start="period_start",
            end="period_end",
            share="share_known",
        )
        for suffix, unit, columns in (
            ("median", "day", ("median", "median_low", "median_high")),
            ("within_target", "fraction", ("within_target", "within_low", "within_high")),
            ("trend", "day/week", ("trend_days_per_week", "trend_low", "trend_high")),
        )
    ),
)


def estimates(
    tables: Mapping[str, pl.DataFrame],
    *,
    root: str,
    on: date,
    model: str | None,
    completeness: Completeness,
) -> Iterator[Estimate]:
    """Every estimate the brief quotes, with the row it stands on.

    Args:
        tables: the tables behind the brief.
        root: the city's code.
        on: day of the data.
        model: the forecaster quoted.
        completeness: of the day's reports.
    """
    latest = latest_delays(tables["delays"], root)
    last_week = {row["delay"]: row["period_end"] for row in latest.iter_rows(named=True)}
    quoted = {
        "reproduction": pl.col("quoted") == 1,
        "growth": pl.col("quoted") == 1,
        "spread": pl.col("date") == on,
        "districts": pl.lit(value=True),
        "forecast": pl.col("model_id") == (model or ""),
        "nowcast": pl.lit(value=True),
        "delays": (pl.col("area_id") == root)
        & (pl.col("period_end") == pl.col("delay").replace_strict(last_week, default=None, return_dtype=pl.Date)),
    }
    for shape in _SHAPES:
        table = tables[shape.table]
        rows = rows_where(table, quoted[shape.table], *(pl.col(column).is_not_null() for column in shape.columns))
        for at in rows:
            yield _read(shape, table.row(at - 1 - HEADER_ROWS, named=True), at, on, completeness)


def _read(shape: _Shape, row: Mapping[str, Any], at: int, on: date, completeness: Completeness) -> Estimate:
    value, low, high = (float(row[column]) for column in shape.columns)
    end = row[shape.end]
    share = completeness.share if shape.share is None else row[shape.share]
    return Estimate(
        quantity=shape.quantity.format_map(row),
        area_id=row[shape.area],
        unit=shape.unit,
        value=value,
        low=low,
        high=high,
        level=shape.level,
        start=row[shape.start] if shape.start else end - timedelta(days=shape.window),
        end=end,
        data_date=on,
        completeness=replace(completeness, share=share),
        table=shape.table,
        row=at,
        columns=shape.columns,
    )
