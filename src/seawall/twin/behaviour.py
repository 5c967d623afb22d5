"""What people do when they are confined, and how long a finding takes to be reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seawall.core import check_quantities, quantity
from seawall.disease.course import CHANCES


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How the city behaves, whatever the strategy."""

    household_left: float = quantity(
        0.5,
        unit="fraction of contacts",
        low=0,
        high=1,
        source="assumed; Covasim 3.1.7 takes 0.3 in isolation and 0.6 in quarantine",
        about="Contacts with the household left to who is confined at home.",
    )
    others_left: float = quantity(
        0.05,
        unit="fraction of contacts",
        low=0,
        high=1,
        source="assumed; Covasim 3.1.7 takes 0.1 in isolation and 0.2 in quarantine",
        about="Contacts with others left to who stays at home as asked.",
    )
    report_delay_days: float = quantity(
        0.3,
        unit="day",
        low=0,
        high=14,
        source="assumed: most findings are reported on the day, some after a night or two",
        about="Mean days from result to report, geometric.",
    )
    onset_unknown: float = quantity(
        0.1,
        unit="fraction of cases",
        low=0,
        high=1,
        source="assumed",
        about="Lines of the list without a date of onset.",
    )
    visits_per_case: float = quantity(
        1.7,
        unit="visit",
        low=0,
        high=20,
        source="assumed, as in the example city",
        about="Stays a found case tells of.",
    )

    def __post_init__(self) -> None:
        check_quantities(self)


def geometric_days(mean_days: float, longest: int = 30) -> np.ndarray:
    """Whole days of a geometric delay from 0 on, as 256 equally likely entries; uint8."""
    if mean_days <= 0:
        return np.zeros(CHANCES, dtype=np.uint8)
    stay = mean_days / (1 + mean_days)
    u = (np.arange(CHANCES) + 0.5) / CHANCES
    return np.asarray(np.minimum(np.floor(np.log1p(-u) / np.log(stay)), longest), dtype=np.uint8)
