"""Daily counts in a city small enough to add up by hand."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from seawall.city import City, read_city
from seawall.watch.series import cases_known, daily_counts

AREAS = """area_id,parent_id,level,name,name_zh,population,lon,lat
C,,city,City,市,300,,
D1,C,district,East,东区,100,,
D2,C,district,West,西区,200,,
S1,D1,subdistrict,Quay,码头,,,
"""


def made(root: Path, *, cases: str = "", counts: str = "", toml: str = "") -> City:
    root.mkdir(exist_ok=True)
    (root / "city.toml").write_text('name = "Small"\n' + toml)
    (root / "areas.csv").write_text(AREAS)
    if cases:
        (root / "cases.csv").write_text(
            "case_id,area_id,onset_date,report_date,outcome_date,outcome,origin,in_control\n" + cases
        )
    if counts:
        (root / "counts.csv").write_text("date,area_id,event,count\n" + counts)
    return read_city(root)


LINES = """a,S1,2022-03-01,2022-03-02,,,local,true
b,D1,,2022-03-02,,,local,false
c,C,2022-03-03,2022-03-04,2022-03-09,recovered,imported,false
d,D2,2022-03-03,2022-03-06,,,,
"""


def test_a_line_list_counts_by_report_and_knows_nothing_of_tomorrow(tmp_path):
    city = made(tmp_path / "c", cases=LINES)
    counts = daily_counts(city, date(2022, 3, 4))
    whole = counts.rolled_up(city, "city")
    assert whole.start == date(2022, 3, 1)
    assert whole.days == 4
    np.testing.assert_array_equal(whole.of("reports")[:, 0], [np.nan, 2, 0, 1])
    np.testing.assert_array_equal(whole.of("reports_imported")[:, 0], [np.nan, 0, 0, 1])
    np.testing.assert_array_equal(whole.of("reports_in_control")[:, 0], [np.nan, 1, 0, 0])
    np.testing.assert_array_equal(whole.of("onsets")[:, 0], [1, 0, 1, 0])
    known = cases_known(city, date(2022, 3, 4)).collect()
    assert known["case_id"].to_list() == ["a", "b", "c"]
    assert known["outcome"].to_list() == [None, None, None]
    assert daily_counts(city, date(2022, 3, 6)).rolled_up(city, "city").of("reports")[-1, 0] == 1


def test_a_case_of_unknown_district_counts_for_the_city_and_for_no_district(tmp_path):
    city = made(tmp_path / "c", cases=LINES)
    counts = daily_counts(city, date(2022, 3, 6))
    districts = counts.rolled_up(city, "district")
    assert districts.area_ids == ("D1", "D2")
    assert np.nansum(districts.of("reports")) == 3
    assert np.nansum(counts.rolled_up(city, "city").of("reports")) == 4


def test_a_stated_total_is_not_added_to_its_parts_and_a_missing_one_is_their_sum(tmp_path):
    told = "2022-03-01,C,reports,10\n2022-03-01,D1,reports,4\n2022-03-01,D2,reports,5\n2022-03-03,D1,reports,7\n"
    city = made(tmp_path / "c", counts=told)
    counts = daily_counts(city, date(2022, 3, 3))
    np.testing.assert_array_equal(counts.rolled_up(city, "city").of("reports")[:, 0], [10, np.nan, 7])
    zeroed = made(tmp_path / "z", counts=told, toml='[counts]\nmissing = "zero"\n')
    zeroes = daily_counts(zeroed, date(2022, 3, 3))
    np.testing.assert_array_equal(zeroes.of("reports")[1], [np.nan, 0, 0])
    np.testing.assert_array_equal(zeroes.rolled_up(zeroed, "city").of("reports")[:, 0], [10, 0, 7])


def test_counts_serve_the_days_before_the_line_list_and_never_beside_it(tmp_path):
    told = "2022-02-28,C,reports,3\n2022-03-02,C,reports,99\n2022-03-02,C,tests,500\n"
    city = made(tmp_path / "c", cases=LINES, counts=told)
    whole = daily_counts(city, date(2022, 3, 4)).rolled_up(city, "city")
    np.testing.assert_array_equal(whole.of("reports")[:, 0], [3, np.nan, 2, 0, 1])
    np.testing.assert_array_equal(whole.of("tests")[:, 0], [np.nan, np.nan, 500, np.nan, np.nan])


def test_the_long_table_gives_the_arrays_back(tmp_path):
    city = made(tmp_path / "c", cases=LINES)
    counts = daily_counts(city, date(2022, 3, 6)).rolled_up(city, "district")
    table = counts.table()
    for event, values in counts.events.items():
        rows = table.filter(event=event)
        assert rows["count"].sum() == pytest.approx(np.nansum(values))
        assert rows.height == (~np.isnan(values)).sum()
    assert table["date"].max() == counts.start + timedelta(days=counts.days - 1)
