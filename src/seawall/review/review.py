"""A review: what a city's decisions expected against what came, what its measures did, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from seawall.city import EVENTS, City
from seawall.core import Fault, InvalidInput
from seawall.disease import pathogen
from seawall.disease.delays import Delay, discretised
from seawall.measures import Strategy
from seawall.review.apart import Tangle
from seawall.review.calibration import calibrate, due_anew, score_decisions
from seawall.review.counterfactual import Played
from seawall.review.decision import Decision
from seawall.review.effects import estimate_effects
from seawall.review.forecasts import FORECASTS, score_forecasts
from seawall.review.held import Calendar, Held, held_by_decisions, held_by_table
from seawall.review.observed import days_told, what_came
from seawall.review.propose import Proposal, propose
from seawall.review.replan import replan
from seawall.watch.series import daily_counts

AFTER_INCUBATION = 3.0
"""Days from first symptoms to a report where the line list does not tell (assumed: two to a test, one to its report).
"""

REPORT_SD = 3.0
"""Days, standard deviation of the time from infection to report (assumed)."""

LEAST_LINES = 20
"""Lines with both dates from which the line list tells the delay (assumed)."""


@dataclass(frozen=True, kw_only=True)
class Review:
    """What a review found.

    Attributes:
        city, root: name and code of the city; on: last day looked at.
        decisions: those reviewed, in order; waiting: names of those of which nothing has come yet.
        came: ``date, event, observation`` of the whole city.
        scores, calibration, due: tables, see `SCORES`, `CALIBRATION`, `due_anew`.
        forecasts: scores of the forecasts on record, see `FORECASTS`; empty where there are none.
        effects: see `EFFECTS`; tangles: measures that cannot be told apart.
        proposal: the next version of the strategy in force; None where no decision is known.
        options: near the strategy in force, for the next choice.
        unseen: events that were expected and of which the folder tells nothing.
        delay_days: mean time from infection to report that was used.
        seed: of the draws.
    """

    city: str
    root: str
    on: date
    decisions: tuple[Decision, ...]
    waiting: tuple[str, ...]
    came: pl.DataFrame = field(repr=False)
    scores: pl.DataFrame = field(repr=False)
    calibration: pl.DataFrame = field(repr=False)
    due: pl.DataFrame = field(repr=False)
    forecasts: pl.DataFrame = field(repr=False)
    effects: pl.DataFrame = field(repr=False)
    tangles: tuple[Tangle, ...]
    proposal: Proposal | None
    options: dict[str, Strategy] = field(repr=False)
    unseen: tuple[str, ...]
    delay_days: float
    seed: int


def review(
    city: City,
    decisions: Sequence[Decision],
    *,
    on: date | None = None,
    measures: Path | None = None,
    forecasts: pl.DataFrame | None = None,
    delay_days: float | None = None,
    play: Callable[[Decision], Played | None] = lambda _: None,
    seed: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> Review:
    """Hold what was expected against what came, and estimate what each measure did.

    Args:
        city: the folder, with what has come since.
        decisions: see `read_decisions`; none where a table of measures or forecasts are given.
        on: last day to look at; None: the last of which the folder tells anything.
        measures: table of measures with dates, beside or in place of decisions.
        forecasts: forecasts on record in hub format, see `score_forecasts`.
        delay_days: mean time from infection to report; None: an incubation and what the line list tells.
        play: gives what the twin says of the decision in force; see `counterfactuals`.
        seed: of the draws.
        tell: told what is being done.

    Raises:
        InvalidInput: there is nothing to review, or all decisions are later than the data. Carries every fault.
    """
    told = days_told(city)
    if told is None:
        mend = "Bring what came since in with: seawall import"
        fault = Fault(file=str(city.root), problem="the folder holds neither cases nor counts", mend=mend)
        raise InvalidInput("There is nothing to review with.", [fault])
    last = told[1]
    upto = last if on is None else min(on, last)
    begun = tuple(one for one in decisions if one.start <= upto)
    if not begun and measures is None and forecasts is None:
        raise InvalidInput("Nothing can be reviewed yet.", _nothing(decisions, upto, last))
    tell("what came")
    root = city.areas.root.area_id
    events = tuple(dict.fromkeys(event for one in begun for event in one.events if event in EVENTS))
    came = what_came(city, upto, (root,), events).drop("area_id")
    scores = score_decisions(begun, came)
    scored = pl.DataFrame(schema=FORECASTS) if forecasts is None else score_forecasts(forecasts, city, upto)
    tell("the effects of the measures")
    calendar, reports = _calendar(city, upto)
    held = held_by_decisions(begun, city, calendar)
    if measures is not None:
        tabled = held_by_table(measures, city, calendar)
        held = (*(one for one in held if one.measure not in {other.measure for other in tabled}), *tabled)
    mean = mean_delay(city, upto) if delay_days is None else delay_days
    delay = discretised(Delay(family="gamma", mean_days=mean, sd_days=min(REPORT_SD, mean)), right_truncated=False)
    found = estimate_effects(reports, held, calendar, delay, seed=seed)
    effects, proposal = found.effects, None
    options: dict[str, Strategy] = {}
    if begun:
        played = play(begun[-1])
        if played is not None:
            effects = pl.concat([effects, played.effects])
        tell("the next version")
        burden = burden_of(held, calendar) if played is None else played.burden
        came_so = as_it_came(scores, begun[-1], upto)
        proposal = propose(begun[-1], held, effects, found.tangles, burden, on=upto, came=came_so)
        options = replan(begun[-1], upto, proposed=proposal.strategy)
    return Review(
        city=city.name,
        root=root,
        on=upto,
        decisions=begun,
        waiting=tuple(one.name for one in decisions if one.start > upto),
        came=came,
        scores=scores,
        calibration=calibrate(scores),
        due=due_anew(scores),
        forecasts=scored,
        effects=effects,
        tangles=found.tangles,
        proposal=proposal,
        options=options,
        unseen=tuple(event for event in events if event not in set(came["event"])),
        delay_days=mean,
        seed=seed,
    )


def as_it_came(scores: pl.DataFrame, decision: Decision, upto: date) -> str:
    """Whether the city's reports of the last week lay ``above`` or ``below`` the 90 % interval, or ``as_expected``.

    Above or below where they did so on most days.
    """
    week = scores.filter(
        (pl.col("decision") == decision.name)
        & (pl.col("event") == "reports")
        & (pl.col("date") > upto - timedelta(days=7))
    )
    above, below = (week["observation"] > week["q95"]).sum(), (week["observation"] < week["q5"]).sum()
    if 2 * above > week.height:
        return "above"
    return "below" if 2 * below > week.height else "as_expected"


def _nothing(decisions: Sequence[Decision], upto: date, last: date) -> list[Fault]:
    if not decisions:
        mend = "Run seawall choose and store its decision, name its folder with --decisions, or give --measures TABLE"
        return [Fault(file="decisions", problem="there is no decision", mend=mend)]
    mend = "Bring what came since in with seawall import"
    if upto < last:
        mend = f"Give a later day with --on; the folder tells of days up to {last}"
    return [
        Fault(
            file=one.file,
            column="start",
            problem=f"it begins on {one.start}, after {upto}, the last day looked at",
            mend=mend,
        )
        for one in decisions
    ]


def _calendar(city: City, upto: date) -> tuple[Calendar, np.ndarray]:
    """Days and districts with their reports, float, shape (day, district); the city alone where no district tells."""
    levels = city.areas.levels
    level = "district" if "district" in levels else levels[min(1, len(levels) - 1)]
    whole = daily_counts(city, upto)
    counts = whole.rolled_up(city, level)
    if np.isnan(counts.of("reports")).all():
        counts = whole.rolled_up(city, city.areas.root.level)
    residents = np.array([city.areas.population(area) or 1 for area in counts.area_ids], dtype=float)
    calendar = Calendar(first=counts.start, days=counts.days, districts=counts.area_ids, residents=residents)
    return calendar, counts.of("reports")


def mean_delay(city: City, upto: date) -> float:
    """Mean time from infection to report in days: an incubation, and symptoms to report as the line list tells."""
    incubation = pathogen(city.pathogen).incubation.delay.mean_days
    later = AFTER_INCUBATION
    if city.has("cases"):
        lines = city.scan("cases").filter(pl.col("report_date") <= upto)
        days = lines.select((pl.col("report_date") - pl.col("onset_date")).dt.total_days().alias("days")).collect()
        known = days["days"].drop_nulls()
        if known.len() >= LEAST_LINES:
            later = float(np.clip(known.to_numpy(), -5, 30).mean())
    return max(incubation + later, 1.0)


def burden_of(held: Sequence[Held], calendar: Calendar) -> dict[str, float]:
    """Person-days that residents lived under each limit, where the twin was not asked.

    How many were kept apart by isolation and quarantine is not known without it.
    """
    limits = [one for one in held if one.kind.startswith("limit_")]
    return {one.measure: float((one.indicator @ calendar.residents).sum()) for one in limits}
