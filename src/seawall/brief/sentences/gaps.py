"""What data are missing, and what that hides."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from seawall.brief.sentence import HEADER_ROWS, Sentence, rows_where


def say_completeness(
    curve: pl.DataFrame, curves: pl.DataFrame, districts: tuple[str, ...], on: date
) -> Iterator[Sentence]:
    """How many districts reported today, and which did not.

    Args:
        curve: the city's epidemic curve with ``areas_reporting, areas_expected``.
        curves: ``date, area_id, reports`` by district.
        districts: those for which the situation speaks; empty when there is only the city.
        on: today.
    """
    rows = rows_where(curve, pl.col("date") == on)
    today = curve.filter(pl.col("date") == on)
    if today.is_empty() or not districts:
        return
    row = today.row(0, named=True)
    facts = {"reporting": row["areas_reporting"], "expected": row["areas_expected"], "on": on.isoformat()}
    if row["areas_reporting"] >= row["areas_expected"]:
        yield Sentence(code="complete", facts=facts, table="epidemic_curve", rows=rows)
        return
    in_time = set(curves.filter(pl.col("date") == on)["area_id"].to_list())
    ever = set(curves["area_id"].unique().to_list())
    late = [area_id for area_id in districts if area_id in ever - in_time]
    yield Sentence(
        code="incomplete", facts=facts | {"areas": late[:5], "late": len(late)}, table="epidemic_curve", rows=rows
    )


def say_recent_days(nowcast: pl.DataFrame, on: date) -> Iterator[Sentence]:
    """How much of the last seven days' onsets, or specimens, has been reported so far.

    Args:
        nowcast: the city's nowcast: ``clock, date, reported, completeness, q2.5 … q97.5``.
        on: today.
    """
    for clock in ("onset", "specimen"):
        week = nowcast.filter(pl.col("clock") == clock, pl.col("date") > on - timedelta(days=7))
        if week.is_empty():
            continue
        expected = float(week["q50"].sum())
        if expected <= 0:
            continue
        facts = {
            "clock": clock,
            "reported": float(week["reported"].sum()),
            "expected": expected,
            "share": min(float(week["reported"].sum()) / expected, 1.0),
        }
        rows = rows_where(nowcast, pl.col("clock") == clock, pl.col("date") > on - timedelta(days=7))
        yield Sentence(code=f"recent_{clock}", facts=facts, table="nowcast", rows=rows)
        return


def say_missing(missing: pl.DataFrame) -> Iterator[Sentence]:
    """One sentence for each thing the folder lacks: what is hidden without it."""
    for position, row in enumerate(missing.iter_rows(named=True)):
        facts = {"item": row["item"], "kind": row["kind"], "hides": row["hides"]}
        yield Sentence(code="missing", facts=facts, table="missing", rows=(position + 1 + HEADER_ROWS,))


def say_notes(notes: pl.DataFrame) -> Iterator[Sentence]:
    """What the reader must know about the data: one sentence for each note of the watch.

    Args:
        notes: ``code, facts``, the facts as JSON.
    """
    for position, row in enumerate(notes.iter_rows(named=True)):
        facts = json.loads(row["facts"])
        code = f"note_{row['code']}"
        if code == "note_days_not_reported" and facts["areas"] == 1:
            code = "note_days_not_reported_once"
        yield Sentence(code=code, facts=facts, table="notes", rows=(position + 1 + HEADER_ROWS,))
