"""Reading a TOML document strictly: every key known, every value of its kind, all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from seawall.core.errors import Fault, closest
from seawall.core.toml_rows import Place, Rows, shown

_MISSING = object()
_KINDS: dict[type, str] = {
    str: "text in quotes",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    date: "a date such as 2022-06-28, without quotes",
    dict: "a table",
    list: "a list in [ ]",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What all tables of one document share.

    Attributes:
        file: its name as the user knows it.
        faults: what was found wrong so far.
        rows: where its keys stand; None: faults tell the path of a key instead of its row.
        refused: problem and mend of a word that may not be read at all, None for any other.
    """

    file: str
    faults: list[Fault]
    rows: Rows | None = None
    refused: Callable[[str], tuple[str, str] | None] = lambda _: None


class Section:
    """One table of a document, read key by key; `finish` reports the keys nobody asked for."""

    def __init__(self, values: Mapping[str, Any], reading: Reading, path: str = "", place: Place = ()) -> None:
        self.values = values
        self.reading = reading
        self.path = path
        self.place = place
        self.asked: list[str] = []

    @property
    def faults(self) -> list[Fault]:
        """What was found wrong in the whole document so far."""
        return self.reading.faults

    def where(self, key: str) -> str:
        """Path of a key in the document, as in ``tiers[2].code``."""
        return f"{self.path}.{key}" if self.path else key

    def row(self, key: str) -> int | None:
        """Row of a key; None where rows are not known."""
        return None if self.reading.rows is None else self.reading.rows.row(self.place, key.partition("[")[0])

    def fault(self, key: str, problem: str, mend: str) -> None:
        """Note that something is wrong with a key."""
        column = self.where(key) if self.reading.rows is None else key
        fault = Fault(file=self.reading.file, row=self.row(key), column=column, problem=problem, mend=mend)
        self.reading.faults.append(fault)

    def _take(self, key: str, kind: type, default: Any) -> Any:
        self.asked.append(key)
        value = self.values.get(key, _MISSING)
        if value is _MISSING:
            if default is _MISSING:
                self.fault(key, "it is missing", f"Give {_KINDS[kind]}")
                return None
            return default
        right = isinstance(value, kind)
        if kind is float:
            right = isinstance(value, (int, float))
        if kind in (int, float) and isinstance(value, bool):
            right = False
        if kind is date and isinstance(value, datetime):
            right = False
        if not right:
            self.fault(key, f"{shown(value)} is not {_KINDS[kind]}", f"Give {_KINDS[kind]}")
            return None if default is _MISSING else default
        return value

    def text(self, key: str, *, default: Any = _MISSING, choices: Sequence[str] = ()) -> str:
        """Text that is not empty, one of `choices` where there are any."""
        value = self._take(key, str, default)
        if isinstance(value, str) and key in self.values:
            if not value.strip():
                self.fault(key, "it is empty", "Give text in quotes")
            elif choices and value not in choices:
                problem = f'"{value}" is none of {", ".join(choices)}{closest(value, choices)}'
                self.fault(key, *(self.reading.refused(value) or (problem, "Write one of them")))
                return choices[0]
        return value if isinstance(value, str) else ""

    def boolean(self, key: str, *, default: Any = _MISSING) -> bool:
        """True or false."""
        return bool(self._take(key, bool, default))

    def integer(self, key: str, *, low: int, high: int, default: Any = _MISSING) -> int:
        """A whole number in a closed range."""
        value = self._take(key, int, default)
        return int(value) if value is not None and self._within(key, value, low, high) else low

    def number(self, key: str, *, low: float, high: float, default: Any = _MISSING) -> float:
        """A number in a closed range."""
        value = self._take(key, float, default)
        return float(value) if value is not None and self._within(key, value, low, high) else low

    def _within(self, key: str, value: float, low: float, high: float) -> bool:
        if not low <= value <= high:
            self.fault(key, f"{shown(value)} is not between {low:g} and {high:g}", "Give a number in that range")
            return False
        return True

    def day(self, key: str, *, default: Any = _MISSING) -> date | None:
        """A date."""
        value = self._take(key, date, default)
        return value if isinstance(value, date) else None

    def items(self, key: str, kind: type, *, default: Any = _MISSING) -> list[Any]:
        """A list whose members are of one kind."""
        value = self._take(key, list, default)
        kept = []
        for position, member in enumerate(value or ()):
            if isinstance(member, kind) and not (kind is int and isinstance(member, bool)):
                kept.append(member)
            else:
                self.fault(f"{key}[{position + 1}]", f"{shown(member)} is not {_KINDS[kind]}", f"Give {_KINDS[kind]}")
        return kept

    def section(self, key: str, *, default: Any = _MISSING) -> Section | None:
        """A table within this one."""
        value = self._take(key, dict, default)
        return None if value is None else Section(value, self.reading, self.where(key), (*self.place, key))

    def sections(self, key: str, *, default: Any = _MISSING) -> list[Section]:
        """A list of tables, counted from 1 in messages."""
        members = self._take(key, list, default) or ()
        found = []
        for position, member in enumerate(members):
            if isinstance(member, dict):
                path, place = f"{self.where(key)}[{position + 1}]", (*self.place, key, position)
                found.append(Section(member, self.reading, path, place))
            else:
                self.fault(f"{key}[{position + 1}]", f"{shown(member)} is not a table", f"Write it under [[{key}]]")
        return found

    def named_sections(self, key: str) -> dict[str, Section]:
        """Tables under a table, by name; none where the key is absent."""
        outer = self.section(key, default=None)
        if outer is None:
            return {}
        found = {}
        for name in outer.values:
            inner = outer.section(name)
            if inner is not None:
                found[name] = inner
        return found

    def finish(self) -> None:
        """Report every key that nobody asked for."""
        for key in self.values:
            if key not in self.asked:
                problem = f"it is not a key of this table{closest(key, self.asked)}"
                mend = f"Take it out, or use one of {', '.join(sorted(self.asked))}"
                self.fault(key, *(self.reading.refused(key) or (problem, mend)))
