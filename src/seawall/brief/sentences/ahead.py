"""What comes next, and how far the forecaster may be believed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from seawall.brief.sentence import Sentence, only_row, rows_where

TOO_FEW = 10
"""Scored forecasts below which the record is called too short to judge by."""

NARROW, WIDE = 0.8, 0.97
"""Coverage of 90 % intervals below which they are called too narrow, above which too wide."""


def say_forecast(forecast: pl.DataFrame, model: str | None, root: str) -> Iterator[Sentence]:
    """The number of reports expected in one and two weeks, with 90 % intervals."""
    ahead = [] if model is None else [_day(forecast, model, root, horizon) for horizon in (7, 14)]
    known = [found for found in ahead if found is not None]
    if not known:
        yield Sentence(code="forecast_none", table="forecast")
        return
    facts: dict[str, Any] = {}
    rows: tuple[int, ...] = ()
    for position, (row, at) in enumerate(known, start=1):
        facts |= {
            f"date{position}": row["target_end_date"].isoformat(),
            f"middle{position}": row["q50"],
            f"low{position}": row["q5"],
            f"high{position}": row["q95"],
        }
        rows += at
    yield Sentence(code="forecast" if len(known) == 2 else "forecast_one", facts=facts, table="forecast", rows=rows)


def say_track_record(track: pl.DataFrame, model: str | None, root: str) -> Iterator[Sentence]:
    """How often the 90 % intervals held what came in this very city, and the error beside a naive forecast's."""
    if model is None:
        return
    scored = track.filter(pl.col("model_id") == model, pl.col("location") == root, pl.col("coverage_90").is_not_null())
    if scored.is_empty() or scored["n"].sum() < TOO_FEW:
        few = {"n": int(scored["n"].sum()) if scored.height else 0}
        yield Sentence(code="track_short", facts=few, table="track_record")
        return
    weeks = scored.sort("horizon_week").head(2)
    coverage = weeks["coverage_90"].to_list()
    code = "narrow" if min(coverage) < NARROW else "wide" if max(coverage) > WIDE else "held"
    facts: dict[str, Any] = {"n": int(weeks["n"].sum()), "coverage1": coverage[0], "coverage2": coverage[-1]}
    rows = rows_where(
        track,
        pl.col("model_id") == model,
        pl.col("location") == root,
        pl.col("horizon_week").is_in(weeks["horizon_week"].to_list()),
    )
    both = "" if len(coverage) == 2 else "_one"
    yield Sentence(code=f"track_{code}{both}", facts=facts, table="track_record", rows=rows)
    first = scored.sort("horizon_week").row(0, named=True)
    ratio = first["relative_wis"]
    if ratio is not None:
        code = "skill_better" if ratio < 0.95 else "skill_worse" if ratio > 1.05 else "skill_same"
        rows = rows_where(
            track,
            pl.col("model_id") == model,
            pl.col("location") == root,
            pl.col("horizon_week") == first["horizon_week"],
        )
        yield Sentence(code=code, facts={"share": abs(1 - ratio)}, table="track_record", rows=rows)


def _day(forecast: pl.DataFrame, model: str, root: str, horizon: int) -> tuple[dict[str, Any], tuple[int, ...]] | None:
    return only_row(
        forecast,
        pl.col("model_id") == model,
        pl.col("location") == root,
        pl.col("horizon") == horizon,
        pl.col("q50").is_not_null(),
    )
