"""Tests of people who fall ill."""

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
class TestOnSymptoms(Measure):
    """People who fall ill go to be tested, and with them people ill of something else."""

    kind: Literal["test_on_symptoms"] = "test_on_symptoms"
    areas: tuple[str, ...] = areas_setting()
    except_areas: tuple[str, ...] = except_areas_setting()
    part: str = part_setting()
    zones: tuple[str, ...] = zones_setting()
    test: str = setting("pcr", among=TEST_KINDS, about="Kind of test.")
    delay_days: float = quantity(
        2.0,
        unit="day",
        low=0,
        high=30,
        source="assumed",
        about="Mean time from onset to specimen.",
    )
    turnaround_days: int = quantity(
        1,
        unit="day",
        low=0,
        high=14,
        source="assumed",
        about="Whole days from specimen to result.",
    )
    others_per_100k_a_day: float = quantity(
        50.0,
        unit="person per 100,000 residents per day",
        low=0,
        high=10_000,
        source="assumed",
        about="People with other illnesses who are tested as well.",
    )
    adherence: float = quantity(
        0.5,
        unit="fraction of people who fall ill",
        low=0,
        high=1,
        source="assumed",
        about="Share of people who fall ill that go to be tested.",
    )

    def pull(self, levers: Levers, today: Today) -> None:
        """Test the ill."""
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
                turnaround_days=self.turnaround_days,
                p_report=1.0,
                others_per_100k_a_day=self.others_per_100k_a_day,
            )
        )
