"""The zones a run draws as it goes are those that the same rule set draws on the folder the run leaves behind."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import numpy as np
import pytest

from seawall.city import open_city
from seawall.city.example import write_example
from seawall.city.synth import synthesise
from seawall.core import InvalidInput
from seawall.disease.compile import course_of
from seawall.disease.waning import waning_of
from seawall.measures import parse_strategy
from seawall.measures.today import Seen
from seawall.twin import Scenario, capacity_of, map_of, new_run, play, seeded, world_of
from seawall.twin.emit import write_city
from seawall.zones import draw_zones, load_rules, see
from seawall.zones.in_loop import zoning_of

START, DAYS = date(2022, 7, 1), 24
STRATEGY = """
[strategy]
name = "Zones"

[[measures]]
kind = "draw_zones"
rules = "china-9th"
level = "community"

[[measures]]
kind = "limit_contacts"
zones = ["high", "medium"]
layers = ["school", "work", "community", "transport", "public"]
left = 0.05

[[measures]]
kind = "test_on_symptoms"

[[measures]]
kind = "test_rounds"
every_days = 4
adherence = 1.0
start = 10
stop = 20

[[measures]]
kind = "isolate_cases"
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    root = tmp_path_factory.mktemp("source") / "city"
    write_example(root, residents=20_000, seed=3)
    return open_city(root)


@pytest.fixture(scope="module")
def scenario(source, tmp_path_factory):
    people, contacts = synthesise(source, seed=1, cache=tmp_path_factory.mktemp("people"))
    course = course_of(source.pathogen)
    ground = map_of(people, source.areas, capacity_of(source))
    return Scenario(
        world=world_of(people, contacts, course),
        map=ground,
        protection=waning_of(course),
        strategy=parse_strategy(STRATEGY, file="zones.toml"),
        zoning=zoning_of(load_rules("china-9th"), ground, source.areas, level="community"),
        start=START,
        days=DAYS,
        beginning=seeded(6),
    )


@pytest.fixture(scope="module")
def played(scenario):
    run = new_run(scenario, 5, 1, keep_edges=True)
    play(run, 1)
    return run


@pytest.fixture(scope="module")
def left_behind(played, source, tmp_path_factory):
    root = tmp_path_factory.mktemp("left") / "city"
    write_city(played, source, root)
    return open_city(root)


def tiers_of(drawn, ground, mildest):
    """Tier of each block, from a map: the strictest that holds."""
    rank = {code: place for place, code in enumerate(drawn.tiers)}
    tiers = np.full(ground.blocks, rank[mildest] if mildest else -1)
    for area_id, place_id, tier in drawn.zones.select("area_id", "place_id", "tier").iter_rows():
        if tier is None:
            continue
        blocks = ground.blocks_of[area_id] if place_id is None else np.array(ground.block_place) == place_id
        tiers[blocks] = np.maximum(tiers[blocks], rank[tier])
    return tiers


@pytest.mark.parametrize("rules", ["china-9th", "china-8th"])
def test_a_case_anchored_rule_draws_what_it_draws_on_the_folder(rules, played, source, left_behind):
    rule = load_rules(rules)
    zoning = zoning_of(rule, played.map, source.areas, level="community")
    drawn = zoning(played.tally.seen(START, DAYS, played.before))
    wanted = draw_zones(see(left_behind, START + timedelta(days=DAYS)), rule)
    assert drawn.tiers == wanted.tiers
    assert drawn.tier.tolist() == tiers_of(wanted, played.map, rule.ladder[0].code).tolist()
    assert len(set(drawn.tier.tolist())) > 1


@pytest.mark.parametrize(
    ("rules", "level"),
    [
        ("ecdc-2021-06", "district"),
        ("germany-notbremse", "district"),
        ("korea-2021-07", "city"),
        ("us-cdc-community-transmission", "district"),
    ],
)
def test_an_indicator_rule_draws_what_it_draws_on_the_folder(rules, level, played, source, left_behind):
    rule = load_rules(rules)
    drawn = zoning_of(rule, played.map, source.areas, level=level)(played.tally.seen(START, DAYS, played.before))
    seen = see(left_behind, START + timedelta(days=DAYS - 1), levels=[level])
    rule = dataclasses.replace(rule, judged=dataclasses.replace(rule.judged, levels=(level,)))
    assert drawn.tier.tolist() == tiers_of(draw_zones(seen, rule), played.map, None).tolist()
    assert (drawn.tier >= 0).all()


def nothing_seen(ground, day, reports=None, before=None):
    districts, blocks = len(ground.districts), ground.blocks
    zero = np.zeros((day, districts), dtype=np.int64)
    empty = np.zeros((day, blocks), dtype=np.int32)
    return Seen(
        start=START,
        day=day,
        reports=empty if reports is None else reports,
        reports_in_control=empty,
        imported=empty,
        tests=zero,
        positives=zero,
        in_hospital=np.zeros(day, dtype=np.int64),
        in_icu=np.zeros(day, dtype=np.int64),
        deaths=zero,
        before=np.zeros((0, blocks), dtype=np.int32) if before is None else before,
        screened=zero,
    )


def tier_of_days(zoning, ground, reported_on, block, days):
    codes = []
    for day in range(days):
        reports = np.zeros((day, ground.blocks), dtype=np.int32)
        if reported_on < day:
            reports[reported_on, block] = 1
        zones = zoning(nothing_seen(ground, day, reports))
        codes.append(zones.tiers[zones.tier[block]])
        assert (np.delete(zones.tier, block) == 0).all()
    return codes


def test_the_eighth_edition_closes_and_opens_a_block_by_its_own_clocks(scenario, source):
    ground = scenario.map
    zoning = zoning_of(load_rules("china-8th"), ground, source.areas, level="community")
    codes = tier_of_days(zoning, ground, 2, 3, 16)
    assert codes[:3] == [codes[0]] * 3  # nothing known up to the morning of day 2
    assert codes[3:10] == ["closed"] * 7  # seven quiet days
    assert codes[10:13] == ["control"] * 3
    assert codes[13:] == [codes[0]] * 3


def test_the_ninth_edition_waits_for_its_round_and_then_lapses(scenario, source):
    ground = scenario.map
    zoning = zoning_of(load_rules("china-9th"), ground, source.areas, level="community")
    codes = tier_of_days(zoning, ground, 0, 0, 20)
    assert codes[0] == "low"
    assert codes[1:15] == ["high"] * 14  # seven quiet days and seven of waiting for a round that nobody takes
    assert codes[15:] == ["low"] * 5


def test_with_its_round_the_ninth_edition_steps_down(scenario, source):
    ground = scenario.map
    zoning = zoning_of(load_rules("china-9th"), ground, source.areas, level="community")
    codes = []
    for day in range(1, 14):
        reports = np.zeros((day, ground.blocks), dtype=np.int32)
        reports[0, 0] = 1
        screened = np.zeros((day, len(ground.districts)), dtype=np.int64)
        if day > 7:
            screened[7] = [10**9] * len(ground.districts)
        zones = zoning(dataclasses.replace(nothing_seen(ground, day, reports), screened=screened))
        codes.append(zones.tiers[zones.tier[0]])
    assert codes == ["high"] * 7 + ["medium"] * 3 + ["low"] * 3


def test_reports_before_the_run_count(scenario, source):
    ground = scenario.map
    zoning = zoning_of(load_rules("china-9th"), ground, source.areas, level="community")
    before = np.zeros((5, ground.blocks), dtype=np.int32)
    before[-1, 1] = 1
    zones = zoning(nothing_seen(ground, 0, before=before))
    assert zones.tiers[zones.tier[1]] == "high"
    assert zones.tier.sum() == zones.tier[1]
    assert zoning(nothing_seen(ground, 0)).tier.sum() == 0


def test_a_wider_level_grades_whole_areas(scenario, source):
    ground = scenario.map
    zoning = zoning_of(load_rules("china-9th"), ground, source.areas, level="district")
    reports = np.zeros((1, ground.blocks), dtype=np.int32)
    reports[0, 0] = 1
    zones = zoning(nothing_seen(ground, 1, reports))
    mine = ground.district_of_block == ground.district_of_block[0]
    assert (zones.tier[mine] == zones.tiers.index("high")).all()
    assert (zones.tier[~mine] == zones.tiers.index("low")).all()


def test_a_run_raises_and_lowers_tiers(played):
    tiers = played.tally.tiers
    assert (tiers[0] == 0).all()
    change = np.diff(tiers.astype(int), axis=0)
    assert (change > 0).any()
    assert (change < 0).any()


@pytest.mark.parametrize(
    ("rules", "level", "told"),
    [
        ("ecdc-2022-02", "district", "it reads vaccinated, which a run does not report by district"),
        ("italy-2021-07", "district", "it reads icu_beds, in_hospital, in_icu, staffed_beds"),
        ("who-phsm-2021", "city", "contacts_followed"),
        ("germany-notbremse", "community", 'grades city, district, not "community"'),
    ],
)
def test_rules_that_cannot_be_judged_are_refused_with_advice(rules, level, told, scenario, source):
    with pytest.raises(InvalidInput) as refused:
        zoning_of(load_rules(rules), scenario.map, source.areas, level=level)
    assert told in str(refused.value)
    assert refused.value.faults[0].mend
