"""Forecasts and outcomes in and out: tables in hub format, read with every fault they have."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from seawall.core import Fault, InvalidInput

if TYPE_CHECKING:
    import polars as pl

FORECAST_COLUMNS = {
    "model_id": "text",
    "location": "text",
    "target_end_date": "date",
    "output_type_id": "level",
    "value": "number",
}
TRUTH_COLUMNS = {"location": "text", "target_end_date": "date", "observation": "number"}
OPTIONAL_COLUMNS = {"target": "text", "reference_date": "date", "horizon": "integer", "output_type": "text"}

MOST_FAULTS_OF_A_KIND = 100


def read_forecasts(source: Path | str) -> pl.DataFrame:
    """Quantile forecasts in hub format, with their `row`; rows of another `output_type` are left out.

    Raises:
        InvalidInput: every missing column and every cell that cannot be read, with its row.
    """
    import polars as pl

    table = _read(source, FORECAST_COLUMNS, OPTIONAL_COLUMNS, only_quantiles=True)
    return table.with_columns(pl.col("output_type_id").round(6))


def read_truth(source: Path | str) -> pl.DataFrame:
    """What came: ``location, target_end_date, observation`` and, where there is one, ``target``.

    Rows whose observation is empty or NA are left out.

    Raises:
        InvalidInput: every missing column and every cell that cannot be read, with its row.
    """
    return _read(source, TRUTH_COLUMNS, {"target": "text"}, may_be_empty="observation").drop_nulls("observation")


def show(table: pl.DataFrame, output: str, *, as_json: bool) -> None:
    """Write a table to a file or to standard output, as CSV or as a list of rows in JSON."""
    from seawall.core.tables import write_table

    if not as_json:
        write_table(table, output)
        return
    text = json.dumps(table.to_dicts(), ensure_ascii=False, default=str, indent=1) + "\n"
    if output == "-":
        sys.stdout.write(text)
    else:
        from seawall.core.tables import written_beside

        with written_beside(Path(output)) as beside:
            beside.write_text(text, encoding="utf-8")


def _read(
    source: Path | str,
    required: dict[str, str],
    optional: dict[str, str],
    *,
    only_quantiles: bool = False,
    may_be_empty: str | None = None,
) -> pl.DataFrame:
    import polars as pl

    from seawall.core.tables import read_strings

    file = "standard input" if str(source) == "-" else Path(source).name
    text = read_strings(source)
    lost = [name for name in required if name not in text.columns]
    if lost:
        there = ", ".join(text.columns)
        faults = [
            Fault(file=file, column=name, problem=f"the column is not there (there are: {there})", mend="Add it")
            for name in lost
        ]
        raise InvalidInput(f"{file} cannot be used: {len(lost)} column(s) are missing.", faults)
    kinds = required | {name: kind for name, kind in optional.items() if name in text.columns}
    cells = [pl.col(name).str.strip_chars().replace(["", "NA"], None) for name in kinds]
    rows = text.select(cells).with_row_index("row", offset=2)
    if only_quantiles and "output_type" in kinds:
        rows = rows.filter(pl.col("output_type").fill_null("quantile") == "quantile")
    typed = rows.select("row", *(_typed(name, kind).alias(name) for name, kind in kinds.items()))
    faults = []
    for name, kind in kinds.items():
        bad = typed[name].is_null() & (rows[name].is_not_null() if _may_lack(name, required, may_be_empty) else True)
        for row, given in rows.filter(bad).head(MOST_FAULTS_OF_A_KIND).select("row", name).iter_rows():
            problem, mend = _problem(given, kind)
            faults.append(Fault(file=file, row=row, column=name, problem=problem, mend=mend))
        if (more := int(bad.sum()) - MOST_FAULTS_OF_A_KIND) > 0:
            problem = f"{more:,} further cells of this column cannot be used"
            faults.append(Fault(file=file, column=name, problem=problem, mend="Correct them likewise"))
    if faults:
        faults.sort(key=lambda fault: fault.row or 2**62)
        raise InvalidInput(f"{file} cannot be used: {len(faults)} problem(s).", faults)
    if not typed.height:
        raise InvalidInput(
            f"{file} has no rows that can be used.",
            [Fault(file=file, problem="there is nothing below the header", mend="Give at least one row")],
        )
    return typed


def _may_lack(name: str, required: dict[str, str], may_be_empty: str | None) -> bool:
    return name not in required or name == may_be_empty


def _typed(name: str, kind: str) -> pl.Expr:
    import polars as pl

    text = pl.col(name)
    match kind:
        case "date":
            return text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        case "integer":
            number = text.cast(pl.Float64, strict=False)
            return pl.when(number.is_finite() & (number == number.round())).then(number).cast(pl.Int64, strict=False)
        case "number":
            number = text.cast(pl.Float64, strict=False)
            return pl.when(number.is_finite()).then(number)
        case "level":
            number = text.cast(pl.Float64, strict=False)
            return pl.when(number.is_between(0, 1, closed="none")).then(number)
        case _:
            return text


def _problem(given: str | None, kind: str) -> tuple[str, str]:
    if given is None:
        return "the cell is empty", "Fill it in or leave the row out"
    return {
        "date": (f"{given!r} is not a date", "Write year-month-day, like 2022-03-20"),
        "integer": (f"{given!r} is not a whole number", "Give a whole number"),
        "level": (f"{given!r} is not a quantile level", "Give a level between 0 and 1, like 0.025"),
    }.get(kind, (f"{given!r} is not a number", "Give a number"))
