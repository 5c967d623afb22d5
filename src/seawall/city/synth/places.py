"""Everybody's daily place: classes, teams and wards, numbered by the block they lie in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from seawall.city.layers import CARE_HOME, KEY_GROUPS, NONE, NOWHERE, SCHOOL
from seawall.city.read import City
from seawall.city.synth import daily, jobs, luck
from seawall.city.synth.defaults import (
    CLASS_SIZE,
    FIRM_SIZE,
    GROUP_SHARES,
    RESIDENTS_PER_CARER,
    TEACHERS,
    TEAM_AT_MOST,
    WARD_SIZE,
)
from seawall.city.synth.rounding import largest_remainder
from seawall.city.synth.trips import district_of_areas
from seawall.core.draws import generator


@dataclass(frozen=True, kw_only=True)
class Homes:
    """Where the blocks lie, and what people do by day.

    Attributes:
        area_ids, district_ids: codes.
        area_of_block, district_of_block: int32, shape (block,).
        block_start: int64, shape (block + 1,).
        role: uint8, shape (person,). See `daily`.
        students: int64, shape (block, school year and ward).
        workers: int64, shape (district,). By district of work.
        work_pick: uint16, shape (district, entry).
    """

    area_ids: tuple[str, ...]
    district_ids: tuple[str, ...]
    area_of_block: np.ndarray
    district_of_block: np.ndarray
    block_start: np.ndarray
    role: np.ndarray
    students: np.ndarray
    workers: np.ndarray
    work_pick: np.ndarray


@dataclass(frozen=True, kw_only=True)
class _Staffed:
    """Classes and wards, sorted by district, school year and order of the pupils.

    Attributes:
        number, classes, first: int64, shape (district, year). Pupils; classes; the first of these.
        block: int64, shape (class,). Where the first pupil lives.
        told: int64, shape (class, 3). Layer, stage, pupils.
        staff: int64, shape (class,).
    """

    number: np.ndarray
    classes: np.ndarray
    first: np.ndarray
    block: np.ndarray
    told: np.ndarray
    staff: np.ndarray


def places_of(
    city: City,
    homes: Homes,
    sectors: tuple[str, ...],
    sector_share: np.ndarray,
    occupied: np.uint64,
    seed: int,
    defaults: list[str],
) -> dict[str, np.ndarray]:
    """Daily places as `People` has them: ``place, seat, members, place_start, place_layer`` and the rest.

    Args:
        city: for its ports.
        homes: who does what.
        sectors, sector_share: see `jobs.sectors_of`.
        occupied: base of the draws of `daily.occupy`.
        seed: for firms and where they lie.
        defaults: added to.
    """
    defaults += [CLASS_SIZE.sentence, FIRM_SIZE.sentence, GROUP_SHARES.sentence]
    staffed = _classes(homes)
    blocks = homes.district_of_block.size
    by_block = np.argsort(staffed.block, kind="stable")
    staff_of_district = np.bincount(
        homes.district_of_block[staffed.block], staffed.staff, minlength=homes.workers.size
    ).astype(np.int64)
    in_teams = homes.workers - staff_of_district
    capacity = int(in_teams.sum()) // 2 + 2 * blocks + staffed.block.size
    size = np.zeros(capacity, dtype=np.uint8)
    layer, kind, group = np.zeros_like(size), np.zeros_like(size), np.zeros_like(size)
    place_block = np.zeros(capacity, dtype=np.uint16)
    numbered = np.zeros(staffed.block.size, dtype=np.int64)
    workers = (sector_share * homes.workers[:, None]).sum(axis=0)
    group_share = jobs.group_shares(sectors, workers / max(workers.sum(), 1.0))
    port_block = _port_blocks(city, homes, defaults)
    in_ports = np.unique(homes.district_of_block[port_block])
    there = (sector_share[in_ports] * homes.workers[in_ports, None]).sum(axis=0)[group_share[0] > 0].sum()
    group_share[0, group_share[0] > 0] = min(GROUP_SHARES.values[0] * homes.workers.sum() / max(there, 1.0), 0.5)
    median, spread = FIRM_SIZE.values
    places = daily.lay_out(
        homes.district_of_block,
        _jobs_of_blocks(homes, in_teams, seed),
        np.searchsorted(staffed.block[by_block], np.arange(blocks + 1)),
        staffed.told[by_block],
        staffed.staff[by_block],
        sector_share,
        _staff_by_sector(homes, staffed, sectors),
        group_share,
        port_block,
        median,
        spread,
        TEAM_AT_MOST,
        luck.base(seed, "firms"),
        size,
        layer,
        kind,
        group,
        place_block,
        numbered,
    )
    place_of_staffed = np.empty_like(numbered)
    place_of_staffed[by_block] = numbered
    place_start = np.zeros(places + 1, dtype=np.uint32)
    np.cumsum(size[:places], out=place_start[1:], dtype=np.uint32)
    found: dict[str, np.ndarray] = {
        "place_start": place_start,
        "place_layer": layer[:places].copy(),
        "place_kind": kind[:places].copy(),
        "place_group": group[:places].copy(),
        "place_block": place_block[:places].copy(),
    }
    del size, layer, kind, group, place_block
    people = homes.role.size
    place = np.full(people, NOWHERE, dtype=np.uint32)
    seat = np.zeros(people, dtype=np.uint8)
    members = np.empty(int(place_start[-1]), dtype=np.uint32)
    filled = np.zeros(places, dtype=np.uint8)
    daily.seat_pupils(
        homes.role,
        homes.block_start,
        homes.district_of_block,
        staffed.number,
        staffed.classes,
        staffed.first,
        place_of_staffed,
        place_start,
        filled,
        place,
        seat,
        members,
    )
    listed = np.empty(int(homes.workers.sum()), dtype=np.uint32)
    begin = np.cumsum(homes.workers) - homes.workers
    daily.list_workers(
        homes.role,
        homes.block_start,
        homes.district_of_block,
        homes.work_pick,
        occupied,
        begin.copy(),
        listed,
    )
    daily.seat_workers(
        listed,
        begin,
        homes.district_of_block,
        found["place_block"],
        place_start,
        filled,
        place,
        seat,
        members,
    )
    return {**found, "place": place, "seat": seat, "members": members}


def _classes(homes: Homes) -> _Staffed:
    """Divide pupils of a district and year, as they live, into classes of about the usual size; wards likewise."""
    districts, kinds = homes.workers.size, homes.students.shape[1]
    number = np.zeros((districts, kinds), dtype=np.int64)
    np.add.at(number, homes.district_of_block, homes.students)
    usual = np.array([*(CLASS_SIZE.values[stage] for stage in daily.STAGE_OF_YEAR), WARD_SIZE])
    classes = np.where(number > 0, np.maximum(1, np.rint(number / usual)), 0).astype(np.int64)
    first = (np.cumsum(classes) - classes.ravel()).reshape(classes.shape)
    block, told, staff = [], [], []
    begin_of = np.searchsorted(homes.district_of_block, np.arange(districts + 1))
    free = homes.workers.copy()
    for d in range(districts):
        here = homes.students[begin_of[d] : begin_of[d + 1]]
        upto = np.cumsum(here, axis=0)
        for year in np.nonzero(classes[d])[0].tolist():
            total, parts = number[d, year], classes[d, year]
            edges = -(-np.arange(parts + 1) * total // parts)
            block.append(begin_of[d] + np.searchsorted(upto[:, year], edges[:-1], side="right"))
            pupils = np.diff(edges)
            ward = year == daily.WARD
            stage = NONE if ward else int(daily.STAGE_OF_YEAR[year])
            told.append(np.column_stack([np.full(parts, CARE_HOME if ward else SCHOOL), np.full(parts, stage), pupils]))
            wanted = -(-pupils // RESIDENTS_PER_CARER) if ward else np.full(parts, TEACHERS[stage])
            given = np.minimum(np.cumsum(wanted), free[d])
            given = np.diff(given, prepend=0)
            free[d] -= given.sum()
            staff.append(given)
    return _Staffed(
        number=number,
        classes=classes,
        first=first,
        block=np.concatenate([np.zeros(0, dtype=np.int64), *block]),
        told=np.concatenate([np.zeros((0, 3), dtype=np.int64), *told]),
        staff=np.concatenate([np.zeros(0, dtype=np.int64), *staff]),
    )


def _staff_by_sector(homes: Homes, staffed: _Staffed, sectors: tuple[str, ...]) -> np.ndarray:
    """Workers with a class or ward, by district and sector, float64."""
    found = np.zeros((homes.workers.size, len(sectors)))
    district = homes.district_of_block[staffed.block]
    for layer, words in ((SCHOOL, jobs.EDUCATION), (CARE_HOME, jobs.HEALTH)):
        suits = jobs.in_sectors(sectors, words)
        here = np.bincount(district, staffed.staff * (staffed.told[:, 0] == layer), minlength=found.shape[0])
        found[:, suits] += here[:, None] / suits.sum()
    return found


def _jobs_of_blocks(homes: Homes, in_teams: np.ndarray, seed: int) -> np.ndarray:
    """Workers of each district divided among its blocks, unevenly, int64, shape (block,)."""
    weight = generator(seed, "synth", "where work lies").lognormal(0.0, 1.0, homes.district_of_block.size)
    begin = np.searchsorted(homes.district_of_block, np.arange(in_teams.size + 1))
    parts = [
        largest_remainder(int(total), weight[begin[d] : begin[d + 1]]) for d, total in enumerate(in_teams.tolist())
    ]
    return np.concatenate(parts)


def _port_blocks(city: City, homes: Homes, defaults: list[str]) -> np.ndarray:
    """Blocks in which port workers may work: the districts of the ports, or all where the folder has no port."""
    if city.has("places"):
        ports = city.scan("places").filter(pl.col("kind") == "port").select("area_id").collect()["area_id"]
        row = district_of_areas(city, homes.district_ids)
        found = sorted({row[code] for code in ports.to_list() if code in row})
        if found:
            return np.isin(homes.district_of_block, found)
    defaults.append(f"The folder names no port, so {KEY_GROUPS[0]} workers work all over the city (assumed).")
    return np.ones(homes.district_of_block.size, dtype=bool)
