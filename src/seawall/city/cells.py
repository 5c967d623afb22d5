"""How the text of a cell becomes a value: one expression a kind, the same for checker and reader."""

from __future__ import annotations

import polars as pl

from seawall.city.schema import DTYPES, Kind

TRUE_FALSE = {
    "true": True,
    "false": False,
    "1": True,
    "0": False,
    "yes": True,
    "no": False,
    "是": True,
    "否": False,
}
"""What a city folder may write for a boolean, in any case."""

LARGEST_INTEGER = 2**53
"""Beyond this a number in a spreadsheet is no longer exact."""

_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DATETIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?$"

EXPECTED: dict[Kind, str] = {
    "text": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "date": "a date (year-month-day)",
    "datetime": "a time (year-month-day hour:minute)",
}
"""What a cell of each kind must be, in words."""


def trimmed(text: pl.Expr) -> pl.Expr:
    """The cell without spaces around it; null where nothing is left."""
    text = text.cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text)


def parsed(text: pl.Expr, kind: Kind) -> pl.Expr:
    """The value of a trimmed cell; null where the text is not of that kind. Never fails.

    Numbers are decimal, finite, without separators of thousands; dates are ISO 8601.
    """
    match kind:
        case "text":
            return text
        case "integer":
            number = text.cast(pl.Float64, strict=False)
            whole = (number == number.round()) & (number.abs() <= LARGEST_INTEGER)
            return pl.when(whole).then(number).cast(pl.Int64)
        case "number":
            number = text.cast(pl.Float64, strict=False)
            return pl.when(number.is_finite()).then(number)
        case "boolean":
            return text.str.to_lowercase().replace_strict(TRUE_FALSE, default=None, return_dtype=pl.Boolean)
        case "date":
            return pl.when(text.str.contains(_DATE)).then(text.str.to_date("%Y-%m-%d", strict=False))
        case "datetime":
            minute = text.str.replace("T", " ").str.slice(0, 16).str.to_datetime("%Y-%m-%d %H:%M", strict=False)
            return pl.when(text.str.contains(_DATETIME)).then(minute.cast(pl.Datetime("us")))


def is_native(dtype: pl.DataType, kind: Kind) -> bool:
    """Whether a column came in with a type of its kind, so that there is no text to read."""
    match kind:
        case "date":
            return dtype == pl.Date or isinstance(dtype, pl.Datetime)
        case "datetime":
            return isinstance(dtype, pl.Datetime)
        case "integer":
            return dtype.is_integer()
        case "number":
            return dtype.is_integer() or dtype.is_float()
        case "boolean":
            return dtype == pl.Boolean
        case "text":
            return False


def value(column: pl.Expr, dtype: pl.DataType, kind: Kind) -> pl.Expr:
    """The value of a column as it came in, typed or as text; null where it is not of that kind. Never fails."""
    if not is_native(dtype, kind):
        return parsed(trimmed(column), kind)
    match kind:
        case "datetime":
            return column.cast(pl.Datetime("us"))
        case "integer":
            return column.cast(pl.Int64, strict=False)
        case "number":
            number = column.cast(pl.Float64)
            return pl.when(number.is_finite()).then(number)
        case _:
            return column.cast(DTYPES[kind])
