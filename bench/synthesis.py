"""The synthesis of all residents: CPU time, peak memory and bytes a resident, by residents.

Run as ``python -m bench.synthesis``; each size runs in a process of its own, import and start included. The folders
are made here: 40 districts of communities of about 4,000, ages by five-year bands for each community.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from seawall.city.synth.defaults import AGE_SHARES
from seawall.city.synth.rounding import split_by_shares

SIZES = (100_000, 1_000_000, 10_000_000, 25_000_000, 100_000_000)

SYNTHESIS = """
import json, sys, time
from pathlib import Path
import numpy as np
from seawall.city import read_city
from seawall.city.synth import synthesise
people, _ = synthesise(read_city(sys.argv[1]), cache=Path(sys.argv[2]))
print(json.dumps([people.residents, sum(a.nbytes for a in vars(people).values() if isinstance(a, np.ndarray))]))
"""


def write_city(root: Path, residents: int) -> None:
    """A folder with areas and their population, and no other table that the synthesis reads."""
    root.mkdir()
    (root / "city.toml").write_text('name = "Bench"\nsynthetic = true\n', encoding="utf-8")
    districts, communities = 40, max(40, residents // 4000)
    persons = residents // communities + (np.arange(communities) < residents % communities)
    of = np.arange(communities) * districts // communities
    codes = [f"c{at:06d}" for at in range(communities)]
    rows = [("city", None, "city", "City", None)]
    rows += [(f"d{at:02d}", "city", "district", f"District {at}", None) for at in range(districts)]
    rows += [
        (code, f"d{unit:02d}", "community", code, count)
        for code, unit, count in zip(codes, of.tolist(), persons.tolist(), strict=True)
    ]
    columns = {"area_id": pl.String, "parent_id": pl.String, "level": pl.String, "name": pl.String}
    pl.DataFrame(rows, schema={**columns, "population": pl.Int64}, orient="row").write_parquet(root / "areas.parquet")
    bands = len(AGE_SHARES.at)
    pl.DataFrame(
        {
            "area_id": np.repeat(codes, bands),
            "age_from": np.tile(AGE_SHARES.at, communities),
            "age_to": np.tile([*(low - 1 for low in AGE_SHARES.at[1:]), 120], communities),
            "persons": split_by_shares(persons, np.array(AGE_SHARES.values)).ravel(),
        }
    ).write_parquet(root / "population.parquet")
    (root / "counts.csv").write_text("date,area_id,event,count\n2024-01-01,city,reports,1\n", encoding="utf-8")


def measured(city: Path, cache: Path) -> tuple[float, float, float]:
    """CPU seconds from start to exit, peak memory in MiB, bytes a resident."""
    process = subprocess.Popen([sys.executable, "-c", SYNTHESIS, str(city), str(cache)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    told = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"the synthesis of {city} failed")
    residents, size = json.loads(told)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, size / residents


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as scratch:
        write_city(Path(scratch) / "first", 20_000)
        measured(Path(scratch) / "first", Path(scratch) / "cache")  # loops are compiled once for all
        print("| residents | CPU s | CPU s, again | peak MiB | bytes a resident |")
        print("| ---: | ---: | ---: | ---: | ---: |")
        for residents in sizes:
            city, cache = Path(scratch) / f"city-{residents}", Path(scratch) / f"cache-{residents}"
            write_city(city, residents)
            seconds, peak, size = measured(city, cache)
            again, _, _ = measured(city, cache)
            print(f"| {residents:,} | {seconds:.1f} | {again:.1f} | {peak:.0f} | {size:.1f} |", flush=True)


if __name__ == "__main__":
    main()
