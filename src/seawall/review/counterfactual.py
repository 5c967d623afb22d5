"""What the twin says of a measure: the same start and the same luck, with it and without it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy import stats

from seawall.city import City
from seawall.core import Fault, InvalidInput
from seawall.core.draws import generator
from seawall.disease.compile import course_of
from seawall.measures import Measure, Strategy
from seawall.measures.strategy import faults_together
from seawall.plan.score import Scorer
from seawall.review.decision import Decision
from seawall.review.effects import EFFECTS
from seawall.twin.limits import ALL
from seawall.twin.outcome import Runs
from seawall.twin.simulate import Progress, simulate
from seawall.twin.study import Question, RuleSets, go_on, scenarios_of, setting_of

if TYPE_CHECKING:
    from seawall.city.synth.contacts import Contacts
    from seawall.city.synth.people import People
    from seawall.watch.situation import Situation

DAYS_UNDER = ("home_days", "site_days", "limited_days")
"""Kinds of burden that are days of somebody under a measure; a day under a limit counts whole, however mild."""

PER_INFECTION = "restricted_days_per_infection_averted"

RESAMPLES = 2000
FEWEST = 5
"""Replicates below which the twin says nothing of a measure (assumed: no interval of the mean is worth its name)."""


@dataclass(frozen=True, kw_only=True)
class Twin:
    """What the twin is played with.

    Attributes:
        city, decision: whose start and strategy.
        situation: what the city's reports said on the morning of the decision.
        in_force: what held until then, under which these reports came about; None: nothing, as `seawall choose` has it.
        replicates, seed, threads: as in `simulate`.
        rules: what the strategy draws zones by.
        synthesised: people and contacts, where they have been made; cache: folder in which they are kept.
    """

    city: City
    decision: Decision
    situation: Situation
    in_force: Strategy | None = None
    replicates: int = 20
    seed: int = 1
    threads: int | None = None
    rules: RuleSets | None = None
    synthesised: tuple[People, Contacts] | None = None
    cache: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Played:
    """What came of it.

    Attributes:
        effects: columns `EFFECTS`; for each measure fewer infections and deaths, more person-days restricted, and
            such days by infection averted. Measures that cannot hold without it were taken out with it: a bundle.
        burden: measure to person-days under it, mean of the replicates.
    """

    effects: pl.DataFrame
    burden: Mapping[str, float]


def without(strategy: Strategy, name: str) -> tuple[Strategy, tuple[str, ...]]:
    """The strategy without a measure, and without those that cannot hold without it.

    Returns:
        The strategy, and the names of the others taken out.
    """
    left = [measure for measure in strategy.measures if measure.key != name]
    gone: list[str] = []
    while True:
        kinds = {measure.kind for measure in left}
        bad = {index for index, *_ in faults_together(list(enumerate(left)), kinds)}
        if not bad:
            kept: tuple[Measure, ...] = tuple(left)
            return dataclasses.replace(strategy, measures=kept, lines=()), tuple(gone)
        gone += [left[index].key for index in sorted(bad)]
        left = [measure for index, measure in enumerate(left) if index not in bad]


def counterfactuals(
    twin: Twin,
    *,
    tell: Callable[[str], None] = lambda _: None,
    progress: Callable[[str], Progress] | None = None,
) -> Played:
    """Play a decision's strategy, and once more without each of its measures; compare replicate by replicate.

    All begin from the reports known on the morning of the decision. What the twin says holds as far as the twin does:
    it repeats what the measure was assumed to do, it does not find out from what came.

    Raises:
        InvalidInput: too few replicates, or the strategy does not fit the city.
    """
    if twin.replicates < FEWEST:
        mend = f"Give {FEWEST} or more, or --no-twin"
        fault = Fault(file="--replicates", problem=f"{twin.replicates} are too few for an interval", mend=mend)
        raise InvalidInput("Nothing was played.", [fault])
    decision = twin.decision
    strategies = {"with": decision.strategy}
    bundles: dict[str, tuple[str, ...]] = {}
    for name in (measure.key for measure in decision.strategy.measures if measure.kind != "draw_zones"):
        left, gone = without(decision.strategy, name)
        if {name, *gone} not in [set(bundle) for bundle in bundles.values()]:
            strategies[f"without {name}"], bundles[f"without {name}"] = left, (name, *gone)
    question = Question(
        strategies=strategies,
        days=decision.days,
        replicates=twin.replicates,
        seed=twin.seed,
        start=decision.start,
        in_force=twin.in_force or Strategy(name="nothing"),
    )
    synthesised = twin.synthesised
    if synthesised is None:
        from seawall.city.synth import synthesise

        tell("the residents")
        synthesised = synthesise(twin.city, seed=twin.seed, cache=twin.cache, progress=tell)
    setting = setting_of(twin.city, *synthesised, course_of(twin.city.pathogen))
    scenarios = scenarios_of(setting, question, decision.start, twin.rules)
    tell("the infected of the morning of the decision")
    began = go_on(scenarios, setting, question, twin.situation)
    runs: dict[str, Runs] = {}
    for key, scenario in scenarios.items():
        tell(key)
        told = None if progress is None else progress(key)
        runs[key] = simulate(
            began.of(scenario), replicates=twin.replicates, seed=twin.seed, threads=twin.threads, progress=told
        )
    rows = [
        {**row, "start": decision.start}
        for key, bundle in bundles.items()
        for row in compared(runs["with"], runs[key], bundle, seed=twin.seed)
    ]
    return Played(
        effects=pl.DataFrame([{name: row.get(name) for name in EFFECTS} for row in rows], schema=EFFECTS),
        burden=_burden(runs["with"]),
    )


def compared(held: Runs, left_out: Runs, measures: Sequence[str], *, seed: int) -> list[dict[str, Any]]:
    """Fewer infections and deaths and more days restricted for some measures, with 90 % intervals of the mean.

    Raises:
        InvalidInput: the two differ in more than their strategy.
    """
    infections, deaths = held.averted(left_out, "infections"), held.averted(left_out, "deaths")
    days = restricted(held) - restricted(left_out)
    rows = []
    for what, values in (("infections", infections), ("deaths", deaths), ("restricted_days", days)):
        middle, low, high = _mean(values)
        clear = "cannot_say" if low <= 0 <= high else "slower" if low > 0 else "faster"
        rows.append(
            {
                "measures": list(measures),
                "method": "twin",
                "what": f"{what}_averted" if what != "restricted_days" else "restricted_days_added",
                "estimate": middle,
                "low": low,
                "high": high,
                "run_low": float(np.quantile(values, 0.05)),
                "run_high": float(np.quantile(values, 0.95)),
                "verdict": clear if what == "infections" else None,
                "days": held.days,
            }
        )
    rows.append(_per_infection(days, infections, measures, held.days, seed))
    return rows


def _per_infection(
    days: np.ndarray, infections: np.ndarray, measures: Sequence[str], run: int, seed: int
) -> dict[str, Any]:
    """Person-days restricted for each infection averted; nothing where it is not sure that any is."""
    row: dict[str, Any] = {"measures": list(measures), "method": "twin", "what": PER_INFECTION}
    row["days"] = run
    if _mean(infections)[1] <= 0:
        return {**row, "why_not": "none_averted_for_sure"}
    rng = generator(seed, "review", "ratio", *measures)
    drawn = rng.integers(0, days.size, (RESAMPLES, days.size))
    below = infections[drawn].mean(axis=1)
    ratio = np.where(below > 0, days[drawn].mean(axis=1) / np.where(below > 0, below, 1.0), np.inf)
    low, high = np.quantile(ratio, (0.05, 0.95), method="nearest")
    return {
        **row,
        "estimate": float(days.mean() / infections.mean()),
        "low": float(low),
        "high": float(high) if np.isfinite(high) else None,
    }


def _mean(values: np.ndarray) -> tuple[float, float, float]:
    """Mean of the replicates with its 90 % interval."""
    middle = float(values.mean())
    error = float(values.std(ddof=1)) / np.sqrt(values.size)
    wide = float(stats.t.ppf(0.95, values.size - 1)) * error
    return middle, middle - wide, middle + wide


def restricted(runs: Runs) -> np.ndarray:
    """Person-days restricted as `seawall choose` counts them, float64, shape (replicate,)."""
    score = Scorer()
    return np.array([score(outcome).amounts["restricted_days"] for outcome in runs.outcomes])


def _burden(runs: Runs) -> dict[str, float]:
    table = runs.burden_daily().filter(pl.col("what").is_in(DAYS_UNDER) & (pl.col("measure") != ALL))
    found = table.group_by("measure").agg(pl.col("amount").sum() / len(runs.outcomes)).sort("measure")
    return dict(found.iter_rows())
