"""Small cities and diseases made up for tests of the twin."""

from __future__ import annotations

from datetime import date

import numpy as np
from scipy import stats

from seawall.city.layers import CARE_HOME, KEY_GROUPS, LAYERS, MIXING, NOWHERE, SCHOOL, WORK
from seawall.city.synth.contacts import Contacts
from seawall.city.synth.people import People, ordered_by_class
from seawall.core.draws import generator
from seawall.disease.course import Course
from seawall.measures import Measure, Strategy
from seawall.twin.begin import seeded
from seawall.twin.city_map import map_of
from seawall.twin.simulate import Scenario
from seawall.twin.world import World, world_of

START = date(2026, 1, 1)


def course(
    *,
    weights: tuple[float, ...] = (0.0, 0.0, 0.1, 0.2, 0.3, 0.2, 0.1, 0.1),
    reproduction: tuple[float, ...] = (2.5,),
    household: float = 0.2,
    dispersion: float | None = 0.5,
    p_symptoms: float = 0.6,
    p_admission: float = 0.1,
    p_icu: float = 0.05,
    p_death: float = 0.03,
    onset: tuple[int, ...] = (2, 3, 4, 5),
    sensitivity: float = 0.8,
    without_bed: float = 2.0,
    delay: tuple[int, ...] = (1, 2, 3, 4),
    stay: tuple[int, ...] = (4, 6, 8),
    kinds_alike: bool = False,
) -> Course:
    """A disease in whole days; the same share of infectiousness whatever the onset, unless symptoms double it."""
    variants, days = len(reproduction), len(weights)
    runs = max(onset) + 1
    infectiousness = np.tile(np.array(weights), (variants, runs, 1))
    ages = np.linspace(0, 1, 101)
    if not kinds_alike:
        infectiousness[:, 0] *= 0.6
        infectiousness[:, 1:] *= 1 + 0.4 * (1 - p_symptoms) / max(p_symptoms, 0.01)
    if dispersion is None:
        nu = np.ones(256)
    else:
        q = np.linspace(0, 1, 257)
        edges = stats.gamma.ppf(q, dispersion, scale=1 / dispersion)
        nu = np.diff(stats.gamma.cdf(edges, dispersion + 1, scale=1 / dispersion)) * 256

    def table(values: tuple[int, ...]) -> np.ndarray:
        return np.resize(np.array(values), 256).astype(np.uint8)

    def by_age(p: float) -> np.ndarray:
        return np.tile(np.full(101, p) if kinds_alike else p * (0.5 + ages), (variants, 1))

    test = np.full((variants, 3, days + 4), sensitivity)
    test[:, :, :2] = 0.0
    test[:, 1] *= 0.9
    test[:, 2] *= 0.6
    return Course(
        key="made-up",
        variants=tuple("abcd"[:variants]),
        onset_day=np.tile(table(onset), (variants, 1)),
        infectiousness=infectiousness,
        dispersion=np.tile(nu, (variants, 1)),
        reproduction_number=np.array(reproduction),
        household_attack_rate=np.full(variants, household),
        susceptibility=np.ones(101) if kinds_alike else 0.5 + 0.5 * ages,
        p_symptoms=by_age(p_symptoms),
        p_admission=by_age(p_admission),
        p_icu=by_age(p_icu),
        p_death=by_age(p_death),
        without_bed=without_bed,
        onset_to_admission=table(delay),
        admission_to_icu=table((0, 1, 2)),
        icu_days=table((2, 5)),
        hospital_days=table(stay),
        admission_to_death=table((3, 5)),
        sensitivity=test,
        specificity=np.array([0.999, 0.998, 0.99]),
        cross_immunity=np.ones((variants, variants)),
    )


def people(residents: int = 1200, *, seed: int = 3, districts: int = 2, blocks: int = 5) -> People:
    """Households of all sizes and ages, school classes, teams and wards of every kind, in several districts."""
    rng = generator(seed, "small city")
    block = np.sort(rng.integers(0, blocks, residents)).astype(np.uint16)
    district_of_block = np.sort(np.resize(np.arange(districts), blocks)).astype(np.int32)
    age = rng.integers(0, 101, residents).astype(np.uint8)
    household = np.zeros(residents, dtype=np.uint8)
    for one in range(blocks):
        at, end = np.searchsorted(block, one), np.searchsorted(block, one, side="right")
        while at < end:
            size = min(int(rng.integers(1, 7)), end - at)
            household[at : at + size] = np.arange(size) << 4 | size
            at += size
    place, seat = np.full(residents, NOWHERE, dtype=np.uint32), np.zeros(residents, dtype=np.uint8)
    members: list[int] = []
    start, layer, kind, group, where = [0], [], [], [], []
    for of, ages, kinds in ((SCHOOL, (3, 20), 5), (WORK, (20, 65), 2), (CARE_HOME, (85, 101), 1)):
        who = rng.permutation(np.nonzero((age >= ages[0]) & (age < ages[1]))[0])
        at = 0
        while at < who.size:
            mine = who[at : at + int(rng.integers(1, 25))]
            at += mine.size
            place[mine], seat[mine] = len(layer), np.arange(mine.size)
            members.extend(mine.tolist())
            start.append(len(members))
            layer.append(of)
            kind.append(255 if of == CARE_HOME else int(rng.integers(kinds)))
            group.append(int(rng.choice([255, *range(len(KEY_GROUPS)), 2, 3, 3])) if of == WORK else 255)
            where.append(int(rng.integers(blocks)))
    return People(
        area_ids=tuple(f"A{one}" for one in range(blocks)),
        district_ids=tuple(f"D{one}" for one in range(districts)),
        sectors=("industry", "services"),
        district_of_area=district_of_block,
        area_of_block=np.arange(blocks, dtype=np.int32),
        block_start=np.searchsorted(block, np.arange(blocks + 1)),
        age=age,
        block=block,
        household=household,
        place=place,
        seat=seat,
        traits=np.zeros(residents, dtype=np.uint8),
        history=rng.integers(0, 3, residents).astype(np.uint8),
        histories=(
            {"doses": 0},
            {"doses": 1, "product": "x", "days_before": 40},
            {"doses": 2, "product": "x", "days_before": 100},
        ),
        place_start=np.array(start, dtype=np.uint32),
        members=np.array(members, dtype=np.uint32),
        place_layer=np.array(layer, dtype=np.uint8),
        place_kind=np.array(kind, dtype=np.uint8),
        place_group=np.array(group, dtype=np.uint8),
        place_block=np.array(where, dtype=np.uint16),
        meta={"made": "small city"},
        **ordered_by_class(age, block, district_of_block),
    )


def contacts(of: People, *, seed: int = 3, institution: float = 5.0) -> Contacts:
    """Contacts that differ by layer, age and district."""
    rng = generator(seed, "small city contacts")
    classes, districts = of.order_start.shape[1], len(of.district_ids)
    ring, across = np.zeros(len(LAYERS), dtype=int), np.zeros(len(LAYERS), dtype=int)
    ring[[SCHOOL, WORK, CARE_HOME]] = 8, 4, 6
    across[[SCHOOL, WORK, CARE_HOME]] = 3, 2, 0
    return Contacts(
        ring=ring,
        across=across,
        mixing=rng.uniform(0.2, 4.0, (len(MIXING), classes)),
        age_mix=rng.dirichlet(np.ones(classes), (len(MIXING), classes)),
        coupling=rng.dirichlet(np.full(districts, 2.0), (len(MIXING), districts)),
        local_share=np.array([0.6, 0.1, 0.0]),
        institution=institution * np.array([1.2, 1.0, 0.8]),
        sources={"all": "made up"},
    )


class Waning:
    """Infections protect from their own variant and half as well from others; doses a little; all wanes."""

    period_days = 10

    def against(self, history, variant, days_since):
        wane = 0.5 ** (days_since / 60)
        if history.infected_by >= 0:
            infection = (1.0 if days_since < 15 else wane) if history.infected_by == variant else 0.5 * wane
            return infection, 0.5 * wane, 0.7 * wane
        strength = 0.2 * history.doses * (1.0 if history.product == "x" else 1.3)
        return strength * wane, 0.5 * strength * wane, strength


def scenario(
    world: World,
    *measures: Measure,
    days: int = 40,
    infected: int = 12,
    protection: object | None = None,
    capacity: dict[str, float] | None = None,
    **told: object,
) -> Scenario:
    """A scenario of a small city."""
    from dataclasses import replace

    from seawall.disease.immunity import LastingProtection

    ground = replace(map_of(world.people, capacity=capacity), variants=world.course.variants)
    arguments: dict = {
        "world": world,
        "map": ground,
        "protection": protection or LastingProtection(),
        "strategy": Strategy(name="tried", measures=measures),
        "start": START,
        "days": days,
        "beginning": seeded(infected),
    }
    return Scenario(**{**arguments, **told})


def small_world(
    residents: int = 1200, *, seed: int = 3, disease: Course | None = None, institution: float = 5.0, **told: int
) -> World:
    """People, contacts and a disease."""
    who = people(residents, seed=seed, **told)
    return world_of(who, contacts(who, seed=seed, institution=institution), disease or course())
