"""The line list that a city would have at the end of a run: found infections, their contacts, their visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from seawall.city.layers import LAYERS
from seawall.city.rules import BEFORE_ONSET_DAYS
from seawall.city.synth.people import FEMALE
from seawall.measures.isolate_cases import IsolateCases
from seawall.twin.city_map import block_code
from seawall.twin.keyed import EMITTED, base, bits_of, units_of
from seawall.twin.run import Run
from seawall.twin.state import ELSEWHERE, FOUND_BY, NEVER

ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", dtype=np.uint8)
NAME_LETTERS = 13
"""Five bits a letter: 13 letters hold 64 bits, so that no two people share a name."""

UNKNOWN_ONSET, VISITS, VISIT_PLACE, VISIT_DAY, VISIT_HOUR, VISIT_STAY = range(1 << 20, (1 << 20) + 6)
"""Slots of the draws made for the tables only; below them stand the infections of one person."""

MOST_VISITS = 8
VISITED_KINDS = ("market", "venue", "school", "workplace", "hub")
VISITED_DAYS = 4
"""Days before the specimen of which a case is asked where it was."""

SETTINGS = {
    "household": "household",
    "school": "school",
    "work": "work",
    "care_home": "household",
    "community": "community",
    "transport": "transport",
    "public": "venue",
    "hospital": "hospital",
    "quarantine_site": "unknown",
    "closed_loop": "work",
}
"""Where people met, in the words of the table `exposures`."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The infections that were reported by the last day.

    Attributes:
        run: the run.
        rows: int64, shape (case,). In the order of report, then of name, so that nothing tells who was infected first.
        names: case codes.
        latest: int64, shape (case,). Which infection of its person each is, from 0.
    """

    run: Run
    rows: np.ndarray
    names: pl.Series
    latest: np.ndarray

    @property
    def people(self) -> np.ndarray:
        """Who they are, int64, shape (case,)."""
        return np.asarray(self.run.state.infected.person[self.rows], dtype=np.int64)


def names_of(run: Run, people: np.ndarray, infection: np.ndarray | int = 0, letter: str = "C") -> pl.Series:
    """Pseudonyms: a letter and a keyed hash, the same for the same person and infection in every table of a run.

    The first day is part of the key, so that a run that goes on from a simulated city names nobody as that city did.
    """
    word = bits_of(base(run.state.seed, EMITTED, run.start.toordinal()), people, infection)
    shift = np.uint64(5) * np.arange(NAME_LETTERS, dtype=np.uint64)
    letters = np.empty((people.size, NAME_LETTERS + 1), dtype=np.uint8)
    letters[:, 0] = ord(letter)
    for at, by in enumerate(shift):
        letters[:, at + 1] = ALPHABET[((word >> by) & np.uint64(31)).astype(np.int64)]
    return pl.Series(letters.view(f"S{NAME_LETTERS + 1}").ravel().astype(np.str_), dtype=pl.String)


def infection_numbers(run: Run) -> np.ndarray:
    """Which infection of its person each row is, from 0; int64, shape (row,)."""
    person = run.state.infected.person[: run.state.rows]
    order = np.argsort(person, kind="stable")
    begins = np.ones(person.size, dtype=bool)
    begins[1:] = person[order][1:] != person[order][:-1]
    at = np.arange(person.size, dtype=np.int64)
    number = np.empty(person.size, dtype=np.int64)
    number[order] = at - np.asarray(np.maximum.accumulate(np.where(begins, at, 0)))
    return number


def reported_rows(run: Run) -> np.ndarray:
    """Infections reported during the run, int64, rising."""
    findings, rows = run.state.findings, run.state.rows
    found = np.nonzero(findings.specimen[:rows] != NEVER)[0]
    report = findings.report[found]
    return np.asarray(found[(report >= 0) & (report < run.days)])


def listed(run: Run) -> Listed:
    """The infections that belong on the line list."""
    rows = reported_rows(run)
    numbers = infection_numbers(run)[rows]
    names = names_of(run, run.state.infected.person[rows].astype(np.int64), numbers)
    order = pl.DataFrame({"report": run.state.findings.report[rows], "name": names}).select(
        pl.arg_sort_by("report", "name")
    )
    at = order.to_series().to_numpy().astype(np.int64)
    return Listed(run=run, rows=rows[at], names=names.gather(at), latest=numbers[at])


def dates_of(days: np.ndarray, start: date, known: np.ndarray) -> pl.Series:
    """Days of the run as dates; null where not known."""
    first = (start - date(1970, 1, 1)).days
    series = pl.Series(np.where(known, days.astype(np.int32) + first, 0).astype(np.int32)).cast(pl.Date)
    return pl.select(pl.when(pl.Series(known)).then(series)).to_series()


def cases_table(found: Listed, places: pl.DataFrame) -> pl.DataFrame:
    """Table `cases`, as it stands at the end of the last day: what has not happened by then is not in it.

    A case that needs no bed is written down as recovered when its isolation ends, or, where it was not isolated, once
    nobody infects any more so long after infection.

    Args:
        found: the cases.
        places: table `places`, with the compound of each block.
    """
    run, rows, people = found.run, found.rows, found.people
    state, days = run.state, run.days
    findings, infected, illness = state.findings, state.infected, state.illness
    day = infected.day[rows].astype(np.int64)
    ill = infected.run[rows] > 0
    onset = day + infected.run[rows]
    specimen, report = (column[rows].astype(np.int64) for column in (findings.specimen, findings.report))
    symptoms = ill & (onset < days) & (onset - specimen <= BEFORE_ONSET_DAYS)
    asked = units_of(base(state.seed, EMITTED), people, UNKNOWN_ONSET) >= run.behaviour.onset_unknown
    isolated, admitted, intensive, left = (
        column[rows].astype(np.int64)
        for column in (findings.isolated, findings.admitted, findings.in_icu, findings.left)
    )
    # who was kept apart already was so on the evening before the specimen, whatever followed
    confined = findings.in_control[rows] & (findings.found_by[rows] != FOUND_BY.index("arrival"))
    apart = np.where(confined, np.minimum(isolated, specimen - 1), isolated)
    in_bed, in_icu = admitted < days, intensive < days
    gone = left < days
    died = gone & findings.died[rows]
    needs_bed = illness.need[rows] > 0
    kept = next((measure.days for measure in run.strategy.measures if isinstance(measure, IsolateCases)), 0)
    over = np.where(isolated != NEVER, isolated + kept, day + state.world.course.longest_days)
    over = np.maximum.reduce([over, report, np.where(symptoms, onset, day)])
    recovered = np.where(needs_bed, gone & ~died, over < days)
    ends = np.where(gone, left, over)
    severity = np.select([in_icu | died, in_bed, symptoms], ["critical", "severe", "mild"], "none")
    outcome = np.select([died, recovered], ["died", "recovered"], "ill")
    block = state.world.ground.block[people].astype(np.int64)
    area = pl.Series(run.map.block_area).gather(block)
    points = pl.DataFrame({"place_id": pl.Series(run.map.block_place).gather(block)}).join(
        places.select("place_id", "lon", "lat"), on="place_id", how="left", maintain_order="left"
    )
    sex = np.where(state.world.people.traits[people] & FEMALE, "female", "male")
    return pl.DataFrame(
        {
            "case_id": found.names,
            "area_id": area,
            "onset_date": dates_of(onset, run.start, symptoms & asked),
            "specimen_date": dates_of(specimen, run.start, specimen < days),
            "report_date": dates_of(report, run.start, report < days),
            "isolation_date": dates_of(apart, run.start, apart < days),
            "admission_date": dates_of(admitted, run.start, in_bed),
            "outcome_date": dates_of(ends, run.start, died | recovered),
            "outcome": outcome,
            "classification": np.where(symptoms, "confirmed", "asymptomatic"),
            "severity": severity,
            "age": state.world.ground.age[people].astype(np.float64),
            "sex": sex,
            "origin": np.where(infected.layer[rows] == ELSEWHERE, "imported", "local"),
            "found_by": pl.Series(FOUND_BY).gather(findings.found_by[rows].astype(np.int64)),
            "in_control": findings.in_control[rows],
            "place_id": points["place_id"],
            "lon": points["lon"],
            "lat": points["lat"],
        }
    )


def exposures_table(found: Listed) -> pl.DataFrame:
    """Table `exposures`: the contacts that tracing found, each on the day of the last contact."""
    run, state = found.run, found.run.state
    edges = np.concatenate(run.edges) if run.edges else np.zeros((0, 4), dtype=np.int64)
    place = np.full(state.rows, -1, dtype=np.int64)
    place[found.rows] = np.arange(found.rows.size)
    edges = edges[place[edges[:, 0]] >= 0]
    contact = edges[:, 1]
    row = state.rows_of(contact)
    number = np.where(row >= 0, infection_numbers(run)[np.maximum(row, 0)], 0) if state.rows else np.zeros_like(row)
    when = dates_of(edges[:, 3], run.start, np.ones(contact.size, dtype=bool))
    table = pl.DataFrame(
        {
            "case_id": found.names.gather(place[edges[:, 0]]),
            "person_id": names_of(run, contact, number),
            "setting": pl.Series([SETTINGS[layer] for layer in LAYERS]).gather(edges[:, 2]),
            "first_date": when,
            "last_date": when,
        }
    )
    return table.unique(["case_id", "person_id", "setting", "first_date"]).sort(
        "first_date", "case_id", "person_id", "setting"
    )


def compounds(run: Run, areas: pl.DataFrame) -> pl.DataFrame:
    """Rows of `places`: the compound of every block, at the point of its area."""
    blocks = run.map.blocks
    where = pl.DataFrame({"area_id": pl.Series(run.map.block_area)}).join(
        areas.select("area_id", "lon", "lat"), on="area_id", how="left", maintain_order="left"
    )
    return pl.DataFrame(
        {
            "place_id": [block_code(block) for block in range(blocks)],
            "area_id": where["area_id"],
            "kind": pl.repeat("residence", blocks, eager=True),
            "name": pl.repeat(None, blocks, dtype=pl.String, eager=True),
            "lon": where["lon"],
            "lat": where["lat"],
            "capacity": run.map.residents.sum(axis=1).astype(float),
        }
    )


def visits_table(found: Listed, places: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Table `visits`: where cases found in the community say they were in the days before; drawn, not played.

    Args:
        found: the cases.
        places: table `places` so far.

    Returns:
        The visits, and places made up for areas in which there is nowhere to go.
    """
    run, state = found.run, found.run.state
    free = np.nonzero(~state.findings.in_control[found.rows])[0]
    key, people = base(state.seed, EMITTED), found.people[free]
    mean = run.behaviour.visits_per_case
    chance = np.cumsum(np.exp(-mean) * np.cumprod(np.concatenate([[1.0], mean / np.arange(1, MOST_VISITS)])))
    many = np.searchsorted(chance, units_of(key, people, VISITS), side="right")
    case = np.repeat(free, many)
    order = np.arange(case.size) - np.repeat(np.cumsum(many) - many, many)
    who = found.people[case]
    area = pl.Series(run.map.block_area).gather(state.world.ground.block[who].astype(np.int64))
    there = places.filter(pl.col("kind").is_in(VISITED_KINDS)).sort("place_id")
    bare = area.filter(~area.is_in(there["area_id"].implode())).unique().sort()
    made = _made_up(bare, places)
    there = pl.concat([there, made])
    choice = there.group_by("area_id").agg(pl.col("place_id"))
    at = units_of(key, who, VISIT_PLACE + 64 * (order + 1))
    drawn = (
        pl.DataFrame({"area_id": area, "u": at})
        .join(choice, on="area_id", how="left", maintain_order="left")
        .with_columns((pl.col("u") * pl.col("place_id").list.len()).cast(pl.Int64).alias("index"))
        .select(pl.col("place_id").list.get(pl.col("index")))
    )
    back = (units_of(key, who, VISIT_DAY + 64 * (order + 1)) * VISITED_DAYS).astype(np.int64)
    minute = (480 + 5 * np.floor(units_of(key, who, VISIT_HOUR + 64 * (order + 1)) * 144)).astype(np.int64)
    stay = (20 + 5 * np.floor(units_of(key, who, VISIT_STAY + 64 * (order + 1)) * 30)).astype(np.int64)
    day = state.findings.specimen[found.rows[case]].astype(np.int64) - 1 - back
    begins = dates_of(day, run.start, np.ones(day.size, dtype=bool)).cast(pl.Datetime("us"))
    table = pl.DataFrame(
        {
            "person_id": found.names.gather(case),
            "place_id": drawn["place_id"],
            "start": begins + pl.Series(minute * 60_000_000).cast(pl.Duration("us")),
            "end": begins + pl.Series((minute + stay) * 60_000_000).cast(pl.Duration("us")),
        }
    )
    return table.unique(["person_id", "place_id", "start"]).sort("start", "person_id", "place_id"), made


def _made_up(areas: pl.Series, places: pl.DataFrame) -> pl.DataFrame:
    """A venue for each of these areas, at the point of one of its places."""
    points = places.group_by("area_id").agg(pl.col("lon").first(), pl.col("lat").first())
    return (
        pl.DataFrame({"area_id": areas.cast(pl.String)})
        .join(points, on="area_id", how="left", maintain_order="left")
        .select(
            (pl.lit("V") + pl.col("area_id")).alias("place_id"),
            "area_id",
            pl.lit("venue").alias("kind"),
            pl.lit(None, dtype=pl.String).alias("name"),
            "lon",
            "lat",
            pl.lit(None, dtype=pl.Float64).alias("capacity"),
        )
    )
