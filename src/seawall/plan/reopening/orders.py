"""A plan as a strategy: what the twin can play of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import groupby

import numpy as np

from seawall.measures import LimitContacts, LimitSectors, Measure, Strategy
from seawall.plan.reopening.draw_up import Reopening
from seawall.plan.reopening.terms import LOOP

COMMENTS = (
    "Written by seawall plan reopening; play it with seawall simulate CITY --strategy reopening.toml.",
    "The twin knows no tests by sector: who works under tests counts there as at work without a condition.",
    "Key firms are in the average of their sector and district.",
)
"""What a reader of the file must know."""

FULL = 1 - 1e-6


def strategy_of(plan: Reopening, others: Sequence[Measure] = ()) -> Strategy:
    """Limits of sectors with their days, and of customers' contacts with them.

    Args:
        others: measures that stay in force beside them.
    """
    measures: list[Measure] = [*_work(plan), *_customers(plan), *others]
    return Strategy(
        name="Reopening",
        name_zh="复工方案",
        about=f"Sectors open step by step from {plan.start} so that beds, tests and growth allow it.",
        measures=tuple(measures),
    )


def _work(plan: Reopening) -> list[Measure]:
    """One limit for each sector and span, for all districts with the same one."""
    work, setting = plan.setting.work, plan.setting
    spans: dict[tuple[int, float, float, float, date, date], list[str]] = defaultdict(list)
    for sector in range(len(work.sectors)):
        for district, code in enumerate(work.districts):
            mine = (work.sector == sector) & (work.district == district)
            if not mine.any():
                continue
            people = work.workers[mine] if work.workers[mine].sum() > 0 else np.ones(int(mine.sum()))
            there = np.round(np.einsum("u,utm->tm", people / people.sum(), plan.attendance[mine]), 3)
            home = round(float(people @ setting.program.remote[mine] / people.sum()), 3)
            for first, after in _runs([(float(row.sum()), float(row[LOOP])) for row in there]):
                openness, loop = float(there[first].sum()), float(there[first, LOOP])
                if openness < FULL or loop > 0:
                    key = (sector, min(openness, 1.0), loop, home, plan.first_day(first), plan.first_day(after))
                    spans[key].append(code)
    found: list[Measure] = []
    for (sector, openness, loop, home, start, stop), codes in spans.items():
        everywhere = len(codes) == len(work.districts)
        rest = round((openness - loop) / (1 - loop), 4) if loop < 1 else 1.0
        found.append(
            LimitSectors(
                kind="limit_sectors",
                areas=() if everywhere else tuple(codes),
                sectors=(work.sectors[sector],),
                mode="closed_loop" if loop > 0 else "capped" if openness > 0 else "closed",
                capacity=rest if loop > 0 else openness,
                living_in=loop if loop > 0 else 0.5,
                from_home=home,
                adherence=1.0,
                start=start,
                stop=stop,
            )
        )
    return found


def _customers(plan: Reopening) -> list[Measure]:
    """Contacts with customers go down as the shops do."""
    work = plan.setting.work
    if not work.serves.any():
        return []
    left = np.round(work.present_to_customers(plan.openness), 2)
    spans: dict[tuple[float, date, date], list[str]] = defaultdict(list)
    for district, code in enumerate(work.districts):
        for first, after in _runs(left[district].tolist()):
            if left[district, first] < FULL:
                spans[float(left[district, first]), plan.first_day(first), plan.first_day(after)].append(code)
    return [
        LimitContacts(
            kind="limit_contacts",
            areas=() if len(codes) == len(work.districts) else tuple(codes),
            layers=("public",),
            left=share,
            adherence=1.0,
            start=start,
            stop=stop,
        )
        for (share, start, stop), codes in spans.items()
    ]


def _runs(values: Sequence[object]) -> list[tuple[int, int]]:
    """First period of each run of equal values, and the one after its last."""
    found = []
    for _, run in groupby(range(len(values)), key=lambda at: values[at]):
        periods = list(run)
        found.append((periods[0], periods[-1] + 1))
    return found
