"""Who bears what an option costs, what it does to output day by day, and what a life year would have to be worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from seawall.measures import Ground
from seawall.plan.score import Scored
from seawall.twin.economy import Economy, bearers, break_even, over_runs, societal_loss

QUANTILES = (0.05, 0.5, 0.95)


def bearers_table(
    ground: Ground, economy: Economy | None, scored: Mapping[str, Mapping[int, Scored]]
) -> pl.DataFrame | None:
    """Who bears what an option costs: ``strategy, by, group, name, what, mean, q5, q95, per_1000``.

    Args:
        ground: the city, for the names of its districts.
        economy: what it makes; None: nothing is told.
        scored: option to what is kept of its replicates.
    """
    if economy is None:
        return None
    residents_by_age = ground.residents.sum(axis=0).astype(float)
    parts = []
    for key, runs in scored.items():
        frames = [
            bearers(
                economy,
                lost_by=one.series["lost_by"].astype(float),
                jobs_by=one.series["jobs_by"].astype(float),
                deaths=one.series["deaths_by_district"][None].astype(float),
                deaths_by_age=one.series["deaths_by_age"].astype(float),
                school_away=one.series["school_away"][None].astype(float),
                residents_by_age=residents_by_age,
            )
            for one in runs.values()
            if not one.gave_up
        ]
        if frames:
            parts.append(over_runs(frames).select(pl.lit(key).alias("strategy"), pl.all()))
    if not parts:
        return None
    names = {code: ground.names.get(code, code) for code in ground.districts}
    return pl.concat(parts).with_columns(name=pl.col("group").replace(names))


def output_daily(
    start: date, economy: Economy | None, scored: Mapping[str, Mapping[int, Scored]]
) -> pl.DataFrame | None:
    """Share of the usual output by day: ``strategy, date, sector, q5, q50, q95``; the sector ``all`` is the city."""
    if economy is None:
        return None
    weights = economy.accounts.output.sum(axis=0)
    weights = weights / weights.sum()
    parts = []
    for key, runs in scored.items():
        whole = [one.series["share"].astype(float) for one in runs.values() if not one.gave_up]
        if not whole:
            continue
        shares = np.stack(whole)  # (replicate, day, sector)
        every = np.concatenate([shares, (shares @ weights)[..., None]], axis=2)
        low, middle, high = np.quantile(every, QUANTILES, axis=0)
        days = [start + timedelta(days=day) for day in range(every.shape[1])]
        for at, sector in enumerate((*economy.accounts.sectors, "all")):
            told = {"q5": low[:, at], "q50": middle[:, at], "q95": high[:, at]}
            parts.append(pl.DataFrame({"strategy": key, "date": days, "sector": sector, **told}))
    return pl.concat(parts) if parts else None


def break_evens(economy: Economy | None, chosen: str, means: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
    """For the choice against every other option: the value of a life year at which both lose the same.

    Args:
        economy: what the city makes; None: nothing is told.
        chosen: the option.
        means: option to event to its mean.

    Returns:
        A row per other option: ``key, against``; ``low, high``: money per life year for both ends of what output and
        school cost, None where no value makes them equal; ``low_incomes, high_incomes``: the same in years of value
        added per resident; ``saves_life_years, costs_more``: what the choice saves and costs.
    """
    if economy is None or chosen not in means:
        return []
    own, income, found = means[chosen], economy.income, []
    costs = societal_loss(own, income).without_life
    for key, other in means.items():
        if key == chosen:
            continue
        ends = [
            break_even(own["life_years_lost"], mine, other["life_years_lost"], theirs)
            for mine, theirs in zip(costs, societal_loss(other, income).without_life, strict=True)
        ]
        told = sorted(one for one in ends if one is not None)
        found.append(
            {
                "key": chosen,
                "against": key,
                "life_year_value": told[len(told) // 2] if told else None,
                "low": told[0] if told else None,
                "high": told[-1] if told else None,
                "low_incomes": told[0] / income if told else None,
                "high_incomes": told[-1] / income if told else None,
                "saves_life_years": other["life_years_lost"] - own["life_years_lost"],
                "costs_more": own["output_lost"] - other["output_lost"],
            }
        )
    return found


def losses(economy: Economy | None, means: Mapping[str, Mapping[str, float]], keys: Sequence[str]) -> dict[str, Any]:
    """Total societal loss of some options, money, from low to high: life years, output and school years."""
    if economy is None:
        return {}
    found = {}
    for key in keys:
        if key in means:
            loss = societal_loss(means[key], economy.income)
            parts = {"life": list(loss.life), "output": list(loss.output), "school": list(loss.school)}
            found[key] = {"low": loss.low, "high": loss.high, **parts}
    return found
