"""The four earlies: found, reported, isolated and treated in time, or not."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from seawall.brief.sentence import Sentence, rows_where

FOUR_EARLIES = ("onset_to_specimen", "specimen_to_report", "report_to_isolation", "onset_to_admission")
"""Early detection, reporting, isolation and treatment, each measured as a delay."""


def latest_delays(delays: pl.DataFrame, area_id: str) -> pl.DataFrame:
    """The latest period of each delay for an area, with at least one person in it."""
    rows = delays.filter(pl.col("area_id") == area_id, pl.col("n") > 0, pl.col("median").is_not_null())
    return rows.sort("period_end").group_by("delay", maintain_order=True).tail(1)


def say_earlies(delays: pl.DataFrame, area_id: str) -> Iterator[Sentence]:
    """Which of the four are within target, which are getting slower or faster, and which are not known.

    A delay is within target when its median is; it is called slower or faster only when the 95 %
    interval of its trend leaves zero out.
    """
    latest = latest_delays(delays, area_id)
    known = {row["delay"]: row for row in latest.iter_rows(named=True)}
    groups: dict[str, list[str]] = {code: [] for code in ("beyond", "within", "slower", "faster", "unknown")}
    for delay in FOUR_EARLIES:
        row = known.get(delay)
        if row is None:
            groups["unknown"].append(delay)
            continue
        if row["target_days"] is not None:
            groups["within" if row["median"] <= row["target_days"] else "beyond"].append(delay)
        if row["trend_low"] is not None and row["trend_low"] > 0:
            groups["slower"].append(delay)
        elif row["trend_high"] is not None and row["trend_high"] < 0:
            groups["faster"].append(delay)
    for code, found in groups.items():
        if not found:
            continue
        rows: tuple[int, ...] = ()
        for delay in found:
            if delay in known:
                end = known[delay]["period_end"]
                rows += rows_where(
                    delays, pl.col("area_id") == area_id, pl.col("delay") == delay, pl.col("period_end") == end
                )
        yield Sentence(code=f"earlies_{code}", facts={"delays": found}, table="delays", rows=rows)
