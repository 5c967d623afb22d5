"""Totals since the start made numbers of a day."""

from __future__ import annotations

import polars as pl

from seawall.city.cells import parsed
from seawall.city.faults import HITS, FaultGroup
from seawall.city.importing.columns import Layout
from seawall.city.importing.mapping import Cumulative
from seawall.city.importing.values import plain_number
from seawall.city.table import ROW

_DAY, _TOTAL, _STEP, _GAP = "\x00day", "\x00total", "\x00step", "\x00gap"


def daily(records: pl.DataFrame, layout: Layout, how: Cumulative) -> tuple[pl.DataFrame, list[FaultGroup], list[str]]:
    """Each record's total less the total of the day before it in its series.

    A series is the records that share the key but for the date. A first total of zero stays zero. What
    happened on days without a record falls on the next day that has one; the notes say how often. A record
    whose date or total cannot be read stays as it is, for the rules to refuse.

    Args:
        records: texts of the columns, as formed.
        layout: the mapping laid over the file.
        how: which column, and what becomes of totals that fall and of first days.

    Returns:
        The records kept, with numbers of the day; those rejected; and what a reader should know.
    """
    series = [name for name in layout.part.schema.key if name != "date" and name in records.columns]
    value = how.column
    read = records.with_columns(
        parsed(pl.col("date"), "date").alias(_DAY),
        parsed(pl.col(value), "number").alias(_TOTAL),
    )
    readable = pl.col(_DAY).is_not_null() & pl.col(_TOTAL).is_not_null()
    rest = read.filter(~readable)
    ordered = (
        read.filter(readable)
        .sort(*series, _DAY, ROW, nulls_last=True)
        .with_columns(
            (pl.col(_TOTAL) - pl.col(_TOTAL).shift(1).over(series or pl.lit(1))).alias(_STEP),
            (pl.col(_DAY) - pl.col(_DAY).shift(1).over(series or pl.lit(1))).dt.total_days().alias(_GAP),
        )
    )
    first = pl.col(_STEP).is_null()
    falls = pl.col(_STEP).fill_null(0) < 0
    told = first & (pl.col(_TOTAL) > 0)
    same_day = pl.col(_GAP) == 0
    notes = []
    gaps = int(ordered.select((pl.col(_GAP) > 1).sum()).item())
    if gaps:
        notes.append(f"{gaps:,} numbers hold more than one day: there was no total on the days before them")
    out = same_day if how.first == "keep" else same_day | told
    if how.negative == "reject":
        out |= falls
    elif fell := int(ordered.select((falls & ~same_day).sum()).item()):
        notes.append(f"{fell:,} totals were lower than the day before; those days count 0")
    kept = ordered.filter(~out.fill_null(value=False)).with_columns(
        plain_number(pl.coalesce(_STEP, _TOTAL).clip(lower_bound=0).round_sig_figs(15)).alias(value)
    )
    groups = [
        FaultGroup(
            code=code,
            severity="error",
            file=layout.source.path.name,
            column=layout.filled[value] or None,
            problem=problem,
            mend=mend,
            hits=ordered.filter(which).select(
                pl.col(ROW).cast(HITS["row"]).alias("row"),
                pl.col(f"raw:{value}").alias("value"),
                pl.col(_DAY).cast(pl.String).alias("other"),
            ),
        )
        for code, which, problem, mend in (
            (
                "total-twice",
                same_day,
                'the total "{value}" is the second of its series on {other}',
                "Keep one of the two",
            ),
            (
                "first-total",
                told & pl.lit(how.first == "reject"),
                'the total "{value}" is the first of its series, so the number of {other} is not known',
                'Add the day before, or say first = "keep" to count it all on that day',
            ),
            (
                "falling-total",
                falls & ~same_day & pl.lit(how.negative == "reject"),
                'the total "{value}" of {other} is lower than the one before it',
                'Correct it, or say negative = "zero" to count that day as 0',
            ),
        )
    ]
    both = pl.concat(
        [kept, rest.with_columns(pl.lit(None).alias(_STEP), pl.lit(None).alias(_GAP))], how="vertical_relaxed"
    )
    return both.select(records.columns).sort(ROW), [found for found in groups if found.count], notes
