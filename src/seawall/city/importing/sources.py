"""Foreign files opened: text in any encoding, workbooks, Parquet; every cell comes out as text."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

import numpy as np
import polars as pl

from seawall.city.importing.mapping import TableMap
from seawall.city.importing.values import plain_number
from seawall.city.structure import BLOCK, BOM, look
from seawall.city.table import BATCH, ROW, UNREADABLE
from seawall.core import Fault, InvalidInput

Kind = Literal["text", "workbook", "parquet"]

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_SEPARATORS = (",", ";", "\t", "|")
_BOMS = ((BOM, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, kw_only=True)
class Source:
    """A foreign file, opened.

    Attributes:
        path: the file; its name is what the user knows.
        kind: how its cells are stored.
        header: its header, as written.
        header_row: row in which that stands.
        rows: rows below it, empty ones included.
        digest: short hash of its bytes.
        encoding, bom, separator: of text.
        sheet: of a workbook.
        readable: text in UTF-8 that begins with the header; the file itself where it is so already.
        frame: the cells of a workbook, all of them.
        ragged: int, shape (n, 2): row and number of cells of text rows out of line.
    """

    path: Path
    kind: Kind
    header: tuple[str, ...]
    header_row: int
    rows: int
    digest: str
    encoding: str = "utf-8"
    bom: bool = False
    separator: str = ","
    sheet: str | None = None
    readable: Path
    frame: pl.DataFrame | None = field(default=None, repr=False)
    ragged: np.ndarray = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64), repr=False)

    def scan(self) -> pl.LazyFrame:
        """The rows in line: `ROW` as a spreadsheet counts it, then the cells as they are, as ``c0, c1, ...``."""
        first = self.header_row + 1
        if self.frame is not None:
            return self.frame.lazy().with_row_index(ROW, offset=first)
        if self.kind == "parquet":
            lazy = pl.scan_parquet(self.path)
            names = {name: cell_name(at) for at, name in enumerate(lazy.collect_schema().names())}
            return lazy.rename(names).with_row_index(ROW, offset=first)
        lazy = pl.scan_csv(
            self.readable,
            separator=self.separator,
            infer_schema=False,
            truncate_ragged_lines=True,
            row_index_name=ROW,
            row_index_offset=first,
        )
        cells = lazy.select(ROW, *(pl.nth(at + 1).alias(cell_name(at)) for at in range(len(self.header))))
        out_of_line = pl.Series(self.ragged[:, 0], dtype=pl.UInt32)
        return cells.filter(~pl.col(ROW).is_in(out_of_line.implode())) if len(out_of_line) else cells

    def batches(self) -> Iterator[pl.DataFrame]:
        """The rows of `scan`, every cell as text, in batches.

        Raises:
            InvalidInput: the file turns out to be damaged further down.
        """
        lazy = self.scan()
        schema = lazy.collect_schema()
        text = [_as_text(name, dtype).alias(name) for name, dtype in schema.items() if name != ROW]
        seen = 0
        try:
            for batch in lazy.select(ROW, *text).collect_batches(chunk_size=BATCH, maintain_order=True):
                seen += batch.height
                yield batch
        except UNREADABLE:
            pass  # a damaged page ends the reading, sometimes without a word: the rows are counted in either case
        if seen != self.rows - len(self.ragged):
            problem = f"only {seen:,} of its {self.rows:,} rows can be read"
            raise _refused(self.path, problem, "Export the file again; it is damaged")


def cell_name(at: int) -> str:
    """Name of the column that holds the cells of the header at a place."""
    return f"c{at}"


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if dtype.is_float():
        return plain_number(column)
    if isinstance(dtype, pl.Datetime):
        return column.dt.to_string("%Y-%m-%d %H:%M:%S")
    return column.cast(pl.String)


def _refused(path: Path, problem: str, mend: str, row: int | None = None) -> InvalidInput:
    fault = Fault(file=path.name, row=row, problem=problem, mend=mend)
    return InvalidInput(f"{path.name} cannot be read; nothing was loaded.", [fault])


def open_source(path: Path, part: TableMap, scratch: Path) -> Source:
    """Open a foreign file as a part of a mapping says, or as it shows itself to be.

    Args:
        path: the file.
        part: what the mapping says of it.
        scratch: folder for a copy in UTF-8, where one is needed.

    Raises:
        InvalidInput: it cannot be read as a table.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
        digest = _digest(path)
    except FileNotFoundError:
        raise _refused(path, "there is no such file", "Check the path") from None
    except OSError as error:
        raise _refused(path, f"it cannot be read ({error.strerror})", "Check the file and its permissions") from None
    if not head:
        raise _refused(path, "the file is empty", "Give a header row and at least one row")
    if path.suffix.lower() in WORKBOOKS or head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _open_workbook(path, part, digest)
    if head.startswith(b"PAR1"):
        return _open_parquet(path, digest)
    if path.suffix == ".parquet":
        raise _refused(path, "it does not begin as Parquet does", "Write the file again; it is not what its name says")
    return _open_text(path, part, scratch, digest)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=8)).hexdigest()


def _open_parquet(path: Path, digest: str) -> Source:
    try:
        lazy = pl.scan_parquet(path)
        schema = lazy.collect_schema()
        rows = int(lazy.select(pl.len()).collect().item())
    except UNREADABLE:
        problem = "it cannot be read as Parquet: its description of itself is damaged"
        raise _refused(path, problem, "Write the file again; it is damaged") from None
    for name, dtype in schema.items():
        if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
            fault = Fault(
                file=path.name,
                column=name,
                problem=f"the column holds {dtype}, not one value a row",
                mend="Leave the column out, or write it as text, a number or a date",
            )
            raise InvalidInput(f"{path.name} cannot be read; nothing was loaded.", [fault])
    return Source(
        path=path, kind="parquet", header=tuple(schema), header_row=1, rows=rows, digest=digest, readable=path
    )


def _open_workbook(path: Path, part: TableMap, digest: str) -> Source:
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
        names = book.sheet_names
        wanted = part.sheet if part.sheet is not None else 1
        missing = wanted not in names if isinstance(wanted, str) else wanted > len(names)
        if missing:
            raise _refused(path, f"there is no sheet {wanted!r}", f"Name one of its sheets: {', '.join(names)}")
        name = wanted if isinstance(wanted, str) else names[wanted - 1]
        cells = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        problem = f"it cannot be read as a workbook ({str(error).splitlines()[0]})"
        raise _refused(path, problem, "Save it again as XLSX without a password, or as CSV UTF-8") from None
    at = part.header_row - 1
    header = tuple(cell or "" for cell in cells.row(at)) if cells.height > at else ()
    if not any(name.strip() for name in header):
        problem = f"row {part.header_row} of sheet {name!r} is empty; the header is expected there"
        raise _refused(path, problem, "Name the sheet and the header_row in the mapping", row=part.header_row)
    cells.columns = [cell_name(place) for place in range(cells.width)]
    frame = cells.slice(part.header_row)
    return Source(
        path=path,
        kind="workbook",
        header=header,
        header_row=part.header_row,
        rows=frame.height,
        digest=digest,
        sheet=name,
        readable=path,
        frame=frame,
    )


def _open_text(path: Path, part: TableMap, scratch: Path, digest: str) -> Source:
    try:
        encoding, bom = _encoding(path, part)
        readable = path
        if encoding != "utf-8" or part.header_row > 1 or _old_line_ends(path):
            readable = scratch / f"{digest}-{part.header_row}.csv"
            _rewrite(path, readable, encoding, part.header_row - 1)
        separator = part.separator or _separator(readable)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        problem = f"it cannot be unpacked ({error}): it is cut short or damaged"
        raise _refused(path, problem, "Copy or pack the file again") from None
    bones = look(readable, separator)
    if bones.flaws:
        above = part.header_row - 1
        faults = [
            Fault(file=path.name, row=None if f.row is None else f.row + above, problem=f.problem, mend=f.mend)
            for f in bones.flaws
        ]
        raise InvalidInput(f"{path.name} cannot be read; nothing was loaded.", faults)
    return Source(
        path=path,
        kind="text",
        header=bones.header,
        header_row=part.header_row,
        rows=bones.rows,
        digest=digest,
        encoding=encoding,
        bom=bom,
        separator=separator,
        readable=readable,
        ragged=bones.ragged + np.array([part.header_row - 1, 0]),
    )


def unpacked(path: Path) -> IO[bytes]:
    """The bytes of a text file, out of its gzip where it is in one."""
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _encoding(path: Path, part: TableMap) -> tuple[str, bool]:
    """The encoding of a text file, and whether it begins with a byte-order mark."""
    with unpacked(path) as stream:
        head = stream.read(4)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding, True
    wanted = (codecs.lookup(part.encoding).name,) if part.encoding else ("utf-8", "gb18030")
    for encoding in wanted:
        row = _first_undecodable(path, encoding)
        if row is None:
            return encoding, False
    tried = " nor ".join(wanted)
    problem = f"it holds bytes that are {'not ' if len(wanted) == 1 else 'neither '}{tried}"
    mend = 'Save it as UTF-8, or say how it is written with encoding = "big5" in the mapping'
    raise _refused(path, problem, mend, row=row)


def _first_undecodable(path: Path, encoding: str) -> int | None:
    """Row of the first bytes that are not of an encoding; None where there are none."""
    decoder = codecs.getincrementaldecoder(encoding)()
    rows = 1
    with unpacked(path) as stream:
        while block := stream.read(BLOCK):
            try:
                rows += decoder.decode(block).count("\n")
            except UnicodeDecodeError as error:
                return rows + block.count(b"\n", 0, error.start)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return rows
    return None


def _old_line_ends(path: Path) -> bool:
    """Whether lines end with a carriage return alone, as on old Macintosh computers."""
    with unpacked(path) as stream:
        first = stream.read(1 << 16)
        return (
            b"\r" in first
            and b"\n" not in first
            and not any(b"\n" in block for block in iter(lambda: stream.read(BLOCK), b""))
        )


def _rewrite(path: Path, target: Path, encoding: str, skip: int) -> None:
    """Write a text file as UTF-8 with the line ends of today, without its first lines."""
    import io

    with unpacked(path) as raw, target.open("w", encoding="utf-8", newline="") as out:
        text = io.TextIOWrapper(raw, encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline=None)
        for _ in range(skip):
            text.readline()
        while block := text.read(BLOCK):
            out.write(block)


def _separator(path: Path) -> str:
    """The separator that occurs most in the first line, outside quotation marks."""
    with unpacked(path) as stream:
        line = stream.readline(1 << 20).removeprefix(BOM).decode("utf-8", "replace")
    bare = "".join(line.split('"')[::2])
    return max(_SEPARATORS, key=bare.count)
