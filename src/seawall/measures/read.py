"""Strategies read from TOML: the shipped ones by name, a city's own by path; every fault at once, with its row."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from seawall.core import Fault, InvalidInput
from seawall.core.errors import closest
from seawall.core.forbidden import forbidden_in
from seawall.core.shipped import Shipped
from seawall.core.toml_rows import LARGEST, Rows, parse_toml, shown
from seawall.measures.form import of_another_form
from seawall.measures.kinds import KINDS
from seawall.measures.measure import Measure, described
from seawall.measures.strategy import Strategy, faults_together, row_of

_TEXTS = ("name", "name_zh", "about", "previous")
_STRATEGY_KEYS = ("name", "name_zh", "about", "for_residents", "version", "previous", "reasons")
_TOP = ("strategy", "measures")
_LAST_VERSION = 1_000_000


class _Told(NamedTuple):
    """A fault of a measure, before its row is known."""

    column: str
    problem: str
    mend: str


SHIPPED = Shipped(package="seawall.measures", folder="strategies", noun="strategy", option="--strategy")


def shipped_strategies() -> tuple[str, ...]:
    """Names of the strategies in the package, in alphabetical order."""
    return SHIPPED.names()


def read_strategy(name: str | Path) -> Strategy:
    """A strategy by the name of a shipped one or the path of a TOML file.

    Raises:
        InvalidInput: there is none, it is not TOML, or something in it cannot be. Carries every fault.
    """
    text, file = SHIPPED.text(name)
    return parse_strategy(text, file=file)


def parse_strategy(text: str, *, file: str) -> Strategy:
    """A strategy from the text of a file.

    Args:
        text: TOML.
        file: name of the file as the user knows it.

    Raises:
        InvalidInput: carries every fault, with the row and key it stands at.
    """
    document = parse_toml(
        text, file=file, noun="a strategy", least="Write [strategy] and a name; without measures nothing is done"
    )
    places = Rows(text)
    lines = places.members("measures")
    faults: list[Fault] = []
    for key in document:
        if key not in _TOP:
            problem, mend = _not_a_key(key, _TOP)
            faults.append(Fault(file=file, row=places.row((), key), column=key, problem=problem, mend=mend))
    head = _head(document.get("strategy"), file, places, faults)
    tables = document.get("measures", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        problem, mend = "it is not a list of tables", "Write [[measures]] above each measure"
        faults.append(Fault(file=file, row=places.row((), "measures"), column="measures", problem=problem, mend=mend))
        tables = []
    measures = []
    for index, table in enumerate(tables):
        measure, told = _measure(table)
        if measure is not None:
            measures.append((index, measure))
        faults += [
            Fault(file=file, row=row_of(lines, index, column), column=column, problem=problem, mend=mend)
            for column, problem, mend in told
        ]
    kinds = {str(table.get("kind")) for table in tables}
    if any(kind not in KINDS for kind in kinds):
        kinds |= {"draw_zones", "trace_contacts", "quarantine_contacts"}  # the one misspelt may be any of them
    faults += [
        Fault(file=file, row=row_of(lines, index, column), column=column, problem=problem, mend=mend)
        for index, column, problem, mend in faults_together(measures, kinds)
    ]
    if faults:
        faults.sort(key=lambda fault: fault.row or 0)
        raise InvalidInput(f"{file} has {len(faults)} problem(s); nothing was run.", faults)
    return Strategy(**head, measures=tuple(measure for _, measure in measures), file=file, lines=lines)


def _head(table: Any, file: str, places: Rows, faults: list[Fault]) -> dict[str, Any]:
    def fault(column: str, problem: str, mend: str) -> None:
        row = places.row(("strategy",), column)
        faults.append(Fault(file=file, row=row, column=column, problem=problem, mend=mend))

    head: dict[str, Any] = {"name": ""}
    if not isinstance(table, dict):
        fault("strategy", "there is no table [strategy]", "Write [strategy] and below it a name")
        return head
    for key, value in table.items():
        if key not in _STRATEGY_KEYS:
            fault(key, *_not_a_key(key, _STRATEGY_KEYS))
        elif key in _TEXTS and not isinstance(value, str):
            fault(key, f"{shown(value)} is not text in quotes", "Give text in quotes")
        elif key == "version" and (type(value) is not int or not 1 <= value <= _LAST_VERSION):
            fault(key, f"{shown(value)} is not a whole number from 1", "Number the versions of a strategy 1, 2, 3")
        elif key == "for_residents" and (type(value) is not int or not 1 <= value <= LARGEST):
            mend = "Give the size of the city that the numbers are meant for, such as 1_000_000"
            fault(key, f"{shown(value)} is not a number of residents", mend)
        elif key == "reasons" and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            mend = 'Give a list of texts in quotes, as in ["a", "b"]'
            fault(key, f"{shown(value)} is not a list of texts in quotes", mend)
        else:
            head[key] = tuple(value) if isinstance(value, list) else value
    if "name" not in table:
        fault("name", "it is missing", "Give the strategy a name")
    elif isinstance(table["name"], str) and not table["name"].strip():
        fault("name", "it is empty", "Give the strategy a name")
    return head


def _measure(table: Mapping[str, Any]) -> tuple[Measure | None, list[_Told]]:
    """A measure, or None, and everything wrong with its table."""
    kind = table.get("kind")
    if kind is None:
        return None, [_Told("kind", "it is missing", f"Give one of {', '.join(KINDS)}")]
    if not isinstance(kind, str) or kind not in KINDS:
        refused = _refused(kind) if isinstance(kind, str) else None
        problem = f"{shown(kind)} is not a kind of measure{closest(str(kind), KINDS)}"
        return None, [_Told("kind", *(refused or (problem, f"Write one of {', '.join(KINDS)}")))]
    noun = KINDS[kind]
    fields = {field.name: field for field in dataclasses.fields(noun)}
    told = [_Told(key, *_not_a_key(key, fields)) for key in table if key not in fields]
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in table.items() if key in fields
    }
    told += [
        _Told(key, *wrong)
        for key, value in values.items()
        if key != "kind" and (wrong := of_another_form(noun, key, value))
    ]
    for key in {one.column for one in told}:
        values.pop(key, None)
    required = {name for name, field in fields.items() if field.default is dataclasses.MISSING}
    for name in sorted(required - set(values) - {one.column for one in told}):
        about = described(fields[name])
        told.append(_Told(name, "it is missing", f"Give text in quotes ({about.about.rstrip('.') if about else name})"))
    for name in required:
        values.setdefault(name, "-")  # stands in, so that the rest is checked as well
    for name in required:
        if not values[name].strip():
            told.append(_Told(name, "it is empty", "Give text in quotes"))
    try:
        measure = noun(**values)
    except InvalidInput as found:
        for fault in found.faults:
            words = values.get(fault.column or "", ())
            refused = next(
                (r for word in _texts(words) if f'"{word}"' in fault.problem and (r := _refused(word))), None
            )
            told.append(_Told(fault.column or "", *(refused or (fault.problem, fault.mend))))
        return None, told
    return (None if told else measure), told


def _texts(value: Any) -> tuple[str, ...]:
    members = value if isinstance(value, tuple) else (value,)
    return tuple(member for member in members if isinstance(member, str))


def _not_a_key(key: str, known: Iterable[str]) -> tuple[str, str]:
    return _refused(key) or (
        f"it is not a key of this table{closest(key, known)}",
        f"Take it out, or use one of {', '.join(known)}",
    )


def _refused(word: str) -> tuple[str, str] | None:
    """Why no measure may read what a word speaks of; None where it may."""
    forbidden = forbidden_in(word)
    if forbidden is None:
        return None
    return (
        f'"{word}" speaks of {forbidden.name}, which no measure may read: {forbidden.why}',
        "Take it out; a measure holds for areas, ages, jobs and what has been found",
    )
