"""Numbers about disease and behaviour: declared once, with unit, range and source."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from seawall.core.errors import Fault, InvalidInput

_KEY = "seawall.quantity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What is declared beside a number: its unit, plausible range, source and meaning."""

    name: str
    default: float | None
    unit: str
    low: float
    high: float
    source: str
    about: str


def quantity(
    default: float | None = None,
    *,
    unit: str,
    low: float,
    high: float,
    source: str,
    about: str,
) -> Any:
    """Declare a dataclass field that holds a number, with its unit, range and source.

    Args:
        default: value when none is given; None makes the field required.
        unit: unit of the number, in words ("day", "fraction of contacts").
        low, high: closed range outside which a value is refused.
        source: publication, data set or "assumed".
        about: one sentence that says what the number is.

    Raises:
        ValueError: unit, source or about is empty, or the range is upside down.
    """
    if not (unit and source and about):
        raise ValueError("A quantity needs a unit, a source and a sentence that says what it is.")
    if not low <= high:
        raise ValueError(f"A quantity's range must run upwards, not from {low} to {high}.")
    meta = {_KEY: {"unit": unit, "low": low, "high": high, "source": source, "about": about}}
    if default is None:
        return dataclasses.field(metadata=meta)
    return dataclasses.field(default=default, metadata=meta)


def describe_quantities(noun: Any) -> tuple[Quantity, ...]:
    """The quantities a dataclass declares, in their order."""
    found = []
    for field in dataclasses.fields(noun):
        if _KEY in field.metadata:
            default = None if field.default is dataclasses.MISSING else field.default
            found.append(Quantity(name=field.name, default=default, **field.metadata[_KEY]))
    return tuple(found)


def check_quantities(noun: Any) -> None:
    """Refuse a dataclass whose quantities lie outside their declared ranges.

    Raises:
        InvalidInput: names every quantity that is not a number or lies outside its range.
    """
    faults = []
    for declared in describe_quantities(noun):
        value = getattr(noun, declared.name)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or math.isnan(value) or not declared.low <= value <= declared.high:
            faults.append(
                Fault(
                    file=type(noun).__name__,
                    column=declared.name,
                    problem=f"{value!r} is not between {declared.low:g} and {declared.high:g} {declared.unit}",
                    mend=f"Give a value in that range ({declared.about.rstrip('.')})",
                )
            )
    if faults:
        raise InvalidInput(f"{type(noun).__name__} has {len(faults)} value(s) out of range.", faults)
