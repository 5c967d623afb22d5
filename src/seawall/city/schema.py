"""What a table of a city folder is made of: columns with a kind, a meaning and their rules.

The tables themselves stand in `seawall.city.declared`. The published Table Schemas (``docs/reference``), the checks
of `seawall check` and the header synonyms of `seawall import` all come from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

Kind = Literal["text", "integer", "number", "boolean", "date", "datetime"]

DTYPES: dict[Kind, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table: what it holds and what it may hold.

    Args:
        name: the column's name in the city folder.
        kind: how its cells are read.
        about: one sentence that says what it is.
        required: a cell may not be empty, and the column must be there.
        unit: unit of a number.
        low, high: closed range of a number.
        codes: the only values allowed, where there is such a list.
        refers_to: ``table.column`` whose values it must take.
        synonyms: other headers it comes in under, in any script; compared without case,
            spaces and punctuation.
    """

    name: str
    kind: Kind
    about: str
    required: bool = False
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    codes: tuple[str, ...] = ()
    refers_to: str | None = None
    synonyms: tuple[str, ...] = ()

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type of the column once read."""
        return DTYPES[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a city folder.

    Args:
        name: the file's stem.
        row: what one row is.
        columns: its columns, in their published order. Further columns are kept and ignored.
        key: columns that together name a row; two rows may not share them.
        gives: what the table makes possible.
        hides: what cannot be seen without it; said in the brief when the table is missing.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    gives: str
    hides: str

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            KeyError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def dtypes(self) -> dict[str, pl.DataType]:
        """Column name to Polars type."""
        return {column.name: column.dtype for column in self.columns}

    def table_schema(self) -> dict[str, Any]:
        """The table as a Frictionless Table Schema, ready for JSON."""
        fields = []
        for column in self.columns:
            kind = {"text": "string"}.get(column.kind, column.kind)
            constraints: dict[str, Any] = {}
            if column.required:
                constraints["required"] = True
            if column.low is not None:
                constraints["minimum"] = column.low
            if column.high is not None:
                constraints["maximum"] = column.high
            if column.codes:
                constraints["enum"] = list(column.codes)
            field: dict[str, Any] = {"name": column.name, "type": kind, "description": column.about}
            if column.unit:
                field["unit"] = column.unit
            if constraints:
                field["constraints"] = constraints
            fields.append(field)
        foreign = []
        for column in self.columns:
            if column.refers_to:
                resource, target = column.refers_to.split(".")
                foreign.append({"fields": column.name, "reference": {"resource": resource, "fields": target}})
        schema: dict[str, Any] = {"fields": fields, "primaryKey": list(self.key)}
        if foreign:
            schema["foreignKeys"] = foreign
        return schema


LEVELS = ("city", "district", "subdistrict", "community", "grid")
"""Levels of the area tree, from the widest to the finest."""

EVENTS: dict[str, str] = {
    "reports": "infections reported that day, confirmed or without symptoms, local and imported",
    "reports_local": "of these, local",
    "reports_imported": "of these, imported",
    "reports_in_control": "of these, found in quarantine or a closed loop",
    "reports_in_community": "of these, found outside control: by screening, at a clinic, by chance",
    "confirmed": "of these, confirmed cases, people found earlier without symptoms included",
    "asymptomatic": "of these, infections without symptoms",
    "confirmed_from_asymptomatic": "confirmed cases that were reported before, without symptoms",
    "onsets": "people whose symptoms began that day",
    "specimens": "specimens taken",
    "tests": "people tested",
    "positives": "positive results among the people tested",
    "admissions": "hospital admissions of infected people",
    "discharges": "discharges from hospital",
    "deaths": "deaths of infected people",
    "arrivals": "people arriving from outside the city",
    "contacts_traced": "contacts newly placed under observation",
    "in_hospital": "infected people in hospital at the day's end (a stock)",
    "in_icu": "infected people in intensive care at the day's end (a stock)",
    "in_quarantine": "people in quarantine at the day's end (a stock)",
    "staffed_beds": "staffed hospital beds at the day's end (a stock)",
    "occupied_beds": "staffed beds in use by anyone at the day's end (a stock)",
    "vaccinated": "people fully vaccinated by the day's end (a stock)",
}
"""What `counts.event` may be. Further events are kept; these are understood."""

STOCKS = frozenset({"in_hospital", "in_icu", "in_quarantine", "staffed_beds", "occupied_beds", "vaccinated"})
