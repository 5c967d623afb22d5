"""What is done about people who arrive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from seawall.core import quantity
from seawall.disease.course import TEST_KINDS
from seawall.measures.levers import Arrivals, Levers
from seawall.measures.measure import PLACE, PLACES, Measure, days_refused, setting
from seawall.measures.today import Today


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenTravellers(Measure):
    """Who comes from some origins is advised not to, tested before and on arrival, kept apart, and watched.

    It is pulled after every measure that lets people arrive, whatever the order of the strategy. Of two screenings of
    one origin the stricter holds in each respect: the longer stay, the stricter place, either test.
    """

    kind: Literal["screen_travellers"] = "screen_travellers"
    origins: tuple[str, ...] = setting((), about="Where they come from; none named: anywhere.")
    routes: tuple[str, ...] = setting(
        (), among=("air", "rail", "road", "sea"), about="How they come; none named: by any route."
    )
    advised: float = quantity(
        0.0,
        unit="fraction of travellers",
        low=0,
        high=1,
        source="assumed",
        about="Share who follow the advice not to travel.",
    )
    test_before: str = setting("none", among=("none", *TEST_KINDS), about="Test before departure; positives stay.")
    before_days: int = quantity(
        2,
        unit="day",
        low=0,
        high=14,
        source="assumed",
        about="Days from that test to departure.",
    )
    test_on_arrival: str = setting("none", among=("none", *TEST_KINDS), about="Test at the station.")
    turnaround_days: int = quantity(
        1,
        unit="day",
        low=0,
        high=14,
        source="assumed",
        about="Whole days from specimen to result.",
    )
    stay_days: int = quantity(
        0,
        unit="day",
        low=0,
        high=60,
        source="assumed",
        about="Days kept apart after arrival; 0: none.",
    )
    where: str = setting("home", among=PLACES, about="Whether they are kept at home or at a site.")
    test_days: tuple[int, ...] = setting((), about="Days of the stay on which they are tested, 0 for the first.")
    test: str = setting("pcr", among=TEST_KINDS, about="Kind of test during the stay.")
    monitor_days: int = quantity(
        0,
        unit="day",
        low=0,
        high=60,
        source="assumed",
        about="Days after arrival during which who falls ill is tested at once.",
    )
    adherence: float = quantity(
        0.8,
        unit="fraction of travellers at home",
        low=0,
        high=1,
        source="assumed",
        about="Share of those kept at home who stay apart.",
    )

    def refusals(self) -> Iterator[tuple[str, str, str]]:
        """Days of tests that cannot be."""
        yield from days_refused("test_days", self.test_days)
        if self.test_days and self.test_days[-1] > self.stay_days:
            yield (
                "test_days",
                f"day {self.test_days[-1]} lies after a stay of {self.stay_days} days",
                "Make the stay longer, or leave that test out",
            )

    def pull(self, levers: Levers, today: Today) -> None:
        """Screen whoever arrives."""
        if not self.in_force(today):
            return
        for index, arriving in enumerate(levers.arrivals):
            if (not self.origins or arriving.origin in self.origins) and (
                not self.routes or arriving.route in self.routes
            ):
                levers.arrivals[index] = self._screened(arriving)

    def _screened(self, arriving: Arrivals) -> Arrivals:
        changed = replace(
            arriving,
            advised=1 - (1 - arriving.advised) * (1 - self.advised) if self.advised else arriving.advised,
            monitor_days=max(arriving.monitor_days, self.monitor_days),
        )
        tested = self.test_before != "none" or self.test_on_arrival != "none" or self.test_days
        if tested:
            changed = replace(changed, turnaround_days=self.turnaround_days)
        if self.test_before != "none":
            changed = replace(
                changed, test_before_days=self.before_days, before_kind=TEST_KINDS.index(self.test_before)
            )
        if self.test_on_arrival != "none":
            changed = replace(changed, test_on_arrival=TEST_KINDS.index(self.test_on_arrival))
        if self.stay_days > 0:
            strict = max(PLACE[self.where], arriving.where if arriving.stay_days else 0)
            longer = self.stay_days >= arriving.stay_days
            changed = replace(
                changed,
                stay_days=max(self.stay_days, arriving.stay_days),
                where=strict,
                test_days=tuple(sorted({*arriving.test_days, *self.test_days})),
                kind=TEST_KINDS.index(self.test) if self.test_days else arriving.kind,
                adherence=self.adherence if longer else arriving.adherence,
            )
        return changed
