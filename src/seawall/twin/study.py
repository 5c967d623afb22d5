"""A study: one city, one or several strategies, many replicates each, written to a folder as they are finished.

A study that was cut off goes on where it stopped; one that was asked something else is never mixed with it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from seawall import __version__
from seawall.city import City
from seawall.core import Fault, InvalidInput
from seawall.core.errors import closest
from seawall.disease import CATALOGUE
from seawall.disease.compile import course_of
from seawall.disease.course import Course
from seawall.disease.waning import PRODUCTS, Waning, waning_of
from seawall.measures import Ground, Strategy, Zoning, check_strategy, scaled
from seawall.twin.begin import nobody, seeded
from seawall.twin.city_map import capacity_of, essential_of, map_of
from seawall.twin.emit import refuse_foreign, write_city
from seawall.twin.outcome import Outcome, Runs
from seawall.twin.replicate_files import load_outcomes, save_outcome, saving
from seawall.twin.simulate import LONGEST_DAYS, Progress, Scenario, new_run, play, simulate
from seawall.twin.start import Start, start_from
from seawall.twin.study_folder import begin, home_of, refuse_other, was_emitted, write_json
from seawall.twin.study_tables import study_tables, write_tables
from seawall.twin.world import World, world_of

if TYPE_CHECKING:
    from seawall.city.synth.contacts import Contacts
    from seawall.city.synth.people import People
    from seawall.watch.situation import Situation

SUMMARY = "summary.json"
LEAST_INFECTED = 1


@dataclass(frozen=True, kw_only=True)
class RuleSets:
    """The rule sets of zones that the strategies name; the twin itself knows none.

    Attributes:
        zoning: told a strategy that draws zones and the city; gives the rule as a function of what is seen.
        tiers: name of a rule set to the codes of its tiers.
        text: name of a rule set to all that it says, by which it is told from another of that name.
    """

    zoning: Callable[[Strategy, Ground], Zoning]
    tiers: Mapping[str, tuple[str, ...]]
    text: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a study is asked.

    Attributes:
        strategies: key to strategy; the key names its folder and its rows.
        days, replicates, seed: as in `simulate`.
        infected: residents infected on the first day, drawn by lot; None: the run goes on from the situation.
        infected_in: codes of the areas they live in; the whole city where none is named.
        start: first day; None: the day after the last with reports.
        pathogen: key in the catalogue; None: that of the folder.
        in_force: measures of the last weeks, under which the reports came about; None: those of the first strategy
            that name no first day or a date. Only where the run goes on from the situation.
    """

    strategies: Mapping[str, Strategy]
    days: int = 180
    replicates: int = 20
    seed: int = 1
    infected: int | None = None
    infected_in: tuple[str, ...] = ()
    start: date | None = None
    pathogen: str | None = None
    in_force: Strategy | None = None

    def __post_init__(self) -> None:
        faults = []
        if not self.strategies:
            faults.append(("strategy", "no strategy is named", "Name at least one"))
        if not 1 <= self.days <= LONGEST_DAYS:
            faults.append(("days", f"{self.days} is not between 1 and {LONGEST_DAYS}", "Give a length in days"))
        if self.replicates < 1:
            faults.append(("replicates", f"{self.replicates} is fewer than 1", "Give 1 or more"))
        if self.infected is not None and self.infected < LEAST_INFECTED:
            mend = "Give 1 or more, or leave it out to go on from the folder's reports"
            faults.append(("infected", f"{self.infected} is fewer than {LEAST_INFECTED}", mend))
        if self.infected is None and self.infected_in:
            faults.append(("infected-in", "it says where, but not how many", "Give --infected too, or leave it out"))
        if self.pathogen is not None and self.pathogen not in CATALOGUE:
            problem = f'"{self.pathogen}" is not in the catalogue{closest(self.pathogen, CATALOGUE)}'
            faults.append(("pathogen", problem, f"Use one of {', '.join(CATALOGUE)}"))
        _refuse(faults)


def _refuse(faults: list[tuple[str, str, str]]) -> None:
    if faults:
        raise InvalidInput(
            f"{len(faults)} problem(s); nothing was run.",
            [Fault(file=f"--{name}", problem=problem, mend=mend) for name, problem, mend in faults],
        )


@dataclass(frozen=True, kw_only=True)
class Study:
    """What came of it.

    Attributes:
        question: what was asked.
        runs: key of a strategy to its replicates.
        tables: every table written, by name.
        files: where they lie, and the summary.
        emitted: key of a strategy to the city folder of its first replicate.
        summary: what stands in `summary.json`.
        map: the city as measures speak of it.
    """

    question: Question
    runs: Mapping[str, Runs]
    tables: Mapping[str, pl.DataFrame] = field(repr=False)
    files: Mapping[str, Path]
    emitted: Mapping[str, Path]
    summary: Mapping[str, Any] = field(repr=False)
    map: Ground = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The city and the disease of a study, laid out.

    Attributes:
        city: the folder.
        world, map, protection: see `Scenario`.
    """

    city: City
    world: World = field(repr=False)
    map: Ground = field(repr=False)
    protection: Waning = field(repr=False)


def setting_of(city: City, people: People, contacts: Contacts, course: Course) -> Setting:
    """Lay out a city whose people have been made, for a pathogen."""
    ground = replace(
        map_of(people, city.areas, capacity_of(city)),
        variants=course.variants,
        essential=essential_of(city, people.sectors),
    )
    return Setting(city=city, world=world_of(people, contacts, course), map=ground, protection=waning_of(course))


def play_study(
    city: City,
    question: Question,
    output: Path,
    *,
    situation: Situation | None = None,
    rules: RuleSets | None = None,
    synthesised: tuple[People, Contacts] | None = None,
    cache: Path | None = None,
    threads: int | None = None,
    fresh: bool = False,
    emit: bool = True,
    tell: Callable[[str], None] = lambda _: None,
    progress: Callable[[str], Progress] | None = None,
) -> Study:
    """Play a study and write it to a folder; go on with it where the same was begun there.

    Args:
        city: the folder whose people are played.
        question: what is asked.
        output: folder to write.
        situation: what the city's reports say of today, where the runs go on from it.
        rules: what the strategies draw zones by, where one does.
        synthesised: the people and their contacts, where they have been made; None: they are made from the folder.
        cache: folder in which the people are kept; see `synthesise`.
        threads: how many to use; as many as there are cores when None. They change no bit.
        fresh: whether to throw away another study that lies in the folder.
        emit: whether to write the first replicate as a city folder, and the truth beside it.
        tell: told what is being done.
        progress: told a strategy; gives what is told of its replicates.

    Raises:
        InvalidInput: a strategy does not fit the city, the start is not known, or the folder holds another study.
    """
    start = start_of(city, question)
    course = course_of(question.pathogen or city.pathogen)
    asked = asked_of(city, question, start, rules)
    refuse_other(output, asked, fresh=fresh)
    if synthesised is None:
        from seawall.city.synth import synthesise

        tell("the residents")
        synthesised = synthesise(city, seed=question.seed, cache=cache, progress=tell)
    people, contacts = synthesised
    tell("the ways in which they meet")
    setting = setting_of(city, people, contacts, course)
    scenarios = scenarios_of(setting, question, start, rules)
    began = None
    if question.infected is None:
        tell("the infected of today")
        began = go_on(scenarios, setting, question, situation)
        scenarios = {key: began.of(scenario) for key, scenario in scenarios.items()}
    begin(output, asked, fresh=fresh)
    runs: dict[str, Runs] = {}
    emitted: dict[str, Path] = {}
    for key, scenario in scenarios.items():
        home = home_of(output, key, len(question.strategies))
        fingerprint = _fingerprint(asked, key)
        known = load_outcomes(home / "replicates", fingerprint)
        told = None if progress is None else progress(key)
        if emit:
            emitted[key] = home / "city"
            if not (1 in known and was_emitted(home / "city", fingerprint)):
                known[1] = _emit(
                    scenario,
                    city,
                    home,
                    seed=question.seed,
                    fingerprint=fingerprint,
                    continues=question.infected is None,
                    threads=threads,
                    progress=told,
                )
        runs[key] = simulate(
            scenario,
            replicates=question.replicates,
            seed=question.seed,
            threads=threads,
            progress=told,
            done=saving(home / "replicates", fingerprint),
            known=known,
        )
    tell("tables")
    tables = study_tables(runs)
    files = write_tables(tables, output)
    summary = summary_of(question, asked, setting, began, runs, tables)
    files["summary"] = output / SUMMARY
    write_json(output / SUMMARY, summary)
    return Study(
        question=question,
        runs=runs,
        tables=tables,
        files=files,
        emitted=emitted,
        summary=summary,
        map=setting.map,
    )


def start_of(city: City, question: Question) -> date:
    """First day of a study.

    Raises:
        InvalidInput: nothing says when.
    """
    if question.start is not None:
        return question.start
    last = last_reported(city)
    if last is None:
        said = city.settings.get("last_day") or city.settings.get("first_day")
        if not isinstance(said, date):
            fault = ("start", "the folder holds no reports, so nothing says when to begin", "Give --start DATE")
            _refuse([fault])
            raise AssertionError
        return said
    return last + timedelta(days=1)


def last_reported(city: City) -> date | None:
    """Last day of the folder's reports; None where there are none."""
    days = []
    if city.has("counts"):
        days.append(city.scan("counts").select(pl.col("date").max()).collect().item())
    if city.has("cases"):
        days.append(city.scan("cases").select(pl.col("report_date").max()).collect().item())
    return max((day for day in days if day is not None), default=None)


def asked_of(city: City, question: Question, start: date, rules: RuleSets | None) -> dict[str, Any]:
    """Everything that a replicate depends on, as plain data; threads and the number of replicates are not among it."""
    return {
        "software": f"seawall {__version__}",
        "city": city.fingerprint,
        "seed": question.seed,
        "days": question.days,
        "start": start.isoformat(),
        "pathogen": question.pathogen or city.pathogen,
        "infected": question.infected,
        "infected_in": list(question.infected_in),
        "in_force": None if question.in_force is None else _hash(repr(question.in_force)),
        "strategies": {key: _hash(repr(strategy)) for key, strategy in question.strategies.items()},
        "rules": {} if rules is None else {name: _hash(text) for name, text in rules.text.items()},
    }


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _fingerprint(asked: Mapping[str, Any], key: str) -> str:
    alone = {**asked, "strategies": asked["strategies"][key]}
    return _hash(json.dumps(alone, sort_keys=True))


def scenarios_of(setting: Setting, question: Question, start: date, rules: RuleSets | None) -> dict[str, Scenario]:
    """The scenario of each strategy; all begin alike.

    Raises:
        InvalidInput: a strategy names what the city does not have. Carries every fault of every strategy.
    """
    faults: list[Fault] = []
    unknown = [area for area in question.infected_in if area not in setting.map.blocks_of]
    for area in unknown:
        problem = f'"{area}" is not an area of this city{closest(area, setting.map.area_ids)}'
        faults.append(Fault(file="--infected-in", problem=problem, mend="Give a code of the table areas"))
    if not unknown and question.infected is not None:
        faults += _too_many(question, setting.map)
    scenarios: dict[str, Scenario] = {}
    for key, strategy in question.strategies.items():
        try:
            check_strategy(
                strategy, setting.map, products=tuple(PRODUCTS), rules=None if rules is None else rules.tiers
            )
            draws = rules is not None and strategy.zoning is not None
            zoning = rules.zoning(strategy, setting.map) if draws and rules is not None else None
        except InvalidInput as error:
            faults += error.faults
            continue
        scenarios[key] = Scenario(
            world=setting.world,
            map=setting.map,
            protection=setting.protection,
            strategy=scaled(strategy, setting.world.people.residents),
            start=start,
            days=question.days,
            beginning=nobody if question.infected is None else seeded(question.infected, question.infected_in),
            zoning=zoning,
            same={"city": setting.city.fingerprint},
        )
    if faults:
        raise InvalidInput(f"{len(faults)} problem(s); nothing was run.", faults)
    return scenarios


def _too_many(question: Question, ground: Ground) -> Iterator[Fault]:
    blocks = np.zeros(ground.blocks, dtype=bool)
    for area in question.infected_in or tuple(ground.blocks_of):
        blocks |= ground.blocks_of[area]
    there = int(ground.residents[blocks].sum())
    if question.infected is not None and question.infected > there:
        problem = f"{question.infected:,} cannot be infected where {there:,} live"
        yield Fault(file="--infected", problem=problem, mend="Give a smaller number, or other areas")


def go_on(
    scenarios: Mapping[str, Scenario], setting: Setting, question: Question, situation: Situation | None
) -> Start:
    """How all strategies go on from today: alike, so that they differ in nothing but what is ordered.

    Raises:
        InvalidInput: there are no reports to go on from.
    """
    if situation is None:
        mend = "Give --infected N, or a folder with cases or counts"
        fault = Fault(file="--infected", problem="the folder holds no reports to go on from", mend=mend)
        raise InvalidInput("1 problem(s); nothing was run.", [fault])
    first = next(iter(scenarios.values()))
    held = None if question.in_force is None else scaled(question.in_force, setting.world.people.residents)
    return start_from(situation, setting.city, first, seed=question.seed, in_force=held)


def _emit(
    scenario: Scenario,
    city: City,
    home: Path,
    *,
    seed: int,
    fingerprint: str,
    continues: bool,
    threads: int | None,
    progress: Progress | None,
) -> Outcome:
    """Play the first replicate and write it as a city; what comes of it is the same as without."""
    refuse_foreign(home / "city")
    cores = os.cpu_count() or 1 if threads is None else max(1, threads)
    with ThreadPoolExecutor(cores) as pool:
        run = new_run(scenario, seed, 1, pool=pool if cores > 1 else None, keep_edges=True)
        outcome = play(run, 1, progress)
    mark = {"seed": seed, "replicate": 1, "fingerprint": fingerprint}
    write_city(run, city, home / "city", truth=home / "truth", continues=continues, mark=mark)
    save_outcome(outcome, home / "replicates", fingerprint)
    return outcome


def summary_of(
    question: Question,
    asked: Mapping[str, Any],
    setting: Setting,
    began: Start | None,
    runs: Mapping[str, Runs],
    tables: Mapping[str, pl.DataFrame],
) -> dict[str, Any]:
    """What a study was asked, what it rests on and what came of it, as plain data."""
    people, course = setting.world.people, setting.world.course
    totals = tables["totals"]
    return {
        "city": setting.city.name,
        "asked": dict(asked),
        "replicates": question.replicates,
        "residents": people.residents,
        "people": {name: said for name, said in people.meta.items() if _plain(said)},
        "assumed": list(next(iter(runs.values())).provenance.get("assumed", ())),
        "began": {} if began is None else json.loads(json.dumps(dict(began.assumed), default=str)),
        "disease": {"key": course.key, "variants": list(course.variants), "sources": dict(course.sources)},
        "strategies": {
            key: {
                "name": strategy.name,
                "name_zh": strategy.name_zh,
                "about": strategy.about,
                "file": strategy.file,
                "measures": [{"name": measure.name, "kind": measure.kind} for measure in strategy.measures],
                "text": repr(strategy),
            }
            for key, strategy in question.strategies.items()
        },
        "totals": {
            key: {
                row["event"]: {"mean": row["mean"], "q5": row["q5"], "q50": row["q50"], "q95": row["q95"]}
                for row in totals.filter(pl.col("strategy") == key).iter_rows(named=True)
            }
            for key in runs
        },
    }


def _plain(said: Any) -> bool:
    try:
        json.dumps(said)
    except TypeError:
        return False
    return True
