"""A table of visits, for `bench.scale`: ``WHAT FOLDER ROWS``, what being write, count or hourly."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl

from seawall.core.draws import generator

PART = 5_000_000
"""Rows of a file."""

PLACES, AREAS, DAYS = 500_000, 400, 14


def write(folder: Path, rows: int) -> str:
    """Visits of people to places, a file for every few million rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    area_of = generator(1, "visits", "area").integers(AREAS, size=PLACES, dtype=np.int32)
    for part in range(rows // PART):
        draws = generator(1, "visits", str(part))
        place = draws.integers(PLACES, size=PART, dtype=np.int32)
        pl.DataFrame(
            {
                "person": draws.integers(25_000_000, size=PART, dtype=np.int32),
                "place": place,
                "area": area_of[place],
                "day": draws.integers(DAYS, size=PART, dtype=np.int16),
                "minute": draws.integers(1440, size=PART, dtype=np.int16),
                "minutes": draws.integers(1, 480, size=PART, dtype=np.int16),
            }
        ).write_parquet(folder / f"{part:03d}.parquet", compression="zstd")
    return f"{rows // PART} files"


def count(folder: Path, _rows: int) -> str:
    """Visits and minutes by area and day."""
    found = (
        pl.scan_parquet(folder / "*.parquet")
        .group_by("area", "day")
        .agg(pl.len().alias("visits"), pl.col("minutes").cast(pl.Int64).sum())
        .collect(engine="streaming")
    )
    return f"{found.height:,} groups, {found['visits'].sum():,} visits"


def hourly(folder: Path, _rows: int) -> str:
    """Visits by place, day and hour: a group for almost every row, the hardest of such questions."""
    found = (
        pl.scan_parquet(folder / "*.parquet")
        .group_by("place", "day", (pl.col("minute") // 60).alias("hour"))
        .agg(pl.len().alias("visits"))
        .group_by("visits")
        .agg(pl.len().alias("groups"))
        .collect(engine="streaming")
    )
    return f"{found['groups'].sum():,} groups"


def main() -> None:
    what, folder, rows = sys.argv[1:]
    print({"write": write, "count": count, "hourly": hourly}[what](Path(folder), int(rows)))
