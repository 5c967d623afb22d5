"""The pages behind page one: the detail for the epidemiologist."""

from __future__ import annotations

from datetime import date

import polars as pl

from seawall.brief.detail_ahead import forecast_section
from seawall.brief.detail_lists import alarms_section, earlies_section, places_section
from seawall.brief.detail_zones import zones_section
from seawall.brief.document import Cell, Desk, Grid, Section
from seawall.brief.figures import curves
from seawall.brief.figures.small import spark
from seawall.brief.methods import about_section
from seawall.brief.tables import MIN_REPORTS_FOR_R, TRUSTED_COMPLETENESS
from seawall.brief.words import msg

MAX_DISTRICTS = 40


def make_sections(desk: Desk) -> tuple[Section, ...]:
    """Every section that has something to show."""
    sections = (
        _curve(desk),
        _trend(desk),
        _districts(desk),
        earlies_section(desk),
        alarms_section(desk),
        places_section(desk),
        zones_section(desk),
        forecast_section(desk),
        _missing(desk),
        about_section(desk),
    )
    return tuple(
        section for section in sections if section.lines or section.figures or section.grids or section.paragraphs
    )


def _curve(desk: Desk) -> Section:
    words, tables = desk.words, desk.findings.tables
    curve = tables["epidemic_curve"]
    figures = []
    title = words.say(msg("Infections by date of report"))
    split = curve["in_control"].is_not_null().any() or curve["in_community"].is_not_null().any()
    alt = desk.joined(*(line.text for line in desk.lines("changed")[:3]))
    caption = words.say(
        msg("Stacked by how they were found; line: mean of seven days.") if split else msg("Line: mean of seven days.")
    )
    svg = curves.epidemic_curve(curve, words, title=title, alt=alt)
    figures.append(desk.figure("curve", svg, title=title, alt=alt, caption=caption, table="epidemic_curve"))
    share = (
        tables["spread"]
        .filter(pl.col("area_id") == desk.findings.root, pl.col("share_in_control").is_not_null())
        .sort("date")
    )
    if share.height > 1:
        title = words.say(msg("Share found in control, seven days"))
        caption = words.say(
            msg("Found in quarantine or a closed loop; shaded: 95% interval. Falling: the chain slips.")
        )
        svg = curves.with_band(
            share,
            words,
            name="control",
            columns=("share_q2.5", "share_in_control", "share_q97.5"),
            level=float("nan"),
            spec="%",
            title=title,
            alt=caption,
            ceiling=1.0,
            floor=0.0,
        )
        figures.append(desk.figure("control", svg, title=title, alt=caption, caption=caption, table="spread"))
    if curve["imported"].is_not_null().any() and curve["imported"].fill_null(0).sum() > 0:
        title = words.say(msg("Local and imported infections"))
        caption = words.say(msg("By date of report; each panel has its own scale."))
        svg = curves.origins(curve, words, title=title, alt=caption)
        figures.append(desk.figure("origins", svg, title=title, alt=caption, caption=caption, table="epidemic_curve"))
    nowcast = tables["nowcast"]
    if nowcast.height:
        clock = str(nowcast["clock"][0])
        title = words.say(msg("Infections by date of {clock:term}, recent days completed"), clock=clock)
        caption = words.say(
            msg(
                "Bars: reported so far; line: expected once all reports are in, with its 90% interval. Hatched days: "
                "less than {share:%} reported."
            ),
            share=TRUSTED_COMPLETENESS,
        )
        svg = curves.nowcast(nowcast, words, trusted=TRUSTED_COMPLETENESS, title=title, alt=caption)
        figures.append(desk.figure("nowcast", svg, title=title, alt=caption, caption=caption, table="nowcast"))
    return Section(name="curve", title=words.say(msg("The curve and how infections are found")), figures=tuple(figures))


def _trend(desk: Desk) -> Section:
    words, tables = desk.words, desk.findings.tables
    figures = []
    for name, columns, level, spec, title, caption, ceiling, floor in (
        (
            "reproduction",
            ("q2.5", "q50", "q97.5"),
            1.0,
            ".1",
            msg("Reproduction number over time"),
            msg(
                "Median of a sliding window, by its last day; shaded: 95% interval. Dashed: 1, neither grows nor "
                "shrinks. Days with an interval wider than the axis are left out."
            ),
            6.0,
            0.0,
        ),
        (
            "growth",
            ("growth_per_day_q2.5", "growth_per_day_q50", "growth_per_day_q97.5"),
            0.0,
            "%",
            msg("Growth per day over time"),
            msg(
                "Shaded: 95% interval. Dashed: 0, neither grows nor shrinks. Days with an interval wider than the axis "
                "are left out."
            ),
            0.6,
            -0.6,
        ),
    ):
        table = tables[name].filter(pl.col(columns[1]).is_not_null(), pl.col("end") >= _begun(tables["epidemic_curve"]))
        if table.height < 2:
            continue
        # An interval as wide as the axis says nothing; the line breaks there.
        told = (pl.col(columns[2]) - pl.col(columns[0])) <= ceiling - floor
        table = table.with_columns(pl.when(told).then(pl.col(column)).alias(column) for column in columns)
        until = table.filter(pl.col("quoted") == 1)["end"].max()
        said = words.say(caption)
        svg = curves.with_band(
            table,
            words,
            name=name,
            columns=columns,
            level=level,
            spec=spec,
            title=words.say(title),
            alt=said,
            trusted_to=until if isinstance(until, date) else None,
            ceiling=ceiling,
            floor=floor,
        )
        figures.append(desk.figure(name, svg, title=words.say(title), alt=said, caption=said, table=name))
    return Section(name="trend", title=words.say(msg("Growth")), figures=tuple(figures))


def _begun(curve: pl.DataFrame) -> date:
    """The first day of the curve with enough reports behind it for an estimate to say something."""
    enough = curve.filter(
        pl.col("reports").fill_null(0).rolling_sum(14, min_samples=1) >= MIN_REPORTS_FOR_R  # the rule districts follow
    )
    first = (enough if enough.height else curve)["date"].min()
    assert isinstance(first, date)
    return first


def _districts(desk: Desk) -> Section:
    words, findings = desk.words, desk.findings
    table = findings.tables["districts"]
    if table.is_empty():
        return Section(name="districts", title="")
    curve_of = {
        str(area_id): dict(zip(rows["date"].to_list(), rows["reports"].to_list(), strict=True))
        for (area_id,), rows in findings.tables["district_curves"].partition_by("area_id", as_dict=True).items()
    }
    days = findings.tables["epidemic_curve"]["date"].to_list()[-56:]
    rows = []
    for row in table.head(MAX_DISTRICTS).iter_rows(named=True):
        reports = curve_of.get(row["area_id"], {})
        rows.append(
            (
                Cell(text=words.name(row["area_id"])),
                Cell(svg=spark([reports.get(day) for day in days])),
                Cell(text=words.spell(row["today"], "n")),
                Cell(text=words.spell(row["last7"], "n")),
                Cell(text=words.spell(row["prior7"], "n")),
                Cell(text=words.spell(row["last7_per_100k"], "rate")),
                Cell(text=words.with_interval(row["r_q50"], row["r_q2.5"], row["r_q97.5"], ".1")),
                Cell(text=words.with_interval(row["share_in_control"], row["share_q2.5"], row["share_q97.5"], "%")),
                Cell(text=words.with_interval(row["forecast_q50"], row["forecast_q5"], row["forecast_q95"], "~")),
            )
        )
    left_out = table.height - len(rows)
    notes = [
        words.say(
            msg(
                "R: median and 95% interval; found in control: last seven days, 95% interval; forecast: reports "
                "a day "
                "in seven days, median and 90% interval. {stamp}"
            ),
            stamp=desk.stamp,
        )
    ]
    if left_out > 0:
        notes.append(words.say(msg("{n:n} more districts stand in the table."), n=left_out))
    grid = Grid(
        name="districts",
        title=words.say(msg("Districts, most reports first")),
        heads=(
            words.say(msg("District")),
            words.say(msg("8 weeks")),
            words.say(msg("Today")),
            words.say(msg("7 days")),
            words.say(msg("7 before")),
            words.say(msg("per 100,000")),
            words.say(msg("R")),
            words.say(msg("In control")),
            words.say(msg("Forecast")),
        ),
        numeric=(False, False, True, True, True, True, True, True, True),
        rows=tuple(rows),
        note=desk.joined(*notes),
        table="districts",
        mark=desk.mark("districts"),
    )
    lines = desk.said([s for s in findings.sentences["where"] if s.code.startswith("districts_")])
    return Section(name="districts", title=words.say(msg("Districts")), lines=lines, grids=(grid,))


def _missing(desk: Desk) -> Section:
    words = desk.words
    return Section(
        name="missing",
        title=words.say(msg("What data are missing, and what that hides")),
        lines=(*desk.lines("missing"), *desk.lines("notes")),
    )
