"""Where people of a district spend the day: from the table `trips`, else by distance, else by a share at home."""

from __future__ import annotations

import numpy as np
import polars as pl

from seawall.city.read import City
from seawall.city.synth.ages import Residents
from seawall.city.synth.defaults import GRAVITY, HOME_DISTRICT

PICKS = 4096
"""Equally likely entries from which a district of work is drawn."""


def district_of_areas(city: City, district_ids: tuple[str, ...]) -> dict[str, int]:
    """Row of the district in which each area of the folder lies; areas above districts are left out."""
    rows = {code: row for row, code in enumerate(district_ids)}
    found = {}
    for area_id in city.areas.areas:
        row = next((rows[step.area_id] for step in city.areas.path(area_id) if step.area_id in rows), None)
        if row is not None:
            found[area_id] = row
    return found


def destinations(city: City, residents: Residents, defaults: list[str]) -> np.ndarray:
    """Where who lives in a district spends the day, float64, shape (district, district); rows sum to 1."""
    people = np.bincount(residents.district_of_area, residents.by_age.sum(axis=1))
    count = people.size
    if count == 1:
        return np.ones((1, 1))
    if city.has("trips"):
        found = _told(city, residents, count)
        silent = found.sum(axis=1) <= 0
        if not silent.all():
            if silent.any():
                defaults.append(
                    f"{silent.sum()} districts from which the table trips tells none stay at home (assumed)."
                )
                found[silent] = np.eye(count)[silent]
            return np.asarray(found / found.sum(axis=1, keepdims=True))
    points = _middles(city, residents.district_ids)
    if points is not None:
        defaults.append(GRAVITY.sentence)
        scale, power, within = GRAVITY.values
        per_lon = 111.32 * np.cos(np.radians(points[:, 1].mean()))
        gap = points[:, None] - points[None]
        km = np.hypot(gap[..., 0] * per_lon, gap[..., 1] * 110.85)
        np.fill_diagonal(km, within)
        pull = people[None] / (scale + km) ** power
        return np.asarray(pull / pull.sum(axis=1, keepdims=True))
    defaults.append(HOME_DISTRICT.sentence)
    others = np.tile(people, (count, 1))
    np.fill_diagonal(others, 0.0)
    return np.asarray(
        HOME_DISTRICT.value * np.eye(count) + (1 - HOME_DISTRICT.value) * others / others.sum(axis=1, keepdims=True)
    )


def _told(city: City, residents: Residents, count: int) -> np.ndarray:
    row = district_of_areas(city, residents.district_ids)
    rows = pl.DataFrame({"area": list(row), "row": list(row.values())}, schema={"area": pl.String, "row": pl.Int64})
    table = (
        city.scan("trips")
        .join(rows.lazy(), left_on="from_area", right_on="area")
        .rename({"row": "start"})
        .join(rows.lazy(), left_on="to_area", right_on="area")
        .rename({"row": "end"})
        .group_by("start", "end")
        .agg(pl.col("trips_per_day").sum())
        .collect()
    )
    found = np.zeros((count, count))
    found[table["start"].to_numpy(), table["end"].to_numpy()] = table["trips_per_day"].to_numpy()
    return found


def _middles(city: City, district_ids: tuple[str, ...]) -> np.ndarray | None:
    areas = [city.areas[code] for code in district_ids]
    if any(area.lon is None or area.lat is None for area in areas):
        return None
    return np.array([[area.lon, area.lat] for area in areas], dtype=float)


def picks(probability: np.ndarray, entries: int = PICKS) -> np.ndarray:
    """Rows as tables of equally likely entries, uint16, shape (row, entry)."""
    edges = np.cumsum(probability, axis=1) / probability.sum(axis=1, keepdims=True)
    at = (np.arange(entries) + 0.5) / entries
    found = np.array([np.searchsorted(row, at) for row in edges])
    return found.clip(0, probability.shape[1] - 1).astype(np.uint16)
