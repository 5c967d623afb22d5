"""Page one: what the duty officer must know."""

from __future__ import annotations

import polars as pl

from seawall.brief.document import Card, Cell, Desk, Figure, Front, Grid, Panel
from seawall.brief.figures import curves, maps
from seawall.brief.sentence import Sentence
from seawall.brief.sentences.earlies import FOUR_EARLIES, latest_delays
from seawall.brief.sentences.zoning import restricted
from seawall.brief.vocabulary import SHORT, SPAN
from seawall.brief.words import Words, msg

MAX_MISSING = 5
"""Gaps named on page one; the rest stand behind it."""

MAX_RULES = 8
"""Rule sets compared on page one."""


def make_front(desk: Desk) -> Front:
    """Page one."""
    lines = {part: desk.lines(part) for part in ("changed", "sure", "where", "earlies", "ahead", "rules", "missing")}
    rest = len(lines["missing"]) + len(desk.lines("notes")) - MAX_MISSING
    return Front(
        cards=_cards(desk),
        changed=lines["changed"],
        sure=lines["sure"],
        where=lines["where"],
        map=risk_map(desk),
        panels=_panels(desk),
        earlies=lines["earlies"],
        ahead=lines["ahead"],
        fan=forecast_figure(desk),
        missing=(*desk.lines("notes"), *lines["missing"])[:MAX_MISSING],
        more_missing=desk.words.say(msg("{n:n} further gaps: see behind."), n=rest) if rest > 0 else "",
        rules=_rules(desk),
        rule_lines=lines["rules"],
    )


def _cards(desk: Desk) -> tuple[Card, ...]:
    said = {sentence.code: sentence for part in desk.findings.sentences.values() for sentence in part}
    return (
        _reports_card(desk, said),
        _control_card(desk, said),
        _reproduction_card(desk, said),
        _pace_card(desk, said),
    )


def _unknown(label: str, words: Words) -> Card:
    return Card(label=label, value="–", detail=words.say(msg("not known from these data")))


def _first(said: dict[str, Sentence], *codes: str) -> Sentence | None:
    return next((said[code] for code in codes if code in said), None)


def _reports_card(desk: Desk, said: dict[str, Sentence]) -> Card:
    words = desk.words
    label = words.say(msg("New infections, {on:day}"), on=desk.findings.on)
    today = _first(said, "reports_more", "reports_fewer", "reports_same", "reports_none", "reports_today")
    if today is None:
        return Card(label=label, value="–", detail=words.say(msg("not in yet")))
    details = {
        "reports_more": msg("{difference:n} more than the day before"),
        "reports_fewer": msg("{difference:n} fewer than the day before"),
        "reports_same": msg("as many as the day before"),
        "reports_none": msg("{yesterday:n} the day before"),
        "reports_today": msg("the day before is not in"),
    }
    detail = words.say(details[today.code], **today.facts)
    return Card(label=label, value=words.spell(today.facts["today"], "n"), detail=detail)


def _control_card(desk: Desk, said: dict[str, Sentence]) -> Card:
    words = desk.words
    label = words.say(msg("Found in control, 7 days"))
    found = _first(said, "control_share_down", "control_share_up", "control_share_level", "control_share")
    if found is None:
        return _unknown(label, words)
    detail = words.say(msg("95% interval {low:%} to {high:%}"), **found.facts)
    return Card(label=label, value=words.spell(found.facts["share"], "%"), detail=detail)


def _reproduction_card(desk: Desk, said: dict[str, Sentence]) -> Card:
    words = desk.words
    label = words.say(msg("Reproduction number R"))
    found = _first(said, "reproduction_by_event", "reproduction_by_report")
    if found is None:
        return _unknown(label, words)
    detail = words.say(msg("95% interval {low:.2} to {high:.2}, up to {until:day}"), **found.facts)
    return Card(label=label, value=words.spell(found.facts["r"], ".2"), detail=detail)


def _pace_card(desk: Desk, said: dict[str, Sentence]) -> Card:
    words = desk.words
    found = _first(said, "pace_doubling", "pace_halving", "pace_open")
    if found is None:
        return _unknown(words.say(msg("Doubling time")), words)
    facts = found.facts
    if found.code == "pace_open":
        return Card(
            label=words.say(msg("Pace")),
            value=words.say(msg("not settled")),
            detail=words.say(msg("from halving in {halving:.1} to doubling in {doubling:.1} days (95%)"), **facts),
        )
    label = words.say(msg("Doubling time") if found.code == "pace_doubling" else msg("Halving time"))
    return Card(
        label=label,
        value=words.say(msg("{days:.1} days"), days=facts["days"]),
        detail=words.say(msg("95% interval {low:.1} to {high:.1} days"), **facts),
    )


def _panels(desk: Desk) -> tuple[Panel, ...]:
    """The four earlies; none where not one of them is known: a sentence says so."""
    known = latest_delays(desk.findings.tables["delays"], desk.findings.root)["delay"].to_list()
    return tuple(_panel(desk, delay) for delay in FOUR_EARLIES) if set(known) & set(FOUR_EARLIES) else ()


def _panel(desk: Desk, delay: str) -> Panel:
    """One of the four earlies: its median against its target, with its trend."""
    words, findings = desk.words, desk.findings
    title, span = words.say(SHORT[delay]), words.say(SPAN[delay])
    delays = findings.tables["delays"]
    latest = latest_delays(delays, findings.root).filter(pl.col("delay") == delay)
    if latest.is_empty():
        return Panel(
            title=title,
            span=span,
            value="–",
            verdict=words.say(msg("not known from these data")),
            details=(),
            svg="",
        )
    row = latest.row(0, named=True)
    weeks = (
        delays.filter(pl.col("area_id") == findings.root, pl.col("delay") == delay, pl.col("median").is_not_null())
        .sort("period_end")
        .tail(8)
    )
    verdict = ""
    if row["target_days"] is not None:
        text = (
            msg("within its target of {days:.0}")
            if row["median"] <= row["target_days"]
            else msg("beyond its target of {days:.0}")
        )
        verdict = words.say(text, days=row["target_days"])
    details = [_interval_of_median(words, row)]
    if row["within_target"] is not None:
        text = msg("{share:%} in time ({low:%} to {high:%})")
        details.append(words.say(text, share=row["within_target"], low=row["within_low"], high=row["within_high"]))
    details.append(_trend(words, row))
    if delay == "report_to_isolation" and row["median"] < 0:
        details.append(words.say(msg("below zero: isolated before the report")))
    return Panel(
        title=title,
        span=span,
        value=words.say(msg("{days:.1} days"), days=row["median"]),
        verdict=verdict,
        details=tuple(detail for detail in details if detail),
        svg=curves.delay_trend(
            weeks,
            words,
            name=f"early-{delay}",
            title=title,
            alt=words.say(msg("Median by week, with the 10th to 90th percentile shaded and the target dashed.")),
            small=True,
        ),
    )


def _interval_of_median(words: Words, row: dict[str, float]) -> str:
    facts = {"low": row["median_low"], "high": row["median_high"], "n": row["n"]}
    return words.say(msg("95% interval {low:.1} to {high:.1}; n = {n:n}"), **facts)


def _trend(words: Words, row: dict[str, float | None]) -> str:
    slope, low, high = row["trend_days_per_week"], row["trend_low"], row["trend_high"]
    if slope is None or low is None or high is None:
        return words.say(msg("trend: too few weeks"))
    facts = {"days": abs(slope), "low": min(abs(low), abs(high)), "high": max(abs(low), abs(high))}
    if low > 0:
        return words.say(msg("↑ slower by {days:.2} days a week ({low:.2} to {high:.2})"), **facts)
    if high < 0:
        return words.say(msg("↓ faster by {days:.2} days a week ({low:.2} to {high:.2})"), **facts)
    return words.say(msg("→ no clear trend ({low:.2} to {high:.2} days a week)"), low=low, high=high)


def risk_map(desk: Desk) -> Figure | None:
    """The map; None where nothing has a shape or a point."""
    findings, words = desk.findings, desk.words
    areas, polygons = findings.city.areas, findings.city.polygons
    table = findings.tables["map"]
    rated = table["last7_per_100k"].is_not_null().any()
    column = "last7_per_100k" if rated else "last7"
    shades = [
        maps.Shade(
            area_id=row["area_id"],
            value=row[column],
            geometry=polygons.get(row["area_id"]),
            lon=areas[row["area_id"]].lon,
            lat=areas[row["area_id"]].lat,
        )
        for row in table.iter_rows(named=True)
    ]
    places = findings.tables["places"]
    dots = [
        maps.Dot(lon=row["lon"], lat=row["lat"], size=row["cases_14d"])
        for row in places.iter_rows(named=True)
        if row["lon"] is not None and row["lat"] is not None
    ]
    marks = _zone_marks(desk)
    if not any(shade.geometry is not None or shade.lon is not None for shade in shades) and not dots:
        return None
    title = words.say(msg("Reports in seven days per 100,000 residents") if rated else msg("Reports in seven days"))
    where = [line.text for line in desk.lines("where")]
    alt = desk.joined(words.say(msg("Map of the districts.")), *where)
    caption = words.say(msg("Shaded by reports of the last seven days; rings: places with infections in 14 days."))
    if marks:
        caption = desk.joined(caption, words.say(msg("Zones: {rules:area}."), rules=findings.maps[0].rules))
    svg = maps.risk_map(shades, dots, marks, words, title=title, alt=alt)
    return desk.figure("map", svg, title=title, alt=alt, caption=caption, table="map")


def _zone_marks(desk: Desk) -> list[maps.ZoneMark]:
    findings = desk.findings
    if not findings.maps:
        return []
    first = findings.maps[0]
    strict = set(first.totals.filter(pl.col("restricts"))["tier"].to_list())
    areas, polygons = findings.city.areas, findings.city.polygons
    spots = {
        row["place_id"]: (row["lon"], row["lat"])
        for row in findings.situation.places.iter_rows(named=True)
        if row["lon"] is not None
    }
    marks = []
    for row in first.zones.filter(pl.col("tier").is_in(sorted(strict))).iter_rows(named=True):
        if row["place_id"] is not None:
            if row["place_id"] in spots:
                lon, lat = spots[row["place_id"]]
                marks.append(maps.ZoneMark(geometry=None, lon=lon, lat=lat))
        elif row["area_id"] in areas:
            area = areas[row["area_id"]]
            marks.append(maps.ZoneMark(geometry=polygons.get(row["area_id"]), lon=area.lon, lat=area.lat))
    return marks


def forecast_figure(desk: Desk) -> Figure | None:
    """The forecast for the city; None where there is none."""
    findings, words = desk.findings, desk.words
    table = findings.tables["forecast"]
    mine = table.filter(pl.col("location") == findings.root).sort("target_end_date")
    ahead = mine.filter(pl.col("model_id") == (findings.model or ""), pl.col("q50").is_not_null())
    if ahead.is_empty():
        return None
    naive = mine.filter(pl.col("model_id") == "baseline") if findings.model != "baseline" else mine.clear()
    title = words.say(msg("Reports a day: the last four weeks and the next two"))
    alt = desk.joined(*(line.text for line in desk.lines("ahead")))
    svg = curves.forecast_fan(findings.tables["epidemic_curve"], ahead, naive, words, title=title, alt=alt)
    caption = words.say(msg("Line: median; shaded: 50% and 90% intervals; dotted: 90% interval of the naive baseline."))
    return desk.figure("forecast", svg, title=title, alt=alt, caption=caption, table="forecast")


def _rules(desk: Desk) -> Grid | None:
    """Rule sets side by side: what each would restrict today, and what the next smaller zones would."""
    findings, words = desk.findings, desk.words
    if not findings.maps:
        return None
    sums = restricted(findings.tables["zone_totals"])
    smaller = findings.tables["zone_smaller"]
    rows = []
    for row in sums.head(MAX_RULES).iter_rows(named=True):
        finer = smaller.filter(pl.col("rules") == row["rules"], pl.col("smaller_residents").is_not_null())
        least, residents = "–", float(finer["smaller_residents"].sum())
        if finer.height and residents < (row["residents"] or 0):
            estimated = finer["estimate"].any()
            least = words.say(msg("about {n:~}"), n=residents) if estimated else words.spell(residents, "n")
        mark = "\N{NO-BREAK SPACE}†" if _out_of_force(desk, row["rules"]) else ""
        rows.append(
            (
                Cell(text=words.name(row["rules"]) + mark),
                Cell(text=words.spell(row["zones"], "n")),
                Cell(text=words.spell(row["residents"], "n")),
                Cell(text=words.spell(row["person_days"], "n")),
                Cell(text=least),
            )
        )
    marked = any(_out_of_force(desk, rules) for rules in sums["rules"].head(MAX_RULES))
    return Grid(
        name="rules",
        title=words.say(msg("What the rule sets would restrict")),
        heads=(
            words.say(msg("Rule set")),
            words.say(msg("Zones")),
            words.say(msg("Residents")),
            words.say(msg("Person-days")),
            words.say(msg("Residents, next smaller zones")),
        ),
        numeric=(False, True, True, True, True),
        rows=tuple(rows),
        note=words.say(msg("† Not in force on that day; drawn for comparison.")) if marked else "",
        table="zone_totals",
        mark=desk.mark("zone_totals"),
        narrow=True,
    )


def _out_of_force(desk: Desk, rules: str) -> bool:
    drawn = next(drawn for drawn in desk.findings.maps if drawn.rules == rules)
    return drawn.drawn_by is not None and not drawn.drawn_by.in_force(drawn.on)
