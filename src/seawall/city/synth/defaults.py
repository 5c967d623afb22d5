"""Numbers that stand in for tables that a city folder lacks, each with its unit, source and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seawall.disease.evidence import CONFIDENCES, Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """Numbers used where the folder has none.

    Attributes:
        about: what they are, as a sentence without a full stop.
        unit: of the numbers.
        values: the numbers.
        source, confidence: where they come from, and how sure.
        at: what each number stands for: first ages of bands, sizes; empty where there is only one.
        low, high: where every number must lie.
    """

    about: str
    unit: str
    values: tuple[float, ...]
    source: str
    confidence: Confidence
    at: tuple[int, ...] = ()
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        if not (self.about and self.unit and self.source) or self.confidence not in CONFIDENCES:
            raise ValueError("A default needs a sentence, a unit, a source and a word on how sure it is.")
        if not all(self.low <= value <= self.high for value in self.values):
            raise ValueError(f"{self.about}: a number lies outside {self.low:g} to {self.high:g}.")
        if self.at and (len(self.at) != len(self.values) or list(self.at) != sorted(set(self.at))):
            raise ValueError(f"{self.about}: one number for each of what they stand for, rising.")

    @property
    def sentence(self) -> str:
        """What it is and where it comes from, for `People.meta`."""
        return f"{self.about}: {self.source} ({self.confidence})."

    @property
    def value(self) -> float:
        """The only number."""
        (only,) = self.values
        return only

    def by_age(self, ages: np.ndarray) -> np.ndarray:
        """The number of the band each age falls in; 0 below the first."""
        band = np.searchsorted(np.array(self.at), ages, side="right") - 1
        return np.where(band < 0, 0.0, np.array(self.values)[np.maximum(band, 0)])


_CENSUS = "Seventh National Population Census of China, 2020"

AGE_SHARES = Default(
    about="Residents by five-year age band",
    unit="fraction of residents",
    at=tuple(range(0, 90, 5)),
    values=(
        *(0.032, 0.036, 0.030, 0.028, 0.056, 0.084, 0.106, 0.094, 0.078),
        *(0.073, 0.076, 0.073, 0.071, 0.065, 0.041, 0.023, 0.018, 0.016),
    ),
    source=f"{_CENSUS}, Shanghai bulletin: 9.8 % under 15, 23.4 % from 60, 16.3 % from 65; divided among bands by us",
    confidence="recalled",
)

HOUSEHOLD_SIZES = Default(
    about="Households by number of members",
    unit="fraction of households",
    at=(1, 2, 3, 4, 5, 6, 7),
    values=(0.285, 0.335, 0.225, 0.092, 0.045, 0.013, 0.005),
    source=f"{_CENSUS}, Shanghai: 2.32 members on average; shares by size chosen by us to fit",
    confidence="recalled",
)

CARE_HOME = Default(
    about="Residents who live in a care home, by age",
    unit="fraction of residents",
    at=(60, 70, 80),
    values=(0.003, 0.01, 0.07),
    source="Shanghai's plan of 90 % at home, 7 % helped, 3 % in homes; beds about half taken",
    confidence="assumed",
)

ENROLMENT = Default(
    about="Children and young people who attend kindergarten, school or university, by age",
    unit="fraction of residents",
    at=(3, 6, 15, 18, 23),
    values=(0.90, 1.0, 0.93, 0.50, 0.0),
    source="Ministry of Education of China, bulletin for 2020: kindergarten 85 %, upper secondary 91 %, higher 54 %",
    confidence="recalled",
)

EMPLOYMENT = Default(
    about="Residents who work outside the home, by age, of those not at school or university",
    unit="fraction of residents",
    at=(16, 20, 25, 50, 55, 60, 65, 70, 75),
    values=(0.35, 0.80, 0.88, 0.78, 0.60, 0.25, 0.12, 0.05, 0.0),
    source="in the manner of a large Chinese city: retirement at 50 to 60",
    confidence="assumed",
)

SECTORS = {
    "Manufacturing": 0.22,
    "Construction": 0.08,
    "Retail and wholesale": 0.15,
    "Transport and storage": 0.07,
    "Hotels and restaurants": 0.06,
    "Education": 0.06,
    "Health and social work": 0.05,
    "Public administration": 0.05,
    "Finance, property and business services": 0.14,
    "Information and science": 0.07,
    "Services to residents": 0.05,
}
"""Share of workers by sector where the folder does not say."""

SECTOR_SHARES = Default(
    about="Workers by sector",
    unit="fraction of workers",
    values=tuple(SECTORS.values()),
    source="in the manner of a large Chinese city about 2020",
    confidence="assumed",
)

FIRM_SIZE = Default(
    about="Size of firms: median and standard deviation of the logarithm, cut into teams of at most 60",
    unit="workers; log",
    values=(8.0, 1.4),
    source="mean about 20: Fourth National Economic Census of China, 2018, 383 million in 21.8 million units",
    confidence="recalled",
    high=1000.0,
)

TEAM_AT_MOST = 60
"""Workers who meet each other at work; a larger firm is several teams."""

HOME_DISTRICT = Default(
    about="Workers whose work lies in the district where they live, where neither trips nor coordinates are known",
    unit="fraction of workers",
    values=(0.7,),
    source="chosen by us",
    confidence="assumed",
)

GRAVITY = Default(
    about="Commuting between districts falls with distance: a scale in km and a power; trips within count as this far",
    unit="km; power; km",
    values=(5.0, 2.0, 4.0),
    source="the gravity form; its numbers are chosen by us",
    confidence="assumed",
    high=100.0,
)

CLASS_SIZE = Default(
    about="Size of a kindergarten, primary, middle and high school class and of a university group",
    unit="pupils",
    values=(28.0, 38.0, 36.0, 40.0, 40.0),
    source="Ministry of Education of China, statistics for 2020: primary 37.7, lower secondary 45.7 with a limit of 55",
    confidence="recalled",
    high=60.0,
)

TEACHERS = (2, 2, 2, 2, 1)
"""Adults who spend the day with a class, by stage; assumed."""

WARD_SIZE, RESIDENTS_PER_CARER = 30, 5
"""Residents of a care home who live on one ward, and residents for one carer on duty; assumed."""

FEMALE = Default(
    about="Share of women by age",
    unit="fraction of residents",
    at=(0, 15, 60, 75, 85),
    values=(0.475, 0.478, 0.51, 0.54, 0.60),
    source=f"{_CENSUS}: 48.2 % in Shanghai, more among the old; shares by age chosen by us",
    confidence="recalled",
)

CHRONIC = Default(
    about="Residents with a chronic disease, by age",
    unit="fraction of residents",
    at=(0, 15, 25, 35, 45, 55, 65),
    values=(0.02, 0.037, 0.071, 0.151, 0.313, 0.484, 0.623),
    source="Sixth National Health Services Survey of China, 2018, people of 15 and older; younger assumed",
    confidence="recalled",
)

GROUP_SHARES = Default(
    about="Workers of the groups watched by their job (port, cold chain, quarantine hotel, medical, courier, market, "
    "public facing)",
    unit="fraction of workers",
    values=(0.005, 0.002, 0.001, 0.030, 0.012, 0.015, 0.060),
    source="orders of magnitude of a large Chinese city, 2021 and 2022",
    confidence="assumed",
)

DEFAULTS: tuple[Default, ...] = (
    AGE_SHARES,
    HOUSEHOLD_SIZES,
    CARE_HOME,
    ENROLMENT,
    EMPLOYMENT,
    SECTOR_SHARES,
    FIRM_SIZE,
    HOME_DISTRICT,
    GRAVITY,
    CLASS_SIZE,
    FEMALE,
    CHRONIC,
    GROUP_SHARES,
)
"""All of them."""
