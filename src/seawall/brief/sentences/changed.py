"""What changed since yesterday."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from seawall.brief.certainty import beyond_chance, change
from seawall.brief.sentence import Sentence, only_row, rows_where

QUIET_DAYS = 14
"""Days without a report after which a report in a district is news."""

CALM_DAYS = 7
"""Days without a report after which a district's calm is news."""

NOTABLE_REPORTS = 10
"""Reports in seven days below which a district's doubling is not mentioned."""


def say_reports(headline: pl.DataFrame, curve: pl.DataFrame, root: str, on: date) -> Iterator[Sentence]:
    """New reports today against yesterday, or that today's are not in."""
    found = only_row(headline, pl.col("area_id") == root, pl.col("event") == "reports")
    today = None if found is None else found[0]["today"]
    if found is None or today is None:
        last = curve.filter(pl.col("reports").is_not_null())["date"].max()
        yield Sentence(
            code="reports_not_in",
            facts={"on": on.isoformat(), "last": last.isoformat() if isinstance(last, date) else None},
            table="epidemic_curve",
            rows=rows_where(curve, pl.col("date") == on),
        )
        return
    row, rows = found
    facts = {"on": on.isoformat(), "today": today}
    if row["yesterday"] is None:
        yield Sentence(code="reports_today", facts=facts, table="headline", rows=rows)
        return
    difference = abs(today - row["yesterday"])
    facts |= {"yesterday": row["yesterday"], "difference": difference}
    code = f"reports_{change(today, row['yesterday'])}" if today else "reports_none"
    yield Sentence(code=code, facts=facts, table="headline", rows=rows)


def say_week(headline: pl.DataFrame, root: str) -> Iterator[Sentence]:
    """The last seven days against the seven before; level where the difference is within reporting luck."""
    found = only_row(headline, pl.col("area_id") == root, pl.col("event") == "reports")
    if found is None or found[0]["last7"] is None:
        return
    row, rows = found
    now, before = row["last7"], row["prior7"]
    facts = {"last7": now, "prior7": before}
    if before is None:
        code = "week_first"
    elif before == 0 and now == 0:
        code = "week_none"
    elif not beyond_chance(now, before):
        code = "week_level"
    elif before == 0:
        code = "week_from_none"
    elif now >= 2 * before:
        code, facts = "week_times", facts | {"ratio": now / before}
    elif now > before:
        code, facts = "week_up", facts | {"share": now / before - 1}
    else:
        code, facts = "week_down", facts | {"share": 1 - now / before}
    yield Sentence(code=code, facts=facts, table="headline", rows=rows)


def say_control(spread: pl.DataFrame, root: str, on: date) -> Iterator[Sentence]:
    """How many were found in control, and whether that share moved: does the chain hold?

    The share of the last seven days is called lower or higher than a week before only where their
    95 % intervals do not overlap. A higher share is no comfort while more are found in the community than the week
    before: then that is said instead, with both numbers.
    """
    now = only_row(spread, pl.col("area_id") == root, pl.col("date") == on, pl.col("share_in_control").is_not_null())
    if now is None:
        return
    row, rows = now
    if row["in_community"] or row["in_control"]:
        facts = {"on": on.isoformat(), "in_community": row["in_community"], "in_control": row["in_control"]}
        yield Sentence(code="control_today", facts=facts, table="spread", rows=rows)
    facts = {
        "share": row["share_in_control"],
        "low": row["share_q2.5"],
        "high": row["share_q97.5"],
    }
    then = only_row(
        spread,
        pl.col("area_id") == root,
        pl.col("date") == on - timedelta(days=7),
        pl.col("share_in_control").is_not_null(),
    )
    if then is None:
        yield Sentence(code="control_share", facts=facts, table="spread", rows=rows)
        return
    before = then[0]
    facts |= {
        "before": before["share_in_control"],
        "before_low": before["share_q2.5"],
        "before_high": before["share_q97.5"],
    }
    if row["share_q97.5"] < before["share_q2.5"]:
        code = "control_share_down"
    elif row["share_q2.5"] > before["share_q97.5"]:
        free = spread.filter(pl.col("area_id") == root).select("date", "in_community")
        week, prior = (
            float(free.filter(pl.col("date").is_between(last - timedelta(days=6), last))["in_community"].sum())
            for last in (on, on - timedelta(days=7))
        )
        code = "control_share_up_more_free" if week > prior else "control_share_up"
        facts |= {"week": week, "prior": prior}
    else:
        code = "control_share_level"
    yield Sentence(code=code, facts=facts, table="spread", rows=(*then[1], *rows))


def say_care(headline: pl.DataFrame, root: str) -> Iterator[Sentence]:
    """People in hospital and deaths, where the folder tells."""
    for event in ("in_hospital", "in_icu", "deaths"):
        found = only_row(headline, pl.col("area_id") == root, pl.col("event") == event)
        if found is None or found[0]["today"] is None:
            continue
        row, rows = found
        if not (row["today"] or row["yesterday"] or row["last7"]):
            continue
        facts = {"today": row["today"], "yesterday": row["yesterday"], "last7": row["last7"]}
        if event == "deaths":
            yield Sentence(code="deaths", facts=facts, table="headline", rows=rows)
        elif row["yesterday"] is None:
            yield Sentence(code=event, facts=facts, table="headline", rows=rows)
        else:
            facts["difference"] = abs(row["today"] - row["yesterday"])
            yield Sentence(
                code=f"{event}_{change(row['today'], row['yesterday'])}", facts=facts, table="headline", rows=rows
            )


def say_crossings(curves: pl.DataFrame, on: date) -> Iterator[Sentence]:
    """Districts that crossed something today: first reports after a quiet time, doubled, or gone quiet.

    Args:
        curves: ``date, area_id, reports`` by district; a day that was not reported has no row.
        on: today.
    """
    crossed: dict[str, list[str]] = {"district_first": [], "district_doubled": [], "district_quiet": []}
    for (area_id,), rows in curves.sort("date").partition_by("area_id", as_dict=True, maintain_order=True).items():
        reports = dict(zip(rows["date"].to_list(), rows["reports"].to_list(), strict=True))
        if reports.get(on) is None:
            continue
        today = _window(reports, on, 1)
        quiet_before = _window(reports, on - timedelta(days=1), QUIET_DAYS)
        if today > 0 and quiet_before == 0 and min(reports) <= on - timedelta(days=QUIET_DAYS):
            crossed["district_first"].append(str(area_id))
        elif _doubled(reports, on) and not _doubled(reports, on - timedelta(days=1)):
            crossed["district_doubled"].append(str(area_id))
        elif _window(reports, on, CALM_DAYS) == 0 and _window(reports, on - timedelta(days=1), CALM_DAYS) > 0:
            crossed["district_quiet"].append(str(area_id))
    for code, areas in crossed.items():
        if areas:
            rows_of = rows_where(curves, pl.col("date") == on, pl.col("area_id").is_in(areas))
            yield Sentence(
                code=code,
                facts={"areas": areas, "quiet": QUIET_DAYS, "calm": CALM_DAYS},
                table="district_curves",
                rows=rows_of,
            )


def say_alarms(summary: pl.DataFrame, alarms: pl.DataFrame, on: date) -> Iterator[Sentence]:
    """Alarms raised today that were not there yesterday, beside the number chance alone would raise.

    Args:
        summary: ``method, date, series, alarms, new_alarms, expected_by_chance``.
        alarms: the alarms themselves: ``method, area_id, date, …``.
        on: today.
    """
    today = summary.filter(pl.col("date") == on)
    for row in today.iter_rows(named=True):
        raised = alarms.filter(pl.col("method") == row["method"], pl.col("date") == on, pl.col("new") == 1)
        facts = {
            "method": row["method"],
            "series": row["series"],
            "alarms": row["alarms"],
            "new": row["new_alarms"],
            "chance": row["expected_by_chance"],
            "areas": raised.sort("score", descending=True)["area_id"].to_list()[:3],
        }
        code = "alarms_none" if not row["alarms"] else "alarms_new" if row["new_alarms"] else "alarms_standing"
        yield Sentence(
            code=code,
            facts=facts,
            table="alarm_summary",
            rows=rows_where(summary, pl.col("method") == row["method"], pl.col("date") == on),
        )


def _window(reports: dict[date, float], until: date, days: int) -> float:
    return sum(reports.get(until - timedelta(days=back)) or 0.0 for back in range(days))


def _doubled(reports: dict[date, float], on: date) -> bool:
    now, before = _window(reports, on, 7), _window(reports, on - timedelta(days=7), 7)
    return now >= NOTABLE_REPORTS and now >= 2 * before
