"""How good were the forecasts: weighted interval score, coverage, and skill against a baseline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from seawall.core import Fault, InvalidInput

TASK = ("location", "target_end_date", "horizon", "reference_date", "target")
"""Columns that may name a forecast task; those present do (see `task_columns`)."""

SAME = 1e-6
"""Levels closer than this are the same level."""

SUMMARY_SCHEMA = {
    "model_id": pl.String,
    "n": pl.Int64,
    "wis": pl.Float64,
    "mae": pl.Float64,
    "coverage_50": pl.Float64,
    "coverage_90": pl.Float64,
    "relative_wis": pl.Float64,
    "ratio_to_baseline": pl.Float64,
}
"""Columns of `summarise_scores`."""


def weighted_interval_score(
    observed: np.ndarray, quantiles: np.ndarray, levels: Sequence[float]
) -> dict[str, np.ndarray]:
    """Weighted interval score and its three parts.

    WIS is the mean over the levels of twice the pinball loss, 2 (1{y < q} - level)(q - y). For K central
    intervals and the median this is the usual sum with weights alpha/2, divided by K + 1/2. Each
    interval pays for its width (dispersion) and for how far it lies above (overprediction) or below
    (underprediction) what came; the median pays its distance to the one or the other.

    Args:
        observed: float, shape (...).
        quantiles: float, shape (..., level).
        levels: their levels, each between 0 and 1.

    Returns:
        ``wis, dispersion, overprediction, underprediction``, float arrays of the shape of `observed`.
        The three parts sum to the score; they are NaN where the levels are not symmetric around 1/2.

    Source:
        Bracher et al. 2021, PLOS Computational Biology 17:e1008618.
    """
    level = np.asarray(levels, dtype=float)
    gap = quantiles - np.asarray(observed, dtype=float)[..., None]
    wis = (2 * np.where(gap > 0, (1 - level) * gap, -level * gap)).mean(axis=-1)
    share_above = 2.0 * (level < 0.5 - SAME) + np.isclose(level, 0.5)
    share_below = 2.0 * (level > 0.5 + SAME) + np.isclose(level, 0.5)
    width = 2 * np.sign(level - 0.5) * np.minimum(level, 1 - level) * ~np.isclose(level, 0.5)
    symmetric = np.allclose(np.sort(level), np.sort(1 - level))
    blank = np.full_like(wis, np.nan)
    return {
        "wis": wis,
        "dispersion": (width * quantiles).mean(axis=-1) if symmetric else blank,
        "overprediction": (share_above * np.maximum(gap, 0)).mean(axis=-1) if symmetric else blank,
        "underprediction": (share_below * np.maximum(-gap, 0)).mean(axis=-1) if symmetric else blank,
    }


def task_columns(forecasts: pl.DataFrame) -> list[str]:
    """The columns that name a task: place, date and target, and the horizon or else the reference date."""
    present = [name for name in TASK if name in forecasts.columns]
    if "horizon" in present and "reference_date" in present:
        present.remove("reference_date")
    return present


def score_tasks(forecasts: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Score each model on each task whose outcome is known.

    Args:
        forecasts: hub format: ``model_id, location, target_end_date, output_type_id, value`` and any of
            ``horizon, reference_date, target, output_type, row`` (its row in a file, for messages). Rows of
            other output types than quantiles are left out.
        truth: ``location, target_end_date, observation``, and ``target`` where forecasts have one that
            matters. Outcomes that are null are unknown.

    Returns:
        One row a model and task: the task's columns, ``model_id, levels, wis, dispersion,
        overprediction, underprediction, absolute_error, in_50, in_90``. The error is of the median,
        `in_50` and `in_90` say whether the outcome lay within the interval, its ends included; null where
        the levels are not there.

    Raises:
        InvalidInput: a model gives two values for one level of a task, or truth two outcomes.
    """
    task = task_columns(forecasts)
    match = [name for name in ("location", "target_end_date", "target") if name in task and name in truth.columns]
    _refuse_twice(forecasts, truth, task, match)
    if "output_type" in forecasts.columns:
        forecasts = forecasts.filter(pl.col("output_type") == "quantile")
    gap = pl.col("value") - pl.col("observation")
    level = pl.col("output_type_id")
    twice_pinball = 2 * pl.when(gap > 0).then((1 - level) * gap).otherwise(-level * gap)
    middle = (level - 0.5).abs() < SAME
    share_above = pl.when(middle).then(1.0).when(level < 0.5).then(2.0).otherwise(0.0)
    share_below = pl.when(middle).then(1.0).when(level > 0.5).then(2.0).otherwise(0.0)
    width = 2 * (level - 0.5).sign() * pl.min_horizontal(level, 1 - level)
    symmetric = ((level - 0.5).sum().abs() < SAME) & ((level - 0.5).pow(3).sum().abs() < SAME)

    def at(wanted: float) -> pl.Expr:
        return pl.col("gap").filter((level - wanted).abs() < SAME).first()

    def part(of: str) -> pl.Expr:
        return pl.when(symmetric).then(pl.col(of).mean()).alias(of)

    return (
        forecasts.lazy()
        .join(truth.lazy().drop_nulls("observation").select(*match, "observation"), on=match, how="inner")
        .with_columns(
            gap=gap,
            wis=twice_pinball,
            dispersion=pl.when(middle).then(0.0).otherwise(width * pl.col("value")),
            overprediction=share_above * pl.max_horizontal(gap, 0.0),
            underprediction=share_below * pl.max_horizontal(-gap, 0.0),
        )
        .group_by("model_id", *task)
        .agg(
            pl.len().alias("levels"),
            pl.col("wis").mean(),
            part("dispersion"),
            part("overprediction"),
            part("underprediction"),
            at(0.5).abs().alias("absolute_error"),
            ((at(0.25) <= 0) & (at(0.75) >= 0)).alias("in_50"),
            ((at(0.05) <= 0) & (at(0.95) >= 0)).alias("in_90"),
        )
        .sort("model_id", *task)
        .collect()
    )


def complete_tasks(scored: pl.DataFrame) -> pl.DataFrame:
    """The tasks for which a model gives all levels that it gives anywhere for that target.

    The WIS of a forecast with a level missing is another score; the hubs refuse such forecasts.
    """
    of = ["model_id", *(["target"] if "target" in scored.columns else [])]
    return scored.filter(pl.col("levels") == pl.col("levels").max().over(of))


def summarise_scores(scored: pl.DataFrame, *, baseline: str | None = None) -> pl.DataFrame:
    """Each model's mean scores, and its WIS relative to the others and to a baseline.

    The relative WIS follows the hubs: for each two models, the ratio of their mean WIS on the tasks
    both did; a model's score is the geometric mean of its ratios to every model it shares tasks with,
    itself included; with a baseline all are divided by the baseline's. A model that did only easy
    tasks gains nothing by it.

    Args:
        scored: from `score_tasks`.
        baseline: the model that stands at 1; None leaves the geometric means as they are.

    Returns:
        ``model_id, n, wis, mae, coverage_50, coverage_90, relative_wis, ratio_to_baseline``, best relative
        WIS first. The ratio is the plain one of the two mean WIS on the tasks both did. A model that shares
        no task with any other has no relative WIS (unless it is the only one).

    Raises:
        InvalidInput: the baseline is not among the models.

    Source:
        Cramer et al. 2022, PNAS 119:e2113561119 (pairwise comparison, supplement).
    """
    models = scored["model_id"].unique().sort().to_list()
    if baseline is not None and baseline not in models:
        listed = ", ".join(models) if models else "none with a known outcome"
        raise InvalidInput(f"There is no model {baseline!r} to compare with; the models are: {listed}.")
    ratio = _ratios(scored, models)
    skill = _geometric_means(ratio)
    against = np.full(len(models), np.nan)
    if baseline is not None:
        skill = skill / skill[models.index(baseline)]
        against = ratio[:, models.index(baseline)]
    means = scored.group_by("model_id").agg(
        pl.len().cast(pl.Int64).alias("n"),
        pl.col("wis").mean(),
        pl.col("absolute_error").mean().alias("mae"),
        pl.col("in_50").cast(pl.Float64).mean().alias("coverage_50"),
        pl.col("in_90").cast(pl.Float64).mean().alias("coverage_90"),
    )
    relative = pl.DataFrame(
        {"model_id": models, "relative_wis": skill, "ratio_to_baseline": against},
        schema_overrides={"model_id": pl.String},
    )
    return (
        means.join(relative.with_columns(pl.col(pl.Float64).fill_nan(None)), on="model_id")
        .sort("relative_wis", "model_id", nulls_last=True)
        .select(*SUMMARY_SCHEMA)
    )


def _ratios(scored: pl.DataFrame, models: list[str]) -> np.ndarray:
    """Ratio of mean WIS of each model to each other on the tasks both did; NaN where there is none."""
    index = {model: row for row, model in enumerate(models)}
    rows = scored["model_id"].replace_strict(index, return_dtype=pl.Int64).to_numpy()
    number = scored.select(pl.struct(task_columns(scored)).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
    values = np.full((len(models), int(number.max(initial=-1)) + 1), np.nan)
    values[rows, number] = scored["wis"].to_numpy()
    did = ~np.isnan(values)
    on_shared = np.where(did, values, 0.0) @ did.T.astype(float)
    shared = did.astype(float) @ did.T.astype(float)
    known = (shared > 0) & (on_shared.T > 0)
    ratio = np.divide(on_shared, on_shared.T, out=np.full_like(on_shared, np.nan), where=known)
    np.fill_diagonal(ratio, 1.0)
    return np.asarray(ratio)


def _geometric_means(ratio: np.ndarray) -> np.ndarray:
    """Geometric mean of each model's ratios; NaN for one that can be compared with no other."""
    usable = np.isfinite(ratio) & (ratio > 0)
    logs = np.log(np.where(usable, ratio, 1.0)).sum(axis=1)
    alone = (usable.sum(axis=1) == 1) & (len(ratio) > 1)
    return np.where(alone, np.nan, np.exp(logs / np.maximum(usable.sum(axis=1), 1)))


def _refuse_twice(forecasts: pl.DataFrame, truth: pl.DataFrame, task: list[str], match: Sequence[str]) -> None:
    """Refuse forecasts and outcomes that say the same thing twice."""
    faults = []
    for file, table, key, mend in (
        ("forecasts", forecasts, ("model_id", *task, "output_type_id"), "Keep one value for each level of a task"),
        ("truth", truth, tuple(match), "Keep one observation for each place, date and target"),
    ):
        numbered = table if "row" in table.columns else table.with_row_index("row", offset=2)
        twice = numbered.filter(~pl.struct(key).is_first_distinct())
        for found in twice.head(20).iter_rows(named=True):
            what = ", ".join(f"{name} {found[name]}" for name in key)
            faults.append(Fault(file=file, row=found["row"], problem=f"it repeats {what}", mend=mend))
        if twice.height > 20:
            more = f"{twice.height - 20:,} further rows repeat others"
            faults.append(Fault(file=file, problem=more, mend=mend))
    if faults:
        raise InvalidInput("Some rows say the same thing twice; nothing was scored.", faults)
