"""What a mapping says: which files fill which table, and how each column comes to be."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

from seawall.city.declared import TABLES
from seawall.city.importing.values import Order
from seawall.city.schema import Table

Repeats = Literal["reject", "last", "sum"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """How one column of a table comes to be.

    Attributes:
        sources: headers it may come in under; the first that is there is used.
        join: headers whose cells are joined by `separator` in place of `sources`.
        value: what stands in every row, in place of any header.
        default: what stands where the cell is empty.
        codes: foreign word to what it means.
        dates: order of day, month and year where the year does not come first.
        year: the year of dates written without one.
        scale: what a number is multiplied by.
        within: header that names the wider area, for areas that share a name.
        level: level of the areas that are meant.
        fallback: whether a row whose area is empty or unknown counts for the wider area.
    """

    sources: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    separator: str = "-"
    value: str | None = None
    default: str | None = None
    codes: Dict[str, str] = field(default_factory=dict)
    dates: Order | None = None
    year: int | None = None
    scale: float = 1.0
    within: str | None = None
    level: str | None = None
    fallback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wide:
    """Many numbers in a row made one number a row.

    Attributes:
        columns: header to what it stands for in column `into`; None takes every header that is a date.
        into: column that takes what the header says: ``date`` or ``event``, say.
        value: column that takes the number.
    """

    columns: Dict[str, str] | None
    into: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cumulative:
    """Totals since the start made numbers of a day.

    Attributes:
        column: the number.
        negative: what becomes of a total that falls: the row is rejected, or its day counts zero.
        first: what becomes of the first day of a series, if it is not zero: ``reject``, or ``keep`` the
            total as that day's number.
    """

    column: str
    negative: Literal["reject", "zero"] = "reject"
    first: Literal["reject", "keep"] = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMap:
    """How files fill one table.

    Attributes:
        table: name of the table.
        files: patterns of file names; a file is read by every part of a mapping whose patterns it fits.
        columns: column to how it comes to be.
        auto: whether columns not named are taken from headers known by synonym.
        sheet: sheet of a workbook, by name or number from 1; the first when not said.
        header_row: row of the header, from 1.
        separator, encoding: of text files; found out when not said.
        dates, year: for every date column that does not say otherwise.
        decimal_comma: whether 1.234,5 is written for 1234.5.
        repeats: what becomes of rows of one file that share a key and contradict each other.
        where: header to the cells that rows must have to be read.
        wide, cumulative: see there.
    """

    table: str
    files: tuple[str, ...] = ("*",)
    columns: Dict[str, ColumnMap] = field(default_factory=dict)
    auto: bool = False
    sheet: str | int | None = None
    header_row: int = 1
    separator: str | None = None
    encoding: str | None = None
    dates: Order | None = None
    year: int | None = None
    decimal_comma: bool = False
    repeats: Repeats = "reject"
    where: Dict[str, tuple[str, ...]] = field(default_factory=dict)
    wide: Wide | None = None
    cumulative: Cumulative | None = None

    @property
    def schema(self) -> Table:
        """The table's declaration."""
        return TABLES[self.table]

    def fits(self, name: str) -> bool:
        """Whether a file of that name is meant."""
        return any(fnmatchcase(name, pattern) for pattern in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A mapping, read and found whole.

    Attributes:
        name: what it is called in messages and on receipts.
        tables: its parts, in the order in which they stand.
        city: settings of the city folder it can begin.
    """

    name: str
    tables: tuple[TableMap, ...]
    city: Dict[str, Any] | None = None
