"""A strategy held against the city it is meant for: areas, sectors, zones, products, rooms."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from seawall.core import Fault, InvalidInput
from seawall.core.errors import closest
from seawall.measures.add_beds import AddBeds
from seawall.measures.arrivals import Arrivals
from seawall.measures.draw_zones import DrawZones
from seawall.measures.isolate_cases import IsolateCases
from seawall.measures.measure import Measure, part_of
from seawall.measures.quarantine_contacts import QuarantineContacts
from seawall.measures.screen_travellers import ScreenTravellers
from seawall.measures.signals import BEDS_OF
from seawall.measures.strategy import Strategy
from seawall.measures.today import ESSENTIAL, Ground
from seawall.measures.vaccinate import Vaccinate

AS_BLOCKS = ("community", "grid")
"""Levels of zones that a city without such areas may name: rules anchored at cases then draw blocks; others refuse."""

Found = Iterator[tuple[str, str, str]]


def check_strategy(
    strategy: Strategy,
    ground: Ground,
    *,
    rules: Mapping[str, tuple[str, ...]] | None = None,
    products: Collection[str] | None = None,
    origins: Collection[str] = (),
) -> tuple[Fault, ...]:
    """Hold a strategy against a city.

    Args:
        strategy: what is to be tried.
        ground: the city, with its variants.
        rules: name of each rule set of zones to the codes of its tiers; None: not checked.
        products: keys of the vaccines known; None: not checked.
        origins: where travellers come from beside those of the strategy's own arrivals.

    Returns:
        Warnings: what can be run but may not be what was meant.

    Raises:
        InvalidInput: it names what the city does not have. Carries every fault.
    """
    drawn = strategy.zoning
    tiers = None if rules is None or drawn is None else rules.get(drawn.rules)
    arriving = [measure.origin for measure in strategy.measures if isinstance(measure, Arrivals)]
    known = (*arriving, *origins)
    faults, warnings = [], []
    for index, measure in enumerate(strategy.measures):
        found = [*_areas(measure, ground), *_sectors(measure, ground), *_level(measure, ground)]
        if tiers is not None and drawn is not None:
            found += _tiers(measure, drawn.rules, tiers)
        if isinstance(measure, DrawZones):
            found += _zoning(measure, ground, rules)
        if isinstance(measure, Arrivals) and measure.variant and measure.variant not in ground.variants:
            found += _unknown("variant", measure.variant, "a variant of this pathogen", ground.variants)
        if isinstance(measure, Vaccinate) and products is not None and measure.product not in products:
            found += _unknown("product", measure.product, "a vaccine that is known", products)
        if isinstance(measure, ScreenTravellers):
            found += _origins(measure, known)
        faults += [strategy.fault(index, *told) for told in found]
        weak = (*_rooms(measure, strategy, ground), *_empty(measure, ground), *_unseen(measure, ground))
        warnings += [strategy.fault(index, *told) for told in weak]
    if faults:
        raise InvalidInput(f"{strategy.file} has {len(faults)} problem(s); nothing was run.", faults)
    return tuple(warnings)


def _unknown(column: str, word: str, what: str, known: Collection[str]) -> Found:
    listed = ", ".join(known) if len(known) <= 20 else ", ".join([*list(known)[:20], "…"])
    mend = f"Use one of {listed}" if known else "Take it out: there are none here"
    yield column, f'"{word}" is not {what}{closest(word, known)}', mend


def _areas(measure: Measure, ground: Ground) -> Found:
    for column in ("areas", "except_areas"):
        for area in getattr(measure, column, ()):
            if area in ground.blocks_of:
                continue
            codes = [code for code, name in ground.names.items() if name == area]
            if codes:
                yield column, f'"{area}" is the name of an area, not its code', f'Write "{codes[0]}"'
            else:
                problem = f'"{area}" is not an area of this city{closest(area, ground.area_ids)}'
                yield column, problem, "Write a code of the table areas"


def _level(measure: Measure, ground: Ground) -> Found:
    levels = dict.fromkeys(ground.levels.values())
    if measure.each and levels and measure.each not in (*levels, "district"):  # the twin divides any city by districts
        yield from _unknown("each", measure.each, "a level of this city's areas", levels)


def _sectors(measure: Measure, ground: Ground) -> Found:
    for column in ("sectors", "except_sectors"):
        for sector in getattr(measure, column, ()):
            if sector not in (*ground.sectors, ESSENTIAL):
                yield from _unknown(column, sector, "a sector of this city", ground.sectors)


def _tiers(measure: Measure, name: str, tiers: tuple[str, ...]) -> Found:
    for zone in getattr(measure, "zones", ()):
        if zone not in tiers:
            yield from _unknown("zones", zone, f"a tier of {name}", tiers)


def _zoning(measure: DrawZones, ground: Ground, rules: Mapping[str, tuple[str, ...]] | None) -> Found:
    if rules is not None and measure.rules not in rules:
        yield from _unknown("rules", measure.rules, "a rule set that is known", rules)
    levels = dict.fromkeys(ground.levels.values())
    if levels and measure.level not in (*levels, *AS_BLOCKS):
        yield from _unknown("level", measure.level, "a level of this city's areas", levels)


def _origins(measure: ScreenTravellers, known: tuple[str, ...]) -> Found:
    if not known:
        yield "origins", "nobody arrives who could be screened", 'Add a measure of kind "arrivals", or take it out'
        return
    for origin in measure.origins:
        if origin not in known:
            problem = f'nobody arrives from "{origin}"{closest(origin, known)}'
            yield "origins", problem, 'Add a measure of kind "arrivals" with that origin, or take it out'


def _rooms(measure: Measure, strategy: Strategy, ground: Ground) -> Found:
    at_site = isinstance(measure, (IsolateCases, QuarantineContacts)) or (
        isinstance(measure, ScreenTravellers) and measure.stay_days > 0
    )
    if not at_site or getattr(measure, "where", "") != "site":
        return
    rooms = ground.capacity.get("rooms", 0.0)
    rooms += sum(added.rooms for added in strategy.measures if isinstance(added, AddBeds))
    if rooms == 0:
        problem = "the city has no rooms at a site, so everybody is sent home"
        yield "where", problem, 'Add rooms by a measure of kind "add_beds", or write "home"'


def _empty(measure: Measure, ground: Ground) -> Found:
    for area in getattr(measure, "areas", ()):
        if area in ground.blocks_of and not ground.blocks_of[area].any():
            yield "areas", f'nobody lives in "{area}"', "Leave it out, or name the area around it"
    part = part_of(measure)
    if part is not None and not (ground.part_of_blocks(part[1]) == part[0] - 1).any():
        yield "part", f"no district falls into part {part[0]} of {part[1]}", "Cut the city into fewer parts"


def _unseen(measure: Measure, ground: Ground) -> Found:
    resource = BEDS_OF.get(measure.when)
    if resource is not None and not ground.capacity.get(resource, 0.0) > 0:
        problem = f"the table capacity tells no {resource}, so nobody sees when to begin and it never does"
        yield "when", problem, "Add them to the table, or write a trigger by reports"
    for column in ("sectors", "except_sectors"):
        if ESSENTIAL in getattr(measure, column, ()) and not ground.essential:
            problem = "the city tells no essential sector, so the word stands for none"
            yield column, problem, "Fill the column essential of the table sectors, or name sectors"
