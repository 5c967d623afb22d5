"""The example city, made and written: one folder, complete or not there at all."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl
import shapely

from seawall import __version__
from seawall.city.example import names
from seawall.city.example.arrivals import arrivals_table, arrive
from seawall.city.example.contacts import expose, visit
from seawall.city.example.course import FIRST_DAY, Story, delays
from seawall.city.example.land import make_land
from seawall.city.example.linelist import Outbreak, follow, line_list, listed
from seawall.city.example.outbreak import Setting, spread, trips_between
from seawall.city.example.people import CITY_CODE, People, settle
from seawall.city.example.resources import (
    capacity_table,
    doses_table,
    flows_table,
    sectors_table,
    stocks_table,
    trips_table,
)
from seawall.city.example.tallies import counts_table, tally, tests_table
from seawall.city.example.truth import truth_tables
from seawall.core import Fault, InvalidInput
from seawall.core.tables import folder_written_beside, write_table
from seawall.disease import pathogen

DEFAULT_RESIDENTS = 300_000
FEWEST_RESIDENTS, MOST_RESIDENTS = 2_000, 25_000_000
FEWEST_DAYS, MOST_DAYS = 40, 365
CSV_UP_TO = 1_000_000
"""Residents above which the tables are written as Parquet."""

OUTLINES_UP_TO = 2_000
"""Communities above which their polygons are left out, so that the file stays small."""

MARK = "seawall example"
"""What `city.toml` says under `generator` in a folder that this module wrote."""

Format = Literal["csv", "parquet"]


@dataclass(frozen=True, kw_only=True)
class ExampleCity:
    """What was written.

    Attributes:
        root: the folder.
        rows: table to number of rows; the truth is not among them.
        infections: how many people were infected, found or not.
        first_day, last_day: of the data.
        table_format: csv or parquet.
    """

    root: Path
    rows: Mapping[str, int]
    infections: int
    first_day: date
    last_day: date
    table_format: Format


def write_example(
    root: Path | str,
    *,
    residents: int = DEFAULT_RESIDENTS,
    seed: int = 1,
    days: int = 120,
    table_format: Format | None = None,
    force: bool = False,
    progress: Callable[[str], None] | None = None,
) -> ExampleCity:
    """Make the example city and write its folder: the same seed and size give the same bytes.

    Args:
        root: folder to write. An example city there is replaced; any other folder with something in it is kept.
        residents: people of the city, 2,000 to 25 million.
        seed: another seed, another city and outbreak.
        days: length of the data, 40 to 365; the story is told in the first 120.
        table_format: csv or parquet; None: csv up to a million residents.
        force: replace an example city even where other files lie in its folder.
        progress: told what is being done, in a word or two.

    Returns:
        What was written.

    Raises:
        InvalidInput: a number is out of range, or the folder is not ours to replace.
    """
    with _advised(Path(root)):
        root = Path(os.path.realpath(root))
        _check(root, residents, days, table_format, force=force)
    table_format = table_format or ("csv" if residents <= CSV_UP_TO else "parquet")
    tell = progress or (lambda _: None)
    tell("land and people")
    people = settle(make_land(residents, seed), seed)
    setting = Setting(
        people=people, story=Story(), pathogen=pathogen("covid-omicron-ba2"), trips=trips_between(people), seed=seed
    )
    tell("outbreak")
    course, infections = spread(setting, days)
    tell("line list")
    waits = delays()
    lines = follow(setting, course, waits, infections)
    outbreak = Outbreak(setting=setting, course=course, infections=infections, lines=lines, rows=listed(lines, days))
    cases = line_list(outbreak)
    tell("contacts, tests, beds")
    exposures, traced = expose(outbreak)
    gates = arrive(outbreak)
    tallies = tally(outbreak, traced, gates)
    sectors = sectors_table(setting)
    tables = {
        "areas": people.areas,
        "population": people.population,
        "counts": counts_table(setting, course, tallies),
        "cases": cases,
        "exposures": exposures,
        "visits": visit(outbreak),
        "places": people.places,
        "tests": tests_table(people, tallies),
        "doses": doses_table(setting, course, tallies),
        "arrivals": arrivals_table(gates),
        "trips": trips_table(setting),
        "capacity": capacity_table(setting, tallies),
        "stocks": stocks_table(setting),
        "sectors": sectors,
        "flows": flows_table(sectors),
    }
    truth = truth_tables(outbreak, waits)
    last_day = FIRST_DAY + timedelta(days=days - 1)
    with _advised(root), folder_written_beside(root) as beside:
        tell("files")
        for name, table in tables.items():
            write_table(table, beside / f"{name}.{table_format}")
        for name, table in truth.items():
            write_table(table, beside / "truth" / f"{name}.{table_format}")
        _write_text(beside / "city.toml", _city_toml(residents, seed, days, last_day))
        _write_text(beside / "areas.geojson", _geojson(people))
        _write_text(beside / "README.md", _readme(residents, seed, days, table_format))
    return ExampleCity(
        root=root,
        rows={name: table.height for name, table in tables.items()},
        infections=infections.day.size,
        first_day=FIRST_DAY,
        last_day=last_day,
        table_format=table_format,
    )


@contextlib.contextmanager
def _advised(root: Path) -> Iterator[None]:
    """Turn what the disk says into advice."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error).partition("\n")[0]
        mend = "Choose a folder that can be written, on a disk with room"
        fault = Fault(file=str(root), problem=f"it cannot be written ({said})", mend=mend)
        raise InvalidInput("The example city was not written.", [fault]) from error


def _check(root: Path, residents: int, days: int, table_format: str | None, *, force: bool) -> None:
    """Refuse all that is wrong at once."""
    faults = []
    for name, value, low, high in (
        ("residents", residents, FEWEST_RESIDENTS, MOST_RESIDENTS),
        ("days", days, FEWEST_DAYS, MOST_DAYS),
    ):
        if not low <= value <= high:
            problem = f"{value} {name} is not between {low:,} and {high:,}"
            faults.append(Fault(file="example", column=name, problem=problem, mend="Give a number in that range"))
    if table_format not in {None, "csv", "parquet"}:
        problem = f"{table_format!r} is no format of tables"
        faults.append(Fault(file="example", column="format", problem=problem, mend="Give csv or parquet"))
    if str(root) != str(root).encode("utf-8", "replace").decode():
        problem, mend = "its name is not UTF-8 text", "Name a folder in UTF-8"
        faults.append(Fault(file=ascii(str(root)), problem=problem, mend=mend))
    elif root.exists() and not root.is_dir():
        problem, mend = "there is a file of that name", "Name a folder that is new or empty"
        faults.append(Fault(file=str(root), problem=problem, mend=mend))
    elif root.is_dir() and (found := sorted(path.name for path in root.iterdir())):
        if not _is_example(root):
            problem = f"the folder is not empty ({', '.join(found[:3])}{' …' if len(found) > 3 else ''})"
            mend = "Name a folder that is new or empty; only an example city is ever replaced"
            faults.append(Fault(file=str(root), problem=problem, mend=mend))
        elif not force and (foreign := [name for name in found if not _ours(name)]):
            problem = f"files that are not the example's lie in it: {', '.join(foreign[:5])}"
            mend = "Move them away, or add --force to replace the whole folder"
            faults.append(Fault(file=str(root), problem=problem, mend=mend))
    if faults:
        raise InvalidInput("The example city was not written.", faults)


def _is_example(root: Path) -> bool:
    try:
        return f'generator = "{MARK}"' in (root / "city.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


_TABLES = (
    *("areas", "population", "counts", "cases", "exposures", "visits", "places", "tests", "doses", "arrivals"),
    *("trips", "capacity", "stocks", "sectors", "flows"),
)


def _ours(name: str) -> bool:
    """Whether a file or folder of that name is one the example consists of."""
    if name in {"city.toml", "areas.geojson", "README.md", "truth"}:
        return True
    return name.partition(".")[0] in _TABLES and name.partition(".")[2] in {"csv", "parquet"}


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _city_toml(residents: int, seed: int, days: int, last_day: date) -> str:
    return f"""# A made-up city. Its people, streets and outbreak never were; see README.md.
name = "{names.CITY.latin}"
name_zh = "{names.CITY.chinese}"
synthetic = true
pathogen = "covid-omicron-ba2"
time_zone = "Asia/Shanghai"
first_day = {FIRST_DAY}
last_day = {last_day}

[example]
generator = "{MARK}"
version = "{__version__}"
residents = {residents}
seed = {seed}
days = {days}
"""


def _geojson(people: People) -> str:
    """Outlines of districts and subdistricts, and of communities where there are not too many."""
    land = people.land
    wanted = [("district", people.district_ids, land.outlines("district"))]
    wanted.append(("subdistrict", people.subdistrict_ids, land.outlines("subdistrict")))
    if len(land.cells) <= OUTLINES_UP_TO:
        wanted.append(("community", people.community_ids, land.cells))
    named = {row["area_id"]: row for row in people.areas.select("area_id", "name", "name_zh").iter_rows(named=True)}
    features: list[dict[str, Any]] = []
    for level, codes, outlines in wanted:
        for area_id, outline in zip(codes, outlines, strict=True):
            about = {"area_id": area_id, "level": level, **named[area_id]}
            features.append({"type": "Feature", "properties": about, "geometry": _geometry(outline)})
    whole = {"type": "FeatureCollection", "name": CITY_CODE, "synthetic": True, "features": features}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n"


def _geometry(outline: shapely.Geometry) -> dict[str, Any]:
    """GeoJSON with five decimals, outer rings counter-clockwise as RFC 7946 asks."""
    polygons = [
        [np.round(shapely.get_coordinates(ring), 5).tolist() for ring in (part.exterior, *part.interiors)]
        for part in shapely.get_parts(shapely.orient_polygons(outline))
    ]
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def _readme(residents: int, seed: int, days: int, table_format: str) -> str:
    return f"""# {names.CITY.latin} {names.CITY.chinese}: a synthetic city

**Nothing here is real.** The city, its {residents:,} residents, every case and every number were drawn by
`seawall example` (version {__version__}, seed {seed}, {days} days). It lies where there is only sea. Any likeness to
a real place, person or outbreak is chance.

Make the same folder again, byte for byte:

    seawall example DIR --residents {residents} --seed {seed} --days {days} --format {table_format}

- `city.toml`, `areas.geojson` and the tables are a city folder as Seawall reads it.
- `truth/` holds what was really so: the reproduction number, all infections, the delays, how many were found. It is
  there so that estimates can be tested. No reader of a city folder looks there, and nothing in a brief may.
- One district sent no counts for three days and another held its reports back for three; both are meant.
"""
