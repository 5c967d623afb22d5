"""Racing against other ways to spend runs, on problems of known truth. ``python -m bench.choosing [problems]``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import polars as pl

from bench._choices import KINDS, Problem
from seawall.plan.played import played
from seawall.plan.race import looks_of, race
from seawall.plan.rule import picks

MOST = 64


def everything(problem: Problem) -> tuple[str, int, set[str]]:
    """Every option MOST times."""
    seen = problem.first(MOST)
    best = seen.options[int(picks(seen, problem.limits, problem.order).row[0])]
    return best, MOST * len(seen.options), set(seen.options)


def racing(
    delta: float, *, first: int = 4, share: float | None = None, frontier: bool = False
) -> Callable[[Problem], tuple[str, int, set[str]]]:
    """The race as it is used."""

    def run(problem: Problem) -> tuple[str, int, set[str]]:
        done = race(
            problem.everything.options,
            problem.play,
            limits=problem.limits,
            order=problem.order,
            first=first,
            most=MOST,
            delta=delta,
            axes=[one.event for one in problem.order] if frontier else (),
            most_plays=None if share is None else round(share * MOST * len(problem.everything.options)),
        )
        events = [one.event for one in (*problem.limits, *problem.order)]
        last = played(done.scores, events, done.kept)
        return last.options[int(picks(last, problem.limits, problem.order).row[0])], done.plays, set(done.kept)

    return run


def halving(problem: Problem) -> tuple[str, int, set[str]]:
    """Successive halving: after each look the better half by rank goes on (Karnin, Koren & Somekh 2013)."""
    alive, plays, before = problem.first(MOST), 0, 0
    for look in looks_of(4, MOST):
        plays += (look - before) * len(alive.options)
        before = look
        now = Problem(everything=alive, limits=(), order=problem.order).first(look)
        stay, left = [], now
        while len(stay) < max(2, len(now.options) // 2) and left.options:
            best = left.options[int(picks(left, problem.limits, problem.order).row[0])]
            stay.append(best)
            left = left.without(best)
        alive = alive.only(stay) if look < MOST else alive
    last = Problem(everything=alive, limits=(), order=problem.order).first(MOST)
    return last.options[int(picks(last, problem.limits, problem.order).row[0])], plays, set(last.options)


def allocation(problem: Problem) -> tuple[str, int, set[str]]:
    """Optimal computing budget allocation with a third of the runs, for one event without limits (Chen et al. 2000)."""
    whole = problem.first(MOST * 4).of(problem.order[0].event)
    count = len(whole)
    budget = count * MOST // 3
    spent = np.full(count, 4)
    while spent.sum() < budget:
        mean = np.array([row[:many].mean() for row, many in zip(whole, spent, strict=True)])
        sd = np.array([row[:many].std(ddof=1) for row, many in zip(whole, spent, strict=True)])
        best = int(np.argmin(mean))
        gap = np.maximum(mean - mean[best], 1e-6)
        share = np.where(np.arange(count) == best, 0.0, (sd / gap) ** 2)
        share[best] = sd[best] * np.sqrt(np.sum((share / np.maximum(sd, 1e-9)) ** 2))
        wanted = share / share.sum() * min(budget, spent.sum() + 2 * count)
        extra = np.minimum(np.maximum(np.round(wanted - spent), 0), whole.shape[1] - spent).astype(int)
        if not extra.any():
            break
        spent = spent + extra
    mean = np.array([row[:many].mean() for row, many in zip(whole, spent, strict=True)])
    best_key = problem.everything.options[int(np.argmin(mean))]
    return best_key, int(spent.sum()), set(problem.everything.options)


WAYS: dict[str, Callable[[Problem], tuple[str, int, set[str]]]] = {
    "all 64": everything,
    "race 0.05": racing(0.05),
    "race 0.20": racing(0.20),
    "race 0.99": racing(0.99),
    "race 0.05 from 16": racing(0.05, first=16),
    "race 0.05, a quarter": racing(0.05, share=0.25),
    "race 0.05, 0.4 of the runs": racing(0.05, share=0.4),
    "race 0.05, frontier": racing(0.05, frontier=True),
    "halving": halving,
    "allocation": allocation,
}


def main(problems: int) -> None:
    """Print a table: right, same as all 64, right option lost, share of the runs."""
    rows = []
    for kind, make in KINDS.items():
        found: dict[str, list[tuple[bool, bool, bool, float, float]]] = {}
        for seed in range(problems):
            problem = make(seed)
            right = problem.right()
            reference, full, _ = everything(problem)
            for way, run in WAYS.items():
                if way == "allocation" and (problem.limits or len(problem.order) > 1):
                    continue
                began = time.perf_counter()
                best, plays, kept = run(problem)
                took = time.perf_counter() - began
                found.setdefault(way, []).append(
                    (best == right, best == reference, right not in kept, plays / full, took)
                )
        for way, all_of in found.items():
            mean = np.array(all_of, float).mean(axis=0)
            rows.append(
                {
                    "kind": kind,
                    "way": way,
                    **dict(zip(("right", "as_all", "lost", "runs", "seconds"), mean, strict=True)),
                }
            )
    with pl.Config(tbl_rows=-1, tbl_width_chars=140, float_precision=3):
        print(pl.DataFrame(rows))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
