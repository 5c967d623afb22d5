"""Case-anchored zones in a city small enough to follow on a calendar."""

import json
from datetime import date, timedelta

import polars as pl
import pytest

from seawall.city import Area, AreaTree
from seawall.zones import Seen, UnitSizes, draw_zones, load_rules, parse_rules
from seawall.zones.seen import INFECTIONS, PLACES, ROUNDS, VISITS

D = date(2022, 7, 10)

AREAS = AreaTree.of(
    [
        Area(area_id="C", parent_id=None, level="city", name="City"),
        Area(area_id="D1", parent_id="C", level="district", name="East", population=60_000),
        Area(area_id="D2", parent_id="C", level="district", name="West", population=40_000),
        Area(area_id="S1", parent_id="D1", level="subdistrict", name="Quay", population=20_000),
        Area(area_id="K1", parent_id="S1", level="community", name="Pier", population=5_000),
        Area(area_id="K2", parent_id="S1", level="community", name="Lane", population=3_000),
    ]
)
PLACE_ROWS = [
    ("P1", "K1", "residence", 800.0),
    ("P2", "K1", "residence", None),
    ("P3", "K2", "residence", None),
    ("M1", "K2", "market", 90.0),
    ("Q1", "K2", "quarantine_site", 300.0),
]


def day(offset):
    return D + timedelta(days=offset)


def seen(on, infections=(), *, visits=(), rounds=(), areas=AREAS):
    """`infections`: (day, area, place, how many, how many outside quarantine), days counted from D."""
    rows = [(day(o), area, place, float(n), float(out), False) for o, area, place, n, out in infections if o <= on]
    stays = [
        (day(o), area, place, float(n), before, day(last)) for o, area, place, n, before, last in visits if o <= on
    ]
    tested = [(day(o), area, float(n), 0.0) for o, area, n in rounds if o <= on]
    return Seen(
        on=day(on),
        areas=areas,
        infections=pl.DataFrame(rows, schema=INFECTIONS, orient="row"),
        visits=pl.DataFrame(stays, schema=VISITS, orient="row"),
        places=pl.DataFrame(PLACE_ROWS, schema=PLACES, orient="row"),
        rounds=pl.DataFrame(tested, schema=ROUNDS, orient="row"),
    )


def tiers(rules, on, *args, **kwargs):
    drawn = draw_zones(seen(on, *args, **kwargs), load_rules(rules)).zones
    return {row["place_id"] or row["area_id"]: row["tier"] for row in drawn.iter_rows(named=True)}


def one(rules, on, *args, **kwargs):
    zones = draw_zones(seen(on, *args, **kwargs), load_rules(rules)).zones
    assert zones.height == 1
    row = zones.row(0, named=True)
    return row | {name: json.loads(row[name]) for name in ("reason", "lifts_if", "evidence")}


ONE = [(0, "K1", "P1", 2, 2)]
CITY_ROUND = lambda *days: [(d, "D1", 60_000) for d in days]  # noqa: E731 - a table row


def test_the_ninth_edition_takes_seven_and_three_quiet_days():
    """Infection on day 0; quiet days 1 to 7 and a full round on day 7; three more; free on day 11."""
    held = [tiers("china-9th", on, ONE, rounds=CITY_ROUND(7)).get("P1") for on in range(13)]
    assert held == ["high"] * 8 + ["medium"] * 3 + [None] * 2


def test_without_the_round_the_clock_is_done_and_the_zone_waits():
    zone = one("china-9th", 6, ONE)
    assert zone["reason"]["code"] == "infection_found"
    assert zone["lifts_if"] == {
        "code": "quiet_days_and_exit_round",
        "facts": {"until": str(day(8)), "quiet_days": 7, "round_from": 7, "coverage": 1.0, "next_tier": "medium"},
    }
    # No round was seen on day 7, so the next can be on day 8 and the zone can end on day 9.
    assert one("china-9th", 7, ONE)["until"] == day(9)
    assert one("china-9th", 7, ONE, rounds=CITY_ROUND(7))["until"] == day(8)
    zone = one("china-9th", 8, ONE)
    assert (zone["tier"], zone["reason"]["code"]) == ("high", "exit_round_pending")
    assert zone["reason"]["facts"]["clock_done"] == str(day(8))
    assert zone["lifts_if"] == {"code": "exit_round_passed", "facts": {"coverage": 1.0, "next_tier": "medium"}}
    # The round can be tomorrow at the earliest, so the zone can end on the day after.
    assert zone["until"] == day(10)
    assert zone["expires"] == day(15)


def test_a_zone_nobody_tests_lapses_after_the_waiting_time():
    assert tiers("china-9th", 14, ONE) == {"P1": "high"}
    last = draw_zones(seen(15, ONE), load_rules("china-9th"))
    assert last.zones.is_empty()
    assert {"code": "lapsed_without_exit_round", "facts": {"zones": 1, "days": 7}} in last.notes


@pytest.mark.parametrize(
    ("taken", "tested", "held"),
    [
        (6, 60_000, "high"),  # too early: the text asks for day 7
        (7, 60_000, "medium"),
        (7, 59_999, "high"),  # one resident was missed
        (8, 60_000, "high"),  # taken on the day itself: the zone ends on the next
    ],
)
def test_the_round_counts_from_day_seven_and_with_everyone(taken, tested, held):
    assert tiers("china-9th", 8, ONE, rounds=[(taken, "D1", tested)]) == {"P1": held}


def test_a_late_round_steps_down_on_the_day_after():
    held = [tiers("china-9th", on, ONE, rounds=CITY_ROUND(10)).get("P1") for on in range(8, 15)]
    assert held == ["high", "high", "high", "medium", "medium", "medium", None]


def test_a_round_of_the_community_counts_and_one_of_its_neighbour_does_not():
    assert tiers("china-9th", 8, ONE, rounds=[(7, "K1", 5_000)]) == {"P1": "medium"}
    assert tiers("china-9th", 8, ONE, rounds=[(7, "K2", 5_000)]) == {"P1": "high"}


def test_any_new_infection_restarts_the_clock():
    again = [*ONE, (7, "K1", "P1", 1, 1)]
    zone = one("china-9th", 9, again, rounds=CITY_ROUND(7, 8))
    assert (zone["tier"], zone["since"], zone["until"]) == ("high", day(0), day(15))
    assert zone["reason"]["facts"]["day"] == 2
    assert zone["reason"]["facts"]["infections"] == 3


def test_an_infection_in_the_medium_days_makes_it_high_again_from_that_day():
    again = [*ONE, (9, "K1", "P1", 1, 1)]
    zone = one("china-9th", 9, again, rounds=CITY_ROUND(7))
    assert (zone["tier"], zone["since"]) == ("high", day(9))


def test_infections_found_in_quarantine_elsewhere_neither_open_nor_restart():
    assert tiers("china-9th", 0, [(0, "K1", "P1", 3, 0)]) == {}
    zone = one("china-9th", 6, [*ONE, (5, "K1", "P1", 4, 0)])
    assert zone["until"] == day(8)
    drawn = draw_zones(seen(6, [*ONE, (5, "K1", "P1", 4, 0)]), load_rules("china-9th"))
    assert {"code": "in_control_left_out", "facts": {"infections": 4}} in drawn.notes


def test_a_visited_place_is_medium_for_seven_days():
    visited = [(0, "K2", "M1", 1, 1, -1)]
    held = [tiers("china-9th", on, visits=visited, rounds=CITY_ROUND(7)).get("M1") for on in range(10)]
    assert held == ["medium"] * 8 + [None] * 2
    zone = one("china-9th", 3, visits=visited)
    assert zone["reason"]["code"] == "visited_by_infected"
    assert zone["reason"]["facts"]["last_visit"] == str(day(-1))
    assert (zone["residents"], zone["residents_basis"]) == (0, "nobody")


@pytest.mark.parametrize(("rules", "look_back"), [("china-9th", 2), ("china-8th", 4)])
def test_stays_count_within_the_look_back_only(rules, look_back):
    assert tiers(rules, 0, visits=[(0, "K2", "M1", 1, look_back, -4)])
    assert not tiers(rules, 0, visits=[(0, "K2", "M1", 1, look_back + 1, -4)])


def test_the_eighth_edition_needs_no_round():
    held = [tiers("china-8th", on, ONE).get("P1") for on in range(13)]
    assert held == ["closed"] * 8 + ["control"] * 3 + [None] * 2
    visited = [(0, "K2", "M1", 1, 1, -1)]
    assert [tiers("china-8th", on, visits=visited).get("M1") for on in (0, 7, 8)] == ["control", "control", None]


def test_a_positive_turns_a_control_zone_into_a_closed_one():
    visited = [(0, "K1", "P1", 1, 1, -1)]
    assert tiers("china-8th", 4, visits=visited) == {"P1": "control"}
    assert tiers("china-8th", 4, [(4, "K1", "P1", 1, 1)], visits=visited) == {"P1": "closed"}


@pytest.mark.parametrize("rules", ["china-twenty-measures", "china-ten-measures"])
def test_twenty_and_ten_measures_take_five_days(rules):
    held = [tiers(rules, on, ONE, rounds=CITY_ROUND(5)).get("P1") for on in range(8)]
    assert held == ["high"] * 6 + [None] * 2


def test_only_the_ten_measures_ask_for_no_round():
    assert tiers("china-twenty-measures", 6, ONE) == {"P1": "high"}
    assert tiers("china-ten-measures", 6, ONE) == {}


def test_where_the_day_of_the_infection_is_day_one_the_zone_ends_a_day_earlier():
    text = rule_text("china-8th").replace("day_zero = 0", "day_zero = 1")
    import tomllib

    early = parse_rules(tomllib.loads(text), file="early.toml")
    held = []
    for on in range(12):
        zones = draw_zones(seen(on, ONE), early).zones
        held.append(zones["tier"][0] if zones.height else None)
    assert held == ["closed"] * 7 + ["control"] * 3 + [None] * 2


def rule_text(key):
    from importlib import resources

    return (resources.files("seawall.zones") / "rules" / f"{key}.toml").read_text(encoding="utf-8")


def test_residents_are_stated_shared_or_typical_and_say_so():
    """P1 states 800. P2 shares K1's 5,000 with P1: 2,500 is more than a typical compound. P3 has K2 to itself."""
    found = draw_zones(
        seen(0, [(0, "K1", "P1", 1, 1), (0, "K1", "P2", 1, 1), (0, "K2", "P3", 1, 1)]), load_rules("china-9th")
    ).zones
    got = {row["place_id"]: (row["residents"], row["residents_basis"]) for row in found.iter_rows(named=True)}
    assert got == {"P1": (800, "place"), "P2": (713, "typical"), "P3": (713, "typical")}
    few = draw_zones(
        seen(0, [(0, "K1", "P2", 1, 1)]), load_rules("china-9th"), sizes=UnitSizes(compound=4000.0)
    ).zones.row(0, named=True)
    assert (few["residents"], few["residents_basis"]) == (2500, "shared")


def test_a_rule_for_buildings_binds_at_most_one_building_an_infection():
    zone = one("china-twenty-measures", 1, [(0, "K1", "P1", 2, 2), (1, "K1", "P1", 1, 1)])
    assert (zone["residents"], zone["residents_basis"]) == (450, "at_most")
    zone = one("china-twenty-measures", 1, [(0, "K1", "P1", 20, 20)])
    assert (zone["residents"], zone["residents_basis"]) == (800, "place")


def test_person_days_run_to_the_earliest_end():
    zone = one("china-9th", 3, ONE)
    assert zone["until"] == day(8)
    assert zone["person_days"] == 800 * 5


def test_communities_and_districts_serve_where_no_place_is_known():
    zone = one("china-9th", 0, [(0, "K2", None, 1, 1)])
    assert (zone["area_id"], zone["place_id"], zone["unit"]) == ("K2", None, "community")
    assert (zone["residents"], zone["residents_basis"]) == (713, "at_most")
    zone = one("china-9th", 0, [(0, "K2", None, 9, 9)])
    assert (zone["residents"], zone["residents_basis"]) == (3000, "area")
    zone = one("china-9th", 0, [(0, "D2", None, 9, 9)])
    assert (zone["residents"], zone["unit"]) == (9 * 713, "district")


def test_a_case_known_only_by_district_does_not_close_the_district():
    drawn = draw_zones(seen(0, [*ONE, (0, "D2", None, 1, 1)]), load_rules("china-9th"))
    assert drawn.zones["area_id"].to_list() == ["K1"]
    assert {"code": "cases_not_located", "facts": {"infections": 1, "level": "compound"}} in drawn.notes


def test_nobody_is_counted_twice_in_a_zone_within_a_zone():
    within = [(0, "K2", None, 9, 9), (0, "K2", "P3", 1, 1), (0, "K1", "P1", 9, 9)]
    drawn = draw_zones(seen(0, within), load_rules("china-9th"))
    assert drawn.zones.height == 2  # most cases have a place, so the one of the community is not drawn
    mostly = [(0, "K2", None, 9, 9), (0, "K2", "P3", 1, 1)]
    drawn = draw_zones(seen(0, mostly), load_rules("china-9th"))
    assert drawn.zones.height == 2
    assert drawn.totals.filter(pl.col("tier") == "high")["residents"].item() == 3000


def test_the_next_smaller_zone_covers_the_cases_with_fewer_people():
    smaller = draw_zones(seen(0, ONE), load_rules("china-9th")).smaller.row(0, named=True)
    assert smaller["smaller_unit"] == "building"
    assert (smaller["smaller_zones"], smaller["smaller_residents"], smaller["residents"]) == (2, 300, 800)
    assert (smaller["covered_cases"], smaller["cases"], smaller["estimate"]) == (2, 2, True)


def test_a_rule_set_out_of_force_is_drawn_and_says_so():
    drawn = draw_zones(seen(0, ONE), load_rules("china-8th"))
    assert drawn.zones.height == 1
    assert drawn.notes[0]["code"] == "outside_validity"
    assert drawn.notes[0]["facts"] == {"rules": "china-8th", "valid_from": "2021-05-11", "valid_to": "2022-06-28"}
    inside = draw_zones(seen(0, ONE), load_rules("china-9th"))
    assert "outside_validity" not in {note["code"] for note in inside.notes}


@pytest.mark.parametrize(
    ("key", "first", "after"),
    [
        ("china-9th", date(2022, 6, 28), date(2022, 11, 11)),
        ("china-twenty-measures", date(2022, 11, 11), date(2022, 12, 7)),
        ("germany-notbremse", date(2021, 4, 23), date(2021, 7, 1)),
    ],
)
def test_validity_is_half_open(key, first, after):
    rules = load_rules(key)
    assert rules.in_force(first)
    assert not rules.in_force(first - timedelta(days=1))
    assert rules.in_force(after - timedelta(days=1))
    assert not rules.in_force(after)
