"""The receipt of an import: what was read, loaded, merged, rejected, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from seawall.city.faults import FaultGroup

LISTED = 10_000
"""Rejected rows listed on a receipt; the file of rejects holds them all."""


@dataclass(frozen=True, kw_only=True)
class FileReceipt:
    """What became of one file for one table: `read` is always `loaded` + `merged` + `rejected`.

    Attributes:
        file, digest: the file, and a short hash of its bytes.
        table: table it went to.
        read: records read: rows, or filled cells where a mapping makes a row of each.
        loaded: new rows of the table.
        merged: records that were there already, or brought newer facts to a row that was.
        rejected: records left out, each with its reason in `groups`.
        passed_over: rows that say nothing, or that the mapping's `where` leaves out; not counted as read.
        columns: column of the table to header of the file.
        unused: headers that fill no column.
        notes: what a reader of the numbers should know.
        rejects: file of the rejected rows, as the city folder names it.
        groups: the faults, those of one kind together.
    """

    file: str
    digest: str
    table: str
    format: str
    encoding: str | None
    sheet: str | None
    read: int
    loaded: int
    merged: int
    rejected: int
    passed_over: int
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    notes: tuple[str, ...] = ()
    rejects: str | None = None
    groups: tuple[FaultGroup, ...] = field(default=(), repr=False)

    def rejected_rows(self) -> Iterator[dict[str, Any]]:
        """Each fault as ``row, column, value, reason, mend``."""
        for group in self.groups:
            for fault, shown in group.faults():
                yield {
                    "row": fault.row,
                    "column": fault.column,
                    "value": shown,
                    "reason": fault.problem,
                    "mend": fault.mend,
                }

    def as_json(self) -> dict[str, Any]:
        """The receipt of the file as plain data."""
        rows = [row for _, row in zip(range(LISTED), self.rejected_rows(), strict=False)]
        return {
            "file": self.file,
            "digest": self.digest,
            "table": self.table,
            "format": self.format,
            "encoding": self.encoding,
            "sheet": self.sheet,
            "read": self.read,
            "loaded": self.loaded,
            "merged": self.merged,
            "rejected": self.rejected,
            "passed_over": self.passed_over,
            "columns": dict(self.columns),
            "unused": list(self.unused),
            "notes": list(self.notes),
            "rejects_file": self.rejects,
            "rejects": rows,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReceipt:
    """What became of one table.

    Attributes:
        table, file: which, and where it lies.
        rows_before, rows_after: rows it held and holds.
        changed_rows: rows that were there and hold newer facts now.
        changed_cells: column to how many of its cells say something else now.
    """

    table: str
    file: str
    rows_before: int
    rows_after: int
    changed_rows: int
    changed_cells: Mapping[str, int]

    @property
    def unchanged(self) -> bool:
        """Whether the file is as it was, to the byte."""
        return self.rows_before == self.rows_after and not self.changed_rows

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "table": self.table,
            "file": self.file,
            "rows_before": self.rows_before,
            "rows_after": self.rows_after,
            "changed_rows": self.changed_rows,
            "changed_cells": dict(self.changed_cells),
        }


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of an import.

    Attributes:
        number: number of the receipt in the city folder; None where nothing was written.
        at: when, as the caller says.
        mapping: name of the mapping.
        version: version of this program.
        strict, dry_run: how the import was asked for.
        files, tables: what became of each.
        warnings: what the check of the result mentions in the tables that were filled.
    """

    number: str | None
    at: str | None
    mapping: str
    version: str
    strict: bool
    dry_run: bool
    files: tuple[FileReceipt, ...]
    tables: tuple[TableReceipt, ...]
    warnings: tuple[str, ...] = ()

    def total(self, what: str) -> int:
        """Sum over the files of ``read``, ``loaded``, ``merged`` or ``rejected``."""
        return sum(int(getattr(file, what)) for file in self.files)

    def as_json(self) -> dict[str, Any]:
        """The whole receipt as plain data."""
        return {
            "receipt": self.number,
            "at": self.at,
            "mapping": self.mapping,
            "seawall": self.version,
            "strict": self.strict,
            "dry_run": self.dry_run,
            "total": {what: self.total(what) for what in ("read", "loaded", "merged", "rejected")},
            "files": [file.as_json() for file in self.files],
            "tables": [table.as_json() for table in self.tables],
            "warnings": list(self.warnings),
        }
