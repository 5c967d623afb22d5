"""What an outbreak and its measures cost a city in all: life years, output, school years; as a range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seawall.city.layers import AGE_CLASS_FROM
from seawall.core import InvalidInput, check_quantities, quantity

YEAR = 365

REMAINING = (77.1, 73.2, 68.3, 63.4, 58.5, 53.6, 48.8, 43.9, 39.2, 34.5, 29.9, 25.4, 21.1, 17.1, 13.3, 9.9, 7.0, 4.7)
"""Years left at ages 0, 5, ..., 85 in China. Source: Global Burden of Disease 2019, as in the country data of DAEDALUS
(jameel-institute/daedalus), rounded to a tenth."""

OLDEST_AT = 82.5
"""Age at which those of the last age class (75 and over) are taken to die. Assumed."""


def years_left(age: np.ndarray) -> np.ndarray:
    """Years that remain at an age in years, float64: straight lines between five-year steps, flat from 85."""
    return np.asarray(np.interp(age, 5.0 * np.arange(len(REMAINING)), REMAINING))


def years_left_by_class() -> np.ndarray:
    """Years that remain in the middle of each age class of the twin, float64, shape (age class,)."""
    middle = np.array(AGE_CLASS_FROM, dtype=float) + 2.5
    middle[-1] = OLDEST_AT
    return years_left(middle)


def present_value_of_work(
    discount: float = 0.03, work_years: float = 45.0, age: float = 12.5, work_from: float = 20.0
) -> float:
    """Years of pay, discounted to today, that lie before a pupil.

    ``(1 - (1+r)^-(n + 20 - a)) / r - (1 - (1+r)^-(20 - a)) / r``

    Source:
        Psacharopoulos, Collis and Patrinos 2021, as used in DAEDALUS: 19.6435 with the values that stand here.
    """
    until = (1 - (1 + discount) ** -(work_years + work_from - age)) / discount
    before = (1 - (1 + discount) ** -(work_from - age)) / discount
    return float(until - before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What a year is worth, in years of value added per resident. No price is *the* price: see `break_even`."""

    life_year_low: float = quantity(
        1.0,
        unit="yearly value added per resident",
        low=0.2,
        high=20,
        source="DAEDALUS: income per head; a convention, no measurement",
        about="Value of a year of life, low.",
    )
    life_year_high: float = quantity(
        3.0,
        unit="yearly value added per resident",
        low=0.2,
        high=20,
        source="upper multiple of the former WHO rule, no longer recommended; a convention",
        about="Value of a year of life, high.",
    )
    years_kept: float = quantity(
        0.8,
        unit="fraction",
        low=0.5,
        high=1,
        source="assumed: those who die are iller than others of their age",
        about="Low end of the years lost by who dies, of those that remain at their age.",
    )
    return_on_schooling: float = quantity(
        0.08,
        unit="fraction of pay per year of school",
        low=0.0,
        high=0.15,
        source="Psacharopoulos and Patrinos, as used in DAEDALUS",
        about="By how much a year of school raises later pay.",
    )

    def __post_init__(self) -> None:
        check_quantities(self)
        if self.life_year_low > self.life_year_high:
            raise InvalidInput("life_year_low is above life_year_high; exchange them.")

    @property
    def school_year(self) -> float:
        """Value of a year of school, in years of value added per resident: 1.5715 by default."""
        return present_value_of_work() * self.return_on_schooling


def life_years(deaths_by_age: np.ndarray) -> float:
    """Years of life lost by people who died, by age class of the twin."""
    return float(np.asarray(deaths_by_age, dtype=float) @ years_left_by_class())


def school_years(school_away: np.ndarray, learnt_away: float) -> float:
    """Years of school lost: pupil-days away, less what is learnt at home, of 365 days to a year as in DAEDALUS."""
    return float(np.sum(school_away, dtype=float) * (1.0 - learnt_away) / YEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Loss in money from low to high, by part. The ends of the parts are added: wider than chance would have it."""

    life: tuple[float, float]
    output: tuple[float, float]
    school: tuple[float, float]

    @property
    def without_life(self) -> tuple[float, float]:
        """Output and school years, from low to high: what a life year is weighed against in `break_even`."""
        return self.output[0] + self.school[0], self.output[1] + self.school[1]

    @property
    def low(self) -> float:
        """All parts at their low end."""
        return self.life[0] + self.output[0] + self.school[0]

    @property
    def high(self) -> float:
        """All parts at their high end."""
        return self.life[1] + self.output[1] + self.school[1]


def societal_loss(amounts: Mapping[str, float], income: float, prices: Prices | None = None) -> Loss:
    """Life years, output and school years in one sum, ``K1 VLY + K2 + K3 VSY``, as a range.

    Nothing is counted twice: what the dead do not make is left out of the output (their years are in the life years),
    and so is the output of the education sector (it is in the school years).

    Args:
        amounts: of a run, as `Produced.summary` gives them.
        income: yearly value added per resident, money (`Economy.income`).
        prices: what a year is worth.

    Source:
        Haw et al. 2022, Nature Computational Science 2:223; method of p2_drivers.
    """
    worth = prices or Prices()
    years, school = amounts["life_years_lost"], worth.school_year * income

    return Loss(
        life=(years * worth.years_kept * worth.life_year_low * income, years * worth.life_year_high * income),
        output=(amounts["output_cost_low"], amounts["output_cost_high"]),
        school=(amounts["school_years_lost_low"] * school, amounts["school_years_lost_high"] * school),
    )


def break_even(life_years_lost: float, cost: float, other_life_years_lost: float, other_cost: float) -> float | None:
    """Value of a life year at which two options lose the same, ``(C_b - C_a) / (L_a - L_b)``.

    Above it the option that loses fewer life years is the better one.

    Returns:
        None where no value above 0 makes them equal: one is at least as good in both, or they lose the same years.
    """
    saved, dearer = life_years_lost - other_life_years_lost, other_cost - cost
    if saved == 0 or dearer / saved <= 0:
        return None
    return dearer / saved
