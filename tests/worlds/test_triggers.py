"""Measures that begin and end by what is seen, by hand: mornings in a row, the least time, areas one by one, parts."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from seawall import measures as m
from seawall.city.layers import PUBLIC

START = date(2022, 3, 1)
EAST, WEST = [True, True, False], [False, False, True]
OFF = {"left": 0.0, "adherence": 1.0}


def ground(residents=(100_000, 100_000, 200_000), **changed):
    by_class = np.zeros((3, 16), dtype=np.int64)
    by_class[:, 4] = residents
    city = m.Ground(
        area_ids=("c", "e", "w", "e1", "e2", "w1"),
        blocks_of={
            "c": np.array([True] * 3), "e": np.array(EAST), "w": np.array(WEST), "e1": np.array([True, False, False]),
            "e2": np.array([False, True, False]), "w1": np.array(WEST),
        },
        block_area=("e1", "e2", "w1"), block_place=("", "", ""), districts=("e", "w"),
        district_of_block=np.array([0, 0, 1]), sectors=("farms", "plants", "clinics"), residents=by_class,
        capacity={"beds": 100.0, "icu_beds": 10.0}, essential=("farms", "clinics"),
        levels={"c": "city", "e": "district", "w": "district", "e1": "community", "e2": "community", "w1": "community"},
    )  # fmt: skip
    return replace(city, **changed)


def morning(day, reports, *, before=(), in_icu=None, city=None):
    """The morning of a day, with reports by day and block, of which only those up to yesterday are seen."""
    rows = np.zeros((max(day, len(reports)), 3), dtype=np.int32)
    rows[: len(reports)] = np.array(reports, dtype=np.int32).reshape(-1, 3)
    icu = np.zeros(day, dtype=np.int64) if in_icu is None else np.array(in_icu[:day], dtype=np.int64)
    seen = m.Seen(
        start=START, day=day, reports=rows[:day], reports_in_control=rows[:day], imported=rows[:day],
        tests=np.zeros((day, 2), dtype=np.int64), positives=np.zeros((day, 2), dtype=np.int64),
        in_hospital=np.zeros(day, dtype=np.int64), in_icu=icu, deaths=np.zeros((day, 2), dtype=np.int64),
        before=np.array(before, dtype=np.int32).reshape(-1, 3),
    )  # fmt: skip
    return m.Today(date=seen.date, day=day, ground=city or ground(), seen=seen)


def days(measure, reports, until=30, **more):
    """On which days a measure holds somewhere."""
    return [day for day in range(until) if measure.in_force(morning(day, reports, **more))]


def public(measure, today):
    levers = m.Levers(blocks=3, sectors=3)
    measure.pull(levers, today)
    return levers.contact[PUBLIC].tolist()


# 40 reports in a city of 400,000 are 10 per 100,000. They are seen on the seven mornings after: 3 to 9.
ONE_DAY = [[0, 0, 0], [0, 0, 0], [10, 10, 20]]


def test_it_begins_on_the_morning_after_and_ends_when_it_has_been_quiet():
    measure = m.LimitContacts(when="reports_per_100k", above=10, below=5, below_days=3, **OFF)
    assert days(measure, ONE_DAY) == [3, 4, 5, 6, 7, 8, 9, 10, 11]  # quiet on the mornings of 10, 11 and 12
    assert days(replace(measure, above=10.1), ONE_DAY) == []
    assert days(replace(measure, below_days=1), ONE_DAY) == [3, 4, 5, 6, 7, 8, 9]


def test_it_waits_for_as_many_mornings_as_it_should():
    measure = m.LimitContacts(when="reports_per_100k", above=10, below_days=1, above_days=3)
    assert days(measure, ONE_DAY) == [5, 6, 7, 8, 9]
    assert days(replace(measure, above_days=8), ONE_DAY) == []


def test_it_holds_for_its_least_time():
    measure = m.LimitContacts(when="reports_per_100k", above=10, below_days=1, least_days=12)
    assert days(measure, ONE_DAY) == list(range(3, 15))


def test_between_its_limits_it_stays_as_it_is():
    # 40 reports, then 24 as the first leave the window: 6 per 100,000 is above half of 10 and below 10.
    reports = [*ONE_DAY, *[[0, 0, 0]] * 4, [6, 6, 12]]
    measure = m.LimitContacts(when="reports_per_100k", above=10, below=5, below_days=1)
    assert days(measure, reports) == list(range(3, 15))
    assert days(replace(measure, below=10), reports) == list(range(3, 10))
    assert days(measure, [[0, 0, 0], [6, 6, 12]]) == []


def test_left_out_it_ends_under_half():
    assert [
        days(
            m.LimitTrips(when="reports_per_100k", above=10, below=below, below_days=1), [*ONE_DAY, [0] * 3, [2, 2, 16]]
        )
        for below in (None, 5, 5.1)
    ] == [list(range(3, 12)), list(range(3, 12)), list(range(3, 10))]


def test_it_begins_again():
    reports = [*ONE_DAY, *[[0, 0, 0]] * 12, [20, 20, 0]]
    measure = m.LimitTrips(when="reports_per_100k", above=10, below_days=1)
    assert days(measure, reports) == [*range(3, 10), *range(16, 23)]


def test_reports_before_the_run_are_seen_but_it_begins_no_earlier_than_the_run():
    measure = m.LimitTrips(when="reports_per_100k", above=10, below_days=2, above_days=3, least_days=9)
    before = [[40, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert days(measure, [], before=before) == list(range(9))
    assert days(replace(measure, above_days=4), [], before=before) == list(range(1, 10))
    assert days(replace(measure, start=2), [], before=before) == list(range(2, 11))
    assert days(replace(measure, start=date(2022, 2, 1)), [], before=before) == list(range(9))


def test_start_and_stop_bound_it():
    measure = m.LimitTrips(when="reports_per_100k", above=10, below_days=1, least_days=20, start=5, stop=8)
    assert days(measure, ONE_DAY) == [5, 6, 7]
    assert days(replace(measure, start=10, stop=None), ONE_DAY) == []


def test_the_calendar_of_its_rounds_begins_with_it():
    measure = m.TestRounds(days=(0, 3), when="reports_per_100k", above=10, below_days=1)
    tested = []
    for day in range(12):
        levers = m.Levers(blocks=3, sectors=3)
        measure.pull(levers, morning(day, ONE_DAY))
        tested += [day] * len(levers.rounds)
    assert tested == [3, 6]
    assert measure.days_on(morning(9, ONE_DAY)) == 6


def test_areas_named_are_watched_and_no_others():
    reports = [[5, 5, 0]]  # 10 per 100,000 of east, 5 of the city
    east = m.LimitContacts(areas=("e",), when="reports_per_100k", above=5, **OFF)
    assert public(east, morning(1, reports)) == [0, 0, 1]
    assert public(replace(east, areas=("w",)), morning(1, reports)) == [1, 1, 1]
    assert public(replace(east, areas=()), morning(1, reports)) == [1, 1, 1]  # 2.5 of the city
    assert public(replace(east, areas=(), except_areas=("w",)), morning(1, reports)) == [0, 0, 1]
    assert public(replace(east, areas=(), part="1 of 2"), morning(1, reports)) == [0, 0, 1]


def test_areas_one_by_one():
    # On the first day e1 has 12 per 100,000, on the third w1 as many.
    reports = [[12, 0, 0], [0, 0, 0], [0, 0, 24]]
    each = m.LimitContacts(each="community", when="reports_per_100k", above=12, below_days=1, **OFF)
    held = {day: public(each, morning(day, reports)) for day in (0, 1, 3, 7, 8, 9, 10)}
    assert held == {
        0: [1, 1, 1], 1: [0, 1, 1], 3: [0, 1, 0], 7: [0, 1, 0], 8: [1, 1, 0], 9: [1, 1, 0], 10: [1, 1, 1],
    }  # fmt: skip
    wide = replace(each, each="district", above=6)
    assert public(wide, morning(1, reports)) == [0, 0, 1]
    assert public(replace(wide, areas=("e2", "w")), morning(1, reports)) == [1, 0, 1]
    assert days(each, reports) == list(range(1, 10))


def test_a_city_without_areas_of_that_name_has_the_districts_of_its_residents():
    each = m.LimitContacts(each="district", when="reports_per_100k", above=6, **OFF)
    today = morning(1, [[12, 0, 0]], city=ground(levels={"c": "city"}))
    assert public(each, today) == [0, 0, 1]
    assert not replace(each, each="community").in_force(today)


def test_where_areas_are_watched_one_by_one_the_calendar_is_the_measure_s():
    each = m.TestRounds(each="community", when="reports_per_100k", above=12, every_days=4)
    assert each.days_on(morning(6, [[12, 0, 0]])) == 6
    assert replace(each, start=2).days_on(morning(6, [[12, 0, 0]])) == 4


def test_intensive_care():
    in_icu = [0, 4, 5, 6, 3, 2, 2, 2, 0, 0]
    measure = m.LimitContacts(when="icu_share", above=0.5, below=0.3, below_days=2, **OFF)
    assert days(measure, [], in_icu=in_icu, until=10) == [3, 4, 5, 6]
    assert public(measure, morning(4, [], in_icu=in_icu)) == [0, 0, 0]
    assert days(measure, [], in_icu=in_icu, until=10, city=ground(capacity={})) == []


def test_a_measure_that_waits_for_nothing_is_as_it_was():
    assert days(m.LimitTrips(start=3, stop=6), ONE_DAY, until=8) == [3, 4, 5]


@pytest.mark.parametrize(
    ("part", "residents", "expected"),
    [
        ("1 of 2", (100, 100, 200), EAST),
        ("2 of 2", (100, 100, 200), WEST),
        ("1 of 1", (1, 1, 1), [True] * 3),
        ("1 of 3", (10, 10, 10), [True, False, False]),  # fewer districts than parts: blocks
        ("3 of 3", (10, 10, 10), [False, False, True]),
        ("1 of 2", (0, 0, 0), [True, True, True]),
        ("1 of 2", (1, 1, 1000), EAST),
    ],
)
def test_parts_of_the_city(part, residents, expected):
    today = morning(0, [], city=ground(residents))
    assert public(m.LimitContacts(part=part, **OFF), today) == [float(not inside) for inside in expected]


def test_areas_left_out():
    assert public(m.LimitContacts(except_areas=("e2", "w"), **OFF), morning(0, [])) == [0, 1, 1]
    assert public(m.LimitContacts(areas=("e",), except_areas=("e2",), **OFF), morning(0, [])) == [0, 1, 1]


@pytest.mark.parametrize(
    ("named", "but", "closed"),
    [
        ((), ("essential",), [1]),
        ((), (), [0, 1, 2]),
        (("essential",), (), [0, 2]),
        (("essential",), ("farms",), [2]),
        (("plants", "essential"), (), [0, 1, 2]),
        ((), ("essential", "plants"), []),
    ],
)
def test_essential_stands_for_the_sectors_that_are(named, but, closed):
    levers = m.Levers(blocks=3, sectors=3)
    m.LimitSectors(sectors=named, except_sectors=but, adherence=1).pull(levers, morning(0, []))
    assert np.nonzero(levers.attendance[:, 0] == 0)[0].tolist() == closed


def test_what_cannot_be_seen_is_a_warning():
    text = '[strategy]\nname = "s"\n[[measures]]\nkind = "limit_sectors"\nexcept_sectors = ["essential"]\npart = "3 of 3"\n'
    text += '[[measures]]\nkind = "limit_trips"\nwhen = "icu_share"\nabove = 0.5\n'
    strategy = m.parse_strategy(text, file="own.toml")
    assert m.check_strategy(strategy, ground()) == ()
    bare = ground((0, 0, 5), capacity={}, essential=())
    assert [str(warning) for warning in m.check_strategy(strategy, bare)] == [
        "own.toml, row 6, column part: no district falls into part 3 of 3. Cut the city into fewer parts.",
        (
            "own.toml, row 5, column except_sectors: the city tells no essential sector, so the word stands for none. Fill the "
            "column essential of the table sectors, or name sectors."
        ),
        (
            "own.toml, row 9, column when: the table capacity tells no icu_beds, so nobody sees when to begin and it never does. "
            "Add them to the table, or write a trigger by reports."
        ),
    ]


def test_versions_of_a_strategy():
    text = '[strategy]\nname = "s"\nversion = 3\nprevious = "s-2.toml"\nreasons = ["reports rose", "beds are free"]\n'
    strategy = m.parse_strategy(text, file="s-3.toml")
    assert (strategy.version, strategy.previous, strategy.reasons) == (3, "s-2.toml", ("reports rose", "beds are free"))
    assert m.parse_strategy('[strategy]\nname = "s"\n', file="s.toml") == m.Strategy(name="s", version=0)
