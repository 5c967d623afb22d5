"""A mapping read from TOML: strictly, with everything wrong in it found at once."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as Dict
from datetime import date
from pathlib import Path
from typing import Any

from seawall.city.declared import TABLES
from seawall.city.importing.mapping import ColumnMap, Cumulative, Mapping, TableMap, Wide
from seawall.city.schema import LEVELS, Column, Table
from seawall.city.settings import faults_of
from seawall.core import Fault, InvalidInput

AUTO = "auto:"
"""Before the name of a table: a mapping without a file, headers known by synonym."""

_ORDERS = ("ymd", "dmy", "mdy")


def read_mapping(source: Path | str) -> Mapping:
    """Read a mapping file, or make the mapping that ``auto:TABLE`` stands for.

    Raises:
        InvalidInput: it is no mapping; every fault in it is named.
    """
    said = str(source)
    if said.startswith(AUTO):
        return _auto(said.removeprefix(AUTO))
    path = Path(source)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise _refused(path.name, [_fault(path.name, None, "there is no such file", _AUTO_ADVICE)]) from None
    except UnicodeDecodeError:
        raise _refused(path.name, [_fault(path.name, None, "it is not UTF-8 text", "Save it as UTF-8")]) from None
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        problem = f"it is not TOML ({error or 'nested too deeply'})"
        raise _refused(path.name, [_fault(path.name, None, problem, "Correct that line")]) from None
    faults: list[Fault] = []
    mapping = _mapping(_Section(path.name, document, "", faults))
    if faults:
        raise _refused(path.name, faults)
    return mapping


_AUTO_ADVICE = "Check the path, or try auto:cases, which knows the usual headers"


def _auto(table: str) -> Mapping:
    if table not in TABLES:
        near = difflib.get_close_matches(table, TABLES, n=1)
        mend = f"Did you mean {AUTO}{near[0]}" if near else f"Name one of {', '.join(TABLES)}"
        raise _refused(AUTO + table, [_fault(AUTO + table, None, f'"{table}" is not a table', mend)])
    return Mapping(name=AUTO + table, tables=(TableMap(table=table, auto=True),))


def _fault(file: str, place: str | None, problem: str, mend: str) -> Fault:
    return Fault(file=file, column=place, problem=problem, mend=mend)


def _refused(name: str, faults: Iterable[Fault]) -> InvalidInput:
    return InvalidInput(f"The mapping {name} cannot be used; nothing was loaded.", faults)


class _Section:
    """One section of a document; remembers in `faults` what is wrong with it."""

    def __init__(self, file: str, said: Dict[str, Any], place: str, faults: list[Fault]) -> None:
        self.file = file
        self.said = said
        self.place = place
        self.faults = faults

    def __contains__(self, key: str) -> bool:
        return key in self.said

    def at(self, key: str) -> str:
        """Where a key stands, for messages."""
        return f"{self.place}.{key}" if self.place and key else self.place or key

    def wrong(self, key: str, problem: str, mend: str) -> None:
        """Remember that something is wrong with a key."""
        self.faults.append(_fault(self.file, self.at(key) or None, problem, mend))

    def inner(self, key: str) -> _Section:
        """A section within; an empty one where it is not there or is no section."""
        return _Section(self.file, self.take(key, _is_section, "a section", {}), self.at(key), self.faults)

    def take(self, key: str, fits: Callable[[Any], bool], expected: str, default: Any = None) -> Any:
        """The value of a key, or the default where it is not there or of the wrong kind."""
        if key not in self.said:
            return default
        found = self.said[key]
        if fits(found):
            return found
        self.wrong(key, f"{found!r} is not {expected}", f"Write {expected}")
        return default

    def only(self, known: Iterable[str]) -> None:
        """Refuse keys that are not known."""
        names = list(known)
        for key in self.said:
            if key not in names:
                near = difflib.get_close_matches(key, names, n=1, cutoff=0.6)
                mend = f"Did you mean {near[0]}" if near else f"Use one of {', '.join(names)}"
                self.wrong(key, f'"{key}" is not understood here', mend)


def _mapping(whole: _Section) -> Mapping:
    whole.only(["city", *TABLES])
    if isinstance(city := whole.said.get("city"), dict):
        for group in faults_of(city):
            for fault, _ in group.faults():
                whole.wrong(f"city.{fault.column}", fault.problem, fault.mend)
        for key, said in city.items():
            if not _is_plain(said) and not _is_codes(said):
                mend = "Write text, a number, true or false, or a section of these"
                whole.wrong(f"city.{key}", f"{said!r} cannot be written to city.toml", mend)
    elif "city" in whole:
        whole.wrong("city", "it is not a section", 'Write [city] and below it name = "Your City"')
    tables = [part for name, table in TABLES.items() if name in whole for part in _parts(table, whole)]
    if not any(name in whole for name in TABLES):
        whole.wrong("", "it fills no table", "Add a section named for a table, such as [cases]")
    return Mapping(name=whole.file, tables=tuple(tables), city=city)


def _parts(table: Table, whole: _Section) -> Iterator[TableMap]:
    sections = whole.said[table.name]
    if not isinstance(sections, list):
        sections = [sections]
    for number, said in enumerate(sections, start=1):
        place = table.name if len(sections) == 1 else f"{table.name}[{number}]"
        if isinstance(said, dict):
            yield _part(table, _Section(whole.file, said, place, whole.faults))
        else:
            whole.wrong(place, "it is not a section", f"Write [{table.name}] and its settings below")


def _part(table: Table, part: _Section) -> TableMap:
    part.only(PART_SETTINGS)
    columns = _columns(table, part.inner("columns"))
    auto = part.take("auto", _is_bool, "true or false", default=False)
    wide = _wide(table, part.inner("wide")) if "wide" in part else None
    if not auto and "columns" not in part:
        part.wrong("", "it says nothing of columns", f"Add [{part.place}.columns], or auto = true")
    elif not auto:
        filled = {*columns, *((wide.into, wide.value) if wide else ())}
        for column in table.columns:
            if column.required and column.name not in filled:
                part.wrong(
                    "columns",
                    f"nothing fills {column.name}, which every row needs ({column.about.rstrip('.')})",
                    f'Add {column.name} = "the header it comes under", or {column.name} = {{ value = "..." }}',
                )
    files = part.take("files", _is_text_or_texts, "a file name pattern or a list of them", "*")
    return TableMap(
        table=table.name,
        files=(files,) if isinstance(files, str) else tuple(files),
        columns=columns,
        auto=auto,
        sheet=part.take("sheet", _is_sheet, "the name of a sheet, or its number from 1"),
        header_row=part.take("header_row", _is_positive, "a row number from 1", 1),
        separator=part.take("separator", _is_character, "one character, such as ; or \\t"),
        encoding=part.take("encoding", _is_encoding, "an encoding, such as gb18030 or big5"),
        dates=part.take("dates", _is_order, f"one of {', '.join(_ORDERS)}"),
        year=part.take("year", _is_year, "a year, such as 2022"),
        decimal_comma=part.take("decimal_comma", _is_bool, "true or false", default=False),
        repeats=part.take("repeats", _one_of("reject", "last", "sum"), "reject, last or sum", "reject"),
        where=_where(part.inner("where")),
        wide=wide,
        cumulative=_cumulative(table, part.inner("cumulative")) if "cumulative" in part else None,
    )


def _columns(table: Table, columns: _Section) -> dict[str, ColumnMap]:
    known = {column.name: column for column in table.columns}
    columns.only(known)
    return {name: _column(known[name], columns, name) for name in columns.said if name in known}


def _column(column: Column, columns: _Section, name: str) -> ColumnMap:
    said = columns.said[name]
    if isinstance(said, (str, list)):
        said = {"from": said}
    if not isinstance(said, dict):
        columns.wrong(name, f"{said!r} is not a header", 'Write the header in quotation marks, or { from = "..." }')
        return ColumnMap()
    how = _Section(columns.file, said, columns.at(name), columns.faults)
    how.only(COLUMN_SETTINGS)
    origins = [key for key in ("from", "join", "value") if key in how]
    if len(origins) != 1:
        spoken = " and ".join(origins) if origins else "neither from, join nor value"
        how.wrong("", f"it says {spoken}", "Say exactly one of: from, join, value")
    for keys, fits, what in (
        (("dates", "year"), column.kind in ("date", "datetime"), "hold dates"),
        (("scale",), column.kind in ("integer", "number"), "hold numbers"),
        (("within", "level", "else"), column.refers_to == "areas.area_id", "name an area"),
    ):
        for key in keys:
            if key in how and not fits:
                how.wrong(key, f"{column.name} does not {what}", f"Leave {key} out")
    if "else" in how and "within" not in how:
        how.wrong("else", "it needs within", "Name the header of the wider area with within")
    sources = how.take("from", _is_text_or_texts, "a header or a list of headers", ())
    codes = how.take("codes", _is_codes, "a section of words and what they mean", {})
    return ColumnMap(
        sources=(sources,) if isinstance(sources, str) else tuple(sources),
        join=tuple(how.take("join", _is_texts, "a list of headers", ())),
        separator=how.take("separator", _is_any_text, "text", "-"),
        value=_as_text(how.take("value", _is_plain, "text, a number, a date, true or false")),
        default=_as_text(how.take("default", _is_plain, "text, a number, a date, true or false")),
        codes={word: _as_text(meant) or "" for word, meant in codes.items()},
        dates=how.take("dates", _is_order, f"one of {', '.join(_ORDERS)}"),
        year=how.take("year", _is_year, "a year, such as 2022"),
        scale=float(how.take("scale", _is_scale, "a number other than 0", 1)),
        within=how.take("within", _is_text, "a header"),
        level=how.take("level", _one_of(*LEVELS), f"one of {', '.join(LEVELS)}"),
        fallback=how.take("else", _one_of("within"), "within") is not None,
    )


def _where(where: _Section) -> dict[str, tuple[str, ...]]:
    wanted = {}
    for header, said in where.said.items():
        cells = said if isinstance(said, list) else [said]
        if cells and all(map(_is_plain, cells)):
            wanted[header] = tuple(_as_text(cell) or "" for cell in cells)
        else:
            where.wrong(header, f"{said!r} is not a cell or a list of cells", "Write the cell as text")
    return wanted


def _wide(table: Table, wide: _Section) -> Wide:
    wide.only(("columns", "into", "value"))
    columns = wide.said.get("columns")
    if columns != "dates" and not (_is_texts(columns) or (_is_codes(columns) and columns)):
        wide.wrong(
            "columns",
            f"{columns!r} says of no columns what they mean",
            'Write "dates", a list of headers, or a section such as { "确诊" = "reports" }',
        )
        columns = "dates"
    if isinstance(columns, list):
        columns = {header: header for header in columns}
    names = [column.name for column in table.columns]
    for key in ("into", "value"):
        if key not in wide:
            wide.wrong(key, "it is missing", f"Name the column of {table.name} that is filled")
    return Wide(
        columns={header: _as_text(meant) or "" for header, meant in columns.items()}
        if isinstance(columns, dict)
        else None,
        into=wide.take("into", _one_of(*names), f"a column of {table.name}", ""),
        value=wide.take("value", _one_of(*names), f"a column of {table.name}", ""),
    )


def _cumulative(table: Table, cumulative: _Section) -> Cumulative:
    cumulative.only(("column", "negative", "first"))
    numbers = [column.name for column in table.columns if column.kind in ("integer", "number")]
    if "column" not in cumulative:
        cumulative.wrong("column", "it is missing", f"Name the number that is a running total: {', '.join(numbers)}")
    if "date" not in table.key:
        cumulative.wrong("", f"{table.name} has no row a day", "Leave cumulative out")
    return Cumulative(
        column=cumulative.take("column", _one_of(*numbers), f"a number of {table.name}", ""),
        negative=cumulative.take("negative", _one_of("reject", "zero"), "reject or zero", "reject"),
        first=cumulative.take("first", _one_of("reject", "keep"), "reject or keep", "reject"),
    )


PART_SETTINGS = (
    *("files", "columns", "auto", "sheet", "header_row", "separator", "encoding"),
    *("dates", "year", "decimal_comma", "repeats", "where", "wide", "cumulative"),
)
COLUMN_SETTINGS = (
    *("from", "join", "separator", "value", "default", "codes"),
    *("dates", "year", "scale", "within", "level", "else"),
)


def _as_text(found: Any) -> str | None:
    """A value of TOML as the text of a cell."""
    if found is None or isinstance(found, str):
        return found
    return str(found).lower() if isinstance(found, bool) else str(found)


def _is_plain(found: Any) -> bool:
    return isinstance(found, (str, int, float, bool, date))


def _is_bool(found: Any) -> bool:
    return isinstance(found, bool)


def _is_any_text(found: Any) -> bool:
    return isinstance(found, str)


def _is_text(found: Any) -> bool:
    return isinstance(found, str) and bool(found.strip())


def _is_texts(found: Any) -> bool:
    return isinstance(found, list) and bool(found) and all(map(_is_text, found))


def _is_text_or_texts(found: Any) -> bool:
    return _is_text(found) or _is_texts(found)


def _is_section(found: Any) -> bool:
    return isinstance(found, dict)


def _is_codes(found: Any) -> bool:
    return isinstance(found, dict) and all(map(_is_plain, found.values()))


def _is_order(found: Any) -> bool:
    return found in _ORDERS


def _is_year(found: Any) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and 1900 <= found <= 2100


def _is_positive(found: Any) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= 1000


def _is_sheet(found: Any) -> bool:
    return _is_text(found) or _is_positive(found)


def _is_scale(found: Any) -> bool:
    return isinstance(found, (int, float)) and not isinstance(found, bool) and 0 < abs(found) < 1e15


def _is_character(found: Any) -> bool:
    return isinstance(found, str) and len(found) == 1 and found.isascii() and found not in '"\r\n'


def _is_encoding(found: Any) -> bool:
    try:
        return _is_text(found) and "".encode(found) is not None
    except (LookupError, ValueError):
        return False


def _one_of(*words: str) -> Callable[[Any], bool]:
    return lambda found: isinstance(found, str) and found in words
