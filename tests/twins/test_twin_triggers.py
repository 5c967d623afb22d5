"""Measures that begin and end by what is seen: the compiled twin and the readable one agree, and both act in time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.small_city import course, scenario, small_world
from tests.twins.test_twin_plain import assert_alike

import seawall.measures as order
from seawall.twin.simulate import Scenario

FOUND = (order.TestOnSymptoms(delay_days=0.5, adherence=0.9), order.IsolateCases(adherence=0.3))
BY_REPORTS = {"when": "reports_per_100k", "above": 2000.0, "below": 1200.0, "below_days": 2}
TRIGGERED = {
    "city": (
        order.LimitContacts(left=0.1, adherence=1, layers=("community", "public", "work", "school"), **BY_REPORTS),
    ),
    "district": (
        order.LimitContacts(each="district", left=0.2, least_days=6, **BY_REPORTS),
        order.LimitSectors(each="district", mode="capped", capacity=0.3, above_days=2, **BY_REPORTS),
        order.LimitSchools(part="1 of 2", mode="closed", **BY_REPORTS),
    ),
    "beds": (
        order.LimitContacts(when="hospital_share", above=0.5, left=0.2),
        order.LimitTrips(when="icu_share", above=0.5, below_days=3, left=0.0),
        order.AddBeds(icu_beds=2, when="icu_share", above=1.0),
    ),
    "rounds": (
        order.TestRounds(days=(0, 2, 5), **BY_REPORTS),
        order.TraceContacts(each="district", except_areas=("A2",), **BY_REPORTS),
        order.QuarantineContacts(),
        order.Vaccinate(product="x", doses_a_day=30, part="2 of 2", **BY_REPORTS),
    ),
}
WHAT = {"city": "limited_days", "district": "lost_work_days", "beds": "weighed_days", "rounds": "traced"}


def scene(*measures: order.Measure, **told: object) -> Scenario:
    """A city of two districts with a level, so that districts can be watched one by one."""
    world = small_world(1000, disease=course(reproduction=(4.0,), p_admission=0.2, p_icu=0.3))
    made = scenario(world, *FOUND, *measures, infected=15, capacity={"beds": 12.0, "icu_beds": 2.0}, **told)
    people, ground = world.people, made.map
    of_district = people.district_of_area[people.area_of_block]
    blocks = {code: of_district == number for number, code in enumerate(people.district_ids)}
    levels = dict.fromkeys(people.district_ids, "district")
    with_districts = replace(
        ground,
        area_ids=(*ground.area_ids, *people.district_ids),
        blocks_of={**{code: ground.blocks_of[code] for code in ground.area_ids}, **blocks},
        levels=levels,
    )
    return replace(made, map=with_districts)


@pytest.mark.parametrize("name", TRIGGERED)
def test_the_two_twins_agree(name: str) -> None:
    _, city = assert_alike(scene(*TRIGGERED[name], days=45))
    when = {day for (_, what, day, *_), amount in city.burden.items() if what == WHAT[name] and amount > 0}
    assert when, "nothing ever began"
    assert min(when) > 0, "it began before anything was seen"


def test_after_reports_before_the_run() -> None:
    before = np.full((5, 5), 3, dtype=np.int32)
    _, city = assert_alike(scene(*TRIGGERED["district"], days=20, before=before))
    first = min(day for (_, what, day, *_), amount in city.burden.items() if what == "limited_days" and amount > 0)
    assert first == 0


def test_a_trigger_holds_infections_down_and_one_that_never_comes_does_not() -> None:
    _, free = assert_alike(scene(days=45))
    _, held = assert_alike(scene(*TRIGGERED["city"], days=45))
    never = replace(TRIGGERED["city"][0], above=90_000.0)
    _, idle = assert_alike(scene(never, days=45))
    assert len(held.cases) < 0.8 * len(free.cases)
    assert len(idle.cases) == len(free.cases)
