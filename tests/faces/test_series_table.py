"""What the reader of series accepts, and what it says of what it does not."""

import gzip
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.cli.series_table import SeriesTable, read_series
from seawall.core import InvalidInput


def read(folder: Path, text: str, **options) -> SeriesTable:
    path = folder / "counts.csv"
    path.write_text(text, encoding="utf-8")
    return read_series(path, **options)


def faults(folder: Path, text: str, **options) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(InvalidInput) as caught:
        read(folder, text, **options)
    return [(fault.row, fault.column, fault.problem) for fault in caught.value.faults]


def test_rows_in_any_order_and_days_without_a_row_are_not_zero(tmp_path):
    table = read(tmp_path, "date,count\n2022-03-05,3\n2022-03-01,2\n\n2022-03-02,\n2022-03-04,NA\n")
    (series,) = table.series
    assert series.name is None
    assert series.times == [date(2022, 3, day) for day in range(1, 6)]
    np.testing.assert_array_equal(series.values["count"], [2, np.nan, np.nan, np.nan, 3])


def test_gaps_zero_fills_days_without_a_row_but_not_empty_cells(tmp_path):
    (series,) = read(tmp_path, "date,count\n2022-03-01,2\n2022-03-02,\n2022-03-04,3\n", gaps="zero").series
    np.testing.assert_array_equal(series.values["count"], [2, np.nan, 0, 3])


def test_many_series_each_on_its_own_span(tmp_path):
    table = read(tmp_path, "series,index,count\nb,3,1\na,1,1\nb,5,2.5\n")
    assert table.time == "index"
    assert [(series.name, series.times) for series in table.series] == [("b", [3, 4, 5]), ("a", [1])]


def test_weeks_are_told_from_days_only_when_asked(tmp_path):
    text = "date,count\n2022-03-07,1\n2022-03-14,2\n2022-03-28,3\n"
    assert len(read(tmp_path, text).series[0]) == 22
    weekly = read(tmp_path, text, step_days=None).series[0]
    assert (weekly.step, len(weekly)) == (7, 4)
    assert weekly.times[-1] == date(2022, 3, 28)
    daily = read(tmp_path, text + "2022-03-29,1\n", step_days=None).series[0]
    assert daily.step == 1


def test_local_and_imported_are_preferred_where_both_are_there(tmp_path):
    table = read(tmp_path, "date,count,local,imported\n2022-03-01,3,1,2\n", columns=[("local", "imported"), ("count",)])
    assert table.columns == ("local", "imported")


def test_headers_may_differ_in_case_and_dates_may_carry_midnight(tmp_path):
    table = read(tmp_path, "Date, Count \n2022-03-01 00:00:00,1\n2022-3-2,2\n")
    np.testing.assert_array_equal(table.series[0].values["count"], [1, 2])


def test_every_fault_is_found_with_its_row(tmp_path):
    found = faults(tmp_path, "series,date,count\na,2022-13-02,1\na,2022-03-01,-1\na,2022-03-01,x\n,2022-03-02,inf\n")
    assert found == [
        (2, "date", "'2022-13-02' is not a date"),
        (3, "count", "-1 is below 0"),
        (4, "count", "'x' is not a number"),
        (4, "date", "2022-03-01 is already given in row 3 for series a"),
        (5, "series", "the series has no name"),
        (5, "count", "'inf' is not a number"),
    ]


def test_fractions_are_refused_only_where_whole_numbers_are_wanted(tmp_path):
    assert read(tmp_path, "index,count\n1,2.5\n").series[0].values["count"] == [2.5]
    assert faults(tmp_path, "index,count\n1,2.5\n", whole_numbers=True) == [(2, "count", "2.5 is not a whole number")]


def test_more_than_a_world_of_people_is_a_slip(tmp_path):
    assert faults(tmp_path, "index,count\n1,1e300\n2,1e12\n") == [(2, "count", "1e300 is too large to be a count")]


def test_missing_columns_are_named_together(tmp_path):
    found = faults(tmp_path, "day,n\n1,2\n")
    assert [problem.split(" (")[0] for _, _, problem in found] == [
        "there is neither a column date nor a column index",
        "the columns count are not there",
    ]


@pytest.mark.parametrize("text", ["date,count\n", "date,count\n,\n,\n"])
def test_a_table_without_rows_says_so(tmp_path, text):
    assert faults(tmp_path, text) == [(None, None, "there is a header and nothing below it")]


def test_a_slip_in_the_year_does_not_fill_the_memory(tmp_path):
    ((row, column, problem),) = faults(tmp_path, "date,count\n2022-03-01,1\n9999-12-31,3\n")
    assert (row, column) == (3, "date")
    assert "2,913,844 steps" in problem
    assert faults(tmp_path, "index,count\n1,1\n900000000000000,3\n")[0][0] == 3


def test_a_date_off_the_weekly_grid_is_named(tmp_path):
    found = faults(tmp_path, "date,count\n2022-03-07,1\n2022-03-14,2\n2022-03-16,3\n", step_days=7)
    assert found == [(4, "date", "2022-03-16 is not a whole number of weeks after the first date")]


def test_a_damaged_archive_is_refused_with_advice(tmp_path):
    packed = bytearray(gzip.compress(b"date,count\n" + b"".join(b"2022-01-01,%d\n" % (day**3) for day in range(500))))
    packed[15:60] = bytes(byte ^ 0xFF for byte in packed[15:60])
    path = tmp_path / "counts.csv.gz"
    path.write_bytes(packed)
    with pytest.raises(InvalidInput, match="cannot be read as a table"):
        read_series(path)


def test_a_flood_of_faults_is_counted_not_listed(tmp_path):
    found = faults(tmp_path, "index,count\n" + "".join(f"{row},x\n" for row in range(1000)))
    assert len(found) == 101
    assert (None, "count", "900 further rows have the same problem as row 101") in found


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="date,countrlsi 0123456789-:.NA\"\n\r\t'é日", max_size=120), st.booleans())
def test_any_text_is_read_or_refused_with_advice(tmp_path_factory, text, with_header):
    folder = tmp_path_factory.mktemp("any")
    try:
        outcome = read(folder, ("date,count\n" if with_header else "") + text, step_days=None).series
    except InvalidInput as refused:
        outcome = refused.faults
    assert outcome
