"""Each measure's pull, solved by hand on a city of three blocks."""

from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest

from seawall import measures as m
from seawall.city.layers import CARE_HOME, COMMUNITY, HOUSEHOLD, KEY_GROUPS, LAYERS, PUBLIC, TRANSPORT
from seawall.core import InvalidInput
from seawall.disease.course import ANTIGEN, PCR, PCR_POOLED
from seawall.measures.levers import AT_HOME, AT_SITE

ALL = [True, True, True]
EAST = [True, True, False]
WEST = [False, False, True]


def ground():
    residents = np.zeros((3, 16), dtype=np.int64)
    residents[:, 4] = (100, 200, 300)  # 20 to 24
    residents[:, 15] = (10, 20, 30)  # 75 and over
    return m.Ground(
        area_ids=("c", "e", "w", "e1", "e2", "w1"),
        blocks_of={
            "c": np.array(ALL),
            "e": np.array(EAST),
            "w": np.array(WEST),
            "e1": np.array([True, False, False]),
            "e2": np.array([False, True, False]),
            "w1": np.array(WEST),
        },
        block_area=("e1", "e2", "w1"),
        block_place=("", "", ""),
        districts=("e", "w"),
        district_of_block=np.array([0, 0, 1]),
        sectors=("farms", "plants", "shops"),
        residents=residents,
        capacity={"rooms": 50.0},
        levels={"c": "city", "e": "district", "w": "district", "e1": "community", "e2": "community", "w1": "community"},
        names={"c": "City", "e": "East", "w": "West"},
        variants=("old", "new"),
    )


def today(day=0, tier=None):
    nothing = np.zeros((0, 3), dtype=np.int32)
    small = np.zeros((0, 2), dtype=np.int64)
    one = np.zeros(0, dtype=np.int64)
    seen = m.Seen(
        start=date(2022, 3, 1), day=day, reports=nothing, reports_in_control=nothing, imported=nothing, tests=small,
        positives=small, in_hospital=one, in_icu=one, deaths=small, before=nothing,
    )  # fmt: skip
    zones = None if tier is None else m.Zones(tiers=("low", "high"), tier=np.array(tier))
    return m.Today(date=seen.date, day=day, ground=ground(), seen=seen, zones=zones)


def pulled(*measures, day=0, tier=None, levers=None):
    levers = levers or m.Levers(blocks=3, sectors=3)
    for measure in measures:
        measure.pull(levers, today(day, tier))
    return levers


def test_contacts_are_limited_where_the_people_live():
    levers = pulled(m.LimitContacts(areas=("e",), left=0.25, adherence=0.8))
    expected = np.ones((len(LAYERS), 3))
    expected[[[COMMUNITY], [TRANSPORT], [PUBLIC]], [0, 1]] = 1 - 0.8 * 0.75
    assert levers.contact.tolist() == expected.tolist()
    assert [(limit.measure, limit.what, limit.blocks.tolist()) for limit in levers.limits] == [
        ("limit_contacts", "contacts", EAST)
    ]
    assert levers.limits[0].left == pytest.approx(0.4)


def test_the_strictest_limit_of_contacts_holds():
    levers = pulled(m.LimitContacts(left=0.5, adherence=1), m.LimitContacts(areas=("e1",), left=0.1, adherence=1))
    assert levers.contact[COMMUNITY].tolist() == pytest.approx([0.1, 0.5, 0.5])
    assert levers.contact[HOUSEHOLD].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("tier", "expected"), [([1, 0, 1], [0.0, 1.0, 0.0]), ([0, 0, 0], [1.0, 1.0, 1.0]), (None, [1.0, 1.0, 1.0])]
)
def test_a_limit_of_a_zone_holds_where_the_zone_is_in_force(tier, expected):
    measure = m.LimitContacts(zones=("high",), left=0, adherence=1)
    assert pulled(measure, tier=tier).contact[PUBLIC].tolist() == expected


def test_area_and_zone_must_both_hold():
    measure = m.LimitContacts(areas=("e",), zones=("high",), left=0, adherence=1)
    assert pulled(measure, tier=[1, 0, 1]).contact[PUBLIC].tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("start", "stop", "days"),
    [
        (None, None, [0, 1, 2, 3, 4, 5]),
        (2, 4, [2, 3]),
        (date(2022, 3, 3), date(2022, 3, 5), [2, 3]),
        (date(2022, 3, 4), None, [3, 4, 5]),
        (None, 1, [0]),
        (1, date(2022, 3, 3), [1]),
    ],
)
def test_a_measure_holds_from_its_start_up_to_and_not_on_its_stop(start, stop, days):
    measure = m.LimitTrips(start=start, stop=stop, left=0, adherence=1)
    assert [day for day in range(6) if pulled(measure, day=day).trips == 0] == days


@pytest.mark.parametrize(
    ("mode", "left", "loop"),
    [
        ("open", 1.0, 0.0),
        ("closed", 1 - 0.9, 0.0),
        ("capped", 1 - 0.9 * 0.6, 0.0),
        ("closed_loop", 1 - 0.9 * 0.42, 0.27),
    ],
)
def test_sectors_by_mode(mode, left, loop):
    # In a closed loop 30 % live in and of the other 70 % four in ten come: 0.3 + 0.7 x 0.4 = 0.58 are at work.
    measure = m.LimitSectors(
        sectors=("plants", "shops"), except_sectors=("shops",), areas=("w",), mode=mode, capacity=0.4, living_in=0.3,
        from_home=0.25, adherence=0.9,
    )  # fmt: skip
    levers = pulled(measure)
    assert levers.attendance[1].tolist() == pytest.approx([1, 1, left])
    assert levers.closed_loop[1].tolist() == pytest.approx([0, 0, loop])
    assert levers.attendance[[0, 2]].tolist() == np.ones((2, 3)).tolist()
    assert [(limit.what, limit.kinds, limit.lost) for limit in levers.limits] == (
        [] if left == 1 else [("work", (1,), 0.75)]
    )


@pytest.mark.parametrize(
    ("mode", "left", "lost"), [("open", 1, None), ("half", 0.55, 0.4), ("online", 0.1, 0.4), ("closed", 0.1, 1.0)]
)
def test_schools_by_mode(mode, left, lost):
    levers = pulled(m.LimitSchools(stages=("middle", "high"), mode=mode, learnt_at_home=0.6, adherence=0.9))
    assert levers.schooling[[2, 3]].tolist() == pytest.approx(np.full((2, 3), left))
    assert levers.schooling[[0, 1, 4]].tolist() == np.ones((3, 3)).tolist()
    assert [limit.lost for limit in levers.limits] == ([] if lost is None else pytest.approx([lost]))


def test_masks_multiply():
    levers = pulled(
        m.WearMasks(layers=("public",), effect=0.5, adherence=0.8), m.WearMasks(areas=("w",), effect=0.5, adherence=1)
    )
    assert levers.transmission[PUBLIC].tolist() == pytest.approx([0.6, 0.6, 0.3])
    assert levers.transmission[TRANSPORT].tolist() == pytest.approx([1, 1, 0.5])
    assert levers.transmission[CARE_HOME].tolist() == [1, 1, 1]


def test_the_strictest_limit_of_trips_holds():
    assert pulled(m.LimitTrips(left=0.5, adherence=1), m.LimitTrips(left=0.2, adherence=0.5)).trips == 0.5


def rounds(measure, days):
    return [
        [(found.first, found.share) for found in pulled(measure, day=day).rounds] for day in days
    ]  # fmt: skip


def test_a_round_is_spread_over_the_days_it_needs():
    # 660 residents, 300 a day: 5/11 on two days and 1/11 on the third; the next round starts on day 5.
    measure = m.TestRounds(every_days=5, people_a_day=300)
    told = rounds(measure, range(7))
    share = 300 / 660
    assert told[0] == [(0, pytest.approx(share))]
    assert told[1] == [(pytest.approx(share), pytest.approx(share))]
    assert told[2] == [(pytest.approx(2 * share), pytest.approx(1 - 2 * share))]
    assert told[3] == told[4] == []
    assert told[5:] == told[:2]


def test_a_round_that_takes_longer_than_its_interval_is_finished_first():
    measure = m.TestRounds(every_days=2, people_a_day=300)
    assert [bool(told) and told[0][0] == 0 for told in rounds(measure, range(7))] == [
        True, False, False, True, False, False, True,
    ]  # fmt: skip


def test_rounds_on_listed_days_count_from_the_start():
    measure = m.TestRounds(days=(0, 3), start=date(2022, 3, 3))
    assert [day for day, told in enumerate(rounds(measure, range(9))) if told] == [2, 5]


def test_a_listed_day_cuts_the_last_round_short():
    told = rounds(m.TestRounds(days=(0, 2), people_a_day=200), range(8))
    assert [found[0][0] == 0 if found else None for found in told] == [
        True, False, True, False, False, False, None, None,
    ]  # fmt: skip


def test_a_round_of_the_old_in_one_area_counts_them_alone():
    measure = m.TestRounds(ages=(75, 130), areas=("w",), people_a_day=20, test="antigen", pool=1, adherence=0.9)
    (found,) = pulled(measure).rounds
    assert found.share == pytest.approx(20 / 30)
    assert (found.blocks.tolist(), found.kind, found.pool, found.ages) == (WEST, ANTIGEN, 1, (75, 130))
    assert found.missed == pytest.approx(0.1)
    # Ages 20 to 21 are two of the five of their class.
    (part,) = pulled(replace(measure, ages=(20, 21), people_a_day=60)).rounds
    assert part.share == pytest.approx(60 / (300 * 2 / 5))


def test_a_round_among_nobody_is_none():
    assert pulled(m.TestRounds(ages=(5, 9))).rounds == []


def test_key_groups_are_tested_at_a_frequency():
    (found,) = pulled(m.TestKeyGroups(groups=("medical", "port"), every_days=2, adherence=0.75, areas=("e",))).routine
    assert found.groups == (KEY_GROUPS.index("medical"), KEY_GROUPS.index("port"))
    assert (found.every_days, found.kind, found.missed, found.blocks.tolist()) == (2, PCR, 0.25, EAST)


def test_the_ill_are_tested_and_test_themselves():
    by_others, by_self = pulled(m.TestOnSymptoms(adherence=0.6), m.SelfTests(adherence=0.3, p_report=0.4)).symptom
    assert (by_others.p_seek, by_others.p_report, by_others.kind, by_others.turnaround_days) == (0.6, 1.0, PCR, 1)
    assert (by_self.p_seek, by_self.p_report, by_self.kind, by_self.turnaround_days) == (0.3, 0.4, ANTIGEN, 0)


def test_isolation_at_home_and_at_a_site():
    home, site = pulled(m.IsolateCases(days=7, adherence=0.6), m.IsolateCases(where="site", delay_days=1)).isolation
    assert (home.where, home.days, home.adherence, home.delay_days) == (AT_HOME, 7, 0.6, 0)
    assert (site.where, site.days, site.delay_days) == (AT_SITE, 10, 1)


def test_tracing_by_layer():
    measure = m.TraceContacts(find_household=1, find_community=0.5, adherence=0.8, cases_a_day=12, second_ring=0.3)
    (found,) = pulled(measure).tracing
    assert found.p_find.shape == (len(LAYERS),)
    assert found.p_find[[HOUSEHOLD, COMMUNITY]].tolist() == pytest.approx([0.8, 0.4])
    assert (found.cases_a_day, found.second_ring, found.days_back, found.delay_days) == (12, 0.3, 2, 1)


def test_quarantine_and_its_tests():
    (found,) = pulled(m.QuarantineContacts(where="site", days=14, second_days=7, test_days=(0, 6))).quarantine
    assert (found.where, found.days, found.second_days, found.test_days) == (AT_SITE, 14, 7, (0, 6))


def test_arrivals_go_where_people_live():
    # 220 + 110 live in the east (two blocks), 330 in the west.
    (anywhere,) = pulled(m.Arrivals(origin="far", travellers=10, prevalence=0.02, variant="new")).arrivals
    assert anywhere.districts.tolist() == pytest.approx([0.5, 0.5])
    assert (anywhere.origin, anywhere.route, anywhere.travellers, anywhere.variant) == ("far", "air", 10, 1)
    (west,) = pulled(m.Arrivals(origin="far", areas=("w1",))).arrivals
    assert west.districts.tolist() == [0, 1]
    assert west.variant == 0


def test_screening_touches_only_its_origins_and_routes():
    far, near = m.Arrivals(origin="far"), m.Arrivals(origin="near", route="rail")
    screen = m.ScreenTravellers(origins=("far",), advised=0.5, test_before="antigen", test_on_arrival="pcr", stay_days=7,
                                where="site", test_days=(0, 6), monitor_days=10)  # fmt: skip
    one, other = pulled(far, near, screen).arrivals
    assert (one.advised, one.test_before_days, one.before_kind, one.test_on_arrival) == (0.5, 2, ANTIGEN, PCR)
    assert (one.stay_days, one.where, one.test_days, one.monitor_days) == (7, AT_SITE, (0, 6), 10)
    assert repr(other) == repr(pulled(near).arrivals[0])
    assert [found.stay_days for found in pulled(far, near, replace(screen, origins=(), routes=("rail",))).arrivals] == [
        0,
        7,
    ]


def test_of_two_screenings_the_stricter_holds_in_each_respect():
    mild = m.ScreenTravellers(advised=0.5, stay_days=14, where="home", adherence=0.6)
    strict = m.ScreenTravellers(advised=0.5, stay_days=3, where="site", monitor_days=5)
    for order in ((mild, strict), (strict, mild)):
        (found,) = pulled(m.Arrivals(origin="far"), *order).arrivals
        assert (found.advised, found.stay_days, found.where, found.monitor_days, found.adherence) == (
            0.75, 14, AT_SITE, 5, 0.6,
        )  # fmt: skip


def test_a_strategy_screens_after_everybody_has_arrived():
    levers = m.Levers(blocks=3, sectors=3)
    strategy = m.Strategy(name="s", measures=(m.ScreenTravellers(stay_days=5), m.Arrivals(origin="far")))
    strategy.pull(levers, today())
    assert [found.stay_days for found in levers.arrivals] == [5]


def test_doses_in_the_order_of_the_strategy():
    old = m.Vaccinate(product="p", ages=(80, 130), doses_a_day=5, adherence=0.5, groups=("medical",), from_doses=1)
    first, second = pulled(old, m.Vaccinate(product="p")).doses
    assert (first.ages, first.doses, first.uptake, first.groups, first.from_doses) == ((80, 130), 5, 0.5, (3,), 1)
    assert second.ages == (18, 130)


def test_treatment():
    (found,) = pulled(m.Treat(ages=(70, 90), effect=0.6, courses_a_day=9, adherence=0.4)).treatment
    assert (found.ages, found.effect, found.courses, found.reach) == ((70, 90), 0.6, 9, 0.4)


def test_beds_rooms_and_tests_add_up():
    levers = pulled(m.AddBeds(beds=10, rooms=5), m.AddBeds(beds=1, icu_beds=2, tests_per_day=100))
    assert (levers.beds, levers.icu_beds, levers.rooms, levers.tests_per_day) == (11, 2, 5, 100)


def test_drawing_zones_pulls_nothing():
    levers = pulled(m.DrawZones(rules="china-9th"), tier=[1, 1, 1])
    assert repr(levers) == repr(m.Levers(blocks=3, sectors=3))


def test_a_measure_nowhere_is_none():
    for measure in (m.LimitContacts(zones=("high",)), m.TestRounds(zones=("high",)), m.IsolateCases(zones=("high",))):
        levers = pulled(measure, tier=[0, 0, 0])
        assert (levers.limits, levers.rounds, levers.isolation) == ([], [], [])


def test_measures_without_a_name_are_numbered_by_kind():
    given = m.LimitContacts(name="mine")
    strategy = m.Strategy(name="s", measures=(m.LimitContacts(), given, m.LimitTrips(), m.LimitContacts()))
    assert [measure.key for measure in strategy.measures] == [
        "limit_contacts-1", "mine", "limit_trips-1", "limit_contacts-3",
    ]  # fmt: skip


def test_measures_are_frozen_and_checked_when_made():
    measure = m.LimitTrips()
    with pytest.raises(AttributeError):
        measure.left = 1.0
    with pytest.raises(InvalidInput, match="is not between 0 and 1"):
        m.LimitTrips(left=2)
    with pytest.raises(InvalidInput, match="not after its start"):
        m.LimitTrips(start=3, stop=3)
    assert len({field.name for noun in m.MEASURES for field in fields(noun)}) > 60


def test_pooled_is_the_test_of_rounds_as_it_stands():
    assert pulled(m.TestRounds()).rounds[0].kind == PCR_POOLED
