"""A choice as plain data: `choice.json` and the tables beside it, from what was played."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from seawall import __version__
from seawall.core.tables import write_table
from seawall.measures.write import strategy_text
from seawall.plan.bearing import bearers_table, break_evens, losses, output_daily
from seawall.plan.choose import Chosen
from seawall.plan.frontier import Standing, frontier
from seawall.plan.goal import said
from seawall.plan.meets import Meets, meets
from seawall.plan.mildest import Mildest, mildest
from seawall.plan.options import NOTHING, Option, named
from seawall.plan.paired import difference
from seawall.plan.played import Played, played
from seawall.plan.regret import regret_against, value_of_perfect_information
from seawall.plan.score import DAILY, Scored
from seawall.plan.smaller import smaller_zones
from seawall.plan.unknowns import FEWEST, Sensitivity, sensitivity, settled_by
from seawall.twin.study_folder import write_json

CHOICE = "choice.json"
SURE = 0.9
"""Coverage of every interval."""

COURSE = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the choice is, and where it was written.

    Attributes:
        told: what stands in `choice.json`.
        tables: by name.
        mildest: what the rule chooses.
        files: where they lie.
    """

    told: Mapping[str, Any] = field(repr=False)
    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    mildest: Mildest
    files: Mapping[str, Path]


def write_choice(chosen: Chosen, output: Path) -> Choice:
    """Work out the choice and write it.

    Args:
        chosen: what was played.
        output: folder to write.
    """
    events = _events(chosen)
    last = played(chosen.race.scores, events, chosen.race.kept)
    best = mildest(last, chosen.limits, chosen.goal.then, seed=chosen.question.seed, sure=SURE)
    standing = {one.option: one for one in frontier(last, chosen.axes, seed=chosen.question.seed, sure=SURE)}
    meeting = {
        key: meets(played(chosen.race.scores, events, [key]), chosen.limits, sure=SURE)[0] for key in chosen.scored
    }
    unknowns = _sensitivity(chosen, last, events)
    right = best.chosen or best.nearest
    shown = {key: chosen.scored[key] for key in (right, best.runner_up, NOTHING) if key is not None}
    means = {
        key: {event: float(np.mean([one.amounts[event] for one in runs.values()])) for event in events}
        for key, runs in chosen.scored.items()
        if key in last.options and not any(one.gave_up for one in runs.values())
    }
    told = {
        "city": chosen.city.name,
        "root": chosen.city.areas.root.area_id,
        "names": _names(chosen),
        "residents": chosen.residents,
        "on": (chosen.start - timedelta(days=1)).isoformat(),
        "start": chosen.start.isoformat(),
        "days": chosen.question.days,
        "seed": chosen.question.seed,
        "software": f"seawall {__version__}",
        "pathogen": chosen.asked["pathogen"],
        "fingerprint": chosen.asked["city"],
        "in_force": None if chosen.question.in_force is None else chosen.question.in_force.name,
        "capacity": dict(chosen.capacity),
        "goal": said(chosen.goal, chosen.residents),
        "options_of": {"name": chosen.options.name, "name_zh": chosen.options.name_zh},
        "options": [_option(chosen, one, meeting[key], standing.get(key)) for key, one in _in_order(chosen).items()],
        "chosen": None if best.chosen is None else {"key": best.chosen, **_how_sure(best)},
        "runner_up": _runner_up(best, last, events),
        "frontier": [key for key, one in standing.items() if one.on],
        "axes": list(chosen.axes),
        "infeasible": None if best.chosen is not None else _infeasible(best),
        "sensitivity": [_unknown(one) for one in unknowns],
        "perfect_information": {
            event: value_of_perfect_information(last, event) for event in (one.event for one in chosen.goal.then)
        },
        "rounds": [
            {
                "round": one.number,
                "replicates": one.replicates,
                "options": one.options,
                "plays": one.plays,
                "dropped": [gone.option for gone in one.dropped],
                "returned": list(one.returned),
            }
            for one in chosen.race.rounds
        ],
        "break_even": break_evens(chosen.economy, right or "", means),
        "loss": losses(chosen.economy, means, list(shown)),
        "stopped_at": None if not chosen.most else max(chosen.most.values()),
        "assumed": list(chosen.assumed),
    }
    tables = {
        "options": _options_table(told["options"]),
        "scores": chosen.race.scores,
        "frontier": _frontier_table(standing),
        "sensitivity": _sensitivity_table(told["sensitivity"]),
        "expected": _expected(chosen, shown),
        "zones": smaller_zones(chosen.setting.map, chosen.scored[right or NOTHING], chosen.without, chosen.limits),
    }
    more = {
        "bearers": bearers_table(chosen.setting.map, chosen.economy, shown),
        "output_daily": output_daily(chosen.start, chosen.economy, shown),
    }
    tables |= {name: table for name, table in more.items() if table is not None}
    files = {}
    for name, table in tables.items():
        files[name] = output / f"{name}.csv"
        write_table(table, files[name])
    if right is not None:
        files["strategy"] = output / "chosen.toml"
        option = chosen.options.options[right]
        comment = f"{right}: chosen for {chosen.city.name} from {chosen.start}, goal {chosen.goal.key}"
        files["strategy"].write_text(strategy_text(option.strategy, comments=[comment]), encoding="utf-8")
    files["choice"] = output / CHOICE
    write_json(files["choice"], told)
    return Choice(told=told, tables=tables, mildest=best, files=files)


def _events(chosen: Chosen) -> tuple[str, ...]:
    """Every event that was scored, in the order of the table."""
    return tuple(name for name in chosen.race.scores.columns if name not in ("strategy", "replicate", "gave_up"))


def _names(chosen: Chosen) -> dict[str, list[str]]:
    """Code of the city and of each district to its name in Latin letters and in Chinese."""
    areas = chosen.city.areas
    codes = dict.fromkeys((areas.root.area_id, *chosen.setting.map.districts))
    return {code: [areas.areas[code].name, areas.areas[code].name_zh or areas.areas[code].name] for code in codes}


def _in_order(chosen: Chosen) -> dict[str, Option]:
    return {key: chosen.options.options[key] for key in chosen.scored}


def _option(chosen: Chosen, option: Option, met: Meets, standing: Standing | None) -> dict[str, Any]:
    scored = chosen.scored[option.key]
    whole = [one for one in scored.values() if not one.gave_up]
    dropped = next((one for one in chosen.race.dropped if one.option == option.key), None)
    name, name_zh = named(option)
    return {
        "key": option.key,
        "base": option.base,
        "name": name,
        "name_zh": name_zh,
        "about": option.strategy.about,
        "levers": {lever: list(value) if isinstance(value, tuple) else value for lever, value in option.levers.items()},
        "replicates": len(scored),
        "dropped": None
        if dropped is None
        else {"round": dropped.round, "why": dropped.why, "against": dropped.against, "event": dropped.event},
        "gave_up": len(scored) - len(whole),
        "amounts": {} if len(whole) < len(scored) else _amounts(whole),
        "p_meets": met.together.p,
        "p_meets_low": met.together.low,
        "p_meets_high": met.together.high,
        "p_limits": [
            {"event": limit.event, "p": one.p, "low": one.low, "high": one.high}
            for limit, one in zip(chosen.limits, met.of_limit, strict=True)
        ],
        "meets": met.meets,
        "on_frontier": standing is not None and standing.on,
        "p_on_frontier": 0.0 if standing is None else standing.p_on,
    }


def _amounts(scored: Sequence[Any]) -> dict[str, dict[str, float | None]]:
    found: dict[str, dict[str, float | None]] = {}
    for event in scored[0].amounts:
        values = np.array([one.amounts[event] for one in scored])
        mean = difference(values, sure=SURE)
        q5, q50, q95 = np.quantile(values, [0.05, 0.5, 0.95]).tolist()
        ends = {"mean_low": _finite(mean.low), "mean_high": _finite(mean.high)}
        found[event] = {"mean": mean.mean, "q5": q5, "q50": q50, "q95": q95, **ends}
    return found


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _how_sure(best: Mildest) -> dict[str, Any]:
    return {
        "p_right": best.p_right,
        "p_right_plain": best.p_right_plain,
        "p_feasible": best.p_feasible,
        "shares": dict(best.shares),
        "deciding": best.deciding,
    }


def _runner_up(best: Mildest, last: Played, events: Sequence[str]) -> dict[str, Any] | None:
    right = best.chosen or best.nearest
    if right is None or best.runner_up is None:
        return None
    regret = regret_against(last, right, best.runner_up, events, sure=SURE)
    return {
        "key": best.runner_up,
        "regret": {
            one.event: {
                "mean": one.mean.mean,
                "mean_low": _finite(one.mean.low),
                "mean_high": _finite(one.mean.high),
                "low": one.low,
                "high": one.high,
            }
            for one in regret
        },
    }


def _infeasible(best: Mildest) -> dict[str, Any]:
    return {
        "nearest": best.nearest,
        **_how_sure(best),
        "missing": [
            {
                "event": one.event,
                "limit": one.limit,
                "probability": one.probability,
                "reached": one.reached,
                "share": one.share,
            }
            for one in best.missing
        ],
        "mend": [
            {
                "event": one.event,
                "limit": one.limit,
                "option": one.option,
                "probability": one.probability,
                "option_by_probability": one.option_by_probability,
            }
            for one in best.mend
        ],
    }


def _sensitivity(chosen: Chosen, last: Played, events: Sequence[str]) -> tuple[Sensitivity, ...]:
    if chosen.began is None or len(last.replicates) < FEWEST:
        return ()
    return sensitivity(last, chosen.began.draws(max(last.replicates)), chosen.limits, chosen.goal.then, events)


def _unknown(one: Sensitivity) -> dict[str, Any]:
    declared = settled_by(one.unknown)
    return {
        "unknown": one.unknown,
        "low": one.low,
        "high": one.high,
        "choice_low": one.choice_low,
        "choice_high": one.choice_high,
        "changes": one.changes,
        "by_chance": one.by_chance,
        "flips": [{"at": flip.at, "below": flip.below, "above": flip.above} for flip in one.flips],
        "value_of_knowing": dict(one.value_of_knowing),
        "settled_by": None if declared is None else dict(declared),
    }


def _options_table(options: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    rows = []
    for one in options:
        row: dict[str, Any] = {
            "strategy": one["key"],
            "base": one["base"],
            "name": one["name"],
            "name_zh": one["name_zh"],
            "levers": "; ".join(f"{lever} = {value}" for lever, value in one["levers"].items()),
            "replicates": one["replicates"],
            "gave_up": one["gave_up"],
            "dropped_in_round": None if one["dropped"] is None else one["dropped"]["round"],
            "dropped_because": None if one["dropped"] is None else one["dropped"]["why"],
            "meets": int(one["meets"]),
            "p_meets": one["p_meets"],
            "p_meets_low": one["p_meets_low"],
            "p_meets_high": one["p_meets_high"],
            "on_frontier": int(one["on_frontier"]),
        }
        for event, amount in one["amounts"].items():
            row |= {f"{event}_{part}": amount[part] for part in ("mean", "mean_low", "mean_high", "q5", "q50", "q95")}
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


def _frontier_table(standing: Mapping[str, Standing]) -> pl.DataFrame:
    rows = [
        {
            "strategy": key,
            "on": int(one.on),
            "p_on": one.p_on,
            "by": one.by,
            **{
                f"{axis}_{part}": _finite(getattr(mean, part))
                for axis, mean in one.means.items()
                for part in ("mean", "low", "high")
            },
        }
        for key, one in standing.items()
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _sensitivity_table(unknowns: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    columns = ("unknown", "low", "high", "choice_low", "choice_high", "changes", "by_chance")
    kinds = (pl.String, pl.Float64, pl.Float64, pl.String, pl.String, pl.Int64, pl.Float64)
    rows = [[int(one[name]) if name == "changes" else one[name] for name in columns] for one in unknowns]
    return pl.DataFrame(rows, schema=dict(zip(columns, kinds, strict=True)), orient="row")


def _expected(chosen: Chosen, shown: Mapping[str, Mapping[int, Scored]]) -> pl.DataFrame:
    """What is expected of a few options, day by day, in quantiles."""
    parts = []
    for key, runs in shown.items():
        whole = [one for one in runs.values() if not one.gave_up]
        for event in DAILY if whole else ():
            course = np.quantile(np.stack([one.series[event] for one in whole]), COURSE, axis=0)
            days = [chosen.start + timedelta(days=day) for day in range(course.shape[1])]
            names = {f"q{round(100 * share)}": values for share, values in zip(COURSE, course, strict=True)}
            parts.append(pl.DataFrame({"strategy": key, "date": days, "event": event, **names}))
    return pl.concat(parts) if parts else pl.DataFrame()
