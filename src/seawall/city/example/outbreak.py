"""Who infected whom, where and when: a renewal process with overdispersed offspring, spread over a city of homes.

On day t the infected residents of district d infect Poisson(R(t, d) F(t, d)) people, where R is the
course's reproduction number times the share of the district not yet infected, and
F(t, d) = Σ w(t - s) Σ ν over those infected there on day s. The generation time w comes from the disease
catalogue; each person's ν is gamma with mean 1 and shape k, so that offspring are negative binomial.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from seawall.city.example.course import Course, Story, tell
from seawall.city.example.people import People
from seawall.core.draws import generator
from seawall.disease import Pathogen

FULL_DAYS = 120
"""Length of the story; the number of cases is aimed at for this many days, whatever the length of the data."""

REBOUND = 88
"""Day from which the rebound is told: it has a number of cases of its own to aim for."""

STEERED_ON = (30, 36, 44, 52, 62, 74, REBOUND)
"""Days on which the course is set anew: on the first and for the rebound always, else where luck has led far away."""

GROWTH_BOUNDS, REBOUND_BOUNDS = (-0.6, 0.9), (-0.05, 0.6)
"""Least and most that may be added to the log reproduction number, in the growth and in the rebound."""

FAR = 1.25
"""How many times more or fewer cases than the story's are far."""

BEGINNINGS = 40
"""How many beginnings are tried for one that is neither stillborn nor a runaway, before the likeliest is taken."""

LONGEST_GENERATION = 21
"""Days after which nobody infects any more."""

USUALLY_REPORTED = 5
"""Days from infection to report, roughly; only for aiming at a number of cases."""

NEAR = 0.25
"""How far, in logarithms, a beginning may lie from the expected one."""

CROWDED = 0.35
"""Share of a home's residents beyond which an infection lands elsewhere in the district."""

NOBODY = -1


@dataclass(frozen=True, kw_only=True)
class Infections:
    """Every infection, by day and within a day by district.

    Attributes:
        day: int, shape (infection,). Day of infection; of arrival for those infected outside.
        home: int. Number of the home; `NOBODY` for those stopped on arrival, who stay at a quarantine site.
        district: int.
        infector: int. Number of the infector; `NOBODY` for those infected outside.
        stopped: bool. Found on arrival and kept from infecting anybody.
        nu: float. How infectious the person is beside the mean.
        reproduction_number: float, shape (day, district). The course's, less by those infected already.
        caused: int, shape (day, district). Infections caused that day by residents of the district.
        infectiousness: float, shape (day, district). F of the equation above.
    """

    day: np.ndarray
    home: np.ndarray
    district: np.ndarray
    infector: np.ndarray
    stopped: np.ndarray
    nu: np.ndarray
    reproduction_number: np.ndarray
    caused: np.ndarray
    infectiousness: np.ndarray

    @property
    def imported(self) -> np.ndarray:
        """bool, shape (infection,)."""
        return np.asarray(self.infector == NOBODY)


def trips_between(people: People) -> np.ndarray:
    """Trips a day from district to district by gravity; float, shape (district, district)."""
    residents = people.district_residents.astype(float)
    owner = people.land.district_of_community
    middle = np.column_stack(
        [np.bincount(owner, people.land.residents * people.land.points[:, axis]) / residents for axis in (0, 1)]
    )
    km = 100 * np.hypot(*(middle[:, None] - middle[None]).transpose(2, 0, 1))
    pull = residents[None] / (2.0 + km) ** 1.5
    np.fill_diagonal(pull, 0.0)
    away = 0.55 * residents[:, None] * pull / pull.sum(axis=1, keepdims=True)
    away = (away + away.T) / 2
    np.fill_diagonal(away, 1.4 * residents)
    return np.asarray(np.round(away, 1))


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What an outbreak plays in: the city, the disease, the story and the luck.

    Attributes:
        trips: float, shape (district, district). Trips a day.
        seed: the city's seed.
    """

    people: People
    story: Story
    pathogen: Pathogen
    trips: np.ndarray
    seed: int

    @cached_property
    def generation(self) -> np.ndarray:
        """Generation time by day, nothing on day 0; sums to 1.

        The catalogue's serial interval serves: what passes between infections while cases are being isolated.
        """
        by_day = self.pathogen.serial_interval_by_day(LONGEST_GENERATION)
        return np.asarray(by_day / by_day.sum())

    @cached_property
    def away(self) -> np.ndarray:
        """Where an infection that leaves its district goes; rows sum to 1."""
        away = self.trips.copy()
        np.fill_diagonal(away, 0)
        return np.asarray(away / away.sum(axis=1, keepdims=True))

    @cached_property
    def begins(self) -> tuple[int, int]:
        """Where it spreads unseen: the port, and the old town or, if that is the same, whoever the port meets most."""
        port, other = self.people.land.port, self.people.land.old_town
        return port, other if other != port else int(np.argmax(self.away[port]))


def spread(setting: Setting, days: int) -> tuple[Course, Infections]:
    """Play the outbreak for so many days.

    Returns:
        The course as it was steered to the story's number of cases, and all infections.
    """
    full = max(days, FULL_DAYS)
    quicken = np.zeros(full)
    inflow = _inflow(setting, _told(setting, full, quicken))
    wanted = setting.story.expected_cases(int(setting.people.district_residents.sum()))

    def steer(known: np.ndarray, far: float) -> Course:
        start = known.shape[0]
        first = start < REBOUND
        stop, window = (REBOUND, (0, REBOUND)) if first else (full, (REBOUND, FULL_DAYS))
        aim = wanted * (1 - setting.story.share_rebound if first else setting.story.share_rebound)
        told = _told(setting, full, quicken)
        if 1 / far < _expected_reports(setting, told, inflow, known, window) / aim < far:
            return told
        low, high = GROWTH_BOUNDS if first else REBOUND_BOUNDS
        for _ in range(30):
            quicken[start:stop] = (low + high) / 2
            told = _told(setting, full, quicken)
            if _expected_reports(setting, told, inflow, known, window) < aim:
                low = (low + high) / 2
            else:
                high = (low + high) / 2
        return told

    course = steer(np.zeros((0, inflow.shape[1])), 1.0)
    run = _begun(setting, course, inflow, min(STEERED_ON[0], days))
    for day in range(STEERED_ON[0], days):
        if day in STEERED_ON:
            course = steer(run.strength[:day], 1.0 if day in {STEERED_ON[0], REBOUND} else FAR)
        run.step(day, course, inflow[day])
    return replace(course, days=days), run.found(days)


def _told(setting: Setting, days: int, quicken: np.ndarray) -> Course:
    return tell(setting.people.district_residents, setting.begins, days, setting.seed, quicken)


def _begun(setting: Setting, course: Course, inflow: np.ndarray, days: int) -> _Run:
    """The first weeks, drawn again until the numbers infectious at their end are near those expected.

    With a dozen people to start from, luck alone would make one city's outbreak ten times another's.
    """
    expected = _expected(setting, course, inflow, np.zeros((0, inflow.shape[1])))[:days]
    best: tuple[float, _Run] | None = None
    for attempt in range(BEGINNINGS):
        run = _Run(setting, attempt)
        for day in range(days):
            run.step(day, course, inflow[day])
        miss = abs(float(np.log((run.strength[:days][-10:].sum() + 0.1) / (expected[-10:].sum() + 0.1))))
        if best is None or miss < best[0]:
            best = (miss, run)
        if miss < NEAR:
            break
    assert best is not None
    return best[1]


def _inflow(setting: Setting, course: Course) -> np.ndarray:
    """Infected arrivals expected to slip through, by day and the district they go to; shape (day, district)."""
    people, begins = setting.people, setting.begins
    total = max(8.0, 14.0 * (people.district_residents.sum() / 300_000) ** 0.5)
    weight = course.outside * course.leaking
    by_day = total * weight / weight[:FULL_DAYS].sum()
    where = np.zeros((2, len(people.district_residents)))
    where[0, begins[0]], where[0, begins[1]] = 0.6, 0.4
    where[1] += 0.4 * people.district_residents / people.district_residents.sum()
    where[1, people.land.port] += 0.3
    where[1, people.land.airport] += 0.3
    late = np.arange(course.days) >= 34
    return np.asarray(by_day[:, None] * where[late.astype(int)])


def _expected_reports(
    setting: Setting, course: Course, inflow: np.ndarray, known: np.ndarray, window: tuple[int, int]
) -> float:
    """Reports of infections of these days that the renewal equation expects, given the first days' infectiousness."""
    strength = _expected(setting, course, inflow, known)
    silent = float(setting.pathogen.asymptomatic_share)
    seen = (1 - silent) * course.seen_with_symptoms + silent * course.seen_without
    reported = course.in_control + (1 - course.in_control) * seen
    start, stop = window[0], min(window[1], FULL_DAYS - USUALLY_REPORTED)
    return float((strength[start:stop] * reported[start + USUALLY_REPORTED : stop + USUALLY_REPORTED]).sum())


def _expected(setting: Setting, course: Course, inflow: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Infections that the renewal equation expects, after the days already known; shape (day, district)."""
    strength = np.zeros((FULL_DAYS, inflow.shape[1]))
    strength[: known.shape[0]] = known
    generation, residents = setting.generation, setting.people.district_residents
    for day in range(known.shape[0], FULL_DAYS):
        back = min(day, generation.size - 1)
        pressure = generation[1 : back + 1] @ strength[day - back : day][::-1]
        left = np.maximum(0.0, 1 - strength[:day].sum(axis=0) / residents)
        caused = left * course.reproduction_number[day] * pressure
        out = course.elsewhere[day]
        strength[day] = (1 - out) * caused + out * caused @ setting.away + inflow[day]
    return strength


class _Run:
    """The outbreak as it is played, a day at a time; all residents of a day at once."""

    def __init__(self, setting: Setting, attempt: int) -> None:
        self.people, self.story, self.generation = setting.people, setting.story, setting.generation
        self.dispersion = float(setting.pathogen.dispersion)
        self.seed, self.attempt = setting.seed, attempt
        people, land = setting.people, setting.people.land
        districts = len(people.district_ids)
        self.toward = np.cumsum(setting.away, axis=1)
        self.until_home = np.cumsum(people.home_residents)
        subdistrict = land.subdistrict_of[people.community_of_home]
        self.owners = (
            np.arange(len(people.home_residents)),
            people.community_of_home,
            subdistrict,
            land.district_of[subdistrict],
        )
        self.ranges = [_ranges(self.until_home, owner) for owner in self.owners]
        self.strength = np.zeros((400, districts))
        self.caused = np.zeros((400, districts), dtype=np.int64)
        self.pressure = np.zeros((400, districts))
        self.reproduction = np.zeros((400, districts))
        self.infected = np.zeros(districts, dtype=np.int64)
        self.so_far = np.zeros(len(people.home_residents), dtype=np.int64)
        self.limit = np.maximum(2, CROWDED * people.home_residents)
        self.parts: list[dict[str, np.ndarray]] = []
        self.number = 0
        self.cumulative = np.zeros(1)
        self.starts = np.zeros((400, districts + 1))

    def step(self, day: int, course: Course, inflow: np.ndarray) -> None:
        """One day: who is infected by whom, who arrives, and where they live."""
        draw = generator(self.seed, "example", "spread", self.attempt, day)
        districts = len(inflow)
        back = min(day, len(self.generation) - 1)
        weight = self.generation[1 : back + 1][::-1, None] * self.strength[day - back : day]
        self.pressure[day] = weight.sum(axis=0)
        left = 1 - self.infected / self.people.district_residents
        self.reproduction[day] = left * course.reproduction_number[day]
        self.caused[day] = draw.poisson(self.reproduction[day] * self.pressure[day])
        infector = self._infectors(draw, day, back, weight)
        home = self._homes(draw, infector, float(course.elsewhere[day]))
        leaked = draw.poisson(inflow)
        where = np.repeat(np.arange(districts), leaked)
        home = np.concatenate([home, self._at_random(draw, 3, where)])
        rate = 0.45 * course.outside[day] * (self.until_home[-1] / 300_000) ** 0.6
        gates = (self.people.land.port, self.people.land.airport)
        gate = np.repeat(gates, draw.poisson(rate * np.array([0.6, 0.4])))
        district = np.concatenate([self.owners[3][home], gate])
        order = np.argsort(district, kind="stable")
        kept = home.size
        nu = draw.gamma(self.dispersion, 1 / self.dispersion, district.size)
        nu[kept:] = 0.0
        part = {
            "home": np.concatenate([home, np.full(gate.size, NOBODY)]),
            "district": district,
            "infector": np.concatenate([infector, np.full(district.size - infector.size, NOBODY)]),
            "stopped": np.arange(district.size) >= kept,
            "nu": nu,
        }
        part = {name: values[order] for name, values in part.items()} | {"day": np.full(district.size, day)}
        self.parts.append(part)
        self.strength[day] = np.bincount(part["district"], part["nu"], minlength=districts)
        self.infected += np.bincount(self.owners[3][home], minlength=districts)
        np.add.at(self.so_far, home, 1)
        base = self.cumulative[-1]
        grown = base + np.cumsum(part["nu"])
        size = np.bincount(part["district"], minlength=districts)
        self.starts[day] = np.concatenate([[base], grown])[np.concatenate([[0], np.cumsum(size)])]
        self.cumulative = np.concatenate([self.cumulative, grown])

    def _infectors(self, draw: np.random.Generator, day: int, back: int, weight: np.ndarray) -> np.ndarray:
        """Who infects each of the day's newly infected, in the order of the infectors' districts."""
        total = weight.sum(axis=0)
        alive = np.nonzero(total > 0)[0]
        shares = (weight[:, alive] / total[alive]).T
        if not alive.size or not back:
            return np.zeros(0, dtype=np.int64)
        split = draw.multinomial(self.caused[day, alive], shares)
        at_day = np.arange(day - back, day)
        low = self.starts[at_day][:, alive].T
        high = self.starts[at_day][:, alive + 1].T
        times = split.ravel()
        bottom, top = np.repeat(low.ravel(), times), np.repeat(high.ravel(), times)
        spot = bottom + draw.random(bottom.size) * (top - bottom)
        return np.asarray(np.clip(np.searchsorted(self.cumulative, spot, side="right") - 1, 0, None))

    def _homes(self, draw: np.random.Generator, infector: np.ndarray, elsewhere: float) -> np.ndarray:
        """The home of each newly infected, near the infector's more often than not."""
        if not infector.size:
            return np.zeros(0, dtype=np.int64)
        source = self._homes_of(infector)
        shares = np.array([self.story.share_home, self.story.share_community, self.story.share_subdistrict])
        level = np.searchsorted(np.cumsum([*shares, 1 - shares.sum() - elsewhere]), draw.random(infector.size))
        low, high = np.zeros(infector.size), np.zeros(infector.size)
        for number in range(4):
            here = level == number
            unit = self.owners[number][source[here]]
            low[here], high[here] = self.ranges[number][0][unit], self.ranges[number][1][unit]
        here = level == 4
        luck = draw.random(int(here.sum()))
        rows = self.toward[self.owners[3][source[here]]]
        unit = np.minimum((luck[:, None] > rows).sum(axis=1), rows.shape[1] - 1)
        low[here], high[here] = self.ranges[3][0][unit], self.ranges[3][1][unit]
        home = self._between(draw, low, high)
        full = self.so_far + np.bincount(home, minlength=self.so_far.size) > self.limit
        moved = full[home]
        home[moved] = self._at_random(draw, 3, self.owners[3][home[moved]])
        return home

    def _homes_of(self, infector: np.ndarray) -> np.ndarray:
        if len(self.parts) > 1:
            self.parts = [{name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]}]
        return np.asarray(self.parts[0]["home"][infector])

    def _at_random(self, draw: np.random.Generator, level: int, unit: np.ndarray) -> np.ndarray:
        return self._between(draw, self.ranges[level][0][unit], self.ranges[level][1][unit])

    def _between(self, draw: np.random.Generator, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Home of a resident drawn by lot from each range of residents."""
        spot = low + np.floor(draw.random(low.size) * (high - low))
        return np.asarray(np.searchsorted(self.until_home, spot, side="right"))

    def found(self, days: int) -> Infections:
        """All that happened."""
        whole = {name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]}
        return Infections(
            **whole,
            reproduction_number=self.reproduction[:days],
            caused=self.caused[:days],
            infectiousness=self.pressure[:days],
        )


def _ranges(until_home: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First resident, and one past the last, of each unit, when homes of a unit follow each other."""
    last = np.searchsorted(owner, np.arange(owner.max() + 1), side="right") - 1
    high = until_home[last].astype(float)
    return np.concatenate([[0.0], high[:-1]]), high
