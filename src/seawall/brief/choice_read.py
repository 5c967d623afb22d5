"""What a choice left in its folder: `choice.json` and the tables beside it, checked once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from seawall.core import Fault, InvalidInput

RECORD = "choice.json"

NEEDED: dict[str, type | tuple[type, ...]] = {
    "city": str,
    "on": str,
    "start": str,
    "days": int,
    "seed": int,
    "software": str,
    "goal": dict,
    "options": list,
    "frontier": list,
    "axes": list,
    "rounds": list,
    "assumed": list,
}
"""Keys without which there is no page, and what each holds."""

OF_OPTION = ("key", "name", "name_zh", "replicates", "amounts", "p_meets", "p_meets_low", "p_meets_high")

TABLES: dict[str, tuple[str, ...]] = {
    "expected": ("date", "event", "q5", "q25", "q50", "q75", "q95"),
    "bearers": ("strategy", "by", "group", "what", "mean", "q5", "q95", "per_1000"),
    "output_daily": ("strategy", "date", "sector", "q5", "q50", "q95"),
    "zones": ("area_id", "people", "p_meets", "p_meets_whole"),
}
"""Tables that the page draws from, and the columns it reads."""

CODES = ("strategy", "by", "group", "what", "sector", "area_id", "name", "event")
"""Columns that are names, whatever they look like."""

MEND = "Choose once more into this folder, or give the folder of another choice"


@dataclass(frozen=True, kw_only=True)
class Told:
    """A choice as it was written.

    Attributes:
        told: what stands in `choice.json`.
        options: key to what is told of the option.
        tables: those of `TABLES` that lie beside it.
        files: names of all tables that lie beside it.
    """

    told: Mapping[str, Any] = field(repr=False)
    options: Mapping[str, Mapping[str, Any]] = field(repr=False)
    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    files: frozenset[str]

    @property
    def chosen(self) -> str | None:
        """The option chosen; None where none meets the goal."""
        return None if self.told.get("chosen") is None else str(self.told["chosen"]["key"])

    @property
    def shown(self) -> str | None:
        """The option chosen or, where none meets the goal, the nearest."""
        infeasible = self.told.get("infeasible") or {}
        return self.chosen or infeasible.get("nearest")

    @property
    def runner_up(self) -> str | None:
        """What would be chosen without it."""
        return None if self.told.get("runner_up") is None else str(self.told["runner_up"]["key"])

    @property
    def shipped(self) -> tuple[str, ...]:
        """Options that are a strategy as it stands, no lever moved."""
        return tuple(key for key, one in self.options.items() if one.get("base", key.partition("+")[0]) == key)

    def mean(self, key: str, event: str) -> float | None:
        """Mean of an event over the replicates of an option; None where it is not known."""
        amount = self.options[key]["amounts"].get(event)
        return None if amount is None else amount.get("mean")


def read_told(folder: Path) -> Told:
    """Read a choice and check it.

    Raises:
        InvalidInput: there is none, or something in it is not as a choice is written. Carries every fault.
    """
    path = folder / RECORD
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _refused([Fault(file=RECORD, problem=f"{folder} holds no choice", mend=MEND)]) from None
    except ValueError as error:
        raise _refused([Fault(file=RECORD, problem=f"it is not JSON: {error}", mend=MEND)]) from None
    faults = _faults(told)
    tables = {name: table for name in TABLES if (table := _table(folder, name, faults)) is not None}
    if faults:
        raise _refused(faults)
    return Told(
        told=told,
        options={one["key"]: one for one in told["options"]},
        tables=tables,
        files=frozenset(one.name for one in folder.glob("*.csv")),
    )


def _refused(faults: Sequence[Fault]) -> InvalidInput:
    return InvalidInput(f"{len(faults)} problem(s) with the choice; no page was written.", list(faults))


def _faults(told: Any) -> list[Fault]:
    if not isinstance(told, dict):
        return [Fault(file=RECORD, problem="it holds no object", mend=MEND)]
    found = [
        Fault(file=RECORD, column=key, problem="it is absent or of another kind", mend=MEND)
        for key, kind in NEEDED.items()
        if not isinstance(told.get(key), kind)
    ]
    if found:
        return found
    for row, one in enumerate(told["options"], start=1):
        absent = [key for key in OF_OPTION if not isinstance(one, dict) or key not in one]
        found += [Fault(file=RECORD, row=row, column=f"options.{key}", problem="absent", mend=MEND) for key in absent]
    if found:
        return found
    known = {one["key"] for one in told["options"]}
    for column, key in _named(told):
        if key not in known:
            found.append(Fault(file=RECORD, column=column, problem=f'"{key}" is none of its options', mend=MEND))
    if told.get("chosen") is None and not (told.get("infeasible") or {}).get("nearest"):
        found.append(Fault(file=RECORD, column="chosen", problem="nothing is chosen and nothing nearest", mend=MEND))
    return found


def _named(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every place that names an option, and the name."""
    places = [("frontier", key) for key in told["frontier"]]
    places += [(part, told[part]["key"]) for part in ("chosen", "runner_up") if told.get(part)]
    if told.get("infeasible"):
        places.append(("infeasible", told["infeasible"].get("nearest")))
    return places


def _table(folder: Path, name: str, faults: list[Fault]) -> pl.DataFrame | None:
    """A table, or None where it is not there or empty."""
    path = folder / f"{name}.csv"
    if not path.exists():
        return None
    try:
        table = pl.read_csv(path, infer_schema_length=None, schema_overrides=dict.fromkeys(CODES, pl.String))
    except pl.exceptions.NoDataError:
        return None
    except pl.exceptions.PolarsError as error:
        faults.append(Fault(file=path.name, problem=f"it cannot be read: {error}", mend=MEND))
        return None
    if table.is_empty():
        return None
    absent = [column for column in TABLES[name] if column not in table.columns]
    faults += [Fault(file=path.name, column=column, problem="absent", mend=MEND) for column in absent]
    if absent:
        return None
    if "date" in table.columns:
        table = table.with_columns(pl.col("date").cast(pl.String).str.to_date(strict=False))
        if table["date"].null_count():
            faults.append(Fault(file=path.name, column="date", problem="not every day is a date", mend=MEND))
    return table
