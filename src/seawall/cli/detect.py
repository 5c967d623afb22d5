"""`seawall detect`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from seawall.cli.options import Output

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from seawall.cli.series_table import SeriesTable
    from seawall.core import InvalidInput


def detect(
    counts: Annotated[
        str,
        Parameter(
            allow_leading_hyphen=True,
            help="Table: date or index, count[, population][, series]; - is standard input.",
        ),
    ],
    *,
    method: Annotated[
        str,
        Parameter(
            help="ears-c1, ears-c2, ears-c3, farrington, farrington-original, cusum, rki1, rki2, rki3, bayes1, bayes2 "
            "or bayes3."
        ),
    ],
    from_: Annotated[
        str | None, Parameter(name="--from", help="First date or index to assess; else the first that can be.")
    ] = None,
    frequency: Annotated[int | None, Parameter(help="Steps in a year of a series without dates. [default: 52]")] = None,
    weekly: Annotated[bool, Parameter(negative="", help="Sum daily counts by week first (Monday to Sunday).")] = False,
    alpha: Annotated[
        float | None,
        Parameter(help="Level. [default: 0.001 for EARS C1 and C2, 0.025 for C3, else 0.05]"),
    ] = None,
    baseline: Annotated[int | None, Parameter(help="EARS: counts in the baseline. [default: 7]")] = None,
    min_sd: Annotated[
        float | None, Parameter(name=["--min-sd", "--min-sigma"], help="EARS: spread not gone below. [default: 0]")
    ] = None,
    b: Annotated[int | None, Parameter(help="Farrington: years looked back. [default: 5]")] = None,
    w: Annotated[int | None, Parameter(help="Farrington: half width of the windows. [default: 3]")] = None,
    no_periods: Annotated[int | None, Parameter(help="Farrington: seasonal levels. [default: 10]")] = None,
    reweight: Annotated[bool | None, Parameter(help="Farrington: down-weight past outbreaks. [default: yes]")] = None,
    weights_threshold: Annotated[
        float | None, Parameter(help="Farrington: residual that is down-weighted. [default: 2.58; original: 1]")
    ] = None,
    trend: Annotated[bool | None, Parameter(help="Farrington: let there be a trend. [default: yes]")] = None,
    p_threshold_trend: Annotated[
        float | None, Parameter(help="Farrington: p-value that keeps a trend. [default: 1; original: 0.05]")
    ] = None,
    past_weeks_not_included: Annotated[
        int | None, Parameter(help="Farrington: newest steps left out. [default: 26]")
    ] = None,
    threshold_method: Annotated[
        Literal["delta", "nbPlugin", "muan"] | None, Parameter(help="Farrington: kind of bound. [default: nbPlugin]")
    ] = None,
    powertrans: Annotated[
        Literal["2/3", "1/2", "none"] | None, Parameter(help="Farrington: power of the delta bound. [default: 2/3]")
    ] = None,
    population_offset: Annotated[
        bool | None, Parameter(help="Farrington: let the mean follow the column population. [default: no]")
    ] = None,
    limit54_cases: Annotated[
        float | None, Parameter(help="Farrington: fewer recent cases give no alarm. [default: 5]")
    ] = None,
    limit54_weeks: Annotated[int | None, Parameter(help="Farrington: steps that are recent. [default: 4]")] = None,
    standard_errors: Annotated[
        Literal["package", "pearson"] | None,
        Parameter(help="Farrington: errors as in R's surveillance, or of the fitted model. [default: package]"),
    ] = None,
    k: Annotated[float | None, Parameter(help="CUSUM: excess that adds nothing. [default: 1.04]")] = None,
    h: Annotated[float | None, Parameter(help="CUSUM: sum beyond which the alarm is. [default: 2.26]")] = None,
    m: Annotated[
        Literal["mean", "glm"] | None,
        Parameter(help="CUSUM: expected is the mean of the counts before, or a yearly wave. [default: mean]"),
    ] = None,
    trans: Annotated[
        Literal["standard", "rossi"] | None, Parameter(help="CUSUM: how counts are standardised. [default: standard]")
    ] = None,
    output: Output = "-",
    json: Annotated[bool, Parameter(negative="", help="Write the rows as JSON.")] = False,
) -> int:
    """Find counts that stand out from what was to be expected, in one series or many.

    Writes for each count what was expected without an outbreak, the upper bound, a score and whether
    there is an alarm (0 or 1). A count that was not reported is no zero: it is not assessed, and a
    baseline does without it. EARS looks at the counts just before and suits daily or weekly series
    without a past; Farrington compares with earlier years and needs weekly (or monthly) counts. CUSUM
    adds excesses up from --from on, against the counts before.
    """
    from seawall.cli.hub_files import show
    from seawall.cli.series_table import read_series
    from seawall.core import Fault, InvalidInput
    from seawall.watch.alarms import METHODS, PLANNED, CountSeries, assess_series, compares_years

    if counts.startswith("-") and counts != "-":
        return _usage(f"There is no option {counts}. See seawall detect --help.")
    if method not in METHODS:
        about = "is planned, not built" if method in PLANNED else "is not a detector"
        return _usage(f"{method} {about}. There are: {', '.join(METHODS)}.")
    given = {
        "alpha": alpha,
        "baseline": baseline,
        "min_sd": min_sd,
        "b": b,
        "w": w,
        "no_periods": no_periods,
        "reweight": reweight,
        "weights_threshold": weights_threshold,
        "trend": trend,
        "p_threshold_trend": p_threshold_trend,
        "past_weeks_not_included": past_weeks_not_included,
        "threshold_method": threshold_method,
        "powertrans": powertrans,
        "population_offset": population_offset,
        "limit54_cases": limit54_cases,
        "limit54_weeks": limit54_weeks,
        "standard_errors": standard_errors,
        "k": k,
        "h": h,
        "m": m,
        "trans": trans,
    }
    options = {name: value for name, value in given.items() if value is not None}
    strange = [_option(name) for name in options if name not in METHODS[method].options]
    if strange:
        takes = ", ".join(_option(name) for name in METHODS[method].options) or "no option of its own"
        return _usage(f"{method} does not take {', '.join(strange)}. It takes {takes}.")
    try:
        detector = METHODS[method].make(**options)
    except InvalidInput as error:
        raise _by_option(error, method) from None
    table = read_series(counts, optional=("population",), step_days=None)
    since = _since(from_, table)
    _check_steps(table, frequency, weekly=weekly, yearly=compares_years(detector))
    if population_offset and "population" not in table.columns:
        fault = Fault(
            file=table.file, problem="there is no column population", mend="Add it, or leave --population-offset out"
        )
        raise InvalidInput(f"{table.file} does not fit what is asked for.", [fault])
    series = [CountSeries(name=one.name, start=one.start, step=one.step, values=one.values) for one in table.series]
    try:
        rows = assess_series(
            series,
            detector,
            since=since,
            frequency=52 if frequency is None else frequency,
            weekly=weekly,
            file=table.file,
        )
    except InvalidInput as error:
        raise _by_option(error, method) from None
    show(_finite(rows) if json else rows, output, as_json=json)
    return 0


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _usage(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 2


def _by_option(error: InvalidInput, method: str) -> InvalidInput:
    """The same error with what is wrong with the rules named by option."""
    from dataclasses import replace

    from seawall.core import InvalidInput

    rules = {"EarsRules", "FarringtonRules", "HistoricalRules", "CusumRules"}
    faults = [
        replace(fault, file=method, column=_option(fault.column or "")) if fault.file in rules else fault
        for fault in error.faults
    ]
    message = error.message if faults == list(error.faults) else f"{method} cannot be set so."
    return InvalidInput(message, faults)


def _since(given: str | None, table: SeriesTable) -> date | int | None:
    """`--from` as the table counts time."""
    from datetime import date

    from seawall.core import Fault, InvalidInput

    if given is None:
        return None
    try:
        return date.fromisoformat(given) if table.time == "date" else int(given)
    except ValueError:
        wanted = "a date like 2022-03-20" if table.time == "date" else "a whole number, as in the column index"
        fault = Fault(
            file="seawall detect", column="--from", problem=f"{given!r} is not {wanted}", mend=f"Give {wanted}"
        )
        raise InvalidInput("--from cannot be read.", [fault]) from None


def _check_steps(table: SeriesTable, frequency: int | None, *, weekly: bool, yearly: bool) -> None:
    """Refuse a table whose steps do not suit what is asked for."""
    from seawall.core import Fault, InvalidInput

    daily = table.time == "date" and table.series[0].step == 1
    several = max(len(series) for series in table.series) > 1
    faults = []
    if yearly and table.time == "date" and frequency not in {None, 52}:
        problem = f"--frequency {frequency} is for a series without dates; dates tell the time of year themselves"
        faults.append(("--frequency", problem, "Leave it out"))
    if weekly and not daily:
        faults.append(("--weekly", "it sums days, and the table has no days", "Leave it out"))
    if daily and several and _sparse(table):
        problem = "fewer than half of the days have a count, and the dates are no weeks"
        faults.append(
            ("date", problem, "Number months or other steps in a column index; say --frequency 12 for months")
        )
    elif daily and several and yearly and not weekly:
        problem = "the dates are days, and earlier years are compared by week"
        faults.append(("date", problem, "Add --weekly to sum them by week, or use an EARS method"))
    if faults:
        raise InvalidInput(
            f"{table.file} does not fit what is asked for.",
            [Fault(file=table.file, column=column, problem=problem, mend=mend) for column, problem, mend in faults],
        )


def _sparse(table: SeriesTable) -> bool:
    """Whether more days are without a count than with one."""
    import numpy as np

    told = sum(int((~np.isnan(series.values["count"])).sum()) for series in table.series)
    return 2 * told < sum(len(series) for series in table.series)


def _finite(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows for JSON, which has no infinity."""
    import polars as pl

    return rows.with_columns(pl.when(pl.selectors.float().is_finite()).then(pl.selectors.float()))
