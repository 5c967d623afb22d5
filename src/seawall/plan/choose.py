"""Choose: race the options on the twin from today's situation, and say which is the mildest that meets the goal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from seawall.city import City
from seawall.core import Fault, InvalidInput, check_quantities, quantity
from seawall.core.executor import Engine, executor
from seawall.disease.compile import course_of
from seawall.measures import Ground
from seawall.plan.goal import Goal
from seawall.plan.limits import Limit
from seawall.plan.options import NOTHING, Options
from seawall.plan.played import played
from seawall.plan.plays import Plays, digest, mend_plays
from seawall.plan.race import Race, Round, race
from seawall.plan.rule import picks
from seawall.plan.score import Scored, Scorer
from seawall.plan.smaller import left_out
from seawall.twin.economy import Economy, economy_of
from seawall.twin.start import Start
from seawall.twin.study import (
    Question,
    RuleSets,
    Setting,
    asked_of,
    go_on,
    scenarios_of,
    setting_of,
    start_of,
)
from seawall.twin.study_folder import begin, refuse_other

if TYPE_CHECKING:
    from seawall.city.synth.contacts import Contacts
    from seawall.city.synth.people import People
    from seawall.watch.situation import Situation

AREA = "without "
"""Before the code of an area, the key under which the choice without limits there is played."""


LARGE = 5_000_000
"""In a city of more residents a run takes seconds, and fewer are played unless more are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is played; what is None goes by the size of the city, see `in_city`.

    Attributes:
        first: replicates of every option at the first look.
        most: replicates of the options that stay to the end.
        plays_per_option: plays in all, for each option on the average; where it is left out and there are few options,
            as many as keep `STAY` of them to the end.
        areas: replicates of the chosen option with one area left out of its limits, for each area; 0: none.
    """

    first: int | None = None
    most: int = 32
    plays_per_option: float | None = None
    areas: int | None = None
    runaway: float = quantity(
        2.0,
        unit="times",
        low=1,
        high=1000,
        source="assumed",
        about="A run is stopped where its infections exceed so many times those by which doing nothing broke a limit.",
    )

    def __post_init__(self) -> None:
        check_quantities(self)
        first = 2 if self.first is None else self.first
        faults = []
        if first < 2:
            mend = "Give 2 or more, so that chance can be told from difference"
            faults.append(Fault(file="--first", problem=f"{first} is fewer than 2", mend=mend))
        elif self.most < first:
            problem = f"{self.most} replicates in the end are fewer than {first} at first"
            faults.append(Fault(file="--replicates", problem=problem, mend="Give more, or fewer at first"))
        if self.plays_per_option is not None and self.plays_per_option < first:
            problem = f"{self.plays_per_option:g} plays an option are fewer than the {first} of the first look"
            faults.append(Fault(file="--plays", problem=problem, mend="Give more plays"))
        if self.areas is not None and self.areas < 0:
            faults.append(Fault(file="--areas", problem=f"{self.areas} is fewer than 0", mend="Give 0 or more"))
        if faults:
            raise InvalidInput(f"{len(faults)} problem(s); nothing was run.", faults)

    def in_city(self, residents: int, options: int) -> Budget:
        """What is played in a city: 4 at first, 8 on the average; in one of more than `LARGE` residents 2 and 3.5."""
        first, plays, areas = (2, 3.5, 2) if residents > LARGE else (4, 8.0, 8)
        first = min(first, self.most) if self.first is None else self.first
        usual = max(max(plays, first) * options, min(STAY, options) * self.most)
        return Budget(
            first=first,
            most=self.most,
            plays=round(usual if self.plays_per_option is None else self.plays_per_option * options),
            areas=areas if self.areas is None else self.areas,
        )


STAY = 16
"""So many options can always be played to the end, unless fewer plays are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much is played in one city: `plays` in all; see `Effort` for the others."""

    first: int
    most: int
    plays: int
    areas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """Where replicates are played.

    Attributes:
        engine, count, address: see `core.executor.executor`. They change no number.
    """

    engine: Engine = "local"
    count: int | None = None
    address: str | None = None


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Who is told how far the work is.

    Attributes:
        step: told what is being done.
        played: told after each replicate how many are done, and how many there are at most.
        looked: told each round of the race as it ends.
    """

    step: Callable[[str], None] = lambda _: None
    played: Callable[[int, int], None] = lambda *_: None
    looked: Callable[[Round], None] = lambda _: None


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """All that a choice rests on, as played.

    Attributes:
        city, setting: whose, laid out.
        goal, limits: what was asked, and its limits in this city.
        options: among which.
        asked: what every replicate depends on.
        race: what came of it.
        scored: option to replicate to what is kept of it.
        began: how the runs went on from today; None where they began afresh.
        most: option to the infections at which its runs were stopped.
        capacity: resource to what there is, as the runs took it.
        assumed: in sentences.
        economy: what the city makes; None: not known.
        without: code of an area to what came of the choice without limits there, by replicate.
        seconds: wall time of each round.
        played: how many replicates were played and not found in the folder.
    """

    city: City
    setting: Setting = field(repr=False)
    goal: Goal
    limits: tuple[Limit, ...]
    options: Options = field(repr=False)
    question: Question = field(repr=False)
    asked: Mapping[str, Any]
    start: date
    race: Race = field(repr=False)
    scored: Mapping[str, Mapping[int, Scored]] = field(repr=False)
    began: Start | None = field(repr=False)
    most: Mapping[str, float]
    capacity: Mapping[str, float]
    assumed: tuple[str, ...]
    economy: Economy | None = field(repr=False)
    without: Mapping[str, Mapping[int, Scored]] = field(repr=False)
    seconds: tuple[float, ...]
    played: int

    @property
    def axes(self) -> tuple[str, ...]:
        """Events of the frontier."""
        return axes_of(self.economy)

    @property
    def residents(self) -> int:
        """People who live in the city."""
        return self.setting.world.people.residents


def choose(
    city: City,
    goal: Goal,
    options: Options,
    output: Path,
    *,
    question: Question,
    effort: Effort | None = None,
    workers: Workers | None = None,
    situation: Situation | None = None,
    rules: RuleSets | None = None,
    synthesised: tuple[People, Contacts] | None = None,
    cache: Path | None = None,
    fresh: bool = False,
    telling: Telling | None = None,
) -> Chosen:
    """Race the options; go on where the same was cut off in the folder.

    Args:
        city: the folder whose people are played.
        goal: what is asked.
        options: among which to choose.
        output: folder in which every finished replicate is kept.
        question: days, seed, and how the runs begin; its strategies are those of the options.
        effort: how much is played.
        workers: where.
        situation: what the city's reports say of today, where the runs go on from it.
        rules: what the strategies draw zones by, where one does.
        synthesised: the people and their contacts, where they have been made.
        cache: folder in which the people are kept.
        fresh: whether to throw away what lies in the folder.
        telling: who is told how far it is.

    Raises:
        InvalidInput: an option does not fit the city, the goal speaks of what it cannot tell, the start is not known,
            or the folder holds another study.
    """
    effort, workers, telling = effort or Effort(), workers or Workers(), telling or Telling()
    start = start_of(city, question)
    asked = asked_of(city, question, start, rules)
    of_options = asked.pop("strategies")
    refuse_other(output, asked, fresh=fresh)
    if synthesised is None:
        from seawall.city.synth import synthesise

        telling.step("the residents")
        synthesised = synthesise(city, seed=question.seed, cache=cache, progress=telling.step)
    people, contacts = synthesised
    budget = effort.in_city(people.residents, len(options.options))
    telling.step("the ways in which they meet")
    course = course_of(question.pathogen or city.pathogen)
    scorer, said = _scorer(city, people)
    goal.refuse_unscored(scorer.events, "Add the table sectors to the folder, or choose a goal that does not need it")
    setting, assumed = with_capacity(setting_of(city, people, contacts, course))
    scenarios = scenarios_of(setting, question, start, rules)
    began = None
    if question.infected is None:
        telling.step("the infected of today")
        began = go_on(scenarios, setting, question, situation)
        scenarios = {key: began.of(scenario) for key, scenario in scenarios.items()}
    begin(output, asked, fresh=fresh)
    mend_plays(output, fresh=fresh)
    limits = goal.limits(people.residents)
    common = digest(repr(([(key, repr(told)) for key, told in sorted(asked.items())], scorer.events)))
    with executor(workers.engine, workers=workers.count, address=workers.address) as hands:
        plays = Plays(
            executor=hands,
            scenarios=dict(scenarios),
            fingerprints={key: digest(f"{common} {said}") for key, said in of_options.items()},
            seed=question.seed,
            scorer=scorer,
            folder=output,
        )
        plays.told = lambda _: telling.played(len(plays.scored), budget.plays)
        telling.step("what comes if nobody does anything")
        for _ in plays([(NOTHING, one) for one in range(1, budget.first + 1)]):
            pass
        stop = runaway(list(plays.of(NOTHING).values()), limits, effort.runaway)
        plays.most = {} if stop is None else {key: stop for key in scenarios if key != NOTHING}
        telling.step("the race")
        done, seconds = _raced(plays, goal, limits, axes_of(scorer.economy), budget, telling)
        if plays.most and not _feasible(done, goal, limits):
            telling.step("no option meets the goal; to find the nearest, nothing is stopped early")
            plays.play_out()
            done, more = _raced(plays, goal, limits, axes_of(scorer.economy), budget, telling)
            seconds += more
        scored = {key: plays.of(key) for key in scenarios}
        best = _best(done, goal, limits)
        telling.step("every area left out of the limits in turn")
        without = _without(plays, best, setting.map, budget.areas)
    return Chosen(
        city=city,
        setting=setting,
        goal=goal,
        limits=limits,
        options=options,
        question=question,
        asked={**asked, "strategies": of_options},
        start=start,
        race=done,
        scored=scored,
        began=began,
        most=plays.most,
        capacity=dict(setting.map.capacity),
        assumed=(*assumed, *said),
        economy=scorer.economy,
        without=without,
        seconds=tuple(seconds),
        played=plays.played,
    )


def _raced(
    plays: Plays, goal: Goal, limits: Sequence[Limit], axes: Sequence[str], budget: Budget, telling: Telling
) -> tuple[Race, list[float]]:
    seconds: list[float] = []
    since = perf_counter()

    def told(one: Round) -> None:
        nonlocal since
        seconds.append(perf_counter() - since)
        since = perf_counter()
        telling.looked(one)

    keys = list(plays.scenarios)
    done = race(
        keys,
        plays,
        limits=limits,
        order=goal.then,
        axes=axes,
        first=budget.first,
        most=budget.most,
        always=(NOTHING,),
        most_plays=budget.plays,
        told=told,
    )
    return done, seconds


def _feasible(done: Race, goal: Goal, limits: Sequence[Limit]) -> bool:
    last = played(done.scores, goal.events, done.kept)
    return bool(picks(last, limits, goal.then).feasible[0])


def axes_of(economy: Economy | None) -> tuple[str, ...]:
    """Events of the frontier: health, restriction, and livelihood as far as it is known."""
    return ("deaths", "restricted_days", "lost_work_days" if economy is None else "output_lost")


def _scorer(city: City, people: People) -> tuple[Scorer, tuple[str, ...]]:
    """What is kept of a replicate in this city, and what was assumed or is not told."""
    if not city.has("sectors"):
        why = "The folder has no table sectors, so neither output nor jobs are told; work days lost stand in for them."
        return Scorer(), (why,)
    economy = economy_of(city, people)
    return Scorer(economy=economy), economy.assumed


def _best(done: Race, goal: Goal, limits: Sequence[Limit]) -> str:
    """The option that the rule chooses, or finds nearest."""
    last = played(done.scores, goal.events, done.kept)
    return last.options[int(picks(last, limits, goal.then).row[0])]


def _without(plays: Plays, option: str, ground: Ground, replicates: int) -> dict[str, dict[int, Scored]]:
    """The option with each area left out of its limits, by code, played to the end."""
    plays.play_out()
    whole = plays.scenarios[option]
    variants = {f"{AREA}{one.area}": one for one in left_out(whole.strategy, ground)} if replicates else {}
    for key, one in variants.items():
        plays.scenarios[key] = replace(whole, strategy=one.strategy)
        plays.fingerprints[key] = digest(f"{plays.fingerprints[option]} {one.strategy!r}")
    pairs = [(key, one) for key in variants for one in range(1, replicates + 1)]
    for _ in plays(pairs):
        pass
    return {variants[key].area: plays.of(key) for key in variants}


def runaway(nothing: Sequence[Scored], limits: Sequence[Limit], times: float) -> float | None:
    """Infections at which a run is beyond the goal, whatever it does next; None where nothing tells.

    Args:
        nothing: replicates in which nobody did anything.
        limits: what must hold.
        times: so many times the infections by which doing nothing broke the limit, in the replicate that had most.
    """
    found = []
    for limit in limits:
        by = [count for one in nothing if (count := _infections_at_break(one, limit)) is not None]
        if by:
            found.append(times * max(by))
    return min(found) if found else None


def _infections_at_break(one: Scored, limit: Limit) -> float | None:
    event = limit.event.removeprefix("peak_")
    if event not in one.series:
        return None
    course = one.series[event] if limit.event.startswith("peak_") else np.cumsum(one.series[event], dtype=np.float64)
    broken = np.flatnonzero(course > limit.at_most)
    if not broken.size:
        return None
    infections = one.series["infections"].astype(np.float64)
    return one.rows - float(infections[broken[0] + 1 :].sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualCapacity:
    """Beds of a city that does not say how many it has."""

    beds: float = quantity(
        200.0,
        unit="bed per 100,000 residents",
        low=20,
        high=1200,
        source="assumed: a third of the 6.7 hospital beds per 1,000 people of China in 2021",
        about="Hospital beds that can be given to this disease.",
    )
    icu_beds: float = quantity(
        4.5,
        unit="bed per 100,000 residents",
        low=0.5,
        high=40,
        source="recalled: about 64,000 beds of intensive care in China, Cai et al. 2022, Nat Med 28:1468",
        about="Beds of intensive care.",
    )


def with_capacity(setting: Setting, usual: UsualCapacity | None = None) -> tuple[Setting, list[str]]:
    """The setting with the beds a city is likely to have where its folder does not say; and what was assumed.

    Without it everybody would find a bed, and no option could ever fail for want of one.
    """
    usual = usual or UsualCapacity()
    known, assumed = dict(setting.map.capacity), []
    residents = setting.world.people.residents
    for resource, per in (("beds", usual.beds), ("icu_beds", usual.icu_beds)):
        if resource not in known:
            known[resource] = float(max(1, round(per * residents / 100_000)))
            assumed.append(
                f"The table capacity names no {resource}: {known[resource]:,.0f} are assumed, {per:g} per 100,000."
            )
    return replace(setting, map=replace(setting.map, capacity=known)), assumed
