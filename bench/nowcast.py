"""The nowcast beside R's surveillance: error, coverage and time on one line list of hospital admissions.

Run as ``python -m bench.nowcast``. R's nowcasts are those kept with the project's shared oracles
(HUS/EHEC O104:H4, Germany 2011), with the CPU seconds they took.
"""

import json
import time
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from seawall.watch.nowcast import nowcast
from seawall.watch.triangles import triangle_of

ORACLE = Path(__file__).parents[1].parent / "shared" / "oracles" / "nowcast"
MORNINGS = (date(2011, 6, 1), date(2011, 6, 10), date(2011, 6, 20))
METHODS = ("lawless", "bayes.notrunc", "bayes.trunc")


def scores(table: pl.DataFrame, low: str, middle: str, high: str) -> tuple[float, float, float]:
    """Mean absolute error, WIS of the median and the 95 % interval, and that interval's coverage in percent."""
    lower, median, upper, truth = (table[name].to_numpy().astype(float) for name in (low, middle, high, "truth_final"))
    error = np.abs(median - truth)
    missed = np.maximum(lower - truth, 0) + np.maximum(truth - upper, 0)
    wis = (error / 2 + 0.025 * (upper - lower) + missed) / 1.5
    return float(error.mean()), float(wis.mean()), float(100 * (missed == 0).mean())


def ours(lines: pl.DataFrame, on: date) -> tuple[pl.DataFrame, float]:
    """Our nowcast of one morning, and the CPU seconds it took."""
    rows = lines.filter(pl.col("report") <= on).select(
        pl.lit(0, dtype=pl.Int64).alias("area"),
        (pl.lit(on) - pl.col("event")).dt.total_days().alias("age"),
        (pl.col("report") - pl.col("event")).dt.total_days().alias("known_after"),
        pl.lit(1, dtype=pl.Int64).alias("cases"),
    )
    triangle = triangle_of(rows, on, ("all",), longest_days=15)
    spent = []
    for _ in range(5):
        started = time.process_time()
        found = nowcast(triangle, seed=1)
        spent.append(time.process_time() - started)
    return found.table(14), float(np.median(spent))


def main() -> None:
    if not ORACLE.exists():
        print("The shared oracles are not on this machine.")
        return
    lines = pl.read_csv(ORACLE / "linelist_husO104Hosp.csv", try_parse_dates=True)
    print("| morning | method | mean absolute error | WIS | 95 % coverage | CPU, s |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for on in MORNINGS:
        table, seconds = ours(lines, on)
        for method in METHODS:
            theirs = pl.read_csv(ORACLE / f"nowcast_{method}_{on}.csv", try_parse_dates=True)
            error, wis, covered = scores(theirs, "lo95", "nowcast_median", "hi95")
            spent = json.loads((ORACLE / f"nowcast_{method}_{on}.json").read_text(encoding="utf-8"))["cpu_s"]
            print(f"| {on} | R: {method} | {error:.2f} | {wis:.2f} | {covered:.0f} | {spent:.2f} |")
        both = table.join(theirs.select("date", "truth_final"), on="date")
        error, wis, covered = scores(both, "q2.5", "q50", "q97.5")
        print(f"| {on} | **ours** | {error:.2f} | {wis:.2f} | {covered:.0f} | {seconds:.3f} |")


if __name__ == "__main__":
    main()
