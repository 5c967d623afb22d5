"""Go on from today: the infected of a situation laid out in the city, and transmission as it was of late.

Each replicate draws one possible present: how many infections are found at all, how the recent days of the nowcast
end, and what the reproduction number is. From these follow the infected of each district by day of infection; those
who were reported are the same in every replicate. Transmission is scaled so that the twin, under the measures of the
last weeks, has the drawn reproduction number; from there on log transmission drifts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from seawall.city import City
from seawall.city.synth.people import AGE_CLASS
from seawall.core.draws import generator
from seawall.disease import pathogen
from seawall.measures.strategy import Strategy, faults_together
from seawall.measures.trace_contacts import TraceContacts
from seawall.twin.begin import Beginning
from seawall.twin.day import play_day
from seawall.twin.lay_out import NOT_DUE, NOT_REPORTED, Earlier, Homes, homes_of, lay_out
from seawall.twin.present import (
    LEVELS,
    WINDOW_DAYS,
    Counted,
    Situation,
    Unseen,
    at_quantile,
    counted,
    infections_of,
)
from seawall.twin.run import Run
from seawall.twin.simulate import Scenario, new_run
from seawall.twin.state import NEVER

SETTLING_DAYS = 6
"""Days that a trial run plays before its reproduction number is read off, so that findings and quarantine settle."""

TRIAL_INFECTED = (4000, 12_000)
"""A trial run begins with so many infected at least and at most, and with no more than one resident in two hundred."""

USUAL_SLOPE, SLOPES = 0.5, (0.2, 1.5)
"""By how much the log of the reproduction number rises with that of transmission, before it is known, and its bounds.
Below 1 where the serial interval by which it is estimated is shorter than the generation time."""

HIGHEST = 1.5
"""A reproduction number of late is taken for no higher than so many times the basic one: a handful of reports gives
intervals that reach to where no disease goes. Assumed."""

FACTORS = (0.05, 6.0)
"""Bounds of the factor on transmission; assumed. Where they bite, the trials say so."""

SOON = 14
"""Reports of so many days ahead may be of specimens taken before the start."""

RECENT_DAYS = 7
"""Reports of so many days say where the infected live and of what age they are."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """How a run goes on from today.

    Attributes:
        beginning, scale, before, start: for `Scenario`.
        assumed: what was assumed and what was found: the clock, reports, window and quantiles of the reproduction
            number, the factor on transmission and what the trial runs gave, shares found and kept apart.
        draws: ``replicate, reproduction_number, share_found, infected, not_yet_reported, factor``; of the replicates
            asked for so far.
    """

    beginning: Beginning = field(repr=False)
    scale: Callable[[int], np.ndarray] = field(repr=False)
    before: np.ndarray = field(repr=False)
    start: date
    assumed: Mapping[str, Any]
    draw_of: Callable[[int], Mapping[str, float]] = field(repr=False)

    def of(self, scenario: Scenario) -> Scenario:
        """The scenario as it goes on from here."""
        return replace(scenario, start=self.start, beginning=self.beginning, scale=self.scale, before=self.before)

    def draws(self, replicates: int) -> pl.DataFrame:
        """What the first so many replicates drew, a row each."""
        return pl.DataFrame([{"replicate": one, **self.draw_of(one)} for one in range(1, replicates + 1)])


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    """One possible present.

    Attributes:
        reproduction_number, share_found, infection_to_report_days: what it takes for so.
        reporting: float64, shape (days,). From infection to report.
        infections: float64, shape (day, district). Found or not.
    """

    reproduction_number: float
    share_found: float
    infection_to_report_days: float
    reporting: np.ndarray
    infections: np.ndarray


@dataclass(frozen=True, kw_only=True)
class _Present:
    """What all replicates share."""

    now: Counted
    unseen: Unseen
    homes: Homes
    weights: np.ndarray
    longest: int
    seed: int
    days: int
    highest: float

    @property
    def unseen_days(self) -> int:
        """Days of infection before the start of which little is counted yet."""
        reporting = self.unseen.reporting(self.unseen.between("infection_to_report", 0.5))
        delay = self.now.delay(reporting)
        return round(float(delay @ np.arange(delay.size)))

    def drift(self, replicate: int) -> np.ndarray:
        """Log of the factor by which transmission has drifted, on the days not counted yet and those ahead."""
        steps = generator(self.seed, "start", "drift", replicate).standard_normal(self.unseen_days + self.days)
        return np.asarray(np.cumsum(self.unseen.drift_per_day * steps))

    def of(self, replicate: int) -> _Drawn:
        """The present of a replicate."""
        u_events, u_found, u_r, u_days = generator(self.seed, "start", "present", replicate).random(4)
        return self.drawn(u_events, u_found, u_r, u_days, self.drift(replicate)[: self.unseen_days])

    def drawn(self, u_events: float, u_found: float, u_r: float, u_days: float, drift: np.ndarray) -> _Drawn:
        """The present at these quantiles of what is not known."""
        found, mean = self.unseen.between("share_found", u_found), self.unseen.between("infection_to_report", u_days)
        number = min(float(at_quantile(self.now.reproduction[:, None], u_r)[0]), self.highest)
        path = np.full(WINDOW_DAYS, number)
        path[WINDOW_DAYS - drift.size :] *= np.exp(drift)
        reporting = self.unseen.reporting(mean)
        return _Drawn(
            reproduction_number=number,
            share_found=found,
            infection_to_report_days=mean,
            reporting=reporting,
            infections=infections_of(
                self.now,
                u_events=u_events,
                delay=self.now.delay(reporting),
                share_found=found,
                reproduction=path,
                weights=self.weights,
            ),
        )


def start_from(
    situation: Situation,
    city: City,
    scenario: Scenario,
    *,
    seed: int,
    weights: np.ndarray | None = None,
    unseen: Unseen | None = None,
    in_force: Strategy | None = None,
    variant: int = 0,
) -> Start:
    """Lay out the present of a city so that a run goes on from it.

    Args:
        situation: of the morning before the first day; see `seawall.watch.assess`.
        city: the folder it was made from, for the ages and areas of recent cases.
        scenario: the residents, the disease, the strategy and the length of the run; its start, beginning, scale and
            reports before are replaced by `Start.of`.
        seed: of all replicates.
        weights: float, shape (lag,). Serial interval from lag 1 on by which the situation's reproduction number was
            estimated; None: that of the catalogue's pathogen which the folder names.
        unseen: what no report tells. Hold its shares and days against those of `Start.assumed`'s trials: where the
            measures find fewer or later than assumed, reports fall on the first days, and the other way round.
        in_force: the measures of the last weeks, under which the reproduction number came about; None: those of the
            scenario's strategy that name no first day or a date.
        variant: index of the variant that spreads.

    Raises:
        InvalidInput: the situation holds no recent report or no reproduction number.
    """
    unseen = unseen or Unseen()
    world, ground = scenario.world, scenario.map
    root = next((code for code, level in ground.levels.items() if level == "city"), ground.districts[0])
    recent, ages = _recent(situation, city)
    now = counted(situation, ground.districts, root, world.course, variant)
    present = _Present(
        now=now,
        unseen=unseen,
        homes=homes_of(
            world.people,
            ground,
            recent,
            ages,
            near_reports=unseen.near_reports,
            same_household=unseen.same_household,
        ),
        weights=_serial_weights(city) if weights is None else np.asarray(weights, dtype=np.float64),
        longest=world.course.longest_days,
        seed=seed,
        days=scenario.days,
        highest=HIGHEST * float(world.course.reproduction_number[variant]),
    )
    start = situation.on + timedelta(days=1)
    strategy = _of_late(scenario.strategy) if in_force is None else in_force
    known = _reported(present)
    before = np.zeros((WINDOW_DAYS, ground.blocks), dtype=np.int32)
    np.add.at(before, (known.report + WINDOW_DAYS, world.people.block[known.people]), 1)
    trials = _trials(present, replace(scenario, strategy=strategy), start, variant)

    ahead = _Ahead(present=present, known=known, trials=trials, variant=variant)
    return Start(
        beginning=ahead.begin,
        scale=ahead.scale,
        before=before,
        start=start,
        assumed={
            **dataclasses.asdict(unseen),
            "clock": now.clock,
            "reports": int(now.reports.sum()),
            "reproduction_number": dict(zip(LEVELS, now.reproduction.tolist(), strict=True)),
            "reproduction_window": tuple(day.isoformat() for day in now.window),
            "in_control": now.in_control,
            "measures_of_late": [measure.key for measure in strategy.measures],
            "trials": trials.told,
        },
        draw_of=ahead.draw_of,
    )


def _serial_weights(city: City) -> np.ndarray:
    by_day = pathogen(city.pathogen).serial_interval_by_day()[1:WINDOW_DAYS]
    return np.asarray(by_day / by_day.sum())


def _recent(situation: Situation, city: City) -> tuple[dict[str, float], np.ndarray | None]:
    """Recent reports by area, and by age class where the line list tells ages."""
    since = situation.on - timedelta(days=RECENT_DAYS - 1)
    if not city.has("cases"):
        rows = situation.places.filter(pl.col("cases_7d") > 0).group_by("area_id").agg(pl.col("cases_7d").sum())
        return dict(rows.select("area_id", "cases_7d").iter_rows()), None
    cases = city.scan("cases").filter(pl.col("report_date").is_between(since, situation.on)).collect()
    areas = dict(cases.group_by("area_id").agg(pl.len().cast(pl.Float64)).iter_rows())
    ages = cases["age"].drop_nulls().to_numpy() if "age" in cases.columns else np.zeros(0)
    if not ages.size:
        return areas, None
    classes = AGE_CLASS[np.clip(ages, 0, AGE_CLASS.size - 1).astype(np.int64)]
    return areas, np.bincount(classes, minlength=int(AGE_CLASS.max()) + 1).astype(np.float64)


@dataclass(frozen=True, kw_only=True)
class _Reported:
    """Those who were reported before the start, the same in every replicate.

    Attributes:
        people, report: int64, shape (n,). Who, and on which day.
        luck: float64, shape (n,). Quantile of the time from infection to report.
    """

    people: np.ndarray
    report: np.ndarray
    luck: np.ndarray

    def earlier(self, reporting: np.ndarray) -> Earlier:
        """When they were infected, where reports take so long."""
        delay = np.searchsorted(np.cumsum(reporting), self.luck, side="right").clip(1, reporting.size - 1)
        return Earlier(
            people=self.people,
            day=self.report - delay,
            report=self.report,
            due=np.full(self.people.size, NOT_DUE),
            apart=np.zeros(self.people.size, dtype=bool),
        )


def _reported(present: _Present) -> _Reported:
    rng = generator(present.seed, "start", "reported")
    people, row = present.homes.draw(present.now.reports, rng)
    return _Reported(people=people, report=row - WINDOW_DAYS, luck=rng.random(people.size))


def _present_of(present: _Present, replicate: int, reported: _Reported) -> Earlier:
    """The infected of a replicate: those reported, and as many others as its draw says there are."""
    drawn = present.of(replicate)
    known = reported.earlier(drawn.reporting)
    rng = generator(present.seed, "start", "infected", replicate)
    longest = min(present.longest, WINDOW_DAYS)
    found = np.zeros_like(drawn.infections)
    district = present.homes.district[present.homes.people.block[known.people]]
    inside = known.day >= -WINDOW_DAYS
    np.add.at(found, (known.day[inside] + WINDOW_DAYS, district[inside]), 1)
    left = np.maximum(drawn.infections - found, 0.0)
    left[:-longest] = 0
    numbers = np.minimum(rng.poisson(left), present.homes.people.residents)
    people, row = present.homes.draw(numbers, rng)
    others = _not_reported(present, people, row - WINDOW_DAYS, drawn, rng)
    infectious = known.day >= -present.longest
    return Earlier(**{name: column[infectious] for name, column in vars(known).items()}).and_also(others)


def _not_reported(
    present: _Present, people: np.ndarray, day: np.ndarray, drawn: _Drawn, rng: np.random.Generator
) -> Earlier:
    """What is so of infected people who were not reported before the start.

    Of those who will be reported within `told_before_report_days`, as many are kept apart already as are found in
    control.
    """
    unseen = present.unseen
    by_then = np.append(np.cumsum(drawn.reporting), np.ones(2 * WINDOW_DAYS))
    ago = np.arange(1, WINDOW_DAYS + 1)
    left = np.maximum(1 - drawn.share_found * by_then[ago - 1], 1e-9)

    def within(days: int) -> np.ndarray:
        soon = drawn.share_found * (by_then[ago - 1 + days] - by_then[ago - 1]) / left
        return np.asarray(soon[-day - 1])

    luck = rng.random(people.size)
    due = np.full(people.size, NOT_DUE)
    for days in range(SOON, 0, -1):
        due[luck < within(days)] = days - 1
    return Earlier(
        people=people,
        day=day,
        report=np.full(people.size, NOT_REPORTED),
        due=due,
        apart=(luck < within(unseen.told_before_report_days)) & (rng.random(people.size) < present.now.in_control),
    )


def _of_late(strategy: Strategy) -> Strategy:
    """The measures of a strategy that may have been in force before the run: those with a date, or without a start.

    Those that wait for something to be seen are left out, and those that need another which was not there.
    """
    measures = [
        replace(measure, stop=None) if isinstance(measure.stop, int) else measure
        for measure in strategy.measures
        if not isinstance(measure.start, int) and not measure.when
    ]
    while True:
        kinds = {measure.kind for measure in measures}
        bad = {index for index, *_ in faults_together(list(enumerate(measures)), kinds)}
        if not bad:
            return Strategy(name=f"{strategy.name}, of late", measures=tuple(measures))
        measures = [measure for index, measure in enumerate(measures) if index not in bad]


@dataclass(frozen=True, kw_only=True)
class _Trials:
    """Reproduction numbers that the twin has at some factors on transmission.

    Attributes:
        log_factor, log_number: float64, shape (trial,). Rising.
        slope: of the second by the first.
        told: a row a trial, for `Start.assumed`.
    """

    log_factor: np.ndarray
    log_number: np.ndarray
    slope: float
    told: list[dict[str, Any]]

    def factor(self, number: float) -> float:
        """The factor that gives a reproduction number; along the slope beyond the trials."""
        wanted = np.log(max(number, 1e-3))
        inside = float(np.interp(wanted, self.log_number, self.log_factor))
        beyond = wanted - float(np.clip(wanted, self.log_number[0], self.log_number[-1]))
        return float(np.clip(np.exp(inside + beyond / self.slope), *FACTORS))


def _trials(present: _Present, scenario: Scenario, start: date, variant: int) -> _Trials:
    """Find the factors at which the twin has the reproduction numbers of the situation.

    A trial run begins some days before the window in which these were infected who were reported in the window of the
    estimate, with infected people as they are today, and plays the measures of those days.
    """
    low, middle, high = np.log(present.now.reproduction[[1, 3, 5]])
    log_factor: list[float] = [0.0]
    log_number: list[float] = []
    told = []
    slope = USUAL_SLOPE
    for wanted in (middle, low, high, None):
        trial = _trial(present, scenario, start, float(np.exp(log_factor[-1])), variant)
        log_number.append(float(np.log(max(trial.reproduction_number, 1e-3))))
        told.append(dataclasses.asdict(trial))
        if len(log_number) == 2 and abs(log_factor[1] - log_factor[0]) > 0.05:
            rise = (log_number[1] - log_number[0]) / (log_factor[1] - log_factor[0])
            slope = float(np.clip(rise, *SLOPES))
        if wanted is not None:
            near = int(np.argmin(np.abs(np.array(log_number) - wanted)))
            aim = log_factor[near] + (wanted - log_number[near]) / slope
            log_factor.append(float(np.clip(aim, *np.log(FACTORS))))
    order = np.argsort(log_factor)
    return _Trials(
        log_factor=np.array(log_factor)[order],
        log_number=np.maximum.accumulate(np.array(log_number)[order]) + 1e-9 * np.arange(order.size),
        slope=slope,
        told=told,
    )


@dataclass(frozen=True, kw_only=True)
class _Ahead:
    """What each replicate draws and how it goes on: an object whose methods can be sent to another process."""

    present: _Present
    known: _Reported
    trials: _Trials
    variant: int

    def begin(self, run: Run, replicate: int) -> None:
        """Lay out the infected of a replicate; see `Scenario.beginning`."""
        lay_out(run, _present_of(self.present, replicate, self.known), self.variant, self.present.unseen.result_days)

    def scale(self, replicate: int) -> np.ndarray:
        """Factor on transmission, float64, shape (day,)."""
        number = self.present.of(replicate).reproduction_number
        drifted = self.present.drift(replicate)[self.present.unseen_days :]
        return np.asarray(self.trials.factor(number) * np.exp(drifted))

    def draw_of(self, replicate: int) -> Mapping[str, float]:
        """What a replicate drew; see `Start.draws`."""
        drawn = self.present.of(replicate)
        earlier = _present_of(self.present, replicate, self.known)
        return {
            "reproduction_number": drawn.reproduction_number,
            "share_found": drawn.share_found,
            "infection_to_report_days": drawn.infection_to_report_days,
            "infected": float(earlier.people.size),
            "not_yet_reported": float((earlier.report == NOT_REPORTED).sum()),
            "kept_apart": float(earlier.apart.sum()),
            "factor": self.trials.factor(drawn.reproduction_number),
        }


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """What a trial run gave: of those infected while it settled, how many were found and how long after infection."""

    factor: float
    reproduction_number: float
    found: int
    share_found: float
    mean_days: float
    sd_days: float


def _trial(present: _Present, scenario: Scenario, start: date, factor: float, variant: int) -> _Trial:
    """Play a trial run at a factor on transmission."""
    window = (present.now.window[1] - present.now.window[0]).days + 1
    days = SETTLING_DAYS + window
    first = start - timedelta(days=present.unseen_days + days)
    earlier, infections, smaller = _earlier_of_trial(present)

    def beginning(run: Run, _: int) -> None:
        lay_out(run, earlier, variant, present.unseen.result_days)

    trial = replace(
        scenario,
        start=first,
        days=days,
        beginning=beginning,
        strategy=_with_capacity(scenario.strategy, smaller),
        scale=lambda _: np.full(days, factor),
        before=None,
        zoning=scenario.zoning if scenario.strategy.zoning is not None else None,
    )
    run = new_run(trial, present.seed, 0)
    while run.state.day < run.days:
        play_day(run)
    played = run.tally.infections.sum(axis=1) - run.tally.by_layer[:, -1]
    everyone = np.concatenate([infections, run.tally.infections.sum(axis=1)])
    reach = present.weights.size
    left = 1 - np.cumsum(everyone) / present.homes.people.residents  # a trial's epidemic is larger than the city's
    pressure = [
        float(present.weights[: min(reach, at)] @ everyone[max(at - reach, 0) : at][::-1]) * float(left[at - 1])
        for at in range(everyone.size - window, everyone.size)
    ]
    rows = slice(0, run.state.rows)
    settled = (run.state.infected.day[rows] >= 0) & (run.state.infected.day[rows] < SETTLING_DAYS)
    findings = run.state.findings
    report = findings.report[rows][settled].astype(np.int64)
    found = (findings.specimen[rows][settled] != NEVER) & (report < run.days)
    delay = (report - run.state.infected.day[rows][settled])[found]
    return _Trial(
        factor=factor,
        reproduction_number=float(played[-window:].sum() / max(sum(pressure), 1e-9)),
        found=int(found.sum()),
        share_found=float(found.mean()) if found.size else 0.0,
        mean_days=float(delay.mean()) if delay.size else 0.0,
        sd_days=float(delay.std()) if delay.size else 0.0,
    )


def _earlier_of_trial(present: _Present) -> tuple[Earlier, np.ndarray, float]:
    """The infected with whom a trial run begins.

    Returns:
        Them, in proportion to those of today; how many were infected on each earlier day; the proportion.
    """
    drawn = present.drawn(0.5, 0.5, 0.5, 0.5, np.zeros(0))
    infections = drawn.infections.copy()
    longest = min(present.longest, WINDOW_DAYS)
    infections[:-longest] = 0
    fewest, most = TRIAL_INFECTED
    total = max(float(infections.sum()), 1e-9)
    proportion = min(np.clip(total, fewest, most), present.homes.people.residents / 200) / total
    rng = generator(present.seed, "start", "trial")
    people, row = present.homes.draw(rng.poisson(infections * proportion), rng)
    day = row - WINDOW_DAYS
    delay = rng.choice(drawn.reporting.size, size=day.size, p=drawn.reporting)
    found = (rng.random(day.size) < drawn.share_found) & (day + delay < 0)
    told = Earlier(
        people=people[found],
        day=day[found],
        report=(day + delay)[found],
        due=np.full(int(found.sum()), NOT_DUE),
        apart=np.zeros(int(found.sum()), dtype=bool),
    )
    earlier = told.and_also(_not_reported(present, people[~found], day[~found], drawn, rng))
    return earlier, np.bincount(row, minlength=WINDOW_DAYS).astype(np.float64), float(proportion)


def _with_capacity(strategy: Strategy, proportion: float) -> Strategy:
    """The strategy with as many tracers as go with an epidemic of another size."""
    measures = tuple(
        replace(measure, cases_a_day=measure.cases_a_day * proportion)
        if isinstance(measure, TraceContacts)
        else measure
        for measure in strategy.measures
    )
    return replace(strategy, measures=measures)
