"""What the catalogue does not hold of a person's illness: stays in hospital, intensive care, how well tests find it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from seawall.core import check_quantities, describe_quantities, quantity
from seawall.disease.evidence import AgeProfile, Evidence

_COVASIM = "Covasim 3.1.7, default parameters"
_REES = "Rees et al. 2020, doi:10.1186/s12916-020-01726-3, recalled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalCourse:
    """The way of a patient through hospital. Values of one pathogen carry their own source where it differs."""

    onset_to_admission_days: float = quantity(
        6.6, unit="day", low=0.1, high=30, source=_COVASIM, about="Mean time from first symptoms to admission."
    )
    onset_to_admission_sd_days: float = quantity(
        4.9, unit="day", low=0.1, high=30, source=_COVASIM, about="Its standard deviation."
    )
    admission_to_icu_days: float = quantity(
        1.5, unit="day", low=0.1, high=20, source=_COVASIM, about="Mean time from admission to intensive care."
    )
    admission_to_icu_sd_days: float = quantity(
        2.0, unit="day", low=0.1, high=20, source=_COVASIM, about="Its standard deviation."
    )
    icu_days: float = quantity(
        10.0,
        unit="day",
        low=1,
        high=60,
        source=_REES + ": median 8, middle half 5 to 13 days, China; mean assumed",
        about="Mean stay in intensive care.",
    )
    icu_sd_days: float = quantity(
        7.0, unit="day", low=0.5, high=60, source="assumed, from the quartiles of the same", about="Its spread."
    )
    hospital_spread: float = quantity(
        0.6,
        unit="ratio of standard deviation to mean",
        low=0.05,
        high=2,
        source=_REES + ": quartiles 10 and 19 around 14 days; value assumed",
        about="Spread of the stay in hospital, whose mean stands in the catalogue.",
    )
    admission_to_death_days: float = quantity(
        12.2,
        unit="day",
        low=0.5,
        high=60,
        source=_COVASIM + ": 1.5 days to critical and 10.7 from there to death",
        about="Mean time from admission to death of those who die.",
    )
    admission_to_death_sd_days: float = quantity(
        5.2, unit="day", low=0.5, high=60, source=_COVASIM + ": 2.0 and 4.8 days together", about="Its spread."
    )
    without_bed: float = quantity(
        2.0,
        unit="factor on the probability of death",
        low=1,
        high=5,
        source=_COVASIM + ", no_icu_factor and no_hosp_factor",
        about="How many times likelier one dies who needs a bed and finds none.",
    )
    icu_factor: float = quantity(
        1.0,
        unit="factor on the intensive-care share of admissions",
        low=0,
        high=3,
        source="1 by definition: the profile below is of the ancestral line",
        about="Intensive care among the admitted, beside the ancestral line of SARS-CoV-2.",
    )
    admissions_per_death: float = quantity(
        5.0,
        unit="admissions per death",
        low=1,
        high=300,
        source="assumed; 4 to 30 in the ancestral line, by age",
        about="Used only where the catalogue gives no admissions.",
    )

    def __post_init__(self) -> None:
        check_quantities(self)

    def source_of(self, name: str) -> str:
        """Where a number of this patient's way comes from."""
        value = getattr(self, name)
        if isinstance(value, Evidence):
            return value.source
        return {declared.name: declared.source for declared in describe_quantities(type(self))}[name]


def _assumed(value: float, low: float, high: float, why: str) -> Evidence:
    return Evidence(value, low, high, f"assumed: {why}", "assumed")


_QUICKER = "a shorter illness than the ancestral line of SARS-CoV-2"

CLINICAL: Mapping[str, ClinicalCourse] = MappingProxyType(
    {
        "covid-ancestral": ClinicalCourse(),
        "covid-delta": ClinicalCourse(),
        "covid-omicron-ba2": ClinicalCourse(
            onset_to_admission_days=_assumed(4.5, 2, 7, _QUICKER),
            onset_to_admission_sd_days=_assumed(4.0, 2, 6, _QUICKER),
            icu_factor=_assumed(0.5, 0.2, 1.0, "fewer of the admitted need intensive care"),
        ),
        "influenza-2009": ClinicalCourse(
            onset_to_admission_days=_assumed(3.5, 2, 6, _QUICKER),
            onset_to_admission_sd_days=_assumed(2.5, 1, 5, _QUICKER),
            admission_to_death_days=_assumed(9.0, 5, 14, _QUICKER),
        ),
        "influenza-1918": ClinicalCourse(
            onset_to_admission_days=_assumed(3.5, 2, 6, _QUICKER),
            onset_to_admission_sd_days=_assumed(2.5, 1, 5, _QUICKER),
            admission_to_death_days=_assumed(6.0, 3, 12, _QUICKER),
        ),
        "sars-2003": ClinicalCourse(
            onset_to_admission_days=Evidence(
                3.7, 1.0, 6.0, "Donnelly et al. 2003, doi:10.1016/S0140-6736(03)13410-1, Hong Kong", "recalled"
            ),
            onset_to_admission_sd_days=_assumed(3.0, 1, 5, "no source at hand"),
            admission_to_death_days=Evidence(
                23.0, 15.0, 36.0, "Donnelly et al. 2003, doi:10.1016/S0140-6736(03)13410-1; range assumed", "recalled"
            ),
        ),
        "mers": ClinicalCourse(
            onset_to_admission_days=_assumed(4.0, 2, 7, "as SARS"),
            onset_to_admission_sd_days=_assumed(3.0, 1, 5, "as SARS"),
        ),
        "measles": ClinicalCourse(
            onset_to_admission_days=_assumed(4.0, 2, 8, "complications follow the rash"),
            onset_to_admission_sd_days=_assumed(3.0, 1, 5, "complications follow the rash"),
            admissions_per_death=_assumed(
                100.0, 50, 200, "about one in five cases admitted and 0.2 % dead in high-income countries, recalled"
            ),
        ),
    }
)
"""A patient's way by pathogen; for others it is that of the ancestral line of SARS-CoV-2, assumed."""

ICU_OF_ADMITTED = AgeProfile(
    of="case",
    ages_from=(0, 10, 20, 30, 40, 50, 60, 70, 80),
    probabilities=(0.060, 0.0485, 0.050, 0.050, 0.063, 0.122, 0.274, 0.432, 0.709),
    factor=2.0,
    source=_COVASIM + ": probability of critical over that of severe illness; range assumed",
    confidence="found",
)
"""Share of the admitted who need intensive care, by age."""

SYMPTOMS_BY_AGE: Mapping[str, AgeProfile] = MappingProxyType(
    {
        "covid-ancestral": AgeProfile(
            of="infection",
            ages_from=(0, 10, 20, 30, 40, 50, 60, 70, 80),
            probabilities=(0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90),
            factor=1.3,
            source=_COVASIM + ", moved on the log odds so that the mean over ages is the catalogue's; range assumed",
            confidence="found",
        )
    }
)
"""Share with symptoms by age, where a source gives one; flat elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeFactors:
    """A factor by age, in steps, beside the highest.

    Attributes:
        ages_from: first age of each band.
        factors: one for each band, above 0.
        low, high: the truth may lie between the factor times `low` and times `high`.
        source: where it comes from.
    """

    ages_from: tuple[int, ...]
    factors: tuple[float, ...]
    low: float
    high: float
    source: str

    def at(self, ages: np.ndarray) -> np.ndarray:
        """Factor at each age, the highest being 1."""
        factors = np.array(self.factors)
        band = np.searchsorted(np.array(self.ages_from), ages, side="right") - 1
        return np.asarray(factors[band] / factors.max())


SUSCEPTIBILITY: Mapping[str, AgeFactors] = MappingProxyType(
    {
        "covid-ancestral": AgeFactors(
            ages_from=(0, 10, 20, 60, 70),
            factors=(0.34, 0.67, 1.0, 1.24, 1.47),
            low=0.7,
            high=1.4,
            source=_COVASIM + ", odds of infection by age after Zhang et al. 2020, doi:10.1126/science.abb8001; taken "
            "as ratios of the chance per contact, range assumed",
        )
    }
)
"""Susceptibility by age, where a source gives one; flat elsewhere."""

_HELLEWELL = "Hellewell et al. 2021, doi:10.1186/s12916-021-01982-x, medians as in cmmid/pcr-profile"

SENSITIVITY_DAYS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 25, 30)
"""Days since infection of the knots below."""

PCR_BY_DAY = (
    *(0.005, 0.039, 0.246, 0.710, 0.785, 0.767, 0.725, 0.677, 0.626),
    *(0.571, 0.515, 0.404, 0.302, 0.217, 0.149, 0.100, 0.035, 0.012),
)
"""Probability of a positive PCR by day since infection, at the knots, ancestral line."""

ANTIGEN_BY_DAY = (
    *(0.003, 0.021, 0.110, 0.423, 0.632, 0.610, 0.510, 0.395, 0.293),
    *(0.208, 0.141, 0.061, 0.025, 0.010, 0.004, 0.002, 0.000, 0.000),
)
"""The same of an antigen test."""

SENSITIVITY_SOURCE = _HELLEWELL + ", health workers in the UK; beyond day 30 falling on as from day 25 to 30"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How tests differ from a single PCR of the ancestral line."""

    pooled_sensitivity: float = quantity(
        0.91,
        unit="factor on the sensitivity of a single PCR",
        low=0.5,
        high=1,
        source="Bateman et al. 2021, doi:10.1002/jmv.26519, recalled: 93 % in pools of 5, 91 % of 10, 81 % of 50",
        about="What is left of sensitivity when ten specimens are pooled.",
    )
    pcr_specificity: float = quantity(
        0.9998,
        unit="fraction of the uninfected",
        low=0.97,
        high=1,
        source="assumed: mass testing in China found next to no false positives after a second test",
        about="Negative results of a PCR in the uninfected.",
    )
    pooled_specificity: float = quantity(
        0.9998,
        unit="fraction of pools without infected",
        low=0.97,
        high=1,
        source="assumed: as a single PCR",
        about="Negative results of pools of the uninfected.",
    )
    antigen_specificity: float = quantity(
        0.996,
        unit="fraction of the uninfected",
        low=0.95,
        high=1,
        source="Dinnes et al. 2021, doi:10.1002/14651858.CD013705.pub2, recalled: 99.6 %",
        about="Negative results of an antigen test in the uninfected.",
    )
    peak_day: float = quantity(
        4.0,
        unit="day since infection",
        low=2,
        high=8,
        source=_HELLEWELL,
        about="Day of the highest sensitivity in the ancestral line; before it the curve of another line is "
        "stretched by its incubation time.",
    )

    def __post_init__(self) -> None:
        check_quantities(self)
