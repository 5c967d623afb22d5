"""A city folder, checked as a whole: everything wrong is found at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from seawall.city.cells import trimmed, value
from seawall.city.declared import TABLES
from seawall.city.faults import SEVERITIES, DidYouMean, FaultGroup, Severity, single
from seawall.city.polygons import FILE as POLYGONS
from seawall.city.polygons import check_polygons
from seawall.city.rules import Known
from seawall.city.settings import read_settings
from seawall.city.table import ROW, Span, TableFile, check_key, check_rows, collected, open_table, rules_of
from seawall.city.transaction import settle
from seawall.city.tree import check_tree
from seawall.core import Fault, InvalidInput
from seawall.core.tables import SUFFIXES

AREA_ID = "areas.area_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSummary:
    """What one table of a folder holds; `rows` counts those that say anything."""

    table: str
    file: str
    rows: int
    first: date | None
    last: date | None


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """What a city folder holds, what it lacks, and everything wrong with it.

    Attributes:
        root: the folder.
        settings: `city.toml` as far as it could be read.
        tables: the tables there are.
        missing: tables there are not, each with what that hides.
        groups: the faults, those of one kind together.
    """

    root: Path
    settings: Mapping[str, Any] = field(repr=False)
    tables: tuple[TableSummary, ...]
    missing: Mapping[str, str] = field(repr=False)
    groups: tuple[FaultGroup, ...]

    def of(self, severity: Severity) -> tuple[FaultGroup, ...]:
        """The groups of one severity."""
        return tuple(group for group in self.groups if group.severity == severity)

    def count(self, severity: Severity) -> int:
        """How many faults of one severity."""
        return sum(group.count for group in self.of(severity))

    @property
    def ok(self) -> bool:
        """Whether the folder can be used."""
        return not self.of("error")

    def refusal(self) -> InvalidInput:
        """The errors, as the exception that a command ends with; of many of one kind the first few and their number."""
        number = self.count("error")
        faults = [fault for group in self.of("error") for fault in group.brief()]
        return InvalidInput(f"{self.root} has {number:,} {'fault' if number == 1 else 'faults'}.", faults)

    def listed(self) -> Iterator[dict[str, Any]]:
        """Every fault as a row: ``severity, code, file, row, column, value, problem, mend``."""
        for group in self.groups:
            for fault, shown in group.faults():
                yield {
                    "severity": group.severity,
                    "code": group.code,
                    "file": fault.file,
                    "row": fault.row,
                    "column": fault.column,
                    "value": shown,
                    "problem": fault.problem,
                    "mend": fault.mend,
                }

    def table(self) -> pl.DataFrame:
        """Every fault, as a table; see `listed`."""
        names = ("severity", "code", "file", "row", "column", "value", "problem", "mend")
        return pl.DataFrame(self.listed(), schema={name: pl.Int64 if name == "row" else pl.String for name in names})


def find_tables(root: Path) -> tuple[dict[str, Path], list[FaultGroup]]:
    """The tables of a folder, and what is wrong with the files there are."""
    files: dict[str, Path] = {}
    faults = []
    for table in TABLES:
        found = [root / f"{table}{suffix}" for suffix in SUFFIXES if (root / f"{table}{suffix}").is_file()]
        if len(found) > 1:
            names = " and ".join(path.name for path in found)
            faults.append(
                single(
                    "table-twice",
                    file=found[0].name,
                    problem=f"the table {table} is there more than once: {names}",
                    mend="Keep one of them",
                )
            )
        if found:
            files[table] = found[0]
    return files, faults + _strangers(root, files)


def _strangers(root: Path, files: Mapping[str, Path]) -> list[FaultGroup]:
    """Files that look as if they were meant as a table."""
    faults = []
    absent = [table for table in TABLES if table not in files]
    for path in sorted(root.iterdir()):
        stem, dot, suffix = path.name.partition(".")
        if not dot or path.name.startswith(".") or path in files.values() or not path.is_file():
            continue
        near = difflib.get_close_matches(stem.casefold(), absent, n=1, cutoff=0.75)
        if not near:
            continue
        if f".{suffix}" in SUFFIXES:
            problem, mend = "it is not a table of a city folder", f"Did you mean {near[0]}.{suffix}"
        elif suffix in ("xlsx", "xls", "tsv", "txt", "CSV"):
            problem = f"a table of a city folder ends in {', '.join(SUFFIXES)}"
            mend = f"Bring it in with: seawall import auto:{near[0]} {path.name} --into {root.name}"
        else:
            continue
        faults.append(single("unknown-file", file=path.name, problem=problem, mend=mend, severity="warning"))
    return faults


def check_city(root: Path | str, today: date | None = None) -> CheckReport:
    """Find everything wrong with a city folder.

    Reads every table once, in batches: memory does not grow with the folder, save by the faults in it.

    Args:
        root: the folder.
        today: the day of the check; dates after it are mentioned. Without it only dates beyond belief are.

    Raises:
        InvalidInput: there is no such folder.
    """
    root = Path(root)
    if not root.is_dir():
        raise InvalidInput(f"{root} is not a city folder.", [no_folder(root)])
    settle(root)
    settings, faults = read_settings(root)
    paths, misnamed = find_tables(root)
    files = {name: open_table(TABLES[name], path) for name, path in paths.items()}
    known = _known(files, today)
    faults += [*misnamed, *missing_tables(files)]
    summaries = []
    for name, file in files.items():
        faults += file.faults
        span, filled = Span(), file.rows
        if file.readable:
            found, span, filled = check_rows(file, rules_of(file, known))
            faults += found
            if (twice := check_key(file)) is not None:
                faults.append(twice)
            if filled == 0 and not any(fault.severity == "error" for fault in (*file.faults, *found)):
                faults.append(_no_rows(file))
        summaries.append(TableSummary(table=name, file=file.path.name, rows=filled, first=span.first, last=span.last))
    areas = area_rows(files.get("areas"))
    if areas is not None:
        faults += check_tree(areas, files["areas"].path.name)
    if (root / POLYGONS).is_file():
        codes = None if areas is None else set(areas["area_id"])
        faults += check_polygons(root / POLYGONS, codes, known.near.get(AREA_ID, DidYouMean({})))
    missing = {name: table.hides for name, table in TABLES.items() if name not in files}
    return CheckReport(
        root=root, settings=settings, tables=tuple(summaries), missing=missing, groups=tuple(_in_order(faults, files))
    )


def _in_order(faults: list[FaultGroup], files: Mapping[str, TableFile]) -> Iterator[FaultGroup]:
    """Errors before warnings, file by file, each file from its first row down."""
    order = [file.path.name for file in files.values()]

    def place(fault: FaultGroup) -> tuple[int, int, int]:
        file = order.index(fault.file) if fault.file in order else -1
        return SEVERITIES.index(fault.severity), file, fault.first_row

    return iter(sorted(faults, key=place))


def no_folder(root: Path) -> Fault:
    """There is no such folder, as a fault."""
    return Fault(
        file=str(root),
        problem="there is no such folder",
        mend="Check the path, or write an example with: seawall example DIR",
    )


def missing_tables(files: Mapping[str, Any]) -> Iterator[FaultGroup]:
    """Tables without which there is nothing to say."""
    if "areas" not in files:
        yield single(
            "missing-table",
            file="areas.csv",
            problem="there is no such table",
            mend="Add it: one row for the city and one for each district",
        )
    if "cases" not in files and "counts" not in files:
        yield single(
            "missing-table",
            file="cases.csv",
            problem="there is neither a cases nor a counts table",
            mend="Add a line list (cases) or daily numbers (counts)",
        )


def _no_rows(file: TableFile) -> FaultGroup:
    needed = file.table.name == "areas"
    return single(
        "no-rows",
        file=file.path.name,
        problem="the table has a header but no rows",
        mend="Add the city and its districts" if needed else "Add its rows, or remove the file",
        severity="error" if needed else "warning",
    )


def _known(files: Mapping[str, TableFile], today: date | None) -> Known:
    """What references may refer to, as far as the tables they refer to can be read."""
    ids: dict[str, pl.Series] = {}
    near: dict[str, DidYouMean] = {}
    for target in sorted({AREA_ID, *(c.refers_to for f in files.values() for c in f.table.columns if c.refers_to)}):
        table, column = target.split(".")
        file = files.get(table)
        if file is None or not file.readable or column not in file.present:
            continue
        words = collected(file.scan().select(trimmed(pl.col(column))).drop_nulls().unique())
        if words is None:
            continue
        ids[target] = words[column]
        if target == AREA_ID:
            near[target] = DidYouMean(_area_words(file))
        elif words.height <= 20_000:
            near[target] = DidYouMean({word: f'"{word}"' for word in words[column]})
    return Known(ids=ids, near=near, today=today)


def _area_words(areas: TableFile) -> dict[str, str]:
    """Every word an area may be meant by, to what should be written in its place."""
    named = [trimmed(pl.col(name)) for name in ("area_id", "name", "name_zh") if name in areas.present]
    rows = collected(areas.scan().select(named))
    words: dict[str, str] = {}
    for area_id, *names in rows.drop_nulls("area_id").iter_rows() if rows is not None else ():
        words[area_id] = f'"{area_id}"' + (f" ({names[0]})" if names and names[0] else "")
        for name in filter(None, names):
            words.setdefault(name, f'"{area_id}" ({name})')
    return words


def area_rows(areas: TableFile | None) -> pl.DataFrame | None:
    """The rows of the area table that have a code, for `check_tree`; None where they cannot be read."""
    if areas is None or not areas.readable or not {"area_id", "parent_id", "level"} <= areas.present:
        return None
    text = [trimmed(pl.col(name)).alias(name) for name in ("area_id", "parent_id", "level")]
    people = pl.lit(None, dtype=pl.Int64)
    if "population" in areas.present:
        people = value(pl.col("population"), areas.dtypes["population"], "integer")
    rows = areas.scan().select(pl.col(ROW).cast(pl.Int64).alias("row"), *text, people.alias("population"))
    return collected(rows.filter(pl.col("area_id").is_not_null()))
