"""Tests people make of themselves when they fall ill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seawall.core import quantity
from seawall.disease.course import TEST_KINDS
from seawall.measures.levers import Levers, SymptomTests
from seawall.measures.measure import (
    Measure,
    areas_setting,
    blocks_today,
    except_areas_setting,
    part_setting,
    setting,
    zones_setting,
)
from seawall.measures.today import Today


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTests(Measure):
    """People who fall ill test themselves at home, and some report what they find."""

    kind: Literal["self_tests"] = "self_tests"
    areas: tuple[str, ...] = areas_setting()
    except_areas: tuple[str, ...] = except_areas_setting()
    part: str = part_setting()
    zones: tuple[str, ...] = zones_setting()
    test: str = setting("antigen", among=TEST_KINDS, about="Kind of test.")
    delay_days: float = quantity(
        1.0,
        unit="day",
        low=0,
        high=30,
        source="assumed",
        about="Mean time from onset to the test.",
    )
    p_report: float = quantity(
        0.5,
        unit="fraction of positive self-tests",
        low=0,
        high=1,
        source="assumed",
        about="Share of positive self-tests that are reported.",
    )
    others_per_100k_a_day: float = quantity(
        50.0,
        unit="person per 100,000 residents per day",
        low=0,
        high=10_000,
        source="assumed",
        about="People with other illnesses who test themselves as well.",
    )
    adherence: float = quantity(
        0.4,
        unit="fraction of people who fall ill",
        low=0,
        high=1,
        source="assumed",
        about="Share of people who fall ill that test themselves.",
    )

    def pull(self, levers: Levers, today: Today) -> None:
        """Hand out tests."""
        blocks = blocks_today(self, today)
        if blocks is None or self.adherence == 0:
            return
        levers.symptom.append(
            SymptomTests(
                measure=self.key,
                blocks=blocks,
                kind=TEST_KINDS.index(self.test),
                p_seek=self.adherence,
                delay_days=self.delay_days,
                turnaround_days=0,
                p_report=self.p_report,
                others_per_100k_a_day=self.others_per_100k_a_day,
            )
        )
