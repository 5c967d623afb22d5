"""The daily numbers that a city would have published by the end of a run: counts, tests, doses, arrivals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from seawall.city.layers import AGE_CLASS_FROM
from seawall.city.synth.people import AGE_CLASS
from seawall.disease.course import NO_DAY, TEST_KINDS
from seawall.twin.keyed import STAYS, base, bits_of
from seawall.twin.line_list import dates_of
from seawall.twin.run import Run
from seawall.twin.state import NEVER
from seawall.twin.tally import REASONS

OLDEST_BAND_TO = 120
KEPT_APART = ("quarantine_contacts", "screen_travellers")
"""Kinds of measure that put people in quarantine; cases in isolation are not in it."""


def counts_table(run: Run) -> pl.DataFrame:
    """Table `counts`: every event of every day and district, none left out."""
    parts = [
        pl.DataFrame(
            {
                "date": dates_of(np.repeat(np.arange(run.days), array.shape[1]), run.start, np.ones(array.size, bool)),
                "area_id": pl.Series(run.map.districts).gather(np.tile(np.arange(array.shape[1]), run.days)),
                "event": pl.repeat(event, array.size, eager=True),
                "count": np.rint(array).astype(np.int64).ravel(),
            }
        )
        for event, array in events_of(run).items()
    ]
    return pl.concat(parts)


def events_of(run: Run) -> dict[str, np.ndarray]:
    """Event to numbers, shape (day, district)."""
    tally = run.tally
    reports = _by_district(run, tally.reports)
    imported, held = _by_district(run, tally.imported), _by_district(run, tally.in_control)
    return {
        "reports": reports,
        "reports_local": reports - imported,
        "reports_imported": imported,
        "reports_in_control": held,
        "reports_in_community": reports - held,
        **_tested(run),
        "admissions": tally.admissions,
        "deaths": tally.deaths,
        **in_beds(run),
        "contacts_traced": sum_of(run, ("traced",)),
        "in_quarantine": sum_of(run, ("home_days", "site_days"), kinds=KEPT_APART),
    }


def _by_district(run: Run, blocks: np.ndarray) -> np.ndarray:
    out = np.zeros((len(run.map.districts), run.days), dtype=np.int64)
    np.add.at(out, run.map.district_of_block, blocks.T)
    return np.asarray(out.T)


def _tested(run: Run) -> dict[str, np.ndarray]:
    tests, positives = people_tested(run)
    return {"tests": tests.sum(axis=(2, 3)), "positives": positives.sum(axis=(2, 3))}


def people_tested(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """People tested and positive among them, int64, shape (day, district, kind, reason).

    Tests of the uninfected are counted as expected numbers; they are rounded here, and are never fewer than the
    positive ones.
    """
    positives = np.rint(run.tally.positives).astype(np.int64)
    return np.maximum(np.rint(run.tally.tests).astype(np.int64), positives), positives


def in_beds(run: Run) -> dict[str, np.ndarray]:
    """Discharges, and stocks in hospital and in intensive care at the day's end; int64, shape (day, district)."""
    state, days = run.state, run.days
    findings = state.findings
    rows = np.nonzero(state.illness.admission[: state.rows] != NO_DAY)[0]
    rows = rows[findings.admitted[rows] != NEVER]
    people = state.infected.person[rows].astype(np.int64)
    district = state.world.ground.district_of_block[state.world.ground.block[people]].astype(np.int64)
    admitted = findings.admitted[rows].astype(np.int64)
    left = np.minimum(findings.left[rows].astype(np.int64), days)

    def change(day: np.ndarray, who: np.ndarray) -> np.ndarray:
        out = np.zeros((days + 1, len(run.map.districts)), dtype=np.int64)
        np.add.at(out, (np.minimum(day[who], days), district[who]), 1)
        return out[:days]

    everybody = np.ones(rows.size, dtype=bool)
    intensive = findings.in_icu[rows] != NEVER
    pick = (bits_of(base(state.seed, STAYS), people) >> np.uint64(32) & np.uint64(255)).astype(np.int64)
    stay = np.maximum(state.world.course.icu_days[pick].astype(np.int64), 1)
    into = findings.in_icu[rows].astype(np.int64)
    return {
        "discharges": change(left, ~findings.died[rows]),
        "in_hospital": np.cumsum(change(admitted, everybody) - change(left, everybody), axis=0),
        "in_icu": np.cumsum(change(into, intensive) - change(into + stay, intensive), axis=0),
    }


def sum_of(run: Run, whats: tuple[str, ...], *, kinds: tuple[str, ...] = ()) -> np.ndarray:
    """Burden of these kinds, put there by measures of these kinds (all where none is named); shape (day, district)."""
    chosen = {measure.name for measure in run.strategy.measures if measure.kind in kinds}
    out = np.zeros((run.days, len(run.map.districts)))
    for number, name in enumerate(run.burden.measures):
        if not kinds or name in chosen:
            for what in whats:
                out += run.burden.by_day(number, what).sum(axis=2)
    return out


def tests_table(run: Run) -> pl.DataFrame:
    """Table `tests`: a row for each day, district, kind and reason with anybody tested."""
    tests, positives = people_tested(run)
    day, district, kind, reason = np.nonzero(tests)
    return pl.DataFrame(
        {
            "date": dates_of(day, run.start, np.ones(day.size, bool)),
            "area_id": pl.Series(run.map.districts).gather(district),
            "kind": pl.Series(TEST_KINDS).gather(kind),
            "reason": pl.Series(REASONS).gather(reason),
            "tests": tests[day, district, kind, reason],
            "positives": positives[day, district, kind, reason],
            "turnaround_hours": pl.repeat(None, day.size, dtype=pl.Float64, eager=True),
        }
    )


def _band(classes: np.ndarray) -> Mapping[str, np.ndarray]:
    first = np.array(AGE_CLASS_FROM)
    last = np.append(first[1:] - 1, OLDEST_BAND_TO)
    return {"age_from": first[classes], "age_to": last[classes]}


def doses_table(run: Run) -> pl.DataFrame:
    """Table `doses`: those given in the run, by district of residence and age class."""
    ground = run.state.world.ground
    parts = [
        pl.DataFrame(
            {
                "day": pl.repeat(day, people.size, dtype=pl.Int64, eager=True),
                "district": ground.district_of_block[ground.block[people]].astype(np.int64),
                "product": pl.repeat(product, people.size, eager=True),
                "dose": had.astype(np.int64) + 1,
                "class": AGE_CLASS[ground.age[people]].astype(np.int64),
            }
        )
        for day, people, _, product, had in run.doses
    ]
    by = ["day", "district", "product", "dose", "class"]
    empty = pl.DataFrame(schema=dict.fromkeys(by, pl.Int64) | {"product": pl.String})
    given = pl.concat([empty, *parts]).group_by(by).len("doses").sort(by)
    classes = given["class"].to_numpy()
    return pl.DataFrame(
        {
            "date": dates_of(given["day"].to_numpy(), run.start, np.ones(given.height, bool)),
            "area_id": pl.Series(run.map.districts).gather(given["district"]),
            "product": given["product"],
            "dose": given["dose"],
            **_band(classes),
            "doses": given["doses"].cast(pl.Int64),
        }
    )


def arrivals_table(run: Run) -> pl.DataFrame:
    """Table `arrivals`: who came, and who was positive on arrival."""
    schema = {"day": pl.Int64, "origin": pl.String, "route": pl.String, "arrivals": pl.Float64, "positives": pl.Float64}
    rows = pl.DataFrame([row[:5] for row in run.arrivals], schema=schema, orient="row")
    rows = rows.group_by("day", "origin", "route").agg(pl.col("arrivals", "positives").sum())
    rows = rows.sort("day", "origin", "route")
    return pl.DataFrame(
        {
            "date": dates_of(rows["day"].to_numpy(), run.start, np.ones(rows.height, bool)),
            "origin": rows["origin"],
            "route": rows["route"],
            "arrivals": rows["arrivals"].round().cast(pl.Int64),
            "tested": pl.repeat(None, rows.height, dtype=pl.Int64, eager=True),
            "positives": rows["positives"].round().cast(pl.Int64),
        }
    )


def population_table(run: Run) -> pl.DataFrame:
    """Table `population`: residents of every finest area by age class."""
    people = run.state.world.people
    residents = np.zeros((len(people.area_ids), run.map.residents.shape[1]), dtype=np.int64)
    np.add.at(residents, people.area_of_block, run.map.residents)
    area, classes = np.divmod(np.arange(residents.size), residents.shape[1])
    return pl.DataFrame(
        {"area_id": pl.Series(people.area_ids).gather(area), **_band(classes), "persons": residents.ravel()}
    )
