"""What people work in: sectors by district, and the groups watched by their job."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from seawall.city.layers import KEY_GROUPS
from seawall.city.read import City
from seawall.city.synth.defaults import GROUP_SHARES, SECTOR_SHARES, SECTORS
from seawall.city.synth.trips import district_of_areas

EDUCATION = ("educat", "school", "教育")
HEALTH = ("health", "hospital", "medic", "卫生", "医疗")
TRANSPORT = ("transport", "logistic", "storage", "warehous", "post", "port", "交通", "运输", "物流", "仓储", "邮政")
TRADE = ("retail", "wholesale", "trade", "market", "shop", "批发", "零售")
HOTELS = ("hotel", "restaurant", "accommodation", "catering", "住宿", "餐饮")
SERVICES = ("service", "resident", "personal", "服务")
"""How words in the name of a sector begin, by what it is."""

SUITS = {
    "port": (TRANSPORT,),
    "cold_chain": (TRANSPORT, TRADE),
    "quarantine_hotel": (HOTELS,),
    "medical": (HEALTH,),
    "courier": (TRANSPORT,),
    "market": (TRADE,),
    "public_facing": (TRADE, HOTELS, SERVICES),
}
"""Sectors in which each key group works."""


def speaks_of(sector: str, words: tuple[str, ...]) -> bool:
    """Whether a word of the sector's name begins so; a Chinese one may stand anywhere."""
    parts = re.findall(r"[a-z]+", sector.lower())
    return any(any(part.startswith(word) for part in parts) if word.isascii() else word in sector for word in words)


def sectors_of(
    city: City, district_ids: tuple[str, ...], defaults: list[str]
) -> tuple[tuple[str, ...], np.ndarray, float | None]:
    """Names of sectors; share of each among the workers of a district, shape (district, sector); workers in all.

    The number of workers is None where the table is missing.
    """
    if city.has("sectors"):
        row = district_of_areas(city, district_ids)
        table = city.scan("sectors").group_by("sector", "area_id", maintain_order=True).agg(pl.col("workers").sum())
        rows = table.collect()
        names = tuple(rows["sector"].unique(maintain_order=True))[:250]
        column = {name: at for at, name in enumerate(names)}
        found = np.zeros((len(district_ids), len(names)))
        for sector, area_id, workers in rows.iter_rows():
            if sector in column and area_id in row:
                found[row[area_id], column[sector]] += workers
            elif sector in column:  # told for the city as a whole
                found[:, column[sector]] += workers / len(district_ids)
        if found.sum() > 0:
            total = float(found.sum())
            silent = found.sum(axis=1) <= 0
            found[silent] = found.sum(axis=0)
            return names, found / found.sum(axis=1, keepdims=True), total
    defaults.append(SECTOR_SHARES.sentence)
    return tuple(SECTORS), np.tile(list(SECTORS.values()), (len(district_ids), 1)), None


def in_sectors(sectors: tuple[str, ...], *words: tuple[str, ...]) -> np.ndarray:
    """Which sectors are of these kinds, bool, shape (sector,); all of them where none is."""
    found = np.array([any(speaks_of(sector, some) for some in words) for sector in sectors])
    return found if found.any() else np.ones(len(sectors), dtype=bool)


def group_shares(sectors: tuple[str, ...], workers: np.ndarray) -> np.ndarray:
    """Share of a sector's workers in each key group, float64, shape (group, sector).

    Args:
        sectors: names.
        workers: float, shape (sector,). Share of all workers.
    """
    found = np.zeros((len(KEY_GROUPS), len(sectors)))
    for at, group in enumerate(KEY_GROUPS):
        suits = in_sectors(sectors, *SUITS[group])
        found[at, suits] = GROUP_SHARES.values[at] / max(workers[suits].sum(), 1e-9)
    crowded = found.sum(axis=0)
    return np.asarray(found / np.maximum(crowded / 0.9, 1.0))
