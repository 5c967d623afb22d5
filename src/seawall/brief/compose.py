"""A brief in one language, made from what was found."""

from __future__ import annotations

from collections.abc import Sequence

from seawall.brief import reasons
from seawall.brief.detail import make_sections
from seawall.brief.document import Brief, Desk
from seawall.brief.findings import Findings, find
from seawall.brief.front import make_front
from seawall.brief.vocabulary import TERMS
from seawall.brief.words import Words, msg
from seawall.city import City
from seawall.watch.situation import Situation
from seawall.zones.map import ZoneMap

LABELS: dict[str, str] = {
    "brief": msg("Morning brief"),
    "changed": msg("What changed since yesterday"),
    "sure": msg("How sure we are"),
    "where": msg("Where the risk is"),
    "earlies": msg("The four earlies"),
    "ahead": msg("The next fourteen days"),
    "missing": msg("What data are missing, and what that hides"),
    "rules": msg("What the rule sets would restrict"),
    "behind": msg("Behind page one: the detail"),
    "contents": msg("Contents"),
    "tables": msg("Tables behind this brief"),
    "table": msg("Table"),
    "row": msg("row"),
    "page": msg("Page {page} of {pages}"),
    "nothing_missing": msg("Nothing that a brief can use is missing."),
    "no_map": msg("No map: the folder has neither shapes nor coordinates."),
    "no_forecast": msg("No forecast: there are too few days of reports."),
    "no_rules": msg("No rule set was asked for."),
}
"""Headings and small words of the page."""


def make_brief(
    city: City, situation: Situation, zone_maps: Sequence[ZoneMap], lang: str, *, earlier: Sequence[ZoneMap] = ()
) -> Brief:
    """The morning brief in one language.

    Args:
        city: the city.
        situation: what is known and estimated on the day.
        zone_maps: zones of that day, one map for each rule set; the first is the one drawn.
        lang: ``en``, ``zh-Hans`` or ``zh-Hant``.
        earlier: zones of the day before, for what is new and what has ended.

    Raises:
        InvalidInput: there is no such language, or a map is of another day.
    """
    return say(find(city, situation, zone_maps, earlier=earlier), lang)


def say(findings: Findings, lang: str) -> Brief:
    """What was found, in one language.

    Raises:
        InvalidInput: there is no such language.
    """
    words = words_for(findings, lang)
    desk = Desk(findings=findings, words=words)
    return Brief(
        lang=lang,
        findings=findings,
        title=words.name(findings.root),
        date=words.spell(findings.on, "weekday"),
        headline=desk.lines("headline"),
        stamp=desk.stamp,
        synthetic=words.say(msg("SYNTHETIC: made-up people, for practice and tests"))
        if findings.city.synthetic
        else "",
        front=make_front(desk),
        sections=make_sections(desk),
        gap=words.gap,
        labels={name: words.say(text) for name, text in LABELS.items()},
        promise=words.say(
            msg(
                "Models and rules propose; a named person decides and answers for it. Nobody is restricted by "
                "this brief."
            )
        ),
    )


def words_for(findings: Findings, lang: str) -> Words:
    """The language, with the names of this city's areas and of the rule sets compared.

    Raises:
        InvalidInput: there is no such language.
    """
    city = findings.city
    names = {area.area_id: (area.name, area.name_zh or area.name) for area in city.areas.areas.values()}
    names[findings.root] = (city.name, city.name_zh)
    for drawn in findings.maps:
        if drawn.drawn_by is None:
            continue
        told = drawn.drawn_by
        names[drawn.rules] = (told.names["en"], told.names.get(lang, told.names["en"]))
        for tier in told.tiers:
            key = reasons.tier_name(drawn.rules, tier.code)
            names[key] = (tier.names["en"], tier.names.get(lang, tier.names["en"]))
    terms = {
        **TERMS,
        **{f"input.{name}": text for name, text in reasons.INPUTS.items()},
        **{f"basis.{name}": text for name, text in reasons.BASES.items()},
    }
    return Words(lang=lang, names=names, terms=terms)
