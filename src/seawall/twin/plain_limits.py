"""The readable twin: what limits keep people from, and who is away from work and school.

See `plain_city` for what this is and `plain` for the order of the phases.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from seawall.city.layers import COMMUNITY, PUBLIC, SCHOOL, TRANSPORT, WORK
from seawall.measures.levers import Limit
from seawall.twin.plain_city import FREE, WARD, City

EVERYBODY = "all measures"


def count_limits(city: City) -> None:
    """Count residents under limits, work and schooling not done, workers who live at work."""
    people, levers = city.world.people, city.levers
    limited = set()
    for limit in levers.limits:
        if limit.what == "contacts":
            blocks = {block for block in range(city.map.blocks) if limit.blocks[block]}
            limited |= blocks
            _charge_residents(city, limit.measure, blocks)
            continue
        layer = WORK if limit.what == "work" else SCHOOL
        for place in range(people.place_layer.size):
            if people.place_layer[place] == layer:
                _charge_members(city, limit, place)
    _charge_residents(city, EVERYBODY, limited)
    for block in sorted(limited):
        left = [float(levers.contact[layer, block]) for layer in (COMMUNITY, TRANSPORT, PUBLIC)]
        for cls in range(city.map.residents.shape[1]):
            weighed = int(city.map.residents[block, cls]) * (1 - sum(left) / len(left))
            district = int(city.map.district_of_block[block])
            city.charge(EVERYBODY, "weighed_days", weighed, district=district, age_class=cls)
    for place in range(people.place_layer.size):
        if people.place_layer[place] == WORK:
            kind = int(people.place_kind[place])
            share = float(levers.closed_loop[kind, people.place_block[place]])
            city.charge(EVERYBODY, "loop_days", len(city.members(place)) * share, sector=kind)


def _charge_residents(city: City, measure: str, blocks: set[int]) -> None:
    for block in sorted(blocks):
        for cls in range(city.map.residents.shape[1]):
            district = int(city.map.district_of_block[block])
            many = int(city.map.residents[block, cls])
            city.charge(measure, "limited_days", many, district=district, age_class=cls)


def _charge_members(city: City, limit: Limit, place: int) -> None:
    """Work or schooling that one limit alone takes from those who belong to a place."""
    people = city.world.people
    kind, block = int(people.place_kind[place]), int(people.place_block[place])
    for person in city.members(place):
        where = city.block(person) if limit.at_home else block
        if not limit.blocks[where] or (not limit.at_home and kind not in limit.kinds):
            continue
        lost = (1 - limit.left) * limit.lost
        if limit.what == "work":
            city.charge(limit.measure, "lost_work_days", lost, sector=kind)
        else:
            district = int(city.map.district_of_block[where])
            city.charge(limit.measure, "lost_school_days", lost, district=district)


class Share(NamedTuple):
    """Of somebody's day: kept away by limits, of that not made up for at home, lived at work."""

    away: float
    lost: float
    loop: float


def count_away(city: City) -> None:
    """Count who is away from work and school today: dead, else in hospital, else confined, else through limits."""
    people, tally, day = city.world.people, city.tally, city.day
    limited = any(limit.what != "contacts" for limit in city.levers.limits) or bool((city.levers.closed_loop > 0).any())
    for place in range(people.place_layer.size):
        layer, kind = int(people.place_layer[place]), int(people.place_kind[place])
        district = int(city.map.district_of_block[int(people.place_block[place])])
        for person in city.members(place) if layer in (WORK, SCHOOL) else []:
            cause = _cause(city, person)
            if cause and layer == WORK:
                city.away[cause, day, district, kind] += 1
            elif limited and not cause:
                share = _through_limits(city, person, place)
                if layer == WORK:
                    tally.limited[day, district, kind] += share.away
                    tally.limited_lost[day, district, kind] += share.lost
                    tally.loop[day, district, kind] += share.loop
                    city.charge(EVERYBODY, "lost_work_days", share.lost, sector=kind)
                else:
                    tally.school_away[day, district, kind] += share.away
                    tally.school_lost[day, district, kind] += share.lost
                    city.charge(EVERYBODY, "lost_school_days", share.lost, district=district)


def _cause(city: City, person: int) -> Literal["", "dead", "ill", "confined"]:
    if person in city.dead:
        return "dead"
    where = city.where(person)
    return "" if where == FREE else "ill" if where == WARD else "confined"


def _through_limits(city: City, person: int, place: int) -> Share:
    """What limits take from the day of somebody who is able to come.

    Those of the place come first, those of the home then hold for whoever they leave; who lives at work is there
    already.
    """
    people, levers = city.world.people, city.levers
    layer, kind, block = int(people.place_layer[place]), int(people.place_kind[place]), int(people.place_block[place])
    home = city.block(person)
    what = "work" if layer == WORK else "school"
    here = [one for one in levers.limits if one.what == what and not one.at_home and one.blocks[block]]
    there = [one for one in levers.limits if one.what == what and one.at_home and one.blocks[home]]
    left, lost = _strictest([one for one in here if kind in one.kinds])
    left_at_home, lost_at_home = _strictest(there)
    loop = min(float(levers.closed_loop[kind, block]), left) if layer == WORK else 0.0
    at_home = (left - loop) * (1 - left_at_home)
    return Share(1 - left + at_home, (1 - left) * lost + at_home * lost_at_home, loop)


def _strictest(limits: list[Limit]) -> tuple[float, float]:
    """What the strictest limit leaves, and which share of the rest is lost; of equally strict ones the most."""
    left = min((limit.left for limit in limits), default=1.0)
    return left, max((limit.lost for limit in limits if limit.left == left), default=1.0)
