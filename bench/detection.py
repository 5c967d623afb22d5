"""Detectors: time of an evaluation beside R's surveillance, and who sees Noufaily's simulated outbreaks.

    python -m bench.detection

The time of R is measured in the same run where Rscript finds the package surveillance (Debian:
r-cran-surveillance), and left out with a line where it does not.
"""

import csv
import gzip
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from seawall.core.draws import generator
from seawall.watch.alarms import METHODS, Detector, detect

SIMULATED = Path(__file__).parents[2] / "shared" / "oracles" / "noufaily_sim"
SERIES, WEEKS = 2_000, 320
IN_R = 40
"""Counts R is timed on: enough for two figures, quick enough to wait for."""

CALLS = {
    "farrington": "farringtonFlexible(s, list(range=r, b=5, w=3, noPeriods=10, pastWeeksNotIncluded=26, "
    "reweight=TRUE, weightsThreshold=2.58, trend=TRUE, pThresholdTrend=1, alpha=0.01, limit54=c(5,4), "
    "powertrans='2/3', thresholdMethod='nbPlugin', glmWarnings=FALSE))",
    "farrington-original": "farrington(s, list(range=r, b=5, w=3, reweight=TRUE, alpha=0.01), verbose=FALSE)",
    "ears-c1": "earsC(s, control=list(method='C1', alpha=0.01))",
    "ears-c2": "earsC(s, control=list(method='C2', alpha=0.01))",
    "ears-c3": "earsC(s, control=list(method='C3', alpha=0.01))",
    "cusum": "cusum(s, control=list(range=53:r, k=1.04, h=2.26, m=NULL, trans='rossi'))",
    "rki3": "rki(s, control=list(range=109:r, b=2, w=4, actY=FALSE))",
    "bayes3": "bayes(s, control=list(range=109:r, b=2, w=4, actY=FALSE, alpha=0.05))",
}
SET = {"cusum": {"trans": "rossi"}, "rki3": {}, "bayes3": {}}


def main() -> None:
    counts = generator(1, "bench detection").negative_binomial(5, 0.4, (WEEKS, SERIES)).astype(float)
    print("### Time\n")
    print(
        f"{SERIES:,} weekly series of {WEEKS} weeks, CPU of one core: one evaluation for Farrington, all weeks else.\n"
    )
    in_r = seconds_in_r(counts)
    print("| detector | ours, all | ours, each | R, each | times |\n|---|---|---|---|---|")
    for name in CALLS:
        detector = METHODS[name].make(**SET.get(name, {"alpha": 0.01}))
        wanted = np.arange(WEEKS) == WEEKS - 1 if "farrington" in name else None
        ours = best_of(3, lambda detector=detector, wanted=wanted: detect(counts, detector, wanted=wanted))
        r = in_r.get(name)
        beside = f"{1e3 * r:.2f} ms | {r / (ours / SERIES):,.0f}" if r else "- | -"
        print(f"| {name} | {ours:.3f} s | {1e3 * ours / SERIES:.4f} ms | {beside} |")
    if not in_r:
        print("\nR's surveillance is not installed here; its column is empty.")
    if not SIMULATED.is_dir():
        print("\nThe simulated outbreaks are not beside the project; no table of who sees them.")
        return
    simulated()


def best_of(times: int, act: Callable[[], object]) -> float:
    """The least CPU seconds of a few turns."""
    least = float("inf")
    for _ in range(times):
        start = time.process_time()
        act()
        least = min(least, time.process_time() - start)
    return least


def seconds_in_r(counts: np.ndarray) -> dict[str, float]:
    """CPU seconds R takes for one evaluation (all but Farrington: one series), by detector; empty without R."""
    program = shutil.which("Rscript")
    if program is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "counts.csv"
        np.savetxt(path, counts[:, :IN_R], fmt="%d", delimiter=",")
        lines = [
            "suppressMessages(library(surveillance))",
            f"y <- as.matrix(read.csv('{path}', header=FALSE)); r <- {WEEKS}",
            "each <- function(f) { t <- proc.time()[['user.self']]; for (j in seq_len(ncol(y))) {",
            "  s <- sts(observed=y[, j], frequency=52); suppressWarnings(f(s)) }",
            "  (proc.time()[['user.self']] - t) / ncol(y) }",
            *(f"cat('{name}', each(function(s) {call}), '\\n')" for name, call in CALLS.items()),
        ]
        done = subprocess.run([program, "-e", "\n".join(lines)], capture_output=True, text=True, check=False)
    return (
        {line.split()[0]: float(line.split()[1]) for line in done.stdout.splitlines()} if done.returncode == 0 else {}
    )


def simulated() -> None:
    """Who sees the outbreaks of Noufaily's simulation, ours beside R's figures, and at other levels."""
    rows = read("series.csv.gz")
    keys = list(dict.fromkeys((row["rep"], row["scenario"]) for row in rows))
    place = {key: column for column, key in enumerate(keys)}
    counts, added = np.zeros((624, len(keys))), np.zeros((624, len(keys)))
    for row in rows:
        at = (int(row["week"]) - 1, place[row["rep"], row["scenario"]])
        counts[at], added[at] = float(row["y"]), float(row["outbreak"])
    with (SIMULATED / "metrics.csv").open(encoding="utf-8") as file:
        theirs = {row["method"]: row for row in csv.DictReader(file)}
    assessed = np.arange(624) >= 575
    truth = added[assessed] > 0
    print(f"\n### Simulated outbreaks\n\n{len(keys)} series, {truth.size:,} assessed weeks.\n")
    head = ("FPR", "POD", "POD1week", "sensitivity", "PPV", "mean_delay_weeks_if_detected")
    print("| detector | level | FPR | POD | POD week 1 | sensitivity | PPV | delay (weeks) |")
    print("|---|---|---|---|---|---|---|---|")
    pairs = {
        "ears-c1": "ears_C1_a0.01",
        "ears-c2": "ears_C2_a0.01",
        "ears-c3": "ears_C3_documented_a0.01",
        "farrington": "farrington_flexible_noufaily_a0.01",
        "farrington-original": "farrington_original_a0.01",
        "cusum": "cusum_rossi",
        **{f"rki{number}": f"rki{number}" for number in (1, 2, 3)},
        **{f"bayes{number}": f"bayes{number}_a0.05" for number in (1, 2, 3)},
    }
    for name, other in pairs.items():
        options = SET.get(name[:-1] + "3", SET.get(name, {"alpha": 0.01}))
        _, _, level = other.partition("_a")
        show(f"{name} | {level or '-'}", seen(METHODS[name].make(**options), counts, assessed, truth))
        show(f"R: {other.removesuffix(f'_a{level}')} | {level or '-'}", [float(theirs[other][key]) for key in head])
    print("\nThe same detectors at other levels (probability of detection against false alarms):\n")
    print("| detector | level | FPR | POD | POD week 1 | sensitivity | PPV | delay (weeks) |")
    print("|---|---|---|---|---|---|---|---|")
    for name, alphas in {
        "farrington": (0.001, 0.005, 0.015, 0.025, 0.05, 0.1),
        "farrington-original": (0.0001, 0.001, 0.005, 0.02, 0.05),
        "ears-c1": (1e-7, 1e-5, 0.001),
        "ears-c2": (1e-7, 1e-5, 0.001),
        "ears-c3": (1e-7, 1e-5, 0.001, 0.025),
    }.items():
        for alpha in alphas:
            show(f"{name} | {alpha:g}", seen(METHODS[name].make(alpha=alpha), counts, assessed, truth))


def read(name: str) -> list[dict[str, str]]:
    with gzip.open(SIMULATED / name, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def seen(detector: Detector, counts: np.ndarray, assessed: np.ndarray, truth: np.ndarray) -> list[float]:
    """False-positive rate, detection, detection in the first week, sensitivity, PPV, delay when detected."""
    alarm = detect(counts, detector, wanted=assessed).alarm[assessed]
    first = truth.argmax(axis=0)
    hit = alarm & truth
    found = hit.any(axis=0)
    delay = (hit.argmax(axis=0) - first)[found]
    outbreaks = truth.any(axis=0)
    return [
        alarm[~truth].mean(),
        found[outbreaks].mean(),
        hit[first, np.arange(truth.shape[1])][outbreaks].mean(),
        alarm[truth].mean(),
        truth[alarm].mean(),
        delay.mean(),
    ]


def show(name: str, figures: list[float]) -> None:
    print(f"| {name} | " + " | ".join(f"{figure:.3g}" for figure in figures) + " |")


if __name__ == "__main__":
    main()
