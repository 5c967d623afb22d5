"""A sentence before it has a language: a code, its facts, and the rows of the table it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

HEADER_ROWS = 1
"""Rows are counted as a spreadsheet counts them: the header is row 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One thing the brief says.

    Attributes:
        code: which rule wrote it; `phrases.PHRASES` holds its wording.
        facts: the numbers, dates and codes it names: plain values, as JSON holds them.
        table: table behind it, without suffix.
        rows: rows of that table, as a spreadsheet counts them.
    """

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    table: str
    rows: tuple[int, ...] = ()


def rows_where(table: pl.DataFrame, *conditions: pl.Expr) -> tuple[int, ...]:
    """The rows of a table that meet all conditions, as a spreadsheet counts them."""
    hits = table.select(pl.all_horizontal(*conditions).fill_null(value=False).arg_true()).to_series()
    return tuple(int(row) + 1 + HEADER_ROWS for row in hits)


def only_row(table: pl.DataFrame, *conditions: pl.Expr) -> tuple[dict[str, Any], tuple[int, ...]] | None:
    """The first row that meets all conditions, with its number; None where none does."""
    rows = rows_where(table, *conditions)
    if not rows:
        return None
    return table.row(rows[0] - 1 - HEADER_ROWS, named=True), rows[:1]
