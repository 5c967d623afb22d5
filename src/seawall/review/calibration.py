"""How good a city's own expectations were: interval scores, coverage, where in the interval it fell, and bias."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from seawall.review.decision import LEVELS, Decision
from seawall.watch.baseline import baseline_quantiles
from seawall.watch.scores import score_tasks

EXPECTED, BASELINE = "expectation", "baseline"
"""The two that are scored: what was expected, and that it stays as it was."""

FEW_DECISIONS = 5
"""Decisions below which coverage says little, however many days they have: the days of one go together (assumed)."""

RUN_DAYS = 3
"""Days in a row outside what was expected before a decision is due anew (assumed: one day is luck)."""

WATCHED = (("reports", "above", "q95"), ("reports", "below", "q5"), ("in_icu", "above", "q95"))
"""Event, side and quantile from which a decision is due anew after `RUN_DAYS` days in a row."""

SCORES = {
    "decision": pl.String,
    "event": pl.String,
    "date": pl.Date,
    "horizon_days": pl.Int64,
    "observation": pl.Float64,
    **dict.fromkeys(LEVELS, pl.Float64),
    "wis": pl.Float64,
    "baseline_wis": pl.Float64,
    "in_50": pl.Boolean,
    "in_90": pl.Boolean,
    "pit": pl.Float64,
}
"""Columns of the scores, a row a decision, event and day that has come."""

CALIBRATION = {
    "decision": pl.String,
    "event": pl.String,
    "horizon_week": pl.Int64,
    "decisions": pl.Int64,
    "n": pl.Int64,
    "coverage_50": pl.Float64,
    "coverage_90": pl.Float64,
    "below_5": pl.Float64,
    "above_95": pl.Float64,
    "wis": pl.Float64,
    "relative_wis": pl.Float64,
    "mae": pl.Float64,
    "bias": pl.Float64,
}
"""Columns of the calibration."""

ALL = "all"
"""Name under which all decisions stand together."""


def pit_of(observed: np.ndarray, quantiles: np.ndarray, levels: Sequence[float]) -> np.ndarray:
    """Where in what was expected an outcome fell, 0 to 1: 0.5 is the median.

    Linear between the quantiles; below the lowest half of its level, above the highest half of what is left. Where
    several quantiles equal the outcome (small counts), the middle of their levels.

    Args:
        observed: float, shape (n,).
        quantiles: float, shape (n, level), not falling.
        levels: their levels.

    Returns:
        float, shape (n,).
    """
    p = np.asarray(levels)
    out = np.empty(observed.size)
    for row, (y, q) in enumerate(zip(observed, quantiles, strict=True)):
        low, high = np.searchsorted(q, y, side="left"), np.searchsorted(q, y, side="right")
        if high > low:
            out[row] = (p[low] + p[high - 1]) / 2
        elif low == 0:
            out[row] = p[0] / 2
        elif low == p.size:
            out[row] = (1 + p[-1]) / 2
        else:
            out[row] = p[low - 1] + (p[low] - p[low - 1]) * (y - q[low - 1]) / (q[low] - q[low - 1])
    return out


def score_decisions(decisions: Sequence[Decision], came: pl.DataFrame) -> pl.DataFrame:
    """Score every day and event that was expected and has come; columns `SCORES`.

    The baseline of a decision is the last value known on the morning of the decision, with the spread of the changes
    before it; where nothing was known before there is none, and `baseline_wis` is null.

    Args:
        decisions: those that have begun.
        came: ``date, event, observation`` of the whole city.
    """
    parts = [pl.DataFrame(schema=SCORES)]
    for decision in decisions:
        rows = decision.expected.join(came, on=("date", "event"), how="inner").sort("event", "date")
        if rows.is_empty():
            continue
        forecasts = pl.concat([_hub(rows, EXPECTED), *_baselines(decision.on, came, rows)])
        truth = rows.select(pl.col("event").alias("location"), pl.col("date").alias("target_end_date"), "observation")
        scored = score_tasks(forecasts, truth).rename({"location": "event", "target_end_date": "date"})
        mine = scored.filter(pl.col("model_id") == EXPECTED).select("event", "date", "wis", "in_50", "in_90")
        theirs = scored.filter(pl.col("model_id") == BASELINE).select(
            "event", "date", pl.col("wis").alias("baseline_wis")
        )
        quantiles = rows.select(*LEVELS).to_numpy()
        parts.append(
            rows.with_columns(
                decision=pl.lit(decision.name),
                horizon_days=(pl.col("date") - pl.lit(decision.on)).dt.total_days(),
                pit=pl.Series(pit_of(rows["observation"].to_numpy(), quantiles, list(LEVELS.values()))),
            )
            .join(mine, on=("event", "date"))
            .join(theirs, on=("event", "date"), how="left")
            .sort("event", "date")
            .select(*SCORES)
        )
    return pl.concat(parts)


def _hub(rows: pl.DataFrame, model: str) -> pl.DataFrame:
    """Quantiles in columns as the hubs write them; the event stands for the place."""
    return (
        rows.select(pl.col("event").alias("location"), pl.col("date").alias("target_end_date"), *LEVELS)
        .unpivot(index=["location", "target_end_date"], variable_name="level", value_name="value")
        .with_columns(
            model_id=pl.lit(model), output_type_id=pl.col("level").replace_strict(LEVELS, return_dtype=pl.Float64)
        )
        .drop("level")
    )


def _baselines(on: date, came: pl.DataFrame, rows: pl.DataFrame) -> list[pl.DataFrame]:
    found = []
    for part in rows.filter(pl.col("date") > on).partition_by("event", maintain_order=True):
        known = came.filter((pl.col("event") == part["event"][0]) & (pl.col("date") <= on)).sort("date")
        if known.is_empty():
            continue
        first = known["date"][0]
        series = np.full((on - first).days + 1, np.nan)
        series[(known["date"] - first).dt.total_days().to_numpy()] = known["observation"].to_numpy()
        ahead = (part["date"] - on).dt.total_days().to_numpy()
        values = baseline_quantiles(series, int(ahead.max()), levels=tuple(LEVELS.values()))[ahead - 1]
        told = part.with_columns(**{name: pl.Series(values[:, at]) for at, name in enumerate(LEVELS)})
        found.append(_hub(told, BASELINE))
    return found


def calibrate(scores: pl.DataFrame) -> pl.DataFrame:
    """Scores summed up by decision and over all, by event and week ahead; columns `CALIBRATION`.

    `horizon_week` 0 stands for all weeks and `decision` "all" for all decisions. `below_5` and `above_95` are the
    shares of days that fell outside on either side. Bias is the mean of twice the place in what was expected less 1:
    above 0, more came than was expected.
    """
    marked = scores.with_columns(
        horizon_week=((pl.col("horizon_days") - 1) // 7 + 1).cast(pl.Int64),
        error=(pl.col("observation") - pl.col("q50")).abs(),
        name=pl.col("decision"),
    )
    both = pl.concat([marked, marked.with_columns(horizon_week=pl.lit(0, dtype=pl.Int64))])
    both = pl.concat([both, both.with_columns(decision=pl.lit(ALL))])
    mine, theirs = pl.col("wis").filter(pl.col("baseline_wis").is_not_null()).mean(), pl.col("baseline_wis").mean()
    return (
        both.group_by("decision", "event", "horizon_week")
        .agg(
            pl.col("name").n_unique().cast(pl.Int64).alias("decisions"),
            pl.len().cast(pl.Int64).alias("n"),
            pl.col("in_50").mean().alias("coverage_50"),
            pl.col("in_90").mean().alias("coverage_90"),
            (pl.col("observation") < pl.col("q5")).mean().alias("below_5"),
            (pl.col("observation") > pl.col("q95")).mean().alias("above_95"),
            pl.col("wis").mean(),
            pl.when(theirs > 0).then(mine / theirs).alias("relative_wis"),
            pl.col("error").mean().alias("mae"),
            (2 * pl.col("pit") - 1).mean().alias("bias"),
        )
        .sort("decision", "event", "horizon_week")
        .select(*CALIBRATION)
    )


def due_anew(scores: pl.DataFrame) -> pl.DataFrame:
    """When each decision was due anew: ``decision, event, side, quantile, days, on``; null where it was not so far."""
    rows = []
    for decision in scores["decision"].unique(maintain_order=True):
        for event, side, quantile in WATCHED:
            mine = scores.filter((pl.col("decision") == decision) & (pl.col("event") == event)).sort("date")
            if mine.is_empty():
                continue
            outside = mine["observation"] > mine[quantile] if side == "above" else mine["observation"] < mine[quantile]
            day = _run_of(mine["date"].to_list(), outside.to_list())
            rows.append((decision, event, side, quantile, RUN_DAYS, day))
    schema = dict.fromkeys(("decision", "event", "side", "quantile"), pl.String)
    return pl.DataFrame(rows, schema={**schema, "days": pl.Int64, "on": pl.Date}, orient="row")


def _run_of(days: Sequence[date], outside: Sequence[bool]) -> date | None:
    """The day on which so many in a row were outside."""
    run, before = 0, None
    for day, out in zip(days, outside, strict=True):
        run = run + 1 if out and before == day - timedelta(days=1) else int(out)
        before = day
        if run >= RUN_DAYS:
            return day
    return None
