"""Zones: seconds to see a city and to draw each rule set, at 25 million residents and on an address list.

Run as ``python -m bench.zones``. The address list has the size of Shanghai's in spring 2022: 35,000
addresses, 173,000 address-days in 74 days.
"""

import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from seawall.city import read_city
from seawall.city.example import write_example
from seawall.core.draws import generator
from seawall.watch.series import daily_counts
from seawall.zones import DEFAULT_RULES, draw_zones, load_rules, see

FIRST, DAYS, ADDRESSES, ADDRESS_DAYS = date(2022, 3, 19), 74, 35_000, 173_000


def address_list(folder: Path) -> Path:
    """A folder of 16 districts whose infections are known by address and day only."""
    rng = generator(1, "bench zones")
    folder.mkdir()
    (folder / "city.toml").write_text('name = "Address list"\n')
    rows = ["area_id,parent_id,level,name,population", "C,,city,City,"]
    rows += [f"D{n},C,district,District {n},1500000" for n in range(16)]
    (folder / "areas.csv").write_text("\n".join(rows) + "\n")
    district = rng.integers(0, 16, ADDRESSES)
    pl.DataFrame(
        {
            "place_id": [f"P{n}" for n in range(ADDRESSES)],
            "area_id": [f"D{n}" for n in district],
            "kind": ["residence"] * ADDRESSES,
        }
    ).write_csv(folder / "places.csv")
    place = (rng.beta(0.6, 3.0, ADDRESS_DAYS * 2) * ADDRESSES).astype(int)
    day = np.clip(rng.normal(30, 13, place.size), 0, DAYS - 1).astype(int)
    found = pl.DataFrame({"date": day, "place_id": place}).unique(maintain_order=True).head(ADDRESS_DAYS)
    found.select(
        date=pl.lit(FIRST) + pl.duration(days=pl.col("date")),
        place_id=pl.format("P{}", "place_id"),
        event=pl.lit("positive_found"),
        count=pl.lit(1),
        at_least=pl.lit("true"),
    ).write_csv(folder / "signals.csv")
    daily = pl.DataFrame({"date": day, "area_id": district[place]}).group_by("date", "area_id").len()
    daily.select(
        date=pl.lit(FIRST) + pl.duration(days=pl.col("date")),
        area_id=pl.format("D{}", "area_id"),
        event=pl.lit("reports"),
        count="len",
    ).write_csv(folder / "counts.csv")
    return folder


def timed(name: str, folder: Path, on: date) -> None:
    start = time.perf_counter()
    city = read_city(folder)
    counts = daily_counts(city, on)
    counted = time.perf_counter()
    seen = see(city, on, counts=counts)
    looked = time.perf_counter()
    print(f"| {name} | {on} | read and count | | {counted - start:.2f} |")
    print(f"| {name} | {on} | see | {seen.infections.height:,} unit-days | {looked - counted:.2f} |")
    for key in DEFAULT_RULES:
        rules = load_rules(key)
        start = time.perf_counter()
        drawn = draw_zones(seen, rules)
        print(f"| {name} | {on} | {key} | {drawn.zones.height:,} zones | {time.perf_counter() - start:.2f} |")


def main() -> None:
    print("| city | day | step | size | seconds |")
    print("| --- | --- | --- | ---: | ---: |")
    with tempfile.TemporaryDirectory() as scratch:
        folder = address_list(Path(scratch) / "addresses")
        timed("address list", folder, FIRST + timedelta(days=32))
        timed("address list", folder, FIRST + timedelta(days=DAYS - 1))
        folder = Path(scratch) / "example"
        write_example(folder, residents=25_000_000, seed=1)
        timed("example, 25 million", folder, date(2025, 4, 20))
        timed("example, 25 million", folder, date(2025, 5, 31))


if __name__ == "__main__":
    main()
