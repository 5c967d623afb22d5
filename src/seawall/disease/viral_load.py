"""Viral load over an infection, and what regular testing removes of infectiousness.

Load rises on the log scale in a straight line from the day it can first be found to its peak, and falls in another
from there. Tests find who is above their limit; who is found infects nobody from the day of the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from seawall.core import InvalidInput, check_quantities, quantity
from seawall.core.draws import generator

_LARREMORE = "Larremore et al. 2021, doi:10.1126/sciadv.abd5393"

Infectiousness = Literal["log", "load", "threshold"]
"""Above the infectious load: in proportion to the log's excess, to the load itself, or all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadShape:
    """How viral load runs, ancestral line of SARS-CoV-2. Loads are log10 copies per millilitre."""

    found_load: float = quantity(
        3.0, unit="log10 copies/ml", low=0, high=6, source=_LARREMORE, about="Load at which the rise starts."
    )
    found_from_day: float = quantity(
        2.5, unit="day since infection", low=0, high=10, source=_LARREMORE, about="Earliest day of that load."
    )
    found_to_day: float = quantity(
        3.5, unit="day since infection", low=0, high=12, source=_LARREMORE, about="Latest day of that load."
    )
    rise_least_days: float = quantity(
        0.5, unit="day", low=0, high=5, source=_LARREMORE, about="Shortest rise to the peak."
    )
    rise_shape: float = quantity(
        1.5, unit="shape of a gamma of scale 1 day", low=0.1, high=10, source=_LARREMORE, about="The rise beyond it."
    )
    rise_most_days: float = quantity(
        3.0, unit="day", low=0.6, high=10, source=_LARREMORE, about="Longest rise to the peak."
    )
    peak_least: float = quantity(
        7.0, unit="log10 copies/ml", low=4, high=12, source=_LARREMORE, about="Lowest peak load."
    )
    peak_most: float = quantity(
        11.0, unit="log10 copies/ml", low=4, high=14, source=_LARREMORE, about="Highest peak load."
    )
    fall_least_days: float = quantity(
        4.0,
        unit="day",
        low=0.5,
        high=30,
        source=_LARREMORE,
        about="Shortest fall from the peak to the infectious load.",
    )
    fall_most_days: float = quantity(
        9.0, unit="day", low=0.5, high=40, source=_LARREMORE, about="Longest fall from the peak to the infectious load."
    )
    symptoms_most_days: float = quantity(
        3.0,
        unit="day",
        low=0,
        high=10,
        source=_LARREMORE,
        about="Latest symptoms after the peak; the fall of who has symptoms is longer by their own delay.",
    )
    infectious_load: float = quantity(
        6.0, unit="log10 copies/ml", low=3, high=9, source=_LARREMORE, about="Load from which one infects."
    )

    def __post_init__(self) -> None:
        check_quantities(self)


@dataclass(frozen=True, kw_only=True)
class Trajectories:
    """Viral load of many people.

    Attributes:
        load: float, shape (person, day). log10 copies per millilitre on whole days since infection; 0: none.
        symptoms_day: int, shape (person,). Whole day of first symptoms; -1 for who never has any.
    """

    load: np.ndarray
    symptoms_day: np.ndarray


def trajectories(
    people: int, *, seed: int, symptomatic_share: float = 0.0, shape: LoadShape | None = None, days: int = 28
) -> Trajectories:
    """Draw the viral load of many people.

    Args:
        people: how many.
        seed: the same seed gives the same people.
        symptomatic_share: share who show symptoms.
        shape: how load runs; None: the ancestral line.
        days: whole days since infection to give.

    Raises:
        InvalidInput: the share lies outside 0 to 1.

    Source:
        Larremore et al. 2021, doi:10.1126/sciadv.abd5393.
    """
    if not 0 <= symptomatic_share <= 1:
        raise InvalidInput(f"The share with symptoms is {symptomatic_share:g}; it lies between 0 and 1.")
    shape = shape or LoadShape()
    u = generator(seed, "viral-load").random((6, people))
    found = shape.found_from_day + (shape.found_to_day - shape.found_from_day) * u[0]
    within = special.gammainc(shape.rise_shape, shape.rise_most_days - shape.rise_least_days)
    rise = shape.rise_least_days + special.gammaincinv(shape.rise_shape, within * u[1])
    height = shape.peak_least + (shape.peak_most - shape.peak_least) * u[2]
    ill = u[5] < symptomatic_share
    until_symptoms = shape.symptoms_most_days * u[4]
    fall = shape.fall_least_days + (shape.fall_most_days - shape.fall_least_days) * u[3]
    fall = fall + np.where(ill, until_symptoms, 0.0)
    peak = found + rise
    day = np.arange(days)
    up = shape.found_load + (day - found[:, None]) * ((height - shape.found_load) / rise)[:, None]
    down = height[:, None] + (day - peak[:, None]) * ((shape.infectious_load - height) / fall)[:, None]
    load = np.where(day < found[:, None], 0.0, np.where(day < peak[:, None], up, np.maximum(down, 0.0)))
    return Trajectories(load=load, symptoms_day=np.where(ill, np.rint(peak + until_symptoms).astype(int), -1))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningEffect:
    """What regular testing removes.

    Attributes:
        by_tests: share of all infectiousness removed by results.
        by_symptoms: share removed by self-isolation at symptoms of who had no result before.
        beyond_symptoms: share of what self-isolation alone would leave that testing removes: 1 - R with testing / R
            without. Equal to `by_tests` where nobody isolates at symptoms.
    """

    by_tests: float
    by_symptoms: float
    beyond_symptoms: float


def screening_effect(
    every_days: int,
    *,
    limit_of_detection: float = 3.0,
    delay_days: int = 0,
    sensitivity: float = 1.0,
    symptomatic_share: float = 0.0,
    infectiousness: Infectiousness = "log",
    shape: LoadShape | None = None,
    people: int = 10_000,
    seed: int = 1,
) -> ScreeningEffect:
    """What testing everybody at a fixed rhythm removes, averaged over all days on which one may be infected.

    Args:
        every_days: days from one test to the next.
        limit_of_detection: log10 copies per millilitre that a test finds: 3 for PCR, 5 for a rapid test.
        delay_days: whole days from the specimen to the result, on which the person goes on infecting.
        sensitivity: share of specimens above the limit that are found.
        symptomatic_share: share who show symptoms and isolate at once.
        infectiousness: how it follows from load.
        shape: how load runs; None: the ancestral line.
        people: trajectories to average over.
        seed: of the trajectories.

    Raises:
        InvalidInput: a rhythm below one day, a negative delay, or a share outside 0 to 1.

    Source:
        Larremore et al. 2021, doi:10.1126/sciadv.abd5393.

    Examples:
        >>> slow, quick = screening_effect(7, delay_days=1), screening_effect(7, limit_of_detection=5.0)
        >>> slow.by_tests < quick.by_tests
        True
    """
    if every_days < 1 or delay_days < 0 or not 0 <= sensitivity <= 1:
        raise InvalidInput("Tests are at least one day apart, delays not negative, and a sensitivity between 0 and 1.")
    shape = shape or LoadShape()
    drawn = trajectories(people, seed=seed, symptomatic_share=symptomatic_share, shape=shape)
    days = drawn.load.shape[1]
    excess = drawn.load - shape.infectious_load
    match infectiousness:
        case "log":
            daily = np.maximum(excess, 0.0)
        case "load":
            daily = np.where(excess >= 0, 10.0**excess, 0.0)
        case _:
            daily = (excess >= 0).astype(float)
    after = np.zeros((people, days + 1))  # infectiousness from a day on
    after[:, :days] = np.cumsum(daily[:, ::-1], axis=1)[:, ::-1]
    isolates = np.where(drawn.symptoms_day < 0, days, np.minimum(drawn.symptoms_day, days))
    everyone = np.arange(people)
    by_symptoms_alone = after[everyone, isolates].sum()
    by_tests, by_symptoms = 0.0, 0.0
    for phase in range(every_days):
        missed = np.ones(people)
        for day in range(phase, days, every_days):
            found = missed * sensitivity * (drawn.load[:, day] > limit_of_detection)
            result = min(day + delay_days, days)
            by_tests += float((found * after[:, result])[result <= isolates].sum())
            by_symptoms += float((found * after[everyone, isolates])[result > isolates].sum())
            missed -= found
        by_symptoms += float((missed * after[everyone, isolates]).sum())
    total = float(after[:, 0].sum())
    by_tests, by_symptoms = by_tests / every_days, by_symptoms / every_days
    left_without = total - float(by_symptoms_alone)
    return ScreeningEffect(
        by_tests=by_tests / total,
        by_symptoms=by_symptoms / total,
        beyond_symptoms=1 - (total - by_tests - by_symptoms) / left_without,
    )
