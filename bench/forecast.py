"""The forecast held against waves that were: Shanghai, Chinese provinces, Europe and FluSight.

Run as ``python -m bench.forecast [part of a name]``. Every forecast uses only the days before it; the baseline
is the FluSight hub's, by day or week. Data are those shared with the project; a set that is not there is left out.
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from seawall.city import Area, AreaTree, City
from seawall.disease import pathogen
from seawall.watch.baseline import baseline_quantiles
from seawall.watch.forecast import Reports, forecast_areas, serial_weights
from seawall.watch.hub import HUB_LEVELS
from seawall.watch.scores import weighted_interval_score
from seawall.watch.series_forecast import renewal_quantiles

SHARED = Path(__file__).parents[1].parent / "shared"
DRAWS = 400
OMICRON = serial_weights(pathogen("covid-omicron-ba2"))
ANCESTRAL = serial_weights(pathogen("covid-ancestral"))


@dataclass(frozen=True, kw_only=True)
class Forecasts:
    """Forecasts of one set: place, quantiles and baseline of shape (task, step, level), what came (task, step)."""

    places: list[str]
    quantiles: np.ndarray
    baseline: np.ndarray
    came: np.ndarray
    seconds: float


def each_alone(
    series: dict[str, np.ndarray], origins: range, steps: int, *, weights: np.ndarray | None, unit_days: int
) -> Forecasts:
    """Each series by itself, from every origin that it reaches."""
    past_days = 84 if unit_days == 1 else 60
    places, pasts, came, naive = [], [], [], []
    for place, counts in series.items():
        for origin in origins:
            if origin + steps <= counts.size:
                past = counts[max(0, origin - past_days) : origin]
                places.append(place)
                pasts.append(np.pad(past, (past_days - past.size, 0), constant_values=np.nan))
                came.append(counts[origin : origin + steps])
                naive.append(baseline_quantiles(counts[:origin], steps))
    started = time.process_time()
    found = renewal_quantiles(np.stack(pasts), steps, weights=weights, unit_days=unit_days, draws=DRAWS)[:, 1:]
    return Forecasts(
        places=places,
        quantiles=found,
        baseline=np.stack(naive),
        came=np.stack(came),
        seconds=time.process_time() - started,
    )


def shanghai_city() -> Forecasts:
    table = pl.read_csv(SHARED / "data/shanghai-2022/city_daily_b.csv").sort("date")
    counts = {"Shanghai": table["total"].cast(float).to_numpy()}
    return each_alone(counts, range(10, 74), 14, weights=OMICRON, unit_days=1)


def shanghai_districts() -> Forecasts:
    """The districts as the brief forecasts them: from the city down, so that they add up to it."""
    whole = pl.read_csv(SHARED / "data/shanghai-2022/city_daily_b.csv", try_parse_dates=True).sort("date")
    parts = pl.read_csv(SHARED / "data/shanghai-2022/district_daily_b.csv", try_parse_dates=True)
    names = parts["district_en"].unique(maintain_order=True).to_list()
    start: date = whole["date"][0]
    counts = np.full((1 + len(names), whole.height), np.nan)
    counts[0] = whole["total"].to_numpy()
    for row, name in enumerate(names, start=1):
        rows = parts.filter(district_en=name)
        counts[row, ((rows["date"] - start).dt.total_days()).to_numpy()] = rows["total"].clip(0).to_numpy()
    areas = [Area(area_id="Shanghai", parent_id=None, level="city", name="Shanghai", population=24_870_000)]
    areas += [Area(area_id=name, parent_id="Shanghai", level="district", name=name) for name in names]
    city = City(root=Path("Shanghai"), settings={"name": "Shanghai"}, files={})
    city.__dict__["areas"] = AreaTree.of(areas)
    reports = Reports(areas=("Shanghai", *names), start=start, counts=counts, imported=np.nan_to_num(counts * 0))
    first = int(np.argmin(np.isnan(counts[1])))
    places, quantiles, naive, came = [], [], [], []
    spent = 0.0
    for origin in range(first + 8, whole.height - 13, 2):
        began = time.process_time()
        known = reports.until(start + timedelta(days=origin - 1))
        future = forecast_areas(city, known, pathogen=pathogen("covid-omicron-ba2"), draws=DRAWS, events=[])
        spent += time.process_time() - began
        quantiles.append(np.moveaxis(np.quantile(future.paths[1:], HUB_LEVELS, axis=1), 0, -1))
        naive.append(np.stack([baseline_quantiles(row[:origin], 14) for row in counts[1:]]))
        came.append(counts[1:, origin : origin + 14])
        places += names
    return Forecasts(
        places=places,
        quantiles=np.concatenate(quantiles),
        baseline=np.concatenate(naive),
        came=np.concatenate(came),
        seconds=spent,
    )


def provinces() -> Forecasts:
    table = pl.read_csv(SHARED / "data/china-provinces-2020-22/jhu_cumulative_confirmed.csv.gz").sort("date")
    series = {
        str(place): np.maximum(np.diff(rows["cum_confirmed"].cast(float).to_numpy()), 0)
        for (place,), rows in table.group_by("province", maintain_order=True)
        if place != "Unknown"
    }
    return each_alone(series, range(30, 877, 23), 14, weights=ANCESTRAL, unit_days=1)


def europe_by_day() -> Forecasts:
    table = pl.read_csv(SHARED / "data/covidhub-europe-2021-22/truth_daily_jhu.csv.gz").sort("date")
    series = {
        str(place): np.maximum(rows["value"].cast(float).to_numpy(), 0)
        for (place,), rows in table.filter(target="inc case").group_by("location", maintain_order=True)
    }
    return each_alone(series, range(100, 877, 25), 14, weights=ANCESTRAL, unit_days=1)


def europe_by_week(target: str) -> Forecasts:
    table = pl.read_csv(SHARED / "data/covidhub-europe-2021-22/truth_weekly.csv.gz").sort("target_end_date")
    series = {
        str(place): np.maximum(rows["obs"].cast(float).to_numpy(), 0)
        for (place,), rows in table.filter(target=target).group_by("location", maintain_order=True)
    }
    return each_alone(series, range(40, 123, 3), 4, weights=None, unit_days=7)


def flusight() -> Forecasts:
    """Season 2023-24, from what was known at the time, against the final numbers."""
    folder = SHARED / "oracles/flusight"
    names = {"location": pl.String}
    vintages = pl.read_csv(folder / "vintages_2023-24.csv.gz", try_parse_dates=True, schema_overrides=names)
    final = pl.read_csv(folder / "truth_to_2024-05.csv.gz", try_parse_dates=True, schema_overrides=names)
    came_by = {(place, day): value for place, day, value in final.select("location", "date", "value").iter_rows()}
    places, pasts, naive, came = [], [], [], []
    for week in range(28):
        last = date(2023, 10, 7) + timedelta(days=7 * week)
        known = vintages.filter(pl.col("as_of") <= last).sort("location", "date", "as_of")
        for (place,), rows in known.group_by("location", maintain_order=True):
            latest = rows.group_by("date", maintain_order=True).last()
            weeks = ((last - latest["date"]).dt.total_days() // 7).to_numpy()
            after = [came_by.get((place, last + timedelta(days=7 * ahead))) for ahead in range(1, 5)]
            if weeks.min() > 0 or None in after:
                continue
            series = np.full(weeks.max() + 1, np.nan)
            series[weeks.max() - weeks] = latest["value"].to_numpy()
            places.append(str(place))
            pasts.append(np.pad(series[-60:], (max(0, 60 - series.size), 0), constant_values=np.nan))
            naive.append(baseline_quantiles(series, 4))
            came.append(np.array(after, dtype=float))
    started = time.process_time()
    found = renewal_quantiles(np.stack(pasts), 4, unit_days=7, draws=DRAWS)[:, 1:]
    return Forecasts(
        places=places,
        quantiles=found,
        baseline=np.stack(naive),
        came=np.stack(came),
        seconds=time.process_time() - started,
    )


SETS: dict[str, Callable[[], Forecasts]] = {
    "Shanghai 2022, city, 14 days": shanghai_city,
    "Shanghai 2022, 16 districts, 14 days": shanghai_districts,
    "Chinese provinces 2020-22, 14 days": provinces,
    "Europe 2020-22, cases, 14 days": europe_by_day,
    "Europe 2020-22, cases, 4 weeks": lambda: europe_by_week("inc case"),
    "Europe 2020-22, deaths, 4 weeks": lambda: europe_by_week("inc death"),
    "FluSight 2023-24, 4 weeks": flusight,
}


def columns(made: Forecasts) -> Iterator[str]:
    """One row of the table, cell by cell."""
    told = ~np.isnan(made.came)
    came = np.nan_to_num(made.came)

    def wis(quantiles: np.ndarray, of: np.ndarray) -> np.ndarray:
        return np.where(told, weighted_interval_score(of, quantiles, HUB_LEVELS)["wis"], 0.0)

    yield f"{len(made.places):,}"
    ours, theirs = wis(made.quantiles, came), wis(made.baseline, came)
    yield f"{ours.sum() / theirs.sum():.3f}"
    log = wis(np.log1p(made.quantiles), np.log1p(came)).sum() / wis(np.log1p(made.baseline), np.log1p(came)).sum()
    yield f"{log:.3f}"
    places = np.array(made.places)
    ratios = [
        ours[places == one].sum() / theirs[places == one].sum()
        for one in set(made.places)
        if theirs[places == one].sum() > 0
    ]
    yield f"{np.exp(np.mean(np.log(ratios))):.3f}"
    half = made.came.shape[1] // 2
    for low, high in ((0.25, 0.75), (0.05, 0.95)):
        lower, upper = (made.quantiles[..., HUB_LEVELS.index(level)] for level in (low, high))
        inside = (lower <= came) & (came <= upper)
        for steps in (slice(0, half), slice(half, None)):
            yield f"{100 * inside[:, steps][told[:, steps]].mean():.0f}"
    yield f"{1000 * made.seconds / len(made.places):.1f}"


def main(part: str) -> None:
    heads = ["set", "forecasts", "WIS / baseline", "of log(1 + count)", "by place"]
    heads += [f"{level} % {when}" for level in (50, 90) for when in ("near", "far")]
    print(f"| {' | '.join([*heads, 'ms'])} |\n| --- |{' ---: |' * 9}")
    for name, make in SETS.items():
        if part.lower() in name.lower():
            try:
                made = make()
            except FileNotFoundError:
                print(f"| {name} | not on this machine |")
                continue
            print(f"| {name} | {' | '.join(columns(made))} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
