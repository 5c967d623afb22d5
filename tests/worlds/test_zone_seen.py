"""What a rule gets to see of a folder: infections at their finest unit, tests, beds, and nothing of tomorrow."""

import dataclasses
from datetime import date

import numpy as np
import polars as pl
import pytest

from seawall.city import read_city
from seawall.core import InvalidInput
from seawall.zones import draw_zones, last_day, load_rules, see

AREAS = """area_id,parent_id,level,name,name_zh,population,lon,lat
C,,city,City,市,,,
D1,C,district,East,东区,60000,,
D2,C,district,West,西区,40000,,
S1,D1,subdistrict,Quay,码头,20000,,
K1,S1,community,Pier,桥头,5000,,
"""
PLACES = """place_id,area_id,kind,name,lon,lat,capacity
P1,K1,residence,One,,,800
P2,K1,residence,Two,,,
M1,S1,market,Fish,,,90
Q1,D2,quarantine_site,Inn,,,300
"""
CASES = """case_id,area_id,onset_date,specimen_date,report_date,isolation_date,classification,origin,in_control,place_id
a,K1,2022-07-01,2022-07-02,2022-07-03,,confirmed,local,false,P1
b,K1,,2022-07-02,2022-07-03,2022-06-30,asymptomatic,local,true,P1
c,K1,,2022-07-04,2022-07-04,2022-07-04,asymptomatic,local,true,P2
d,D2,,2022-07-04,2022-07-05,2022-07-01,asymptomatic,local,true,Q1
e,K1,2022-07-03,2022-07-04,2022-07-05,,suspected,local,false,P1
f,K1,2022-07-08,2022-07-09,2022-07-10,,confirmed,imported,,P1
"""
VISITS = """person_id,place_id,start,end
a,M1,2022-06-30T09:00,2022-06-30T10:00
a,M1,2022-06-20T09:00,2022-06-20T10:00
f,M1,2022-07-07T09:00,2022-07-07T10:00
x,M1,2022-07-01T09:00,2022-07-01T10:00
"""


def made(root, **tables):
    root.mkdir(exist_ok=True)
    (root / "city.toml").write_text('name = "Small"\n')
    for name, text in ({"areas": AREAS} | tables).items():
        (root / f"{name}.csv").write_text(text)
    return read_city(root)


@pytest.fixture
def listed(tmp_path):
    return made(tmp_path / "c", places=PLACES, cases=CASES, visits=VISITS)


def rows(table, *columns):
    return sorted(table.select(columns).rows())


def test_infections_stand_at_their_address_and_those_found_elsewhere_are_told_apart(listed):
    seen = see(listed, date(2022, 7, 9))
    assert rows(seen.infections, "date", "place_id", "area_id", "infections", "outside") == [
        (date(2022, 7, 3), "P1", "K1", 2.0, 1.0),  # b was isolated three days before it was found
        (date(2022, 7, 4), "P2", "K1", 1.0, 1.0),  # c was isolated only when found: it was found at home
        (date(2022, 7, 5), None, "D2", 1.0, 0.0),  # d lives nowhere we know: a quarantine site is no home
    ]
    assert {"code": "suspected_left_out", "facts": {"cases": 1}} in seen.notes


def test_nothing_of_tomorrow_is_seen(listed):
    assert see(listed, date(2022, 7, 9)).infections["date"].max() == date(2022, 7, 5)
    assert see(listed, date(2022, 7, 10)).infections["date"].max() == date(2022, 7, 10)
    before = see(listed, date(2022, 7, 2))
    assert before.infections.is_empty()
    assert before.visits.is_empty()
    assert {"code": "no_infections_seen", "facts": {"on": "2022-07-02"}} in before.notes


def test_visits_of_known_cases_carry_their_distance_from_the_onset(listed):
    seen = see(listed, date(2022, 7, 9))
    assert rows(seen.visits, "date", "place_id", "days_before", "last_visit") == [
        (date(2022, 7, 3), "M1", 1, date(2022, 6, 30)),
        (date(2022, 7, 3), "M1", 11, date(2022, 6, 20)),
    ]
    drawn = draw_zones(seen, load_rules("china-9th")).zones
    market = drawn.filter(pl.col("place_id") == "M1").row(0, named=True)
    assert (market["tier"], market["since"], market["until"]) == ("medium", date(2022, 7, 3), date(2022, 7, 11))


def test_a_city_without_a_line_list_is_zoned_from_place_signals(tmp_path):
    city = made(
        tmp_path / "c",
        places=PLACES,
        signals=(
            "date,place_id,event,count,at_least\n2022-07-03,P1,positive_found,1,true\n2022-07-05,P2,positive_found,3,\n"
            "2022-07-05,P1,leaflets,9,\n2022-07-09,P1,positive_found,1,true\n"
        ),
        counts="date,area_id,event,count\n2022-07-05,D1,reports,12\n",
    )
    seen = see(city, date(2022, 7, 6))
    assert rows(seen.infections, "date", "place_id", "infections", "at_least") == [
        (date(2022, 7, 3), "P1", 1.0, True),
        (date(2022, 7, 5), "P2", 3.0, False),
    ]
    assert {"code": "numbers_are_lower_bounds", "facts": {"table": "signals"}} in seen.notes
    assert last_day(city) == date(2022, 7, 9)


def test_a_city_with_counts_alone_is_zoned_at_the_finest_areas_they_name(tmp_path):
    counts = """date,area_id,event,count
2022-07-05,C,reports,20
2022-07-05,D1,reports,12
2022-07-05,S1,reports,7
2022-07-05,D2,reports,8
2022-07-05,S1,reports_in_control,5
"""
    seen = see(made(tmp_path / "c", counts=counts), date(2022, 7, 6))
    assert rows(seen.infections, "area_id", "infections", "outside") == [("D2", 8.0, 8.0), ("S1", 7.0, 2.0)]
    drawn = draw_zones(seen, load_rules("china-9th"))
    assert {
        "code": "unit_wider_than_rule",
        "facts": {"rule_unit": "compound", "data_unit": "district", "zones": 1},
    } in (drawn.notes)
    judged = draw_zones(seen, load_rules("italy-2021-05")).zones
    assert judged["tier"].null_count() == judged.height  # one day of seven was reported


def test_a_line_list_speaks_for_districts_without_a_case(listed):
    """All cases live in the East; the West has none, which is not the same as not knowing."""
    drawn = draw_zones(see(listed, date(2022, 7, 10)), load_rules("italy-2021-05"))
    tiers = dict(drawn.zones.select("area_id", "tier").rows())
    assert tiers == {"C": "white", "D1": "white", "D2": "white"}
    assert {"code": "none_before_the_first_line", "facts": {"first": "2022-07-03"}} in drawn.notes


def test_tests_doses_and_beds_come_from_their_own_tables(tmp_path):
    city = made(
        tmp_path / "c",
        places=PLACES + "H1,D1,hospital,Ward,,,\n",
        counts="date,area_id,event,count\n2022-07-01,D1,reports,1\n2022-07-03,D1,reports,1\n2022-07-03,D1,in_hospital,4\n",
        tests=(
            "date,area_id,kind,reason,tests,positives\n2022-07-02,S1,pcr,symptoms,30,3\n2022-07-02,K1,antigen,contact,10,1\n"
            "2022-07-02,K1,pcr,screening,5000,0\n2022-07-03,D1,pcr_pooled,screening,60000,2\n"
            "2022-07-03,D1,antigen,screening,60000,2\n"
        ),
        doses="date,area_id,product,dose,age_from,age_to,doses\n2021-07-01,D1,x,2,18,59,30000\n2022-07-02,D1,x,2,60,99,100\n"
        "2022-07-02,D1,x,1,60,99,5000\n",
        capacity="place_id,resource,total,in_use\nH1,beds,200,150\nH1,icu_beds,10,2\n",
    )
    seen = see(city, date(2022, 7, 3))
    east = seen.level_areas["district"].index("D1")
    series = seen.series["district"]
    np.testing.assert_array_equal(series.of("tests")[:, east], [np.nan, 5040, 120_000])
    np.testing.assert_array_equal(series.of("positives")[:, east], [np.nan, 4, 4])
    np.testing.assert_array_equal(series.of("vaccinated")[:, east], [30_000, 30_100, 30_100])
    np.testing.assert_array_equal(series.of("staffed_beds")[:, east], [200, 200, 200])
    np.testing.assert_array_equal(series.of("icu_beds")[:, east], [10, 10, 10])
    np.testing.assert_array_equal(series.of("infections")[:, east], [1, np.nan, 1])
    assert rows(seen.rounds, "date", "area_id", "tested") == [  # an antigen round is no round
        (date(2022, 7, 2), "K1", 5000.0),
        (date(2022, 7, 3), "D1", 60_000.0),
    ]


def test_a_day_long_after_the_last_report_is_refused(listed):
    with pytest.raises(InvalidInput, match="its last entry is of 2022-07-10"):
        see(listed, date(2023, 7, 12))
    assert see(listed, date(2023, 7, 11)).infections.height == 4


def test_smaller_areas_that_still_cover_the_cases(tmp_path):
    cases = "case_id,area_id,report_date\n" + "".join(f"c{n},K1,2022-07-{1 + n % 9:02d}\n" for n in range(200))
    drawn = draw_zones(see(made(tmp_path / "c", cases=cases), date(2022, 7, 10)), load_rules("italy-2021-05"))
    smaller = {row["area_id"]: row for row in drawn.smaller.iter_rows(named=True)}
    east = smaller["D1"]
    assert (east["tier"], east["residents"]) == ("orange", 60_000)  # 133 in seven days are 222 per 100,000
    assert (east["smaller_unit"], east["smaller_zones"], east["smaller_residents"]) == ("subdistrict", 1, 20_000)
    # The window is seven days: 22 or 23 cases on each of 4 to 9 July.
    assert east["covered_cases"] == east["cases"] == sum(1 for n in range(200) if 1 + n % 9 >= 4)
    assert set(smaller) == {"D1"}  # the West restricts nobody, and the city's row is not in the totals either
    assert drawn.totals.filter("restricts")["residents"].sum() == 60_000  # the city's own row is not added


def test_nothing_can_have_been_seen_before_it_was_reported(listed):
    seen = see(listed, date(2022, 7, 10))
    with pytest.raises(InvalidInput) as error:
        dataclasses.replace(seen, on=date(2022, 7, 9), level_areas={"city": (), "district": ("D1", "D2")})
    told = str(error.value)
    assert "infections, column date: 2022-07-10 is after 2022-07-09. Leave out what was not known on that day." in told
    assert "series of city: its arrays are [(10, 1)] for 0 areas. Give one column an area." in told
