"""Whom a choice asks what of: zones that could be smaller, who bears it, and output by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from seawall.brief.choice_options import drawn, ruled
from seawall.brief.choice_words import GROUPINGS, INCOMES, STAGES, ChoiceDesk
from seawall.brief.document import Figure, Grid, Section
from seawall.brief.figures.choice_bearers import MOST_ACROSS, Borne, borne_by
from seawall.brief.figures.choice_courses import SectorCourse, by_sector
from seawall.brief.words import in_script, msg
from seawall.twin.economy import Prices

MOST_GROUPS = 20
"""Groups pictured, those that bear most; the table holds all."""

MOST_SECTORS = 8
"""Sectors pictured, those that lose most."""

CHANGES = ("restricted_days", "lost_work_days", "infections", "deaths")
"""What leaving an area out saves, then what it risks."""

MOST_ZONES = 25
"""Zones in the table on the page."""


def zones(desk: ChoiceDesk) -> Section:
    """For every area the choice without it, the next smaller zone, and what that risks."""
    words, table = desk.words, desk.told.tables["zones"]
    events = [event for event in CHANGES if event in table.columns]
    shown = table.sort(events[0], nulls_last=True).head(MOST_ZONES) if events else table.head(MOST_ZONES)
    rows = [
        (
            _area(desk, row),
            words.spell(row["people"], "n"),
            *(desk.spread(row[event], row.get(f"{event}_low"), row.get(f"{event}_high")) for event in events),
            words.say(msg("{p:%} instead of {whole:%}"), p=row["p_meets"], whole=row["p_meets_whole"]),
        )
        for row in shown.iter_rows(named=True)
    ]
    heads = [words.say(msg("Area left out")), words.say(msg("People")), *(desk.heading(event) for event in events)]
    notes = [
        words.say(
            msg(
                "Change of the mean where the limits of the choice leave the area out, all else and the luck the same "
                "(90% interval). Below zero: saved. Above: what it risks."
            )
        )
    ]
    if table.height > shown.height:
        notes.append(words.say(msg("In the file, not shown here: {n:n}."), n=table.height - shown.height))
    grid = ruled(
        "zones",
        words.say(msg("The choice without one area")),
        [*heads, words.say(msg("Share of runs that meet the goal"))],
        [False, True, *(True for _ in events), True],
        rows,
        note=words.gap.join(notes),
        table="zones.csv",
    )
    title = words.say(msg("For every area the next smaller zone, and what it risks"))
    return Section(name="smaller", title=title, grids=(grid,))


def _area(desk: ChoiceDesk, row: Mapping[str, Any]) -> str:
    """Name of an area: as the choice tells it in every script, else as the table does."""
    code = row["area_id"]
    return desk.words.name(code) if code in desk.words.names else in_script(row.get("name") or code, desk.words.lang)


def bearers(desk: ChoiceDesk) -> Section:
    """Who bears it: by district, sector, income and age."""
    words, table = desk.words, desk.told.tables["bearers"]
    told = [by for by in GROUPINGS if table.filter((pl.col("by") == by) & (pl.col("strategy") == desk.shown)).height]
    paragraphs = [
        words.say(
            msg("Per 1,000 people of the group. Bars: mean of the runs; lines: 9 of 10 runs. Stroke: the runner-up.")
        )
    ]
    if "income" in told:
        paragraphs.append(
            words.say(
                msg("Income: thirds of the workers by the value added per worker of their sector, a stand-in for pay.")
            )
        )
    absent = [words.say(GROUPINGS[by]) for by in GROUPINGS if by not in told]
    if absent:
        paragraphs.append(words.say(msg("Not told: {names}."), names=words.listed(absent)))
    return Section(
        name="bearers",
        title=words.say(msg("Who bears it")),
        figures=tuple(_borne(desk, table.filter(pl.col("by") == by), by) for by in told),
        paragraphs=tuple(paragraphs),
    )


def _borne(desk: ChoiceDesk, table: pl.DataFrame, by: str) -> Figure:
    words = desk.words
    mine = table.filter(pl.col("strategy") == desk.shown)
    other = table.filter(pl.col("strategy") == (desk.told.runner_up or ""))
    kinds = _kinds(mine)
    latin = dict(mine.select("group", "name").rows()) if "name" in mine.columns else {}
    groups = _groups(mine.filter(pl.col("what").is_in(kinds)), by)
    panels = []
    for what in kinds:
        known = {row["group"]: row for row in mine.filter(pl.col("what") == what).iter_rows(named=True)}
        told = "per_1000" if any(row["per_1000"] is not None for row in known.values()) else "mean"
        second = dict(other.filter(pl.col("what") == what).select("group", told).rows())
        heading = desk.heading(what)
        panels.append(
            Borne(
                heading=heading if told == "per_1000" else words.say(msg("{name}, in all"), name=heading),
                values=tuple(_ends(known.get(group), told) for group in groups),
                other=tuple(second.get(group) for group in groups),
            )
        )
    title = words.say(GROUPINGS[by])
    alt = words.say(msg("Bars by group, per 1,000 people of it."))
    svg = borne_by(
        [_group(desk, group, by, groups, latin) for group in groups],
        panels,
        words,
        labels=(desk.kinds()["chosen"], desk.kinds()["runner_up"]),
        name=f"bearers-{by}",
        title=title,
        alt=alt,
    )
    return drawn(f"bearers-{by}", svg, title, alt, "", "bearers.csv")


def _kinds(mine: pl.DataFrame) -> list[str]:
    """The kinds of burden that have room: those that are anything at all, the more important first."""
    order = (
        "restricted_days",
        "jobs_lost",
        "lost_work_days",
        "output_lost",
        "deaths",
        "infections",
        "lost_school_days",
        "life_years_lost",
    )
    there = list(dict.fromkeys(mine.filter(pl.col("mean") > 0)["what"]))
    ranked = sorted(there, key=lambda what: order.index(what) if what in order else len(order))
    return ranked[:MOST_ACROSS] or list(dict.fromkeys(mine["what"]))[:1]


def _groups(mine: pl.DataFrame, by: str) -> list[str]:
    """Groups as the city orders them if they are ages or incomes, else those that bear most of the first kind."""
    known = list(dict.fromkeys(mine["group"]))
    if by in ("age", "income", "stage"):
        return sorted(known, key=_first_number) if by == "age" else known
    first = mine.filter(pl.col("what") == mine["what"][0])
    weight = dict(first.select("group", "per_1000").rows())
    return sorted(known, key=lambda group: -(weight.get(group) or 0.0))[:MOST_GROUPS]


def _first_number(group: str) -> int:
    digits = group.replace("+", "-").partition("-")[0]
    return int(digits) if digits.isdigit() else 0


def _group(desk: ChoiceDesk, group: str, by: str, groups: Sequence[str], latin: Mapping[str, str]) -> str:
    words = desk.words
    if by in ("income", "stage"):
        known = INCOMES if by == "income" else STAGES
        return words.say(known[group]) if group in known else group
    if by == "age" and group.isdigit():
        after = [int(other) for other in groups if other.isdigit() and int(other) > int(group)]
        return f"{group}\N{EN DASH}{min(after) - 1}" if after else f"{group}+"
    return words.name(group) if group in words.names else in_script(latin.get(group) or group, words.lang)


def _ends(row: Mapping[str, Any] | None, told: str) -> tuple[float, float, float]:
    """Low end, mean and high end, per 1,000 or in all."""
    if row is None or row[told] is None:
        return 0.0, 0.0, 0.0
    factor = row[told] / row["mean"] if row["mean"] else 0.0
    return factor * row["q5"], row[told], factor * row["q95"]


def output(desk: ChoiceDesk) -> Section:
    """Output by day and sector, and how much a year of life must be worth for the choice to be worth its cost."""
    words = desk.words
    even = desk.told.told.get("break_even") or []
    grids = ([_break_even(desk)] if even else []) + ([_loss(desk)] if desk.told.told.get("loss") else [])
    return Section(
        name="output",
        title=words.say(msg("Output day by day, and what a year of life must be worth")),
        figures=tuple(_sectors(desk)),
        grids=tuple(grids),
        paragraphs=()
        if even
        else (
            words.say(msg("No break-even value: it takes life years and output lost, and one of them is not told.")),
        ),
    )


def _sectors(desk: ChoiceDesk) -> Iterator[Figure]:
    table = desk.told.tables.get("output_daily")
    mine = None if table is None else table.filter(pl.col("strategy") == desk.shown)
    if table is None or mine is None or mine.is_empty():
        return
    words = desk.words
    days = mine["date"].unique().sort().to_list()
    lowest = mine.group_by("sector", maintain_order=True).agg(pl.col("q50").mean()).sort("q50", maintain_order=True)
    ranked = sorted(lowest["sector"].to_list(), key=lambda sector: sector not in ("all", "city"))
    shown = []
    for sector in ranked[:MOST_SECTORS]:
        rows = mine.filter(pl.col("sector") == sector).sort("date")
        second = table.filter((pl.col("strategy") == (desk.told.runner_up or "")) & (pl.col("sector") == sector))
        other = second.sort("date")["q50"].to_numpy() if second.height == len(days) else None
        low, middle, high = (rows[column].to_numpy() for column in ("q5", "q50", "q95"))
        if middle.size == len(days):
            label = words.say(msg("the whole city")) if sector in ("all", "city") else in_script(sector, words.lang)
            shown.append(SectorCourse(label=label, low=low, middle=middle, high=high, other=other))
    title = words.say(msg("Output by sector, as a share of a usual day"))
    alt = words.say(msg("A small curve for each sector, those that lose most first. Bands: 9 of 10 runs."))
    caption = alt
    if len(ranked) > len(shown):
        more = words.say(msg("In the file, not shown here: {n:n}."), n=len(ranked) - len(shown))
        caption = f"{alt}{words.gap}{more}"
    svg = by_sector(
        days,
        shown,
        words,
        labels=(desk.kinds()["chosen"], desk.kinds()["runner_up"]),
        name="output",
        title=title,
        alt=alt,
    )
    yield drawn("output", svg, title, alt, caption, "output_daily.csv")


def _break_even(desk: ChoiceDesk) -> Grid:
    """The value of a life year at which the choice and another option lose the same."""
    words = desk.words
    rows = []
    for one in desk.told.told["break_even"]:
        if one["against"] not in desk.numbered:
            continue
        low, high = one.get("low"), one.get("high")
        value, incomes = words.say(msg("no value")), "–"
        if low is not None and high is not None:
            value = desk.span(low, high) or desk.number(low)
            if one.get("low_incomes") is not None:
                incomes = words.range(one["low_incomes"], one["high_incomes"], "rate")
        rows.append(
            (
                desk.remarked(one["against"]),
                desk.number(one.get("saves_life_years")),
                desk.number(one.get("costs_more")),
                value,
                incomes,
            )
        )
    heads = [
        words.say(msg("Against")),
        words.say(msg("Life years that the choice saves")),
        _of_money(desk, msg("Output that it costs")),
        _of_money(desk, msg("Value of a life year")),
        words.say(msg("in years of value added per resident")),
    ]
    return ruled(
        "break-even",
        words.say(msg("Break-even value of a life year")),
        heads,
        [False, True, True, True, True],
        rows,
        note=words.say(
            msg(
                "No value is put on a life here. Where the choice saves life years and costs output, who holds a life "
                "year to be worth more than this should prefer it, who holds it to be worth less the other. No value: "
                "one of the two is better, or no worse, in both."
            )
        ),
    )


def _of_money(desk: ChoiceDesk, head: str) -> str:
    name = desk.words.say(head)
    return desk.words.say(msg("{name} ({unit})"), name=name, unit=desk.money) if desk.money else name


def _loss(desk: ChoiceDesk) -> Grid:
    """Life years, output and school years in money, from low to high."""
    words, prices = desk.words, Prices()
    rows = [
        (
            desk.remarked(key),
            desk.span(one["low"], one["high"]) or desk.number(one["low"]),
            *(desk.span(*one[part]) or desk.number(one[part][0]) for part in ("life", "output", "school")),
        )
        for key, one in desk.told.told["loss"].items()
        if key in desk.told.options
    ]
    return ruled(
        "loss",
        words.say(msg("Total loss in money, from low to high")),
        [
            words.say(msg("Option")),
            *(_of_money(desk, head) for head in (msg("in all"), msg("life years"), msg("output"), msg("school years"))),
        ],
        [False, True, True, True, True],
        rows,
        note=words.say(
            msg(
                "Low and high take a life year to be worth {low:~} and {high:~} years of value added per resident: a "
                "convention. Ends of the parts are added, which is wider than chance would have it."
            ),
            low=prices.life_year_low,
            high=prices.life_year_high,
        ),
    )
