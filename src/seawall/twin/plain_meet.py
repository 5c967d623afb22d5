"""The readable twin: whom somebody meets; see `plain`."""

from __future__ import annotations

from seawall.twin.plain_city import City


def seat_met(slot: int, seat: int, size: int, ring: int, word: int) -> int:
    """Seat of the colleague in a slot: the nearest on both sides in turn, then anybody by lot."""
    if slot < ring:
        step = slot // 2 + 1
        return (seat + step if slot % 2 == 0 else seat - step) % size
    other = word % (size - 1)
    return other + 1 if other >= seat else other


def mixing_contact(city: City, mix: int, block: int, cls: int, word: int) -> tuple[int | None, bool]:
    """On whom a mixing contact falls, None for nobody, and whether the two live in different districts.

    The word's lowest 10 bits pick the age class, 12 bits whether it is somebody of the own block, 12 bits the district
    otherwise, and the upper 30 bits the person among those of the class who live there.
    """
    ground, people = city.world.ground, city.world.people
    other = int(ground.age_pick[mix, cls, word & 1023])
    district = int(people.district_of_block[block])
    if (word >> 10) & 4095 < ground.local_share[mix] * 4096:
        away = False
        start, count = int(people.order_start[block, other]), int(people.order_count[block, other])
    else:
        there = int(ground.coupling_pick[mix, district, (word >> 22) & 4095])
        away = there != district
        start, count = int(ground.district_start[there, other]), int(ground.district_count[there, other])
    if count == 0:
        return None, away
    return int(people.order[start + ((word >> 34) * count >> 30)]), away
