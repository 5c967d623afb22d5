"""The bones of a CSV file, looked at before a cell is read: bytes, quotation marks, cells in each row.

A file that passes is read the same by every CSV reader; of one that does not, each fault is known with
its row. Works on bytes in blocks, so a file of any size needs the same small memory.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

BLOCK = 8 << 20
BOM = b"\xef\xbb\xbf"
_LONGEST = 1 << 20
_QUOTE, _NEWLINE, _RETURN, _NUL = 34, 10, 13, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing wrong with the bones of a file; `row` as a spreadsheet counts it."""

    code: str
    problem: str
    mend: str
    row: int | None = None


@dataclass(frozen=True, kw_only=True)
class Structure:
    """What a CSV file is made of.

    Attributes:
        header: the cells of its first row.
        rows: data rows, empty ones included.
        bom: whether it begins with a byte-order mark.
        flaws: what makes it unreadable; where there is one, nothing else may be relied on.
        ragged: int, shape (n, 2). Spreadsheet row and number of cells of each row that has more or fewer
            cells than the header; empty rows are not among them.
    """

    header: tuple[str, ...]
    rows: int
    bom: bool
    flaws: tuple[Flaw, ...]
    ragged: np.ndarray = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))


def blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, unpacked where it is a .gz, in blocks.

    Raises:
        OSError, EOFError, zlib.error: it cannot be read or unpacked.
    """
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block


def look(path: Path, separator: str = ",") -> Structure:
    """Look at the bones of a CSV or CSV.gz file in UTF-8."""
    eye = _Eye(ord(separator))
    try:
        for block in blocks(path):
            eye.see(block)
            if eye.flaws:
                break
        else:
            eye.end()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        eye.flaw(
            "broken-gzip",
            f"it cannot be unpacked ({error}): the file is cut short or damaged",
            "Copy or pack the file again",
        )
    except OSError as error:
        eye.flaw("unreadable", f"it cannot be read ({error.strerror or error})", "Check the file and its permissions")
    return eye.structure()


class _Eye:
    """Reads blocks in turn and remembers what stands across their borders."""

    def __init__(self, separator: int) -> None:
        self.separator = separator
        self.flaws: list[Flaw] = []
        self.header: tuple[str, ...] | None = None
        self.bom = False
        self.records = 0
        self._begun = False
        self._undecoded = b""
        self._held = b""
        self._quoted = 0
        self._before = _NEWLINE
        self._separators = 0
        self._record = b""
        self._ragged: list[tuple[int, int]] = []

    def see(self, block: bytes) -> None:
        """Look at the next block."""
        if not self._begun:
            self._begun = True
            if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                self._not_utf8("is UTF-16 text, not UTF-8")
                return
            if block.startswith(BOM):
                self.bom, block = True, block[len(BOM) :]
        # A character cut in two by the border waits for its other half.
        block = self._undecoded + block
        try:
            _, whole = codecs.utf_8_decode(block, "strict", False)
        except UnicodeDecodeError as error:
            bad = block[error.start : error.end]
            self._count(self._held + block[: error.start], following=bad[0])
            if not self.flaws:
                self._not_utf8(f"holds bytes that are not UTF-8 text ({bad.hex(' ')})")
            return
        self._undecoded = block[whole:]
        # So does the last byte: what follows a quotation mark must be known.
        block = self._held + block[:whole]
        self._held = block[-1:]
        if len(block) > 1:
            self._count(block[:-1], following=block[-1])

    def end(self) -> None:
        """There is no further block."""
        if self._undecoded:
            self._not_utf8("ends in the middle of a character")
            return
        if self._held:
            self._count(self._held, following=_NEWLINE)
        if self._quoted:
            self.flaw(
                "open-quote",
                "a quotation mark is opened and never closed",
                'Close it, or write a quotation mark inside a cell twice ("")',
                row=self.records + 1,
            )
        elif self._record or self._separators:
            self._close(np.array([self._separators + 1]), lambda _: self._record)

    def flaw(self, code: str, problem: str, mend: str, row: int | None = None) -> None:
        """Remember a flaw."""
        self.flaws.append(Flaw(code=code, problem=problem, mend=mend, row=row))

    def structure(self) -> Structure:
        """What was seen."""
        if not self.flaws and self.header is None:
            self.flaw("empty-file", "the file is empty", "Give a header row and at least one row, or remove the file")
        return Structure(
            header=self.header or (),
            rows=max(self.records - 1, 0),
            bom=self.bom,
            flaws=tuple(self.flaws),
            ragged=np.array(self._ragged, dtype=np.int64).reshape(-1, 2),
        )

    def _not_utf8(self, what: str) -> None:
        self.flaw(
            "not-utf8",
            f"it {what}",
            "Save the file as UTF-8 (in a spreadsheet: CSV UTF-8), or bring it in with: seawall import",
            row=self.records + 1,
        )

    def _count(self, block: bytes, following: int) -> None:
        """Count the records that end in a block, and the cells of each."""
        if not block:
            return
        data = np.frombuffer(block, dtype=np.uint8)
        quotes = np.flatnonzero(data == _QUOTE)
        ends = self._unquoted(np.flatnonzero(data == _NEWLINE), quotes)
        self._look_for_stray_bytes(data, quotes, ends, following)
        if self.flaws:
            return
        separators = self._unquoted(np.flatnonzero(data == self.separator), quotes)
        if ends.size:
            before_end = np.searchsorted(separators, ends)
            cells = np.diff(before_end, prepend=-self._separators) + 1
            starts = np.concatenate(([0], ends[:-1] + 1))
            begun = self._record
            self._close(cells, lambda i: (b"" if i else begun) + block[starts[i] : ends[i]])
            self._separators = separators.size - int(before_end[-1])
            self._record = block[ends[-1] + 1 :][:_LONGEST]
        else:
            self._separators += separators.size
            self._record = (self._record + block)[:_LONGEST] if len(self._record) < _LONGEST else self._record
        self._quoted = (self._quoted + quotes.size) & 1
        self._before = int(data[-1])

    def _unquoted(self, positions: np.ndarray, quotes: np.ndarray) -> np.ndarray:
        """Those of the positions that do not stand between quotation marks."""
        if not quotes.size:
            return positions[:0] if self._quoted else positions
        outside: np.ndarray = (self._quoted + np.searchsorted(quotes, positions)) & 1 == 0
        kept: np.ndarray = positions[outside]
        return kept

    def _look_for_stray_bytes(self, data: np.ndarray, quotes: np.ndarray, ends: np.ndarray, following: int) -> None:
        """Find the first quotation mark, carriage return or NUL where none may stand."""
        before = np.concatenate(([self._before], data[:-1]))
        after = np.concatenate((data[1:], [following]))
        nuls = np.flatnonzero(data == _NUL)
        returns = self._unquoted(np.flatnonzero(data == _RETURN), quotes)
        bare = returns[after[returns] != _NEWLINE]
        opening = (self._quoted + np.arange(quotes.size)) & 1 == 0
        opens, closes = quotes[opening], quotes[~opening]
        stray = np.concatenate(
            (
                opens[~np.isin(before[opens], (self.separator, _NEWLINE, _QUOTE))],
                closes[~np.isin(after[closes], (self.separator, _NEWLINE, _RETURN, _QUOTE))],
            )
        )
        found = [
            (nuls, "nul", "holds NUL bytes, so it is not text", "Export the table again as CSV UTF-8"),
            (
                bare,
                "bare-return",
                "a line ends with a carriage return alone, as on old Macintosh computers",
                "Save the file with the line ends of today, or bring it in with: seawall import",
            ),
            (
                stray,
                "stray-quote",
                "a quotation mark stands inside a cell",
                'Put the whole cell in quotation marks and write the inner ones twice ("")',
            ),
        ]
        for positions, code, problem, mend in found:
            if positions.size:
                row = self.records + 1 + int(np.searchsorted(ends, positions.min()))
                self.flaw(code, problem, mend, row=row)

    def _close(self, cells: np.ndarray, text: Callable[[int], bytes]) -> None:
        """Take in records that have come to their end: the number of cells of each, and their text."""
        if self.header is None:
            self.header = self._read_header(text(0))
        odd = np.flatnonzero(cells != len(self.header))
        for i in odd.tolist():
            if (self.records or i) and text(i).strip():
                self._ragged.append((self.records + i + 1, int(cells[i])))
        self.records += cells.size

    def _read_header(self, line: bytes) -> tuple[str, ...]:
        text = line.decode("utf-8", "replace").rstrip("\r")
        if not text.strip():
            self.flaw("no-header", "the first row is empty", "Put the names of the columns in the first row", row=1)
            return ()
        if len(line) >= _LONGEST:
            self.flaw("no-header", "the first row has no end", "Give a table with the names of its columns in row 1")
            return ()
        return tuple(next(csv.reader([text], delimiter=chr(self.separator))))
