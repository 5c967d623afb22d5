"""Small worlds for the twin whose answers are known: all mix alike, or infection steps down a ladder of groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from seawall.city.synth.contacts import Contacts, mix_alike
from seawall.city.synth.people import AGE_CLASS, People, one_block, ordered_by_class
from seawall.disease import Course, History, LastingProtection, Protection
from seawall.measures import Measure, Strategy
from seawall.twin import Beginning, Behaviour, Scenario, World, map_of, new_run, seeded, world_of
from seawall.twin.day import play_day
from seawall.twin.run import Run
from seawall.twin.state import ELSEWHERE
from seawall.twin.world import ground_of

MANY = 240.0
"""Contacts a day, each with little chance: nobody is met twice, so infections by one are Poisson given the person."""

KEPT_APART_WHOLLY = Behaviour(household_left=0.0, others_left=0.0, report_delay_days=0.0)
"""Who is confined meets nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """An infection protects for good; a dose keeps off this share of infections, in everybody alike."""

    efficacy: float = 1.0
    period_days: int = 400

    def against(self, history: History, variant: int, days_since: float) -> tuple[float, float, float]:  # noqa: ARG002
        """Infection for good, dose by its efficacy."""
        if history.infected_by >= 0:
            return 1.0, 1.0, 1.0
        return (self.efficacy, 0.0, 0.0) if history.doses else (0.0, 0.0, 0.0)


def of_ages(people: People, age: np.ndarray) -> People:
    """The same people with other ages, in the same places."""
    age = np.asarray(age, dtype=np.uint8)
    order: dict[str, Any] = ordered_by_class(age, people.block, people.district_of_block)
    return replace(people, age=age, **order)


def dosed(people: People, share: float, *, every: int = 1000) -> People:
    """The same people, this share of them having had a dose, spread evenly."""
    place = np.arange(people.residents) * 617 % every
    return replace(
        people,
        history=(place < round(share * every)).astype(np.uint8),
        histories=({"doses": 0}, {"doses": 1, "product": "perfect"}),
    )


def mixed(residents: int, course: Course, *, contacts: float = MANY, dosed_share: float = 0.0) -> World:
    """Everybody meets anybody."""
    people = one_block(residents)
    if dosed_share:
        people = dosed(people, dosed_share)
    return world_of(people, mix_alike(people, contacts), course)


class Rung(NamedTuple):
    """A group of a ladder: so many people of one age, each of whom infects so many of the next group."""

    age: int
    residents: int
    infects: float
    contacts: float = MANY


def ladder(course: Course, rungs: Sequence[Rung]) -> World:
    """People of each group meet those of the next only, and those of the last meet nobody.

    So infections by the second group are counted without those by their own offspring.
    """
    residents = sum(rung.residents for rung in rungs)
    age = np.concatenate([np.full(rung.residents, rung.age) for rung in rungs])
    people = of_ages(one_block(residents), age)
    alike = mix_alike(people, 1.0)
    world = world_of(people, alike, course)
    mixing, age_mix = np.zeros_like(alike.mixing), alike.age_mix.copy()
    rates = np.zeros_like(alike.mixing)
    for rung, met in zip(rungs, [*rungs[1:], rungs[-1]], strict=True):
        cls = AGE_CLASS[rung.age]
        mixing[0, cls] = rung.contacts if rung is not rungs[-1] else 1.0
        rates[0, cls] = rung.infects if rung is not rungs[-1] else 0.0
        age_mix[:, cls] = 0.0
        age_mix[:, cls, AGE_CLASS[met.age]] = 1.0
    contacts: Contacts = replace(alike, mixing=mixing, age_mix=age_mix)
    return replace(
        world,
        contacts=contacts,
        ground=ground_of(people, contacts),
        rates=world.rates._replace(mixing=rates, infectiousness=course.infectiousness),
    )


def scene(
    world: World,
    days: int,
    *,
    measures: tuple[Measure, ...] = (),
    infected: int = 10,
    beginning: Beginning | None = None,
    protection: Protection | None = None,
    behaviour: Behaviour = KEPT_APART_WHOLLY,
    scale: Callable[[int], np.ndarray] | None = None,
) -> Scenario:
    """A scenario of a small world."""
    return Scenario(
        world=world,
        map=map_of(world.people, variants=world.course.variants),
        protection=protection or LastingProtection(period_days=400),
        strategy=Strategy(name="tested", measures=measures),
        start=date(2026, 1, 1),
        days=days,
        beginning=beginning or seeded(infected),
        behaviour=behaviour,
        scale=scale,
    )


def begin_with(people: np.ndarray, variant: np.ndarray | None = None) -> Beginning:
    """These people are infected on the first day."""

    def begin(run: Run, _replicate: int) -> None:
        who = np.asarray(people, dtype=np.uint32)
        which = np.zeros(who.size, dtype=np.uint8) if variant is None else np.asarray(variant, dtype=np.uint8)
        run.infect(who, layer=ELSEWHERE, variant=which)

    return begin


def played(scenario: Scenario, *, seed: int = 1, replicate: int = 1) -> Run:
    """One run, played to its end, with all its infected to look at."""
    run = new_run(scenario, seed, replicate)
    while run.state.day < run.days:
        play_day(run)
    return run


def offspring(run: Run) -> np.ndarray:
    """Infections caused by each of the infected, int64, shape (row,)."""
    by = run.state.infected.infector[: run.state.rows].astype(np.int64)
    return np.bincount(by[by >= 0], minlength=run.state.rows)


def events(infections: float, exposed: float) -> float:
    """Infectious contacts that were made where so many of those exposed to nothing else were infected."""
    return float(-exposed * np.log1p(-infections / exposed))


def evenly_spread(first: int, last: int) -> np.ndarray:
    """Infectiousness that is the same on every day from `first` to `last`, and none on others; float, shape (day,)."""
    shares = np.zeros(last + 1)
    shares[first:] = 1 / (last + 1 - first)
    return shares
