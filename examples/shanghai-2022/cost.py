"""What the spring of 2022 cost Shanghai, from the record, and what the twin makes of the same course.

    .venv/bin/python examples/shanghai-2022/cost.py CITY -o FOLDER

CITY is the folder that `make.py` wrote. Prints what was counted; then plays `actual.toml` on from each of the evenings
to 31 May, with the adherence of staying at home drawn anew for each run as in `twin.py`, and holds what the runs said
against what was counted. The course is put in with hindsight, everything else is as known on the evening.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from choices import ADHERENCE, CITY, EVENINGS, HERE, ONE_IN, SEED, Evening, evening, followed, in_force

from seawall.core.draws import generator
from seawall.disease.compile import course_of
from seawall.measures import read_strategy, scaled
from seawall.plan.choose import with_capacity
from seawall.plan.score import Scorer
from seawall.twin.present import Unseen
from seawall.twin.simulate import new_run, play
from seawall.twin.start import start_from
from seawall.twin.study import Question, scenarios_of, setting_of, start_of

LAST = date(2022, 5, 31)
EAST = ("310115", "310120", "310116", "310151")
ORDERED_EAST, ORDERED_WEST, GRADED = date(2022, 3, 28), date(2022, 4, 1), date(2022, 4, 11)
FOLLOWED = (0.6, 0.9)
"""Adherence of staying at home: drawn evenly between the two, as in `twin.py`."""

# Residents of closed zones, who stayed at home, millions: press conferences of the city, recalled; between the days a
# straight line. Residents of control and prevention zones were to stay in the compound and the township.
CLOSED = {
    date(2022, 4, 11): 15.01,
    date(2022, 4, 20): 11.87,
    date(2022, 4, 29): 5.27,
    date(2022, 5, 3): 2.33,
    date(2022, 5, 31): 0.19,
}
ISOLATED_DAYS = (7, 14)
"""Days at a hospital or site of a reported infection, at least and at most: assumed."""

TOLD = ("reports", "infections", "deaths", "peak_in_icu", "restricted_days", "home_days", "site_days", "tests")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Record:
    """What was counted from a day on to 31 May.

    Attributes:
        reports, deaths: people; local infections counted once.
        at_home: person-days confined to the home, least and most.
        isolated: person-days of reported infections in hospital or at a site, least and most.
    """

    reports: int
    deaths: int
    at_home: tuple[float, float]
    isolated: tuple[float, float]


def record(city: Path, since: date) -> Record:
    """What the bulletins counted after a day, and what follows for confinement."""
    rows = pl.read_csv(city / "counts.csv", try_parse_dates=True, schema_overrides={"area_id": pl.String})
    after = rows.filter(pl.col("area_id") == CITY, pl.col("date") > since, pl.col("date") <= LAST)
    reports, deaths = (
        int(after.filter(pl.col("event") == event)["count"].sum()) for event in ("reports_local", "deaths")
    )
    return Record(
        reports=reports,
        deaths=deaths,
        at_home=confined(city),
        isolated=(reports * ISOLATED_DAYS[0], reports * ISOLATED_DAYS[1]),
    )


def confined(city: Path) -> tuple[float, float]:
    """Person-days at home by order from 28 March to 31 May, least and most.

    Most: everybody from the day of the order to the end. Least: everybody until the three grades of 11 April, then who
    lived in a closed zone.
    """
    areas = pl.read_csv(city / "areas.csv", schema_overrides={"area_id": pl.String})
    people = dict(areas.filter(pl.col("level") == "district").select("area_id", "population").iter_rows())
    east = sum(people[code] for code in EAST)
    west = sum(people.values()) - east
    most = east * _days(ORDERED_EAST, LAST) + west * _days(ORDERED_WEST, LAST)
    before = east * (GRADED - ORDERED_EAST).days + west * (GRADED - ORDERED_WEST).days
    days = [GRADED + timedelta(days=day) for day in range(_days(GRADED, LAST))]
    told = [day.toordinal() for day in CLOSED]
    closed = np.interp([day.toordinal() for day in days], told, list(CLOSED.values())) * 1e6
    return float(before + closed.sum()), float(most)


def _days(first: date, last: date) -> int:
    return (last - first).days + 1


def played(now: Evening, replicates: int, unseen: Unseen | None = None) -> dict[str, np.ndarray]:
    """The actual course played on from an evening to 31 May.

    Args:
        now: the evening.
        replicates: how many runs.
        unseen: what no report tells; as `choose` assumes it when None.

    Returns:
        Event to its amount in the small city, shape (replicate,); of ``reports_daily`` shape (replicate, day);
        ``adherence``.
    """
    actual = read_strategy(HERE / "actual.toml")
    question = Question(
        strategies={"actual": followed(actual, ADHERENCE)},
        days=(LAST - now.on).days,
        replicates=replicates,
        seed=SEED,
    )
    people, contacts = now.synthesised
    setting, _ = with_capacity(setting_of(now.city, people, contacts, course_of(now.city.pathogen)))
    scenarios = scenarios_of(setting, question, start_of(now.city, question), None)
    began = start_from(
        now.situation,
        now.city,
        scenarios["actual"],
        seed=SEED,
        in_force=scaled(in_force(now.on), people.residents),
        unseen=unseen,
    )
    scorer, found = Scorer(), []
    for replicate in range(1, replicates + 1):
        u = generator(SEED, "adherence", replicate).random()
        adherence = FOLLOWED[0] + u * (FOLLOWED[1] - FOLLOWED[0])
        scenario = began.of(scenarios["actual"])
        mine = dataclasses.replace(scenario, strategy=followed(scenario.strategy, adherence))
        outcome = play(new_run(mine, SEED, replicate), replicate)
        amounts: Mapping[str, float] = scorer(outcome).amounts
        daily = outcome.daily["reports"][:, -1]
        found.append({**{event: amounts[event] for event in TOLD}, "adherence": adherence, "reports_daily": daily})
    return {name: np.array([one[name] for one in found]) for name in found[0]}


def spread(values: np.ndarray, factor: float = 1.0) -> str:
    """Median and 90 % of runs."""
    low, middle, high = np.quantile(values * factor, (0.05, 0.5, 0.95), method="inverted_cdf")
    return f"{middle:,.0f} ({low:,.0f}-{high:,.0f})"


def main() -> None:
    """Print what was counted, and what the twin said of the same course."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("city", type=Path)
    parser.add_argument(
        "-o", "--output", type=Path, required=True, help="folder in which choices.py worked, or a new one"
    )
    parser.add_argument("--on", type=date.fromisoformat, nargs="*", default=list(EVENINGS))
    parser.add_argument("--one-in", type=int, default=ONE_IN)
    parser.add_argument("--replicates", type=int, default=32)
    parser.add_argument("--drift", type=float, default=Unseen().drift_per_day, help="of transmission, a day; 0: none")
    asked = parser.parse_args()
    whole = record(asked.city, date(2022, 2, 25))
    print(f"From 26 February to 31 May: {whole}")
    for on in asked.on:
        now = evening(asked.city, on, asked.output / f"{on}", one_in=asked.one_in)
        found = played(now, asked.replicates, Unseen(drift_per_day=asked.drift))
        counted = record(asked.city, on)
        reports = found["reports_daily"] * asked.one_in
        print(f"\n## From {on}, {asked.replicates} runs, drift {asked.drift:g}\n")
        print("| | median run (90 %) | counted |\n|---|---:|---:|")
        truth = _truth(asked.city, on)
        for days in (7, 14, 28, 42):
            print(f"| reports on day {days} | {spread(reports[:, days - 1])} | {truth[days - 1]:,.0f} |")
        print(f"| reports to 31 May | {spread(reports.sum(axis=1))} | {counted.reports:,} |")
        print(f"| deaths to 31 May | {spread(found['deaths'], asked.one_in)} | {counted.deaths:,} |")
        per = found["deaths"] / np.maximum(found["reports"], 1) * 1e5
        print(f"| deaths per 100,000 reports | {spread(per)} | {counted.deaths / counted.reports * 1e5:,.0f} |")
        for event in ("infections", "peak_in_icu", "restricted_days", "home_days", "site_days", "tests"):
            print(f"| {event} | {spread(found[event], asked.one_in)} | |")
        ratio = reports.sum(axis=1) / counted.reports
        near = (ratio > 0.5) & (ratio < 2)
        rank = np.argsort(np.argsort(ratio)), np.argsort(np.argsort(found["adherence"]))
        print(
            f"\nWithin a factor of two of the reports counted: {near.sum()} of {near.size} runs; more: "
            f"{(ratio >= 2).sum()}, fewer: {(ratio <= 0.5).sum()}. Rank correlation of reports and adherence: "
            f"{np.corrcoef(*rank)[0, 1]:.2f}. Deaths in those near: "
            f"{spread(found['deaths'][near], asked.one_in) if near.any() else 'none'}.",
            flush=True,
        )


def _truth(city: Path, on: date) -> np.ndarray:
    rows = pl.read_csv(city / "counts.csv", try_parse_dates=True, schema_overrides={"area_id": pl.String})
    mine = rows.filter(pl.col("area_id") == CITY, pl.col("event") == "reports_local", pl.col("date") > on)
    return mine.sort("date")["count"].to_numpy()


if __name__ == "__main__":
    main()
