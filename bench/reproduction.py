"""The reproduction number: time against EpiEstim in the same run, and coverage on 200 outbreaks of known truth.

Run as ``python -m bench.reproduction``. EpiEstim is timed where Rscript and the package are installed.
"""

import shutil
import subprocess
import time
from collections.abc import Callable

import numpy as np

from seawall.core.draws import generator
from seawall.disease import discretised_serial_interval
from seawall.watch.case_reproduction import estimate_case_reproduction
from seawall.watch.growth import estimate_growth
from seawall.watch.infection_pressure import sliding_windows
from seawall.watch.overdispersion import estimate_overdispersion
from seawall.watch.reproduction import estimate_reproduction
from seawall.watch.serial_intervals import UncertainSerialInterval, draw_serial_intervals

FLU = np.array([1, 1, 0, 2, 5, 3, 3, 3, 6, 2, 5, 9, 13, 12, 13, 11, 12, 6, 6, 6, 3, 1, 0, 2, 0, 0, 0, 0, 2, 0, 2, 0.0])
UNCERTAIN = UncertainSerialInterval(
    mean_days=2.6, mean_sd=1, mean_min=1, mean_max=4.2, sd_days=1.5, sd_sd=0.5, sd_min=0.5, sd_max=2.5
)

EPIESTIM = """
suppressWarnings(suppressMessages(library(EpiEstim)))
once <- function(run) { s <- proc.time(); run(); e <- proc.time() - s; e[["user.self"]] + e[["sys.self"]] }
timed <- function(run) median(c(once(run), once(run), once(run)))
flu <- c(%(flu)s)
year <- c(%(year)s)
quiet <- function(x) suppressWarnings(suppressMessages(x))
par <- function(I, n) quiet(estimate_R(I, method = "parametric_si", config = make_config(list(mean_si = 2.6,
  std_si = 1.5, t_start = 2:(n - 6), t_end = 8:n))))
unc <- function(n1) quiet(estimate_R(flu, method = "uncertain_si", config = make_config(list(mean_si = 2.6,
  std_mean_si = 1, min_mean_si = 1, max_mean_si = 4.2, std_si = 1.5, std_std_si = 0.5, min_std_si = 0.5,
  max_std_si = 2.5, n1 = n1, n2 = 500, t_start = 2:26, t_end = 8:32))))
wt <- function() quiet(wallinga_teunis(flu, method = "parametric_si", config = list(mean_si = 2.6, std_si = 1.5,
  t_start = 2:26, t_end = 8:32, n_sim = 100)))
cat(timed(function() par(flu, 32)), timed(function() par(year, 365)), once(function() unc(100)) * 10, timed(wt))
"""


def seconds(run: Callable[[], object], repeats: int = 7) -> float:
    """Median time of one call, in seconds."""
    run()
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return float(np.median(spent))


def year_of_counts(regions: int) -> np.ndarray:
    draw = generator(1, "bench", "year")
    return draw.poisson(50 * np.exp(np.cumsum(draw.normal(0, 0.05, (regions, 365)), axis=1))).astype(float)


def epiestim(year: np.ndarray) -> list[float] | None:
    """Seconds of the four R runs, or None where they cannot be run."""
    if shutil.which("Rscript") is None:
        return None
    code = EPIESTIM % {"flu": ",".join(f"{x:g}" for x in FLU), "year": ",".join(f"{x:g}" for x in year)}
    said = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=False)
    return [float(word) for word in said.stdout.split()] if said.returncode == 0 else None


def times() -> None:
    weights, year = discretised_serial_interval(2.6, 1.5), year_of_counts(100)
    windows = sliding_windows(365, 14)
    ours = [
        seconds(lambda: estimate_reproduction(FLU, weights), 50),
        seconds(lambda: estimate_reproduction(year[0], weights), 50),
        seconds(lambda: estimate_reproduction(year, weights)),
        seconds(lambda: estimate_reproduction(FLU, draw_serial_intervals(UNCERTAIN, 32, seed=1))),
        seconds(lambda: estimate_case_reproduction(FLU, weights)),
        seconds(lambda: estimate_growth(year, windows), 3),
    ]
    r = epiestim(year[0])
    if r is None:
        print("Rscript or EpiEstim is not installed: ours alone.\n")
        theirs: list[float | None] = [None] * 6
    else:
        theirs = [r[0], r[1], 100 * r[1], r[2], r[3], None]
    names = [
        "Cori, 32 days",
        "Cori, 365 days",
        "Cori, 100 regions x 365 days (EpiEstim: one region x 100)",
        "Cori, uncertain serial interval, 1,000 (EpiEstim: 100 x 500 draws, x 10)",
        "Wallinga-Teunis, 32 days (EpiEstim: 100 trees)",
        "Growth and interval, 100 regions x 352 windows of 14 days",
    ]
    print("| case | ours, ms | EpiEstim, ms | ratio |\n| --- | ---: | ---: | ---: |")
    for name, our, their in zip(names, ours, theirs, strict=True):
        other = "" if their is None else f"{1000 * their:,.0f}"
        ratio = "" if their is None else f"{their / our:,.0f}"
        print(f"| {name} | {1000 * our:,.2f} | {other} | {ratio} |")


def outbreaks(spread: float, number: int = 200, days: int = 80) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts and true reproduction numbers of outbreaks from the renewal equation, shape (outbreak, day)."""
    draw = generator(7, "bench", "outbreaks", str(spread))
    weights = discretised_serial_interval(4.8, 2.3)
    steps = np.cumsum(draw.normal(0, 0.05, (number, days)), axis=1)
    truth = 1.2 * np.exp(steps - steps.mean(axis=1, keepdims=True))
    counts = np.zeros((number, days))
    counts[:, :5] = 20
    for day in range(5, days):
        past = counts[:, :day][:, ::-1][:, : weights.size - 1]
        mean = truth[:, day] * (past * weights[1 : past.shape[1] + 1]).sum(axis=1)
        if spread > 0:
            mean = draw.gamma(1 / spread, spread * mean)
        counts[:, day] = draw.poisson(mean)
    return counts, truth, weights


def coverage() -> None:
    print("\n| 7-day R on 200 outbreaks | 50 % intervals | 90 % intervals |\n| --- | ---: | ---: |")
    for name, size in (("Poisson", 0.0), ("variance mu + 0.05 mu^2", 0.05), ("variance mu + 0.2 mu^2", 0.2)):
        counts, truth, weights = outbreaks(size)
        for how, spread in (("as Cori", 1.0), ("overdispersion estimated", estimate_overdispersion(counts, weights))):
            estimate = estimate_reproduction(counts, weights, overdispersion=spread)
            mean = np.stack([truth[:, start:stop].mean(axis=1) for start, stop in estimate.windows], axis=1)
            late = estimate.windows[:, 0] >= 20
            quantiles, known = estimate.quantiles[:, late], mean[:, late]
            inside = [
                100 * ((quantiles[..., low] <= known) & (known <= quantiles[..., high])).mean()
                for low, high in ((2, 4), (1, 5))
            ]
            print(f"| {name}, {how} | {inside[0]:.1f} | {inside[1]:.1f} |")


if __name__ == "__main__":
    times()
    coverage()
