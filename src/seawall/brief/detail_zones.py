"""The zones in detail: who would be restricted, why, until when, and what lifts it earlier."""

from __future__ import annotations

import polars as pl

from seawall.brief.document import Cell, Desk, Grid, Section
from seawall.brief.reasons import say_lift, say_note, say_reason, tier_name
from seawall.brief.words import Words, in_script, msg
from seawall.zones.map import ZoneMap

MAX_ZONES = 30


def zones_section(desk: Desk) -> Section:
    """Totals of every rule set by tier, and the zones of the first with their reasons."""
    words, findings = desk.words, desk.findings
    if not findings.maps:
        return Section(name="zones", title="")
    first = findings.maps[0]
    grids = [_totals(desk)]
    zones = _listed_zones(desk, first)
    if zones is not None:
        grids.append(zones)
    notes = tuple(say_note(note, first.rules, words) for note in first.notes)
    return Section(
        name="zones",
        title=words.say(msg("Zones")),
        lines=desk.lines("rules"),
        grids=tuple(grids),
        paragraphs=notes,
    )


def _totals(desk: Desk) -> Grid:
    words = desk.words
    rows = []
    for row in desk.findings.tables["zone_totals"].iter_rows(named=True):
        if not row["zones"]:
            continue
        held = words.say(msg("yes")) if row["restricts"] else words.say(msg("no"))
        rows.append(
            (
                Cell(text=words.name(row["rules"])),
                Cell(text=words.name(tier_name(row["rules"], row["tier"]))),
                Cell(text=held),
                Cell(text=words.spell(row["zones"], "n")),
                Cell(text=words.spell(row["residents"], "n")),
                Cell(text=words.spell(row["person_days"], "n")),
            )
        )
    return Grid(
        name="totals",
        title=words.say(msg("Every rule set by tier")),
        heads=tuple(
            words.say(head)
            for head in (
                msg("Rule set"),
                msg("Tier"),
                msg("Restricts"),
                msg("Zones"),
                msg("Residents"),
                msg("Person-days"),
            )
        ),
        numeric=(False, False, False, True, True, True),
        rows=tuple(rows),
        note=words.say(
            msg(
                "Person-days: residents times the days until the zone may end by itself if nothing new is found. Rules "
                "propose; nobody is restricted by this brief. {stamp}"
            ),
            stamp=desk.stamp,
        ),
        table="zone_totals",
        mark=desk.mark("zone_totals"),
    )


def _listed_zones(desk: Desk, first: ZoneMap) -> Grid | None:
    words = desk.words
    strict = first.totals.filter(pl.col("restricts"))["tier"].to_list()
    rank = {tier: position for position, tier in enumerate(first.tiers)}
    zones = first.zones.filter(pl.col("tier").is_in(strict))
    if zones.is_empty():
        return None
    ranked = zones.with_columns(pl.col("tier").replace_strict(rank, default=-1).alias("_rank")).sort(
        ["_rank", "residents"], descending=True, nulls_last=True, maintain_order=True
    )
    names = {row["place_id"]: row["name"] for row in desk.findings.situation.places.iter_rows(named=True)}
    rows = tuple(
        (
            Cell(text=_unit(words, desk, row["area_id"], row["place_id"], names)),
            Cell(text=words.name(tier_name(first.rules, row["tier"]))),
            Cell(text=words.spell(row["since"], "short")),
            Cell(text=words.spell(row["until"], "short")),
            Cell(text=words.spell(row["residents"], "n")),
            Cell(text=say_reason(row["reason"], first.rules, words)),
            Cell(text=say_lift(row["lifts_if"], first.rules, words)),
        )
        for row in ranked.head(MAX_ZONES).iter_rows(named=True)
    )
    note = words.say(
        msg("May end: the first day on which the zone may end by itself if nothing new is found. {stamp}"),
        stamp=desk.stamp,
    )
    if zones.height > MAX_ZONES:
        more = words.say(msg("{n:n} more zones stand in the table."), n=zones.height - MAX_ZONES)
        note = desk.joined(note, more)
    return Grid(
        name="zones",
        title=words.say(msg("Zones under {rules:area}, strictest first"), rules=first.rules),
        heads=tuple(
            words.say(head)
            for head in (
                msg("Where"),
                msg("Tier"),
                msg("Since"),
                msg("May end"),
                msg("Residents"),
                msg("Why"),
                msg("What lifts it"),
            )
        ),
        numeric=(False, False, False, False, True, False, False),
        rows=rows,
        note=note,
        table="zones",
        mark=desk.mark("zones"),
    )


def _unit(words: Words, desk: Desk, area_id: str, place_id: str | None, names: dict[str, str]) -> str:
    """A place with its area, or an area with the district it lies in."""
    areas = desk.findings.city.areas
    if place_id is not None:
        return f"{in_script(names.get(place_id) or place_id, words.lang)} ({words.name(area_id)})"
    if area_id not in areas:
        return area_id
    district = areas.ancestor(area_id, "district")
    own = words.name(area_id)
    return f"{own} ({words.name(district)})" if district is not None and district != area_id else own
