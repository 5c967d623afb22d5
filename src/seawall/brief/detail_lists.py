"""Delays, alarms and places: the lists behind page one."""

from __future__ import annotations

from typing import Any

import polars as pl

from seawall.brief.document import Cell, Desk, Grid, Section
from seawall.brief.figures import curves
from seawall.brief.sentences.earlies import latest_delays
from seawall.brief.vocabulary import SHORT, SPAN
from seawall.brief.words import Words, in_script, msg

MAX_AREAS = 40

MIN_DELAYS = 5
"""People below which a district's delays of a week are not quoted."""

MAX_ALARMS = 25
MAX_PLACES = 25


def earlies_section(desk: Desk) -> Section:
    """Each delay week by week, and the latest week by district."""
    words, findings = desk.words, desk.findings
    delays = findings.tables["delays"]
    if delays.is_empty():
        return Section(name="earlies", title="")
    figures = []
    for delay in SPAN:
        weeks = delays.filter(
            pl.col("area_id") == findings.root, pl.col("delay") == delay, pl.col("median").is_not_null()
        ).sort("period_end")
        if weeks.is_empty():
            continue
        title = _named_delay(words, delay)
        caption = words.say(
            msg(
                "Median in days by week of the first date, corrected for cases still to come; shaded: 10th to 90th "
                "percentile; dashed: target."
            )
        )
        svg = curves.delay_trend(weeks, words, name=f"delay-{delay}", title=title, alt=caption)
        figures.append(desk.figure(f"delay-{delay}", svg, title=title, alt=caption, caption=caption, table="delays"))
    return Section(
        name="earlies",
        title=words.say(msg("Delays: the four earlies")),
        figures=tuple(figures),
        grids=tuple(grid for grid in (_delay_grid(desk),) if grid is not None),
    )


def _named_delay(words: Words, delay: str) -> str:
    if SHORT[delay].lower() == SPAN[delay]:
        return words.say(SHORT[delay])
    return words.say(msg("{name}: {span}"), name=words.say(SHORT[delay]), span=words.say(SPAN[delay]))


def _delay_grid(desk: Desk) -> Grid | None:
    """Median delay of the latest week by district, with the share within target."""
    words, findings = desk.words, desk.findings
    delays = findings.tables["delays"]
    rows = []
    shown = [findings.root, *findings.tables["districts"]["area_id"].to_list()[:MAX_AREAS]]
    for area_id in shown:
        latest = {
            row["delay"]: row
            for row in latest_delays(delays, area_id).iter_rows(named=True)
            if row["n"] >= MIN_DELAYS or area_id == findings.root
        }
        if not latest:
            continue
        cells = [Cell(text=words.name(area_id))]
        for delay in SPAN:
            row = latest.get(delay)
            if row is None:
                cells.append(Cell(text="–"))
                continue
            text = words.with_interval(row["median"], row["median_low"], row["median_high"], ".1")
            if row["within_target"] is not None:
                text += f" · {words.spell(row['within_target'], '%')}"
            cells.append(Cell(text=text))
        rows.append(tuple(cells))
    if len(rows) < 2:
        return None
    return Grid(
        name="delays",
        title=words.say(msg("Delays by district, latest week")),
        heads=(words.say(msg("Area")), *(words.say(SPAN[delay]) for delay in SPAN)),
        numeric=(False, *(True for _ in SPAN)),
        rows=tuple(rows),
        note=words.say(
            msg(
                "Median in days with its 95% interval · share within target; none with fewer than five people. {stamp}"
            ),
            stamp=desk.stamp,
        ),
        table="delays",
        mark=desk.mark("delays"),
    )


def alarms_section(desk: Desk) -> Section:
    """Alarms of the last fourteen days beside what chance would raise."""
    words, findings = desk.words, desk.findings
    alarms, summary = findings.tables["alarms"], findings.tables["alarm_summary"]
    if summary.is_empty():
        return Section(name="alarms", title="")
    lines = desk.lines("alarms")
    grids = []
    if alarms.height:
        rows = tuple(
            (
                Cell(text=words.name(row["area_id"])),
                Cell(text=words.spell(row["date"], "day")),
                Cell(text=words.term(row["method"])),
                Cell(text=words.spell(row["count"], "n")),
                Cell(text=words.spell(row["expected"], ".1")),
                Cell(text=words.spell(row["upper"], ".1")),
                Cell(text=words.say(msg("yes")) if row["new"] else ""),
            )
            for row in alarms.head(MAX_ALARMS).iter_rows(named=True)
        )
        note = words.say(
            msg(
                "Expected: by the series' own past; limit: the upper bound above which an alarm is raised. An "
                "alarm is a "
                "reason to look, not a finding. {stamp}"
            ),
            stamp=desk.stamp,
        )
        if alarms.height > MAX_ALARMS:
            more = words.say(msg("{n:n} more alarms stand in the table."), n=alarms.height - MAX_ALARMS)
            note = desk.joined(note, more)
        grids.append(
            Grid(
                name="alarms",
                title=words.say(msg("Alarms of the last fourteen days, latest first")),
                heads=tuple(
                    words.say(head)
                    for head in (
                        msg("Area"),
                        msg("Date"),
                        msg("Method"),
                        msg("Reports"),
                        msg("Expected"),
                        msg("Limit"),
                        msg("New"),
                    )
                ),
                numeric=(False, False, False, True, True, True, False),
                rows=rows,
                note=note,
                table="alarms",
                mark=desk.mark("alarms"),
            )
        )
    return Section(name="alarms", title=words.say(msg("Alarms")), lines=lines, grids=tuple(grids))


def places_section(desk: Desk) -> Section:
    """Places by recent infections."""
    words, findings = desk.words, desk.findings
    places = findings.tables["places"]
    if places.is_empty():
        return Section(name="places", title="")
    rows = tuple(
        (
            Cell(text=in_script(row["name"] or row["place_id"], words.lang)),
            Cell(text=words.name(row["area_id"])),
            Cell(text=words.term(row["kind"])),
            Cell(text=_least(words, row, "cases_7d")),
            Cell(text=_least(words, row, "cases_14d")),
            Cell(text=words.spell(row["last_date"], "day")),
        )
        for row in places.head(MAX_PLACES).iter_rows(named=True)
    )
    grid = Grid(
        name="places",
        title=words.say(msg("Places by recent infections")),
        heads=tuple(
            words.say(head)
            for head in (msg("Place"), msg("Area"), msg("Kind"), msg("7 days"), msg("14 days"), msg("Last"))
        ),
        numeric=(False, False, False, True, True, True),
        rows=rows,
        note=words.say(msg("{stamp} All places stand in the table."), stamp=desk.stamp),
        table="places",
        mark=desk.mark("places"),
    )
    lines = desk.said([s for s in findings.sentences["where"] if s.code.startswith("places_")])
    return Section(name="places", title=words.say(msg("Places")), lines=lines, grids=(grid,))


def _least(words: Words, place: dict[str, Any], column: str) -> str:
    """A number of infections, marked where it is a lower bound."""
    text = words.spell(place[column], "n")
    return f"≥ {text}" if place.get("at_least") else text
