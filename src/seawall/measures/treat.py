"""Treatment that keeps the infected from falling severely ill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from seawall.core import quantity
from seawall.measures.levers import Levers, Treatment
from seawall.measures.measure import OLDEST_AGE, Measure, ages_refused, setting
from seawall.measures.today import Today


@dataclass(frozen=True, slots=True, kw_only=True)
class Treat(Measure):
    """Reported cases of some ages get a medicine in time, as far as the courses of a day go."""

    kind: Literal["treat"] = "treat"
    ages: tuple[int, int] = setting((60, OLDEST_AGE), about="First and last age offered.")
    effect: float = quantity(
        0.5,
        unit="fraction of admissions and deaths",
        low=0,
        high=1,
        source="assumed",
        about="Share of admissions and deaths that it prevents among those who get it.",
    )
    courses_a_day: float = quantity(
        1000.0,
        unit="course per day",
        low=0,
        high=1e8,
        source="assumed",
        about="Courses that can be given in a day.",
    )
    adherence: float = quantity(
        0.7,
        unit="fraction of reported cases",
        low=0,
        high=1,
        source="assumed",
        about="Share of reported cases of these ages who get it in time.",
    )

    def refusals(self) -> Iterator[tuple[str, str, str]]:
        """Ages that cannot be."""
        yield from ages_refused(self.ages)

    def pull(self, levers: Levers, today: Today) -> None:
        """Treat."""
        if not self.in_force(today) or 0 in (self.effect, self.courses_a_day, self.adherence):
            return
        levers.treatment.append(
            Treatment(
                measure=self.key,
                ages=self.ages,
                reach=self.adherence,
                effect=self.effect,
                courses=self.courses_a_day,
            )
        )
