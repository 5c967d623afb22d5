"""The story of the outbreak: what was done on which day, and so how fast it spread and how well it was seen.

Days are counted from the first day of the city's data. Everything here is the truth that estimates are
held against; nothing in a brief may read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from seawall.core import check_quantities, quantity
from seawall.core.draws import generator
from seawall.disease import Delay, discretised

FIRST_DAY = date(2025, 2, 1)
"""A Saturday. With 120 days the data end on 31 May 2025."""

STORY = "the story of the example city; assumed"


@dataclass(frozen=True, kw_only=True)
class Story:
    """The numbers that the example outbreak is told with."""

    cases_per_1000: float = quantity(
        15.0,
        unit="case per 1,000 residents",
        low=1,
        high=200,
        source=STORY,
        about="Cases in the first 120 days in a city of 300,000; see `expected_cases` for other sizes.",
    )
    share_rebound: float = quantity(
        0.2, unit="fraction of cases", low=0.01, high=0.9, source=STORY, about="Cases infected in the rebound."
    )
    share_home: float = quantity(
        0.30, unit="fraction of infections", low=0, high=1, source=STORY, about="Passed on within a housing compound."
    )
    share_community: float = quantity(
        0.18, unit="fraction of infections", low=0, high=1, source=STORY, about="Passed on within the community."
    )
    share_subdistrict: float = quantity(
        0.17, unit="fraction of infections", low=0, high=1, source=STORY, about="Passed on within the subdistrict."
    )
    p_watched: float = quantity(
        0.10,
        unit="probability",
        low=0,
        high=1,
        source=STORY,
        about="A person with mild symptoms is taken into hospital to be watched.",
    )
    saturday_slip: float = quantity(
        0.18, unit="probability", low=0, high=1, source=STORY, about="A report due on a Saturday waits for Monday."
    )
    sunday_slip: float = quantity(
        0.32, unit="probability", low=0, high=1, source=STORY, about="A report due on a Sunday waits for Monday."
    )
    detection_day: int = quantity(30, unit="day", low=10, high=60, source=STORY, about="First day of the response.")
    gap_day: int = quantity(108, unit="day", low=0, high=400, source=STORY, about="First day of the gap in `counts`.")
    gap_days: int = quantity(3, unit="day", low=0, high=30, source=STORY, about="Days of the gap in `counts`.")
    batch_day: int = quantity(101, unit="day", low=0, high=400, source=STORY, about="First day of reports held back.")
    batch_days: int = quantity(3, unit="day", low=0, high=30, source=STORY, about="Days of reports held back.")

    def __post_init__(self) -> None:
        check_quantities(self)

    def expected_cases(self, residents: int) -> float:
        """Reported cases to aim for in 120 days: 1.5 % of 300,000 residents, 3.2 % of 25 million, 4 % of 2,000."""
        scale = residents / 300_000
        exponent = 0.17 if scale > 1 else -0.2
        return float(self.cases_per_1000 / 1000 * residents * scale**exponent)


# day: reproduction number before the seeded factors
_SPREAD = (
    (0, 1.55),
    (30, 1.55),
    (34, 1.5),
    (44, 1.3),
    (52, 1.02),
    (60, 0.84),
    (70, 0.79),
    (84, 0.78),
    (91, 1.05),
    (96, 1.2),
    (103, 1.15),
    (109, 0.95),
    (119, 0.84),
    (150, 0.85),
    (165, 1.15),
    (180, 0.9),
    (365, 0.95),
)
_GROWTH = ((0, 1.0), (44, 1.0), (60, 0.15), (88, 0.15), (91, 1.0), (103, 1.0), (112, 0.15), (365, 0.15))
_IN_CONTROL = (
    (0, 0.0),
    (30, 0.02),
    (38, 0.16),
    (50, 0.38),
    (62, 0.60),
    (80, 0.76),
    (90, 0.74),
    (100, 0.58),
    (110, 0.68),
    (119, 0.76),
    (365, 0.8),
)
_SEEN_WITH = ((0, 0.06), (24, 0.08), (32, 0.45), (44, 0.78), (60, 0.88), (365, 0.92))
_SEEN_WITHOUT = ((0, 0.0), (28, 0.0), (36, 0.30), (50, 0.62), (64, 0.75), (365, 0.8))
_ELSEWHERE = (
    (0, 0.02),
    (24, 0.03),
    (36, 0.16),
    (50, 0.14),
    (64, 0.07),
    (88, 0.08),
    (98, 0.14),
    (110, 0.09),
    (365, 0.09),
)
_OUTSIDE = ((0, 0.5), (6, 1.0), (24, 3.0), (45, 2.0), (70, 1.0), (95, 1.4), (365, 1.0))
_LEAK = ((0, 0.0), (5, 0.2), (9, 1.0), (26, 1.0), (34, 0.12), (60, 0.03), (365, 0.03))

PERIODS = (0, 45, 75)
"""First days of the periods in which delays stay as they are: before, while and after the response builds up."""


@dataclass(frozen=True, kw_only=True)
class DelayTable:
    """One delay as the city had it: a probability for each day, by period and by whether the district is slow.

    Attributes:
        name: from what to what.
        probability: float, shape (period, slow, day); each last axis sums to 1.
    """

    name: str
    probability: np.ndarray

    @classmethod
    def of(
        cls, name: str, usual: tuple[float, ...], slow: tuple[float, ...], spread: float, longest: int
    ) -> DelayTable:
        """Gamma delays with these means in each period; standard deviation `spread` times the mean."""
        shape = [
            [
                discretised(Delay(family="gamma", mean_days=mean, sd_days=spread * mean), longest, right_truncated=True)
                for mean in both
            ]
            for both in zip(usual, slow, strict=True)
        ]
        return cls(name=name, probability=np.array(shape))

    def drawn(self, draw: np.random.Generator, day: np.ndarray, slow: np.ndarray) -> np.ndarray:
        """A delay in days for each entry; `day` is when it begins."""
        period = np.clip(np.searchsorted(PERIODS, day, side="right") - 1, 0, len(PERIODS) - 1)
        luck = draw.random(day.size)
        found = np.zeros(day.size, dtype=np.int64)
        for number in range(len(PERIODS)):
            for pace in (0, 1):
                here = (period == number) & (slow == pace)
                found[here] = np.searchsorted(np.cumsum(self.probability[number, pace])[:-1], luck[here], side="right")
        return found


def delays() -> dict[str, DelayTable]:
    """The delays of the example city, by name."""
    tables = (
        DelayTable.of("onset_to_specimen", (2.6, 1.7, 1.1), (3.6, 2.9, 1.9), 0.75, 14),
        DelayTable.of("onset_to_specimen_in_control", (1.0, 0.8, 0.6), (1.4, 1.2, 0.9), 0.8, 10),
        DelayTable.of("specimen_to_report", (1.7, 1.2, 0.8), (2.9, 2.4, 1.6), 0.6, 10),
        DelayTable.of("report_to_isolation", (1.2, 0.8, 0.5), (2.1, 1.6, 1.0), 0.8, 10),
        DelayTable.of("onset_to_admission", (5.0, 4.2, 3.6), (6.5, 5.6, 4.8), 0.6, 21),
        DelayTable.of("admission_to_discharge", (10.0, 9.0, 8.5), (10.0, 9.0, 8.5), 0.45, 40),
        DelayTable.of("admission_to_death", (11.0, 10.5, 10.0), (11.0, 10.5, 10.0), 0.6, 45),
        DelayTable.of("report_to_recovery", (9.0, 8.0, 7.0), (9.0, 8.0, 7.0), 0.3, 30),
    )
    return {table.name: table for table in tables}


@dataclass(frozen=True, kw_only=True)
class Course:
    """What was so on each day in each district.

    Attributes:
        days: how many.
        reproduction_number: float, shape (day, district). People one infected resident would infect were none infected
            already.
        in_control: float, shape (day, district). Probability that one who falls ill is in quarantine already.
        seen_with_symptoms, seen_without: float, shape (day, district). Probability of being reported when not.
        elsewhere: float, shape (day,). Share of infections passed to another district.
        outside: float, shape (day,). How much infection there is abroad; its mean has no meaning.
        leaking: float, shape (day,). How easily an infected arrival slips through.
        slow: bool, shape (district,). Where samples and reports take longer and the response comes later.
        gap_district, batch_district: where counts are missing, where reports are held back.
    """

    days: int
    reproduction_number: np.ndarray
    in_control: np.ndarray
    seen_with_symptoms: np.ndarray
    seen_without: np.ndarray
    elsewhere: np.ndarray
    outside: np.ndarray
    leaking: np.ndarray
    slow: np.ndarray
    gap_district: int
    batch_district: int


def _path(knots: tuple[tuple[float, float], ...], day: np.ndarray) -> np.ndarray:
    at, value = np.array(knots).T
    return np.asarray(np.interp(day, at, value))


def tell(
    residents_by_district: np.ndarray, begins: tuple[int, int], days: int, seed: int, quicken: np.ndarray
) -> Course:
    """The course of the outbreak.

    Args:
        residents_by_district: int, shape (district,).
        begins: the two districts in which it spreads before anyone sees it.
        days: length of the data.
        seed: the city's seed.
        quicken: float, shape (day,). Added to the log reproduction number while the outbreak grows.
    """
    draw = generator(seed, "example", "course")
    districts = len(residents_by_district)
    others = [unit for unit in np.argsort(-residents_by_district) if unit not in begins]
    slow = np.zeros(districts, dtype=bool)
    slow[others[1]] = True
    lag = np.where(slow, 4.0, 0.0) + draw.uniform(-1.5, 1.5, districts)
    day = np.arange(days)[:, None] - lag
    tilt = np.clip(draw.normal(0, 0.05, districts), -0.1, 0.1) + np.where(slow, 0.04, 0.0)
    level = np.exp(np.log(_path(_SPREAD, day)) + tilt + quicken[:days, None] * _path(_GROWTH, day))
    weaker = np.where(slow, 0.75, 1.0)
    return Course(
        days=days,
        reproduction_number=level,
        in_control=_path(_IN_CONTROL, day) * weaker,
        seen_with_symptoms=_path(_SEEN_WITH, day),
        seen_without=_path(_SEEN_WITHOUT, day) * weaker,
        elsewhere=_path(_ELSEWHERE, np.arange(days)),
        outside=_path(_OUTSIDE, np.arange(days)),
        leaking=_path(_LEAK, np.arange(days)),
        slow=slow,
        gap_district=int(others[2]),
        batch_district=int(others[0]),
    )
