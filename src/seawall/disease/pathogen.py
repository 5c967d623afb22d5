"""What is known of one pathogen: how fast it spreads, when it shows, how hard it hits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seawall.core import check_quantities, quantity
from seawall.disease.delays import discretised_serial_interval
from seawall.disease.evidence import AgeProfile, DelayEvidence, Evidence
from seawall.disease.renewal import doubling_days, growth_from_reproduction

_BESIDE = "beside each value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathogen:
    """One pathogen. Each number carries its own interval, source and confidence.

    Attributes:
        key: the word by which commands and cities name it.
        name, name_zh, name_hant: English, simplified and traditional Chinese.
        incubation: infection to first symptoms.
        generation: infection to infection. Goes with `basic_reproduction_number` to give the early growth.
        serial_interval: first symptoms to first symptoms. The one to estimate and forecast from reports with.
        fatality: probability of death by age.
        hospitalisation: probability of admission by age; None where no source gives one.
        observed_doubling_days: doubling time seen in an epidemic hardly held back; None where no source gives one.
        caution: what to know before these numbers are combined.
    """

    key: str
    name: str
    name_zh: str
    name_hant: str
    basic_reproduction_number: Evidence = quantity(
        unit="infections per infection",
        low=0.05,
        high=25,
        source=_BESIDE,
        about="Infections that one causes where all are susceptible and nothing is done.",
    )
    dispersion: Evidence = quantity(
        unit="negative binomial k",
        low=0.01,
        high=100,
        source=_BESIDE,
        about="How evenly people infect: the smaller, the more a few cause most.",
    )
    asymptomatic_share: Evidence = quantity(
        unit="fraction of infections", low=0, high=1, source=_BESIDE, about="Infections that never show symptoms."
    )
    asymptomatic_infectiousness: Evidence = quantity(
        unit="ratio to symptomatic",
        low=0,
        high=2,
        source=_BESIDE,
        about="Infectiousness of those who never show symptoms.",
    )
    presymptomatic_share: Evidence = quantity(
        unit="fraction of transmission",
        low=0,
        high=1,
        source=_BESIDE,
        about="Transmission by people who show symptoms later.",
    )
    latent_days: Evidence = quantity(
        unit="day", low=0.1, high=30, source=_BESIDE, about="Mean time from infection to infectiousness."
    )
    infectious_days: Evidence = quantity(
        unit="day", low=0.5, high=60, source=_BESIDE, about="Mean infectious time of a case that stays out of hospital."
    )
    hospital_days: Evidence = quantity(
        unit="day", low=0.5, high=120, source=_BESIDE, about="Mean stay in hospital of those who recover."
    )
    household_attack_rate: Evidence = quantity(
        unit="fraction of household contacts",
        low=0,
        high=1,
        source=_BESIDE,
        about="Household contacts that one case infects.",
    )
    incubation: DelayEvidence
    generation: DelayEvidence
    serial_interval: DelayEvidence
    fatality: AgeProfile
    hospitalisation: AgeProfile | None = None
    observed_doubling_days: Evidence | None = None
    caution: str = ""

    def __post_init__(self) -> None:
        check_quantities(self)

    @property
    def growth_per_day(self) -> float:
        """Early growth rate that the basic reproduction number and the generation time imply."""
        return growth_from_reproduction(float(self.basic_reproduction_number), self.generation.delay)

    @property
    def doubling_days(self) -> float:
        """Doubling time that the basic reproduction number and the generation time imply; negative: halving."""
        return doubling_days(self.growth_per_day)

    def serial_interval_by_day(self, max_days: int | None = None) -> np.ndarray:
        """Serial interval in whole days, entry k for k days, nothing on day 0; see `discretised_serial_interval`."""
        delay = self.serial_interval.delay
        return discretised_serial_interval(delay.mean_days, delay.sd_days, max_days)
