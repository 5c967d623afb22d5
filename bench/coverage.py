"""How often intervals hold the truth: nowcast, R and forecast on 200 synthetic outbreaks of known truth.

Run as ``python -m bench.coverage [outbreaks]``. An outbreak is looked at on one morning, drawn between its 36th
and 118th day, if it had 70 reports in the two weeks before; nothing later than that morning is used.
"""

import sys
import time
from collections import defaultdict

import numpy as np

from bench._outbreaks import DAYS, Outbreak, as_known, clock_reproduction, outbreak
from seawall.core.draws import generator
from seawall.watch.baseline import baseline_quantiles
from seawall.watch.hub import HUB_LEVELS
from seawall.watch.nowcast import ANY_INTERVAL, complete_counts
from seawall.watch.overdispersion import estimate_overdispersion
from seawall.watch.paths import play_on, reports_ahead
from seawall.watch.reporting import learn_delay
from seawall.watch.reproduction import estimate_reproduction
from seawall.watch.scores import weighted_interval_score

HORIZON = 14
FEWEST = 70
LEVELS = (0.05, 0.25, 0.75, 0.95)


def held(quantiles: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Whether the truth lies in the 50 % and the 90 % interval; last axis of `quantiles` is `LEVELS`."""
    inner = (quantiles[..., 1] <= truth) & (truth <= quantiles[..., 2])
    outer = (quantiles[..., 0] <= truth) & (truth <= quantiles[..., 3])
    return np.stack([inner, outer], axis=-1).reshape(-1, 2)


def mornings(number: int) -> list[tuple[int, Outbreak, int]]:
    """Outbreaks large enough to be looked at, each with its seed and its morning."""
    found: list[tuple[int, Outbreak, int]] = []
    seed = 0
    while len(found) < number:
        seed += 1
        truth = outbreak(seed)
        on = int(generator(seed, "on").integers(35, DAYS - 32))
        if truth.reports[on - 13 : on + 1].sum() >= FEWEST:
            found.append((seed, truth, on))
    return found


def look(seed: int, truth: Outbreak, on: int, into: dict[str, list[np.ndarray]], wis: dict[str, list[float]]) -> None:
    """One morning: nowcast, R and both forecasts, held against what was so and what came."""
    came = truth.reports[on + 1 : on + 1 + HORIZON].astype(float)
    known = as_known(truth, on)
    reported = known.sum(axis=2)
    delay = learn_delay(known)

    def present(weights: np.ndarray) -> np.ndarray:
        rng = generator(seed, "plain nowcast")
        return complete_counts(reported, weights, rng, delay=delay).totals

    rng = generator(seed, "coverage")
    draws = complete_counts(reported, truth.weights, rng, delay=delay)
    for name, totals in (("serial interval known", draws.totals), ("a week, evenly", present(ANY_INTERVAL))):
        days = min(totals.shape[2], 7)
        final = truth.onsets[on - days + 1 : on + 1].sum(axis=1)
        quantiles = np.moveaxis(np.quantile(totals[0, :, -days:], LEVELS, axis=0), 0, -1)
        into[f"nowcast of onsets, last 7 days, {name}"].append(held(quantiles, final))

    for back in (0, 7):
        if draws.log_r.shape[2] > back:
            day = on - back
            was = clock_reproduction(truth.expected_onsets, truth.weights, day, day)
            quantiles = np.quantile(np.exp(draws.log_r[0, :, -1 - back]), LEVELS)
            into[f"R on the clock of onsets, {_ago(back)}, with the nowcast"].append(held(quantiles, np.array(was)))
    counts = truth.reports[: on + 1].astype(float)[None]
    interval = np.concatenate([[0.0], truth.weights])
    weekly = estimate_reproduction(counts, interval, overdispersion=estimate_overdispersion(counts, interval))
    for back in (0, 7):
        first, stop = weekly.windows[-1 - back]
        was = clock_reproduction(truth.expected_reports, truth.weights, int(first), int(stop) - 1)
        quantiles = weekly.quantiles[0, -1 - back, [1, 2, 4, 5]]
        into[f"R of reports over 7 days (Cori), {_ago(back)}"].append(held(quantiles, np.array(was)))

    events = play_on(draws, truth.weights, HORIZON, rng)[0]
    waiting = draws.totals[0] - reported[0, -draws.totals.shape[2] :]
    by_onset = reports_ahead(waiting, events, delay, rng)
    rng = generator(seed, "reports alone")
    alone = complete_counts(counts[:, -84:], truth.weights, rng)
    by_report = play_on(alone, truth.weights, HORIZON, rng)[0]
    for name, paths in (("from a line list", by_onset), ("from reports alone", by_report)):
        quantiles = np.moveaxis(np.quantile(paths, LEVELS, axis=0), 0, -1)
        into[f"forecast {name}, days 1-7"].append(held(quantiles[:7], came[:7]))
        into[f"forecast {name}, days 8-14"].append(held(quantiles[7:], came[7:]))
        hub = np.quantile(paths, HUB_LEVELS, axis=0).T
        wis[f"forecast {name}"].append(_wis(hub, came))
        wis[f"forecast {name}, log"].append(_wis(np.log1p(hub), np.log1p(came)))
    naive = baseline_quantiles(counts[0], HORIZON)
    wis["baseline"].append(_wis(naive, came))
    wis["baseline, log"].append(_wis(np.log1p(naive), np.log1p(came)))


def _ago(days: int) -> str:
    return f"{days} days back" if days else "today"


def _wis(quantiles: np.ndarray, came: np.ndarray) -> float:
    return float(weighted_interval_score(came, quantiles, HUB_LEVELS)["wis"].mean())


def main(number: int) -> None:
    into: dict[str, list[np.ndarray]] = defaultdict(list)
    wis: dict[str, list[float]] = defaultdict(list)
    started = time.process_time()
    looked = mornings(number)
    making = time.process_time() - started
    started = time.process_time()
    for seed, truth, on in looked:
        look(seed, truth, on, into, wis)
    print(f"| {number} outbreaks | n | 50 % intervals | 90 % intervals |\n| --- | ---: | ---: | ---: |")
    for name, parts in into.items():
        both = np.concatenate(parts)
        print(f"| {name} | {len(both)} | {100 * both[:, 0].mean():.1f} | {100 * both[:, 1].mean():.1f} |")
    print("\n| forecast, days 1-14 | WIS against the baseline's | of log(1 + reports) |\n| --- | ---: | ---: |")
    for name in ("from a line list", "from reports alone"):
        plain = np.sum(wis[f"forecast {name}"]) / np.sum(wis["baseline"])
        log = np.sum(wis[f"forecast {name}, log"]) / np.sum(wis["baseline, log"])
        print(f"| {name} | {plain:.3f} | {log:.3f} |")
    spent = (time.process_time() - started) / number
    print(f"\nCPU: {1000 * spent:.0f} ms an outbreak for all of it (making it took {1000 * making / number:.0f} ms).")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
