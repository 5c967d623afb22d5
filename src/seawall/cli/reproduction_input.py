"""What `seawall r` reads beside the counts, and the counts as the estimator takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.cli.series_table import SeriesTable
from seawall.core import Fault, InvalidInput

if TYPE_CHECKING:
    import numpy as np

LONGEST_INTERVAL_DAYS = 1000


@dataclass(frozen=True, kw_only=True)
class SpanGroup:
    """Series that start on one day and are equally long, with one set of windows."""

    names: tuple[str | None, ...]
    first: date | int
    local: np.ndarray
    imported: np.ndarray | None
    windows: np.ndarray


def windows_for(table: SeriesTable, length: int, source: str | None) -> Mapping[str | None, np.ndarray]:
    """The windows of each series: sliding ones, or those of a table.

    Raises:
        InvalidInput: every series too short for the window, or every window that leaves its series.
    """
    from seawall.watch.infection_pressure import sliding_windows

    if source is not None:
        return _given_windows(table, source)
    faults = [
        Fault(
            file=table.file,
            problem=f"{_called(series.name)} has {len(series)} day(s), too few for a window of {length}",
            mend=f"Give {length + 1} days or more (the first has no past), or a shorter --window",
        )
        for series in table.series
        if len(series) < length + 1
    ]
    if faults:
        raise InvalidInput(f"{table.file} cannot be used: {len(faults)} problem(s).", faults)
    return {series.name: sliding_windows(len(series), length) for series in table.series}


def _called(name: str | None) -> str:
    return "the series" if name is None else f"series {name}"


def _given_windows(table: SeriesTable, source: str) -> Mapping[str | None, np.ndarray]:
    import numpy as np

    from seawall.core.tables import read_strings

    file = "standard input" if source == "-" else Path(source).name
    text = read_strings(source)
    missing = [name for name in ("start", "end") if name not in text.columns]
    if missing:
        raise InvalidInput(
            f"{file} cannot be used.",
            [Fault(file=file, column=name, problem="the column is not there", mend="Add it") for name in missing],
        )
    faults: list[Fault] = []
    found: dict[str | None, list[tuple[int, int]]] = {series.name: [] for series in table.series}
    for row, cells in enumerate(text.iter_rows(named=True), start=2):
        ends = [_time(cells[name], table.time) for name in ("start", "end")]
        for name, end in zip(("start", "end"), ends, strict=True):
            if end is None:
                wanted = "a date (year-month-day)" if table.time == "date" else "a whole number"
                faults.append(
                    Fault(
                        file=file,
                        row=row,
                        column=name,
                        problem=f"{cells[name]!r} is not {wanted}",
                        mend="Write it as the counts do",
                    )
                )
        if None in ends:
            continue
        named = cells.get("series") if table.named else None
        chosen = [series for series in table.series if named in (None, series.name)]
        if not chosen:
            faults.append(
                Fault(file=file, row=row, column="series", problem=f"there is no series {named}", mend="Correct it")
            )
        for series in chosen:
            start, stop = (_apart(end, series.start) for end in ends)
            if not 1 <= start <= stop < len(series):
                times = series.times
                faults.append(
                    Fault(
                        file=file,
                        row=row,
                        problem=f"the window {cells['start']} to {cells['end']} does not run upwards within "
                        f"{times[min(1, len(times) - 1)]} to {times[-1]} of {_called(series.name)}",
                        mend="A window starts on the second day or later and ends within the series",
                    )
                )
            else:
                found[series.name].append((start, stop + 1))
    if not faults and not any(found.values()):
        faults.append(Fault(file=file, problem="there is no window", mend="Give at least one row"))
    if faults:
        raise InvalidInput(f"{file} cannot be used: {len(faults)} problem(s).", faults)
    return {name: np.array(spans, dtype=int).reshape(-1, 2) for name, spans in found.items()}


def _time(cell: str | None, time: str) -> date | int | None:
    try:
        return date.fromisoformat((cell or "").strip()) if time == "date" else int(cell or "")
    except ValueError:
        return None


def _apart(end: date | int | None, start: date | int) -> int:
    if isinstance(end, date) and isinstance(start, date):
        return (end - start) // timedelta(days=1)
    assert isinstance(end, int)
    assert isinstance(start, int)
    return end - start


def check_daily(table: SeriesTable) -> None:
    """Refuse weekly counts, which as days would be six parts missing.

    Raises:
        InvalidInput: every series has rows only on one day of the week.
    """
    import numpy as np

    apart = [
        int(np.gcd.reduce(np.diff(np.flatnonzero(~np.isnan(series.values[table.columns[0]])))))
        for series in table.series
        if np.isfinite(series.values[table.columns[0]]).sum() > 2
    ]
    if apart and min(apart) > 1 and not any(step % 7 for step in apart):
        raise InvalidInput(
            f"{table.file} cannot be used.",
            [
                Fault(
                    file=table.file,
                    column=table.time,
                    problem="the rows lie whole weeks apart, and the reproduction number takes daily counts",
                    mend="Give daily counts",
                )
            ],
        )


def by_span(table: SeriesTable, windows: Mapping[str | None, np.ndarray]) -> Iterator[SpanGroup]:
    """The series in groups that one call of the estimator can take."""
    import numpy as np

    groups: dict[tuple[date | int, int, bytes], list[int]] = {}
    for position, series in enumerate(table.series):
        spans = windows[series.name]
        if len(spans):
            groups.setdefault((series.start, len(series), spans.tobytes()), []).append(position)
    for (start, _, _), members in groups.items():
        chosen = [table.series[position] for position in members]
        apart = "imported" in table.columns
        local = np.stack([series.values["local" if apart else "count"] for series in chosen])
        imported = np.stack([series.values["imported"] for series in chosen]) if apart else None
        yield SpanGroup(
            names=tuple(series.name for series in chosen),
            first=start,
            local=local,
            imported=imported,
            windows=windows[chosen[0].name],
        )


def read_serial_interval(source: str, *, one_only: bool) -> np.ndarray:
    """A serial interval by day, or a sample of them, from ``day,probability[,sample]``.

    A day without a row has probability 0.

    Args:
        source: CSV, CSV.gz or Parquet; ``-`` is standard input.
        one_only: refuse a sample.

    Returns:
        float, shape (days,), or (samples, days) where the table has a column ``sample``.

    Raises:
        InvalidInput: every cell that is no day or probability, and rows that do not sum to 1.
    """
    import numpy as np
    import polars as pl

    from seawall.core.tables import read_strings
    from seawall.watch.serial_intervals import check_serial_interval

    file = "standard input" if source == "-" else Path(source).name
    text = read_strings(source)
    text = text.rename(
        {name: name.strip().lower() for name in text.columns if name.strip().lower() not in text.columns}
    )
    missing = [name for name in ("day", "probability") if name not in text.columns]
    if missing:
        raise InvalidInput(
            f"{file} cannot be used.",
            [
                Fault(file=file, column=name, problem="the column is not there", mend="Give day,probability")
                for name in missing
            ],
        )
    rows = text.with_row_index("row", offset=2).filter(pl.any_horizontal(pl.exclude("row").is_not_null()))
    rows = rows.with_columns(
        pl.col("day").str.strip_chars().cast(pl.Float64, strict=False),
        pl.col("probability").str.strip_chars().cast(pl.Float64, strict=False),
        (pl.col("sample") if "sample" in text.columns else pl.lit("only", pl.String)).fill_null("").alias("sample"),
    )
    faults: list[Fault] = []
    seen: set[tuple[str, float]] = set()
    for row in rows.iter_rows(named=True):
        day, chance = row["day"], row["probability"]
        if day is None or not 0 <= day <= LONGEST_INTERVAL_DAYS or day != int(day):
            problem = f"the day is not a whole number from 0 to {LONGEST_INTERVAL_DAYS}"
            faults.append(Fault(file=file, row=row["row"], column="day", problem=problem, mend="Give 0, 1, 2, ..."))
        elif (row["sample"], day) in seen:
            faults.append(
                Fault(file=file, row=row["row"], column="day", problem=f"day {day:g} is given twice", mend="Keep one")
            )
        else:
            seen.add((row["sample"], day))
        if chance is None or not 0 <= chance <= 1:
            problem = "the probability is not a number from 0 to 1"
            faults.append(Fault(file=file, row=row["row"], column="probability", problem=problem, mend="Correct it"))
    if not faults and not rows.height:
        faults.append(Fault(file=file, problem="there is a header and nothing below it", mend="Give the probabilities"))
    if faults:
        raise InvalidInput(f"{file} cannot be used: {len(faults)} problem(s).", faults)
    samples = rows["sample"].unique(maintain_order=True).to_list()
    weights = np.zeros((len(samples), max(2, int(rows.select(pl.col("day").max()).item()) + 1)))
    place = {name: position for position, name in enumerate(samples)}
    for name, day, chance in rows.select("sample", "day", "probability").iter_rows():
        weights[place[name], int(day)] = chance
    if len(samples) > 1 and one_only:
        problem = f"it holds {len(samples)} serial intervals, and this method takes one"
        raise InvalidInput(f"{file} cannot be used.", [Fault(file=file, problem=problem, mend="Keep one sample")])
    try:
        check_serial_interval(weights)
    except InvalidInput as refused:
        fault = Fault(file=file, column="probability", problem=refused.message.rstrip("."), mend="Correct the table")
        raise InvalidInput(f"{file} cannot be used.", [fault]) from None
    return weights if len(samples) > 1 else weights[0]
