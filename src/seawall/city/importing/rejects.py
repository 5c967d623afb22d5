"""Rejected rows written as they came, with a column that says why."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import polars as pl

from seawall.city.faults import FaultGroup
from seawall.city.importing.sources import Source, unpacked
from seawall.city.table import ROW

REASON = "reason"
"""Header of the column that says why; a mapping has no use for it, so the file can be brought in again."""


def reasons(groups: Iterable[FaultGroup]) -> dict[int, str]:
    """Row of the file to everything that is wrong with it."""
    said: dict[int, str] = {}
    for group in groups:
        for fault, _ in group.faults():
            if fault.row is not None:
                where = f"{fault.column}: " if fault.column else ""
                text = f"{where}{fault.problem}. {fault.mend}."
                said[fault.row] = f"{said[fault.row]} {text}" if fault.row in said else text
    return said


def rejects_name(source: Source, folder: str) -> str:
    """Where the rejected rows go: under the name they came under, so that the same mapping fits them."""
    name = source.path.name
    return (
        f"{folder}/{name}.xlsx"
        if source.kind == "workbook" and source.path.suffix.lower() != ".xlsx"
        else f"{folder}/{name}"
    )


def write_rejects(source: Source, why: Mapping[int, str], target: Path) -> None:
    """Write the rows of a file that were rejected, with their header, in its format, encoding and separator."""
    column = REASON if REASON not in source.header else f"{REASON} (seawall)"
    if source.kind == "text":
        _write_text(source, why, target, column)
    elif source.kind == "workbook":
        _write_workbook(source, why, target, column)
    else:
        rows = pl.DataFrame({ROW: list(why), column: list(why.values())}, schema={ROW: pl.UInt32, column: pl.String})
        table = (
            pl.scan_parquet(source.path).with_row_index(ROW, offset=2).join(rows.lazy(), on=ROW, maintain_order="left")
        )
        table.drop(ROW).collect().write_parquet(target)


def _write_text(source: Source, why: Mapping[int, str], target: Path, column: str) -> None:
    with contextlib.ExitStack() as open_files:
        raw: IO[bytes] | gzip.GzipFile = open_files.enter_context(target.open("wb"))
        if source.path.suffix == ".gz":
            raw = open_files.enter_context(gzip.GzipFile(fileobj=raw, mode="wb", mtime=0))
        encoding = "utf-8-sig" if source.bom and source.encoding == "utf-8" else source.encoding
        out = open_files.enter_context(io.TextIOWrapper(raw, encoding=encoding, newline=""))
        out.writelines(_preamble(source))
        writer = csv.writer(out, delimiter=source.separator, lineterminator="\r\n")
        writer.writerow([*source.header, column])
        wide = len(source.header)
        for row, cells in _records(source):
            if row in why:
                padded = cells[:wide] + [""] * (wide - len(cells))
                writer.writerow([*padded, why[row], *cells[wide:]])


def _preamble(source: Source) -> Iterator[str]:
    """The lines above the header."""
    if source.header_row > 1:
        with unpacked(source.path) as raw:
            encoding = "utf-8-sig" if source.encoding == "utf-8" else source.encoding
            text = io.TextIOWrapper(raw, encoding=encoding, newline="")
            for _ in range(source.header_row - 1):
                yield text.readline()


def _records(source: Source) -> Iterator[tuple[int, list[str]]]:
    with unpacked(source.readable) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        for at, cells in enumerate(csv.reader(text, delimiter=source.separator)):
            if at:
                yield source.header_row + at, cells


def _write_workbook(source: Source, why: Mapping[int, str], target: Path, column: str) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(target), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(source.sheet)
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        top = source.header_row - 1
        for at, name in enumerate((*source.header, column)):
            sheet.write_string(top, at, name)
        rejected = source.scan().filter(pl.col(ROW).is_in(list(why))).collect()
        for place, (row, *cells) in enumerate(rejected.iter_rows(), start=top + 1):
            for at, cell in enumerate(cells):
                _write_cell(sheet, place, at, cell, day)
            sheet.write_string(place, len(source.header), why[row][:32_000])


def _write_cell(sheet: Any, row: int, at: int, cell: str | None, day: Any) -> None:
    """Write a cell as the kind it was: fastexcel gives dates as text with a time, numbers as their shortest text."""
    if cell is None:
        return
    try:
        sheet.write_datetime(row, at, datetime.strptime(cell, "%Y-%m-%d %H:%M:%S"), day)  # noqa: DTZ007
    except ValueError:
        pass
    else:
        return
    try:
        number = float(cell)
    except ValueError:
        number = float("nan")
    if repr(number).removesuffix(".0") == cell:
        sheet.write_number(row, at, number)
    else:
        sheet.write_string(row, at, cell[:32_000])
