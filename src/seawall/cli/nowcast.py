"""`seawall nowcast`: recent days completed for reporting delay."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from seawall.cli.options import Draws, Json, Output, Seed

if TYPE_CHECKING:
    import polars as pl

    from seawall.core import Fault


def nowcast(
    cases: Annotated[
        str,
        Parameter(
            allow_leading_hyphen=True,
            help="Line list: onset_date, report_date[, area_id], one row a case; - is standard input.",
        ),
    ],
    *,
    on: Annotated[
        date | None, Parameter(help="Last day whose reports are in; later ones are ignored. Default: the last report.")
    ] = None,
    event: Annotated[
        str, Parameter(help="The event to complete: its column is EVENT_date, or EVENT itself.")
    ] = "onset",
    max_delay: Annotated[
        int | None,
        Parameter(
            help="Longest delay in days to follow; longer ones count as this long. Default: as far as 99.5 % go.",
            validator=Number(gte=1, lte=180),
        ),
    ] = None,
    days: Annotated[
        int | None,
        Parameter(help="How many days to write. Default: those that may be incomplete.", validator=Number(gte=1)),
    ] = None,
    pathogen: Annotated[
        str | None, Parameter(help="Take the serial interval of this pathogen; without, a week, evenly.")
    ] = None,
    draws: Draws = 2000,
    seed: Seed = 1,
    output: Output = "-",
    json: Json = False,
) -> int:
    """Complete the recent days of a line list for the delay until cases are reported.

    Writes series,date,reported,completeness,q2.5,...,q97.5: for each day the events known on --on, the share of
    them expected to be known by then, and quantiles of the number there will be. With an area_id column there
    is a series for each area, whose delays lean on the whole's. A case without the event's date is left out; one
    reported before it, by up to 21 days, counts as known on the day itself.
    """
    import polars as pl

    from seawall.cli.hub_files import show
    from seawall.core import Fault, InvalidInput
    from seawall.disease import pathogen as pathogen_of
    from seawall.watch.forecast import serial_weights
    from seawall.watch.nowcast import nowcast as complete
    from seawall.watch.triangles import DAYS, triangle_of

    weights = serial_weights(pathogen_of(pathogen) if pathogen else None)
    file = "standard input" if cases == "-" else Path(cases).name
    lines = _read(cases, file, event)
    dates: list[date] = lines["report_date"].to_list()
    on = on or max(dates, default=date.min)
    known = lines.filter(pl.col("report_date") <= on, pl.col("event_date") <= on)
    if not known.height:
        problem = f"no case was known on {on}; the first report is of {min(dates)}" if dates else "it has no case"
        fault = Fault(file=file, problem=problem, mend="Give a later --on, or a table with earlier cases")
        raise InvalidInput(f"{file} has nothing to complete.", [fault])
    named = known["area_id"].is_not_null().any()
    areas = known["area_id"].drop_nulls().unique().sort().to_list()
    places = {area: place for place, area in enumerate(areas, start=1)}
    rows = known.select(
        pl.col("area_id").replace_strict(places, default=0, return_dtype=pl.Int64).alias("area"),
        (pl.lit(on) - pl.col("event_date")).dt.total_days().alias("age"),
        pl.max_horizontal((pl.col("report_date") - pl.col("event_date")).dt.total_days(), 0).alias("known_after"),
        pl.lit(1, dtype=pl.Int64).alias("cases"),
    )
    back = DAYS if max_delay is None else max(DAYS, 2 * max_delay + 28)
    triangle = triangle_of(rows, on, ("", *areas), longest_days=max_delay, days=back)
    found = complete(triangle, seed=seed, weights=weights, draws=draws)
    shown = days or max(triangle.longest_days + 1, found.draws.totals.shape[2])
    table = found.table(min(shown, back), areas=areas if named else None)
    series = pl.col("area_id") if named else pl.lit(None, pl.String)
    show(table.select(series.alias("series"), pl.exclude("area_id")), output, as_json=json)
    return 0


def _read(source: str, file: str, event: str) -> pl.DataFrame:
    """``event_date, report_date, area_id`` of every case that carries both dates; says what it leaves out.

    Raises:
        InvalidInput: every missing column, every date that cannot be read or cannot be.
    """
    import polars as pl

    from seawall.city.rules import BEFORE_ONSET_DAYS
    from seawall.core import Fault, InvalidInput
    from seawall.core.tables import read_strings

    text = read_strings(source)
    text = text.rename({name: name.strip() for name in text.columns if name.strip() not in text.columns})
    column = f"{event}_date" if f"{event}_date" in text.columns else event
    lost = [
        Fault(
            file=file,
            column=name,
            problem=f"the column is not there (there are: {', '.join(text.columns)})",
            mend="Rename the column that holds it" if name == "report_date" else "Rename it, or name it with --event",
        )
        for name in (column if column in text.columns else f"{event}_date", "report_date")
        if name not in text.columns
    ]
    if lost:
        raise InvalidInput(f"{file} cannot be used: {len(lost)} column(s) are missing.", lost)

    def dated(name: str) -> pl.Expr:
        return (
            pl.col(name).str.strip_chars().str.extract(r"^(\d{4}-\d{1,2}-\d{1,2})(?:$|[ T])").str.to_date(strict=False)
        )

    def blank(name: str) -> pl.Expr:
        return pl.col(name).str.strip_chars().fill_null("").is_in(["", "NA"])

    area = (
        pl.col("area_id").str.strip_chars().replace("", None) if "area_id" in text.columns else pl.lit(None, pl.String)
    )
    rows = text.with_row_index("row", offset=2).select(
        "row",
        dated(column).alias("event_date"),
        dated("report_date").alias("report_date"),
        area.alias("area_id"),
        pl.col(column).alias("event_text"),
        pl.col("report_date").alias("report_text"),
        blank(column).alias("no_event"),
        blank("report_date").alias("no_report"),
    )
    faults: list[Fault] = []
    for name, as_date, as_text, none in (
        (column, "event_date", "event_text", "no_event"),
        ("report_date", "report_date", "report_text", "no_report"),
    ):
        bad = rows.filter(pl.col(as_date).is_null() & ~pl.col(none))
        faults += [
            Fault(
                file=file,
                row=row,
                column=name,
                problem=f"{given!r} is not a date",
                mend="Write year-month-day, like 2022-03-20",
            )
            for row, given in bad.select("row", as_text).iter_rows()
        ]
    early = rows.filter(pl.col("event_date") - pl.col("report_date") > timedelta(days=BEFORE_ONSET_DAYS))
    faults += [
        Fault(
            file=file,
            row=row,
            column="report_date",
            problem=f"reported {reported}, more than {BEFORE_ONSET_DAYS} days before {column} {happened}",
            mend="Correct one of the two dates",
        )
        for row, reported, happened in early.select("row", "report_date", "event_date").iter_rows()
    ]
    if faults:
        faults.sort(key=lambda fault: fault.row or 0)
        raise InvalidInput(f"{file} cannot be used: {len(faults)} problem(s).", _first_faults(faults))
    _say(rows, column)
    return rows.drop_nulls(["event_date", "report_date"]).select("event_date", "report_date", "area_id")


MOST_FAULTS = 1000


def _first_faults(faults: list[Fault]) -> list[Fault]:
    from seawall.core import Fault

    if len(faults) <= MOST_FAULTS:
        return faults
    rest = f"{len(faults) - MOST_FAULTS:,} further rows have problems of these kinds"
    return [*faults[:MOST_FAULTS], Fault(file=faults[0].file, problem=rest, mend="Correct them likewise")]


def _say(rows: pl.DataFrame, column: str) -> None:
    """On standard error: what was left out, and what was taken otherwise than written."""
    import polars as pl

    without = rows.filter(pl.col("no_event") | pl.col("no_report")).height
    before = rows.filter(pl.col("report_date") < pl.col("event_date")).height
    if without:
        sys.stderr.write(f"{without:,} of {rows.height:,} rows lack {column} or report_date and are left out.\n")
    if before:
        sys.stderr.write(f"{before:,} cases were reported before {column}; they count as known on that day.\n")
