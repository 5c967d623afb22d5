"""Any number of series, each on its own stretch of time, assessed into one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from seawall.core import Fault, InvalidInput
from seawall.watch.alarms.detector import Detector, detect, first_assessable
from seawall.watch.alarms.farrington_rules import FarringtonRules
from seawall.watch.alarms.verdicts import Status
from seawall.watch.alarms.weeks import weekly_sums

_WASTE = 4
"""Series share a grid as long as it has at most so many times the entries of the series themselves."""

_SUNDAY = date(2024, 1, 7)


@dataclass(frozen=True, kw_only=True)
class CountSeries:
    """One series on an unbroken grid.

    Attributes:
        name: its name, or None where there is only one.
        start: first date or index.
        step: days from one entry to the next, or 1 for an index.
        values: float arrays, shape (time,): ``count`` and, where there is one, ``population``.
    """

    name: str | None
    start: date | int
    step: int
    values: Mapping[str, np.ndarray]

    @property
    def length(self) -> int:
        """How many entries."""
        return len(self.values["count"])


def assess_series(
    series: Sequence[CountSeries],
    detector: Detector,
    *,
    since: date | int | None = None,
    frequency: int = 52,
    weekly: bool = False,
    file: str = "counts",
) -> pl.DataFrame:
    """Assess series that all have dates or all have an index; those that share a grid go together.

    Args:
        series: the series.
        detector: the detector's rules.
        since: first date or index to give; None for the first with enough of a past.
        frequency: steps in a year of an index.
        weekly: sum days by week, Monday to Sunday, first; a week stands at its Sunday.
        file: what messages call the counts.

    Returns:
        ``series`` (where they are named), ``date`` or ``index``, ``count, expected, upper, score, alarm``,
        the detector's details and ``status``, ordered by series and time. `alarm` is 0 or 1, and 0 too
        where a count was not assessed; `status` says why.

    Raises:
        InvalidInput: not one count can be assessed, or the rules do not fit the series.
    """
    if weekly:
        series = [_by_week(one) for one in series]
    parts = [
        _assess_together([series[place] for place in places], places, detector, since, frequency)
        for places in _batches(series)
    ]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}
    if not parts or not np.isin(columns["status"], (Status.ASSESSED, Status.TOO_FEW_CASES)).any():
        raise InvalidInput("No count can be assessed.", [_too_short(series, detector, since, frequency, file)])
    order = np.lexsort((columns["at"], columns["place"]))
    return _rows(series, {name: values[order] for name, values in columns.items()})


def _by_week(one: CountSeries) -> CountSeries:
    assert isinstance(one.start, date)
    names = list(one.values)
    sums, dates = weekly_sums(np.column_stack([one.values[name] for name in names]), one.start, last=_SUNDAY)
    values = {name: sums[:, column] / (7 if name == "population" else 1) for column, name in enumerate(names)}
    return CountSeries(name=one.name, start=dates[0] if dates else one.start, step=7, values=values)


def _number(time: date | int) -> int:
    return time.toordinal() if isinstance(time, date) else time


def _batches(series: Sequence[CountSeries]) -> Iterator[list[int]]:
    """Places of the series that are assessed together: on the same weekday and of much the same time."""
    aligned: dict[tuple[int, int], list[int]] = {}
    for place, one in enumerate(series):
        if one.length:
            aligned.setdefault((one.step, _number(one.start) % one.step), []).append(place)
    for (step, _), places in aligned.items():
        first = min(_number(series[place].start) for place in places)
        last = max(_number(series[place].start) + step * series[place].length for place in places)
        if len(places) * (last - first) // step <= _WASTE * sum(series[place].length for place in places):
            yield places
        else:
            yield from ([place] for place in places)


def _assess_together(
    series: Sequence[CountSeries], places: list[int], detector: Detector, since: date | int | None, frequency: int
) -> dict[str, np.ndarray]:
    """The columns of one batch; ``place`` numbers the series and ``at`` is an index or a day's ordinal."""
    step = series[0].step
    first = min(_number(one.start) for one in series)
    offsets = [(_number(one.start) - first) // step for one in series]
    steps = max(offset + one.length for offset, one in zip(offsets, series, strict=True))
    laid: dict[str, np.ndarray] = {name: np.full((steps, len(series)), np.nan) for name in series[0].values}
    inside = np.zeros((steps, len(series)), dtype=bool)
    for number, (offset, one) in enumerate(zip(offsets, series, strict=True)):
        for name, values in one.values.items():
            laid[name][offset : offset + len(values), number] = values
        inside[offset : offset + one.length, number] = True
    at = first + step * np.arange(steps)
    wanted = None if since is None else at >= _number(since)
    dates = None
    if isinstance(series[0].start, date) and step == 7:
        dates = [date.fromordinal(int(number)) for number in at]
    verdicts = detect(
        laid["count"], detector, dates=dates, frequency=frequency, population=laid.get("population"), wanted=wanted
    )
    shown = inside & (verdicts.status != Status.SHORT_HISTORY if wanted is None else wanted[:, None])
    column, row = np.nonzero(shown.T)
    found = {
        "count": laid["count"],
        "expected": verdicts.expected,
        "upper": verdicts.upper,
        "score": verdicts.score,
        "alarm": verdicts.alarm,
        **verdicts.details,
        "status": verdicts.status,
    }
    return {
        "place": np.array(places)[column],
        "at": at[row],
        **{name: values[row, column] for name, values in found.items()},
    }


def _rows(series: Sequence[CountSeries], columns: dict[str, np.ndarray]) -> pl.DataFrame:
    table: dict[str, pl.Series] = {}
    if series[0].name is not None:
        names = np.array([one.name for one in series], dtype=object)
        table["series"] = pl.Series(names[columns["place"]], dtype=pl.String)
    if isinstance(series[0].start, date):
        days = columns["at"].astype("int64") - date(1970, 1, 1).toordinal()
        table["date"] = pl.Series(days.astype("datetime64[D]"))
    else:
        table["index"] = pl.Series(columns["at"])
    words = np.array([status.word for status in Status], dtype=object)
    for name, values in columns.items():
        if name == "status":
            table[name] = pl.Series(words[values], dtype=pl.String)
        elif name == "alarm":
            table[name] = pl.Series(values.astype(np.int8))
        elif name not in {"place", "at"}:
            table[name] = pl.Series(values).fill_nan(None)
    whole = table["count"].drop_nulls()
    if bool((whole == whole.round()).all()) and bool((whole.abs() < 2**53).all()):
        table["count"] = table["count"].cast(pl.Int64)
    return pl.DataFrame(table)


def _too_short(
    series: Sequence[CountSeries], detector: Detector, since: date | int | None, frequency: int, file: str
) -> Fault:
    """Why not one count was assessed."""
    year = 52 if isinstance(series[0].start, date) else frequency
    needed = first_assessable(detector, year) + 1
    longest = max(series, key=lambda one: one.length)
    if longest.length < needed:
        mend = "Look back less" if isinstance(detector, FarringtonRules) else "Take a shorter baseline"
        return Fault(
            file=file,
            problem=f"the first entry to be assessed is number {needed}, and the longest series has {longest.length}",
            mend=f"Give more of the past. {mend}",
        )
    ends = [_number(one.start) + one.step * (one.length - 1) for one in series if one.length]
    last = date.fromordinal(max(ends)) if isinstance(series[0].start, date) else max(ends)
    if since is not None and _number(since) > max(ends):
        return Fault(
            file=file, column="--from", problem=f"{since} is after the last count, {last}", mend="Begin earlier"
        )
    return Fault(
        file=file,
        problem="too many counts are missing, or the model fits none of the series",
        mend="Fill in what was reported; a count of zero is a 0, not an empty cell",
    )
