"""The tables of a study: every strategy, replicate by replicate and summed up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from seawall.city.layers import AGE_CLASS_FROM
from seawall.core.tables import SUFFIXES, write_table
from seawall.twin.outcome import Runs
from seawall.twin.truth import TRUE_LAYERS

CSV_ROWS = 1_000_000
"""Rows above which a table is written as Parquet."""

LEVELS = {"q5": 0.05, "q50": 0.5, "q95": 0.95}


def study_tables(runs: Mapping[str, Runs]) -> dict[str, pl.DataFrame]:
    """Every table of a study, each with the column `strategy` first."""
    each: dict[str, Callable[[Runs], pl.DataFrame]] = {
        "daily": Runs.daily,
        "quantiles": Runs.quantiles,
        "totals": Runs.totals,
        "ages": _ages,
        "layers": _layers,
        "variants": _variants,
        "burden": Runs.burden,
        "burden_daily": Runs.burden_daily,
        "zones": _zones,
    }
    tables = {
        name: pl.concat(
            [made(of).select(pl.lit(strategy).alias("strategy"), pl.all()) for strategy, of in runs.items()]
        )
        for name, made in each.items()
    }
    tables["compare"] = compared(runs)
    return tables


def _by_day(runs: Runs, name: str, choices: tuple[str, ...], arrays: list[np.ndarray], amount: str) -> pl.DataFrame:
    """Arrays by day and choice, one a replicate, as ``replicate, date, <name>, <amount>``; zeros are left out."""
    schema = {"replicate": pl.Int64, "date": pl.Date, name: pl.String, amount: pl.Float64}
    parts = [pl.DataFrame(schema=schema)]
    days = pl.Series(runs.dates, dtype=pl.Date)
    for outcome, array in zip(runs.outcomes, arrays, strict=True):
        day, choice = np.nonzero(array)
        parts.append(
            pl.DataFrame(
                {
                    "replicate": pl.repeat(outcome.replicate, day.size, dtype=pl.Int64, eager=True),
                    "date": days.gather(day),
                    name: pl.Series(choices, dtype=pl.String).gather(choice),
                    amount: array[day, choice].astype(float),
                },
                schema=schema,
            )
        )
    return pl.concat(parts)


def _layers(runs: Runs) -> pl.DataFrame:
    return _by_day(runs, "layer", TRUE_LAYERS, [outcome.layers for outcome in runs.outcomes], "infections")


def _variants(runs: Runs) -> pl.DataFrame:
    return _by_day(runs, "variant", runs.variants, [outcome.variants for outcome in runs.outcomes], "infections")


def _zones(runs: Runs) -> pl.DataFrame:
    codes = next((outcome.tier_codes for outcome in runs.outcomes if outcome.tier_codes), ())
    nobody = np.zeros((runs.days, len(codes)))
    tiers = [outcome.tiers if outcome.tier_codes else nobody for outcome in runs.outcomes]
    return _by_day(runs, "tier", codes, tiers, "residents")


def _ages(runs: Runs) -> pl.DataFrame:
    parts = [
        pl.DataFrame(
            {
                "replicate": pl.repeat(outcome.replicate, counts.size, dtype=pl.Int64, eager=True),
                "age_from": list(AGE_CLASS_FROM),
                "event": pl.repeat(event, counts.size, eager=True),
                "count": counts.astype(float),
            }
        )
        for outcome in runs.outcomes
        for event, counts in outcome.ages.items()
    ]
    return pl.concat(parts)


def compared(runs: Mapping[str, Runs]) -> pl.DataFrame:
    """Strategies side by side: ``strategy, event, mean, q5, q50, q95, less_mean, less_q5, less_q50, less_q95``.

    `less` is how much less there is of it than under the first strategy, replicate by replicate with the same luck;
    null for the first itself.
    """
    first: Mapping[str, np.ndarray] | None = None
    rows: list[dict[str, Any]] = []
    for strategy, of in runs.items():
        amounts = of.amounts()
        for event, values in amounts.items():
            row = {"strategy": strategy, "event": event, **_spread("", values)}
            if first is not None:
                row |= _spread("less_", first.get(event, np.zeros(values.size)) - values)
            rows.append(row)
        first = first or amounts
    columns = [f"{less}{name}" for less in ("", "less_") for name in ("mean", *LEVELS)]
    return pl.DataFrame(rows, schema={"strategy": pl.String, "event": pl.String} | dict.fromkeys(columns, pl.Float64))


def _spread(prefix: str, values: np.ndarray) -> dict[str, float]:
    levels = {f"{prefix}{name}": float(np.quantile(values, level)) for name, level in LEVELS.items()}
    return {f"{prefix}mean": float(values.mean()), **levels}


def write_tables(tables: Mapping[str, pl.DataFrame], folder: Path) -> dict[str, Path]:
    """Write tables as CSV, big ones as Parquet; an older file of the other kind goes away."""
    written = {}
    for name, table in tables.items():
        suffix = ".csv" if table.height <= CSV_ROWS else ".parquet"
        written[name] = folder / f"{name}{suffix}"
        write_table(table, written[name])
        for other in SUFFIXES:
            if other != suffix:
                (folder / f"{name}{other}").unlink(missing_ok=True)
    return written
