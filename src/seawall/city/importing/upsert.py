"""Rows brought in laid over the rows there are: new keys are added, known keys take newer facts.

An empty cell is no fact: it never erases one that is known. Rows stay where they stand and new ones
follow in the order in which they came, so that the same rows brought in again change no byte.
"""

from __future__ import annotations

import contextlib
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

import numpy as np
import polars as pl

from seawall.city.cells import trimmed, value
from seawall.city.faults import HITS, FaultGroup
from seawall.city.importing.mapping import Repeats
from seawall.city.importing.receipt import TableReceipt
from seawall.city.importing.values import plain_number
from seawall.city.schema import Table
from seawall.city.table import BATCH, ROW, TableFile

PARQUET_FROM = 2_000_000
"""Rows from which a table is kept as Parquet: a text of that size takes a spreadsheet and a reader too long."""

_AT = "\x00at"


@dataclass(frozen=True, kw_only=True)
class Settled:
    """The rows of one file settled among themselves and with what is known.

    Attributes:
        kept: the rows that are taken in, as they stand in the file.
        rows: what they say, one row a key.
        left_out: how many were left out because they contradict others.
        groups: why.
    """

    kept: pl.DataFrame
    rows: pl.DataFrame
    left_out: int = 0
    groups: tuple[FaultGroup, ...] = ()


def settle_repeats(rows: pl.DataFrame, table: Table, how: Repeats, file: str, filled: dict[str, str]) -> Settled:
    """Make the accepted rows of one file one row a key.

    Args:
        rows: ``ROW`` and the values of the columns that are filled.
        table: the table they are for.
        how: what becomes of rows that share a key: the later adds facts and may not contradict
            (``reject``), the later wins (``last``), numbers are added up (``sum``).
        file: name of the file.
        filled: column to header, for messages.
    """
    key = list(table.key)
    if not rows.select(pl.struct(key).is_duplicated().any()).item():
        return Settled(kept=rows, rows=rows)
    facts = [name for name in rows.columns if name not in (*key, ROW)]
    groups: list[FaultGroup] = []
    if how == "sum":
        numbers = {name for name in facts if table.column(name).kind in ("integer", "number")}
        added = [
            pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)
            if name in numbers
            else pl.col(name).drop_nulls().last()
            for name in facts
        ]
        summed = rows.group_by(key, maintain_order=True).agg(pl.col(ROW).first(), *added)
        return Settled(kept=rows, rows=summed.select(rows.columns))
    contradicts = pl.repeat(value=False, n=rows.height, eager=True, dtype=pl.Boolean)
    if how == "reject":
        for name in facts:
            told = pl.col(name).is_not_null()
            first = pl.col(name).filter(told).first().over(key)
            first_row = pl.col(ROW).filter(told).first().over(key)
            differs = rows.select((told & (pl.col(name) != first)).fill_null(value=False)).to_series()
            if differs.any():
                contradicts |= differs
                hits = rows.select(
                    pl.col(ROW).cast(HITS["row"]).alias("row"),
                    pl.col(name).cast(pl.String).alias("value"),
                    pl.concat_str(first_row, pl.lit(", which says "), first.cast(pl.String)).alias("other"),
                ).filter(differs)
                groups.append(
                    FaultGroup(
                        code="contradiction",
                        severity="error",
                        file=file,
                        column=filled[name] or name,
                        problem=f'"{{value}}" contradicts row {{other}} under the same {" and ".join(key)}',
                        mend='Keep one of the rows, or say repeats = "last" or repeats = "sum" in the mapping',
                        hits=hits,
                    )
                )
    kept = rows.filter(~contradicts)
    return Settled(kept=kept, rows=fold(kept, key), left_out=int(contradicts.sum()), groups=tuple(groups))


def fold(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """One row a key, in the order of first appearance: of each column the last fact."""
    if not rows.select(pl.struct(key).is_duplicated().any()).item():
        return rows
    facts = [name for name in rows.columns if name not in key]
    folded = rows.group_by(key, maintain_order=True).agg(pl.col(name).drop_nulls().last() for name in facts)
    return folded.select(rows.columns)


class Upsert:
    """Rows for one table, gathered file by file, then laid over the table there is.

    Args:
        table: the table.
        existing: its file in the city folder; None where there is none. Must be free of faults.
    """

    def __init__(self, table: Table, existing: TableFile | None) -> None:
        self.table = table
        self.key = list(table.key)
        self.existing = existing
        self.incoming: pl.DataFrame | None = None
        self._keys = self._existing_keys()

    def add(self, rows: pl.DataFrame) -> int:
        """Take in the rows of one file, one row a key; how many keys are new to the table and to this import."""
        rows = rows.drop(ROW)
        new = rows.select(self.key).join(self._keys, on=self.key, how="anti")
        if self.incoming is None:
            self.incoming = rows
            return new.height
        loaded = new.join(self.incoming, on=self.key, how="anti").height
        self.incoming = fold(pl.concat([self.incoming, rows], how="diagonal"), self.key)
        return loaded

    def together(self, rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame | None:
        """What is known of the keys of some rows once the rows are taken in.

        Args:
            rows: one row a key.
            columns: columns wanted.

        Returns:
            The keys and the columns, in the order of `rows`; None where nothing was known of them before.
        """
        before = [self.incoming] if self.incoming is not None else []
        if self.existing is not None and self._keys.height:
            there = [name for name in (*self.key, *columns) if name in self.existing.present]
            before.append(self._existing().select(list(dict.fromkeys(there))).collect())
        if not before:
            return None
        whole = rows.select(*self.key, *(name for name in columns if name in rows.columns and name not in self.key))
        for frame in before:
            facts = [name for name in columns if name in frame.columns and name not in self.key]
            older = frame.select(*self.key, *(pl.col(name).alias(f"old:{name}") for name in facts))
            joined = whole.join(older, on=self.key, how="left", maintain_order="left")
            laid = [
                pl.coalesce(*(w for w in (name, f"old:{name}") if w in joined.columns)).alias(name) for name in facts
            ]
            whole = joined.with_columns(laid).drop(f"old:{name}" for name in facts)
        return whole

    def identifiers(self, column: str) -> pl.Series:
        """The values of a column after the import, for references to it."""
        if self.incoming is None or column not in self.incoming.columns:
            return pl.Series(column, dtype=pl.String)
        return self.incoming[column].drop_nulls().unique()

    def write(self, change: Path, stem: str) -> tuple[TableReceipt, tuple[str, ...]]:
        """Write the table as it will be.

        Args:
            change: folder to write to.
            stem: the table's name.

        Returns:
            What became of the table, and the names of files that the new one supersedes. Where nothing
            changed, nothing is left in the folder.
        """
        before = self._keys.height
        new, newer = self._apart()
        after = before + new.height
        name = self._file_name(stem, after)
        writer = _Writer(self._columns((*new.columns, *newer.columns)), change / name)
        changed: dict[str, int] = {}
        changed_rows = 0
        with writer:
            for batch, first in self._existing_rows():
                mine = _between(newer, first, first + batch.height)
                laid, cells, rows = _laid_over(batch, mine, first, self.key) if mine.height else (batch, {}, 0)
                changed_rows += rows
                for column, number in cells.items():
                    changed[column] = changed.get(column, 0) + number
                writer.write(laid)
            for part in new.iter_slices(BATCH):
                writer.write(part)
        receipt = TableReceipt(
            table=stem,
            file=name,
            rows_before=before,
            rows_after=after,
            changed_rows=changed_rows,
            changed_cells=dict(sorted(changed.items())),
        )
        old = self.existing.path.name if self.existing is not None else None
        if receipt.unchanged and self.existing is not None:
            (change / name).unlink()
            return receipt, ()
        return receipt, () if old in (None, name) else (str(old),)

    def _apart(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows brought in under keys that are new, and those under known ones with their place."""
        incoming = self.incoming if self.incoming is not None else pl.DataFrame()
        self.incoming = None
        at = incoming.select(self.key).join(self._keys, on=self.key, how="left", maintain_order="left")[_AT]
        if at.null_count() == len(at):
            return incoming, pl.DataFrame(schema={**incoming.schema, _AT: pl.UInt32()})
        new = incoming.filter(at.is_null())
        newer = incoming.with_columns(at)
        if new.height:
            newer = newer.filter(at.is_not_null())
        return new, newer if newer[_AT].is_sorted() else newer.sort(_AT)

    def _file_name(self, stem: str, rows: int) -> str:
        old = self.existing.path.name if self.existing is not None else f"{stem}.csv"
        return f"{stem}.parquet" if rows > PARQUET_FROM else old

    def _columns(self, incoming: tuple[str, ...]) -> dict[str, pl.DataType]:
        """Columns of the table as it will be: those of the schema in its order, then those it does not know."""
        there = {} if self.existing is None else self.existing.dtypes
        known = {c.name: c.dtype for c in self.table.columns if c.name in there or c.name in incoming}
        return known | {name: dtype for name, dtype in there.items() if name not in known}

    def _existing_keys(self) -> pl.DataFrame:
        """The keys there are, with their places in the table."""
        dtypes = {name: self.table.column(name).dtype for name in self.key}
        if self.existing is None:
            return pl.DataFrame(schema={**dtypes, _AT: pl.UInt32()})
        return self._existing().select(self.key).collect().with_row_index(_AT).select(*self.key, _AT)

    def _existing(self) -> pl.LazyFrame:
        """The table there is: values of the columns the schema knows, the others as they are; no empty rows."""
        file = self.existing
        if file is None:
            return pl.LazyFrame()
        known = {column.name: column for column in self.table.columns}
        rows = file.scan()
        if file.path.suffix != ".parquet":
            rows = rows.filter(trimmed(pl.col(self.key[0])).is_not_null())
        return rows.select(
            value(pl.col(name), file.dtypes[name], known[name].kind).alias(name) if name in known else pl.col(name)
            for name in file.header
        )

    def _existing_rows(self) -> Iterator[tuple[pl.DataFrame, int]]:
        first = 0
        if self.existing is None:
            return
        for batch in self._existing().collect_batches(chunk_size=BATCH, maintain_order=True):
            yield batch, first
            first += batch.height


def _between(rows: pl.DataFrame, first: int, end: int) -> pl.DataFrame:
    """The rows, sorted by their place, whose place lies in a batch."""
    low, high = np.searchsorted(rows[_AT].to_numpy(), [first, end])
    return rows.slice(int(low), int(high - low))


def _laid_over(
    batch: pl.DataFrame, newer: pl.DataFrame, first: int, key: list[str]
) -> tuple[pl.DataFrame, dict[str, int], int]:
    """A batch of the table with newer facts in it; cells changed by column; rows changed."""
    facts = [name for name in newer.columns if name not in (*key, _AT)]
    both = batch.with_row_index(_AT, offset=first).join(
        newer.select(_AT, *(pl.col(name).alias(f"new:{name}") for name in facts)),
        on=_AT,
        how="left",
        maintain_order="left",
    )
    differs = [
        (
            pl.col(f"new:{name}").is_not_null()
            & (pl.col(f"new:{name}").ne_missing(pl.col(name)) if name in batch.columns else pl.lit(value=True))
        ).alias(name)
        for name in facts
    ]
    flags = both.select(differs) if differs else pl.DataFrame()
    cells = {name: int(flags[name].sum()) for name in facts if flags[name].any()}
    rows = int(flags.select(pl.any_horizontal(pl.all()).sum()).item()) if cells else 0
    laid = [
        pl.coalesce(f"new:{name}", name).alias(name) if name in batch.columns else pl.col(f"new:{name}").alias(name)
        for name in facts
    ]
    kept = [name for name in batch.columns if name not in facts]
    return both.select(*kept, *laid), cells, rows


class _Writer:
    """Writes a table batch by batch, as its name says."""

    def __init__(self, columns: dict[str, pl.DataType], target: Path) -> None:
        self.columns = columns
        self.target = target
        self._parts: list[Path] = []
        self._stream: IO[bytes] | gzip.GzipFile | None = None
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        if self.target.suffix != ".parquet":
            raw = self._open.enter_context(self.target.open("wb"))
            packed = self.target.suffix == ".gz"
            self._stream = self._open.enter_context(gzip.GzipFile(fileobj=raw, mtime=0)) if packed else raw
        self.write(pl.DataFrame(schema=self.columns))
        return self

    def write(self, rows: pl.DataFrame) -> None:
        """Add rows; columns they lack stay empty."""
        there = rows.select(
            pl.col(name) if name in rows.columns else pl.lit(None, dtype=dtype).alias(name)
            for name, dtype in self.columns.items()
        )
        if self._stream is None:
            part = self.target.with_name(f".{self.target.name}.{len(self._parts)}")
            there.write_parquet(part)
            self._parts.append(part)
            return
        first = self._stream.tell() == 0
        if first or there.height:
            buffer = io.BytesIO()
            there.select(_cell_text(name, dtype) for name, dtype in there.schema.items()).write_csv(
                buffer, include_header=first
            )
            self._stream.write(buffer.getvalue())

    def __exit__(self, *_: object) -> None:
        self._open.close()
        if self._stream is not None:
            return
        pl.scan_parquet(self._parts).sink_parquet(self.target, compression="zstd")
        for part in self._parts:
            part.unlink()


def _cell_text(name: str, dtype: pl.DataType) -> pl.Expr:
    if dtype.is_float():
        return plain_number(pl.col(name)).alias(name)
    if isinstance(dtype, pl.Datetime):
        return pl.col(name).dt.to_string("%Y-%m-%d %H:%M").alias(name)
    return pl.col(name)
