"""Play the city forward: many replicates of one strategy, the same numbers on any number of threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np

from seawall import __version__
from seawall.city.synth.people import People
from seawall.core import Fault, InvalidInput
from seawall.disease.immunity import Histories, History, Protection
from seawall.disease.waning import TAKEN_FOR, product_key
from seawall.measures.strategy import Strategy
from seawall.measures.today import Ground, Zoning
from seawall.twin.begin import Beginning, seeded
from seawall.twin.behaviour import Behaviour
from seawall.twin.burden import Burden
from seawall.twin.confinement import Rooms
from seawall.twin.day import play_day
from seawall.twin.keyed import replicate_seed
from seawall.twin.outcome import Outcome, Runs, outcome_of
from seawall.twin.run import Run
from seawall.twin.state import State
from seawall.twin.tally import Tally
from seawall.twin.world import World

LONGEST_DAYS = 3650
Progress = Callable[[int, int, int], None]
"""Told the replicate, the day that has been played, and the infections so far."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """All that a run depends on, save its seed.

    Attributes:
        world: the city and the disease.
        map: the city as measures speak of it.
        protection: what doses and infections protect from.
        strategy: what is ordered.
        start, days: first day and length.
        beginning: who is infected at the start.
        zoning: rule for zones, where the strategy draws them.
        behaviour: how the city behaves whatever the strategy.
        scale: factor on all transmission by replicate and day, float64, shape (day,); None: 1.
        before: reports before the start, shape (earlier day, block); None: none.
        same: what must be equal for two scenarios to be compared.
    """

    world: World
    map: Ground
    protection: Protection
    strategy: Strategy
    start: date
    days: int
    beginning: Beginning = field(default_factory=lambda: seeded(10))
    zoning: Zoning | None = None
    behaviour: Behaviour = field(default_factory=Behaviour)
    scale: Callable[[int], np.ndarray] | None = None
    before: np.ndarray | None = None
    same: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        faults = []
        if not 1 <= self.days <= LONGEST_DAYS:
            faults.append(("days", f"{self.days} is not between 1 and {LONGEST_DAYS}", "Give a length in days"))
        if self.strategy.zoning is not None and self.zoning is None:
            faults.append(
                ("zoning", "the strategy draws zones but no rule is given", "Give a function of what is seen")
            )
        if faults:
            raise InvalidInput(
                "This cannot be played.",
                [Fault(file="scenario", column=name, problem=problem, mend=mend) for name, problem, mend in faults],
            )


def histories_of(scenario: Scenario) -> Histories:
    """The rows of immune history that the residents begin with.

    A vaccine that is not known by its name is taken for `waning.TAKEN_FOR`; `unknown_products` says which.
    """
    protection = scenario.protection
    rows: list[History] = []
    for told in scenario.world.people.histories:
        doses = int(told.get("doses", 0))
        period = -(-int(told.get("days_before", 0)) // protection.period_days)
        product = str(told.get("product", ""))
        key = (product_key(product) or TAKEN_FOR) if doses else ""
        row = History(doses=min(doses, 3), product=key, period=-period if doses else 0)
        while row in rows:  # two names of one product: a row each, a month apart
            row = replace(row, period=row.period - 1)
        rows.append(row)
    return Histories(protection=protection, rows=rows)


def unknown_products(people: People) -> tuple[str, ...]:
    """Vaccines of the city that no name tells."""
    named = {str(told.get("product", "")) for told in people.histories if told.get("doses", 0)}
    return tuple(sorted(name for name in named if product_key(name) is None))


def new_run(
    scenario: Scenario,
    seed: int,
    replicate: int,
    *,
    pool: ThreadPoolExecutor | None = None,
    keep_edges: bool = False,
) -> Run:
    """A run on the morning of its first day.

    Args:
        scenario: what it depends on.
        seed: of all replicates.
        replicate: its number, from 1.
        pool: threads to share its loops between.
        keep_edges: whether to keep who was found as whose contact, for the tables of the city.
    """
    world, people = scenario.world, scenario.world.people
    state = State.fresh(world, histories_of(scenario), replicate_seed(seed, replicate))
    days, blocks = scenario.days, scenario.map.blocks
    run = Run(
        state=state,
        tally=Tally(
            days=days,
            blocks=blocks,
            districts=len(people.district_ids),
            classes=people.order_start.shape[1],
            variants=len(world.course.variants),
            sectors=len(people.sectors),
        ),
        burden=Burden(people, days),
        rooms=Rooms(days),
        map=scenario.map,
        start=scenario.start,
        days=days,
        strategy=scenario.strategy,
        behaviour=scenario.behaviour,
        scale=np.ones(days) if scenario.scale is None else scenario.scale(replicate),
        before=np.zeros((0, blocks), dtype=np.int32) if scenario.before is None else scenario.before,
        zoning=scenario.zoning,
        pool=pool,
        keep_edges=keep_edges,
    )
    scenario.beginning(run, replicate)
    return run


def play(run: Run, replicate: int, progress: Progress | None = None, *, most: float | None = None) -> Outcome:
    """Play a run to its end, or to the day on which its infections are more than `most`."""
    while run.state.day < run.days and (most is None or run.state.rows <= most):
        play_day(run)
        if progress is not None:
            progress(replicate, run.state.day, run.state.rows)
    return outcome_of(run, replicate)


@contextmanager
def _threads(wanted: int) -> Iterator[ThreadPoolExecutor | None]:
    if wanted < 2:
        yield None
        return
    with ThreadPoolExecutor(wanted) as pool:
        yield pool


def simulate(
    scenario: Scenario,
    *,
    replicates: int = 1,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    done: Callable[[Outcome], None] | None = None,
    known: dict[int, Outcome] | None = None,
) -> Runs:
    """Play so many replicates of a scenario.

    Replicate 3 is the same whether 4 or 400 are played, on whatever number of threads, with the same bits; with and
    without a measure replicate 3 has the same luck.

    Args:
        scenario: what is played.
        replicates: how many.
        seed: of all of them.
        threads: how many to use; as many as there are cores when None.
        progress: told how far each has come.
        done: told of each replicate that is ready.
        known: replicates played before, by number; they are not played again.

    Raises:
        InvalidInput: fewer than one replicate, or the beginning cannot be laid out.
    """
    if replicates < 1:
        raise InvalidInput(f"{replicates} replicates cannot be played; give 1 or more.")
    cores = os.cpu_count() or 1 if threads is None else max(1, threads)
    found = {number: outcome for number, outcome in (known or {}).items() if 1 <= number <= replicates}
    wanted = [number for number in range(1, replicates + 1) if number not in found]
    side_by_side = min(cores, len(wanted))

    def one(number: int, pool: ThreadPoolExecutor | None) -> Outcome:
        outcome = play(new_run(scenario, seed, number, pool=pool), number, progress)
        if done is not None:
            done(outcome)
        return outcome

    if side_by_side > 1:
        with ThreadPoolExecutor(side_by_side) as workers:
            for outcome in workers.map(lambda number: one(number, None), wanted):
                found[outcome.replicate] = outcome
    else:
        with _threads(cores) as pool:
            for number in wanted:
                found[number] = one(number, pool)
    people = scenario.world.people
    root = next((code for code, level in scenario.map.levels.items() if level == "city"), "city")
    return Runs(
        outcomes=tuple(found[number] for number in sorted(found)),
        start=scenario.start,
        days=scenario.days,
        districts=people.district_ids,
        city=root,
        sectors=people.sectors,
        variants=scenario.world.course.variants,
        provenance={
            "software": f"seawall {__version__}",
            "strategy": scenario.strategy.name,
            "replicates": replicates,
            "assumed": [
                *people.meta.get("defaults", ()),
                *(f"The vaccine {name} is taken for {TAKEN_FOR} (assumed)." for name in unknown_products(people)),
            ],
            "same": {
                "seed": seed,
                "start": scenario.start.isoformat(),
                "days": scenario.days,
                "disease": scenario.world.course.key,
                "residents": people.residents,
                "people": people.meta.get("fingerprint", people.meta.get("made", "")),
                **scenario.same,
            },
        },
    )
