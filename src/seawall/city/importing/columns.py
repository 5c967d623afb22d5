"""A mapping laid over a file: which header fills which column, and how its cells are put into form."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, field

import polars as pl

from seawall.city.faults import plain
from seawall.city.importing.codes import spoken
from seawall.city.importing.headers import nearest, position, recognise
from seawall.city.importing.mapping import ColumnMap, TableMap
from seawall.city.importing.sources import Source, cell_name
from seawall.city.importing.values import (
    age_text,
    boolean_text,
    clean,
    date_text,
    known,
    number_text,
    time_text,
)
from seawall.city.schema import Column
from seawall.city.scripts import PAIRS
from seawall.core import Fault

AREA = "areas.area_id"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where one column's cells come from in one file.

    Attributes:
        column, how: the column, and how it comes to be.
        places: places of its headers: one, several to be joined, or none where it has a fixed value.
        within: place of the header of the wider area.
    """

    column: Column
    how: ColumnMap
    places: tuple[int, ...] = ()
    within: int | None = None


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A mapping laid over one file.

    Attributes:
        part, source: which part of a mapping, which file.
        origins: the columns that are filled, in the order of the schema.
        wide: place of a header to what it stands for, where many numbers stand in a row.
        where: place of a header to the cells that a row must have, as `plain` leaves them.
    """

    part: TableMap
    source: Source
    origins: tuple[Origin, ...]
    wide: Dict[int, str] = field(default_factory=dict)
    where: Dict[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def filled(self) -> dict[str, str]:
        """Column to what the user calls it: its header in the file, or its own name."""
        header = self.source.header
        names = {
            origin.column.name: " + ".join(header[at] for at in origin.places) or origin.column.name
            for origin in self.origins
        }
        if self.part.wide:
            names[self.part.wide.into] = names[self.part.wide.value] = ""
        return names

    @property
    def unused(self) -> tuple[str, ...]:
        """Headers that fill no column."""
        used = {at for origin in self.origins for at in origin.places}
        used |= {origin.within for origin in self.origins if origin.within is not None} | {*self.wide, *self.where}
        return tuple(name for at, name in enumerate(self.source.header) if at not in used and name.strip())


def lay(part: TableMap, source: Source) -> tuple[Layout, list[Fault]]:
    """Lay a part of a mapping over a file; what does not fit comes back as faults."""
    layer = _Layer(part, source)
    layout = layer.layout()
    return layout, layer.faults


class _Layer:
    def __init__(self, part: TableMap, source: Source) -> None:
        self.part = part
        self.source = source
        self.faults: list[Fault] = []

    def place(self, wanted: str) -> int | None:
        """Place of a header that must be there, once."""
        header = self.source.header
        at = position(header, wanted)
        if at is None:
            near = nearest(header, wanted)
            shown = ", ".join(name for name in header[:12] if name.strip())
            self.wrong(
                wanted, "there is no such column", f'Did you mean "{near}"' if near else f"The file has: {shown}"
            )
        elif header.count(header[at]) > 1:
            self.wrong(
                wanted, "the header stands more than once", "Rename one of them, so that it is clear which is meant"
            )
        return at

    def wrong(self, column: str | None, problem: str, mend: str) -> None:
        self.faults.append(
            Fault(file=self.source.path.name, row=self.source.header_row, column=column, problem=problem, mend=mend)
        )

    def layout(self) -> Layout:
        part = self.part
        found = recognise(part.schema, self.source.header) if part.auto else {}
        named = {at for how in part.columns.values() for at in self.quietly(how)}
        origins = []
        for column in part.schema.columns:
            how = part.columns.get(column.name)
            if how is not None:
                origins.append(self.origin(column, how))
            elif places := [at for at in found.get(column.name, ()) if at not in named]:
                within = (
                    places[1] if column.refers_to == AREA and column.name == "area_id" and len(places) > 1 else None
                )
                how = ColumnMap(fallback=within is not None)
                origins.append(Origin(column=column, how=how, places=(places[0],), within=within))
        wide = self.wide()
        filled = {origin.column.name for origin in origins}
        if part.wide:
            filled |= {part.wide.into, part.wide.value}
        for column in part.schema.columns:
            if part.auto and column.required and column.name not in filled:
                names = ", ".join((column.name, *column.synonyms[:6]))
                self.wrong(
                    None, f"no header is known to mean {column.name}", f"Name it one of {names}, or write a mapping"
                )
        where = {}
        for header, cells in part.where.items():
            if (at := self.place(header)) is not None:
                where[at] = tuple(plain(cell) for cell in cells)
        return Layout(part=part, source=self.source, origins=tuple(origins), wide=wide, where=where)

    def quietly(self, how: ColumnMap) -> list[int]:
        """Places a column named in the mapping takes, without a word on those that are missing."""
        wanted = (*how.sources, *how.join, *((how.within,) if how.within else ()))
        return [at for name in wanted if (at := position(self.source.header, name)) is not None]

    def origin(self, column: Column, how: ColumnMap) -> Origin:
        if how.value is not None:
            return Origin(column=column, how=how)
        if how.join:
            places = [self.place(name) for name in how.join]
        else:
            there = [name for name in how.sources if position(self.source.header, name) is not None]
            places = [self.place(there[0] if there else how.sources[0])] if how.sources else []
        within = self.place(how.within) if how.within else None
        return Origin(column=column, how=how, places=tuple(at for at in places if at is not None), within=within)

    def wide(self) -> dict[int, str]:
        wide = self.part.wide
        if wide is None:
            return {}
        if wide.columns is not None:
            return {at: meant for name, meant in wide.columns.items() if (at := self.place(name)) is not None}
        header = pl.DataFrame({"header": self.source.header}, schema={"header": pl.String})
        read = header.select(date_text(clean(pl.col("header")), self.part.dates, self.part.year)).to_series()
        days = {at: day for at, day in enumerate(read) if day is not None and day[:4].isdigit() and day[4:5] == "-"}
        if not days:
            self.wrong(None, "no header is a date", 'Say how they are written with dates = "dmy" (or "mdy")')
        return days


def canonical(origin: Origin, part: TableMap, text: pl.Expr) -> pl.Expr:
    """The cells of a column in the form of a city folder; `text` are its raw cells."""
    column, how = origin.column, origin.how
    order, year = how.dates or part.dates, how.year or part.year
    if column.kind == "text" and not _is_word(column):
        cells = text.str.strip_chars()
        cells = pl.when(cells != "").then(cells)
    else:
        cells = clean(text)
    cells = _translated(cells, {plain(word): meant for word, meant in how.codes.items()})
    match column.kind:
        case "date":
            cells = date_text(known(cells), order, year)
        case "datetime":
            cells = time_text(known(cells), order, year)
        case "integer" | "number" if column.name == "age":
            cells = age_text(known(cells))
        case "integer" | "number":
            cells = number_text(known(cells), how.scale, decimal_comma=part.decimal_comma)
        case "boolean":
            cells = boolean_text(cells)
        case "text":
            cells = _translated(cells, spoken(part.schema, column))
    return cells.fill_null(pl.lit(how.default)) if how.default is not None else cells


def _is_word(column: Column) -> bool:
    """Whether a text column holds codes and references, not names: those are compared, so they are cleaned."""
    return bool(column.codes or column.refers_to or column.required) and not column.name.startswith("name")


def _translated(cells: pl.Expr, words: Dict[str, str]) -> pl.Expr:
    """Cells that are one of the words, as what the word means; an empty meaning empties the cell."""
    if not words:
        return cells
    meant = pl.Series(list(words.values()), dtype=pl.String)
    said = plain_text(cells).replace_strict(list(words), meant, default=None, return_dtype=pl.String)
    return pl.when(said == "").then(None).otherwise(pl.coalesce(said, cells))


def plain_text(cells: pl.Expr) -> pl.Expr:
    """Cells as `plain` compares words."""
    folded = cells.str.normalize("NFKC").str.to_lowercase().str.replace_many(PAIRS)
    return folded.str.replace_all(r"[^\p{L}\p{N}]", "")


def raw(origin: Origin) -> pl.Expr:
    """The cells of a column as they came: of its header, or of several joined."""
    if len(origin.places) == 1 and not origin.how.join:
        return pl.col(cell_name(origin.places[0]))
    return pl.concat_str([clean(pl.col(cell_name(at))) for at in origin.places], separator=origin.how.separator)
