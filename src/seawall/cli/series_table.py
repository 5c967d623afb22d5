"""Series of counts from one table: ``date`` or ``index``, the counts, and an optional ``series`` column.

`read_series` is how every analytic command takes its numbers in (``r``, ``detect``, ``forecast``):

    table = read_series(path, columns=[("count",)], optional=("population",))
    for series in table.series:
        series.name, series.times, series.values["count"]     # NaN: that day was not reported

All faults of the file come back at once, with row and column.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from seawall.core import Fault, InvalidInput

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

MOST_STEPS = 100_000
"""A series longer than this is taken for a slip in a date or an index."""

MOST_PEOPLE = 1e12
"""A count above this is taken for a slip."""

MOST_FAULTS_OF_A_KIND = 100


@dataclass(frozen=True, kw_only=True)
class Series:
    """One series on an unbroken grid of days, weeks or indices.

    Attributes:
        name: what the ``series`` column says; None where the table has none.
        start: first date, or first index.
        step: days from one entry to the next (1 or 7), or 1 for an index.
        values: column to float array, shape (time,). NaN: not reported.
    """

    name: str | None
    start: date | int
    step: int
    values: Mapping[str, np.ndarray] = field(repr=False)

    def __len__(self) -> int:
        return len(next(iter(self.values.values())))

    @property
    def times(self) -> list[date] | list[int]:
        """The date or index of each entry."""
        if isinstance(self.start, date):
            return [self.start + timedelta(days=self.step * position) for position in range(len(self))]
        return [self.start + self.step * position for position in range(len(self))]


@dataclass(frozen=True, kw_only=True)
class SeriesTable:
    """All series of one table.

    Attributes:
        file: name of the file, for messages.
        time: the column that carries the time: ``date`` or ``index``.
        columns: the value columns that were read.
        series: in the order in which they first occur.
    """

    file: str
    time: Literal["date", "index"]
    columns: tuple[str, ...]
    series: tuple[Series, ...]

    @property
    def named(self) -> bool:
        """Whether the table has a ``series`` column."""
        return self.series[0].name is not None


def read_series(
    source: Path | str,
    *,
    columns: Sequence[tuple[str, ...]] = (("count",),),
    optional: Sequence[str] = (),
    step_days: int | None = 1,
    gaps: Literal["missing", "zero"] = "missing",
    whole_numbers: bool = False,
) -> SeriesTable:
    """Read a table of counts in time, one series or many.

    The rows may come in any order. An empty cell, or NA, is a day not reported, and so is a day without
    a row, unless `gaps` is ``zero``.

    Args:
        source: CSV, CSV.gz or Parquet; ``-`` is standard input.
        columns: the sets of value columns of which one must be there, the preferred first.
        optional: further value columns, read where they are there.
        step_days: days from one date to the next: 1, 7, or None: 7 where every distance in the
            table is a whole number of weeks, 1 otherwise.
        gaps: what a date without a row within a series is.
        whole_numbers: refuse counts with a fraction.

    Raises:
        InvalidInput: every missing column, unreadable or double time and impossible number.
    """
    import polars as pl

    from seawall.core.tables import read_strings

    file = "standard input" if str(source) == "-" else Path(source).name
    text = read_strings(source)
    text = text.rename({name: name.strip().lower() for name in text.columns if _renames(name, text.columns)})
    wanted, time = _columns(file, text.columns, columns)
    wanted = (*wanted, *(name for name in optional if name in text.columns and name not in wanted))
    cells = [pl.col(name).str.strip_chars().replace(["", "NA"], None) for name in dict.fromkeys((time, *wanted))]
    named = "series" in text.columns and "series" not in wanted
    if named:
        cells.append(pl.col("series").str.strip_chars().replace("", None))
    rows = text.select(cells).with_row_index("row", offset=2)
    rows = rows.filter(pl.any_horizontal(pl.exclude("row").is_not_null()))
    if not rows.height:
        raise InvalidInput(
            f"{file} has no rows.",
            [Fault(file=file, problem="there is a header and nothing below it", mend="Give at least one row")],
        )
    faults: list[Fault] = []
    rows = rows.with_columns(_time(time).alias("at"), pl.lit(None, pl.String).alias("name"))
    if named:
        rows = rows.with_columns(pl.col("series").alias("name"))
        _note(
            faults,
            rows.filter(pl.col("series").is_null()),
            lambda row: Fault(
                file=file, row=row["row"], column="series", problem="the series has no name", mend="Name the series"
            ),
        )
    _note(faults, rows.filter(pl.col("at").is_null()), lambda row: _bad_time(file, time, row))
    for name in wanted:
        rows = rows.with_columns(pl.col(name).cast(pl.Float64, strict=False).alias(f"{name}!"))
        value = pl.col(f"{name}!")
        wrong = pl.col(name).is_not_null() & (
            value.is_null() | ~value.is_finite() | (value < 0) | (value > MOST_PEOPLE)
        )
        if whole_numbers:
            wrong = wrong | (value.is_not_null() & (value != value.round()))
        _note(faults, rows.filter(wrong), partial(_bad_number, file, name))
    keyed = rows.filter(pl.col("at").is_not_null())
    twice = (
        keyed.filter(pl.len().over("name", "at") > 1)
        .sort("row")
        .with_columns(pl.col("row").first().over("name", "at").alias("first"))
    )
    _note(
        faults,
        twice.filter(pl.col("row") != pl.col("first")),
        lambda row: Fault(
            file=file,
            row=row["row"],
            column=time,
            problem=f"{row[time]} is already given in row {row['first']}" + _of(row["name"]),
            mend="Keep one of the two rows, or name the series they belong to in a column series",
        ),
    )
    if not faults:
        step = _step(keyed, time, step_days)
        faults.extend(_spans(file, time, keyed, step))
    if faults:
        faults.sort(key=lambda fault: fault.row or MOST_STEPS**3)
        raise InvalidInput(f"{file} cannot be used: {len(faults)} problem(s).", faults)
    series = tuple(
        _series(group, time, wanted, step, gaps) for group in keyed.partition_by("name", maintain_order=True)
    )
    return SeriesTable(file=file, time=time, columns=wanted, series=series)


def _renames(name: str, names: list[str]) -> bool:
    plain = name.strip().lower()
    return plain != name and sum(other.strip().lower() == plain for other in names) == 1


def _columns(
    file: str, present: list[str], columns: Sequence[tuple[str, ...]]
) -> tuple[tuple[str, ...], Literal["date", "index"]]:
    """The value columns and the time column of a table, or what is missing."""
    faults = []
    time: Literal["date", "index"] = "date" if "date" in present else "index"
    if time not in present:
        faults.append(
            Fault(
                file=file,
                problem=f"there is neither a column date nor a column index (there are: {', '.join(present)})",
                mend="Add a column date (year-month-day), or index for a series without dates",
            )
        )
    wanted = next((choice for choice in columns if all(name in present for name in choice)), None)
    if wanted is None:
        choices = " or ".join(", ".join(choice) for choice in columns)
        faults.append(
            Fault(
                file=file,
                problem=f"the columns {choices} are not there (there are: {', '.join(present)})",
                mend="Rename the column that holds the counts",
            )
        )
    if faults or wanted is None:
        raise InvalidInput(f"{file} cannot be used: {len(faults)} problem(s).", faults)
    return wanted, time


def _time(time: str) -> pl.Expr:
    """Days since 1970-01-01, or the index; null where it cannot be read."""
    import polars as pl

    if time == "index":
        number = pl.col("index").cast(pl.Float64, strict=False)
        whole = number.is_finite() & (number == number.round()) & (number.abs() < 2**53)
        return pl.when(whole).then(number).cast(pl.Int64)
    day = pl.col("date").str.extract(r"^(\d{4}-\d{1,2}-\d{1,2})([ T]00:00(:00(\.0+)?)?Z?)?$")
    return day.str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32).cast(pl.Int64)


def _note(faults: list[Fault], rows: pl.DataFrame, fault: Callable[[dict[str, Any]], Fault]) -> None:
    """Add a fault for each row, and one for all beyond the first hundred."""
    shown = [fault(row) for row in rows.head(MOST_FAULTS_OF_A_KIND).iter_rows(named=True)]
    faults.extend(shown)
    if rows.height > MOST_FAULTS_OF_A_KIND:
        last = shown[-1]
        faults.append(
            Fault(
                file=last.file,
                column=last.column,
                problem=f"{rows.height - MOST_FAULTS_OF_A_KIND:,} further rows have the same problem as row {last.row}",
                mend=last.mend,
            )
        )


def _of(name: str | None) -> str:
    return f" for series {name}" if name is not None else ""


def _bad_time(file: str, time: str, row: Mapping[str, Any]) -> Fault:
    given = row[time]
    if time == "index":
        problem = "the index is empty" if given is None else f"{given!r} is not a whole number"
        mend = "Give 1, 2, 3, ..."
    else:
        problem = "the date is empty" if given is None else f"{given!r} is not a date"
        mend = "Write year-month-day, like 2022-03-20"
    return Fault(file=file, row=row["row"], column=time, problem=problem, mend=mend)


def _bad_number(file: str, name: str, row: Mapping[str, Any]) -> Fault:
    number = row[f"{name}!"]
    if number is None or not math.isfinite(number):
        problem = f"{row[name]!r} is not a number"
    elif number < 0:
        problem = f"{row[name]} is below 0"
    elif number > MOST_PEOPLE:
        problem = f"{row[name]} is too large to be a count"
    else:
        problem = f"{row[name]} is not a whole number"
    return Fault(
        file=file,
        row=row["row"],
        column=name,
        problem=problem,
        mend="Give a number that is 0 or more, or leave the cell empty where nothing was reported",
    )


def _step(rows: pl.DataFrame, time: str, step_days: int | None) -> int:
    import polars as pl

    if time == "index":
        return 1
    if step_days is not None:
        return step_days
    apart = rows.sort("name", "at").select(pl.col("at").diff().over("name")).drop_nulls()["at"]
    return 7 if len(apart) and bool((apart % 7 == 0).all()) else 1


def _spans(file: str, time: str, rows: pl.DataFrame, step: int) -> list[Fault]:
    """Series too long to be meant, and dates that do not lie on the series' own grid."""
    import polars as pl

    faults: list[Fault] = []
    spans = rows.group_by("name", maintain_order=True).agg(
        pl.col("at").min().alias("first"), pl.col("at").max().alias("last")
    )
    for name, first, last in spans.iter_rows():
        steps = (last - first) // step
        if steps >= MOST_STEPS:
            row = rows.filter(pl.col("at") == last).row(0, named=True)
            faults.append(
                Fault(
                    file=file,
                    row=row["row"],
                    column=time,
                    problem=f"{row[time]} lies {steps:,} steps after the first{_of(name)}",
                    mend=f"Correct it; a series may have up to {MOST_STEPS:,} entries",
                )
            )
    off = rows.with_columns(pl.col("at").min().over("name").alias("first")).filter(
        (pl.col("at") - pl.col("first")) % step != 0
    )
    _note(
        faults,
        off,
        lambda row: Fault(
            file=file,
            row=row["row"],
            column=time,
            problem=f"{row[time]} is not a whole number of weeks after the first date" + _of(row["name"]),
            mend="Give each week by the same day, or give days",
        ),
    )
    return faults


def _series(
    rows: pl.DataFrame, time: str, wanted: tuple[str, ...], step: int, gaps: Literal["missing", "zero"]
) -> Series:
    """One series laid on its grid."""
    import numpy as np

    at = rows["at"].to_numpy()
    first = int(at.min())
    position = (at - first) // step
    length = int(position.max()) + 1
    values = {}
    for name in wanted:
        laid = np.full(length, np.nan if gaps == "missing" else 0.0)
        laid[position] = rows[f"{name}!"].cast(float).fill_null(float("nan")).to_numpy()
        values[name] = laid
    start = date(1970, 1, 1) + timedelta(days=first) if time == "date" else first
    return Series(name=rows["name"][0], start=start, step=step, values=values)
