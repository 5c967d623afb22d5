"""Who lives in which area, at which age: from the tables `areas` and `population` to whole people."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from seawall.city.areas import AreaTree
from seawall.city.layers import OLDEST
from seawall.city.read import City
from seawall.city.synth.defaults import AGE_SHARES
from seawall.city.synth.rounding import largest_remainder, split_by_shares, table_with_margins
from seawall.core import Fault, InvalidInput

AGES = OLDEST + 1

OPEN_END_DECLINE = 0.86
"""Residents of an age for one a year younger, from 85 on; assumed: a yearly mortality near 14 %."""

OPEN_BAND_YEARS = 20
"""A band longer than this declines with age instead of being smooth."""


@dataclass(frozen=True, kw_only=True)
class Residents:
    """Residents by area and age.

    Attributes:
        area_ids, district_ids: codes, in the order of the people.
        district_of_area: int32, shape (area,), rising.
        by_age: int64, shape (area, age).
        defaults: what had to be assumed, in sentences.
    """

    area_ids: tuple[str, ...]
    district_ids: tuple[str, ...]
    district_of_area: np.ndarray
    by_age: np.ndarray
    defaults: tuple[str, ...]


Bands = tuple[tuple[int, int], ...]


def residents_of(city: City) -> Residents:
    """Residents of the finest areas of which a population is known, by single year of age.

    Raises:
        InvalidInput: no area has a population, or the bands of an area overlap.
    """
    tree = city.areas
    bands = _bands(city)
    defaults: list[str] = []
    told = {area_id: int(persons.sum()) for area_id, (_, persons) in bands.items()}
    leaves, districts = _finest(city, tree, told, defaults)
    owner = [_owner(tree, area_id, bands) for area_id, _ in leaves]
    total = np.array([count for _, count in leaves], dtype=np.int64)
    by_age = np.zeros((total.size, AGES), dtype=np.int64)
    if not bands:
        defaults.append(AGE_SHARES.sentence)
        edges = (*AGE_SHARES.at, 121)
        default_bands: Bands = tuple((low, high - 1) for low, high in pairwise(edges))
        shares = _within(default_bands, np.array(AGE_SHARES.values) * 1e6)
        by_age[:] = split_by_shares(total, shares)
    elif None in owner:
        defaults.append(
            "Ages of areas that the table population leaves out are as in the whole of those it has (assumed)."
        )
    _fill(tree, bands, leaves, owner, total, by_age)
    kept = np.nonzero(by_age.sum(axis=1))[0]
    if not kept.size:
        raise InvalidInput(
            f"{city.root.name} has no residents.",
            [Fault(file="areas", problem="every population is 0", mend="Fill in how many people live in each area")],
        )
    lived = [districts[row] for row in kept]
    district_ids = tuple(dict.fromkeys(lived))
    return Residents(
        area_ids=tuple(leaves[row][0] for row in kept),
        district_ids=district_ids,
        district_of_area=np.array([district_ids.index(code) for code in lived], dtype=np.int32),
        by_age=by_age[kept],
        defaults=tuple(defaults),
    )


def _bands(city: City) -> dict[str, tuple[Bands, np.ndarray]]:
    """Age bands of each area in the table `population`, and persons in each."""
    if not city.has("population"):
        return {}
    rows = city.scan("population").sort("area_id", "age_from").collect()
    found: dict[str, tuple[Bands, np.ndarray]] = {}
    faults = []
    for (area_id,), part in rows.group_by("area_id", maintain_order=True):
        low = part["age_from"].to_numpy()
        high = np.maximum(part["age_to"].to_numpy(), low)
        faults += [
            Fault(
                file="population",
                column="age_from",
                problem=f'two bands of area "{area_id}" overlap, from {low[at]} and from {low[at + 1]}',
                mend="Give each age once",
            )
            for at in np.nonzero(low[1:] <= high[:-1])[0]
        ]
        bands = tuple(zip(low.tolist(), high.tolist(), strict=True))
        found[str(area_id)] = bands, part["persons"].to_numpy().astype(np.int64)
    if faults:
        raise InvalidInput(f"The population of {city.root.name} cannot be used.", faults)
    return {area_id: entry for area_id, entry in found.items() if entry[1].sum() > 0}


def _finest(
    city: City, tree: AreaTree, told: dict[str, int], defaults: list[str]
) -> tuple[list[tuple[str, int]], list[str]]:
    """Finest areas with residents and how many, and the district of each; districts follow each other."""
    known: dict[str, int | None] = {}
    order = [tree.root.area_id]
    for area_id in order:
        order += [child.area_id for child in tree.children(area_id)]
    for area_id in reversed(order):
        own = told.get(area_id, tree[area_id].population)
        parts = [known[child.area_id] for child in tree.children(area_id)]
        have = [part for part in parts if part is not None]
        if own is None and have:
            own = sum(have) + round(sum(have) / len(have)) * (len(parts) - len(have))
        known[area_id] = own
    root = tree.root.area_id
    if known[root] is None:
        raise InvalidInput(
            f"{city.root.name} does not say how many people live where.",
            [
                Fault(
                    file="areas",
                    column="population",
                    problem="no area has a population, and there is no table population",
                    mend="Fill in the residents of each area, or at least of the city",
                )
            ],
        )
    shared = 0
    leaves: list[tuple[str, int]] = []
    districts: list[str] = []
    top = [child.area_id for child in tree.children(root)]
    stack = [(root, known[root] or 0, root)]
    while stack:
        area_id, count, district = stack.pop()
        children = [child.area_id for child in tree.children(area_id)]
        below = [known[child] for child in children]
        have = [part for part in below if part is not None]
        if not have:
            leaves.append((area_id, count))
            districts.append(district)
            continue
        missing = len(below) - len(have)
        shared += missing
        spare = largest_remainder(max(count - sum(have), 0), np.ones(missing)).tolist() if missing else []
        for child in reversed(children):
            told_count = known[child]
            part = spare.pop() if told_count is None else told_count
            stack.append((child, part, child if area_id == root and top else district))
    if shared:
        defaults.append(
            f"{shared} areas without a population share equally what their siblings leave of the area above (assumed)."
        )
    return leaves, districts


def _owner(tree: AreaTree, area_id: str, bands: dict[str, tuple[Bands, np.ndarray]]) -> str | None:
    """The nearest area upwards, itself included, whose ages are known."""
    return next((step.area_id for step in reversed(tree.path(area_id)) if step.area_id in bands), None)


def _fill(
    tree: AreaTree,
    bands: dict[str, tuple[Bands, np.ndarray]],
    leaves: list[tuple[str, int]],
    owner: list[str | None],
    total: np.ndarray,
    by_age: np.ndarray,
) -> None:
    """Write ages of all areas whose own ages, or those of an area above, are known."""
    if not bands:
        return
    kinds: dict[Bands, list[str]] = {}
    for area_id, (kind, _) in bands.items():
        kinds.setdefault(kind, []).append(area_id)
    exact: dict[str, np.ndarray] = {}
    for kind, codes in kinds.items():
        persons = np.array([bands[code][1] for code in codes])
        exact |= zip(codes, _singles(kind, persons), strict=True)
    below: dict[str, list[int]] = {}
    under: dict[str, int] = {}
    for row, (area_id, _) in enumerate(leaves):
        if owner[row] is not None:
            below.setdefault(str(owner[row]), []).append(row)
        for step in tree.path(area_id):
            under[step.area_id] = under.get(step.area_id, 0) + 1
    for code, rows in below.items():
        ages = exact[code]
        if len(rows) == 1 and leaves[rows[0]][0] == code:
            by_age[rows[0]] = ages
        elif len(rows) == under[code]:
            by_age[rows] = table_with_margins(largest_remainder(int(ages.sum()), total[rows]), ages)
        else:
            by_age[rows] = split_by_shares(total[rows], ages.astype(float))
    rest = [row for row, code in enumerate(owner) if code is None]
    if rest:
        whole = np.sum([entry for code, entry in exact.items() if code in below], axis=0, dtype=float)
        by_age[rest] = split_by_shares(total[rest], whole)


def _within(bands: Bands, persons: np.ndarray) -> np.ndarray:
    """Persons at each single age, float64, shape (age,): smooth within bands, falling in the open one.

    The cumulative count is a monotone cubic through the edges of the bands, so each band keeps its count.
    """
    from scipy.interpolate import PchipInterpolator

    found = np.zeros(AGES)
    closed = [(low, high) for low, high in bands if high - low < OPEN_BAND_YEARS]
    if closed:
        edges, cumulated = [float(closed[0][0])], [0.0]
        for (low, high), count in zip(bands, persons, strict=True):
            if (low, high) not in closed:
                continue
            if low > edges[-1]:
                edges.append(float(low))
                cumulated.append(cumulated[-1])
            edges.append(float(high + 1))
            cumulated.append(cumulated[-1] + float(count))
        years = np.arange(edges[0], edges[-1] + 1)
        single = np.maximum(np.diff(PchipInterpolator(edges, cumulated)(years)), 0.0)
        ages = np.minimum(years[:-1].astype(int), OLDEST)
        np.add.at(found, ages, single)
    for (low, high), count in zip(bands, persons, strict=True):
        if (low, high) in closed:
            continue
        ages = np.arange(min(low, OLDEST), min(high, OLDEST) + 1)
        decline = np.where(ages >= 85, OPEN_END_DECLINE, np.where(ages >= 65, 0.95, 1.0))
        weight = np.cumprod(np.concatenate([[1.0], decline[1:]]))
        found[ages] += count * weight / weight.sum()
    return found


def _singles(bands: Bands, persons: np.ndarray) -> np.ndarray:
    """Whole persons at each age, int64, shape (area, age), from persons by band, shape (area, band).

    Within a band all areas have the shares of their sum, whose ages are smooth.
    """
    shape = _within(bands, persons.sum(axis=0))
    found = np.zeros((persons.shape[0], AGES), dtype=np.int64)
    for at, (low, high) in enumerate(bands):
        ages = np.arange(min(low, OLDEST), min(high, OLDEST) + 1)
        shares = shape[ages] if shape[ages].sum() > 0 else np.ones(ages.size)
        found[:, ages] += split_by_shares(persons[:, at], shares)
    return found


def blocks_of(by_age: np.ndarray, *, most: int = 6000, around: int = 4000, blocks_at_most: int = 60_000) -> np.ndarray:
    """How many blocks each area is cut into, int64, shape (area,).

    An area of more than `most` residents is cut into blocks of about `around`; these grow where there would be more
    than `blocks_at_most`.

    Raises:
        InvalidInput: there are more areas than blocks.
    """
    people = by_age.sum(axis=1)
    if people.size > blocks_at_most:
        raise InvalidInput(
            f"The city has {people.size:,} areas with residents; the synthesis takes up to {blocks_at_most:,}.",
            [Fault(file="areas", problem="there are too many areas", mend="Leave out the finest level")],
        )
    while True:
        parts = np.where(people > most, -(-people // around), 1)
        if parts.sum() <= blocks_at_most:
            return np.asarray(parts, dtype=np.int64)
        most, around = most * 5 // 4 + 1, around * 5 // 4 + 1


def dealt(by_age: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """Residents of each block by age: those of an area, in the order of age, dealt to its blocks one by one.

    Returns:
        int32, shape (block, age).
    """
    first = np.cumsum(by_age, axis=1) - by_age
    area = np.repeat(np.arange(parts.size), parts)
    nth = (np.arange(area.size) - np.repeat(np.cumsum(parts) - parts, parts))[:, None]
    of = parts[area][:, None]
    begin, end = first[area], first[area] + by_age[area]
    return np.asarray((end + of - 1 - nth) // of - (begin + of - 1 - nth) // of, dtype=np.int32)
