"""What was really so in a run, written beside what the city saw, so that estimates can be held against it."""

from __future__ import annotations

import numpy as np
import polars as pl

from seawall.city.layers import LAYERS
from seawall.twin.line_list import dates_of, infection_numbers, names_of, reported_rows
from seawall.twin.run import Run

TRUE_LAYERS = (*LAYERS, "elsewhere")


def truth_tables(run: Run) -> dict[str, pl.DataFrame]:
    """Tables of the truth: ``infections``, ``daily`` and ``reproduction``."""
    return {"infections": infections_table(run), "daily": daily_table(run), "reproduction": reproduction_table(run)}


def infections_table(run: Run) -> pl.DataFrame:
    """Every infection: ``person, infector, date, area_id, layer, variant, onset_date, found``.

    A person is named as in the line list; `found` says whether it stands there. The infector is null where the
    infection came from elsewhere, and `onset_date` where there are no symptoms.
    """
    state, rows = run.state, run.state.rows
    infected = state.infected
    person = infected.person[:rows].astype(np.int64)
    names = names_of(run, person, infection_numbers(run))
    by = infected.infector[:rows].astype(np.int64)
    source = pl.select(pl.when(pl.Series(by >= 0)).then(names.gather(np.maximum(by, 0)))).to_series()
    day = infected.day[:rows].astype(np.int64)
    found = np.zeros(rows, dtype=bool)
    found[reported_rows(run)] = True
    block = state.world.ground.block[person].astype(np.int64)
    return pl.DataFrame(
        {
            "person": names,
            "infector": source,
            "date": dates_of(day, run.start, np.ones(rows, dtype=bool)),
            "area_id": pl.Series(run.map.block_area).gather(block),
            "layer": pl.Series(TRUE_LAYERS).gather(np.minimum(infected.layer[:rows], len(LAYERS)).astype(np.int64)),
            "variant": pl.Series(state.world.course.variants).gather(infected.variant[:rows].astype(np.int64)),
            "onset_date": dates_of(day + infected.run[:rows], run.start, infected.run[:rows] > 0),
            "found": found,
        }
    ).sort("date", "person")


def daily_table(run: Run) -> pl.DataFrame:
    """``date, area_id, infections`` of every finest area with any, by day of the run on which they were counted."""
    people = run.state.world.people
    by_area = np.zeros((len(people.area_ids), run.days), dtype=np.int64)
    np.add.at(by_area, people.area_of_block, run.tally.infections.T)
    day, area = np.nonzero(by_area.T)
    return pl.DataFrame(
        {
            "date": dates_of(day, run.start, np.ones(day.size, dtype=bool)),
            "area_id": pl.Series(people.area_ids).gather(area),
            "infections": by_area[area, day],
        }
    )


def reproduction_table(run: Run) -> pl.DataFrame:
    """``date, infections, reproduction_number, complete``: mean infections by those infected on each day.

    `complete` says whether all whom they could infect had been infected when the run ended.
    """
    state, rows = run.state, run.state.rows
    infected = state.infected
    by = infected.infector[:rows]
    offspring = np.bincount(by[by >= 0].astype(np.int64), minlength=rows)
    day = infected.day[:rows].astype(np.int64)
    first = min(int(day.min(initial=0)), 0)
    many = np.bincount(day - first, minlength=run.days - first)
    caused = np.bincount(day - first, weights=offspring, minlength=run.days - first)
    at = np.nonzero(many)[0]
    return pl.DataFrame(
        {
            "date": dates_of(at + first, run.start, np.ones(at.size, dtype=bool)),
            "infections": many[at],
            "reproduction_number": caused[at] / many[at],
            "complete": at + first + state.world.course.longest_days <= run.days,
        }
    )
