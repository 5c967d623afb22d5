"""One table of a city folder, checked: its bones, its columns, its cells, its rows, its keys."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from seawall.city.cells import is_native, trimmed, value
from seawall.city.faults import HITS, DidYouMean, FaultGroup, group, plain, single
from seawall.city.rules import CASE_DATES, Known, Rule, cell, cell_rules, cells_and_values, row_rules, value_rules
from seawall.city.schema import Table
from seawall.city.structure import look

ROW = "\x00row"
"""Column that carries the row as a spreadsheet counts it; no header can be called that."""

BATCH = 100_000
"""Rows looked at together."""

UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
"""What Polars raises for a file that is not what its name says."""


@dataclass(frozen=True, kw_only=True)
class TableFile:
    """A table's file, looked at and ready to be read.

    Attributes:
        table, path: which table, which file.
        header: its columns, in their order.
        dtypes: their types: text in CSV, any in Parquet.
        rows: data rows.
        faults: what is wrong with its bones and its columns.
        readable: whether its cells can be read.
        skip: rows whose cells stand in the wrong columns.
    """

    table: Table
    path: Path
    header: tuple[str, ...] = ()
    dtypes: dict[str, pl.DataType] = dataclasses.field(default_factory=dict)
    rows: int = 0
    faults: tuple[FaultGroup, ...] = ()
    readable: bool = False
    skip: pl.Series = dataclasses.field(default_factory=lambda: pl.Series(dtype=pl.UInt32), repr=False)

    @property
    def native(self) -> frozenset[str]:
        """Columns of the schema that came in with a type of their kind."""
        kinds = {column.name: column.kind for column in self.table.columns}
        return frozenset(name for name in self.present if is_native(self.dtypes[name], kinds[name]))

    @property
    def batch(self) -> int:
        """Rows looked at together: more where they are packed in less."""
        return BATCH if self.path.suffix != ".parquet" else 4 * BATCH

    @property
    def present(self) -> frozenset[str]:
        """Columns of the schema that the file has."""
        return frozenset(self.header) & {column.name for column in self.table.columns}

    def scan(self) -> pl.LazyFrame:
        """The rows with the columns as they are, and their place in the file; rows out of line are left out."""
        if self.path.suffix == ".parquet":
            return pl.scan_parquet(self.path).with_row_index(ROW, offset=2)
        lazy = pl.scan_csv(
            self.path,
            infer_schema=False,
            truncate_ragged_lines=True,
            row_index_name=ROW,
            row_index_offset=2,
        )
        return lazy.filter(~pl.col(ROW).is_in(self.skip.implode())) if len(self.skip) else lazy


def open_table(table: Table, path: Path) -> TableFile:
    """Look at a table's file: its bones and its header. Nothing is raised; what is wrong is in `faults`."""
    return _open_parquet(table, path) if path.suffix == ".parquet" else _open_csv(table, path)


def _open_csv(table: Table, path: Path) -> TableFile:
    bones = look(path)
    if bones.flaws:
        faults = [
            single(flaw.code, file=path.name, row=flaw.row, problem=flaw.problem, mend=flaw.mend)
            for flaw in bones.flaws
        ]
        return TableFile(table=table, path=path, header=bones.header, faults=tuple(faults))
    faults, readable = _headers(table, path, bones.header)
    wide = len(bones.header)
    ragged = group(
        "ragged-row",
        ((int(row), str(cells), None) for row, cells in bones.ragged),
        file=path.name,
        problem=f"the row has {{value}} cells where the header has {wide}",
        mend="Give every row one cell for each column; a comma inside a cell needs quotation marks around the cell",
    )
    if ragged:
        faults.append(ragged)
    return TableFile(
        table=table,
        path=path,
        header=bones.header,
        dtypes=dict.fromkeys(bones.header, pl.String()),
        rows=bones.rows,
        faults=tuple(faults),
        readable=readable,
        skip=pl.Series(bones.ragged[:, 0], dtype=pl.UInt32),
    )


def _open_parquet(table: Table, path: Path) -> TableFile:
    try:
        with path.open("rb") as stream:
            if stream.read(4) != b"PAR1":
                return TableFile(table=table, path=path, faults=(_broken(path, "it does not begin as one"),))
        lazy = pl.scan_parquet(path)
        dtypes = dict(lazy.collect_schema())
        rows = int(lazy.select(pl.len()).collect().item())
    except UNREADABLE:
        return TableFile(table=table, path=path, faults=(_broken(path, "its description of itself is damaged"),))
    faults, readable = _headers(table, path, tuple(dtypes))
    for name, dtype in dtypes.items():
        if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
            readable = readable and name not in {column.name for column in table.columns}
            if not readable:
                faults.append(
                    single(
                        "not-a-cell",
                        file=path.name,
                        column=name,
                        problem=f"the column holds {dtype}, not one value a row",
                        mend="Write it as text, a number or a date",
                    )
                )
    return TableFile(
        table=table,
        path=path,
        header=tuple(dtypes),
        dtypes=dtypes,
        rows=rows,
        faults=tuple(faults),
        readable=readable,
    )


def _broken(path: Path, why: str) -> FaultGroup:
    kind = "Parquet" if path.suffix == ".parquet" else "CSV"
    return single(
        f"broken-{kind.lower()}",
        file=path.name,
        problem=f"it cannot be read as {kind}: {why}",
        mend="Write the file again; it is damaged or not what its name says",
    )


def _headers(table: Table, path: Path, header: tuple[str, ...]) -> tuple[list[FaultGroup], bool]:
    """Faults of the header, and whether the cells can still be told apart."""
    faults: list[FaultGroup] = []
    names = {column.name: column for column in table.columns}
    near = DidYouMean({name: name for name in names} | {word: c.name for c in table.columns for word in c.synonyms})
    twice = sorted({name for name in header if header.count(name) > 1})
    faults += [
        single(
            "column-twice",
            file=path.name,
            row=1,
            column=name,
            problem="the column stands in the header more than once",
            mend="Remove or rename one of them",
        )
        for name in twice
    ]
    missing = [column for column in table.columns if column.name not in header]
    meant: dict[str, str] = {}
    for name in header:
        if name not in names and (guess := near(name)) and guess not in header and guess not in meant:
            meant[guess] = name
    for column in missing:
        written = meant.get(column.name)
        if written is None and not column.required:
            continue
        if written is None:
            mend = f"Add it ({column.about.rstrip('.')})"
        elif plain(written) == plain(column.name) or written in column.synonyms:
            mend = f'Rename the column "{written}" to {column.name}'
        else:
            mend = f'Did you mean {column.name} where the header says "{written}"'
        problem = (
            f"the table has no column {column.name}"
            if column.required
            else f'"{written}" is not a column of {table.name}'
        )
        faults.append(
            single(
                "missing-column" if column.required else "unknown-column",
                file=path.name,
                row=1,
                column=column.name if column.required else written,
                problem=problem,
                mend=mend,
                severity="error" if column.required else "warning",
            )
        )
    if table.name == "cases" and not set(CASE_DATES) & set(header) and not set(CASE_DATES) & set(meant):
        faults.append(
            single(
                "missing-column",
                file=path.name,
                row=1,
                column="report_date",
                problem=f"the table has none of the columns {', '.join(CASE_DATES)}",
                mend="Add one of them; without a date no case is on any curve",
            )
        )
    return faults, not set(twice) & set(names)


@dataclass(kw_only=True)
class Span:
    """First and last day of a table."""

    first: date | None = None
    last: date | None = None

    def reach(self, first: date | None, last: date | None) -> None:
        """Widen to hold two more days."""
        if first is not None and (self.first is None or first < self.first):
            self.first = first
        if last is not None and (self.last is None or last > self.last):
            self.last = last


def rules_of(file: TableFile, known: Known) -> tuple[Rule, ...]:
    """Every rule that can be asked of the file's rows."""
    table, present = file.table, file.present
    return (*cell_rules(table, present, file.native), *value_rules(table, present, known), *row_rules(table, present))


def check_rows(file: TableFile, rules: tuple[Rule, ...]) -> tuple[list[FaultGroup], Span, int]:
    """Hold every row against the rules.

    Returns:
        The faults, the first and last day the table names, and how many rows say anything at all.
    """
    hits: dict[int, list[pl.DataFrame]] = {}
    span, seen, filled, again, empty = Span(), 0, 0, [], []
    wanted = [ROW, *(name for name in file.header if name in file.present)]
    dates = [c.name for c in file.table.columns if c.kind in ("date", "datetime") and c.name in file.present]
    text = all(file.dtypes[name] == pl.String for name in wanted[1:])
    try:
        for raw in file.scan().select(wanted).collect_batches(chunk_size=file.batch, maintain_order=True):
            seen += raw.height
            batch = raw.select(ROW, *cells_and_values(file.table, {name: raw.schema[name] for name in wanted[1:]}))
            batch, blank = _without_blank(batch, wanted[1:])
            empty.append(blank)
            if text:
                batch, headers = _without_header(batch, wanted[1:])
                again.append(headers)
            filled += batch.height
            for index, found in _broken_rules(batch, rules):
                hits.setdefault(index, []).append(found)
            for name in dates:
                days = batch[name].cast(pl.Date)
                days = days.filter(days.is_between(date.min, date.max))
                span.reach(days.min(), days.max())  # type: ignore[arg-type]  # Polars types the extremes loosely
    except UNREADABLE:
        pass  # a damaged page ends the reading, sometimes without a word: the rows are counted in either case
    if seen != file.rows - len(file.skip):
        return [_broken(file.path, f"only {seen:,} of its {file.rows:,} rows can be read")], span, filled
    faults = [
        FaultGroup(
            code=rules[i].code,
            severity=rules[i].severity,
            file=file.path.name,
            column=rules[i].column,
            problem=rules[i].problem,
            mend=rules[i].mend,
            hits=pl.concat(found),
        )
        for i, found in sorted(hits.items())
    ]
    return faults + _passed_over(file, empty, again), span, filled


def _passed_over(file: TableFile, empty: list[pl.Series], again: list[pl.Series]) -> list[FaultGroup]:
    blank = group(
        "blank-row",
        ((row, None, None) for rows in empty for row in rows),
        file=file.path.name,
        problem="the row is empty; it is passed over",
        mend="Delete it",
        severity="warning",
    )
    header = group(
        "header-again",
        ((row, None, None) for rows in again for row in rows),
        file=file.path.name,
        problem="the header stands here a second time",
        mend="Delete the row: two files were put one after the other",
    )
    return [found for found in (blank, header) if found is not None]


def _without_blank(batch: pl.DataFrame, names: list[str]) -> tuple[pl.DataFrame, pl.Series]:
    blank = batch.select(pl.all_horizontal(pl.col(cell(name)).is_null() for name in names)).to_series()
    if not names or not blank.any():
        return batch, pl.Series(dtype=pl.UInt32)
    return batch.filter(~blank), batch.filter(blank)[ROW]


def _without_header(batch: pl.DataFrame, names: list[str]) -> tuple[pl.DataFrame, pl.Series]:
    again = (
        batch.select(pl.all_horizontal(pl.col(cell(name)) == name for name in names)).to_series().fill_null(value=False)
    )
    if not names or not again.any():
        return batch, pl.Series(dtype=pl.UInt32)
    return batch.filter(~again), batch.filter(again)[ROW]


def _broken_rules(batch: pl.DataFrame, rules: tuple[Rule, ...]) -> Iterator[tuple[int, pl.DataFrame]]:
    """Rules that some row of the batch breaks, with the rows."""
    if not rules or not batch.height:
        return
    broken = batch.select(rule.broken.fill_null(value=False).alias(str(i)) for i, rule in enumerate(rules))
    for name, any_broken in broken.select(pl.all().any()).row(0, named=True).items():
        if any_broken:
            rule = rules[int(name)]
            yield (
                int(name),
                batch.filter(broken[name]).select(
                    pl.col(ROW).cast(HITS["row"]).alias("row"),
                    pl.col(cell(rule.column)).cast(pl.String).alias("value"),
                    rule.other.cast(pl.String).alias("other"),
                ),
            )


def check_key(file: TableFile) -> FaultGroup | None:
    """Find rows that share their key with an earlier row."""
    table = file.table
    if not set(table.key) <= file.present:
        return None
    kinds = {column.name: column.kind for column in table.columns}
    parts = []
    for name in table.key:
        text = trimmed(pl.col(name))
        read = text if kinds[name] == "text" else value(pl.col(name), file.dtypes[name], kinds[name]).cast(pl.String)
        parts.append(read.alias(name))
    named = file.scan().select(ROW, *parts).drop_nulls()
    # A key is hashed first: a table of millions is searched in a tenth of the memory of its keys.
    whole = pl.concat_str(table.key, separator="\x1f")
    hashed = collected(named.select(ROW, whole.hash().alias("hash")))
    if hashed is None:
        return None
    twice = hashed.filter(pl.col("hash").is_duplicated())["hash"].unique()
    if not len(twice):
        return None
    again = collected(
        named.filter(whole.hash().is_in(twice.implode()))
        .sort(ROW)
        .with_columns(pl.col(ROW).first().over(table.key).alias("first"))
        .filter(pl.col("first") != pl.col(ROW))
        .select(
            pl.col(ROW).cast(pl.Int64).alias("row"),
            pl.concat_str(table.key, separator=", ").alias("value"),
            pl.col("first").cast(pl.String).alias("other"),
        )
    )
    if again is None or not again.height:
        return None
    key = " and ".join(table.key) if len(table.key) < 3 else ", ".join(table.key[:-1]) + " and " + table.key[-1]
    return FaultGroup(
        code="duplicate-key",
        severity="error",
        file=file.path.name,
        column=table.key[0] if len(table.key) == 1 else None,
        problem=f'{key} "{{value}}" stands already in row {{other}}',
        mend="Keep one of the two rows",
        hits=again,
    )


def collected(rows: pl.LazyFrame) -> pl.DataFrame | None:
    """The rows; None where the file turns out to be damaged, which `check_rows` reports."""
    try:
        return rows.collect()
    except UNREADABLE:
        return None
