"""The pages behind page one: the detail for the epidemiologist."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from seawall.brief.detail_zones import zones_section
from seawall.brief.document import Cell, Desk, Grid, Section
from seawall.brief.figures import curves
from seawall.brief.figures.small import spark
from seawall.brief.methods import about_section
from seawall.brief.sentences.earlies import latest_delays
from seawall.brief.tables import MIN_REPORTS_FOR_R, TRUSTED_COMPLETENESS
from seawall.brief.vocabulary import SHORT, SPAN
from seawall.brief.words import Words, in_script, msg

MAX_DISTRICTS = 40
MIN_DELAYS = 5
"""People below which a district's delays of a week are not quoted."""

MAX_ALARMS = 25
MAX_PLACES = 25


def make_sections(desk: Desk) -> tuple[Section, ...]:
    """Every section that has something to show."""
    sections = (
        _curve(desk),
        _trend(desk),
        _districts(desk),
        _earlies(desk),
        _alarms(desk),
        _places(desk),
        zones_section(desk),
        _forecast(desk),
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
                Cell(text=_with_interval(words, row["r_q50"], row["r_q2.5"], row["r_q97.5"], ".1")),
                Cell(text=_with_interval(words, row["share_in_control"], row["share_q2.5"], row["share_q97.5"], "%")),
                Cell(text=_with_interval(words, row["forecast_q50"], row["forecast_q5"], row["forecast_q95"], "~")),
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


def _with_interval(words: Words, middle: float | None, low: float | None, high: float | None, spec: str) -> str:
    if middle is None or low is None or high is None:
        return "–"
    return f"{words.spell(middle, spec)} ({words.range(low, high, spec)})"


def _earlies(desk: Desk) -> Section:
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
    shown = [findings.root, *findings.tables["districts"]["area_id"].to_list()[:MAX_DISTRICTS]]
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
            text = _with_interval(words, row["median"], row["median_low"], row["median_high"], ".1")
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


def _alarms(desk: Desk) -> Section:
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


def _places(desk: Desk) -> Section:
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


def _forecast(desk: Desk) -> Section:
    words, findings = desk.words, desk.findings
    table = findings.tables["forecast"].filter(pl.col("model_id") == (findings.model or ""))
    grids = []
    order = [findings.root, *findings.tables["districts"]["area_id"].to_list()[:MAX_DISTRICTS]]
    horizons = [h for h in (1, 7, 14) if h in set(table["horizon"].to_list())]
    if table.height and horizons:
        values = {(row["location"], row["horizon"]): row for row in table.iter_rows(named=True)}
        dates = {row["horizon"]: row["target_end_date"] for row in table.iter_rows(named=True)}
        rows = []
        for area_id in order:
            found = [values.get((area_id, horizon)) for horizon in horizons]
            if not any(found):
                continue
            cells = [Cell(text=words.name(area_id))]
            for row in found:
                cells.append(Cell(text="–" if row is None else words.spell(row["q50"], "~")))
                cells.append(Cell(text="–" if row is None else words.range(row["q25"], row["q75"], "~")))
                cells.append(Cell(text="–" if row is None else words.range(row["q5"], row["q95"], "~")))
            rows.append(tuple(cells))
        heads = [words.say(msg("Area"))]
        for horizon in horizons:
            day = words.spell(dates[horizon], "short")
            heads += [day, words.say(msg("50%")), words.say(msg("90%"))]
        grids.append(
            Grid(
                name="forecast",
                title=words.say(msg("Reports a day expected, by district")),
                heads=tuple(heads),
                numeric=(False, *(True for _ in heads[1:])),
                rows=tuple(rows),
                note=words.say(
                    msg("Median, 50% and 90% interval, rounded to two digits. {stamp}"),
                    stamp=desk.stamp,
                ),
                table="forecast",
                mark=desk.mark("forecast"),
            )
        )
    track = findings.tables["track_record"].filter(pl.col("location") == findings.root)
    if track.height:
        grids.append(_track(desk, track))
    return Section(
        name="forecast", title=words.say(msg("Forecast and its record")), lines=desk.lines("ahead"), grids=tuple(grids)
    )


def _track(desk: Desk, track: pl.DataFrame) -> Grid:
    words = desk.words
    rows = tuple(
        (
            Cell(text=words.term(row["model_id"])),
            Cell(text=words.spell(row["horizon_week"], "n")),
            Cell(text=words.spell(row["n"], "n")),
            Cell(text=words.spell(row["coverage_50"], "%")),
            Cell(text=words.spell(row["coverage_90"], "%")),
            Cell(text=words.spell(row["mae"], ".1")),
            Cell(text=words.spell(row["wis"], ".1")),
            Cell(text=words.spell(row["relative_wis"], ".2")),
        )
        for row in track.sort("horizon_week", "model_id").iter_rows(named=True)
    )
    return Grid(
        name="track",
        title=words.say(msg("How earlier forecasts for this city did")),
        heads=tuple(
            words.say(head)
            for head in (
                msg("Model"),
                msg("Week ahead"),
                msg("Forecasts"),
                msg("in 50%"),
                msg("in 90%"),
                msg("Mean error"),
                msg("WIS"),
                msg("against naive"),
            )
        ),
        numeric=(False, *(True for _ in range(7))),
        rows=rows,
        note=words.say(
            msg(
                "In 50% and in 90%: share of what came that lay in the interval. WIS: weighted interval score, "
                "smaller is "
                "better; against naive: below 1 is better than the baseline. {stamp}"
            ),
            stamp=desk.stamp,
        ),
        table="track_record",
        mark=desk.mark("track_record"),
    )


def _missing(desk: Desk) -> Section:
    words = desk.words
    return Section(
        name="missing",
        title=words.say(msg("What data are missing, and what that hides")),
        lines=(*desk.lines("missing"), *desk.lines("notes")),
    )
