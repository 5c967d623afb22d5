"""A played run as a city folder: the tables a city would have on the evening of the last day, and the truth beside it.

`seawall check` and `seawall brief` read the folder like any other. Where the run went on from the reports of a city,
what that city had reported before stays in its tables.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import polars as pl

from seawall import __version__
from seawall.city import TABLES, City
from seawall.city.polygons import FILE as POLYGONS
from seawall.city.settings import FILE as SETTINGS
from seawall.city.settings import as_toml
from seawall.core import Fault, InvalidInput
from seawall.core.tables import folder_written_beside, write_table
from seawall.disease import CATALOGUE
from seawall.twin.bulletins import arrivals_table, counts_table, doses_table, population_table, tests_table
from seawall.twin.line_list import cases_table, compounds, exposures_table, listed, visits_table
from seawall.twin.run import Run
from seawall.twin.truth import truth_tables

CSV_UP_TO = 1_000_000
"""Residents above which tables are written as Parquet."""

MARK = "seawall simulate"
"""What `city.toml` says under `generator` in a folder written here."""

COPIED = ("areas", "trips", "capacity", "stocks", "sectors", "flows")
DROPPED = ("example", "simulation", "first_day", "last_day")
"""Settings of the source that say how the source was made, not what the city is."""

Format = Literal["csv", "parquet"]


@dataclass(frozen=True, kw_only=True)
class Emitted:
    """What was written.

    Attributes:
        root, truth: the folders.
        rows: table to number of rows; the truth is not among them.
        first_day, last_day: of the data.
    """

    root: Path
    truth: Path | None
    rows: Mapping[str, int]
    first_day: date
    last_day: date


def tables_of(run: Run, city: City, *, continues: bool = False) -> dict[str, pl.DataFrame]:
    """The tables of the city on the evening of the last day of a run.

    Args:
        run: played to its end, with `keep_edges` if contacts are to be in it.
        city: the folder whose people were played.
        continues: whether the run went on from the reports of `city`; they are then kept.
    """
    copied = {name: city.scan(name).collect() for name in COPIED if city.has(name)}
    found = listed(run)
    places = compounds(run, copied["areas"])
    if city.has("places"):
        own = city.scan("places").collect().filter(~pl.col("place_id").is_in(places["place_id"].implode()))
        places = pl.concat([own, places.cast(own.schema)])
    cases = cases_table(found, places)
    visits, made_up = visits_table(found, places)
    new = {
        "population": population_table(run),
        "places": pl.concat([places, made_up.filter(~pl.col("place_id").is_in(places["place_id"].implode()))]),
        "cases": cases,
        "counts": counts_table(run),
        "exposures": exposures_table(found),
        "visits": visits,
        "tests": tests_table(run),
        "doses": doses_table(run),
        "arrivals": arrivals_table(run),
    }
    new = {name: table.select(_typed(name)) for name, table in new.items()}
    if continues:
        for name, earlier in earlier_tables(city, run.start).items():
            new[name] = pl.concat([earlier, new[name]])
    tables = copied | new
    return {name: _whole(tables[name]) for name in TABLES if name in tables and tables[name].height}


def _whole(table: pl.DataFrame) -> pl.DataFrame:
    """The table with numbers that are all whole written without a decimal point."""
    return table.with_columns(
        column.cast(pl.Int64)
        for column in table.get_columns()
        if column.name in ("count", "age") and column.drop_nulls().eq(column.drop_nulls().round()).all()
    )


def _typed(name: str) -> list[pl.Expr]:
    return [pl.col(column.name).cast(column.dtype) for column in TABLES[name].columns]


def earlier_tables(city: City, start: date) -> dict[str, pl.DataFrame]:
    """What a city had reported before a day, as it was known then."""
    kept = {}
    for name, clock in (("counts", "date"), ("tests", "date"), ("doses", "date"), ("arrivals", "date")):
        if city.has(name):
            kept[name] = city.scan(name).filter(pl.col(clock) < start).collect()
    if not city.has("cases"):
        return kept
    reported = pl.coalesce("report_date", "specimen_date", "onset_date") < start
    later = [pl.when(pl.col(day) < start).then(pl.col(day)).alias(day) for day in ("isolation_date", "admission_date")]
    ended = pl.col("outcome_date") < start
    cases = (
        city.scan("cases")
        .filter(reported)
        .with_columns(
            *later,
            pl.when(ended).then("outcome_date").alias("outcome_date"),
            pl.when(ended | pl.col("outcome_date").is_null()).then("outcome").otherwise(pl.lit("ill")).alias("outcome"),
        )
        .collect()
    )
    kept["cases"] = cases
    for name, of_case, clock in (("exposures", "case_id", "first_date"), ("visits", "person_id", "end")):
        if city.has(name):
            known = pl.col(of_case).is_in(cases["case_id"].implode())
            kept[name] = city.scan(name).filter(known & (pl.col(clock).cast(pl.Date) < start)).collect()
    return kept


def write_city(
    run: Run,
    city: City,
    root: Path | str,
    *,
    truth: Path | str | None = None,
    continues: bool = False,
    table_format: Format | None = None,
    mark: Mapping[str, Any] | None = None,
) -> Emitted:
    """Write a played run as a city folder, and the truth into a folder beside it; each complete or not there at all.

    Args:
        run: played to its end.
        city: the folder whose people were played.
        root: folder to write; one written here before is replaced, any other with something in it is kept.
        truth: folder for the truth; None: it is not written.
        continues: see `tables_of`.
        table_format: csv or parquet; None: csv up to a million residents.
        mark: what to say about the run in `city.toml`, beside who wrote it.

    Raises:
        InvalidInput: the folder is not ours to replace.
    """
    root = Path(root)
    truth = None if truth is None else Path(truth)
    refuse_foreign(root)
    residents = run.state.world.people.residents
    table_format = table_format or ("csv" if residents <= CSV_UP_TO else "parquet")
    tables = tables_of(run, city, continues=continues)
    last = run.start + timedelta(days=run.days - 1)
    first = min(run.start, *tables["counts"]["date"])
    about = {"generator": MARK, "version": __version__, "strategy": run.strategy.name, **(mark or {})}
    kept = {name: said for name, said in city.settings.items() if name not in DROPPED}
    played = run.state.world.course.key
    settings = {
        **kept,
        "synthetic": True,
        "pathogen": played if played in CATALOGUE else city.pathogen,
        "imported_infect": True,
        "first_day": first,
        "last_day": last,
        "simulation": {**about, "first_day": run.start, "residents": residents},
    }
    if truth is not None:
        with folder_written_beside(truth) as beside:
            for name, table in truth_tables(run).items():
                write_table(table, beside / f"{name}.{table_format}")
            (beside / "README.md").write_text(_TRUTH, encoding="utf-8", newline="\n")
    with folder_written_beside(root) as beside:
        for name, table in tables.items():
            write_table(table, beside / f"{name}.{table_format}")
        if (city.root / POLYGONS).exists():
            shutil.copyfile(city.root / POLYGONS, beside / POLYGONS)
        (beside / SETTINGS).write_text(as_toml(settings), encoding="utf-8", newline="\n")
        (beside / "README.md").write_text(_readme(run, city, last), encoding="utf-8", newline="\n")
    return Emitted(
        root=root,
        truth=truth,
        rows={name: table.height for name, table in tables.items()},
        first_day=first,
        last_day=last,
    )


def refuse_foreign(root: Path) -> None:
    """Refuse to write where something lies that was not written here.

    Raises:
        InvalidInput: it does.
    """
    if not root.exists() or (root.is_dir() and not any(root.iterdir())) or is_simulated(root):
        return
    problem = "it is a folder that no simulation wrote" if root.is_dir() else "there is a file of that name"
    mend = "Name a folder that is new or empty; only a simulated city is ever replaced"
    raise InvalidInput("The simulated city was not written.", [Fault(file=str(root), problem=problem, mend=mend)])


def is_simulated(root: Path) -> bool:
    """Whether a folder holds a city that was written here."""
    try:
        return f'generator = "{MARK}"' in (root / SETTINGS).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


_TRUTH = """# What was really so

- `infections`: every infection, found or not: who, by whom, when, where, how, which variant, onset, found or not.
- `daily`: infections by day and area.
- `reproduction`: mean number of people whom those infected on a day went on to infect. `complete` is false for days
  whose infected could still infect others when the run ended.

People are named as in the line list of the city beside this folder. Nothing in a brief may be read from here.
"""


def _readme(run: Run, city: City, last: date) -> str:
    return f"""# {city.name}: a simulated outbreak

**Nothing here happened.** Every resident, infection, test and visit was drawn by `seawall simulate` (version
{__version__}): {run.start} to {last}, strategy "{run.strategy.name}". The tables hold what the city would have known on
the evening of {last}. Days on which cases were at a place are drawn, not played; everything else was played.
"""
