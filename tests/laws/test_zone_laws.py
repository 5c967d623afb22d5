"""What holds for zones whatever the data: more cases never mean a milder tier, and nobody's case is left out."""

import dataclasses
import json
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.city import Area, AreaTree
from seawall.zones import Seen, draw_zones, load_rules, shipped
from seawall.zones.map import SMALLER, TOTALS, ZONES
from seawall.zones.measure import Series
from seawall.zones.seen import INFECTIONS, PLACES, ROUNDS
from seawall.zones.vocabulary import INPUTS

ON = date(2022, 8, 30)
ANCHORED = [key for key in shipped() if load_rules(key).anchored is not None]
JUDGED = [key for key in shipped() if load_rules(key).judged is not None]

AREAS = AreaTree.of(
    [
        Area(area_id="C", parent_id=None, level="city", name="City"),
        Area(area_id="D1", parent_id="C", level="district", name="East", population=40_000),
        Area(area_id="D2", parent_id="C", level="district", name="West", population=9_000),
        Area(area_id="S1", parent_id="D1", level="subdistrict", name="Quay", population=20_000),
        Area(area_id="S2", parent_id="D2", level="subdistrict", name="Hill", population=9_000),
    ]
)
PLACE_AREA = {"P1": "S1", "P2": "S1", "P3": "S2", "P4": "D2"}
PLACES_TABLE = pl.DataFrame(
    [(place, area, "residence", 500.0) for place, area in PLACE_AREA.items()], schema=PLACES, orient="row"
)

infection = st.tuples(st.integers(0, 40), st.sampled_from(sorted(PLACE_AREA)), st.integers(1, 4), st.booleans())
infections = st.lists(infection, max_size=25)
rounds = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["S1", "S2", "D1"])), max_size=8)


def anchored_world(found, taken=(), on=ON):
    rows = [
        (on - timedelta(days=ago), PLACE_AREA[place], place, float(n), 0.0 if held else float(n), False)
        for ago, place, n, held in found
    ]
    tested = [(on - timedelta(days=ago), area, 1e6, 0.0) for ago, area in taken]
    return Seen(
        on=on,
        areas=AREAS,
        infections=pl.DataFrame(rows, schema=INFECTIONS, orient="row"),
        places=PLACES_TABLE,
        rounds=pl.DataFrame(tested, schema=ROUNDS, orient="row"),
    )


def by_place(zone_map):
    return {row["place_id"]: row for row in zone_map.zones.iter_rows(named=True)}


@pytest.mark.parametrize("key", ANCHORED)
@settings(max_examples=12, deadline=None, derandomize=True)
@given(found=infections, more=infections, taken=rounds)
def test_one_more_case_never_makes_a_zone_milder(key, found, more, taken):
    rules = load_rules(key)
    order = [tier.code for tier in rules.ladder]
    few, many = (by_place(draw_zones(anchored_world(rows, taken), rules)) for rows in (found, found + more))
    assert set(few) <= set(many)
    for place, zone in few.items():
        assert order.index(many[place]["tier"]) >= order.index(zone["tier"])
        if many[place]["tier"] == zone["tier"]:
            assert many[place]["until"] >= zone["until"]
            assert many[place]["since"] <= zone["since"]


@pytest.mark.parametrize("key", ANCHORED)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(found=infections, taken=rounds)
def test_every_case_within_the_quiet_days_lies_in_a_zone(key, found, taken):
    rules = load_rules(key)
    stage = rules.anchored.stages[rules.anchored.triggers[0].stage]
    drawn = by_place(draw_zones(anchored_world(found, taken), rules))
    for ago, place, _, held in found:
        if not held and ago <= stage.quiet_days:
            assert drawn[place]["tier"] == stage.tier
            assert drawn[place]["since"] <= ON - timedelta(days=ago)


@pytest.mark.parametrize("key", ANCHORED)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(found=infections, taken=rounds, seed=st.integers(0, 1000))
def test_the_order_of_the_lines_and_their_merging_change_nothing(key, found, taken, seed):
    rules = load_rules(key)
    seen = anchored_world(found, taken)
    mixed = seen.infections.sample(fraction=1.0, shuffle=True, seed=seed)
    merged = seen.infections.group_by("date", "area_id", "place_id").agg(
        pl.col("infections", "outside").sum(), pl.col("at_least").any()
    )
    once = draw_zones(seen, rules)
    for other in (mixed, merged):
        again = draw_zones(dataclasses.replace(seen, infections=other), rules)
        assert again.zones.equals(once.zones)
        assert again.totals.equals(once.totals)


@pytest.mark.parametrize("key", ANCHORED)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(found=infections, taken=rounds)
def test_a_zone_is_in_force_on_the_day_and_has_an_end(key, found, taken):
    drawn = draw_zones(anchored_world(found, taken), load_rules(key))
    assert drawn.zones.schema == ZONES
    assert drawn.totals.schema == TOTALS
    assert drawn.smaller.schema == SMALLER
    zones = drawn.zones
    assert zones.select((pl.col("since") <= ON).all()).item() or zones.is_empty()
    assert zones.select((pl.col("until") > ON).all()).item() or zones.is_empty()
    assert zones.select((pl.col("expires") >= pl.col("until")).all()).item() or zones.is_empty()
    assert zones.filter(pl.struct("area_id", "place_id").is_duplicated()).is_empty()
    assert zones["until"].null_count() == zones["tier"].null_count() == 0
    shown = drawn.smaller.drop_nulls("smaller_residents")
    assert (shown["smaller_residents"] <= shown["residents"]).all()
    assert (shown["covered_cases"] == shown["cases"]).all()


@settings(max_examples=10, deadline=None, derandomize=True)
@given(found=infections, taken=rounds)
def test_a_day_later_without_news_nothing_is_stricter(found, taken):
    rules = load_rules("china-9th")
    order = [tier.code for tier in rules.ladder]
    today, morrow = anchored_world(found, taken), anchored_world(found, taken)
    morrow = dataclasses.replace(morrow, on=ON + timedelta(days=1))
    now, then = by_place(draw_zones(today, rules)), by_place(draw_zones(morrow, rules))
    assert set(then) <= set(now)
    for place, zone in then.items():
        assert order.index(zone["tier"]) <= order.index(now[place]["tier"])


series = st.lists(st.integers(0, 300), min_size=40, max_size=40)


def judged_world(daily, scale=1.0):
    """One district whose every input of disease follows `daily`, with beds and tests that do not change."""
    row = np.asarray(daily, dtype=float)[:, None] * scale
    values = {}
    for name, known in INPUTS.items():
        if known.kind != "unit":
            values[name] = row if known.burden else np.full(row.shape, 4000.0)
    return Seen(
        on=ON,
        areas=AREAS,
        series={"district": Series(values=values, residents=np.array([40_000.0]))},
        level_areas={"district": ("D1",)},
    )


@pytest.mark.parametrize("key", [key for key in JUDGED if "district" in load_rules(key).judged.levels])
@settings(max_examples=10, deadline=None, derandomize=True)
@given(daily=series, more=series)
def test_more_disease_never_makes_an_area_milder(key, daily, more):
    rules = load_rules(key)
    order = [tier.code for tier in rules.ladder]
    few = draw_zones(judged_world(daily), rules).zones
    many = draw_zones(judged_world([a + b for a, b in zip(daily, more, strict=True)]), rules).zones
    assert order.index(many["tier"].item()) >= order.index(few["tier"].item())


@pytest.mark.parametrize("key", [key for key in JUDGED if "district" in load_rules(key).judged.levels])
@settings(max_examples=8, deadline=None, derandomize=True)
@given(daily=series)
def test_a_tier_that_restricts_has_an_end_and_counts_its_people(key, daily):
    rules = load_rules(key)
    drawn = draw_zones(judged_world(daily), rules)
    zone = drawn.zones.row(0, named=True)
    tier = rules.tier(zone["tier"])
    assert (zone["until"] is None) == (tier == rules.ladder[0])
    if zone["until"] is not None:
        assert zone["until"] > ON
    days = (zone["until"] - ON).days if tier.restricts_residents else 0
    assert zone["person_days"] == 40_000 * days
    assert drawn.totals["person_days"].sum() == zone["person_days"]
    json.loads(zone["reason"]), json.loads(zone["evidence"])


def test_more_cases_can_make_an_area_stricter():
    """The laws above would hold for a rule that never moves; this one does."""
    rules = load_rules("italy-2021-05")
    tiers = [draw_zones(judged_world([n] * 40), rules).zones["tier"].item() for n in (0, 3, 10, 30)]
    assert tiers == ["white", "yellow", "orange", "red"]
