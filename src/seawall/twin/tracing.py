"""Whom a case met: the contacts of the days asked about, drawn again from the keys by which they were made."""

from __future__ import annotations

import numba
import numpy as np

from seawall.core.hashed import bits, unit
from seawall.twin.spread import Ground, Infected, mixing_address, seat_met


@numba.njit(cache=True, nogil=True)
def contacts_of(
    ground: Ground,
    infected: Infected,
    rows: np.ndarray,
    day: int,
    from_day: np.ndarray,
    meet_keys: np.ndarray,
    across_keys: np.ndarray,
    keys_from: int,
    p_find: np.ndarray,
    contact_left: np.ndarray,
    found_key: np.uint64,
    contact: np.ndarray,
    last_day: np.ndarray,
    layer: np.ndarray,
    case: np.ndarray,
) -> int:
    """Contacts of these rows that are found.

    Members of the household and those who sit nearest at the daily place are met every day and found once; mixing
    contacts and colleagues met across the place are drawn again for
    each day asked about. The infector is a contact too, found like any other of the layer in which it infected, so
    that tracing reaches backward.

    Args:
        rows: int64, shape (case,). The cases.
        day: today; contacts up to yesterday are asked about.
        from_day: int64, shape (case,). First day asked about.
        meet_keys, across_keys: uint64, shape (days,). Bases of the meetings of the days from `keys_from` on.
        p_find: float64, shape (layer,).
        contact_left: float64, shape (layer, block). Share of usual contacts that took place.
        contact, last_day, layer, case: written: who, day of the last contact, where, index into `rows`.

    Returns:
        How many were found; more than `contact` holds where it was too short.
    """
    many = 0
    for at in range(rows.size):
        row = rows[at]
        x = int(infected.person[row])
        person = np.uint64(x)
        block = ground.block[x]
        size = int(ground.household[x]) & 15
        begin = x - (int(ground.household[x]) >> 4)
        for other in range(begin, begin + size):
            if other != x and unit(bits(found_key, person, np.uint64(other))) < p_find[0]:
                if many < contact.size:
                    contact[many], last_day[many], layer[many], case[many] = other, day - 1, 0, at
                many += 1
        place = ground.place[x]
        if place != np.uint32(0xFFFFFFFF):
            kind = ground.place_layer[place]
            first = ground.place_start[place]
            members = int(ground.place_start[place + np.uint32(1)]) - int(first)
            ring = min(ground.ring[kind], members - 1)
            slots = ring + (ground.across[kind] if members - 1 > ring else 0)
            for slot in range(slots):
                for back in range(max(day - from_day[at], 1)):
                    when = day - 1 - back
                    if slot < ring and back > 0:
                        break
                    if when < keys_from:
                        break
                    word = bits(across_keys[when - keys_from], person, np.uint64(slot))
                    seat = seat_met(slot, int(ground.seat[x]), members, ring, word)
                    other = int(ground.members[first + np.uint32(seat)])
                    if unit(bits(found_key, person, np.uint64(other))) < p_find[kind] * contact_left[kind, block]:
                        if many < contact.size:
                            contact[many], last_day[many], layer[many], case[many] = other, when, kind, at
                        many += 1
        cls = ground.age_class[ground.age[x]]
        for mix in range(3):
            chance = p_find[4 + mix] * contact_left[4 + mix, block]
            if chance <= 0.0:
                continue
            for when in range(max(from_day[at], keys_from), day):
                for slot in range(ground.mix_slots[mix, cls]):
                    word = bits(meet_keys[when - keys_from], person, np.uint64(mix * 256 + slot))
                    address, _ = mixing_address(ground, mix, block, cls, word)
                    if address < 0:
                        continue
                    other = int(ground.order[address])
                    if other == x:
                        continue
                    if unit(bits(found_key, person, np.uint64(other))) < chance:
                        if many < contact.size:
                            contact[many], last_day[many], layer[many], case[many] = other, when, 4 + mix, at
                        many += 1
        source = infected.infector[row]
        if source >= 0 and infected.day[row] >= from_day[at] and infected.layer[row] >= 1:
            other = int(infected.person[source])
            if unit(bits(found_key, person, np.uint64(other))) < p_find[min(int(infected.layer[row]), 9)]:
                if many < contact.size:
                    contact[many], last_day[many], layer[many], case[many] = (
                        other,
                        infected.day[row],
                        infected.layer[row],
                        at,
                    )
                many += 1
    return many


def once(people: np.ndarray, last_day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each person once, with the latest day of contact; sorted by person."""
    keys = (people.astype(np.uint64) << np.uint64(32)) | (LATEST - last_day).astype(np.uint64)
    keys.sort()
    who = (keys >> np.uint64(32)).astype(np.int64)
    first = np.ones(who.size, dtype=bool)
    first[1:] = who[1:] != who[:-1]
    return who[first], LATEST - (keys[first] & np.uint64(0xFFFFFFFF)).astype(np.int64)


LATEST = 1 << 20
"""Later than any day of a run."""
