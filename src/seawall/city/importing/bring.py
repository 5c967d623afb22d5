"""An import from end to end: files through a mapping into a city folder, all of it or nothing."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import polars as pl

from seawall import __version__
from seawall.city.cells import trimmed
from seawall.city.check import CheckReport, check_city, find_tables
from seawall.city.declared import TABLES
from seawall.city.faults import DidYouMean
from seawall.city.importing.columns import Layout, lay
from seawall.city.importing.judging import Records, judge_together, read_records
from seawall.city.importing.mapping import Mapping, TableMap
from seawall.city.importing.places import AreaFinder
from seawall.city.importing.reading import read_mapping
from seawall.city.importing.receipt import FileReceipt, Receipt, TableReceipt
from seawall.city.importing.rejects import reasons, rejects_name, write_rejects
from seawall.city.importing.sources import Source, open_source
from seawall.city.importing.upsert import Upsert, fold, settle_repeats
from seawall.city.polygons import FILE as POLYGONS
from seawall.city.rules import Known, cell_rules
from seawall.city.settings import FILE as SETTINGS
from seawall.city.settings import as_toml
from seawall.city.table import TableFile, check_key, check_rows, collected, open_table
from seawall.city.transaction import Change, changing
from seawall.core import Fault, InvalidInput

RECEIPTS = "receipts"

Progress = Callable[[str, int, int], None]
"""Told of progress: what is being read, rows done, rows in all."""

_FIRST = ("areas", "places", "cases")
"""Tables that others refer to, in the order in which they must be filled."""


class Rejected(InvalidInput):
    """A strict import in which rows were rejected; nothing was loaded. Carries the receipt it would have had."""

    def __init__(self, receipt: Receipt) -> None:
        rows = receipt.total("rejected")
        listed = "the receipt (--receipt FILE)"
        faults = [fault for file in receipt.files for group in file.groups for fault in group.brief(listed)]
        super().__init__(f"{rows:,} of {receipt.total('read'):,} rows were rejected; nothing was loaded.", faults)
        self.receipt = receipt


def import_files(
    mapping: Mapping | Path | str,
    files: Sequence[Path | str],
    into: Path | str,
    *,
    at: datetime | None = None,
    strict: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Receipt:
    """Bring files into a city folder through a mapping.

    Rows that obey every rule of their table are loaded, or merged with the rows there are; the others are
    written to a file beside the receipt. All tables become visible together, or none: the folder is as it
    was until the very end, and stays so where the result would not pass `check_city`.

    Args:
        mapping: a mapping, the path of one, or ``auto:TABLE``.
        files: the files, in the order in which they are read; a later one brings the newer facts.
        into: the city folder; made where the mapping has a section ``city`` and there is none.
        at: when, for the receipt; dates long after it are refused.
        strict: whether one rejected row keeps all others out.
        dry_run: whether to stop before anything becomes visible.
        progress: told how far it is.

    Raises:
        InvalidInput: the mapping, a file as a whole or the folder is at fault, or another import is at work.
        Rejected: the import is strict and rows were rejected.
    """
    if not isinstance(mapping, Mapping):
        mapping = read_mapping(mapping)
    into = Path(into)
    paths = [Path(file) for file in files]
    plan = _plan(mapping, paths, into)
    with changing(into) as change:
        work = _Import(into=into, change=change, mapping=mapping, at=at, progress=progress or _silent)
        work.begin(plan)
        work.read_all()
        receipt = work.receipt(strict=strict, dry_run=dry_run)
        if strict and receipt.total("rejected"):
            raise Rejected(receipt)
        receipt = work.write(receipt)
        if not dry_run:
            work.commit(receipt)
    return receipt


def _silent(_what: str, _done: int, _rows: int) -> None:
    """Nobody listens."""


def _plan(mapping: Mapping, paths: Sequence[Path], into: Path) -> list[tuple[TableMap, Path]]:
    """Which file is read by which part of the mapping, tables that others refer to first."""
    faults = []
    if not paths:
        faults.append(Fault(file=mapping.name, problem="no file was named", mend="Name the files to bring in"))
    for path in paths:
        if not any(part.fits(path.name) for part in mapping.tables):
            patterns = ", ".join(sorted({pattern for part in mapping.tables for pattern in part.files}))
            mend = f"Rename it or widen the patterns (files = ...): {patterns}"
            faults.append(
                Fault(file=path.name, problem=f"no part of {mapping.name} reads a file of that name", mend=mend)
            )
    if into.exists() and not into.is_dir():
        faults.append(Fault(file=str(into), problem="it is a file, not a folder", mend="Name a city folder"))
    if faults:
        raise InvalidInput("Nothing was loaded.", faults)

    def turn(part: TableMap) -> int:
        return _FIRST.index(part.table) if part.table in _FIRST else len(_FIRST)

    parts = sorted(mapping.tables, key=turn)
    return [(part, path) for part in parts for path in paths if part.fits(path.name)]


@dataclass(kw_only=True)
class _Import:
    """An import at work."""

    into: Path
    change: Change
    mapping: Mapping
    at: datetime | None
    progress: Progress
    existing: dict[str, TableFile] = field(default_factory=dict)
    layouts: list[Layout] = field(default_factory=list)
    upserts: dict[str, Upsert] = field(default_factory=dict)
    files: list[FileReceipt] = field(default_factory=list)
    why: list[tuple[Source, dict[int, str]]] = field(default_factory=list)
    number: str = ""
    superseded: list[str] = field(default_factory=list)

    def begin(self, plan: list[tuple[TableMap, Path]]) -> None:
        """Open every file and lay the mapping over it; refuse with everything that does not fit."""
        receipts = [path.stem for path in (self.into / RECEIPTS).glob("*.json") if path.stem.isdigit()]
        self.number = f"{max(map(int, receipts), default=0) + 1:04d}"
        faults = self._begin_folder({part.table for part, _ in plan})
        for part, path in plan:
            try:
                layout, wrong = lay(part, open_source(path, part, self.change.scratch))
            except InvalidInput as error:
                faults += [fault for fault in error.faults if fault not in faults]
            else:
                faults += wrong
                self.layouts.append(layout)
        if faults:
            raise InvalidInput("Nothing was loaded.", faults)

    def _begin_folder(self, wanted: set[str]) -> list[Fault]:
        """Look at the folder as it is: its settings, and the tables that are filled or referred to."""
        paths, misnamed = find_tables(self.into)
        groups = [group for group in misnamed if group.severity == "error"]
        for name, path in paths.items():
            if name not in wanted and name not in _FIRST:
                continue
            file = open_table(TABLES[name], path)
            groups += [group for group in file.faults if group.severity == "error"]
            if file.readable and name in wanted:
                rules = tuple(cell_rules(file.table, file.present, file.native))
                groups += [group for group in check_rows(file, rules)[0] if group.severity == "error"]
                groups += [twice] if (twice := check_key(file)) else []
            if file.readable:
                self.existing[name] = file
        faults = [fault for group in groups for fault in group.brief()]
        if not (self.into / SETTINGS).exists():
            if self.mapping.city is None:
                mend = 'Add it with at least: name = "Your City"; or put [city] with that line into the mapping'
                faults.append(Fault(file=SETTINGS, problem=f"{self.into} has no such file", mend=mend))
            else:
                self.change.path(SETTINGS).write_text(as_toml(self.mapping.city), encoding="utf-8")
        if "areas" not in paths and "areas" not in wanted:
            mend = "Bring in the areas first, or with the same mapping: every other table refers to them"
            faults.append(Fault(file="areas.csv", problem=f"{self.into} has no such table", mend=mend))
        return faults

    def read_all(self) -> None:
        """Read every file, in turn, and gather what it brings."""
        rows = sum(layout.source.rows for layout in self.layouts)
        done = 0
        finder: AreaFinder | None = None
        for layout in self.layouts:
            name = layout.source.path.name

            def tick(height: int, name: str = name) -> None:
                nonlocal done
                done += height
                self.progress(name, done, rows)

            if finder is None:
                finder = AreaFinder(self._areas())
            records = read_records(layout, self._known(layout), finder, tick)
            if layout.part.table == "areas":
                records.accepted = _with_parents(records.accepted, finder.areas)
                finder = None
            self._take_in(records)

    def _take_in(self, records: Records) -> None:
        layout = records.layout
        table = layout.part.schema
        name = layout.source.path.name
        upsert = self.upserts.setdefault(table.name, Upsert(table, self.existing.get(table.name)))
        settled = settle_repeats(records.accepted, table, layout.part.repeats, name, layout.filled)
        settled = judge_together(settled, upsert, layout)
        groups = sorted((*records.groups, *settled.groups), key=lambda group: group.first_row)
        why = reasons(groups)
        loaded = upsert.add(settled.rows)
        self.why.append((layout.source, why))
        self.files.append(
            FileReceipt(
                file=name,
                digest=layout.source.digest,
                table=table.name,
                format=layout.source.kind,
                encoding=layout.source.encoding if layout.source.kind == "text" else None,
                sheet=layout.source.sheet,
                read=records.read,
                loaded=loaded,
                merged=records.accepted.height - settled.left_out - loaded,
                rejected=records.rejected + settled.left_out,
                passed_over=records.passed_over,
                columns={column: head for column, head in layout.filled.items() if head},
                unused=layout.unused,
                notes=tuple(records.notes),
                rejects=self._rejects(layout) if why else None,
                groups=tuple(groups),
            )
        )

    def _rejects(self, layout: Layout) -> str:
        """A name for the rejected rows of a file that no other file's have."""
        taken = {file.rejects for file in self.files}
        for attempt in range(len(taken) + 1):
            again = f"-{attempt + 1}" if attempt else ""
            name = rejects_name(layout.source, f"{RECEIPTS}/{self.number}-{layout.part.table}{again}")
            if name not in taken:
                break
        return name

    def _areas(self) -> pl.DataFrame:
        """The areas there are and those brought in so far."""
        names = ("area_id", "parent_id", "level", "name", "name_zh")
        frames = []
        if (file := self.existing.get("areas")) is not None:
            frames.append(_texts(file, [name for name in names if name in file.present]))
        if (upsert := self.upserts.get("areas")) is not None and upsert.incoming is not None:
            frames.append(upsert.incoming.select(name for name in names if name in upsert.incoming.columns))
        whole = pl.concat([pl.DataFrame(schema=dict.fromkeys(names, pl.String)), *frames], how="diagonal")
        return fold(whole.drop_nulls("area_id"), ["area_id"])

    def _known(self, layout: Layout) -> Known:
        """What the references of a file may refer to: what is there, and what has been brought in so far."""
        ids: dict[str, pl.Series] = {}
        near: dict[str, DidYouMean] = {}
        for origin in layout.origins:
            target = origin.column.refers_to
            if target is None or target.split(".")[0] in ("areas", layout.part.table):
                continue
            table, column = target.split(".")
            found = [] if self.upserts.get(table) is None else [self.upserts[table].identifiers(column)]
            if (file := self.existing.get(table)) is not None and column in file.present:
                found.append(_texts(file, [column])[column])
            if found:
                ids[target] = pl.concat(found).drop_nulls().unique()
                if len(ids[target]) <= 20_000:
                    near[target] = DidYouMean({word: f'"{word}"' for word in ids[target]})
        return Known(ids=ids, near=near, today=self.at.date() if self.at is not None else None)

    def receipt(self, *, strict: bool, dry_run: bool) -> Receipt:
        """The receipt as far as it can be written before the tables are."""
        return Receipt(
            number=None if dry_run else self.number,
            at=self.at.isoformat(timespec="seconds") if self.at is not None else None,
            mapping=self.mapping.name,
            version=__version__,
            strict=strict,
            dry_run=dry_run,
            files=tuple(self.files),
            tables=(),
        )

    def write(self, receipt: Receipt) -> Receipt:
        """Write the tables as they will be, and check the folder as it will be."""
        tables = []
        for name, upsert in self.upserts.items():
            if upsert.incoming is not None and upsert.incoming.height:
                told, superseded = upsert.write(self.change.path(name).parent, name)
                tables.append(told)
                self.superseded += superseded
        return dataclasses.replace(receipt, tables=tuple(tables), warnings=self._check(tables))

    def _check(self, tables: Sequence[TableReceipt]) -> tuple[str, ...]:
        """Check the folder as it will be.

        Raises:
            InvalidInput: it would have errors that it has not now.
        """
        view = self.change.scratch / "view"
        view.mkdir()
        paths, _ = find_tables(self.into)
        there = [*paths.values(), *(self.into / name for name in (SETTINGS, POLYGONS))]
        ahead = {path.name: path for path in there if path.exists() and path.name not in self.superseded}
        ahead |= {path.name: path for path in self.change.path("x").parent.iterdir() if path.is_file()}
        for name, path in ahead.items():
            (view / name).symlink_to(path.resolve())
        report = check_city(view, self.at.date() if self.at is not None else None)
        errors = _errors(report)
        if errors and self.existing:
            before = _errors(check_city(self.into))
            errors = {key: fault for key, fault in errors.items() if key not in before}
        if errors:
            raise InvalidInput(
                f"{self.into} would not be whole after this import; nothing was loaded.", list(errors.values())[:100]
            )
        mine = {table.file for table in tables}
        return tuple(str(f) for group in report.of("warning") if group.file in mine for f in group.brief())

    def commit(self, receipt: Receipt) -> None:
        """Write the receipt and the rejected rows, and make everything visible."""
        for file, (source, why) in zip(receipt.files, self.why, strict=True):
            if file.rejects is not None:
                write_rejects(source, why, self.change.path(file.rejects))
        text = json.dumps(receipt.as_json(), ensure_ascii=False, indent=1) + "\n"
        self.change.path(f"{RECEIPTS}/{self.number}.json").write_text(text, encoding="utf-8")
        self.change.commit(remove=self.superseded)


def _texts(file: TableFile, names: list[str]) -> pl.DataFrame:
    """Text columns of a table of the folder.

    Raises:
        InvalidInput: its file is damaged.
    """
    rows = collected(file.scan().select(trimmed(pl.col(name)).alias(name) for name in names))
    if rows is None:
        fault = Fault(file=file.path.name, problem="it cannot be read to its end", mend="See: seawall check")
        raise InvalidInput("Nothing was loaded.", [fault])
    return rows


def _errors(report: CheckReport) -> dict[tuple[object, ...], Fault]:
    """The errors of a check, save that a folder in the making has nothing to report yet."""
    return {
        (group.code, fault.file, fault.row, fault.column, shown): fault
        for group in report.of("error")
        if (group.code, group.file) != ("missing-table", "cases.csv")
        for fault, shown in group.faults()
    }


def _with_parents(rows: pl.DataFrame, there: pl.DataFrame) -> pl.DataFrame:
    """Areas with the codes of their parents, where a file names them."""
    if "parent_id" not in rows.columns:
        return rows
    names = [name for name in there.columns if name in rows.columns]
    every = fold(pl.concat([there, rows.select(names)], how="diagonal"), ["area_id"])
    finder, known = AreaFinder(every), set(every["area_id"])
    words = [word for word in rows["parent_id"].drop_nulls().unique() if word not in known]
    found = {word: area.area_id for word in words if (area := finder.find(word)).area_id is not None}
    return rows.with_columns(pl.col("parent_id").replace(found)) if found else rows
