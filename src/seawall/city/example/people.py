"""Who lives where: names, codes, ages, homes and the places people go to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely

from seawall.city.example import names
from seawall.city.example.land import Land, numbered
from seawall.city.example.places import NEIGHBOURHOOD, make_homes, place_table
from seawall.core.draws import generator

CITY_CODE = "990100"
"""Codes begin with 99, which no province has."""

AGE_FROM = np.array([*range(0, 90, 5)])
AGE_TO = np.array([*range(4, 89, 5), 120])
AGE_SHARES = np.array([4.1, 5.2, 5.3, 4.9, 5.6, 7.0, 8.9, 9.2, 7.4, 6.7, 7.8, 7.4, 6.1, 5.4, 3.8, 2.4, 1.6, 1.2])
"""Residents in each band, per cent; assumed, in the manner of a large Chinese city about 2020."""


@dataclass(frozen=True, kw_only=True)
class People:
    """Residents, their homes and the places of the city.

    Homes are numbered so that those of a community follow each other; so do residents of a home, if one
    counts them through. A resident drawn by lot from any area is then one draw from a range.

    Attributes:
        land: where all of it lies.
        district_ids, subdistrict_ids, community_ids: codes.
        areas: table `areas`.
        by_age: int, shape (community, band).
        places: table `places`; homes come first.
        home_residents: int, shape (home,).
        community_of_home: int, shape (home,).
            place_district: int, shape (place,).
    """

    land: Land
    district_ids: tuple[str, ...]
    subdistrict_ids: tuple[str, ...]
    community_ids: tuple[str, ...]
    areas: pl.DataFrame
    by_age: np.ndarray
    places: pl.DataFrame
    home_residents: np.ndarray
    community_of_home: np.ndarray
    place_district: np.ndarray

    @property
    def neighbourhood(self) -> np.ndarray:
        """Numbers of a subdistrict's own places; int, shape (subdistrict, kind in `NEIGHBOURHOOD`, 2)."""
        many = [count for _, count, *_ in NEIGHBOURHOOD]
        start = np.concatenate([[0], np.cumsum(many)])
        first = len(self.home_residents) + np.arange(len(self.subdistrict_ids)) * start[-1]
        nth = start[:-1, None] + np.minimum(np.arange(2), np.array(many)[:, None] - 1)
        return np.asarray(first[:, None, None] + nth)

    @property
    def wholesale_market(self) -> int:
        """Number of the market by the port."""
        return int(self.kind("market")[-1])

    @property
    def district_residents(self) -> np.ndarray:
        """int, shape (district,)."""
        return np.bincount(self.land.district_of_community, self.land.residents).astype(int)

    @property
    def population(self) -> pl.DataFrame:
        """Table `population`: residents of each community by age."""
        communities, bands = self.by_age.shape
        return pl.DataFrame(
            {
                "area_id": pl.Series(self.community_ids).gather(np.repeat(np.arange(communities), bands)),
                "age_from": np.tile(AGE_FROM, communities),
                "age_to": np.tile(AGE_TO, communities),
                "persons": self.by_age.ravel(),
            }
        )

    def kind(self, kind: str) -> np.ndarray:
        """Numbers of the places of a kind."""
        return np.nonzero((self.places["kind"] == kind).to_numpy())[0]


def settle(land: Land, seed: int) -> People:
    """Give the land its names and codes, its residents their ages and homes, and the city its places."""
    draw = generator(seed, "example", "people")
    subdistricts, communities = len(land.district_of), len(land.subdistrict_of)
    districts = int(land.district_of.max()) + 1
    district_ids = tuple(f"{int(CITY_CODE) + unit + 1}" for unit in range(districts))
    within = numbered(land.district_of)
    subdistrict_ids = tuple(f"{district_ids[land.district_of[unit]]}{within[unit]:03d}" for unit in range(subdistricts))
    within = numbered(land.subdistrict_of)
    community_ids = tuple(
        f"{subdistrict_ids[land.subdistrict_of[unit]]}{within[unit]:03d}" for unit in range(communities)
    )
    by_age = _ages(draw, land)
    homes = make_homes(draw, land)
    places, community_of_place = place_table(draw, land, community_ids, homes)
    return People(
        land=land,
        district_ids=district_ids,
        subdistrict_ids=subdistrict_ids,
        community_ids=community_ids,
        areas=_areas(draw, land, district_ids, subdistrict_ids, community_ids),
        by_age=by_age,
        places=places,
        home_residents=homes.residents,
        community_of_home=homes.community,
        place_district=land.district_of_community[community_of_place],
    )


def _district_names(draw: np.random.Generator, land: Land) -> list[names.Name]:
    """The harbour, the old town, the island and the airport by what they are; the others by lot, by sea or not."""
    count = int(land.district_of.max()) + 1
    given = {
        land.airport: names.AIRPORT_DISTRICT,
        land.island: names.ISLAND_DISTRICT,
        land.old_town: names.OLD_TOWN,
        land.port: names.PORT_DISTRICT,
    }
    sea = [names.COASTAL_DISTRICTS[pick] for pick in draw.permutation(len(names.COASTAL_DISTRICTS))]
    inland = [names.INLAND_DISTRICTS[pick] for pick in draw.permutation(len(names.INLAND_DISTRICTS))]
    for unit in range(count):
        if unit not in given:
            given[unit] = sea.pop() if land.coastal[unit] and sea else inland.pop()
    return [given[unit] for unit in range(count)]


def _areas(
    draw: np.random.Generator,
    land: Land,
    district_ids: tuple[str, ...],
    subdistrict_ids: tuple[str, ...],
    community_ids: tuple[str, ...],
) -> pl.DataFrame:
    """Table `areas`: the city, then each level in the order of its codes."""
    district = _district_names(draw, land)
    subdistrict = names.pairs(draw, len(subdistrict_ids))
    community = names.pairs(draw, len(community_ids))
    of_district = land.district_of_community
    dense = np.bincount(land.subdistrict_of, land.residents) / np.bincount(
        land.subdistrict_of, shapely.area(land.cells)
    )
    town = dense < np.quantile(dense, 0.3)
    rows: list[tuple[str, str | None, str, str, str, int]] = [
        (CITY_CODE, None, "city", names.CITY.latin, names.CITY.chinese, int(land.residents.sum()))
    ]
    people = np.bincount(of_district, land.residents).astype(int)
    rows += [
        (area_id, CITY_CODE, "district", name.latin, name.chinese, int(count))
        for area_id, name, count in zip(district_ids, district, people, strict=True)
    ]
    people = np.bincount(land.subdistrict_of, land.residents).astype(int)
    for unit, (area_id, name) in enumerate(zip(subdistrict_ids, subdistrict, strict=True)):
        latin, chinese = ("Town", "镇") if town[unit] else ("Subdistrict", "街道")
        parent = district_ids[land.district_of[unit]]
        rows.append(
            (area_id, parent, "subdistrict", f"{name.latin} {latin}", name.chinese + chinese, int(people[unit]))
        )
    for unit, (area_id, name) in enumerate(zip(community_ids, community, strict=True)):
        latin, chinese = ("Village", "村") if town[land.subdistrict_of[unit]] else ("Community", "社区")
        parent = subdistrict_ids[land.subdistrict_of[unit]]
        rows.append(
            (area_id, parent, "community", f"{name.latin} {latin}", name.chinese + chinese, int(land.residents[unit]))
        )
    middle = _middles(land)
    return pl.DataFrame(
        rows, schema=["area_id", "parent_id", "level", "name", "name_zh", "population"], orient="row"
    ).with_columns(pl.Series("lon", middle[:, 0]), pl.Series("lat", middle[:, 1]))


def _middles(land: Land) -> np.ndarray:
    """A point for each area, in the order of the table: where its residents are on average."""
    parts = []
    for owner in (
        np.zeros(len(land.residents), dtype=int),
        land.district_of_community,
        land.subdistrict_of,
    ):
        weight = np.bincount(owner, land.residents)
        parts.append(
            np.column_stack([np.bincount(owner, land.residents * land.points[:, axis]) / weight for axis in (0, 1)])
        )
    return np.round(np.vstack([*parts, land.points]), 5)


def _ages(draw: np.random.Generator, land: Land) -> np.ndarray:
    """Residents of each community by age band; older in the old town and the country, younger elsewhere."""
    slope = draw.normal(0, 0.12, int(land.district_of.max()) + 1)
    slope[land.old_town] = 0.25
    tilt = np.exp(np.outer(slope[land.district_of_community], (AGE_FROM - 40) / 40))
    shares = AGE_SHARES * tilt
    return np.asarray(draw.multinomial(land.residents, shares / shares.sum(axis=1, keepdims=True)))
