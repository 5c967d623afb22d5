"""Every resident of a city, in columns: age, home, daily place, and where all of these lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from seawall.city.layers import AGE_CLASS_FROM, CARE_HOME, NOWHERE, OLDEST, SCHOOL, WORK

CHRONIC, FEMALE = 1, 2
"""Bits of `People.traits`."""

LARGEST_HOUSEHOLD = 15
LARGEST_PLACE = 255
"""More than so many do not share a home, or a class, team or ward."""

AGE_CLASS = np.searchsorted(np.array(AGE_CLASS_FROM), np.arange(OLDEST + 1), side="right").astype(np.uint8) - np.uint8(
    1
)
"""uint8, shape (age,). Class of each age in which contacts are counted."""


@dataclass(frozen=True, kw_only=True)
class People:
    """The residents, sorted by district, area, block and household; read-only, often memory-mapped.

    A *block* is a compound or village: the people among whom one lives. Areas that the folder cuts no finer are
    cut into blocks of a few thousand. Households are neighbours in memory. A *place* is a school class, a team at
    work or a ward of a care home: at most 255 members, listed in `members`.

    Attributes:
        area_ids: codes of the finest areas with residents, in the order of the people.
        district_ids: codes of the areas below the city (the city's own where it has no parts).
        sectors: names of the sectors that work is divided into.
        district_of_area: int32, shape (area,).
        area_of_block: int32, shape (block,).
        block_start: int64, shape (block + 1,). People of block b are ``block_start[b] <= person < block_start[b + 1]``.
        age: uint8, shape (person,). Completed years, 100 for all above.
        block: uint16, shape (person,).
        household: uint8, shape (person,). Position in the household (high four bits) and its size (low four).
        place: uint32, shape (person,). Daily place; `NOWHERE` for none.
        seat: uint8, shape (person,). Position among the members of the place.
        traits: uint8, shape (person,). Bits `CHRONIC` and `FEMALE`.
        history: uint8, shape (person,). Row of `histories`: what the immune system has met.
        histories: what the rows of `history` stand for: doses, product and days since the last, see
            `seawall.disease.immunity`.
        place_start: uint32, shape (place + 1,). Members of place p are ``members[place_start[p]:place_start[p + 1]]``.
        members: uint32, shape (seat,). People by place.
        place_layer: uint8, shape (place,). `SCHOOL`, `WORK` or `CARE_HOME`.
        place_kind: uint8, shape (place,). Stage of a school, sector of a team; 255 for a care home.
        place_group: uint8, shape (place,). Key group of those who work there; 255 for none.
        place_block: uint16, shape (place,). Where it lies.
        order: uint32, shape (person,). People by district, age class and block: whoever a mixing contact falls on.
        order_start: uint32, shape (block, age class). First entry in `order` of a block's people of a class.
        order_count: uint32, shape (block, age class). How many.
        meta: how it was made: seed, fingerprint of the city, defaults used in place of tables that are missing.
    """

    area_ids: tuple[str, ...]
    district_ids: tuple[str, ...]
    sectors: tuple[str, ...]
    district_of_area: np.ndarray = field(repr=False)
    area_of_block: np.ndarray = field(repr=False)
    block_start: np.ndarray = field(repr=False)
    age: np.ndarray = field(repr=False)
    block: np.ndarray = field(repr=False)
    household: np.ndarray = field(repr=False)
    place: np.ndarray = field(repr=False)
    seat: np.ndarray = field(repr=False)
    traits: np.ndarray = field(repr=False)
    history: np.ndarray = field(repr=False)
    histories: tuple[Mapping[str, Any], ...] = field(repr=False)
    place_start: np.ndarray = field(repr=False)
    members: np.ndarray = field(repr=False)
    place_layer: np.ndarray = field(repr=False)
    place_kind: np.ndarray = field(repr=False)
    place_group: np.ndarray = field(repr=False)
    place_block: np.ndarray = field(repr=False)
    order: np.ndarray = field(repr=False)
    order_start: np.ndarray = field(repr=False)
    order_count: np.ndarray = field(repr=False)
    meta: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def residents(self) -> int:
        """How many there are."""
        return int(self.age.size)

    @cached_property
    def district_of_block(self) -> np.ndarray:
        """int32, shape (block,)."""
        return np.asarray(self.district_of_area[self.area_of_block], dtype=np.int32)

    @cached_property
    def by_class(self) -> np.ndarray:
        """Residents, int64, shape (block, age class)."""
        return self.order_count.astype(np.int64)

    def group_sizes(self, groups: int) -> np.ndarray:
        """Workers of each key group by block of the place, int64, shape (group, block)."""
        found = np.zeros((groups, self.area_of_block.size), dtype=np.int64)
        at = np.nonzero(self.place_group < groups)[0]
        sizes = np.diff(self.place_start.astype(np.int64))
        np.add.at(found, (self.place_group[at], self.place_block[at]), sizes[at])
        return found


def ordered_by_class(age: np.ndarray, block: np.ndarray, district_of_block: np.ndarray) -> dict[str, np.ndarray]:
    """`order`, `order_start` and `order_count` of people sorted by block.

    Args:
        age: uint8, shape (person,).
        block: uint16, shape (person,), rising.
        district_of_block: int32, shape (block,), rising.
    """
    from seawall.city.synth.kernels import count_classes, fill_order

    classes, blocks = len(AGE_CLASS_FROM), district_of_block.size
    count = np.zeros((blocks, classes), dtype=np.int64)
    count_classes(age, block, AGE_CLASS, count)
    # by district, then class; lexsort is stable, so blocks keep their order within both
    rank = np.lexsort((np.tile(np.arange(classes), blocks), np.repeat(district_of_block, classes)))
    sizes = count.ravel()[rank]
    start = np.zeros((blocks, classes), dtype=np.int64)
    start.ravel()[rank] = np.cumsum(sizes) - sizes
    order = np.empty(age.size, dtype=np.uint32)
    fill_order(age, block, AGE_CLASS, start.copy(), order)
    return {"order": order, "order_start": start.astype(np.uint32), "order_count": count.astype(np.uint32)}


def one_block(
    residents: int,
    *,
    age: int = 30,
    household: int = 1,
    place_size: int = 0,
    layer: int = WORK,
) -> People:
    """A world with one block: households of one size, places of one size, everybody of one age.

    For identities that hold where all mix alike, and for small worlds solved by hand.

    Args:
        residents: how many; the last household and place may be smaller.
        age: of everybody, years.
        household: people a household, 1 to 15.
        place_size: members of each daily place, 2 to 255; 0: nobody has one.
        layer: `SCHOOL`, `WORK` or `CARE_HOME`.
    """
    person = np.arange(residents)
    ages = np.full(residents, age, dtype=np.uint8)
    block = np.zeros(residents, dtype=np.uint16)
    district = np.zeros(1, dtype=np.int32)
    size = np.minimum(household, residents - person // household * household)
    places = -(-residents // place_size) if place_size else 0
    start = np.minimum(np.arange(places + 1) * place_size, residents)
    return People(
        area_ids=("1",),
        district_ids=("1",),
        sectors=("all",),
        district_of_area=district,
        area_of_block=district,
        block_start=np.array([0, residents]),
        age=ages,
        block=block,
        household=((person % household) << 4 | size).astype(np.uint8),
        place=(person // place_size if place_size else np.full(residents, NOWHERE)).astype(np.uint32),
        seat=(person % place_size if place_size else np.zeros(residents)).astype(np.uint8),
        traits=np.zeros(residents, dtype=np.uint8),
        history=np.zeros(residents, dtype=np.uint8),
        histories=({"doses": 0},),
        place_start=start.astype(np.uint32),
        members=(person if place_size else np.zeros(0)).astype(np.uint32),
        place_layer=np.full(places, layer, dtype=np.uint8),
        place_kind=np.full(places, 0 if layer in (SCHOOL, WORK) else 255, dtype=np.uint8),
        place_group=np.full(places, 255, dtype=np.uint8),
        place_block=np.zeros(places, dtype=np.uint16),
        meta={"made": "one block", "layer": layer, "care_home": CARE_HOME},
        **ordered_by_class(ages, block, district),
    )
