"""What a row of each table must obey, declared as data: the cells first, then what cells say together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from seawall.city.cells import EXPECTED, is_native, trimmed, value
from seawall.city.faults import DidYouMean, Severity
from seawall.city.schema import Column, Table

EARLIEST = date(1900, 1, 1)
LATEST = date(2100, 1, 1)
BEFORE_ONSET_DAYS = 21
"""A case found longer than this before its first symptom was not incubating: longer than any catalogued incubation."""

AFTER_ONSET_DAYS = 180
"""A report later than this after onset is more likely a wrong year than a slow report."""

CASE_DATES = ("report_date", "specimen_date", "onset_date")
"""Dates that put a case on a curve; it needs one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that must hold in every row.

    Args:
        code: machine word for its breach.
        column: column at fault.
        broken: true where the rule is broken; reads the values (column names) and the cells (`cell`).
        problem, mend, severity: as in `FaultGroup`.
        other: a second cell to show, where two contradict each other.
    """

    code: str
    column: str
    broken: pl.Expr
    problem: str
    mend: str | Callable[[str], str]
    severity: Severity = "error"
    other: pl.Expr = field(default_factory=lambda: pl.lit(None, dtype=pl.String))

    @property
    def reads(self) -> frozenset[str]:
        """Columns of the table that the rule looks at."""
        names = (*self.broken.meta.root_names(), *self.other.meta.root_names())
        return frozenset(name.removeprefix("cell:") for name in names)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the rest of the folder and the calendar say, for rules that look beyond the row.

    Attributes:
        ids: ``table.column`` to the values there are; a reference whose table is missing is not checked.
        near: ``table.column`` to the search for the nearest of them.
        today: the day of the check; None where it is not known.
    """

    ids: Mapping[str, pl.Series] = field(default_factory=dict)
    near: Mapping[str, DidYouMean] = field(default_factory=dict)
    today: date | None = None

    @property
    def latest(self) -> date:
        """Dates after this are beyond belief."""
        return LATEST if self.today is None else self.today + timedelta(days=366)


def cell(name: str) -> str:
    """Name of the column that holds the text of a column's cells, beside its values."""
    return f"cell:{name}"


def cells_and_values(table: Table, dtypes: Mapping[str, pl.DataType]) -> list[pl.Expr]:
    """For every column of the schema: its trimmed text and its value, null where the file lacks the column.

    A column that came in with a type of its own has no text; its cells stand in the text's place.
    """
    wanted = []
    for column in table.columns:
        if column.name not in dtypes:
            wanted.append(pl.lit(None, dtype=pl.String).alias(cell(column.name)))
            wanted.append(pl.lit(None, dtype=column.dtype).alias(column.name))
            continue
        dtype = dtypes[column.name]
        native = is_native(dtype, column.kind)
        wanted.append((pl.col(column.name) if native else trimmed(pl.col(column.name))).alias(cell(column.name)))
        wanted.append(value(pl.col(column.name), dtype, column.kind).alias(column.name))
    return wanted


def cell_rules(table: Table, present: frozenset[str], native: frozenset[str] = frozenset()) -> Iterator[Rule]:
    """Rules on whether a cell can be read at all; `native` columns have a type and can."""
    for column in table.columns:
        if column.name not in present:
            continue
        text, read = pl.col(cell(column.name)), pl.col(column.name)
        if column.required:
            yield Rule(
                code="empty-cell",
                column=column.name,
                broken=text.is_null(),
                problem=f"the cell is empty; every row needs {_a(EXPECTED[column.kind], column)}",
                mend=f"Fill it in ({column.about.rstrip('.')}), or delete the row",
            )
        if column.kind == "text" or (column.kind != "number" and column.name in native):
            continue
        unread = text.is_not_null() & read.is_null()
        if column.kind == "date":
            looks = text.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
            yield Rule(
                code="no-such-day",
                column=column.name,
                broken=unread & looks,
                problem='"{value}" is no day of the calendar',
                mend="Correct the month or the day",
            )
            unread = unread & ~looks
        yield Rule(
            code=f"not-{column.kind}",
            column=column.name,
            broken=unread,
            problem=f'"{{value}}" is not {EXPECTED[column.kind]}',
            mend=_HOW_TO_WRITE[column.kind],
        )


_HOW_TO_WRITE = {
    "integer": "Write it as 1200, without separators or units, or bring the file in with: seawall import",
    "number": "Write it as 12.5, without separators or units, or bring the file in with: seawall import",
    "boolean": "Write true or false",
    "date": "Write it as 2022-03-05, or bring the file in with: seawall import",
    "datetime": "Write it as 2022-03-05 14:30, or bring the file in with: seawall import",
}


def _a(expected: str, column: Column) -> str:
    if column.codes:
        return "one of " + ", ".join(column.codes)
    return column.about[0].lower() + column.about[1:].rstrip(".") if column.kind == "text" else expected


def value_rules(table: Table, present: frozenset[str], known: Known) -> Iterator[Rule]:
    """Rules on what a cell that can be read may say."""
    for column in table.columns:
        if column.name not in present:
            continue
        text, read = pl.col(cell(column.name)), pl.col(column.name)
        if column.kind in ("integer", "number"):
            yield from _range(column, read)
        if column.kind in ("date", "datetime"):
            yield from _calendar(column, read.cast(pl.Date), known)
        if column.codes:
            near = DidYouMean({code: code for code in column.codes})
            codes = ", ".join(column.codes)
            yield Rule(
                code="unknown-code",
                column=column.name,
                broken=text.is_not_null() & ~text.is_in(list(column.codes)),
                problem=f'"{{value}}" is not a code; {column.name} may be {codes}',
                mend=_code_mend(near),
            )
        if column.refers_to and column.refers_to in known.ids and not _own_key(table, column):
            there, _ = column.refers_to.split(".")
            yield Rule(
                code="unknown-reference",
                column=column.name,
                broken=text.is_not_null() & ~text.is_in(known.ids[column.refers_to].implode()),
                problem=f'"{{value}}" is not in {there}',
                mend=_reference_mend(known.near.get(column.refers_to), column.refers_to),
            )


def _own_key(table: Table, column: Column) -> bool:
    """Whether the column refers to its own table: the tree of areas is checked as a whole."""
    return column.refers_to is not None and column.refers_to.split(".", maxsplit=1)[0] == table.name


def _range(column: Column, read: pl.Expr) -> Iterator[Rule]:
    unit = f" {column.unit}" if column.unit and column.unit not in ("person", "events") else ""
    if column.low == 0:
        yield Rule(
            code="negative",
            column=column.name,
            broken=read < 0,
            problem='"{value}" is negative; there cannot be fewer than 0',
            mend="Correct the number, or leave the row out where it is a correction of an earlier one",
        )
    elif column.low is not None:
        yield Rule(
            code="out-of-range",
            column=column.name,
            broken=read < column.low,
            problem=f'"{{value}}" is below {column.low:g}{unit}',
            mend="Correct the number or its unit",
        )
    if column.high is not None:
        yield Rule(
            code="out-of-range",
            column=column.name,
            broken=read > column.high,
            problem=f'"{{value}}" is above {column.high:g}{unit}',
            mend="Correct the number or its unit",
        )


def _calendar(column: Column, day: pl.Expr, known: Known) -> Iterator[Rule]:
    yield Rule(
        code="too-early",
        column=column.name,
        broken=day < EARLIEST,
        problem=f'"{{value}}" is before {EARLIEST.year}',
        mend="Correct the year",
    )
    yield Rule(
        code="far-future",
        column=column.name,
        broken=day > known.latest,
        problem=f'"{{value}}" is far in the future: after {known.latest}',
        mend="Correct the year",
    )
    if known.today is not None:
        yield Rule(
            code="future",
            column=column.name,
            broken=(day > known.today) & (day <= known.latest),
            problem=f'"{{value}}" is after today, {known.today}',
            mend="Check the date",
            severity="warning",
        )


def _code_mend(near: DidYouMean) -> Callable[[str], str]:
    def mend(word: str) -> str:
        found = near(word)
        return f'Did you mean "{found}"' if found else "Use one of the codes, or bring the file in with: seawall import"

    return mend


def _reference_mend(near: DidYouMean | None, refers_to: str) -> Callable[[str], str]:
    there = refers_to.split(".", maxsplit=1)[0]

    def mend(word: str) -> str:
        found = near(word) if near is not None else None
        if found:
            return f"Did you mean {found}"
        return f"Use a code that stands in {there}, or add it there"

    return mend


def _order(
    earlier: str,
    later: str,
    *,
    severity: Severity = "error",
    code: str = "wrong-order",
    mend: str = "Correct one of the two dates",
) -> Rule:
    """`later` may not lie before `earlier`."""
    return Rule(
        code=code,
        column=later,
        broken=pl.col(later) < pl.col(earlier),
        problem=f"{later} {{value}} is before {earlier} {{other}}",
        mend=mend,
        severity=severity,
        other=pl.col(cell(earlier)),
    )


def _not_above(part: str, whole: str, *, severity: Severity = "error") -> Rule:
    return Rule(
        code="part-above-whole",
        column=part,
        broken=pl.col(part) > pl.col(whole),
        problem=f"{part} {{value}} is more than {whole} {{other}}",
        mend="Correct one of the two numbers",
        severity=severity,
        other=pl.col(cell(whole)),
    )


def _found_and_onset(found: str) -> Iterator[Rule]:
    ahead = pl.col("onset_date") - pl.col(found)
    far = pl.duration(days=BEFORE_ONSET_DAYS)
    yield Rule(
        code="before-onset",
        column=found,
        broken=(ahead > pl.duration(days=0)) & (ahead <= far),
        problem=f"{found} {{value}} is before the first symptom, onset_date {{other}}",
        mend="Leave it if the case was found before its symptoms began; otherwise correct one of the dates",
        severity="warning",
        other=pl.col(cell("onset_date")),
    )
    yield Rule(
        code="long-before-onset",
        column=found,
        broken=ahead > far,
        problem=f"{found} {{value}} is more than {BEFORE_ONSET_DAYS} days before onset_date {{other}}",
        mend="Correct one of the two dates: no incubation is so long",
        other=pl.col(cell("onset_date")),
    )
    yield Rule(
        code="long-after-onset",
        column=found,
        broken=ahead < -pl.duration(days=AFTER_ONSET_DAYS),
        problem=f"{found} {{value}} is more than {AFTER_ONSET_DAYS} days after onset_date {{other}}",
        mend="Check the year of both dates",
        severity="warning",
        other=pl.col(cell("onset_date")),
    )


def _half_a_point() -> Iterator[Rule]:
    for one, two in (("lon", "lat"), ("lat", "lon")):
        yield Rule(
            code="half-a-point",
            column=two,
            broken=pl.col(one).is_not_null() & pl.col(two).is_null() & pl.col(cell(two)).is_null(),
            problem=f"there is a {one} but no {two}",
            mend="Give both, or neither: the point is not drawn",
            severity="warning",
        )
    yield Rule(
        code="null-island",
        column="lon",
        broken=(pl.col("lon") == 0) & (pl.col("lat") == 0),
        problem="the point is at longitude 0, latitude 0, in the open sea",
        mend="Leave both empty where the place is not known",
        severity="warning",
    )


def row_rules(table: Table, present: frozenset[str]) -> Iterator[Rule]:
    """Rules on what the cells of a row say together; those of which a column is missing are left out."""
    rules: list[Rule] = []
    if {"lon", "lat"} <= present:
        rules += _half_a_point()
    match table.name:
        case "cases":
            rules += [
                _order(
                    "onset_date", "outcome_date", mend="Correct one of the two dates: an illness ends after it begins"
                ),
                _order("admission_date", "outcome_date"),
                *_found_and_onset("report_date"),
                *_found_and_onset("specimen_date"),
                _order("specimen_date", "report_date", severity="warning"),
            ]
            dated = [name for name in CASE_DATES if name in present]
            if dated:
                yield Rule(
                    code="no-date",
                    column=dated[0],
                    broken=pl.all_horizontal(pl.col(cell(name)).is_null() for name in dated),
                    problem="the case has no date at all: no report, specimen or onset",
                    mend="Give one of them; the case is on no curve",
                    severity="warning",
                )
        case "population" | "doses":
            rules.append(_order("age_from", "age_to", mend="Correct one of the two ages"))
        case "exposures":
            rules.append(_order("first_date", "last_date"))
        case "visits":
            rules.append(_order("start", "end"))
        case "tests":
            rules.append(_not_above("positives", "tests"))
        case "capacity":
            rules.append(_not_above("in_use", "total", severity="warning"))
        case "counts":
            rules.append(_event_rule())
    yield from (rule for rule in rules if rule.reads <= present)


def _event_rule() -> Rule:
    from seawall.city.schema import EVENTS

    near = DidYouMean({event: event for event in EVENTS})

    def mend(word: str) -> str:
        found = near(word)
        return f'Did you mean "{found}"' if found else "Leave it if it is meant: it is kept, and read by nobody"

    return Rule(
        code="unknown-event",
        column="event",
        broken=pl.col(cell("event")).is_not_null() & ~pl.col(cell("event")).is_in(list(EVENTS)),
        problem='"{value}" is not an event that is understood',
        mend=mend,
        severity="warning",
    )
