"""Who bears it: work, output and years lost by district, sector, income and age, in all and per 1,000."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from seawall.city.layers import AGE_CLASS_FROM, STAGES
from seawall.twin.economy.economy import Economy
from seawall.twin.economy.losses import years_left_by_class

BEARERS = {"by": pl.String, "group": pl.String, "what": pl.String, "amount": pl.Float64, "per_1000": pl.Float64}
"""Columns: one row a group and a kind of loss. ``per_1000``: of the workers (work, output) or residents or pupils."""

THIRDS = ("lower third", "middle third", "upper third")
"""Sectors by their value added per worker, a stand-in for income: each third has about a third of the workers."""


def thirds(economy: Economy) -> np.ndarray:
    """Third of each sector by value added per worker, int64, shape (sector,); 0 is the lowest."""
    workers, added = economy.accounts.workers.sum(axis=0), economy.accounts.added
    order = np.argsort(np.divide(added, workers, out=np.zeros_like(added), where=workers > 0), kind="stable")
    middle = np.cumsum(workers[order]) - workers[order] / 2
    found = np.zeros(workers.size, dtype=np.int64)
    found[order] = np.minimum(3 * middle / max(workers.sum(), 1e-9), 2).astype(np.int64)
    return found


def bearers(
    economy: Economy,
    *,
    lost_by: np.ndarray,
    jobs_by: np.ndarray,
    deaths: np.ndarray | None = None,
    deaths_by_age: np.ndarray | None = None,
    school_away: np.ndarray | None = None,
    pupils: Sequence[float] | None = None,
    residents_by_age: np.ndarray | None = None,
) -> pl.DataFrame:
    """Who bears the losses of one run, columns `BEARERS`.

    Worker-days and output by age are shared out by the ages of each sector's workers in the twin: within a sector all
    ages are taken to lose alike.

    Args:
        economy: of the city.
        lost_by, jobs_by: of the run, float, shape (district, sector); see `Produced`.
        deaths: float, shape (day, district). Adds deaths by district.
        deaths_by_age: float, shape (age class,). Adds life years by age.
        school_away: float, shape (day, district, stage). Adds pupil-days by stage of school and district.
        pupils: how many there are of each stage; None: no pupil-days per 1,000 by stage.
        residents_by_age: float, shape (age class,). None: no life years per 1,000.
    """
    accounts = economy.accounts
    rows: list[tuple[str, str, str, float, float | None]] = []

    def put(by: str, groups: Sequence[str], what: str, amounts: np.ndarray, of: np.ndarray | None) -> None:
        for at, group in enumerate(groups):
            whole = None if of is None else float(of[at])
            rows.append((by, group, what, float(amounts[at]), 1000 * float(amounts[at]) / whole if whole else None))

    kinds: Mapping[str, np.ndarray] = {"jobs_lost": jobs_by, "output_lost": lost_by}
    sector_workers = accounts.workers.sum(axis=0)
    third = thirds(economy)
    ages = economy.ages / np.maximum(economy.ages.sum(axis=1, keepdims=True), 1e-9)
    for what, lost in kinds.items():
        put("district", accounts.districts, what, lost.sum(axis=1), accounts.workers.sum(axis=1))
        by_sector = lost.sum(axis=0)
        put("sector", accounts.sectors, what, by_sector, sector_workers)
        put("income", THIRDS, what, np.bincount(third, by_sector, 3), np.bincount(third, sector_workers, 3))
        put("age", _ages(), what, by_sector @ ages, sector_workers @ ages)
    if deaths is not None:
        put("district", accounts.districts, "deaths", deaths.sum(axis=0, dtype=float), economy.residents)
    if deaths_by_age is not None:
        put("age", _ages(), "life_years_lost", deaths_by_age * years_left_by_class(), residents_by_age)
    if school_away is not None:
        away = school_away.sum(axis=0, dtype=float)
        put("district", accounts.districts, "school_days_away", away.sum(axis=1), economy.residents)
        put(
            "stage", STAGES, "school_days_away", away.sum(axis=0), None if pupils is None else np.asarray(pupils, float)
        )
    return pl.DataFrame(rows, schema=BEARERS, orient="row")


def over_runs(runs: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """``by, group, what, mean, q5, q95, per_1000`` over the frames of several runs; ``per_1000`` is the mean's."""
    amount = pl.col("amount")
    return (
        pl.concat(runs)
        .group_by("by", "group", "what", maintain_order=True)
        .agg(
            amount.mean().alias("mean"),
            amount.quantile(0.05, "linear").alias("q5"),
            amount.quantile(0.95, "linear").alias("q95"),
            pl.col("per_1000").mean(),
        )
    )


def _ages() -> tuple[str, ...]:
    ends = [*(str(end - 1) for end in AGE_CLASS_FROM[1:]), ""]
    return tuple(f"{start}-{end}" if end else f"{start}+" for start, end in zip(AGE_CLASS_FROM, ends, strict=True))
