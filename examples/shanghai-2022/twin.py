"""Shanghai, spring 2022, played on from a morning in the twin, and held against what came.

    .venv/bin/python examples/shanghai-2022/twin.py CITY -o FOLDER

CITY is the folder that `make.py` wrote. Every resident is played. From each day the run knows what had been reported
by its evening and nothing later; measures are those of `measures-2022-03-27.toml`. Prints the tables of the case page,
and writes a picture of the days ahead of 27 March.
"""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from seawall.city import City, read_city
from seawall.city.synth import synthesise
from seawall.core.draws import generator
from seawall.disease import course_of
from seawall.disease.waning import waning_of
from seawall.measures import LimitContacts, read_strategy
from seawall.twin import Scenario, World, map_of, new_run, play, world_of
from seawall.twin.start import Start, start_from
from seawall.watch.assess import assess
from seawall.watch.series import daily_counts

HERE = Path(__file__).parent
DAYS = 14
STARTS = (date(2022, 3, 13), date(2022, 3, 20), date(2022, 3, 27), date(2022, 4, 4))
CITY = "310000"
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)

# Share of the contacts to be given up that are given up under stay-at-home orders, drawn evenly for each replicate.
# Assumed: 0.6 where people meet neighbours, queue for tests and food; 0.9 where nearly nobody leaves home.
ADHERENCE = (0.6, 0.9)


@dataclass(frozen=True)
class Fan:
    """Reports of the days ahead in every replicate.

    Attributes:
        on: last day known.
        start: how the runs went on from there.
        reports: int64, shape (replicate, day, district).
        districts: codes.
        draws: what each replicate drew.
    """

    on: date
    start: Start
    reports: np.ndarray
    districts: tuple[str, ...]
    draws: pl.DataFrame


def world(city: City, cache: Path | None = None) -> World:
    """Every resident of the city, and the variant of that spring."""
    people, contacts = synthesise(city, seed=1, cache=cache)
    return world_of(people, contacts, course_of(city.pathogen))


def fan(city: City, of: World, on: date, *, replicates: int, seed: int = 1) -> Fan:
    """Play the two weeks after a day, so many times."""
    scenario = Scenario(
        world=of,
        map=map_of(of.people, city.areas),
        protection=waning_of(of.course),
        strategy=read_strategy(HERE / "measures-2022-03-27.toml"),
        start=on + timedelta(days=1),
        days=DAYS,
    )
    start = start_from(assess(city, on), city, scenario, seed=seed)
    reports = []
    for replicate in range(1, replicates + 1):
        u = generator(seed, "adherence", replicate).random()
        mine = start.of(_staying(scenario, ADHERENCE[0] + u * (ADHERENCE[1] - ADHERENCE[0])))
        run = new_run(mine, seed, replicate)
        play(run, replicate)
        reports.append(_by_district(run.tally.reports, of))
    return Fan(
        on=on,
        start=start,
        reports=np.array(reports),
        districts=of.people.district_ids,
        draws=start.draws(replicates),
    )


def _staying(scenario: Scenario, adherence: float) -> Scenario:
    measures = tuple(
        dataclasses.replace(one, adherence=adherence) if isinstance(one, LimitContacts) else one
        for one in scenario.strategy.measures
    )
    return dataclasses.replace(scenario, strategy=dataclasses.replace(scenario.strategy, measures=measures))


def _by_district(by_block: np.ndarray, of: World) -> np.ndarray:
    out = np.zeros((by_block.shape[0], len(of.people.district_ids)), dtype=np.int64)
    np.add.at(out.T, of.people.district_of_block, by_block.T)
    return out


def came(city: City, on: date, districts: tuple[str, ...]) -> np.ndarray:
    """Reports of the two weeks after a day, float, shape (day, district); NaN where none was published."""
    counts = daily_counts(city, on + timedelta(days=DAYS)).rolled_up(city, "district")
    column = [counts.area_ids.index(district) for district in districts]
    return np.asarray(counts.of("reports_local")[-DAYS:, column])


def held(reports: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Whether the 90 % interval of the replicates holds what came; bool, shape as `truth`."""
    low, high = np.quantile(reports, (0.05, 0.95), axis=0, method="inverted_cdf")
    return np.asarray((low <= truth) & (truth <= high))


def picture(found: Fan, truth: np.ndarray, path: Path) -> None:
    """The fan of the city's reports and what came."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    city = found.reports.sum(axis=2)
    days = np.datetime64(found.on) + np.arange(1, DAYS + 1)
    figure, axes = plt.subplots(figsize=(7, 4), dpi=100)
    for outer, shade in (((0.05, 0.95), "#c6dbef"), ((0.25, 0.75), "#6baed6")):
        low, high = np.quantile(city, outer, axis=0)
        axes.fill_between(days, low, high, color=shade, lw=0, label=f"{round(100 * (outer[1] - outer[0]))} % of runs")
    axes.plot(days, np.median(city, axis=0), color="#08519c", label="median run")
    axes.plot(days, truth.sum(axis=1), "o", color="#d94801", label="came")
    axes.set_yscale("log")
    axes.set_ylabel("infections reported a day, Shanghai")
    axes.set_title(
        f"Played on from the evening of {found.on}, {city.shape[0]} runs of 24.9 million residents", fontsize=9
    )
    axes.legend(frameon=False, fontsize=8)
    figure.autofmt_xdate(rotation=30)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)
    plt.close(figure)


def table(found: Fan, truth: np.ndarray) -> str:
    """Day by day: the interval, the median, what came."""
    city, total = found.reports.sum(axis=2), truth.sum(axis=1)
    lines = ["| day | 5 % | 25 % | median | 75 % | 95 % | came | held |", "|---|---:|---:|---:|---:|---:|---:|---|"]
    for day in range(DAYS):
        numbers = " | ".join(f"{value:,.0f}" for value in np.quantile(city[:, day], LEVELS, method="inverted_cdf"))
        inside = "yes" if held(city, total)[day] else "**no**"
        lines.append(f"| {found.on + timedelta(days=day + 1)} | {numbers} | {total[day]:,.0f} | {inside} |")
    return "\n".join(lines)


def main() -> None:
    """Play on from each day and print what the case page shows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("city", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder for the picture")
    parser.add_argument("--replicates", type=int, default=60)
    options = parser.parse_args()
    city = read_city(options.city)
    everybody = world(city)
    for on in STARTS:
        found = fan(city, everybody, on, replicates=options.replicates)
        truth = came(city, on, found.districts)
        print(f"\n## From {on}\n")
        for name in ("clock", "reproduction_number", "in_control", "trials"):
            print(f"{name}: {found.start.assumed[name]}")
        print(found.draws.describe())
        print(table(found, truth))
        inside = held(found.reports, truth)
        print(f"city {held(found.reports.sum(axis=2), truth.sum(axis=1)).mean():.0%}, districts {inside.mean():.0%}")
        by_district = {code: f"{share:.0%}" for code, share in zip(found.districts, inside.mean(axis=0), strict=True)}
        print(by_district)
        if on == date(2022, 3, 27):
            picture(found, truth, options.output / "shanghai-twin-2022-03-27.png")


if __name__ == "__main__":
    main()
