"""The places of the city: homes first, then what people share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely

from seawall.city.example import names
from seawall.city.example.land import Land, numbered

RESIDENTS_PER_HOME = 650
"""Residents of a housing compound, roughly."""

BEDS_PER_1000 = 6.5
"""Staffed hospital beds; assumed, in the manner of a large Chinese city."""

HOSPITAL_SHARES = (0.55, 0.3, 0.15)
"""How a district's beds are divided among its hospitals."""

NEIGHBOURHOOD = (
    ("market", 1, "Market", "菜市场", 0.03),
    ("school", 2, "School", "学校", 0.05),
    ("workplace", 2, "Works", "产业园", 0.08),
    ("venue", 2, "Mall", "商场", 0.04),
    ("test_site", 1, "Test Site", "采样点", 0.1),
    ("care_home", 1, "Care Home", "养老院", 0.004),
)
"""Kind, how many in each subdistrict, what it is called, share of the subdistrict's residents it holds."""


@dataclass(frozen=True, kw_only=True)
class Homes:
    """Housing compounds; those of a community follow each other.

    Attributes:
        community: int, shape (home,).
        residents: int, shape (home,). They add up to each community's.
    """

    community: np.ndarray
    residents: np.ndarray


@dataclass(frozen=True, kw_only=True)
class _Place:
    kind: str
    community: int
    name: str
    capacity: float


def make_homes(draw: np.random.Generator, land: Land) -> Homes:
    """Divide every community's residents among compounds of uneven size."""
    count = np.maximum(2, np.round(land.residents / RESIDENTS_PER_HOME)).astype(int)
    community = np.repeat(np.arange(len(count)), count)
    weight = draw.lognormal(0, 0.45, community.size)
    ends = np.cumsum(count)
    total = np.add.reduceat(weight, ends - count)
    spare = (land.residents - count)[community] * (weight / total[community])
    size = 1 + np.floor(spare).astype(int)
    size[ends - 1] += land.residents - np.add.reduceat(size, ends - count)
    return Homes(community=community, residents=size)


def place_table(
    draw: np.random.Generator, land: Land, community_ids: tuple[str, ...], homes: Homes
) -> tuple[pl.DataFrame, np.ndarray]:
    """Table `places`, homes first, then each subdistrict's own in the order of `NEIGHBOURHOOD`, then the larger ones.

    Returns:
        The table, and the community of each place: int, shape (place,).
    """
    shared = [*_neighbourhoods(draw, land), *_of_districts(draw, land), *_landmarks(draw, land)]
    community = np.concatenate([homes.community, [place.community for place in shared]])
    points = _inside(draw, land, community)
    table = pl.DataFrame(
        {
            "place_id": [f"P{place:06d}" for place in range(1, community.size + 1)],
            "area_id": pl.Series(community_ids).gather(community),
            "kind": ["residence"] * homes.community.size + [place.kind for place in shared],
            "name": _home_names(draw, homes, len(community_ids)) + [place.name for place in shared],
            "lon": points[:, 0],
            "lat": points[:, 1],
            "capacity": np.concatenate([homes.residents.astype(float), [place.capacity for place in shared]]),
        }
    )
    return table, community


def _home_names(draw: np.random.Generator, homes: Homes, communities: int) -> list[str]:
    words = names.pairs(draw, communities)
    style = draw.integers(len(names.COMPOUND_WORDS), size=homes.community.size)
    number = numbered(homes.community)
    found = []
    for home, kind, nth in zip(homes.community.tolist(), style.tolist(), number.tolist(), strict=True):
        latin, chinese = names.COMPOUND_WORDS[kind]
        found.append(f"{words[home].chinese}{chinese}{nth}号 {words[home].latin} {latin} {nth}")
    return found


def _chosen(draw: np.random.Generator, land: Land, members: np.ndarray) -> int:
    """One of these communities, by residents."""
    residents = land.residents[members]
    return int(draw.choice(members, p=residents / residents.sum()))


def _neighbourhoods(draw: np.random.Generator, land: Land) -> list[_Place]:
    residents = np.bincount(land.subdistrict_of, land.residents)
    words = names.pairs(draw, residents.size)
    found = []
    for unit, word in enumerate(words):
        members = np.nonzero(land.subdistrict_of == unit)[0]
        for kind, count, latin, chinese, share in NEIGHBOURHOOD:
            for number in range(1, count + 1):
                mark = f"{number}" if count > 1 else ""
                found.append(
                    _Place(
                        kind=kind,
                        community=_chosen(draw, land, members),
                        name=f"{word.chinese}{chinese}{mark} {word.latin} {latin} {mark}".rstrip(),
                        capacity=float(max(5, round(share * residents[unit]))),
                    )
                )
    return found


def _of_districts(draw: np.random.Generator, land: Land) -> list[_Place]:
    """Hospitals, a fever clinic and a quarantine site for each district."""
    residents = np.bincount(land.district_of_community, land.residents)
    words = names.pairs(draw, 4 * residents.size)
    found = []
    for unit in range(residents.size):
        members = np.nonzero(land.district_of_community == unit)[0]
        beds = BEDS_PER_1000 * residents[unit] / 1000
        wanted = [("hospital", "医院", "Hospital", max(2, share * beds)) for share in HOSPITAL_SHARES]
        wanted.append(("fever_clinic", "发热门诊", "Fever Clinic", max(10, 0.15 * beds)))
        wanted.append(("quarantine_site", "隔离点", "Quarantine Site", max(20, 0.006 * residents[unit])))
        for number, (kind, chinese, latin, capacity) in enumerate(wanted):
            word = words[4 * unit + number % 4]
            found.append(
                _Place(
                    kind=kind,
                    community=_chosen(draw, land, members),
                    name=f"{word.chinese}{chinese} {word.latin} {latin}",
                    capacity=float(round(capacity)),
                )
            )
    return found


def _landmarks(draw: np.random.Generator, land: Land) -> list[_Place]:
    """What the city has one of. The wholesale market is the last market of all."""
    wanted = (
        ("port", land.port, "潮门客运港 Chaomen Passenger Port"),
        ("hub", land.airport, "潮门云帆机场 Chaomen Yunfan Airport"),
        ("hub", land.old_town, "潮门站 Chaomen Railway Station"),
        ("market", land.port, "泊港水产批发市场 Bogang Seafood Wholesale Market"),
        ("workplace", land.port, "泊港集装箱码头 Bogang Container Terminal"),
    )
    return [
        _Place(
            kind=kind,
            community=_chosen(draw, land, np.nonzero(land.district_of_community == unit)[0]),
            name=name,
            capacity=float(round(0.03 * land.residents.sum())),
        )
        for kind, unit, name in wanted
    ]


def _inside(draw: np.random.Generator, land: Land, communities: np.ndarray) -> np.ndarray:
    """A point inside the named communities for each entry, in degrees, away from the borders."""
    west, south, east, north = shapely.bounds(land.cells[communities]).T
    found = land.points[communities].copy()
    open_ = np.ones(communities.size, dtype=bool)
    for _ in range(12):
        tried = np.column_stack([draw.uniform(west, east), draw.uniform(south, north)])
        tried = np.round(0.9 * tried + 0.1 * land.points[communities], 5)
        hit = open_ & shapely.contains_xy(land.cells[communities], tried[:, 0], tried[:, 1])
        found[hit] = tried[hit]
        open_ &= ~hit
    return np.asarray(found)
