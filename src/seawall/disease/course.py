"""How infection runs in one person, in whole days: what the twin draws from at the moment of infection.

Everything drawn is a table of equally likely entries, so that one byte of a hash picks one; the compiled twin and
the readable one then draw the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

CHANCES = 256
"""Entries of a table of equally likely values."""

PCR, PCR_POOLED, ANTIGEN = range(3)
TEST_KINDS = ("pcr", "pcr_pooled", "antigen")
"""Kinds of test, by index; the words of the table `tests`."""

NO_DAY = 255
"""Day of something that does not happen."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """One pathogen, with its variants, compiled to whole days.

    `tau` counts days since infection; entry 0 is the day of infection itself, on which nobody infects.
    A *run* of the disease is one of `onset_day`'s possible days of onset; run 0 is without symptoms.

    Attributes:
        variants: names.
        onset_day: uint8, shape (variant, 256). Day of onset, at least 1, of who falls ill; equally likely entries.
        infectiousness: float64, shape (variant, run, tau). Share of a person's infectiousness that falls on a day:
            mean over people of the sum over tau is 1. Run 0: never ill; run d: ill from day d.
        dispersion: float64, shape (variant, 256). Infectiousness beside the mean, equally likely, mean 1.
        reproduction_number: float64, shape (variant,). Infections per infection where nothing is done.
        household_attack_rate: float64, shape (variant,). Household contacts that one infects.
        susceptibility: float64, shape (age,). Beside the most susceptible age, at most 1; ages 0 to 100.
        p_symptoms: float64, shape (variant, age).
        p_admission, p_icu, p_death: float64, shape (variant, age). Of the infected, without immunity. Not more die
            than are admitted; `p_death` is with a bed.
        without_bed: float64. Factor on the probability of death of who needs a bed and finds none.
        onset_to_admission, admission_to_icu, icu_days, hospital_days, admission_to_death: uint8, shape (256,).
        sensitivity: float64, shape (variant, kind of test, tau). Probability of a positive result.
        specificity: float64, shape (kind of test,).
        cross_immunity: float64, shape (variant, variant). Protection by an infection with the first against one with
            the second, beside that against itself.
        sources: name of a field to where its numbers come from.
    """

    key: str
    variants: tuple[str, ...]
    onset_day: np.ndarray = field(repr=False)
    infectiousness: np.ndarray = field(repr=False)
    dispersion: np.ndarray = field(repr=False)
    reproduction_number: np.ndarray
    household_attack_rate: np.ndarray
    susceptibility: np.ndarray = field(repr=False)
    p_symptoms: np.ndarray = field(repr=False)
    p_admission: np.ndarray = field(repr=False)
    p_icu: np.ndarray = field(repr=False)
    p_death: np.ndarray = field(repr=False)
    without_bed: float
    onset_to_admission: np.ndarray = field(repr=False)
    admission_to_icu: np.ndarray = field(repr=False)
    icu_days: np.ndarray = field(repr=False)
    hospital_days: np.ndarray = field(repr=False)
    admission_to_death: np.ndarray = field(repr=False)
    sensitivity: np.ndarray = field(repr=False)
    specificity: np.ndarray
    cross_immunity: np.ndarray
    sources: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def longest_days(self) -> int:
        """First day on which nobody infects any more."""
        return int(self.infectiousness.shape[2])
