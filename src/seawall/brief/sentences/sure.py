"""How sure we are: direction, reproduction number and pace, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from seawall.brief.certainty import direction
from seawall.brief.sentence import Sentence, only_row


def say_trend(growth: pl.DataFrame, until: date | None) -> Iterator[Sentence]:
    """Whether the epidemic grows, in the word its probability has earned.

    Args:
        growth: the city's growth over time, one clock.
        until: the last day whose estimate may be quoted; None where there is none.
    """
    found = _at(growth, until)
    pace = None if found is None else _quantiles(found[0])
    if found is None or found[0]["p_growing"] is None or pace is None:
        yield Sentence(code="trend_unknown", table="growth")
        return
    row, rows = found
    p = float(row["p_growing"])
    low, middle, high = pace
    facts = {"p": p, "p_falling": 1 - p, "growth": middle, "low": low, "high": high, "until": row["end"].isoformat()}
    yield Sentence(code=f"trend_{direction(p)}", facts=facts, table="growth", rows=rows)


def say_reproduction(reproduction: pl.DataFrame, until: date | None) -> Iterator[Sentence]:
    """The reproduction number with its interval and the day up to which it may be trusted."""
    found = _at(reproduction, until)
    if found is None or found[0]["q50"] is None:
        return
    row, rows = found
    facts = {
        "r": row["q50"],
        "low": row["q2.5"],
        "high": row["q97.5"],
        "start": row["start"].isoformat(),
        "until": row["end"].isoformat(),
    }
    clock = row.get("clock") or "report"
    code = "reproduction_by_report" if clock == "report" else "reproduction_by_event"
    yield Sentence(code=code, facts=facts | {"clock": clock}, table="reproduction", rows=rows)


def say_pace(growth: pl.DataFrame, until: date | None) -> Iterator[Sentence]:
    """Doubling or halving time; where the interval of growth holds zero, both ends of what is possible."""
    found = _at(growth, until)
    pace = None if found is None else _quantiles(found[0])
    if found is None or pace is None:
        return
    rows = found[1]
    low, middle, high = pace
    if low > 0:
        facts = {"days": math.log(2) / middle, "low": math.log(2) / high, "high": math.log(2) / low}
        yield Sentence(code="pace_doubling", facts=facts, table="growth", rows=rows)
    elif high < 0:
        facts = {"days": -math.log(2) / middle, "low": -math.log(2) / low, "high": -math.log(2) / high}
        yield Sentence(code="pace_halving", facts=facts, table="growth", rows=rows)
    elif low < 0 < high:
        facts = {"halving": -math.log(2) / low, "doubling": math.log(2) / high}
        yield Sentence(code="pace_open", facts=facts, table="growth", rows=rows)


def _at(table: pl.DataFrame, until: date | None) -> tuple[dict[str, Any], tuple[int, ...]] | None:
    if until is None or table.is_empty():
        return None
    return only_row(table, pl.col("end") == until)


def _quantiles(row: dict[str, Any]) -> tuple[float, float, float] | None:
    """Growth with its interval; None where an end of it is not known, as after weeks without a report."""
    low, middle, high = (row[f"growth_per_day_{q}"] for q in ("q2.5", "q50", "q97.5"))
    return None if low is None or middle is None or high is None else (float(low), float(middle), float(high))
