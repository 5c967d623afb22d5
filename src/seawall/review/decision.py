"""A decision and what was expected of it, as `seawall choose` leaves them in the city folder."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from seawall.core import Fault, InvalidInput
from seawall.core.tables import read_strings
from seawall.measures import Strategy, read_strategy

FOLDER = "decisions"
"""Where a city folder keeps its decisions, each in a folder ``DATE-KEY``."""

CHOICE, EXPECTED, STRATEGY = "choice.json", "expected.csv", "chosen.toml"
"""Files of a decision: what was compared and chosen, what was expected of it, what was ordered."""

LEVELS = {"q5": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
"""Quantiles of an expectation."""

EVENTS_EXPECTED = ("reports", "admissions", "in_hospital", "in_icu", "deaths")
"""Events that stand first in tables and pictures, in this order."""

MEND = "Restore the file from a copy, or run seawall choose again"
_NAMED = re.compile(r"\d{4}-\d{2}-\d{2}-(.+)")
_MOST = 20


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What was decided on a day, and what was expected of it.

    Attributes:
        name: of its folder, which tables use; key: of the option taken.
        on: last day whose reports were known; start, days: first day and length of what was played.
        seed, software, fingerprint: of the runs behind it and of the city they were made from.
        by, why: who answers for it and the reason given; empty where not told.
        afresh: that nothing was in force before, so that a measure without a first day began with it.
        version: of its strategy; one more than that of the decision before where the strategy does not say.
        strategy: what was ordered.
        expected: ``date, event, q5 ... q95`` for the whole city, sorted by event and date.
        file: of the choice.
    """

    name: str
    key: str
    on: date
    start: date
    days: int
    seed: int
    version: int
    strategy: Strategy
    expected: pl.DataFrame = field(repr=False)
    software: str = ""
    fingerprint: str = ""
    by: str = ""
    why: str = ""
    afresh: bool = False
    file: str = ""

    @property
    def events(self) -> tuple[str, ...]:
        """What something was expected of, in the order of tables."""
        there = set(self.expected["event"])
        first = [event for event in EVENTS_EXPECTED if event in there]
        return (*first, *sorted(there - set(first)))


def read_decisions(paths: Iterable[Path]) -> tuple[Decision, ...]:
    """Decisions from their folders, or from folders of such.

    Returns:
        In the order in which they were taken.

    Raises:
        InvalidInput: one cannot be read, or two have one name. Carries every fault of every one.
    """
    told: dict[str, _Told] = {}
    faults: list[Fault] = []
    for path in paths:
        if not path.is_dir():
            faults.append(Fault(file=str(path), problem="there is no such folder", mend="Check the path"))
            continue
        inside = [path] if (path / CHOICE).exists() else sorted(one for one in path.iterdir() if one.is_dir())
        for folder in inside:
            if folder.name in told:
                problem = f"two decisions are named {folder.name}"
                faults.append(Fault(file=str(folder), problem=problem, mend="Give one of the folders another name"))
                continue
            try:
                told[folder.name] = _read(folder)
            except InvalidInput as error:
                faults += error.faults
    if faults:
        raise InvalidInput(f"{len(faults)} problem(s) with the decisions; nothing was reviewed.", faults)
    decisions: list[Decision] = []
    for one in sorted(told.values(), key=lambda one: (one.days["on"], one.days["start"], one.name)):
        decisions.append(one.decision(decisions[-1] if decisions else None))
    return tuple(decisions)


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What the files of a decision say, before it is known which came before it."""

    name: str
    key: str
    file: str
    choice: Mapping[str, Any]
    days: Mapping[str, date]
    whole: Mapping[str, int]
    strategy: Strategy
    expected: pl.DataFrame

    def decision(self, before: Decision | None) -> Decision:
        version = self.strategy.version
        if not version:
            same = before is not None and before.strategy.measures == self.strategy.measures
            version = 1 if before is None else before.version if same else before.version + 1
        return Decision(
            name=self.name,
            key=self.key,
            on=self.days["on"],
            start=self.days["start"],
            days=self.whole["days"],
            seed=self.whole["seed"],
            version=version,
            strategy=self.strategy,
            expected=self.expected,
            afresh="in_force" in self.choice and self.choice["in_force"] is None,
            file=self.file,
            **{name: str(self.choice.get(name) or "") for name in ("software", "fingerprint", "by", "why")},
        )


def _read(folder: Path) -> _Told:
    """One decision.

    Raises:
        InvalidInput: carries every fault of its three files.
    """
    faults: list[Fault] = []
    choice: Mapping[str, Any] = {}
    strategy = expected = None
    try:
        choice = _json(folder / CHOICE)
    except InvalidInput as error:
        faults += error.faults
    try:
        strategy = read_strategy(_strategy_file(folder))
    except InvalidInput as error:
        faults += [_under(folder, fault) for fault in error.faults]
    file = str(folder / CHOICE)
    days, whole, key = {}, {}, ""
    if choice:
        days, whole, key = _days(choice, file, faults), _whole(choice, file, faults), _key(folder, choice, faults)
    try:
        expected = read_expected(folder / EXPECTED, key)
    except InvalidInput as error:
        faults += [_under(folder, fault) for fault in error.faults]
    if faults or strategy is None or expected is None:
        raise InvalidInput(f"{folder} holds no decision that can be read.", faults)
    return _Told(
        name=folder.name,
        key=key,
        file=file,
        choice=choice,
        days=days,
        whole=whole,
        strategy=strategy,
        expected=expected,
    )


def _under(folder: Path, fault: Fault) -> Fault:
    """A fault with the whole path of its file, so that two decisions can be told apart."""
    file = str(folder / Path(fault.file).name)
    return Fault(file=file, row=fault.row, column=fault.column, problem=fault.problem, mend=fault.mend)


def _json(path: Path) -> Mapping[str, Any]:
    row = None
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(said, dict) and said:
            return said
        problem = "it is JSON, but no choice"
    except FileNotFoundError:
        problem = "there is no such file"
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        row = getattr(error, "lineno", None)
        problem = f"it cannot be read as JSON ({getattr(error, 'msg', None) or error})"
    raise InvalidInput(f"{path} cannot be read.", [Fault(file=str(path), row=row, problem=problem, mend=MEND)])


def _strategy_file(folder: Path) -> Path:
    there = sorted(folder.glob("*.toml"))
    if (folder / STRATEGY) in there or len(there) != 1:
        return folder / STRATEGY
    return there[0]


def _days(choice: Mapping[str, Any], file: str, faults: list[Fault]) -> dict[str, date]:
    found = {}
    for name in ("on", "start"):
        try:
            found[name] = date.fromisoformat(str(choice.get(name)))
        except ValueError:
            problem = f"{choice.get(name)!r} is not a date (year-month-day)"
            faults.append(Fault(file=file, column=name, problem=problem, mend=MEND))
    return found


def _whole(choice: Mapping[str, Any], file: str, faults: list[Fault]) -> dict[str, int]:
    found = {}
    for name in ("days", "seed"):
        value = choice.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            found[name] = value
        else:
            problem = f"{value!r} is not a whole number"
            faults.append(Fault(file=file, column=name, problem=problem, mend=MEND))
    return found


def _key(folder: Path, choice: Mapping[str, Any], faults: list[Fault]) -> str:
    """The option taken: as the folder is named, else as it was chosen, else what came nearest to the goal."""
    named = _NAMED.fullmatch(folder.name)
    if named:
        return named[1]
    for name, key in (("chosen", "key"), ("infeasible", "nearest")):
        said = choice.get(name)
        if isinstance(said, dict) and isinstance(said.get(key), str):
            return str(said[key])
    problem = "no option was chosen, and the folder does not say which was taken"
    mend = "Name the folder DATE-KEY, as in 2022-03-27-halves-in-turn"
    faults.append(Fault(file=str(folder / CHOICE), column="chosen", problem=problem, mend=mend))
    return ""


def read_expected(path: Path, key: str = "") -> pl.DataFrame:
    """What was expected of the whole city by day: ``date, event, q5, q25, q50, q75, q95``; other columns are left out.

    Args:
        path: the table.
        key: of the option taken; where the table has a column `strategy`, rows of other options are left out.

    Raises:
        InvalidInput: a column or every row is missing, a cell cannot be read, a day stands twice, or quantiles fall.
            Carries every fault.
    """
    table, file = read_strings(path).with_row_index("row", offset=2), path.name
    if key and "strategy" in table.columns:
        table = table.filter(pl.col("strategy") == key)
    columns = ("date", "event", *LEVELS)
    lost = [name for name in columns if name not in table.columns]
    faults = [Fault(file=file, column=name, problem="there is no such column", mend=MEND) for name in lost]
    if not lost and not table.height:
        problem = f"nothing is expected of {key}" if key else "there is nothing below the header"
        faults = [Fault(file=file, problem=problem, mend=MEND)]
    if faults:
        raise InvalidInput(f"{file} is no expectation.", faults)
    typed = table.select(
        "row",
        pl.col("date").str.to_date("%Y-%m-%d", strict=False),
        "event",
        *(pl.col(name).cast(pl.Float64, strict=False) for name in LEVELS),
    )
    for name in columns:
        unread = pl.col(name).is_null() | (~pl.col(name).is_finite() if name in LEVELS else pl.lit(value=False))
        for row, given in table.select("row", name).filter(typed.select(unread).to_series()).head(_MOST).iter_rows():
            problem = "it is empty" if given is None else f"{given!r} cannot be read"
            faults.append(Fault(file=file, row=row, column=name, problem=problem, mend=MEND))
    for row in typed.filter(~pl.struct("date", "event").is_first_distinct())["row"].head(_MOST):
        faults.append(Fault(file=file, row=row, column="date", problem="this day stands twice", mend=MEND))
    names = list(LEVELS)
    falls = pl.any_horizontal(pl.col(a) > pl.col(b) for a, b in pairwise(names))
    for row in typed.filter(falls)["row"].head(_MOST):
        faults.append(Fault(file=file, row=row, column="q5", problem="the quantiles do not rise", mend=MEND))
    if faults:
        raise InvalidInput(f"{file} is no expectation.", faults)
    return typed.drop("row").sort("event", "date")
