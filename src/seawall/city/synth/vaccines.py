"""Who has had which doses, and when: from the table `doses`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from seawall.city.layers import OLDEST
from seawall.city.read import City
from seawall.city.synth.trips import district_of_areas

PICKS = 512
"""Equally likely entries from which a person's history is drawn."""

MOST_ROWS = 120
"""Histories kept apart; the twin needs room for those to come."""

BEFORE_DAYS = 90
"""Days from the second dose to the first day of the table, of who had it before; assumed."""

MOST_DOSES = 3
"""More doses count as this many."""


def vaccinated(
    city: City, district_ids: tuple[str, ...], by_age: np.ndarray, defaults: list[str]
) -> tuple[tuple[Mapping[str, Any], ...], np.ndarray]:
    """Histories, and from which of them each district and age is drawn.

    Who has had dose k has had those before it, so people with at least k doses are the largest number that the table
    gives for any dose from k on. Days are counted back from the last day of the table, by months of 30 days.

    Args:
        city: the folder.
        district_ids: codes.
        by_age: int64, shape (district, age). Residents.
        defaults: added to.

    Returns:
        Histories, the first without doses, and uint8, shape (district, age, 512).
    """
    districts, ages = by_age.shape
    pick = np.zeros((districts, ages, PICKS), dtype=np.uint8)
    nothing: dict[str, Any] = {"doses": 0}
    if not city.has("doses"):
        defaults.append("Nobody is vaccinated: the folder has no table doses (assumed).")
        return (nothing,), pick
    rows = _by_month(city, district_ids)
    if rows.is_empty():
        defaults.append("Nobody is vaccinated: the table doses names no district of the city (assumed).")
        return (nothing,), pick
    month = 1
    while rows.select(pl.struct("dose", "product", pl.col("month") // month).n_unique()).item() > MOST_ROWS:
        month += 1
    rows = (
        rows.with_columns(pl.col("month") // month)
        .group_by("district", "dose", "product", "month", "age_from", "age_to")
        .agg(pl.col("doses").sum())
        .sort("dose", "product", "month", "district", "age_from", "age_to")
    )
    kinds = rows.select("dose", "product", "month").unique(maintain_order=True).rows()[:250]
    row_of = {kind: at + 1 for at, kind in enumerate(kinds)}
    given = np.zeros((districts, ages, len(kinds) + 2))  # the last: fully vaccinated before the table begins
    for district, dose, product, when, low, high, doses in rows.iter_rows():
        if (dose, product, when) not in row_of:
            continue
        band = slice(min(low, OLDEST), min(high, OLDEST) + 1)
        people = by_age[district, band]
        total = people.sum()
        if total > 0:
            given[district, band, row_of[dose, product, when]] += doses * people / total
    last = np.array([0, *(dose for dose, _, _ in kinds), 2])
    share = np.divide(given, by_age[..., None], out=np.zeros_like(given), where=by_age[..., None] > 0)
    of_dose = np.stack([share[..., last == dose].sum(axis=2) for dose in range(1, MOST_DOSES + 1)], axis=2)
    at_least = np.minimum(np.maximum.accumulate(of_dose[..., ::-1], axis=2)[..., ::-1], 1.0)
    stock = _stock(city, district_ids)
    youngest = int(rows.select(pl.col("age_from").min()).item())
    for district in np.nonzero(stock > 0)[0]:
        at_least[district, :, :2] = _raised(at_least[district, :, :2], by_age[district], stock[district], youngest)
    exactly = at_least - np.concatenate([at_least[..., 1:], np.zeros((districts, ages, 1))], axis=2)
    for dose in range(1, MOST_DOSES + 1):
        mine = last == dose
        factor = np.divide(
            exactly[..., dose - 1],
            of_dose[..., dose - 1],
            out=np.zeros((districts, ages)),
            where=of_dose[..., dose - 1] > 0,
        )
        share[..., mine] *= np.minimum(factor, 1.0)[..., None]
    of_second = share[..., last == 2].sum(axis=2)
    share[..., -1] = np.maximum(exactly[..., 1] - of_second, 0.0)
    edges = np.cumsum(share[..., 1:], axis=2)
    at = (np.arange(PICKS) + 0.5) / PICKS
    for district in range(districts):
        for age in np.nonzero(edges[district, :, -1])[0]:
            found = np.searchsorted(edges[district, age], at) + 1
            pick[district, age] = np.where(found > len(kinds) + 1, 0, found)
    histories = (
        nothing,
        *(
            {"doses": int(dose), "product": str(product), "days_before": int((when * month + 0.5 * month) * 30)}
            for dose, product, when in kinds
        ),
        {
            "doses": 2,
            "product": str(rows.group_by("product").agg(pl.col("doses").sum()).sort("doses", "product")["product"][-1]),
            "days_before": (rows.select(pl.col("month").max()).item() + 1) * month * 30 + BEFORE_DAYS,
        },
    )
    if stock.any():
        defaults.append(
            f"Who is fully vaccinated according to the table counts but not in the table doses had the second dose "
            f"{BEFORE_DAYS} days before that table begins, the same share at every age (assumed)."
        )
    defaults.append("Doses count as of the last day of the table doses, to the month (assumed).")
    return histories, pick


def _by_month(city: City, district_ids: tuple[str, ...]) -> pl.DataFrame:
    """Doses by district, number of the dose, product, months before the last day, and band of ages."""
    row = district_of_areas(city, district_ids)
    rows = pl.DataFrame(
        {"area_id": list(row), "district": list(row.values())},
        schema={"area_id": pl.String, "district": pl.Int64},
    )
    return (
        city.scan("doses")
        .join(rows.lazy(), on="area_id")
        .with_columns(
            pl.col("dose").clip(1, MOST_DOSES),
            ((pl.col("date").max() - pl.col("date")).dt.total_days() // 30).alias("month"),
        )
        .group_by("district", "dose", "product", "month", "age_from", "age_to")
        .agg(pl.col("doses").sum())
        .collect()
    )


def _stock(city: City, district_ids: tuple[str, ...]) -> np.ndarray:
    """People fully vaccinated by district, from the last day of the table `counts`; 0 where it does not say."""
    found = np.zeros(len(district_ids))
    if not city.has("counts"):
        return found
    row = {code: at for at, code in enumerate(district_ids)}
    table = (
        city.scan("counts")
        .filter((pl.col("event") == "vaccinated") & pl.col("area_id").is_in(list(row)))
        .sort("date")
        .group_by("area_id")
        .agg(pl.col("count").last())
        .collect()
    )
    for area_id, count in table.iter_rows():
        found[row[area_id]] = count or 0.0
    return found


def _raised(at_least: np.ndarray, people: np.ndarray, stock: float, youngest: int) -> np.ndarray:
    """Shares with at least one and two doses by age, raised to a common level until so many people have two.

    Args:
        at_least: float64, shape (age, 2).
        people: int64, shape (age,).
        stock: people with two doses.
        youngest: age below which nobody is vaccinated.
    """
    may = np.arange(people.size) >= youngest
    low, high = 0.0, 1.0
    for _ in range(40):
        level = (low + high) / 2
        if (people * np.maximum(at_least[:, 1], level * may)).sum() < stock:
            low = level
        else:
            high = level
    return np.asarray(np.maximum(at_least, low * may[:, None]))
