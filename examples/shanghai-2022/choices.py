"""What `seawall choose` would have put before Shanghai's command on four evenings of March and April 2022.

    .venv/bin/python examples/shanghai-2022/choices.py CITY -o FOLDER

CITY is the folder that `make.py` wrote. For each evening it is cut to what had been published by then, and the options
of `options.toml` are raced on the twin over the next 60 days, for each goal. One resident in `--one-in` is played, with
reports in proportion: shares of the city are kept, and hundreds of runs in which most of a city falls ill are possible
on two cores. `--one-in 1` plays everybody. The reproduction number is always that of the whole city's reports.

FOLDER then holds a folder for each evening with every finished replicate, and in it one for each goal with
`choice.json`, its tables and the page. `cost.py` tells what the actual course cost, `frontiers.py` draws and tabulates.
"""

from __future__ import annotations

import argparse
import dataclasses
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from seawall.brief.choice import write_choices
from seawall.city import City, open_city
from seawall.city.synth import synthesise
from seawall.city.synth.ages import residents_of
from seawall.city.synth.contacts import Contacts
from seawall.city.synth.people import People
from seawall.cli.rule_sets import rule_sets
from seawall.core.tables import write_table
from seawall.measures import LimitContacts, Strategy, read_strategy
from seawall.plan.choice import Choice, write_choice
from seawall.plan.choose import Effort, Workers, choose
from seawall.plan.goal import read_goal
from seawall.plan.options import Options, read_options
from seawall.twin.study import Question
from seawall.watch.assess import assess
from seawall.watch.situation import Situation

HERE = Path(__file__).parent
EVENINGS = (date(2022, 3, 13), date(2022, 3, 20), date(2022, 3, 27), date(2022, 4, 4))
DAYS = 60
ONE_IN = 25
GOALS = ("least-restriction", str(HERE / "goals" / "likelier-than-not.toml"), "back-to-zero", "fewest-deaths")
EVEN = (
    "do-nothing",
    "targeted",
    "limits",
    "ours",
    "halves-4",
    "lockdown",
    "lockdown+days=60",
    "compounds",
    "trigger+each=city",
)
"""Options that are played equally often after the races, so that they can be held side by side."""

CITY = "310000"
SEED = 1

# First and last age, and share of the residents. Seventh census, 2020, Shanghai Bureau of Statistics: 9.8 % are under
# 15, 66.8 % from 15 to 59, 23.4 % from 60 and 16.3 % from 65, recalled; 80 and older recalled, about 830,000. The same
# in every district: assumed.
AGES = ((0, 14, 0.098), (15, 59, 0.668), (60, 64, 0.071), (65, 79, 0.130), (80, 105, 0.033))

# First and last age, and share who had at least one, two, three doses of an inactivated vaccine in March 2022. From 60:
# 62 % two doses and 38 % three; from 80: 15 % two; press conferences of Shanghai in April 2022, recalled. How these are
# shared out between 60 and 79, and all that is said of the younger: assumed, near the country's 91 % and 54 % of them.
# The folder begins the days before with second doses of July and third doses of December 2021: assumed.
DOSES = (
    (3, 17, (0.95, 0.92, 0.0)),
    (18, 59, (0.97, 0.95, 0.55)),
    (60, 79, (0.75, 0.70, 0.44)),
    (80, 105, (0.20, 0.15, 0.03)),
)
GIVEN = (date(2021, 6, 15), date(2021, 7, 15), date(2021, 12, 15))

# Share of the contacts to be given up that are given up by who is to stay at home, in every option alike, so that none
# is favoured by what is assumed; 0.6 to 0.9 in `twin.py`.
ADHERENCE = 0.75


def known(city: Path, on: date, folder: Path) -> Path:
    """Write the folder as it stood when a day had ended: nothing in it is of a later day.

    An address stands in `places` only once it has been published.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("city.toml", "areas.csv", "areas.geojson"):
        shutil.copyfile(city / name, folder / name)
    for name in ("counts", "signals"):
        rows = pl.read_csv(city / f"{name}.csv", try_parse_dates=True, schema_overrides={"area_id": pl.String})
        write_table(rows.filter(pl.col("date") <= on), folder / f"{name}.csv")
        if name == "signals":
            seen = rows.filter(pl.col("date") <= on)["place_id"].unique()
    places = pl.read_csv(city / "places.csv", schema_overrides={"area_id": pl.String})
    write_table(places.filter(pl.col("place_id").is_in(seen.implode())), folder / "places.csv")
    return folder


def smaller(city: Path, folder: Path, one_in: int) -> Path:
    """Write a city of one resident in so many, with the reports in proportion; ages and doses as assumed above.

    A district's reports are cut in their sum, so that what is rounded off one day comes back on another.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(city / "city.toml", folder / "city.toml")
    areas = pl.read_csv(city / "areas.csv", schema_overrides={"area_id": pl.String, "parent_id": pl.String})
    areas = areas.with_columns((pl.col("population") / one_in).round().cast(pl.Int64))
    districts = areas.filter(pl.col("level") == "district").sort("area_id")
    total = int(districts["population"].sum())
    areas = areas.with_columns(
        population=pl.when(pl.col("level") == "city").then(total).otherwise("population"),
    )
    write_table(areas, folder / "areas.csv")
    write_table(_counts(city, districts["area_id"].to_list(), one_in), folder / "counts.csv")
    rows = [
        (code, first, last, round(people * share))
        for code, people in districts.select("area_id", "population").iter_rows()
        for first, last, share in AGES
    ]
    columns = ["area_id", "age_from", "age_to", "persons"]
    write_table(pl.DataFrame(rows, schema=columns, orient="row"), folder / "population.csv")
    write_table(_doses(open_city(folder)), folder / "doses.csv")
    return folder


def _counts(city: Path, districts: Sequence[str], one_in: int) -> pl.DataFrame:
    rows = pl.read_csv(city / "counts.csv", try_parse_dates=True, schema_overrides={"area_id": pl.String})
    local = rows.filter(pl.col("event") == "reports_local", pl.col("area_id").is_in(districts)).sort("area_id", "date")
    offset = {code: (at + 0.5) / len(districts) for at, code in enumerate(districts)}
    summed = pl.col("count").cum_sum().over("area_id") / one_in + pl.col("area_id").replace_strict(
        offset, return_dtype=pl.Float64
    )
    cut = local.with_columns(so_far=summed.floor())
    cut = cut.with_columns(
        count=(pl.col("so_far") - pl.col("so_far").shift(1).over("area_id").fill_null(0)).cast(pl.Int64)
    ).drop("so_far")
    whole = cut.group_by("date").agg(pl.col("count").sum()).with_columns(area_id=pl.lit(CITY))
    both = pl.concat([cut.select("date", "area_id", "count"), whole.select("date", "area_id", "count")])
    return pl.concat(
        [both.with_columns(event=pl.lit(event)) for event in ("reports", "reports_local")],
    ).sort("date", "area_id", "event")


def _doses(city: City) -> pl.DataFrame:
    residents = residents_of(city)
    rows = []
    for at, code in enumerate(residents.district_ids):
        by_age = residents.by_age[residents.district_of_area == at].sum(axis=0)
        for first, last, shares in DOSES:
            people = int(by_age[first : last + 1].sum())
            for dose, (share, day) in enumerate(zip(shares, GIVEN, strict=True), start=1):
                rows.append((day, code, "inactivated", dose, first, last, round(people * share)))
    columns = ["date", "area_id", "product", "dose", "age_from", "age_to", "doses"]
    return pl.DataFrame(rows, schema=columns, orient="row").sort("date", "area_id", "age_from")


def situation(whole: City, small: City, on: date) -> Situation:
    """The situation of the smaller city, with the reproduction number and the rest as the whole city's reports tell."""
    full, mine = assess(whole, on, seed=SEED), assess(small, on, seed=SEED)
    return dataclasses.replace(mine, reproduction=full.reproduction, spread=full.spread, places=full.places)


def in_force(on: date) -> Strategy:
    """The measures of the weeks before an evening."""
    late = on > date(2022, 3, 27)
    return read_strategy(HERE / "actual.toml" if late else HERE / "strategies" / "targeted.toml")


def followed(strategy: Strategy, adherence: float) -> Strategy:
    """The strategy where so much of the contacts to be given up at home is given up."""
    measures = tuple(
        dataclasses.replace(one, adherence=adherence)
        if isinstance(one, LimitContacts) and "work" in one.layers
        else one
        for one in strategy.measures
    )
    return dataclasses.replace(strategy, measures=measures)


def options_of(adherence: float = ADHERENCE, only: Sequence[str] = ()) -> Options:
    """What was on the table, or some of it, as it would be followed."""
    found = read_options([str(HERE / "options.toml")])
    kept = {
        key: dataclasses.replace(one, strategy=followed(one.strategy, adherence))
        for key, one in found.options.items()
        if not only or key in only
    }
    return dataclasses.replace(found, options=kept)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Evening:
    """What there was to go by on an evening.

    Attributes:
        on: last day known.
        city: the smaller city.
        situation: of that evening.
        synthesised: people and their contacts.
    """

    on: date
    city: City
    situation: Situation = dataclasses.field(repr=False)
    synthesised: tuple[People, Contacts] = dataclasses.field(repr=False)


def evening(city: Path, on: date, folder: Path, *, one_in: int = ONE_IN) -> Evening:
    """Lay out an evening from the folder that `make.py` wrote."""
    whole = known(city, on, folder / "known")
    small = open_city(smaller(whole, folder / "smaller", one_in))
    return Evening(
        on=on,
        city=small,
        situation=situation(open_city(whole), small, on),
        synthesised=synthesise(small, seed=SEED, cache=folder.parent / "people"),
    )


def put_before(
    now: Evening,
    goal: str,
    options: Options,
    folder: Path,
    *,
    effort: Effort,
    days: int = DAYS,
    workers: int | None = None,
    name: str = "",
) -> Choice:
    """Race the options for a goal and write the choice, by the goal's name or another; replicates are kept."""
    question = Question(
        strategies={key: one.strategy for key, one in options.options.items()},
        days=days,
        replicates=effort.most,
        seed=SEED,
        in_force=in_force(now.on),
    )
    chosen = choose(
        now.city,
        read_goal(goal),
        options,
        folder,
        question=question,
        effort=effort,
        workers=Workers(count=workers),
        situation=now.situation,
        rules=rule_sets({key: one.strategy for key, one in options_of().options.items()}, now.city),
        synthesised=now.synthesised,
    )
    beside = folder / (name or Path(goal).stem)
    beside.mkdir(exist_ok=True)
    return write_choice(chosen, beside)


PER_RESIDENT = ("restricted_days", "lost_work_days")
SHOWN = ("infections", "deaths", "peak_in_icu", *PER_RESIDENT)


def table(choice: Choice) -> str:
    """All options, most played first: per 100,000 residents, days per resident; median and 90 % of runs."""
    told = choice.told
    right = told["chosen"] or told["infeasible"]
    said = f"chosen {right['key']}" if told["chosen"] else f"none meets; nearest {right['nearest']}"
    runner_up = (told["runner_up"] or {}).get("key")
    lines = [f"{said}, right with {right['p_right']:.0%}; runner-up {runner_up}; frontier {told['frontier']}", ""]
    lines.append(f"| option | runs | meets (90 %) | {' | '.join(SHOWN)} |")
    lines.append("|---|---:|---|" + "---:|" * len(SHOWN))
    for one in sorted(told["options"], key=lambda one: (-one["replicates"], -one["p_meets"], one["key"])):
        cells = [one["key"], str(one["replicates"])]
        cells.append(f"{one['p_meets']:.0%} ({one['p_meets_low']:.0%}-{one['p_meets_high']:.0%})")
        for event in SHOWN:
            per = (1 if event in PER_RESIDENT else 100_000) / told["residents"]
            amount = one["amounts"].get(event)
            cells.append(f"{one['gave_up']} stopped" if amount is None else spread(amount, per))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def spread(amount: Mapping[str, float], factor: float) -> str:
    """Median and 90 % of runs of an amount."""
    values = (amount[name] * factor for name in ("q50", "q5", "q95"))
    middle, low, high = (f"{value:,.{1 if value < 10 else 0}f}" for value in values)
    return f"{middle} ({low}-{high})"


def main() -> None:
    """Race the options on every evening and print what was chosen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("city", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--on", type=date.fromisoformat, nargs="*", default=list(EVENINGS))
    parser.add_argument("--goals", nargs="*", default=list(GOALS))
    parser.add_argument("--one-in", type=int, default=ONE_IN)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--first", type=int, default=4)
    parser.add_argument("--replicates", type=int, default=16)
    parser.add_argument("--plays", type=float, default=6)
    parser.add_argument("--areas", type=int, default=0)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--adherence", type=float, default=ADHERENCE, help="of staying at home, in every option")
    asked = parser.parse_args()
    effort = Effort(first=asked.first, most=asked.replicates, plays_per_option=asked.plays, areas=asked.areas)
    options, few = options_of(asked.adherence), options_of(asked.adherence, EVEN)
    each = asked.replicates
    even = Effort(first=each, most=each, plays_per_option=each, areas=0, runaway=1000)  # nothing is stopped early
    for on in asked.on:
        beside = asked.output / f"{on}"
        now = evening(asked.city, on, beside, one_in=asked.one_in)
        name = f"played-{asked.adherence:g}"
        for goal in asked.goals:
            choice = put_before(
                now, goal, options, beside / name, effort=effort, days=asked.days, workers=asked.workers
            )
            write_choices(choice.files["choice"].parent)
            print(f"\n## {on}, {Path(goal).stem}\n\n{table(choice)}", flush=True)
        choice = put_before(
            now, GOALS[0], few, beside / name, effort=even, days=asked.days, workers=asked.workers, name="even"
        )
        print(f"\n## {on}, side by side\n\n{table(choice)}", flush=True)


if __name__ == "__main__":
    main()
