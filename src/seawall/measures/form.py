"""Whether a value is of the form that a key of a measure asks for, before its range is looked at."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, get_type_hints

from seawall.core.toml_rows import LARGEST, shown
from seawall.measures.measure import Measure

_EXPECTED: dict[Any, str] = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number",
    float | None: "a number",
    tuple[str, ...]: 'a list of texts in quotes, as in ["a", "b"]',
    tuple[int, ...]: "a list of whole numbers, as in [0, 3]",
    tuple[int, int]: "a list of two whole numbers, as in [60, 130]",
    date | int | None: "a date without quotes, such as 2022-03-28, or a whole number of days since the start",
}


@cache
def forms(noun: type[Measure]) -> dict[str, Any]:
    """Key of a kind of measure to the type of its value."""
    return get_type_hints(noun)


@cache
def _adapter(form: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(form)


def of_another_form(noun: type[Measure], key: str, value: Any) -> tuple[str, str] | None:
    """Problem and mend of a value that is not of the form its key asks for; ranges and words are not looked at.

    Args:
        noun: kind of measure.
        key: one of its fields.
        value: as TOML gives it, lists as tuples.
    """
    from pydantic import ValidationError

    if type(value) is int and abs(value) > LARGEST:
        return "a number of that size means nothing", "Give a smaller number"
    form = forms(noun)[key]
    try:
        _adapter(form).validate_python(value, strict=True)
    except ValidationError:
        return f"{shown(value)} is not {_EXPECTED[form]}", f"Give {_EXPECTED[form]}"
    return None
